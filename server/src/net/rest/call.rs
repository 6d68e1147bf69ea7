//! What a call of the server API takes and answers: checked before it is carried out, and told in
//! the description that the server gives out.

use std::collections::BTreeSet;
use std::fmt;

use hongyan::ids::UserId;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::super::http::Parameters;
use super::Refusal;
use crate::core::limits::{MAX_ID, is_id};

/// One call.
pub struct Call {
    /// `/user/block`; also answered with `.json` behind it.
    pub path: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What it takes.
    pub fields: &'static [Field],
    /// A form that it takes.
    pub example: &'static str,
    /// What it answers to it, as JSON.
    pub answer: &'static str,
}

/// One parameter of a call.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether it must be there.
    pub needed: bool,
    /// What it means.
    pub about: &'static str,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An id.
    Id,
    /// Repeated ids, at most so many.
    Ids(usize),
    /// A text of at most so many bytes.
    Text(usize),
    /// Repeated texts: at most so many, each of at most so many bytes.
    Texts(usize, usize),
    /// A whole number between these two.
    Number(i64, i64),
    /// 0 or 1.
    Flag,
    /// The text of a JSON object.
    Json,
    /// Repeated texts of JSON objects, at most so many.
    Jsons(usize),
    /// `name[id]=text`, at most so often.
    Named(usize),
}

/// A parameter that must be there.
pub const fn need(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, needed: true, about }
}

/// A parameter that may be left out.
pub const fn may(name: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { name, kind, needed: false, about }
}

/// The longest form, in bytes.
const MAX_FORM: usize = 64 * 1024;
/// The longest form with lists or contents, in bytes: the members of a full group, percent-encoded.
const MAX_LONG_FORM: usize = 1024 * 1024;

impl Call {
    /// The longest body that it reads, in bytes.
    pub fn max_body(&self) -> usize {
        let long = self.fields.iter().any(|field| match field.kind {
            Kind::Ids(_) | Kind::Texts(..) | Kind::Json | Kind::Jsons(_) | Kind::Named(_) => true,
            Kind::Id | Kind::Text(_) | Kind::Number(..) | Kind::Flag => false,
        });
        if long { MAX_LONG_FORM } else { MAX_FORM }
    }

    /// Whether the form has what the call takes.
    pub fn check(&self, form: &Parameters) -> Result<(), Refusal> {
        self.fields.iter().try_for_each(|field| field.check(form))
    }
}

impl Field {
    fn check(&self, form: &Parameters) -> Result<(), Refusal> {
        let name = self.name;
        let values = self.values(form);
        if values.is_empty() {
            let missing = || Refusal::parameter(format!("{name} is missing"));
            return if self.needed { Err(missing()) } else { Ok(()) };
        }
        let most = self.kind.most();
        if values.len() > most && most == 1 {
            return Err(Refusal::parameter(format!("{name} is there more than once")));
        }
        if values.len() > most {
            return Err(Refusal::too_many(format!("at most {most} {name}")));
        }
        if let (Kind::Named(_), Some(twice)) = (self.kind, repeated(&values)) {
            let message = format!("{name}[{twice}] is there more than once");
            return Err(Refusal::parameter(message));
        }
        if values.iter().all(|value| self.kind.fits(value)) {
            return Ok(());
        }
        Err(Refusal::parameter(format!("{name} must be {}", self.kind.words())))
    }

    /// What is there of it. Nothing is as good as not there, but in a list.
    fn values<'a>(&self, form: &'a Parameters) -> Vec<&'a str> {
        if let Kind::Named(_) = self.kind {
            return named(form, self.name).map(|(id, _)| id).collect();
        }
        let values: Vec<&str> = form.all(self.name).collect();
        if values.iter().all(|value| value.is_empty()) { Vec::new() } else { values }
    }
}

/// What is in a list twice.
fn repeated<'a>(values: &[&'a str]) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    values.iter().copied().find(|value| !seen.insert(*value))
}

