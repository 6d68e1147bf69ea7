//! The table of questions against the protobuf messages of `rmtp.proto`, topic by topic; and the
//! types that the package gives them.
#![cfg(not(target_arch = "wasm32"))]

#[path = "questions/sample.rs"]
mod sample;
#[path = "questions/types.rs"]
mod types;

use std::path::Path;
use std::{env, fs};

use bytes::Bytes;
use hongyan::ids::UserId;
use hongyan::signal::call::{
    AnswerForm, BadQuestion, Call, Fault, Field, Kind, Question, Schema, Times,
};
use hongyan::wire::Frame;
use proptest::prelude::*;
use protox::prost_reflect::prost::Message as _;
use protox::prost_reflect::{
    Cardinality, DescriptorPool, DynamicMessage, FieldDescriptor, Kind as Proto, MessageDescriptor,
};
use sample::{Sample, json, message};
use serde_json::Value as Json;

/// What each topic carries, as the protocol has it; None for an answer that is the status, or that
/// says nothing.
const MESSAGES: &[(&str, &str, Option<&str>)] = &[
    ("delMsg", "DeleteMsgInput", None),
    ("cleanPMsg", "CleanHisMsgInput", None),
    ("cleanDMsg", "CleanHisMsgInput", None),
    ("cleanGMsg", "CleanHisMsgInput", None),
    ("cleanCMsg", "CleanHisMsgInput", None),
    ("cleanSMsg", "CleanHisMsgInput", None),
    ("rrMsg", "GrpReadReceiptMsg", None),
    ("rrList", "GrpReadReceiptQryReq", Some("GrpReadReceiptQryResp")),
    ("pullSeAtts", "SessionReq", Some("SessionStates")),
    ("setSeAtt", "SessionStateModifyReq", Some("SessionStateModifyResp")),
    ("qryPPush", "BlockPushInput", None),
    ("qryDPush", "BlockPushInput", None),
    ("blkPPush", "BlockPushInput", None),
    ("blkDPush", "BlockPushInput", None),
    ("unblkPPush", "BlockPushInput", None),
    ("unblkDPush", "BlockPushInput", None),
    ("pullUS", "PullUserSettingInput", Some("PullUserSettingOutput")),
    ("setOfflineMsgDur", "GetQNupTokenOutput", None),
    ("qnTkn", "GetQNupTokenInput", Some("GetQNupTokenOutput")),
    ("qnUrl", "GetQNdownloadUrlInput", Some("GetQNdownloadUrlOutput")),
    ("crDiz", "CreateDiscussionInput", Some("CreateDiscussionOutput")),
    ("invtDiz", "ChannelInvitationInput", None),
    ("dizInf", "ChannelInfoInput", Some("ChannelInfoOutput")),
    ("quitDiz", "LeaveChannelInput", None),
    ("evctDiz", "ChannelEvictionInput", None),
    ("pdOpen", "ModifyPermissionInput", None),
    ("rename", "RenameChannelInput", None),
    ("userInf", "GetUserInfoInput", Some("GetUserInfoOutput")),
    ("addBlack", "Add2BlackListInput", None),
    ("rmBlack", "RemoveFromBlackListInput", None),
    ("getBlack", "QueryBlackListInput", Some("QueryBlackListOutput")),
    ("blackStat", "BlackListStatusInput", None),
    ("getUserStatus", "GetUserStatusInput", Some("GetUserStatusOutput")),
    ("setUserStatus", "SetUserStatusInput", None),
    ("subUserStatus", "SubUserStatusInput", None),
    ("joinChrm", "ChrmInput", Some("ChrmOutput")),
    ("joinChrmR", "ChrmInput", Some("ChrmOutput")),
    ("exitChrm", "ChrmInput", None),
    ("queryChrmI", "QueryChatroomInfoInput", Some("QueryChatroomInfoOutput")),
    ("setKV", "SetChrmKV", None),
    ("delKV", "DeleteChrmKV", None),
    ("pullKV", "QueryChrmKV", Some("ChrmKVOutput")),
    ("pullMp", "PullMpInput", Some("PullMpOutput")),
    ("schMp", "SearchMpInput", Some("SearchMpOutput")),
    ("mpFollow", "MPFollowInput", Some("MPFollowOutput")),
    ("mcFollow", "MPFollowInput", Some("MPFollowOutput")),
    ("mpUnFollow", "MPFollowInput", Some("MPFollowOutput")),
    ("mcUnFollow", "MPFollowInput", Some("MPFollowOutput")),
    ("qryVoipK", "VoipDynamicInput", Some("VoipDynamicOutput")),
    ("rtcRJoin_data", "RtcInput", Some("RtcUserListOutput")),
    ("rtcRExit", "SetUserStatusInput", None),
    ("rtcPing", "RtcInput", None),
    ("rtcToken", "RtcInput", Some("RtcTokenOutput")),
    ("rtcUserState", "MCFollowInput", None),
    ("rtcUData", "RtcQueryListInput", Some("RtcUserListOutput")),
    ("rtcUList", "RtcQueryListInput", Some("RtcUserListOutput")),
    ("rtcRInfo", "RtcQueryListInput", Some("RtcRoomInfoOutput")),
    ("rtcUPut", "RtcValueInfo", None),
    ("rtcRPut", "RtcValueInfo", None),
    ("rtcUDel", "RtcKeyDeleteInput", None),
    ("rtcRDel", "RtcKeyDeleteInput", None),
    ("rtcSetData", "RtcSetDataInput", None),
    ("rtcQryData", "RtcDataInput", Some("RtcQryOutput")),
    ("rtcDelData", "RtcDataInput", None),
    ("rtcSetOutData", "RtcSetOutDataInput", None),
    ("rtcQryUserOutData", "RtcQryUserOutDataInput", Some("RtcUserOutDataOutput")),
    ("hyQuiet", "HyQuietInput", None),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pool() -> DescriptorPool {
    let folder = root().join("src/proto");
    let files = protox::compile([folder.join("rmtp.proto")], [&folder]).expect("a proto file");
    DescriptorPool::from_file_descriptor_set(files).expect("descriptors")
}

fn descriptor(pool: &DescriptorPool, name: &str) -> MessageDescriptor {
    pool.get_message_by_name(&format!("rmtp.{name}")).unwrap_or_else(|| panic!("no {name}"))
}

/// Every call with its messages.
fn calls(pool: &DescriptorPool) -> Vec<(Call, MessageDescriptor, Option<MessageDescriptor>)> {
    let found = |(topic, request, answer): &(&str, &str, Option<&str>)| {
        let call = Call::find(topic).unwrap_or_else(|| panic!("no {topic}"));
        (call, descriptor(pool, request), answer.map(|name| descriptor(pool, name)))
    };
    MESSAGES.iter().map(found).collect()
}

fn is_same(field: &Field, proto: &FieldDescriptor) -> bool {
    let kind = match (field.kind, proto.kind()) {
        (Kind::Number32 | Kind::One, Proto::Int32)
        | (Kind::Number64, Proto::Int64)
        | (Kind::Bool, Proto::Bool)
        | (Kind::Text, Proto::String | Proto::Bytes) => true,
        (Kind::Message(schema), Proto::Message(inner)) => {
            assert_schema(inner.name(), schema, &inner);
            true
        }
        _ => false,
    };
    let times = match proto.cardinality() {
        Cardinality::Required => Times::Required,
        Cardinality::Optional => Times::Optional,
        Cardinality::Repeated => Times::Repeated,
    };
    kind && times == field.times && proto.number() == field.number
}

/// Every field of the schema is one of the message, in its order, and none that must be there is
/// left out.
fn assert_schema(what: &str, schema: Schema, message: &MessageDescriptor) {
    for field in schema {
        let proto = message.get_field_by_name(field.name);
        let proto =
            proto.unwrap_or_else(|| panic!("{what}: {} has no {}", message.name(), field.name));
        assert!(is_same(&field, &proto), "{what}: {field:?} is not {proto:?}");
    }
    assert!(schema.is_sorted_by_key(|field| field.number), "{what}: not in order");
    let has = |proto: &FieldDescriptor| schema.into_iter().any(|field| field.name == proto.name());
    let missing = message.fields().find(|proto| {
        proto.cardinality() == Cardinality::Required && proto.name() != "nothing" && !has(proto)
    });
    assert_eq!(missing, None, "{what}");
}

#[test]
fn every_line_of_the_table_is_a_topic_with_its_messages() {
    let pool = pool();
    let topics: Vec<_> = Call::all().map(|call| call.topic).collect();
    assert_eq!(topics, MESSAGES.iter().map(|(topic, ..)| *topic).collect::<Vec<_>>());
    for (call, request, answer) in calls(&pool) {
        assert_schema(call.topic, call.request, &request);
        match (call.answer, answer) {
            (AnswerForm::Body(schema), Some(answer)) => {
                assert_schema(call.topic, schema, &answer);
                assert!(schema.count() > 0, "{}", call.topic);
            }
            (AnswerForm::Body(schema), None) => assert_eq!(schema.count(), 0, "{}", call.topic),
            (AnswerForm::Status, answer) => assert_eq!(answer, None, "{}", call.topic),
        }
    }
    let required = call_of("quitDiz").request.next().unwrap();
    assert_eq!(required.kind, Kind::One, "what must be there without a meaning is written");
}

fn call_of(topic: &str) -> Call {
    Call::find(topic).expect("a topic")
}

fn question(topic: &str, body: &str) -> Result<Bytes, BadQuestion> {
    let target = call_of(topic).targeted.then(|| "bob".to_owned());
    let question = Question::new(topic, target, body)?;
    let frame = question.frame(7, &UserId::from("me"));
    let Frame::Query(query) = frame else { panic!("{frame:?}") };
    Ok(query.body)
}

fn answer(topic: &str, status: u16, body: Vec<u8>) -> Option<Json> {
    let text = call_of(topic).answer.read(status, &body).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}")))
}

