//! The server's settings: default < file < environment < flags. `docs/server.md` has the table.

mod accounts;
mod api;
mod chatrooms;
mod mistyped;
mod proxies;
mod secret;
mod services;
mod settings;
mod uploads;
mod webhooks;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use accounts::AccountSettings;
pub use api::Api;
pub use proxies::Proxies;
pub use secret::{Secret, SecretError};
pub use services::CustomerServices;
pub use settings::{BadSetting, Given, SETTINGS, Setting, Source};
pub use uploads::Uploads;
pub use webhooks::{Webhook, Webhooks};

use self::chatrooms::read_chatrooms;
use crate::core::call_key::CallKeys;
use crate::core::chatrooms::ChatroomSettings;
use crate::core::rate::SendRate;
use crate::core::retention::Ages;

/// Where messages are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// Nowhere: gone when the server ends.
    Memory,
    /// In this SQLite file.
    Sqlite(PathBuf),
}

/// Whose pages may use the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// Everybody's: there are no cookies to ride.
    Any,
    /// These, exactly.
    Listed(Vec<String>),
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Everything one can set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where messages are kept.
    pub database: Database,
    /// The application's public name.
    pub app_key: String,
    /// The application's secret, if one was given.
    pub app_secret: Option<Secret>,
    /// How fast one user may send.
    pub send_rate: SendRate,
    /// Whether a user may be logged in on several devices.
    pub multi_device: bool,
    /// Whether the binary form of long polling is announced and served.
    pub binary_polling: bool,
    /// How many connections one address may hold, and how many polling sessions; 0 for no limit.
    pub address_connections: u32,
    /// Which addresses speak for others.
    pub proxies: Proxies,
    /// How long a token is good.
    pub token_ttl: Duration,
    /// Whether users have accounts here, and their rules.
    pub accounts: AccountSettings,
    /// How long a message may be taken back; zero for ever.
    pub recall_window: Duration,
    /// Of chatrooms.
    pub chatrooms: ChatroomSettings,
    /// How old messages may grow.
    pub ages: Ages,
    /// The address that navigation names, if not the Host of the request.
    pub public_address: Option<String>,
    /// Pages that may use the server.
    pub allow_origins: Origins,
    /// Where the application's server is told what happens.
    pub webhooks: Webhooks,
    /// How the server API may be called.
    pub api: Api,
    /// What may be uploaded, and where it is kept.
    pub uploads: Uploads,
    /// Customer services, and what lets their agents in.
    pub customer_services: CustomerServices,
    /// What makes keys for the media of calls, if there is anything.
    pub call_keys: Option<CallKeys>,
    /// Directory of the demo's files.
    pub www: PathBuf,
    /// Whether anybody may sign in by name alone.
    pub demo: bool,
    /// What is logged.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Variables of the environment that begin as settings do and are none.
    pub strangers: Vec<String>,
}

impl Config {
    /// The settings of this command line (without the program's name and command), environment
    /// and, if one is named there, file.
    pub fn load(
        flags: &[String],
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, BadSetting> {
        let variables: Vec<_> = variables.collect();
        let mut flags = flags.to_vec();
        let mut given = Given::default();
        if let Some(path) = take_file(&mut flags, &variables)? {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| BadSetting(format!("{path} cannot be read: {error}")))?;
            given.add_file(&text, &path)?;
        }
        given.add_environment(variables.into_iter())?;
        given.add_flags(&flags)?;
        Self::from_given(&given)
    }

