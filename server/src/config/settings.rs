//! The table of settings: each has one key, and with it a flag, an environment variable and a
//! line in the file. Later sources win: default, file, environment, flag.

use std::collections::BTreeMap;
use std::fmt;

use super::mistyped::meant;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The key in the file; `send_rate` is `--send-rate` and `HONGYAN_SEND_RATE` elsewhere.
    pub key: &'static str,
    /// What it does.
    pub help: &'static str,
    /// Which values it takes.
    pub allowed: &'static str,
    /// The default, in words.
    pub default: &'static str,
}

/// All of them, in the order of the help.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "listen",
        help: "where to listen; port 0 takes a free one",
        allowed: "an address and a port, for example 127.0.0.1:8700 or [::]:8700",
        default: "127.0.0.1:8700",
    },
    Setting {
        key: "database_url",
        help: "where messages are kept; memory: forgets at the end",
        allowed: "sqlite:PATH or memory:",
        default: "sqlite:.hongyan/hongyan.db",
    },
    Setting {
        key: "app_key",
        help: "the application's public name",
        allowed: "1 to 64 characters of A-Z a-z 0-9 _ -",
        default: "hongyan",
    },
    Setting {
        key: "app_secret",
        help: "the application's secret, which signs tokens and server API calls",
        allowed: "8 to 256 characters without spaces",
        default: "made once, kept in the file app-secret beside the database",
    },
    Setting {
        key: "send_rate",
        help: "messages a second for one user; 0 for no limit",
        allowed: "a whole number from 0 to 1000000",
        default: "5",
    },
    Setting {
        key: "send_burst",
        help: "messages at once after a rest",
        allowed: "a whole number from 1 to 2000000",
        default: "twice the send rate",
    },
    Setting {
        key: "multi_device",
        help: "whether a user may be logged in on several devices",
        allowed: "true or false",
        default: "false",
    },
    Setting {
        key: "binary_polling",
        help: "whether Hongyan clients that cannot have a socket may poll for frames as they are",
        allowed: "true or false",
        default: "true",
    },
    Setting {
        key: "address_connections",
        help: "connections of one address, those of proxies apart; 0 for no limit",
        allowed: "a whole number from 0 to 1000000",
        default: "100",
    },
    Setting {
        key: "proxies",
        help: "proxies on other machines, whose X-Forwarded-For is believed",
        allowed: "addresses or networks with commas between, for example 10.0.0.5,10.1.0.0/16",
        default: "none but this machine",
    },
    Setting {
        key: "token_ttl",
        help: "how long a token is good",
        allowed: "a whole number and s, m, h or d, for example 24h, from 1m to 3650d",
        default: "24h",
    },
    Setting {
        key: "accounts",
        help: "whether users register and log in here by account and password",
        allowed: "true or false",
        default: "true with the demo, else false",
    },
    Setting {
        key: "session_ttl",
        help: "how long a login by account and password lasts",
        allowed: "a whole number and s, m, h or d, for example 24h, from 1m to 3650d",
        default: "30d",
    },
    Setting {
        key: "login_attempts",
        help: "wrong passwords at once for one account from one address",
        allowed: "a whole number from 1 to 1000000",
        default: "10",
    },
    Setting {
        key: "login_pause",
        help: "from one further try to the next when those are used up",
        allowed: "a whole number and s, m, h or d, for example 60s, up to 3650d",
        default: "60s",
    },
    Setting {
        key: "recall_window",
        help: "how long a message may be taken back; 0 for ever",
        allowed: "0, or a whole number and s, m, h or d, for example 120s, up to 3650d",
        default: "120s",
    },
    Setting {
        key: "chatroom_on_join",
        help: "whether coming into a chatroom that is not there makes it",
        allowed: "true or false",
        default: "true where the demo is on",
    },
    Setting {
        key: "chatroom_members",
        help: "the most members of a chatroom; 0 for no limit",
        allowed: "a whole number from 0 to 1000000",
        default: "0",
    },
    Setting {
        key: "chatroom_grace",
        help: "how long a member of a chatroom stays whose connection broke",
        allowed: "0, or a whole number and s, m, h or d, for example 30s, up to 3650d",
        default: "30s",
    },
    Setting {
        key: "chatroom_idle",
        help: "after how long a chatroom is destroyed that nobody uses; 0 for never",
        allowed: "0, or a whole number and s, m, h or d, for example 1h, up to 3650d",
        default: "1h",
    },
    Setting {
        key: "chatroom_history",
        help: "how many messages of a chatroom are kept",
        allowed: "a whole number from 0 to 1000000",
        default: "10000",
    },
    Setting {
        key: "chatroom_rate",
        help: "messages a second in one chatroom; 0 for no limit",
        allowed: "a whole number from 0 to 1000000",
        default: "200",
    },
    Setting {
        key: "chatroom_entries",
        help: "whether chatrooms have entries (key and value)",
        allowed: "true or false",
        default: "true",
    },
    Setting {
        key: "inbox_days",
        help: "how many days messages wait for a user who is away; 0 for ever",
        allowed: "a whole number from 0 to 3650",
        default: "7",
    },
    Setting {
        key: "history_days",
        help: "how many days messages are kept at all; 0 for ever",
        allowed: "0, or a whole number up to 3650 that is not below inbox_days",
        default: "0",
    },
    Setting {
        key: "public_address",
        help: "the address that navigation names, where it is not the one that was asked",
        allowed: "host or host:port, without a scheme",
        default: "the Host of the request",
    },
    Setting {
        key: "allow_origins",
        help: "pages that may use this server",
        allowed: "* or origins like https://chat.example.com, with commas between",
        default: "*",
    },
    Setting {
        key: "api_rate",
        help: "calls of each kind of the server API a second; 0 for no limit",
        allowed: "a whole number from 0 to 1000000",
        default: "100",
    },
    Setting {
        key: "api_own_signature_only",
        help: "whether calls of the server API must be signed in Hongyan's own form (HY-Signature)",
        allowed: "true or false",
        default: "false",
    },
    Setting {
        key: "api_strict_nonce",
        help: "whether a nonce is good once in the form of the published server SDKs, too",
        allowed: "true or false",
        default: "false",
    },
    Setting {
        key: "webhook_messages",
        help: "address that is told of each message",
        allowed: "an address like https://app.example.com/messages",
        default: "none",
    },
    Setting {
        key: "webhook_presence",
        help: "address that is told who comes online and goes",
        allowed: "an address like https://app.example.com/presence",
        default: "none",
    },
    Setting {
        key: "webhook_private",
        help: "whether webhooks may be on this machine or in a private network",
        allowed: "true or false",
        default: "false",
    },
    Setting {
        key: "upload_directory",
        help: "directory of uploaded files",
        allowed: "a path",
        default: "files beside the database; with memory:, one that is removed at the end",
    },
    Setting {
        key: "upload_max_bytes",
        help: "the largest file that may be uploaded, in bytes; 0 switches uploads off",
        allowed: "a whole number from 0 to 1099511627776",
        default: "104857600 (100 MiB)",
    },
    Setting {
        key: "upload_image_bytes",
        help: "the largest image, in bytes",
        allowed: "a whole number from 0 to 1099511627776",
        default: "20971520 (20 MiB)",
    },
    Setting {
        key: "upload_audio_bytes",
        help: "the largest voice message, in bytes",
        allowed: "a whole number from 0 to 1099511627776",
        default: "20971520 (20 MiB)",
    },
    Setting {
        key: "upload_day_bytes",
        help: "what one user may upload in a day (UTC), in bytes; 0 for no limit",
        allowed: "a whole number from 0 to 1099511627776",
        default: "1073741824 (1 GiB)",
    },
    Setting {
        key: "upload_unfinished",
        help: "how long a half-finished upload is kept after its last byte",
        allowed: "a whole number and s, m, h or d, for example 24h, from 1m to 3650d",
        default: "24h",
    },
    Setting {
        key: "customer_service",
        help: "file that says which customer services there are (docs/services.md)",
        allowed: "the path of a JSON file",
        default: "none; one to try where the demo is on",
    },
    Setting {
        key: "agent_secret",
        help: "what agents of customer services sign in with",
        allowed: "8 to 256 characters without spaces",
        default: "none, and no agent signs in; where the demo is on, one made at the start",
    },
    Setting {
        key: "agora_app_id",
        help: "the app of the media service that keys for calls are made for",
        allowed: "1 to 64 letters and digits",
        default: "none: keys for calls are refused with 24012",
    },
    Setting {
        key: "agora_certificate",
        help: "the certificate of that app, which signs the keys",
        allowed: "8 to 256 characters without spaces",
        default: "none: keys for calls are refused with 24012",
    },
    Setting {
        key: "www",
        help: "directory of the demo's files",
        allowed: "a path",
        default: "./dist/www",
    },
    Setting {
        key: "demo",
        help: "whether anybody may sign in by name alone (for trying out)",
        allowed: "true or false",
        default: "true when only this machine can reach the server",
    },
    Setting {
        key: "log",
        help: "what is logged: a level, or target=level with commas between",
        allowed: "a filter like info or hongyan_server=debug,warn",
        default: "info",
    },
    Setting {
        key: "log_format",
        help: "how it is logged",
        allowed: "text or json",
        default: "text",
    },
];

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The file.
    File,
    /// The environment.
    Environment,
    /// The command line.
    Flag,
}