/// The pairs of `name[id]=text`.
fn named<'a>(form: &'a Parameters, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    form.iter().filter_map(move |(key, text)| {
        let id = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
        Some((id, text))
    })
}

impl Kind {
    /// How often it may be there.
    pub const fn most(self) -> usize {
        match self {
            Self::Id | Self::Text(_) | Self::Number(..) | Self::Flag | Self::Json => 1,
            Self::Ids(most) | Self::Texts(most, _) | Self::Jsons(most) | Self::Named(most) => most,
        }
    }

    fn fits(self, value: &str) -> bool {
        match self {
            Self::Id | Self::Ids(_) | Self::Named(_) => is_id(value),
            Self::Text(longest) | Self::Texts(_, longest) => {
                value.len() <= longest && !value.contains(is_unprintable)
            }
            Self::Number(least, most) => {
                value.parse().is_ok_and(|number: i64| (least..=most).contains(&number))
            }
            Self::Flag => matches!(value, "0" | "1"),
            Self::Json | Self::Jsons(_) => {
                serde_json::from_str::<Value>(value).is_ok_and(|json| json.is_object())
            }
        }
    }

    /// What it must be.
    pub fn words(self) -> String {
        match self {
            Self::Id | Self::Ids(_) => format!("1 to {MAX_ID} bytes, no control characters"),
            Self::Text(longest) | Self::Texts(_, longest) => {
                format!("at most {longest} bytes, no control characters but tabs and line breaks")
            }
            Self::Number(least, most) => format!("a whole number from {least} to {most}"),
            Self::Flag => "0 or 1".to_owned(),
            Self::Json | Self::Jsons(_) => "the text of a JSON object".to_owned(),
            Self::Named(_) => format!("name[id]=text, the id of 1 to {MAX_ID} bytes"),
        }
    }
}

/// What came with a call, checked.
pub struct Arguments {
    pub(super) form: Parameters,
    /// Scheme, host and port under which the caller reached this server.
    pub(super) origin: String,
}

impl Arguments {
    /// The value of `name`; empty if it is missing.
    pub fn get(&self, name: &str) -> &str {
        self.form.get(name)
    }

    /// The value of `name`, if it is there and not empty.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.form.find(name).filter(|value| !value.is_empty())
    }

    /// The id in `name`.
    pub fn user(&self, name: &str) -> UserId {
        UserId::from(self.form.get(name))
    }

    /// The ids in a repeated `name`.
    pub fn users(&self, name: &str) -> Vec<UserId> {
        self.form.all(name).filter(|id| !id.is_empty()).map(UserId::from).collect()
    }

    /// The texts in a repeated `name`.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.form.all(name).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    /// The number in `name`, if it is there.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.find(name)?.parse().ok()
    }

    /// Whether `name` is 1.
    pub fn flag(&self, name: &str) -> bool {
        self.form.get(name) == "1"
    }

    /// The pairs of `name[id]=text`.
    pub fn named(&self, name: &str) -> Vec<(String, String)> {
        named(&self.form, name).map(|(id, text)| (id.to_owned(), text.to_owned())).collect()
    }
}

/// A JSON object as a form: lists become repeated fields, objects their texts, and objects where
/// `name[id]=text` is wanted such pairs. No member may be there twice: which of both is meant?
pub fn form_of_json(call: &Call, body: &[u8]) -> Result<Parameters, Refusal> {
    let members: Members = serde_json::from_slice(body)
        .map_err(|_| Refusal::parameter("the body is no JSON object"))?;
    let names: Vec<&str> = members.0.iter().map(|(name, _)| name.as_str()).collect();
    if let Some(name) = repeated(&names) {
        return Err(Refusal::parameter(format!("{name} is there more than once")));
    }
    let named = |name: &str| {
        let wanted = call.fields.iter().find(|field| field.name == name);
        wanted.is_some_and(|field| matches!(field.kind, Kind::Named(_)))
    };
    let mut pairs = Vec::new();
    for (name, value) in members.0 {
        match value {
            Value::Array(values) => {
                pairs.extend(values.iter().map(|value| (name.clone(), text(value))));
            }
            Value::Null => {}
            Value::Object(texts) if named(&name) => {
                pairs
                    .extend(texts.iter().map(|(id, value)| (format!("{name}[{id}]"), text(value))));
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                pairs.push((name, text(&value)));
            }
        }
    }
    Ok(Parameters::of_pairs(pairs))
}

