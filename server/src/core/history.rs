//! Histories: who may read which.

use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::signal::content;

use super::ask::{HistoryAsk, Told};
use super::chatrooms;
use super::clock::Now;
use super::limits::MAX_HISTORY;
use super::send::{is_room, not_member};
use super::serve::{Core, refusal};
use super::services::is_public_service;
use crate::store::{HistoryQuery, Store};

impl<S: Store> Core<S> {
    pub(super) async fn serve_history(
        &self,
        user: &UserId,
        ask: HistoryAsk,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        match ask {
            HistoryAsk::Read(query) => self.history(user, query).await,
            // What a user has deleted concerns nobody else, so no membership is asked for.
            HistoryAsk::Delete(conversation, uids) => {
                self.delete(user, &conversation, &uids, now).await
            }
            HistoryAsk::Clear(clears) => self.clear(user, &clears, now).await,
        }
    }

    async fn history(&self, user: &UserId, query: HistoryQuery) -> Result<Told, ErrorCode> {
        let conversation = self.meant(user, &query.conversation);
        self.may_read(user, &conversation).await?;
        let query = HistoryQuery { conversation, ..query };
        let query = HistoryQuery { count: query.count.min(MAX_HISTORY), ..query };
        let reader = self.reader(user, &query.conversation).await?;
        let mut page = self.store().history(&reader, query).await.map_err(refusal)?;
        for row in &mut page.rows {
            let may_mention = is_room(&row.conversation) && !row.own;
            let mention = may_mention.then(|| content::mention(&row.content)).flatten();
            row.flags.mentioned = mention.is_some_and(|mention| mention.includes(user));
        }
        Ok(Told::History(page))
    }

    /// In whose name a user reads a conversation.
    async fn reader(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<UserId, ErrorCode> {
        if conversation.kind == ConversationKind::CustomerService {
            return self.desk_reader(user, conversation.target.as_str()).await;
        }
        if is_public_service(conversation.kind) {
            // What users said to a public service is not for a user that has its name.
            let own = ConversationId::new(conversation.kind, user.as_str());
            if self.store().service(&own).await.map_err(refusal)?.is_some() {
                return Err(ErrorCode::Unauthorized);
            }
        }
        Ok(user.detached())
    }

    /// Clients ask for the history of a customer service and of a chatroom by the same topic: it
    /// is the chatroom's that the user is in.
    fn meant(&self, user: &UserId, conversation: &ConversationId) -> ConversationId {
        let room = &conversation.target;
        let is_service = conversation.kind == ConversationKind::CustomerService;
        if is_service && self.hub().chatrooms().of_member(room, user).is_some() {
            return chatrooms::conversation(room);
        }
        conversation.clone()
    }

    /// Everybody may read what was said between them and one other; of a room its members read
    /// everything, also from before they joined.
    async fn may_read(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<(), ErrorCode> {
        match conversation.kind {
            ConversationKind::Private
            | ConversationKind::CustomerService
            | ConversationKind::System
            | ConversationKind::AppPublicService
            | ConversationKind::PublicService => Ok(()),
            ConversationKind::Discussion | ConversationKind::Group => {
                let member = self.store().is_member(conversation, user).await.map_err(refusal)?;
                if member { Ok(()) } else { Err(not_member(conversation.kind)) }
            }
            ConversationKind::Chatroom => {
                let room = self.hub().chatrooms().of_member(&conversation.target, user);
                room.map(drop).ok_or(not_member(conversation.kind))
            }
            kind @ ConversationKind::Other(_) => Err(not_member(kind)),
        }
    }
}
