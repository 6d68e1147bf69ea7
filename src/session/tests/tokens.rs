use super::world::*;
use crate::error::{Error, ErrorCode};
use crate::ids::{CallId, TokenRequestId, UserId};
use crate::session::io::Status::*;
use crate::session::io::*;
use crate::signal::server;

fn connect(world: &mut World) -> CallId {
    let call = world.call();
    world.feed(Input::Command(Command::ConnectAsking { call, user: None }));
    call
}

/// The questions so far, with what the last token was refused with.
fn asked(world: &World) -> Vec<(TokenRequestId, Option<ErrorCode>)> {
    let asked = world.events.iter().filter_map(|event| {
        let Event::TokenWanted { request, refused } = event else { return None };
        Some((*request, *refused))
    });
    asked.collect()
}

fn answer(world: &mut World, token: Option<&str>) {
    let (request, _) = *asked(world).last().expect("a question");
    let token = token.map(str::to_owned);
    world.feed(Input::Command(Command::Token { request, token }));
}

/// Logged in with a token that the page supplied.
fn supplied() -> World {
    let mut world = World::new();
    let call = connect(&mut world);
    answer(&mut world, Some("T"));
    world.log_in();
    assert!(world.outcome(call).unwrap().is_ok());
    world.answer_everything();
    world.advance(9_000);
    world.answer_everything();
    world
}

fn error(world: &World, call: CallId) -> Error {
    world.outcome(call).expect("settled").expect_err("refused")
}

#[test]
fn the_page_is_asked_once_and_only_when_a_token_is_needed() {
    let mut world = World::new();
    assert!(asked(&world).is_empty());
    let calls: Vec<_> = (0..10).map(|_| connect(&mut world)).collect();
    assert_eq!(asked(&world).len(), 1, "one question for ten calls");
    assert!(world.http.is_empty());
    answer(&mut world, Some("T"));
    world.log_in();
    assert!(calls.iter().all(|call| world.outcome(*call).unwrap().is_ok()));
    world.answer_everything();
    for _ in 0..5 {
        world.advance(9_000);
        world.answer_everything();
        world.feed(Input::LinkClosed(world.link(), CloseCause::Code(1006)));
        world.log_in();
        world.answer_everything();
    }
    assert_eq!(asked(&world).len(), 1, "a lost link needs no other token");
}

