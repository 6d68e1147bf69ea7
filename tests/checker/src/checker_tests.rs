//! Each kind of wrong is found, and nothing else.

use super::*;

fn key(number: u32) -> Key {
    Key { from: "a".into(), device: 0, to: "b".into(), number }
}

fn view(user: &str) -> View {
    View { user: user.into(), device: 7, epoch: 0 }
}

fn keys(findings: &[Finding]) -> Vec<Key> {
    findings.iter().map(|finding| finding.key.clone()).collect()
}

fn sent() -> Checker {
    let mut checker = Checker { times_must_rise: true, ..Checker::default() };
    checker.watch(&view("b"));
    (0..3).for_each(|n| checker.sent(key(n)));
    checker
}

fn judged(shown: &[u32]) -> Verdict {
    let mut checker = sent();
    shown.iter().for_each(|n| checker.shown(&view("b"), key(*n), i64::from(*n)));
    checker.verdict(true)
}

#[test]
fn a_perfect_run_is_clean() {
    let verdict = judged(&[0, 1, 2]);
    assert!(verdict.clean());
    assert_eq!(verdict.line(), "messages=3 lost=0 doubled=0 reordered=0 phantom=0");
    let line = "messages=3 faults=9 lost=0 doubled=0 reordered=0 phantom=0";
    assert_eq!(verdict.line_with_faults(9), line);
}

#[test]
fn each_fault_has_its_name_and_none_is_counted_as_another() {
    let counts = |shown| {
        let verdict = judged(shown);
        let Verdict { lost, doubled, reordered, phantom, .. } = &verdict;
        assert!(!verdict.clean());
        [lost, doubled, reordered, phantom].map(|list| keys(list))
    };
    assert_eq!(counts(&[0, 2]), [vec![key(1)], vec![], vec![], vec![]]);
    assert_eq!(counts(&[]), [vec![key(0), key(1), key(2)], vec![], vec![], vec![]]);
    assert_eq!(counts(&[0, 1, 1, 2]), [vec![], vec![key(1)], vec![], vec![]]);
    assert_eq!(counts(&[0, 2, 1]), [vec![], vec![], vec![key(1)], vec![]]);
    assert_eq!(counts(&[0, 1, 2, 9]), [vec![], vec![], vec![], vec![key(9)]]);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    assert!(judged(&[0, 2]).details().starts_with("lost: [a 0 b 1] at b 7.0;"));
}

#[test]
fn it_does_not_matter_who_tells_first() {
    let mut checker = Checker::default();
    checker.shown(&view("b"), key(0), 1);
    checker.accepted(key(0));
    assert_eq!(checker.verdict(false), Verdict { messages: 1, ..Verdict::default() });
}

#[test]
fn a_message_shown_to_a_stranger_is_a_phantom() {
    let mut checker = sent();
    checker.shown(&view("c"), key(0), 1);
    assert_eq!(keys(&checker.verdict(false).phantom), [key(0)]);
}

#[test]
fn what_was_refused_need_not_arrive_and_may_arrive_late_but_not_twice() {
    let mut checker = sent();
    (0..3).for_each(|n| checker.refused(key(n)));
    assert!(checker.verdict(true).clean());
    checker.accepted(key(0));
    assert_eq!(keys(&checker.verdict(false).lost), [key(0)]);
    [1, 0, 0].into_iter().zip(1..).for_each(|(n, at)| checker.shown(&view("b"), key(n), at));
    let verdict = checker.verdict(true);
    assert_eq!((keys(&verdict.doubled), verdict.reordered.len()), (vec![key(0)], 0));
}

#[test]
fn what_was_sent_and_never_settled_must_arrive_only_after_a_time_of_quiet() {
    let checker = sent();
    assert!(checker.verdict(false).clean());
    assert_eq!(checker.verdict(true).lost.len(), 3);
}

#[test]
fn times_that_fall_are_out_of_order() {
    let mut checker = sent();
    (0..3).for_each(|n| checker.shown(&view("b"), key(n), i64::from(n % 2)));
    assert_eq!(keys(&checker.verdict(true).reordered), [key(2)]);
}

