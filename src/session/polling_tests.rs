use super::*;

const URL: &str = "https://h:1/websocket?appId=k&token=t%2B&pid=77";
const CONNACK: &str =
    r#"{"headerCode":32,"status":0,"userId":"u","sessionid":"hy1.S+","timestamp":5,"messageId":0}"#;

fn bytes(text: &'static [u8]) -> Bytes {
    Bytes::from_static(text)
}

fn json() -> PollLink {
    let (mut link, open) = PollLink::json(URL).unwrap();
    assert_eq!(open, Request::new(URL.into(), 10_000, None, false));
    assert_eq!((link.pull(), link.send()), (None, None), "nobody is logged in");
    let frames = link.answered(Asked::Open, 200, &bytes(CONNACK.as_bytes())).unwrap();
    assert_eq!(frames.len(), 1);
    link
}

/// CONNACK of a session `hy1.S`.
const OPENED: &[u8] = b"\0\0\0\x15\x20\0\0\0\x01u\0\x05hy1.S\0\0\0\0\0\0\0\x05";

fn binary() -> PollLink {
    let (mut link, open) = PollLink::binary(URL).unwrap();
    let url = "https://h:1/hy/open?appId=k&token=t%2B&pid=77";
    assert_eq!(open, Request::new(url.into(), 10_000, Some(Vec::new()), false));
    assert_eq!(link.answered(Asked::Open, 200, &bytes(OPENED)).unwrap().len(), 1);
    link
}

#[test]
fn json_is_asked_for_by_its_url() {
    let mut link = json();
    let pull = |number: &str, ack: &str| {
        let url =
            ["https://h:1/pullmsg.js?sessionid=hy1.S%2B&timestrap=", number, "&pid=77&ack=", ack];
        Some(Request::new(url.concat(), 45_000, None, false))
    };
    assert_eq!(link.pull(), pull("1", "1"));
    let answer = br#"[{"headerCode":-32,"status":1},5]"#;
    assert_eq!(link.answered(Asked::Pull, 200, &bytes(answer)).unwrap(), [&b"\xe0\0\x01"[..]]);
    assert_eq!(link.pull(), pull("2", "3"), "what makes no sense arrived, too");
    assert_eq!(link.answered(Asked::Pull, 200, &bytes(b"lost params")), None);
    assert_eq!(link.answered(Asked::Pull, 0, &bytes(b"")), None);
}

#[test]
fn other_servers_are_told_nothing_that_they_do_not_know() {
    let (mut link, _) = PollLink::json("http://h/websocket?appId=k").unwrap();
    let answer = CONNACK.replace("hy1.", "");
    assert!(link.answered(Asked::Open, 200, &answer.into()).is_some());
    let url = link.pull().unwrap().url;
    assert_eq!(url, "http://h/pullmsg.js?sessionid=S%2B&timestrap=1&pid=");
}

#[test]
fn json_is_sent_frame_by_frame() {
    let mut link = json();
    assert_eq!(link.push(bytes(b"\xc0")), Pushed::Answered(Some(bytes(b"\xd0"))));
    assert_eq!(link.push(bytes(b"\xe0\0\x04")), Pushed::Answered(None));
    assert_eq!(link.push(bytes(b"\x40\0\x09")), Pushed::Queued);
    assert_eq!(link.push(bytes(b"\x50\0\x08getBlack\0\x03a&b\0\x02\x08\x01")), Pushed::Queued);
    let url = "https://h:1/websocket?messageid=9&header=64&sessionid=hy1.S%2B&pid=77";
    assert_eq!(link.send(), Some(Request::new(url.into(), 20_000, Some(b"\"\"".into()), true)));
    let url = "https://h:1/websocket?messageid=2&header=80&sessionid=hy1.S%2B&topic=getBlack&targetid=a%26b&pid=77";
    let body = Some(b"{}".to_vec());
    assert_eq!(link.send(), Some(Request::new(url.into(), 20_000, body, true)));
    assert_eq!(link.send(), None);
    for answer in ["", "[]", "ok", "lost params"] {
        let frames = link.answered(Asked::Send, 200, &bytes(answer.as_bytes()));
        assert_eq!(frames, Some(Vec::new()), "{answer}");
    }
    let ack = br#"{"headerCode":64,"messageId":5,"status":0,"date":1}"#;
    assert_eq!(link.answered(Asked::Send, 200, &bytes(ack)).unwrap().len(), 1);
    assert_eq!(link.answered(Asked::Send, 413, &bytes(b"")), None);
}

