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

/// Where the part of the page begins that is written from the calls.
const CALLS_BEGIN: &str = "\n## The calls\n";

/// Every call, as the page has it.
fn rendered() -> String {
    let mut text = String::from(
        "\nEvery one with its parameters, an example of its form, and the answer to it. An *id* has 1 to \
         64 bytes and no\ncontrol characters. (This part is written from the program: \
         `HONGYAN_WRITE_DOCS=1 cargo test -p hongyan-server page`.)\n",
    );
    for call in CALLS {
        text += &format!("\n### `{}.json`\n\n{}.\n", call.path, call.about);
        if !call.fields.is_empty() {
            text += "\n| parameter | | |\n|---|---|---|\n";
        }
        for call::Field { name, kind, needed, about } in call.fields {
            let may = if *needed { "" } else { ", may be missing" };
            text += &format!("| `{name}` | {}{may} | {about} |\n", shown(*kind));
        }
        let example = form_urlencoded::parse(call.example.as_bytes());
        let example: Vec<String> =
            example.map(|(name, value)| format!("{name}={value}\n")).collect();
        text += &format!("\n```text\n{}→ {}\n```\n", example.concat(), call.answer);
    }
    text
}

fn shown(kind: Kind) -> String {
    match kind {
        Kind::Id => "id".to_owned(),
        Kind::Ids(most) => format!("ids, at most {most}"),
        Kind::Text(longest) => format!("text of at most {longest} B"),
        Kind::Texts(most, longest) => format!("at most {most} texts of at most {longest} B"),
        Kind::Number(least, i64::MAX) => format!("{least} and more"),
        Kind::Number(least, most) => format!("{least} to {most}"),
        Kind::Flag => "0 or 1".to_owned(),
        Kind::Json => "JSON".to_owned(),
        Kind::Jsons(most) => format!("JSON, at most {most}"),
        Kind::Named(most) => format!("`name[ID]=TEXT`, at most {most}"),
    }
}

#[test]
fn the_page_about_the_server_api_has_every_call() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/server-api.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, calls) = page.split_once(CALLS_BEGIN).unwrap();
    if std::env::var_os("HONGYAN_WRITE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{CALLS_BEGIN}{}", rendered())).unwrap();
        return;
    }
    assert_eq!(calls, rendered(), "docs/server-api.md is stale: see its last part");
}
