//! Looks after customer services: silent talks end, waiting ones come to agents.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::app::App;
use crate::store::Store;

/// So much later than it should a silent talk ends, and an agent who has come gets one.
const EVERY: Duration = Duration::from_secs(5);

/// Looks until the shutdown.
pub async fn run<S: Store>(app: Arc<App<S>>, mut shutdown: watch::Receiver<()>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = shutdown.changed() => return,
        }
        tokio::select! {
            tended = app.core.tend_desks(app.clock.now()) => if let Err(code) = tended {
                tracing::warn!(code = code.number(), "customer services are not looked after");
            },
            _ = shutdown.changed() => return,
        }
    }
}
