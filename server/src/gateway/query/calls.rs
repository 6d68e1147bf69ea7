//! The questions about call rooms, `rtc…`, and `qryVoipK`, which asks for a key; and `rtc_ntf`, which
//! tells that values of a room are others now.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::proto::{
    RtcDataInput, RtcKeyDeleteInput, RtcNotifyMsg, RtcQryOutput, RtcQryUserOutDataInput,
    RtcRoomInfoOutput, RtcSetDataInput, RtcSetOutDataInput, RtcTokenOutput, RtcUserInfo,
    RtcUserListOutput, RtcValueInfo, VoipDynamicInput,
};
use hongyan::signal::{SignalError, server, topic};
use hongyan::time::UnixMillis;
use prost::Message as _;

use super::super::connection::{Asked, Connection, Phase, Question};
use super::decoded;
use crate::core::ask::{Ask, CallAsk, CallTold};
use crate::core::call_rooms::{CallUser, Owner, Shelf, Values};
use crate::core::clock::Now;

/// QUERY: a key for the media.
pub(super) const KEY: &str = "qryVoipK";
/// `RtcNotifyMsg.type`: values changed.
const VALUES: i32 = 1;

/// Whether a topic is one of these.
pub(super) fn is_topic(topic: &str) -> bool {
    topic.starts_with("rtc") || topic == KEY
}

fn owner(target: i32) -> Result<Owner, SignalError> {
    match target {
        1 => Ok(Owner::Room),
        2 => Ok(Owner::Member),
        _ => Err(SignalError::MalformedBody),
    }
}

const fn shelf(interior: bool) -> Shelf {
    if interior { Shelf::Inner } else { Shelf::Outer }
}

fn notice(class: Option<String>, content: Option<String>) -> Option<(ByteString, Bytes)> {
    let class = class.filter(|class| !class.is_empty())?;
    Some((class.into(), content.unwrap_or_default().into()))
}

fn put(owner: Owner, body: &Bytes) -> Result<CallAsk, SignalError> {
    let RtcValueInfo { key, value } = decoded(body)?;
    let place = (owner, Shelf::Info);
    Ok(CallAsk::Put { place, values: vec![(key, value)], notice: None })
}

fn delete(owner: Owner, body: &Bytes) -> Result<CallAsk, SignalError> {
    let RtcKeyDeleteInput { key } = decoded(body)?;
    Ok(CallAsk::Delete { place: (owner, Shelf::Info), keys: key, notice: None })
}

/// What a question asks for; `None` for a topic that is none of these.
fn read(topic: &str, body: &Bytes) -> Result<Option<CallAsk>, SignalError> {
    Ok(Some(match topic {
        "rtcRJoin_data" => CallAsk::Join,
        "rtcRExit" => CallAsk::Leave,
        "rtcPing" => CallAsk::Ping,
        "rtcToken" => CallAsk::Token,
        "rtcUserState" => CallAsk::Report,
        "rtcUData" => CallAsk::Users(true),
        "rtcUList" => CallAsk::Users(false),
        "rtcRInfo" => CallAsk::Room,
        "rtcUPut" => put(Owner::Member, body)?,
        "rtcRPut" => put(Owner::Room, body)?,
        "rtcUDel" => delete(Owner::Member, body)?,
        "rtcRDel" => delete(Owner::Room, body)?,
        "rtcSetData" => {
            let set: RtcSetDataInput = decoded(body)?;
            let place = (owner(set.target)?, shelf(set.interior));
            let notice = notice(set.object_name, set.content);
            CallAsk::Put { place, values: vec![(set.key, set.value)], notice }
        }
        "rtcQryData" => {
            let asked: RtcDataInput = decoded(body)?;
            CallAsk::Get { place: (owner(asked.target)?, shelf(asked.interior)), keys: asked.key }
        }
        "rtcDelData" => {
            let gone: RtcDataInput = decoded(body)?;
            let place = (owner(gone.target)?, shelf(gone.interior));
            let notice = notice(gone.object_name, gone.content);
            CallAsk::Delete { place, keys: gone.key, notice }
        }
        "rtcSetOutData" => {
            let set: RtcSetOutDataInput = decoded(body)?;
            let place = (owner(set.target)?, Shelf::Outer);
            let values = set.value_info.into_iter().map(|one| (one.key, one.value)).collect();
            CallAsk::Put { place, values, notice: notice(set.object_name, set.content) }
        }
        "rtcQryUserOutData" => {
            let asked: RtcQryUserOutDataInput = decoded(body)?;
            CallAsk::OuterOf(asked.user_id.into_iter().map(Into::into).collect())
        }
        _ => return Ok(None),
    }))
}

impl Connection {
    pub(super) fn call_topic(
        &mut self,
        now: Now,
        question: Question,
        topic: &str,
        target: &ByteString,
        body: &Bytes,
    ) -> Result<(), SignalError> {
        let (room, ask) = if topic == KEY {
            let VoipDynamicInput { channel_name, .. } = decoded(body)?;
            (channel_name, Some(CallAsk::Key))
        } else {
            (target.to_string(), read(topic, body)?)
        };
        match ask {
            Some(ask) => self.ask(Ask::Call(room, ask), Asked::Call(question)),
            None => self.answer(now, question, super::UNKNOWN_TOPIC, Bytes::new()),
        }
        Ok(())
    }

    pub(in super::super) fn call_told(&mut self, now: Now, question: Question, told: CallTold) {
        let body = match told {
            CallTold::Users(users, token) => {
                let list = users.into_iter().map(user_info).collect();
                RtcUserListOutput { list, token, ..Default::default() }.encode_to_vec()
            }
            CallTold::Room(values, users) => RtcRoomInfoOutput {
                room_id: None,
                room_data: value_infos(values),
                user_count: i32::try_from(users.len()).ok(),
                list: users.into_iter().map(user_info).collect(),
            }
            .encode_to_vec(),
            CallTold::Values(values) => {
                RtcQryOutput { out_info: value_infos(values) }.encode_to_vec()
            }
            // `VoipDynamicOutput` is the same on the wire.
            CallTold::Key(rtc_token) => RtcTokenOutput { rtc_token }.encode_to_vec(),
        };
        self.answer(now, question, 0, body.into());
    }

    /// Newer clients ask for the values then.
    pub(in super::super) fn call_changed(&mut self, now: Now, room: &str, time: UnixMillis) {
        if self.phase != Phase::Greeting {
            let notice = RtcNotifyMsg {
                r#type: VALUES,
                time: Some(time.get()),
                room_id: Some(room.to_owned()),
            };
            let body = notice.encode_to_vec().into();
            let frame = server::told(now.wall, topic::CALL, &self.me, body);
            self.send(now, &frame);
        }
    }
}

fn value_infos(values: Values) -> Vec<RtcValueInfo> {
    values.into_iter().map(|(key, value)| RtcValueInfo { key, value }).collect()
}

fn user_info(one: CallUser) -> RtcUserInfo {
    RtcUserInfo { user_id: one.user.as_str().to_owned(), user_data: value_infos(one.values) }
}
