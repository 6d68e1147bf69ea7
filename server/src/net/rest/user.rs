//! Users: tokens, what is known of them, whom they block, their tags.

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use serde_json::{Map, json};

use super::super::app::App;
use super::call::{Arguments, Call, Kind, may, need};
use super::{Answer, Refusal, date, done};
use crate::store::{MAX_BLACKLIST, Profile, Store};

/// The longest name and portrait address of a user, in bytes.
const MAX_NAME: usize = 256;
const MAX_PORTRAIT: usize = 1024;
/// The most tags of a user, and the longest, in bytes.
const MAX_TAGS: usize = 20;
const MAX_TAG: usize = 128;
/// The most users of one call about tags.
const MAX_TAGGED: usize = 1000;
/// The most users of one call about a blacklist.
const MAX_BLOCKED: usize = 20;

pub const GET_TOKEN: Call = Call {
    path: "/user/getToken",
    about: "Remembers a user and gives out a token",
    fields: &[
        need("userId", Kind::Id, "the user; without an @"),
        may("name", Kind::Text(MAX_NAME), "display name"),
        may("portraitUri", Kind::Text(MAX_PORTRAIT), "the portrait's address; never fetched"),
    ],
    example: "userId=a&name=Swan&portraitUri=https%3A%2F%2Fexample.com%2Fa.png",
    answer: r#"{"code":200,"userId":"a","token":"eyJrIjoi…"}"#,
};

pub async fn get_token<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let user = arguments.user("userId");
    if user.as_str().contains('@') {
        return Err(Refusal::parameter("userId must have no @"));
    }
    let (name, portrait) = (arguments.get("name"), arguments.get("portraitUri"));
    let created = app.clock.now().wall;
    let profile = Profile { name: name.to_owned(), portrait: portrait.to_owned(), created };
    app.core.store().put_profile(&user, profile).await?;
    let token = app.issue(&user, "", app.clock.now());
    Ok(json!({ "userId": user.as_str(), "token": token }))
}

pub const REFRESH: Call = Call {
    path: "/user/refresh",
    about: "Changes what is known of a user; what is left out stays",
    fields: &[
        need("userId", Kind::Id, "the user"),
        may("name", Kind::Text(MAX_NAME), "display name"),
        may("portraitUri", Kind::Text(MAX_PORTRAIT), "the portrait's address"),
    ],
    example: "userId=a&name=Goose",
    answer: r#"{"code":200}"#,
};

pub async fn refresh<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let user = arguments.user("userId");
    let known = known(app, &user).await?;
    let changed = |name: &str, known: String| arguments.find(name).map_or(known, str::to_owned);
    let profile = Profile {
        name: changed("name", known.name),
        portrait: changed("portraitUri", known.portrait),
        created: known.created,
    };
    app.core.store().put_profile(&user, profile).await?;
    done()
}

async fn known<S: Store>(app: &App<S>, user: &UserId) -> Result<Profile, Refusal> {
    let known = app.core.store().profile(user).await?;
    known.ok_or_else(|| Refusal::not_found("there is no such user"))
}

pub const INFO: Call = Call {
    path: "/user/info",
    about: "What is known of a user, and since when (UTC; empty where it was not noted)",
    fields: &[need("userId", Kind::Id, "the user")],
    example: "userId=a",
    answer: r#"{"code":200,"userName":"Goose","userPortrait":"https://example.com/a.png","createTime":"2026-01-11 01:28:20"}"#,
};

pub async fn info<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let Profile { name, portrait, created } = known(app, &arguments.user("userId")).await?;
    let noted = created != UnixMillis::ZERO;
    let created = if noted { date::text(created) } else { String::new() };
    Ok(json!({ "userName": name, "userPortrait": portrait, "createTime": created }))
}

pub const CHECK_ONLINE: Call = Call {
    path: "/user/checkOnline",
    about: "Whether a user is logged in anywhere now: status 1 or 0",
    fields: &[need("userId", Kind::Id, "the user")],
    example: "userId=a",
    answer: r#"{"code":200,"status":"0"}"#,
};

