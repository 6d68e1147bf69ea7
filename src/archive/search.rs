//! Finding messages by their words, newest first, ranked within windows.
//!
//! The term index says where each term is, newest first. The rarest term of the query gives the
//! candidates; each candidate is read and looked at, so that what is called a hit is one. Where
//! even the rarest term is in thousands of messages, hits are so dense that walking from the
//! newest on, in the conversation or everywhere, finds a page of them at once; where they are not
//! (they may all be old), the walk ends and the term is listed whole. The hits of a window (the newest [`WINDOW`], or fewer
//! when they lie far apart) compete for the first place (`ranking.rs`); the next window has the
//! older ones. So paging loses and repeats nothing.

use super::contents;
use super::query::{Highlight, Query, Tally};
use super::ranking::score;
use super::row::{Place, Row, tag};
use super::table::{Answer, Fault, Find, Mode, Table, Terms};

/// Hits that compete.
const WINDOW: usize = 50;
/// Rows that are read before fewer hits than a window's are enough.
const PATIENCE: usize = 200;
/// Rows read at once.
const BATCH: usize = 50;
/// Entries of the term index that are listed at once: some 4 µs each.
const LISTED: u32 = 1_024;
/// Rows of a walk over everything that are read at once: some 10 µs each, a fourth of what one
/// costs that is read by its place.
const SCANNED: u32 = 200;
/// Rows of a walk over everything after which the term is listed whole instead, if not one in
/// [`SPARSE`] was a hit.
const TIRED: usize = 2_000;
const SPARSE: usize = 50;
/// A list of candidates that need not be made shorter before they are read.
const SHORT: usize = 100;
/// Hits that are looked at for the conversations they are in.
const COUNTED: usize = 2_000;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// Words, by their beginning; pieces of scripts without spaces. All must be there.
    pub keyword: String,
    /// Only in this conversation.
    pub conversation: Option<String>,
    /// Only these classes; none: all.
    pub types: Vec<String>,
    /// At most so many hits.
    pub count: usize,
    /// Where to go on.
    pub before: Option<Cursor>,
}

/// Where a search goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Messages sent before this time (Unix milliseconds) …
    pub time: i64,
    /// … or at it, with a higher local id.
    pub local: Option<u64>,
    /// Hits of the window that were given already.
    pub skip: usize,
    /// Hits that compete in the window; 0: as many as there are.
    pub size: usize,
}

impl Cursor {
    /// Candidates stand behind this place.
    fn place(&self) -> Place {
        Place { time: self.time, local: self.local.unwrap_or(u64::MAX), tag: 0 }
    }
}

/// A message that has what is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The message.
    pub row: Row,
    /// Where it has it.
    pub highlights: Vec<Highlight>,
    /// How well it fits, 0 to 1.
    pub score: f64,
}

/// The answer to a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How many messages match; unless `exact`, how many have the rarest terms, counted up to
    /// [`LISTED`] + 1.
    pub total: u32,
    /// Whether every candidate was looked at for `total`.
    pub exact: bool,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

/// A conversation with hits.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationHit {
    /// Kind's number, `/`, target id.
    pub conversation: String,
    /// Hits in it, among the newest [`COUNTED`] of all.
    pub count: u32,
    /// The newest of them.
    pub latest: Hit,
}

/// A hit before it is ranked.
struct Competitor {
    row: Row,
    highlights: Vec<Highlight>,
    tallies: Vec<Tally>,
}

/// Where candidates come from, newest first.
enum Source {
    /// All of them.
    List(Vec<Place>),
    /// Those of a frequent term, so many for now.
    Growing { term: Terms, places: Vec<Place>, whole: bool },
    /// Every row, or every one of the conversation, and what to list when that finds too little.
    Scan(Terms),
    /// There are none.
    Nothing,
}

/// What a walk over the candidates gathered.
struct Walk {
    competitors: Vec<Competitor>,
    /// The candidate that was looked at last.
    last: Option<Place>,
    /// Whether there are no more candidates.
    ended: bool,
    /// Rows with the rarest terms: a bound for the number of hits.
    bound: u32,
}

