//! What happened, as lines of JSON: for those who judge from another language or process.

use std::fmt;
use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};

use crate::checker::Checker;
use crate::key::{Key, View};

/// One thing that happened. `{"what":"acked","key":{"from":"a","device":0,"to":"b","number":0}}`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "lowercase", deny_unknown_fields)]
pub enum Record {
    /// Which rules hold; each is off unless it is said.
    Rules {
        /// [`Checker::copies_are_due`].
        #[serde(default)]
        copies: bool,
        /// [`Checker::times_must_rise`].
        #[serde(default)]
        times: bool,
        /// [`Checker::echoes_are_doubles`].
        #[serde(default)]
        echoes: bool,
    },
    /// [`Checker::room`].
    Room {
        /// What stands in a key's `to`.
        name: String,
        /// Users.
        members: Vec<String>,
    },
    /// [`Checker::chatroom`].
    Chatroom {
        /// What stands in a key's `to`.
        name: String,
    },
    /// [`Checker::comes`].
    Comes {
        /// Who.
        view: View,
        /// Into which chatroom.
        room: String,
    },
    /// [`Checker::is_in`].
    In {
        /// Who.
        view: View,
        /// Which chatroom.
        room: String,
    },
    /// [`Checker::leaves`].
    Leaves {
        /// Who.
        view: View,
        /// Which chatroom.
        room: String,
    },
    /// [`Checker::watch`].
    Watch {
        /// Who watches from now on.
        view: View,
    },
    /// [`Checker::replace`].
    Replaced {
        /// Who is gone.
        view: View,
        /// Who comes instead.
        by: View,
    },
    /// [`Checker::sent`].
    Sent {
        /// Which message.
        key: Key,
    },
    /// [`Checker::accepted`].
    Acked {
        /// Which message.
        key: Key,
    },
    /// [`Checker::refused`].
    Refused {
        /// Which message.
        key: Key,
    },
    /// [`Checker::undone`].
    Undone {
        /// Which message.
        key: Key,
    },
    /// [`Checker::deleted`].
    Deleted {
        /// By whom.
        user: String,
        /// Which message.
        key: Key,
    },
    /// [`Checker::shown`].
    Shown {
        /// To whom.
        view: View,
        /// Which message.
        key: Key,
        /// The server's time of it, ms.
        #[serde(default)]
        time: i64,
    },
}

/// Lines that cannot be read.
#[derive(Debug)]
pub enum BadRecord {
    /// The input broke off.
    Input(io::Error),
    /// This line is no record.
    Line {
        /// From 1.
        number: usize,
        /// What is wrong with it.
        error: serde_json::Error,
    },
}

impl fmt::Display for BadRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) => write!(f, "the records cannot be read: {error}"),
            Self::Line { number, error } => write!(f, "line {number} is no record: {error}"),
        }
    }
}

impl std::error::Error for BadRecord {}

impl Record {
    /// Tells it to a checker.
    pub fn tell(self, checker: &mut Checker) {
        match self {
            Self::Rules { copies, times, echoes } => {
                checker.copies_are_due = copies;
                checker.times_must_rise = times;
                checker.echoes_are_doubles = echoes;
            }
            Self::Room { name, members } => checker.room(&name, members),
            Self::Chatroom { name } => checker.chatroom(&name),
            Self::Comes { view, room } => checker.comes(&view, &room),
            Self::In { view, room } => checker.is_in(&view, &room),
            Self::Leaves { view, room } => checker.leaves(&view, &room),
            Self::Watch { view } => checker.watch(&view),
            Self::Replaced { view, by } => checker.replace(&view, &by),
            Self::Sent { key } => checker.sent(key),
            Self::Acked { key } => checker.accepted(key),
            Self::Refused { key } => checker.refused(key),
            Self::Undone { key } => checker.undone(key),
            Self::Deleted { user, key } => checker.deleted(&user, key),
            Self::Shown { view, key, time } => checker.shown(&view, key, time),
        }
    }
}

/// Reads records, one a line; empty lines are skipped.
///
/// # Errors
/// The first line that is no record: a judge that skips what it does not understand is none.
pub fn read(input: impl BufRead) -> Result<Checker, BadRecord> {
    let mut checker = Checker::default();
    for (line, number) in input.lines().zip(1..) {
        let line = line.map_err(BadRecord::Input)?;
        if !line.trim().is_empty() {
            let record: Record =
                serde_json::from_str(&line).map_err(|error| BadRecord::Line { number, error })?;
            record.tell(&mut checker);
        }
    }
    Ok(checker)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = r#"
        {"what":"rules","times":true}
        {"what":"watch","view":{"user":"b","device":1}}
        {"what":"sent","key":{"from":"a","device":0,"to":"b","number":0}}
        {"what":"acked","key":{"from":"a","device":0,"to":"b","number":1}}
        {"what":"shown","view":{"user":"b","device":1},"key":{"from":"a","device":0,"to":"b","number":1},"time":5}
    "#;

    #[test]
    fn a_run_is_read_and_judged() {
        let verdict = read(RUN.as_bytes()).map(|checker| checker.verdict(true));
        let line = verdict.map(|verdict| verdict.line()).ok();
        assert_eq!(line.as_deref(), Some("messages=2 lost=1 doubled=0 reordered=0 phantom=0"));
    }

    #[test]
    fn a_line_that_is_no_record_is_named() {
        for wrong in ["{}", "nonsense", r#"{"what":"sent"}"#, r#"{"what":"eaten"}"#] {
            let text = format!("\n{wrong}");
            let error = read(text.as_bytes()).err().map(|error| error.to_string());
            assert!(error.is_some_and(|text| text.starts_with("line 2 is no record")), "{wrong}");
        }
    }
}
