//! Who watches whom. A user is online while one of its sessions is; who watches is told of every
//! login, logout and change of status, once it makes a difference.
//!
//! Kept with the sessions, in memory: a session that begins anew watches nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hongyan::ids::UserId;

use super::ask::Notice;
use super::hub::{Hub, Online, Outlet, SessionId};

/// The most users that one session watches.
pub const MAX_WATCHED: usize = 200;
/// The most sessions that watch one user: so many are told of a login.
pub const MAX_WATCHERS: usize = 1000;

/// Whether somebody is online.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Who.
    pub user: UserId,
    /// How many logins there are; 0 for offline.
    pub logins: usize,
    /// What the user says of itself; 0 before it says anything.
    pub status: i32,
}

/// Why nobody more is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchRefused {
    /// The session would watch more than [`MAX_WATCHED`].
    TooMany,
    /// One of them would be watched by more than [`MAX_WATCHERS`].
    TooPopular,
}

#[derive(Debug, Default)]
struct Watched {
    /// `None` until it was read from the store.
    status: Option<i32>,
    watchers: BTreeMap<SessionId, UserId>,
    /// Watchers whom the user blocks: to them it is offline.
    hidden_from: BTreeSet<UserId>,
}

/// Who watches whom.
#[derive(Debug, Default)]
pub(super) struct Watches {
    users: BTreeMap<UserId, Watched>,
    by_session: BTreeMap<SessionId, BTreeSet<UserId>>,
}

impl Watches {
    fn watch(
        &mut self,
        session: SessionId,
        me: &UserId,
        users: &[UserId],
    ) -> Result<(), WatchRefused> {
        let mut mine = self.by_session.get(&session).cloned().unwrap_or_default();
        mine.extend(users.iter().map(UserId::detached));
        if mine.len() > MAX_WATCHED {
            return Err(WatchRefused::TooMany);
        }
        let is_full = |user: &UserId| {
            let watchers = self.users.get(user).map(|one| &one.watchers);
            watchers.is_some_and(|all| all.len() >= MAX_WATCHERS && !all.contains_key(&session))
        };
        if users.iter().any(is_full) {
            return Err(WatchRefused::TooPopular);
        }
        for user in users {
            let watched = self.users.entry(user.detached()).or_default();
            watched.watchers.insert(session, me.detached());
        }
        self.by_session.insert(session, mine);
        Ok(())
    }

    fn unwatch(&mut self, session: SessionId, users: &[UserId]) {
        let Some(mine) = self.by_session.get_mut(&session) else { return };
        mine.retain(|user| !users.contains(user));
        if mine.is_empty() {
            self.by_session.remove(&session);
        }
        for user in users {
            self.forget(session, user);
        }
    }

    /// A session is over.
    pub(super) fn left(&mut self, session: SessionId) {
        for user in self.by_session.remove(&session).unwrap_or_default() {
            self.forget(session, &user);
        }
    }

    fn forget(&mut self, session: SessionId, user: &UserId) {
        if let Some(watched) = self.users.get_mut(user) {
            let watcher = watched.watchers.remove(&session);
            let watcher =
                watcher.filter(|one| !watched.watchers.values().any(|other| other == one));
            watcher.map(|gone| watched.hidden_from.remove(&gone));
            if watched.watchers.is_empty() {
                self.users.remove(user);
            }
        }
    }
}

impl Online {
    /// Tells who watches `user`, if it had another number of logins `before`.
    pub(super) fn tell_watchers(&self, user: &UserId, before: usize) {
        if self.logins(user) != before {
            self.tell_presence(user);
        }
    }

    fn tell_presence(&self, user: &UserId) {
        let Some(watched) = self.watches.users.get(user) else { return };
        let presence = Presence {
            user: user.clone(),
            logins: self.logins(user),
            status: watched.status.unwrap_or(0),
        };
        let told = |watcher: &UserId| !watched.hidden_from.contains(watcher);
        self.tell_watching(watched, &presence, told);
    }

    fn tell_watching(
        &self,
        watched: &Watched,
        presence: &Presence,
        is_told: impl Fn(&UserId) -> bool,
    ) {
        for (session, watcher) in watched.watchers.iter().filter(|(_, one)| is_told(one)) {
            if let Some(outlet) = self.outlet(watcher, *session) {
                outlet.notify(Notice::Presence(presence.clone()));
            }
        }
    }

    fn outlet(&self, user: &UserId, id: SessionId) -> Option<&Arc<dyn Outlet>> {
        let sessions = self.users.get(user)?;
        sessions.iter().find(|session| session.listener.id == id).map(|session| &session.outlet)
    }
}

impl Hub {
    /// How many logins a user has in this process.
    pub fn logins(&self, user: &UserId) -> usize {
        self.online().logins(user)
    }

    /// Tells a session of these users from now on.
    ///
    /// # Errors
    /// Too many; then none of them is watched.
    pub fn watch(
        &self,
        session: SessionId,
        me: &UserId,
        users: &[UserId],
    ) -> Result<(), WatchRefused> {
        self.online().watches.watch(session, me, users)
    }

    /// Tells a session of these users no more.
    pub fn unwatch(&self, session: SessionId, users: &[UserId]) {
        self.online().watches.unwatch(session, users);
    }

    /// A user blocks another, to whom it is offline from now on.
    pub fn hide(&self, user: &UserId, from: &UserId) {
        let mut online = self.online();
        let Some(watched) = online.watches.users.get_mut(user) else { return };
        let watches = watched.watchers.values().any(|watcher| watcher == from);
        if watches && watched.hidden_from.insert(from.detached()) {
            let offline = Presence { user: user.detached(), logins: 0, status: 0 };
            let Some(watched) = online.watches.users.get(user) else { return };
            online.tell_watching(watched, &offline, |watcher| watcher == from);
        }
    }

