//! Public services.

use super::super::super::ask::{ServiceMatch, ServicesAsk};
use super::super::super::robot::MENU;
use super::history::history_of;
use super::*;
use crate::store::{Log, Profile, Profiles, PublicService, Services};

const ROBOT: &str = r#"{"answers":[
    {"words":["news"],"answer":"none"},
    {"menu":["m1"],"answer":{"objectName":"RC:PSImgTxtMsg","body":{"title":"Today"}}}
]}"#;

async fn make(server: &Server, kind: i32, id: &str, name: &str, everybody: bool) {
    let service = PublicService {
        id: room(kind, id),
        name: name.into(),
        portrait: String::new(),
        introduction: String::new(),
        menu: "[]".into(),
        robot: ROBOT.into(),
        everybody,
        changed: UnixMillis::new(START),
    };
    assert_eq!(server.0.store().put_service(service).await, Ok(true));
}

async fn ask(server: &Server, session: &Session, ask: ServicesAsk) -> Vec<(String, bool)> {
    let told = server.serve(session, Ask::Services(ask), at(5)).await;
    let Told::Services(views) = told else { panic!("{told:?}") };
    views.iter().map(|view| (view.service.id.target.as_str().into(), view.follows)).collect()
}

const fn followed() -> ServicesAsk {
    ServicesAsk::Followed { after: UnixMillis::ZERO, after_id: String::new() }
}

fn names(found: &[(String, bool)]) -> Vec<&str> {
    found.iter().map(|(name, _)| name.as_str()).collect()
}

fn with_class(class: &'static str, ask: Ask) -> Ask {
    let Ask::Send { conversation, content, flags, client_id, only_to, recall, original, .. } = ask
    else {
        panic!("no message")
    };
    let object_name = class.into();
    Ask::Send { conversation, object_name, content, flags, client_id, only_to, recall, original }
}

#[tokio::test]
async fn a_user_follows_and_does_so_no_more() {
    let server = Server::new();
    make(&server, 8, "daily", "Daily", false).await;
    make(&server, 7, "app", "The app", true).await;
    let a = server.join("a", true);
    assert_eq!(names(&ask(&server, &a, followed()).await), ["app"]);
    let follow = |kind, id, on| ServicesAsk::Follow(room(kind, id), on);
    assert_eq!(ask(&server, &a, follow(8, "daily", true)).await, [("daily".into(), true)]);
    assert_eq!(names(&ask(&server, &a, followed()).await), ["app", "daily"]);
    assert_eq!(ask(&server, &a, follow(7, "app", false)).await, [("app".into(), false)]);
    assert_eq!(names(&ask(&server, &a, followed()).await), ["daily"]);
    let later = ServicesAsk::Followed { after: at(5).wall, after_id: "daily".into() };
    assert_eq!(ask(&server, &a, later).await, []);
    let b = server.join("b", true);
    assert_eq!(names(&ask(&server, &b, followed()).await), ["app"]);
    for (kind, id) in [(8, "app"), (7, "nothing"), (1, "daily")] {
        let told = server.serve(&a, Ask::Services(follow(kind, id, true)), at(6)).await;
        assert_eq!(told, Told::Refused(39001), "{kind} {id}");
    }
}

#[tokio::test]
async fn a_search_looks_at_ids_and_names() {
    let server = Server::new();
    make(&server, 8, "daily", "Morning News", false).await;
    make(&server, 7, "app-news", "The app", true).await;
    let a = server.join("a", true);
    let search =
        |app, public, keyword: &str| ServicesAsk::Search { app, public, keyword: keyword.into() };
    let (exact, fuzzy) = (Some(ServiceMatch::Exact), Some(ServiceMatch::Fuzzy));
    for (asked, expected) in [
        (search(fuzzy, fuzzy, "NEWS"), vec!["app-news", "daily"]),
        (search(None, fuzzy, "news"), vec!["daily"]),
        (search(fuzzy, None, "news"), vec!["app-news"]),
        (search(exact, exact, "news"), vec![]),
        (search(exact, exact, "daily"), vec!["daily"]),
        (search(exact, exact, "The app"), vec!["app-news"]),
    ] {
        assert_eq!(names(&ask(&server, &a, asked.clone()).await), expected, "{asked:?}");
    }
}

