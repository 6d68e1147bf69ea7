//! The program's commands: `serve`, `token`, `frame`, `help`.

mod database;

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use hongyan::ids::UserId;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use self::database::{backup, cannot_open, cannot_write, hold, reason, restored};
use crate::config::{Config, Database, LogFormat, SETTINGS, Secret};
use crate::core::limits::is_id;
use crate::frame_tool;
use crate::net::{self, App, Clock, Credentials, Shutdown};
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::store::sqlite::SqliteStore;

/// Exit code for a command line or a setting that cannot be used.
const USAGE: u8 = 2;

/// Runs the command of this command line (without the program's name).
pub fn run(arguments: &[String]) -> ExitCode {
    let (command, flags) = match arguments.split_first() {
        Some((command, flags)) => (command.as_str(), flags),
        None => ("help", &[][..]),
    };
    let asks_for_help = flags.iter().any(|flag| flag == "--help" || flag == "-h");
    let done = match command {
        _ if asks_for_help => print(&help()),
        "serve" => configured(flags, serve),
        "token" => token(flags),
        "frame" => frame(flags),
        "backup" => backup(flags),
        "restored" => configured(flags, restored),
        "help" | "--help" | "-h" => print(&help()),
        "--version" | "-V" | "version" => print(&format!("hongyan {VERSION}\n")),
        unknown => Err(Failed::Usage(format!("there is no command {unknown:?}: see hongyan help"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed::Usage(line)) => {
            eprintln!("hongyan: {line}");
            ExitCode::from(USAGE)
        }
        Err(Failed::Run(line)) => {
            eprintln!("hongyan: {line}");
            ExitCode::FAILURE
        }
    }
}

/// Refuses a command line with a word that is not Unicode.
pub fn refuse_argument(unreadable: &OsStr) -> ExitCode {
    eprintln!("hongyan: {} is not Unicode", unreadable.display());
    ExitCode::from(USAGE)
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why a command failed, in one line.
enum Failed {
    /// It was asked for in the wrong way.
    Usage(String),
    /// It could not be done.
    Run(String),
}

fn print(text: &str) -> Result<(), Failed> {
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failed::Run(error.to_string()))
}

fn help() -> String {
    let mut text = format!(
        "hongyan {VERSION}: navigation, gateway, server API and demo on one port\n\n\
         hongyan serve [flags]                     runs the server\n\
         hongyan token --user ID [flags]           prints a token for a user\n\
         hongyan backup FILE [flags]               copies the database, also of a running server\n\
         hongyan restored [flags]                  once after a backup was put in place, before serve\n\
         hongyan frame --direction c2s|s2c         reads frames in hex, prints them as JSON\n\
         hongyan help, hongyan --version\n\n\
         Settings, as a flag (--send-rate 5), in the environment (HONGYAN_SEND_RATE=5), or in a\n\
         file (send_rate = 5) named by --config or HONGYAN_CONFIG. Flags win, then the environment.\n\n"
    );
    for setting in SETTINGS {
        let flag = setting.flag();
        text.push_str(&format!("  {flag:<21} {}\n", setting.help));
        text.push_str(&format!("  {:<21} {}; default: {}\n", "", setting.allowed, setting.default));
    }
    text
}

fn configured(
    flags: &[String],
    command: impl FnOnce(Config) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let config = Config::load(flags, variables()?).map_err(|bad| Failed::Usage(bad.0))?;
    command(config)
}

/// The environment. What is not Unicode is nobody's setting, unless it is called like one.
fn variables() -> Result<impl Iterator<Item = (String, String)>, Failed> {
    let mut variables = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => variables.push((name, value)),
            Err(_) if name.starts_with("HONGYAN_") => {
                return Err(Failed::Usage(format!("{name} is not Unicode")));
            }
            Err(_) => {}
        }
    }
    Ok(variables.into_iter())
}

fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failed::Run(format!("no runtime: {error}")))
}

fn token(flags: &[String]) -> Result<(), Failed> {
    let mut flags = flags.to_vec();
    let at = flags.iter().position(|flag| flag == "--user");
    let user = at.filter(|at| at + 1 < flags.len()).map(|at| flags.drain(at..=at + 1).nth(1));
    let user = user.flatten().filter(|user| is_id(user) && !user.contains('@'));
    let user = user.ok_or(Failed::Usage("token needs --user ID".to_owned()))?;
    configured(&flags, |config| {
        if config.database == Database::Memory && config.app_secret.is_none() {
            let line = "a store in memory has no secret that outlives it: set HONGYAN_APP_SECRET";
            return Err(Failed::Usage(line.to_owned()));
        }
        let credentials = Credentials::new(&config, &secret(&config)?);
        let token = credentials.issue(&UserId::from(user), Clock::start().now());
        let token = token.ok_or(Failed::Usage("the user's id is too long".to_owned()))?;
        print(&format!("{token}\n"))
    })
}

