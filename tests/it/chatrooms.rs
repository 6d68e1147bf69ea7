//! Chatrooms over links and servers that fail, judged by the reference model.

use hongyan::rng::Rng;
use hongyan_testkit::plan::{Action, Blockage, Heard, Setup};
use hongyan_testkit::world::World;

use crate::scenario::{assert_clean, settled, setup};

const ROOMS: [&str; 2] = ["hall", "cellar"];
const SEEDS: u64 = 40;

fn enter(world: &mut World, client: usize, room: &str) {
    world.with_client(client, |page, around| page.enter(around, room));
}

fn say(world: &mut World, client: usize, room: &str) {
    world.with_client(client, |page, around| page.say(around, room));
}

/// Everybody in both rooms.
fn inside(extended: bool) -> World {
    let mut world = settled(Setup { extended, ..setup(&["a", "b", "c"]) });
    for client in 0..3 {
        ROOMS.iter().for_each(|room| enter(&mut world, client, room));
    }
    world.run_for(2_000);
    world
}

/// Heals, waits for the pull that comes by itself, judges. How many messages were told.
fn judged(mut world: World, what: &str) -> usize {
    world.heal();
    world.run_for(400_000);
    let lives: Vec<u32> = world.clients.iter().map(|client| client.life).collect();
    let wrong = world.model.rooms.verdict(&lives);
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
    for client in &world.clients {
        let listed = client.engine().map_or(0, |engine| engine.conversations(&[], None).len());
        assert_eq!(listed, 0, "{what}: a room is in the list");
    }
    let told = world.model.rooms.told();
    assert_clean(world);
    told
}

#[test]
fn everybody_in_a_room_is_told_everything_once_and_in_order() {
    for extended in [true, false] {
        let mut world = inside(extended);
        for n in 0..30 {
            say(&mut world, n % 3, ROOMS[n % 2]);
            world.run_for(300);
        }
        assert_eq!(judged(world, "a quiet day"), 60);
    }
}

fn fault(rng: &mut Rng) -> Action {
    let client = rng.below(3) as usize;
    let heard = if rng.below(2) == 0 { Heard::AtOnce } else { Heard::Never };
    match rng.below(9) {
        0 | 1 => Action::Cut { client, client_hears: heard, server_hears: Heard::AtOnce },
        2 => Action::Cut { client, client_hears: Heard::AtOnce, server_hears: heard },
        3 => Action::Silence { client, up: rng.below(2) == 0, down: true },
        4 => Action::Stall(client, 1_500),
        5 => Action::RefuseSockets(client, 4_000),
        6 => Action::Flap(client, 1_000),
        7 => Action::BlockWebSockets(client, Blockage::Refused, 8_000),
        _ => Action::Crash(1_000),
    }
}

#[test]
fn nothing_is_lost_doubled_or_reordered_over_links_and_servers_that_fail() {
    for seed in 0..SEEDS {
        let (mut world, mut rng) = (inside(true), Rng::new(seed));
        for _ in 0..40 {
            let (client, room) = (rng.below(3) as usize, ROOMS[rng.below(2) as usize]);
            say(&mut world, client, room);
            if rng.below(4) == 0 {
                let fault = fault(&mut rng);
                world.act(fault);
            }
            world.run_for(rng.below(700));
        }
        judged(world, &format!("seed {seed}"));
    }
}

#[test]
fn a_listener_of_a_server_without_the_extensions_misses_nothing_either() {
    for seed in 0..SEEDS / 4 {
        let (mut world, mut rng) = (inside(false), Rng::new(seed));
        for _ in 0..40 {
            say(&mut world, rng.below(2) as usize, ROOMS[rng.below(2) as usize]);
            if rng.below(4) == 0 {
                let heard = Heard::AtOnce;
                world.act(Action::Cut { client: 2, client_hears: heard, server_hears: heard });
            }
            world.run_for(rng.below(700));
        }
        judged(world, &format!("seed {seed}"));
    }
}
