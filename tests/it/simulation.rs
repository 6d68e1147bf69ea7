//! Runs from seeds.

use hongyan_testkit::generate::plan;
use hongyan_testkit::judge::{Report, run};
use hongyan_testkit::plan::Plan;

const SEEDS: u64 = 500;
/// So many of the seeds that failed are looked into.
const MAX_EXPLAINED: usize = 10;

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The first thing that is wrong, without names and numbers.
fn kind_of(report: &Report) -> String {
    let verdict = &report.verdict;
    let counted = [
        ("lost", &verdict.lost),
        ("doubled", &verdict.doubled),
        ("reordered", &verdict.reordered),
        ("phantom", &verdict.phantom),
    ];
    match counted.into_iter().find(|(_, findings)| !findings.is_empty()) {
        Some((kind, _)) => kind.to_owned(),
        None => report.complaints.first().map_or_else(String::new, |complaint| {
            let words = complaint.split([' ', ':', ',', '"']);
            let told = words.filter(|word| word.len() > 1 && word.chars().all(char::is_alphabetic));
            told.take(4).collect::<Vec<_>>().join(" ")
        }),
    }
}

/// Leaves out whatever is not needed for the run to fail in the same way.
fn smallest(plan: &Plan, kind: &str) -> Plan {
    let mut small = plan.clone();
    let mut chunk = small.actions.len().div_ceil(2);
    while chunk > 0 {
        let mut at = 0;
        while at < small.actions.len() {
            let mut smaller = small.clone();
            let end = (at + chunk).min(smaller.actions.len());
            smaller.actions.drain(at..end);
            let report = run(&smaller, false);
            if report.clean() || kind_of(&report) != kind {
                at += chunk;
            } else {
                small = smaller;
            }
        }
        chunk /= 2;
    }
    small
}

/// The smallest plan that fails, and what is wrong with it; with its record on request.
fn explain(plan: &Plan, report: &Report, with_record: bool) -> String {
    let small = smallest(plan, &kind_of(report));
    let again = run(&small, with_record);
    let actions: Vec<String> = small.actions.iter().map(|action| format!("{action:?}")).collect();
    format!(
        "seed {}: {}\nsmallest plan: {:?}\n{}\n{}\nits end: {}",
        plan.setup.seed,
        wrongs(report),
        small.setup,
        actions.join("\n"),
        again.trace.join("\n"),
        wrongs(&again),
    )
}

fn wrongs(report: &Report) -> String {
    let (verdict, complaints) = (&report.verdict, report.complaints.join("\n"));
    format!("{} {}\n{complaints}", verdict.line(), verdict.details())
}

#[test]
fn simulation_500_seeds() {
    let only = from_environment("HONGYAN_SEED");
    let seeds = match only {
        Some(seed) => seed..seed + 1,
        None => {
            let first = from_environment("HONGYAN_FIRST_SEED").unwrap_or(0);
            first..first + from_environment("HONGYAN_SEEDS").unwrap_or(SEEDS)
        }
    };
    let mut total = hongyan_testkit::checker::Verdict::default();
    let (mut faults, mut frames, mut ends, mut failed) = (0, 0, (0, 0, 0), Vec::new());
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let plan = plan(seed);
        let report = run(&plan, false);
        faults += report.counts.faults;
        frames += report.counts.frames;
        ends = (ends.0 + report.ends.0, ends.1 + report.ends.1, ends.2 + report.ends.2);
        if !report.clean() {
            if failed.len() < MAX_EXPLAINED {
                eprintln!("{}", explain(&plan, &report, only.is_some()));
            }
            failed.push(seed);
        }
        total.add(report.verdict);
    }
    println!("seeds={count} faults={faults} frames={frames} sent/unknown/refused={ends:?}");
    println!("{}", total.line());
    assert!(failed.is_empty(), "failed: {failed:?}");
}

/// Those that failed once, and why.
const OF_NOTE: &[(u64, &str)] =
    &[(29_487, "a recall of what another device had read, after a reload, without the extensions")];

#[test]
fn seeds_of_note() {
    for (seed, about) in OF_NOTE {
        let report = run(&plan(*seed), false);
        assert!(report.clean(), "{seed}, {about}: {}", wrongs(&report));
    }
}

#[test]
fn the_same_seed_gives_the_same_trace_twice() {
    for seed in [1, 2, 3] {
        let (one, two) = (run(&plan(seed), true), run(&plan(seed), true));
        assert!(one.trace.len() > 100);
        assert!(one.trace == two.trace, "seed {seed}");
    }
}
