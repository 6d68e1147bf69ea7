//! What the application's server decides about its users, carried out.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, UserId};
use hongyan::time::UnixMillis;

use super::announce::Announcement;
use super::ask::{Login, Notice, TokenOf};
use super::clock::Now;
use super::hub::{Outlet, SessionId};
use super::outside::frame_of;
use super::rules::Rules;
use super::serve::Core;
use super::words::{Checked, Words};
use crate::store::{Rule, RuleKind, SentAs, Setting, Store, StoreError, Word};

/// The rules and words that hold now, as the store has them.
#[derive(Debug, Default)]
pub(super) struct Decided {
    rules: RwLock<Rules>,
    words: RwLock<Arc<Words>>,
}

impl<S: Store> Core<S> {
    /// Reads what was decided before this process began. Nobody may log in before.
    ///
    /// # Errors
    /// The store failed.
    pub async fn read_decisions(&self) -> Result<(), StoreError> {
        let mut rules = Rules::default();
        for (rule, time) in self.store().rules().await? {
            rules.put(&rule, time);
        }
        *self.decided().rules.write().unwrap_or_else(PoisonError::into_inner) = rules;
        self.read_words().await
    }

    async fn read_words(&self) -> Result<(), StoreError> {
        let words = Arc::new(Words::new(&self.store().words().await?));
        *self.decided().words.write().unwrap_or_else(PoisonError::into_inner) = words;
        Ok(())
    }

    /// Makes rules. Changes of rules and words must be made one after the other.
    ///
    /// # Errors
    /// The store failed; nothing has changed.
    pub async fn put_rules(&self, rules: Vec<Rule>, time: UnixMillis) -> Result<(), StoreError> {
        self.store().put_rules(rules.clone(), time).await?;
        let mut known = self.decided().rules.write().unwrap_or_else(PoisonError::into_inner);
        rules.iter().for_each(|rule| known.put(rule, time));
        drop(known);
        rules.iter().for_each(|rule| self.end_sessions(rule));
        Ok(())
    }

    /// Ends rules.
    ///
    /// # Errors
    /// The store failed; nothing has changed.
    pub async fn remove_rules(&self, rules: Vec<Rule>) -> Result<(), StoreError> {
        self.store().remove_rules(rules.clone()).await?;
        let mut known = self.decided().rules.write().unwrap_or_else(PoisonError::into_inner);
        rules.iter().for_each(|rule| known.remove(rule));
        Ok(())
    }

    /// Whoever may not be logged in any more is not.
    fn end_sessions(&self, rule: &Rule) {
        match rule.kind {
            RuleKind::Blocked => self.hub().end(&rule.user, &Notice::Banned),
            // A session whose token is newer is back at once.
            RuleKind::TokensRevoked => self.hub().end(&rule.user, &Notice::TokensRevoked),
            RuleKind::SessionEnded => {
                let is_meant = |token: &TokenOf| *token.session == *rule.group;
                self.hub().end_some(&rule.user, &Notice::TokensRevoked, is_meant);
            }
            RuleKind::MutedInPrivate
            | RuleKind::MutedInGroups
            | RuleKind::MutedInGroup
            | RuleKind::GroupMuted
            | RuleKind::MaySpeak => {}
        }
    }

    /// Adds words.
    ///
    /// # Errors
    /// The store failed; nothing has changed.
    pub async fn put_words(&self, words: Vec<Word>) -> Result<(), StoreError> {
        self.store().put_words(words).await?;
        self.read_words().await
    }

    /// Takes words out.
    ///
    /// # Errors
    /// The store failed; nothing has changed.
    pub async fn remove_words(&self, texts: Vec<String>) -> Result<(), StoreError> {
        self.store().remove_words(texts).await?;
        self.read_words().await
    }

    /// Whether a user may not log in now.
    pub fn is_blocked(&self, user: &UserId, now: UnixMillis) -> bool {
        self.decided().rules.read().unwrap_or_else(PoisonError::into_inner).is_blocked(user, now)
    }

