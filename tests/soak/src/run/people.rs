//! Who takes part: users, their devices, their groups, and whom each writes to.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use hongyan::ids::ConversationKind;
use hongyan::rng::Rng;
use serde_json::{Value, json};

use super::ledger::Ledger;
use super::options::Options;
use crate::host::{Seat, Target, http};

/// So many users a client writes to.
const PEERS: usize = 8;
/// Chatrooms a client is in.
const ROOMS: usize = 2;
/// Members of a group.
const MEMBERS: usize = 4;
/// One group for so many users.
const USERS_A_GROUP: usize = 5;

/// Signs everybody in and makes the groups.
///
/// # Errors
/// The server refuses.
pub async fn assemble(
    options: &Options,
    server: SocketAddr,
    ledger: &Ledger,
) -> Result<Vec<Seat>, String> {
    let mut rng = Rng::new(options.seed ^ 0x7065_6f70_6c65);
    let clients = options.clients as usize;
    let users: Vec<String> =
        (0..(clients * 3).div_ceil(4).max(2)).map(|n| format!("u{n}")).collect();
    let mut tokens = Vec::new();
    for user in &users {
        let url = format!("http://{server}/demo/sign-in");
        tokens.push(text(&http::post(&url, &json!({ "name": user })).await?, "token")?);
    }
    let groups = make_groups(server, &users, &tokens, ledger, &mut rng).await?;
    let halls: Vec<String> = (0..options.rooms).map(|n| format!("hall{n}")).collect();
    halls.iter().for_each(|hall| ledger.chatroom(hall));
    let seats = (0..clients).map(|n| {
        let at = n % users.len();
        let rooms = some_of(&halls, ROOMS, &mut rng);
        let in_rooms = rooms.iter().map(|id| (ConversationKind::Chatroom, id.clone()));
        let mut targets = targets(&users, &users[at], &groups, &mut rng);
        targets.extend(in_rooms.map(|(kind, id)| Target { kind, id }));
        Seat {
            user: users[at].clone(),
            device: u32::try_from(n / users.len()).unwrap_or(u32::MAX),
            token: tokens[at].clone(),
            asks_for_tokens: options.token_function,
            full_storage: options.full_storage,
            navigator: String::new(),
            transport: options.transport.of(n),
            targets,
            rooms,
            pause: options.pause(),
            seed: rng.next_u64(),
        }
    });
    Ok(seats.collect())
}

struct Group {
    id: String,
    members: BTreeSet<String>,
}

async fn make_groups(
    server: SocketAddr,
    users: &[String],
    tokens: &[String],
    ledger: &Ledger,
    rng: &mut Rng,
) -> Result<Vec<Group>, String> {
    let mut groups = Vec::new();
    for (owner, token) in users.iter().zip(tokens).step_by(USERS_A_GROUP) {
        let mut members = BTreeSet::from([owner.clone()]);
        while members.len() < MEMBERS.min(users.len()) {
            members.insert(one_of(users, rng).clone());
        }
        let names: Vec<&String> = members.iter().collect();
        let body = json!({ "token": token, "name": "soak", "members": names });
        let made = http::post(&format!("http://{server}/demo/groups"), &body).await?;
        let id = text(&made, "groupId")?;
        ledger.room(&id, &members.iter().cloned().collect::<Vec<_>>());
        groups.push(Group { id, members });
    }
    Ok(groups)
}

fn targets(users: &[String], own: &str, groups: &[Group], rng: &mut Rng) -> Vec<Target> {
    let others = users.iter().filter(|user| *user != own).count();
    let mut peers = BTreeSet::new();
    while peers.len() < PEERS.min(others) {
        let peer = one_of(users, rng);
        if peer != own {
            peers.insert(peer.clone());
        }
    }
    let private = peers.into_iter().map(|id| Target { kind: ConversationKind::Private, id });
    let joined = groups.iter().filter(|group| group.members.contains(own));
    let joined = joined.map(|group| Target { kind: ConversationKind::Group, id: group.id.clone() });
    private.chain(joined).collect()
}

/// Up to `count` different ones.
fn some_of(all: &[String], count: usize, rng: &mut Rng) -> Vec<String> {
    let mut some = BTreeSet::new();
    while some.len() < count.min(all.len()) {
        some.insert(one_of(all, rng).clone());
    }
    some.into_iter().collect()
}

fn one_of<'a>(users: &'a [String], rng: &mut Rng) -> &'a String {
    &users[usize::try_from(rng.below(users.len() as u64)).unwrap_or(0)]
}

fn text(answer: &Value, field: &str) -> Result<String, String> {
    answer[field].as_str().map(str::to_owned).ok_or_else(|| format!("no {field} in {answer}"))
}
