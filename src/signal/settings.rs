//! What a user sets of a conversation, the same on all devices: `pullSeAtts`, `setSeAtt`, and the
//! `s_cmd` of type 3 that tells of a change.

use bytes::Bytes;

use super::error::missing;
use super::protobuf::{Fields, Writer};
use super::{SignalError, client, protobuf};
use crate::ids::{ConversationId, ConversationKind, TargetId, UserId};
use crate::time::UnixMillis;
use crate::wire::{Frame, Qos};

/// One setting. Its number is that of a `SessionStateItem`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// No notifications. 1.
    Muted,
    /// Above the others in the list. 2.
    Pinned,
    /// Not in the list (extension). 1000.
    Hidden,
}

impl Setting {
    const fn number(self) -> i32 {
        match self {
            Self::Muted => 1,
            Self::Pinned => 2,
            Self::Hidden => 1000,
        }
    }

    const fn from_number(number: i32) -> Option<Self> {
        match number {
            1 => Some(Self::Muted),
            2 => Some(Self::Pinned),
            1000 => Some(Self::Hidden),
            _ => None,
        }
    }
}

/// What is set of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Above the others in the list.
    pub pinned: bool,
    /// No notifications.
    pub muted: bool,
    /// Not in the list.
    pub hidden: bool,
}

impl Settings {
    /// Switches one on or off.
    pub const fn set(&mut self, setting: Setting, on: bool) {
        match setting {
            Setting::Muted => self.muted = on,
            Setting::Pinned => self.pinned = on,
            Setting::Hidden => self.hidden = on,
        }
    }
}

/// Hears of one setting of a conversation.
type Hear<'a> = dyn FnMut(&ConversationId, Setting, bool) + 'a;

/// Asks for everything that was set since `version`; 0 for everything.
pub fn pull(id: u16, me: &UserId, version: i64) -> Frame {
    let body = Writer::new().int(1, version).finish();
    client::query(id, Qos::AtMostOnce, "pullSeAtts", me.as_str(), body)
}

/// Sets something, whatever the version.
pub fn set(
    id: u16,
    me: &UserId,
    conversation: &ConversationId,
    (setting, on): (Setting, bool),
) -> Frame {
    let mut item = Writer::new();
    item.int(1, setting.number().into()).bytes(2, if on { b"1" } else { b"0" });
    let mut state = Writer::new();
    state
        .int(1, conversation.kind.number().into())
        .bytes(2, conversation.target.as_str().as_bytes())
        .bytes(4, item.as_slice());
    let body = Writer::new().int(1, 0).bytes(2, state.as_slice()).bool(3, true).finish();
    client::query(id, Qos::AtMostOnce, "setSeAtt", me.as_str(), body)
}

/// Reads the answer to [`pull`] (`SessionStates`): calls `hear` with what was set, and returns the
/// version that holds now.
///
/// # Errors
/// It is malformed, or lacks its version. What it says of unknown settings is left out.
pub fn read(body: &Bytes, hear: &mut Hear<'_>) -> Result<i64, SignalError> {
    let mut version = None;
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => version = Some(value.int64("version")?),
            2 => read_state(body, value.bytes("state")?, hear)?,
            _ => {}
        }
    }
    version.ok_or(missing("version"))
}

fn read_state(body: &Bytes, state: &[u8], hear: &mut Hear<'_>) -> Result<(), SignalError> {
    let (mut kind, mut target) = (None, None);
    let mut fields = Fields::of(state);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => kind = Some(ConversationKind::from_number(value.int32("type")?)),
            2 => target = Some(protobuf::text(body, value.bytes("channelId")?, "channelId")?),
            // Behind the names, as every protobuf library writes it.
            4 => {
                let kind = kind.ok_or(missing("type"))?;
                let target = target.clone().ok_or(missing("channelId"))?;
                let id = ConversationId::new(kind, target).detached();
                read_item(value.bytes("stateItem")?, &id, hear)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn read_item(item: &[u8], id: &ConversationId, hear: &mut Hear<'_>) -> Result<(), SignalError> {
    let (mut setting, mut on) = (None, false);
    let mut fields = Fields::of(item);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => setting = Setting::from_number(value.int32("sessionStateType")?),
            2 => on = value.bytes("value")? == b"1",
            _ => {}
        }
    }
    if let Some(setting) = setting {
        hear(id, setting, on);
    }
    Ok(())
}

