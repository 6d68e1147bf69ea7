//! What an agent's page of customer service calls: signing in with the agents' secret, and the talks.
//! Everything said goes through the SDK like any message.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use hongyan::error::ErrorCode;
use hongyan::ids::UserId;
use hongyan::time::Tick;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::address::client_of;
use super::app::App;
use super::http;
use super::rest::rating_told;
use crate::config::Secret;
use crate::core::accounts::{Attempts, Tries};
use crate::core::desk::TalkView;
use crate::store::{Profile, Store, TalkMode};

/// The longest body, in bytes.
const MAX_BODY: usize = 16 * 1024;
/// So many wrong secrets of one address, then one more in each of so many ms.
const TRIES: Tries = Tries { burst: 10, pause: 6_000 };

/// What lets agents in.
#[derive(Debug)]
pub struct Door {
    secret: Option<Secret>,
    /// By address; this machine's own is `None`.
    tries: Mutex<Attempts<Option<IpAddr>>>,
}

impl Door {
    /// Nobody has tried. Without a secret it stays shut.
    pub fn new(secret: Option<Secret>) -> Self {
        Self { secret, tries: Mutex::new(Attempts::new(TRIES)) }
    }

    /// What opens it.
    pub const fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// Whether this opens it; `Err`: in so many ms it may be tried again.
    fn opens(&self, given: &str, address: Option<IpAddr>, now: Tick) -> Result<bool, u64> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.take(&address, now)?;
        let wanted = self.secret.as_ref().map(|secret| secret.reveal().as_bytes());
        let opens = wanted.is_some_and(|wanted| bool::from(wanted.ct_eq(given.as_bytes())));
        if opens {
            tries.give_back(&address);
        }
        Ok(opens)
    }
}

/// The paths.
pub fn routes<S: Store>() -> Router<Arc<App<S>>> {
    Router::new()
        .route("/agents/sign-in", post(sign_in::<S>))
        .route("/agents/talks", post(talks::<S>))
        .route("/agents/take", post(take::<S>))
        .route("/agents/leave", post(leave::<S>))
}

#[derive(Deserialize)]
struct SignIn {
    agent: String,
    secret: String,
}

/// `POST /agents/sign-in` `{agent, secret}` → `{userId, token, appKey, services}`.
async fn sign_in<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let address = client_of(&app.config.proxies, request.extensions(), request.headers());
    let said: SignIn = match read(request, "{\"agent\": …, \"secret\": …}").await {
        Ok(said) => said,
        Err(response) => return response,
    };
    let now = app.clock.now();
    let opens = match app.agents.opens(&said.secret, address, now.tick) {
        Ok(opens) => opens,
        Err(wait) => {
            let message = format!("too many wrong secrets: try again in {} s", wait / 1000 + 1);
            return http::error(StatusCode::TOO_MANY_REQUESTS, 20604, &message);
        }
    };
    let agent = UserId::from(said.agent.as_str());
    let services = app.core.desks().of_agent(&agent);
    let services: Vec<Value> =
        services.map(|desk| json!({ "id": desk.id, "name": desk.name })).collect();
    if !opens || services.is_empty() {
        return signed_out("no such agent, or the secret is wrong");
    }
    let created = app.clock.now().wall;
    let profile = Profile { name: said.agent.clone(), portrait: String::new(), created };
    if let Err(error) = app.core.store().put_profile(&agent, profile).await {
        tracing::error!(?error, "the store failed");
        return refused(ErrorCode::ServerFailed);
    }
    let token = app.issue(&agent, "", now);
    let key = &app.config.app_key;
    let answer =
        json!({ "userId": said.agent, "token": token, "appKey": key, "services": services });
    http::json(StatusCode::OK, &answer)
}

#[derive(Deserialize)]
struct Signed {
    token: String,
}

