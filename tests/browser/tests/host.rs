//! The loop: what a page may do while it is told something, locks, and the end.
#![cfg(target_arch = "wasm32")]

use std::cell::Cell;
use std::rc::Rc;

use hongyan::browser::locks::{Lock, Ownership};
use hongyan::browser::network::NetworkHints;
use hongyan::ids::CallId;
use hongyan::session::io::{Command, Event, Hint, Outcome};
use hongyan_browser_tests::{Heard, Reaction, clerk, connect, quiet, send, start, until};
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

fn client(reaction: Reaction) -> (hongyan::browser::host::Host, Heard) {
    start(NOWHERE, "k", reaction)
}

#[wasm_bindgen_test]
async fn a_navigator_that_is_not_there_ends_the_call() {
    let (host, heard) = client(quiet());
    host.command(connect(1, "t"));
    assert_eq!(heard.all(), [], "nothing is told within the page's own call");
    until("an answer", || heard.outcomes(1).len() == 1).await;
    let error = heard.outcomes(1)[0].clone().expect_err("there is no navigator");
    assert_eq!(error.code.number(), 203);
    host.stop();
}

#[wasm_bindgen_test]
async fn a_listener_may_call_everything() {
    let first = Cell::new(true);
    let (host, heard) = client(Box::new(move |host, event| {
        if !matches!(event, Event::Status(_)) || !first.replace(false) {
            return;
        }
        host.command(send(10, "b", 10, "from a listener"));
        host.command(Command::Disconnect { call: CallId(11) });
        host.command(connect(12, "t"));
        host.deliver();
        assert!(host.read(|engine| engine.status()).is_some(), "no borrow is held");
    }));
    host.command(connect(1, "t"));
    host.deliver();
    until("answers", || [1, 11, 12].iter().all(|call| !heard.outcomes(*call).is_empty())).await;
    for call in [1, 11, 12] {
        assert_eq!(heard.outcomes(call).len(), 1, "call {call} is settled once");
    }
    assert_eq!(heard.outcomes(1)[0].clone().expect_err("disconnected").code.number(), 31011);
    assert_eq!(heard.outcomes(11)[0], Ok(Outcome::Done));
    assert!(heard.outcomes(10).len() <= 1, "a send is settled once, if at all");
    host.stop();
}

#[wasm_bindgen_test]
async fn events_come_in_order_whatever_a_listener_does() {
    let depth = Rc::new(Cell::new(0));
    let (host, heard) = client(Box::new(move |host, event| {
        assert_eq!(depth.replace(1), 0, "a listener is never called within a listener");
        if matches!(event, Event::Status(_)) {
            host.command(Command::Conversations {
                call: CallId(7),
                kinds: vec![],
                count: None,
                remote: false,
                hidden: false,
            });
            host.deliver();
        }
        depth.set(0);
    }));
    host.command(connect(1, "t"));
    host.deliver();
    until("answers", || !heard.outcomes(7).is_empty() && !heard.outcomes(1).is_empty()).await;
    host.stop();
}

#[wasm_bindgen_test]
async fn a_listener_may_end_it_all() {
    let (host, heard) = client(Box::new(|host, _| host.stop()));
    host.command(connect(1, "t"));
    host.deliver();
    gloo_timers::future::TimeoutFuture::new(300).await;
    assert_eq!(heard.all().len(), 1, "nothing is told after the end");
    host.command(connect(2, "t"));
    host.deliver();
    assert_eq!(heard.all().len(), 1);
}

#[wasm_bindgen_test]
async fn a_lock_is_asked_for_lost_and_left() {
    let clerk = clerk();
    let member = |name: &str| Reflect::get(&clerk, &name.into()).expect("a member");
    let told: Rc<std::cell::RefCell<Vec<Ownership>>> = Rc::default();
    let hear = Rc::clone(&told);
    let lock = Lock::request(&clerk, "state", move |answer| hear.borrow_mut().push(answer));
    assert_eq!(*told.borrow(), [], "nothing is answered at once");
    until("the answer", || !told.borrow().is_empty()).await;
    assert!(!lock.is_lost());
    assert!(Reflect::set(&clerk, &"lost".into(), &true.into()).is_ok_and(|set| set));
    assert!(lock.is_lost(), "asked anew each time");
    let answer: Function = member("answer").unchecked_into();
    assert!(answer.call1(&JsValue::UNDEFINED, &false.into()).is_ok());
    assert_eq!(*told.borrow(), [Ownership::Owned, Ownership::Taken]);
    drop(lock);
    assert_eq!(member("left").as_f64(), Some(1.0));
}

#[wasm_bindgen_test]
fn hints_come_until_they_are_dropped() {
    let heard = Rc::new(std::cell::RefCell::new(Vec::new()));
    let hints = {
        let heard = Rc::clone(&heard);
        NetworkHints::listen(move |hint| heard.borrow_mut().push(hint))
    };
    let say = |code: &str| {
        let said = js_sys::Function::new_no_args(code).call0(&wasm_bindgen::JsValue::UNDEFINED);
        assert!(said.is_ok());
    };
    say("window.dispatchEvent(new Event('offline')); window.dispatchEvent(new Event('online'));
        window.dispatchEvent(new Event('pagehide')); window.dispatchEvent(new Event('pageshow'));
        window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
        document.dispatchEvent(new Event('freeze'));");
    let told = [Hint::Offline, Hint::Online, Hint::Stowed, Hint::Visible, Hint::Woke, Hint::Hidden];
    assert_eq!(*heard.borrow(), told, "a page that is shown for the first time was not away");
    say("document.dispatchEvent(new Event('resume'));");
    assert_eq!(heard.borrow()[told.len()..], [Hint::Visible, Hint::Woke]);
    drop(hints);
    say("window.dispatchEvent(new Event('online'))");
    assert_eq!(heard.borrow().len(), told.len() + 2);
}
