//! Real sockets: against the server that `scripts/test-browser.mjs` starts, and against a peer
//! that answers with text.
#![cfg(target_arch = "wasm32")]

use hongyan::ids::CallId;
use hongyan::session::io::{Command, Event, Outcome, SendState, Status};
use hongyan_browser_tests::{Heard, connect, quiet, send, start, until};
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
