//! A robot that answers by rules: words that are in the question, entries of a menu that were chosen.

use bytes::Bytes;
use hongyan::signal::MessageFlags;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::limits::{MAX_OBJECT_NAME, check_content};

/// The longest text that describes a robot, in bytes.
pub const MAX_ROBOT: usize = 64 * 1024;
/// The class of an answer in words.
const TEXT: &str = "RC:TxtMsg";

/// What answers in the name of a public service or a customer service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Robot {
    /// Its name; empty for none.
    pub name: String,
    /// Its portrait's address.
    pub portrait: String,
    /// What it knows: the first rule that fits answers.
    pub answers: Vec<Rule>,
    /// What it says otherwise; nothing, if nothing is set.
    pub otherwise: Option<Answer>,
}

/// An answer and when it is given.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// One of these is in the question, whatever its case.
    #[serde(default)]
    pub words: Vec<String>,
    /// One of these entries of the menu was chosen.
    #[serde(default)]
    pub menu: Vec<String>,
    /// What is said then.
    pub answer: Answer,
}

/// What a robot says: words, or any content.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// A text.
    Text(String),
    /// A message of any class.
    #[serde(rename_all = "camelCase")]
    Content {
        /// Its class.
        object_name: String,
        /// Its content.
        body: Map<String, Value>,
    },
}

impl Robot {
    /// Reads a robot's description; `None` for what is none, or too long.
    pub fn read(text: &str) -> Option<Self> {
        // Only an object: a list of nothing would do, too.
        let object: Map<String, Value> = serde_json::from_str(text).ok()?;
        let robot = serde_json::from_value::<Self>(Value::Object(object)).ok();
        let robot = robot.filter(|_| text.len() <= MAX_ROBOT)?;
        robot.is_sound().then_some(robot)
    }

    /// Whether every answer can be sent.
    pub fn is_sound(&self) -> bool {
        let answers = self.answers.iter().map(|rule| &rule.answer).chain(&self.otherwise);
        let fits = |answer: &Answer| {
            let (class, content, _) = answer.message(self);
            class.len() <= MAX_OBJECT_NAME && check_content(&class, &content).is_ok()
        };
        answers.into_iter().all(fits)
    }

    /// The answer to a message of this class and content.
    pub fn answer(&self, object_name: &str, content: &[u8]) -> Option<&Answer> {
        let content: Value = serde_json::from_slice(content).unwrap_or_default();
        if object_name == MENU {
            let chosen = content["menuItem"]["id"].as_str()?;
            let fits = |rule: &&Rule| rule.menu.iter().any(|entry| entry == chosen);
            return self.answers.iter().find(fits).map(|rule| &rule.answer);
        }
        let question = content["content"].as_str().filter(|_| object_name == TEXT);
        let question = question.unwrap_or_default().to_lowercase();
        let fits = |rule: &&Rule| rule.words.iter().any(|word| is_in(word, &question));
        let known = self.answers.iter().find(fits).map(|rule| &rule.answer);
        known.or(self.otherwise.as_ref())
    }
}

/// The class that says which entry of a menu was chosen.
pub const MENU: &str = "RC:PSCmd";

fn is_in(word: &str, question: &str) -> bool {
    !word.is_empty() && question.contains(&word.to_lowercase())
}

impl Answer {
    /// Class, content and flags of the message that says it. A text tells the robot's name.
    pub fn message(&self, robot: &Robot) -> (String, Bytes, MessageFlags) {
        let (class, body) = match self {
            Self::Text(text) => {
                let mut body = json!({ "content": text });
                if !robot.name.is_empty() {
                    let Robot { name, portrait, .. } = robot;
                    body["user"] = json!({ "id": name, "name": name, "portraitUri": portrait });
                }
                (TEXT.to_owned(), body)
            }
            Self::Content { object_name, body } => {
                (object_name.clone(), Value::Object(body.clone()))
            }
        };
        let flags = MessageFlags::of_class(&class);
        (class, Bytes::from(body.to_string()), flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROBOT: &str = r#"{
        "name": "Goose",
        "answers": [
            {"words": ["Price", "价格"], "answer": "It is free."},
            {"words": [""], "answer": "never"},
            {"menu": ["news"], "answer": {"objectName": "RC:PSImgTxtMsg", "body": {"title": "t"}}}
        ],
        "otherwise": "Ask for a human."
    }"#;

    fn said(class: &str, content: &str) -> Option<(String, Value)> {
        let robot = Robot::read(ROBOT).unwrap();
        let (class, content, _) = robot.answer(class, content.as_bytes())?.message(&robot);
        Some((class, serde_json::from_slice(&content).unwrap()))
    }

    fn to_text(content: &str) -> String {
        let (class, body) = said("RC:TxtMsg", &json!({ "content": content }).to_string()).unwrap();
        assert_eq!((class.as_str(), &body["user"]["name"]), ("RC:TxtMsg", &json!("Goose")));
        body["content"].as_str().unwrap().to_owned()
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        assert_eq!(to_text("what is the PRICE?"), "It is free.");
        assert_eq!(to_text("价格多少"), "It is free.");
        assert_eq!(to_text("hello"), "Ask for a human.");
        let (_, body) = said("RC:ImgMsg", "{}").unwrap();
        assert_eq!(body["content"], "Ask for a human.");
        assert_eq!(said("RC:TxtMsg", "rubbish").unwrap().1["content"], "Ask for a human.");
    }

    #[test]
    fn an_entry_of_the_menu_has_its_own_answer() {
        let (class, body) = said(MENU, r#"{"menuItem":{"id":"news","name":"News"}}"#).unwrap();
        assert_eq!((class.as_str(), &body["title"]), ("RC:PSImgTxtMsg", &json!("t")));
        for content in [r#"{"menuItem":{"id":"else"}}"#, r#"{"menuItem":{"id":7}}"#, "{}", "no"] {
            assert_eq!(said(MENU, content), None, "{content}");
        }
    }

    #[test]
    fn what_describes_no_robot_is_refused() {
        for text in [
            "",
            "[]",
            r#"{"answer":[]}"#,
            r#"{"answers":[{"words":["a"]}]}"#,
            r#"{"otherwise":{"objectName":"","body":{}}}"#,
            r#"{"otherwise":{"objectName":"a","body":[]}}"#,
        ] {
            assert_eq!(Robot::read(text), None, "{text}");
        }
        let long = format!(r#"{{"otherwise":"{}"}}"#, "a".repeat(MAX_ROBOT));
        assert_eq!(Robot::read(&long), None);
        assert_eq!(Robot::read("{}"), Some(Robot::default()));
    }
}
