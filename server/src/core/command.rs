//! Messages whose class tells the server something: commands that are kept for those who are
//! offline, receipts whose position is kept, recalls.

use std::collections::BTreeMap;

use hongyan::ids::{ConversationId, MessageUid, UserId};
use hongyan::signal::content::json;
use hongyan::time::UnixMillis;
use serde::Deserialize;

/// A private conversation was read by the sender up to a time.
pub const READ: &str = "RC:ReadNtf";
/// The sender read a conversation on this device; for its other devices alone.
pub const READ_ELSEWHERE: &str = "RC:SRSMsg";
/// The sender wants to know who reads a message of a group.
pub const RECEIPT_REQUEST: &str = "RC:RRReqMsg";
/// The sender has read messages of a group.
pub const RECEIPT_RESPONSE: &str = "RC:RRRspMsg";
/// The sender takes a message back.
pub const RECALL: &str = "RC:RcCmd";
/// What a message becomes that was taken back.
pub const RECALLED: &str = "RC:RcNtf";

/// The user has deleted messages of a conversation on one of the devices.
pub const DELETED: &str = "hy:Deleted";
/// The user has taken a conversation out of the list on one of the devices.
pub const REMOVED: &str = "hy:Removed";

/// The content that tells up to which time something is gone.
pub fn up_to_content(time: UnixMillis) -> String {
    format!("{{\"upTo\":{}}}", time.get())
}

/// The content that tells which messages are gone.
pub fn deleted_content(uids: &[MessageUid]) -> String {
    let uids: Vec<_> = uids.iter().map(MessageUid::as_str).collect();
    serde_json::json!({ "messageUIds": uids }).to_string()
}

/// Up to when a receipt says that its sender has read.
pub fn read_up_to(content: &[u8]) -> Option<UnixMillis> {
    let [time] = json::members(content, ["lastMessageSendTime"])?;
    time?.integer().map(UnixMillis::new)
}

/// The content of a receipt up to this time.
pub fn read_content(time: UnixMillis) -> String {
    format!("{{\"lastMessageSendTime\":{}}}", time.get())
}

#[derive(Deserialize)]
struct ReceiptResponse {
    #[serde(rename = "receiptMessageDic")]
    by_sender: BTreeMap<String, Vec<String>>,
}

/// The messages that a receipt response says were read, and whose they are.
pub fn answered(content: &[u8]) -> Option<(Vec<MessageUid>, Vec<UserId>)> {
    let ReceiptResponse { by_sender } = serde_json::from_slice(content).ok()?;
    let senders = by_sender.keys().map(|sender| UserId::from(sender.as_str())).collect();
    let uids = by_sender.into_values().flatten().map(MessageUid::from).collect();
    Some((uids, senders))
}

/// The content of a receipt response to one sender.
pub fn answer_content(sender: &UserId, uids: &[MessageUid]) -> String {
    let uids: Vec<_> = uids.iter().map(MessageUid::as_str).collect();
    serde_json::json!({ "receiptMessageDic": { sender.as_str(): uids } }).to_string()
}

/// The content of a recall, as its sender sees the conversation.
pub fn recall_content(conversation: &ConversationId, uid: &MessageUid) -> String {
    serde_json::json!({
        "messageUId": uid.as_str(),
        "conversationType": conversation.kind.number(),
        "targetId": conversation.target.as_str(),
    })
    .to_string()
}

/// The content of a message that was taken back by `operator`.
pub fn recalled_content(operator: &UserId, now: UnixMillis) -> String {
    let by = operator.as_str();
    serde_json::json!({ "operatorId": by, "recallTime": now.get(), "admin": false }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_tells_its_time() {
        let content = br#"{"lastMessageSendTime":1700000000001,"messageUId":"u","type":1}"#;
        assert_eq!(read_up_to(content), Some(UnixMillis::new(1_700_000_000_001)));
        assert_eq!(
            read_up_to(read_content(UnixMillis::new(7)).as_bytes()),
            Some(UnixMillis::new(7))
        );
        for content in [&b"{}"[..], b"", br#"{"lastMessageSendTime":"1"}"#] {
            assert_eq!(read_up_to(content), None);
        }
    }

    #[test]
    fn a_response_tells_messages_and_senders() {
        let content = br#"{"receiptMessageDic":{"b":["u1","u2"],"c":["u3"]}}"#;
        let uids = ["u1", "u2", "u3"].map(MessageUid::from).to_vec();
        let senders = vec![UserId::from("b"), UserId::from("c")];
        assert_eq!(answered(content), Some((uids, senders)));
        let own = answer_content(&"b".into(), &["u1".into()]);
        assert_eq!(answered(own.as_bytes()), Some((vec!["u1".into()], vec!["b".into()])));
        for content in [&b"{}"[..], b"", br#"{"receiptMessageDic":[]}"#] {
            assert_eq!(answered(content), None);
        }
    }
}
