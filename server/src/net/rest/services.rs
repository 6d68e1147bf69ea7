//! Public services, and what customers said of customer services.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind};
use hongyan::signal::MessageFlags;
use serde_json::{Value, json};

use super::super::app::App;
use super::super::http::{self, Parameters};
use super::{Refusal, done, form, id, ids};
use crate::core::discussions::is_room_name;
use crate::core::limits::check_content;
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

/// The paths.
pub fn routes<S: Store>() -> Router<Arc<App<S>>> {
    Router::new()
        .route("/publicservice/create.json", post(create::<S>))
        .route("/publicservice/remove.json", post(remove::<S>))
        .route("/publicservice/query.json", post(query::<S>))
        .route("/publicservice/message/publish.json", post(publish::<S>))
        .route("/customerservice/rating/query.json", post(ratings::<S>))
}

/// 7 of the application, which everybody follows unless told otherwise; 8 to be followed.
fn service_id(form: &Parameters) -> Result<ConversationId, Refusal> {
    let kind = match form.get("type") {
        "7" => ConversationKind::AppPublicService,
        "8" => ConversationKind::PublicService,
        _ => return Err(Refusal::parameter("type must be 7 or 8")),
    };
    Ok(ConversationId::new(kind, id(form, "id")?))
}

fn text(form: &Parameters, name: &str, most: usize) -> Result<String, Refusal> {
    let text = form.get(name);
    let message = || format!("{name} has at most {most} bytes");
    if text.len() <= most { Ok(text.to_owned()) } else { Err(Refusal::parameter(message())) }
}

/// `/publicservice/create`: `type`, `id`, `name`, `portraitUri`, `introduction`, `menu` (a JSON
/// list), `robot` (JSON), `isGlobal`. One that is there is changed.
async fn create<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    match form(&app, request).await {
        Ok(form) => done(put(&app, &form).await),
        Err(response) => response,
    }
}

async fn put<S: Store>(app: &App<S>, form: &Parameters) -> Result<(), Refusal> {
    let (id, name) = (service_id(form)?, form.get("name"));
    if !is_room_name(name) {
        return Err(Refusal::parameter("name must have 1 to 256 bytes, no control characters"));
    }
    let menu = form.find("menu").unwrap_or("[]");
    let is_list = serde_json::from_str::<Value>(menu).is_ok_and(|menu| menu.is_array());
    if !is_list || menu.len() > MAX_MENU {
        return Err(Refusal::parameter("menu must be the text of a JSON list, at most 16 KiB"));
    }
    let robot = form.get("robot");
    if !robot.is_empty() && Robot::read(robot).is_none() {
        let message = format!("robot must be a robot's JSON, at most {MAX_ROBOT} bytes");
        return Err(Refusal::parameter(message));
    }
    let service = PublicService {
        everybody: form.find("isGlobal").map_or(form.get("type") == "7", |set| set == "1"),
        id,
        name: name.to_owned(),
        portrait: text(form, "portraitUri", MAX_INTRODUCTION)?,
        introduction: text(form, "introduction", MAX_INTRODUCTION)?,
        menu: menu.to_owned(),
        robot: robot.to_owned(),
        changed: app.clock.now().wall,
    };
    if app.core.store().put_service(service).await? {
        Ok(())
    } else {
        Err(Refusal::too_many(format!("there are at most {MAX_SERVICES} public services")))
    }
}

fn no_service() -> Refusal {
    Refusal::not_found("there is no such public service")
}

/// `/publicservice/remove`: `type`, `id`. What it said stays with those who got it.
async fn remove<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let form = match form(&app, request).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let removed = async {
        let removed = app.core.store().remove_service(&service_id(&form)?).await?;
        if removed { Ok(()) } else { Err(no_service()) }
    };
    done(removed.await)
}

/// `/publicservice/query`: `type`, `id` → what it is, and who follows it.
async fn query<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let form = match form(&app, request).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    match told(&app, &form).await {
        Ok(told) => http::json(StatusCode::OK, &told),
        Err(refusal) => refusal.response(),
    }
}

async fn told<S: Store>(app: &App<S>, form: &Parameters) -> Result<Value, Refusal> {
    let id = service_id(form)?;
    let service = app.core.store().service(&id).await?.ok_or_else(no_service)?;
    let followers = app.core.store().followers(&id).await?;
    let menu: Value = serde_json::from_str(&service.menu).unwrap_or_default();
    Ok(json!({
        "code": 200,
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

/// `/publicservice/message/publish`: `type`, `id`, `objectName`, `content`, and `toUserId`
/// (repeated) if it is not for all who follow it → `sent`, to how many.
async fn publish<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let form = match form(&app, request).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    match send(&app, &form).await {
        Ok(sent) => http::json(StatusCode::OK, &json!({ "code": 200, "sent": sent })),
        Err(refusal) => refusal.response(),
    }
}

async fn send<S: Store>(app: &App<S>, form: &Parameters) -> Result<usize, Refusal> {
    let (id, to) = (service_id(form)?, ids(form, "toUserId", MAX_USERS)?);
    let (class, content) = (form.get("objectName"), form.get("content"));
    if !serde_json::from_str::<Value>(content).is_ok_and(|json| json.is_object()) {
        return Err(Refusal::parameter("content must be the text of a JSON object"));
    }
    let content = Bytes::copy_from_slice(content.as_bytes());
    check_content(class, &content)?;
    if app.core.store().service(&id).await?.is_none() {
        return Err(no_service());
    }
    let message = (class.to_owned(), content, MessageFlags::of_class(class));
    Ok(app.core.publish_to_followers(&id, to, &message, app.clock.now()).await?)
}

/// `/customerservice/rating/query`: `serviceId` → `ratings`, those of the newest talk first.
async fn ratings<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let form = match form(&app, request).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let rated = async {
        let service = id(&form, "serviceId")?;
        if app.core.desks().get(service).is_none() {
            return Err(Refusal::not_found("there is no such customer service"));
        }
        Ok(app.core.store().ratings(&service.into(), MAX_RATINGS).await?)
    };
    match rated.await {
        Ok(rated) => {
            let ratings: Vec<Value> = rated.iter().map(rating_told).collect();
            http::json(StatusCode::OK, &json!({ "code": 200, "ratings": ratings }))
        }
        Err(refusal) => refusal.response(),
    }
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
