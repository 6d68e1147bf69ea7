//! The program as an operator sees it: exit codes, its first line, its logs, its end.

#![allow(clippy::unwrap_used)]

mod support;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use support::{Client, End, get, post};

const BINARY: &str = env!("CARGO_BIN_EXE_hongyan");

struct Program {
    child: Child,
    address: String,
    first_line: String,
    directory: tempfile::TempDir,
}

impl Program {
    fn start(settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut child = Command::new(BINARY)
            .arg("serve")
            .current_dir(directory.path())
            .env_clear()
            .env("HONGYAN_LISTEN", "127.0.0.1:0")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first_line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut first_line).unwrap();
        let address = first_line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Self { child, address, first_line, directory }
    }

    fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Everything it logged, once it has ended well.
    fn log(mut self) -> String {
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert!(self.child.wait().unwrap().success(), "{log}");
        log
    }
}

async fn token(address: &str, name: &str) -> String {
    let body = format!("{{\"name\":\"{name}\"}}");
    let (_, _, answer) = post(address, "/demo/sign-in", "", &body).await;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    answer["token"].as_str().unwrap().to_owned()
}

fn url(address: &str, token: &str) -> String {
    format!("ws://{address}/websocket?appId=hongyan&token={token}&sdkVer=2.5.3")
}

#[tokio::test]
async fn f19_no_token_and_no_secret_is_ever_logged() {
    for format in ["text", "json"] {
        let program = Program::start(&[
            ("HONGYAN_LOG", "trace"),
            ("HONGYAN_LOG_FORMAT", format),
            ("HONGYAN_DATABASE_URL", "sqlite:kept/im.db"),
        ]);
        let address = program.address.clone();
        let good = token(&address, "a").await;
        let bad = format!("{good}tail");
        get(&address, &format!("/navi.js?appId=hongyan&token={good}")).await;
        get(&address, &format!("/navi.js?appId=hongyan&token={bad}")).await;
        get(&address, &format!("/nowhere?token={good}")).await;
        post(&address, "/v2/navi.json", "RC-Appkey: hongyan\r\n", &format!("token={good}")).await;
        let mut refused = Client::open(&url(&address, &bad)).await;
        refused.end().await;
        let mut client = Client::login(&url(&address, &good), "a").await;
        client.say("b", "not a secret").await;
        client.send_bytes(vec![0xFF]).await;
        client.end().await;
        let secret = std::fs::read_to_string(program.directory.path().join("kept/app-secret"));
        program.terminate();
        let log = program.log();
        assert!(log.contains("login") && log.contains("unknown-type"), "{log}");
        let (_, signature) = good.split_once('.').unwrap();
        assert!(!log.contains(&good[..good.len() - signature.len()]), "a token is logged");
        assert!(!log.contains(signature), "a token's signature is logged");
        assert!(!log.contains(secret.unwrap().trim()), "the secret is logged");
    }
}

#[tokio::test]
async fn it_says_where_it_listens_and_ends_in_order() {
    let program = Program::start(&[("HONGYAN_DATABASE_URL", "memory:")]);
    assert!(program.first_line.starts_with("listening on http://127.0.0.1:"));
    let address = program.address.clone();
    let token = token(&address, "a").await;
    let mut client = Client::login(&url(&address, &token), "a").await;
    program.terminate();
    assert_eq!(client.end().await, End::Cut, "2.5.3 would stay stuck after a close frame");
    assert!(program.log().contains("shutting down"));
}

#[tokio::test]
async fn messages_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}/im.db", directory.path().display());
    let settings = [("HONGYAN_DATABASE_URL", database.as_str())];
    let program = Program::start(&settings);
    let token = token(&program.address, "a").await;
    let mut client = Client::login(&url(&program.address, &token), "a").await;
    client.say("b", "remember").await;
    let token = self::token(&program.address, "b").await;
    program.terminate();
    program.log();
    let program = Program::start(&settings);
    // The secret was kept, too: the token is still good.
    let mut client = Client::login(&url(&program.address, &token), "b").await;
    assert_eq!(support::texts(&client.pull(0).await), ["{\"content\":\"remember\"}"]);
    program.terminate();
    program.log();
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(BINARY).args(arguments).env_clear().output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_bad_setting_is_one_line_and_exit_code_2() {
    for (arguments, named) in [
        (&["serve", "--send-rate", "fast"][..], "--send-rate"),
        (&["serve", "--listen", "nowhere"][..], "--listen"),
        (&["serve", "--unheard-of", "1"][..], "--unheard-of"),
        (&["dance"][..], "dance"),
        (&["token"][..], "--user"),
    ] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
        assert!(err.contains(named) && err.trim_end().lines().count() == 1, "{err}");
    }
}

