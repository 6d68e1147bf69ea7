//! What users may expect of chatrooms: whoever is in one is told everything that others say there,
//! once, and in the order of the server's times, whatever becomes of the link.

use std::collections::BTreeMap;

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::{ClientMessageId, ConversationId, ConversationKind, TargetId};
use hongyan::session::io::{Command, Input, Received, RoomChange, SendState};
use hongyan::signal::{MessageFlags, Outgoing};

use crate::client::{Around, Client};
use crate::plan::ClientIndex;

/// A message to a room.
#[derive(Debug)]
struct Said {
    room: TargetId,
    client: ClientIndex,
    text: String,
    /// The server's time once it has taken it.
    time: Option<i64>,
}

/// One page's stay in a room.
#[derive(Debug, Default)]
struct Visit {
    /// From when on it is told everything; `None` before it is in.
    since: Option<i64>,
    heard: Vec<(i64, String)>,
    left: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Rooms {
    said: BTreeMap<ClientMessageId, Said>,
    visits: BTreeMap<(ClientIndex, u32, TargetId), Visit>,
    complaints: Vec<String>,
}

impl Rooms {
    fn saying(&mut self, id: ClientMessageId, room: TargetId, client: ClientIndex) -> String {
        let text = format!("room {} client {client} number {}", room.as_str(), self.said.len());
        self.said.insert(id, Said { room, client, text: text.clone(), time: None });
        text
    }

    /// Whether this send is one to a room; then its state is noted.
    pub(crate) fn send_changed(&mut self, id: ClientMessageId, state: &SendState) -> bool {
        let Some(said) = self.said.get_mut(&id) else { return false };
        match state {
            SendState::Sent { sent_time, .. } => said.time = Some(sent_time.get()),
            SendState::Failed(error) => {
                self.complaints.push(format!("{}: failed with {error:?}", said.text));
            }
            SendState::Queued { .. } | SendState::Sending | SendState::Cancelled => {}
        }
        true
    }

    pub(crate) fn changed(&mut self, of: (ClientIndex, u32, TargetId), change: RoomChange) {
        let who = format!("{of:?}");
        let visit = self.visits.entry(of).or_default();
        match change {
            RoomChange::Joined { since } => visit.since = Some(since.get()),
            RoomChange::Left(error) => {
                visit.left = true;
                if let Some(error) = error.filter(|error| !error.retryable()) {
                    self.complaints.push(format!("{who}: left because of {error:?}"));
                }
            }
            RoomChange::Rejoined | RoomChange::Attributes(_) => {}
        }
    }

    /// A page was told what was said in a room.
    pub(crate) fn heard(&mut self, client: ClientIndex, life: u32, received: &Received) {
        let message = &received.message;
        let text = String::from_utf8_lossy(&message.content).into_owned();
        let known = self.said.values().find(|said| said.text == text);
        let of = (client, life, message.conversation.target.clone());
        let who = format!("{of:?}");
        match known {
            None => self.complaints.push(format!("{who}: nobody said {text}")),
            Some(said) if said.client == client => {
                self.complaints.push(format!("{who}: told of its own {text}"));
            }
            Some(_) => {}
        }
        let visit = self.visits.entry(of).or_default();
        visit.heard.push((message.sent_time.get(), text));
    }

    /// What is wrong once everything is at rest. `lives`: which page each client has now.
    pub fn verdict(&self, lives: &[u32]) -> Vec<String> {
        let mut wrong = self.complaints.clone();
        for said in self.said.values().filter(|said| said.time.is_none()) {
            wrong.push(format!("{}: never ended", said.text));
        }
        for (of, visit) in &self.visits {
            let (client, life, room) = of;
            let Some(since) = visit.since else { continue };
            let heard: Vec<&String> = visit.heard.iter().map(|(_, text)| text).collect();
            let mut due: Vec<(i64, &String)> = self
                .said
                .values()
                .filter(|said| said.room == *room && said.client != *client)
                .filter_map(|said| Some((said.time?, &said.text)))
                .filter(|(time, _)| *time > since)
                .collect();
            due.sort_unstable();
            let due: Vec<&String> = due.into_iter().map(|(_, text)| text).collect();
            let stays = !visit.left && lives.get(*client) == Some(life);
            let fits = if stays { heard == due } else { due.starts_with(&heard) };
            if !fits {
                wrong.push(format!("{of:?}: due {due:?}, heard {heard:?}"));
            }
        }
        wrong
    }

    /// How many messages were told in all.
    pub fn told(&self) -> usize {
        self.visits.values().map(|visit| visit.heard.len()).sum()
    }
}

impl Client {
    /// The page comes into a room.
    pub fn enter(&mut self, around: &mut Around<'_>, room: &str) {
        let Some(call) = self.call(around, "enter") else { return };
        let command = Command::JoinRoom { call, room: room.into(), history: 0, since: None };
        self.feed(around, Input::Command(command));
    }

    /// The page says something in a room.
    pub fn say(&mut self, around: &mut Around<'_>, room: &str) {
        let Some(call) = self.call(around, "say") else { return };
        let id = ClientMessageId::from_random(self.rng.next_u64());
        let text = around.model.rooms.saying(id, room.into(), self.index);
        let message = Outgoing {
            conversation: ConversationId::new(ConversationKind::Chatroom, room),
            object_name: ByteString::from_static("RC:TxtMsg"),
            content: Bytes::from(text),
            flags: MessageFlags::NORMAL,
            client_id: id,
            push_text: ByteString::new(),
            push_data: ByteString::new(),
            only_to: Vec::new(),
            config_flag: 0,
        };
        let terms = self.terms();
        self.feed(around, Input::Command(Command::Send { call, message, terms }));
    }
}
