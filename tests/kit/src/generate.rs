//! A run from a seed: who takes part, what they say, and what goes wrong meanwhile.

use hongyan::rng::Rng;
use hongyan::session::io::Hint;
use hongyan::signal::settings::Setting;
use hongyan_server::core::rate::SendRate;

use crate::plan::{
    Action, Blockage, ClientIndex, FrameKind, Heard, NavigatorMood, PageEnd, Plan, Setup, TrapEnd,
};

/// Everybody logs in first, in peace, ms.
const SETTLE_MS: u64 = 20_000;
/// The talk and the trouble take so long, ms: at least, and the spread.
const TALK_MS: (u64, u64) = (30_000, 270_000);

/// The plan of a seed.
pub fn plan(seed: u64) -> Plan {
    let mut rng = Rng::new(seed ^ 0x5EED_0000);
    let setup = setup(seed, &mut rng);
    let talk_ms = TALK_MS.0 + rng.below(TALK_MS.1);
    let mut actions = Vec::new();
    talk(&setup, &mut rng, talk_ms, &mut actions);
    for _ in 0..3 + rng.below(14) {
        let at = SETTLE_MS + rng.below(talk_ms);
        actions.push((at, fault(&setup, &mut rng)));
    }
    block_websockets(&setup, seed, talk_ms, &mut actions);
    damage(&setup, seed, talk_ms, &mut actions);
    if setup.extended {
        forget(seed, talk_ms, &mut actions);
    }
    actions.sort_by_key(|(at, _)| *at);
    Plan { setup, actions }
}

/// In three runs of ten networks that let no WebSocket through, besides all else.
fn block_websockets(setup: &Setup, seed: u64, talk_ms: u64, actions: &mut Vec<(u64, Action)>) {
    const BLOCKAGES: [Blockage; 3] = [Blockage::Refused, Blockage::Swallowed, Blockage::Buffered];
    let rng = &mut Rng::new(seed ^ 0xB10C_0000);
    if !chance(rng, 30) {
        return;
    }
    for _ in 0..1 + rng.below(3) {
        let client = rng.below(setup.clients.len() as u64) as ClientIndex;
        let at = rng.below(SETTLE_MS + talk_ms);
        let how = pick(rng, &BLOCKAGES);
        actions.push((at, Action::BlockWebSockets(client, how, rng.below(180_000))));
        // What was learnt outlives what was blocked.
        let cut = Action::Cut { client, client_hears: Heard::AtOnce, server_hears: heard(rng) };
        actions.push((at + 1, cut));
    }
}

/// In four runs of ten frames that arrive damaged or say nonsense, and links that flap.
fn damage(setup: &Setup, seed: u64, talk_ms: u64, actions: &mut Vec<(u64, Action)>) {
    let rng = &mut Rng::new(seed ^ 0xDA3A_0000);
    if !chance(rng, 40) {
        return;
    }
    for _ in 0..1 + rng.below(4) {
        let client = rng.below(setup.clients.len() as u64) as ClientIndex;
        let action = match rng.below(6) {
            0 => Action::Flap(client, 200 * (1 + rng.below(100))),
            1 => Action::Trap { client, frame: FrameKind::QueryAck, end: TrapEnd::WrongId },
            _ => {
                let end = TrapEnd::Damaged(rng.next_u64() as u32);
                Action::Trap { client, frame: pick(rng, &FRAMES), end }
            }
        };
        actions.push((rng.below(SETTLE_MS + talk_ms), action));
    }
}

/// In two runs of ten a server that loses what was not in its backup; in as many one whose inboxes
/// keep rows for a short time. Without the extensions clients cannot know of either.
fn forget(seed: u64, talk_ms: u64, actions: &mut Vec<(u64, Action)>) {
    let rng = &mut Rng::new(seed ^ 0xF096_0000);
    if chance(rng, 20) {
        for _ in 0..1 + rng.below(2) {
            let at = rng.below(SETTLE_MS + talk_ms);
            actions.push((at, Action::BackUp));
            let later = at + rng.below(SETTLE_MS + talk_ms - at);
            actions.push((later, Action::Restore(rng.below(20_000))));
        }
    }
    if chance(rng, 20) {
        for _ in 0..1 + rng.below(3) {
            let age = rng.below(60_000) as i64;
            actions.push((SETTLE_MS + rng.below(talk_ms), Action::SweepInboxes(age)));
        }
    }
}

