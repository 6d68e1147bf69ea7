//! Chatrooms: made, asked about and ended by the application's server.

use hongyan::error::ErrorCode;
use hongyan::ids::{TargetId, UserId};
use hongyan::time::UnixMillis;
use serde_json::json;

use super::super::app::App;
use super::call::{Arguments, Call, Field, Kind, may, need};
use super::{Answer, Refusal, date, done};
use crate::core::chatrooms::{MemberOrder, NO_SUCH_ROOM};
use crate::core::discussions::{MAX_ROOM_NAME, is_room_name};
use crate::core::limits::MAX_CHATROOM_MEMBERS;
use crate::store::{Chatroom, ChatroomChange, Store};

/// The most rooms of one call.
pub const MAX_ROOMS: usize = 100;
/// The most users of one call.
const MAX_USERS: usize = 1000;
/// Rooms that are looked at together.
const PAGE: u32 = 100;
/// The members that are listed unless so many are asked for.
const LISTED: i64 = 500;
/// `order` 2: who came last is first.
const NEWEST_FIRST: i64 = 2;

pub const ROOM: Field = need("chatroomId", Kind::Id, "the chatroom");
pub const ROOMS: Field = need("chatroomId", Kind::Ids(MAX_ROOMS), "the chatrooms");

/// The room that a call names.
pub fn room(arguments: &Arguments) -> TargetId {
    TargetId::from(arguments.get("chatroomId"))
}

/// The rooms that a call names.
pub fn rooms(arguments: &Arguments) -> Vec<TargetId> {
    let ids = arguments.users("chatroomId");
    ids.iter().map(|id| TargetId::from(id.as_str())).collect()
}

/// All rooms that are as wanted, by id.
pub async fn listed<S: Store>(
    app: &App<S>,
    wanted: impl Fn(&Chatroom) -> bool,
) -> Result<Vec<TargetId>, Refusal> {
    let (mut after, mut found) = (None::<TargetId>, Vec::new());
    loop {
        let page = app.core.store().chatrooms(after.as_ref(), PAGE).await?;
        found.extend(page.iter().filter(|room| wanted(room)).map(|room| room.id.clone()));
        let Some(last) = page.last().filter(|_| page.len() == PAGE as usize) else {
            return Ok(found);
        };
        after = Some(last.id.clone());
    }
}

/// Changes several rooms; all of them must be there.
pub async fn change_all<S: Store>(
    app: &App<S>,
    rooms: &[TargetId],
    change: ChatroomChange,
) -> Answer {
    for room in rooms {
        app.core.store().chatroom(room).await?.ok_or(NO_SUCH_ROOM)?;
    }
    for room in rooms {
        app.core.change_chatroom(room, change).await?;
    }
    done()
}

pub const CREATE: Call = Call {
    path: "/chatroom/create",
    about: "Makes chatrooms. One that is there takes the name",
    fields: &[need("chatroom", Kind::Named(MAX_ROOMS), "chatroom[ID]=NAME for each chatroom")],
    example: "chatroom%5Br%5D=geese",
    answer: r#"{"code":200}"#,
};

pub async fn create<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let rooms = arguments.named("chatroom");
    if let Some((id, _)) = rooms.iter().find(|(_, name)| !is_room_name(name)) {
        let message = format!("the name of {id} must have 1 to {MAX_ROOM_NAME} bytes");
        return Err(Refusal::parameter(message));
    }
    for (id, name) in rooms {
        app.core.make_chatroom(&TargetId::from(id), Some(name), app.clock.now()).await?;
    }
    done()
}

pub const QUERY: Call = Call {
    path: "/chatroom/query",
    about: "What chatrooms are called, and when they were made (UTC). Those that are not there are \
            left out",
    fields: &[ROOMS],
    example: "chatroomId=r",
    answer: r#"{"code":200,"chatRooms":[{"chrmId":"r","name":"geese","time":"2026-01-11 01:28:20"}]}"#,
};

pub async fn query<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let mut found = Vec::new();
    for id in rooms(arguments) {
        if let Some(room) = app.core.store().chatroom(&id).await? {
            let time = date::text(room.created);
            found.push(json!({ "chrmId": id.as_str(), "name": room.name, "time": time }));
        }
    }
    Ok(json!({ "chatRooms": found }))
}

pub const MEMBERS: Call = Call {
    path: "/chatroom/user/query",
    about: "Who is in a chatroom, and since when (UTC)",
    fields: &[
        ROOM,
        may(
            "count",
            Kind::Number(1, MAX_CHATROOM_MEMBERS as i64),
            "how many are named at most; without it 500",
        ),
        may("order", Kind::Number(1, 2), "1: who came first is first (without it, too); 2: last"),
    ],
    example: "chatroomId=r&count=10&order=2",
    answer: r#"{"code":200,"total":1,"users":[{"id":"a","time":"2026-01-11 01:28:20"}]}"#,
};

