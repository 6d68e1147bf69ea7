//! Call rooms: who is in a call, and what its members share to find each other's media. In memory:
//! a call does not outlive the server, and members come back by joining again.
//!
//! No clock: whoever asks brings it. A member who is silent for [`SILENCE`] has left.

use std::collections::BTreeMap;

use hongyan::ids::UserId;
use hongyan::time::Tick;

/// How long a member may be silent, in ms; clients ping every ten seconds.
pub const SILENCE: u64 = 60_000;
/// The most members of a room.
pub const MAX_MEMBERS: usize = 100;
/// The most rooms one user is in.
pub const MAX_ROOMS_OF_USER: usize = 10;
/// The most values of one shelf.
pub const MAX_VALUES: usize = 100;
/// The longest key, in bytes.
pub const MAX_KEY: usize = 128;
/// The longest value, in bytes.
pub const MAX_VALUE: usize = 8 * 1024;

/// Where a value stands: three shelves that do not see each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shelf {
    /// What `rtcUPut` and `rtcRPut` put.
    Info,
    /// `interior`: what the signalling itself needs.
    Inner,
    /// For the application.
    Outer,
}

/// Whose values they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The room's.
    Room,
    /// The member's who asks.
    Member,
}

/// Values by key.
pub type Values = BTreeMap<String, String>;

/// A member and values of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallUser {
    /// Who.
    pub user: UserId,
    /// By key.
    pub values: Values,
}

/// Why it was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The user is not in the room, or there is none.
    NotInRoom,
    /// The room has [`MAX_MEMBERS`].
    Full,
    /// More rooms or values than may be, or a key or value that is too long or empty.
    Limit,
}

#[derive(Debug, Default)]
struct Shelves(BTreeMap<Shelf, Values>);

impl Shelves {
    fn put(&mut self, shelf: Shelf, values: &[(String, String)]) -> Result<(), Refused> {
        let fits = |(key, value): &(String, String)| {
            !key.is_empty() && key.len() <= MAX_KEY && value.len() <= MAX_VALUE
        };
        let mut all = self.0.get(&shelf).cloned().unwrap_or_default();
        all.extend(values.iter().cloned());
        if !values.iter().all(fits) || all.len() > MAX_VALUES {
            return Err(Refused::Limit);
        }
        self.0.insert(shelf, all);
        Ok(())
    }

