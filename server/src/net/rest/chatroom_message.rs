//! What is said in chatrooms: by the application's server, and what of it goes first.

use hongyan::ids::{ConversationKind, TargetId, UserId};
use serde_json::json;

use super::super::app::App;
use super::call::{Arguments, Call, Field, Kind, need};
use super::chatroom::{MAX_ROOMS, ROOM, change_all, listed, room};
use super::message::{CLASS, CONTENT, COUNTED, FROM, Message, PERSISTED, once};
use super::{Answer, Refusal, done};
use crate::core::chatrooms::NO_SUCH_ROOM;
use crate::core::limits::MAX_OBJECT_NAME;
use crate::store::{ChatroomChange, ChatroomRule, ChatroomRuleKind, Store};

/// The most classes of messages of one call.
const MAX_CLASSES: usize = 20;

pub const PAUSE: Call = Call {
    path: "/chatroom/message/stopDistribution",
    about: "Passes no messages of a chatroom on: they are kept in its history, and not passed on later",
    fields: &[ROOM],
    example: "chatroomId=r",
    answer: r#"{"code":200}"#,
};

fn paused(paused: bool) -> ChatroomChange {
    ChatroomChange { paused: Some(paused), ..ChatroomChange::default() }
}

pub async fn pause<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    change_all(app, &[room(arguments)], paused(true)).await
}

pub const RESUME: Call = Call {
    path: "/chatroom/message/resumeDistribution",
    about: "Passes messages of a chatroom on again",
    fields: &[ROOM],
    example: "chatroomId=r",
    answer: r#"{"code":200}"#,
};

pub async fn resume<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    change_all(app, &[room(arguments)], paused(false)).await
}

const CLASSES: Kind = Kind::Texts(MAX_CLASSES, MAX_OBJECT_NAME);
const LOW: Field = need("objectName", CLASSES, "classes of messages");
const PROTECTED: Field = need("objectnames", CLASSES, "classes of messages");

async fn set_classes<S: Store>(
    app: &App<S>,
    kind: ChatroomRuleKind,
    classes: Vec<String>,
) -> Answer {
    let rule = |subject| ChatroomRule { kind, subject, until: None };
    let rules = classes.into_iter().map(rule).collect();
    app.core.set_chatroom_rules(None, rules, app.clock.now()).await?;
    done()
}

async fn lift_classes<S: Store>(
    app: &App<S>,
    kind: ChatroomRuleKind,
    classes: Vec<String>,
) -> Answer {
    app.core.lift_chatroom_rules(None, kind, classes).await?;
    done()
}

async fn classes<S: Store>(app: &App<S>, kind: ChatroomRuleKind) -> Result<Vec<String>, Refusal> {
    let rules = app.core.chatroom_rules(None, kind, app.clock.now()).await?;
    Ok(rules.into_iter().map(|rule| rule.subject).collect())
}

pub const LOW_ADD: Call = Call {
    path: "/chatroom/message/priority/add",
    about: "Where a chatroom has too many messages, those of these classes are refused first",
    fields: &[LOW],
    example: "objectName=RC%3ATxtMsg",
    answer: r#"{"code":200}"#,
};

pub async fn low_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    set_classes(app, ChatroomRuleKind::LowClass, arguments.texts("objectName")).await
}

pub const LOW_REMOVE: Call = Call {
    path: "/chatroom/message/priority/remove",
    about: "Treats these classes as others again",
    fields: &[LOW],
    example: "objectName=RC%3AVcMsg",
    answer: r#"{"code":200}"#,
};

pub async fn low_remove<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    lift_classes(app, ChatroomRuleKind::LowClass, arguments.texts("objectName")).await
}

pub const LOW_QUERY: Call = Call {
    path: "/chatroom/message/priority/query",
    about: "Which classes are refused first",
    fields: &[],
    example: "",
    answer: r#"{"code":200,"objectNames":["RC:TxtMsg"]}"#,
};

pub async fn low_query<S: Store>(app: &App<S>, _: &Arguments) -> Answer {
    Ok(json!({ "objectNames": classes(app, ChatroomRuleKind::LowClass).await? }))
}

pub const PROTECTED_ADD: Call = Call {
    path: "/chatroom/whitelist/add",
    about: "Messages of these classes are never refused because a chatroom has too many",
    fields: &[PROTECTED],
    example: "objectnames=RC%3ATxtMsg",
    answer: r#"{"code":200}"#,
};

pub async fn protected_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    set_classes(app, ChatroomRuleKind::ProtectedClass, arguments.texts("objectnames")).await
}

pub const PROTECTED_REMOVE: Call = Call {
    path: "/chatroom/whitelist/delete",
    about: "Treats these classes as others again",
    fields: &[PROTECTED],
    example: "objectnames=RC%3AVcMsg",
    answer: r#"{"code":200}"#,
};

pub async fn protected_remove<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    lift_classes(app, ChatroomRuleKind::ProtectedClass, arguments.texts("objectnames")).await
}

pub const PROTECTED_QUERY: Call = Call {
    path: "/chatroom/whitelist/query",
    about: "Which classes are never refused; the name of the list is that of the published SDKs",
    fields: &[],
    example: "",
    answer: r#"{"code":200,"whitlistMsgType":["RC:TxtMsg"]}"#,
};

pub async fn protected_query<S: Store>(app: &App<S>, _: &Arguments) -> Answer {
    Ok(json!({ "whitlistMsgType": classes(app, ChatroomRuleKind::ProtectedClass).await? }))
}

pub const PUBLISH: Call = Call {
    path: "/message/chatroom/publish",
    about: "Says something in chatrooms. Nobody's rate, mute or word holds",
    fields: &[
        FROM,
        need("toChatroomId", Kind::Ids(MAX_ROOMS), "the chatrooms"),
        CLASS,
        CONTENT,
        PERSISTED,
        COUNTED,
    ],
    example: "fromUserId=a&toChatroomId=r&objectName=RC%3ATxtMsg&content=%7B%22content%22%3A%22hi%22%7D",
    answer: r#"{"code":200,"messageUIDs":[{"chatroomId":"r","messageUID":"BDAC-Q2G9-1S01-0001"}]}"#,
};

pub async fn publish<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let (message, to) = (Message::read(arguments)?, once(arguments.users("toChatroomId")));
    for room in &to {
        let room = TargetId::from(room.as_str());
        app.core.store().chatroom(&room).await?.ok_or(NO_SUCH_ROOM)?;
    }
    said(app, &message, &to).await
}

async fn said<S: Store>(app: &App<S>, message: &Message, to: &[UserId]) -> Answer {
    Ok(json!({ "messageUIDs": message.send(app, ConversationKind::Chatroom, to).await? }))
}

pub const BROADCAST: Call = Call {
    path: "/message/chatroom/broadcast",
    about: "Says something in every chatroom",
    fields: &[FROM, CLASS, CONTENT, PERSISTED, COUNTED],
    example: "fromUserId=a&objectName=RC%3ATxtMsg&content=%7B%22content%22%3A%22hi%22%7D",
    answer: r#"{"code":200}"#,
};

pub async fn broadcast<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let message = Message::read(arguments)?;
    for rooms in listed(app, |_| true).await?.chunks(MAX_ROOMS) {
        let rooms: Vec<UserId> = rooms.iter().map(|room| UserId::from(room.as_str())).collect();
        said(app, &message, &rooms).await?;
    }
    done()
}
