//! Histories: `qryPMsg` and its sisters, `delMsg`, `cleanPMsg` and its sisters, and what the newest
//! clients ask in batches.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ConversationId, ConversationKind, MessageUid};
use hongyan::proto::{
    CleanHisMsgInput, CleanMsgBatchReq, DeleteMsgInput, HistoryMsgInput, RelationDelBatchReq,
};
use hongyan::signal::SignalError;
use hongyan::signal::server::PageWriter;
use hongyan::time::UnixMillis;

use super::super::connection::{Asked, Connection, Question};
use super::super::inbox::message;
use super::{WHATEVER_IT_IS, decoded};
use crate::core::ask::{Ask, HistoryAsk};
use crate::core::clock::Now;
use crate::core::limits::{MAX_DELETED, MAX_HISTORY};
use crate::store::{HistoryDirection, HistoryFrom, HistoryPage, HistoryQuery};

const DELETE: &str = "delMsg";
const CLEAR_BATCH: &str = "cleanMsgBatch";
const REMOVE_BATCH: &str = "delRelationBatch";

/// Rows in a page for which no count was given.
const DEFAULT_COUNT: u32 = 20;
/// `order` 1: newer than the time.
const NEWER: i32 = 1;
/// What 2.x clients take for "not cleared" (34010).
const NOT_CLEARED: u16 = 1;

/// A page of a history that is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) struct HistoryAsked {
    direction: HistoryDirection,
    /// Where the client is, by times.
    time: UnixMillis,
}

/// The kind of conversation whose history `topic` asks for. The conversation of a customer service
/// goes by the same topic as a chatroom, whose history has another one.
fn read_topic(topic: &str) -> Option<ConversationKind> {
    Some(match topic {
        "qryPMsg" => ConversationKind::Private,
        "qryDMsg" => ConversationKind::Discussion,
        "qryGMsg" => ConversationKind::Group,
        "qryCMsg" => ConversationKind::CustomerService,
        "qrySMsg" => ConversationKind::System,
        "qryCHMsg" => ConversationKind::Chatroom,
        _ => return None,
    })
}

/// The kind of conversation that `topic` clears.
fn clear_topic(topic: &str) -> Option<ConversationKind> {
    Some(match topic {
        "cleanPMsg" => ConversationKind::Private,
        "cleanDMsg" => ConversationKind::Discussion,
        "cleanGMsg" => ConversationKind::Group,
        "cleanCMsg" => ConversationKind::CustomerService,
        "cleanSMsg" => ConversationKind::System,
        _ => return None,
    })
}

/// Whether a topic is one of these.
pub(super) fn is_topic(topic: &str) -> bool {
    read_topic(topic).or(clear_topic(topic)).is_some()
        || [DELETE, CLEAR_BATCH, REMOVE_BATCH].contains(&topic)
}

impl Connection {
    pub(super) fn history_topic(
        &mut self,
        now: Now,
        question: Question,
        topic: &str,
        target: &ByteString,
        body: &Bytes,
    ) -> Result<(), SignalError> {
        if let Some(kind) = read_topic(topic) {
            return self.read_history(question, kind, target, decoded(body)?);
        }
        match (clear_topic(topic), topic) {
            (Some(kind), _) => self.clear_history(now, question, kind, decoded(body)?),
            (None, DELETE) => self.delete_messages(question, target, decoded(body)?),
            (None, CLEAR_BATCH) => {
                let CleanMsgBatchReq { input } = decoded(body)?;
                let clears = input.into_iter().map(|clear| clear_of(None, clear));
                self.clear_all(question, clears.collect::<Result<_, _>>()?)
            }
            (None, _) => self.remove_conversations(question, decoded(body)?),
        }
    }

    /// 2.x clients write the other side into the frame's target, newer ones their own id: the body
    /// tells.
    fn read_history(
        &mut self,
        question: Question,
        kind: ConversationKind,
        target: &ByteString,
        request: HistoryMsgInput,
    ) -> Result<(), SignalError> {
        let conversation = conversation(kind, request.target_id, target)?;
        let count = match request.count {
            None => DEFAULT_COUNT,
            Some(count) => u32::try_from(count).unwrap_or(0).min(MAX_HISTORY),
        };
        if count == 0 {
            return Err(SignalError::MalformedBody);
        }
        let direction = match request.order {
            Some(NEWER) => HistoryDirection::Newer,
            Some(_) | None => HistoryDirection::Older,
        };
        let time = UnixMillis::new(request.time.unwrap_or(0).max(0));
        let uid = request.hy_uid.filter(|uid| self.client.extended && !uid.is_empty());
        let from = match uid {
            _ if time == UnixMillis::ZERO => HistoryFrom::End,
            Some(uid) => HistoryFrom::Row(time, MessageUid::from(uid)),
            None => HistoryFrom::Time(time),
        };
        let whole_millis = !self.client.extended;
        let query = HistoryQuery { conversation, direction, from, count, whole_millis };
        let page = HistoryAsked { direction, time };
        self.ask(Ask::History(HistoryAsk::Read(query)), Asked::History { question, page });
        Ok(())
    }

