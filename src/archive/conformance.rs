//! What every table and every archive must do: one suite, run natively on memory and in a browser
//! on IndexedDB. Every function panics where they differ.

use super::*;

mod table;

pub use table::table;

/// A received text; `local` 0: not kept yet. The uid is made of `number`.
pub fn message(number: u64, conversation: &str, time: i64, text: &str) -> Row {
    Row {
        local: 0,
        conversation: conversation.into(),
        time,
        uid: Some(["U", &(100_000 + number).to_string()].concat()),
        client: None,
        sender: "bob".into(),
        object_name: "RC:TxtMsg".into(),
        content: ["{\"content\":\"", text, "\"}"].concat(),
        flags: bits::PERSISTED | bits::COUNTED,
        extra: None,
        sent_status: None,
        received_status: None,
        fields: None,
    }
}

/// An own text that the server does not know yet.
pub fn unsent(client: &str, conversation: &str, time: i64, text: &str) -> Row {
    let flags = bits::SENT | bits::PERSISTED;
    let row = message(0, conversation, time, text);
    Row { uid: None, client: Some(client.into()), flags, sent_status: Some(10), ..row }
}

/// The text of a message.
pub fn text(row: &Row) -> String {
    let inner =
        row.content.strip_prefix("{\"content\":\"").and_then(|rest| rest.strip_suffix("\"}"));
    inner.unwrap_or(&row.content).into()
}

fn texts(rows: &[Row]) -> String {
    rows.iter().map(text).collect::<Vec<_>>().join(" ")
}

fn older(from: Option<&Row>, count: usize) -> Span {
    Span { from: from.map(Row::point), newer: false, count }
}

fn newer(from: Option<&Row>, count: usize) -> Span {
    Span { newer: true, ..older(from, count) }
}

/// The suite for an archive; `fresh` gives an empty one each time.
pub async fn archive<O: Opener>(fresh: impl AsyncFn(Settings) -> Keeper<O>) {
    let make = async || Calls(fresh(Settings::default()).await);
    keeps_a_message_once(&mut make().await).await;
    follows_a_send(&mut make().await).await;
    keeps_what_others_sent_with_the_same_client_id(&mut make().await).await;
    pages_both_ways(&mut make().await).await;
    pages_equal_times_at_every_border(&mut make().await).await;
    changes_and_deletes(&mut make().await).await;
    clears(&mut make().await).await;
    marks(&mut make().await).await;
    finds_words(&mut make().await).await;
    pages_hits_without_loss(&mut make().await).await;
    finds_conversations(&mut make().await).await;
    evicts_the_oldest(&mut Calls(fresh(Settings { max_messages: 20 }).await)).await;
}

/// The calls of an archive, typed, for tests.
pub struct Calls<O: Opener>(pub Keeper<O>);

macro_rules! expect_outcome {
    ($archive:expr, $wanted:expr, $variant:path) => {
        match $archive.0.run(&$wanted).await {
            Ok($variant(outcome)) => outcome,
            other => panic!("{other:?}"),
        }
    };
}

