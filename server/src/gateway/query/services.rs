//! Public services: `pullMp`, `schMp`, `mcFollow`, `mpFollow`, `mcUnFollow`, `mpUnFollow`.

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind};
use hongyan::proto::{
    MpFollowInput, MpFollowOutput, MpInfo, PullMpInput, PullMpOutput, SearchMpInput, SearchMpOutput,
};
use hongyan::signal::SignalError;
use hongyan::time::UnixMillis;
use prost::Message as _;
use serde_json::{Value, json};

use super::decoded;
use crate::core::ask::{ServiceMatch, ServicesAsk};
use crate::core::limits::is_id;
use crate::core::services::ServiceView;

/// Bits of `SearchMpInput.type`: which kinds, and how the keyword fits for each. 2.5.3 writes 15 and
/// 51 for both kinds, 9 and 33 for public services, 18 for those of the application.
const PUBLIC: i32 = 1;
const APP: i32 = 2;
const APP_EXACT: i32 = 4;
const PUBLIC_EXACT: i32 = 8;
const APP_FUZZY: i32 = 16;
const PUBLIC_FUZZY: i32 = 32;
/// The longest keyword, in bytes.
const MAX_KEYWORD: usize = 256;

/// Which answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum ServicesTopic {
    /// `pullMp`.
    Followed,
    /// `schMp`.
    Found,
    /// The other four.
    Following,
}

/// Whether a topic is one of these.
pub(super) fn is_topic(topic: &str) -> bool {
    matches!(topic, "pullMp" | "schMp" | "mcFollow" | "mpFollow" | "mcUnFollow" | "mpUnFollow")
}

/// What a question asks for.
pub(super) fn read(topic: &str, body: &Bytes) -> Result<(ServicesTopic, ServicesAsk), SignalError> {
    const APP_SERVICE: ConversationKind = ConversationKind::AppPublicService;
    const PUBLIC_SERVICE: ConversationKind = ConversationKind::PublicService;
    Ok(match topic {
        "pullMp" => {
            let PullMpInput { time, mpid } = decoded(body)?;
            let after = UnixMillis::new(time);
            (ServicesTopic::Followed, ServicesAsk::Followed { after, after_id: mpid })
        }
        "schMp" => (ServicesTopic::Found, search(decoded(body)?)?),
        "mcFollow" => (ServicesTopic::Following, follow(APP_SERVICE, body, true)?),
        "mcUnFollow" => (ServicesTopic::Following, follow(APP_SERVICE, body, false)?),
        "mpFollow" => (ServicesTopic::Following, follow(PUBLIC_SERVICE, body, true)?),
        "mpUnFollow" => (ServicesTopic::Following, follow(PUBLIC_SERVICE, body, false)?),
        _ => return Err(SignalError::NoSuchTopic),
    })
}

fn follow(kind: ConversationKind, body: &Bytes, follows: bool) -> Result<ServicesAsk, SignalError> {
    let MpFollowInput { id } = decoded(body)?;
    if !is_id(&id) {
        return Err(SignalError::MalformedBody);
    }
    Ok(ServicesAsk::Follow(ConversationId::new(kind, id), follows))
}

fn search(
    SearchMpInput { r#type: bits, id: keyword }: SearchMpInput,
) -> Result<ServicesAsk, SignalError> {
    let how = |kind, exact, fuzzy| match bits {
        bits if bits & kind == 0 => None,
        bits if bits & exact != 0 => Some(ServiceMatch::Exact),
        bits if bits & fuzzy != 0 => Some(ServiceMatch::Fuzzy),
        _ => None,
    };
    let app = how(APP, APP_EXACT, APP_FUZZY);
    let public = how(PUBLIC, PUBLIC_EXACT, PUBLIC_FUZZY);
    if (app.is_none() && public.is_none()) || keyword.is_empty() || keyword.len() > MAX_KEYWORD {
        return Err(SignalError::MalformedBody);
    }
    Ok(ServicesAsk::Search { app, public, keyword })
}

/// The answer's body.
pub(in super::super) fn services_body(topic: ServicesTopic, services: Vec<ServiceView>) -> Bytes {
    let mut info: Vec<MpInfo> = services.iter().map(written).collect();
    let body = match topic {
        ServicesTopic::Followed => PullMpOutput { status: 0, info }.encode_to_vec(),
        ServicesTopic::Found => SearchMpOutput { nothing: 0, info }.encode_to_vec(),
        ServicesTopic::Following => MpFollowOutput { nothing: 0, info: info.pop() }.encode_to_vec(),
    };
    Bytes::from(body)
}

fn written(view: &ServiceView) -> MpInfo {
    let ServiceView { service, follows, time } = view;
    let of_app = service.id.kind == ConversationKind::AppPublicService;
    let menu: Value = serde_json::from_str(&service.menu).unwrap_or_default();
    let extra = json!({
        "isGlobal": service.everybody,
        "introduction": service.introduction,
        "menu": menu,
        "follow": follows,
    });
    MpInfo {
        mpid: service.id.target.as_str().to_owned(),
        name: service.name.clone(),
        r#type: if of_app { "mc" } else { "mp" }.to_owned(),
        time: time.get(),
        portrait_url: Some(service.portrait.clone()),
        extra: Some(extra.to_string()),
    }
}
