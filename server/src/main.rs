//! The `hongyan` program.

use std::process::ExitCode;

use hongyan_server::command;

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.into_string());
    match arguments.collect::<Result<Vec<String>, _>>() {
        Ok(arguments) => command::run(&arguments),
        Err(unreadable) => command::refuse_argument(&unreadable),
    }
}
