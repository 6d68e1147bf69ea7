//! What every request and every connection shares.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use hongyan::ids::UserId;
use tokio::sync::watch;

use super::accounts::{self, Desk};
use super::agents::{self, Door};
use super::clock::Clock;
use super::credentials::Credentials;
use super::long_poll::{self, Sessions};
use super::{demo, download, http, navigation, rest, statics, unread, upload, webhook, websocket};
use crate::config::{Config, Secret};
use crate::core::ask::TokenOf;
use crate::core::clock::Now;
use crate::core::serve::{Core, Settings};
use crate::files::{Disk, Files};
use crate::gateway::{EndReason, LoginRefusal};
use crate::store::{Store, StoreError};

/// The server, but for its sockets.
pub struct App<S> {
    pub(super) config: Config,
    pub(super) core: Core<S>,
    pub(super) credentials: Credentials,
    pub(super) agents: Door,
    pub(super) clock: Clock,
    pub(super) desk: Desk,
    pub(super) files: Files,
    pub(super) polling: Sessions,
    /// Whether a call of the server API may be made.
    pub(super) api: rest::Guard,
    /// Where sessions say that they begin and end.
    pub(super) recorder: webhook::Recorder,
    /// Held while rules or words change: one at a time.
    pub(super) deciding: tokio::sync::Mutex<()>,
    last_connection: AtomicU64,
    ended: Mutex<BTreeMap<&'static str, u64>>,
    /// Whoever still works holds a receiver.
    pub(super) busy: watch::Sender<()>,
}

impl<S: Store> App<S> {
    /// A server with this store that nobody has reached yet.
    pub fn new(config: Config, secret: &Secret, store: S) -> Arc<Self> {
        let settings = Settings {
            send_rate: config.send_rate,
            multi_device: config.multi_device,
            chatrooms: config.chatrooms,
            recall_window: i64::try_from(config.recall_window.as_millis()).unwrap_or(0),
        };
        let credentials = Credentials::new(&config, secret);
        let clock = Clock::start();
        let mut core = Core::new(store, settings)
            .with_desks(config.customer_services.desks.clone())
            .with_call_keys(config.call_keys.clone());
        let files = Files::new(disk(&config), config.uploads.clone());
        if files.is_on() {
            core = core.with_upload_tokens(Arc::clone(&credentials.upload_tokens));
        }
        Arc::new(Self {
            credentials,
            core,
            files,
            polling: Sessions::new(config.address_connections, config.proxies.clone()),
            agents: Door::new(agent_secret(&config)),
            api: rest::Guard::new(config.api, clock.now().wall),
            recorder: webhook::Recorder::new(config.webhooks.presence.is_some()),
            deciding: tokio::sync::Mutex::default(),
            desk: Desk::new(config.accounts.tries),
            config,
            clock,
            last_connection: AtomicU64::new(0),
            ended: Mutex::default(),
            busy: watch::Sender::new(()),
        })
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What is kept.
    pub fn store(&self) -> &S {
        self.core.store()
    }

    /// What agents of customer services sign in with, if they can.
    pub const fn agent_secret(&self) -> Option<&Secret> {
        self.agents.secret()
    }

    /// Makes the public services for trying out, if the demo is on.
    ///
    /// # Errors
    /// The store failed.
    pub async fn seed(&self) -> Result<(), StoreError> {
        if self.config.demo { self.core.seed_services(self.clock.now()).await } else { Ok(()) }
    }

    /// How many passwords were hashed since the start.
    pub fn passwords_hashed(&self) -> u64 {
        self.desk.passwords.hashed()
    }

    /// Whose token this is, if app key and token are good now.
    pub(super) fn user_of(&self, app_key: &str, token: &str) -> Result<UserId, LoginRefusal> {
        self.token_of(app_key, token).map(|(user, _)| user)
    }

    /// The same, and which of the user's tokens it is.
    pub(super) fn token_of(
        &self,
        app_key: &str,
        token: &str,
    ) -> Result<(UserId, TokenOf), LoginRefusal> {
        let (user, token) = self.credentials.check(app_key, token, self.clock.now())?;
        let revoked = self.core.is_revoked(&user, &token);
        if revoked { Err(LoginRefusal::TokenIncorrect) } else { Ok((user, token)) }
    }

    /// A token for a user, in a session or in none. Where the clock was put back since the user's
    /// tokens were revoked, it says the time of that: else nobody could log in until the clock has
    /// caught up.
    pub(super) fn issue(&self, user: &UserId, session: &str, now: Now) -> Option<String> {
        let issued = now.wall.max(self.core.tokens_revoked(user));
        self.credentials.issue_as(user, TokenOf { issued, session: session.into() }, now)
    }

    /// A name for a new connection: unique in this process, no secret.
    pub(super) fn next_connection(&self) -> u64 {
        self.last_connection.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Counts how a connection ended.
    pub(super) fn count_end(&self, reason: EndReason) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        *ended.entry(reason.name()).or_default() += 1;
    }

    /// How many connections ended for each reason.
    pub fn ends(&self) -> BTreeMap<&'static str, u64> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn router(self: &Arc<Self>) -> Router {
        let origins = Arc::new(self.config.allow_origins.clone());
        Router::new()
            .route("/navi.js", get(navigation::script::<S>))
            .route("/cometnavi.js", get(navigation::script::<S>))
            .route("/v2/navi.json", post(navigation::json::<S>))
            .route("/message/exist.js", get(unread::script::<S>))
            .route("/ping", get(navigation::ping))
            .route("/healthz", get(navigation::health::<S>))
            .route("/websocket", get(websocket::upgrade::<S>).post(long_poll::post::<S>))
            .merge(long_poll::routes::<S>())
            .merge(rest::routes::<S>())
            .merge(accounts::routes::<S>())
            .merge(demo::routes::<S>())
            .merge(agents::routes::<S>())
            .merge(upload::routes::<S>())
            .merge(download::routes::<S>())
            .fallback(file::<S>)
            .method_not_allowed_fallback(wrong_method)
            .layer(from_fn_with_state(origins, http::cors))
            .with_state(Arc::clone(self))
    }
}

/// Whoever asks for something in another way than it is given may see that from the answer.
async fn wrong_method() -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    http::error(status, 405, "this path is asked by another method: see the header Allow")
}

async fn file<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let message =
            "there is nothing of this path: /openapi.json has the calls of the server API";
        return http::error(StatusCode::NOT_FOUND, 404, message);
    }
    statics::serve(&app.config.www, request.uri()).await
}

/// The set one; where the demo is on, one for this run.
fn agent_secret(config: &Config) -> Option<Secret> {
    let set = config.customer_services.agent_secret.clone();
    set.or_else(|| config.demo.then(Secret::random).and_then(Result::ok))
}

/// With nothing else set, files go where the database goes: nowhere, if that is in memory.
fn disk(config: &Config) -> Disk {
    match config.upload_directory() {
        Some(directory) => Disk::kept(directory),
        None => Disk::passing(std::env::temp_dir().join(format!("hongyan-files-{}", unique()))),
    }
}

/// A name that no other server uses. Files lie in a directory that only their owner may enter.
fn unique() -> String {
    let mut bytes = [0; 8];
    // Without random numbers no token can be made either, and nothing is uploaded.
    getrandom::fill(&mut bytes).unwrap_or_default();
    format!("{}-{:016x}", std::process::id(), u64::from_le_bytes(bytes))
}
