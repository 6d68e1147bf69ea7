//! `pullMp`, `schMp` and the four that follow.

use hongyan::proto::{MpFollowInput, MpFollowOutput, PullMpInput, PullMpOutput, SearchMpInput};

use super::*;
use crate::core::ask::{ServiceMatch, ServicesAsk};
use crate::core::services::ServiceView;
use crate::store::PublicService;

fn view(kind: i32, follows: bool) -> ServiceView {
    let service = PublicService {
        id: ConversationId::new(ConversationKind::from_number(kind), "daily"),
        name: "Daily".into(),
        portrait: "p.png".into(),
        introduction: "news".into(),
        menu: r#"[{"id":"m1"}]"#.into(),
        robot: r#"{"name":"secret"}"#.into(),
        everybody: true,
        changed: UnixMillis::ZERO,
    };
    ServiceView { service, follows, time: UnixMillis::new(9) }
}

#[test]
fn each_question_asks_for_its_thing() {
    let follow = |kind, on| {
        let kind = ConversationKind::from_number(kind);
        ServicesAsk::Follow(ConversationId::new(kind, "daily"), on)
    };
    for (topic, expected) in [
        ("mcFollow", follow(7, true)),
        ("mpFollow", follow(8, true)),
        ("mcUnFollow", follow(7, false)),
        ("mpUnFollow", follow(8, false)),
    ] {
        let mut driven = Driven::level(false, 1);
        let (id, ask) = driven.query(topic, "me", &MpFollowInput { id: "daily".into() });
        assert_eq!(ask, Ask::Services(expected), "{topic}");
        driven.told(id, Told::Refused(39001));
        assert_eq!(driven.status_and_body(), (39001, Bytes::new()));
        driven.refused(topic, "me", &MpFollowInput { id: String::new() }, 33003);
    }
    let mut driven = Driven::level(false, 1);
    let (_, ask) = driven.query("pullMp", "me", &PullMpInput { time: 5, mpid: "x".into() });
    let after = UnixMillis::new(5);
    assert_eq!(ask, Ask::Services(ServicesAsk::Followed { after, after_id: "x".into() }));
}

#[test]
fn the_bits_of_a_search_are_those_of_2x() {
    let (exact, fuzzy) = (Some(ServiceMatch::Exact), Some(ServiceMatch::Fuzzy));
    for (bits, app, public) in [
        (15, exact, exact),
        (51, fuzzy, fuzzy),
        (9, None, exact),
        (33, None, fuzzy),
        (18, fuzzy, None),
        (6, exact, None),
    ] {
        let mut driven = Driven::level(false, 1);
        let input = SearchMpInput { r#type: bits, id: "news".into() };
        let (_, ask) = driven.query("schMp", "me", &input);
        let expected = ServicesAsk::Search { app, public, keyword: "news".into() };
        assert_eq!(ask, Ask::Services(expected), "{bits}");
    }
    let mut driven = Driven::level(false, 1);
    for (bits, keyword) in
        [(0, "news"), (1, "news"), (12, "news"), (15, ""), (15, &"a".repeat(257))]
    {
        let input = SearchMpInput { r#type: bits, id: keyword.to_owned() };
        driven.refused("schMp", "me", &input, 33003);
    }
}

#[test]
fn a_service_is_told_but_not_its_robot() {
    let mut driven = Driven::level(false, 1);
    let (id, _) = driven.query("pullMp", "me", &PullMpInput { time: 0, mpid: String::new() });
    driven.told(id, Told::Services(vec![view(7, true), view(8, false)]));
    let output: PullMpOutput = driven.answered(0);
    assert_eq!(output.info.len(), 2);
    let info = &output.info[0];
    assert_eq!((&*info.mpid, &*info.name, &*info.r#type, info.time), ("daily", "Daily", "mc", 9));
    assert_eq!((info.portrait_url.as_deref(), &*output.info[1].r#type), (Some("p.png"), "mp"));
    let extra: serde_json::Value = serde_json::from_str(info.extra.as_deref().unwrap()).unwrap();
    let expected = serde_json::json!({
        "isGlobal": true, "introduction": "news", "menu": [{"id": "m1"}], "follow": true,
    });
    assert_eq!(extra, expected);

    let input = SearchMpInput { r#type: 15, id: "daily".into() };
    let (id, _) = driven.query("schMp", "me", &input);
    driven.told(id, Told::Services(Vec::new()));
    // The required field is written even if nothing was found.
    assert_eq!(driven.status_and_body(), (0, Bytes::from_static(&[8, 0])));

    let (id, _) = driven.query("mpFollow", "me", &MpFollowInput { id: "daily".into() });
    driven.told(id, Told::Services(vec![view(8, true)]));
    let output: MpFollowOutput = driven.answered(0);
    assert_eq!(output.info.map(|info| info.mpid), Some("daily".to_owned()));
}
