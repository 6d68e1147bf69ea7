//! One task per connection: socket ⇄ [`Connection`] ⇄ core. It carries, and decides nothing.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, close_code};
use futures_util::stream::FuturesUnordered;
use futures_util::{Sink, SinkExt, Stream};
use hongyan::time::Tick;
use tokio::time::Sleep;

use super::app::App;
use super::outlet::LetterBox;
use crate::core::ask::{Ask, AskId, Login, Told};
use crate::core::hub::SessionId;
use crate::core::serve::Turn;
use crate::gateway::{ClientInfo, Connection, EndReason, Input, Transmit};
use crate::store::Store;

/// How long a clean close may take.
const CLOSE_TIME: Duration = Duration::from_secs(5);

type Serving = Pin<Box<dyn Future<Output = (AskId, Told)> + Send>>;

/// A link that carries whole messages: a WebSocket, or what looks like one.
pub trait Link:
    Sink<Message, Error = axum::Error>
    + Stream<Item = Result<Message, axum::Error>>
    + Unpin
    + Send
    + 'static
{
}

impl<L> Link for L where
    L: Sink<Message, Error = axum::Error>
        + Stream<Item = Result<Message, axum::Error>>
        + Unpin
        + Send
        + 'static
{
}

struct Bridge<S, L> {
    app: Arc<App<S>>,
    login: Arc<Login>,
    session: SessionId,
    letters: Arc<LetterBox>,
    socket: L,
    connection: Connection,
    /// Held by the send that has not reached the store's queue yet: sends reach it in order.
    sending: Arc<tokio::sync::Mutex<()>>,
    /// Asks under way. Each was polled once when it was asked, so sends reached the store's queue
    /// in order.
    serving: FuturesUnordered<Serving>,
    alarm: Pin<Box<Sleep>>,
    alarm_at: Option<Tick>,
    unflushed: bool,
}

/// What the task wakes up for.
enum Wake {
    Input(Input),
    Closing(Transmit),
}

/// Serves a connection until it ends.
pub async fn run<S: Store>(
    app: Arc<App<S>>,
    socket: impl Link,
    login: Login,
    client: ClientInfo,
    sdk: String,
) {
    let busy = app.busy.subscribe();
    let (id, extended) = (client.session_id.clone(), client.extended);
    let letters = Arc::new(LetterBox::default());
    let session = app.core.join(&login, extended, letters.clone(), app.clock.now().wall);
    app.recorder.tell(&login.user, true);
    let connection = Connection::new(&login, client, app.clock.now());
    tracing::info!(connection = &*id, user = login.user.as_str(), sdk, extended, "login");
    // On the heap by itself: inside the task it would stand once for each future around this one.
    let mut bridge = Box::new(Bridge {
        login: Arc::new(login),
        session,
        letters,
        socket,
        connection,
        sending: Arc::default(),
        serving: FuturesUnordered::new(),
        alarm: Box::pin(tokio::time::sleep(Duration::ZERO)),
        alarm_at: None,
        unflushed: false,
        app,
    });
    let guard = Leave { app: Arc::clone(&bridge.app), login: Arc::clone(&bridge.login), session };
    let last = bridge.carry().await;
    drop(guard);
    if last == Transmit::CloseClean {
        close(&mut bridge.socket).await;
    }
    let (app, ended) = (Arc::clone(&bridge.app), bridge.connection.ended());
    // Without a close frame, TCP is simply cut.
    drop(bridge);
    let reason = ended.unwrap_or(EndReason::ClosedByClient);
    app.count_end(reason);
    tracing::info!(connection = &*id, reason = reason.name(), place = reason.place(), "ended");
    drop(busy);
}

/// Takes the session out of the hub however the task ends.
struct Leave<S: Store> {
    app: Arc<App<S>>,
    login: Arc<Login>,
    session: SessionId,
}

impl<S: Store> Drop for Leave<S> {
    fn drop(&mut self) {
        self.app.core.hub().leave(&self.login.user, self.session);
        self.app.recorder.tell(&self.login.user, false);
    }
}

async fn close(socket: &mut impl Link) {
    let frame = CloseFrame { code: close_code::NORMAL, reason: "".into() };
    let sent = socket.send(Message::Close(Some(frame)));
    // Whether it arrived makes no difference.
    drop(tokio::time::timeout(CLOSE_TIME, sent).await);
}

impl<S: Store, L: Link> Bridge<S, L> {
    /// Carries until the connection says how to close.
    async fn carry(&mut self) -> Transmit {
        loop {
            self.ask_all();
            match poll_fn(|context| self.poll_wake(context)).await {
                Wake::Input(input) => {
                    let now = self.app.clock.now();
                    self.connection.handle(now, input);
                }
                Wake::Closing(last) => return last,
            }
        }
    }

