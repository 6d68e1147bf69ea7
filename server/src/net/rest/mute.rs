//! Who may not speak: in a group, in all groups, in private conversations.

use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::time::UnixMillis;
use serde_json::json;

use super::super::app::App;
use super::call::{Arguments, Call, Field, Kind, may, need};
use super::group::group;
use super::token::{MAX_MINUTES, minutes_from, of_user};
use super::{Answer, Refusal, date, done};
use crate::store::{FOR_EVER, Rule, RuleKind, Store};

/// The most users and groups of one call.
const MAX_USERS: usize = 100;
const MAX_GROUPS: usize = 100;
/// The most users of one call about all groups, or private conversations.
const MAX_EVERYWHERE: usize = 1000;
/// The most users that one page lists.
const MAX_LISTED: i64 = 200;

const USERS: Field = need("userId", Kind::Ids(MAX_USERS), "the users");
const MANY_USERS: Field = need("userId", Kind::Ids(MAX_EVERYWHERE), "the users");
const GROUPS: Field = need("groupId", Kind::Ids(MAX_GROUPS), "the groups");
const GROUP: Field = need("groupId", Kind::Id, "the group");
const GROUP_OR_ALL: Field =
    may("groupId", Kind::Id, "the group; without it, all groups and discussions");

fn in_group(kind: RuleKind, group: &str, user: &UserId) -> Rule {
    Rule { kind, group: group.to_owned(), user: user.clone() }
}

/// The mutes that a call is about.
fn mutes(arguments: &Arguments) -> Vec<Rule> {
    let mute = |user: &UserId| match arguments.find("groupId") {
        Some(group) => in_group(RuleKind::MutedInGroup, group, user),
        None => of_user(RuleKind::MutedInGroups, user),
    };
    arguments.users("userId").iter().map(mute).collect()
}

/// Whether there is such a group.
async fn check_group<S: Store>(app: &App<S>, group: &ConversationId) -> Result<(), Refusal> {
    let found = app.core.store().room(group).await?;
    found.map(drop).ok_or_else(|| Refusal::not_found("there is no such group"))
}

async fn put<S: Store>(app: &App<S>, rules: Vec<Rule>, until: UnixMillis) -> Answer {
    let _one_at_a_time = app.deciding.lock().await;
    app.core.put_rules(rules, until).await?;
    done()
}

async fn remove<S: Store>(app: &App<S>, rules: Vec<Rule>) -> Answer {
    let _one_at_a_time = app.deciding.lock().await;
    app.core.remove_rules(rules).await?;
    done()
}

/// The rules that hold now.
async fn holding<S: Store>(
    app: &App<S>,
    wanted: impl Fn(&Rule) -> bool,
) -> Result<Vec<(Rule, UnixMillis)>, Refusal> {
    let (mut rules, now) = (app.core.store().rules().await?, app.clock.now().wall);
    rules.retain(|(rule, until)| *until > now && wanted(rule));
    Ok(rules)
}

pub const GAG_ADD: Call = Call {
    path: "/group/user/gag/add",
    about: "Mutes members of a group: what they say is refused (22408)",
    fields: &[
        USERS,
        GROUP_OR_ALL,
        may("minute", Kind::Number(0, MAX_MINUTES), "for how many minutes; 0 for ever"),
    ],
    example: "userId=b&groupId=g&minute=60",
    answer: r#"{"code":200}"#,
};

pub async fn gag_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    if arguments.find("groupId").is_some() {
        check_group(app, &group(arguments)).await?;
    }
    let until = match arguments.number("minute").unwrap_or_default() {
        0 => FOR_EVER,
        minutes => minutes_from(app.clock.now().wall, minutes),
    };
    put(app, mutes(arguments), until).await
}

pub const GAG_ROLLBACK: Call = Call {
    path: "/group/user/gag/rollback",
    about: "Lets muted members speak again",
    fields: &[USERS, GROUP_OR_ALL],
    example: "userId=c&groupId=g",
    answer: r#"{"code":200}"#,
};

pub async fn gag_rollback<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    remove(app, mutes(arguments)).await
}

pub const GAG_LIST: Call = Call {
    path: "/group/user/gag/list",
    about: "Who is muted in a group, and until when (UTC); `time` is empty for ever",
    fields: &[GROUP_OR_ALL],
    example: "groupId=g",
    answer: r#"{"code":200,"users":[{"userId":"b","time":"2026-01-11 01:28:20"}]}"#,
};

pub async fn gag_list<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let group = arguments.get("groupId");
    let kind = if group.is_empty() { RuleKind::MutedInGroups } else { RuleKind::MutedInGroup };
    let rules = holding(app, |rule| rule.kind == kind && rule.group == group).await?;
    let until = |time| if time == FOR_EVER { String::new() } else { date::text(time) };
    let user = |(rule, time): &(Rule, UnixMillis)| json!({ "userId": rule.user.as_str(), "time": until(*time) });
    Ok(json!({ "users": rules.iter().map(user).collect::<Vec<_>>() }))
}

/// The rules that mute whole groups.
fn bans(arguments: &Arguments) -> Vec<Rule> {
    let groups = arguments.users("groupId");
    let ban = |group: &UserId| in_group(RuleKind::GroupMuted, group.as_str(), &UserId::default());
    groups.iter().map(ban).collect()
}

pub const BAN_ADD: Call = Call {
    path: "/group/ban/add",
    about: "Mutes groups: only who is on the whitelist may speak",
    fields: &[GROUPS],
    example: "groupId=g",
    answer: r#"{"code":200}"#,
};

