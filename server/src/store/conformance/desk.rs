//! Customer service.

use std::sync::Arc;

use hongyan::ids::TargetId;

use super::super::{Rating, Store, Talk, TalkMode};
use super::support::*;

fn help() -> TargetId {
    TargetId::from("help")
}

async fn open<S: Store>(store: &S, customer: &str, ms: i64) -> (Talk, bool) {
    let since = at(ms - 1000);
    store.open_talk(&help(), &user(customer), TalkMode::Robot, since, at(ms)).await.unwrap()
}

async fn to<S: Store>(store: &S, talk: &Talk, from: TalkMode, to: TalkMode) -> bool {
    store.move_talk(talk.id, from, to, at(5)).await.unwrap()
}

pub async fn a_customer_has_one_talk_at_a_time<S: Store>(store: Arc<S>) {
    assert_eq!(store.last_talk(&help(), &user("c")).await, Ok(None));
    let (talk, new) = open(&*store, "c", 0).await;
    assert!(new && talk.mode == TalkMode::Robot && talk.customer == user("c"));
    assert_eq!((talk.began, talk.moved), (at(0), at(0)));
    assert_eq!(open(&*store, "c", 500).await, (talk.clone(), false));
    assert_eq!(store.talk(talk.id).await, Ok(Some(talk.clone())));
    let (other, new) = open(&*store, "d", 500).await;
    assert!(new && other.id != talk.id);
    assert!(to(&*store, &talk, TalkMode::Robot, TalkMode::Over(None)).await);
    let (next, new) = open(&*store, "c", 600).await;
    assert!(new && next.id > talk.id);
    assert_eq!(store.last_talk(&help(), &user("c")).await, Ok(Some(next)));
    assert_eq!(store.last_talk(&"else".into(), &user("c")).await, Ok(None));
}

pub async fn a_talk_that_nobody_moved_is_over<S: Store>(store: Arc<S>) {
    let (talk, _) = open(&*store, "c", 0).await;
    store.touch_talk(talk.id, at(900)).await.unwrap();
    let (still, new) = open(&*store, "c", 1500).await;
    assert!(!new && still.id == talk.id && still.moved == at(900));
    let agent = TalkMode::Agent(user("g"));
    assert!(store.move_talk(talk.id, TalkMode::Robot, agent, at(950)).await.unwrap());
    let (next, new) = open(&*store, "c", 3000).await;
    assert!(new && next.id != talk.id);
    let old = store.talk(talk.id).await.unwrap().unwrap();
    assert_eq!((old.mode, old.moved), (TalkMode::Over(Some(user("g"))), at(950)));
}

pub async fn a_talk_moves_only_from_where_it_is<S: Store>(store: Arc<S>) {
    let (talk, _) = open(&*store, "c", 0).await;
    let [a, b] = ["a", "b"].map(|name| TalkMode::Agent(user(name)));
    assert!(!to(&*store, &talk, TalkMode::Waiting, a.clone()).await);
    assert!(to(&*store, &talk, TalkMode::Robot, TalkMode::Waiting).await);
    assert!(to(&*store, &talk, TalkMode::Waiting, a.clone()).await);
    assert!(!to(&*store, &talk, TalkMode::Waiting, b.clone()).await, "the first one has it");
    assert!(!to(&*store, &talk, b, TalkMode::Robot).await);
    let now = store.talk(talk.id).await.unwrap().unwrap();
    assert_eq!((now.mode, now.moved), (a, at(5)));
    let unknown = store.move_talk(999, TalkMode::Robot, TalkMode::Waiting, at(6)).await;
    assert_eq!(unknown, Ok(false));
    assert_eq!(store.talk(999).await, Ok(None));
}

pub async fn those_who_want_a_human_are_listed<S: Store>(store: Arc<S>) {
    let mut talks = Vec::new();
    for (ms, name) in (0..).zip(["a", "b", "c", "d"]) {
        talks.push(open(&*store, name, ms).await.0);
    }
    let modes = [TalkMode::Waiting, TalkMode::Agent(user("g")), TalkMode::Over(None)];
    for (talk, mode) in talks.iter().zip(modes) {
        assert!(to(&*store, talk, TalkMode::Robot, mode).await);
    }
    let listed = store.human_talks(&help()).await.unwrap();
    let names: Vec<_> = listed.iter().map(|talk| talk.customer.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(store.human_talks(&"else".into()).await, Ok(Vec::new()));
}

pub async fn silent_talks_end_and_are_told_as_they_were<S: Store>(store: Arc<S>) {
    let (waits, _) = open(&*store, "a", 1).await;
    assert!(to(&*store, &waits, TalkMode::Robot, TalkMode::Waiting).await);
    let waits = store.talk(waits.id).await.unwrap().unwrap();
    let (robot, _) = open(&*store, "b", 2).await;
    let (lives, _) = open(&*store, "c", 2).await;
    store.touch_talk(lives.id, at(900)).await.unwrap();
    let end = async |limit| store.end_silent_talks(&help(), at(6), limit).await.unwrap();
    assert_eq!(end(1).await, [waits]);
    assert_eq!(end(9).await, std::slice::from_ref(&robot));
    assert_eq!(end(9).await, []);
    assert_eq!(store.talk(robot.id).await.unwrap().unwrap().mode, TalkMode::Over(None));
    assert!(store.talk(lives.id).await.unwrap().unwrap().is_open());
    let other = store.end_silent_talks(&"other".into(), at(9_000), 9).await;
    assert_eq!(other, Ok(Vec::new()));
}

pub async fn ratings_are_kept_in_full<S: Store>(store: Arc<S>) {
    let (talk, _) = open(&*store, "c", 0).await;
    let (later, _) = open(&*store, "d", 0).await;
    let rating = |talk: &Talk, human, stars| Rating {
        talk: talk.id,
        human,
        resolved: (!human).then_some(false),
        stars,
        remark: "很好, thank you".into(),
        time: at(7),
    };
    let robot = rating(&talk, false, None);
    let human = rating(&talk, true, Some(5));
    for given in [rating(&talk, true, Some(1)), robot.clone(), human.clone()] {
        store.rate(given).await.unwrap();
    }
    let other = rating(&later, true, Some(3));
    store.rate(other.clone()).await.unwrap();
    let all = store.ratings(&help(), 10).await.unwrap();
    let told: Vec<_> = all.into_iter().map(|(talk, rating)| (talk.id, rating)).collect();
    assert_eq!(told, [(later.id, other.clone()), (talk.id, human), (talk.id, robot)]);
    assert_eq!(store.ratings(&help(), 1).await.unwrap(), [(later, other)]);
    assert_eq!(store.ratings(&"else".into(), 9).await.unwrap(), []);
}
