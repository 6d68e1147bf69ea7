//! Settings: `pullSeAtts` and `setSeAtt` of newer clients, the six topics of 2.x clients that speak
//! of the same thing, `pullUS` and `setOfflineMsgDur`.

use bytes::Bytes;
use hongyan::ids::{ConversationId, ConversationKind};
use hongyan::proto::{
    BlockPushInput, GetQNupTokenOutput, HyQuietInput, PullUserSettingInput, PullUserSettingOutput,
    SessionReq, SessionState, SessionStateItem, SessionStateModifyReq, SessionStateModifyResp,
    SessionStates, UserSettingItem,
};
use hongyan::signal::SignalError;
use prost::Message as _;

use super::super::connection::{Asked, Connection, Question};
use super::decoded;
use crate::core::ask::{Ask, SettingsAsk};
use crate::core::clock::Now;
use crate::core::limits::{MAX_SET, MAX_SETTING, is_id};
use crate::core::settings::{seconds_of_day, time_of_day};
use crate::store::{
    PINNED, QuietHours, SILENT, SetVersions, Setting, UserSettings, VersionedSetting,
};

const PULL: &str = "pullSeAtts";
const SET: &str = "setSeAtt";
const PULL_OF_USER: &str = "pullUS";
const SET_OFFLINE_DAYS: &str = "setOfflineMsgDur";

/// The first item that is Hongyan's own: a hidden conversation. Its value is `"1"` or `"0"`.
const HIDDEN: i32 = 1000;
/// What the user has begun to write there; any text.
const DRAFT: i32 = 1001;
/// `SessionStateType` 4: translate what comes.
const TRANSLATED: i32 = 4;

/// The most settings that one answer carries.
const PAGE: u32 = 500;
/// The most bytes of values and ids in it: with what frames them, they have room in a frame.
const PAGE_BYTES: usize = 64 * 1024;
/// How many days messages may wait.
const OFFLINE_DAYS: std::ops::RangeInclusive<u8> = 1..=7;
/// The key of that setting, for clients with the extensions.
const OFFLINE_KEY: &str = "offlineMsgDur";
/// `UserSettingItem.status`: changed.
const CHANGED: i32 = 2;

/// What the old topics do to the conversation that they name.
#[derive(Clone, Copy)]
enum Mute {
    Ask,
    Set(bool),
}

/// The topics with a D are used for groups.
fn mute_topic(topic: &str) -> Option<(ConversationKind, Mute)> {
    Some(match topic {
        "qryPPush" => (ConversationKind::Private, Mute::Ask),
        "blkPPush" => (ConversationKind::Private, Mute::Set(true)),
        "unblkPPush" => (ConversationKind::Private, Mute::Set(false)),
        "qryDPush" => (ConversationKind::Group, Mute::Ask),
        "blkDPush" => (ConversationKind::Group, Mute::Set(true)),
        "unblkDPush" => (ConversationKind::Group, Mute::Set(false)),
        _ => return None,
    })
}

const SET_QUIET_HOURS: &str = "hyQuiet";

/// Whether a topic is one of these.
pub(super) fn is_topic(topic: &str) -> bool {
    mute_topic(topic).is_some()
        || [PULL, SET, PULL_OF_USER, SET_OFFLINE_DAYS, SET_QUIET_HOURS].contains(&topic)
}

impl Connection {
    pub(super) fn settings_topic(
        &mut self,
        question: Question,
        topic: &str,
        body: &Bytes,
    ) -> Result<(), SignalError> {
        if let Some((kind, mute)) = mute_topic(topic) {
            return self.mute(question, kind, mute, decoded(body)?);
        }
        match topic {
            PULL => {
                let SessionReq { time } = decoded(body)?;
                let limit = PAGE + 1;
                let ask = Ask::Settings(SettingsAsk::After(time, limit));
                self.ask(ask, Asked::Settings { question, after: time });
            }
            SET => self.set_settings(question, decoded(body)?)?,
            PULL_OF_USER => {
                decoded::<PullUserSettingInput>(body)?;
                self.ask(Ask::Settings(SettingsAsk::OfUser), Asked::UserSettings(question));
            }
            SET_QUIET_HOURS => {
                let hours = quiet_hours(&decoded(body)?)?;
                let ask = Ask::Settings(SettingsAsk::SetQuietHours(hours));
                self.ask(ask, Asked::Done(question));
            }
            _ => self.set_offline_days(question, &decoded(body)?)?,
        }
        Ok(())
    }

    fn mute(
        &mut self,
        question: Question,
        kind: ConversationKind,
        mute: Mute,
        request: BlockPushInput,
    ) -> Result<(), SignalError> {
        if !is_id(&request.blockee_id) {
            return Err(SignalError::MalformedBody);
        }
        let conversation = ConversationId::new(kind, request.blockee_id);
        match mute {
            Mute::Ask => {
                let ask = Ask::Settings(SettingsAsk::IsSilent(conversation));
                self.ask(ask, Asked::Whether(question));
            }
            Mute::Set(silent) => {
                let value = String::from(if silent { "1" } else { "0" });
                let setting = Setting { conversation, item: SILENT, value };
                let ask = Ask::Settings(SettingsAsk::Set(vec![setting]));
                self.ask(ask, Asked::Muted(question));
            }
        }
        Ok(())
    }

