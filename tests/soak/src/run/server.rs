//! The real server as a process of its own, on a database of its own, that may be killed and started
//! again at the same address.

use std::fs::File;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A start takes at most so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a server is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// It serves polling for frames.
    pub binary_polling: bool,
    /// It keeps nothing.
    pub forgetful: bool,
}

/// A server, running or not.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    program: PathBuf,
    directory: PathBuf,
    kind: Kind,
    flags: Vec<String>,
    child: Option<Child>,
}

impl Server {
    /// Starts the program on a database in `directory`, at a free port, with these flags, too.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(
        program: PathBuf,
        directory: PathBuf,
        kind: Kind,
        flags: &[&str],
    ) -> io::Result<Self> {
        // Free for now; nobody else is likely to be given it.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let mut server = Self { address, program, directory, kind, flags, child: None };
        server.up().await?;
        Ok(server)
    }

    /// Starts it (again) and waits until it listens.
    ///
    /// # Errors
    /// It does not start.
    pub async fn up(&mut self) -> io::Result<()> {
        let log = File::options().create(true).append(true).open(self.directory.join("server.log"));
        let database = match self.kind.forgetful {
            true => "memory:".to_owned(),
            false => format!("sqlite:{}", self.directory.join("hongyan.db").display()),
        };
        let mut child = Command::new(&self.program)
            .arg("serve")
            .args(["--listen", &self.address.to_string(), "--database-url", &database])
            .args(["--send-rate", "0", "--multi-device", "true", "--demo", "true"])
            .args(["--address-connections", "0", "--log", "warn"])
            .args(["--binary-polling", &self.kind.binary_polling.to_string()])
            .args(&self.flags)
            // Tokens outlive the process wherever messages are.
            .env("HONGYAN_APP_SECRET", "a-secret-of-this-run")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log?)
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut lines = BufReader::new(output).lines();
        let first = tokio::time::timeout(PATIENCE, lines.next_line()).await??;
        let says_so = first.is_some_and(|line| line.starts_with("listening on"));
        self.child = Some(child);
        if says_so {
            Ok(())
        } else {
            Err(io::Error::other("the server does not start: see its log"))
        }
    }

    /// The process, if it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// kill -9.
    ///
    /// # Errors
    /// The system refuses.
    pub async fn kill(&mut self) -> io::Result<()> {
        match &mut self.child {
            Some(child) => child.kill().await,
            None => Ok(()),
        }
    }

    /// Stops it where it is, as a machine that hangs, or lets it go on.
    ///
    /// # Errors
    /// The system refuses.
    pub async fn set_stopped(&self, stopped: bool) -> io::Result<()> {
        let Some(id) = self.pid() else { return Ok(()) };
        let signal = if stopped { "-STOP" } else { "-CONT" };
        Command::new("kill").args([signal, &id.to_string()]).status().await.map(drop)
    }
}
