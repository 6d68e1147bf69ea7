//! Who may be and speak in a chatroom.

use hongyan::ids::{TargetId, UserId};
use serde_json::{Value, json};

use super::super::app::App;
use super::call::{Arguments, Call, Field, Kind, need};
use super::chatroom::{ROOM, ROOMS, change_all, listed, names, room, rooms};
use super::{Answer, Refusal, date, done};
use crate::core::chatrooms::NO_SUCH_ROOM;
use crate::store::{ChatroomChange, ChatroomRule, ChatroomRuleKind as Rule, Store};

/// The most users of one call.
const MAX_USERS: usize = 100;
/// A month, in minutes: the longest time of a rule.
const MAX_MINUTES: i64 = 43_200;

const USERS: Field = need("userId", Kind::Ids(MAX_USERS), "the users");
const MINUTES: Field = need("minute", Kind::Number(1, MAX_MINUTES), "for how many minutes");

async fn set<S: Store>(
    app: &App<S>,
    scope: Option<TargetId>,
    kind: Rule,
    arguments: &Arguments,
) -> Answer {
    let now = app.clock.now();
    let minutes = arguments.number("minute");
    let until = minutes.map(|minutes| now.wall.plus(minutes.saturating_mul(60_000)));
    let users = arguments.users("userId");
    let rule = |user: &UserId| ChatroomRule { kind, subject: user.as_str().to_owned(), until };
    let rules = users.iter().map(rule).collect();
    app.core.set_chatroom_rules(scope.as_ref(), rules, now).await?;
    done()
}

async fn lift<S: Store>(
    app: &App<S>,
    scope: Option<TargetId>,
    kind: Rule,
    arguments: &Arguments,
) -> Answer {
    let users = arguments.users("userId").iter().map(|user| user.as_str().to_owned()).collect();
    app.core.lift_chatroom_rules(scope.as_ref(), kind, users).await?;
    done()
}

async fn rules<S: Store>(
    app: &App<S>,
    scope: Option<TargetId>,
    kind: Rule,
) -> Result<Vec<ChatroomRule>, Refusal> {
    Ok(app.core.chatroom_rules(scope.as_ref(), kind, app.clock.now()).await?)
}

/// Users and until when.
async fn timed<S: Store>(app: &App<S>, scope: Option<TargetId>, kind: Rule) -> Answer {
    let rules = rules(app, scope, kind).await?;
    let user = |rule: &ChatroomRule| {
        let until = rule.until.map(date::text).unwrap_or_default();
        json!({ "userId": rule.subject, "time": until })
    };
    Ok(json!({ "users": rules.iter().map(user).collect::<Vec<Value>>() }))
}

async fn users<S: Store>(
    app: &App<S>,
    scope: Option<TargetId>,
    kind: Rule,
) -> Result<Vec<String>, Refusal> {
    Ok(rules(app, scope, kind).await?.into_iter().map(|rule| rule.subject).collect())
}

const LISTED: &str = r#"{"code":200,"users":[{"userId":"b","time":"2026-01-11 01:28:20"}]}"#;

pub const GAG_ADD: Call = Call {
    path: "/chatroom/user/gag/add",
    about: "Mutes users in a chatroom: what they say is refused (23408)",
    fields: &[ROOM, USERS, MINUTES],
    example: "chatroomId=r&userId=b&minute=60",
    answer: r#"{"code":200}"#,
};

pub async fn gag_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    set(app, Some(room(arguments)), Rule::Muted, arguments).await
}

pub const GAG_ROLLBACK: Call = Call {
    path: "/chatroom/user/gag/rollback",
    about: "Lets users speak in a chatroom again",
    fields: &[ROOM, USERS],
    example: "chatroomId=r&userId=c",
    answer: r#"{"code":200}"#,
};

pub async fn gag_rollback<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    lift(app, Some(room(arguments)), Rule::Muted, arguments).await
}

pub const GAG_LIST: Call = Call {
    path: "/chatroom/user/gag/list",
    about: "Who is muted in a chatroom, and until when (UTC)",
    fields: &[ROOM],
    example: "chatroomId=r",
    answer: LISTED,
};

pub async fn gag_list<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    timed(app, Some(room(arguments)), Rule::Muted).await
}

pub const BLOCK_ADD: Call = Call {
    path: "/chatroom/user/block/add",
    about: "Puts users out of a chatroom and keeps them out (23409)",
    fields: &[ROOM, USERS, MINUTES],
    example: "chatroomId=r&userId=b&minute=60",
    answer: r#"{"code":200}"#,
};

pub async fn block_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    set(app, Some(room(arguments)), Rule::Blocked, arguments).await
}

pub const BLOCK_ROLLBACK: Call = Call {
    path: "/chatroom/user/block/rollback",
    about: "Lets users come into a chatroom again",
    fields: &[ROOM, USERS],
    example: "chatroomId=r&userId=c",
    answer: r#"{"code":200}"#,
};

pub async fn block_rollback<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    lift(app, Some(room(arguments)), Rule::Blocked, arguments).await
}

pub const BLOCK_LIST: Call = Call {
    path: "/chatroom/user/block/list",
    about: "Who is kept out of a chatroom, and until when (UTC)",
    fields: &[ROOM],
    example: "chatroomId=r",
    answer: LISTED,
};

pub async fn block_list<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    timed(app, Some(room(arguments)), Rule::Blocked).await
}

