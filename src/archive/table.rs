//! Rows with indexes, one transaction at a time: what IndexedDB and memory have in common.

use super::row::{Place, Point, Row};

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only find.
    Read,
    /// Find, keep and delete.
    Write,
}

/// Names one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Find<'a> {
    /// By the server's name.
    Uid(&'a str),
    /// By the sender's id.
    Client(&'a str),
    /// By the row's own number.
    Local(u64),
    /// By its primary key.
    Place(Place),
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// No such row.
    Nothing,
    /// This one.
    Row(Box<Row>),
    /// A row that cannot be read, kept here.
    Broken(Place),
}

impl Answer {
    /// The row, if it can be read.
    pub fn row(self) -> Option<Row> {
        match self {
            Self::Row(row) => Some(*row),
            Self::Nothing | Self::Broken(_) => None,
        }
    }
}

/// Which entries of the term index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Terms {
    /// Every row, once, whatever its terms.
    Everything,
    /// Rows with this term.
    Exactly(String),
    /// Rows with a term that begins so, once for each such term.
    Beginning(String),
    /// Rows of this conversation, once.
    Conversation(String),
}

/// Which rows of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Strictly beyond this position; `None`: from the newest (or the oldest) on.
    pub from: Option<Point>,
    /// Towards newer messages; otherwise towards older ones.
    pub newer: bool,
    /// At most so many.
    pub count: usize,
}

/// Why a table did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No room left (`QuotaExceededError`).
    Full,
    /// The connection is closed, or the database is gone.
    Closed,
    /// Two rows with one unique name.
    Conflict,
    /// Another page keeps an old version open, or nothing was answered in time.
    Blocked,
    /// The database was made by a newer version of this package.
    Newer,
    /// There is no database, or it is forbidden.
    Unavailable,
    /// The database failed in a way that has no name here.
    Broken,
}

impl Fault {
    /// Its name on the JS side.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Closed => "closed",
            Self::Conflict => "conflict",
            Self::Blocked => "blocked",
            Self::Newer => "newer",
            Self::Unavailable => "unavailable",
            Self::Broken => "broken",
        }
    }
}

/// Rows and their indexes. Between `begin` and `commit` nothing may be awaited but the table's own
/// answers: IndexedDB ends a transaction that has nothing to do. A transaction that is not
/// committed leaves no trace once the next one begins, and reads see what was kept before `begin`.
#[expect(async_fn_in_trait, reason = "one thread: nobody asks whether the futures can be sent")]
pub trait Table {
    /// Begins a transaction; one that was not committed is given up.
    ///
    /// # Errors
    /// [`Fault::Closed`] above all.
    fn begin(&mut self, mode: Mode) -> Result<(), Fault>;

    /// The rows of those names, in their order.
    ///
    /// # Errors
    /// What the database fails with; so for every function below.
    async fn find(&mut self, wanted: &[Find<'_>]) -> Result<Vec<Answer>, Fault>;

    /// Rows of a conversation, nearest to the span's start first. Broken ones are passed over.
    ///
    /// # Errors
    /// As above.
    async fn page(&mut self, conversation: &str, span: &Span) -> Result<Vec<Row>, Fault>;

    /// How many rows there are.
    ///
    /// # Errors
    /// As above.
    async fn total(&mut self) -> Result<u32, Fault>;

    /// At most `limit` places of rows with these terms, the newest first; but
    /// [`Terms::Beginning`] gives those of the smallest term first.
    ///
    /// # Errors
    /// As above.
    async fn places(&mut self, terms: &Terms, limit: u32) -> Result<Vec<Place>, Fault>;

    /// At most `limit` of all rows, or of a conversation's, newest first, from the one behind
    /// `after` on, and the place of the last that was looked at (`None`: there are no more).
    /// Broken ones are passed over.
    ///
    /// # Errors
    /// As above.
    async fn scan(
        &mut self,
        conversation: Option<&str>,
        after: Option<Place>,
        limit: u32,
    ) -> Result<(Vec<Row>, Option<Place>), Fault>;

    /// The places of the `limit` oldest rows.
    ///
    /// # Errors
    /// As above.
    async fn oldest(&mut self, limit: u32) -> Result<Vec<Place>, Fault>;

    /// The highest local id in use; 0 for an empty table.
    ///
    /// # Errors
    /// As above.
    async fn last_local(&mut self) -> Result<u64, Fault>;

    /// Keeps a row under its place with these terms.
    ///
    /// # Errors
    /// What is known at once; the rest is told by [`commit`](Self::commit).
    fn put(&mut self, row: &Row, terms: &[String]) -> Result<(), Fault>;

    /// Deletes the row at a place; that there is none is no error.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    fn delete(&mut self, place: Place) -> Result<(), Fault>;

    /// Ends the transaction; what it wrote is kept whole or not at all.
    ///
    /// # Errors
    /// [`Fault::Full`], [`Fault::Conflict`] and the rest.
    async fn commit(&mut self) -> Result<(), Fault>;

    /// How many broken rows were met since the last call.
    fn take_broken(&mut self) -> u32;

    /// Whether rows outlive the page.
    fn is_durable(&self) -> bool;
}
