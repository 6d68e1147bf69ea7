//! The one port: accepts, serves HTTP/1.1, upgrades; and ends in order.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::address::{Addresses, Peer, Placed};
use super::app::App;
use super::calls;
use super::{chatrooms, desk};
use super::{retention, webhook};
use crate::store::{Store, StoreError};

/// How long a client may take for the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 16 * 1024;
/// How often half-finished uploads are looked through.
const SWEEP_EVERY: Duration = Duration::from_secs(10 * 60);
/// How long a shutdown waits for connections.
const SHUTDOWN_TIME: Duration = Duration::from_secs(8);

/// Tells a running server to end; dropped, it tells it, too.
pub struct Shutdown(watch::Sender<()>);

impl Shutdown {
    /// A handle, and what [`serve`] waits for.
    pub fn new() -> (Self, watch::Receiver<()>) {
        let (sender, receiver) = watch::channel(());
        (Self(sender), receiver)
    }

    /// Ends the server.
    pub fn start(self) {
        drop(self.0);
    }
}

/// Serves until `shutdown` is dropped, then finishes what was begun: nothing new is accepted,
/// sends under way are committed and acknowledged, then every socket is cut.
///
/// # Errors
/// What was decided (who is blocked, which words are refused) cannot be read: nobody is served.
pub async fn serve<S: Store>(
    app: Arc<App<S>>,
    listener: TcpListener,
    mut shutdown: watch::Receiver<()>,
) -> Result<(), StoreError> {
    // Who may not log in must be known before anybody does.
    app.core.read_decisions().await.inspect_err(|error| {
        tracing::error!(?error, "what was decided cannot be read: nobody is served");
    })?;
    let router = app.router();
    let config = app.config();
    let addresses = Addresses::new(config.address_connections, config.proxies.clone());
    tokio::spawn(retention::run(Arc::clone(&app), shutdown.clone()));
    tokio::spawn(calls::run(Arc::clone(&app), shutdown.clone()));
    tokio::spawn(chatrooms::run(Arc::clone(&app), shutdown.clone()));
    tokio::spawn(desk::run(Arc::clone(&app), shutdown.clone()));
    tokio::spawn(webhook::run(Arc::clone(&app), shutdown.clone()));
    tokio::spawn(sweep_files(Arc::clone(&app), shutdown.clone()));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = shutdown.changed() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Some(place) = addresses.place(peer.ip()) else {
                    tracing::debug!(address = %peer.ip(), "too many connections of one address");
                    continue;
                };
                // Frames are small and wanted at once.
                if stream.set_nodelay(true).is_err() {
                    continue;
                }
                let stream = Placed::new(stream, place);
                let service = from_peer(router.clone(), peer.ip());
                tokio::spawn(connection(stream, service, app.busy.subscribe(), shutdown.clone()));
            }
            Err(error) => {
                // Out of file descriptors, most likely: give others time to end.
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    app.core.hub().shut_down();
    if tokio::time::timeout(SHUTDOWN_TIME, app.busy.closed()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    Ok(())
}

/// Takes away half-finished uploads that nobody goes on with.
async fn sweep_files<S: Store>(app: Arc<App<S>>, mut shutdown: watch::Receiver<()>) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = shutdown.changed() => return,
        }
        match app.files.sweep(app.clock.now().wall).await {
            Ok(0) => {}
            Ok(uploads) => tracing::info!(uploads, "half-finished uploads were removed"),
            Err(error) => tracing::error!(%error, "half-finished uploads cannot be removed"),
        }
    }
}

/// What answers the requests of a connection.
trait Handler:
    Service<hyper::Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Send
{
}

impl<H> Handler for H where
    H: Service<hyper::Request<Incoming>, Response = Response, Error = Infallible, Future: Send>
        + Send
{
}

/// The router, told who asks.
fn from_peer(router: axum::Router, peer: IpAddr) -> impl Handler {
    let router = TowerToHyperService::new(router);
    service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.call(request)
    })
}

async fn connection(
    stream: Placed<TcpStream>,
    service: impl Handler,
    busy: watch::Receiver<()>,
    mut shutdown: watch::Receiver<()>,
) {
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut serving = std::pin::pin!(serving);
    // How a connection broke is nobody's business but its client's.
    tokio::select! {
        ended = serving.as_mut() => drop(ended),
        _ = shutdown.changed() => {
            serving.as_mut().graceful_shutdown();
            drop(serving.await);
        }
    }
    drop(busy);
}