#[expect(missing_docs, reason = "named like the operations")]
impl<O: Opener> Calls<O> {
    pub async fn put(&mut self, rows: &[Row]) -> Vec<u64> {
        expect_outcome!(self, Operation::Put(rows.to_vec()), Outcome::Kept).locals
    }
    pub async fn get(&mut self, names: &[Name]) -> Vec<Option<Row>> {
        expect_outcome!(self, Operation::Get(names.to_vec()), Outcome::Rows)
    }
    pub async fn page(&mut self, conversation: &str, span: &Span) -> Page {
        let wanted = Operation::Page { conversation: conversation.into(), span: span.clone() };
        expect_outcome!(self, wanted, Outcome::Page)
    }
    pub async fn update(&mut self, name: Name, patch: &Patch) -> Option<Row> {
        let wanted = Operation::Update { name, patch: patch.clone() };
        expect_outcome!(self, wanted, Outcome::Updated)
    }
    pub async fn delete(&mut self, names: &[Name]) -> u32 {
        expect_outcome!(self, Operation::Delete(names.to_vec()), Outcome::Number)
    }
    pub async fn clear(&mut self, conversation: &str, up_to: Option<i64>) -> u32 {
        let wanted = Operation::Clear { conversation: conversation.into(), up_to };
        expect_outcome!(self, wanted, Outcome::Number)
    }
    pub async fn mark(&mut self, conversation: &str, up_to: i64, mark: Mark) {
        let mut next = Some(Point::after(up_to));
        while let Some(before) = next {
            let wanted = Operation::Mark { conversation: conversation.into(), before, mark };
            next = expect_outcome!(self, wanted, Outcome::Marked);
        }
    }
    pub async fn search(&mut self, wanted: &Search) -> Found {
        expect_outcome!(self, Operation::Search(wanted.clone()), Outcome::Found)
    }
    pub async fn search_conversations(&mut self, keyword: &str) -> (Vec<ConversationHit>, bool) {
        match self.0.run(&Operation::SearchConversations(keyword.into())).await {
            Ok(Outcome::Conversations { conversations, exact }) => (conversations, exact),
            other => panic!("{other:?}"),
        }
    }
    pub async fn count(&mut self) -> u32 {
        expect_outcome!(self, Operation::Count, Outcome::Number)
    }
}

async fn put<O: Opener>(archive: &mut Calls<O>, rows: &[Row]) -> Vec<u64> {
    archive.put(rows).await
}

async fn page<O: Opener>(
    archive: &mut Calls<O>,
    conversation: &str,
    span: &Span,
) -> (String, bool) {
    let page = archive.page(conversation, span).await;
    (texts(&page.rows), page.more)
}

async fn keeps_a_message_once<O: Opener>(archive: &mut Calls<O>) {
    let row = message(1, "1/bob", 5, "a");
    let locals = put(archive, &[row.clone(), row.clone(), message(2, "1/bob", 6, "b")]).await;
    assert_eq!(locals, [1, 1, 2]);
    let noted = Patch { extra: Some("mine".into()), ..Patch::default() };
    assert!(archive.update(Name::local(1), &noted).await.is_some());
    let moved = Row { time: 7, received_status: Some(1), ..row };
    assert_eq!(put(archive, &[moved]).await, [1]);
    assert_eq!(page(archive, "1/bob", &older(None, 9)).await, ("b a".into(), false));
    let found = archive.get(&[Name::uid("U100001"), Name::uid("U1")]).await;
    let Some([Some(row), None]) = found.get(..) else { panic!("{found:?}") };
    assert_eq!((row.extra.as_deref(), row.received_status, row.time), (Some("mine"), Some(1), 7));
    assert_eq!(archive.count().await, 2);
    assert!(put(archive, &[]).await.is_empty());
}

async fn follows_a_send<O: Opener>(archive: &mut Calls<O>) {
    let echo = unsent("77", "1/bob", 100, "hello");
    assert_eq!(put(archive, &[message(1, "1/bob", 100, "before"), echo.clone()]).await, [1, 2]);
    assert_eq!(page(archive, "1/bob", &older(None, 9)).await, ("before hello".into(), false));
    let uid = Some("A-SENT".to_owned());
    let sent = Row { uid, time: 90, sent_status: Some(30), ..echo.clone() };
    assert_eq!(put(archive, core::slice::from_ref(&sent)).await, [2]);
    assert_eq!(page(archive, "1/bob", &older(None, 9)).await, ("hello before".into(), false));
    // A guess that comes late undoes nothing.
    assert_eq!(put(archive, &[echo]).await, [2]);
    let names = [Name::uid("A-SENT"), Name::local(2), Name::client("77"), Name::client("7")];
    let expected = Some(Row { local: 2, ..sent });
    assert_eq!(archive.get(&names).await, [expected.clone(), expected.clone(), expected, None]);
}