    /// The settings with these values, and defaults for the rest.
    pub fn from_given(given: &Given) -> Result<Self, BadSetting> {
        let listen = given.read("listen", parse_listen)?;
        let listen = listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8700)));
        let per_second = given.read("send_rate", |text| parse_number(text, 0, 1_000_000))?;
        let per_second = per_second.unwrap_or(SendRate::default().per_second);
        let burst = given.read("send_burst", |text| parse_number(text, 1, 2_000_000))?;
        let default_database = Database::Sqlite(PathBuf::from(".hongyan/hongyan.db"));
        let demo = given.read("demo", parse_bool)?.unwrap_or(listen.ip().is_loopback());
        Ok(Self {
            accounts: AccountSettings::from_given(given, demo)?,
            listen,
            database: given.read("database_url", parse_database)?.unwrap_or(default_database),
            app_key: given.read("app_key", parse_app_key)?.unwrap_or("hongyan".to_owned()),
            app_secret: given.read("app_secret", Secret::parse)?,
            send_rate: SendRate { per_second, burst: burst.unwrap_or(per_second.max(1) * 2) },
            binary_polling: given.read("binary_polling", parse_bool)?.unwrap_or(true),
            multi_device: given.read("multi_device", parse_bool)?.unwrap_or(false),
            address_connections: given
                .read("address_connections", |text| parse_number(text, 0, 1_000_000))?
                .unwrap_or(100),
            proxies: given.read("proxies", Proxies::parse)?.unwrap_or_default(),
            token_ttl: given.read("token_ttl", parse_duration)?.unwrap_or(DAY),
            recall_window: given.read("recall_window", parse_window)?.unwrap_or(RECALL_WINDOW),
            chatrooms: read_chatrooms(given, demo)?,
            ages: read_ages(given)?,
            public_address: given.read("public_address", parse_address)?,
            allow_origins: given.read("allow_origins", parse_origins)?.unwrap_or(Origins::Any),
            webhooks: Webhooks::from_given(given)?,
            api: Api::from_given(given)?,
            uploads: Uploads::from_given(given)?,
            customer_services: CustomerServices::from_given(given, demo)?,
            call_keys: read_call_keys(given)?,
            www: given.read("www", parse_path)?.unwrap_or("./dist/www".into()),
            demo,
            log: given.read("log", parse_filter)?.unwrap_or("info".to_owned()),
            log_format: given.read("log_format", parse_format)?.unwrap_or(LogFormat::Text),
            strangers: given.strangers().to_vec(),
        })
    }

    /// The application's secret: the given one, or the one kept beside the database, which is
    /// made if there is none. With a store in memory it is forgotten at the end.
    pub fn secret(&self) -> Result<Secret, SecretError> {
        if let Some(secret) = &self.app_secret {
            return Ok(secret.clone());
        }
        match &self.database {
            Database::Memory => Secret::random(),
            Database::Sqlite(path) => {
                Secret::kept(&path.parent().unwrap_or(Path::new("")).join("app-secret"))
            }
        }
    }

    /// The directory of uploaded files beside the database; `None` with a store in memory and no
    /// directory set: then files go with the server.
    pub fn upload_directory(&self) -> Option<PathBuf> {
        let beside = match &self.database {
            Database::Memory => None,
            Database::Sqlite(path) => Some(path.parent().unwrap_or(Path::new("")).join("files")),
        };
        self.uploads.directory.clone().or(beside)
    }
}

const RECALL_WINDOW: Duration = Duration::from_secs(120);
/// How many days messages wait for a user who is away.
const INBOX_DAYS: u32 = 7;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Takes `--config` out of the flags; `HONGYAN_CONFIG` stands in for it.
fn take_file(
    flags: &mut Vec<String>,
    variables: &[(String, String)],
) -> Result<Option<String>, BadSetting> {
    let from_environment = variables.iter().find(|(name, _)| name == "HONGYAN_CONFIG");
    let mut path = from_environment.map(|(_, path)| path.clone());
    if let Some(at) = flags.iter().position(|flag| flag == "--config") {
        if at + 1 >= flags.len() {
            return Err(BadSetting("--config needs a value: the path of a TOML file".to_owned()));
        }
        path = flags.drain(at..=at + 1).nth(1);
    } else if let Some(at) = flags.iter().position(|flag| flag.starts_with("--config=")) {
        path = flags.remove(at).split_once('=').map(|(_, path)| path.to_owned());
    }
    Ok(path.filter(|path| !path.is_empty()))
}