/// `POST /agents/talks` `{token}` → `{talks, ratings}`: those that wait and those of the agent.
async fn talks<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let Signed { token } = match read(request, "{\"token\": …}").await {
        Ok(said) => said,
        Err(response) => return response,
    };
    let Some(agent) = user_of(&app, &token) else { return signed_out(WRONG_TOKEN) };
    let now = app.clock.now();
    let talks = match app.core.talks_for(&agent, now).await {
        Ok(talks) => talks,
        Err(code) => return refused(code),
    };
    match app.core.ratings_for(&agent).await {
        Ok(ratings) => {
            let ratings: Vec<Value> = ratings.iter().map(rating_told).collect();
            let talks: Vec<Value> = talks.iter().map(talk_told).collect();
            http::json(StatusCode::OK, &json!({ "talks": talks, "ratings": ratings }))
        }
        Err(code) => refused(code),
    }
}

fn talk_told(TalkView { talk, service_name }: &TalkView) -> Value {
    json!({
        "talk": talk.id.to_string(),
        "service": talk.service.as_str(),
        "serviceName": service_name,
        "customer": talk.customer.as_str(),
        "waits": talk.mode == TalkMode::Waiting,
        "began": talk.began.get(),
        "moved": talk.moved.get(),
    })
}

#[derive(Deserialize)]
struct OfTalk {
    token: String,
    talk: String,
    #[serde(default, rename = "toRobot")]
    to_robot: bool,
}

/// `POST /agents/take` `{token, talk}`: the agent takes a talk that waits.
async fn take<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    match of_talk(&app, request).await {
        Ok((agent, talk, _)) => done(app.core.take_talk(&agent, talk, app.clock.now()).await),
        Err(response) => response,
    }
}

/// `POST /agents/leave` `{token, talk, toRobot?}`: the agent ends a talk, or gives it back to the
/// robot.
async fn leave<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    match of_talk(&app, request).await {
        Ok((agent, talk, to_robot)) => {
            done(app.core.leave_talk(&agent, talk, to_robot, app.clock.now()).await)
        }
        Err(response) => response,
    }
}

async fn of_talk<S: Store>(
    app: &App<S>,
    request: Request,
) -> Result<(UserId, i64, bool), Response> {
    let said: OfTalk = read(request, "{\"token\": …, \"talk\": …}").await?;
    let agent = user_of(app, &said.token).ok_or_else(|| signed_out(WRONG_TOKEN))?;
    let talk = said.talk.parse().map_err(|_| refused(ErrorCode::InvalidArgument))?;
    Ok((agent, talk, said.to_robot))
}

async fn read<T: DeserializeOwned>(request: Request, wanted: &str) -> Result<T, Response> {
    let body = http::read_body(request, MAX_BODY).await?;
    let message = || format!("the body must be {wanted}");
    serde_json::from_slice(&body).map_err(|_| http::error(StatusCode::BAD_REQUEST, 400, &message()))
}

fn user_of<S: Store>(app: &App<S>, token: &str) -> Option<UserId> {
    app.user_of(&app.config.app_key, token).ok()
}

const WRONG_TOKEN: &str = "the token is wrong or too old";

fn signed_out(message: &str) -> Response {
    http::error(StatusCode::UNAUTHORIZED, 401, message)
}

fn done(result: Result<(), ErrorCode>) -> Response {
    match result {
        Ok(()) => http::json(StatusCode::OK, &json!({ "code": 200 })),
        Err(code) => refused(code),
    }
}

fn refused(code: ErrorCode) -> Response {
    let (status, message) = if code == ErrorCode::Unauthorized {
        (StatusCode::FORBIDDEN, "this is for agents of the customer service")
    } else if code == ErrorCode::InvalidArgument {
        (StatusCode::CONFLICT, "the talk is not the agent's, or somebody else has it")
    } else {
        (StatusCode::INTERNAL_SERVER_ERROR, "the server failed")
    };
    http::error(status, u32::try_from(code.number()).unwrap_or(500), message)
}
