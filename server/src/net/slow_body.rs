//! Bodies over slow links: read for as long as they move. What is bounded is not how long a body
//! takes but how slow it may be, and how long it may stand still.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use super::http;

/// However slow a body is, it has this time.
const GRACE: Duration = Duration::from_secs(20);
/// The next bytes come within this time.
const STANDSTILL: Duration = Duration::from_secs(30);
/// After [`GRACE`] a body has brought so many bytes for each second that it took: a quarter of what
/// the slowest link that we serve carries. The largest body of a frame takes 21 minutes at this rate.
const LEAST_PER_S: u64 = 256;

/// A body that takes longer may have come from somebody who is gone by now.
const SLOW: Duration = Duration::from_secs(5);

/// A body, and what came of it.
pub struct SlowBody {
    stream: BodyDataStream,
    taken: BytesMut,
    limit: usize,
    since: Instant,
}

impl SlowBody {
    /// The body of a request, `limit` bytes at most.
    pub fn of(request: Request, limit: usize) -> Self {
        let stream = request.into_body().into_data_stream();
        Self { stream, taken: BytesMut::new(), limit, since: Instant::now() }
    }

    /// Reads until the first `length` bytes are there, or the body is over: within [`GRACE`],
    /// because nobody knows yet who sends.
    ///
    /// # Errors
    /// The answer to a body that is too slow, too long, or broke off.
    pub async fn beginning(&mut self, length: usize) -> Result<&[u8], Response> {
        let deadline = self.since + GRACE;
        while self.taken.len() < length && self.next(deadline).await? {}
        Ok(self.taken.get(..length).unwrap_or(&self.taken))
    }

    /// Reads to the end. Once that takes its time, `goes_on` is asked after each piece, and ends the
    /// reading.
    ///
    /// # Errors
    /// As [`beginning`](Self::beginning).
    pub async fn whole(
        mut self,
        mut goes_on: impl FnMut() -> bool,
    ) -> Result<Option<Bytes>, Response> {
        while self.next(self.deadline()).await? {
            if self.since.elapsed() > SLOW && !goes_on() {
                return Ok(None);
            }
        }
        Ok(Some(self.taken.freeze()))
    }

    /// When the next bytes must be there.
    fn deadline(&self) -> Instant {
        let earned = Duration::from_secs(self.taken.len() as u64 / LEAST_PER_S);
        (self.since + GRACE + earned).min(Instant::now() + STANDSTILL)
    }

    /// Reads one piece; false at the end of the body.
    async fn next(&mut self, deadline: Instant) -> Result<bool, Response> {
        let Ok(next) = timeout_at(deadline, self.stream.next()).await else {
            return Err(http::error(StatusCode::REQUEST_TIMEOUT, 408, "the body comes too slowly"));
        };
        let Some(piece) = next else { return Ok(false) };
        match piece {
            Ok(piece) if piece.len() <= self.limit - self.taken.len() => {
                self.taken.extend_from_slice(&piece);
                Ok(true)
            }
            Ok(_) | Err(_) => Err(http::too_long()),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use futures_util::stream;

    use super::*;

    const KIB: usize = 1024;

    /// A body of pieces, each so long and so many ms after the one before; then it stands still.
    fn body(pieces: Vec<(usize, u64)>, ends: bool) -> SlowBody {
        let pieces = stream::iter(pieces).then(|(length, ms)| async move {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; length]))
        });
        let rest = if ends { stream::empty().boxed() } else { stream::pending().boxed() };
        let body = Body::from_stream(pieces.chain(rest));
        SlowBody::of(Request::new(body), 328 * KIB)
    }

    /// What came of it: bytes or a status, and after how many seconds.
    async fn read(body: SlowBody) -> (Result<usize, u16>, u64) {
        let since = Instant::now();
        let read = body.whole(|| true).await;
        let read = read.map(|bytes| bytes.map_or(0, |bytes| bytes.len()));
        (read.map_err(|answer| answer.status().as_u16()), since.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a20_a_body_is_read_for_as_long_as_it_moves() {
        assert_eq!(read(body(vec![(KIB, 1_000); 100], true)).await, (Ok(100 * KIB), 100));
        assert_eq!(read(body(vec![(512, 1_000); 200], true)).await, (Ok(100 * KIB), 200));
        let bursts = [vec![(20 * KIB, 10)], vec![(20 * KIB, 29_000); 3]].concat();
        assert_eq!(
            read(body(bursts, true)).await,
            (Ok(80 * KIB), 87),
            "held back, then all at once"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn e2_a_body_that_creeps_or_stands_still_is_cut() {
        assert_eq!(
            read(body(vec![(1, 1_000); 99_999], true)).await,
            (Err(408), 20),
            "a byte a second"
        );
        assert_eq!(read(body(Vec::new(), false)).await, (Err(408), 20), "nothing at all");
        assert_eq!(
            read(body(vec![(64 * KIB, 5_000)], false)).await,
            (Err(408), 35),
            "stands still"
        );
        let (creeping, after_s) = read(body(vec![(250, 1_000); 99_999], true)).await;
        assert_eq!(creeping, Err(408));
        assert!(after_s < 1_000, "{after_s}: nearly fast enough");
    }

    #[tokio::test(start_paused = true)]
    async fn f8_the_slowest_writer_has_an_end() {
        let (read, after_s) = read(body(vec![(LEAST_PER_S as usize, 1_000); 9_999], true)).await;
        assert_eq!(read, Err(413));
        assert!(after_s <= 22 * 60, "{after_s}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_not_known_has_no_more_than_the_grace() {
        let mut slow = body(vec![(1, 1_000); 40], true);
        assert_eq!(slow.beginning(40).await.unwrap_err().status(), StatusCode::REQUEST_TIMEOUT);
        let mut quick = body(vec![(30, 1_000), (30, 1_000)], true);
        assert_eq!(quick.beginning(40).await.unwrap().len(), 40);
        assert_eq!(read(quick).await, (Ok(60), 0));
        let mut short = body(vec![(3, 1)], true);
        assert_eq!(short.beginning(40).await.unwrap().len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn reading_ends_with_what_it_is_for() {
        let since = Instant::now();
        let slow = body(vec![(KIB, 1_000); 100], true);
        assert_eq!(slow.whole(|| false).await.unwrap(), None);
        assert_eq!(since.elapsed().as_secs(), 6);
        let quick = body(vec![(KIB, 1); 100], true);
        assert!(quick.whole(|| false).await.unwrap().is_some(), "nobody is asked");
    }
}
