//! Searches over more messages than the suite of both tables takes, next to a plain walk.

use proptest::prelude::*;

use super::{Door, now};
use crate::archive::conformance::{Calls, message};
use crate::archive::*;

fn archive(rows: &[Row]) -> Calls<Door> {
    let mut archive = Calls(Keeper::new(Door, Settings::default()));
    now(archive.put(rows));
    archive
}

fn all(archive: &mut Calls<Door>, wanted: &Search) -> Vec<String> {
    let mut wanted = wanted.clone();
    let mut uids = Vec::new();
    loop {
        let found = now(archive.search(&wanted));
        uids.extend(found.hits.into_iter().filter_map(|hit| hit.row.uid));
        wanted.before = found.next;
        if wanted.before.is_none() {
            uids.sort_unstable();
            return uids;
        }
    }
}

/// Terms in thousands of messages: hits come from a list that grows, and from a walk over all.
#[test]
fn frequent_terms_are_found_whole() {
    let text = |n: u64| if n.is_multiple_of(10) { "common 常见 rare" } else { "common 常见" };
    let rows: Vec<Row> = (0..6_000).map(|n| message(n, "1/bob", n as i64 / 3, text(n))).collect();
    let mut archive = archive(&rows);
    for (keyword, expected) in
        [("common", 6_000), ("常见", 6_000), ("rare common", 600), ("见", 6_000)]
    {
        let wanted = Search { keyword: keyword.into(), count: 70, ..Search::default() };
        let mut uids = all(&mut archive, &wanted);
        uids.dedup();
        assert_eq!(uids.len(), expected, "{keyword}");
    }
    let first =
        now(archive.search(&Search { keyword: "常见".into(), count: 10, ..Search::default() }));
    assert_eq!((first.total, first.exact, first.hits.len()), (1_025, false, 10));
    let wanted = Search {
        keyword: "common".into(),
        conversation: Some("1/bob".into()),
        count: 500,
        ..Search::default()
    };
    assert_eq!(all(&mut archive, &wanted).len(), 6_000);
}

/// A frequent word that nobody has used for long: a walk from the newest on would read them all.
#[test]
fn old_hits_of_a_frequent_word_are_found_in_all_and_in_one_conversation() {
    let row = |n: u64| {
        let text = if n < 3_000 { "harvest" } else { "other" };
        message(n, if n.is_multiple_of(2) { "1/bob" } else { "3/g" }, n as i64, text)
    };
    let rows: Vec<Row> = (0..9_000).map(row).collect();
    let mut archive = archive(&rows);
    for (conversation, expected) in [(None, 3_000), (Some("1/bob".into()), 1_500)] {
        let wanted =
            Search { keyword: "harv".into(), count: 200, conversation, ..Search::default() };
        let first = now(archive.search(&wanted));
        assert!(first.hits.len() >= 50 && !first.exact);
        assert_eq!(all(&mut archive, &wanted).len(), expected);
    }
}

#[test]
fn better_hits_come_first_and_newer_ones_of_equals() {
    let day = 86_400_000;
    let rows = [
        message(1, "1/bob", 100 * day, "tea tea tea tea"),
        message(2, "1/bob", 100 * day + 1, "teapot"),
        message(3, "1/bob", 100 * day + 2, "tea"),
        message(4, "1/bob", day, "tea"),
    ];
    let mut archive = archive(&rows);
    let wanted = Search { keyword: "tea".into(), count: 9, ..Search::default() };
    let found = now(archive.search(&wanted));
    let order: Vec<_> = found.hits.iter().filter_map(|hit| hit.row.uid.as_deref()).collect();
    assert_eq!(order, ["U100001", "U100003", "U100002", "U100004"]);
}

#[test]
fn a_cursor_that_was_made_up_is_no_harm() {
    let mut archive = archive(&[message(1, "1/bob", 5, "x")]);
    for (time, local, skip, size) in [
        (i64::MAX, None, 0, 0),
        (i64::MIN, Some(u64::MAX), 9, 9),
        (5, None, usize::MAX, 1),
        (5, Some(0), 0, usize::MAX),
    ] {
        let before = Some(Cursor { time, local, skip, size });
        let wanted = Search { keyword: "x".into(), count: 9, before, ..Search::default() };
        assert!(now(archive.search(&wanted)).hits.len() <= 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any search finds what a walk over all texts finds, page by page.
    #[test]
    fn a_search_finds_what_is_there(
        texts in prop::collection::vec("[ab你好世 ]{0,8}", 1..60),
        keyword in "[ab你好世]{1,3}",
        count in 1_usize..20,
    ) {
        let row = |(n, text): (usize, &String)| message(n as u64, if n % 2 == 0 { "1/a" } else { "3/b" }, n as i64 / 5, text);
        let rows: Vec<Row> = texts.iter().enumerate().map(row).collect();
        let mut archive = archive(&rows);
        for conversation in [None, Some("3/b".to_owned())] {
            let wanted = Search { keyword: keyword.clone(), conversation: conversation.clone(), count, ..Search::default() };
            let query = crate::archive::query::Query::parse(&keyword).unwrap();
            let matching = rows.iter().filter(|row| conversation.as_ref().is_none_or(|name| row.conversation == *name));
            let mut expected: Vec<String> = matching
                .filter(|row| query.matches(&[("content", conformance::text(row))]).is_some())
                .filter_map(|row| row.uid.clone())
                .collect();
            expected.sort_unstable();
            prop_assert_eq!(all(&mut archive, &wanted), expected);
        }
    }
}
