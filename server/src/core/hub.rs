//! Who is online in this process, and how they are told.
//!
//! What the store commits is announced in commit order, so a session hears of its inbox in the
//! order of the row numbers. A notice may still be missing: the outlet was full, the row came
//! through another process, the session joined a moment later. So a session takes a row that is
//! not its last plus one for a doorbell, and everything it misses is in the store.
//!
//! No clock, no runtime: the network and the simulation both bring an [`Outlet`] of their own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytestring::ByteString;
use hongyan::error::ErrorCode;
use hongyan::ids::UserId;

use super::ask::{Login, Notice, TokenOf};
use super::chatrooms::{Chatrooms, Entering, Joined, Room};
use super::clock::Now;
use super::limits::MAX_LINKS;
use super::presence::Watches;

/// The way to one session.
pub trait Outlet: Send + Sync + 'static {
    /// Hands a notice over without waiting; false when there is no room. The outlet then sees to
    /// it that its session rings a doorbell once there is. The last words (`Kicked`, `Replaced`,
    /// `Banned`, `TokensRevoked`, `ShuttingDown`) are never without room: a full outlet ends its session instead.
    ///
    /// Must not call the hub.
    fn notify(&self, notice: Notice) -> bool;
}

/// One login that is online. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(u64);

#[cfg(test)]
impl SessionId {
    /// One that no hub gives.
    pub(super) const fn test(number: u64) -> Self {
        Self(u64::MAX - number)
    }
}

/// What a notice may depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Which session.
    pub id: SessionId,
    /// Whether it speaks the extensions.
    pub extended: bool,
}

pub(super) struct Session {
    pub(super) listener: Listener,
    device: Option<ByteString>,
    token: TokenOf,
    pub(super) outlet: Arc<dyn Outlet>,
}

/// The sessions of one user, oldest first; never empty.
type Sessions = Vec<Session>;

#[derive(Default)]
pub(super) struct Online {
    last_id: u64,
    pub(super) users: BTreeMap<UserId, Sessions>,
    pub(super) watches: Watches,
}

impl Online {
    pub(super) fn logins(&self, user: &UserId) -> usize {
        self.users.get(user).map_or(0, Vec::len)
    }
}

/// The online sessions of this process.
pub struct Hub {
    multi_device: bool,
    online: Mutex<Online>,
    chatrooms: Chatrooms,
}

impl Hub {
    /// Nobody is online. With `multi_device`, several logins of a user stand side by side;
    /// without, the newest kicks the others.
    pub fn new(multi_device: bool) -> Self {
        Self { multi_device, online: Mutex::default(), chatrooms: Chatrooms::default() }
    }

    pub(super) fn online(&self) -> MutexGuard<'_, Online> {
        self.online.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A login came online. An older one of the same device is replaced; others are kicked, or
    /// stay, up to [`MAX_LINKS`]. Who is replaced or kicked has left when this returns.
    pub fn join(&self, login: &Login, extended: bool, outlet: Arc<dyn Outlet>) -> SessionId {
        let mut online = self.online();
        let before = online.logins(&login.user);
        online.last_id += 1;
        let id = SessionId(online.last_id);
        let sessions = online.users.entry(login.user.detached()).or_default();
        let device = login.device.as_ref().map(|device| ByteString::from(&**device));
        let same_device = |other: &Session| device.is_some() && other.device == device;
        sessions.retain(|other| {
            if same_device(other) {
                other.outlet.notify(Notice::Replaced);
                return false;
            }
            if !self.multi_device {
                other.outlet.notify(Notice::Kicked);
            }
            self.multi_device
        });
        while sessions.len() >= MAX_LINKS {
            sessions.remove(0).outlet.notify(Notice::Kicked);
        }
        if !extended {
            self.chatrooms.resume(&login.user, id, &outlet);
        }
        let (listener, token) = (Listener { id, extended }, login.token.clone());
        sessions.push(Session { listener, device, token, outlet });
        online.tell_watchers(&login.user, before);
        id
    }

    /// The chatrooms that are in use.
    pub fn chatrooms(&self) -> &Chatrooms {
        &self.chatrooms
    }

