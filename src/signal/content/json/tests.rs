use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;

fn one<'a>(text: &'a str, name: &str) -> Option<Option<Value<'a>>> {
    members(text.as_bytes(), [name]).map(|[value]| value)
}

fn text(json: &str) -> Option<String> {
    one(&format!(r#"{{"a":{json}}}"#), "a")??.text().map(Cow::into_owned)
}

#[test]
fn escapes_are_read() {
    assert_eq!(text(r#""\"\\\/\b\f\n\r\t""#).unwrap(), "\"\\/\u{8}\u{c}\n\r\t");
    assert_eq!(text(r#""\u4e2d\uD83D\ude00!""#).unwrap(), "中😀!");
    assert_eq!(
        text(r#""\ud83d x \ude00\ud83d\ud83d\ude00""#).unwrap(),
        "\u{FFFD} x \u{FFFD}\u{FFFD}😀"
    );
    assert_eq!(text(r#""\u12g4""#), None);
    assert_eq!(text(r#""\x""#), None);
    assert_eq!(text("\"\n\""), None);
}

#[test]
fn texts_without_escapes_are_not_copied() {
    let json = r#"{"a":"b"}"#;
    let value = one(json, "a").unwrap().unwrap();
    assert!(matches!(value.text(), Some(Cow::Borrowed("b"))));
}

#[test]
fn d9_the_last_of_a_repeated_member_counts() {
    let json = r#"{"a":1,"b":2,"a":3,"\u0061":4}"#;
    assert_eq!(one(json, "a").unwrap().unwrap().integer(), Some(4));
}

#[test]
fn what_is_not_one_object_has_no_members() {
    for json in ["", " ", "[]", "1", "{}{}", "{} x", "{", r#"{"a"}"#, r#"{"a":}"#, r#"{"a":1,}"#] {
        assert_eq!(one(json, "a"), None, "{json}");
    }
    assert_eq!(one(" { } ", "a"), Some(None));
}

#[test]
fn d9_numbers_are_as_strict_as_in_json() {
    let wrap = |json: &str| format!(r#"{{"a":{json}}}"#);
    let integer = |json: &str| one(&wrap(json), "a").flatten().unwrap().integer();
    assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
    assert_eq!(integer("9223372036854775808"), None);
    for json in ["0", "-0", "1.5", "1e9", "1E+9", "-0.1e-9"] {
        assert!(one(&wrap(json), "a").is_some(), "{json}");
    }
    for json in ["01", "+1", ".5", "1.", "1e", "-", "NaN", "0x1", "1 2"] {
        assert_eq!(one(&wrap(json), "a"), None, "{json}");
    }
}

#[test]
fn d9_nesting_has_an_end() {
    let nested = |levels: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    assert!(one(&nested(MAX_DEPTH - 1), "a").is_some());
    assert_eq!(one(&nested(MAX_DEPTH), "a"), None);
    assert_eq!(one(&"{\"a\":".repeat(100_000), "a"), None);
}

#[test]
fn a_text_that_is_not_utf8_is_no_text() {
    let [value] = members(b"{\"a\":\"\xff\",\"\xff\":1}", ["a"]).unwrap();
    assert_eq!(value.unwrap().text(), None);
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<String>().prop_map(Json::from),
        Just(Json::from("a\"\\\u{1}/😀")),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec(("[ab\"\\\\中]{0,2}", inner), 0..6)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

/// The whole value, rebuilt from what the scanner finds.
fn assert_same(value: Value<'_>, expected: &Json) {
    match expected {
        Json::Null => assert_eq!(value, Value::Word(b'n')),
        Json::Bool(set) => assert_eq!(value.bool(), Some(*set)),
        Json::Number(number) => {
            if let Some(integer) = number.as_i64() {
                assert_eq!(value.integer(), Some(integer));
            } else {
                assert!(matches!(value, Value::Number(_)));
            }
        }
        Json::String(text) => assert_eq!(value.text().as_deref(), Some(text.as_str())),
        Json::Array(list) => {
            let found: Vec<_> = elements(value.array().unwrap()).collect();
            assert_eq!(found.len(), list.len());
            found.into_iter().zip(list).for_each(|(value, expected)| assert_same(value, expected));
        }
        Json::Object(object) => {
            for (name, expected) in object {
                let [found] = members(value.object().unwrap(), [name.as_str()]).unwrap();
                assert_same(found.unwrap(), expected);
            }
            let [absent] = members(value.object().unwrap(), ["no such name"]).unwrap();
            assert_eq!(absent, None);
        }
    }
}

proptest! {
    #[test]
    fn what_serde_writes_is_read(value in json(), pretty in any::<bool>()) {
        let value = serde_json::json!({ "a": value });
        let text = match pretty {
            true => serde_json::to_string_pretty(&value).unwrap(),
            false => value.to_string(),
        };
        let [found] = members(text.as_bytes(), ["a"]).unwrap();
        assert_same(found.unwrap(), &value["a"]);
    }

    /// Both take the same texts and refuse the same ones: nothing is guessed.
    #[test]
    fn what_serde_refuses_is_refused(text in r#"\{("a":|[\[\]{},: 0-9.eE+\-"\\a]|true|null|\\u00|\n)*\}"#) {
        let ours = members(text.as_bytes(), ["a"]);
        match serde_json::from_str::<Json>(&text) {
            Ok(Json::Object(object)) => {
                let [value] = ours.unwrap();
                assert_eq!(value.is_some(), object.contains_key("a"));
                if let Some(value) = value {
                    assert_same(value, &object["a"]);
                }
            }
            Ok(_) => assert_eq!(ours, None),
            // serde refuses a number beyond f64 and half a surrogate pair, which we only skip.
            Err(error) => assert!(
                ours.is_none() || error.to_string().contains("out of range") || text.contains("\\u"),
                "{text}: {error}",
            ),
        }
    }

    #[test]
    fn a_text_that_is_written_is_read(bytes in prop::collection::vec(any::<u8>(), 0..40), text in any::<String>()) {
        let mut json = String::new();
        push_text(&mut json, text.as_bytes());
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        json.clear();
        push_text(&mut json, &bytes);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..64), at in 0_usize..80) {
        let _ = members(&bytes, ["a"]);
        let mut text = br#"{"mentionedInfo":{"type":2,"userIdList":["bob","\u6237"]},"a":[1,{"b":null}]}"#.to_vec();
        let end = at.saturating_add(bytes.len().min(3)).min(text.len());
        text.splice(at.min(end)..end, bytes.iter().take(3).copied());
        if let Some([Some(value)]) = members(&text, ["mentionedInfo"]) {
            let _ = value.object().and_then(|text| members(text, ["type", "userIdList"]));
        }
    }
}
