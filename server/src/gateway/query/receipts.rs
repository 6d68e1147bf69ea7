//! The questions about receipts in groups: `rrMsg` says what was read, `rrList` asks by whom. The
//! frame's target is the group; for a discussion the body says so (extension).

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ConversationId, ConversationKind, MessageUid};
use hongyan::proto::{
    GrpMsgReadUser, GrpReadReceiptMsg, GrpReadReceiptQryReq, GrpReadReceiptQryResp,
};
use hongyan::signal::SignalError;
use prost::Message as _;

use super::discussions::decode;
use crate::core::ask::Ask;
use crate::store::Reader;

/// QUERY: the user has read messages.
pub(super) const RECORD: &str = "rrMsg";
/// QUERY: who has read a message.
pub(super) const READERS: &str = "rrList";
/// The most messages one `rrMsg` names.
const MAX_UIDS: usize = 1000;

/// What a question asks for. `extended`: the session may name another kind than a group.
pub(super) fn read(
    topic: &str,
    target: &ByteString,
    body: &Bytes,
    extended: bool,
) -> Result<Ask, SignalError> {
    let room = |kind: Option<i32>| {
        let discussion = ConversationKind::Discussion;
        let is_one = extended && kind == Some(discussion.number());
        let kind = if is_one { discussion } else { ConversationKind::Group };
        ConversationId::new(kind, target.clone()).detached()
    };
    if topic == RECORD {
        let said = decode::<GrpReadReceiptMsg>(body)?;
        if said.msg_id.is_empty() || said.msg_id.len() > MAX_UIDS {
            return Err(SignalError::MalformedBody);
        }
        let uids = said.msg_id.into_iter().map(MessageUid::from).collect();
        return Ok(Ask::RecordRead(room(said.hy_type), uids));
    }
    let asked = decode::<GrpReadReceiptQryReq>(body)?;
    let uid = asked.msg_id.into_iter().next().ok_or(SignalError::MalformedBody)?;
    Ok(Ask::Readers(room(asked.hy_type), MessageUid::from(uid)))
}

/// The answer to `rrList`.
pub(super) fn readers_body(readers: &[Reader], members: usize) -> Vec<u8> {
    let reader = |reader: &Reader| GrpMsgReadUser {
        read_time: reader.time.get(),
        user_id: reader.user.as_str().to_owned(),
    };
    GrpReadReceiptQryResp {
        total_member_num: i32::try_from(members).unwrap_or(i32::MAX),
        list: readers.iter().map(reader).collect(),
    }
    .encode_to_vec()
}
