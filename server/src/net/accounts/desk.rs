//! What accounts keep in memory: who tried how often, and the passwords at work.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::extract::Request;
use axum::http::HeaderMap;
use hongyan::ids::UserId;
use hongyan::time::Tick;

use super::super::address::{Peer, network};
use super::super::passwords::Passwords;
use crate::core::accounts::{Attempts, LoginGuard, Tries};

/// What one user may ask for: so often at once, then once a second.
const CALLS: Tries = Tries { burst: 120, pause: 1000 };

/// Where accounts are looked after.
#[derive(Debug)]
pub struct Desk {
    pub(in crate::net) passwords: Passwords,
    guard: Mutex<LoginGuard>,
    calls: Mutex<Attempts<UserId>>,
}

impl Desk {
    /// Nobody has tried anything.
    pub fn new(tries: Tries) -> Self {
        Self {
            passwords: Passwords::new(),
            guard: Mutex::new(LoginGuard::new(tries)),
            calls: Mutex::new(Attempts::new(CALLS)),
        }
    }

    /// Does something with the guard: nothing in it can fail half-way.
    pub fn guarded<T>(&self, with: impl FnOnce(&mut LoginGuard) -> T) -> T {
        with(&mut self.guard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A user calls.
    pub fn call(&self, user: &UserId, now: Tick) -> Result<(), u64> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.take(&user.detached(), now)
    }
}

/// The address a request counts for; `None` for this machine's own.
pub fn address_of(request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<Peer>()?.0;
    counted(peer, request.headers())
}

/// A proxy on this machine says at the end of `X-Forwarded-For` whom it speaks for. Nobody else is
/// believed.
fn counted(peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer.to_canonical();
    if !peer.is_loopback() {
        return Some(network(peer));
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let last: IpAddr = forwarded.rsplit(',').next()?.trim().parse().ok()?;
    let last = last.to_canonical();
    (!last.is_loopback()).then(|| network(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(value: &str) -> HeaderMap {
        HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), value.parse().unwrap())])
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn f15_only_this_machines_proxy_says_whom_it_speaks_for() {
        let spoofed = forwarded("198.51.100.7");
        assert_eq!(counted(ip("192.0.2.1"), &spoofed), Some(ip("192.0.2.1")));
        assert_eq!(counted(ip("127.0.0.1"), &spoofed), Some(ip("198.51.100.7")));
        let chain = forwarded("203.0.113.9, 198.51.100.7");
        assert_eq!(counted(ip("::1"), &chain), Some(ip("198.51.100.7")), "the client's own words");
        for nonsense in ["", "unknown", "127.0.0.1", "198.51.100.7, x"] {
            assert_eq!(counted(ip("127.0.0.1"), &forwarded(nonsense)), None, "{nonsense}");
        }
        assert_eq!(counted(ip("127.0.0.1"), &HeaderMap::new()), None);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let counted = |text: &str| counted(ip(text), &HeaderMap::new());
        assert_eq!(counted("2001:db8::1"), counted("2001:db8::2"));
        assert_ne!(counted("2001:db8::1"), counted("2001:db8:0:1::1"));
    }
}
