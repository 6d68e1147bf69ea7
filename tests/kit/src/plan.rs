//! What a run is made of: who takes part, and what happens to them when. Data only, so that a run
//! that fails can be made smaller and run again.

use hongyan::session::io::Hint;
use hongyan::signal::settings::Setting;
pub use hongyan_server::core::rate::SendRate;

/// Index of a client (a user at a device) in [`Setup::clients`].
pub type ClientIndex = usize;

/// Who takes part, and on what terms.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// One entry for each client: its user.
    pub clients: Vec<String>,
    /// Clients whose stored state belongs to another tab: they live in memory.
    pub memory_only: Vec<ClientIndex>,
    /// Whether navigation announces the extensions.
    pub extended: bool,
    /// Whether logins of one user stand side by side.
    pub multi_device: bool,
    /// What the server allows.
    pub send_rate: SendRate,
    /// What navigation says that the server allows.
    pub announced_rate: SendRate,
    /// Rows in a page of the inbox.
    pub page_size: u32,
    /// One way through the network, ms: at least, and at most.
    pub latency: (u64, u64),
    /// The store takes up to so long, ms.
    pub commit_ms: u64,
    /// Sends are given up after so long, as on the 2.x face.
    pub give_up_after_ms: Option<u32>,
    /// Whether sends that failed stay in the outbox, for another try.
    pub keep_failed: bool,
    /// Reports about links that the engine has closed still reach it.
    pub late_reports: bool,
    /// So many of a thousand listener calls throw.
    pub throws_per_mille: u64,
    /// So many of a thousand messages are answered from within the listener.
    pub replies_per_mille: u64,
}

impl Default for Setup {
    /// Two users at one device each, extensions, no rate limit, 20 to 80 ms.
    fn default() -> Self {
        let unlimited = SendRate { per_second: 0, burst: 10 };
        Self {
            seed: 1,
            clients: vec!["a".into(), "b".into()],
            memory_only: Vec::new(),
            extended: true,
            multi_device: false,
            send_rate: unlimited,
            announced_rate: unlimited,
            page_size: 100,
            latency: (20, 80),
            commit_ms: 10,
            give_up_after_ms: None,
            keep_failed: true,
            late_reports: false,
            throws_per_mille: 0,
            replies_per_mille: 0,
        }
    }
}

/// When an end of a cut link hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// At once.
    AtOnce,
    /// So many ms later.
    After(u64),
    /// Not at all.
    Never,
}

/// What a network does to WebSockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blockage {
    /// The upgrade is refused: 403, 426, a page.
    Refused,
    /// Nothing is answered.
    Swallowed,
    /// The upgrade succeeds, and no frame comes through either way.
    Buffered,
}

/// What a navigator answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NavigatorMood {
    /// The truth.
    Well,
    /// HTTP 500.
    Broken,
    /// A page for people, with status 200.
    Html,
    /// JSON without servers.
    Empty,
    /// Nothing.
    Silent,
    /// The connection is refused.
    Refused,
}

/// A frame by type and way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// The answer to a login.
    ConnAck,
    /// A message on its way up.
    PublishUp,
    /// A message or a doorbell on its way down.
    PublishDown,
    /// The answer to a send.
    PubAckDown,
    /// The page tells that a message arrived.
    PubAckUp,
    /// A question, for example a pull.
    Query,
    /// Its answer, for example a page.
    QueryAck,
    /// The page tells that a page arrived.
    QueryCon,
    /// Are you there?
    PingReq,
    /// I am.
    PingResp,
}

/// What happens instead of a frame that was waited for: the frame itself is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrapEnd {
    /// The link is cut; the client hears of it as told, the server after a minute.
    Cut(Heard),
    /// Nothing comes through any more, either way.
    Silence,
    /// The server dies, for so long, ms.
    Crash(u64),
    /// It arrives twice.
    Twice,
    /// It arrives with a bit flipped or its end missing, so that it is no frame any more: this
    /// number says where.
    Damaged(u32),
    /// If it is the answer to a question, it arrives as the answer to another that nobody asked.
    WrongId,
}

