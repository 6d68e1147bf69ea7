//! The description fits the calls.

use serde_json::Value;

use super::call::Kind;
use super::*;

#[test]
fn every_call_has_a_path_of_its_own_and_tells_what_it_takes() {
    let mut paths: Vec<_> = CALLS.iter().map(|call| call.path).collect();
    paths.sort_unstable();
    assert!(paths.windows(2).all(|pair| pair[0] != pair[1]), "two calls share a path");
    for call in CALLS {
        assert!(call.path.starts_with('/') && !call.about.is_empty(), "{}", call.path);
        let named = call.fields.iter().all(|field| !field.about.is_empty());
        assert!(named, "{}: a parameter says nothing", call.path);
        assert!(call.fields.iter().all(|field| field.kind != Kind::Ids(0)), "{}", call.path);
    }
}

#[test]
fn every_example_is_one_that_its_call_takes() {
    for call in CALLS {
        let form = Parameters::parse_form(call.example.as_bytes());
        assert!(call.check(&form).is_ok(), "{}: {}", call.path, call.example);
        for (name, _) in form.iter() {
            let known = |field: &call::Field| name.split('[').next() == Some(field.name);
            assert!(call.fields.iter().any(known), "{}: {name} is not described", call.path);
        }
        let answer: Value = serde_json::from_str(call.answer).unwrap();
        assert_eq!(answer["code"], 200, "{}", call.path);
    }
}

#[test]
fn the_description_has_every_call_and_no_other() {
    let description = openapi::description(CALLS);
    let described: Vec<&String> = description["paths"].as_object().unwrap().keys().collect();
    let mut paths: Vec<_> = CALLS.iter().map(|call| format!("{}.json", call.path)).collect();
    paths.sort_unstable();
    assert_eq!(described, paths.iter().collect::<Vec<_>>());
}