#[tokio::test]
async fn the_robot_answers_words_and_menus() {
    let server = Server::new();
    make(&server, 8, "daily", "Daily", false).await;
    let a = server.join("a", true);
    let text = || send(8, "daily", r#"{"content":"any news?"}"#, MessageFlags::NORMAL, Some(7));
    let sent = server.send(&a, text()).await;
    let [row] = &a.rows()[..] else { panic!("one answer") };
    assert_eq!((&row.conversation, row.sender.as_str()), (&room(8, "daily"), "daily"));
    assert!(row.sent_time > sent.sent_time && !row.own);
    // A repeat is no other question.
    assert!(server.send(&a, text()).await.repeated);
    assert_eq!(a.rows(), []);
    let chosen = send(8, "daily", r#"{"menuItem":{"id":"m1"}}"#, MessageFlags::default(), None);
    let told = server.send(&a, with_class(MENU, chosen)).await;
    assert_eq!((told.uid.as_str(), told.own_seq), ("", 0), "it enters no inbox");
    let [row] = &a.rows()[..] else { panic!("one answer") };
    assert_eq!(&*row.object_name, "RC:PSImgTxtMsg");
    let log = server.0.store().log_after(0, 100).await.unwrap();
    let classes: Vec<_> = log.iter().map(|one| &*one.object_name).collect();
    // The application's server reads all of it.
    assert_eq!(classes, ["RC:TxtMsg", "RC:TxtMsg", MENU, "RC:PSImgTxtMsg"]);
    assert_eq!(server.history(&a, 8, "daily").await.len(), 3);
    assert_eq!(server.head("daily").await, 0, "nobody reads a service's inbox");
}

#[tokio::test]
async fn what_is_no_public_service_gets_no_messages() {
    let server = Server::new();
    let a = server.join("a", true);
    for kind in [7, 8] {
        let told = server.serve(&a, send(kind, "b", "{}", MessageFlags::NORMAL, None), at(0)).await;
        assert_eq!(told, Told::Refused(20406));
    }
    assert_eq!((server.head("a").await, server.head("b").await), (0, 0));
}

#[tokio::test]
async fn a_service_speaks_to_its_followers() {
    let server = Server::new();
    make(&server, 8, "daily", "Daily", false).await;
    make(&server, 7, "app", "The app", true).await;
    for name in ["a", "b"] {
        server.0.store().put_profile(&name.into(), Profile::default()).await.unwrap();
    }
    let a = server.join("a", true);
    ask(&server, &a, ServicesAsk::Follow(room(8, "daily"), true)).await;
    let message = (
        "RC:TxtMsg".to_owned(),
        Bytes::from_static(br#"{"content":"hello"}"#),
        MessageFlags::NORMAL,
    );
    let publish = async |kind, id: &str, to: &[&str]| {
        let to = to.iter().map(|user| UserId::from(*user)).collect();
        server.0.publish_to_followers(&room(kind, id), to, &message, at(1)).await
    };
    assert_eq!(publish(8, "daily", &[]).await, Ok(1));
    assert_eq!(publish(7, "app", &[]).await, Ok(2));
    assert_eq!(publish(8, "daily", &["b"]).await, Ok(1));
    assert!(publish(8, "app", &[]).await.is_err());
    let conversations: Vec<_> = a.rows().into_iter().map(|row| row.conversation).collect();
    assert_eq!(conversations, [room(8, "daily"), room(7, "app")]);
    assert_eq!(server.list("b").await.len(), 2);
}

#[tokio::test]
async fn what_was_said_to_a_service_is_not_for_a_user_of_its_name() {
    let server = Server::new();
    make(&server, 8, "daily", "Daily", false).await;
    let (a, daily) = (server.join("a", true), server.join("daily", true));
    server.send(&a, send(8, "daily", "{}", MessageFlags::NORMAL, None)).await;
    let query = |target| history_of(8, target);
    let told = server.serve(&daily, query("a"), at(2)).await;
    assert_eq!(told, Told::Refused(20406));
    assert_eq!(server.history(&a, 8, "daily").await.len(), 1);
}
