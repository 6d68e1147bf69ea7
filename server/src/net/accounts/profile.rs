//! Profiles, other passwords and account names, and the end of an account.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use hongyan::ids::{ConversationKind, UserId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::app::App;
use super::super::group_notice::{Happened, tell};
use super::login::{check_password, check_profile, checked_name, is_right, own_profile, token_of};
use super::{Caller, MAX_BODY, Refusal, answer, called, revoke_tokens};
use crate::store::{Account, AccountChange, AccountOutcome, Profile, Store};

#[derive(Deserialize)]
struct Who {
    #[serde(default, rename = "userId")]
    user: Option<String>,
}

/// `POST /account/user` `{userId?}` → `{id, userId, name, portrait}`; of oneself also `account` and
/// `sex`.
pub async fn user<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let (caller, Who { user }) = match called(&app, request, MAX_BODY).await {
        Ok(called) => called,
        Err(response) => return response,
    };
    let user = user.map_or_else(|| caller.session.user.clone(), UserId::from);
    answer(if user == caller.session.user {
        own(&app, &user).await
    } else {
        other(&app, &user).await
    })
}

async fn account<S: Store>(app: &App<S>, user: &UserId) -> Result<Account, Refusal> {
    // It was deleted a moment ago.
    app.core.store().account_of(user).await?.ok_or(Refusal::NoSession)
}

async fn own<S: Store>(app: &App<S>, user: &UserId) -> Result<Value, Refusal> {
    let profile = app.core.store().profile(user).await?.unwrap_or_default();
    Ok(own_profile(&account(app, user).await?, profile))
}

async fn other<S: Store>(app: &App<S>, user: &UserId) -> Result<Value, Refusal> {
    let profile = app.core.store().profile(user).await?.ok_or(Refusal::UnknownUser)?;
    let id = user.as_str();
    let Profile { name, portrait, .. } = profile;
    Ok(json!({ "id": id, "userId": id, "name": name, "portrait": portrait }))
}

#[derive(Deserialize)]
struct Update {
    #[serde(default, rename = "userId")]
    user: Option<String>,
    account: Option<String>,
    password: Option<String>,
    #[serde(rename = "currentPassword")]
    current: Option<String>,
    name: Option<String>,
    portrait: Option<String>,
    sex: Option<String>,
}

/// `POST /account/update` `{userId?, account?, password?, currentPassword?, name?, portrait?,
/// sex?}` → the profile as it is now. Another account or password needs the current password,
/// unless it was given in the last ten minutes; another password ends the other sessions.
pub async fn update<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let (caller, said) = match called(&app, request, MAX_BODY).await {
        Ok(called) => called,
        Err(response) => return response,
    };
    answer(change(&app, &caller, said).await)
}

async fn change<S: Store>(app: &App<S>, caller: &Caller, said: Update) -> Result<Value, Refusal> {
    let user = &caller.session.user;
    if said.user.as_ref().is_some_and(|named| named != user.as_str()) {
        return Err(Refusal::NotAllowed("only one's own profile can be changed"));
    }
    let name = said.account.as_deref().map(checked_name).transpose()?;
    said.password.as_deref().map(check_password).transpose()?;
    check_profile(said.name.as_deref(), said.portrait.as_deref(), said.sex.as_deref())?;
    let before = account(app, user).await?;
    let sensitive = said.password.is_some() || name.as_ref().is_some_and(|n| *n != before.name);
    prove(app, caller, &before, said.current, sensitive).await?;
    let password = match said.password {
        Some(password) => Some(app.desk.passwords.hash(password).await?),
        None => None,
    };
    let renewed = password.is_some();
    let change = AccountChange { name, password, sex: said.sex };
    let own_session = Some(caller.session.key);
    match app.core.store().change_account(user, change, own_session).await? {
        AccountOutcome::Done => {}
        AccountOutcome::Taken => return Err(Refusal::Taken),
        AccountOutcome::Unknown => return Err(Refusal::NoSession),
    }
    put_profile(app, user, said.name, said.portrait).await?;
    let mut told = own(app, user).await?;
    if renewed {
        revoke_tokens(app, user, caller.now.wall).await?;
    }
    if let Some(told) = told.as_object_mut().filter(|_| renewed) {
        told.extend(token_of(app, user, &caller.session.key, caller.now));
    }
    Ok(told)
}

async fn put_profile<S: Store>(
    app: &App<S>,
    user: &UserId,
    name: Option<String>,
    portrait: Option<String>,
) -> Result<(), Refusal> {
    if name.is_none() && portrait.is_none() {
        return Ok(());
    }
    let before = app.core.store().profile(user).await?.unwrap_or_default();
    let profile = Profile {
        name: name.unwrap_or(before.name),
        portrait: portrait.unwrap_or(before.portrait),
        created: before.created,
    };
    Ok(app.core.store().put_profile(user, profile).await?)
}

/// Whether it is really the account's owner who asks. A given password must be the right one,
/// needed or not; tries count like logins.
async fn prove<S: Store>(
    app: &App<S>,
    caller: &Caller,
    account: &Account,
    current: Option<String>,
    needed: bool,
) -> Result<(), Refusal> {
    let Some(current) = current else {
        let trusted = !needed || caller.is_fresh();
        let refused = Refusal::NotAllowed("this needs the current password (currentPassword)");
        return if trusted { Ok(()) } else { Err(refused) };
    };
    let tried = app.desk.guarded(|guard| guard.login(&account.name, None, caller.now.tick));
    tried.map_err(Refusal::TooOften)?;
    if !is_right(app, current, Some(account.password.clone())).await? {
        return Err(Refusal::NotAllowed("the current password is wrong"));
    }
    app.desk.guarded(|guard| guard.right(&account.name, None));
    Ok(())
}

#[derive(Deserialize)]
struct Revoked {
    #[serde(rename = "currentPassword")]
    current: Option<String>,
}

/// `POST /account/revoked` `{currentPassword?}`: removes the account, its sessions and its profile;
/// it leaves its groups. What it wrote stays with those who got it. Needs the current password,
/// unless it was given in the last ten minutes.
pub async fn revoked<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let (caller, Revoked { current }) = match called(&app, request, MAX_BODY).await {
        Ok(called) => called,
        Err(response) => return response,
    };
    answer(remove(&app, &caller, current).await)
}

async fn remove<S: Store>(
    app: &App<S>,
    caller: &Caller,
    current: Option<String>,
) -> Result<Value, Refusal> {
    let user = &caller.session.user;
    prove(app, caller, &account(app, user).await?, current, true).await?;
    app.core.store().delete_account(user).await?;
    // Those of this very millisecond, too.
    revoke_tokens(app, user, caller.now.wall.plus(1)).await?;
    for kind in [ConversationKind::Group, ConversationKind::Discussion] {
        for room in app.core.store().rooms_of(user, kind).await? {
            if kind == ConversationKind::Group {
                tell(app, user, &room, Happened::Quit).await;
            }
            app.core.store().leave_room(&room.id, std::slice::from_ref(user)).await?;
        }
    }
    Ok(json!({}))
}