#[test]
fn every_device_of_the_receiver_is_owed_a_message_and_every_other_one_of_the_sender() {
    let mut checker = sent();
    checker.copies_are_due = true;
    checker.watch(&View { device: 8, ..view("b") });
    checker.watch(&View { device: 0, ..view("a") });
    checker.watch(&View { device: 1, ..view("a") });
    (0..3).for_each(|n| checker.shown(&view("b"), key(n), i64::from(n)));
    assert_eq!(checker.verdict(true).lost.len(), 6);
}

#[test]
fn a_message_shown_where_it_was_sent_is_doubled_if_that_is_asked_for() {
    let mut checker = sent();
    checker.echoes_are_doubles = true;
    let (own, other) = (View { device: 0, ..view("a") }, view("a"));
    [&own, &other, &view("b")].into_iter().for_each(|view| {
        (0..3).for_each(|n| checker.shown(view, key(n), i64::from(n)));
    });
    let verdict = checker.verdict(true);
    assert_eq!(keys(&verdict.doubled), [key(0), key(1), key(2)]);
    assert!(verdict.doubled.iter().all(|finding| finding.view == own));
}

#[test]
fn a_room_owes_to_each_member_but_the_sender() {
    let mut checker = Checker::default();
    checker.room("g", ["a", "b", "c"].map(String::from));
    ["a", "b", "c", "d"].iter().for_each(|user| checker.watch(&view(user)));
    let key = Key { to: "g".into(), ..key(0) };
    checker.accepted(key.clone());
    let lost = checker.verdict(true).lost;
    assert_eq!(lost.iter().map(|f| f.view.user.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    ["b", "c", "d"].iter().for_each(|user| checker.shown(&view(user), key.clone(), 1));
    let verdict = checker.verdict(true);
    assert!(verdict.lost.is_empty());
    assert_eq!(verdict.phantom[0].view, view("d"));
}

#[test]
fn times_rise_within_a_room_whoever_speaks() {
    let mut checker = Checker { times_must_rise: true, ..Checker::default() };
    checker.room("g", ["a", "b", "c"].map(String::from));
    let said = |from: &str| Key { from: from.into(), to: "g".into(), ..key(0) };
    ["a", "b"].iter().for_each(|from| checker.accepted(said(from)));
    checker.shown(&view("c"), said("a"), 2);
    checker.shown(&view("c"), said("b"), 1);
    assert_eq!(keys(&checker.verdict(true).reordered), [said("b")]);
}

#[test]
fn closed_eyes_are_owed_nothing_and_new_ones_only_what_is_new() {
    let mut checker = sent();
    let new = View { epoch: 1, ..view("b") };
    checker.replace(&view("b"), &new);
    checker.sent(key(3));
    assert_eq!(keys(&checker.verdict(true).lost), [key(3)]);
    checker.shown(&new, key(3), 3);
    assert!(checker.verdict(true).clean());
    checker.shown(&view("b"), key(1), 1);
    checker.shown(&view("b"), key(1), 1);
    assert_eq!(keys(&checker.verdict(true).doubled), [key(1)]);
}

#[test]
fn what_a_user_deleted_need_not_be_shown_to_that_user_alone() {
    let mut checker = sent();
    checker.watch(&View { device: 8, ..view("b") });
    checker.deleted("b", key(1));
    (0..3).filter(|n| *n != 1).for_each(|n| checker.shown(&view("b"), key(n), i64::from(n)));
    let lost = checker.verdict(true).lost;
    assert_eq!(keys(&lost), [key(0), key(2)]);
    assert!(lost.iter().all(|finding| finding.view.device == 8));
    checker.deleted("a", key(0));
    assert_eq!(checker.verdict(true).lost.len(), 2, "somebody else's deletion");
}

#[test]
fn what_a_restored_store_does_not_have_is_owed_to_nobody_and_may_come_again_only_if_it_was_unsure()
{
    let mut checker = sent();
    checker.watch(&view("b"));
    checker.undone(key(0));
    assert_eq!(keys(&checker.verdict(true).lost), [key(1), key(2)]);
    checker.may_come_again(key(1));
    for n in [1, 2, 1, 2] {
        checker.shown(&view("b"), key(n), i64::from(n));
    }
    let verdict = checker.verdict(true);
    assert_eq!(keys(&verdict.doubled), [key(2)]);
    assert!(verdict.lost.is_empty() && verdict.reordered.is_empty());
}
