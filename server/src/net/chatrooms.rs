//! Looks after chatrooms: who is away for too long leaves, rooms that nobody uses go.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::app::App;
use crate::store::Store;

/// How often members who are away are looked at: so much later than they should they leave.
const EXPIRE_EVERY: Duration = Duration::from_secs(1);
/// So many looks at members for one look at rooms.
const LOOKS: u32 = 60;
/// Between two transactions.
const REST: Duration = Duration::from_millis(20);

/// Looks until the shutdown.
pub async fn run<S: Store>(app: Arc<App<S>>, mut shutdown: watch::Receiver<()>) {
    let mut ticks = tokio::time::interval(EXPIRE_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut looks, mut remembered) = (0, false);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = shutdown.changed() => return,
        }
        looks += 1;
        remembered = remembered || remember(&app).await;
        tokio::select! {
            () = look(&app, looks % LOOKS == 0) => {}
            _ = shutdown.changed() => return,
        }
    }
}

/// Whether it is known who was in a room when the server ended.
async fn remember<S: Store>(app: &App<S>) -> bool {
    let read = app.core.remember_chatroom_members().await;
    if let Err(code) = read {
        tracing::warn!(code = code.number(), "who was in a chatroom cannot be read yet");
    }
    read.is_ok()
}

async fn look<S: Store>(app: &App<S>, at_rooms: bool) {
    if let Err(code) = app.core.expire_chatroom_members(app.clock.now()).await {
        tracing::warn!(code = code.number(), "entries of who left a chatroom stay");
    }
    if !at_rooms {
        return;
    }
    match app.core.tidy_chatrooms(app.clock.now(), || tokio::time::sleep(REST)).await {
        Ok(0) => {}
        Ok(rooms) => tracing::info!(rooms, "unused chatrooms were destroyed"),
        Err(code) => tracing::warn!(code = code.number(), "unused chatrooms stay"),
    }
}
