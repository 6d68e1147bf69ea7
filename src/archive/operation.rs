//! What the archive is asked to do, as data: done at one place, on whatever table there is.

use super::reading::{self, Page};
use super::row::{Patch, Point, Row};
use super::search::{self, ConversationHit, Found, Search};
use super::table::{Fault, Find, Mode, Span, Table};
use super::writing::{self, Kept, Mark};

/// Names a message: by its uid if there is one, else by its client id, else by its local id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The server's name for it.
    pub uid: Option<String>,
    /// The sender's name for it, as decimal text.
    pub client: Option<String>,
    /// The row's own number.
    pub local: u64,
}

impl Name {
    /// The message with that uid.
    pub fn uid(uid: &str) -> Self {
        Self { uid: Some(uid.to_owned()), client: None, local: 0 }
    }

    /// The row with that number.
    pub const fn local(local: u64) -> Self {
        Self { uid: None, client: None, local }
    }

    /// The message that was sent under that id.
    pub fn client(id: &str) -> Self {
        Self { uid: None, client: Some(id.to_owned()), local: 0 }
    }

    fn find(&self) -> Find<'_> {
        match (&self.uid, &self.client) {
            (Some(uid), _) => Find::Uid(uid),
            (None, Some(client)) => Find::Client(client),
            (None, None) => Find::Local(self.local),
        }
    }
}

/// One call. Times are Unix milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Keeps messages. Known ones (by uid, by client id of an own message, by local id) are
    /// replaced, but keep their local ids and what was noted down with them.
    Put(Vec<Row>),
    /// Messages by name, in the order of the names.
    Get(Vec<Name>),
    /// A piece of a conversation.
    Page {
        /// Kind's number, `/`, target id.
        conversation: String,
        /// Which piece.
        span: Span,
    },
    /// Changes one message.
    Update {
        /// Which.
        name: Name,
        /// How.
        patch: Patch,
    },
    /// Deletes messages.
    Delete(Vec<Name>),
    /// Deletes some messages of a conversation, those up to a time (included) or all. To be
    /// repeated until none went.
    Clear {
        /// Kind's number, `/`, target id.
        conversation: String,
        /// `None`: all.
        up_to: Option<i64>,
    },
    /// Marks messages of a conversation that stand before a position, a step towards older ones.
    Mark {
        /// Kind's number, `/`, target id.
        conversation: String,
        /// Messages before this.
        before: Point,
        /// Which, and as what.
        mark: Mark,
    },
    /// Messages that have what is looked for.
    Search(Search),
    /// Conversations with such messages.
    SearchConversations(String),
    /// How many messages there are.
    Count,
    /// Deletes the oldest messages, at most so many and a bounded number at once.
    Evict(u32),
}

/// What became of an [`Operation`].
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Of [`Operation::Put`].
    Kept(Kept),
    /// Of [`Operation::Get`].
    Rows(Vec<Option<Row>>),
    /// Of [`Operation::Page`].
    Page(Page),
    /// Of [`Operation::Update`]: the message as it is now, if there is one.
    Updated(Option<Row>),
    /// Of [`Operation::Search`].
    Found(Found),
    /// Of [`Operation::SearchConversations`].
    Conversations {
        /// The one with the newest hit first.
        conversations: Vec<ConversationHit>,
        /// Whether all hits were counted.
        exact: bool,
    },
    /// Of [`Operation::Mark`]: where to go on.
    Marked(Option<Point>),
    /// How many there are, or how many went.
    Number(u32),
}

/// Does it.
pub(super) async fn perform<T: Table>(table: &mut T, wanted: &Operation) -> Result<Outcome, Fault> {
    Ok(match wanted {
        Operation::Put(rows) => Outcome::Kept(writing::put(table, rows).await?),
        Operation::Get(names) => Outcome::Rows(reading::get(table, &finds(names)).await?),
        Operation::Page { conversation, span } => {
            Outcome::Page(reading::page(table, conversation, span).await?)
        }
        Operation::Update { name, patch } => {
            Outcome::Updated(writing::update(table, name.find(), patch).await?)
        }
        Operation::Delete(names) => Outcome::Number(writing::delete(table, &finds(names)).await?),
        Operation::Clear { conversation, up_to } => {
            Outcome::Number(writing::clear(table, conversation, *up_to).await?)
        }
        Operation::Mark { conversation, before, mark } => {
            Outcome::Marked(writing::mark(table, conversation, before, *mark).await?)
        }
        Operation::Search(wanted) => Outcome::Found(search::search(table, wanted).await?),
        Operation::SearchConversations(keyword) => {
            let (conversations, exact) = search::search_conversations(table, keyword).await?;
            Outcome::Conversations { conversations, exact }
        }
        Operation::Count => Outcome::Number(count(table).await?),
        Operation::Evict(count) => Outcome::Number(writing::evict(table, *count).await?),
    })
}

fn finds(names: &[Name]) -> Vec<Find<'_>> {
    names.iter().map(Name::find).collect()
}

pub(super) async fn count<T: Table>(table: &mut T) -> Result<u32, Fault> {
    table.begin(Mode::Read)?;
    table.total().await
}
