//! `hongyan-soak --server PROGRAM [--mode soak|chaos] [--minutes M] [--clients N] [--seed S] …`: see
//! `docs/soak.md`. The last line is the verdict; exit code 0 only if nothing is wrong.

use std::process::ExitCode;

use hongyan_soak::arguments::{Arguments, Bad};
use hongyan_soak::run::options::Options;
use hongyan_soak::run::{Outcome, run};

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::read(Arguments::from_env()) {
        Ok(options) => options,
        Err(Bad(text)) => {
            eprintln!("hongyan-soak: {text}");
            return ExitCode::from(2);
        }
    };
    println!("{options:?}");
    match play(options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(text) => {
            eprintln!("hongyan-soak: {text}");
            ExitCode::from(3)
        }
    }
}

async fn play(options: Options) -> Result<bool, String> {
    let seed = options.seed;
    let directory = tempfile::Builder::new().prefix("hongyan-soak-").tempdir();
    let directory = directory.map_err(|error| error.to_string())?;
    let outcome = run(options, directory.path()).await?;
    let Outcome { verdict, faults, complaints: (complained, complaints), counts, .. } = &outcome;
    println!("{counts:?}");
    println!("settled in {} ms; {}", outcome.settled_in.as_millis(), outcome.tried);
    if !outcome.clean() {
        println!("seed {seed} failed; the server's files stay in {}", directory.keep().display());
        println!("{}", verdict.details());
        println!("{complained} complaints:\n{}", complaints.join("\n"));
    }
    println!("{}", verdict.line_with_faults(*faults));
    Ok(outcome.clean())
}
