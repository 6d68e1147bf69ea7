//! What a message must look like to be taken: pure checks.

use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind};

use crate::store::EXTENSION_CLASSES;

/// The longest id of a user, group or room, in bytes.
pub const MAX_ID: usize = 64;
/// The longest message class, in bytes.
pub const MAX_OBJECT_NAME: usize = 64;
/// The longest content, in bytes.
pub const MAX_CONTENT: usize = 128 * 1024;
/// The most conversations one answer lists.
pub const MAX_CONVERSATIONS: u32 = 1000;
/// The most rows one page of a history holds.
pub const MAX_HISTORY: u32 = 100;
/// The most messages that one question may delete, and conversations that it may clear or remove.
pub const MAX_DELETED: usize = 1000;
/// The most settings that one question may make.
pub const MAX_SET: usize = 100;
/// The longest value of a setting, in bytes.
pub const MAX_SETTING: usize = 4096;
/// The most messages in one page of a chatroom.
pub const MAX_CHATROOM_PAGE: usize = 200;
/// The most messages of its history that somebody gets who comes into a chatroom.
pub const MAX_CHATROOM_NEWEST: usize = 50;
/// The most members of a chatroom that one answer names.
pub const MAX_CHATROOM_MEMBERS: usize = 500;
/// The longest key of a chatroom's entry, in characters of `[A-Za-z0-9_=+-]`.
pub const MAX_ENTRY_KEY: usize = 128;
/// The longest value of a chatroom's entry, in UTF-16 units.
pub const MAX_ENTRY_VALUE: usize = 4096;
/// The most rows one page holds.
pub const MAX_PAGE: u32 = 1000;
/// The most links one user holds, where several logins are allowed: one more kicks the oldest.
pub const MAX_LINKS: usize = 10;

/// Whether an id can name anybody: not empty, not too long, no control characters.
pub fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_ID && !id.chars().any(char::is_control)
}

/// Whether an entry of a chatroom can be called so.
pub fn is_entry_key(key: &str) -> bool {
    let fits = |c: u8| c.is_ascii_alphanumeric() || b"_=+-".contains(&c);
    (1..=MAX_ENTRY_KEY).contains(&key.len()) && key.bytes().all(fits)
}

/// Whether an entry of a chatroom can say so.
pub fn is_entry_value(value: &str) -> bool {
    // No text has more UTF-16 units than bytes.
    value.len() <= 3 * MAX_ENTRY_VALUE
        && (1..=MAX_ENTRY_VALUE).contains(&value.encode_utf16().count())
}

/// Whether a message of this class and content may be sent to this conversation at all.
pub fn check_message(
    conversation: &ConversationId,
    object_name: &str,
    content: &[u8],
) -> Result<(), ErrorCode> {
    check_conversation(conversation)?;
    // What only the server may say.
    if object_name.starts_with(EXTENSION_CLASSES) {
        return Err(ErrorCode::InvalidArgument);
    }
    check_content(object_name, content)
}

/// Whether a message may be of this class and content.
pub fn check_content(object_name: &str, content: &[u8]) -> Result<(), ErrorCode> {
    let class_fits = !object_name.is_empty()
        && object_name.len() <= MAX_OBJECT_NAME
        && !object_name.chars().any(char::is_control);
    if !class_fits {
        return Err(ErrorCode::InvalidArgument);
    }
    if content.len() > MAX_CONTENT {
        return Err(ErrorCode::ContentTooLarge);
    }
    Ok(())
}

/// Where a user may send to, members of rooms being members. To other kinds no user sends.
fn check_conversation(conversation: &ConversationId) -> Result<(), ErrorCode> {
    match conversation.kind {
        ConversationKind::Private
        | ConversationKind::Discussion
        | ConversationKind::Group
        | ConversationKind::Chatroom
        | ConversationKind::CustomerService
        | ConversationKind::AppPublicService
        | ConversationKind::PublicService
        | ConversationKind::Other(12) => {
            let fits = is_id(conversation.target.as_str());
            if fits { Ok(()) } else { Err(ErrorCode::InvalidArgument) }
        }
        ConversationKind::System | ConversationKind::Other(_) => Err(ErrorCode::Unauthorized),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: i32, target: &str) -> Result<(), ErrorCode> {
        let kind = ConversationKind::from_number(kind);
        check_message(&ConversationId::new(kind, target), "RC:TxtMsg", b"{}")
    }

    #[test]
    fn a_target_has_to_fit() {
        for kind in [1, 2, 3, 4, 5, 7, 8, 12] {
            assert_eq!(check(kind, "b"), Ok(()));
            assert_eq!(check(kind, &"b".repeat(64)), Ok(()));
            assert_eq!(check(kind, "鸿雁"), Ok(()));
            for target in ["", &"b".repeat(65), "b\0", "a\nb"] {
                assert_eq!(check(kind, target), Err(ErrorCode::InvalidArgument), "{target:?}");
            }
        }
    }

    #[test]
    fn other_kinds_are_refused_by_their_own_code() {
        let codes = [(6, 20406), (10, 20406)];
        for (kind, code) in codes {
            assert_eq!(check(kind, "x").map_err(ErrorCode::number), Err(code));
        }
    }

    #[test]
    fn e22_an_entry_has_a_short_key_of_few_characters_and_a_value_that_is_not_too_long() {
        for key in ["k", "a-Z_0=+", &"k".repeat(128)] {
            assert!(is_entry_key(key), "{key}");
        }
        for key in ["", &"k".repeat(129), "a b", "键", "a.b", "a\0"] {
            assert!(!is_entry_key(key), "{key:?}");
        }
        for value in ["v", &"v".repeat(4096), &"鸿".repeat(4096), &"😀".repeat(2048)] {
            assert!(is_entry_value(value));
        }
        for value in ["", &"v".repeat(4097), &"鸿".repeat(4097), &"😀".repeat(2049)] {
            assert!(!is_entry_value(value));
        }
    }

    #[test]
    fn content_goes_up_to_128_kib() {
        let to = ConversationId::new(ConversationKind::Private, "b");
        let content = vec![b'x'; MAX_CONTENT + 1];
        assert_eq!(check_message(&to, "RC:TxtMsg", &content[1..]), Ok(()));
        assert_eq!(check_message(&to, "RC:TxtMsg", &content), Err(ErrorCode::ContentTooLarge));
    }

    #[test]
    fn a_message_has_a_class() {
        let to = ConversationId::new(ConversationKind::Private, "b");
        for class in ["", &"c".repeat(65), "a\0"] {
            assert_eq!(check_message(&to, class, b""), Err(ErrorCode::InvalidArgument));
        }
    }
}