    /// Starts every ask that waits. The first poll happens here and in order.
    fn ask_all(&mut self) {
        while let Some((id, ask)) = self.connection.poll_ask() {
            let mut serving = self.serve(id, ask);
            let mut context = Context::from_waker(Waker::noop());
            match serving.as_mut().poll(&mut context) {
                Poll::Ready((id, told)) => {
                    let now = self.app.clock.now();
                    self.connection.handle(now, Input::Told(id, told));
                }
                // It is polled again, with a waker that wakes.
                Poll::Pending => self.serving.push(serving),
            }
        }
    }

    fn serve(&self, id: AskId, ask: Ask) -> Serving {
        let (app, login, session) = (self.app.clone(), self.login.clone(), self.session);
        let sending = matches!(ask, Ask::Send { .. }).then(|| Arc::clone(&self.sending));
        // Without the runtime's own stops: one that fell between the end of a turn and the store's
        // queue would let the next send overtake this one.
        Box::pin(tokio::task::unconstrained(async move {
            // Whoever was asked first gets it first.
            let turn: Turn = match sending {
                Some(sending) => Some(Box::new(sending.lock_owned().await)),
                None => None,
            };
            let now = app.clock.now();
            (id, app.core.serve_in_turn(&login, session, ask, now, turn).await)
        }))
    }

    fn poll_wake(&mut self, context: &mut Context<'_>) -> Poll<Wake> {
        if self.connection.ended().is_some() {
            return Poll::Ready(Wake::Closing(Transmit::CloseDrop));
        }
        if let Poll::Ready(letter) = self.letters.poll_take(context) {
            return Poll::Ready(Wake::Input(letter));
        }
        if let Poll::Ready(Some((id, told))) = Pin::new(&mut self.serving).poll_next(context) {
            return Poll::Ready(Wake::Input(Input::Told(id, told)));
        }
        if let Poll::Ready(wake) = self.poll_write(context) {
            return Poll::Ready(wake);
        }
        if self.connection.wants_input()
            && let Poll::Ready(input) = self.poll_read(context)
        {
            return Poll::Ready(Wake::Input(input));
        }
        self.poll_alarm(context)
    }

    /// Gives the socket what it takes.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<Wake> {
        let now = self.app.clock.now();
        loop {
            match Pin::new(&mut self.socket).poll_ready(context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(Wake::Input(Input::Closed)),
                Poll::Pending => {
                    let last = self.connection.poll_end().map(Wake::Closing);
                    return last.map_or(Poll::Pending, Poll::Ready);
                }
            }
            match self.connection.poll_transmit(now) {
                Some(Transmit::Send(frame)) => {
                    self.unflushed = true;
                    if Pin::new(&mut self.socket).start_send(Message::Binary(frame)).is_err() {
                        return Poll::Ready(Wake::Input(Input::Closed));
                    }
                }
                Some(last @ (Transmit::CloseClean | Transmit::CloseDrop)) => {
                    return Poll::Ready(Wake::Closing(last));
                }
                None => break,
            }
        }
        if self.unflushed {
            match Pin::new(&mut self.socket).poll_flush(context) {
                Poll::Ready(Ok(())) => self.unflushed = false,
                Poll::Ready(Err(_)) => return Poll::Ready(Wake::Input(Input::Closed)),
                Poll::Pending => {}
            }
        }
        Poll::Pending
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Input> {
        loop {
            let message = match Pin::new(&mut self.socket).poll_next(context) {
                Poll::Ready(Some(Ok(message))) => message,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(broken(&error)),
                Poll::Ready(None) => return Poll::Ready(Input::Closed),
                Poll::Pending => return Poll::Pending,
            };
            match message {
                Message::Binary(bytes) => return Poll::Ready(Input::Received(bytes)),
                Message::Text(_) => return Poll::Ready(Input::Unframed("text-message")),
                // The library answers pings by itself.
                Message::Ping(_) => return Poll::Ready(Input::SocketPing),
                Message::Pong(_) => {}
                Message::Close(_) => return Poll::Ready(Input::Closed),
            }
        }
    }

    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<Wake> {
        let at = self.connection.poll_timeout();
        let Some(deadline) = at else { return Poll::Pending };
        // An alarm that is too early is cheaper than one set anew for every frame.
        if self.alarm_at.is_none_or(|alarm| deadline < alarm) {
            self.alarm.as_mut().reset(self.app.clock.instant(deadline));
            self.alarm_at = Some(deadline);
        }
        match self.alarm.as_mut().poll(context) {
            Poll::Ready(()) => {
                self.alarm_at = None;
                Poll::Ready(Wake::Input(Input::Timeout))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

/// A message over the limit is the client's mistake, everything else the network's.
fn broken(error: &axum::Error) -> Input {
    use std::error::Error;
    let too_long = error.source().is_some_and(|source| source.to_string().contains("too long"));
    if too_long { Input::Unframed("message-too-long") } else { Input::Closed }
}
