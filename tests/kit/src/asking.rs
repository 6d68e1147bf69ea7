//! What a page asks and sets, besides sending and reading.

use hongyan::ids::CallId;
use hongyan::session::io::{Command, Input};
use hongyan::signal::history::HistoryRequest;

use crate::client::{Around, Client};

impl Client {
    /// The page asks for a page of history.
    pub fn history(&mut self, around: &mut Around<'_>, request: HistoryRequest) -> Option<CallId> {
        let call = self.call(around, "history")?;
        self.feed(around, Input::Command(Command::History { call, request }));
        Some(call)
    }
}
