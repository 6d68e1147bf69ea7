//! Looks after call rooms: who is silent for too long leaves.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::app::App;
use crate::store::Store;

/// How often members are looked at; who asks something of a call looks, too.
const PERIOD: Duration = Duration::from_secs(10);

/// Looks until the shutdown.
pub async fn run<S: Store>(app: Arc<App<S>>, mut shutdown: watch::Receiver<()>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => app.core.sweep_calls(app.clock.now()),
            _ = shutdown.changed() => return,
        }
    }
}
