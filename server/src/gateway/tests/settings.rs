//! Settings of conversations and of users.

use hongyan::proto::{
    BlockPushInput, GetQNupTokenOutput, HyQuietInput, PullUserSettingInput, PullUserSettingOutput,
    SessionReq, SessionState, SessionStateItem, SessionStateModifyReq, SessionStateModifyResp,
    SessionStates,
};
use prost::Message as _;

use super::*;
use crate::core::ask::SettingsAsk;
use crate::store::{QuietHours, SetVersions, Setting, UserSettings, VersionedSetting};

fn you() -> ConversationId {
    ConversationId::new(ConversationKind::Private, "you")
}

fn setting(conversation: ConversationId, item: i32, value: &str) -> Setting {
    Setting { conversation, item, value: value.into() }
}

fn state(kind: i32, target: &str, items: &[(i32, &str)]) -> SessionState {
    let item = |(item, value): &(i32, &str)| SessionStateItem {
        session_state_type: *item,
        value: (*value).to_owned(),
        tags: Vec::new(),
        time: None,
    };
    SessionState {
        r#type: kind,
        channel_id: target.into(),
        time: None,
        state_item: items.iter().map(item).collect(),
        bus_channel: None,
    }
}

fn modify(state: Vec<SessionState>) -> SessionStateModifyReq {
    SessionStateModifyReq { version: 7, state, ignore_version: None }
}

#[test]
fn settings_are_made() {
    let mut driven = Driven::level(false, 1);
    let request = modify(vec![state(1, "you", &[(2, "1"), (1, "0")]), state(3, "g", &[(2, "1")])]);
    let (id, ask) = driven.query("setSeAtt", "me", &request);
    let g = ConversationId::new(ConversationKind::Group, "g");
    let settings = vec![setting(you(), 2, "1"), setting(you(), 1, "0"), setting(g, 2, "1")];
    assert_eq!(ask, Ask::Settings(SettingsAsk::Set(settings)));
    driven.told(id, Told::Set(SetVersions { before: 7, after: 9 }));
    let response: SessionStateModifyResp = driven.answered(0);
    assert_eq!((response.version, response.update_version), (9, Some(true)));
    let (id, _) = driven.query("setSeAtt", "me", &request);
    driven.told(id, Told::Set(SetVersions { before: 8, after: 9 }));
    let response: SessionStateModifyResp = driven.answered(0);
    assert_eq!(response.update_version, Some(false), "it does not know what 8 was");
}

#[test]
fn settings_that_make_no_sense_are_refused_whole() {
    let long = "x".repeat(4097);
    for (kind, target, item, value) in [
        (1, "you", 2, "yes"),
        (1, "you", 1, ""),
        (1, "you", 3, "1"),
        (1, "you", 77, "1"),
        (1, "", 2, "1"),
        (0, "you", 2, "1"),
        (12, "you", 2, "1"),
        (1, "you", 1000, "2"),
        (1, "you", 1001, &*long),
    ] {
        let request =
            modify(vec![state(1, "a", &[(2, "1")]), state(kind, target, &[(item, value)])]);
        Driven::level(true, 1).refused("setSeAtt", "me", &request, 33003);
    }
    let mut driven = Driven::level(true, 1);
    driven.refused("setSeAtt", "me", &modify(Vec::new()), 33003);
    driven.refused("setSeAtt", "me", &modify(vec![state(1, "you", &[(2, "1"); 101])]), 33003);
}

#[test]
fn hidden_and_drafts_are_for_clients_with_the_extensions() {
    for (item, value) in [(1000, "1"), (1001, "你好")] {
        let request = modify(vec![state(1, "you", &[(item, value)])]);
        let (_, ask) = Driven::level(true, 1).query("setSeAtt", "me", &request);
        assert_eq!(ask, Ask::Settings(SettingsAsk::Set(vec![setting(you(), item, value)])));
        Driven::level(false, 1).refused("setSeAtt", "me", &request, 33003);
    }
}

fn versioned(version: i64, item: i32, target: &str, value: &str) -> VersionedSetting {
    let conversation = ConversationId::new(ConversationKind::Private, target);
    VersionedSetting { setting: setting(conversation, item, value), version }
}

