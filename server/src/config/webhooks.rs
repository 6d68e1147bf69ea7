//! Settings of webhooks.

use axum::http::Uri;

use super::parse_bool;
use super::settings::{BadSetting, Given};

/// Where the application's server is told what happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Webhooks {
    /// Of messages.
    pub messages: Option<Webhook>,
    /// Of who comes and goes.
    pub presence: Option<Webhook>,
    /// Whether they may be at addresses that are not public.
    pub private: bool,
}

impl Webhooks {
    pub(super) fn from_given(given: &Given) -> Result<Self, BadSetting> {
        Ok(Self {
            messages: given.read("webhook_messages", Webhook::parse)?,
            presence: given.read("webhook_presence", Webhook::parse)?,
            private: given.read("webhook_private", parse_bool)?.unwrap_or(false),
        })
    }
}

/// One address that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    secure: bool,
    host: String,
    port: u16,
    authority: String,
    path: String,
}

impl Webhook {
    /// Reads `https://host:port/path?query`. No user names, no fragments, no other schemes.
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok().filter(|_| !text.contains(['#', '@']))?;
        let secure = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return None;
        }
        Some(Self {
            secure,
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            authority: authority.as_str().to_owned(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        })
    }

    /// Whether it is spoken to over TLS.
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Its name or address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What stands in `Host`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_http() {
        let hook = Webhook::parse("https://app.example.com/hook?key=1").unwrap();
        assert_eq!((hook.host(), hook.port(), hook.is_secure()), ("app.example.com", 443, true));
        assert_eq!((hook.authority(), hook.path()), ("app.example.com", "/hook?key=1"));
        let hook = Webhook::parse("http://[::1]:8080").unwrap();
        assert_eq!((hook.host(), hook.port(), hook.path()), ("::1", 8080, "/"));
        for bad in [
            "",
            "app.example.com",
            "/hook",
            "file:///etc/passwd",
            "ftp://example.com/",
            "https://user:secret@example.com/",
            "https://",
            "https:///x",
            "https://a b/",
        ] {
            assert_eq!(Webhook::parse(bad), None, "{bad}");
        }
    }
}