    /// Lets a session into a chatroom. `capacity`: so many users at most; 0 for no limit.
    ///
    /// # Errors
    /// The user may not come in, or the session is over.
    pub fn enter(
        &self,
        room: &Room,
        user: &UserId,
        session: SessionId,
        capacity: u32,
        now: Now,
    ) -> Result<Joined, ErrorCode> {
        let online = self.online();
        let sessions = online.users.get(user).map_or(&[][..], Vec::as_slice);
        let found = sessions.iter().find(|one| one.listener.id == session);
        let outlet = Arc::clone(&found.ok_or(ErrorCode::NotInChatroom)?.outlet);
        self.chatrooms.enter(room, Entering { user, session, outlet }, capacity, now)
    }

    /// A session is over. It may have been kicked before.
    pub fn leave(&self, user: &UserId, id: SessionId) {
        let mut online = self.online();
        online.watches.left(id);
        let before = online.logins(user);
        if let Some(sessions) = online.users.get_mut(user) {
            sessions.retain(|session| session.listener.id != id);
            if sessions.is_empty() {
                online.users.remove(user);
            }
        }
        online.tell_watchers(user, before);
        self.chatrooms.session_ended(user, id);
    }

    /// Tells each session of a user what `notice` makes for it; how many took it.
    pub fn tell(&self, user: &UserId, mut notice: impl FnMut(Listener) -> Option<Notice>) -> usize {
        let online = self.online();
        let sessions = online.users.get(user).map_or(&[][..], Vec::as_slice);
        sessions
            .iter()
            .filter(|session| {
                notice(session.listener).is_some_and(|notice| session.outlet.notify(notice))
            })
            .count()
    }

    /// Whether a user has a session in this process.
    pub fn is_online(&self, user: &UserId) -> bool {
        self.online().users.contains_key(user)
    }

    /// How many sessions there are.
    pub fn session_count(&self) -> usize {
        self.online().users.values().map(Vec::len).sum()
    }

    /// Ends a user's sessions with this last word: tokens were revoked, the user was banned.
    pub fn end(&self, user: &UserId, last_word: &Notice) {
        self.end_some(user, last_word, |_| true);
    }

    /// The same for those alone that logged in with such a token.
    pub fn end_some(&self, user: &UserId, last_word: &Notice, is_meant: impl Fn(&TokenOf) -> bool) {
        let mut online = self.online();
        let before = online.logins(user);
        let Some(sessions) = online.users.get_mut(user) else { return };
        sessions.retain(|session| {
            let stays = !is_meant(&session.token);
            if !stays {
                session.outlet.notify(last_word.clone());
            }
            stays
        });
        if sessions.is_empty() {
            online.users.remove(user);
        }
        online.tell_watchers(user, before);
    }

