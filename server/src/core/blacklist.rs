//! Whom users do not want to hear from: nothing that they send to them arrives, or is kept.

use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationKind, UserId};

use super::announce::Announcement;
use super::command;
use super::serve::{Core, refusal};
use crate::store::{Store, StoreError, to_oneself};

impl<S: Store> Core<S> {
    /// A user blocks these, to whom it is offline from then on; false, and nobody is blocked, if it
    /// would block too many.
    ///
    /// # Errors
    /// The store failed.
    pub async fn block_users(&self, user: &UserId, blocked: &[UserId]) -> Result<bool, StoreError> {
        let fits = self.store().block(user, blocked).await?;
        if fits {
            blocked.iter().for_each(|other| self.hub().hide(user, other));
        }
        Ok(fits)
    }

    /// A user blocks these no more.
    ///
    /// # Errors
    /// The store failed.
    pub async fn unblock_users(&self, user: &UserId, blocked: &[UserId]) -> Result<(), StoreError> {
        self.store().unblock(user, blocked).await?;
        blocked.iter().for_each(|other| self.hub().show(user, other));
        Ok(())
    }

    /// Refuses a private message to somebody who has blocked its sender. Rooms are not concerned,
    /// and what is for the sender's own devices neither.
    pub(super) async fn check_blacklist(&self, message: &Announcement) -> Result<(), ErrorCode> {
        let Announcement { sender, conversation, object_name, .. } = message;
        let to_other = conversation.kind == ConversationKind::Private
            && !to_oneself(sender, conversation)
            && &**object_name != command::READ_ELSEWHERE;
        if !to_other {
            return Ok(());
        }
        let receiver = UserId::from(conversation.target.as_str());
        let blocked = self.store().blocks(&receiver, sender).await.map_err(refusal)?;
        if blocked { Err(ErrorCode::RejectedByBlacklist) } else { Ok(()) }
    }
}
