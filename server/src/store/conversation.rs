//! How one conversation is named from each of its sides.

use hongyan::ids::{ConversationId, ConversationKind, TargetId, UserId};

/// Whether the target of this kind of conversation is the other user, not a room all share.
const fn one_to_one(kind: ConversationKind) -> bool {
    match kind {
        ConversationKind::Private
        | ConversationKind::CustomerService
        | ConversationKind::System
        | ConversationKind::AppPublicService
        | ConversationKind::PublicService => true,
        ConversationKind::Discussion
        | ConversationKind::Group
        | ConversationKind::Chatroom
        | ConversationKind::Other(_) => false,
    }
}

/// The conversation that `sender` sent to, as `user` sees it.
pub fn seen_by(user: &UserId, sender: &UserId, conversation: &ConversationId) -> ConversationId {
    if user == sender || !one_to_one(conversation.kind) {
        return conversation.clone();
    }
    ConversationId { kind: conversation.kind, target: TargetId::from(sender.as_str()) }
}

/// Whether `sender` sent to itself.
pub fn to_oneself(sender: &UserId, conversation: &ConversationId) -> bool {
    one_to_one(conversation.kind) && sender.as_str() == conversation.target.as_str()
}

/// The name that all sides of a conversation share: both users in order, or the room. The length
/// of the first part keeps any two conversations apart.
pub fn key(user: &UserId, conversation: &ConversationId) -> String {
    let kind = conversation.kind.number();
    let target = conversation.target.as_str();
    if !one_to_one(conversation.kind) {
        return format!("{kind}:{target}");
    }
    let (low, high) =
        if user.as_str() <= target { (user.as_str(), target) } else { (target, user.as_str()) };
    format!("{kind}:{}:{low}{high}", low.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn private(target: &str) -> ConversationId {
        ConversationId::new(ConversationKind::Private, target)
    }

    #[test]
    fn both_sides_share_the_key_of_a_private_conversation() {
        let (a, b) = (UserId::from("a"), UserId::from("b"));
        assert_eq!(key(&a, &private("b")), key(&b, &private("a")));
        assert_ne!(key(&a, &private("b")), key(&a, &private("c")));
    }

    #[test]
    fn users_do_not_run_into_each_other_in_a_key() {
        assert_ne!(key(&"ab".into(), &private("c")), key(&"a".into(), &private("bc")));
    }

    #[test]
    fn a_room_has_one_key_and_kinds_keep_apart() {
        let group = ConversationId::new(ConversationKind::Group, "g");
        let discussion = ConversationId::new(ConversationKind::Discussion, "g");
        assert_eq!(key(&"a".into(), &group), key(&"b".into(), &group));
        assert_ne!(key(&"a".into(), &group), key(&"a".into(), &discussion));
    }

    #[test]
    fn a_receiver_sees_the_sender_and_a_member_the_room() {
        let (a, b) = (UserId::from("a"), UserId::from("b"));
        assert_eq!(seen_by(&b, &a, &private("b")), private("a"));
        assert_eq!(seen_by(&a, &a, &private("b")), private("b"));
        let group = ConversationId::new(ConversationKind::Group, "g");
        assert_eq!(seen_by(&b, &a, &group), group);
    }
}
