//! Call rooms, and keys for media.

use hongyan::proto::{
    McFollowInput, RtcDataInput, RtcInput, RtcKeyDeleteInput, RtcQryOutput, RtcQryUserOutDataInput,
    RtcQueryListInput, RtcRoomInfoOutput, RtcSetDataInput, RtcSetOutDataInput, RtcTokenOutput,
    RtcUserListOutput, RtcUserOutDataOutput, RtcValueInfo, SetUserStatusInput, VoipDynamicInput,
    VoipDynamicOutput,
};

use super::*;
use crate::core::ask::{CallAsk, CallTold};
use crate::core::call_rooms::{CallUser, Owner, Shelf, Values};

fn asks(ask: Ask) -> CallAsk {
    let Ask::Call(room, ask) = ask else { panic!("{ask:?}") };
    assert_eq!(room, "r");
    ask
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn user(name: &str) -> CallUser {
    CallUser { user: name.into(), values: values(&[("k", "v")]) }
}

fn info(key: &str, value: &str) -> RtcValueInfo {
    RtcValueInfo { key: key.into(), value: value.into() }
}

#[test]
fn who_joins_is_told_who_is_there() {
    let mut driven = Driven::level(false, 1);
    let join = RtcInput { room_type: 1, ..Default::default() };
    let (id, ask) = driven.query("rtcRJoin_data", "r", &join);
    assert_eq!(asks(ask), CallAsk::Join);
    driven.told(id, Told::Call(CallTold::Users(vec![user("a")], Some("key".into()))));
    let list: RtcUserListOutput = driven.answered(0);
    assert_eq!(
        (list.list[0].user_id.as_str(), &list.list[0].user_data),
        ("a", &vec![info("k", "v")])
    );
    assert_eq!(list.token.as_deref(), Some("key"));
    let (id, _) = driven.query("rtcRJoin_data", "r", &join);
    driven.told(id, Told::Refused(23411));
    assert_eq!(driven.status_and_body(), (23411, Bytes::new()));
}

#[test]
fn each_question_asks_for_its_thing() {
    let ping = RtcInput { room_type: 1, ..Default::default() };
    let list = RtcQueryListInput { order: Some(2) };
    let report = McFollowInput { id: "{}".into() };
    let put = |place| CallAsk::Put { place, values: vec![("k".into(), "v".into())], notice: None };
    let gone = |place| CallAsk::Delete { place, keys: vec!["k".into()], notice: None };
    let keys = RtcKeyDeleteInput { key: vec!["k".into()] };
    let mut driven = Driven::level(false, 1);
    let mut check = |topic: &str, body: &dyn Fn() -> Vec<u8>, expected: CallAsk| {
        driven.receive_query(topic, "r", &body());
        let (id, ask) = driven.connection.poll_ask().expect("nothing asked");
        assert_eq!(asks(ask), expected, "{topic}");
        driven.told(id, Told::Done);
        assert_eq!(driven.status_and_body(), (0, Bytes::new()), "{topic}");
    };
    use prost::Message as _;
    let exit = || SetUserStatusInput::default().encode_to_vec();
    check("rtcRExit", &exit, CallAsk::Leave);
    check("rtcPing", &|| ping.encode_to_vec(), CallAsk::Ping);
    check("rtcToken", &|| ping.encode_to_vec(), CallAsk::Token);
    check("rtcUserState", &|| report.encode_to_vec(), CallAsk::Report);
    check("rtcUData", &|| list.encode_to_vec(), CallAsk::Users(true));
    check("rtcUList", &|| list.encode_to_vec(), CallAsk::Users(false));
    check("rtcRInfo", &|| list.encode_to_vec(), CallAsk::Room);
    let value = || info("k", "v").encode_to_vec();
    check("rtcUPut", &value, put((Owner::Member, Shelf::Info)));
    check("rtcRPut", &value, put((Owner::Room, Shelf::Info)));
    check("rtcUDel", &|| keys.encode_to_vec(), gone((Owner::Member, Shelf::Info)));
    check("rtcRDel", &|| keys.encode_to_vec(), gone((Owner::Room, Shelf::Info)));
    let of = RtcQryUserOutDataInput { user_id: vec!["a".into()] };
    check("rtcQryUserOutData", &|| of.encode_to_vec(), CallAsk::OuterOf(vec!["a".into()]));
}

#[test]
fn data_has_an_owner_a_shelf_and_perhaps_a_message() {
    let mut driven = Driven::level(false, 1);
    let set = RtcSetDataInput {
        interior: true,
        target: 2,
        key: "k".into(),
        value: "v".into(),
        object_name: Some("app:Mic".into()),
        content: Some("{}".into()),
    };
    let (_, ask) = driven.query("rtcSetData", "r", &set);
    let notice = || Some(("app:Mic".into(), Bytes::from_static(b"{}")));
    let values_put = || vec![("k".to_owned(), "v".to_owned())];
    let place = (Owner::Member, Shelf::Inner);
    let expected = CallAsk::Put { place, values: values_put(), notice: notice() };
    assert_eq!(asks(ask), expected);
    let data = RtcDataInput {
        interior: false,
        target: 1,
        key: vec!["k".into()],
        object_name: Some("app:Mic".into()),
        content: Some("{}".into()),
    };
    let place = (Owner::Room, Shelf::Outer);
    let (id, ask) = driven.query("rtcQryData", "r", &data);
    assert_eq!(asks(ask), CallAsk::Get { place, keys: vec!["k".into()] });
    driven.told(id, Told::Call(CallTold::Values(values(&[("k", "v")]))));
    assert_eq!(driven.answered::<RtcQryOutput>(0).out_info, [info("k", "v")]);
    let (_, ask) = driven.query("rtcDelData", "r", &data);
    let expected = CallAsk::Delete { place, keys: vec!["k".into()], notice: notice() };
    assert_eq!(asks(ask), expected);
    let out = RtcSetOutDataInput {
        target: 1,
        value_info: vec![info("k", "v")],
        object_name: None,
        content: None,
    };
    let (_, ask) = driven.query("rtcSetOutData", "r", &out);
    assert_eq!(asks(ask), CallAsk::Put { place, values: values_put(), notice: None });
    driven.refused("rtcQryData", "r", &RtcDataInput { target: 3, ..data }, 33003);
    driven.refused("rtcSetData", "r", &RtcSetDataInput { target: 0, ..set }, 33003);
}

#[test]
fn rooms_members_and_keys_are_told() {
    let mut driven = Driven::level(false, 1);
    let (id, _) = driven.query("rtcRInfo", "r", &RtcQueryListInput::default());
    driven.told(id, Told::Call(CallTold::Room(values(&[("k", "v")]), vec![user("a")])));
    let room: RtcRoomInfoOutput = driven.answered(0);
    assert_eq!(
        (room.room_data, room.user_count, room.list.len()),
        (vec![info("k", "v")], Some(1), 1)
    );
    let (id, _) = driven.query("rtcQryUserOutData", "r", &RtcQryUserOutDataInput::default());
    driven.told(id, Told::Call(CallTold::Users(vec![user("a")], None)));
    let users: RtcUserOutDataOutput = driven.answered(0);
    assert_eq!(users.user[0].user_id, "a");
    let (id, _) = driven.query("rtcToken", "r", &RtcInput { room_type: 1, ..Default::default() });
    driven.told(id, Told::Call(CallTold::Key("key".into())));
    assert_eq!(driven.answered::<RtcTokenOutput>(0).rtc_token, "key");
    let key = VoipDynamicInput { engine_type: 1, channel_name: "r".into(), channel_extra: None };
    let (id, ask) = driven.query("qryVoipK", "me", &key);
    assert_eq!(asks(ask), CallAsk::Key);
    driven.told(id, Told::Call(CallTold::Key("key".into())));
    assert_eq!(driven.answered::<VoipDynamicOutput>(0).dynamic_key, "key");
}

#[test]
fn what_is_no_question_about_calls_is_refused() {
    let mut driven = Driven::level(false, 1);
    driven.refused("rtcPullKv", "r", &RtcInput { room_type: 1, ..Default::default() }, 1);
    for topic in ["rtcUPut", "rtcRDel", "rtcSetData", "rtcQryData", "rtcSetOutData", "qryVoipK"] {
        driven.receive_query(topic, "r", b"\xff");
        assert!(driven.connection.poll_ask().is_none());
        assert_eq!(driven.status_and_body(), (33003, Bytes::new()), "{topic}");
    }
}

#[test]
fn a_change_of_values_is_told() {
    let mut driven = Driven::level(true, 1);
    driven.notice(Notice::CallChanged { room: "r".into(), time: UnixMillis::new(5) });
    let frame = "305f5e1000 0007 7274635f6e7466 0002 6d65 0000 0801 1005 1a0172".replace(' ', "");
    assert_eq!(driven.sent(), [frame]);
}
