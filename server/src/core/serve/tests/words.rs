//! Words that are refused or replaced, and repeats of what has them.

use super::*;
use crate::store::Word;

/// `goose` becomes `swan`, `fox` is refused.
async fn server() -> Server {
    let send_rate = super::super::super::rate::SendRate { per_second: 0, burst: 1 };
    let settings = Settings { multi_device: true, send_rate, ..Settings::default() };
    let server = Server(Core::new(MemoryStore::new(1, "life"), settings));
    server.put(&[("goose", Some("swan")), ("fox", None)]).await;
    server
}

impl Server {
    async fn put(&self, words: &[(&str, Option<&str>)]) {
        let word = |(text, instead): &(&str, Option<&str>)| Word {
            text: (*text).into(),
            replacement: instead.map(Into::into),
        };
        self.0.put_words(words.iter().map(word).collect()).await.unwrap();
    }

    async fn forget(&self, word: &str) {
        self.0.remove_words(vec![word.into()]).await.unwrap();
    }
}

#[tokio::test]
async fn who_sends_words_that_are_replaced_is_told_what_was_stored() {
    let server = server().await;
    let (a, b) = (server.join("a", true), server.join("b", true));
    let a2 = server.join("a", true);
    let told = server.send(&a, say("b", "a goose")).await;
    assert_eq!(told.replaced.as_deref(), Some(&b"a swan"[..]));
    assert_ne!((told.uid.is_empty(), told.own_seq), (true, 0));
    for other in [&a2, &b] {
        let [row] = &other.rows()[..] else { panic!("one row") };
        assert_eq!(&row.content[..], b"a swan");
    }
    assert_eq!(server.send(&a, say("b", "a duck")).await.replaced, None);
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_whatever_the_words_are_now() {
    let server = server().await;
    let a = server.join("a", true);
    let (goose, duck) = (say_with_id(4, "b", "a goose"), say_with_id(8, "b", "a duck"));
    let first = server.send(&a, goose.clone()).await;
    let plain = server.send(&a, duck.clone()).await;
    let again = |first: &Stored| Stored { rows: Vec::new(), repeated: true, ..first.clone() };
    for (forgotten, words) in [
        ("", vec![("goose", Some("swan"))]),
        ("goose", vec![]),
        ("", vec![("goose", Some("bird")), ("duck", Some("bird"))]),
        ("", vec![("goose", None), ("duck", None)]),
    ] {
        if !forgotten.is_empty() {
            server.forget(forgotten).await;
        }
        server.put(&words).await;
        assert_eq!(server.send(&a, goose.clone()).await, again(&first), "{words:?}");
        assert_eq!(server.send(&a, duck.clone()).await, again(&plain), "{words:?}");
    }
    assert_eq!(server.head("b").await, 2);
    let other = server.serve(&a, say_with_id(4, "b", "a swan"), at(0)).await;
    assert_eq!(other, Told::Refused(26007), "it is what was stored, and not what was sent");
}

#[tokio::test]
async fn a_repeat_of_what_was_taken_back_gets_the_first_answer() {
    let server = server().await;
    let a = server.join("a", true);
    let first = server.send(&a, say_with_id(4, "b", "a duck")).await;
    let back = server.0.take_back("a".into(), room(1, "b"), first.uid.clone(), at(1)).await;
    back.unwrap();
    let again = server.send(&a, say_with_id(4, "b", "a duck")).await;
    assert_eq!(again, Stored { rows: Vec::new(), repeated: true, ..first });
}

#[tokio::test]
async fn words_in_what_nobody_keeps_are_replaced_and_told() {
    let server = server().await;
    let (a, b) = (server.join("a", true), server.join("b", true));
    let ask = send(1, "b", "a goose", MessageFlags::default(), None);
    let told = server.send(&a, ask).await;
    assert_eq!((told.replaced.as_deref(), told.own_seq), (Some(&b"a swan"[..]), 0));
    assert_eq!(&b.passing()[0].content[..], b"a swan");
}