pub async fn members<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let count = arguments.number("count").unwrap_or(LISTED);
    let order = match arguments.number("order") {
        Some(NEWEST_FIRST) => MemberOrder::Newest,
        Some(_) | None => MemberOrder::Oldest,
    };
    let count = usize::try_from(count).unwrap_or(0);
    let (_, total, members) = app.core.chatroom_info(&room(arguments), count, order).await?;
    let user = |(user, joined): &(UserId, UnixMillis)| json!({ "id": user.as_str(), "time": date::text(*joined) });
    Ok(json!({ "total": total, "users": members.iter().map(user).collect::<Vec<_>>() }))
}

async fn is_in<S: Store>(
    app: &App<S>,
    room: &TargetId,
    users: &[UserId],
) -> Result<Vec<bool>, Refusal> {
    app.core.store().chatroom(room).await?.ok_or(NO_SUCH_ROOM)?;
    let live = app.core.hub().chatrooms().find(room);
    Ok(users.iter().map(|user| live.as_ref().is_some_and(|live| live.has(user))).collect())
}

pub const EXISTS: Call = Call {
    path: "/chatroom/user/exist",
    about: "Whether a user is in a chatroom",
    fields: &[ROOM, need("userId", Kind::Id, "the user")],
    example: "chatroomId=r&userId=a",
    answer: r#"{"code":200,"isInChrm":true}"#,
};

pub async fn exists<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let found = is_in(app, &room(arguments), &[arguments.user("userId")]).await?;
    Ok(json!({ "isInChrm": found == [true] }))
}

pub const EXIST: Call = Call {
    path: "/chatroom/users/exist",
    about: "Which of these users are in a chatroom: 1 or 0",
    fields: &[ROOM, need("userId", Kind::Ids(MAX_USERS), "the users")],
    example: "chatroomId=r&userId=a&userId=b",
    answer: r#"{"code":200,"result":[{"userId":"a","isInChrm":1},{"userId":"b","isInChrm":0}]}"#,
};

pub async fn exist<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let users = arguments.users("userId");
    let found = is_in(app, &room(arguments), &users).await?;
    let user = |(user, found): (&UserId, bool)| json!({ "userId": user.as_str(), "isInChrm": u8::from(found) });
    Ok(json!({ "result": users.iter().zip(found).map(user).collect::<Vec<_>>() }))
}

pub const KEEP: Call = Call {
    path: "/chatroom/keepalive/add",
    about: "Keeps chatrooms though nobody uses them",
    fields: &[ROOMS],
    example: "chatroomId=r",
    answer: r#"{"code":200}"#,
};

fn kept(kept_alive: bool) -> ChatroomChange {
    ChatroomChange { kept_alive: Some(kept_alive), ..ChatroomChange::default() }
}

pub async fn keep<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    change_all(app, &rooms(arguments), kept(true)).await
}

pub const UNKEEP: Call = Call {
    path: "/chatroom/keepalive/remove",
    about: "Lets chatrooms go again when nobody uses them",
    fields: &[ROOMS],
    example: "chatroomId=r",
    answer: r#"{"code":200}"#,
};

pub async fn unkeep<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    change_all(app, &rooms(arguments), kept(false)).await
}

pub const KEPT: Call = Call {
    path: "/chatroom/keepalive/query",
    about: "Which chatrooms are kept",
    fields: &[],
    example: "",
    answer: r#"{"code":200,"chatroomIds":["r"]}"#,
};

pub async fn kept_query<S: Store>(app: &App<S>, _: &Arguments) -> Answer {
    Ok(json!({ "chatroomIds": names(&listed(app, |room| room.kept_alive).await?) }))
}

/// Ids as JSON.
pub fn names(rooms: &[TargetId]) -> Vec<&str> {
    rooms.iter().map(TargetId::as_str).collect()
}

pub const DESTROY: Call = Call {
    path: "/chatroom/destroy",
    about: "Ends chatrooms: everybody is put out, and nothing of them stays",
    fields: &[ROOMS],
    example: "chatroomId=r",
    answer: r#"{"code":200}"#,
};

pub async fn destroy<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let rest = || tokio::task::yield_now();
    for room in rooms(arguments) {
        app.core.destroy_chatroom(&room, app.clock.now(), &rest).await?;
    }
    done()
}

/// What a refusal of `core` means here, where it is about chatrooms.
pub fn refusal(code: ErrorCode) -> Option<Refusal> {
    use crate::core::chatrooms::{ENTRIES_OFF, NO_SUCH_ENTRY, TOO_MANY_ENTRIES};
    if code == NO_SUCH_ROOM {
        Some(Refusal::not_found("there is no such chatroom"))
    } else if code == NO_SUCH_ENTRY {
        Some(Refusal::not_found("there is no such entry"))
    } else if code == TOO_MANY_ENTRIES {
        Some(Refusal::too_many("a chatroom has at most 100 entries"))
    } else if code == ENTRIES_OFF {
        Some(Refusal::parameter("entries are switched off (HONGYAN_CHATROOM_ENTRIES)"))
    } else {
        None
    }
}
