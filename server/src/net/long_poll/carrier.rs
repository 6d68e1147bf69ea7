//! The bridge's end of a polling session: it looks like a WebSocket.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::ws::Message;
use futures_util::{Sink, Stream};

use super::session::Session;

/// See the module. Dropping it ends the session.
pub struct Carrier(pub Arc<Session>);

impl Drop for Carrier {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Stream for Carrier {
    type Item = Result<Message, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.carrier.register(context.waker());
        self.0.next_posted().map(|frame| frame.map(|frame| Ok(Message::Binary(frame))))
    }
}

impl Sink<Message> for Carrier {
    type Error = axum::Error;

    fn poll_ready(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), axum::Error>> {
        self.0.carrier.register(context.waker());
        if self.0.wants_frames() {
            return Poll::Ready(Ok(()));
        }
        self.0.deliver();
        Poll::Pending
    }

    fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), axum::Error> {
        match message {
            Message::Binary(frame) => self.0.give(&frame),
            Message::Close(_) => self.0.end(),
            // Nobody sends these.
            Message::Text(_) | Message::Ping(_) | Message::Pong(_) => {}
        }
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        self.0.deliver();
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        self.0.end();
        Poll::Ready(Ok(()))
    }
}