#[test]
fn a_question_goes_to_the_target_or_to_oneself() {
    let me = UserId::from("me");
    let frame = |topic: &str, target: Option<&str>, body: &str| {
        let question = Question::new(topic, target.map(str::to_owned), body).unwrap();
        let frame = question.frame(7, &me);
        let Frame::Query(query) = frame else { panic!("{frame:?}") };
        (query.topic.to_string(), query.target_id.to_string(), query.body)
    };
    let (topic, target, body) = frame("quitDiz", Some("d1"), "{}");
    assert_eq!((&*topic, &*target, &body[..]), ("quitDiz", "d1", &b"\x08\x01"[..]));
    let (topic, target, body) = frame("qnTkn", None, r#"{"type":1}"#);
    assert_eq!((&*topic, &*target, &body[..]), ("qnTkn", "me", &b"\x08\x01"[..]));
}

#[test]
fn what_is_wrong_is_named() {
    let bad = |topic: &str, target: Option<&str>, body: &str| {
        let bad = Question::new(topic, target.map(str::to_owned), body).unwrap_err();
        (bad.fault, bad.member)
    };
    let none = String::new();
    assert_eq!(bad("nope", None, "{}"), (Fault::NoSuchTopic, "nope".into()));
    assert_eq!(bad("", None, "{}"), (Fault::NoSuchTopic, none.clone()));
    assert_eq!(bad("qnTk", None, "{}"), (Fault::NoSuchTopic, "qnTk".into()));
    assert_eq!(bad("qnTkn", Some("bob"), r#"{"type":1}"#), (Fault::Target, "qnTkn".into()));
    assert_eq!(bad("quitDiz", None, "{}"), (Fault::Target, "quitDiz".into()));
    assert_eq!(bad("quitDiz", Some(""), "{}"), (Fault::Target, "quitDiz".into()));
    let long = "x".repeat(1_025);
    assert_eq!(bad("quitDiz", Some(&long), "{}"), (Fault::Target, "quitDiz".into()));
    assert_eq!(bad("qnTkn", None, "[]"), (Fault::NotAnObject, none.clone()));
    assert_eq!(bad("qnTkn", None, r#"{"type":1,"#), (Fault::NotAnObject, none));
    let unknown = (Fault::Unknown, "typ".to_owned());
    assert_eq!(bad("qnTkn", None, r#"{"type":1,"typ":1}"#), unknown);
    assert_eq!(bad("qnTkn", None, "{}"), (Fault::Missing, "type".into()));
    assert_eq!(bad("qnTkn", None, r#"{"type":null}"#), (Fault::Missing, "type".into()));
    for wrong in ["true", "\"x\"", "1.5", "2147483648", "-2147483649", "{}", "[1]"] {
        let body = format!(r#"{{"type":{wrong}}}"#);
        assert_eq!(bad("qnTkn", None, &body), (Fault::WrongType, "type".into()), "{wrong}");
    }
    let body = r#"{"msgs":[{"msgId":"a"},{"msgId":1}]}"#;
    assert_eq!(bad("delMsg", Some("bob"), body), (Fault::WrongType, "msgs.msgId".into()));
    let body = r#"{"msgs":[{"id":"a"}]}"#;
    assert_eq!(bad("delMsg", Some("bob"), body), (Fault::Unknown, "msgs.id".into()));
    let body = r#"{"msgs":{}}"#;
    assert_eq!(bad("delMsg", Some("bob"), body), (Fault::WrongType, "msgs".into()));
}

#[test]
fn large_numbers_are_text() {
    let exact = 1_i64 << 53;
    for (number, shown) in [
        (exact, Json::from(exact)),
        (-exact, Json::from(-exact)),
        (exact + 1, Json::from("9007199254740993")),
        (i64::MIN, Json::from("-9223372036854775808")),
    ] {
        let mut body = vec![0x08];
        protox::prost_reflect::prost::encoding::encode_varint(number as u64, &mut body);
        let found = answer("setSeAtt", 0, body.clone()).unwrap();
        assert_eq!(found["version"], shown);
        for json in [format!(r#"{{"version":{shown}}}"#), format!(r#"{{"version":"{number}"}}"#)] {
            assert_eq!(question("setSeAtt", &json).unwrap(), body, "{json}");
        }
    }
}

#[test]
fn a_status_can_be_the_answer() {
    assert_eq!(answer("qryPPush", 1, Vec::new()).unwrap(), serde_json::json!({ "status": 1 }));
    assert_eq!(answer("qryPPush", 65535, vec![1]).unwrap(), serde_json::json!({ "status": 65535 }));
}

#[test]
fn an_answer_without_what_must_be_there_is_none() {
    assert_eq!(answer("crDiz", 0, Vec::new()), None);
    assert_eq!(answer("crDiz", 0, b"\x08\x01".to_vec()), None, "not a text");
    assert_eq!(answer("crDiz", 0, b"\x0a\x02x".to_vec()), None, "cut");
    let found = answer("crDiz", 0, b"\x0a\x01\xff\x0a\x02hi\x10\x05".to_vec()).unwrap();
    assert_eq!(found, serde_json::json!({ "id": "hi" }), "of two the last, and nothing unknown");
}

#[test]
fn lists_are_there_even_when_empty() {
    let found = answer("rrList", 0, b"\x08\x03".to_vec()).unwrap();
    assert_eq!(found, serde_json::json!({ "totalMemberNum": 3, "list": [] }));
}

#[test]
fn d13_a_count_that_disagrees_with_its_list_changes_nothing_in_it() {
    let two = b"\x12\x05\x08\x01\x12\x01a\x12\x05\x08\x02\x12\x01b";
    for count in [
        &b"\x00"[..],
        b"\x01",
        b"\xff\xff\xff\xff\x07",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ] {
        let found = answer("rrList", 0, [b"\x08", count, two].concat()).unwrap();
        let readers: Vec<&str> = found["list"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["userId"].as_str())
            .collect();
        assert_eq!(readers, ["a", "b"], "counted as {count:?}");
        let found = answer("queryChrmI", 0, [b"\x08", count].concat()).unwrap();
        assert_eq!(found["userInfos"], serde_json::json!([]), "counted as {count:?}");
    }
}

#[test]
fn the_types_of_the_package_are_those_of_the_table() {
    let path = root().join("pkg-template/questions.d.ts");
    let made = types::declarations();
    if env::var_os("HONGYAN_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(kept == made, "questions.d.ts is stale: run this test with HONGYAN_BLESS=1");
}

/// Questions and answers of every topic, as JSON and as protobuf in hex: those that are read and
/// written in the page are held against them.
#[test]
fn the_recorded_questions_are_those_of_the_table() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut made = String::new();
    for (seed, (call, request, answer_of)) in (1..=3)
        .flat_map(|seed| calls(&pool()).into_iter().map(move |call| (seed * 0x9E37_79B9, call)))
    {
        let mut sample = Sample(seed);
        let asked = message(call.request, &request, &mut sample);
        let mut line = serde_json::json!({
            "topic": call.topic,
            "body": json(call.request, &asked),
            "asked": hex(&asked.encode_to_vec()),
        });
        if let (AnswerForm::Body(schema), Some(of)) = (call.answer, answer_of) {
            let answered = message(schema, &of, &mut sample);
            line["answered"] = hex(&answered.encode_to_vec()).into();
            line["answer"] = json(schema, &answered);
        }
        made.push_str(&line.to_string());
        made.push('\n');
    }
    let path = root().join("tests/vectors/questions.jsonl");
    if env::var_os("HONGYAN_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(kept == made, "questions.jsonl is stale: run this test with HONGYAN_BLESS=1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// For every topic: what is asked in JSON is what prost reads, byte for byte.
    #[test]
    fn questions_are_the_messages_of_prost(seed in 1..u64::MAX) {
        for (call, request, _) in calls(&pool()) {
            let mut sample = Sample(seed);
            let message = message(call.request, &request, &mut sample);
            let body = json(call.request, &message).to_string();
            let written = question(call.topic, &body);
            prop_assert_eq!(written, Ok(message.encode_to_vec().into()), "{}: {}", call.topic, body);
        }
    }

    /// For every topic: what prost writes is read, member for member.
    #[test]
    fn answers_are_the_messages_of_prost(seed in 1..u64::MAX) {
        for (call, _, message_of) in calls(&pool()) {
            let (AnswerForm::Body(schema), Some(of)) = (call.answer, message_of) else { continue };
            let mut sample = Sample(seed);
            let message = message(schema, &of, &mut sample);
            let found = answer(call.topic, 0, message.encode_to_vec());
            prop_assert_eq!(found, Some(json(schema, &message)), "{}", call.topic);
        }
    }

    /// Any text and any bytes: refused or taken, and what is taken prost reads.
    #[test]
    fn nothing_is_guessed(text in r#"\{("(type|key|size|msgs)":|[\[\]{},: 0-9."a]|null|true)*\}"#, bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        for (call, request, _) in calls(&pool()) {
            if let Ok(body) = question(call.topic, &text) {
                prop_assert!(DynamicMessage::decode(request, body).is_ok(), "{} {}", call.topic, text);
                prop_assert!(serde_json::from_str::<Json>(&text).is_ok());
            }
            let _ = answer(call.topic, 0, bytes.clone());
        }
    }
}
