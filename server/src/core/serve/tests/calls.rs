//! Calls.

use super::super::super::ask::{CallAsk, CallTold};
use super::super::super::call_key::CallKeys;
use super::super::super::call_rooms::{Owner, SILENCE, Shelf};
use super::*;

async fn call(server: &Server, session: &Session, ask: CallAsk) -> Told {
    server.serve(session, Ask::Call("r".into(), ask), at(0)).await
}

fn put(key: &str, class: Option<&str>) -> CallAsk {
    let place = (Owner::Member, Shelf::Inner);
    let notice = class.map(|class| (class.into(), Bytes::from_static(b"{}")));
    CallAsk::Put { place, values: vec![(key.into(), "v".into())], notice }
}

/// Class, sender and content of what passed by, each in the room.
fn heard(session: &Session) -> Vec<(String, String, String)> {
    let one = |row: InboxRow| {
        assert_eq!(row.conversation, room(12, "r"));
        let content = String::from_utf8(row.content.to_vec()).unwrap();
        (row.object_name.to_string(), row.sender.as_str().to_owned(), content)
    };
    session.passing().into_iter().map(one).collect()
}

fn state(user: &str, state: &str) -> (String, String, String) {
    let content = format!(r#"{{"users":[{{"state":"{state}","userId":"{user}"}}]}}"#);
    ("RCRTC:state".into(), user.into(), content)
}

async fn in_call(server: &Server) -> (Session, Session) {
    let (a, b) = (server.join("a", false), server.join("b", false));
    for session in [&a, &b] {
        let told = call(server, session, CallAsk::Join).await;
        assert!(matches!(told, Told::Call(CallTold::Users(_, None))), "{told:?}");
    }
    assert_eq!(heard(&a), [state("b", "0")]);
    (a, b)
}

#[tokio::test]
async fn members_hear_who_comes_and_goes() {
    let server = Server::new();
    let (a, b) = in_call(&server).await;
    call(&server, &b, CallAsk::Join).await;
    assert_eq!(a.inlet.taken(), [], "it was there");
    assert_eq!(call(&server, &b, CallAsk::Leave).await, Told::Done);
    assert_eq!(heard(&a), [state("b", "1")]);
    assert_eq!(call(&server, &b, CallAsk::Ping).await, Told::Refused(40001));
    assert_eq!(b.inlet.taken(), []);
}

#[tokio::test]
async fn who_is_silent_leaves() {
    let server = Server::new();
    let (a, _b) = in_call(&server).await;
    let later = |ms: u64| at(ms.cast_signed());
    let ping = Ask::Call("r".into(), CallAsk::Ping);
    assert_eq!(server.serve(&a, ping, later(SILENCE)).await, Told::Done);
    server.0.sweep_calls(later(SILENCE + 1));
    assert_eq!(heard(&a), [state("b", "2")]);
}

#[tokio::test]
async fn values_are_shared_and_told() {
    let server = Server::new();
    let (a, b) = in_call(&server).await;
    let newer = server.join("a", true);
    assert_eq!(call(&server, &b, put("k", Some("app:Mic"))).await, Told::Done);
    assert_eq!(heard(&a), [("app:Mic".into(), "b".into(), "{}".into())]);
    let changed = Notice::CallChanged { room: "r".into(), time: at(0).wall };
    assert!(newer.inlet.taken().contains(&changed));
    let told = call(&server, &a, CallAsk::Users(true)).await;
    let Told::Call(CallTold::Users(users, None)) = told else { panic!("{told:?}") };
    assert_eq!(users[1].values["k"], "v");
    let place = (Owner::Member, Shelf::Inner);
    let gone = CallAsk::Delete { place, keys: vec!["k".into()], notice: None };
    assert_eq!(call(&server, &b, gone).await, Told::Done);
    let told = call(&server, &b, CallAsk::Get { place, keys: vec![] }).await;
    assert_eq!(told, Told::Call(CallTold::Values(std::collections::BTreeMap::new())));
}

#[tokio::test]
async fn messages_go_to_the_others_of_the_room() {
    let server = Server::new();
    let (a, b) = in_call(&server).await;
    let passing = || of_class("app:Mic", 12, "r", "{}", MessageFlags::default());
    server.serve(&b, passing(), at(0)).await;
    assert_eq!(heard(&a), [("app:Mic".into(), "b".into(), "{}".into())]);
    let kept =
        stored(server.serve(&b, send(12, "r", "{}", MessageFlags::NORMAL, None), at(0)).await);
    let [row] = &a.rows()[..] else { panic!("one row") };
    assert_eq!((&row.uid, row.flags.counted), (&kept.uid, false));
    assert_eq!(server.list("a").await, [], "it makes no conversation");
    let c = server.join("c", false);
    assert_eq!(server.serve(&c, passing(), at(0)).await, Told::Refused(40001));
    assert_eq!(
        server.serve(&b, directed(passing(), &["c"]), at(0)).await,
        Told::Sent(super::super::super::announce::volatile(at(0).wall))
    );
    assert_eq!(a.inlet.taken(), []);
}

#[tokio::test]
async fn bad_questions_change_nothing() {
    let server = Server::new();
    let (a, b) = in_call(&server).await;
    let c = server.join("c", false);
    for ask in [CallAsk::Leave, CallAsk::Users(true), CallAsk::Room, put("k", None), CallAsk::Token]
    {
        assert_eq!(call(&server, &c, ask).await, Told::Refused(40001));
    }
    let join = |room: &str| Ask::Call(room.into(), CallAsk::Join);
    for wrong in ["", "r\0", &"r".repeat(65)] {
        assert_eq!(server.serve(&a, join(wrong), at(0)).await, Told::Refused(33003));
    }
    assert_eq!(call(&server, &a, put("", None)).await, Told::Refused(33003));
    assert_eq!(call(&server, &a, put("k", Some("a\0"))).await, Told::Refused(33003));
    assert_eq!(b.inlet.taken(), []);
}

#[tokio::test]
async fn keys_are_made_by_who_has_a_certificate() {
    let server = Server::new();
    let (a, _b) = in_call(&server).await;
    for ask in [CallAsk::Key, CallAsk::Token] {
        assert_eq!(call(&server, &a, ask).await, Told::Refused(24012));
    }
    let keys = CallKeys::new("app".into(), "certificate".into());
    let key = keys.key("r", "a", at(0).wall);
    let server = Server(server.0.with_call_keys(Some(keys)));
    for ask in [CallAsk::Key, CallAsk::Token] {
        assert_eq!(call(&server, &a, ask).await, Told::Call(CallTold::Key(key.clone())));
    }
    let told = call(&server, &a, CallAsk::Join).await;
    assert!(matches!(told, Told::Call(CallTold::Users(_, Some(_)))), "{told:?}");
}

#[tokio::test]
async fn an_invitation_waits_for_who_is_away() {
    let server = Server::new();
    let a = server.join("a", true);
    for class in ["RC:VCInvite", "RC:VCAccept", "RC:VCHangup"] {
        server.send(&a, of_class(class, 1, "b", "{}", MessageFlags::default())).await;
    }
    server.send(&a, of_class("RC:VCRinging", 1, "b", "{}", MessageFlags::default())).await;
    assert_eq!(classes(&server.inbox("b").await), ["RC:VCInvite", "RC:VCAccept", "RC:VCHangup"]);
    assert_eq!(server.list("b").await, [], "it makes no conversation");
}
