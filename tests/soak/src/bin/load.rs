//! `hongyan-load --server PROGRAM [--members N] [--senders N] [--rate R] [--seconds S] …`: a large
//! chatroom over real sockets. See `docs/rooms.md`. Exit code 0 only if everybody was given
//! everything, once and in order.

use std::process::ExitCode;

use hongyan_soak::arguments::{Arguments, Bad};
use hongyan_soak::load::options::Options;
use hongyan_soak::load::{Report, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = match Options::read(Arguments::from_env()) {
        Ok(options) => options,
        Err(Bad(text)) => {
            eprintln!("hongyan-load: {text}");
            return ExitCode::from(2);
        }
    };
    match measure(&options).await {
        Ok(report) => {
            println!("{report}");
            if report.clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(text) => {
            eprintln!("hongyan-load: {text}");
            ExitCode::from(3)
        }
    }
}

async fn measure(options: &Options) -> Result<Report, String> {
    let directory = tempfile::Builder::new().prefix("hongyan-load-").tempdir();
    let directory = directory.map_err(|error| error.to_string())?;
    run(options, directory.path()).await
}
