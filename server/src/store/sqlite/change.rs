//! Small writes besides the messages: each concern brings its own [`Change`]s.

use std::future::Future;
use std::pin::Pin;

use sqlx::SqliteConnection;
use tokio::sync::oneshot;

use super::super::StoreError;

/// Who wants to know what became of a write. They may be gone.
pub type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Something small to write, inside the writer's transaction. An error ends that transaction, so
/// whatever a caller may get wrong is told in `Done`.
pub trait Change: Send + Sync + 'static {
    /// What the caller is told once it is committed.
    type Done: Send + 'static;

    /// Does it.
    fn apply(
        &self,
        connection: &mut SqliteConnection,
    ) -> impl Future<Output = Result<Self::Done, StoreError>> + Send;
}

/// A change of any kind on its way through the writer.
pub trait AnyChange: Send {
    /// Does it, and keeps what it brought until the commit.
    fn apply<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

    /// After the commit, or when it failed.
    fn settle(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A change and who waits for it.
pub struct Waiting<C: Change> {
    change: C,
    done: Option<C::Done>,
    reply: Reply<C::Done>,
}

impl<C: Change> Waiting<C> {
    pub const fn new(change: C, reply: Reply<C::Done>) -> Self {
        Self { change, done: None, reply }
    }
}

impl<C: Change> AnyChange for Waiting<C> {
    fn apply<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>> {
        Box::pin(async move {
            self.done = Some(self.change.apply(connection).await?);
            Ok(())
        })
    }

    fn settle(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { done, reply, .. } = *self;
        let result = outcome.and_then(|()| {
            done.ok_or_else(|| StoreError::Failed("the change was not applied".into()))
        });
        let _ = reply.send(result);
    }
}
