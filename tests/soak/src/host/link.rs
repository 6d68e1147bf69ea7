//! One link of the engine on a real socket.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hongyan::ids::LinkId;
use hongyan::session::io::{CloseCause, Input, Way};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{AbortHandle, JoinHandle};
use tokio_tungstenite::tungstenite::Message;

use super::polling;

/// The end of a socket without a close frame, and data of a type that is not accepted.
const NO_CLOSE_FRAME: u16 = 1006;
const UNSUPPORTED_DATA: u16 = 1003;

/// An open or opening link. Dropping it closes it as a page does; what it reports after that is for
/// the host to ignore.
#[derive(Debug)]
pub(super) struct Link {
    out: UnboundedSender<Bytes>,
    task: JoinHandle<()>,
}

impl Link {
    /// Opens a link that is made of this.
    pub(super) fn open(id: LinkId, url: String, way: Way, news: UnboundedSender<Input>) -> Self {
        let (out, frames) = unbounded_channel();
        let task = tokio::spawn(async move {
            let cause = match way {
                Way::WebSocket => websocket(id, &url, frames, &news).await,
                Way::Polling(form) => polling::run(id, &url, form, frames, &news).await,
            };
            // The page may be gone.
            drop(news.send(Input::LinkClosed(id, cause)));
        });
        Self { out, task }
    }

    /// Sends a frame; one that is not open any more drops it.
    pub(super) fn send(&self, frame: Bytes) {
        drop(self.out.send(frame));
    }

    /// Ends it at once, as the end of a process does.
    pub(super) fn abort_handle(&self) -> AbortHandle {
        self.task.abort_handle()
    }
}

/// How the socket ended.
async fn websocket(
    id: LinkId,
    url: &str,
    mut frames: UnboundedReceiver<Bytes>,
    news: &UnboundedSender<Input>,
) -> CloseCause {
    let Ok((socket, _)) = tokio_tungstenite::connect_async(url).await else {
        return CloseCause::Code(NO_CLOSE_FRAME);
    };
    drop(news.send(Input::LinkOpened(id)));
    let (mut to, mut from) = socket.split();
    let writing = async {
        while let Some(frame) = frames.recv().await {
            if to.send(Message::Binary(frame)).await.is_err() {
                return std::future::pending().await;
            }
        }
        drop(to.send(Message::Close(None)).await);
    };
    let reading = async {
        loop {
            match from.next().await {
                Some(Ok(Message::Binary(frame))) => drop(news.send(Input::Received(id, frame))),
                Some(Ok(Message::Text(_))) => return UNSUPPORTED_DATA,
                Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(None)) | Err(_)) | None => {
                    return NO_CLOSE_FRAME;
                }
            }
        }
    };
    tokio::select! {
        () = writing => CloseCause::Code(NO_CLOSE_FRAME),
        code = reading => CloseCause::Code(code),
    }
}
