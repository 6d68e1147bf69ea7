//! Navigation: whom to ask where the servers are, and what the answer means.

use std::borrow::Cow;

use crate::conversation::fields::{FieldReader, FieldWriter, push_escaped, push_number};
use crate::ids::UserId;
use crate::signal::content::json::{self, Value};
use crate::text;
use crate::time::UnixMillis;

/// An answer is used again for so long, ms.
const MAX_AGE_MS: i64 = 2 * 60 * 60 * 1000;
/// So many servers of one answer are tried.
const MAX_HOSTS: usize = 16;
const STORED_VERSION: u8 = 2;

/// Where the servers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Navigation {
    /// `host[:port]`, the preferred one first. Never empty.
    pub hosts: Vec<String>,
    /// Whether they are to be reached by https and wss.
    pub secure: bool,
    /// Who the token belongs to.
    pub user: Option<UserId>,
    /// What a server with the extensions announces (`docs/extensions.md`).
    pub terms: Option<Terms>,
}

/// The announcement of the extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Messages a second; 0 for no limit.
    pub send_rate: u32,
    /// Messages at once.
    pub send_burst: u32,
    /// Whether the server speaks the binary form of polling.
    pub polling: bool,
}

/// What a navigator's answer amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on with it.
    Usable(Navigation),
    /// 401.
    TokenIncorrect,
    /// 403.
    AppKeyRejected,
    /// It answered, and the answer is of no use (another code, no servers).
    Unusable,
    /// This is no navigator: HTML, broken JSON, another HTTP status.
    NotAnAnswer,
}

/// Reads an answer. `secure`: how its servers are to be reached.
pub fn read_answer(status: u16, body: &[u8], secure: bool) -> Verdict {
    if !matches!(status, 200 | 401 | 403) {
        return Verdict::NotAnAnswer;
    }
    let names = ["code", "server", "backupServer", "userId", "hongyan"];
    let Some([code, server, backups, user, announced]) = json::members(unwrap(body), names) else {
        return Verdict::NotAnAnswer;
    };
    match code.and_then(number) {
        Some(200) if status == 200 => {}
        Some(401) => return Verdict::TokenIncorrect,
        Some(403) => return Verdict::AppKeyRejected,
        Some(_) => return Verdict::Unusable,
        None => return Verdict::NotAnAnswer,
    }
    let hosts = hosts(&text_of(server), &text_of(backups));
    if hosts.is_empty() {
        return Verdict::Unusable;
    }
    let user = text_of(user);
    let user = (!user.is_empty()).then(|| UserId::from(&*user));
    Verdict::Usable(Navigation { hosts, secure, user, terms: announced.and_then(terms) })
}

/// `getServerEndpoint({...});` or the bare object.
fn unwrap(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    let Some(text) = text.strip_prefix(b"getServerEndpoint(") else { return text };
    let text = text.strip_suffix(b";").unwrap_or(text).trim_ascii_end();
    text.strip_suffix(b")").unwrap_or(text)
}

fn text_of(value: Option<Value<'_>>) -> Cow<'_, str> {
    value.and_then(Value::text).unwrap_or_default()
}

/// A whole number, or a text of its digits.
fn number(value: Value<'_>) -> Option<i64> {
    value.integer().or_else(|| text::signed(&value.text()?))
}

fn hosts(server: &str, backups: &str) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for host in core::iter::once(server).chain(text::split(backups, b',')).map(str::trim_ascii) {
        if is_host(host) && hosts.len() < MAX_HOSTS && !hosts.iter().any(|known| known == host) {
            hosts.push(host.into());
        }
    }
    hosts
}

/// `host[:port]`, and nothing that could lead a URL elsewhere.
fn is_host(host: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    !host.is_empty() && host.len() <= 255 && host.bytes().all(plain)
}

fn terms(value: Value<'_>) -> Option<Terms> {
    let names = ["version", "sendRate", "sendBurst", "polling"];
    let [version, rate, burst, polling] = json::members(value.object()?, names)?;
    let number = |value: Option<Value<'_>>| u32::try_from(number(value?)?).ok();
    (number(version)? >= 1).then(|| Terms {
        send_rate: number(rate).unwrap_or(super::pacing::UNKNOWN_RATE),
        send_burst: number(burst).unwrap_or(super::pacing::UNKNOWN_BURST).max(1),
        polling: number(polling).is_some_and(|version| version >= 1),
    })
}

/// The URL of a navigation request. `base` has a scheme; `r` is there to get past caches.
pub fn request_url(base: &str, app_key: &str, token: &str, version: &str, r: u64) -> String {
    let mut url = String::from(base);
    url.push_str("/navi.js?appId=");
    push_encoded(&mut url, app_key);
    url.push_str("&token=");
    push_encoded(&mut url, token);
    url.push_str("&callBack=getServerEndpoint&v=");
    push_encoded(&mut url, version);
    url.push_str("&r=");
    push_number(&mut url, r);
    url
}

/// Appends `text` as a URL component, as `encodeURIComponent` writes it.
pub fn push_encoded(url: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            url.push(char::from(byte));
        } else {
            push_escaped(url, byte);
        }
    }
}

/// A navigator with its scheme: as given, else the page's.
pub fn base_url(navigator: &str, secure_page: bool) -> String {
    let mut navigator = navigator.trim_ascii();
    while let Some(shorter) = navigator.strip_suffix('/') {
        navigator = shorter;
    }
    if navigator.starts_with("http://") || navigator.starts_with("https://") {
        return navigator.into();
    }
    let mut url = String::from(if secure_page { "https://" } else { "http://" });
    url.push_str(navigator.strip_prefix("//").unwrap_or(navigator));
    url
}

