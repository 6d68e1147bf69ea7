//! What goes into the engine and what comes out: data only.

mod command;
mod event;
mod input;
mod transmit;

pub use command::{Command, OutboxCall, SendTerms};
pub use event::{Event, OutboxRow, Outcome, Received, RoomChange, SendState, Status};
pub use input::{CloseCause, Hint, HttpOutcome, Input, Restored};
pub use transmit::{PollForm, Transmit, Way};