/// How a page ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEnd {
    /// Between two steps.
    Now,
    /// While its listeners run for the next batch of messages.
    InListener,
    /// After the listeners ran for the next batch, before the hand-over was answered.
    BeforeHandOver,
    /// In the middle of what follows an input: after so many more writes to storage.
    AfterWrites(u32),
}

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Action {
    /// The page sends messages to a user.
    Send {
        /// Who.
        client: ClientIndex,
        /// To whom.
        to: String,
        /// How many at once.
        count: u32,
    },
    /// The page takes back the newest send that is not settled.
    CancelNewest(ClientIndex),
    /// The page tries all that has failed again.
    RetryFailed(ClientIndex),
    /// The page marks the conversation with a user as read.
    MarkRead(ClientIndex, String),
    /// The page tells a user that it has read all it was shown.
    TellRead(ClientIndex, String),
    /// The page takes back its newest message to a user.
    Recall(ClientIndex, String),
    /// The page takes the conversation with a user out of the list.
    RemoveConversation(ClientIndex, String),
    /// The page deletes the newest message of the conversation with a user that it was shown.
    DeleteNewest(ClientIndex, String),
    /// The page clears the history with a user up to the newest message that it was shown.
    ClearHistory(ClientIndex, String),
    /// The page sets something of the conversation with a user.
    Set(ClientIndex, String, Setting, bool),
    /// The page calls `connect`.
    Connect(ClientIndex),
    /// The page calls `disconnect`.
    Disconnect(ClientIndex),
    /// The link breaks.
    Cut {
        /// Whose.
        client: ClientIndex,
        /// When the client's end hears of it.
        client_hears: Heard,
        /// When the server's end hears of it.
        server_hears: Heard,
    },
    /// The link falls silent without breaking.
    Silence {
        /// Whose.
        client: ClientIndex,
        /// The way up.
        up: bool,
        /// The way down.
        down: bool,
    },
    /// Nothing comes through for so long, ms; then all of it at once.
    Stall(ClientIndex, u64),
    /// The next frame of this kind is lost, and more with it.
    Trap {
        /// On whose link.
        client: ClientIndex,
        /// Which frame.
        frame: FrameKind,
        /// What happens.
        end: TrapEnd,
    },
    /// So many bytes pass a second over the links of this client, either way; 0: as many as want.
    Throttle(ClientIndex, u64),
    /// Sockets of this client need so long to open, ms, from here on.
    SlowOpen(ClientIndex, u64),
    /// Links of this client do not open for so long, ms.
    RefuseSockets(ClientIndex, u64),
    /// WebSockets of this client, but not polling, meet this for so long, ms.
    BlockWebSockets(ClientIndex, Blockage, u64),
    /// Every navigator is so for so long, ms.
    Navigators(NavigatorMood, u64),
    /// The server dies and comes back after so long, ms. What it had committed is kept.
    Crash(u64),
    /// The server goes down in good order and comes back after so long, ms.
    Restart(u64),
    /// The operator makes a backup of the server's store.
    BackUp,
    /// The server dies; its store is restored from the backup, if there is one, and it comes back
    /// after so long, ms.
    Restore(u64),
    /// The server removes all rows from the inboxes that are older than so long, ms.
    SweepInboxes(i64),
    /// The link breaks again and again, every 200 ms, for so long, ms.
    Flap(ClientIndex, u64),
    /// The store refuses what is sent for so long, ms.
    StoreFails(u64),
    /// The next so many notices between sessions vanish.
    LoseNotices(u32),
    /// The next so many notices between sessions come twice.
    DoubleNotices(u32),
    /// The next so many notices find no room; their sessions are told that some are missing.
    OverflowNotices(u32),
    /// The page ends; another opens after so long, ms.
    EndPage(ClientIndex, PageEnd, u64),
    /// Storage refuses writes for so long, ms.
    StorageFull(ClientIndex, u64),
    /// The site's data is cleared, and the page loaded anew.
    ClearStorage(ClientIndex),
    /// The browser hints.
    Hint(ClientIndex, Hint),
    /// The machine sleeps for so long, ms. `woken`: the browser tells when it is over.
    Sleep {
        /// Whose.
        client: ClientIndex,
        /// How long, ms.
        ms: u64,
        /// Whether `Hint::Woke` comes at the end.
        woken: bool,
    },
    /// The page's timers come late, at full multiples of so many ms; 0: in time.
    ThrottleTimers(ClientIndex, u64),
    /// The client's wall clock jumps by so many ms.
    WallClock(ClientIndex, i64),
}

/// A whole run: actions with their time, ms, in order of time.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Who takes part.
    pub setup: Setup,
    /// What happens.
    pub actions: Vec<(u64, Action)>,
}

impl Action {
    /// Whether it makes things worse: to be left out where a smaller plan is looked for.
    pub fn is_fault(&self) -> bool {
        !matches!(
            self,
            Self::Send { .. }
                | Self::RetryFailed(_)
                | Self::MarkRead(..)
                | Self::TellRead(..)
                | Self::Recall(..)
                | Self::Set(..)
                | Self::RemoveConversation(..)
                | Self::DeleteNewest(..)
                | Self::ClearHistory(..)
                | Self::Connect(_)
        )
    }
}
