//! What every table must do.

use super::*;

/// The suite for a table; `fresh` gives an empty one each time.
pub async fn table<T: Table>(fresh: impl AsyncFn() -> T) {
    keeps_and_finds(&mut fresh().await).await;
    forgets_what_was_not_committed(&mut fresh().await).await;
    refuses_a_second_row_of_one_name(&mut fresh().await).await;
    lists_terms(&mut fresh().await).await;
    walks_from_the_newest_and_from_the_oldest(&mut fresh().await).await;
}

async fn filled<T: Table>(table: &mut T, rows: &[(Row, &[&str])]) {
    assert_eq!(table.begin(Mode::Write), Ok(()));
    for (row, terms) in rows {
        let terms: Vec<String> = terms.iter().map(|term| (*term).into()).collect();
        assert_eq!(table.put(row, &terms), Ok(()));
    }
    assert_eq!(table.commit().await, Ok(()));
}

fn kept(local: u64, time: i64, text: &str) -> Row {
    Row { local, ..message(local, "1/bob", time, text) }
}

async fn keeps_and_finds<T: Table>(table: &mut T) {
    let whole = Row {
        client: Some("42".into()),
        extra: Some("王 \u{1f44c} \0".into()),
        sent_status: Some(-1),
        received_status: Some(3),
        ..kept(1, 5, "a")
    };
    let bare = Row { uid: None, local: 2, ..message(2, "3/组", i64::pow(2, 53) - 1, "b") };
    filled(table, &[(whole.clone(), &["x"]), (bare.clone(), &[])]).await;
    assert_eq!(table.begin(Mode::Read), Ok(()));
    let uid = whole.uid.clone().unwrap_or_default();
    let names = [
        Find::Uid(&uid),
        Find::Client("42"),
        Find::Local(2),
        Find::Place(bare.place()),
        Find::Uid("other"),
        Find::Client("43"),
        Find::Local(3),
        Find::Place(Place { local: 2, ..whole.place() }),
        Find::Uid(""),
    ];
    let found = table.find(&names).await.map(|all| all.into_iter().map(Answer::row).collect());
    let (whole, bare) = (Some(whole), Some(bare));
    let expected: Vec<Option<Row>> =
        [whole.clone(), whole, bare.clone(), bare, None, None, None, None, None].into();
    assert_eq!(found, Ok(expected));
    assert_eq!(table.find(&[]).await, Ok(vec![]));
    assert_eq!(table.last_local().await, Ok(2));
}

async fn forgets_what_was_not_committed<T: Table>(table: &mut T) {
    filled(table, &[(kept(1, 5, "a"), &["x"])]).await;
    assert_eq!(table.begin(Mode::Write), Ok(()));
    assert_eq!(table.put(&kept(2, 6, "b"), &[]), Ok(()));
    assert_eq!(table.delete(kept(1, 5, "a").place()), Ok(()));
    assert_eq!(table.begin(Mode::Read), Ok(()));
    let found = table.find(&[Find::Local(1), Find::Local(2)]).await;
    let found: Result<Vec<_>, _> = found.map(|all| all.into_iter().map(Answer::row).collect());
    assert_eq!(found, Ok(vec![Some(kept(1, 5, "a")), None]));
}

async fn refuses_a_second_row_of_one_name<T: Table>(table: &mut T) {
    filled(table, &[(kept(1, 5, "a"), &[])]).await;
    assert_eq!(table.begin(Mode::Write), Ok(()));
    assert_eq!(table.put(&kept(3, 7, "c"), &[]), Ok(()));
    assert_eq!(table.put(&Row { local: 2, ..kept(1, 6, "b") }, &[]), Ok(()));
    assert_eq!(table.commit().await, Err(Fault::Conflict));
    assert_eq!(table.begin(Mode::Read), Ok(()));
    assert_eq!(table.total().await, Ok(1));
}

async fn lists_terms<T: Table>(table: &mut T) {
    let rows: [(Row, &[&str]); 4] = [
        (kept(1, 10, "a"), &["ab", "b"]),
        (kept(2, 30, "b"), &["ab", "abc"]),
        (kept(3, 20, "c"), &["ab"]),
        (Row { conversation: "3/g".into(), ..kept(4, 20, "d") }, &["你好"]),
    ];
    filled(table, &rows).await;
    assert_eq!(table.begin(Mode::Read), Ok(()));
    let exactly = |term: &str| Terms::Exactly(term.into());
    let beginning = |term: &str| Terms::Beginning(term.into());
    assert_eq!(table.total().await, Ok(4));
    for (terms, expected) in [
        (exactly("ab"), 3),
        (beginning("ab"), 4),
        (beginning("你"), 1),
        (exactly("你"), 0),
        (Terms::Conversation("3/g".into()), 1),
        (Terms::Conversation("3/".into()), 0),
        (beginning("c"), 0),
        (Terms::Everything, 4),
    ] {
        let count = table.places(&terms, 9).await.map(|places| places.len());
        assert_eq!(count, Ok(expected), "{terms:?}");
    }
    let place = |time, local| kept(local, time, "").place();
    let all = vec![place(30, 2), place(20, 3), place(10, 1)];
    assert_eq!(table.places(&exactly("ab"), 9).await, Ok(all));
    assert_eq!(table.places(&exactly("ab"), 1).await, Ok(vec![place(30, 2)]));
    assert_eq!(table.places(&beginning("abc"), 9).await, Ok(vec![place(30, 2)]));
    let newest = vec![place(30, 2), place(20, 3)];
    assert_eq!(table.places(&Terms::Everything, 2).await, Ok(newest));
    filled(table, &[(kept(2, 30, "b"), &["other"])]).await;
    assert_eq!(table.begin(Mode::Read), Ok(()));
    assert_eq!(table.places(&exactly("ab"), 9).await.map(|places| places.len()), Ok(2));
    assert_eq!(table.places(&exactly("other"), 9).await, Ok(vec![place(30, 2)]));
}

async fn walks_from_the_newest_and_from_the_oldest<T: Table>(table: &mut T) {
    let rows: Vec<Row> = (1..=5).map(|n| kept(n, n as i64 * 10, &n.to_string())).collect();
    let rows: Vec<(Row, &[&str])> = rows.into_iter().map(|row| (row, [].as_slice())).collect();
    filled(table, &rows).await;
    assert_eq!(table.begin(Mode::Read), Ok(()));
    let (first, after) = table.scan(None, None, 3).await.unwrap_or_default();
    assert_eq!((texts(&first), after), ("5 4 3".into(), Some(kept(3, 30, "").place())));
    let (rest, after) = table.scan(None, after, 3).await.unwrap_or_default();
    assert_eq!((texts(&rest), after), ("2 1".into(), None));
    let oldest = table.oldest(2).await.unwrap_or_default();
    assert_eq!(oldest.iter().map(|place| place.time).collect::<Vec<_>>(), [10, 20]);
}
