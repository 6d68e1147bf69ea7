//! Whether a call may be made: signed in one of two forms, and not too often.
//!
//! The form of the published server SDKs (`crate::core::signature`) covers neither call nor body,
//! and its nonce and timestamp stay the same for the life of a process. Our own
//! (`crate::core::api_signature`) covers all of it and is good once.
//!
//! In that form nonce and timestamp are signed without a seam: three digits can move between them,
//! because a timestamp is in seconds or in ms. So a nonce counts together with its timestamp, and a
//! timestamp must be one that a process of today can have.

use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::request::Parts;
use hongyan::time::UnixMillis;

use super::super::credentials::Credentials;
use super::Refusal;
use crate::config::Api;
use crate::core::api_signature::{Replays, SignedCall};
use crate::core::clock::Now;
use crate::core::rate::{Buckets, SendRate};

/// Our own form is told by this header.
const SIGNATURE: &str = "hy-signature";
/// A timestamp of the SDKs' form up to this is in seconds: until the year 5138.
const LAST_SECOND: i64 = 99_999_999_999;
/// No process that calls was started before 2020.
const FIRST_START: UnixMillis = UnixMillis::new(1_577_836_800_000);
/// A caller's clock may be so far ahead, in ms: a day, and with it every time zone's mistake.
const AHEAD: i64 = 24 * 60 * 60 * 1000;

/// What all calls share.
pub struct Guard {
    settings: Api,
    replays: Mutex<Replays>,
    buckets: Mutex<Buckets<&'static str>>,
}

impl Guard {
    /// Nobody has called yet.
    pub fn new(settings: Api, now: UnixMillis) -> Self {
        let rate = SendRate { per_second: settings.rate, burst: settings.rate.max(1) };
        Self {
            settings,
            replays: Mutex::new(Replays::new(now)),
            buckets: Mutex::new(Buckets::new(rate)),
        }
    }

    /// Whether the body is worth reading.
    pub(super) fn may_be_signed(&self, credentials: &Credentials, parts: &Parts) -> bool {
        if parts.headers.contains_key(SIGNATURE) {
            let call = own_call(parts, b"");
            return credentials.is_app(header(&parts.headers, "hy-app-key"))
                && call.time().is_some();
        }
        !self.settings.own_signature_only && is_signed(credentials, &parts.headers)
    }

    /// Why a call was not let through: for the operator's log, the caller is not told.
    pub(super) fn reason(
        &self,
        credentials: &Credentials,
        parts: &Parts,
        now: UnixMillis,
    ) -> &'static str {
        let headers = &parts.headers;
        let own = headers.contains_key(SIGNATURE);
        let (app_key, signature, time) = if own {
            let signature = header(headers, SIGNATURE);
            (header(headers, "hy-app-key"), signature, own_call(parts, b"").time())
        } else {
            let signature = either(headers, "signature", "rc-signature");
            let time = sdk_time(sdk_nonce(headers).1, now);
            (either(headers, "app-key", "rc-app-key"), signature, time)
        };
        if signature.is_empty() {
            "no signature"
        } else if !credentials.is_app(app_key) {
            "another app key"
        } else if !own && self.settings.own_signature_only {
            "only the server's own form is taken"
        } else if time.is_none() {
            "a timestamp or nonce that cannot be"
        } else {
            "a wrong signature, one too old, or one used before"
        }
    }

    /// Lets a call through, once.
    pub(super) fn admit(
        &self,
        credentials: &Credentials,
        parts: &Parts,
        body: &[u8],
        path: &'static str,
        now: Now,
    ) -> Result<(), Refusal> {
        if !self.is_admitted(credentials, parts, body, now.wall) {
            return Err(Refusal::unsigned());
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.take_from(path, now.tick) { Ok(()) } else { Err(Refusal::too_often()) }
    }

    fn is_admitted(
        &self,
        credentials: &Credentials,
        parts: &Parts,
        body: &[u8],
        now: UnixMillis,
    ) -> bool {
        if !parts.headers.contains_key(SIGNATURE) {
            let (nonce, timestamp) = sdk_nonce(&parts.headers);
            let Some(time) = sdk_time(timestamp, now) else { return false };
            let signed = format!("{nonce}{timestamp}");
            return !self.settings.strict_nonce || self.is_new(Some(time), &signed, now);
        }
        let call = own_call(parts, body);
        let signed = credentials.is_signed_call(&call, header(&parts.headers, SIGNATURE));
        signed && self.is_new(call.time(), call.nonce, now)
    }

    fn is_new(&self, time: Option<UnixMillis>, nonce: &str, now: UnixMillis) -> bool {
        let mut replays = self.replays.lock().unwrap_or_else(PoisonError::into_inner);
        time.is_some_and(|time| replays.take(time, nonce, now))
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn own_call<'a>(parts: &'a Parts, body: &'a [u8]) -> SignedCall<'a> {
    let target = parts.uri.path_and_query();
    SignedCall {
        method: parts.method.as_str(),
        path: target.map_or("/", |target| target.as_str()),
        body,
        timestamp: header(&parts.headers, "hy-timestamp"),
        nonce: header(&parts.headers, "hy-nonce"),
    }
}

fn either<'a>(headers: &'a HeaderMap, name: &str, newer: &str) -> &'a str {
    if headers.contains_key(name) { header(headers, name) } else { header(headers, newer) }
}

