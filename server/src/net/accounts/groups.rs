//! Groups that accounts run by themselves. Those of the application's own server can be listed, and
//! nothing else: it says who is in them.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::app::App;
use super::super::group_notice::{Happened, tell};
use super::{Caller, MAX_GROUP_BODY, Refusal, answer, called};
use crate::core::discussions::{MAX_ROOM_NAME, is_room_name};
use crate::core::limits::is_id;
use crate::store::{AccountGroup, MAX_MEMBERS, Member, NewRoom, Role, Room, RoomChange, Store};

/// The fields of all calls about groups; each call reads its own.
#[derive(Deserialize)]
struct Said {
    #[serde(default, rename = "groupId")]
    group: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    open: bool,
    #[serde(default, rename = "userId")]
    user: String,
    #[serde(default, rename = "userIds")]
    users: Vec<String>,
    #[serde(default)]
    role: String,
}

/// A handler: reads the call, does it, answers.
macro_rules! calls {
    ($($(#[$about:meta])* $name:ident => $does:ident;)*) => {$(
        $(#[$about])*
        pub async fn $name<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
            match called(&app, request, MAX_GROUP_BODY).await {
                Ok((caller, said)) => answer($does(&app, &caller, said).await),
                Err(response) => response,
            }
        }
    )*};
}

calls! {
    /// `POST /account/groups` → `{groups: [{groupId, name, owner, role, open, run, members}]}`: `role`
    /// is one's own, `run` whether accounts run it, `members` are `{userId, role}`.
    list => mine;
    /// `POST /account/groups/create` `{name, userIds?, open?}` → the group. In an open group whoever
    /// knows its id may join.
    create => make;
    /// `POST /account/groups/join` `{groupId}` → the group.
    join => enter;
    /// `POST /account/groups/leave` `{groupId}`.
    leave => go;
    /// `POST /account/groups/invite` `{groupId, userIds}` → the group. By the owner and managers; in
    /// an open group by every member.
    invite => bring;
    /// `POST /account/groups/remove` `{groupId, userId}`: the owner puts out anybody, managers put out
    /// members.
    remove => put_out;
    /// `POST /account/groups/role` `{groupId, userId, role}`: `owner`, `manager` or `member`; by the
    /// owner, who becomes a member by making another one the owner.
    role => set_role;
    /// `POST /account/groups/rename` `{groupId, name}`: by the owner and managers.
    rename => call_it;
    /// `POST /account/groups/dismiss` `{groupId}`: by the owner.
    dismiss => end;
}

const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Manager => "manager",
        Role::Member => "member",
    }
}

fn told(room: &Room, how: Option<AccountGroup>, user: &UserId) -> Value {
    let role = |member: &Member| role_name(member.role);
    let own = room.members.iter().find(|member| member.user == *user);
    let member = |member: &Member| json!({ "userId": member.user.as_str(), "role": role(member) });
    json!({
        "groupId": room.info.id.target.as_str(),
        "name": room.info.name,
        "owner": room.owner().map(UserId::as_str),
        "role": own.map(role),
        "open": how.is_some_and(|how| how.open),
        "run": how.is_some(),
        "members": room.members.iter().map(member).collect::<Vec<_>>(),
    })
}

async fn mine<S: Store>(app: &App<S>, caller: &Caller, _: Said) -> Result<Value, Refusal> {
    let (store, user) = (app.core.store(), &caller.session.user);
    let mut groups = Vec::new();
    for info in store.rooms_of(user, ConversationKind::Group).await? {
        let Some(room) = store.room(&info.id).await? else { continue };
        groups.push(told(&room, store.account_group(&info.id.target).await?, user));
    }
    Ok(json!({ "groups": groups }))
}

/// A group that accounts run, and what the caller is in it.
struct Run {
    room: Room,
    how: AccountGroup,
    own: Option<Role>,
}

async fn run<S: Store>(app: &App<S>, caller: &Caller, group: &str) -> Result<Run, Refusal> {
    if !is_id(group) {
        return Err(Refusal::Field("groupId has 1 to 64 bytes".to_owned()));
    }
    let id = ConversationId::new(ConversationKind::Group, group);
    let room = app.core.store().room(&id).await?.ok_or(Refusal::NotInGroup)?;
    let own = room.members.iter().find(|member| member.user == caller.session.user);
    let own = own.map(|member| member.role);
    let how = app.core.store().account_group(&id.target).await?;
    let how = how.ok_or(match own {
        Some(_) => Refusal::NotAllowed("the application's own server runs this group"),
        None => Refusal::NotInGroup,
    })?;
    Ok(Run { room, how, own })
}

/// The same, for members alone. To others a closed group and none look alike.
async fn run_by<S: Store>(
    app: &App<S>,
    caller: &Caller,
    group: &str,
    may: impl FnOnce(Role, AccountGroup) -> bool,
) -> Result<Run, Refusal> {
    let run = run(app, caller, group).await?;
    let own = run.own.ok_or(Refusal::NotInGroup)?;
    let refused = Refusal::NotAllowed("not in this role");
    if may(own, run.how) { Ok(run) } else { Err(refused) }
}

fn leads(role: Role, _: AccountGroup) -> bool {
    role != Role::Member
}

fn owns(role: Role, _: AccountGroup) -> bool {
    role == Role::Owner
}

/// The group as it is now.
async fn now<S: Store>(app: &App<S>, caller: &Caller, run: Run) -> Result<Value, Refusal> {
    let room = app.core.store().room(&run.room.info.id).await?.ok_or(Refusal::NotInGroup)?;
    Ok(told(&room, Some(run.how), &caller.session.user))
}

