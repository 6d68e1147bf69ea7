//! The questions about discussions: `crDiz`, `invtDiz`, `dizInf`, `quitDiz`, `evctDiz`, `rename`,
//! `pdOpen`. The frame's target is the discussion, but for `crDiz`.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{TargetId, UserId};
use hongyan::proto::{
    ChannelEvictionInput, ChannelInfoOutput, ChannelInvitationInput, CreateDiscussionInput,
    CreateDiscussionOutput, ModifyPermissionInput, RenameChannelInput,
};
use hongyan::signal::SignalError;
use prost::Message as _;

use super::super::answer::status_of;
use super::super::connection::{Connection, Question};
use super::receipts;
use crate::core::ask::{DiscussionAsk, Told};
use crate::core::clock::Now;
use crate::store::Room;

/// So many members are named in the answer to `dizInf`, the owner among them.
const NAMED_MEMBERS: usize = 10;

/// Whether a topic is one of these.
pub(super) fn is_topic(topic: &str) -> bool {
    matches!(topic, "crDiz" | "invtDiz" | "dizInf" | "quitDiz" | "evctDiz" | "rename" | "pdOpen")
}

/// What a question asks for.
pub(super) fn read(
    topic: &str,
    target: &ByteString,
    body: &Bytes,
) -> Result<DiscussionAsk, SignalError> {
    let room = TargetId::from(target.clone()).detached();
    Ok(match topic {
        "crDiz" => {
            DiscussionAsk::Create(decode::<CreateDiscussionInput>(body)?.name.unwrap_or_default())
        }
        "invtDiz" => {
            let users = decode::<ChannelInvitationInput>(body)?.users;
            DiscussionAsk::Invite(room, users.into_iter().map(UserId::from).collect())
        }
        "dizInf" => DiscussionAsk::Info(room),
        "quitDiz" => DiscussionAsk::Quit(room),
        "evctDiz" => {
            DiscussionAsk::Evict(room, UserId::from(decode::<ChannelEvictionInput>(body)?.user))
        }
        "rename" => DiscussionAsk::Rename(room, decode::<RenameChannelInput>(body)?.name),
        "pdOpen" => {
            DiscussionAsk::SetOpen(room, decode::<ModifyPermissionInput>(body)?.open_status == 0)
        }
        _ => return Err(SignalError::NoSuchTopic),
    })
}

pub(super) fn decode<M: prost::Message + Default>(body: &Bytes) -> Result<M, SignalError> {
    M::decode(body.clone()).map_err(|_| SignalError::MalformedBody)
}

impl Connection {
    /// The answer to a question about a room.
    pub(in super::super) fn room_told(&mut self, now: Now, question: Question, told: Told) {
        let body = match &told {
            Told::Done => Vec::new(),
            Told::Created(id) => {
                CreateDiscussionOutput { id: id.as_str().to_owned() }.encode_to_vec()
            }
            Told::Room(room) => info(room).encode_to_vec(),
            Told::Readers(readers, members) => receipts::readers_body(readers, *members),
            Told::Refused(_)
            | Told::Sent(_)
            | Told::Page(..)
            | Told::Conversations(..)
            | Told::Chatroom(..)
            | Told::History(_)
            | Told::Set(_)
            | Told::Settings(_)
            | Told::Whether(_)
            | Told::UserSettings(_)
            | Told::People(_)
            | Told::Call(_)
            | Told::Services(_)
            | Told::UploadToken(..) => {
                return self.answer(now, question, status_of(&told), Bytes::new());
            }
        };
        self.answer(now, question, 0, Bytes::from(body));
    }
}

fn info(room: &Room) -> ChannelInfoOutput {
    let members = room.members.iter().take(NAMED_MEMBERS);
    ChannelInfoOutput {
        r#type: room.info.id.kind.number(),
        channel_id: room.info.id.target.as_str().to_owned(),
        channel_name: room.info.name.clone(),
        admin_user_id: room.owner().map(UserId::as_str).unwrap_or_default().to_owned(),
        first_ten_user_ids: members.map(|member| member.user.as_str().to_owned()).collect(),
        open_status: i32::from(!room.info.open),
    }
}
