//! The program as an operator sees it: exit codes, its first line, its logs, its end.

#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Read};
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