async fn keeps_what_others_sent_with_the_same_client_id<O: Opener>(archive: &mut Calls<O>) {
    let own = unsent("77", "1/bob", 100, "mine");
    let theirs = Row { client: Some("77".into()), ..message(1, "1/bob", 101, "theirs") };
    assert_eq!(put(archive, &[own, theirs.clone()]).await, [1, 2]);
    assert_eq!(put(archive, core::slice::from_ref(&theirs)).await, [2]);
    assert_eq!(page(archive, "1/bob", &older(None, 9)).await, ("mine theirs".into(), false));
    // Theirs came first: it hides none of the own one's forms.
    let theirs = Row { client: Some("78".into()), ..message(2, "1/bob", 102, "theirs again") };
    let own = unsent("78", "1/bob", 103, "mine again");
    assert_eq!(put(archive, &[theirs]).await, [3]);
    assert_eq!(put(archive, core::slice::from_ref(&own)).await, [4]);
    let sent = Row { uid: Some("A-SENT".into()), sent_status: Some(30), ..own };
    assert_eq!(put(archive, &[sent]).await, [4]);
    let found = archive.get(&[Name::client("78")]).await;
    assert_eq!(found.first().and_then(Option::as_ref).map(text), Some("mine again".into()));
}

async fn pages_both_ways<O: Opener>(archive: &mut Calls<O>) {
    let row = |n: u64| message(n, "1/bob", n as i64 * 10, &n.to_string());
    put(archive, &[row(3), row(1), row(5), message(9, "3/bob", 30, "other"), row(2), row(4)]).await;
    assert_eq!(page(archive, "1/bob", &older(None, 2)).await, ("4 5".into(), true));
    assert_eq!(page(archive, "1/bob", &older(Some(&row(4)), 2)).await, ("2 3".into(), true));
    assert_eq!(page(archive, "1/bob", &older(Some(&row(2)), 2)).await, ("1".into(), false));
    assert_eq!(page(archive, "1/bob", &newer(None, 2)).await, ("1 2".into(), true));
    assert_eq!(page(archive, "1/bob", &newer(Some(&row(2)), 3)).await, ("3 4 5".into(), false));
    assert_eq!(page(archive, "1/bob", &newer(Some(&row(5)), 3)).await, (String::new(), false));
    assert_eq!(page(archive, "1/nobody", &older(None, 3)).await, (String::new(), false));
}

/// Messages of one millisecond, a page border at each of them.
async fn pages_equal_times_at_every_border<O: Opener>(archive: &mut Calls<O>) {
    let rows: Vec<Row> = (0..30).map(|n| message(n, "1/bob", 1_000, &n.to_string())).collect();
    let shuffled: Vec<Row> = (0..30).filter_map(|n| rows.get(n * 7 % 30).cloned()).collect();
    put(archive, &shuffled).await;
    for size in [1, 7, 29] {
        let mut seen = Vec::new();
        let mut span = older(None, size);
        loop {
            let page = archive.page("1/bob", &span).await;
            span = older(page.rows.first(), size);
            seen.extend(page.rows.iter().rev().map(text));
            if !page.more {
                break;
            }
        }
        seen.reverse();
        assert_eq!(seen, rows.iter().map(text).collect::<Vec<_>>(), "pages of {size}");
    }
    for (at, row) in rows.iter().enumerate() {
        let behind = page(archive, "1/bob", &newer(Some(row), 99)).await.0;
        assert_eq!(behind, texts(rows.get(at + 1..).unwrap_or_default()));
    }
}

async fn changes_and_deletes<O: Opener>(archive: &mut Calls<O>) {
    put(archive, &[message(1, "1/bob", 1, "a"), message(2, "1/bob", 2, "b")]).await;
    let patch = Patch {
        content: Some("{\"content\":\"changed\"}".into()),
        sent_status: Some(50),
        ..Patch::default()
    };
    let changed = archive.update(Name::uid("U100001"), &patch).await;
    assert_eq!(changed.as_ref().map(text), Some("changed".into()));
    assert_eq!(changed.and_then(|row| row.sent_status), Some(50));
    assert_eq!(archive.update(Name::local(9), &patch).await, None);
    let hits = |found: Found| found.hits.iter().map(|hit| text(&hit.row)).collect::<Vec<_>>();
    assert_eq!(hits(archive.search(&search_for("changed")).await), ["changed"]);
    assert_eq!(hits(archive.search(&search_for("a")).await), Vec::<String>::new());
    let names = [Name::uid("U100001"), Name::local(1), Name::local(7)];
    assert_eq!(archive.delete(&names).await, 1);
    assert_eq!(archive.delete(&[]).await, 0);
    assert_eq!(page(archive, "1/bob", &older(None, 9)).await, ("b".into(), false));
}