#[test]
fn settings_are_fetched_one_state_for_each_conversation() {
    for extended in [false, true] {
        let mut driven = Driven::level(extended, 1);
        let (id, ask) = driven.query("pullSeAtts", "me", &SessionReq { time: 3 });
        assert_eq!(ask, Ask::Settings(SettingsAsk::After(3, 501)));
        let settings = vec![
            versioned(4, 2, "a", "1"),
            versioned(5, 1, "b", "1"),
            versioned(6, 1, "a", "0"),
            versioned(7, 1000, "a", "1"),
        ];
        driven.told(id, Told::Settings(settings));
        let states: SessionStates = driven.answered(0);
        assert_eq!(states.version, 7);
        let a = &states.state[0];
        let items: Vec<_> =
            a.state_item.iter().map(|item| (item.session_state_type, &*item.value)).collect();
        let expected = [(2, "1"), (1, "0"), (1000, "1")];
        let known = if extended { 3 } else { 2 };
        assert_eq!((&*a.channel_id, &items[..]), ("a", &expected[..known]));
        assert_eq!(a.state_item[1].time, Some(6));
        assert_eq!((states.state.len(), &*states.state[1].channel_id), (2, "b"));
        assert_eq!(driven.sent(), [""; 0]);
    }
}

#[test]
fn without_anything_new_the_client_keeps_its_version() {
    let mut driven = Driven::level(false, 1);
    let (id, _) = driven.query("pullSeAtts", "me", &SessionReq { time: 3 });
    driven.told(id, Told::Settings(Vec::new()));
    let states: SessionStates = driven.answered(0);
    assert_eq!((states.version, states.state.len()), (3, 0));
}

#[test]
fn a_page_that_is_not_the_last_is_followed_by_another_call() {
    let few = (0..501).map(|n| versioned(n + 1, 2, "a", "1")).collect::<Vec<_>>();
    let long = "x".repeat(4000);
    let large = (0..30).map(|n| versioned(n + 1, 1001, "a", &long)).collect::<Vec<_>>();
    for (settings, version) in [(few, 500), (large, 16)] {
        let mut driven = Driven::level(true, 1);
        let (id, _) = driven.query("pullSeAtts", "me", &SessionReq { time: 0 });
        driven.told(id, Told::Settings(settings));
        let sent = driven.sent();
        assert_eq!(sent.len(), 2);
        let body = unhex(&sent[0]).slice(9..);
        assert_eq!(SessionStates::decode(body).unwrap().version, version);
        // s_cmd, type 3
        assert!(sent[1].contains("735f636d64") && sent[1].contains("080310"), "{}", sent[1]);
    }
}

#[test]
fn other_logins_are_called_and_not_before_connack() {
    let mut driven = Driven::level(false, 1);
    driven.notice(Notice::SettingsChanged(300));
    let expected = "305f5e10000005 735f636d64 0002 6d65 0000 0803 10ac02";
    assert_eq!(driven.sent(), [expected.replace(' ', "")]);
    let mut driven = Driven::new(false);
    driven.notice(Notice::SettingsChanged(300));
    assert_eq!(driven.sent(), [""; 0]);
}

#[test]
fn the_old_topics_speak_of_the_same_setting() {
    let mut driven = Driven::level(false, 1);
    let request = BlockPushInput { blockee_id: "you".into() };
    let g = ConversationId::new(ConversationKind::Group, "you");
    let topics = [
        ("blkPPush", you(), "1"),
        ("unblkPPush", you(), "0"),
        ("blkDPush", g.clone(), "1"),
        ("unblkDPush", g.clone(), "0"),
    ];
    for (topic, conversation, value) in topics {
        let (id, ask) = driven.query(topic, "me", &request);
        let settings = vec![setting(conversation, 1, value)];
        assert_eq!(ask, Ask::Settings(SettingsAsk::Set(settings)), "{topic}");
        driven.told(id, Told::Set(SetVersions { before: 0, after: 1 }));
        assert_eq!(driven.status_and_body(), (0, Bytes::new()));
    }
    for (topic, conversation) in [("qryPPush", you()), ("qryDPush", g)] {
        for (silent, status) in [(false, 0), (true, 1)] {
            let (id, ask) = driven.query(topic, "me", &request);
            assert_eq!(ask, Ask::Settings(SettingsAsk::IsSilent(conversation.clone())));
            driven.told(id, Told::Whether(silent));
            assert_eq!(driven.status_and_body(), (status, Bytes::new()));
        }
    }
    driven.refused("blkPPush", "me", &BlockPushInput { blockee_id: String::new() }, 33003);
}