    fn delete_messages(
        &mut self,
        question: Question,
        target: &ByteString,
        request: DeleteMsgInput,
    ) -> Result<(), SignalError> {
        let kind = request.r#type.map_or(ConversationKind::Private, ConversationKind::from_number);
        let conversation = conversation(kind, request.conversation_id, target)?;
        let uids = request.msgs.into_iter().filter_map(|message| message.msg_id);
        let uids: Vec<MessageUid> =
            uids.filter(|uid| !uid.is_empty()).map(MessageUid::from).collect();
        if uids.is_empty() || uids.len() > MAX_DELETED {
            return Err(SignalError::MalformedBody);
        }
        self.ask(Ask::History(HistoryAsk::Delete(conversation, uids)), Asked::Delete(question));
        Ok(())
    }

    fn clear_history(
        &mut self,
        now: Now,
        question: Question,
        kind: ConversationKind,
        request: CleanHisMsgInput,
    ) -> Result<(), SignalError> {
        match clear_of(Some(kind), request) {
            Ok(clear) => self.clear_all(question, vec![clear]),
            Err(_) => {
                self.answer(now, question, NOT_CLEARED, Bytes::new());
                Ok(())
            }
        }
    }

    fn clear_all(
        &mut self,
        question: Question,
        clears: Vec<(ConversationId, UnixMillis)>,
    ) -> Result<(), SignalError> {
        if clears.is_empty() || clears.len() > MAX_DELETED {
            return Err(SignalError::MalformedBody);
        }
        self.ask(Ask::History(HistoryAsk::Clear(clears)), Asked::Done(question));
        Ok(())
    }

    fn remove_conversations(
        &mut self,
        question: Question,
        request: RelationDelBatchReq,
    ) -> Result<(), SignalError> {
        let removed = request.relation.into_iter().map(|one| {
            let kind = ConversationKind::from_number(one.conversation_type);
            conversation(kind, Some(one.conversation_id), &ByteString::new())
        });
        let removed = removed.collect::<Result<Vec<_>, _>>()?;
        if removed.is_empty() || removed.len() > MAX_DELETED {
            return Err(SignalError::MalformedBody);
        }
        if request.clean_msg == Some(true) {
            let until = UnixMillis::new(i64::MAX);
            let clears = removed.into_iter().map(|conversation| (conversation, until)).collect();
            self.ask(Ask::History(HistoryAsk::Clear(clears)), Asked::Done(question));
        } else {
            let removed = removed.into_iter().map(|conversation| (conversation, WHATEVER_IT_IS));
            self.ask(Ask::RemoveConversations(removed.collect()), Asked::Done(question));
        }
        Ok(())
    }

    /// A page's body: newest row first in either direction, because clients turn it around. What
    /// has no room in a frame is left for the next page.
    pub(in crate::gateway) fn history_page(
        &self,
        asked: &HistoryAsked,
        page: HistoryPage,
    ) -> Bytes {
        let rows = page.rows.into_iter().map(|row| message(row, &self.me, self.client.extended));
        let mut rows: Vec<_> = rows.collect();
        let mut measure = PageWriter::new(&self.me);
        let fitting = rows.iter().take_while(|row| measure.push(row)).count();
        let more = page.more || fitting < rows.len();
        rows.truncate(fitting);
        let sync_time = rows.last().map_or(asked.time, |last| last.sent_time);
        if asked.direction == HistoryDirection::Newer {
            rows.reverse();
        }
        let mut writer = PageWriter::new(&self.me);
        // They fitted in the other order.
        rows.iter().all(|row| writer.push(row));
        writer.finish_history(sync_time, more)
    }
}

/// The conversation that the body names, or else the frame.
fn conversation(
    kind: ConversationKind,
    named: Option<String>,
    target: &ByteString,
) -> Result<ConversationId, SignalError> {
    let named = named.filter(|named| !named.is_empty()).map(ByteString::from);
    let target = named.unwrap_or_else(|| target.clone());
    if target.is_empty() {
        return Err(SignalError::MalformedBody);
    }
    Ok(ConversationId::new(kind, target))
}

/// What is to be cleared, and up to when. `kind` as the topic says; else the body must.
fn clear_of(
    kind: Option<ConversationKind>,
    request: CleanHisMsgInput,
) -> Result<(ConversationId, UnixMillis), SignalError> {
    let written = request.conversation_type.map(ConversationKind::from_number);
    let kind = kind.or(written).ok_or(SignalError::MalformedBody)?;
    let conversation = conversation(kind, Some(request.target_id), &ByteString::new())?;
    if request.data_time < 0 {
        return Err(SignalError::MalformedBody);
    }
    Ok((conversation, UnixMillis::new(request.data_time)))
}
