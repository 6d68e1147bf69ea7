use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::*;
use crate::config::Proxies;
use crate::net::address::Addresses;

const LONG: Duration = Duration::from_secs(600);

fn session(form: Form) -> Arc<Session> {
    let place =
        Addresses::new(0, Proxies::default()).place(IpAddr::V4(Ipv4Addr::LOCALHOST)).unwrap();
    Arc::new(Session::new("S".to_owned(), form, place))
}

fn binary() -> Arc<Session> {
    session(Form::Binary)
}

fn frame(number: u8) -> Bytes {
    Bytes::from(vec![0x40, 0, number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}

fn frames(numbers: impl IntoIterator<Item = u8>) -> Pulled {
    Pulled::Frames(numbers.into_iter().map(frame).collect())
}

/// A request that is under way.
async fn waiting(session: &Arc<Session>, arrived: Option<u64>) -> tokio::task::JoinHandle<Pulled> {
    let other = Arc::clone(session);
    let request = tokio::spawn(async move { other.pull(arrived, usize::MAX, LONG).await });
    tokio::task::yield_now().await;
    assert!(session.wants_frames());
    request
}

fn give(session: &Session, numbers: &[u8]) {
    numbers.iter().for_each(|number| session.give(&frame(*number)));
    session.deliver();
}

#[tokio::test(start_paused = true)]
async fn frames_wait_for_a_request_and_go_in_order() {
    let session = binary();
    assert!(!session.wants_frames());
    let request = waiting(&session, Some(0)).await;
    give(&session, &[1, 2]);
    assert!(!session.wants_frames(), "it was answered");
    assert_eq!(request.await.unwrap(), frames([1, 2]));
    let request = waiting(&session, Some(2)).await;
    give(&session, &[3]);
    assert_eq!(request.await.unwrap(), frames([3]));
}

#[tokio::test(start_paused = true)]
async fn what_did_not_arrive_is_given_again() {
    let session = binary();
    let request = waiting(&session, Some(0)).await;
    give(&session, &[1, 2, 3]);
    request.await.unwrap();
    assert_eq!(session.pull(Some(0), 9, LONG).await, frames([1, 2, 3]));
    assert_eq!(session.pull(Some(1), 9, LONG).await, frames([2, 3]));
    assert_eq!(session.pull(Some(0), 9, LONG).await, frames([]), "held up on its way");
    assert_eq!(session.pull(Some(4), 9, LONG).await, Pulled::NeverSent);
    assert_eq!(session.pull(Some(u64::MAX), 9, LONG).await, Pulled::NeverSent);
}

#[tokio::test(start_paused = true)]
async fn without_numbers_the_next_request_shows_that_the_last_answer_arrived() {
    let session = binary();
    let request = waiting(&session, None).await;
    give(&session, &[1]);
    assert_eq!(request.await.unwrap(), frames([1]));
    let request = waiting(&session, None).await;
    request.abort();
    assert!(request.await.is_err());
    assert!(!session.wants_frames(), "nobody is there");
    let request = waiting(&session, None).await;
    session.give(&frame(2));
    request.abort();
    assert!(request.await.is_err());
    session.deliver();
    assert_eq!(session.pull(None, 9, LONG).await, frames([2]), "nobody took it");
}

#[tokio::test(start_paused = true)]
async fn the_newest_request_waits_and_the_others_are_answered() {
    let session = binary();
    let first = waiting(&session, Some(0)).await;
    session.give(&frame(1));
    let second = session.pull(Some(0), 9, LONG).await;
    assert_eq!(first.await.unwrap(), frames([]));
    assert_eq!(second, frames([1]), "with what was meant for the first");
    let third = waiting(&session, Some(1)).await;
    let fourth = waiting(&session, Some(1)).await;
    assert_eq!(third.await.unwrap(), frames([]));
    give(&session, &[2]);
    assert_eq!(fourth.await.unwrap(), frames([2]));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_answered_in_time_even_with_nothing() {
    let session = binary();
    assert_eq!(session.pull(Some(0), 9, Duration::from_secs(28)).await, frames([]));
    assert!(!session.wants_frames());
    let request = session.pull(Some(0), 9, Duration::from_secs(28));
    let given = async {
        tokio::task::yield_now().await;
        session.give(&frame(1));
    };
    assert_eq!(tokio::join!(request, given).0, frames([1]), "given and not delivered");
    assert_eq!(session.pull(Some(0), 9, LONG).await, frames([1]));
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_comes_as_the_time_is_up_goes_to_the_next_request() {
    for numbered in [true, false] {
        let session = binary();
        let arrived = |count| numbered.then_some(count);
        let request = waiting(&session, arrived(0)).await;
        give(&session, &[1]);
        assert_eq!(request.await.unwrap(), frames([1]));
        session.give(&frame(2));
        session.deliver();
        assert_eq!(session.pull(arrived(1), 9, LONG).await, frames([2]));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_has_an_end() {
    let session = binary();
    let one = Arc::clone(&session);
    let login = tokio::spawn(async move { one.pull(None, 1, LONG).await });
    tokio::task::yield_now().await;
    session.give(&frame(1));
    assert!(!session.wants_frames(), "a login is one frame");
    session.deliver();
    assert_eq!(login.await.unwrap(), frames([1]));
    let request = waiting(&session, Some(1)).await;
    let large = Bytes::from(vec![0x40; MAX_ANSWER_BYTES]);
    session.give(&large);
    assert!(!session.wants_frames());
    session.deliver();
    assert_eq!(request.await.unwrap(), Pulled::Frames(vec![large]));
}

#[tokio::test(start_paused = true)]
async fn last_words_can_be_had_after_the_end() {
    let session = binary();
    let request = waiting(&session, Some(0)).await;
    session.give(&frame(1));
    session.end();
    assert_eq!(request.await.unwrap(), frames([1]));
    assert!(!session.is_read());
    assert_eq!(session.pull(Some(0), 9, LONG).await, frames([1]));
    assert_eq!(session.pull(Some(1), 9, LONG).await, Pulled::Lost);
    assert!(session.is_read());
    assert_eq!(session.post(vec![frame(1)], Some(0)).await, Posted::Lost);
    assert_eq!(session.next_posted(), Poll::Ready(None));
    let session = binary();
    let request = waiting(&session, Some(0)).await;
    session.end();
    assert_eq!(request.await.unwrap(), Pulled::Lost);
}

#[tokio::test(start_paused = true)]
async fn frames_are_taken_once_and_without_a_gap() {
    let session = binary();
    assert_eq!(session.post(vec![frame(1), frame(2)], Some(0)).await, Posted::Taken);
    assert_eq!(session.post(vec![frame(1), frame(2)], Some(0)).await, Posted::Taken);
    assert_eq!(session.post(vec![frame(2), frame(3)], Some(1)).await, Posted::Taken);
    assert_eq!(session.post(vec![frame(5)], Some(4)).await, Posted::Gap);
    for number in 1..=3 {
        assert_eq!(session.next_posted(), Poll::Ready(Some(frame(number))));
    }
    assert_eq!(session.next_posted(), Poll::Pending);
}

#[tokio::test(start_paused = true)]
async fn a_flood_waits_for_room_and_costs_no_more() {
    let session = binary();
    for _ in 0..MAX_POSTED {
        assert_eq!(session.post(vec![frame(1)], None).await, Posted::Taken);
    }
    assert_eq!(session.post(vec![frame(2)], None).await, Posted::Full);
    let other = Arc::clone(&session);
    let late = tokio::spawn(async move { other.post(vec![frame(2)], None).await });
    tokio::task::yield_now().await;
    assert!(session.next_posted().is_ready());
    assert_eq!(late.await.unwrap(), Posted::Taken);
}

#[tokio::test(start_paused = true)]
async fn a_client_without_pings_lives_by_its_requests() {
    let json = session(Form::Json(Codec::default()));
    json.alive();
    assert_eq!(json.next_posted(), Poll::Ready(Some(Bytes::from_static(PINGREQ))));
    json.alive();
    assert_eq!(json.next_posted(), Poll::Pending, "it sent something a moment ago");
    tokio::time::advance(PING_AFTER + Duration::from_secs(1)).await;
    json.alive();
    assert!(json.next_posted().is_ready());
    let other = Arc::clone(&json);
    let request = tokio::spawn(async move { other.pull(None, 9, LONG).await });
    tokio::task::yield_now().await;
    json.give(&Bytes::from_static(&[0xD0]));
    json.deliver();
    assert!(json.wants_frames(), "a PINGRESP has no words");
    json.give(&Bytes::from_static(&[0xE0, 0, 1]));
    json.deliver();
    let words = Bytes::from_static(br#"{"headerCode":-32,"status":1}"#);
    assert_eq!(request.await.unwrap(), Pulled::Frames(vec![words]));
    let ours = binary();
    ours.alive();
    assert_eq!(ours.next_posted(), Poll::Pending, "it pings by itself");
}

#[tokio::test(start_paused = true)]
async fn whose_request_breaks_off_and_is_not_followed_is_gone() {
    for (session, seconds) in [(binary(), 5), (session(Form::Json(Codec::default())), 20)] {
        let breaks_off = async |session: &Arc<Session>| {
            let request = waiting(session, None).await;
            request.abort();
            assert!(request.await.is_err());
        };
        let after = async |seconds| {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            session.mail().over
        };
        breaks_off(&session).await;
        let next = waiting(&session, None).await;
        assert!(!after(60).await, "another one came");
        give(&session, &[1]);
        next.await.unwrap();
        assert!(!after(60).await, "it was answered");
        breaks_off(&session).await;
        assert!(!after(seconds - 1).await);
        session.post(vec![frame(1)], None).await;
        assert!(!after(60).await, "it sends");
        breaks_off(&session).await;
        assert!(!after(seconds - 1).await);
        assert!(after(2).await);
        assert_eq!(session.pull(None, 9, LONG).await, Pulled::Lost);
    }
}

#[tokio::test(start_paused = true)]
async fn a20_what_comes_while_a_large_answer_is_read_goes_into_the_next() {
    let large = || Bytes::from(vec![0x30; 100 * 1024]);
    for arrived in [Some(0), None] {
        let session = binary();
        let request = waiting(&session, arrived).await;
        session.give(&large());
        session.deliver();
        assert_eq!(request.await.unwrap(), Pulled::Frames(vec![large()]));
        tokio::time::advance(Duration::from_secs(100)).await;
        assert!(session.wants_frames(), "it may be on its way");
        session.give(&frame(1));
        assert_eq!(session.pull(arrived.map(|_| 1), 9, LONG).await, frames([1]));
        let small = waiting(&session, arrived.map(|_| 2)).await;
        give(&session, &[2]);
        assert_eq!(small.await.unwrap(), frames([2]));
        assert!(!session.wants_frames(), "what is small is there at once");
    }
    let session = binary();
    let request = waiting(&session, None).await;
    session.give(&large());
    session.deliver();
    request.await.unwrap();
    session.give(&large());
    assert!(!session.wants_frames(), "no more than fits an answer");
    let request = session.pull(None, 9, LONG).await;
    assert_eq!(request, Pulled::Frames(vec![large()]));
    tokio::time::advance(Duration::from_secs(420)).await;
    assert!(!session.wants_frames(), "nobody reads so slowly");
}

#[tokio::test(start_paused = true)]
async fn a20_who_sends_something_large_lives_while_it_moves() {
    for session in [binary(), session(Form::Json(Codec::default()))] {
        let pings = || {
            std::iter::from_fn(|| match session.next_posted() {
                Poll::Ready(frame) => frame,
                Poll::Pending => None,
            })
        };
        for _ in 0..20 {
            assert!(session.hears());
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert_eq!(pings().count(), 4, "one in five seconds");
        session.end();
        assert!(!session.hears());
        assert_eq!(session.next_posted(), Poll::Ready(None));
    }
}

#[tokio::test]
async fn conn_ack_tells_the_name() {
    let session = binary();
    let request = waiting(&session, Some(0)).await;
    let ack = b"\x20\0\0\0\x02u1\0\x05hy1.7\0\0\x01\x7f\0\0\0\x01";
    session.give(&Bytes::from_static(ack));
    session.deliver();
    let named = b"\x20\0\0\0\x02u1\0\x05hy1.S\0\0\x01\x7f\0\0\0\x01";
    let expected = Pulled::Frames(vec![Bytes::from_static(named)]);
    assert_eq!(request.await.unwrap(), expected);
}
