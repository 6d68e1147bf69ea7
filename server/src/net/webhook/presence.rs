//! Who comes and goes, written down in order.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hongyan::ids::UserId;
use tokio::sync::mpsc;

use super::super::app::App;
use crate::store::Store;

/// So many comings and goings wait to be written down; more are not.
const ROOM: usize = 10_000;

/// One link of a user came up or went down.
struct Link {
    user: UserId,
    up: bool,
}

/// Where sessions say that they begin and end.
pub struct Recorder {
    /// `None`: nobody wants to know.
    links: Option<mpsc::Sender<Link>>,
    waiting: Mutex<Option<mpsc::Receiver<Link>>>,
}

impl Recorder {
    /// One that writes down, or one that does not.
    pub fn new(wanted: bool) -> Self {
        let (sender, receiver) = mpsc::channel(ROOM);
        Self { links: wanted.then_some(sender), waiting: Mutex::new(wanted.then_some(receiver)) }
    }

    /// A session of this user has begun, or has ended.
    pub fn tell(&self, user: &UserId, up: bool) {
        let Some(links) = &self.links else { return };
        if links.try_send(Link { user: user.clone(), up }).is_err() {
            tracing::error!("too many come and go: the presence webhook misses some");
        }
    }

    /// Writes down who came with a first link and who went with the last.
    pub(super) async fn record<S: Store>(&self, app: &App<S>) {
        let receiver = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut receiver) = receiver else { return };
        // Whoever was online when the last process ended is not any more.
        write(app, &UserId::default(), false).await;
        let mut links: BTreeMap<UserId, u32> = BTreeMap::new();
        while let Some(Link { user, up }) = receiver.recv().await {
            let count = links.entry(user.clone()).or_default();
            let before = *count;
            *count = if up { before + 1 } else { before.saturating_sub(1) };
            let after = *count;
            if after == 0 {
                links.remove(&user);
            }
            if (before == 0) != (after == 0) {
                write(app, &user, up).await;
            }
        }
    }
}

async fn write<S: Store>(app: &App<S>, user: &UserId, online: bool) {
    let now = app.clock.now().wall;
    if let Err(error) = app.core.store().add_presence(user, online, now).await {
        tracing::error!(?error, "who comes and goes cannot be written down");
    }
}
