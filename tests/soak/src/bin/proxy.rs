//! `hongyan-proxy --server HOST:PORT [--listen HOST:PORT] [--control HOST:PORT] [--seed N]`: the
//! fault proxy as a program. Its first line is `{"address": …, "control": …}`; it ends when its
//! standard input does, so that it never outlives who started it.

use std::net::SocketAddr;
use std::process::ExitCode;

use hongyan_soak::arguments::{Arguments, Bad};
use hongyan_soak::proxy::{Proxy, control};
use tokio::io::AsyncReadExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("hongyan-proxy: {message}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<(), String> {
    let mut given = Arguments::from_env();
    let server: SocketAddr = given.required("--server").map_err(|Bad(text)| text)?;
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let listen = given.optional("--listen", free).map_err(|Bad(text)| text)?;
    let at = given.optional("--control", free).map_err(|Bad(text)| text)?;
    let seed = given.optional("--seed", 1).map_err(|Bad(text)| text)?;
    given.end().map_err(|Bad(text)| text)?;
    let proxy = Proxy::start(listen, server, seed).await.map_err(|error| error.to_string())?;
    let address = proxy.address;
    let control = control::listen(proxy, at).await.map_err(|error| error.to_string())?;
    println!("{{\"address\":\"{address}\",\"control\":\"{control}\"}}");
    let mut rest = Vec::new();
    drop(tokio::io::stdin().read_to_end(&mut rest).await);
    Ok(())
}