pub(super) async fn search<T: Table>(table: &mut T, wanted: &Search) -> Result<Found, Fault> {
    let Some(query) = Query::parse(&wanted.keyword) else { return Ok(Found::default()) };
    let cursor = wanted.before.clone().unwrap_or_default();
    let enough = wanted.count.saturating_add(cursor.skip);
    let over = |hits: usize, looked: usize| match cursor.size {
        0 => hits >= WINDOW.max(enough) || (hits >= enough && looked >= PATIENCE),
        size => hits >= size,
    };
    let after = wanted.before.as_ref().map(Cursor::place);
    let walk = walk(table, &query, wanted, after, over).await?;
    Ok(ranked(walk, wanted, &cursor))
}

fn ranked(walk: Walk, wanted: &Search, cursor: &Cursor) -> Found {
    let Walk { competitors, last, ended, bound } = walk;
    let size = competitors.len();
    let exact = ended && wanted.before.is_none();
    let total = if exact { size as u32 } else { bound };
    let Some(newest) = competitors.first().map(|first| first.row.place()) else {
        return Found { total, exact, ..Found::default() };
    };
    let given = cursor.skip.saturating_add(wanted.count);
    let next = if given < size {
        // Right before the newest: it competes again.
        let local = newest.local.saturating_sub(1);
        Some(Cursor { time: newest.time, local: Some(local), skip: given, size })
    } else {
        let behind =
            |last: Place| Cursor { time: last.time, local: Some(last.local), skip: 0, size: 0 };
        last.filter(|_| !ended).map(behind)
    };
    let mut hits: Vec<Hit> = competitors.into_iter().map(|one| one.scored(newest.time)).collect();
    hits.sort_unstable_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| b.row.point().cmp(&a.row.point()))
    });
    let hits = hits.into_iter().skip(cursor.skip).take(wanted.count).collect();
    Found { hits, total, exact, next }
}

impl Competitor {
    fn scored(self, newest: i64) -> Hit {
        let score = score(&self.tallies, self.row.time, newest);
        Hit { row: self.row, highlights: self.highlights, score }
    }
}

/// Conversations with hits, the one with the newest hit first, and whether all hits were counted.
pub(super) async fn search_conversations<T: Table>(
    table: &mut T,
    keyword: &str,
) -> Result<(Vec<ConversationHit>, bool), Fault> {
    let Some(query) = Query::parse(keyword) else { return Ok((Vec::new(), true)) };
    let wanted = Search::default();
    let walk = walk(table, &query, &wanted, None, |hits, _| hits >= COUNTED).await?;
    let mut found: Vec<ConversationHit> = Vec::new();
    for competitor in walk.competitors {
        let name = &competitor.row.conversation;
        match found.iter_mut().find(|hit| hit.conversation == *name) {
            Some(hit) => hit.count += 1,
            None => {
                let (conversation, time) = (name.clone(), competitor.row.time);
                found.push(ConversationHit {
                    conversation,
                    count: 1,
                    latest: competitor.scored(time),
                });
            }
        }
    }
    Ok((found, walk.ended))
}

/// Looks at candidates behind `after` until there are no more or it is `over`, which is told how
/// many hits there are and how many rows were read.
async fn walk<T: Table>(
    table: &mut T,
    query: &Query,
    wanted: &Search,
    after: Option<Place>,
    over: impl Fn(usize, usize) -> bool,
) -> Result<Walk, Fault> {
    table.begin(Mode::Read)?;
    let (mut source, bound) = source(table, query, wanted).await?;
    let mut walk = Walk { competitors: Vec::new(), last: after, ended: false, bound };
    let mut looked = 0;
    loop {
        if looked >= TIRED && walk.competitors.len() < looked / SPARSE {
            source = rested(table, source, wanted).await?;
        }
        let (rows, next) = batch(table, &mut source, wanted, walk.last).await?;
        let newest_left = rows.last().map(Row::place);
        for row in rows {
            looked += 1;
            let place = row.place();
            walk.last = Some(place);
            walk.competitors.extend(competitor(query, wanted, row));
            if over(walk.competitors.len(), looked) {
                walk.ended = next.is_none() && newest_left == walk.last;
                return Ok(walk);
            }
        }
        if next.is_none() {
            walk.ended = true;
            return Ok(walk);
        }
        walk.last = next;
    }
}

fn competitor(query: &Query, wanted: &Search, row: Row) -> Option<Competitor> {
    let elsewhere = wanted.conversation.as_ref().is_some_and(|name| row.conversation != *name);
    if elsewhere || !(wanted.types.is_empty() || wanted.types.contains(&row.object_name)) {
        return None;
    }
    let (highlights, tallies) = query.matches(&contents::texts(&row))?;
    Some(Competitor { highlights, tallies, row })
}

