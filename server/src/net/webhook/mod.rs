//! Webhooks: tells the application's server of messages, and of who comes and goes.
//!
//! Nothing waits in memory for a receiver that is away. Messages are read from the log, which is
//! committed before anybody hears of them, and the place up to which they were taken is kept: a
//! crash loses none, and may tell of some twice. Who came and went is written down first. One
//! request is under way at a time, so everything comes in order.

mod post;
mod presence;

use std::sync::Arc;
use std::time::Duration;

use hongyan::time::UnixMillis;
use serde_json::{Value, json};
use tokio::sync::watch;

use self::post::post;
use super::app::App;
use crate::config::Webhook;
use crate::core::api_signature::SignedCall;
use crate::store::{EXTENSION_CLASSES, Logged, Presence, Reading, Store, StoreError};

pub use self::presence::Recorder;

/// So much is told in one request.
const PAGE: u32 = 100;
/// How often is looked for something new.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long is waited after the first failure, and at most; each time twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Tells until the shutdown.
pub async fn run<S: Store>(app: Arc<App<S>>, mut shutdown: watch::Receiver<()>) {
    let webhooks = app.config().webhooks.clone();
    let telling = async {
        tokio::join!(
            async {
                if let Some(to) = &webhooks.messages {
                    tell(&app, to, Messages::default()).await;
                }
            },
            async {
                if let Some(to) = &webhooks.presence {
                    tell(&app, to, Events).await;
                }
            },
            app.recorder.record(&app),
        );
    };
    tokio::select! {
        () = telling => {}
        _ = shutdown.changed() => {}
    }
}

/// Something to be told, page by page.
trait Source<S: Store> {
    /// What comes next, and up to which place; `None` for nothing.
    async fn next(&mut self, app: &App<S>) -> Result<Option<(Value, u64)>, StoreError>;

    /// It was taken up to this place.
    async fn taken(&mut self, app: &App<S>, place: u64) -> Result<(), StoreError>;
}

async fn tell<S: Store>(app: &App<S>, to: &Webhook, mut source: impl Source<S>) {
    let mut pause = FIRST_PAUSE;
    loop {
        match tell_once(app, to, &mut source).await {
            Ok(true) => pause = FIRST_PAUSE,
            Ok(false) => tokio::time::sleep(LOOK_EVERY).await,
            Err(error) => {
                tracing::warn!(to = to.host(), error, ?pause, "a webhook was not taken");
                tokio::time::sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
        }
    }
}

/// Whether there was anything to tell.
async fn tell_once<S: Store>(
    app: &App<S>,
    to: &Webhook,
    source: &mut impl Source<S>,
) -> Result<bool, String> {
    let failed = |error: StoreError| format!("the store failed: {error:?}");
    let Some((body, place)) = source.next(app).await.map_err(failed)? else { return Ok(false) };
    let body = body.to_string();
    let timestamp = app.clock.now().wall.get().to_string();
    let nonce = format!("webhook-{place}-{timestamp}");
    let call = SignedCall {
        method: "POST",
        path: to.path(),
        body: body.as_bytes(),
        timestamp: &timestamp,
        nonce: &nonce,
    };
    let headers = [
        ("hy-app-key", app.config().app_key.as_str()),
        ("hy-timestamp", &timestamp),
        ("hy-nonce", &nonce),
        ("hy-signature", &app.credentials.sign(&call)),
    ];
    post(to, app.config().webhooks.private, &headers, body.clone().into()).await?;
    source.taken(app, place).await.map_err(failed)?;
    Ok(true)
}

/// The log of messages, from where it was left.
#[derive(Default)]
struct Messages {
    place: Option<u64>,
}

impl<S: Store> Source<S> for Messages {
    async fn next(&mut self, app: &App<S>) -> Result<Option<(Value, u64)>, StoreError> {
        let store = app.core.store();
        let place = match self.place {
            Some(place) => place,
            None => self.begin(app).await?,
        };
        let page = store.log_after(place, PAGE).await?;
        let Some(last) = page.last().map(|message| message.place) else {
            // Places are given anew once the whole log was removed.
            if store.log_end().await? < place {
                self.place = Some(0);
            }
            return Ok(None);
        };
        // What clients with the extensions tell each other concerns nobody else.
        let told = page.iter().filter(|one| !one.object_name.starts_with(EXTENSION_CLASSES));
        let told: Vec<Value> = told.map(message).collect();
        if told.is_empty() {
            self.taken(app, last).await?;
            return Ok(None);
        }
        Ok(Some((json!({ "messages": told }), last)))
    }

    async fn taken(&mut self, app: &App<S>, place: u64) -> Result<(), StoreError> {
        app.core.store().set_reading(Reading::Messages, place).await?;
        self.place = Some(place);
        Ok(())
    }
}

impl Messages {
    /// Where it was left; the first time, here: what was said before is not told.
    async fn begin<S: Store>(&mut self, app: &App<S>) -> Result<u64, StoreError> {
        let store = app.core.store();
        let place = match store.reading(Reading::Messages).await? {
            Some(place) => place,
            None => {
                let end = store.log_end().await?;
                store.set_reading(Reading::Messages, end).await?;
                end
            }
        };
        self.place = Some(place);
        Ok(place)
    }
}

fn message(message: &Logged) -> Value {
    let content = serde_json::from_slice(&message.content);
    json!({
        "messageUID": message.uid.as_str(),
        "fromUserId": message.sender.as_str(),
        "conversationType": message.conversation.kind.number(),
        "targetId": message.conversation.target.as_str(),
        "objectName": &*message.object_name,
        "content": content.unwrap_or_else(|_| json!(String::from_utf8_lossy(&message.content))),
        "isPersisted": message.flags.persisted,
        "isCounted": message.flags.counted,
        "sentTime": message.sent_time.get(),
    })
}

/// Who came and went.
struct Events;

impl<S: Store> Source<S> for Events {
    async fn next(&mut self, app: &App<S>) -> Result<Option<(Value, u64)>, StoreError> {
        let page = app.core.store().presence(PAGE).await?;
        let last = page.last().map(|event| event.place);
        let events: Vec<Value> = page.iter().map(event).collect();
        Ok(last.map(|last| (json!({ "events": events }), last)))
    }

    async fn taken(&mut self, app: &App<S>, place: u64) -> Result<(), StoreError> {
        app.core.store().forget_presence(place).await
    }
}

fn event(event: &Presence) -> Value {
    let time: UnixMillis = event.time;
    let status = match (event.user.as_str(), event.online) {
        ("", _) => return json!({ "status": "restarted", "time": time.get() }),
        (_, true) => "online",
        (_, false) => "offline",
    };
    json!({ "userId": event.user.as_str(), "status": status, "time": time.get() })
}
