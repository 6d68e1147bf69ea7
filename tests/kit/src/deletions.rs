//! What users may expect of what they delete: it is gone everywhere, and every device is told.

use std::collections::{BTreeMap, BTreeSet};

use hongyan::ids::{CallId, MessageUid};
use hongyan::signal::{Message, content};

use crate::checker::{Key, View};
use crate::plan::ClientIndex;

/// What a page asked to be rid of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gone {
    /// One message.
    Message(MessageUid),
    /// Everything up to this time, ms.
    UpTo(i64),
}

/// A page's wish.
#[derive(Clone, Debug)]
pub struct Deletion {
    /// Whose history.
    pub user: String,
    /// With whom.
    pub peer: String,
    /// What.
    pub gone: Gone,
    /// The server told that it is done.
    pub done: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Deletions {
    asked: BTreeMap<(ClientIndex, u32, CallId), usize>,
    all: Vec<Deletion>,
    told: BTreeMap<View, BTreeSet<(String, Gone)>>,
}

impl Deletions {
    /// A page asks.
    pub fn asking(&mut self, client: ClientIndex, life: u32, call: CallId, deletion: Deletion) {
        self.asked.insert((client, life, call), self.all.len());
        self.all.push(deletion);
    }

    /// The server did what a call asked. What that was, if it was one of these.
    pub fn done(&mut self, client: ClientIndex, life: u32, call: CallId) -> Option<Deletion> {
        let at = self.asked.remove(&(client, life, call))?;
        let deletion = self.all.get_mut(at)?;
        deletion.done = true;
        Some(deletion.clone())
    }

    /// The server has another store: nothing is certain any more.
    pub fn store_restored(&mut self) {
        self.asked.clear();
        self.all.iter_mut().for_each(|deletion| deletion.done = false);
    }

    /// All that was asked for.
    pub fn all(&self) -> &[Deletion] {
        &self.all
    }

    /// The page at `view` was told, in the conversation with `peer`. Whether that makes sense.
    pub fn told(&mut self, view: &View, peer: &str, message: &Message) -> bool {
        let gone = match content::gone_until(&message.content) {
            // The server clears nothing that is yet to come: an earlier time may be told.
            Some(time) => self
                .of_user(&view.user, peer)
                .map(|known| known.gone.clone())
                .find(|gone| matches!(gone, Gone::UpTo(asked) if *asked >= time.get())),
            None => self.of_user(&view.user, peer).map(|known| known.gone.clone()).find(|gone| {
                let Gone::Message(uid) = gone else { return false };
                let text = std::str::from_utf8(&message.content).unwrap_or_default();
                text == format!(r#"{{"messageUIds":["{}"]}}"#, uid.as_str())
            }),
        };
        let known = gone.filter(|gone| self.of_user(&view.user, peer).any(|k| k.gone == *gone));
        let told = self.told.entry(view.clone()).or_default();
        let makes_sense = known.is_some();
        told.extend(known.map(|gone| (peer.to_owned(), gone)));
        makes_sense
    }

    /// Whether the page at `view` was told of a deletion.
    pub fn was_told(&self, view: &View, deletion: &Deletion) -> bool {
        let name = (deletion.peer.clone(), deletion.gone.clone());
        self.told.get(view).is_some_and(|told| told.contains(&name))
    }

    fn of_user<'a>(&'a self, user: &'a str, peer: &'a str) -> impl Iterator<Item = &'a Deletion> {
        self.all.iter().filter(move |deletion| deletion.user == user && deletion.peer == peer)
    }

    /// Whether `user` deleted the message of `peer`, or to it, of this name and time: for certain,
    /// and perhaps.
    pub fn is_gone(
        &self,
        user: &str,
        peer: &str,
        uid: Option<&MessageUid>,
        time: i64,
    ) -> (bool, bool) {
        let mut gone = (false, false);
        for deletion in self.of_user(user, peer) {
            let hit = match &deletion.gone {
                Gone::Message(of) => Some(of) == uid,
                Gone::UpTo(until) => time <= *until,
            };
            gone = (gone.0 || (hit && deletion.done), gone.1 || hit);
        }
        gone
    }

    /// Up to when `user` perhaps cleared the history with `peer`.
    pub fn cleared(&self, user: &str, peer: &str) -> i64 {
        let times = self.of_user(user, peer).filter_map(|deletion| match deletion.gone {
            Gone::UpTo(time) => Some(time),
            Gone::Message(_) => None,
        });
        times.max().unwrap_or(i64::MIN)
    }
}

/// The other side of a message, as `user` sees it.
pub fn peer_of<'a>(key: &'a Key, user: &str) -> &'a str {
    if key.from == user { &key.to } else { &key.from }
}
