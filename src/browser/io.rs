//! Performs what the engine wants done outside, and owns what that needs.

use std::rc::Rc;

use super::few::Few;
use super::http::HttpRequest;
use super::link::Link;
use super::local_storage::LocalStorage;
use super::locks::{Clerk, Lock, Ownership};
use super::network::NetworkHints;
use super::timers::Timer;
use crate::ids::{HttpId, LinkId, UserId};
use crate::ops::{Scope, StoreOp};
use crate::session::io::{CloseCause, HttpOutcome, Input, Restored, Transmit, Way};
use crate::storage::{Keeper, StorageError};

/// Tells the loop what happened outside.
pub(super) type Report = Rc<dyn Fn(News)>;

/// What happened outside.
pub(super) enum News {
    /// Something for the engine.
    Input(Input),
    /// The lock on a user's state was answered.
    Lock(UserId, Ownership),
}

/// Sockets, questions, stored state and the timer of one client. Dropping it ends them all.
pub(super) struct Io {
    keeper: Keeper<LocalStorage>,
    clerk: Clerk,
    report: Report,
    /// `None`: the browser refused to open it, and that is still to be told.
    links: Few<LinkId, Option<Link>>,
    /// `None`: the browser refused to ask, and that is still to be told.
    questions: Few<HttpId, Option<HttpRequest>>,
    user: Option<LoadedUser>,
    pub(super) timer: Timer,
    _hints: NetworkHints,
}

/// The user whose state was asked for.
struct LoadedUser {
    user: UserId,
    /// `None` until the lock was answered.
    ownership: Option<Ownership>,
    lock: Lock,
}

impl Io {
    pub(super) fn new(app_key: &str, persist: bool, clerk: Clerk, report: Report) -> Self {
        let hear = Rc::clone(&report);
        Self {
            keeper: Keeper::new(app_key, LocalStorage::open_or_memory(persist)),
            clerk,
            report,
            links: Few::default(),
            questions: Few::default(),
            user: None,
            timer: Timer::default(),
            _hints: NetworkHints::listen(move |hint| hear(News::Input(Input::Hint(hint)))),
        }
    }

    /// What is kept for the application.
    pub(super) fn load_app(&self) -> Vec<(String, String)> {
        self.keeper.load(&Scope::App)
    }

    /// Keeps what the engine wants kept: a user's state only in the page that owns it.
    ///
    /// # Errors
    /// What the storage answered.
    pub(super) fn store(&mut self, op: &StoreOp) -> Result<(), StorageError> {
        let (StoreOp::Put { scope, .. } | StoreOp::Delete { scope, .. }) = op;
        match scope {
            Scope::User(user) if !self.may_write(user) => Ok(()),
            Scope::App | Scope::User(_) => self.keeper.apply(op),
        }
    }

    /// Whether nothing may be done before it is known that the state is still this page's.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.user.as_ref().is_some_and(|loaded| loaded.lock.is_in_doubt())
    }

    /// Another page may have taken the state while this one was frozen, which has not heard of it.
    fn may_write(&self, user: &UserId) -> bool {
        self.user.as_ref().is_some_and(|loaded| {
            loaded.user == *user
                && loaded.ownership == Some(Ownership::Owned)
                && !loaded.lock.is_lost()
        })
    }

    fn ownership_of(&self, user: &UserId) -> Option<Ownership> {
        self.user.as_ref().filter(|loaded| loaded.user == *user)?.ownership
    }

    /// What the engine shall hear of it. What was closed or aborted here reports nothing any more,
    /// and what reports its end is let go of.
    pub(super) fn admit(&mut self, news: News) -> Option<Input> {
        match news {
            News::Lock(user, ownership) => self.restore(user, ownership),
            News::Input(input) if self.speaks_of_something(&input) => Some(input),
            News::Input(_late) => None,
        }
    }

    fn speaks_of_something(&mut self, input: &Input) -> bool {
        match input {
            Input::LinkOpened(id) | Input::Received(id, _) => self.links.get(id).is_some(),
            Input::LinkClosed(id, _) => self.links.remove(id).is_some(),
            Input::HttpDone(id, _) => self.questions.remove(id).is_some(),
            Input::Command(_)
            | Input::RestoredApp(_)
            | Input::RestoredUser(..)
            | Input::StoreFailed
            | Input::HandedOver(_)
            | Input::Hint(_)
            | Input::WallClock(_)
            | Input::Timeout => true,
        }
    }

    fn restore(&mut self, user: UserId, ownership: Ownership) -> Option<Input> {
        let loaded = self.user.as_mut().filter(|loaded| loaded.user == user)?;
        loaded.ownership = Some(ownership);
        let restored = match ownership {
            Ownership::Owned => Restored::Owned(self.keeper.load(&Scope::User(user.clone()))),
            Ownership::Taken => Restored::MemoryOnly,
        };
        Some(Input::RestoredUser(user, restored))
    }

    pub(super) fn perform(&mut self, transmit: Transmit) {
        match transmit {
            Transmit::OpenLink { id, url, way } => self.open_link(id, &url, way),
            Transmit::Send(id, frame) => {
                if let Some(Some(link)) = self.links.get(&id) {
                    link.send(&frame);
                }
            }
            Transmit::CloseLink(id) => drop(self.links.remove(&id)),
            Transmit::Http { id, url, timeout_ms } => self.ask(id, &url, timeout_ms),
            Transmit::AbortHttp(id) => drop(self.questions.remove(&id)),
            Transmit::LoadUser(user) => self.load_user(user),
            Transmit::ReleaseUser(_user) => self.user = None,
        }
    }

    fn open_link(&mut self, id: LinkId, url: &str, way: Way) {
        let link = Link::open(id, url, way, &self.report);
        if link.is_none() {
            (self.report)(News::Input(Input::LinkClosed(id, CloseCause::Failed)));
        }
        self.links.insert(id, link);
    }

    fn ask(&mut self, id: HttpId, url: &str, timeout_ms: u32) {
        let question = HttpRequest::get(id, url, timeout_ms, &self.report);
        if question.is_none() {
            (self.report)(News::Input(Input::HttpDone(id, HttpOutcome::Failed)));
        }
        self.questions.insert(id, question);
    }

    /// Asks for the lock on the user's state, unless this client holds it.
    fn load_user(&mut self, user: UserId) {
        if self.ownership_of(&user) == Some(Ownership::Owned) {
            return (self.report)(News::Lock(user, Ownership::Owned));
        }
        self.user = None;
        let name = self.keeper.name(&Scope::User(user.clone()));
        let (report, owner) = (Rc::clone(&self.report), user.clone());
        let answer = move |ownership| report(News::Lock(owner.clone(), ownership));
        let lock = Lock::request(&self.clerk, &name, answer);
        self.user = Some(LoadedUser { user, ownership: None, lock });
    }
}
