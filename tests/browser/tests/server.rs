//! Real sockets: against the server that `scripts/test-browser.mjs` starts, and against a peer
//! that answers with text.
#![cfg(target_arch = "wasm32")]

use hongyan::ids::{CallId, ConversationKind};
use hongyan::session::io::{Command, Event, Outcome, RoomChange, SendState, Status};
use hongyan_browser_tests::{Heard, connect, quiet, send, send_to, start, until};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

const SERVER: Option<&str> = option_env!("HONGYAN_TEST_SERVER");
const TEXT_PEER: Option<&str> = option_env!("HONGYAN_TEST_TEXT_PEER");
const APP_KEY: Option<&str> = option_env!("HONGYAN_TEST_APP_KEY");
/// Tokens of `ann` and `bob`.
const TOKENS: [Option<&str>; 2] =
    [option_env!("HONGYAN_TEST_TOKEN_ANN"), option_env!("HONGYAN_TEST_TOKEN_BOB")];

fn given(setting: Option<&'static str>) -> &'static str {
    setting.expect("run by scripts/test-browser.mjs, which says where the server is")
}

async fn sign_in(person: usize) -> (hongyan::browser::host::Host, Heard) {
    let (host, heard) = start(given(SERVER), given(APP_KEY), quiet());
    host.command(connect(1, given(TOKENS[person])));
    until("the login", || !heard.outcomes(1).is_empty()).await;
    assert!(matches!(heard.outcomes(1)[..], [Ok(Outcome::Connected { .. })]));
    (host, heard)
}

#[wasm_bindgen_test]
async fn a_message_crosses() {
    let (ann, told_ann) = sign_in(0).await;
    let (bob, told_bob) = sign_in(1).await;
    ann.command(send(2, "bob", js_sys::Math::random().to_bits() >> 2, "你好 👋"));
    until("the message", || told_bob.texts().iter().any(|text| text.contains("你好 👋"))).await;
    until("its answer", || !told_ann.outcomes(2).is_empty()).await;
    assert!(matches!(told_ann.outcomes(2)[..], [Ok(Outcome::Sent { .. })]));
    let sent = told_ann.all().into_iter().any(|event| {
        matches!(event, Event::SendChanged { state: SendState::Sent { uid, .. }, .. } if !uid.is_empty())
    });
    assert!(sent);
    ann.command(Command::Disconnect { call: CallId(3) });
    ann.deliver();
    until("the goodbye", || !told_ann.outcomes(3).is_empty()).await;
    ann.stop();
    bob.stop();
}

fn in_room(heard: &Heard, wanted: fn(&RoomChange) -> bool) -> bool {
    heard.all().iter().any(|event| {
        matches!(event, Event::Room { room, change } if room.as_str() == "yard" && wanted(change))
    })
}

#[wasm_bindgen_test]
async fn a_chatroom_has_what_is_said_while_one_is_in_it() {
    let (ann, told_ann) = sign_in(0).await;
    let (bob, told_bob) = sign_in(1).await;
    for (host, heard) in [(&ann, &told_ann), (&bob, &told_bob)] {
        let room = "yard".into();
        host.command(Command::JoinRoom { call: CallId(2), room, history: 0, since: None });
        host.deliver();
        until("the room", || !heard.outcomes(2).is_empty()).await;
        assert!(matches!(heard.outcomes(2)[..], [Ok(Outcome::Done)]));
        assert!(in_room(heard, |change| matches!(change, RoomChange::Joined { .. })));
    }
    let id = js_sys::Math::random().to_bits() >> 2;
    ann.command(send_to(3, ConversationKind::Chatroom, "yard", id, "to all"));
    until("the message", || told_bob.texts().iter().any(|text| text.contains("to all"))).await;
    until("its answer", || !told_ann.outcomes(3).is_empty()).await;
    assert!(
        !told_ann.texts().iter().any(|text| text.contains("to all")),
        "an own message is no news"
    );
    bob.command(Command::LeaveRoom { call: CallId(4), room: "yard".into() });
    bob.deliver();
    until("the goodbye", || !told_bob.outcomes(4).is_empty()).await;
    assert!(in_room(&told_bob, |change| *change == RoomChange::Left(None)));
    ann.command(Command::Disconnect { call: CallId(5) });
    ann.deliver();
    until("the end", || in_room(&told_ann, |change| matches!(change, RoomChange::Left(Some(_)))))
        .await;
    ann.stop();
    bob.stop();
}

#[wasm_bindgen_test]
async fn a_wrong_token_is_refused() {
    let (host, heard) = start(given(SERVER), given(APP_KEY), quiet());
    host.command(connect(1, "nonsense"));
    until("the refusal", || !heard.outcomes(1).is_empty()).await;
    assert_eq!(heard.outcomes(1)[0].clone().expect_err("no such token").code.number(), 31004);
    host.stop();
}

#[wasm_bindgen_test]
async fn d7_a_text_frame_ends_the_link() {
    let (host, heard) = start(given(TEXT_PEER), "k", quiet());
    host.command(connect(1, "t"));
    until("the call to end", || !heard.outcomes(1).is_empty()).await;
    assert!(heard.outcomes(1)[0].is_err());
    let up = heard.all().contains(&Event::Status(Status::Connected));
    assert!(!up, "text is no login");
    host.stop();
}
