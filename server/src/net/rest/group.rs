//! Groups: the application's server says who is in them.

use hongyan::ids::{ConversationId, ConversationKind, TargetId};
use serde_json::json;

use super::super::app::App;
use super::call::{Arguments, Call, Field, Kind, may, need};
use super::{Answer, Refusal, done};
use crate::core::discussions::{MAX_ROOM_NAME, is_room_name};
use crate::store::{MAX_MEMBERS, NewRoom, RoomChange, Store};

/// The most groups that one call brings a user into.
const MAX_SYNCED: usize = 1000;

const GROUP: Field = need("groupId", Kind::Id, "the group");
const NAME: Kind = Kind::Text(MAX_ROOM_NAME);

/// The group that a call names.
pub fn group(arguments: &Arguments) -> ConversationId {
    ConversationId::new(ConversationKind::Group, arguments.get("groupId"))
}

fn checked(name: &str) -> Result<String, Refusal> {
    let message = format!("groupName must have 1 to {MAX_ROOM_NAME} bytes, no control characters");
    if is_room_name(name) { Ok(name.to_owned()) } else { Err(Refusal::parameter(message)) }
}

fn name(arguments: &Arguments) -> Result<String, Refusal> {
    checked(arguments.get("groupName"))
}

pub const CREATE: Call = Call {
    path: "/group/create",
    about: "Makes a group. One that is there takes the name, and the users join it",
    fields: &[
        need("userId", Kind::Ids(MAX_MEMBERS), "the members; the first owns it"),
        GROUP,
        need("groupName", NAME, "its name"),
    ],
    example: "userId=a&userId=b&groupId=g&groupName=geese",
    answer: r#"{"code":200}"#,
};

pub async fn create<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let room = NewRoom {
        kind: ConversationKind::Group,
        id: Some(TargetId::from(arguments.get("groupId"))),
        name: name(arguments)?,
        members: arguments.users("userId"),
        now: app.clock.now().wall,
    };
    app.core.store().create_room(room).await?;
    done()
}

pub const SYNC: Call = Call {
    path: "/group/sync",
    about: "Says in which groups a user is: the user leaves all others; groups that are not there \
            are made",
    fields: &[
        need("userId", Kind::Id, "the user"),
        may("group", Kind::Named(MAX_SYNCED), "group[ID]=NAME for each group"),
    ],
    example: "userId=c&group%5Bg%5D=geese",
    answer: r#"{"code":200}"#,
};

pub async fn sync<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let (user, now) = (arguments.user("userId"), app.clock.now().wall);
    let groups = arguments.named("group");
    for (_, name) in &groups {
        checked(name)?;
    }
    let store = app.core.store();
    for (id, name) in &groups {
        let members = vec![user.clone()];
        let id = Some(TargetId::from(id.as_str()));
        let kind = ConversationKind::Group;
        store.create_room(NewRoom { kind, id, name: name.clone(), members, now }).await?;
    }
    for room in store.rooms_of(&user, ConversationKind::Group).await? {
        if !groups.iter().any(|(id, _)| id == room.id.target.as_str()) {
            store.leave_room(&room.id, std::slice::from_ref(&user)).await?;
        }
    }
    done()
}

pub const JOIN: Call = Call {
    path: "/group/join",
    about: "Brings users into a group",
    fields: &[
        need("userId", Kind::Ids(MAX_MEMBERS), "the users"),
        GROUP,
        may("groupName", NAME, "its name, if it is to have another"),
    ],
    example: "userId=c&groupId=g",
    answer: r#"{"code":200}"#,
};

pub async fn join<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let (room, users) = (group(arguments), arguments.users("userId"));
    let renamed = if arguments.get("groupName").is_empty() { None } else { Some(name(arguments)?) };
    app.core.store().join_room(&room, &users, app.clock.now().wall).await?;
    if renamed.is_some() {
        let change = RoomChange { name: renamed, ..RoomChange::default() };
        app.core.store().change_room(&room, change).await?;
    }
    done()
}

pub const QUIT: Call = Call {
    path: "/group/quit",
    about: "Takes users out of a group",
    fields: &[need("userId", Kind::Ids(MAX_MEMBERS), "the users"), GROUP],
    example: "userId=c&groupId=g",
    answer: r#"{"code":200}"#,
};

pub async fn quit<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    app.core.store().leave_room(&group(arguments), &arguments.users("userId")).await?;
    done()
}

pub const DISMISS: Call = Call {
    path: "/group/dismiss",
    about: "Ends a group. What was said in it stays",
    fields: &[may("userId", Kind::Id, "who did it; not looked at"), GROUP],
    example: "userId=a&groupId=swans",
    answer: r#"{"code":200}"#,
};

pub async fn dismiss<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    app.core.store().dismiss_room(&group(arguments)).await?;
    done()
}

pub const REFRESH: Call = Call {
    path: "/group/refresh",
    about: "Gives a group another name",
    fields: &[GROUP, need("groupName", NAME, "its name")],
    example: "groupId=g&groupName=swans",
    answer: r#"{"code":200}"#,
};

pub async fn refresh<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let change = RoomChange { name: Some(name(arguments)?), ..RoomChange::default() };
    app.core.store().change_room(&group(arguments), change).await?;
    done()
}

pub const MEMBERS: Call = Call {
    path: "/group/user/query",
    about: "Who is in a group: the owner first, then by the time of joining",
    fields: &[GROUP],
    example: "groupId=g",
    answer: r#"{"code":200,"users":[{"id":"a"},{"id":"b"}]}"#,
};

pub async fn members<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let room = app.core.store().room(&group(arguments)).await?;
    let room = room.ok_or_else(|| Refusal::not_found("there is no such group"))?;
    let users: Vec<_> =
        room.members.iter().map(|member| json!({ "id": member.user.as_str() })).collect();
    Ok(json!({ "users": users }))
}

pub const OF_USER: Call = Call {
    path: "/user/group/query",
    about: "The groups of a user",
    fields: &[need("userId", Kind::Id, "the user")],
    example: "userId=a",
    answer: r#"{"code":200,"groups":[{"id":"g","name":"swans"}]}"#,
};

pub async fn of_user<S: Store>(app: &App<S>, arguments: &Arguments) -> Answer {
    let user = arguments.user("userId");
    let rooms = app.core.store().rooms_of(&user, ConversationKind::Group).await?;
    let group =
        |room: &crate::store::RoomInfo| json!({ "id": room.id.target.as_str(), "name": room.name });
    Ok(json!({ "groups": rooms.iter().map(group).collect::<Vec<_>>() }))
}
