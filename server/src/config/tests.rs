use super::*;
use crate::core::upload::FileKind;

fn config(flags: &[&str], variables: &[(&str, &str)]) -> Result<Config, String> {
    let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(&flags, variables).map_err(|bad| bad.0)
}

#[test]
fn nothing_set_listens_on_this_machine_alone_with_the_demo() {
    let config = config(&[], &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8700");
    assert_eq!(config.database, Database::Sqlite(".hongyan/hongyan.db".into()));
    assert_eq!((config.send_rate.per_second, config.send_rate.burst), (5, 10));
    assert!(config.demo && !config.multi_device);
    assert_eq!(config.address_connections, 100);
    assert_eq!(config.token_ttl, DAY);
}

#[test]
fn the_demo_is_off_where_others_can_reach_the_server() {
    assert!(!config(&["--listen", "0.0.0.0:8700"], &[]).unwrap().demo);
    assert!(config(&["--listen=0.0.0.0:8700", "--demo=true"], &[]).unwrap().demo);
    assert!(!config(&[], &[("HONGYAN_DEMO", "false")]).unwrap().demo);
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hongyan.toml");
    std::fs::write(&path, "send_rate = 7\napp_key = \"of-file\"\nmulti_device = true\n").unwrap();
    let path = path.to_str().unwrap();
    let variables = [("HONGYAN_SEND_RATE", "8"), ("HONGYAN_CONFIG", path)];
    let config = config(&["--send-burst", "9"], &variables).unwrap();
    assert_eq!((config.send_rate.per_second, config.send_rate.burst), (8, 9));
    assert_eq!((config.app_key.as_str(), config.multi_device), ("of-file", true));
    let flags = ["--config", path, "--send-rate=0"];
    let config = super::tests::config(&flags, &[("HONGYAN_SEND_RATE", "8")]).unwrap();
    assert_eq!((config.send_rate.per_second, config.send_rate.burst), (0, 2));
}

#[test]
fn a_bad_value_names_its_setting_and_what_is_allowed() {
    for (key, value) in [
        ("listen", "8700"),
        ("database_url", "postgres://x"),
        ("app_key", "a b"),
        ("send_rate", "-1"),
        ("send_rate", "fast"),
        ("send_burst", "0"),
        ("multi_device", "maybe"),
        ("address_connections", "all"),
        ("proxies", "proxy.example.com"),
        ("token_ttl", "1"),
        ("accounts", "maybe"),
        ("session_ttl", "59s"),
        ("login_attempts", "0"),
        ("login_pause", "60"),
        ("public_address", "http://x/"),
        ("allow_origins", "chat.example.com"),
        ("upload_max_bytes", "100MB"),
        ("upload_image_bytes", "-1"),
        ("upload_audio_bytes", "1099511627777"),
        ("upload_day_bytes", ""),
        ("upload_unfinished", "0s"),
        ("demo", ""),
        ("log", "=="),
        ("log_format", "xml"),
    ] {
        let setting = SETTINGS.iter().find(|setting| setting.key == key).unwrap();
        let line = config(&[], &[(&setting.variable(), value)]).unwrap_err();
        assert!(line.starts_with(&setting.variable()), "{line}");
        assert!(line.contains(setting.allowed) && !line.contains('\n'), "{line}");
    }
}

#[test]
fn a_bad_secret_is_not_repeated() {
    let line = config(&["--app-secret", "hush hush hush"], &[]).unwrap_err();
    assert!(line.contains("--app-secret") && !line.contains("hush"), "{line}");
    let good = config(&["--app-secret", "hushhush"], &[]).unwrap();
    assert!(!format!("{good:?}").contains("hushhush"));
}

#[test]
fn what_is_no_setting_is_refused() {
    assert!(config(&["--lisen", "x"], &[]).unwrap_err().contains("--lisen"));
    assert!(config(&["--listen"], &[]).unwrap_err().contains("needs a value"));
    let mut given = Given::default();
    let line = given.add_file("app_secret = hush-hush-hush\n", "x.toml").unwrap_err().0;
    assert!(line.contains("x.toml line 1") && !line.contains("hush"), "{line}");
    assert!(given.add_file("lisen = 1", "x.toml").unwrap_err().0.contains("lisen"));
    assert!(given.add_file("send_rate = [1]", "x.toml").unwrap_err().0.contains("send_rate"));
}

#[test]
fn a_mistyped_setting_is_refused_wherever_it_stands_and_the_right_one_is_named() {
    for (name, meant) in [
        ("HONGYAN_SEND_RAET", "HONGYAN_SEND_RATE"),
        ("HONGYAN_LISTN", "HONGYAN_LISTEN"),
        ("HONGYAN_APP_SECRETS", "HONGYAN_APP_SECRET"),
        ("HONGYAN_ALLOW_ORIGIN", "HONGYAN_ALLOW_ORIGINS"),
    ] {
        let line = config(&[], &[(name, "1")]).unwrap_err();
        assert!(line.contains(name) && line.contains(meant), "{line}");
    }
    assert!(config(&["--lisen", "x"], &[]).unwrap_err().contains("--listen is meant"));
    let line = Given::default().add_file("send_raet = 1", "x.toml").unwrap_err().0;
    assert!(line.contains("send_rate is meant"), "{line}");
    // A container's own, and nothing of ours.
    for stranger in ["HONGYAN_PORT", "HONGYAN_SERVICE_HOST", "HONGYAN_PORT_8700_TCP_ADDR"] {
        assert_eq!(config(&[], &[(stranger, "x")]).unwrap().strangers, [stranger]);
    }
    assert!(config(&[], &[("OTHER_SEND_RAET", "x")]).unwrap().strangers.is_empty());
}

#[test]
fn an_address_of_a_webhook_is_not_repeated() {
    for name in ["HONGYAN_WEBHOOK_MESSAGES", "HONGYAN_WEBHOOK_PRESENCE"] {
        let line = config(&[], &[(name, "https://user:hush@example.com/")]).unwrap_err();
        assert!(line.contains(name) && !line.contains("hush"), "{line}");
    }
}

#[cfg(unix)]
#[test]
fn a_secret_is_made_once_and_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("kept").join("app-secret");
    let made = Secret::kept(&path).unwrap();
    assert!(made.reveal().len() >= 40);
    assert!(Secret::kept(&path).unwrap() == made);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::write(&path, "short").unwrap();
    assert!(Secret::kept(&path).is_err());
}

