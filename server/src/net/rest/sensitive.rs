//! Words that are not to be said.

use serde_json::json;

use super::super::app::App;
use super::call::{Arguments, Call, Kind, may, need};
use super::{Answer, Refusal, done};
use crate::store::{Store, Word};

/// The longest word and replacement, in bytes: 64 characters of any kind.
const MAX_WORD: usize = 256;
/// The most words there may be, and the most of one call.
const MAX_WORDS: usize = 10_000;
const MAX_DELETED: usize = 50;

/// Of words that are replaced; of words that are refused; of both.
const REPLACED: i64 = 0;
const REFUSED: i64 = 1;
const ALL: i64 = 2;

pub const ADD: Call = Call {
    path: "/sensitiveword/add",
    about: "Adds a word. A message of a user with it is refused (21501), or, if there is a \
            replacement, stored and delivered with that (21502 to its sender)",
    fields: &[
        need("word", Kind::Text(MAX_WORD), "the word; Latin letters in any case"),
        may("replaceWord", Kind::Text(MAX_WORD), "what stands there instead"),
        may("type", Kind::Number(0, 1), "not looked at: the replacement decides"),
    ],
    example: "word=darn&replaceWord=***",
    answer: r#"{"code":200}"#,
};

pub async fn add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let text = arguments.get("word").to_owned();
    if text.trim().is_empty() {
        return Err(Refusal::parameter("word must have more than spaces"));
    }
    let replacement = arguments.find("replaceWord").map(str::to_owned);
    let _one_at_a_time = app.deciding.lock().await;
    let words = app.core.store().words().await?;
    if words.len() >= MAX_WORDS && !words.iter().any(|word| word.text == text) {
        return Err(Refusal::too_many(format!("at most {MAX_WORDS} words")));
    }
    app.core.put_words(vec![Word { text, replacement }]).await?;
    done()
}

pub const DELETE: Call = Call {
    path: "/sensitiveword/delete",
    about: "Takes a word out",
    fields: &[need("word", Kind::Text(MAX_WORD), "the word")],
    example: "word=unknown",
    answer: r#"{"code":200}"#,
};

pub async fn delete<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    remove(app, arguments.texts("word")).await
}

pub const DELETE_MANY: Call = Call {
    path: "/sensitiveword/batch/delete",
    about: "Takes words out",
    fields: &[need("words", Kind::Texts(MAX_DELETED, MAX_WORD), "the words")],
    example: "words=unknown&words=unheard",
    answer: r#"{"code":200}"#,
};

pub async fn delete_many<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    remove(app, arguments.texts("words")).await
}

async fn remove<S: Store>(app: &App<S>, texts: Vec<String>) -> Answer {
    let _one_at_a_time = app.deciding.lock().await;
    app.core.remove_words(texts).await?;
    done()
}

pub const LIST: Call = Call {
    path: "/sensitiveword/list",
    about: "The words: `type` 0 those that are replaced, 1 (or left out) those that are refused, 2 all",
    fields: &[may("type", Kind::Number(REPLACED, ALL), "which")],
    example: "type=2",
    answer: r#"{"code":200,"words":[{"type":"0","word":"darn","replaceWord":"***"}]}"#,
};

pub async fn list<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let wanted = arguments.number("type").unwrap_or(REFUSED);
    let words = app.core.store().words().await?;
    let listed = words.iter().filter_map(|Word { text, replacement }| {
        let kind = if replacement.is_some() { REPLACED } else { REFUSED };
        let replacement = replacement.as_deref().unwrap_or_default();
        let listed = json!({ "type": kind.to_string(), "word": text, "replaceWord": replacement });
        (wanted == ALL || wanted == kind).then_some(listed)
    });
    Ok(json!({ "words": listed.collect::<Vec<_>>() }))
}
