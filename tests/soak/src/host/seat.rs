//! Who takes part, and what they are told to do.

use std::time::Duration;

use hongyan::ids::ConversationKind;
use hongyan::session::config::Transport;
use hongyan::session::io::Hint;

/// Whom a client writes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// One to one, a group, or a chatroom.
    pub kind: ConversationKind,
    /// Its id.
    pub id: String,
}

/// Who sits where.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The user's id.
    pub user: String,
    /// At which device; with the user it names the client.
    pub device: u32,
    /// The user's token.
    pub token: String,
    /// Whether its pages are supplied with tokens by a function, one in four of which is worth nothing.
    pub asks_for_tokens: bool,
    /// Whether its storage has no room for anything.
    pub full_storage: bool,
    /// Where it asks for navigation: `host:port`.
    pub navigator: String,
    /// What its links may be made of.
    pub transport: Transport,
    /// Whom it writes to; empty for nobody.
    pub targets: Vec<Target>,
    /// Chatrooms that its pages are in.
    pub rooms: Vec<String>,
    /// Between two of its messages, on average.
    pub pause: Duration,
    /// Where its chances come from.
    pub seed: u64,
}

/// What a client is told to suffer.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// The page hears a hint of its browser.
    Hint(Hint),
    /// The page ends so, and another one opens after so long.
    End(PageEnd, Duration),
}

/// Where a page dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEnd {
    /// At once.
    Now,
    /// When messages come, before its listeners ran.
    InListener,
    /// When messages come, after its listeners ran and before that was kept.
    BeforeHandOver,
    /// Between two writes to storage: after so many.
    AfterWrites(u32),
}

/// What the run is about just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Everybody speaks.
    Load,
    /// Nobody speaks; what is under way arrives.
    Quiet,
    /// It is over.
    Over,
}