#[test]
fn no_kind_of_file_may_be_larger_than_any_file() {
    let uploads = config(&["--upload-max-bytes", "1000", "--upload-image-bytes=10"], &[]).unwrap();
    let limit = |kind| uploads.uploads.limit(kind);
    assert_eq!((limit(FileKind::Image), limit(FileKind::Audio)), (10, 1000));
    assert_eq!((limit(FileKind::Video), limit(FileKind::File)), (1000, 1000));
}

#[test]
fn accounts_come_with_the_demo_or_when_asked_for() {
    let accounts = |flags: &[&str]| config(flags, &[]).unwrap().accounts;
    assert!(accounts(&[]).on && !accounts(&["--demo=false"]).on);
    assert!(accounts(&["--demo=false", "--accounts=true"]).on);
    assert!(!accounts(&["--accounts=false"]).on);
    let tries = accounts(&["--login-attempts=3", "--login-pause=2s"]).tries;
    assert_eq!((tries.burst, tries.pause), (3, 2000));
    assert_eq!(accounts(&[]).session_ttl, 30 * DAY);
}

#[test]
fn keys_for_calls_need_the_app_and_its_certificate() {
    let [app, certificate] = ["--agora-app-id=abc", "--agora-certificate=0123456789"];
    assert!(config(&[app, certificate], &[]).unwrap().call_keys.is_some());
    assert_eq!(config(&[], &[]).unwrap().call_keys, None);
    for wrong in [&[app][..], &[certificate], &["--agora-app-id=a b", certificate]] {
        assert!(config(wrong, &[]).is_err(), "{wrong:?}");
    }
    let refused = config(&[app, "--agora-certificate=short"], &[]).unwrap_err();
    assert!(!refused.contains("short"), "{refused}");
}