pub async fn ban_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let rules = bans(arguments);
    for rule in &rules {
        let group = ConversationId::new(ConversationKind::Group, rule.group.as_str());
        check_group(app, &group).await?;
    }
    put(app, rules, FOR_EVER).await
}

pub const BAN_ROLLBACK: Call = Call {
    path: "/group/ban/rollback",
    about: "Lets muted groups speak again",
    fields: &[GROUPS],
    example: "groupId=h",
    answer: r#"{"code":200}"#,
};

pub async fn ban_rollback<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    remove(app, bans(arguments)).await
}

pub const BAN_QUERY: Call = Call {
    path: "/group/ban/query",
    about: "Which groups are muted: of those named, each with `stat` 1 or 0; else all that are",
    fields: &[may("groupId", Kind::Ids(MAX_GROUPS), "the groups")],
    example: "groupId=g",
    answer: r#"{"code":200,"groupinfo":[{"groupId":"g","stat":1}]}"#,
};

pub async fn ban_query<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let rules = holding(app, |rule| rule.kind == RuleKind::GroupMuted).await?;
    let muted: Vec<&str> = rules.iter().map(|(rule, _)| rule.group.as_str()).collect();
    let asked = arguments.texts("groupId");
    let asked: Vec<&str> =
        if asked.is_empty() { muted.clone() } else { asked.iter().map(String::as_str).collect() };
    let info = |group: &&str| json!({ "groupId": group, "stat": u8::from(muted.contains(group)) });
    Ok(json!({ "groupinfo": asked.iter().map(info).collect::<Vec<_>>() }))
}

/// The rules that let members of a muted group speak.
fn exceptions(arguments: &Arguments) -> Vec<Rule> {
    let group = arguments.get("groupId");
    let exception = |user: &UserId| in_group(RuleKind::MaySpeak, group, user);
    arguments.users("userId").iter().map(exception).collect()
}

pub const WHITELIST_ADD: Call = Call {
    path: "/group/user/ban/whitelist/add",
    about: "Lets members speak although their group is muted",
    fields: &[USERS, GROUP],
    example: "userId=a&groupId=g",
    answer: r#"{"code":200}"#,
};

pub async fn whitelist_add<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    check_group(app, &group(arguments)).await?;
    put(app, exceptions(arguments), FOR_EVER).await
}

pub const WHITELIST_ROLLBACK: Call = Call {
    path: "/group/user/ban/whitelist/rollback",
    about: "Takes members off the whitelist of a group",
    fields: &[USERS, GROUP],
    example: "userId=c&groupId=g",
    answer: r#"{"code":200}"#,
};

pub async fn whitelist_rollback<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    remove(app, exceptions(arguments)).await
}

pub const WHITELIST_QUERY: Call = Call {
    path: "/group/user/ban/whitelist/query",
    about: "Who may speak in a group although it is muted",
    fields: &[GROUP],
    example: "groupId=g",
    answer: r#"{"code":200,"userIds":["a"]}"#,
};

pub async fn whitelist_query<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let group = arguments.get("groupId");
    let is_exception = |rule: &Rule| rule.kind == RuleKind::MaySpeak && rule.group == group;
    let rules = holding(app, is_exception).await?;
    let ids: Vec<&str> = rules.iter().map(|(rule, _)| rule.user.as_str()).collect();
    Ok(json!({ "userIds": ids }))
}

/// The kind of rule that `type` means.
fn kind(arguments: &Arguments) -> Result<RuleKind, Refusal> {
    match arguments.get("type") {
        "PERSON" => Ok(RuleKind::MutedInPrivate),
        "GROUP" => Ok(RuleKind::MutedInGroups),
        _ => Err(Refusal::parameter("type must be PERSON or GROUP")),
    }
}

const TYPE: Field = need(
    "type",
    Kind::Text(16),
    "PERSON: in private conversations (20106); GROUP: in all groups and discussions (22408)",
);

pub const EVERYWHERE: Call = Call {
    path: "/user/chat/fb/set",
    about: "Mutes users everywhere, or lets them speak again",
    fields: &[MANY_USERS, TYPE, need("state", Kind::Flag, "1: they are muted; 0: they are not")],
    example: "userId=y&type=PERSON&state=1",
    answer: r#"{"code":200}"#,
};

pub async fn everywhere<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let kind = kind(arguments)?;
    let users = arguments.users("userId");
    let rules = users.iter().map(|user| of_user(kind, user)).collect();
    if arguments.flag("state") { put(app, rules, FOR_EVER).await } else { remove(app, rules).await }
}

pub const EVERYWHERE_QUERY: Call = Call {
    path: "/user/chat/fb/querylist",
    about: "Who is muted everywhere",
    fields: &[
        TYPE,
        may("num", Kind::Number(1, MAX_LISTED), "at most so many; 100 if left out"),
        may("offset", Kind::Number(0, i64::MAX), "after so many"),
    ],
    example: "type=PERSON",
    answer: r#"{"code":200,"total":1,"users":["y"]}"#,
};

pub async fn everywhere_query<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let kind = kind(arguments)?;
    let rules = holding(app, |rule| rule.kind == kind).await?;
    let number = |name, default| {
        usize::try_from(arguments.number(name).unwrap_or(default)).unwrap_or(usize::MAX)
    };
    let page = rules.iter().skip(number("offset", 0)).take(number("num", 100));
    let users: Vec<&str> = page.map(|(rule, _)| rule.user.as_str()).collect();
    Ok(json!({ "total": rules.len(), "users": users }))
}
