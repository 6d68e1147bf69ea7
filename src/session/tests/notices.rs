use bytes::Bytes;
use prost::Message as _;

use super::world::*;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, ConversationId, ConversationKind, MessageUid, UserId};
use crate::proto;
use crate::session::io::*;
use crate::signal::settings::Setting;
use crate::signal::{Message, MessageDirection, MessageFlags, Outgoing, Request, Told, server};
use crate::time::UnixMillis;
use crate::wire::{Frame, PublishDown, Qos};

/// A message that nobody keeps or counts.
fn volatile(from: &str, object_name: &str, content: String) -> Message {
    Message {
        object_name: object_name.to_owned().into(),
        content: content.into(),
        uid: MessageUid::default(),
        flags: MessageFlags::default(),
        inbox_seq: None,
        ..row(from, 0)
    }
}

fn recall_of(message: &Message, seq: u64) -> Message {
    let content = format!(
        r#"{{"messageUId":"{}","conversationType":1,"targetId":"me","sentTime":{}}}"#,
        message.uid.as_str(),
        message.sent_time.get(),
    );
    Message {
        object_name: "RC:RcCmd".into(),
        content: content.into(),
        flags: MessageFlags { persisted: true, ..MessageFlags::default() },
        ..row(message.conversation.target.as_str(), seq)
    }
}

