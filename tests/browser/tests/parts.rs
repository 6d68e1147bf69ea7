//! What the parts of the platform need of the core in a browser, against the server that
//! `scripts/test-browser.mjs` starts: questions with their answers, and what is told unasked.
#![cfg(target_arch = "wasm32")]

use hongyan::browser::host::Host;
use hongyan::ids::{CallId, ConversationId, ConversationKind, MessageUid};
use hongyan::session::io::{Command, Event, Outcome, RoomChange};
use hongyan::signal::call::Question;
use hongyan::signal::history::HistoryRequest;
use hongyan::signal::{MessageFlags, Outgoing};
use hongyan::time::UnixMillis;
use hongyan_browser_tests::{Heard, connect, quiet, send_to, start, until};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

const SERVER: Option<&str> = option_env!("HONGYAN_TEST_SERVER");
const APP_KEY: Option<&str> = option_env!("HONGYAN_TEST_APP_KEY");
/// Tokens of `ann` and `bob`.
const TOKENS: [Option<&str>; 2] =
    [option_env!("HONGYAN_TEST_TOKEN_ANN"), option_env!("HONGYAN_TEST_TOKEN_BOB")];

/// Somebody who is signed in, and the number of the last call.
struct Person {
    host: Host,
    heard: Heard,
    last: u32,
}

impl Person {
    async fn sign_in(person: usize) -> Self {
        let given =
            |setting: Option<&'static str>| setting.expect("run by scripts/test-browser.mjs");
        let (host, heard) = start(given(SERVER), given(APP_KEY), quiet());
        let mut made = Self { host, heard, last: 0 };
        let done = made.run(|call| connect(call, given(TOKENS[person]))).await;
        assert!(matches!(done, Ok(Outcome::Connected { .. })));
        made
    }

    /// Runs a command to its end; a refusal is its number.
    async fn run(&mut self, command: impl FnOnce(u32) -> Command) -> Result<Outcome, i32> {
        self.last += 1;
        let call = self.last;
        self.host.command(command(call));
        self.host.deliver();
        until("the answer", || !self.heard.outcomes(call).is_empty()).await;
        self.heard.outcomes(call).remove(0).map_err(|error| error.code.number())
    }

    /// The bytes of an answer.
    async fn ask(&mut self, topic: &str, target: Option<&str>, body: &str) -> Result<Vec<u8>, i32> {
        let question = Question::new(topic, target.map(str::to_owned), body);
        let question = question.unwrap_or_else(|_| panic!("{topic}: {body}"));
        match self.run(|call| Command::Ask { call: CallId(call), question }).await? {
            Outcome::Answer { body, .. } => Ok(body.to_vec()),
            other => panic!("{topic}: {other:?}"),
        }
    }

    async fn say(&mut self, kind: ConversationKind, to: &str, text: &str) -> Result<Outcome, i32> {
        let id = js_sys::Math::random().to_bits() >> 2;
        self.run(|call| send_to(call, kind, to, id, text)).await
    }

    /// Says what is meant for programs: it is neither kept nor counted.
    async fn steer(
        &mut self,
        kind: ConversationKind,
        to: &str,
        class: &str,
        content: &str,
    ) -> Result<Outcome, i32> {
        let id = js_sys::Math::random().to_bits() >> 2;
        let steering = |call| {
            let Command::Send { call, message, terms } = send_to(call, kind, to, id, "") else {
                panic!("a send is a send");
            };
            let flags = MessageFlags { persisted: false, counted: false, ..message.flags };
            let (object_name, content) = (class.into(), content.to_owned().into());
            Command::Send {
                call,
                message: Outgoing { object_name, content, flags, ..message },
                terms,
            }
        };
        self.run(steering).await
    }

