//! A large chatroom over real sockets: the server as a process of its own, and this one, which
//! holds a connection for each member, lets some of them speak, and takes the time until everybody
//! was given what was said. `docs/rooms.md` says how to run it.
//!
//! It shares the machine with the server, so it does as little as it can: one thread, one buffer,
//! of a frame its head and a mark in its content.

mod frames;
mod heard;
mod member;
pub mod options;
mod report;
mod room;
mod usage;

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use self::options::Options;
use self::room::Room;
use self::usage::{Usage, memory_of, open_files};
use crate::host::http;
use crate::run::server::{Kind, Server};

pub use self::report::Report;

/// So many tokens are asked for at once.
const SIGN_INS: usize = 64;
/// Files that are no members' sockets.
const SPARE_FILES: u64 = 64;
/// So long everything rests before the memory of a connection is looked at.
const REST: Duration = Duration::from_secs(2);

/// Measures.
///
/// # Errors
/// The server does not start or refuses, or there may not be so many open files.
pub async fn run(options: &Options, directory: &Path) -> Result<Report, String> {
    let needed = u64::from(options.members) + SPARE_FILES;
    if open_files(needed) < needed {
        return Err(format!("{needed} files cannot be open at once: fewer --members"));
    }
    let flags = ["--chatroom-on-join", "true", "--chatroom-rate", "0"];
    let kind = Kind { binary_polling: false, forgetful: !options.durable };
    let server = Server::start(options.server.clone().into(), directory.into(), kind, &flags);
    let server = server.await.map_err(|error| error.to_string())?;
    let pid = server.pid().ok_or("the server is gone")?;
    let people = sign_in(options, &server).await?;
    let empty = memory_of(pid);
    let mut room = Room::open(options, server.address)?;
    room.log_in(&people)?;
    room.rest(REST)?;
    let outside = memory_of(pid);
    room.come_in()?;
    room.rest(REST)?;
    let memory = Memory { empty, outside, inside: memory_of(pid) };
    let before = Usage::now(pid);
    room.speak()?;
    let after = Usage::now(pid);
    let (options, used) = (options.clone(), after.since(&before));
    Ok(Report { options, room: room.outcome(), memory, used })
}

/// Everybody's token.
async fn sign_in(options: &Options, server: &Server) -> Result<Vec<Person>, String> {
    let url = format!("http://{}/demo/sign-in", server.address);
    let mut people = Vec::new();
    let mut asking = JoinSet::new();
    for n in 0..options.members {
        let url = url.clone();
        asking.spawn(async move {
            let answer = http::post(&url, &json!({ "name": format!("m{n}") })).await?;
            let text = |field: &str| answer[field].as_str().map(str::to_owned);
            let (token, app_key) = text("token").zip(text("appKey")).ok_or("no token")?;
            Ok::<_, String>(Person { token, app_key })
        });
        if asking.len() >= SIGN_INS {
            people.extend(joined(asking.join_next().await)?);
        }
    }
    while let Some(one) = joined(asking.join_next().await)? {
        people.push(one);
    }
    Ok(people)
}

fn joined(
    answer: Option<Result<Result<Person, String>, tokio::task::JoinError>>,
) -> Result<Option<Person>, String> {
    answer.map(|answer| answer.map_err(|error| error.to_string())?).transpose()
}

/// The server's memory, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// Before anybody came.
    empty: u64,
    /// When everybody was logged in.
    outside: u64,
    /// When everybody was in the room.
    inside: u64,
}

/// Who a member is.
pub(crate) struct Person {
    token: String,
    app_key: String,
}