fn until(seq: i64) -> String {
    format!(r#"{{"lastMessageSendTime":{},"messageUId":"x"}}"#, WALL + seq)
}

/// The server tells that another device has read of "a".
fn read_elsewhere(seq: i64) -> Message {
    Message {
        sender: me(),
        direction: MessageDirection::Sent,
        ..volatile("a", "RC:SRSMsg", until(seq))
    }
}

fn ask_list(world: &mut World) {
    let call = world.call();
    let kinds = Vec::new();
    world.feed(Input::Command(Command::Conversations {
        call,
        kinds,
        count: None,
        remote: true,
        hidden: false,
    }));
}

fn latest_class(world: &World, target: &str) -> String {
    let latest = world.engine.conversation(&with(target)).unwrap().latest.clone();
    latest.unwrap().object_name.to_string()
}

fn query(world: &mut World, wanted: &str) -> Option<(u16, Bytes)> {
    let is_wanted =
        |sent: &Request| matches!(sent, Request::Query { topic, .. } if **topic == *wanted);
    let at = world.sent.iter().position(is_wanted)?;
    let Request::Query { id, body, .. } = world.sent.remove(at)? else { return None };
    Some((id, body))
}

fn answer(world: &mut World, id: u16, status: u16, body: Vec<u8>) {
    let now = world.server_time();
    world.receive(&server::answer(id, false, now, status, body.into()));
}

#[test]
fn a_recall_takes_the_message_out_of_the_count_and_off_the_list() {
    let mut world = World::logged_in(true);
    let [first, second] = [row("a", 1), row("a", 2)];
    world.push(1, &first);
    world.push(2, &second);
    assert_eq!((world.unread("a"), latest_class(&world, "a")), (2, "RC:TxtMsg".into()));
    world.push(3, &recall_of(&second, 3));
    assert_eq!((world.unread("a"), latest_class(&world, "a")), (1, "RC:RcNtf".into()));
    world.push(4, &recall_of(&second, 4));
    assert_eq!(world.unread("a"), 1, "once more");
    assert_eq!(world.delivered().len(), 4, "the page hears of recalls, too");
}

/// A server puts a notice in the place of a message that was taken back before it was pulled.
#[test]
fn b18_a_recall_that_comes_before_its_message_leaves_it_uncounted() {
    let mut world = World::logged_in(true);
    let notice = Message {
        object_name: "RC:RcNtf".into(),
        flags: MessageFlags { persisted: true, ..MessageFlags::default() },
        ..row("a", 2)
    };
    world.push(1, &recall_of(&notice, 1));
    world.push(2, &notice);
    assert_eq!(world.unread("a"), 0);
    world.push(3, &row("a", 3));
    assert_eq!((world.unread("a"), latest_class(&world, "a")), (1, "RC:TxtMsg".into()));
}

#[test]
fn b19_a_receipt_that_comes_before_its_message_holds_for_it() {
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    world.push(2, &volatile("a", "RC:ReadNtf", until(5)));
    world.push(3, &read_elsewhere(5));
    world.push(4, &row("a", 2));
    assert_eq!(world.unread("a"), 0, "read on another device before it came here");
    world.push(5, &own_row("a", 3, 9));
    let shown = world.engine.conversation(&with("a")).unwrap();
    assert_eq!(shown.peer_read, UnixMillis::new(WALL + 5), "the own message is read, too");
}

#[test]
fn b19_receipts_that_come_before_the_first_message_hold_for_it() {
    let mut world = World::logged_in(true);
    world.push(1, &volatile("a", "RC:ReadNtf", until(5)));
    world.push(2, &read_elsewhere(5));
    assert_eq!(world.engine.conversation(&with("a")), None, "they say nothing by themselves");
    world.push(3, &row("a", 1));
    let shown = world.engine.conversation(&with("a")).unwrap();
    assert_eq!((shown.unread, shown.peer_read), (0, UnixMillis::new(WALL + 5)));
    world.push(4, &Message { sent_time: UnixMillis::new(WALL + 6), ..row("a", 2) });
    assert_eq!(world.unread("a"), 1);
}

#[test]
fn a_recall_that_the_list_knows_of_is_not_counted_again() {
    let mut world = World::new();
    world.connect("T");
    world.log_in();
    let list = world.list_query().unwrap();
    let info = crate::signal::relations::ConversationInfo {
        conversation: with("a"),
        latest: Some(row("a", 3)),
        read_time: None,
        unread: Some(2),
        mentions: Some(1),
        peer_read: Some(UnixMillis::new(WALL)),
    };
    world.list(list, &[info], 4);
    let (id, _) = world.pull().unwrap();
    world.page_to_head(id, &[row("a", 1), row("a", 2), row("a", 3), recall_of(&row("a", 1), 4)]);
    let shown = world.engine.conversation(&with("a")).unwrap();
    assert_eq!((shown.unread, shown.mentions, shown.peer_read), (2, 1, UnixMillis::new(WALL)));
    world.push(9, &recall_of(&row("a", 2), 5));
    assert_eq!(world.unread("a"), 1, "one that came after the list");
}

#[test]
fn what_a_list_could_not_know_of_yet_is_not_undone_by_it() {
    let listed = |unread| crate::signal::relations::ConversationInfo {
        conversation: with("a"),
        latest: Some(row("a", 2)),
        read_time: None,
        unread: Some(unread),
        mentions: None,
        peer_read: None,
    };
    for (head, unread) in [(2, 2), (3, 1)] {
        let mut world = World::logged_in(true);
        world.push(1, &row("a", 1));
        world.push(2, &row("a", 2));
        ask_list(&mut world);
        let list = world.list_query().unwrap();
        world.push(3, &recall_of(&row("a", 1), 3));
        world.list(list, &[listed(unread)], head);
        assert_eq!(world.unread("a"), 1, "a recall, a list counted at {head}");
    }
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    world.push(2, &row("a", 2));
    ask_list(&mut world);
    let list = world.list_query().unwrap();
    world.push(4, &read_elsewhere(2));
    world.list(list, &[listed(2)], 2);
    assert_eq!(world.unread("a"), 0, "read on another device");
}

#[test]
fn how_much_remains_of_what_only_the_server_counted_is_asked() {
    let listed = |latest, unread| crate::signal::relations::ConversationInfo {
        conversation: with("a"),
        latest: Some(row("a", latest)),
        read_time: None,
        unread: Some(unread),
        mentions: None,
        peer_read: None,
    };
    for while_asking in [false, true] {
        let mut world = World::logged_in(true);
        ask_list(&mut world);
        let list = world.list_query().unwrap();
        world.list(list, &[listed(9, 5)], 9);
        if while_asking {
            ask_list(&mut world);
        }
        world.push(4, &read_elsewhere(7));
        let list = world.list_query().expect("the page does not know what was sent when");
        if while_asking {
            world.list(list, &[listed(9, 5)], 9);
            let again = world.list_query().expect("the first answer may be too old");
            world.list(again, &[listed(9, 2)], 9);
        } else {
            world.list(list, &[listed(9, 2)], 9);
        }
        assert_eq!((world.unread("a"), world.list_query()), (2, None));
        world.push(4, &read_elsewhere(9));
        assert_eq!((world.unread("a"), world.list_query()), (0, None), "nothing remains");
    }
}

#[test]
fn an_own_recall_shows_when_the_server_took_it() {
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    world.send(text("a", 7));
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, Some(2));
    let latest = world.engine.conversation(&with("a")).unwrap().latest.clone().unwrap();
    let content = format!(
        r#"{{"messageUId":"{}","conversationType":1,"targetId":"a","sentTime":{}}}"#,
        latest.uid.as_str(),
        latest.sent_time.get(),
    );
    let flags = MessageFlags { persisted: true, ..MessageFlags::default() };
    let recall =
        Outgoing { object_name: "RC:RcCmd".into(), content: content.into(), flags, ..text("a", 8) };
    world.send(recall.clone());
    assert_eq!(latest_class(&world, "a"), "RC:TxtMsg");
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 25101, None);
    assert_eq!(latest_class(&world, "a"), "RC:TxtMsg", "refused");
    world.send(Outgoing { client_id: client_id(9), ..recall });
    let (wire, ..) = world.published().unwrap();
    world.ack(wire, 0, Some(3));
    assert_eq!((latest_class(&world, "a"), world.unread("a")), ("RC:RcNtf".into(), 1));
}

