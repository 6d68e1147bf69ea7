//! Public services, and what customers said of customer services.

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind};
use hongyan::signal::MessageFlags;
use serde_json::{Value, json};

use super::super::app::App;
use super::call::{Arguments, Call, Field, Kind, may, need};
use super::{Answer, Refusal, done};
use crate::core::discussions::{MAX_ROOM_NAME, is_room_name};
use crate::core::limits::{MAX_OBJECT_NAME, check_content};
use crate::core::robot::{MAX_ROBOT, Robot};
use crate::store::{MAX_SERVICES, PublicService, Rating, Store, Talk};

/// The longest introduction and portrait address, in bytes.
const MAX_INTRODUCTION: usize = 1024;
/// The longest menu, in bytes.
const MAX_MENU: usize = 16 * 1024;
/// The most users that one call names.
const MAX_USERS: usize = 1000;
/// The most ratings of one answer.
const MAX_RATINGS: u32 = 1000;

const TYPE: Field = need(
    "type",
    Kind::Number(7, 8),
    "7 of the application, which everybody follows unless told otherwise; 8 to be followed",
);
const ID: Field = need("id", Kind::Id, "the public service");

fn service_id(arguments: &Arguments) -> ConversationId {
    let kind = match arguments.number("type") {
        Some(7) => ConversationKind::AppPublicService,
        Some(_) | None => ConversationKind::PublicService,
    };
    ConversationId::new(kind, arguments.get("id"))
}

pub const PUT: Call = Call {
    path: "/publicservice/create",
    about: "Makes a public service; one that is there is changed",
    fields: &[
        TYPE,
        ID,
        need("name", Kind::Text(MAX_ROOM_NAME), "its name"),
        may("portraitUri", Kind::Text(MAX_INTRODUCTION), "the portrait's address"),
        may("introduction", Kind::Text(MAX_INTRODUCTION), "what it says of itself"),
        may("menu", Kind::Text(MAX_MENU), "its menu, the text of a JSON list"),
        may("robot", Kind::Text(MAX_ROBOT), "its robot, the text of a JSON object"),
        may("isGlobal", Kind::Flag, "whether everybody follows it; as its type says if left out"),
    ],
    example: "type=8&id=news&name=News&introduction=All+of+it",
    answer: r#"{"code":200}"#,
};

pub async fn put<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let (id, name) = (service_id(arguments), arguments.get("name"));
    if !is_room_name(name) {
        return Err(Refusal::parameter("name must have 1 to 256 bytes, no control characters"));
    }
    let menu = arguments.find("menu").unwrap_or("[]");
    let is_list = serde_json::from_str::<Value>(menu).is_ok_and(|menu| menu.is_array());
    if !is_list || menu.len() > MAX_MENU {
        return Err(Refusal::parameter("menu must be the text of a JSON list, at most 16 KiB"));
    }
    let robot = arguments.get("robot");
    if !robot.is_empty() && Robot::read(robot).is_none() {
        let message = format!("robot must be a robot's JSON, at most {MAX_ROBOT} bytes");
        return Err(Refusal::parameter(message));
    }
    let service = PublicService {
        everybody: arguments
            .find("isGlobal")
            .map_or(arguments.get("type") == "7", |set| set == "1"),
        id,
        name: name.to_owned(),
        portrait: arguments.get("portraitUri").to_owned(),
        introduction: arguments.get("introduction").to_owned(),
        menu: menu.to_owned(),
        robot: robot.to_owned(),
        changed: app.clock.now().wall,
    };
    if app.core.store().put_service(service).await? {
        return done();
    }
    Err(Refusal::too_many(format!("there are at most {MAX_SERVICES} public services")))
}

fn no_service() -> Refusal {
    Refusal::not_found("there is no such public service")
}

pub const REMOVE: Call = Call {
    path: "/publicservice/remove",
    about: "Removes a public service. What it said stays with those who got it",
    fields: &[TYPE, ID],
    example: "type=8&id=old",
    answer: r#"{"code":200}"#,
};

pub async fn remove<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let removed = app.core.store().remove_service(&service_id(arguments)).await?;
    if removed { done() } else { Err(no_service()) }
}

pub const QUERY: Call = Call {
    path: "/publicservice/query",
    about: "What a public service is, and who follows it",
    fields: &[TYPE, ID],
    example: "type=8&id=news",
    answer: r#"{"code":200,"type":8,"id":"news","name":"News","portraitUri":"","introduction":"All of it","menu":[],"isGlobal":false,"followers":[]}"#,
};

pub async fn query<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let id = service_id(arguments);
    let service = app.core.store().service(&id).await?.ok_or_else(no_service)?;
    let followers = app.core.store().followers(&id).await?;
    let menu: Value = serde_json::from_str(&service.menu).unwrap_or_default();
    Ok(json!({
        "type": id.kind.number(),
        "id": id.target.as_str(),
        "name": service.name,
        "portraitUri": service.portrait,
        "introduction": service.introduction,
        "menu": menu,
        "isGlobal": service.everybody,
        "followers": followers.iter().map(|user| user.as_str()).collect::<Vec<_>>(),
    }))
}

pub const PUBLISH: Call = Call {
    path: "/publicservice/message/publish",
    about: "Lets a public service say something to all who follow it, or to some; `sent` says to how \
            many",
    fields: &[
        TYPE,
        ID,
        may("toUserId", Kind::Ids(MAX_USERS), "the receivers, if not all who follow it"),
        need("objectName", Kind::Text(MAX_OBJECT_NAME), "the message's class"),
        need("content", Kind::Json, "the message's content"),
    ],
    example: "type=8&id=news&objectName=RC%3ATxtMsg&content=%7B%22content%22%3A%22hi%22%7D",
    answer: r#"{"code":200,"sent":0}"#,
};

pub async fn publish<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let (id, to) = (service_id(arguments), arguments.users("toUserId"));
    let (class, content) = (arguments.get("objectName"), arguments.get("content"));
    let content = Bytes::copy_from_slice(content.as_bytes());
    check_content(class, &content)?;
    if app.core.store().service(&id).await?.is_none() {
        return Err(no_service());
    }
    let message = (class.to_owned(), content, MessageFlags::of_class(class));
    let sent = app.core.publish_to_followers(&id, to, &message, app.clock.now()).await?;
    Ok(json!({ "sent": sent }))
}

pub const RATINGS: Call = Call {
    path: "/customerservice/rating/query",
    about: "What customers said of a customer service, those of the newest talk first",
    fields: &[need("serviceId", Kind::Id, "the customer service")],
    example: "serviceId=help",
    answer: r#"{"code":200,"ratings":[]}"#,
};

pub async fn ratings<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let service = arguments.get("serviceId");
    if app.core.desks().get(service).is_none() {
        return Err(Refusal::not_found("there is no such customer service"));
    }
    let rated = app.core.store().ratings(&service.into(), MAX_RATINGS).await?;
    Ok(json!({ "ratings": rated.iter().map(rating_told).collect::<Vec<Value>>() }))
}

/// A rating as the server API and an agent's page get it.
pub fn rating_told((talk, rating): &(Talk, Rating)) -> Value {
    json!({
        "talk": talk.id.to_string(),
        "customer": talk.customer.as_str(),
        "agent": talk.agent().map(|agent| agent.as_str()),
        "of": if rating.human { "human" } else { "robot" },
        "resolved": rating.resolved,
        "stars": rating.stars,
        "suggest": rating.remark,
        "time": rating.time.get(),
    })
}