/// What an `s_cmd` tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// Settings have changed: the version that holds now.
    Settings(i64),
    /// The attributes of a chatroom have changed at this time.
    Chatroom(TargetId, UnixMillis),
    /// Nothing that concerns this client.
    Other,
}

/// Reads a `ChrmNotifyMsg`.
///
/// # Errors
/// It is malformed.
pub(super) fn read_notice(body: &Bytes) -> Result<Notice, SignalError> {
    let (mut kind, mut time, mut room) = (0, 0, None);
    let mut fields = Fields::of(body);
    while let Some((number, value)) = fields.next()? {
        match number {
            1 => kind = value.int32("type")?,
            2 => time = value.int64("time")?,
            3 => room = Some(protobuf::text(body, value.bytes("chrmId")?, "chrmId")?),
            _ => {}
        }
    }
    Ok(match (kind, room) {
        (2, Some(room)) => Notice::Chatroom(TargetId::from(room).detached(), UnixMillis::new(time)),
        (3, _) => Notice::Settings(time),
        _ => Notice::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto;
    use prost::Message as _;

    fn alice() -> ConversationId {
        ConversationId::new(ConversationKind::Group, "alice")
    }

    fn body(frame: Frame) -> Bytes {
        let Frame::Query(query) = frame else { panic!("{frame:?}") };
        query.body
    }

    type Found = (i64, Vec<(ConversationId, Setting, bool)>);

    fn all(body: &[u8]) -> Result<Found, SignalError> {
        let mut found = Vec::new();
        let body = Bytes::copy_from_slice(body);
        let version = read(&body, &mut |id, setting, on| found.push((id.clone(), setting, on)))?;
        Ok((version, found))
    }

    #[test]
    fn what_is_set_is_read_as_it_was_meant() {
        for setting in [Setting::Muted, Setting::Pinned, Setting::Hidden] {
            for on in [true, false] {
                let body = body(set(1, &"me".into(), &alice(), (setting, on)));
                let asked = proto::SessionStateModifyReq::decode(body).unwrap();
                assert_eq!((asked.version, asked.ignore_version), (0, Some(true)));
                let answer = proto::SessionStates { version: 9, state: asked.state };
                assert_eq!(all(&answer.encode_to_vec()), Ok((9, vec![(alice(), setting, on)])));
            }
        }
        let asked = proto::SessionReq::decode(body(pull(1, &"me".into(), 7))).unwrap();
        assert_eq!(asked.time, 7);
    }

    #[test]
    fn unknown_settings_are_left_out_and_malformed_ones_refused() {
        let item = proto::SessionStateItem {
            session_state_type: 3,
            value: "1".into(),
            ..Default::default()
        };
        let state = proto::SessionState {
            r#type: 1,
            channel_id: "bob".into(),
            state_item: vec![item],
            ..Default::default()
        };
        let states = proto::SessionStates { version: 2, state: vec![state] };
        assert_eq!(all(&states.encode_to_vec()), Ok((2, vec![])));
        for malformed in [&b""[..], b"\x12\x00", b"\x08\x01\x12\x04\x08\x01\x22\x00", b"\x08"] {
            assert!(all(malformed).is_err(), "{malformed:x?}");
        }
    }

    #[test]
    fn a_notice_tells_what_has_changed() {
        let notice = |r#type| {
            let chrm_id = (r#type != 3).then(|| "hall".into());
            let notice = proto::ChrmNotifyMsg { r#type, time: Some(5), chrm_id };
            read_notice(&notice.encode_to_vec().into())
        };
        let hall = Notice::Chatroom("hall".into(), UnixMillis::new(5));
        assert_eq!((notice(3), notice(11)), (Ok(Notice::Settings(5)), Ok(Notice::Other)));
        assert_eq!(notice(2), Ok(hall));
        let nowhere = proto::ChrmNotifyMsg { r#type: 2, time: Some(5), chrm_id: None };
        assert_eq!(read_notice(&nowhere.encode_to_vec().into()), Ok(Notice::Other));
    }
}