fn chance(rng: &mut Rng, percent: u64) -> bool {
    rng.below(100) < percent
}

fn pick<T: Copy>(rng: &mut Rng, choices: &[T]) -> T {
    choices[rng.below(choices.len() as u64) as usize]
}

fn setup(seed: u64, rng: &mut Rng) -> Setup {
    let users = ["a", "b", "c", "d"];
    let count = 2 + rng.below(3) as usize;
    let mut clients: Vec<String> = users[..count].iter().map(|user| (*user).to_owned()).collect();
    let multi_device = chance(rng, 40);
    if multi_device {
        for user in &users[..1 + rng.below(2) as usize] {
            clients.push((*user).to_owned());
        }
    }
    let unlimited = SendRate { per_second: 0, burst: 10 };
    let (send_rate, announced_rate) = match rng.below(10) {
        0..=3 => (unlimited, unlimited),
        4..=7 => (SendRate::default(), SendRate::default()),
        _ => (SendRate::default(), SendRate { per_second: 20, burst: 30 }),
    };
    let extended = chance(rng, 80);
    let last = clients.len() - 1;
    let memory_only = if chance(rng, 10) { vec![last] } else { Vec::new() };
    let latency = pick(rng, &[(1, 5), (20, 80), (20, 80), (100, 1_500)]);
    Setup {
        seed,
        clients,
        memory_only,
        extended,
        multi_device,
        send_rate,
        announced_rate,
        // A small page costs a whole way there and back.
        page_size: if latency.1 > 1_000 {
            pick(rng, &[20, 30, 70, 100])
        } else {
            pick(rng, &[2, 3, 7, 100])
        },
        latency,
        commit_ms: pick(rng, &[0, 5, 30, 400]),
        give_up_after_ms: chance(rng, 25).then_some(30_000),
        keep_failed: chance(rng, 50),
        late_reports: chance(rng, 30),
        throws_per_mille: pick(rng, &[0, 100]),
        replies_per_mille: pick(rng, &[0, 0, 150]),
    }
}

fn talk(setup: &Setup, rng: &mut Rng, talk_ms: u64, actions: &mut Vec<(u64, Action)>) {
    for _ in 0..10 + rng.below(40) {
        let at = SETTLE_MS + rng.below(talk_ms);
        let client = rng.below(setup.clients.len() as u64) as ClientIndex;
        let Some(to) = other_user(setup, rng, client) else { continue };
        let action = match rng.below(10) {
            0 | 1 => Action::MarkRead(client, to),
            2 => Action::Send { client, to, count: 1 + rng.below(25) as u32 },
            3 | 4 => tell(setup, client, to, rng),
            5 if rng.below(2) == 0 => Action::RetryFailed(client),
            _ => Action::Send { client, to, count: 1 + rng.below(3) as u32 },
        };
        actions.push((at, action));
    }
}

/// What changes what others know. That a user takes things away is told to the other devices by
/// servers with the extensions alone.
fn tell(setup: &Setup, client: ClientIndex, to: String, rng: &mut Rng) -> Action {
    const SETTINGS: [Setting; 3] = [Setting::Pinned, Setting::Muted, Setting::Hidden];
    match rng.below(if setup.extended { 9 } else { 6 }) {
        0 | 1 => Action::TellRead(client, to),
        2 | 3 => Action::Recall(client, to),
        6 => Action::RemoveConversation(client, to),
        7 => Action::DeleteNewest(client, to),
        8 => Action::ClearHistory(client, to),
        _ => Action::Set(client, to, pick(rng, &SETTINGS), chance(rng, 60)),
    }
}

fn other_user(setup: &Setup, rng: &mut Rng, client: ClientIndex) -> Option<String> {
    let own = setup.clients.get(client)?;
    let others: Vec<&String> = setup.clients.iter().filter(|user| *user != own).collect();
    others.get(rng.below(others.len() as u64) as usize).map(|user| (*user).clone())
}

fn heard(rng: &mut Rng) -> Heard {
    match rng.below(3) {
        0 => Heard::AtOnce,
        1 => Heard::After(rng.below(240_000)),
        _ => Heard::Never,
    }
}