#[test]
fn a_refused_token_is_renewed_and_the_session_goes_on() {
    type Refuse = fn(&mut World);
    let ways: [(Refuse, u32); 4] = [
        (|world| world.receive(&server::disconnect(7)), 31_020),
        (|world| world.feed(Input::LinkClosed(world.link(), CloseCause::Code(3000))), 31_004),
        (
            |world| {
                world.feed(Input::LinkClosed(world.link(), CloseCause::Code(1006)));
                world.feed(Input::LinkOpened(world.link()));
                world.receive(&server::login_refused(10));
            },
            31_020,
        ),
        (
            |world| {
                world.feed(Input::LinkClosed(world.link(), CloseCause::Code(1008)));
                world.http(401, r#"{"code":401}"#);
            },
            31_004,
        ),
    ];
    for (refuse, code) in ways {
        let mut world = supplied();
        let call = world.send(text("a", 1));
        world.events.clear();
        refuse(&mut world);
        let questions = asked(&world);
        assert_eq!(questions.len(), 1, "{code}");
        assert_eq!(questions[0].1.map(|code| code.number() as u32), Some(code));
        assert_eq!(world.outcome(call), None, "sends wait");
        answer(&mut world, Some("T2"));
        assert!(world.http.front().is_some_and(|(_, url)| url.contains("token=T2")));
        world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
        world.advance(500);
        assert!(world.links.last().unwrap().1.contains("token=T2"));
        world.log_in();
        world.answer_everything();
        let told = world.statuses();
        assert_eq!(told, [NetworkUnavailable, Connecting, Connected], "{code}");
        assert_eq!(world.loads, [me()], "the state stays");
        while let Some((wire, ..)) = world.published() {
            if world.outcome(call).is_none() {
                world.ack(wire, 0, None);
            }
        }
        assert!(world.outcome(call).unwrap().is_ok());
    }
}

#[test]
fn the_same_bad_token_again_is_the_end() {
    let mut world = supplied();
    let call = world.send(text("a", 1));
    world.receive(&server::disconnect(7));
    answer(&mut world, Some("T"));
    assert_eq!(error(&world, call).code, ErrorCode::TokenExpired);
    assert_eq!(world.engine.status(), Refused);
    let asked_before = asked(&world).len();
    world.advance(600_000);
    assert_eq!((asked(&world).len(), world.links.len()), (asked_before, 1));
    let again = connect(&mut world);
    answer(&mut world, Some("T3"));
    world.log_in();
    assert!(world.outcome(again).unwrap().is_ok(), "the page may try");
}

#[test]
fn tokens_that_are_all_refused_are_the_end() {
    let mut world = World::new();
    let call = connect(&mut world);
    for (index, token) in ["A", "B", "C", "D"].into_iter().enumerate() {
        while asked(&world).len() <= index {
            world.advance(100);
        }
        answer(&mut world, Some(token));
        assert_ne!(world.engine.status(), Refused, "{token}");
        world.http(401, r#"{"code":401}"#);
    }
    assert_eq!(world.engine.status(), Refused);
    assert_eq!(asked(&world).len(), 4);
    assert!(world.outcome(call).unwrap().is_err());
    world.advance(600_000);
    assert_eq!(asked(&world).len(), 4);
}

#[test]
fn a_page_without_a_token_is_asked_again_with_growing_pauses() {
    let mut world = World::new();
    let call = connect(&mut world);
    answer(&mut world, None);
    assert_eq!(error(&world, call).code, ErrorCode::TokenUnavailable);
    assert!(error(&world, call).retryable());
    let mut at = vec![world.now];
    for _ in 0..30 {
        let before = asked(&world).len();
        while asked(&world).len() == before {
            world.advance(10);
        }
        at.push(world.now);
        answer(&mut world, None);
    }
    let pauses: Vec<u64> = at.windows(2).map(|pair| pair[1].since(pair[0])).collect();
    assert!(pauses.iter().all(|pause| (500..=20_010).contains(pause)), "{pauses:?}");
    assert!(pauses.iter().max() > Some(&8_000));
    world.advance(20_000);
    answer(&mut world, Some("T"));
    world.log_in();
    assert_eq!(world.engine.status(), Connected, "no server ever refused anything");
}

#[test]
fn a_refused_token_and_a_page_that_has_no_other_is_the_end() {
    for silent in [false, true] {
        let mut world = supplied();
        let call = world.send(text("a", 1));
        world.events.clear();
        world.receive(&server::disconnect(7));
        for _ in 0..5 {
            if !silent {
                answer(&mut world, None);
            }
            world.advance(40_000);
        }
        world.advance(100_000);
        assert_eq!(asked(&world).len(), 5, "silent: {silent}");
        assert_eq!(error(&world, call).code, ErrorCode::TokenExpired);
        assert_eq!(world.engine.status(), Refused);
    }
}

#[test]
fn an_answer_that_comes_too_late_counts_for_nothing() {
    let mut world = World::new();
    let call = connect(&mut world);
    let (late, _) = asked(&world)[0];
    world.advance(15_000);
    assert_eq!(error(&world, call).code, ErrorCode::TokenUnavailable);
    let token = Some("old".to_owned());
    world.feed(Input::Command(Command::Token { request: late, token }));
    assert!(world.http.is_empty());
    world.advance(20_000);
    answer(&mut world, Some("new"));
    assert!(world.http.front().unwrap().1.contains("token=new"));
    world.disconnect();
    answer(&mut world, Some("newer"));
    assert!(world.http.is_empty(), "nobody waits for it");
}

#[test]
fn another_users_token_in_the_middle_of_a_session_is_refused() {
    let mut world = supplied();
    let call = world.send(text("a", 1));
    world.receive(&server::disconnect(7));
    answer(&mut world, Some("yours"));
    world.http(200, &answer_of(r#""server":"im.example""#, "you", true));
    world.advance(1_000);
    world.feed(Input::LinkOpened(world.link()));
    let now = world.server_time();
    world.receive(&server::login_accepted(&UserId::from("you"), "hy1.s", now));
    assert_eq!(error(&world, call).code, ErrorCode::TokenOfAnotherUser);
    assert_eq!(world.engine.status(), Refused);
    assert_eq!((world.engine.user(), world.loads.len()), (Some(&me()), 1));
    assert!(world.closed.contains(&world.link()));
}

#[test]
fn one_may_send_while_the_first_token_is_awaited() {
    let mut world = World::new();
    connect(&mut world);
    let call = world.send(text("a", 1));
    assert_eq!(world.outcome(call), None, "it waits in the outbox");
    answer(&mut world, Some("T"));
    world.log_in();
    world.answer_everything();
    let (wire, ..) = world.published().expect("it leaves");
    world.ack(wire, 0, None);
    assert!(world.outcome(call).unwrap().is_ok());
}

#[test]
fn a_known_user_finds_its_state_before_there_is_a_token() {
    let mut world = World::new();
    let call = world.call();
    world.feed(Input::Command(Command::ConnectAsking { call, user: Some(me()) }));
    assert_eq!(world.loads, [me()]);
    let another = world.call();
    let user = Some(UserId::from("you"));
    world.feed(Input::Command(Command::ConnectAsking { call: another, user }));
    assert_eq!(error(&world, call).code, ErrorCode::Disconnected, "somebody else begins anew");
    assert_eq!(asked(&world).len(), 2);
}

#[test]
fn a_page_that_is_put_away_is_asked_when_it_is_back() {
    let mut world = World::new();
    connect(&mut world);
    world.feed(Input::Hint(Hint::Stowed));
    answer(&mut world, Some("late"));
    assert!(world.http.is_empty());
    world.advance(60_000);
    assert_eq!(asked(&world).len(), 1);
    world.feed(Input::Hint(Hint::Woke));
    world.advance(0);
    assert_eq!(asked(&world).len(), 2);
    answer(&mut world, Some("T"));
    world.log_in();
    assert_eq!(world.engine.status(), Connected);
}

#[test]
fn a_server_that_accepts_a_token_and_then_refuses_it_is_not_hammered() {
    let mut world = supplied();
    world.events.clear();
    for step in 0..600 {
        if world.engine.status() == Connected {
            world.receive(&server::disconnect(7));
        }
        if let Some((request, _)) = asked(&world).last().copied() {
            let token = Some(format!("T{step}"));
            world.feed(Input::Command(Command::Token { request, token }));
        }
        if world.http.front().is_some_and(|(_, url)| url.contains("/navi.js")) {
            world.http(200, &answer_of(r#""server":"im.example""#, "me", true));
        }
        let link = world.link();
        if !world.closed.contains(&link) && world.engine.status() != Connected {
            world.feed(Input::LinkOpened(link));
            world.accept();
        }
        world.advance(100);
    }
    let asked = asked(&world).len();
    assert!((4..=30).contains(&asked), "{asked} in a minute");
}
