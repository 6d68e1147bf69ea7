//! What others cause: rows, volatile messages, copies, and the last words.

use bytes::Bytes;
use hongyan::proto::UserSettingNotification;
use hongyan::signal::{Doorbell, SendAck, server, topic};
use hongyan::time::UnixMillis;
use prost::Message as _;

use super::connection::{Asked, Connection, HEAD_ONLY, Phase};
use super::inbox::{Inbox, message};
use super::io::{EndReason, encoded};
use super::legacy::Held;
use crate::core::ask::{Notice, SyncFrame};
use crate::core::clock::Now;
use crate::store::{Head, InboxRow, Stored};

/// How long a shutdown waits for commits, in ms.
const MAX_DRAIN: u64 = 5_000;
/// DISCONNECT 1.
const KICKED: u8 = 1;
/// DISCONNECT 2.
const BANNED: u8 = 2;

impl Connection {
    pub(super) fn notice(&mut self, now: Now, notice: Notice) {
        match notice {
            Notice::Row(row) => self.row(now, row),
            Notice::Head(head) => self.grown_to(now, head),
            Notice::Volatile(row) => self.pass(now, Held::Volatile(row)),
            Notice::SyncCopy { original, stored } => {
                self.pass(now, Held::SyncCopy { original, stored });
            }
            Notice::Chatroom(notice) => self.chatroom_notice(now, notice),
            Notice::SettingsChanged(version) => self.settings_changed(now, version),
            Notice::UserSettingsChanged(version) => self.user_settings_changed(now, version),
            Notice::CallChanged { room, time } => self.call_changed(now, &room, time),
            Notice::Presence(presence) => self.presence(now, &presence),
            Notice::Kicked => {
                self.send(now, &server::disconnect(KICKED));
                self.close(true, EndReason::Kicked);
            }
            Notice::Banned => {
                self.send(now, &server::disconnect(BANNED));
                self.close(true, EndReason::Banned);
            }
            Notice::TokensRevoked => self.end(EndReason::TokensRevoked),
            Notice::Replaced => self.end(EndReason::Replaced),
            Notice::ShuttingDown => {
                if matches!(self.phase, Phase::Greeting | Phase::Open) {
                    self.phase = Phase::Draining { until: now.tick + MAX_DRAIN };
                }
            }
        }
    }

    /// What they would have said is asked for: where the inbox ends, and, of the client, the
    /// settings.
    pub(super) fn notices_missed(&mut self, now: Now) {
        self.ask(HEAD_ONLY, Asked::Head);
        self.settings_changed(now, now.wall.get());
        self.user_settings_changed(now, now.wall.get());
        self.ask_watched();
        self.chatroom_notices_missed();
    }

    /// A client whose settings are of an older version fetches them.
    pub(super) fn settings_changed(&mut self, now: Now, version: i64) {
        if self.phase != Phase::Greeting {
            let frame = server::settings_changed(now.wall, &self.me, version);
            self.send(now, &frame);
        }
    }

    /// Only clients with the extensions set something there.
    fn user_settings_changed(&mut self, now: Now, version: i64) {
        if self.phase != Phase::Greeting && self.client.extended {
            let notice = UserSettingNotification { version, reserve: false };
            let body = notice.encode_to_vec().into();
            let frame = server::told(now.wall, topic::USER_SETTINGS, &self.me, body);
            self.send(now, &frame);
        }
    }

    fn row(&mut self, now: Now, row: InboxRow) {
        if self.phase == Phase::Greeting {
            return self.known_to(Head { seq: row.seq, time: row.sent_time, first: 0 });
        }
        match &mut self.inbox {
            Inbox::Legacy(inbox) => {
                // Own rows come as sync copies.
                if !row.own
                    && let Some(time) = inbox.grown_to(row.sent_time)
                {
                    self.ring(now, time, None);
                }
            }
            Inbox::Extended(inbox) => {
                let step = inbox.row(row.seq, !self.queue.is_half_full());
                self.take_step(now, step, Some(row));
            }
        }
    }

    /// The inbox ends here; the first pull will bring what the session lacks.
    pub(super) fn known_to(&mut self, head: Head) {
        match &mut self.inbox {
            Inbox::Legacy(inbox) => inbox.known_to(head.time),
            Inbox::Extended(inbox) => inbox.known_to(head.seq),
        }
    }

    pub(super) fn grown_to(&mut self, now: Now, head: Head) {
        if self.phase == Phase::Greeting {
            return self.known_to(head);
        }
        match &mut self.inbox {
            Inbox::Legacy(inbox) => {
                if let Some(time) = inbox.grown_to(head.time) {
                    self.ring(now, time, None);
                }
            }
            Inbox::Extended(inbox) => {
                let step = inbox.grown_to(head.seq);
                self.take_step(now, step, None);
            }
        }
    }

    /// A volatile message or a sync copy: now, later or never.
    pub(super) fn pass(&mut self, now: Now, held: Held) {
        if self.phase == Phase::Greeting {
            return; // CONNACK comes first, and the first pull brings what is kept
        }
        let held = match &mut self.inbox {
            Inbox::Legacy(inbox) => match inbox.pass_or_hold(held) {
                Some(Held::Volatile(row)) => {
                    Held::Volatile(InboxRow { sent_time: inbox.volatile_time(), ..row })
                }
                Some(copy) => copy,
                None => return,
            },
            Inbox::Extended(_) => held,
        };
        match held {
            Held::Volatile(row) if !self.queue.is_half_full() => {
                let message = message(row, &self.me, false);
                let frame = server::push(None, now.wall, &self.me, &message);
                self.send(now, &frame);
            }
            Held::SyncCopy { original, stored } if !self.client.extended => {
                self.sync_copy(now, original, stored);
            }
            Held::Volatile(_) | Held::SyncCopy { .. } => {}
        }
    }

    fn sync_copy(&mut self, now: Now, original: SyncFrame, stored: Stored) {
        let id = self.next_push_id();
        let SyncFrame { topic, target, body } = original;
        self.send(now, &server::sync_copy(id, now.wall, topic, target, body));
        let (time, uid) = (stored.sent_time, stored.uid);
        let ack = SendAck { id, status: 0, time, uid, inbox_seq: None, content: Bytes::new() };
        self.send(now, &server::send_ack(&ack));
    }

    pub(super) fn push(&mut self, now: Now, row: InboxRow) {
        let id = self.next_push_id();
        let message = message(row, &self.me, self.client.extended);
        let frame = server::push(Some(id), now.wall, &self.me, &message);
        self.send(now, &frame);
    }

    fn next_push_id(&mut self) -> u16 {
        self.last_push_id = match self.last_push_id {
            0 | 1 => u16::MAX,
            id => id - 1,
        };
        self.last_push_id
    }

    pub(super) fn ring(&mut self, now: Now, time: UnixMillis, head: Option<u64>) {
        let doorbell = Doorbell { chatroom: None, time, head };
        let frame = server::doorbell(now.wall, &self.me, &doorbell);
        if self.ended().is_none()
            && let Some(bytes) = encoded(&frame)
        {
            self.queue.push_doorbell(now.tick, bytes);
        }
    }

    pub(super) fn extended_head(&self) -> Option<u64> {
        match &self.inbox {
            Inbox::Legacy(_) => None,
            Inbox::Extended(inbox) => Some(inbox.head()),
        }
    }
}