    /// Those of these keys; all of them for none.
    fn get(&self, shelf: Shelf, keys: &[String]) -> Values {
        let all = self.0.get(&shelf).into_iter().flatten();
        all.filter(|(key, _)| keys.is_empty() || keys.contains(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    fn delete(&mut self, shelf: Shelf, keys: &[String]) {
        if let Some(all) = self.0.get_mut(&shelf) {
            all.retain(|key, _| !keys.is_empty() && !keys.contains(key));
        }
    }
}

#[derive(Debug)]
struct Member {
    heard: Tick,
    shelves: Shelves,
}

#[derive(Debug, Default)]
struct Room {
    members: BTreeMap<UserId, Member>,
    shelves: Shelves,
}

impl Room {
    fn users(&self) -> Vec<UserId> {
        self.members.keys().cloned().collect()
    }

    fn shelves(&mut self, user: &UserId, owner: Owner) -> Option<&mut Shelves> {
        match owner {
            Owner::Room => Some(&mut self.shelves),
            Owner::Member => self.members.get_mut(user).map(|member| &mut member.shelves),
        }
    }
}

/// Who left which room by being silent, and who is still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    /// The room.
    pub room: String,
    /// Who left.
    pub left: Vec<UserId>,
    /// Who is told.
    pub rest: Vec<UserId>,
}

/// All calls of this process. A room is there while somebody is in it.
#[derive(Debug, Default)]
pub struct CallRooms {
    rooms: BTreeMap<String, Room>,
}

impl CallRooms {
    /// Who is in the room then, and whether the user was not before.
    ///
    /// # Errors
    /// The room is full, or the user is in too many.
    pub fn join(&mut self, room: &str, user: &UserId, now: Tick) -> Result<bool, Refused> {
        let members = self.rooms.get(room).map(|room| &room.members);
        if members.is_some_and(|members| members.contains_key(user)) {
            self.heard(room, user, now)?;
            return Ok(false);
        }
        if members.is_some_and(|members| members.len() >= MAX_MEMBERS) {
            return Err(Refused::Full);
        }
        let mine = self.rooms.values().filter(|room| room.members.contains_key(user)).count();
        if mine >= MAX_ROOMS_OF_USER {
            return Err(Refused::Limit);
        }
        let member = Member { heard: now, shelves: Shelves::default() };
        let room = self.rooms.entry(room.to_owned()).or_default();
        room.members.insert(user.detached(), member);
        Ok(true)
    }

    /// The user is there.
    ///
    /// # Errors
    /// Not in this room.
    pub fn heard(&mut self, room: &str, user: &UserId, now: Tick) -> Result<(), Refused> {
        self.member(room, user)?.heard = now;
        Ok(())
    }

    /// Who is left to be told.
    ///
    /// # Errors
    /// Not in this room.
    pub fn leave(&mut self, name: &str, user: &UserId) -> Result<Vec<UserId>, Refused> {
        let room = self.room(name, user)?;
        room.members.remove(user);
        let rest = room.users();
        if rest.is_empty() {
            self.rooms.remove(name);
        }
        Ok(rest)
    }

    /// Takes out who was silent for too long.
    pub fn sweep(&mut self, now: Tick) -> Vec<Silent> {
        let mut gone = Vec::new();
        for (name, room) in &mut self.rooms {
            let is_silent = |member: &Member| now.since(member.heard) > SILENCE;
            let silent = room.members.iter().filter(|(_, member)| is_silent(member));
            let left: Vec<UserId> = silent.map(|(user, _)| user.clone()).collect();
            if !left.is_empty() {
                room.members.retain(|user, _| !left.contains(user));
                gone.push(Silent { room: name.clone(), left, rest: room.users() });
            }
        }
        self.rooms.retain(|_, room| !room.members.is_empty());
        gone
    }

    /// The others.
    ///
    /// # Errors
    /// Not in this room.
    pub fn others(&mut self, room: &str, user: &UserId) -> Result<Vec<UserId>, Refused> {
        let mut users = self.room(room, user)?.users();
        users.retain(|one| one != user);
        Ok(users)
    }

    /// All members with values of these shelves.
    ///
    /// # Errors
    /// Not in this room.
    pub fn users(
        &mut self,
        room: &str,
        user: &UserId,
        shelves: &[Shelf],
    ) -> Result<Vec<CallUser>, Refused> {
        let room = self.room(room, user)?;
        let one = |(user, member): (&UserId, &Member)| CallUser {
            user: user.clone(),
            values: shelves.iter().flat_map(|shelf| member.shelves.get(*shelf, &[])).collect(),
        };
        Ok(room.members.iter().map(one).collect())
    }

    /// Puts values, or none of them.
    ///
    /// # Errors
    /// Not in this room; a limit.
    pub fn put(
        &mut self,
        room: &str,
        user: &UserId,
        (owner, shelf): (Owner, Shelf),
        values: &[(String, String)],
    ) -> Result<(), Refused> {
        let room = self.room(room, user)?;
        room.shelves(user, owner).ok_or(Refused::NotInRoom)?.put(shelf, values)
    }

    /// Those of these keys; all for none.
    ///
    /// # Errors
    /// Not in this room.
    pub fn get(
        &mut self,
        room: &str,
        user: &UserId,
        (owner, shelf): (Owner, Shelf),
        keys: &[String],
    ) -> Result<Values, Refused> {
        let room = self.room(room, user)?;
        Ok(room.shelves(user, owner).ok_or(Refused::NotInRoom)?.get(shelf, keys))
    }

    /// Takes those of these keys away; all for none.
    ///
    /// # Errors
    /// Not in this room.
    pub fn delete(
        &mut self,
        room: &str,
        user: &UserId,
        (owner, shelf): (Owner, Shelf),
        keys: &[String],
    ) -> Result<(), Refused> {
        let room = self.room(room, user)?;
        room.shelves(user, owner).ok_or(Refused::NotInRoom)?.delete(shelf, keys);
        Ok(())
    }

    fn room(&mut self, name: &str, user: &UserId) -> Result<&mut Room, Refused> {
        let room = self.rooms.get_mut(name).ok_or(Refused::NotInRoom)?;
        if room.members.contains_key(user) { Ok(room) } else { Err(Refused::NotInRoom) }
    }

    fn member(&mut self, name: &str, user: &UserId) -> Result<&mut Member, Refused> {
        let room = self.rooms.get_mut(name).ok_or(Refused::NotInRoom)?;
        room.members.get_mut(user).ok_or(Refused::NotInRoom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINE: (Owner, Shelf) = (Owner::Member, Shelf::Info);

    fn at(ms: u64) -> Tick {
        Tick::from_millis(ms)
    }

    fn value(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    fn joined(users: &[&str]) -> CallRooms {
        let mut rooms = CallRooms::default();
        for user in users {
            assert_eq!(rooms.join("r", &UserId::from(*user), at(0)), Ok(true));
        }
        rooms
    }

    #[test]
    fn a_room_is_there_while_somebody_is_in_it() {
        let mut rooms = joined(&["a", "b"]);
        assert_eq!(rooms.join("r", &"a".into(), at(0)), Ok(false));
        assert_eq!(rooms.others("r", &"a".into()), Ok(vec!["b".into()]));
        assert_eq!(rooms.leave("r", &"a".into()), Ok(vec!["b".into()]));
        assert_eq!(rooms.leave("r", &"a".into()), Err(Refused::NotInRoom));
        assert_eq!(rooms.leave("r", &"b".into()), Ok(vec![]));
        assert!(rooms.rooms.is_empty());
    }

    #[test]
    fn values_stand_on_shelves_of_their_owner() {
        let (mut rooms, a, b) = (joined(&["a", "b"]), "a".into(), "b".into());
        rooms.put("r", &a, MINE, &[value("k", "info"), value("l", "more")]).unwrap();
        rooms.put("r", &a, (Owner::Member, Shelf::Inner), &[value("k", "inner")]).unwrap();
        rooms.put("r", &b, (Owner::Room, Shelf::Outer), &[value("k", "room")]).unwrap();
        let k = ["k".to_owned()];
        let text = |values: Values| values.values().cloned().collect::<Vec<_>>().join(",");
        assert_eq!(text(rooms.get("r", &a, MINE, &k).unwrap()), "info");
        assert_eq!(text(rooms.get("r", &a, MINE, &[]).unwrap()), "info,more");
        assert_eq!(text(rooms.get("r", &b, MINE, &[]).unwrap()), "");
        assert_eq!(text(rooms.get("r", &a, (Owner::Room, Shelf::Outer), &[]).unwrap()), "room");
        rooms.delete("r", &a, MINE, &k).unwrap();
        assert_eq!(text(rooms.get("r", &a, MINE, &[]).unwrap()), "more");
        rooms.delete("r", &a, MINE, &[]).unwrap();
        let users = rooms.users("r", &b, &[Shelf::Info, Shelf::Inner]).unwrap();
        assert_eq!(users.len(), 2);
        assert_eq!((users[0].user.as_str(), text(users[0].values.clone())), ("a", "inner".into()));
    }

    #[test]
    fn who_is_not_in_the_room_does_nothing_there() {
        let (mut rooms, c) = (joined(&["a"]), UserId::from("c"));
        assert_eq!(rooms.put("r", &c, MINE, &[value("k", "v")]), Err(Refused::NotInRoom));
        assert_eq!(rooms.get("r", &c, (Owner::Room, Shelf::Info), &[]), Err(Refused::NotInRoom));
        assert_eq!(rooms.delete("r", &c, MINE, &[]), Err(Refused::NotInRoom));
        assert_eq!(rooms.users("r", &c, &[]), Err(Refused::NotInRoom));
        assert_eq!(rooms.heard("none", &c, at(0)), Err(Refused::NotInRoom));
    }

    #[test]
    fn limits_hold_and_nothing_is_put_by_half() {
        let (mut rooms, a) = (joined(&["a"]), UserId::from("a"));
        let many: Vec<_> = (0..MAX_VALUES).map(|n| value(&n.to_string(), "v")).collect();
        rooms.put("r", &a, MINE, &many).unwrap();
        for wrong in [
            value("one more", "v"),
            value("", "v"),
            value(&"k".repeat(MAX_KEY + 1), "v"),
            value("0", &"v".repeat(MAX_VALUE + 1)),
        ] {
            assert_eq!(rooms.put("r", &a, MINE, &[value("0", "w"), wrong]), Err(Refused::Limit));
        }
        assert_eq!(rooms.get("r", &a, MINE, &[]).unwrap().len(), MAX_VALUES);
        assert_eq!(rooms.get("r", &a, MINE, &["0".into()]).unwrap()["0"], "v");
        for n in 1..MAX_ROOMS_OF_USER {
            rooms.join(&n.to_string(), &a, at(0)).unwrap();
        }
        assert_eq!(rooms.join("one more", &a, at(0)), Err(Refused::Limit));
        for n in 0..MAX_MEMBERS - 1 {
            rooms.join("r", &UserId::from(format!("u{n}")), at(0)).unwrap();
        }
        assert_eq!(rooms.join("r", &"late".into(), at(0)), Err(Refused::Full));
    }

    #[test]
    fn who_is_silent_has_left() {
        let mut rooms = joined(&["a", "b"]);
        rooms.heard("r", &"a".into(), at(30_000)).unwrap();
        assert_eq!(rooms.sweep(at(SILENCE)), []);
        let left = Silent { room: "r".into(), left: vec!["b".into()], rest: vec!["a".into()] };
        assert_eq!(rooms.sweep(at(SILENCE + 1)), [left]);
        let left = Silent { room: "r".into(), left: vec!["a".into()], rest: vec![] };
        assert_eq!(rooms.sweep(at(200_000)), [left]);
        assert!(rooms.rooms.is_empty());
    }
}