    /// Before when a user's tokens are good no more.
    pub fn tokens_revoked(&self, user: &UserId) -> UnixMillis {
        self.decided().rules.read().unwrap_or_else(PoisonError::into_inner).tokens_revoked(user)
    }

    /// Whether a user's token is good no more.
    pub fn is_revoked(&self, user: &UserId, token: &TokenOf) -> bool {
        self.decided().rules.read().unwrap_or_else(PoisonError::into_inner).is_revoked(user, token)
    }

    /// A login that was checked comes online. What was decided since ends it.
    pub fn join(
        &self,
        login: &Login,
        extended: bool,
        outlet: Arc<dyn Outlet>,
        now: UnixMillis,
    ) -> SessionId {
        let session = self.hub().join(login, extended, outlet);
        if self.is_blocked(&login.user, now) {
            self.hub().end(&login.user, &Notice::Banned);
        } else if self.is_revoked(&login.user, &login.token) {
            let is_revoked = |token: &TokenOf| self.is_revoked(&login.user, token);
            self.hub().end_some(&login.user, &Notice::TokensRevoked, is_revoked);
        }
        session
    }

    /// Ends sessions of a user's account: their links, and their tokens, which are good until
    /// `until` at most.
    ///
    /// # Errors
    /// The store failed; nothing has changed.
    pub async fn end_account_sessions(
        &self,
        user: &UserId,
        sessions: Vec<String>,
        until: UnixMillis,
    ) -> Result<(), StoreError> {
        let kind = RuleKind::SessionEnded;
        let rule = |group| Rule { kind, group, user: user.detached() };
        self.put_rules(sessions.into_iter().map(rule).collect(), until).await
    }

    /// Forgets sessions of accounts that ended so long ago that none of their tokens is good.
    ///
    /// # Errors
    /// The store failed.
    pub async fn forget_ended_sessions(&self, now: UnixMillis) -> Result<(), StoreError> {
        let past = {
            let rules = self.decided().rules.read().unwrap_or_else(PoisonError::into_inner);
            rules.ended_sessions_before(now)
        };
        if past.is_empty() { Ok(()) } else { self.remove_rules(past).await }
    }

    pub(super) fn may_speak(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let rules = self.decided().rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.may_speak(user, conversation, now.wall)
    }

    /// Looks through a message for words that are not to be said, and replaces those that may be.
    ///
    /// # Errors
    /// [`ErrorCode::SensitiveContent`]: it is not let through.
    pub(super) fn replace_words(
        &self,
        message: &mut Announcement,
        only_to: &[UserId],
    ) -> Result<(), ErrorCode> {
        let words = self.decided().words.read().unwrap_or_else(PoisonError::into_inner).clone();
        match words.check(&message.object_name, &message.content) {
            Checked::Clean => Ok(()),
            Checked::Refused => Err(ErrorCode::SensitiveContent),
            Checked::Replaced(content) => {
                message.say(content, only_to);
                Ok(())
            }
        }
    }

    /// Sets something for a user's conversations in the user's name; all logins hear of it.
    ///
    /// # Errors
    /// The user has too many settings; the clock is not to be believed; the store failed.
    pub async fn set_for(
        &self,
        user: &UserId,
        settings: Vec<Setting>,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let wall = self.believed(now)?;
        let set = self.store().set(user, settings, wall).await.map_err(super::serve::refusal)?;
        let versions = set.ok_or(ErrorCode::InvalidArgument)?;
        self.hub().tell(user, |_| Some(Notice::SettingsChanged(versions.after)));
        Ok(())
    }
}

impl Announcement {
    /// Says something else, to the sender's other logins, too.
    fn say(&mut self, content: Bytes, only_to: &[UserId]) {
        self.sent_as = Some(SentAs::new(&self.object_name, &self.content));
        self.original =
            frame_of(&self.conversation, &self.object_name, &content, self.flags, only_to);
        self.content = content;
    }
}
