//! All polling sessions of this process, by their names.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Encoding;
use super::session::{Form, Session};
use crate::config::Proxies;
use crate::net::address::Addresses;

/// Bytes in a session's name: 128 random bits in hex.
pub(super) const ID_LENGTH: usize = 32;

/// See the module. Whoever knows a name has the session, from whatever address: a telephone's
/// changes while it walks.
pub struct Sessions {
    held: Mutex<BTreeMap<String, Arc<Session>>>,
    addresses: Arc<Addresses>,
}

impl Sessions {
    /// None yet; each address may hold `limit`, 0 for no limit.
    pub fn new(limit: u32, proxies: Proxies) -> Self {
        Self { held: Mutex::default(), addresses: Addresses::new(limit, proxies) }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Session>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new session; `None` when the address holds too many, or there are no random numbers. No
    /// address is one that is not counted.
    pub fn open(&self, encoding: Encoding, client: Option<IpAddr>) -> Option<Arc<Session>> {
        let address = client.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let place = self.addresses.place(address)?;
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).ok()?;
        let id = format!("{:032x}", u128::from_be_bytes(bits));
        let form = match encoding {
            Encoding::Json => Form::Json(hongyan::signal::polling::Codec::default()),
            Encoding::Binary => Form::Binary,
        };
        let session = Arc::new(Session::new(id.clone(), form, place));
        self.held().insert(id, Arc::clone(&session));
        Some(session)
    }

    /// The session with this name, as a client has it from CONNACK, if it is of this form.
    pub fn find(&self, name: &str, encoding: Encoding) -> Option<Arc<Session>> {
        let id = name.strip_prefix("hy1.").unwrap_or(name);
        let session = self.held().get(id).cloned()?;
        (session.is_json() == (encoding == Encoding::Json)).then_some(session)
    }

    /// Forgets a session that is over.
    pub fn close(&self, session: &Session) {
        self.held().remove(session.id());
    }

    /// Ends a session whose client breaks the rules: its link is cut.
    pub fn end(&self, session: &Session) {
        session.end();
        self.close(session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Option<IpAddr> {
        Some(address.parse().unwrap())
    }

    #[test]
    fn an_address_has_so_many_sessions_and_no_more_until_one_ends() {
        let sessions = Sessions::new(1, Proxies::default());
        let first = sessions.open(Encoding::Json, peer("192.0.2.1")).unwrap();
        assert!(sessions.open(Encoding::Binary, peer("192.0.2.1")).is_none());
        assert!(sessions.open(Encoding::Binary, peer("192.0.2.2")).is_some());
        sessions.end(&first);
        drop(first);
        assert!(sessions.open(Encoding::Binary, peer("192.0.2.1")).is_some());
    }

    #[test]
    fn names_are_random_and_of_one_form() {
        let sessions = Sessions::new(0, Proxies::default());
        let open = |encoding| sessions.open(encoding, None).unwrap();
        let (json, binary) = (open(Encoding::Json), open(Encoding::Binary));
        assert!(json.id().len() == ID_LENGTH && json.id() != binary.id());
        let extended = format!("hy1.{}", json.id());
        for (name, encoding, found) in [
            (json.id(), Encoding::Json, true),
            (&*extended, Encoding::Json, true),
            (json.id(), Encoding::Binary, false),
            (binary.id(), Encoding::Binary, true),
            (binary.id(), Encoding::Json, false),
            ("", Encoding::Json, false),
        ] {
            assert_eq!(sessions.find(name, encoding).is_some(), found, "{name}");
        }
        sessions.close(&json);
        assert!(sessions.find(json.id(), Encoding::Json).is_none());
    }
}
