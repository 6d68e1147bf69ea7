//! Who may log in: revoked tokens, blocked users.

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;
use serde_json::json;

use super::super::app::App;
use super::call::{Arguments, Call, Kind, may, need};
use super::{Answer, date, done};
use crate::store::{Rule, RuleKind, Store};

const MINUTE: i64 = 60_000;
/// The most minutes that a block or mute can be given: 30 days.
pub const MAX_MINUTES: i64 = 43_200;
/// The most users of one call.
const MAX_USERS: usize = 20;
/// The most users that an answer lists.
const MAX_LISTED: i64 = 1000;
/// And where pages are asked for and no size.
const PAGE: i64 = 50;

/// So many minutes from now.
pub fn minutes_from(now: UnixMillis, minutes: i64) -> UnixMillis {
    now.plus(minutes.saturating_mul(MINUTE))
}

/// A rule of this kind about a user alone.
pub fn of_user(kind: RuleKind, user: &UserId) -> Rule {
    Rule { kind, group: String::new(), user: user.clone() }
}

pub const EXPIRE: Call = Call {
    path: "/user/token/expire",
    about: "Revokes the tokens of users that were issued before a time; a time to come is taken for \
            now: nobody is locked out by a mistyped one. Whoever is logged in is cut off, and back at once with a token that is good still; with another the login is refused \
            (31004)",
    fields: &[
        need("userId", Kind::Ids(MAX_USERS), "the users"),
        need("time", Kind::Number(0, 9_999_999_999_999), "in ms since 1970"),
    ],
    example: "userId=a&time=1623123911000",
    answer: r#"{"code":200}"#,
};

pub async fn expire<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let time = UnixMillis::new(arguments.number("time").unwrap_or_default());
    let time = time.min(app.clock.now().wall);
    let _one_at_a_time = app.deciding.lock().await;
    let known = app.core.store().rules().await?;
    // What was revoked once is never good again.
    let later = |rule: &Rule| known.iter().any(|(known, until)| known == rule && *until > time);
    let rules = arguments.users("userId");
    let rules = rules.iter().map(|user| of_user(RuleKind::TokensRevoked, user));
    app.core.put_rules(rules.filter(|rule| !later(rule)).collect(), time).await?;
    done()
}

pub const BLOCK: Call = Call {
    path: "/user/block",
    about: "Ends a user's sessions and refuses logins (31009) for a time",
    fields: &[
        need("userId", Kind::Ids(MAX_USERS), "the users"),
        need("minute", Kind::Number(1, MAX_MINUTES), "for how many minutes"),
    ],
    example: "userId=x&minute=10",
    answer: r#"{"code":200}"#,
};

pub async fn block<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let minutes = arguments.number("minute").unwrap_or_default();
    let until = minutes_from(app.clock.now().wall, minutes);
    let users = arguments.users("userId");
    let rules = users.iter().map(|user| of_user(RuleKind::Blocked, user)).collect();
    let _one_at_a_time = app.deciding.lock().await;
    app.core.put_rules(rules, until).await?;
    done()
}

pub const UNBLOCK: Call = Call {
    path: "/user/unblock",
    about: "Ends a block",
    fields: &[need("userId", Kind::Ids(MAX_USERS), "the users")],
    example: "userId=y",
    answer: r#"{"code":200}"#,
};

pub async fn unblock<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let users = arguments.users("userId");
    let rules = users.iter().map(|user| of_user(RuleKind::Blocked, user)).collect();
    let _one_at_a_time = app.deciding.lock().await;
    app.core.remove_rules(rules).await?;
    done()
}

pub const BLOCK_QUERY: Call = Call {
    path: "/user/block/query",
    about: "Who is blocked, and until when (UTC): the longest first, 1000 or a page",
    fields: &[
        may(
            "page",
            Kind::Number(0, 1_000_000),
            "which page, from 1; 0 or left out: the first 1000",
        ),
        may("size", Kind::Number(1, MAX_LISTED), "how many are on a page; 50 if left out"),
    ],
    example: "page=1&size=50",
    answer: r#"{"code":200,"users":[{"userId":"x","blockEndTime":"2026-01-11 01:28:20"}]}"#,
};

pub async fn block_query<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let now = app.clock.now().wall;
    let mut blocked = app.core.store().rules().await?;
    blocked.retain(|(rule, until)| rule.kind == RuleKind::Blocked && *until > now);
    blocked.sort_by(|one, other| (other.1, &one.0.user).cmp(&(one.1, &other.0.user)));
    let (before, size) = match arguments.number("page").unwrap_or_default() {
        0 => (0, MAX_LISTED),
        page => {
            let size = arguments.number("size").unwrap_or(PAGE);
            ((page - 1).saturating_mul(size), size)
        }
    };
    let number = |number| usize::try_from(number).unwrap_or_default();
    let users: Vec<_> = blocked
        .iter()
        .skip(number(before))
        .take(number(size))
        .map(|(rule, until)| json!({ "userId": rule.user.as_str(), "blockEndTime": date::text(*until) }))
        .collect();
    Ok(json!({ "users": users }))
}
