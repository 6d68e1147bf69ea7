//! The log of messages, given out by the hour.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use hongyan::ids::ConversationKind;
use hongyan::time::UnixMillis;
use serde_json::{Value, json};
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::super::app::App;
use super::super::http::{self, Parameters};
use super::call::{Arguments, Call, Field, Kind, need};
use super::{Answer, Refusal, date, done};
use crate::store::{Logged, Store};

/// Where a log is fetched from.
pub const DOWNLOAD: &str = "/message/history/log";
/// How long an address of a log is good, in ms.
const GOOD_FOR: i64 = 60 * 60 * 1000;
/// Messages read at once.
const PAGE: u32 = 500;

const DATE: Field =
    need("date", Kind::Text(10), "the hour, in UTC: 2014010101 is the second hour of 2014");

pub const GET: Call = Call {
    path: "/message/history",
    about: "The address of an hour's log, good for an hour; empty if there is none. It is a zip archive \
            of one text: a line for each message with its time and a JSON object",
    fields: &[DATE],
    example: "date=2026010100",
    answer: r#"{"code":200,"date":"2026010100","url":""}"#,
};

fn hour(arguments: &Arguments) -> Result<i64, Refusal> {
    let hour = date::hour(arguments.get("date"));
    hour.ok_or_else(|| Refusal::parameter("date must be year, month, day and hour: 2014010101"))
}

pub async fn get<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let hour = hour(arguments)?;
    let hidden = app.core.store().is_log_hidden(hour).await?;
    let empty = hidden || page(app, hour, FIRST, 1).await?.is_empty();
    let expires = app.clock.now().wall.plus(GOOD_FOR);
    let token = app.credentials.issue_log(hour, expires).filter(|_| !empty);
    let url = token.map(|token| format!("{}{DOWNLOAD}?token={token}", arguments.origin));
    Ok(json!({ "date": arguments.get("date"), "url": url.unwrap_or_default() }))
}

pub const DELETE: Call = Call {
    path: "/message/history/delete",
    about: "Gives the log of an hour out no more. The users' histories stay as they are",
    fields: &[DATE],
    example: "date=2026010100",
    answer: r#"{"code":200}"#,
};

pub async fn delete<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    app.core.store().hide_log(hour(arguments)?).await?;
    done()
}

/// Before the first message.
const FIRST: (UnixMillis, u64) = (UnixMillis::ZERO, 0);

async fn page<S: Store>(
    app: &App<S>,
    hour: i64,
    after: (UnixMillis, u64),
    limit: u32,
) -> Result<Vec<Logged>, Refusal> {
    let (from, until) = (date::begin_of_hour(hour), date::begin_of_hour(hour + 1));
    Ok(app.core.store().log_between(from, until, after, limit).await?)
}

/// `GET`: the log, for whoever has its address.
pub async fn download<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let parameters = Parameters::of_query(&request);
    let now = app.clock.now().wall;
    let Some(hour) = app.credentials.check_log(parameters.get("token"), now) else {
        return http::error(StatusCode::FORBIDDEN, 1004, "this address is wrong or too old");
    };
    match app.core.store().is_log_hidden(hour).await {
        Ok(false) => {}
        Ok(true) => return http::error(StatusCode::NOT_FOUND, 1002, "this log was deleted"),
        Err(error) => return Refusal::from(error).response(),
    }
    let name = date::name_of_hour(hour);
    let packed = match Packed::begin(&format!("{name}.txt")) {
        Ok(packed) => packed,
        Err(error) => return unpacked(&error).response(),
    };
    let begin = Some((packed, FIRST));
    let parts = stream::unfold(begin, move |at| next_part(Arc::clone(&app), hour, at));
    let disposition = format!("attachment; filename=\"{name}.zip\"");
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

fn unpacked(error: &impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a log cannot be packed");
    Refusal::failed()
}

/// A zip archive under way, and after which message it goes on.
type Place = (Packed, (UnixMillis, u64));
/// A part of an archive; an error breaks the download off, so that nobody takes half of it for all.
type Part = Result<Bytes, std::io::Error>;

/// The next part of a log's archive, and where to go on; the last one ends the archive.
async fn next_part<S: Store>(
    app: Arc<App<S>>,
    hour: i64,
    at: Option<Place>,
) -> Option<(Part, Option<Place>)> {
    let (mut packed, after) = at?;
    let Ok(messages) = page(&app, hour, after, PAGE).await else {
        return Some((Err(std::io::Error::other("the store failed")), None));
    };
    let Some(last) = messages.last() else {
        return Some((packed.end(), None));
    };
    let next = (last.sent_time, last.place);
    let lines: String = messages.iter().map(|message| line(&app.config.app_key, message)).collect();
    match packed.add(lines.as_bytes()) {
        Ok(part) => Some((Ok(part), Some((packed, next)))),
        Err(error) => Some((Err(error), None)),
    }
}

/// A zip archive of one text that is packed as it is read: nothing of it waits here.
struct Packed {
    zip: ZipWriter<StreamWriter<Packing>>,
    packing: Packing,
}

impl Packed {
    fn begin(name: &str) -> Result<Self, ZipError> {
        let packing = Packing::default();
        let mut zip = ZipWriter::new_stream(packing.clone());
        // Nobody knows yet how long the text is.
        let options = SimpleFileOptions::default().large_file(true);
        zip.start_file(name, options.compression_method(CompressionMethod::Deflated))?;
        Ok(Self { zip, packing })
    }

    fn add(&mut self, text: &[u8]) -> Part {
        self.zip.write_all(text)?;
        Ok(self.packing.taken())
    }

    fn end(self) -> Part {
        self.zip.finish()?;
        Ok(self.packing.taken())
    }
}

/// What was packed and not fetched yet.
#[derive(Clone, Default)]
struct Packing(Arc<Mutex<Vec<u8>>>);

impl Packing {
    fn taken(&self) -> Bytes {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Bytes::from(std::mem::take(&mut *bytes))
    }
}

impl Write for Packing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// `2014/01/01 01:02:03,{…}` and a line break.
fn line(app_key: &str, message: &Logged) -> String {
    let content = serde_json::from_slice(&message.content);
    let content = content.unwrap_or_else(|_| json!(String::from_utf8_lossy(&message.content)));
    let target = message.conversation.target.as_str();
    let in_group = message.conversation.kind == ConversationKind::Group;
    let logged: Value = json!({
        "appId": app_key,
        "fromUserId": message.sender.as_str(),
        "targetId": target,
        "targetType": message.conversation.kind.number(),
        "GroupId": if in_group { target } else { "" },
        "classname": &*message.object_name,
        "content": content,
        "dateTime": date::text(message.sent_time),
        "timestamp": message.sent_time.get(),
        "msgUID": message.uid.as_str(),
    });
    format!("{},{logged}\n", date::separated(message.sent_time, '/'))
}
