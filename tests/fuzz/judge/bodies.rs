//! Protobuf bodies by topic, and the JSON of contents.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::UserId;
use hongyan::signal::{Signal, client, content as scanner, server, topic};
use hongyan::time::UnixMillis;
use hongyan::wire::{Frame, PublishDown, Qos};

/// Topics whose bodies a server reads. The first byte of an input chooses one.
const UPSTREAM: [&str; 6] = ["ppMsgP", "pgMsgP", "pdMsgP", "pcMsgP", "recallMsg", "prMsgS"];

/// What a client sends with a topic: a message, or one of the questions that the gateway reads.
pub fn body_c2s(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else { return false };
    let body = Bytes::copy_from_slice(rest);
    let choice = usize::from(*first) % (UPSTREAM.len() + 5);
    match choice.checked_sub(UPSTREAM.len()) {
        None => {
            let target = ByteString::from_static("bob");
            server::upstream(UPSTREAM[choice], &target, &body).is_ok()
        }
        Some(0) => server::pull_request(&body).is_ok(),
        Some(1) => server::conversations_request(topic::CONVERSATIONS, &body).is_ok(),
        Some(2) => server::conversations_request(topic::CONVERSATIONS_NEWER, &body).is_ok(),
        Some(3) => server::removal_request(&body).is_ok(),
        Some(_) => server::mark_read_request(&body).is_ok(),
    }
}

/// What a server sends: a push, a doorbell, a notice, a sync copy, a page of messages or of the
/// list. No answer holds more rows than its body has bytes, and a push reads the same once it was
/// written again.
pub fn body_s2c(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else { return false };
    let (me, body) = (UserId::from("me"), Bytes::copy_from_slice(rest));
    match first % 6 {
        0 => pushed(body, &me),
        1 => publish(topic::DOORBELL, false, body, &me).is_some(),
        2 => publish(topic::COMMAND, false, body, &me).is_some(),
        3 => publish("ppMsgP", true, body, &me).is_some(),
        4 => client::pull_page(&body, &me)
            .inspect(|page| assert!(page.messages.len() <= rest.len(), "more rows than bytes"))
            .is_ok(),
        _ => client::conversation_list(&body, &me).is_ok(),
    }
}

fn publish(topic: &'static str, sync_copy: bool, body: Bytes, me: &UserId) -> Option<Signal> {
    let frame = Frame::PublishDown(PublishDown {
        qos: Qos::AtLeastOnce,
        sync_copy,
        date: 1_700_000_000,
        topic: ByteString::from_static(topic),
        target_id: ByteString::from_static("bob"),
        message_id: 7,
        body,
    });
    client::read(frame, me).ok()
}

fn pushed(body: Bytes, me: &UserId) -> bool {
    let Some(Signal::Pushed { message, .. }) = publish(topic::PUSHED, false, body, me) else {
        return false;
    };
    let written = server::push(Some(7), UnixMillis::new(1_700_000_000_000), me, &message);
    let again = client::read(written, me).expect("a push that was written");
    let Signal::Pushed { message: again, .. } = again else { panic!("no push any more") };
    assert_eq!(again.content, message.content, "another content");
    assert_eq!(again.uid, message.uid, "another message");
    assert_eq!(again.conversation, message.conversation, "another conversation");
    true
}

/// The members of a content that the core looks for, in any text.
pub fn content(bytes: &[u8]) -> bool {
    let mention = scanner::mention(bytes);
    let recalled = scanner::recalled(bytes);
    let read = scanner::read_until(bytes);
    if let Some(mention) = &mention {
        mention.includes(&UserId::from("me"));
    }
    mention.is_some() || recalled.is_some() || read.is_some()
}