pub async fn check_online<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let online = app.core.hub().is_online(&arguments.user("userId"));
    Ok(json!({ "status": if online { "1" } else { "0" } }))
}

pub const SET_TAGS: Call = Call {
    path: "/user/tag/set",
    about: "Gives a user these tags and no others",
    fields: &[
        need("userId", Kind::Id, "the user"),
        may("tags", Kind::Texts(MAX_TAGS, MAX_TAG), "the tags; none to take all away"),
    ],
    example: "userId=a&tags=young&tags=%E5%8C%97%E4%BA%AC",
    answer: r#"{"code":200}"#,
};

pub async fn set_tags<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let users = vec![arguments.user("userId")];
    app.core.store().set_tags(users, arguments.texts("tags")).await?;
    done()
}

pub const SET_TAGS_OF_MANY: Call = Call {
    path: "/user/tag/batch/set",
    about: "Gives each of these users these tags and no others",
    fields: &[
        need("userIds", Kind::Ids(MAX_TAGGED), "the users"),
        may("tags", Kind::Texts(MAX_TAGS, MAX_TAG), "the tags; none to take all away"),
    ],
    example: "userIds=a&userIds=b&tags=young",
    answer: r#"{"code":200}"#,
};

pub async fn set_tags_of_many<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    app.core.store().set_tags(arguments.users("userIds"), arguments.texts("tags")).await?;
    done()
}

pub const GET_TAGS: Call = Call {
    path: "/user/tags/get",
    about: "The tags of users",
    fields: &[need("userIds", Kind::Ids(MAX_TAGGED), "the users")],
    example: "userIds=a&userIds=b",
    answer: r#"{"code":200,"result":{"a":["young"],"b":["young"]}}"#,
};

pub async fn get_tags<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let mut result = Map::new();
    for user in arguments.users("userIds") {
        let tags = app.core.store().tags(&user).await?;
        result.insert(user.as_str().to_owned(), json!(tags));
    }
    Ok(json!({ "result": result }))
}

pub const BLACKLIST_ADD: Call = Call {
    path: "/user/blacklist/add",
    about: "Lets a user block others: what they send to the user is refused (405)",
    fields: &[
        need("userId", Kind::Id, "who blocks"),
        need("blackUserId", Kind::Ids(MAX_BLOCKED), "who is blocked"),
    ],
    example: "userId=a&blackUserId=x&blackUserId=y",
    answer: r#"{"code":200}"#,
};

pub async fn blacklist_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let (user, blocked) = (arguments.user("userId"), arguments.users("blackUserId"));
    if app.core.block_users(&user, &blocked).await? {
        return done();
    }
    Err(Refusal::too_many(format!("a user blocks at most {MAX_BLACKLIST} others")))
}

pub const BLACKLIST_REMOVE: Call = Call {
    path: "/user/blacklist/remove",
    about: "Lets a user block others no more",
    fields: &[
        need("userId", Kind::Id, "who blocks"),
        need("blackUserId", Kind::Ids(MAX_BLOCKED), "who is blocked no more"),
    ],
    example: "userId=a&blackUserId=y",
    answer: r#"{"code":200}"#,
};

pub async fn blacklist_remove<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let (user, blocked) = (arguments.user("userId"), arguments.users("blackUserId"));
    app.core.unblock_users(&user, &blocked).await?;
    done()
}

pub const BLACKLIST_QUERY: Call = Call {
    path: "/user/blacklist/query",
    about: "Whom a user blocks",
    fields: &[need("userId", Kind::Id, "who blocks")],
    example: "userId=a",
    answer: r#"{"code":200,"users":["x"]}"#,
};

pub async fn blacklist_query<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let blocked = app.core.store().blacklist(&arguments.user("userId")).await?;
    let ids: Vec<&str> = blocked.iter().map(UserId::as_str).collect();
    Ok(json!({ "users": ids }))
}
