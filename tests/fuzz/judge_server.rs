//! What must hold for any bytes that only a server reads.

// Every target uses one of them.
#![allow(dead_code)]

use hongyan::time::UnixMillis;
use hongyan_server::core::token::{Claims, TokenKeys};
use hongyan_server::net::Parameters;

/// A form of the server API: no more fields than are looked at, and the first of a repeated one is
/// the one that counts. Tells whether there is any field with a name.
pub fn server_form(bytes: &[u8]) -> bool {
    let form = Parameters::parse_form(bytes);
    for name in ["userId", "toUserId", "content", ""] {
        let all: Vec<&str> = form.all(name).collect();
        assert_eq!(form.find(name), all.first().copied(), "another than the first");
        assert!(all.len() <= bytes.len() + 1, "more fields than bytes");
    }
    form.find("userId").is_some() || form.find("toUserId").is_some()
}

/// A token: the bytes as they are if the first is even, else what follows it as claims that were
/// signed. No text is a token of somebody else's application. Tells whether it was accepted.
pub fn token(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else { return false };
    let keys = TokenKeys::new("k1", [7; 32]);
    let text = String::from_utf8_lossy(rest);
    let token = match first % 2 {
        0 => text.into_owned(),
        _ => {
            let Ok(claims) = serde_json::from_str::<serde_json::Value>(&text) else { return false };
            let Some(token) = keys.seal(claims) else { return false };
            token
        }
    };
    let now = UnixMillis::new(1_700_000_000_000);
    let read: Result<Claims, _> = keys.verify(&token, "app", now);
    assert!(first % 2 == 1 || read.is_err(), "signed by nobody");
    read.is_ok_and(|claims| {
        assert!(claims.app == "app", "of another application");
        assert!(claims.expires == 0 || claims.expires > now.get(), "expired");
        true
    })
}
