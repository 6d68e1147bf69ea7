//! The newest messages of one chatroom, in memory and written as clients read them: members pull
//! the same pages, so each is put together once.
//!
//! Every message has a number, one more than the one before, and a time that is later. Numbers
//! mean something as long as the process lives; clients know the times.

use std::collections::VecDeque;

use bytes::Bytes;
use hongyan::ids::{MessageUid, UserId};
use hongyan::signal::server::PageWriter;
use hongyan::time::UnixMillis;

use super::super::hub::SessionId;
use super::super::limits::MAX_CHATROOM_PAGE;

/// So many messages are held.
const MAX_MESSAGES: usize = 300;
/// So many bytes of them.
const MAX_BYTES: usize = 1024 * 1024;

/// Where a chatroom stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChatroomHead {
    /// The number of its last message; 0 before the first.
    pub seq: u64,
    /// The time of its last message.
    pub time: UnixMillis,
}

/// A page of messages, oldest first, as clients read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatroomPage {
    /// `DownStreamMessages`.
    pub body: Bytes,
    /// The number of the last message that everything up to it was given; that of the head if
    /// nothing is left.
    pub reached: u64,
    /// The room when the page was read.
    pub head: ChatroomHead,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Logged {
    /// Its time.
    pub time: UnixMillis,
    /// Its name; empty for one that is not kept.
    pub uid: MessageUid,
    /// Whether it belongs to the history.
    pub kept: bool,
    /// As it stands in a page.
    pub row: Bytes,
    /// The session that sent it: it is given it by nobody, as clients show what they sent by
    /// themselves.
    pub origin: Option<SessionId>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct RoomLog {
    messages: VecDeque<Logged>,
    bytes: usize,
    head: ChatroomHead,
    /// What was said up to this time is not all here.
    floor: UnixMillis,
    /// The last page of what came after a time: most members ask for the same one.
    last_page: Option<(UnixMillis, ChatroomPage)>,
}

impl RoomLog {
    /// A log of these messages, oldest first, before which there was more if `cut`. `since`: when
    /// the room was made. No client may be told a time of 0: it means that it has just come.
    pub fn new(messages: Vec<Logged>, cut: bool, since: UnixMillis) -> Self {
        let head = ChatroomHead { seq: 0, time: since };
        let mut log = Self { head, ..Self::default() };
        if let Some(first) = messages.first().filter(|_| cut) {
            log.floor = first.time.plus(-1);
        }
        for message in messages {
            log.push(message);
        }
        log
    }

    /// Where it stands.
    pub fn head(&self) -> ChatroomHead {
        self.head
    }

    /// Appends a message; its time must be later than the head's.
    pub fn push(&mut self, message: Logged) -> ChatroomHead {
        self.head = ChatroomHead { seq: self.head.seq + 1, time: message.time };
        self.bytes += message.row.len();
        self.messages.push_back(message);
        self.last_page = None;
        while self.messages.len() > MAX_MESSAGES || self.bytes > MAX_BYTES {
            let Some(oldest) = self.messages.pop_front() else { break };
            self.bytes -= oldest.row.len();
            self.floor = oldest.time;
        }
        self.head
    }

    /// A message that was taken back stands there as what it became.
    pub fn replace(&mut self, uid: &MessageUid, row_at: impl FnOnce(UnixMillis) -> Bytes) {
        if let Some(found) = self.messages.iter_mut().find(|message| message.uid == *uid) {
            let row = row_at(found.time);
            self.bytes = self.bytes - found.row.len() + row.len();
            found.row = row;
            self.last_page = None;
        }
    }

    /// Forgets everything: the history was removed.
    pub fn clear(&mut self) {
        *self = Self { head: self.head, floor: self.head.time, ..Self::default() };
    }

    /// What came after a time, for a session; `None` if that is not all here any more.
    pub fn after(&mut self, time: UnixMillis, reader: SessionId) -> Option<ChatroomPage> {
        if time < self.floor {
            return None;
        }
        let newer = self.messages.iter().rev().take_while(|message| message.time > time).count();
        let from = self.messages.len() - newer;
        let mut origins = self.messages.range(from..).map(|message| message.origin);
        if origins.any(|origin| origin == Some(reader)) {
            return Some(self.page(self.messages.range(from..), time, Some(reader)));
        }
        if let Some((_, page)) = self.last_page.as_ref().filter(|(after, _)| *after == time) {
            return Some(page.clone());
        }
        let page = self.page(self.messages.range(from..), time, None);
        self.last_page = Some((time, page.clone()));
        Some(page)
    }

    /// Everything that is here, for a session.
    pub fn all(&self, reader: SessionId) -> ChatroomPage {
        self.page(self.messages.iter(), self.floor, Some(reader))
    }

    /// The newest `count` messages of the history, as far as they are here.
    pub fn newest(&self, count: usize) -> ChatroomPage {
        let kept = self.messages.iter().enumerate().rev().filter(|(_, message)| message.kept);
        let mut chosen: Vec<usize> = kept.take(count).map(|(index, _)| index).collect();
        // Too much for one frame: the newest, not the oldest of them.
        let mut room = MAX_BYTES_OF_NEWEST;
        let fits = chosen.iter().take_while(|index| {
            let size = self.messages.get(**index).map_or(0, |message| message.row.len());
            let fits = size <= room;
            room = room.saturating_sub(size);
            fits
        });
        let fits = fits.count().max(1).min(chosen.len());
        chosen.truncate(fits);
        chosen.reverse();
        let rows: Vec<_> = chosen.iter().filter_map(|index| self.messages.get(*index)).collect();
        let page = self.page(rows.into_iter(), self.head.time, None);
        // Whatever is between them and the head is not for who has just come.
        ChatroomPage { reached: self.head.seq, ..page }
    }

    /// A page of messages, the last of which is the head; but for those that `reader` sent.
    fn page<'a>(
        &self,
        mut messages: impl ExactSizeIterator<Item = &'a Logged>,
        after: UnixMillis,
        reader: Option<SessionId>,
    ) -> ChatroomPage {
        let me = UserId::default();
        let mut writer = PageWriter::new(&me);
        let (count, mut given, mut last) = (messages.len(), 0, after);
        for message in messages.by_ref().take(MAX_CHATROOM_PAGE) {
            let own = reader.is_some() && message.origin == reader;
            if !own && !writer.push_body(&message.row) {
                break;
            }
            given += 1;
            last = message.time;
        }
        let left = (count - given) as u64;
        // A time before the first message, or one that the client made up.
        let sync_time = if left == 0 { self.head.time } else { last };
        let body = writer.finish(sync_time, left == 0, None);
        ChatroomPage { body, reached: self.head.seq - left, head: self.head }
    }
}