    /// Tells everybody that the server goes down. They leave by themselves.
    pub fn shut_down(&self) {
        for session in self.online().users.values().flatten() {
            session.outlet.notify(Notice::ShuttingDown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Inlet, login};
    use super::*;

    fn joined(hub: &Hub, user: &str, device: Option<&str>) -> (SessionId, Arc<Inlet>) {
        let inlet = Arc::new(Inlet::default());
        (hub.join(&login(user, device), true, inlet.clone()), inlet)
    }

    #[test]
    fn another_login_kicks_the_older_one() {
        let hub = Hub::new(false);
        let (_, old) = joined(&hub, "a", Some("tv"));
        let (_, new) = joined(&hub, "a", Some("pc"));
        assert_eq!(old.taken(), [Notice::Kicked]);
        assert_eq!(new.taken(), []);
        assert_eq!(hub.session_count(), 1);
    }

    #[test]
    fn logins_without_a_device_are_never_the_same_one() {
        let hub = Hub::new(false);
        let (_, old) = joined(&hub, "a", None);
        joined(&hub, "a", None);
        assert_eq!(old.taken(), [Notice::Kicked]);
    }

    #[test]
    fn the_same_device_replaces_its_older_link() {
        for multi_device in [false, true] {
            let hub = Hub::new(multi_device);
            let (_, old) = joined(&hub, "a", Some("pc"));
            let (_, new) = joined(&hub, "a", Some("pc"));
            assert_eq!(old.taken(), [Notice::Replaced]);
            assert_eq!(new.taken(), []);
            assert_eq!(hub.session_count(), 1);
        }
    }

    #[test]
    fn several_devices_stand_side_by_side_if_they_may() {
        let hub = Hub::new(true);
        let (_, tv) = joined(&hub, "a", Some("tv"));
        let (_, pc) = joined(&hub, "a", Some("pc"));
        assert_eq!(hub.tell(&"a".into(), |_| Some(Notice::ShuttingDown)), 2);
        assert_eq!(tv.taken(), [Notice::ShuttingDown]);
        assert_eq!(pc.taken(), [Notice::ShuttingDown]);
    }

    #[test]
    fn e16_one_link_too_many_kicks_the_oldest() {
        let hub = Hub::new(true);
        let links: Vec<_> = (0..=MAX_LINKS).map(|_| joined(&hub, "a", None).1).collect();
        assert_eq!(links[0].taken(), [Notice::Kicked]);
        assert!(links[1..].iter().all(|link| link.taken().is_empty()));
        assert_eq!(hub.session_count(), MAX_LINKS);
    }

    #[test]
    fn users_do_not_disturb_each_other() {
        let hub = Hub::new(false);
        let (_, a) = joined(&hub, "a", None);
        let (_, b) = joined(&hub, "b", None);
        hub.tell(&"b".into(), |_| Some(Notice::ShuttingDown));
        assert_eq!(a.taken(), []);
        assert_eq!(b.taken(), [Notice::ShuttingDown]);
    }

    #[test]
    fn who_left_is_told_nothing() {
        let hub = Hub::new(true);
        let (id, inlet) = joined(&hub, "a", None);
        assert!(hub.is_online(&"a".into()));
        hub.leave(&"a".into(), id);
        hub.leave(&"a".into(), id);
        assert!(!hub.is_online(&"a".into()));
        assert_eq!(hub.tell(&"a".into(), |_| Some(Notice::ShuttingDown)), 0);
        assert_eq!(inlet.taken(), []);
    }

    #[test]
    fn a_kicked_session_that_leaves_does_not_take_its_successor_along() {
        let hub = Hub::new(false);
        let (old, _) = joined(&hub, "a", None);
        joined(&hub, "a", None);
        hub.leave(&"a".into(), old);
        assert!(hub.is_online(&"a".into()));
    }

    #[test]
    fn a_full_outlet_is_not_counted() {
        let hub = Hub::new(true);
        let (_, full) = joined(&hub, "a", None);
        joined(&hub, "a", None);
        full.fill();
        assert_eq!(hub.tell(&"a".into(), |_| Some(Notice::ShuttingDown)), 1);
    }

    #[test]
    fn a_banned_user_is_offline() {
        let hub = Hub::new(true);
        let (_, inlet) = joined(&hub, "a", None);
        hub.end(&"a".into(), &Notice::Banned);
        assert_eq!(inlet.taken(), [Notice::Banned]);
        assert!(!hub.is_online(&"a".into()));
    }

    #[test]
    fn those_that_logged_in_with_a_token_that_is_meant_end_alone() {
        let hub = Hub::new(true);
        let join = |session: &str| {
            let token = TokenOf { session: session.into(), ..TokenOf::default() };
            let inlet = Arc::new(Inlet::default());
            hub.join(&Login { token, ..login("a", None) }, true, inlet.clone());
            inlet
        };
        let (one, other) = (join("1"), join("2"));
        hub.end_some(&"a".into(), &Notice::TokensRevoked, |token| &*token.session == "1");
        assert_eq!((one.taken(), other.taken()), (vec![Notice::TokensRevoked], vec![]));
        assert_eq!(hub.session_count(), 1);
    }

    #[test]
    fn everybody_hears_of_the_shutdown() {
        let hub = Hub::new(true);
        let inlets = [joined(&hub, "a", None).1, joined(&hub, "b", None).1];
        hub.shut_down();
        assert!(inlets.iter().all(|inlet| inlet.taken() == [Notice::ShuttingDown]));
    }
}
