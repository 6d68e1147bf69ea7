//! Navigation: whom to ask where the servers are, and what the answer means.

use std::borrow::Cow;

use super::config::{Config, Transport};
use super::hosts::hosts;
use crate::conversation::fields::{FieldReader, FieldWriter, push_escaped, push_number};
use crate::ids::UserId;
use crate::signal::content::json::{self, Value};
use crate::text;
use crate::time::UnixMillis;

/// An answer is used again for so long, ms.
const MAX_AGE_MS: i64 = 2 * 60 * 60 * 1000;
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
    /// Go on with it. The flag: none of its hosts had to be left out.
    Usable(Navigation, bool),
    /// 401.
    TokenIncorrect,
    /// 403.
    AppKeyRejected,
    /// It answered, and the answer is of no use (another code, no servers).
    Unusable,
    /// Not one of its servers is a host that may be gone to.
    Refused,
    /// This is no navigator: HTML, broken JSON, another HTTP status.
    NotAnAnswer,
}

/// Reads an answer. `secure`: how its servers are to be reached; `allowed`: see
/// [`Config::allowed_hosts`](super::config::Config::allowed_hosts).
pub fn read_answer(status: u16, body: &[u8], secure: bool, allowed: &[String]) -> Verdict {
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
    let (hosts, all_allowed) = hosts(&text_of(server), &text_of(backups), allowed);
    if hosts.is_empty() {
        return if all_allowed { Verdict::Unusable } else { Verdict::Refused };
    }
    let user = text_of(user);
    let user = (!user.is_empty()).then(|| UserId::from(&*user));
    let terms = announced.and_then(terms);
    Verdict::Usable(Navigation { hosts, secure, user, terms }, all_allowed)
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

/// The URL of a navigation request. `base` has a scheme; `r` is there to get past caches. Who wants
/// to poll asks at another path: of old servers other hosts answer then.
pub fn request_url(base: &str, config: &Config, token: &str, r: u64) -> String {
    let mut url = String::from(base);
    url.push_str(match config.transport {
        Transport::Auto | Transport::WebSocket => "/navi.js?appId=",
        Transport::Polling => "/cometnavi.js?appId=",
    });
    push_encoded(&mut url, &config.app_key);
    url.push_str("&token=");
    push_encoded(&mut url, token);
    url.push_str("&callBack=getServerEndpoint&v=");
    push_encoded(&mut url, &config.sdk_version);
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
pub fn from_stored(
    value: &str,
    token: u64,
    now: UnixMillis,
    allowed: &[String],
) -> Option<Navigation> {
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
    let (hosts, _) = hosts("", &fields.text(), allowed);
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
        let verdict = read_answer(200, body.as_bytes(), false, &[]);
        let Verdict::Usable(navigation, true) = verdict else { panic!("{verdict:?}") };
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
        let read = |status, body: &str| read_answer(status, body.as_bytes(), false, &[]);
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

    const ELSEWHERE: [&str; 19] = [
        "javascript:alert(1)",
        "http://evil",
        "//evil",
        "a/b",
        "u@h",
        "u:p@h",
        "a?b",
        "a#b",
        "a b",
        "a\\\\b",
        "a\\u0000b",
        "a\\nb",
        "a:",
        "a:0",
        "a:65536",
        "a:b:80",
        "[::1",
        "[::1]80",
        "测试.example",
    ];

    #[test]
    fn d14_hosts_that_lead_elsewhere_are_refused() {
        for host in ELSEWHERE {
            let body = [r#"{"code":200,"server":""#, host, r#""}"#].concat();
            let refused = read_answer(200, body.as_bytes(), true, &[]);
            assert_eq!(refused, Verdict::Refused, "{host}");
            let body = [r#"{"code":200,"server":"a","backupServer":""#, host, r#",b:1"}"#].concat();
            let Verdict::Usable(found, all) = read_answer(200, body.as_bytes(), true, &[]) else {
                panic!("{host}")
            };
            assert_eq!((found.hosts, all), (vec!["a".into(), "b:1".into()], false), "{host}");
        }
    }

    #[test]
    fn the_page_may_say_which_hosts_are_allowed() {
        let allowed = ["im.example".into()];
        let body = br#"{"code":200,"server":"evil.example","backupServer":"im.example"}"#;
        let Verdict::Usable(found, false) = read_answer(200, body, true, &allowed) else {
            panic!()
        };
        assert_eq!(found.hosts, ["im.example"]);
        let stored = to_stored(&found, 9, UnixMillis::new(0));
        let at = UnixMillis::new(1);
        assert!(from_stored(&stored, 9, at, &allowed).is_some());
        assert_eq!(from_stored(&stored, 9, at, &["other.example".into()]), None);
    }

    #[test]
    fn urls() {
        let (app_key, sdk_version) = ("key".into(), "0.1".into());
        let mut config = Config { app_key, sdk_version, ..Config::default() };
        let path = "navi.js?appId=key&token=a%2Bb%2F%3D%40&callBack=getServerEndpoint&v=0.1&r=5";
        assert_eq!(request_url("http://n", &config, "a+b/=@", 5), ["http://n/", path].concat());
        config.transport = Transport::Polling;
        assert_eq!(
            request_url("http://n", &config, "a+b/=@", 5),
            ["http://n/comet", path].concat()
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
        assert_eq!(from_stored(&stored, 9, at.plus(MAX_AGE_MS), &[]), Some(found));
        assert_eq!(from_stored(&stored, 9, at.plus(MAX_AGE_MS + 1), &[]), None);
        assert_eq!(from_stored(&stored, 9, at.plus(-1), &[]), None, "the clock went back");
        assert_eq!(from_stored(&stored, 8, at, &[]), None, "another token");
        assert_eq!(from_stored(&stored[..stored.len() - 2], 9, at, &[]), None);
    }
}