    fn set_settings(
        &mut self,
        question: Question,
        request: SessionStateModifyReq,
    ) -> Result<(), SignalError> {
        let mut settings = Vec::new();
        for state in request.state {
            let kind = ConversationKind::from_number(state.r#type);
            if !is_id(&state.channel_id) || matches!(kind, ConversationKind::Other(_)) {
                return Err(SignalError::MalformedBody);
            }
            let conversation = ConversationId::new(kind, state.channel_id);
            for SessionStateItem { session_state_type: item, value, .. } in state.state_item {
                if !may_be_set(item, &value, self.client.extended) {
                    return Err(SignalError::MalformedBody);
                }
                settings.push(Setting { conversation: conversation.clone(), item, value });
            }
        }
        if settings.is_empty() || settings.len() > MAX_SET {
            return Err(SignalError::MalformedBody);
        }
        let ask = Ask::Settings(SettingsAsk::Set(settings));
        self.ask(ask, Asked::Set { question, known: request.version });
        Ok(())
    }

    /// `deadline` is the version that `pullUS` told, `token` the number of days.
    fn set_offline_days(
        &mut self,
        question: Question,
        request: &GetQNupTokenOutput,
    ) -> Result<(), SignalError> {
        let days = request.token.parse().ok().filter(|days| OFFLINE_DAYS.contains(days));
        let days = days.ok_or(SignalError::MalformedBody)?;
        let ask = Ask::Settings(SettingsAsk::SetOfflineDays(days, request.deadline));
        self.ask(ask, Asked::Done(question));
        Ok(())
    }

    /// Answers `pullSeAtts`. A page that is not the last is followed by another `s_cmd`: clients
    /// ask for a version once.
    pub(in crate::gateway) fn settings(
        &mut self,
        now: Now,
        question: Question,
        after: i64,
        mut settings: Vec<VersionedSetting>,
    ) {
        let read = settings.len();
        settings.truncate(fitting(&settings));
        let more = settings.len() < read;
        let version = settings.last().map_or(after, |last| last.version);
        let extended = self.client.extended;
        settings.retain(|one| extended || one.setting.item < HIDDEN);
        let states = SessionStates { version, state: states(settings) };
        self.answer(now, question, 0, states.encode_to_vec().into());
        if more {
            self.settings_changed(now, version + 1);
        }
    }

    /// Clients without the extensions know no key for what there is.
    pub(in crate::gateway) fn user_settings_body(&self, settings: UserSettings) -> Bytes {
        let UserSettings { offline_days, quiet_hours, version, status: _ } = settings;
        let item = |key: &str, value: String| UserSettingItem {
            target_id: self.me.as_str().to_owned(),
            r#type: ConversationKind::Private.number(),
            key: key.to_owned(),
            value: Bytes::from(value),
            version,
            status: CHANGED,
            tags: Vec::new(),
        };
        let days = offline_days.map(|days| item(OFFLINE_KEY, days.to_string()));
        let quiet = quiet_hours.map(|hours| item(SET_QUIET_HOURS, quiet_text(hours)));
        let items = days.into_iter().chain(quiet).filter(|_| self.client.extended).collect();
        PullUserSettingOutput { items, version }.encode_to_vec().into()
    }
}

/// Both members, or none for never.
fn quiet_hours(request: &HyQuietInput) -> Result<Option<QuietHours>, SignalError> {
    let (Some(start), Some(minutes)) = (&request.start, request.minutes) else {
        let none = request.start.is_none() && request.minutes.is_none();
        return if none { Ok(None) } else { Err(SignalError::MalformedBody) };
    };
    let minutes = u16::try_from(minutes).ok().filter(|minutes| (1..=1439).contains(minutes));
    let hours = seconds_of_day(start).zip(minutes);
    let hours = hours.map(|(start, minutes)| QuietHours { start, minutes, mentions: false });
    hours.map(Some).ok_or(SignalError::MalformedBody)
}

/// As JSON text.
fn quiet_text(hours: QuietHours) -> String {
    let (start, minutes) = (time_of_day(hours.start), hours.minutes);
    format!(r#"{{"start":"{start}","minutes":{minutes}}}"#)
}

/// How many of these one answer carries.
fn fitting(settings: &[VersionedSetting]) -> usize {
    let mut room = PAGE_BYTES;
    let fits = settings.iter().take(PAGE as usize).take_while(|one| {
        let Setting { conversation, value, .. } = &one.setting;
        let size = conversation.target.as_str().len() + value.len();
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    fits.count()
}

/// One state for each conversation, in the order of the settings.
fn states(settings: Vec<VersionedSetting>) -> Vec<SessionState> {
    let mut states: Vec<SessionState> = Vec::new();
    for VersionedSetting { setting, version } in settings {
        let Setting { conversation, item, value } = setting;
        let (kind, target) = (conversation.kind.number(), conversation.target.as_str());
        let item = SessionStateItem {
            session_state_type: item,
            value,
            tags: Vec::new(),
            time: Some(version),
        };
        let known = states.iter_mut().find(|one| one.r#type == kind && one.channel_id == target);
        if let Some(state) = known {
            state.time = Some(version);
            state.state_item.push(item);
            continue;
        }
        states.push(SessionState {
            r#type: kind,
            channel_id: target.to_owned(),
            time: Some(version),
            state_item: vec![item],
            bus_channel: None,
        });
    }
    states
}

fn may_be_set(item: i32, value: &str, extended: bool) -> bool {
    match item {
        SILENT | PINNED | TRANSLATED => value == "0" || value == "1",
        HIDDEN => extended && (value == "0" || value == "1"),
        DRAFT => extended && value.len() <= MAX_SETTING,
        _ => false,
    }
}

/// Answers `setSeAtt`. Only a client that knew of everything before has everything now.
pub(in crate::gateway) fn set_body(known: i64, versions: SetVersions) -> Bytes {
    let SetVersions { before, after } = versions;
    let response = SessionStateModifyResp { version: after, update_version: Some(known == before) };
    response.encode_to_vec().into()
}
