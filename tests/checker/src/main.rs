//! `hongyan-checker [--unfinished] [--faults N] [FILE]`: reads records as lines of JSON from FILE or
//! standard input, names what is wrong, and ends with the line that every run ends with. Exit code 0
//! if nothing is wrong, 1 if something is, 2 if the records cannot be read.

use std::fs::File;
use std::io::{self, BufReader};
use std::process::ExitCode;

use hongyan_checker::{Checker, read};

/// What was asked for.
#[derive(Default)]
struct Arguments {
    /// The run was not left alone at its end: what was not acknowledged need not have arrived.
    unfinished: bool,
    faults: Option<u64>,
    file: Option<String>,
}

fn main() -> ExitCode {
    match arguments(std::env::args().skip(1)).and_then(|arguments| judge(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("hongyan-checker: {message}");
            ExitCode::from(2)
        }
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--unfinished" => arguments.unfinished = true,
            "--faults" => {
                let count = given.next().and_then(|count| count.parse().ok());
                arguments.faults = Some(count.ok_or("--faults needs a number")?);
            }
            flag if flag.starts_with('-') => return Err(format!("there is no flag {flag:?}")),
            file => arguments.file = Some(file.to_owned()),
        }
    }
    Ok(arguments)
}

fn judge(arguments: &Arguments) -> Result<bool, String> {
    let verdict = checker(arguments)?.verdict(!arguments.unfinished);
    if !verdict.clean() {
        println!("{}", verdict.details());
    }
    match arguments.faults {
        Some(faults) => println!("{}", verdict.line_with_faults(faults)),
        None => println!("{}", verdict.line()),
    }
    Ok(verdict.clean())
}

fn checker(arguments: &Arguments) -> Result<Checker, String> {
    let checker = match &arguments.file {
        None => read(io::stdin().lock()),
        Some(path) => {
            let file = File::open(path).map_err(|error| format!("{path}: {error}"))?;
            read(BufReader::new(file))
        }
    };
    checker.map_err(|error| error.to_string())
}
