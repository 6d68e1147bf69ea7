//! The control port: HTTP with JSON, for those who run the proxy as a program.
//!
//! | request | what |
//! |---|---|
//! | `POST /rules` with a [`Rule`] | adds it |
//! | `DELETE /rules` | drops all rules |
//! | `POST /strike` with a [`Strike`] | does it to connections that exist; answers `{"struck": N}` |
//! | `GET /` | `{"faults": N, "connections": [{"id", "path", "websocket"}]}` |

use std::io;
use std::net::SocketAddr;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::{Connection, Direction, Fault, Proxy, Rule};

/// Something to be done to connections that exist.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strike {
    /// What.
    pub fault: Fault,
    /// Only to those whose path begins so.
    #[serde(default)]
    pub path: String,
    /// Only in this direction.
    #[serde(default)]
    pub direction: Option<Direction>,
}

/// How things stand.
#[derive(Debug, Serialize)]
struct Standing {
    faults: u64,
    connections: Vec<Connection>,
}

#[derive(Debug, Serialize)]
struct Struck {
    struck: usize,
}

/// Listens for orders on a port of this machine; returns its address.
///
/// # Errors
/// No port is to be had.
pub async fn listen(proxy: Proxy, at: SocketAddr) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(at).await?;
    let address = listener.local_addr()?;
    let routes = Router::new()
        .route("/", get(standing))
        .route("/rules", post(add_rule).delete(clear_rules))
        .route("/strike", post(strike))
        .with_state(proxy);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(address)
}

async fn standing(State(proxy): State<Proxy>) -> Json<Standing> {
    Json(Standing { faults: proxy.faults(), connections: proxy.connections() })
}

async fn add_rule(State(proxy): State<Proxy>, Json(rule): Json<Rule>) {
    proxy.add_rule(rule);
}

async fn clear_rules(State(proxy): State<Proxy>) {
    proxy.clear_rules();
}

async fn strike(State(proxy): State<Proxy>, Json(strike): Json<Strike>) -> Json<Struck> {
    let meant = proxy.connections().into_iter().filter(|one| one.path.starts_with(&strike.path));
    let struck = meant.filter(|one| proxy.strike(one.id, strike.direction, &strike.fault)).count();
    Json(Struck { struck })
}
