//! Finding messages by their words, newest first, ranked within windows.
//!
//! The term index says where each term is, newest first. The rarest term of the query gives the
//! candidates; each candidate is read and looked at, so that what is called a hit is one. Where
//! even the rarest term is in thousands of messages, hits are so dense that walking from the
//! newest on finds a page of them at once. The hits of a window (the newest [`WINDOW`], or fewer
//! when they lie far apart) compete for the first place (`ranking.rs`); the next window has the
//! older ones. So paging loses and repeats nothing.

use serde::{Deserialize, Serialize};

use super::contents;
use super::query::{Highlight, Query, Tally};
use super::ranking::score;
use super::row::{Place, Row};
use super::table::{Answer, Fault, Find, Mode, Table, Terms};
use super::writing::conversation_term;

/// Hits that compete.
const WINDOW: usize = 50;
/// Rows that are read before fewer hits than a window's are enough.
const PATIENCE: usize = 200;
/// Rows read at once.
const BATCH: usize = 50;
/// Entries of the term index that are listed at once: some 3 µs each.
const LISTED: u32 = 4_096;
/// Entries of a frequent term that are listed at first.
const FIRST_LISTED: u32 = 512;
/// Rows of a walk over everything that are read at once: cheaper each than by their places.
const SCANNED: u32 = 200;
/// A list of candidates that need not be made shorter before they are read.
const SHORT: usize = 200;
/// Hits that are looked at for the conversations they are in.
const COUNTED: usize = 2_000;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cursor {
    /// Messages sent before this time (Unix milliseconds) …
    #[serde(rename = "sentTime")]
    pub time: i64,
    /// … or at it, with a higher local id.
    #[serde(rename = "localId", skip_serializing_if = "Option::is_none")]
    pub local: Option<u64>,
    /// Hits of the window that were given already.
    pub skip: usize,
    /// Hits that compete in the window; 0: as many as there are.
    pub size: usize,
}

impl Cursor {
    /// Candidates stand behind this place.
    fn place(&self) -> Place {
        Place { time: self.time, local: self.local.unwrap_or(u64::MAX) }
    }
}

/// A message that has what is looked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// The message.
    pub row: Row,
    /// Where it has it.
    pub highlights: Vec<Highlight>,
    /// How well it fits, 0 to 1.
    pub score: f64,
}

/// The answer to a search.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// Every row.
    Scan,
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
        let (rows, next) = batch(table, &mut source, walk.last).await?;
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
    let texts = contents::texts(&row.object_name, &row.content);
    let (highlights, tallies) = query.matches(&texts)?;
    Some(Competitor { highlights, tallies, row })
}

/// The best source of candidates, and how many messages have its terms.
async fn source<T: Table>(
    table: &mut T,
    query: &Query,
    wanted: &Search,
) -> Result<(Source, u32), Fault> {
    let mut terms = query.terms();
    terms
        .extend(wanted.conversation.as_deref().map(|name| Terms::Exactly(conversation_term(name))));
    let counts = table.count(&terms, LISTED).await?;
    let mut by_count: Vec<(u32, Terms)> = counts.into_iter().zip(terms).collect();
    by_count.sort_unstable_by_key(|(count, _)| *count);
    let Some(rarest) = by_count.first().map(|(count, _)| *count) else {
        return Ok((Source::Nothing, 0));
    };
    if rarest == 0 {
        return Ok((Source::Nothing, 0));
    }
    if rarest <= LISTED {
        let places = listed(table, &by_count).await?;
        let bound = places.len() as u32;
        return Ok((Source::List(places), bound));
    }
    let exact = by_count.into_iter().find(|(_, terms)| matches!(terms, Terms::Exactly(_)));
    Ok(match exact {
        Some((_, term)) => (Source::Growing { term, places: Vec::new(), whole: false }, rarest),
        None => (Source::Scan, rarest),
    })
}

/// Places that have the rarest term, and the next ones while that makes a long list shorter.
async fn listed<T: Table>(table: &mut T, by_count: &[(u32, Terms)]) -> Result<Vec<Place>, Fault> {
    let mut list: Option<Vec<Place>> = None;
    for (count, terms) in by_count {
        if *count > LISTED || list.as_ref().is_some_and(|list| list.len() <= SHORT) {
            break;
        }
        let mut places = table.places(terms, LISTED).await?;
        places.sort_unstable();
        places.dedup();
        list = Some(match list {
            None => places,
            Some(mut list) => {
                list.retain(|place| places.binary_search(place).is_ok());
                list
            }
        });
    }
    Ok(list.unwrap_or_default())
}

/// The next candidates behind `after`, and the place to go on from if there may be more.
async fn batch<T: Table>(
    table: &mut T,
    source: &mut Source,
    after: Option<Place>,
) -> Result<(Vec<Row>, Option<Place>), Fault> {
    let (places, whole) = match source {
        Source::Nothing => return Ok((Vec::new(), None)),
        Source::Scan => return table.scan(after, SCANNED).await,
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
        let limit = (places.len() as u32).saturating_mul(4).max(FIRST_LISTED);
        *places = table.places(term, limit).await?;
        *whole = (places.len() as u32) < limit;
    }
    Ok(())
}
