//! What processes use, as Linux tells it; nothing elsewhere.

use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Lets this process, and those it starts, have so many files open, if it may. How many it may.
pub(super) fn open_files(needed: u64) -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = needed.max(maximum.unwrap_or(needed));
    for current in [wanted, maximum.unwrap_or(wanted)] {
        let limit = Rlimit { current: Some(current), maximum: Some(current) };
        if setrlimit(Resource::Nofile, limit).is_ok() {
            return current;
        }
    }
    current.unwrap_or(u64::MAX)
}

/// The memory that a process has, in bytes.
pub(super) fn memory_of(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// CPU time of a process, in s.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cpu {
    /// In its own code.
    pub user: f64,
    /// In the kernel.
    pub system: f64,
}

/// CPU time until now.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// The server's.
    pub server: Cpu,
    /// That of this process.
    pub generator: Cpu,
    /// Of all cores together, whoever used it.
    pub machine: f64,
}

/// Clock ticks a second, as Linux has told them since ever.
const TICKS: f64 = 100.0;
/// The fields of `/proc/PID/stat` behind the name: user and system time.
const USER: usize = 11;
const SYSTEM: usize = 12;
/// Idle, waiting for a disk: the fields of the first line of `/proc/stat` that are no work.
const NO_WORK: [usize; 2] = [3, 4];

fn cpu(pid: &str) -> Cpu {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let seconds =
        |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0) / TICKS;
    Cpu { user: seconds(USER), system: seconds(SYSTEM) }
}

fn machine() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = stat.lines().next().unwrap_or_default();
    let times = first.split_whitespace().skip(1).take(8).enumerate();
    let busy = times.filter(|(at, _)| !NO_WORK.contains(at));
    busy.filter_map(|(_, text)| text.parse::<f64>().ok()).sum::<f64>() / TICKS
}

impl Usage {
    /// Up to now.
    pub(super) fn now(server: u32) -> Self {
        Self { server: cpu(&server.to_string()), generator: cpu("self"), machine: machine() }
    }

    /// Between the two.
    pub(super) fn since(&self, before: &Self) -> Self {
        let span = |now: Cpu, then: Cpu| Cpu {
            user: now.user - then.user,
            system: now.system - then.system,
        };
        Self {
            server: span(self.server, before.server),
            generator: span(self.generator, before.generator),
            machine: self.machine - before.machine,
        }
    }
}