#[test]
fn offline_days_are_told_and_set() {
    for extended in [false, true] {
        let mut driven = Driven::level(extended, 1);
        let request = PullUserSettingInput { version: 2, ..Default::default() };
        let (id, ask) = driven.query("pullUS", "me", &request);
        assert_eq!(ask, Ask::Settings(SettingsAsk::OfUser));
        let settings =
            UserSettings { offline_days: Some(3), version: 9, ..UserSettings::default() };
        driven.told(id, Told::UserSettings(settings));
        let output: PullUserSettingOutput = driven.answered(0);
        assert_eq!((output.version, output.items.len()), (9, usize::from(extended)));
        if let Some(item) = output.items.first() {
            assert_eq!(
                (&*item.key, &item.value[..], item.version),
                ("offlineMsgDur", &b"3"[..], 9)
            );
        }
    }
    let mut driven = Driven::level(false, 1);
    let days =
        |days: &str| GetQNupTokenOutput { deadline: 9, token: days.into(), ..Default::default() };
    let (id, ask) = driven.query("setOfflineMsgDur", "me", &days("3"));
    assert_eq!(ask, Ask::Settings(SettingsAsk::SetOfflineDays(3, 9)));
    driven.told(id, Told::Done);
    assert_eq!(driven.status_and_body(), (0, Bytes::new()));
    for wrong in ["0", "8", "-1", "", "three", "3.5"] {
        driven.refused("setOfflineMsgDur", "me", &days(wrong), 33003);
    }
}

#[test]
fn quiet_hours_are_set_and_told() {
    let mut driven = Driven::level(true, 1);
    let hours =
        |start: Option<&str>, minutes| HyQuietInput { start: start.map(Into::into), minutes };
    let quiet = QuietHours { start: 23 * 3600 + 61, minutes: 480, mentions: false };
    for (request, expected) in
        [(hours(Some("23:01:01"), Some(480)), Some(quiet)), (hours(None, None), None)]
    {
        let (id, ask) = driven.query("hyQuiet", "me", &request);
        assert_eq!(ask, Ask::Settings(SettingsAsk::SetQuietHours(expected)));
        driven.told(id, Told::Done);
        assert_eq!(driven.status_and_body(), (0, Bytes::new()));
    }
    for (start, minutes) in [
        (Some("24:00:00"), Some(1)),
        (Some("23:60:00"), Some(1)),
        (Some("23:00:60"), Some(1)),
        (Some("23:00"), Some(1)),
        (Some("1:00:00"), Some(1)),
        (Some("+1:00:00"), Some(1)),
        (Some("23:00:00:00"), Some(1)),
        (Some(""), Some(1)),
        (Some("23:00:00"), Some(0)),
        (Some("23:00:00"), Some(1440)),
        (Some("23:00:00"), None),
        (None, Some(1)),
    ] {
        driven.refused("hyQuiet", "me", &hours(start, minutes), 33003);
    }
    let (id, _) = driven.query("pullUS", "me", &PullUserSettingInput::default());
    let settings = UserSettings { quiet_hours: Some(quiet), ..UserSettings::default() };
    driven.told(id, Told::UserSettings(settings));
    let output: PullUserSettingOutput = driven.answered(0);
    let text = &br#"{"start":"23:01:01","minutes":480}"#[..];
    assert_eq!((&*output.items[0].key, &output.items[0].value[..]), ("hyQuiet", text));
}

#[test]
fn a_change_elsewhere_is_told_to_clients_with_the_extensions() {
    for extended in [false, true] {
        let mut driven = Driven::level(extended, 1);
        driven.notice(Notice::UserSettingsChanged(9));
        let frame = "305f5e1000 0004 735f7573 0002 6d65 0000 0809 1000".replace(' ', "");
        assert_eq!(driven.sent(), if extended { vec![frame] } else { vec![] });
    }
}