/// Runs `serve` with these variables until it ends by itself, in a directory of its own.
fn serve_in(directory: &Path, settings: &[(&str, &OsStr)]) -> (Option<i32>, String) {
    let output = Command::new(BINARY)
        .arg("serve")
        .current_dir(directory)
        .env_clear()
        .env("HONGYAN_LISTEN", "127.0.0.1:0")
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Does something to a database that is not of ours.
async fn sqlite(path: &Path, sql: &'static str) {
    use sqlx::Connection;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn whoever_cannot_start_is_told_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    std::fs::write(path.join("letter.db"), "not a database\n".repeat(1000)).unwrap();
    std::fs::write(path.join("file"), "").unwrap();
    sqlite(&path.join("other.db"), "CREATE TABLE message (text)").await;
    let database = "HONGYAN_DATABASE_URL";
    for (variable, value, code, told) in [
        ("HONGYAN_SEND_RAET", "5", 2, "HONGYAN_SEND_RATE is meant"),
        ("HONGYAN_SEND_RATE", "fast", 2, "a whole number from 0"),
        ("HONGYAN_CONFIG", "nowhere.toml", 2, "nowhere.toml cannot be read"),
        ("HONGYAN_LISTEN", &taken, 1, "choose another one with HONGYAN_LISTEN"),
        (database, "sqlite:letter.db", 1, "put a backup in its place"),
        (database, "sqlite:file/im.db", 1, database),
        (database, "sqlite:other.db", 1, "a database of another program"),
        (database, "sqlite:/proc/nowhere/im.db", 1, database),
    ] {
        let (found, err) = serve_in(path, &[(variable, OsStr::new(value))]);
        assert_eq!(found, Some(code), "{variable}={value}: {err}");
        assert!(err.contains(told) && !err.contains("panicked"), "{variable}={value}: {err}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_not_unicode_is_refused_where_it_is_a_setting_and_passed_over_elsewhere() {
    use std::os::unix::ffi::OsStrExt;
    let directory = tempfile::tempdir().unwrap();
    let odd = OsStr::from_bytes(b"\xff");
    let (code, err) = serve_in(directory.path(), &[("HONGYAN_WWW", odd)]);
    assert!(code == Some(2) && err.contains("HONGYAN_WWW is not Unicode"), "{err}");
    let ended = [("OTHER", odd), ("HONGYAN_LISTEN", OsStr::new("nowhere"))];
    let (code, err) = serve_in(directory.path(), &ended);
    assert!(code == Some(2) && err.contains("HONGYAN_LISTEN is"), "{err}");
    let output = Command::new(BINARY).arg("serve").arg(odd).env_clear().output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[tokio::test]
async fn a_database_is_of_one_server_and_can_be_copied_while_it_runs_and_put_back() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("im.db");
    let url = format!("sqlite:{}", file.display());
    let settings = [("HONGYAN_DATABASE_URL", url.as_str())];
    let program = Program::start(&settings);
    let token_a = token(&program.address, "a").await;
    let token_b = token(&program.address, "b").await;
    let mut client = Client::login(&self::url(&program.address, &token_a), "a").await;
    client.say("b", "before the backup").await;
    let (code, err) = serve_in(directory.path(), &[("HONGYAN_DATABASE_URL", OsStr::new(&url))]);
    assert!(code == Some(1) && err.contains("in use by another hongyan"), "{err}");

    let copy = directory.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    let (code, out, err) = run(&["backup", copy, "--database-url", &url]);
    assert!(code == Some(0) && out.contains("copy.db"), "{err}");
    #[cfg(unix)]
    for kept in [file.to_str().unwrap(), copy] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(kept).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{kept} has messages and hashes of passwords");
    }
    let (code, _, err) = run(&["backup", copy, "--database-url", &url]);
    assert!(code == Some(1) && err.contains("is there already"), "{err}");
    let (code, _, err) = run(&["restored", "--database-url", &url]);
    assert!(code == Some(1) && err.contains("in use"), "{err}");
    client.say("b", "after the backup").await;
    program.terminate();
    program.log();

    for ending in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{ending}", file.display())));
    }
    std::fs::copy(copy, &file).unwrap();
    let (code, out, err) = run(&["restored", "--database-url", &url]);
    assert!(code == Some(0) && !out.is_empty(), "{err}");
    let program = Program::start(&settings);
    let mut client = Client::login(&self::url(&program.address, &token_b), "b").await;
    assert_eq!(support::texts(&client.pull(0).await), ["{\"content\":\"before the backup\"}"]);
    program.terminate();
    program.log();
}

#[test]
fn help_is_where_one_looks_for_it() {
    for arguments in [&["serve", "--help"][..], &["token", "-h"], &["backup", "--help"], &["help"]]
    {
        let (code, help, _) = run(arguments);
        assert!(code == Some(0) && help.contains("hongyan backup FILE"), "{arguments:?}");
    }
}

#[test]
fn help_names_every_setting() {
    let (code, help, _) = run(&["help"]);
    assert_eq!(code, Some(0));
    let manual = include_str!("../../docs/server.md");
    for setting in hongyan_server::config::SETTINGS {
        assert!(help.contains(&setting.flag()), "help lacks {}", setting.flag());
        assert!(
            manual.contains(&setting.variable()),
            "docs/server.md lacks {}",
            setting.variable()
        );
    }
    assert!(run(&["--version"]).1.starts_with("hongyan "));
}

#[test]
fn a_token_can_be_made_by_hand() {
    let arguments =
        ["token", "--user", "a", "--app-secret", "hush-hush", "--database-url", "memory:"];
    let (code, token, _) = run(&arguments);
    assert_eq!(code, Some(0));
    assert_eq!(token.trim().split('.').count(), 2);
    let (code, _, err) = run(&["token", "--user", "a", "--database-url", "memory:"]);
    assert!(code == Some(2) && err.contains("HONGYAN_APP_SECRET"), "{err}");
}
