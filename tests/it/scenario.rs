//! What the scenarios share.

use hongyan_testkit::plan::{Action, Setup};
use hongyan_testkit::world::World;

/// The terms of most scenarios: short ways, so that times can be told apart.
pub fn setup(clients: &[&str]) -> Setup {
    Setup {
        clients: clients.iter().map(|user| (*user).to_owned()).collect(),
        latency: (5, 10),
        commit_ms: 2,
        ..Setup::default()
    }
}

/// Everybody is logged in and at rest.
pub fn settled(setup: Setup) -> World {
    let mut world = World::new(setup, false);
    world.run_for(20_000);
    world
}

/// Two users with the extensions, logged in.
pub fn pair() -> World {
    settled(setup(&["a", "b"]))
}

/// Two users without the extensions, logged in.
pub fn plain_pair() -> World {
    settled(Setup { extended: false, ..setup(&["a", "b"]) })
}

/// Client 0 sends to `to`.
pub fn send(world: &mut World, to: &str, count: u32) {
    world.act(Action::Send { client: 0, to: to.into(), count });
}

/// How many messages a client has been shown.
pub fn shown(world: &World, client: usize) -> usize {
    world.clients[client].shown.len()
}

/// Heals, waits, judges; prints what was wrong.
pub fn assert_clean(world: World) {
    let report = world.finish();
    assert!(
        report.clean(),
        "{} {}\n{}",
        report.verdict.line(),
        report.verdict.details(),
        report.complaints.join("\n")
    );
}
