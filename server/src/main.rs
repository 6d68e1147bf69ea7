//! The `hongyan` program.

use std::process::ExitCode;

use hongyan_server::command;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    command::run(&arguments)
}
