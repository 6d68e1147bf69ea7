use super::*;
use crate::wire::{Direction, Frame};

/// The bytes of a frame in hex, spaces left out.
fn hex(text: &str) -> Bytes {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let byte = |pair: &[u8]| {
        let text = core::str::from_utf8(pair).unwrap();
        u8::from_str_radix(text, 16).unwrap()
    };
    digits.chunks(2).map(byte).collect()
}

fn printed(codec: &mut Codec, frame: &str) -> String {
    let mut out = String::new();
    assert!(codec.push_object(&hex(frame), "S", &mut out));
    out
}

/// What a client reads, written again.
fn read(codec: &mut Codec, text: &str) -> Answers {
    codec.read(text.as_bytes()).unwrap()
}

const TEXT_UP: &str = "32 0006 70704d736750 0003 626f62 0002 \
    0803 1209 52433a5478744d7367 1a10 7b22636f6e74656e74223a226869227d 4800";
const TEXT_JSON: &str =
    r#"{"sessionId":3,"classname":"RC:TxtMsg","content":"{\"content\":\"hi\"}","configFlag":0}"#;

#[test]
fn a_message_is_posted() {
    let mut codec = Codec::default();
    let post = codec.post(&hex(TEXT_UP)).unwrap();
    let addressed = Some(("ppMsgP".into(), "bob".into()));
    assert_eq!(post, Post { header: 50, message_id: 2, addressed, body: TEXT_JSON.into() });
    assert_eq!(codec.frame(50, 2, ("ppMsgP", "bob"), TEXT_JSON.as_bytes()), Ok(hex(TEXT_UP)));
}

#[test]
fn acknowledgements_have_two_quotes_for_a_body() {
    let mut codec = Codec::default();
    for (header, frame) in [(64, "40 0102"), (112, "70 0102")] {
        let post = codec.post(&hex(frame)).unwrap();
        assert_eq!((post.header, post.message_id), (header, 258));
        assert_eq!((post.addressed, &*post.body), (None, "\"\""));
        assert_eq!(codec.frame(header, 258, ("", ""), b"\"\""), Ok(hex(frame)));
        assert_eq!(codec.frame(header, 258, ("", ""), b""), Ok(hex(frame)));
    }
}

#[test]
fn pings_and_goodbyes_have_no_words() {
    let mut codec = Codec::default();
    for frame in ["c0", "e0 00 04", "", "10", "20 00 00"] {
        assert_eq!(codec.post(&hex(frame)), None, "{frame}");
    }
    let mut out = String::from("[");
    assert!(!codec.push_object(&hex("d0"), "S", &mut out));
    assert_eq!(out, "[");
}