/// Where to look for candidates, and how many there are: more than [`LISTED`] are not counted.
/// A term is listed as far as that; what is rarer than that is all in its list.
async fn source<T: Table>(
    table: &mut T,
    query: &Query,
    wanted: &Search,
) -> Result<(Source, u32), Fault> {
    let mut rare: Option<Vec<Place>> = None;
    let mut frequent = Source::Nothing;
    for term in query.terms() {
        if rare.as_ref().is_some_and(|rare| rare.len() <= SHORT) {
            break;
        }
        let mut places = table.places(&term, LISTED + 1).await?;
        let whole = places.len() <= LISTED as usize;
        places.sort_unstable();
        places.dedup();
        if whole {
            rare = Some(both(rare, places));
        } else {
            frequent = frequent_source(frequent, term, places, wanted);
        }
    }
    let Some(mut places) = rare else { return Ok((frequent, LISTED + 1)) };
    keep_conversation(&mut places, wanted);
    let count = places.len() as u32;
    Ok((Source::List(places), count))
}

/// How to find candidates by a frequent term, unless an earlier one does as well. The lists of
/// exact ones are newest first, but most of what they name is in other conversations.
fn frequent_source(earlier: Source, term: Terms, places: Vec<Place>, wanted: &Search) -> Source {
    let listed = matches!(term, Terms::Exactly(_)) && wanted.conversation.is_none();
    match earlier {
        Source::Nothing | Source::Scan(_) if listed => {
            Source::Growing { term, places, whole: false }
        }
        Source::Nothing => Source::Scan(term),
        Source::Scan(_) | Source::Growing { .. } | Source::List(_) => earlier,
    }
}

/// What is in both lists; the second one is sorted.
fn both(list: Option<Vec<Place>>, other: Vec<Place>) -> Vec<Place> {
    let Some(mut list) = list else { return other };
    list.retain(|place| other.binary_search(place).is_ok());
    list
}

/// Leaves out what is surely in another conversation.
fn keep_conversation(places: &mut Vec<Place>, wanted: &Search) {
    if let Some(tag) = wanted.conversation.as_deref().map(tag) {
        places.retain(|place| place.tag == tag);
    }
}

/// A walk over everything that found too little goes on by the list of a term.
async fn rested<T: Table>(table: &mut T, source: Source, wanted: &Search) -> Result<Source, Fault> {
    Ok(match source {
        Source::Scan(term) => {
            let mut places = table.places(&term, u32::MAX).await?;
            places.sort_unstable();
            places.dedup();
            keep_conversation(&mut places, wanted);
            Source::List(places)
        }
        Source::List(_) | Source::Growing { .. } | Source::Nothing => source,
    })
}

/// The next candidates behind `after`, and the place to go on from if there may be more.
async fn batch<T: Table>(
    table: &mut T,
    source: &mut Source,
    wanted: &Search,
    after: Option<Place>,
) -> Result<(Vec<Row>, Option<Place>), Fault> {
    let (places, whole) = match source {
        Source::Nothing => return Ok((Vec::new(), None)),
        Source::Scan(_) => return table.scan(wanted.conversation.as_deref(), after, SCANNED).await,
        Source::List(places) => (places, true),
        Source::Growing { term, places, whole } => {
            grow(table, term, places, whole, after).await?;
            (places, *whole)
        }
    };
    let rest = behind(places, after);
    let now = rest.get(..BATCH).unwrap_or(rest);
    let last = now.last().copied().filter(|_| rest.len() > now.len() || !whole);
    let wanted: Vec<Find<'_>> = now.iter().copied().map(Find::Place).collect();
    let rows = table.find(&wanted).await?.into_iter().filter_map(Answer::row).collect();
    Ok((rows, last))
}

/// The part of a sorted list that comes after a place.
fn behind(places: &[Place], after: Option<Place>) -> &[Place] {
    let start = after.map_or(0, |after| places.partition_point(|place| *place <= after));
    places.get(start..).unwrap_or_default()
}

/// Lists more of a frequent term until there is a batch behind `after`.
async fn grow<T: Table>(
    table: &mut T,
    term: &Terms,
    places: &mut Vec<Place>,
    whole: &mut bool,
    after: Option<Place>,
) -> Result<(), Fault> {
    while !*whole && behind(places, after).len() <= BATCH {
        let limit = (places.len() as u32).saturating_mul(4);
        *places = table.places(term, limit).await?;
        *whole = (places.len() as u32) < limit;
    }
    Ok(())
}