/// A setting that cannot be used, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSetting(pub String);

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadSetting {}

impl Setting {
    /// `HONGYAN_SEND_RATE`.
    pub fn variable(&self) -> String {
        format!("HONGYAN_{}", self.key.to_ascii_uppercase())
    }

    /// `--send-rate`.
    pub fn flag(&self) -> String {
        format!("--{}", self.key.replace('_', "-"))
    }

    fn named(&self, source: Source) -> String {
        match source {
            Source::File => format!("{} (in the file)", self.key),
            Source::Environment => self.variable(),
            Source::Flag => self.flag(),
        }
    }

    /// The line about a value that is not allowed. The secret's value is not repeated.
    pub fn refused(&self, source: Source, value: &str) -> BadSetting {
        let name = self.named(source);
        // The address of a webhook may have a key in it, or a password.
        let webhook = matches!(self.key, "webhook_messages" | "webhook_presence");
        if self.key.ends_with("_secret") || self.key == "agora_certificate" || webhook {
            return BadSetting(format!("{name} cannot be used: allowed: {}", self.allowed));
        }
        BadSetting(format!("{name} is {value:?}: allowed: {}", self.allowed))
    }
}

/// The values that were given, by key; the last source has won.
#[derive(Clone, Debug, Default)]
pub struct Given {
    values: BTreeMap<&'static str, (Source, String)>,
    /// Variables of the environment that are called like settings and are none.
    strangers: Vec<String>,
}

