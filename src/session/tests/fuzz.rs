//! Any input in any state: random sequences, partly plausible, never panic, always come to rest.

use super::chaos::Chaos;
use crate::ids::CallId;
use crate::session::io::*;

#[test]
fn random_sequences_never_panic_and_come_to_rest() {
    let mut delivered = 0;
    for seed in 0..400 {
        let mut chaos = Chaos::new(seed);
        for _ in 0..400 {
            chaos.step();
        }
        delivered += chaos.delivered;
        assert!(chaos.outputs > 0 && chaos.outputs < 40_000);
    }
    assert!(delivered > 500, "the sequences get far enough: {delivered}");
}

#[test]
fn every_call_is_settled_in_the_end() {
    for seed in 0..60 {
        let mut chaos = Chaos::new(seed);
        for _ in 0..200 {
            chaos.step();
        }
        chaos.calls += 1;
        let call = CallId(chaos.calls);
        chaos.feed(Input::Command(Command::Disconnect { call }));
        chaos.settled.sort_unstable();
        assert_eq!(chaos.settled, (1..=chaos.calls).collect::<Vec<_>>(), "seed {seed}");
    }
}

#[test]
fn whatever_happened_the_next_session_sends_what_waits_and_settles_every_call() {
    for seed in 0..100 {
        let mut chaos = Chaos::new(seed);
        for _ in 0..300 {
            chaos.step();
        }
        assert!(chaos.recovers(seed % 2 == 0), "seed {seed}");
        chaos.calls += 1;
        chaos.feed(Input::Command(Command::Disconnect { call: CallId(chaos.calls) }));
        chaos.settled.sort_unstable();
        assert_eq!(chaos.settled, (1..=chaos.calls).collect::<Vec<_>>(), "seed {seed}");
    }
}

#[test]
fn the_same_seed_and_inputs_give_the_same_outputs() {
    let run = || {
        let mut chaos = Chaos::new(5);
        (0..400).for_each(|_| chaos.step());
        (chaos.outputs, chaos.kept, chaos.sent, chaos.now)
    };
    assert_eq!(run(), run());
}
