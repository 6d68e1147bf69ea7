//! The archive as the page has it: it opens its database when it is first asked, opens it again
//! when it was closed, makes room when there is none, and goes on in memory when all that fails.
//! What the page must know of is a [`Notice`].

use super::eviction::{DEFAULT_MAX_MESSAGES, relief, surplus};
use super::memory::{MEMORY_MESSAGES, MemoryTable};
use super::operation::{self, Operation, Outcome, perform};
use super::row::{Place, Row};
use super::table::{Answer, Fault, Find, Mode, Span, Table, Terms};
use super::writing::{self, Kept};

/// Steps of eviction that one call waits for; the next call goes on.
const STEPS: u32 = 8;
/// Rows copied to memory at once.
const COPIED: u32 = 200;

/// Opens the database, as often as it has to be.
#[expect(async_fn_in_trait, reason = "one thread: nobody asks whether the futures can be sent")]
pub trait Opener {
    /// What is opened.
    type Table: Table;

    /// A new connection.
    ///
    /// # Errors
    /// [`Fault::Blocked`], [`Fault::Newer`], [`Fault::Unavailable`] and the rest.
    async fn open(&mut self) -> Result<Self::Table, Fault>;
}

/// What the page can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// More messages than these are not kept: the oldest go.
    pub max_messages: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_messages: DEFAULT_MAX_MESSAGES }
    }
}

/// What the page must know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// From here on nothing outlives the page, because of this.
    InMemory(Fault),
    /// The browser had no more room; so many of the oldest messages went.
    MadeRoom(u32),
    /// So many stored messages could not be read and were passed over.
    Unreadable(u32),
}

/// Where the rows are.
#[derive(Debug)]
pub enum Backing<T> {
    /// In the database.
    Database(T),
    /// In memory alone.
    Memory(MemoryTable),
}

macro_rules! either {
    ($backing:expr, $table:ident => $work:expr) => {
        match $backing {
            Backing::Database($table) => $work,
            Backing::Memory($table) => $work,
        }
    };
}

impl<T: Table> Table for Backing<T> {
    fn begin(&mut self, mode: Mode) -> Result<(), Fault> {
        either!(self, table => table.begin(mode))
    }
    async fn find(&mut self, wanted: &[Find<'_>]) -> Result<Vec<Answer>, Fault> {
        either!(self, table => table.find(wanted).await)
    }
    async fn page(&mut self, conversation: &str, span: &Span) -> Result<Vec<Row>, Fault> {
        either!(self, table => table.page(conversation, span).await)
    }
    async fn total(&mut self) -> Result<u32, Fault> {
        either!(self, table => table.total().await)
    }
    async fn places(&mut self, terms: &Terms, limit: u32) -> Result<Vec<Place>, Fault> {
        either!(self, table => table.places(terms, limit).await)
    }
    async fn scan(
        &mut self,
        conversation: Option<&str>,
        after: Option<Place>,
        limit: u32,
    ) -> Result<(Vec<Row>, Option<Place>), Fault> {
        either!(self, table => table.scan(conversation, after, limit).await)
    }
    async fn oldest(&mut self, limit: u32) -> Result<Vec<Place>, Fault> {
        either!(self, table => table.oldest(limit).await)
    }
    async fn last_local(&mut self) -> Result<u64, Fault> {
        either!(self, table => table.last_local().await)
    }
    fn put(&mut self, row: &Row, terms: &[String]) -> Result<(), Fault> {
        either!(self, table => table.put(row, terms))
    }
    fn delete(&mut self, place: Place) -> Result<(), Fault> {
        either!(self, table => table.delete(place))
    }
    async fn commit(&mut self) -> Result<(), Fault> {
        either!(self, table => table.commit().await)
    }
    fn take_broken(&mut self) -> u32 {
        either!(self, table => table.take_broken())
    }
    fn is_durable(&self) -> bool {
        either!(self, table => table.is_durable())
    }
}

/// The archive of one user. Calls wait for each other: it takes `&mut self`.
#[derive(Debug)]
pub struct Keeper<O: Opener> {
    opener: O,
    settings: Settings,
    table: Option<Backing<O::Table>>,
    /// How many messages there are; `None` until they were counted.
    count: Option<u32>,
    notices: Vec<Notice>,
}

impl<O: Opener> Keeper<O> {
    /// An archive that opens nothing yet.
    pub const fn new(opener: O, settings: Settings) -> Self {
        Self { opener, settings, table: None, count: None, notices: Vec::new() }
    }

    /// What the page must know of since the last call.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        core::mem::take(&mut self.notices)
    }

    /// Does one operation. It answers as soon as that is done, with everything that had to be
    /// mended on the way; too many messages take the oldest away.
    ///
    /// # Errors
    /// Only what memory fails with: nothing.
    pub async fn run(&mut self, wanted: &Operation) -> Result<Outcome, Fault> {
        let outcome = match (self.attempt(wanted).await, wanted) {
            (Err(Fault::Conflict), Operation::Put(rows)) => self.put_each(rows).await,
            (outcome, _) => outcome?,
        };
        match (wanted, &outcome) {
            (Operation::Put(_), Outcome::Kept(kept)) => {
                self.count = self.count.map(|count| count.saturating_add(kept.added));
                self.trim().await;
            }
            (Operation::Count, Outcome::Number(count)) => self.count = Some(*count),
            (Operation::Delete(_) | Operation::Clear { .. }, Outcome::Number(gone)) => {
                self.fewer(*gone);
            }
            _ => {}
        }
        Ok(outcome)
    }