fn parse_listen(text: &str) -> Option<SocketAddr> {
    match text.strip_prefix("localhost:") {
        Some(port) => Some(SocketAddr::from(([127, 0, 0, 1], port.parse().ok()?))),
        None => text.parse().ok(),
    }
}

fn parse_database(url: &str) -> Option<Database> {
    if url == "memory:" || url == "memory" {
        return Some(Database::Memory);
    }
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    (!path.is_empty() && !path.contains('?')).then(|| Database::Sqlite(PathBuf::from(path)))
}

fn parse_app_key(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    ((1..=64).contains(&text.len()) && text.chars().all(fits)).then(|| text.to_owned())
}

fn parse_number(text: &str, least: u32, most: u32) -> Option<u32> {
    text.parse().ok().filter(|number| (least..=most).contains(number))
}

fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// No message may leave the log while an inbox holds it.
fn read_ages(given: &Given) -> Result<Ages, BadSetting> {
    let inbox = given.read("inbox_days", |text| parse_number(text, 0, 3650))?;
    let inbox = inbox.unwrap_or(INBOX_DAYS);
    let history = given.read("history_days", |text| {
        let days = parse_number(text, 0, 3650)?;
        (days == 0 || (inbox != 0 && days >= inbox)).then_some(days)
    })?;
    let limited = |days: u32| (days != 0).then_some(days);
    Ok(Ages { inbox_days: limited(inbox), history_days: limited(history.unwrap_or(0)) })
}

/// One without the other makes no keys.
fn read_call_keys(given: &Given) -> Result<Option<CallKeys>, BadSetting> {
    let app = given.read("agora_app_id", parse_app_id)?;
    let certificate = given.read("agora_certificate", Secret::parse)?;
    match (app, certificate) {
        (Some(app), Some(certificate)) => {
            Ok(Some(CallKeys::new(app, certificate.reveal().to_owned())))
        }
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => {
            let text = "agora_app_id and agora_certificate are set together, or neither";
            Err(BadSetting(text.to_owned()))
        }
    }
}

fn parse_app_id(text: &str) -> Option<String> {
    let fits = text.chars().all(|c| c.is_ascii_alphanumeric());
    ((1..=64).contains(&text.len()) && fits).then(|| text.to_owned())
}

fn parse_duration(text: &str) -> Option<Duration> {
    parse_span(text).filter(|span| *span >= Duration::from_secs(60))
}

/// A duration; 0 alone means none.
fn parse_window(text: &str) -> Option<Duration> {
    if text == "0" { Some(Duration::ZERO) } else { parse_span(text) }
}

fn parse_span(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let count: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let total = count.checked_mul(seconds)?;
    (1..=3650 * DAY.as_secs()).contains(&total).then(|| Duration::from_secs(total))
}

/// Host, or host and port, as a Host header has them.
pub(crate) fn parse_address(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    ((1..=255).contains(&text.len()) && text.chars().all(fits)).then(|| text.to_owned())
}

fn parse_origins(text: &str) -> Option<Origins> {
    if text == "*" {
        return Some(Origins::Any);
    }
    let origin = |origin: &str| {
        let origin = origin.trim();
        let host = origin.strip_prefix("https://").or(origin.strip_prefix("http://"))?;
        parse_address(host).map(|_| origin.to_owned())
    };
    text.split(',').map(origin).collect::<Option<Vec<_>>>().map(Origins::Listed)
}

fn parse_path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

fn parse_filter(text: &str) -> Option<String> {
    let usable = tracing_subscriber::EnvFilter::builder().parse(text).is_ok();
    (usable && !text.is_empty()).then(|| text.to_owned())
}

fn parse_format(text: &str) -> Option<LogFormat> {
    match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