fn sdk_nonce(headers: &HeaderMap) -> (&str, &str) {
    (either(headers, "nonce", "rc-nonce"), either(headers, "timestamp", "rc-timestamp"))
}

/// Seconds or milliseconds.
fn sdk_time(text: &str, now: UnixMillis) -> Option<UnixMillis> {
    let time: i64 = text.parse().ok()?;
    let time = UnixMillis::new(if time <= LAST_SECOND { time.saturating_mul(1000) } else { time });
    (FIRST_START..=now.plus(AHEAD)).contains(&time).then_some(time)
}

/// Whether the call comes from who knows the secret. An unknown app key and a wrong signature are
/// told apart by nothing.
fn is_signed(credentials: &Credentials, headers: &HeaderMap) -> bool {
    let (nonce, timestamp) = sdk_nonce(headers);
    let (app_key, signature) =
        (either(headers, "app-key", "rc-app-key"), either(headers, "signature", "rc-signature"));
    credentials.is_signed(app_key, nonce, timestamp, signature)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;
    use crate::config::{Config, Given, Secret};

    #[test]
    fn the_log_says_why_a_call_was_refused() {
        let config = Config::from_given(&Given::default()).unwrap();
        let credentials = Credentials::new(&config, &Secret::parse("hush-hush").unwrap());
        let now = UnixMillis::new(1_795_420_800_123);
        let guard = Guard::new(config.api, now);
        let own = Guard::new(Api { own_signature_only: true, ..config.api }, now);
        let signed = [("app-key", "hongyan"), ("timestamp", "1795420800"), ("signature", "x")];
        let with = |changed: &[(&'static str, &'static str)]| {
            let mut request = Request::post("/user/info.json");
            let kept = signed.iter().filter(|(name, _)| changed.iter().all(|(n, _)| n != name));
            for (name, value) in kept.chain(changed) {
                request = request.header(*name, *value);
            }
            request.body(()).unwrap().into_parts().0
        };
        for (guard, changed, why) in [
            (&guard, &[][..], "a wrong signature"),
            (&guard, &[("signature", "")], "no signature"),
            (&guard, &[("app-key", "other")], "another app key"),
            (&guard, &[("timestamp", "1")], "a timestamp"),
            (&guard, &[("hy-signature", "x"), ("hy-app-key", "hongyan")], "a timestamp"),
            (&own, &[], "only the server's own form"),
        ] {
            let reason = guard.reason(&credentials, &with(changed), now);
            assert!(reason.starts_with(why), "{changed:?}: {reason}");
        }
    }

    #[test]
    fn f3_a_time_is_one_that_a_process_of_today_can_have() {
        let now = UnixMillis::new(1_795_420_800_123);
        let time = |text| sdk_time(text, now).map(UnixMillis::get);
        assert_eq!(time("1795420800123"), Some(1_795_420_800_123));
        assert_eq!(time("1795420800"), Some(1_795_420_800_000));
        assert_eq!(time("1795480000"), Some(1_795_480_000_000), "a clock that is ahead");
        assert_eq!(time("1577836800"), Some(1_577_836_800_000));
        for other in ["1577836799", "1408710653491", "1795600000", "9999999999999", "x", ""] {
            assert_eq!(time(other), None, "{other}");
        }
    }

    #[test]
    fn f6_three_digits_that_move_from_the_time_to_the_nonce_make_another_time() {
        let now = UnixMillis::new(1_795_420_800_123);
        // "14314" and "1795420800123" are signed as "14314179" and "5420800123" are.
        assert_eq!(sdk_time("5420800123", now), None);
        // "14314123" and "1795420800" are signed as "14314" and "1231795420800" are.
        assert_eq!(sdk_time("1231795420800", now), None);
    }
}