    /// One of them stands against what is there: the others shall be kept all the same. Local id
    /// 0 stands for what could not be kept.
    async fn put_each(&mut self, rows: &[Row]) -> Outcome {
        let mut all = Kept::default();
        for row in rows {
            match self.attempt(&Operation::Put(vec![row.clone()])).await {
                Ok(Outcome::Kept(kept)) => {
                    all.locals.extend(kept.locals);
                    all.added += kept.added;
                }
                Ok(_) | Err(_) => {
                    self.notices.push(Notice::Unreadable(1));
                    all.locals.push(0);
                }
            }
        }
        Outcome::Kept(all)
    }

    /// Whether messages outlive the page, as far as that is known yet.
    pub fn is_durable(&self) -> bool {
        self.table.as_ref().is_some_and(Table::is_durable)
    }

    /// Closes the database. The next call opens it again.
    pub fn close(&mut self) {
        self.table = None;
        self.count = None;
    }

    fn fewer(&mut self, gone: u32) {
        self.count = self.count.map(|count| count.saturating_sub(gone));
    }

    /// Takes the oldest messages away while there are too many.
    async fn trim(&mut self) {
        if self.count.is_none() {
            self.count = number(self.attempt(&Operation::Count).await);
        }
        let max = match &self.table {
            Some(Backing::Memory(_)) => self.settings.max_messages.min(MEMORY_MESSAGES),
            Some(Backing::Database(_)) | None => self.settings.max_messages,
        };
        let mut left = surplus(self.count.unwrap_or(0), max);
        for _ in 0..STEPS {
            if left == 0 {
                return;
            }
            match number(self.attempt(&Operation::Evict(left)).await) {
                Some(gone) if gone > 0 => {
                    self.fewer(gone);
                    left -= gone.min(left);
                }
                // Others took them: count again.
                Some(_) | None => {
                    self.count = None;
                    return;
                }
            }
        }
    }

    /// Does it on the table that is open, mending what fails until it is done or memory fails,
    /// too.
    async fn attempt(&mut self, wanted: &Operation) -> Result<Outcome, Fault> {
        let mut earlier = None;
        loop {
            let mut table = match self.table.take() {
                Some(table) => table,
                None => self.open().await,
            };
            let result = perform(&mut table, wanted).await;
            let broken = table.take_broken();
            if broken > 0 {
                self.notices.push(Notice::Unreadable(broken));
            }
            match (result, table) {
                (Err(fault), table @ Backing::Database(_)) if fault != Fault::Conflict => {
                    self.table = self.mended(fault, earlier.replace(fault), table).await;
                }
                (result, table) => {
                    self.table = Some(table);
                    return result;
                }
            }
        }
    }

    async fn open(&mut self) -> Backing<O::Table> {
        self.count = None;
        match self.opener.open().await {
            Ok(table) => Backing::Database(table),
            Err(fault) => {
                self.notices.push(Notice::InMemory(fault));
                Backing::Memory(MemoryTable::default())
            }
        }
    }

    /// What to go on with after a fault; `None` opens the database again.
    async fn mended(
        &mut self,
        fault: Fault,
        earlier: Option<Fault>,
        mut table: Backing<O::Table>,
    ) -> Option<Backing<O::Table>> {
        if earlier.is_none() {
            match fault {
                Fault::Full => match make_room(&mut table).await {
                    Ok(gone) if gone > 0 => {
                        self.fewer(gone);
                        self.notices.push(Notice::MadeRoom(gone));
                        return Some(table);
                    }
                    Ok(_) | Err(_) => {}
                },
                Fault::Closed | Fault::Broken => return None,
                Fault::Conflict | Fault::Blocked | Fault::Newer | Fault::Unavailable => {}
            }
        }
        self.notices.push(Notice::InMemory(fault));
        self.count = None;
        Some(copied(&mut table).await)
    }
}

fn number(outcome: Result<Outcome, Fault>) -> Option<u32> {
    match outcome {
        Ok(Outcome::Number(number)) => Some(number),
        Ok(_) | Err(_) => None,
    }
}

/// Deletes a tenth of the messages, the oldest; returns how many.
async fn make_room<T: Table>(table: &mut Backing<T>) -> Result<u32, Fault> {
    let (wanted, mut gone) = (relief(operation::count(table).await?), 0);
    while gone < wanted {
        match writing::evict(table, wanted - gone).await? {
            0 => break,
            step => gone += step,
        }
    }
    Ok(gone)
}

/// The newest messages of a table that can still be read, in memory.
async fn copied<T: Table>(table: &mut Backing<T>) -> Backing<T> {
    let mut memory = Backing::Memory(MemoryTable::default());
    let (mut after, mut count) = (None, 0);
    while count < MEMORY_MESSAGES / 2 && table.begin(Mode::Read).is_ok() {
        let Ok((rows, last)) = table.scan(None, after, COPIED).await else { break };
        count += rows.len() as u32;
        if writing::restore(&mut memory, &rows).await.is_err() || last.is_none() {
            break;
        }
        after = last;
    }
    memory
}
