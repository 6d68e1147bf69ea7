//! What a measurement came to, in words.

use std::fmt;

use super::Memory;
use super::heard::Times;
use super::options::Options;
use super::room::Outcome;
use super::usage::{Cpu, Usage};

/// See the module.
#[derive(Clone, Debug)]
pub struct Report {
    pub(super) options: Options,
    pub(super) room: Outcome,
    pub(super) memory: Memory,
    /// CPU time while it was spoken.
    pub(super) used: Usage,
}

const MIB: f64 = 1024.0 * 1024.0;

impl Report {
    /// Whether everybody was given everything, once and in order.
    pub fn clean(&self) -> bool {
        let Outcome { heard, answers, .. } = &self.room;
        answers.count == u64::from(self.options.messages())
            && heard.times.count == self.due()
            && (heard.skipped, heard.late) == (0, 0)
    }

    /// So many messages members must be given.
    fn due(&self) -> u64 {
        self.room.answers.count * u64::from(self.options.members - 1)
    }

    fn took(&self) -> f64 {
        self.room.took.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    fn deliveries(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome { heard, answers, refused, bells, .. } = &self.room;
        let (count, due, took) = (heard.times.count, self.due(), self.took());
        writeln!(
            out,
            "deliveries  {count} of {due} in {took:.1} s: {:.0} a second",
            count as f64 / took
        )?;
        writeln!(
            out,
            "            {} messages acknowledged, {refused} refused; {} left out, {} twice or \
             late, {bells} doorbells",
            answers.count, heard.skipped, heard.late
        )
    }

    fn memory(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Memory { empty, outside, inside } = self.memory;
        let each = |more: u64, less: u64| {
            more.saturating_sub(less) as f64 / f64::from(self.options.members)
        };
        writeln!(
            out,
            "memory      server {:.1} MiB empty, {:.1} MiB with everybody in the room: {:.0} bytes \
             a connection, {:.0} for being in the room",
            empty as f64 / MIB,
            inside as f64 / MIB,
            each(outside, empty),
            each(inside, outside)
        )
    }

    fn cpu(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Usage { server, generator, machine } = self.used;
        let cores = |cpu: Cpu| (cpu.user + cpu.system) / self.took();
        let others = (machine / self.took() - cores(server) - cores(generator)).max(0.0);
        writeln!(
            out,
            "CPU         server {:.2} cores ({:.0} % of it in the kernel), generator {:.2} cores, \
             other work on the machine {others:.2} cores",
            cores(server),
            100.0 * server.system / (server.user + server.system).max(0.01),
            cores(generator)
        )?;
        let deliveries = self.room.heard.times.count.max(1) as f64;
        let micros = |cpu: Cpu| (cpu.user + cpu.system) * 1e6 / deliveries;
        let (server, generator) = (micros(server), micros(generator));
        write!(
            out,
            "            {server:.1} µs a delivery at the server, {generator:.1} µs at the generator"
        )
    }
}

/// The line of some times.
fn times(out: &mut fmt::Formatter<'_>, name: &str, of: &Times) -> fmt::Result {
    let ms = |share: f64| of.quantile(share).as_secs_f64() * 1e3;
    writeln!(
        out,
        "{name}p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        ms(0.5),
        ms(0.95),
        ms(0.99),
        of.longest.as_secs_f64() * 1e3
    )
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options { members, senders, rate, content, .. } = &self.options;
        let came_in = self.room.gathered_in.as_secs_f64();
        writeln!(
            out,
            "room        {members} members on sockets of their own (all in after {came_in:.1} s), \
             {senders} of them say {rate} messages a second of {content} bytes"
        )?;
        self.deliveries(out)?;
        times(out, "delivered   ", &self.room.heard.times)?;
        times(out, "answered    ", &self.room.answers)?;
        self.memory(out)?;
        self.cpu(out)
    }
}