/// So many bytes of messages are given to who has just come; with what frames them they have room
/// in a frame.
const MAX_BYTES_OF_NEWEST: usize = 100 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use hongyan::ids::UserId;
    use hongyan::signal::client::pull_page;

    fn at(ms: i64) -> UnixMillis {
        UnixMillis::new(ms)
    }

    fn logged(ms: i64, length: usize) -> Logged {
        let message = hongyan::signal::Message {
            conversation: hongyan::ids::ConversationId::new(
                hongyan::ids::ConversationKind::Chatroom,
                "r",
            ),
            sender: "a".into(),
            direction: hongyan::signal::MessageDirection::Received,
            object_name: "RC:TxtMsg".into(),
            content: Bytes::from(vec![b'x'; length]),
            sent_time: at(ms),
            uid: MessageUid::from(ms.to_string()),
            flags: hongyan::signal::MessageFlags::NORMAL,
            retrieved: false,
            client_id: None,
            inbox_seq: None,
        };
        let row = hongyan::signal::server::chatroom_message(&message);
        Logged { time: at(ms), uid: message.uid, kept: true, row, origin: None }
    }

    /// Times of the messages in a page, where it says to go on, and whether it is the last.
    fn read(page: &ChatroomPage) -> (Vec<i64>, i64, bool) {
        let page = pull_page(&page.body, &UserId::from("me")).unwrap();
        let times = page.messages.iter().map(|message| message.sent_time.get()).collect();
        (times, page.sync_time.get(), page.finished.unwrap())
    }

    fn reader() -> SessionId {
        SessionId::test(1)
    }

    fn log(times: impl IntoIterator<Item = i64>) -> RoomLog {
        RoomLog::new(times.into_iter().map(|ms| logged(ms, 2)).collect(), false, at(0))
    }

    #[test]
    fn a_page_is_what_came_after_a_time() {
        let mut log = log([10, 20, 30]);
        let page = log.after(at(10), reader()).unwrap();
        assert_eq!((read(&page), page.reached), ((vec![20, 30], 30, true), 3));
        let page = log.after(at(30), reader()).unwrap();
        assert_eq!((read(&page), page.reached), ((vec![], 30, true), 3));
        log.push(logged(40, 2));
        assert_eq!(read(&log.after(at(30), reader()).unwrap()).0, [40]);
        assert_eq!(read(&log.after(at(5), reader()).unwrap()).0, [10, 20, 30, 40]);
    }

    #[test]
    fn a_page_that_is_full_says_how_far_it_goes() {
        let mut log = log(1..=250);
        let first = log.after(at(0), reader()).unwrap();
        let (times, sync_time, finished) = read(&first);
        assert_eq!((times.len(), sync_time, finished, first.reached), (200, 200, false, 200));
        let rest = log.after(at(sync_time), reader()).unwrap();
        assert_eq!((read(&rest).0.len(), rest.reached), (50, 250));
        let mut heavy = RoomLog::new((1..=3).map(|ms| logged(ms, 60_000)).collect(), false, at(0));
        let page = heavy.after(at(0), reader()).unwrap();
        assert_eq!((read(&page), page.reached), ((vec![1, 2], 2, false), 2));
        assert_eq!(read(&heavy.newest(3)), (vec![3], 3, true));
    }

    #[test]
    fn what_a_session_sent_is_given_to_all_but_it() {
        let mut log = log([1]);
        log.push(Logged { origin: Some(reader()), ..logged(2, 2) });
        log.push(logged(3, 2));
        let page = log.after(at(0), reader()).unwrap();
        assert_eq!((read(&page), page.reached), ((vec![1, 3], 3, true), 3));
        assert_eq!(read(&log.after(at(0), SessionId::test(2)).unwrap()).0, [1, 2, 3]);
        assert_eq!(read(&log.after(at(2), reader()).unwrap()).0, [3]);
        assert_eq!(read(&log.newest(9)).0, [1, 2, 3]);
        log.push(Logged { origin: Some(reader()), ..logged(4, 2) });
        assert_eq!(read(&log.after(at(3), reader()).unwrap()), (vec![], 4, true));
    }

    #[test]
    fn who_comes_gets_the_newest_that_are_kept() {
        let mut log = log([1, 2, 3]);
        log.push(Logged { kept: false, ..logged(4, 2) });
        assert_eq!(read(&log.newest(2)), (vec![2, 3], 4, true));
        assert_eq!(read(&log.newest(0)), (vec![], 4, true));
        assert_eq!(read(&log.newest(9)), (vec![1, 2, 3], 4, true));
        let mut empty = RoomLog::new(Vec::new(), false, at(7));
        assert_eq!(read(&empty.newest(5)), (vec![], 7, true));
        empty.push(logged(8, 2));
        assert_eq!(read(&empty.after(at(7), reader()).unwrap()), (vec![8], 8, true));
    }

    #[test]
    fn what_has_no_room_is_not_claimed_to_be_all() {
        let mut log = log(1..=MAX_MESSAGES as i64 + 1);
        assert_eq!(log.after(at(0), reader()), None);
        assert!(log.after(at(1), reader()).is_some());
        let mut cut = RoomLog::new(vec![logged(10, 2)], true, at(0));
        assert_eq!(cut.after(at(8), reader()), None);
        assert!(cut.after(at(9), reader()).is_some());
        cut.clear();
        assert_eq!(
            (cut.after(at(9), reader()), read(&cut.after(at(10), reader()).unwrap()).0),
            (None, vec![])
        );
        let heavy = RoomLog::new((0..40).map(|ms| logged(ms, 60_000)).collect(), false, at(0));
        assert!(heavy.bytes <= MAX_BYTES && heavy.messages.len() < 40);
    }

    #[test]
    fn a_recalled_message_stands_there_as_what_it_became() {
        let mut log = log([1, 2]);
        let before = log.after(at(0), reader()).unwrap();
        let other = Logged { time: at(1), ..logged(1, 9) };
        log.replace(&"1".into(), |_| other.row);
        assert_ne!(log.after(at(0), reader()).unwrap().body, before.body);
        assert_eq!(read(&log.after(at(0), reader()).unwrap()).0, [1, 2]);
    }
}