fn frame(flags: &[String]) -> Result<(), Failed> {
    let direction = match flags {
        [flag, direction] if flag == "--direction" => frame_tool::direction(direction),
        [flag] => flag.strip_prefix("--direction=").and_then(frame_tool::direction),
        _ => None,
    };
    let direction = direction.ok_or(Failed::Usage("frame needs --direction c2s|s2c".to_owned()))?;
    frame_tool::run(direction, io::stdin().lock(), io::stdout().lock())
        .map_err(|error| Failed::Run(error.to_string()))
}

fn secret(config: &Config) -> Result<Secret, Failed> {
    config.secret().map_err(|error| {
        let remedy =
            "it is kept beside the database: see HONGYAN_DATABASE_URL, or set HONGYAN_APP_SECRET";
        Failed::Run(format!("{error}: {remedy}"))
    })
}

fn serve(config: Config) -> Result<(), Failed> {
    start_log(&config);
    for variable in &config.strangers {
        tracing::warn!(variable, "there is no such setting: see hongyan help");
    }
    let secret = secret(&config)?;
    runtime()?.block_on(async {
        match config.database.clone() {
            Database::Memory => {
                let store = MemoryStore::new(random()?, new_epoch()?);
                serve_with(App::new(config, &secret, store)).await.map(drop)
            }
            Database::Sqlite(path) => {
                if let Some(parent) = path.parent() {
                    let made = std::fs::create_dir_all(parent);
                    made.map_err(|error| cannot_write(parent, &error))?;
                }
                let _held = hold(&path)?;
                let store = SqliteStore::open(&path, &new_epoch()?, random()?).await;
                let store = store.map_err(|error| cannot_open(&path, &error))?;
                let app = serve_with(App::new(config, &secret, store)).await?;
                app.store().close().await;
                Ok(())
            }
        }
    })
}

async fn serve_with<S: Store>(app: Arc<App<S>>) -> Result<Arc<App<S>>, Failed> {
    let listen = app.config().listen;
    let failed = |error: io::Error| cannot_listen(&listen, &error);
    let seeded = app.seed().await;
    seeded.map_err(|error| Failed::Run(format!("the store failed: {error:?}")))?;
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    print(&format!("listening on http://{address}\n"))?;
    tell_agents(&app, &address);
    tracing::info!(
        %address, version = VERSION, database = ?app.config().database, demo = app.config().demo,
        "listening"
    );
    let (shutdown, stopped) = Shutdown::new();
    tokio::spawn(async move {
        asked_to_end().await;
        tracing::info!("shutting down");
        shutdown.start();
    });
    let served = net::serve(Arc::clone(&app), listener, stopped).await;
    served.map_err(|error| Failed::Run(format!("the store failed: {}", reason(&error))))?;
    tracing::info!(connections = ?app.ends(), "stopped");
    Ok(app)
}

fn cannot_listen(listen: &SocketAddr, error: &io::Error) -> Failed {
    let kind = error.kind();
    let remedy = if kind == io::ErrorKind::AddrInUse {
        "another program has this port: end it, or choose another one"
    } else if kind == io::ErrorKind::AddrNotAvailable {
        "this machine has no such address: choose another one"
    } else if kind == io::ErrorKind::PermissionDenied {
        "this port needs rights: choose one above 1023"
    } else {
        "choose another address"
    };
    Failed::Run(format!("cannot listen on {listen}: {error}: {remedy} with HONGYAN_LISTEN"))
}

/// Where agents sign in, if the secret was made for this run: nobody else knows it.
fn tell_agents<S: Store>(app: &App<S>, address: &SocketAddr) {
    let agent =
        app.config().customer_services.desks.services.iter().find_map(|desk| desk.agents.first());
    let set = app.config().customer_services.agent_secret.is_some();
    let (Some(agent), Some(secret), false) = (agent, app.agent_secret(), set) else { return };
    let secret = secret.reveal();
    // Nobody may read on behind the first line.
    drop(print(&format!(
        "customer service: http://{address}/agent.html as {agent}, secret {secret}\n"
    )));
}

/// Resolves on SIGINT or SIGTERM.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                interrupted = tokio::signal::ctrl_c() => drop(interrupted),
            }
            return;
        }
    }
    drop(tokio::signal::ctrl_c().await);
}

fn start_log(config: &Config) {
    let filter = EnvFilter::builder().parse_lossy(&config.log);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let log = log.with_ansi(io::stderr().is_terminal());
    // A log that somebody else has started is as good.
    drop(match config.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    });
}

fn random() -> Result<u64, Failed> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failed::Run(format!("no random numbers: {error}")))?;
    Ok(u64::from_le_bytes(bytes))
}

fn new_epoch() -> Result<String, Failed> {
    Ok(format!("{:016x}", random()?))
}