#[test]
fn frames_are_sent_together_and_counted() {
    let mut link = binary();
    for number in 0..3 {
        assert_eq!(link.push(Bytes::from(vec![0x40, 0, number])), Pushed::Queued);
    }
    let send = |body: &[u8]| {
        Some(Request::new("https://h:1/hy/send".into(), 20_000, Some(body.to_vec()), false))
    };
    let three = b"S\0\0\0\0\0\0\0\0\0\0\0\x03\x40\0\0\0\0\0\x03\x40\0\x01\0\0\0\x03\x40\0\x02";
    assert_eq!(link.send(), send(three));
    assert_eq!(link.send(), None);
    link.push(bytes(b"\xc0"));
    assert_eq!(link.send(), send(b"S\0\0\0\0\0\0\0\x03\0\0\0\x01\xc0"), "pings are frames");
    let large = Bytes::from(vec![0x32; MAX_BATCH]);
    link.push(large.clone());
    link.push(large);
    assert!(link.send().is_some() && link.send().is_some() && link.send().is_none());
    assert_eq!(link.sent, 6);
    let Pushed::Last(Request { body: Some(body), .. }) = link.push(bytes(b"\xe0\0\x04")) else {
        panic!("a goodbye waits for nobody")
    };
    assert_eq!(body, b"S\0\0\0\0\0\0\0\x06\0\0\0\x03\xe0\0\x04");
}

#[test]
fn frames_that_arrived_are_counted() {
    let mut link = binary();
    let poll = |arrived: u8| {
        let body = Some([b"S\0\0\0\0\0\0\0", &[arrived][..]].concat());
        Some(Request::new("https://h:1/hy/poll".into(), 40_000, body, false))
    };
    assert_eq!(link.pull(), poll(1));
    let two = bytes(b"\0\0\0\x01\xd0\0\0\0\x01\xd0");
    assert_eq!(link.answered(Asked::Pull, 200, &two).unwrap().len(), 2);
    assert_eq!(link.pull(), poll(3));
    assert_eq!(link.answered(Asked::Pull, 200, &bytes(b"")), Some(Vec::new()));
    assert_eq!(link.answered(Asked::Send, 204, &bytes(b"")), Some(Vec::new()));
    for (asked, status) in [(Asked::Pull, 410), (Asked::Send, 503), (Asked::Pull, 0)] {
        assert_eq!(link.answered(asked, status, &bytes(b"")), None, "{status}");
    }
    assert_eq!(link.answered(Asked::Pull, 200, &bytes(b"<html>")), None);
}

#[test]
fn a_refusal_is_told_and_nothing_asked_after_it() {
    let (mut link, _) = PollLink::binary(URL).unwrap();
    let refusal = bytes(b"\0\0\0\x03\x20\0\x04");
    assert_eq!(link.answered(Asked::Open, 200, &refusal).unwrap(), [&b"\x20\0\x04"[..]]);
    assert_eq!(link.pull(), None);
    let (mut link, _) = PollLink::json(URL).unwrap();
    let refusal = bytes(br#"{"headerCode":32,"status":4,"messageId":0}"#);
    assert_eq!(link.answered(Asked::Open, 200, &refusal).unwrap(), [&b"\x20\0\x04"[..]]);
    assert_eq!(link.pull(), None);
}

#[test]
fn what_is_no_login_is_no_link() {
    for body in ["", "[]", "<html>", r#"{"headerCode":-32,"status":1}"#, "\0\0\0\x01\u{d}"] {
        let (mut link, _) = PollLink::json(URL).unwrap();
        assert_eq!(link.answered(Asked::Open, 200, &bytes(body.as_bytes())), None, "{body}");
        let (mut link, _) = PollLink::binary(URL).unwrap();
        assert_eq!(link.answered(Asked::Open, 200, &bytes(body.as_bytes())), None, "{body}");
    }
    assert!(PollLink::json("http://h/other?a").is_none());
    assert!(PollLink::binary("http://h/websocket").is_none());
}
