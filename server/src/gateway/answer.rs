//! What the store told, as the client gets it.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::error::ErrorCode;
use hongyan::signal::pull::InboxState;
use hongyan::signal::relations::ConversationInfo;
use hongyan::signal::server::{self, PageWriter};
use hongyan::time::UnixMillis;
use hongyan::wire::MAX_FRAME;

use super::connection::{Asked, Connection, Question};
use super::extended::RowStep;
use super::inbox::{Inbox, message};
use super::legacy::AfterPull;
use super::query::{PullAsked, services_body, set_body};
use crate::core::ask::{ChatroomTold, PeopleTold, Told};
use crate::core::clock::Now;
use crate::store::{ConversationRow, InboxRow, Page};

/// The answer to `delMsg`: `DeleteMsgOutput`, whose only field is required.
const DELETED: &[u8] = &[0x08, 0x00];
/// For an answer of another kind than the question: a mistake of the driver.
const SERVER_FAILED: u16 = ErrorCode::ServerFailed.number() as u16;

/// The last row that found room in a page.
#[derive(Clone, Copy)]
struct LastRow {
    seq: u64,
    time: UnixMillis,
}

impl Connection {
    pub(super) fn told(&mut self, now: Now, asked: Asked, told: Told) {
        match (asked, told) {
            (Asked::Greeting, Told::Page(page, epoch)) => self.greet(now, &page, epoch),
            (Asked::Greeting, _) => self.refuse_login(now),
            (Asked::Head, Told::Page(page, _)) => self.grown_to(now, page.head),
            (Asked::Head, _) => {}
            (Asked::Send(sending), Told::Sent(stored)) => self.sent(now, sending, stored),
            (Asked::Send(sending), told) => self.refuse_send(now, sending, status_of(&told)),
            (Asked::Pull { question, pull }, Told::Page(page, epoch)) => {
                self.page(now, question, &pull, page, epoch);
            }
            (Asked::Pull { question, .. }, told) => {
                match &mut self.inbox {
                    Inbox::Legacy(inbox) => inbox.pull_failed(),
                    Inbox::Extended(inbox) => inbox.pull_failed(),
                }
                self.answer(now, question, status_of(&told), Bytes::new());
            }
            (Asked::Conversations { question, count }, Told::Conversations(rows, head)) => {
                let body = self.conversation_list(rows, count, head);
                self.answer(now, question, 0, body);
            }
            (Asked::UploadToken(question), Told::UploadToken(deadline, token)) => {
                let body = self.upload_token_body(deadline, token);
                self.answer(now, question, 0, body);
            }
            (Asked::Services { question, topic }, Told::Services(services)) => {
                let body = services_body(topic, services);
                self.answer(now, question, 0, body);
            }
            (Asked::Chatroom { question, pulled }, told) => {
                self.chatroom_told(now, question, pulled, told);
            }
            (Asked::ChatroomHead(_), Told::Chatroom(room, ChatroomTold::Head(head))) => {
                self.chatroom_stands(now, &room, head);
            }
            (Asked::ChatroomHead(room), _) => self.chatroom_gone(now, &room),
            (Asked::Room(question), told) => self.room_told(now, question, told),
            (Asked::History { question, page }, Told::History(rows)) => {
                let body = self.history_page(&page, rows);
                self.answer(now, question, 0, body);
            }
            (Asked::Delete(question), Told::Done) => {
                self.answer(now, question, 0, Bytes::from_static(DELETED));
            }
            (Asked::Settings { question, after }, Told::Settings(settings)) => {
                self.settings(now, question, after, settings);
            }
            (Asked::Set { question, known }, Told::Set(versions)) => {
                self.answer(now, question, 0, set_body(known, versions));
            }
            (Asked::Whether(question), Told::Whether(so)) => {
                self.answer(now, question, u16::from(so), Bytes::new());
            }
            (Asked::UserSettings(question), Told::UserSettings(settings)) => {
                let body = self.user_settings_body(settings);
                self.answer(now, question, 0, body);
            }
            (Asked::Call(question), Told::Call(told)) => self.call_told(now, question, told),
            (Asked::Call(question), Told::Done) => self.answer(now, question, 0, Bytes::new()),
            (Asked::People(question), Told::People(told)) => {
                self.people_told(now, question, &told);
            }
            (Asked::Watching(question), Told::People(PeopleTold::Presences(told))) => {
                self.answer(now, question, 0, Bytes::new());
                self.watching(now, &told);
            }
            (Asked::Watched, Told::People(PeopleTold::Presences(told))) => {
                self.watching(now, &told);
            }
            (Asked::Watched, _) => {}
            (Asked::Done(question), Told::Done) | (Asked::Muted(question), Told::Set(_)) => {
                self.answer(now, question, 0, Bytes::new());
            }
            (
                Asked::Conversations { question, .. }
                | Asked::History { question, .. }
                | Asked::Delete(question)
                | Asked::Settings { question, .. }
                | Asked::Set { question, .. }
                | Asked::Muted(question)
                | Asked::Whether(question)
                | Asked::UserSettings(question)
                | Asked::UploadToken(question)
                | Asked::People(question)
                | Asked::Call(question)
                | Asked::Watching(question)
                | Asked::Services { question, .. }
                | Asked::Done(question),
                told,
            ) => {
                self.answer(now, question, status_of(&told), Bytes::new());
            }
        }
    }