#[test]
fn a_login_is_one_object_whose_session_is_found_by_its_text() {
    let mut codec = Codec::default();
    let text = printed(&mut codec, "20 00 00 0002 7531 0003 736964 0000017f00000001");
    assert_eq!(
        text,
        r#"{"headerCode":32,"status":0,"userId":"u1","sessionid":"S","timestamp":1644972474369,"messageId":0}"#
    );
    let answers = read(&mut codec, &text);
    assert_eq!(answers.frames, [hex("20 00 00 0002 7531 0001 53 0000017f00000001")]);
    assert_eq!(answers.session.as_deref(), Some("S"));
    let extended = printed(&mut codec, "20 00 00 0002 7531 0005 6879312e39 0000017f00000001");
    assert!(extended.contains(r#""sessionid":"hy1.S""#), "{extended}");
}

#[test]
fn a_refusal_names_nobody() {
    let mut codec = Codec::default();
    let text = printed(&mut codec, "20 00 04");
    assert_eq!(text, r#"{"headerCode":32,"status":4,"messageId":0}"#);
    let expected = Answers { frames: vec![hex("20 00 04")], ..Answers::default() };
    assert_eq!(read(&mut codec, &text), expected);
}

#[test]
fn the_end_begins_with_the_text_that_clients_look_for() {
    let mut codec = Codec::default();
    let text = printed(&mut codec, "e0 00 01");
    assert_eq!(text, r#"{"headerCode":-32,"status":1}"#);
    for text in [&*text, r#"{"headerCode":224,"status":1}"#] {
        assert_eq!(read(&mut codec, text).frames, [hex("e0 00 01")]);
    }
}

#[test]
fn an_acknowledgement_has_its_time_in_one_number() {
    let mut codec = Codec::default();
    let ack = "40 0005 61e5a000 0000 01f4 0004 41424344";
    let text = r#"{"headerCode":64,"messageId":5,"status":0,"date":1642438656,"timestamp":1642438656500,"messageUId":"ABCD"}"#;
    assert_eq!(printed(&mut codec, ack), text);
    assert_eq!(read(&mut codec, text).frames, [hex(ack)]);
    let extended = [ack, "0000000000000102"].concat();
    assert!(printed(&mut codec, &extended).ends_with(r#","inboxSeq":258}"#));
    let replaced = "40 0005 61e5a000 53fe 01f4 0004 41424344 0000000000000102 c3a9";
    let text = printed(&mut codec, replaced);
    assert!(text.ends_with(r#","inboxSeq":258,"content":"é"}"#), "{text}");
    assert_eq!(read(&mut codec, &text).frames, [hex(replaced)]);
    let without_ms = r#"{"headerCode":64,"messageId":5,"status":0,"date":1642438656}"#;
    let seconds = "40 0005 61e5a000 0000 0000 0000";
    assert_eq!(read(&mut codec, without_ms).frames, [hex(seconds)]);
}

/// The QUERY of a pull with the id 7.
const PULL: &str = "52 0007 70756c6c4d7367 0002 6d65 0007 0800 1000";

#[test]
fn an_answer_is_read_by_the_question_with_its_id() {
    let mut codec = Codec::default();
    assert!(codec.post(&hex(PULL)).is_some());
    let text = r#"[{"headerCode":98,"messageId":7,"status":0,"date":5,"data":"{\"list\":[],\"syncTime\":9,\"finished\":true}"}]"#;
    let page = "62 0007 00000005 0000 1009 1801";
    assert_eq!(read(&mut codec, text).frames, [hex(page)]);
    let forgotten = read(&mut codec, text);
    assert_eq!(forgotten.frames, [hex("62 0007 00000005 0000")], "it was answered");
    let as_it_is = text.replace("\"{", "{").replace("}\"", "}").replace('\\', "");
    codec.post(&hex(PULL)).unwrap();
    assert_eq!(read(&mut codec, &as_it_is).frames, [hex(page)]);
}

#[test]
fn a_server_writes_an_answer_by_the_question_it_read() {
    let mut codec = Codec::default();
    let asked = codec.frame(82, 7, ("pullMsg", "me"), br#"{"syncTime":0,"ispolling":false}"#);
    assert_eq!(asked, Ok(hex(PULL)));
    assert_eq!(
        printed(&mut codec, "62 0007 00000005 0000 1009 1801"),
        r#"{"headerCode":98,"messageId":7,"status":0,"date":5,"data":"{\"list\":[],\"syncTime\":9,\"finished\":true}"}"#
    );
    codec.frame(80, 8, ("nobody knows", "me"), b"{\"a\":{}}").unwrap();
    assert_eq!(
        printed(&mut codec, "60 0008 00000005 0001"),
        r#"{"headerCode":96,"messageId":8,"status":1,"date":5,"data":""}"#
    );
}

#[test]
fn a_doorbell_and_a_sync_copy() {
    let mut codec = Codec::default();
    let bell = "30 61e5a000 0005 735f6e7466 0002 6d65 0000 0801 1005";
    let text = r#"{"headerCode":48,"messageId":0,"date":1642438656,"topic":"s_ntf","targetId":"me","data":"{\"type\":1,\"time\":5}"}"#;
    assert_eq!(printed(&mut codec, bell), text);
    assert_eq!(read(&mut codec, text).frames, [hex(bell)]);
    let copy = TEXT_UP.replacen("32", "3a 61e5a000", 1);
    let text = printed(&mut codec, &copy);
    assert!(text.starts_with(r#"{"headerCode":58,"#), "{text}");
    // Its lists are there, even empty ones: clients take them without a look.
    assert!(text.contains(r#"\"userId\":[]"#), "{text}");
    assert_eq!(read(&mut codec, &text).frames, [hex(&copy)]);
}

#[test]
fn long_numbers_come_in_three_forms() {
    let mut codec = Codec::default();
    let time = |written: &str| {
        let body = [r#"{"type":1,"msgTime":"#, written, r#","channelId":"b"}"#].concat();
        codec.frame(80, 1, ("updRRTime", "me"), body.as_bytes()).unwrap()
    };
    let expected = "50 0009 757064525254696d65 0002 6d65 0001 0801 10d885e4c7e62f 1a0162";
    let mut time = time;
    for written in [
        "1642438656728",
        "\"1642438656728\"",
        r#"{"low":1761149656,"high":382,"unsigned":false}"#,
        r#"{"low":-2533817640,"high":382}"#,
    ] {
        assert_eq!(time(written), hex(expected), "{written}");
    }
}

#[test]
fn what_is_no_answer_ends_the_session_and_a_bad_object_only_itself() {
    let mut codec = Codec::default();
    for text in ["lost params", "<html>", "[", "5", "null", "\"\"", "[{}", "{},{}"] {
        assert_eq!(codec.read(text.as_bytes()), Err(Unreadable), "{text}");
    }
    for text in ["", " \n", "[]"] {
        assert_eq!(codec.read(text.as_bytes()), Ok(Answers::default()), "{text}");
    }
    let text = r#"[{}, 5, {"headerCode":300}, {"headerCode":64,"messageId":70000},
        {"headerCode":50,"topic":"s_msg","data":"{"}, {"headerCode":-32,"status":1}]"#;
    let answers = read(&mut codec, text);
    assert_eq!((answers.malformed, answers.frames), (5, vec![hex("e0 00 01")]));
}

#[test]
fn what_is_no_post_is_refused() {
    let mut codec = Codec::default();
    let long = "x".repeat(70_000);
    for (header, id, topic, body, error) in [
        (0, 1, "ppMsgP", "{}", PostError::Header),
        (0x20, 1, "ppMsgP", "{}", PostError::Header),
        (0xC0, 1, "", "", PostError::Header),
        (64, 0, "", "\"\"", PostError::Header),
        (50, 0, "ppMsgP", "{}", PostError::Header),
        (50, 1, "ppMsgP", "[]", PostError::Body),
        (50, 1, "ppMsgP", r#"{"content":5}"#, PostError::Body),
        (82, 1, "pullMsg", r#"{"syncTime":true}"#, PostError::Body),
        (50, 1, &long, "{}", PostError::TooLong),
    ] {
        assert_eq!(codec.frame(header, id, (topic, "b"), body.as_bytes()), Err(error), "{body}");
    }
}

#[test]
fn a_goodbye_is_read_whatever_its_id() {
    let read = |id| Codec::default().frame(0xE0, id, ("", ""), b"\"\"");
    assert_eq!((read(0), read(7)), (Ok(hex("e0 00 04")), Ok(hex("e0 00 04"))));
}

#[test]
fn only_so_many_questions_are_remembered() {
    let mut codec = Codec::default();
    for id in 1..=2_000 {
        codec.frame(80, id, ("crDiz", "me"), b"{}").unwrap();
    }
    assert_eq!(codec.asked.len(), MAX_ASKED);
    assert_eq!(codec.asked.last().map(|(id, _)| *id), Some(2_000));
    let frame = codec.frame(80, 2_000, ("crDiz", "me"), b"{}").unwrap();
    assert_eq!(codec.asked.len(), MAX_ASKED, "the same question once more");
    assert!(Frame::decode(&frame, Direction::ClientToServer).is_ok());
}