    /// A user blocks another no more, which is told how the user is.
    pub fn show(&self, user: &UserId, to: &UserId) {
        let mut online = self.online();
        let logins = online.logins(user);
        let Some(watched) = online.watches.users.get_mut(user) else { return };
        if watched.hidden_from.remove(to) {
            let status = watched.status.unwrap_or(0);
            let presence = Presence { user: user.detached(), logins, status };
            let Some(watched) = online.watches.users.get(user) else { return };
            online.tell_watching(watched, &presence, |watcher| watcher == to);
        }
    }

    /// Whom a session watches, by id.
    pub fn watched(&self, session: SessionId) -> Vec<UserId> {
        self.online().watches.by_session.get(&session).into_iter().flatten().cloned().collect()
    }

    /// What a watched user says of itself, as the store had it a moment ago: what was set since
    /// then is newer.
    pub fn status_was(&self, user: &UserId, status: i32) {
        if let Some(watched) = self.online().watches.users.get_mut(user) {
            watched.status.get_or_insert(status);
        }
    }

    /// A user says something else of itself.
    pub fn status_is(&self, user: &UserId, status: i32) {
        let mut online = self.online();
        if let Some(watched) = online.watches.users.get_mut(user)
            && watched.status.replace(status) != Some(status)
        {
            online.tell_presence(user);
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

    fn is(user: &str, logins: usize, status: i32) -> Notice {
        Notice::Presence(Presence { user: user.into(), logins, status })
    }

    #[test]
    fn who_watches_hears_of_each_login_and_logout() {
        let hub = Hub::new(true);
        let (watcher, inlet) = joined(&hub, "a", None);
        hub.watch(watcher, &"a".into(), &["b".into()]).unwrap();
        let (tv, _) = joined(&hub, "b", Some("tv"));
        let (pc, _) = joined(&hub, "b", Some("pc"));
        assert_eq!(inlet.taken(), [is("b", 1, 0), is("b", 2, 0)]);
        hub.leave(&"b".into(), tv);
        hub.leave(&"b".into(), tv);
        hub.leave(&"b".into(), pc);
        assert_eq!(inlet.taken(), [is("b", 1, 0), is("b", 0, 0)]);
        joined(&hub, "c", None);
        assert_eq!(inlet.taken(), []);
    }

    #[test]
    fn a_login_that_takes_anothers_place_is_no_news() {
        for multi_device in [false, true] {
            let hub = Hub::new(multi_device);
            let (watcher, inlet) = joined(&hub, "a", None);
            hub.watch(watcher, &"a".into(), &["b".into()]).unwrap();
            let (old, _) = joined(&hub, "b", Some("tv"));
            joined(&hub, "b", Some("tv"));
            hub.leave(&"b".into(), old);
            assert_eq!(inlet.taken(), [is("b", 1, 0)]);
        }
    }

    #[test]
    fn a_user_who_is_thrown_out_is_offline() {
        let hub = Hub::new(true);
        let (watcher, inlet) = joined(&hub, "a", None);
        hub.watch(watcher, &"a".into(), &["b".into()]).unwrap();
        joined(&hub, "b", None);
        hub.end(&"b".into(), &Notice::Kicked);
        assert_eq!(inlet.taken(), [is("b", 1, 0), is("b", 0, 0)]);
    }

    #[test]
    fn a_status_is_told_once_it_is_another() {
        let hub = Hub::new(true);
        let (watcher, inlet) = joined(&hub, "a", None);
        hub.watch(watcher, &"a".into(), &["b".into()]).unwrap();
        hub.status_is(&"b".into(), 7);
        hub.status_was(&"b".into(), 3);
        hub.status_is(&"b".into(), 7);
        assert_eq!(inlet.taken(), [is("b", 0, 7)]);
        joined(&hub, "b", None);
        assert_eq!(inlet.taken(), [is("b", 1, 7)]);
    }

    #[test]
    fn who_watches_no_more_hears_nothing() {
        let hub = Hub::new(true);
        let (watcher, inlet) = joined(&hub, "a", None);
        hub.watch(watcher, &"a".into(), &["b".into(), "c".into()]).unwrap();
        hub.unwatch(watcher, &["b".into(), "nobody".into()]);
        assert_eq!(hub.watched(watcher), ["c".into()]);
        joined(&hub, "b", None);
        assert_eq!(inlet.taken(), []);
        hub.leave(&"a".into(), watcher);
        assert_eq!(hub.watched(watcher), []);
        assert!(hub.online().watches.users.is_empty(), "nothing is kept of it");
    }

    #[test]
    fn a_session_watches_so_many_and_a_user_is_watched_by_so_many() {
        let hub = Hub::new(true);
        let (watcher, _) = joined(&hub, "a", None);
        let named = |from: usize, to| (from..to).map(|n| n.to_string().into()).collect::<Vec<_>>();
        hub.watch(watcher, &"a".into(), &named(0, MAX_WATCHED)).unwrap();
        hub.watch(watcher, &"a".into(), &named(0, MAX_WATCHED)).unwrap();
        let refused = hub.watch(watcher, &"a".into(), &["more".into()]);
        assert_eq!(refused, Err(WatchRefused::TooMany));
        assert_eq!(hub.watched(watcher).len(), MAX_WATCHED);
        for n in 0..MAX_WATCHERS {
            let (session, _) = joined(&hub, &format!("u{n}"), None);
            hub.watch(session, &"u".into(), &["star".into()]).unwrap();
        }
        let (last, _) = joined(&hub, "last", None);
        let refused = hub.watch(last, &"last".into(), &["b".into(), "star".into()]);
        assert_eq!(refused, Err(WatchRefused::TooPopular));
        assert_eq!(hub.watched(last), []);
    }
}
