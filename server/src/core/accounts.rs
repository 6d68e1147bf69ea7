//! What an account may be, and how often a password may be tried: no clock, no store.

use std::collections::BTreeMap;
use std::net::IpAddr;

use hongyan::time::Tick;

/// The longest login name, in bytes: that of the longest e-mail address.
pub const MAX_ACCOUNT: usize = 254;
/// The longest password, in bytes.
pub const MAX_PASSWORD: usize = 256;
/// The shortest password, in characters.
pub const MIN_PASSWORD: usize = 8;
/// The longest display name, in bytes.
pub const MAX_NAME: usize = 256;
/// The longest address of a portrait, in bytes.
pub const MAX_PORTRAIT: usize = 1024;
/// The longest text about one's sex, in bytes.
pub const MAX_SEX: usize = 32;
/// The longest text that a client says of itself, in bytes.
pub const MAX_DEVICE: usize = 128;
/// The most sessions of one account: one more ends the oldest.
pub const MAX_SESSIONS: u32 = 20;

/// A login name as it is kept: an e-mail address, a phone number or another word without spaces,
/// in lower case. Letters beyond ASCII have look-alikes, so there are none.
pub fn account_name(text: &str) -> Option<String> {
    let name = text.trim();
    let fits =
        (3..=MAX_ACCOUNT).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| name.to_ascii_lowercase())
}

/// Whether this may be a password. Nothing is asked of its characters: length is what counts.
pub fn is_password(text: &str) -> bool {
    text.len() <= MAX_PASSWORD && text.chars().count() >= MIN_PASSWORD && !text.contains('\0')
}

/// Whether this may be a name, or what is said of one's sex: one line of at most `most` bytes.
pub fn is_line(text: &str, most: usize) -> bool {
    text.len() <= most && !text.chars().any(char::is_control)
}

/// Whether this may be a portrait's address: the server never asks for it, pages show it.
pub fn is_portrait(text: &str) -> bool {
    let web = text.starts_with("https://") || text.starts_with("http://") || text.starts_with('/');
    text.is_empty() || (web && is_line(text, MAX_PORTRAIT) && !text.contains(char::is_whitespace))
}

/// How often something may be tried: some times at once, then once in each pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// At once, after a rest; at least 1.
    pub burst: u32,
    /// From one to the next when the burst is used up, in ms; at least 1.
    pub pause: u64,
}

/// Tries by what they are counted for. What is full is forgotten, so it stays small.
#[derive(Debug)]
pub struct Attempts<K> {
    tries: Tries,
    /// When each has all of its tries again.
    full_at: BTreeMap<K, Tick>,
    /// What has all of its tries is thrown out when there are so many.
    sweep_at: usize,
}

const FIRST_SWEEP: usize = 1024;

impl<K: Ord + Clone> Attempts<K> {
    /// Nobody has tried anything yet.
    pub fn new(tries: Tries) -> Self {
        Self { tries, full_at: BTreeMap::new(), sweep_at: FIRST_SWEEP }
    }

    /// Takes one try.
    ///
    /// # Errors
    /// None is left; in so many ms there is one.
    pub fn take(&mut self, of: &K, now: Tick) -> Result<(), u64> {
        self.sweep(now);
        let pause = self.tries.pause.max(1);
        let burst = u64::from(self.tries.burst.max(1));
        let full_at = self.full_at.get(of).map_or(now, |at| (*at).max(now));
        let after = full_at + pause;
        let missing = after.since(now);
        match missing.checked_sub(burst.saturating_mul(pause)) {
            None | Some(0) => {
                self.full_at.insert(of.clone(), after);
                Ok(())
            }
            Some(wait) => Err(wait),
        }
    }

    /// Gives a try back: it was a right one.
    pub fn give_back(&mut self, of: &K) {
        if let Some(at) = self.full_at.get_mut(of) {
            *at = Tick::from_millis(at.since(Tick::from_millis(self.tries.pause)));
        }
    }

    fn sweep(&mut self, now: Tick) {
        if self.full_at.len() < self.sweep_at {
            return;
        }
        self.full_at.retain(|_, at| *at > now);
        self.sweep_at = FIRST_SWEEP.max(self.full_at.len() * 2);
    }
}

/// How often passwords are tried and accounts are made.
#[derive(Debug)]
pub struct LoginGuard {
    /// By account and address: nobody elsewhere can lock an account's owner out.
    accounts: Attempts<(String, Option<IpAddr>)>,
    /// By account, wherever from: many addresses together try no more than so often, either.
    everywhere: Attempts<String>,
    addresses: Attempts<IpAddr>,
    registrations: Attempts<IpAddr>,
}

/// An address may try so many times as much as an account: behind it may be an office.
const PER_ADDRESS: u32 = 5;
/// And all addresses together as many times as much at once, and twice as often.
const EVERYWHERE: u32 = 5;

impl LoginGuard {
    /// With `tries` for each account.
    pub fn new(tries: Tries) -> Self {
        let burst = tries.burst.saturating_mul(PER_ADDRESS);
        let address = Tries { burst, pause: (tries.pause / u64::from(PER_ADDRESS)).max(1) };
        Self {
            accounts: Attempts::new(tries),
            everywhere: Attempts::new(Tries {
                burst: tries.burst.saturating_mul(EVERYWHERE),
                pause: (tries.pause / 2).max(1),
            }),
            addresses: Attempts::new(address),
            registrations: Attempts::new(address),
        }
    }