#[test]
fn receipts_move_the_read_times() {
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    world.push(2, &row("a", 2));
    world.push(3, &volatile("a", "RC:ReadNtf", until(5)));
    let shown = world.engine.conversation(&with("a")).unwrap();
    assert_eq!((shown.peer_read, shown.unread), (UnixMillis::new(WALL + 5), 2));
    let own = read_elsewhere(1);
    world.push(4, &own);
    assert_eq!(world.unread("a"), 1);
    assert!(query(&mut world, "updRRTime").is_none(), "the server told it");
    world.push(5, &volatile("a", "RC:SRSMsg", until(2)));
    assert_eq!(world.unread("a"), 1, "somebody else's says nothing");
    for odd in ["", "{}", r#"{"lastMessageSendTime":"soon"}"#, r#"{"lastMessageSendTime":1.5}"#] {
        world.push(6, &Message { content: odd.into(), ..own.clone() });
    }
    assert_eq!(world.unread("a"), 1);
}

#[test]
fn what_is_read_in_a_group_is_nobodys_read_time() {
    let mut world = World::logged_in(true);
    let group = ConversationId::new(ConversationKind::Group, "g");
    let inside = |message: Message| Message { conversation: group.clone(), ..message };
    world.push(1, &inside(row("a", 1)));
    let content = format!(r#"{{"lastMessageSendTime":{}}}"#, WALL + 5);
    world.push(2, &inside(volatile("a", "RC:ReadNtf", content)));
    let shown = world.engine.conversation(&group).unwrap();
    assert_eq!((shown.unread, shown.peer_read), (1, UnixMillis::ZERO));
}

#[test]
fn reading_up_to_a_time_is_told_to_the_server() {
    let mut world = World::logged_in(true);
    for seq in 1..4 {
        world.push(seq as u16, &row("a", seq));
    }
    let call = world.call();
    let until = UnixMillis::new(WALL + 2);
    world.feed(Input::Command(Command::MarkRead { call, conversation: with("a"), until }));
    assert_eq!((world.outcome(call), world.unread("a")), (Some(Ok(Outcome::Done)), 1));
    let (id, body) = query(&mut world, "updRRTime").unwrap();
    let told = proto::SessionMsgReadInput::decode(body).unwrap();
    assert_eq!((told.msg_time, &*told.channel_id), (WALL + 2, "a"));
    answer(&mut world, id, 0, Vec::new());
    let call = world.call();
    world.feed(Input::Command(Command::MarkRead { call, conversation: with("nobody"), until }));
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
    assert!(query(&mut world, "updRRTime").is_none());
}

#[test]
fn a_draft_survives_a_reload() {
    let mut world = World::logged_in(true);
    let call = world.call();
    let (conversation, text) = (with("a"), "半句".to_owned());
    world.feed(Input::Command(Command::SetDraft { call, conversation, text }));
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
    let mut again = World::restarted(&["nav.example"], world.kept);
    again.connect("T");
    assert_eq!(again.engine.conversation(&with("a")).unwrap().draft, "半句");
    assert_eq!(again.engine.user(), Some(&UserId::from("me")));
}

fn settings(version: i64, items: &[(&str, i32, &str)]) -> Vec<u8> {
    let state = items.iter().map(|(target, kind, value)| proto::SessionState {
        r#type: 1,
        channel_id: (*target).into(),
        state_item: vec![proto::SessionStateItem {
            session_state_type: *kind,
            value: (*value).into(),
            ..Default::default()
        }],
        ..Default::default()
    });
    proto::SessionStates { version, state: state.collect() }.encode_to_vec()
}

fn notice(version: i64) -> Frame {
    let body = proto::ChrmNotifyMsg { r#type: 3, time: Some(version), chrm_id: None };
    Frame::PublishDown(PublishDown {
        qos: Qos::AtMostOnce,
        sync_copy: false,
        date: 0,
        topic: "s_cmd".into(),
        target_id: "me".into(),
        message_id: 0,
        body: body.encode_to_vec().into(),
    })
}

/// The version that is asked for, answered with these settings.
fn pulled(world: &mut World, body: Vec<u8>) -> Option<i64> {
    let (id, asked) = query(world, "pullSeAtts")?;
    answer(world, id, 0, body);
    Some(proto::SessionReq::decode(asked).unwrap().time)
}

fn shown(world: &World, target: &str) -> (bool, bool, bool) {
    let settings = world.engine.conversation(&with(target)).unwrap().settings;
    (settings.pinned, settings.muted, settings.hidden)
}

#[test]
fn settings_come_with_the_login_and_with_every_change() {
    let mut world = World::new();
    world.connect("T");
    world.log_in();
    assert_eq!(pulled(&mut world, settings(5, &[("a", 2, "1"), ("b", 1, "1")])), Some(0));
    world.answer_everything();
    world.push(1, &row("a", 1));
    world.push(2, &row("b", 2));
    assert_eq!(
        (shown(&world, "a"), shown(&world, "b")),
        ((true, false, false), (false, true, false))
    );
    world.receive(&notice(5));
    assert_eq!(pulled(&mut world, Vec::new()), None, "known");
    world.receive(&notice(6));
    world.receive(&notice(7));
    assert_eq!(pulled(&mut world, settings(6, &[("a", 2, "0"), ("a", 1000, "1")])), Some(5));
    assert_eq!(pulled(&mut world, settings(7, &[("b", 3, "x")])), Some(6), "rung meanwhile");
    assert_eq!(
        (shown(&world, "a"), shown(&world, "b")),
        ((false, false, true), (false, true, false))
    );
    assert_eq!(pulled(&mut world, Vec::new()), None);
}

#[test]
fn a_server_without_settings_leaves_them_as_they_are() {
    let mut world = World::new();
    world.connect("T");
    world.log_in();
    let (id, _) = query(&mut world, "pullSeAtts").unwrap();
    answer(&mut world, id, 1, Vec::new());
    world.answer_everything();
    world.push(1, &row("a", 1));
    assert_eq!(shown(&world, "a"), (false, false, false));
}

fn set(world: &mut World, setting: Setting, on: bool) -> CallId {
    let call = world.call();
    let conversation = with("a");
    world.feed(Input::Command(Command::Set { call, conversation, setting, on }));
    call
}

#[test]
fn what_is_set_holds_when_the_server_took_it() {
    let mut world = World::logged_in(true);
    world.push(1, &row("a", 1));
    let call = set(&mut world, Setting::Pinned, true);
    assert_eq!((world.outcome(call), shown(&world, "a")), (None, (false, false, false)));
    let (id, body) = query(&mut world, "setSeAtt").unwrap();
    let asked = proto::SessionStateModifyReq::decode(body).unwrap();
    assert_eq!(asked.state[0].state_item[0].session_state_type, 2);
    answer(&mut world, id, 0, b"\x08\x09".to_vec());
    assert_eq!(world.outcome(call), Some(Ok(Outcome::Done)));
    assert_eq!(shown(&world, "a"), (true, false, false));
    let call = set(&mut world, Setting::Muted, true);
    let (id, _) = query(&mut world, "setSeAtt").unwrap();
    answer(&mut world, id, 1, Vec::new());
    assert_eq!(world.error(call), Error::server(ErrorCode::from_number(1)));
    assert_eq!(shown(&world, "a"), (true, false, false));
    let call = set(&mut world, Setting::Hidden, true);
    let link = world.link();
    world.feed(Input::LinkClosed(link, CloseCause::Code(1006)));
    assert_eq!(world.error(call), Error::network(ErrorCode::Disconnected));
}

#[test]
fn what_only_the_page_understands_is_told_as_it_came() {
    let mut world = World::new();
    world.connect("T");
    world.log_in();
    world.answer_everything();
    let Frame::PublishDown(publish) = notice(0) else { unreachable!() };
    let presence = proto::GetUserStatusOutput {
        status: Some(r#"{"us":[]}"#.into()),
        sub_user_id: Some("雁".into()),
    };
    let frame = |topic: &str, body: Vec<u8>| {
        let body = body.into();
        Frame::PublishDown(PublishDown { topic: topic.into(), body, ..publish.clone() })
    };
    world.receive(&frame("s_stat", presence.encode_to_vec()));
    world.receive(&frame("s_us", vec![0x08, 0x07, 0x10, 0x00]));
    world.receive(&frame("rtc_ntf", vec![0x08, 0x01, 0x1a, 0x01, b'r']));
    world.receive(&frame("s_stat", vec![0xff]));
    world.receive(&frame("s_else", vec![0x08, 0x07]));
    let told = world.events.iter().filter_map(|event| {
        let Event::Told(Told { topic, body }) = event else { return None };
        (&**topic != "navi").then_some((&**topic, &body[..]))
    });
    let presence = presence.encode_to_vec();
    let wanted: [(&str, &[u8]); 4] = [
        ("s_stat", &presence),
        ("s_us", &[0x08, 0x07, 0x10, 0x00]),
        ("rtc_ntf", &[0x08, 0x01, 0x1a, 0x01, b'r']),
        ("s_stat", &[0xff]),
    ];
    assert_eq!(told.collect::<Vec<_>>(), wanted);
}