/// The members of a JSON object in their order, also those that are there twice.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

/// What is in no text that anybody reads.
fn is_unprintable(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(set) => u8::from(*set).to_string(),
        Value::Null => String::new(),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Call = Call {
        path: "/x",
        about: "",
        fields: &[
            need("id", Kind::Id, ""),
            may("ids", Kind::Ids(2), ""),
            may("n", Kind::Number(1, 9), ""),
            may("flag", Kind::Flag, ""),
            may("json", Kind::Json, ""),
            may("group", Kind::Named(2), ""),
            may("name", Kind::Text(9), ""),
        ],
        example: "",
        answer: "",
    };

    fn code(form: &str) -> u32 {
        CALL.check(&Parameters::parse_form(form.as_bytes()))
            .map_or_else(|refusal| refusal.code, |()| 200)
    }

    #[test]
    fn f7_a_form_is_taken_only_if_every_field_fits() {
        for (form, expected) in [
            ("id=a", 200),
            ("id=a&other=x&other=y", 200),
            ("id=a&ids=b&ids=c", 200),
            ("id=a&n=&flag=", 200),
            ("id=a&json=%7B%7D&group%5Bg%5D=x", 200),
            ("", 1002),
            ("id=", 1002),
            ("id=a&id=b", 1002),
            ("id=a&id=a", 1002),
            ("id=a%00", 1002),
            ("id=a&ids=b&ids=", 1002),
            ("id=a&ids=b&ids=c&ids=d", 1005),
            ("id=a&n=0", 1002),
            ("id=a&n=1.5", 1002),
            ("id=a&n=10", 1002),
            ("id=a&n=1&n=2", 1002),
            ("id=a&flag=true", 1002),
            ("id=a&json=%5B%5D", 1002),
            ("id=a&json=x", 1002),
            ("id=a&group%5B%5D=x", 1002),
            ("id=a&group%5B1%5D=x&group%5B2%5D=x&group%5B3%5D=x", 1005),
            ("id=a&group%5B1%5D=x&group%5B1%5D=y", 1002),
            ("id=a&name=a%09b%0D%0Ac", 200),
            ("id=a&name=a%00", 1002),
            ("id=a&name=%1B%5B31m", 1002),
        ] {
            assert_eq!(code(form), expected, "{form}");
        }
    }

    #[test]
    fn a_json_body_is_a_form_in_other_words() {
        let body = br#"{"id":"a","ids":["b",3],"n":5,"flag":true,"json":{"x":1},"none":null}"#;
        let form = form_of_json(&CALL, body).unwrap();
        assert_eq!((form.get("id"), form.get("n"), form.get("flag")), ("a", "5", "1"));
        assert_eq!(form.all("ids").collect::<Vec<_>>(), ["b", "3"]);
        assert_eq!((form.get("json"), form.find("none")), ("{\"x\":1}", None));
        let form = form_of_json(&CALL, br#"{"group":{"g":"geese","h":1}}"#).unwrap();
        let pairs: Vec<_> = named(&form, "group").collect();
        assert_eq!(pairs, [("g", "geese"), ("h", "1")]);
        for bad in [&b"[]"[..], b"", b"{", b"1"] {
            assert!(form_of_json(&CALL, bad).is_err());
        }
    }

    #[test]
    fn f7_of_a_member_that_is_there_twice_none_is_taken() {
        for twice in
            [r#"{"id":"a","id":"b"}"#, r#"{"id":"a","n":1,"id":"a"}"#, r#"{"n":null,"n":1}"#]
        {
            let refusal = form_of_json(&CALL, twice.as_bytes()).map(drop).unwrap_err();
            assert!(refusal.code == 1002 && refusal.message.contains("more than once"), "{twice}");
        }
    }
}
