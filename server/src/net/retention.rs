//! Removes what is too old, now and then.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::app::App;
use crate::core::retention::Removed;
use crate::store::Store;

/// The first time: not while everybody comes back after a restart, and not before the clock of a
/// machine that has just started is right.
const FIRST: Duration = Duration::from_secs(60);
/// From one time to the next.
const PERIOD: Duration = Duration::from_secs(600);
/// Between two transactions.
const REST: Duration = Duration::from_millis(20);

/// Sweeps until the shutdown.
pub async fn run<S: Store>(app: Arc<App<S>>, mut shutdown: watch::Receiver<()>) {
    let mut wait = FIRST;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = shutdown.changed() => return,
        }
        tokio::select! {
            () = sweep(&app) => {}
            _ = shutdown.changed() => return,
        }
        wait = PERIOD;
    }
}

async fn sweep<S: Store>(app: &App<S>) {
    let now = app.clock.now();
    if let Err(error) = app.core.store().sweep_sessions(now.wall).await {
        tracing::warn!(?error, "old sessions are not removed");
    }
    if let Err(error) = app.core.forget_ended_sessions(now.wall).await {
        tracing::warn!(?error, "ended sessions are not forgotten");
    }
    match app.core.sweep(app.config.ages, now, || tokio::time::sleep(REST)).await {
        Ok(Removed { rows: 0, messages: 0 }) => {}
        Ok(Removed { rows, messages }) => tracing::info!(rows, messages, "old messages removed"),
        Err(code) => tracing::warn!(code = code.number(), "old messages are not removed"),
    }
}