/// What all variables of settings begin with.
const PREFIX: &str = "HONGYAN_";

impl Given {
    /// Reads the environment: of `variables` those that are settings. One that is nearly called like
    /// a setting is refused: who mistyped it believes that it holds. Others that begin as settings do
    /// are somebody else's (containers make some of the names of their services).
    pub fn add_environment(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(), BadSetting> {
        for (name, value) in variables {
            if let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == name) {
                self.values.insert(setting.key, (Source::Environment, value));
            } else if let Some(key) = name.strip_prefix(PREFIX).filter(|key| *key != "CONFIG") {
                if let Some(meant) = meant(&key.to_ascii_lowercase()) {
                    let line =
                        format!("there is no setting {name}: {} is meant?", meant.variable());
                    return Err(BadSetting(line));
                }
                self.strangers.push(name);
            }
        }
        Ok(())
    }

    /// Variables of the environment that begin as settings do and are none.
    pub fn strangers(&self) -> &[String] {
        &self.strangers
    }

    /// Reads the text of a settings file (TOML, one table).
    pub fn add_file(&mut self, text: &str, path: &str) -> Result<(), BadSetting> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
            BadSetting(format!("{path} line {line} is not TOML: {}", error.message()))
        })?;
        for (key, value) in table {
            let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
                let meant = meant(&key).map(|meant| format!(": {} is meant?", meant.key));
                let meant = meant.unwrap_or_default();
                return Err(BadSetting(format!("{path}: there is no setting {key:?}{meant}")));
            };
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(value) => value.to_string(),
                toml::Value::Float(_)
                | toml::Value::Datetime(_)
                | toml::Value::Array(_)
                | toml::Value::Table(_) => {
                    return Err(setting.refused(Source::File, "of another type"));
                }
            };
            self.values.insert(setting.key, (Source::File, text));
        }
        Ok(())
    }

    /// Reads flags: `--send-rate 5` or `--send-rate=5`.
    pub fn add_flags(&mut self, flags: &[String]) -> Result<(), BadSetting> {
        let mut rest = flags.iter();
        while let Some(flag) = rest.next() {
            let (name, value) = match flag.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (flag.as_str(), None),
            };
            let Some(setting) = SETTINGS.iter().find(|setting| setting.flag() == name) else {
                let key = name.trim_start_matches('-').replace('-', "_");
                let line = match meant(&key) {
                    Some(meant) => format!("there is no flag {name:?}: {} is meant?", meant.flag()),
                    None => format!("there is no flag {name:?}: see hongyan help"),
                };
                return Err(BadSetting(line));
            };
            let Some(value) = value.or_else(|| rest.next().cloned()) else {
                return Err(BadSetting(format!("{name} needs a value: {}", setting.allowed)));
            };
            self.values.insert(setting.key, (Source::Flag, value));
        }
        Ok(())
    }

    /// The value of `key` read by `parse`; `None` when nobody gave one.
    pub fn read<T>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, BadSetting> {
        let Some((source, value)) = self.values.get(key) else {
            return Ok(None);
        };
        let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
            return Err(BadSetting(format!("there is no setting {key:?}")));
        };
        parse(value).map(Some).ok_or_else(|| setting.refused(*source, value))
    }
}