fn users(said: &[String]) -> Result<Vec<UserId>, Refusal> {
    let fits = said.len() <= MAX_MEMBERS && said.iter().all(|user| is_id(user));
    let message = || "userIds are ids of 1 to 64 bytes, at most 3000".to_owned();
    if !fits {
        return Err(Refusal::Field(message()));
    }
    Ok(said.iter().map(|user| UserId::from(user.as_str())).collect())
}

fn room_name(name: &str) -> Result<String, Refusal> {
    let message = || format!("name has 1 to {MAX_ROOM_NAME} bytes in one line");
    let name = name.trim();
    if is_room_name(name) { Ok(name.to_owned()) } else { Err(Refusal::Field(message())) }
}

async fn make<S: Store>(app: &App<S>, caller: &Caller, said: Said) -> Result<Value, Refusal> {
    let (kind, name) = (ConversationKind::Group, room_name(&said.name)?);
    let user = &caller.session.user;
    let members = [user.clone()].into_iter().chain(users(&said.users)?).collect();
    let room = NewRoom { kind, id: None, name, members, now: caller.now.wall };
    let id = ConversationId { kind, target: app.core.store().create_room(room).await? };
    let how = AccountGroup { open: said.open };
    app.core.store().put_account_group(&id.target, how).await?;
    let room = app.core.store().room(&id).await?.ok_or(Refusal::Failed)?;
    tell(app, user, &room.info, Happened::Created).await;
    Ok(told(&room, Some(how), user))
}

async fn enter<S: Store>(app: &App<S>, caller: &Caller, said: Said) -> Result<Value, Refusal> {
    let run = run(app, caller, &said.group).await?;
    let user = &caller.session.user;
    if run.own.is_none() {
        if !run.how.open {
            return Err(Refusal::NotInGroup);
        }
        let joining = std::slice::from_ref(user);
        app.core.store().join_room(&run.room.info.id, joining, caller.now.wall).await?;
        tell(app, user, &run.room.info, Happened::Joined).await;
    }
    now(app, caller, run).await
}

async fn go<S: Store>(app: &App<S>, caller: &Caller, said: Said) -> Result<Value, Refusal> {
    let run = run_by(app, caller, &said.group, |_, _| true).await?;
    let user = &caller.session.user;
    // Those who leave read of it, too.
    tell(app, user, &run.room.info, Happened::Quit).await;
    app.core.store().leave_room(&run.room.info.id, std::slice::from_ref(user)).await?;
    Ok(json!({}))
}

async fn bring<S: Store>(app: &App<S>, caller: &Caller, said: Said) -> Result<Value, Refusal> {
    let may = |role, how: AccountGroup| how.open || leads(role, how);
    let run = run_by(app, caller, &said.group, may).await?;
    let (users, room) = (users(&said.users)?, &run.room.info);
    let joined = app.core.store().join_room(&room.id, &users, caller.now.wall).await?;
    if !joined.is_empty() {
        tell(app, &caller.session.user, room, Happened::Invited(&joined)).await;
    }
    now(app, caller, run).await
}

async fn put_out<S: Store>(app: &App<S>, caller: &Caller, said: Said) -> Result<Value, Refusal> {
    let run = run_by(app, caller, &said.group, leads).await?;
    let user = UserId::from(said.user.as_str());
    let them = run.room.members.iter().find(|member| member.user == user);
    let role = them.map(|member| member.role).ok_or(Refusal::UnknownUser)?;
    let may = match run.own {
        Some(Role::Owner) => user != caller.session.user,
        Some(Role::Manager) => role == Role::Member,
        Some(Role::Member) | None => false,
    };
    if !may {
        return Err(Refusal::NotAllowed("not in this role"));
    }
    let by = &caller.session.user;
    tell(app, by, &run.room.info, Happened::Kicked(&user)).await;
    app.core.store().leave_room(&run.room.info.id, &[user]).await?;
    now(app, caller, run).await
}

async fn set_role<S: Store>(app: &App<S>, caller: &Caller, said: Said) -> Result<Value, Refusal> {
    let roles = [Role::Owner, Role::Manager, Role::Member];
    let role = roles.into_iter().find(|role| role_name(*role) == said.role);
    let message = || "role is owner, manager or member".to_owned();
    let role = role.ok_or_else(|| Refusal::Field(message()))?;
    let run = run_by(app, caller, &said.group, owns).await?;
    let user = UserId::from(said.user.as_str());
    if !run.room.has(&user) {
        return Err(Refusal::UnknownUser);
    }
    if user == caller.session.user && role != Role::Owner {
        return Err(Refusal::NotAllowed("make another member the owner first"));
    }
    app.core.store().set_role(&run.room.info.id, &user, role).await?;
    let happened = Happened::Role(&user, role_name(role));
    tell(app, &caller.session.user, &run.room.info, happened).await;
    now(app, caller, run).await
}

async fn call_it<S: Store>(app: &App<S>, caller: &Caller, said: Said) -> Result<Value, Refusal> {
    let name = room_name(&said.name)?;
    let run = run_by(app, caller, &said.group, leads).await?;
    let change = RoomChange { name: Some(name.clone()), open: None };
    app.core.store().change_room(&run.room.info.id, change).await?;
    tell(app, &caller.session.user, &run.room.info, Happened::Renamed(&name)).await;
    now(app, caller, run).await
}

async fn end<S: Store>(app: &App<S>, caller: &Caller, said: Said) -> Result<Value, Refusal> {
    let run = run_by(app, caller, &said.group, owns).await?;
    tell(app, &caller.session.user, &run.room.info, Happened::Dismissed).await;
    app.core.store().dismiss_room(&run.room.info.id).await?;
    Ok(json!({}))
}
