//! Nothing is left of a connection, in whatever state it ended. A process of its own: it counts
//! what the whole process holds.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use support::{Client, PATIENCE, Server};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Ends in each state.
const ROUNDS: usize = 400;

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

async fn ends(server: &Server, round: usize) {
    let user = format!("u{}", round % 7);
    let url = server.url(&server.token(&user), "&sdkVer=2.5.3");
    // Before a request, in the middle of its head, after the upgrade, after CONNACK, in a pull,
    // with a send on its way, and in good order.
    drop(TcpStream::connect(&server.address).await.unwrap());
    let mut half = TcpStream::connect(&server.address).await.unwrap();
    half.write_all(b"GET /websocket?appId=a HTTP/1.1\r\nHo").await.unwrap();
    drop(half);
    drop(Client::open(&url).await);
    drop(Client::login(&url, &user).await);
    let mut pulling = Client::login(&url, &user).await;
    pulling.send_bytes(b"\xc0".to_vec()).await;
    drop(pulling);
    let mut sending = Client::login(&url, &user).await;
    sending.publish(&Client::text("b", "x", round as u64 + 1)).await;
    drop(sending);
    let mut leaving = Client::login(&url, &user).await;
    leaving.send_bytes(b"\xe0\x00\x04".to_vec()).await;
    leaving.end().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn e27_nothing_is_left_of_connections_that_ended_in_any_state() {
    let server = Server::start(&["--send-rate", "0", "--address-connections", "0"]).await;
    ends(&server, 0).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = (open_files(), tasks());
    for round in 1..=ROUNDS {
        ends(&server, round).await;
    }
    let quiet = async {
        while open_files() > before.0 || tasks() > before.1 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ended = tokio::time::timeout(PATIENCE, quiet).await;
    assert!(ended.is_ok(), "{before:?} became {:?}", (open_files(), tasks()));
    // And nobody is held to be online any more: another login kicks nobody.
    let mut last = server.old("u1").await;
    last.assert_quiet().await;
    server.stop().await;
}