async fn clears<O: Opener>(archive: &mut Calls<O>) {
    let row = |n: u64| message(n, "1/bob", n as i64, &n.to_string());
    put(archive, &(1..=9).map(row).collect::<Vec<_>>()).await;
    put(archive, &[message(20, "3/bob", 1, "other")]).await;
    assert_eq!(archive.clear("1/bob", Some(6)).await, 6);
    assert_eq!(archive.clear("1/bob", Some(6)).await, 0);
    assert_eq!(page(archive, "1/bob", &older(None, 9)).await, ("7 8 9".into(), false));
    assert_eq!(archive.clear("1/bob", None).await, 3);
    assert_eq!(archive.clear("1/bob", None).await, 0);
    assert_eq!(archive.count().await, 1);
}

async fn marks<O: Opener>(archive: &mut Calls<O>) {
    let own = |n: u64, status| {
        let uid = Some(["S", &n.to_string()].concat());
        let client = n.to_string();
        Row { uid, sent_status: status, ..unsent(&client, "1/bob", n as i64, &n.to_string()) }
    };
    let failed = Row { sent_status: Some(20), ..unsent("99", "1/bob", 2, "failed") };
    put(archive, &[own(1, Some(30)), own(2, None), failed, own(3, Some(60)), own(4, Some(30))])
        .await;
    put(archive, &[message(5, "1/bob", 3, "in"), message(6, "1/bob", 9, "late")]).await;
    archive.mark("1/bob", 3, Mark::Sent(50)).await;
    archive.mark("1/bob", 3, Mark::Received(1)).await;
    archive.mark("1/bob", 3, Mark::Received(2)).await;
    let all = archive.page("1/bob", &older(None, 99)).await.rows;
    let sent: Vec<_> = all.iter().filter(|row| row.is_sent()).map(|row| row.sent_status).collect();
    assert_eq!(sent, [Some(50), Some(50), Some(20), Some(60), Some(30)]);
    let received: Vec<_> =
        all.iter().filter(|row| !row.is_sent()).map(|row| row.received_status).collect();
    assert_eq!(received, [Some(3), None]);
}

fn search_for(keyword: &str) -> Search {
    Search { keyword: keyword.into(), count: 20, ..Search::default() }
}

async fn found<O: Opener>(archive: &mut Calls<O>, wanted: Search) -> (String, u32, bool) {
    let found = archive.search(&wanted).await;
    let rows: Vec<Row> = found.hits.into_iter().map(|hit| hit.row).collect();
    (texts(&rows), found.total, found.exact)
}

async fn finds_words<O: Opener>(archive: &mut Calls<O>) {
    let file = Row {
        object_name: "RC:FileMsg".into(),
        content: "{\"name\":\"你好.pdf\"}".into(),
        ..message(9, "3/g", 5, "")
    };
    let rows = [
        message(1, "1/bob", 1, "hello-world"),
        message(2, "1/bob", 2, "HELP"),
        message(3, "3/g", 3, "你好世界"),
        message(4, "3/g", 4, "世界你说好"),
        file.clone(),
    ];
    put(archive, &rows).await;
    let mut expect = async |wanted: Search, expected: &str, total| {
        let what = wanted.keyword.clone();
        assert_eq!(found(archive, wanted).await, (expected.into(), total, true), "{what}");
    };
    expect(search_for("hel"), "HELP hello-world", 2).await;
    expect(search_for("WORLD hel"), "hello-world", 1).await;
    expect(search_for("好"), "{\"name\":\"你好.pdf\"} 世界你说好 你好世界", 3).await;
    expect(search_for("你好"), "{\"name\":\"你好.pdf\"} 你好世界", 2).await;
    expect(search_for("世界"), "世界你说好 你好世界", 2).await;
    expect(search_for("moon"), "", 0).await;
    expect(
        Search { conversation: Some("1/bob".into()), ..search_for("hel") },
        "HELP hello-world",
        2,
    )
    .await;
    expect(Search { conversation: Some("3/g".into()), ..search_for("hel") }, "", 0).await;
    expect(
        Search { types: vec!["RC:FileMsg".into()], ..search_for("你好") },
        "{\"name\":\"你好.pdf\"}",
        1,
    )
    .await;
    expect(Search { count: 1, ..search_for("hel") }, "HELP", 2).await;
    let empty = found(archive, search_for(" ,")).await;
    assert_eq!(empty, (String::new(), 0, false));
    let hit = archive.search(&search_for("好世")).await.hits.pop();
    let highlights = hit.map(|hit| hit.highlights);
    assert_eq!(highlights, Some(vec![Highlight { field: "content".into(), start: 1, end: 3 }]));
}

