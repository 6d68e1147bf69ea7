//! Quiet hours: when a user does not want to be disturbed, every day.

use hongyan::ids::UserId;
use serde_json::json;

use super::super::app::App;
use super::call::{Arguments, Call, Kind, need};
use super::{Answer, Refusal, done};
use crate::core::settings::{seconds_of_day, time_of_day};
use crate::store::{QuietHours, Store};

/// `level`: what mentions the user comes through.
const MENTIONS: i64 = 1;
/// `level`: nothing comes through.
const NOTHING: i64 = 5;

pub const SET: Call = Call {
    path: "/user/blockPushPeriod/set",
    about: "Sets when a user does not want to be disturbed, every day. The user's pages hear of it",
    fields: &[
        need("userId", Kind::Id, "the user"),
        need("startTime", Kind::Text(8), "the time of day, HH:MM:SS, by the clock of each device"),
        need("period", Kind::Number(0, 1439), "for how many minutes; 0 for never"),
        need(
            "level",
            Kind::Number(MENTIONS, NOTHING),
            "1: what mentions the user comes through; 5: nothing",
        ),
    ],
    example: "userId=a&startTime=22%3A00%3A00&period=480&level=1",
    answer: r#"{"code":200}"#,
};

pub async fn set<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let start = seconds_of_day(arguments.get("startTime"));
    let start = start.ok_or_else(|| Refusal::parameter("startTime is a time of day: 22:00:00"))?;
    let level = arguments.number("level");
    if level != Some(MENTIONS) && level != Some(NOTHING) {
        return Err(Refusal::parameter("level must be 1 or 5"));
    }
    let minutes = arguments.number("period").and_then(|minutes| u16::try_from(minutes).ok());
    let minutes = minutes.filter(|minutes| *minutes > 0);
    let mentions = level == Some(MENTIONS);
    let hours = minutes.map(|minutes| QuietHours { start, minutes, mentions });
    put(app, &arguments.user("userId"), hours).await
}

async fn put<S: Store>(app: &App<S>, user: &UserId, hours: Option<QuietHours>) -> Answer {
    app.core.set_quiet_hours(user, hours, None, app.clock.now()).await?;
    done()
}

pub const GET: Call = Call {
    path: "/user/blockPushPeriod/get",
    about: "When a user does not want to be disturbed; a period of 0 for never",
    fields: &[need("userId", Kind::Id, "the user")],
    example: "userId=a",
    answer: r#"{"code":200,"data":{"startTime":"22:00:00","period":480,"unPushLevel":1}}"#,
};

pub async fn get<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let hours = app.core.store().user_settings(&arguments.user("userId")).await?.quiet_hours;
    let data = hours.map_or_else(
        || json!({ "startTime": "", "period": 0, "unPushLevel": 0 }),
        |QuietHours { start, minutes, mentions }| {
            let level = if mentions { MENTIONS } else { NOTHING };
            json!({ "startTime": time_of_day(start), "period": minutes, "unPushLevel": level })
        },
    );
    Ok(json!({ "data": data }))
}

pub const DELETE: Call = Call {
    path: "/user/blockPushPeriod/delete",
    about: "Ends a user's quiet hours",
    fields: &[need("userId", Kind::Id, "the user")],
    example: "userId=b",
    answer: r#"{"code":200}"#,
};

pub async fn delete<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    put(app, &arguments.user("userId"), None).await
}