    /// Begins a talk with a customer service, or goes on with it; returns its id.
    async fn begin_talk(&mut self) -> String {
        let kind = ConversationKind::from_number(5);
        let before = self.contents(kind, "RC:CsHsR").len();
        self.steer(kind, "help", "RC:CsHs", "{}").await.expect("anybody may");
        until("the talk", || self.contents(kind, "RC:CsHsR").len() > before).await;
        let answer = self.contents(kind, "RC:CsHsR").remove(before);
        let id = answer.split(r#""sid":""#).nth(1).and_then(|rest| rest.split('"').next());
        id.expect("a talk has an id").to_owned()
    }

    /// The contents of this class from a conversation of this kind.
    fn contents(&self, kind: ConversationKind, class: &str) -> Vec<String> {
        let heard = |event| match event {
            Event::Messages { messages, .. } => messages,
            _ => Vec::new(),
        };
        let messages =
            self.heard.all().into_iter().flat_map(heard).map(|received| received.message);
        let wanted = messages
            .filter(|message| message.conversation.kind == kind && *message.object_name == *class);
        wanted.map(|message| String::from_utf8_lossy(&message.content).into_owned()).collect()
    }

    /// The bodies that were told under a topic.
    fn told(&self, topic: &str) -> Vec<Vec<u8>> {
        let of_topic = |event| match event {
            Event::Told(told) if *told.topic == *topic => Some(told.body.to_vec()),
            _ => None,
        };
        self.heard.all().into_iter().filter_map(of_topic).collect()
    }

    async fn hears(&self, text: &str) {
        until(text, || self.heard.texts().iter().any(|heard| heard.contains(text))).await;
    }

    async fn sign_out(mut self) {
        assert_eq!(
            self.run(|call| Command::Disconnect { call: CallId(call) }).await,
            Ok(Outcome::Done)
        );
        self.host.stop();
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[wasm_bindgen_test]
async fn who_watches_is_told_of_each_login_and_logout() {
    let mut bob = Person::sign_in(1).await;
    bob.ask("subUserStatus", None, r#"{"userid":["ann"]}"#).await.expect("it may be asked");
    let before = bob.told("s_stat").len();
    let ann = Person::sign_in(0).await;
    until("the login", || bob.told("s_stat").len() > before).await;
    let of_ann =
        |bob: &Person| bob.told("s_stat").into_iter().filter(|told| contains(told, "ann")).count();
    let there = of_ann(&bob);
    assert!(there > 0, "it is told of ann");
    ann.sign_out().await;
    until("the logout", || of_ann(&bob) > there).await;
    bob.sign_out().await;
}

#[wasm_bindgen_test]
async fn who_is_blocked_is_refused_until_it_is_not() {
    let (mut ann, mut bob) = (Person::sign_in(0).await, Person::sign_in(1).await);
    bob.ask("addBlack", Some("bob"), r#"{"userId":"ann"}"#).await.expect("anybody can be blocked");
    assert_eq!(ann.say(ConversationKind::Private, "bob", "unheard").await, Err(405));
    assert!(contains(&bob.ask("getBlack", None, r#"{}"#).await.expect("one's own list"), "ann"));
    bob.ask("rmBlack", Some("bob"), r#"{"userId":"ann"}"#).await.expect("and let in again");
    assert!(ann.say(ConversationKind::Private, "bob", "heard again").await.is_ok());
    bob.hears("heard again").await;
    assert!(!bob.heard.texts().iter().any(|text| text.contains("unheard")));
    ann.sign_out().await;
    bob.sign_out().await;
}

#[wasm_bindgen_test]
async fn values_of_a_chatroom_are_set_told_and_kept_from_others() {
    let (mut ann, mut bob) = (Person::sign_in(0).await, Person::sign_in(1).await);
    let join = |call| Command::JoinRoom {
        call: CallId(call),
        room: "hall".into(),
        history: 0,
        since: None,
    };
    for person in [&mut ann, &mut bob] {
        assert_eq!(person.run(join).await, Ok(Outcome::Done));
    }
    let entry =
        |value: &str| [r#"{"entry":{"key":"topic","value":""#, value, r#"","status":0}}"#].concat();
    ann.ask("setKV", Some("hall"), &entry("geese")).await.expect("who is in it may");
    until("the change", || {
        let changed = |event: &Event| {
            matches!(event, Event::Room { change: RoomChange::Attributes(_), room } if room.as_str() == "hall")
        };
        bob.heard.all().iter().any(changed)
    })
    .await;
    let all =
        bob.ask("pullKV", Some("hall"), r#"{"timestamp":0}"#).await.expect("who is in it reads");
    assert!(contains(&all, "topic") && contains(&all, "geese"));
    assert_eq!(bob.ask("setKV", Some("hall"), &entry("swans")).await, Err(23424), "it is ann's");
    let info = bob.ask("queryChrmI", Some("hall"), r#"{"count":10,"order":1}"#).await;
    assert!(info.is_ok_and(|info| contains(&info, "ann") && contains(&info, "bob")));
    bob.run(|call| Command::LeaveRoom { call: CallId(call), room: "hall".into() })
        .await
        .expect("it may");
    assert_eq!(bob.ask("setKV", Some("hall"), &entry("swans")).await, Err(23406));
    assert_eq!(bob.say(ConversationKind::Chatroom, "hall", "outside").await, Err(23406));
    ann.sign_out().await;
    bob.sign_out().await;
}

#[wasm_bindgen_test]
async fn a_discussion_is_made_spoken_in_and_left() {
    let (mut ann, mut bob) = (Person::sign_in(0).await, Person::sign_in(1).await);
    let made = ann.ask("crDiz", None, r#"{"name":"geese"}"#).await.expect("anybody may");
    // Field 1, a text: tag, length, the id.
    let id = String::from_utf8(made[2..].to_vec()).expect("an id is text");
    assert_eq!(bob.say(ConversationKind::Discussion, &id, "outside").await, Err(21406));
    ann.ask("invtDiz", Some(&id), r#"{"users":["bob"]}"#).await.expect("the owner may");
    assert!(bob.say(ConversationKind::Discussion, &id, "among geese").await.is_ok());
    ann.hears("among geese").await;
    assert!(contains(
        &bob.ask("dizInf", Some(&id), r#"{}"#).await.expect("a member asks"),
        "geese"
    ));
    bob.ask("quitDiz", Some(&id), r#"{}"#).await.expect("a member may");
    assert_eq!(bob.ask("dizInf", Some(&id), r#"{}"#).await, Err(21406));
    ann.sign_out().await;
    bob.sign_out().await;
}

#[wasm_bindgen_test]
async fn quiet_hours_are_among_the_settings() {
    let mut ann = Person::sign_in(0).await;
    let quiet = r#"{"start":"22:00:00","minutes":480}"#;
    ann.ask("hyQuiet", None, quiet).await.expect("one's own hours");
    let settings = ann.ask("pullUS", None, r#"{"version":0}"#).await.expect("one's own settings");
    assert!(contains(&settings, "22:00:00"));
    let wrong = ann.ask("hyQuiet", None, r#"{"start":"25:00:00","minutes":480}"#).await;
    assert_eq!(wrong, Err(33003));
    ann.sign_out().await;
}

#[wasm_bindgen_test]
async fn members_of_a_call_room_hear_of_its_values() {
    let (mut ann, mut bob) = (Person::sign_in(0).await, Person::sign_in(1).await);
    for person in [&mut ann, &mut bob] {
        person
            .ask("rtcRJoin_data", Some("room-7"), r#"{"roomType":1}"#)
            .await
            .expect("anybody may");
    }
    ann.hears("\"users\"").await;
    let value = r#"{"interior":true,"target":2,"key":"uris","value":"[1]"}"#;
    bob.ask("rtcSetData", Some("room-7"), value).await.expect("who is in it may");
    until("the notice", || ann.told("rtc_ntf").iter().any(|told| contains(told, "room-7"))).await;
    let users =
        ann.ask("rtcUData", Some("room-7"), r#"{"order":2}"#).await.expect("who is in it may");
    assert!(contains(&users, "bob") && contains(&users, "uris") && contains(&users, "[1]"));
    bob.ask("rtcRExit", Some("room-7"), r#"{}"#).await.expect("who is in it may");
    assert_eq!(bob.ask("rtcUData", Some("room-7"), r#"{"order":2}"#).await, Err(40001));
    ann.sign_out().await;
    bob.sign_out().await;
}

#[wasm_bindgen_test]
async fn a_public_service_is_found_followed_and_answers() {
    let mut ann = Person::sign_in(0).await;
    let found = ann.ask("schMp", None, r#"{"type":33,"id":"Daily"}"#).await.expect("anybody may");
    assert!(contains(&found, "daily"), "the one for trying out");
    ann.ask("mpFollow", None, r#"{"id":"daily"}"#).await.expect("anybody may");
    let (service, kind) = ("daily", ConversationKind::from_number(8));
    assert!(ann.say(kind, service, "hello").await.is_ok());
    ann.hears("menu").await;
    ann.ask("mpUnFollow", None, r#"{"id":"daily"}"#).await.expect("who follows may");
    ann.sign_out().await;
}

#[wasm_bindgen_test]
async fn a_customer_talks_with_the_robot_and_asks_for_people() {
    let mut ann = Person::sign_in(0).await;
    let kind = ConversationKind::from_number(5);
    let sid = ann.begin_talk().await;
    let ids = [r#"{"sid":""#, &sid, r#"","uid":"ann","pid":"help"}"#].concat();
    let said = ann.contents(kind, "RC:TxtMsg").len();
    ann.say(kind, "help", "how are geese?").await.expect("the robot hears it");
    until("its answer", || ann.contents(kind, "RC:TxtMsg").len() > said).await;
    ann.steer(kind, "help", "RC:CSCha", &ids).await.expect("who talks may");
    let nobody = |answer: &String| answer.contains(r#""status":2"#);
    until("that nobody comes", || ann.contents(kind, "RC:CsChaR").iter().any(nobody)).await;
    assert_eq!(ann.begin_talk().await, sid, "it goes on");
    ann.steer(kind, "help", "RC:CsSp", &ids).await.expect("who talks may end it");
    assert_ne!(ann.begin_talk().await, sid, "another one");
    assert_eq!(ann.steer(kind, "nobody", "RC:CsHs", "{}").await, Err(20406));
    ann.sign_out().await;
}

#[wasm_bindgen_test]
async fn a_place_reaches_who_is_there_and_is_not_kept() {
    let (mut ann, mut bob) = (Person::sign_in(0).await, Person::sign_in(1).await);
    let (kind, class) = (ConversationKind::Private, "RC:RL");
    let place = r#"{"latitude":31.2,"longitude":121.4}"#;
    ann.steer(kind, "bob", class, place).await.expect("whoever may send, may tell where it is");
    until("the place", || bob.contents(kind, class) == [place]).await;
    let request = HistoryRequest {
        conversation: ConversationId::new(kind, "ann"),
        after: false,
        time: UnixMillis::ZERO,
        uid: MessageUid::default(),
        count: 20,
    };
    match bob.run(|call| Command::History { call: CallId(call), request }).await {
        Ok(Outcome::History { messages, .. }) => {
            assert!(messages.iter().all(|received| *received.message.object_name != *class));
        }
        other => panic!("{other:?}"),
    }
    ann.sign_out().await;
    bob.sign_out().await;
}
