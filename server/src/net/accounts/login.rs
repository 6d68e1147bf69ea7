//! Registering and logging in.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hongyan::ids::UserId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::address::client_of;
use super::super::app::App;
use super::sessions::session_id;
use super::{MAX_BODY, Refusal, answer, read, session_key};
use crate::core::accounts::{
    MAX_ACCOUNT, MAX_DEVICE, MAX_NAME, MAX_PASSWORD, MAX_SESSIONS, MAX_SEX, MIN_PASSWORD,
    account_name, is_line, is_password, is_portrait,
};
use crate::core::clock::Now;
use crate::core::limits::is_id;
use crate::store::{
    Account, AccountOutcome, AccountSession, PasswordHash, Profile, SessionKey, Store,
};

#[derive(Deserialize)]
pub(super) struct Registration {
    account: String,
    password: String,
    #[serde(default, rename = "userId")]
    user: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    portrait: String,
    #[serde(default)]
    sex: String,
    #[serde(default)]
    device: String,
}

/// `POST /account/register` `{account, password, name?, portrait?, sex?, device?}` → as `login`.
/// Whether an account is taken it must tell; it tells it after as much work as a new one makes,
/// and an address may ask only so often.
pub async fn register<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let address = client_of(&app.config.proxies, request.extensions(), request.headers());
    let said: Registration = match read(&app, request, MAX_BODY).await {
        Ok(said) => said,
        Err(response) => return response,
    };
    let now = app.clock.now();
    answer(match app.desk.guarded(|guard| guard.register(address, now.tick)) {
        Ok(()) => make(&app, said, now).await,
        Err(wait) => Err(Refusal::TooOften(wait)),
    })
}

async fn make<S: Store>(app: &App<S>, said: Registration, now: Now) -> Result<Value, Refusal> {
    let name = checked_name(&said.account)?;
    check_password(&said.password)?;
    check_profile(Some(&said.name), Some(&said.portrait), Some(&said.sex))?;
    let user = match &said.user {
        Some(user) => chosen_user(app, user)?,
        None => random_user()?,
    };
    let password = app.desk.passwords.hash(said.password).await?;
    let account = Account { user: user.clone(), name, password, sex: said.sex, created: now.wall };
    match app.core.store().create_account(account.clone()).await? {
        AccountOutcome::Done => {}
        AccountOutcome::Taken | AccountOutcome::Unknown => return Err(Refusal::Taken),
    }
    let profile = Profile { name: said.name, portrait: said.portrait, created: now.wall };
    app.core.store().put_profile(&user, profile.clone()).await?;
    let session = open(app, &user, said.device, now).await?;
    Ok(logged_in(app, &account, profile, &session, now))
}

/// Where anybody may be anybody, they may choose what they are called by others, too.
fn chosen_user<S: Store>(app: &App<S>, user: &str) -> Result<UserId, Refusal> {
    if !app.config.demo {
        let message = "userId cannot be chosen: the server makes one";
        return Err(Refusal::Field(message.to_owned()));
    }
    if app.core.desks().reserves(user) {
        let message = "userId is that of a customer service, or of one of its agents";
        return Err(Refusal::Field(message.to_owned()));
    }
    // Old clients write characters beyond 16 bits in another form.
    let fits = is_id(user) && !user.contains('@') && user.chars().all(|c| u32::from(c) <= 0xFFFF);
    let message = || "userId has 1 to 64 bytes, no control characters, no @, no emoji".to_owned();
    if fits { Ok(UserId::from(user)) } else { Err(Refusal::Field(message())) }
}

fn random_user() -> Result<UserId, Refusal> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::Failed)?;
    Ok(UserId::from(format!("{:016x}", u64::from_le_bytes(bytes))))
}

#[derive(Deserialize)]
pub(super) struct Login {
    account: String,
    password: String,
    #[serde(default)]
    device: String,
}

/// `POST /account/login` `{account, password, device?}` → `{userId, id, account, name, portrait,
/// sex, session, sessionExpires, token, tokenExpires, appKey}`. An unknown account and a wrong
/// password get one answer, after the same work.
pub async fn login<S: Store>(State(app): State<Arc<App<S>>>, request: Request) -> Response {
    let address = client_of(&app.config.proxies, request.extensions(), request.headers());
    let said: Login = match read(&app, request, MAX_BODY).await {
        Ok(said) => said,
        Err(response) => return response,
    };
    let now = app.clock.now();
    // What can be nobody's name is counted and compared like a name that is nobody's.
    let name = account_name(&said.account).unwrap_or_default();
    if let Err(wait) = app.desk.guarded(|guard| guard.login(&name, address, now.tick)) {
        tracing::info!(?address, reason = "too often", "a password was refused");
        return Refusal::TooOften(wait).response();
    }
    let found = right_account(&app, &name, said.password).await;
    if found.is_ok() {
        app.desk.guarded(|guard| guard.right(&name, address));
    } else if matches!(found, Err(Refusal::WrongLogin)) {
        // Without the name: some type their password there.
        tracing::info!(?address, reason = "wrong", "a password was refused");
    }
    answer(match found {
        Ok(account) => enter(&app, &account, said.device, now).await,
        Err(refusal) => Err(refusal),
    })
}

