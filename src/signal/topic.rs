//! Topics: the names under which messages and questions travel.

use crate::ids::ConversationKind;

/// QUERY: a page of the inbox.
pub const PULL: &str = "pullMsg";
/// QUERY: be in a chatroom.
pub const JOIN_ROOM: &str = "joinChrm";
/// QUERY: be in a chatroom again, on a new link.
pub const REJOIN_ROOM: &str = "joinChrmR";
/// QUERY: be in a chatroom no more.
pub const LEAVE_ROOM: &str = "exitChrm";
/// QUERY: messages of a chatroom.
pub const PULL_ROOM: &str = "chrmPull";
/// QUERY: the conversation list, as 2.x clients ask.
pub const CONVERSATIONS: &str = "qryRelation";
/// QUERY: the conversation list, as newer clients ask.
pub const CONVERSATIONS_NEWER: &str = "qryRelationR";
/// QUERY: take a conversation out of the list.
pub const REMOVE_CONVERSATION: &str = "delRelation";
/// QUERY: a conversation is read up to a time.
pub const MARK_READ: &str = "updRRTime";
/// PUBLISH, downstream: a message.
pub const PUSHED: &str = "s_msg";
/// PUBLISH, downstream: a doorbell.
pub const DOORBELL: &str = "s_ntf";
/// PUBLISH, downstream: something besides messages has changed.
pub const COMMAND: &str = "s_cmd";
/// PUBLISH, downstream: who is online.
pub const PRESENCE: &str = "s_stat";
/// PUBLISH, downstream: what the user set for itself has changed.
pub const USER_SETTINGS: &str = "s_us";
/// PUBLISH, downstream: values of a call room changed.
pub const CALL: &str = "rtc_ntf";
/// PUBLISH, upstream: a message is taken back. Its conversation stands in its content.
pub const RECALL: &str = "recallMsg";

/// PUBLISH, upstream: what an agent of a customer service says to a customer.
pub const AGENT: &str = "pcuMsgP";

/// What a topic of an upstream PUBLISH (or of a sync copy) carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageTopic {
    /// Messages of one kind of conversation, kept or not as their flags say.
    Ordinary(ConversationKind),
    /// The same, never kept; a sync copy of one is complete without a PUBACK (…S).
    Status(ConversationKind),
    /// `recallMsg`.
    Recall,
}

impl MessageTopic {
    /// What `topic` carries; `None` if it carries no messages.
    pub fn of(topic: &str) -> Option<Self> {
        use ConversationKind as Kind;
        Some(match topic {
            "ppMsgP" | "ppMsgN" => Self::Ordinary(Kind::Private),
            "pdMsgP" => Self::Ordinary(Kind::Discussion),
            "pgMsgP" => Self::Ordinary(Kind::Group),
            "chatMsg" => Self::Ordinary(Kind::Chatroom),
            "pcMsgP" | AGENT => Self::Ordinary(Kind::CustomerService),
            "pbMsgP" => Self::Ordinary(Kind::System),
            "pmcMsgN" => Self::Ordinary(Kind::AppPublicService),
            "pmpMsgN" => Self::Ordinary(Kind::PublicService),
            "ugMsg" => Self::Ordinary(Kind::Other(10)),
            "prMsgP" => Self::Ordinary(Kind::Other(12)),
            "ppMsgS" => Self::Status(Kind::Private),
            "pgMsgS" => Self::Status(Kind::Group),
            "chatMsgS" => Self::Status(Kind::Chatroom),
            "prMsgS" => Self::Status(Kind::Other(12)),
            RECALL => Self::Recall,
            _ => return None,
        })
    }
}

/// The topic under which a client publishes to conversations of `kind`; `None` where 2.x clients
/// cannot write (system messages, kinds without a name).
pub const fn publish_topic(kind: ConversationKind) -> Option<&'static str> {
    match kind {
        ConversationKind::Private => Some("ppMsgP"),
        ConversationKind::Discussion => Some("pdMsgP"),
        ConversationKind::Group => Some("pgMsgP"),
        ConversationKind::Chatroom => Some("chatMsg"),
        ConversationKind::CustomerService => Some("pcMsgP"),
        ConversationKind::AppPublicService => Some("pmcMsgN"),
        ConversationKind::PublicService => Some("pmpMsgN"),
        ConversationKind::Other(12) => Some("prMsgS"),
        ConversationKind::Other(13) => Some("prMsgP"),
        ConversationKind::System | ConversationKind::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_is_read_as_the_same_kind() {
        let mut topics = 0;
        for kind in (0..14).map(ConversationKind::from_number) {
            let Some(topic) = publish_topic(kind) else { continue };
            if let ConversationKind::Other(_) = kind {
                continue;
            }
            assert_eq!(MessageTopic::of(topic), Some(MessageTopic::Ordinary(kind)));
            topics += 1;
        }
        assert_eq!(topics, 7);
    }

    #[test]
    fn call_rooms_are_written_to_by_two_topics() {
        let room = ConversationKind::from_number(12);
        let topic = |number| publish_topic(ConversationKind::from_number(number)).unwrap();
        assert_eq!(MessageTopic::of(topic(12)), Some(MessageTopic::Status(room)));
        assert_eq!(MessageTopic::of(topic(13)), Some(MessageTopic::Ordinary(room)));
    }

    #[test]
    fn status_topics_and_recalls_are_told_apart() {
        let private = MessageTopic::Status(ConversationKind::Private);
        assert_eq!(MessageTopic::of("ppMsgS"), Some(private));
        assert_eq!(MessageTopic::of("recallMsg"), Some(MessageTopic::Recall));
        assert_eq!(MessageTopic::of(""), None);
        assert_eq!(MessageTopic::of("s_stat"), None);
    }
}
