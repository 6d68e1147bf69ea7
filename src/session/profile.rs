//! Whose stored state is loaded, and whether this page may write it.

use super::context::Context;
use super::io::Transmit;
use super::timers::Timer;
use crate::conversation::fields::push_number;
use crate::ids::UserId;

/// Key of the device id in the application's stored state.
pub const DEVICE_KEY: &str = "device";
/// The host has so long to load a state, ms.
const LOAD_MS: u64 = 5_000;

/// ```text
///           user known             RestoredUser, 5 s
///   Nobody ───────────▶ Loading ─────────────────────▶ Ready
///      ▲                   │  another user, or nobody    │
///      └───────────────────┴─────────────────────────────┘
/// ```
#[derive(Debug, Default)]
pub enum Profile {
    /// The user is not known.
    #[default]
    Nobody,
    /// The host is asked for the user's state.
    Loading(UserId),
    /// The user's state is here. `owned`: this page may write it.
    Ready {
        /// Whose.
        user: UserId,
        /// Whether this page may write it.
        owned: bool,
    },
}

impl Profile {
    /// Whose state is here or on its way.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::Nobody => None,
            Self::Loading(user) | Self::Ready { user, .. } => Some(user),
        }
    }

    /// Whose state is here.
    pub fn ready_user(&self) -> Option<&UserId> {
        match self {
            Self::Nobody | Self::Loading(_) => None,
            Self::Ready { user, .. } => Some(user),
        }
    }

    /// Asks for a user's state, or for nobody's; lets go of the one before.
    pub fn change(&mut self, cx: &mut Context, user: Option<UserId>) {
        if let Some(before) = self.user() {
            cx.out.transmit.push_back(Transmit::ReleaseUser(before.clone()));
        }
        cx.out.set_owner(None);
        cx.timers.stop(Timer::Profile);
        *self = match user {
            None => Self::Nobody,
            Some(user) => {
                cx.out.transmit.push_back(Transmit::LoadUser(user.clone()));
                cx.timers.set(Timer::Profile, cx.now + LOAD_MS);
                Self::Loading(user)
            }
        };
    }

    /// The state of `user` came, or the host took too long. `false`: nobody asked for it; but
    /// another page may have taken what this one owned.
    pub fn loaded(&mut self, cx: &mut Context, user: &UserId, owned: bool) -> bool {
        if !matches!(self, Self::Loading(asked) if asked == user) {
            if !owned && self.ready_user() == Some(user) {
                cx.out.set_owner(None);
                *self = Self::Ready { user: user.clone(), owned };
            }
            return false;
        }
        cx.timers.stop(Timer::Profile);
        cx.out.set_owner(owned.then(|| user.clone()));
        *self = Self::Ready { user: user.clone(), owned };
        true
    }
}

/// The names under which this browser profile logs in.
#[derive(Debug)]
pub struct Device {
    profile: String,
    tab: String,
}

impl Device {
    /// Random names, until storage is heard.
    pub fn new(cx: &mut Context) -> Self {
        let mut name = |prefix| {
            let mut name = String::from(prefix);
            push_number(&mut name, cx.rng.next_u64());
            name
        };
        Self { profile: name("p"), tab: name("t") }
    }

    /// What storage held; a new name is stored.
    pub fn restore(&mut self, cx: &mut Context, stored: Option<&str>) {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        match stored {
            Some(name) if (1..=64).contains(&name.len()) && name.bytes().all(plain) => {
                self.profile = name.into();
            }
            Some(_) | None => cx.out.put_app(DEVICE_KEY, self.profile.clone()),
        }
    }

    /// The name to log in with: the profile's for the page that owns the state, else one of this
    /// page alone. `None` while that is not known.
    pub fn name(&self, profile: &Profile) -> Option<&str> {
        match profile {
            Profile::Nobody | Profile::Ready { owned: true, .. } => Some(&self.profile),
            Profile::Ready { owned: false, .. } => Some(&self.tab),
            Profile::Loading(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Config;
    use super::*;

    #[test]
    fn a_state_is_loaded_once_and_released() {
        let mut cx = Context::new(Config::default(), 1);
        let mut profile = Profile::default();
        let (a, b) = (UserId::from("a"), UserId::from("b"));
        profile.change(&mut cx, Some(a.clone()));
        assert!(!profile.loaded(&mut cx, &b, true), "nobody asked");
        assert!(profile.loaded(&mut cx, &a, true) && !profile.loaded(&mut cx, &a, true));
        cx.out.put_user("k".into(), "v".into());
        assert_eq!((cx.out.store.len(), cx.timers.next()), (1, None));
        profile.change(&mut cx, Some(b.clone()));
        cx.out.put_user("k".into(), "v".into());
        assert_eq!(cx.out.store.len(), 1, "nobody's state may be written");
        let sent: Vec<_> = cx.out.transmit.by_ref().collect();
        assert_eq!(
            sent,
            [Transmit::LoadUser(a.clone()), Transmit::ReleaseUser(a), Transmit::LoadUser(b)]
        );
    }

    #[test]
    fn a_page_that_owns_nothing_has_a_name_of_its_own() {
        let mut cx = Context::new(Config::default(), 1);
        let mut device = Device::new(&mut cx);
        device.restore(&mut cx, Some("abc-1"));
        assert!(cx.out.store.is_empty());
        let user = UserId::from("a");
        assert_eq!(device.name(&Profile::Nobody), Some("abc-1"));
        assert_eq!(device.name(&Profile::Loading(user.clone())), None);
        assert_ne!(device.name(&Profile::Ready { user, owned: false }), Some("abc-1"));
        device.restore(&mut cx, Some("a b"));
        assert_eq!(cx.out.store.len(), 1, "a damaged name is replaced");
    }
}
