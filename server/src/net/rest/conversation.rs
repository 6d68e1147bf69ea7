//! Settings of a user's conversations, made in the user's name.

use hongyan::ids::{ConversationId, ConversationKind};
use serde_json::json;

use super::super::app::App;
use super::call::{Arguments, Call, Field, Kind, need};
use super::{Answer, Refusal, done};
use crate::store::{PINNED, SILENT, Setting, Store};

const TYPE: Field = need(
    "conversationType",
    Kind::Number(1, 8),
    "1 private, 2 discussion, 3 group, 5 customer service, 6 system, 7 and 8 public service",
);
const TARGET: Field = need("targetId", Kind::Id, "the conversation, as the user sees it");

fn conversation(arguments: &Arguments) -> ConversationId {
    let kind = arguments.number("conversationType").unwrap_or_default();
    let kind = ConversationKind::from_number(i32::try_from(kind).unwrap_or_default());
    ConversationId::new(kind, arguments.get("targetId"))
}

async fn set<S: Store>(
    app: &App<S>,
    arguments: &Arguments,
    user: &str,
    item: i32,
    on: bool,
) -> Answer {
    let value = if on { "1" } else { "0" }.to_owned();
    let setting = Setting { conversation: conversation(arguments), item, value };
    let user = arguments.user(user);
    app.core.set_for(&user, vec![setting], app.clock.now()).await.map_err(|code| {
        let full = code == hongyan::error::ErrorCode::InvalidArgument;
        if full { Refusal::too_many("the user has too many settings") } else { code.into() }
    })?;
    done()
}

pub const MUTE: Call = Call {
    path: "/conversation/notification/set",
    about: "Mutes a conversation for a user, or not: on all of the user's devices",
    fields: &[
        TYPE,
        need("requestId", Kind::Id, "the user"),
        TARGET,
        need("isMuted", Kind::Flag, "1: it is muted"),
    ],
    example: "conversationType=1&requestId=a&targetId=b&isMuted=1",
    answer: r#"{"code":200}"#,
};

pub async fn mute<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    set(app, arguments, "requestId", SILENT, arguments.flag("isMuted")).await
}

pub const IS_MUTED: Call = Call {
    path: "/conversation/notification/get",
    about: "Whether a user has muted a conversation: 1 or 0",
    fields: &[TYPE, need("requestId", Kind::Id, "the user"), TARGET],
    example: "conversationType=1&requestId=a&targetId=b",
    answer: r#"{"code":200,"isMuted":1}"#,
};

pub async fn is_muted<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let (user, conversation) = (arguments.user("requestId"), conversation(arguments));
    let value = app.core.store().setting(&user, &conversation, SILENT).await?;
    Ok(json!({ "isMuted": u8::from(value.as_deref() == Some("1")) }))
}

pub const PIN: Call = Call {
    path: "/conversation/top/set",
    about: "Pins a conversation for a user, or not: on all of the user's devices",
    fields: &[
        need("userId", Kind::Id, "the user"),
        TYPE,
        TARGET,
        need("setTop", Kind::Text(5), "true or false"),
    ],
    example: "userId=a&conversationType=1&targetId=b&setTop=true",
    answer: r#"{"code":200}"#,
};

pub async fn pin<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let on = match arguments.get("setTop") {
        "true" | "1" => true,
        "false" | "0" => false,
        _ => return Err(Refusal::parameter("setTop must be true or false")),
    };
    set(app, arguments, "userId", PINNED, on).await
}