/// Several windows, pages that end inside and at the end of one, many hits in one millisecond.
async fn pages_hits_without_loss<O: Opener>(archive: &mut Calls<O>) {
    let texts = ["x y", "x x x", "x"];
    let row = |n: u64| {
        let text = texts.get(n as usize % 3).copied().unwrap_or_default();
        message(n, "1/bob", 1_000 + (n / 40) as i64, text)
    };
    let rows: Vec<Row> = (0..250).map(row).collect();
    put(archive, &rows).await;
    for count in [30, 50, 100] {
        let mut seen: Vec<Option<String>> = Vec::new();
        let mut wanted = Search { count, ..search_for("x") };
        loop {
            let found = archive.search(&wanted).await;
            assert!(found.hits.is_sorted_by(|a, b| a.score >= b.score));
            seen.extend(found.hits.into_iter().map(|hit| hit.row.uid));
            // What comes meanwhile is newer than what is looked for.
            let late = message(1_000 + seen.len() as u64, "1/bob", 9_000, "x");
            put(archive, core::slice::from_ref(&late)).await;
            wanted.before = found.next;
            if wanted.before.is_none() {
                break;
            }
            let uid = late.uid.unwrap_or_default();
            assert_eq!(archive.delete(&[Name::uid(&uid)]).await, 1);
        }
        let last = seen.len() as u64 + 1_000;
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 250, "pages of {count}");
        let uid = message(last, "", 0, "").uid.unwrap_or_default();
        assert_eq!(archive.delete(&[Name::uid(&uid)]).await, 1);
    }
}

async fn finds_conversations<O: Opener>(archive: &mut Calls<O>) {
    let rows = [
        message(1, "1/bob", 1, "tea"),
        message(2, "3/g", 2, "tea"),
        message(3, "1/bob", 3, "coffee"),
        message(4, "1/ann", 4, "tea"),
        message(5, "3/g", 5, "teapot"),
    ];
    put(archive, &rows).await;
    let (found, exact) = archive.search_conversations("tea").await;
    let told: Vec<_> = found
        .iter()
        .map(|hit| (hit.conversation.as_str(), hit.count, text(&hit.latest.row)))
        .collect();
    let expected =
        [("3/g", 2, "teapot".into()), ("1/ann", 1, "tea".into()), ("1/bob", 1, "tea".into())];
    assert_eq!(told, expected);
    assert!(exact);
    assert_eq!(archive.search_conversations("").await, (vec![], true));
}

async fn evicts_the_oldest<O: Opener>(archive: &mut Calls<O>) {
    for chunk in 0..6 {
        let row = |n: u64| message(n, "1/bob", 1_000 - n as i64, &n.to_string());
        put(archive, &(chunk * 10..chunk * 10 + 10).map(row).collect::<Vec<_>>()).await;
        assert!(archive.count().await <= 20);
    }
    let newest: Vec<String> = (0..20).rev().map(|n: u64| n.to_string()).collect();
    assert_eq!(page(archive, "1/bob", &older(None, 99)).await, (newest.join(" "), false));
}