    fn page(&mut self, now: Now, question: Question, pull: &PullAsked, page: Page, epoch: String) {
        let mut page = page;
        let rows = std::mem::take(&mut page.rows);
        let (writer, last, all) = self.fill(rows);
        let finished = page.finished && all;
        let sync_time = match (last, pull) {
            (Some(last), _) => last.time,
            (None, PullAsked::Times(pull)) => pull.received_after,
            (None, PullAsked::Seq(_)) => page.head.time,
        };
        let state = self.client.extended.then(|| InboxState {
            epoch: ByteString::from(epoch),
            head: page.head.seq,
            first: page.head.first,
        });
        let body = writer.finish(sync_time, finished, state.as_ref());
        self.answer(now, question, 0, body);
        self.after_page(now, pull, last, &page, finished);
    }

    /// A page of as many rows as fit, the last of them, and whether they all did.
    fn fill(&self, rows: Vec<InboxRow>) -> (PageWriter<'_>, Option<LastRow>, bool) {
        let mut writer = PageWriter::new(&self.me);
        let mut last = None;
        for row in rows {
            let this = LastRow { seq: row.seq, time: row.sent_time };
            if !writer.push(&message(row, &self.me, self.client.extended)) {
                return (writer, last, false);
            }
            last = Some(this);
        }
        (writer, last, true)
    }

    fn after_page(
        &mut self,
        now: Now,
        pull: &PullAsked,
        last: Option<LastRow>,
        page: &Page,
        finished: bool,
    ) {
        match (&mut self.inbox, pull) {
            (Inbox::Legacy(inbox), PullAsked::Times(pull)) => {
                let last = last.map(|row| row.time);
                let AfterPull { ring, released } = inbox.pull_answered(*pull, last, page, finished);
                for held in released {
                    self.pass(now, held);
                }
                if let Some(time) = ring {
                    self.ring(now, time, None);
                }
            }
            (Inbox::Extended(inbox), PullAsked::Seq(asked)) => {
                let last = last.map(|row| row.seq);
                let step = inbox.pull_answered(*asked, last, page, finished);
                self.take_step(now, step, None);
            }
            (Inbox::Extended(inbox), PullAsked::Times(_)) => inbox.pull_failed(),
            (Inbox::Legacy(inbox), PullAsked::Seq(_)) => inbox.pull_failed(),
        }
    }

    /// The list's body, cut where a frame ends.
    fn conversation_list(&self, rows: Vec<ConversationRow>, count: u32, head: u64) -> Bytes {
        let mut room = MAX_FRAME;
        let counted = rows.iter().filter(|row| !row.pinned).count();
        let mut finished = counted < count as usize;
        let mut infos = Vec::with_capacity(rows.len());
        for row in rows {
            let size = row.latest.content.len() + ROOM_OF_A_ROW;
            if size > room {
                finished = false;
                break;
            }
            room -= size;
            infos.push(self.conversation_info(row));
        }
        let head = self.client.extended.then_some(head);
        server::conversation_list_body(&infos, &self.me, finished, head)
    }

    fn conversation_info(&self, row: ConversationRow) -> ConversationInfo {
        ConversationInfo {
            conversation: row.latest.conversation.clone(),
            read_time: Some(row.read_time),
            unread: Some(u32::try_from(row.unread).unwrap_or(u32::MAX)),
            mentions: Some(u32::try_from(row.mentions).unwrap_or(u32::MAX)),
            peer_read: self.client.extended.then_some(row.peer_read),
            latest: Some(message(row.latest, &self.me, self.client.extended)),
        }
    }

    pub(super) fn answer(&mut self, now: Now, question: Question, status: u16, body: Bytes) {
        let Question { id, confirms } = question;
        self.send(now, &server::answer(id, confirms, now.wall, status, body));
    }

    /// Does what an inbox with the extensions says; `row` is what to push.
    pub(super) fn take_step(&mut self, now: Now, step: RowStep, row: Option<InboxRow>) {
        match (step, row) {
            (RowStep::Push, Some(row)) => self.push(now, row),
            (RowStep::Ring, _) => {
                let head = self.extended_head();
                self.ring(now, UnixMillis::ZERO, head);
            }
            (RowStep::Push, None) | (RowStep::Nothing, _) => {}
        }
    }
}

/// Bytes of a conversation besides its latest message's content: ids and classes of at most 64
/// bytes, a uid, numbers, and what frames them.
const ROOM_OF_A_ROW: usize = 640;

pub(super) fn status_of(told: &Told) -> u16 {
    match told {
        Told::Refused(code) => *code,
        Told::Sent(_)
        | Told::Page(..)
        | Told::Conversations(..)
        | Told::Room(_)
        | Told::Chatroom(..)
        | Told::Created(_)
        | Told::Readers(..)
        | Told::History(_)
        | Told::Set(_)
        | Told::Settings(_)
        | Told::Whether(_)
        | Told::UserSettings(_)
        | Told::People(_)
        | Told::Call(_)
        | Told::UploadToken(..)
        | Told::Services(_)
        | Told::Done => SERVER_FAILED,
    }
}