fn fault(setup: &Setup, rng: &mut Rng) -> Action {
    let client = rng.below(setup.clients.len() as u64) as ClientIndex;
    match rng.below(26) {
        0..=2 => Action::Cut { client, client_hears: heard(rng), server_hears: heard(rng) },
        3 => {
            let way = rng.below(3);
            Action::Silence { client, up: way != 0, down: way != 1 }
        }
        4 | 5 => Action::Stall(client, rng.below(29_000)),
        6..=9 => trap(client, rng),
        10 => Action::SlowOpen(client, rng.below(150_000)),
        11 => Action::RefuseSockets(client, rng.below(60_000)),
        12 => navigators(rng),
        13 | 14 => Action::Crash(rng.below(20_000)),
        15 => Action::Restart(rng.below(20_000)),
        16 => notices(rng),
        17..=19 => end_page(client, rng),
        20 => Action::StorageFull(client, rng.below(60_000)),
        21 => hint(client, rng),
        22 => Action::Sleep { client, ms: rng.below(120_000), woken: chance(rng, 50) },
        23 => Action::ThrottleTimers(client, pick(rng, &[1_000, 60_000])),
        24 => Action::WallClock(client, pick(rng, &[-86_400_000, 3_600_000, 31_536_000_000])),
        _ => rarely(client, rng),
    }
}

/// Faults that need the whole plan's indulgence are rare.
fn rarely(client: ClientIndex, rng: &mut Rng) -> Action {
    match rng.below(6) {
        0 => Action::ClearStorage(client),
        1 => Action::StoreFails(rng.below(10_000)),
        2 => Action::Disconnect(client),
        3 | 4 => Action::CancelNewest(client),
        _ => Action::Connect(client),
    }
}

const FRAMES: [FrameKind; 12] = [
    FrameKind::ConnAck,
    FrameKind::PublishUp,
    FrameKind::PublishUp,
    FrameKind::PublishDown,
    FrameKind::PubAckDown,
    FrameKind::PubAckDown,
    FrameKind::PubAckUp,
    FrameKind::Query,
    FrameKind::QueryAck,
    FrameKind::QueryCon,
    FrameKind::PingReq,
    FrameKind::PingResp,
];

fn trap(client: ClientIndex, rng: &mut Rng) -> Action {
    let end = match rng.below(8) {
        0..=3 => TrapEnd::Cut(heard(rng)),
        4 => TrapEnd::Silence,
        5 | 6 => TrapEnd::Crash(rng.below(15_000)),
        _ => return Action::Trap { client, frame: FrameKind::PublishDown, end: TrapEnd::Twice },
    };
    Action::Trap { client, frame: pick(rng, &FRAMES), end }
}

fn navigators(rng: &mut Rng) -> Action {
    const MOODS: [NavigatorMood; 5] = [
        NavigatorMood::Broken,
        NavigatorMood::Html,
        NavigatorMood::Empty,
        NavigatorMood::Silent,
        NavigatorMood::Refused,
    ];
    Action::Navigators(pick(rng, &MOODS), rng.below(60_000))
}

fn notices(rng: &mut Rng) -> Action {
    let count = 1 + rng.below(5) as u32;
    match rng.below(3) {
        0 => Action::LoseNotices(count),
        1 => Action::DoubleNotices(count),
        _ => Action::OverflowNotices(count),
    }
}

fn end_page(client: ClientIndex, rng: &mut Rng) -> Action {
    let end = match rng.below(4) {
        0 => PageEnd::Now,
        1 => PageEnd::InListener,
        2 => PageEnd::BeforeHandOver,
        _ => PageEnd::AfterWrites(rng.below(12) as u32),
    };
    Action::EndPage(client, end, rng.below(30_000))
}

fn hint(client: ClientIndex, rng: &mut Rng) -> Action {
    const HINTS: [Hint; 5] = [Hint::Online, Hint::Offline, Hint::Visible, Hint::Hidden, Hint::Woke];
    Action::Hint(client, pick(rng, &HINTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_plan_and_another_seed_another() {
        assert_eq!(format!("{:?}", plan(3)), format!("{:?}", plan(3)));
        assert_ne!(format!("{:?}", plan(3).actions), format!("{:?}", plan(4).actions));
    }
}