/// The account of this name, if the password is its own.
async fn right_account<S: Store>(
    app: &App<S>,
    name: &str,
    password: String,
) -> Result<Account, Refusal> {
    let account = app.core.store().account_named(name).await?;
    let hash = account.as_ref().map(|account| account.password.clone());
    let right = is_right(app, password, hash).await?;
    account.filter(|_| right).ok_or(Refusal::WrongLogin)
}

/// Whether the password is the one of this hash.
pub(super) async fn is_right<S>(
    app: &App<S>,
    mut password: String,
    hash: Option<PasswordHash>,
) -> Result<bool, Refusal> {
    // No password is longer, so this one is wrong whatever it begins with.
    let too_long = password.len() > MAX_PASSWORD;
    if too_long {
        password.clear();
    }
    let hash = hash.filter(|_| !too_long);
    Ok(app.desk.passwords.is_right(password, hash).await?)
}

async fn enter<S: Store>(
    app: &App<S>,
    account: &Account,
    device: String,
    now: Now,
) -> Result<Value, Refusal> {
    let session = open(app, &account.user, device, now).await?;
    let profile = app.core.store().profile(&account.user).await?.unwrap_or_default();
    Ok(logged_in(app, account, profile, &session, now))
}

/// A new session's token. It is kept nowhere; its hash is.
async fn open<S: Store>(
    app: &App<S>,
    user: &UserId,
    mut device: String,
    now: Now,
) -> Result<String, Refusal> {
    if !is_line(&device, MAX_DEVICE) {
        device.clear();
    }
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::Failed)?;
    let token = URL_SAFE_NO_PAD.encode(bytes);
    let session = AccountSession {
        key: session_key(&token),
        user: user.clone(),
        device,
        created: now.wall,
        expires: now.wall.plus(ttl(app)),
    };
    app.core.store().open_session(session, MAX_SESSIONS).await?;
    Ok(token)
}

/// How long a session lasts, in ms.
fn ttl<S>(app: &App<S>) -> i64 {
    i64::try_from(app.config.accounts.session_ttl.as_millis()).unwrap_or(i64::MAX)
}

fn logged_in<S: Store>(
    app: &App<S>,
    account: &Account,
    profile: Profile,
    session: &str,
    now: Now,
) -> Value {
    let mut told = own_profile(account, profile);
    if let Some(told) = told.as_object_mut() {
        told.insert("session".into(), session.into());
        told.insert("sessionExpires".into(), now.wall.plus(ttl(app)).get().into());
        told.extend(token_of(app, &account.user, &session_key(session), now));
    }
    told
}

/// What a link to the message server needs.
pub(super) fn token_of<S: Store>(
    app: &App<S>,
    user: &UserId,
    session: &SessionKey,
    now: Now,
) -> impl Iterator<Item = (String, Value)> {
    let expires = now.wall.plus(app.credentials.token_ttl()).get();
    let token = app.issue(user, &session_id(session), now);
    let told = [
        ("token", json!(token)),
        ("tokenExpires", json!(expires)),
        ("appKey", json!(app.config.app_key)),
    ];
    told.into_iter().map(|(name, value)| (name.to_owned(), value))
}

/// What users are told of themselves: `id` and `userId` are the same, for both forms that pages of
/// 2.x read.
pub(super) fn own_profile(account: &Account, profile: Profile) -> Value {
    json!({
        "userId": account.user.as_str(),
        "id": account.user.as_str(),
        "account": account.name,
        "name": profile.name,
        "portrait": profile.portrait,
        "sex": account.sex,
    })
}

pub(super) fn checked_name(text: &str) -> Result<String, Refusal> {
    account_name(text).ok_or_else(|| {
        let message = format!("account has 3 to {MAX_ACCOUNT} ASCII characters without spaces");
        Refusal::Field(message)
    })
}

pub(super) fn check_password(text: &str) -> Result<(), Refusal> {
    let message =
        || format!("password has at least {MIN_PASSWORD} characters, at most {MAX_PASSWORD} bytes");
    if is_password(text) { Ok(()) } else { Err(Refusal::Field(message())) }
}

pub(super) fn check_profile(
    name: Option<&str>,
    portrait: Option<&str>,
    sex: Option<&str>,
) -> Result<(), Refusal> {
    if !name.is_none_or(|name| is_line(name, MAX_NAME)) {
        return Err(Refusal::Field(format!("name has at most {MAX_NAME} bytes in one line")));
    }
    if !portrait.is_none_or(is_portrait) {
        let message = "portrait is an address that begins with https:, http: or /";
        return Err(Refusal::Field(message.to_owned()));
    }
    if !sex.is_none_or(|sex| is_line(sex, MAX_SEX)) {
        return Err(Refusal::Field(format!("sex has at most {MAX_SEX} bytes in one line")));
    }
    Ok(())
}
