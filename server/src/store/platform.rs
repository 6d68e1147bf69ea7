//! What the application's server has decided about its users: who may not log in or speak, which
//! words are not to be said, which tags users have.

use std::future::Future;

use hongyan::ids::UserId;
use hongyan::time::UnixMillis;

use super::StoreError;

/// A time that never comes: until it is until for ever.
pub const FOR_EVER: UnixMillis = UnixMillis::new(i64::MAX);

/// What a rule says. The numbers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleKind {
    /// The user may not log in.
    Blocked = 1,
    /// Tokens that were issued before the rule's time are good no more.
    TokensRevoked = 2,
    /// The user may say nothing in private conversations.
    MutedInPrivate = 3,
    /// The user may say nothing in any group or discussion.
    MutedInGroups = 4,
    /// The user may say nothing in this group.
    MutedInGroup = 5,
    /// In this group nobody may say anything.
    GroupMuted = 6,
    /// Although nobody may say anything in this group, the user may.
    MaySpeak = 7,
    /// The session of the user's account with this id (in the place of the group) is over, and its
    /// tokens are good no more. The last of them has expired at the rule's time.
    SessionEnded = 8,
}

impl RuleKind {
    const ALL: [Self; 8] = [
        Self::Blocked,
        Self::TokensRevoked,
        Self::MutedInPrivate,
        Self::MutedInGroups,
        Self::MutedInGroup,
        Self::GroupMuted,
        Self::MaySpeak,
        Self::SessionEnded,
    ];

    /// The number that is kept.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The kind with this number.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// A rule about a user, a group, or a user in a group. There is one of each at most.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// What it says.
    pub kind: RuleKind,
    /// The group's id; empty where the rule is about no group.
    pub group: String,
    /// Whom it is about; empty where it is about everybody.
    pub user: UserId,
}

/// A word that is not to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// What is said instead; `None`: the message is refused.
    pub replacement: Option<String>,
}

/// The decisions. Rules and words are few: they are read once and kept in memory by `core`.
pub trait Platform: Send + Sync + 'static {
    /// Makes these rules, or gives them another time: for most kinds that until which they hold. The
    /// time of revoked tokens never goes back.
    fn put_rules(
        &self,
        rules: Vec<Rule>,
        time: UnixMillis,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Ends these rules. Those that are not there are ended already.
    fn remove_rules(&self, rules: Vec<Rule>)
    -> impl Future<Output = Result<(), StoreError>> + Send;

    /// All rules with their times, in order of kind, group and user; also those whose time is over.
    fn rules(&self) -> impl Future<Output = Result<Vec<(Rule, UnixMillis)>, StoreError>> + Send;

    /// Adds words, or gives them another replacement.
    fn put_words(&self, words: Vec<Word>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes words out. Those that are not there are out already.
    fn remove_words(
        &self,
        texts: Vec<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// All words, in order of their text.
    fn words(&self) -> impl Future<Output = Result<Vec<Word>, StoreError>> + Send;

    /// Gives these users these tags and no others.
    fn set_tags(
        &self,
        users: Vec<UserId>,
        tags: Vec<String>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The tags of a user, in order.
    fn tags(&self, user: &UserId) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// Who has this tag, in order.
    fn tagged(&self, tag: &str) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send;

    /// Users the server knows (it was told of them, or they have sent or been sent something), in
    /// order of their ids, after this one; at most `limit`.
    fn users_after(
        &self,
        user: &UserId,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<UserId>, StoreError>> + Send;
}
