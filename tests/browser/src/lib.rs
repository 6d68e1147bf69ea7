//! What the browser tests share: a page that writes down what it is told, and a way to wait.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use hongyan::browser::host::{Host, Page};
use hongyan::browser::locks::Clerk;
use hongyan::error::Error;
use hongyan::ids::{CallId, ClientMessageId, ConversationId, ConversationKind};
use hongyan::session::config::Config;
use hongyan::session::io::{Command, Event, Outcome, SendTerms};
use hongyan::signal::{MessageFlags, Outgoing};

/// What a test page does when it is told something.
pub type Reaction = Box<dyn Fn(&Host, &Event)>;

/// A page's memory. Cheap to clone.
#[derive(Clone, Default)]
pub struct Heard(Rc<RefCell<Vec<Event>>>);

struct Recorder {
    heard: Heard,
    reaction: Reaction,
}

impl Page for Recorder {
    fn tell(&self, host: &Host, event: Event) {
        self.heard.0.borrow_mut().push(event.clone());
        (self.reaction)(host, &event);
    }
}

impl Heard {
    /// Everything so far.
    pub fn all(&self) -> Vec<Event> {
        self.0.borrow().clone()
    }

    /// How often this call was settled, and how the last time.
    pub fn outcomes(&self, call: u32) -> Vec<Result<Outcome, Error>> {
        let settled = |event: Event| {
            let Event::Settled { call: CallId(other), outcome } = event else { return None };
            (other == call).then_some(outcome)
        };
        self.all().into_iter().filter_map(settled).collect()
    }

    /// Texts of all messages so far.
    pub fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for event in self.all() {
            if let Event::Messages { messages, .. } = event {
                let text = |content: &[u8]| String::from_utf8_lossy(content).into_owned();
                texts.extend(messages.iter().map(|received| text(&received.message.content)));
            }
        }
        texts
    }
}

/// A client of `navigator` without stored state, and what it tells.
pub fn start(navigator: &str, app_key: &str, reaction: Reaction) -> (Host, Heard) {
    let config =
        Config { app_key: app_key.into(), navigators: vec![navigator.into()], ..Config::default() };
    let (page, heard) = recorder_that(reaction);
    (Host::start(config, false, 7, page, clerk()), heard)
}

/// A clerk who gives everything to everybody, and writes down who lets go of it.
///
/// # Panics
/// Never: the script is the test's own.
pub fn clerk() -> Clerk {
    let made = js_sys::Function::new_no_args(
        "const clerk = { left: 0, lost: false, ask: (name, answer) => { clerk.answer = answer; setTimeout(answer, 0, true); },
        leave: () => { clerk.left += 1; }, owns: () => !clerk.lost, doubts: () => false };
        return clerk;",
    );
    let made = made.call0(&wasm_bindgen::JsValue::UNDEFINED);
    wasm_bindgen::JsCast::unchecked_into(made.expect("the test's own script"))
}

/// A page that only listens.
pub fn recorder() -> (Box<dyn Page>, Heard) {
    recorder_that(quiet())
}

fn recorder_that(reaction: Reaction) -> (Box<dyn Page>, Heard) {
    let heard = Heard::default();
    (Box::new(Recorder { heard: heard.clone(), reaction }), heard)
}

/// Does nothing.
pub fn quiet() -> Reaction {
    Box::new(|_, _| {})
}

/// Waits until `done`, or fails after ten seconds.
///
/// # Panics
/// When it takes too long.
pub async fn until(what: &str, done: impl Fn() -> bool) {
    for _ in 0..400 {
        if done() {
            return;
        }
        TimeoutFuture::new(25).await;
    }
    panic!("waited in vain: {what}");
}

/// A command to sign in.
pub fn connect(call: u32, token: &str) -> Command {
    Command::Connect { call: CallId(call), token: token.into(), user: None }
}

/// A command to send a text to a user.
pub fn send(call: u32, to: &str, id: u64, text: &str) -> Command {
    send_to(call, ConversationKind::Private, to, id, text)
}

/// A command to send a text to a conversation of this kind.
pub fn send_to(call: u32, kind: ConversationKind, to: &str, id: u64, text: &str) -> Command {
    let content = ["{\"content\":\"", text, "\"}"].concat();
    let message = Outgoing {
        conversation: ConversationId::new(kind, to),
        object_name: "RC:TxtMsg".into(),
        content: content.into(),
        flags: MessageFlags::NORMAL,
        client_id: ClientMessageId::from_random(id << 1),
        push_text: "".into(),
        push_data: "".into(),
        only_to: Vec::new(),
        config_flag: 0,
    };
    Command::Send {
        call: CallId(call),
        message,
        terms: SendTerms { give_up_after_ms: None, keep: true },
    }
}
