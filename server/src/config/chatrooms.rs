//! Settings of chatrooms.

use std::time::Duration;

use super::settings::{BadSetting, Given};
use super::{parse_bool, parse_number, parse_window};
use crate::core::chatrooms::ChatroomSettings;

/// A million: the most that any of the numbers may be.
const MOST: u32 = 1_000_000;

/// Reads them. `trying_out`: rooms are made by whoever comes into them, unless that is said
/// otherwise: there is no application's server that would.
pub(super) fn read_chatrooms(
    given: &Given,
    trying_out: bool,
) -> Result<ChatroomSettings, BadSetting> {
    let standard = ChatroomSettings::default();
    let number = |key: &str, least: u32, default: u32| {
        let read = given.read(key, |text| parse_number(text, least, MOST));
        read.map(|number| number.unwrap_or(default))
    };
    let millis = |key: &str, default: u64| {
        let read = given.read(key, parse_window);
        let in_ms = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        read.map(|span| span.map_or(default, in_ms))
    };
    Ok(ChatroomSettings {
        made_by_joining: given.read("chatroom_on_join", parse_bool)?.unwrap_or(trying_out),
        capacity: number("chatroom_members", 0, standard.capacity)?,
        grace: millis("chatroom_grace", standard.grace)?,
        idle: millis("chatroom_idle", standard.idle)?,
        history: number("chatroom_history", 0, standard.history)?,
        rate: number("chatroom_rate", 0, standard.rate)?,
        entries: given.read("chatroom_entries", parse_bool)?.unwrap_or(standard.entries),
    })
}