    /// A password is tried; `address` is `None` for one that is not counted.
    ///
    /// # Errors
    /// Too often; in so many ms it may be tried.
    pub fn login(&mut self, name: &str, address: Option<IpAddr>, now: Tick) -> Result<(), u64> {
        let account = (name.to_owned(), address);
        if let Some(address) = address {
            self.addresses.take(&address, now)?;
        }
        let taken = self.accounts.take(&account, now);
        let taken = taken.and_then(|()| {
            let everywhere = self.everywhere.take(&account.0, now);
            everywhere.inspect_err(|_| self.accounts.give_back(&account))
        });
        if let (Err(_), Some(address)) = (taken, address) {
            // What was not even looked at costs the address nothing.
            self.addresses.give_back(&address);
        }
        taken
    }

    /// The password was right.
    pub fn right(&mut self, name: &str, address: Option<IpAddr>) {
        self.accounts.give_back(&(name.to_owned(), address));
        self.everywhere.give_back(&name.to_owned());
        if let Some(address) = address {
            self.addresses.give_back(&address);
        }
    }

    /// An account is to be made.
    ///
    /// # Errors
    /// Too often; in so many ms it may be made.
    pub fn register(&mut self, address: Option<IpAddr>, now: Tick) -> Result<(), u64> {
        address.map_or(Ok(()), |address| self.registrations.take(&address, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIES: Tries = Tries { burst: 10, pause: 60_000 };

    fn at(ms: u64) -> Tick {
        Tick::from_millis(ms)
    }

    #[test]
    fn a_login_name_is_ascii_in_lower_case() {
        assert_eq!(account_name(" Swan@Example.com "), Some("swan@example.com".to_owned()));
        assert_eq!(account_name("+8613800138000"), Some("+8613800138000".to_owned()));
        for bad in ["", "ab", "a b@c", "鸿雁@example.com", "a\0bcd", &"x".repeat(255)] {
            assert_eq!(account_name(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn f16_a_password_has_8_characters_to_256_bytes() {
        for good in ["12345678", "鸿雁传书鸿雁传书", "        ", &"x".repeat(256)] {
            assert!(is_password(good), "{good:?}");
        }
        for bad in ["", "1234567", "鸿雁传书", "1234567\0", &"x".repeat(257)] {
            assert!(!is_password(bad), "{bad:?}");
        }
    }

    #[test]
    fn f18_a_portrait_is_on_the_web() {
        for good in ["", "https://example.com/a.png", "/media/1.png"] {
            assert!(is_portrait(good), "{good:?}");
        }
        for bad in ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "https://a b"]
        {
            assert!(!is_portrait(bad), "{bad:?}");
        }
    }

    #[test]
    fn after_a_burst_one_try_a_pause() {
        let mut attempts = Attempts::new(TRIES);
        let tried = |attempts: &mut Attempts<&str>, ms| {
            (0..1000).filter(|_| attempts.take(&"a", at(ms)).is_ok()).count()
        };
        assert_eq!(tried(&mut attempts, 0), 10);
        assert_eq!(attempts.take(&"a", at(1)), Err(59_999));
        assert_eq!(tried(&mut attempts, 59_999), 0);
        assert_eq!(tried(&mut attempts, 60_000), 1);
        assert_eq!(tried(&mut attempts, 3_600_000), 10);
        assert!(attempts.take(&"b", at(0)).is_ok());
    }

    #[test]
    fn a_right_password_costs_nothing() {
        let mut guard = LoginGuard::new(TRIES);
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        for _ in 0..1000 {
            assert_eq!(guard.login("a", address, at(0)), Ok(()));
            guard.right("a", address);
        }
    }

    #[test]
    fn f16_a_thousand_wrong_logins_are_limited_and_the_right_one_works_later() {
        let mut guard = LoginGuard::new(TRIES);
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        let tried = (0..1000).filter(|_| guard.login("a", address, at(0)).is_ok()).count();
        assert_eq!(tried, 10);
        assert!(guard.login("a", address, at(59_999)).is_err());
        assert!(guard.login("a", address, at(60_000)).is_ok());
    }

    #[test]
    fn f16_many_addresses_try_one_account_only_so_often_and_one_locks_nobody_out() {
        let mut guard = LoginGuard::new(TRIES);
        let address = |n: u8| Some(IpAddr::from([192, 0, 2, n]));
        assert_eq!((0..1000).filter(|_| guard.login("a", address(1), at(0)).is_ok()).count(), 10);
        assert!(guard.login("a", address(2), at(0)).is_ok());
        let tried = (0..=255).filter(|n| guard.login("a", address(*n), at(0)).is_ok()).count();
        assert_eq!(tried, 39);
    }

    #[test]
    fn an_address_tries_many_accounts_only_so_often() {
        let mut guard = LoginGuard::new(TRIES);
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        let other = Some(IpAddr::from([192, 0, 2, 2]));
        let tried = (0..1000).filter(|n| guard.login(&n.to_string(), address, at(0)).is_ok());
        assert_eq!(tried.count(), 50);
        assert!(guard.login("x", other, at(0)).is_ok());
        assert!(guard.login("y", None, at(0)).is_ok());
        assert_eq!((0..1000).filter(|_| guard.register(address, at(0)).is_ok()).count(), 50);
    }

    #[test]
    fn what_has_all_its_tries_is_forgotten() {
        let mut attempts = Attempts::new(Tries { burst: 1, pause: 1 });
        for n in 0..10 * FIRST_SWEEP as u64 {
            assert!(attempts.take(&n, at(n * 10)).is_ok());
        }
        assert!(attempts.full_at.len() <= FIRST_SWEEP);
    }
}