pub const EVERYWHERE_ADD: Call = Call {
    path: "/chatroom/user/ban/add",
    about: "Mutes users in all chatrooms (23408)",
    fields: &[USERS, MINUTES],
    example: "userId=b&minute=60",
    answer: r#"{"code":200}"#,
};

pub async fn everywhere_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    set(app, None, Rule::Muted, arguments).await
}

pub const EVERYWHERE_REMOVE: Call = Call {
    path: "/chatroom/user/ban/remove",
    about: "Lets users speak in chatrooms again",
    fields: &[USERS],
    example: "userId=c",
    answer: r#"{"code":200}"#,
};

pub async fn everywhere_remove<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    lift(app, None, Rule::Muted, arguments).await
}

pub const EVERYWHERE_QUERY: Call = Call {
    path: "/chatroom/user/ban/query",
    about: "Who is muted in all chatrooms, and until when (UTC)",
    fields: &[],
    example: "",
    answer: LISTED,
};

pub async fn everywhere_query<S: Store>(app: &App<S>, _: &Arguments) -> Answer {
    timed(app, None, Rule::Muted).await
}

pub const PROTECTED_ADD: Call = Call {
    path: "/chatroom/user/whitelist/add",
    about: "What these users say is never refused because a chatroom has too many messages",
    fields: &[ROOM, USERS],
    example: "chatroomId=r&userId=b",
    answer: r#"{"code":200}"#,
};

pub async fn protected_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    set(app, Some(room(arguments)), Rule::ProtectedUser, arguments).await
}

pub const PROTECTED_REMOVE: Call = Call {
    path: "/chatroom/user/whitelist/remove",
    about: "Treats these users as others again",
    fields: &[ROOM, USERS],
    example: "chatroomId=r&userId=c",
    answer: r#"{"code":200}"#,
};

pub async fn protected_remove<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    lift(app, Some(room(arguments)), Rule::ProtectedUser, arguments).await
}

pub const PROTECTED_QUERY: Call = Call {
    path: "/chatroom/user/whitelist/query",
    about: "Whose messages are never refused because there are too many",
    fields: &[ROOM],
    example: "chatroomId=r",
    answer: r#"{"code":200,"users":["b"]}"#,
};

pub async fn protected_query<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    Ok(json!({ "users": users(app, Some(room(arguments)), Rule::ProtectedUser).await? }))
}

fn muted(muted: bool) -> ChatroomChange {
    ChatroomChange { muted: Some(muted), ..ChatroomChange::default() }
}

pub const BAN_ADD: Call = Call {
    path: "/chatroom/ban/add",
    about: "Mutes chatrooms: only who is exempt may speak",
    fields: &[ROOMS],
    example: "chatroomId=r",
    answer: r#"{"code":200}"#,
};

pub async fn ban_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    change_all(app, &rooms(arguments), muted(true)).await
}

pub const BAN_ROLLBACK: Call = Call {
    path: "/chatroom/ban/rollback",
    about: "Lets everybody speak in chatrooms again",
    fields: &[ROOMS],
    example: "chatroomId=r",
    answer: r#"{"code":200}"#,
};

pub async fn ban_rollback<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    change_all(app, &rooms(arguments), muted(false)).await
}

pub const BAN_QUERY: Call = Call {
    path: "/chatroom/ban/query",
    about: "Which chatrooms are muted",
    fields: &[],
    example: "",
    answer: r#"{"code":200,"chatroomIds":["r"]}"#,
};

pub async fn ban_query<S: Store>(app: &App<S>, _: &Arguments) -> Answer {
    Ok(json!({ "chatroomIds": names(&listed(app, |room| room.muted).await?) }))
}

pub const BAN_CHECK: Call = Call {
    path: "/chatroom/ban/check",
    about: "Whether a chatroom is muted: 1 or 0",
    fields: &[ROOM],
    example: "chatroomId=r",
    answer: r#"{"code":200,"status":1}"#,
};

pub async fn ban_check<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let room = app.core.store().chatroom(&room(arguments)).await?.ok_or(NO_SUCH_ROOM)?;
    Ok(json!({ "status": u8::from(room.muted) }))
}

pub const EXEMPT_ADD: Call = Call {
    path: "/chatroom/user/ban/whitelist/add",
    about: "Lets users speak in a chatroom though it is muted",
    fields: &[ROOM, USERS],
    example: "chatroomId=r&userId=b",
    answer: r#"{"code":200}"#,
};

pub async fn exempt_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    set(app, Some(room(arguments)), Rule::Exempt, arguments).await
}

pub const EXEMPT_ROLLBACK: Call = Call {
    path: "/chatroom/user/ban/whitelist/rollback",
    about: "Takes the exemption away",
    fields: &[ROOM, USERS],
    example: "chatroomId=r&userId=c",
    answer: r#"{"code":200}"#,
};

pub async fn exempt_rollback<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    lift(app, Some(room(arguments)), Rule::Exempt, arguments).await
}

pub const EXEMPT_QUERY: Call = Call {
    path: "/chatroom/user/ban/whitelist/query",
    about: "Who may speak in a chatroom though it is muted",
    fields: &[ROOM],
    example: "chatroomId=r",
    answer: r#"{"code":200,"userIds":["b"]}"#,
};

pub async fn exempt_query<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    Ok(json!({ "userIds": users(app, Some(room(arguments)), Rule::Exempt).await? }))
}