/// The stored form of an answer got at `at` for the token with this hash.
pub fn to_stored(navigation: &Navigation, token: u64, at: UnixMillis) -> String {
    let terms = navigation.terms.unwrap_or(Terms { send_rate: 0, send_burst: 0, polling: false });
    FieldWriter::new(STORED_VERSION)
        .unsigned(token)
        .number(at.get())
        .flag(navigation.secure)
        .text(navigation.user.as_ref().map_or("", UserId::as_str))
        .flag(navigation.terms.is_some())
        .unsigned(terms.send_rate.into())
        .unsigned(terms.send_burst.into())
        .flag(terms.polling)
        .text(&navigation.hosts.join(","))
        .flag(true)
        .finish()
}

/// Reads a stored answer; `None` if it is damaged, too old, from the future or for another token.
pub fn from_stored(value: &str, token: u64, now: UnixMillis) -> Option<Navigation> {
    let mut fields = FieldReader::open(value, STORED_VERSION)?;
    if fields.unsigned() != token {
        return None;
    }
    let age = now - UnixMillis::new(fields.number());
    if !(0..=MAX_AGE_MS).contains(&age) {
        return None;
    }
    let secure = fields.flag();
    let user = fields.text();
    let announced = fields.flag();
    let send_rate = fields.unsigned32();
    let send_burst = fields.unsigned32();
    let polling = fields.flag();
    let hosts = hosts("", &fields.text());
    let whole = fields.flag() && fields.is_at_end() && fields.check().is_some();
    (whole && !hosts.is_empty()).then(|| Navigation {
        hosts,
        secure,
        user: (!user.is_empty()).then(|| UserId::from(user)),
        terms: announced.then_some(Terms { send_rate, send_burst, polling }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"getServerEndpoint({"code":200,"server":"im.example:8010","backupServer":"im.example:8010,b.example,","userId":"u1","voipCallInfo":"{\"strategy\":0}","hongyan":{"version":1,"sendRate":7,"sendBurst":20,"polling":1}});"#;

    fn usable(body: &str) -> Navigation {
        let verdict = read_answer(200, body.as_bytes(), false);
        let Verdict::Usable(navigation) = verdict else { panic!("{verdict:?}") };
        navigation
    }

    #[test]
    fn both_forms_are_read() {
        let found = usable(ANSWER);
        assert_eq!(found.hosts, ["im.example:8010", "b.example"]);
        assert_eq!(found.user, Some(UserId::from("u1")));
        assert_eq!(found.terms, Some(Terms { send_rate: 7, send_burst: 20, polling: true }));
        assert_eq!(
            usable(&ANSWER.replace("\"polling\":1", "\"polling\":0")).terms,
            Some(Terms { send_rate: 7, send_burst: 20, polling: false })
        );
        let bare = ANSWER.trim_start_matches("getServerEndpoint(").trim_end_matches(");");
        assert_eq!(usable(bare), found);
        assert_eq!(usable(ANSWER.trim_end_matches(';')), found);
        let plain = usable(r#"{"code":200,"server":"a","userId":1,"hongyan":{"version":0}}"#);
        assert_eq!((plain.terms, plain.user), (None, None));
    }

    #[test]
    fn refusals() {
        let read = |status, body: &str| read_answer(status, body.as_bytes(), false);
        assert_eq!(read(401, r#"{"code":401}"#), Verdict::TokenIncorrect);
        assert_eq!(read(200, r#"getServerEndpoint({"code":401});"#), Verdict::TokenIncorrect);
        assert_eq!(read(403, r#"{"code":403}"#), Verdict::AppKeyRejected);
        assert_eq!(read(200, r#"{"code":500}"#), Verdict::Unusable);
        assert_eq!(read(200, r#"{"code":200}"#), Verdict::Unusable);
        assert_eq!(read(200, r#"{"code":200,"server":["a"]}"#), Verdict::Unusable);
        for (status, body) in [
            (200, "<html>log in</html>"),
            (401, "no"),
            (500, ANSWER),
            (404, ""),
            (200, "{\"a\":1}"),
        ] {
            assert_eq!(read(status, body), Verdict::NotAnAnswer, "{body}");
        }
    }

    #[test]
    fn hosts_that_lead_elsewhere_are_refused() {
        for host in ["javascript:alert(1)", "http://evil", "a/b", "u@h", "a?b", "a#b", "a b", ""] {
            let body = [r#"{"code":200,"server":""#, host, r#""}"#].concat();
            assert_eq!(read_answer(200, body.as_bytes(), true), Verdict::Unusable, "{host}");
        }
        assert!(is_host("[::1]:8010"));
    }

    #[test]
    fn urls() {
        assert_eq!(
            request_url("http://n", "key", "a+b/=@", "0.1", 5),
            "http://n/navi.js?appId=key&token=a%2Bb%2F%3D%40&callBack=getServerEndpoint&v=0.1&r=5"
        );
        assert_eq!(base_url("n.example:80/", false), "http://n.example:80");
        assert_eq!(base_url("n.example", true), "https://n.example");
        assert_eq!(base_url("http://n.example/x", true), "http://n.example/x");
    }

    #[test]
    fn an_answer_is_kept_for_two_hours() {
        let found = usable(ANSWER);
        let at = UnixMillis::new(1_000);
        let stored = to_stored(&found, 9, at);
        assert_eq!(from_stored(&stored, 9, at.plus(MAX_AGE_MS)), Some(found));
        assert_eq!(from_stored(&stored, 9, at.plus(MAX_AGE_MS + 1)), None);
        assert_eq!(from_stored(&stored, 9, at.plus(-1)), None, "the clock went back");
        assert_eq!(from_stored(&stored, 8, at), None, "another token");
        assert_eq!(from_stored(&stored[..stored.len() - 2], 9, at), None);
    }
}
