//! One polling session as one link, in both forms of it: one request waits, one sends, in order.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hongyan::ids::LinkId;
use hongyan::session::io::{CloseCause, Input, PollForm};
use hongyan::signal::polling::Codec;
use hongyan::wire::Frame;
use hongyan::wire::polling::{Batch, push_frame};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::http::{Answer, Method, ask};

/// A waiting request is given up after so long, and a while more for each byte that it sends.
const PATIENCE: Duration = Duration::from_secs(40);
const PER_BYTE: Duration = Duration::from_millis(4);
/// The end of a link without more to say.
const GONE: CloseCause = CloseCause::Code(1006);
/// So many frames are sent at once.
const MAX_BATCH: usize = 64;
/// What a session id begins with that confirms the extensions.
const EXTENDED: &str = "hy1.";
const OK: u16 = 200;
const NO_CONTENT: u16 = 204;

/// Polls until the end of the session, and says how it ended.
pub(super) async fn run(
    id: LinkId,
    url: &str,
    form: PollForm,
    frames: UnboundedReceiver<Bytes>,
    news: &UnboundedSender<Input>,
) -> CloseCause {
    let told = match form {
        PollForm::Binary => binary(id, url, frames, news).await,
        PollForm::Json => json(id, url, frames, news).await,
    };
    told.unwrap_or(GONE)
}

fn report(news: &UnboundedSender<Input>, id: LinkId, frame: Bytes) {
    // The page may be gone.
    drop(news.send(Input::Received(id, frame)));
}

async fn post(url: &str, body: &[u8]) -> Option<Answer> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let patience = PATIENCE.saturating_add(PER_BYTE.saturating_mul(length));
    tokio::time::timeout(patience, ask(Method::Post, url, body)).await.ok()?
}

async fn get(url: &str) -> Option<Answer> {
    tokio::time::timeout(PATIENCE, ask(Method::Get, url, b"")).await.ok()?
}

async fn binary(
    id: LinkId,
    url: &str,
    mut frames: UnboundedReceiver<Bytes>,
    news: &UnboundedSender<Input>,
) -> Option<CloseCause> {
    let (base, query) = url.split_once("/websocket")?;
    let answer = post(&format!("{base}/hy/open{query}"), b"").await?;
    let first = Batch::of(answer.body).next()?.ok()?;
    drop(news.send(Input::LinkOpened(id)));
    let session = session_of(&first);
    report(news, id, first);
    let session = session?;
    let body = |number: u64| [session.as_bytes(), &number.to_be_bytes()].concat();
    let polling = async {
        let mut arrived: u64 = 1;
        loop {
            let answer = post(&format!("{base}/hy/poll"), &body(arrived)).await?;
            if answer.status != OK {
                return None::<CloseCause>;
            }
            for frame in Batch::of(answer.body) {
                report(news, id, frame.ok()?);
                arrived += 1;
            }
        }
    };
    let sending = async {
        let mut number: u64 = 0;
        while let Some(first) = frames.recv().await {
            let (mut body, mut count) = (body(number), 1);
            push_frame(&mut body, &first);
            while let Some(more) = (count < MAX_BATCH).then(|| frames.try_recv().ok()).flatten() {
                push_frame(&mut body, &more);
                count += 1;
            }
            if post(&format!("{base}/hy/send"), &body).await?.status != NO_CONTENT {
                return None;
            }
            number += count as u64;
        }
        Some(GONE)
    };
    tokio::select! { end = polling => end, end = sending => end }
}

/// The session's name in a CONNACK that accepts.
fn session_of(frame: &Bytes) -> Option<String> {
    let Ok(Frame::ConnAck(ack)) = Frame::decode_down(frame) else { return None };
    Some(ack.session?.session_id.strip_prefix(EXTENDED)?.to_owned())
}

async fn json(
    id: LinkId,
    url: &str,
    mut frames: UnboundedReceiver<Bytes>,
    news: &UnboundedSender<Input>,
) -> Option<CloseCause> {
    let codec = Mutex::new(Codec::default());
    let read = |answer: &Answer| {
        let mut codec = codec.lock().unwrap_or_else(PoisonError::into_inner);
        codec.read(&answer.body).ok().filter(|_| answer.status == OK)
    };
    let first = read(&get(&format!("{url}&pid=1")).await?)?;
    drop(news.send(Input::LinkOpened(id)));
    first.frames.into_iter().for_each(|frame| report(news, id, frame));
    let session = first.session?;
    let (base, _) = url.split_once("/websocket")?;
    let polling = async {
        let mut number: u64 = 0;
        loop {
            number += 1;
            let url = format!("{base}/pullmsg.js?sessionid={session}&timestrap={number}&pid=1");
            for frame in read(&get(&url).await?)?.frames {
                report(news, id, frame);
            }
        }
    };
    let sending = async {
        while let Some(frame) = frames.recv().await {
            let said = codec.lock().unwrap_or_else(PoisonError::into_inner).post(&frame);
            let Some(said) = said else { continue };
            let addressed =
                said.addressed.map(|(topic, target)| format!("&topic={topic}&targetid={target}"));
            let url = format!(
                "{base}/websocket?messageid={}&header={}&sessionid={session}{}&pid=1",
                said.message_id,
                said.header,
                addressed.unwrap_or_default()
            );
            let answer = post(&url, said.body.as_bytes()).await?;
            for frame in read(&answer)?.frames {
                report(news, id, frame);
            }
        }
        Some(GONE)
    };
    tokio::select! { end = polling => end, end = sending => end }
}
