//! Settings: the same on all of a user's logins.

use hongyan::error::ErrorCode;
use hongyan::ids::UserId;

use super::ask::{Notice, SettingsAsk, Told};
use super::clock::Now;
use super::hub::SessionId;
use super::serve::{Core, refusal};
use crate::store::{QuietHours, SILENT, Setting, Store, UserChange};

/// `USER_SETTING_SYNCED_ERROR` of newer clients: what was known of the settings is not true any
/// more.
const SETTINGS_CHANGED: ErrorCode = ErrorCode::from_number(26002);

impl<S: Store> Core<S> {
    pub(super) async fn serve_settings(
        &self,
        user: &UserId,
        session: SessionId,
        ask: SettingsAsk,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        match ask {
            SettingsAsk::Set(settings) => self.set(user, session, settings, now).await,
            SettingsAsk::After(version, limit) => {
                let settings = self.store().settings_after(user, version, limit).await;
                settings.map(Told::Settings).map_err(refusal)
            }
            SettingsAsk::IsSilent(conversation) => {
                let value = self.store().setting(user, &conversation, SILENT).await;
                let value = value.map_err(refusal)?;
                Ok(Told::Whether(value.as_deref() == Some("1")))
            }
            SettingsAsk::OfUser => {
                self.store().user_settings(user).await.map(Told::UserSettings).map_err(refusal)
            }
            SettingsAsk::SetOfflineDays(days, known) => {
                let wall = self.believed(now)?;
                let set = self.store().set_offline_days(user, days, known, wall).await;
                set.map_err(refusal)?.map(|_| Told::Done).ok_or(SETTINGS_CHANGED)
            }
            SettingsAsk::SetQuietHours(hours) => {
                self.set_quiet_hours(user, hours, Some(session), now).await?;
                Ok(Told::Done)
            }
        }
    }

    /// Sets when it is quiet for a user; all logins but `by` hear of it.
    ///
    /// # Errors
    /// The clock is not to be believed, or the store failed.
    pub async fn set_quiet_hours(
        &self,
        user: &UserId,
        hours: Option<QuietHours>,
        by: Option<SessionId>,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let change = UserChange::QuietHours(hours);
        let wall = self.believed(now)?;
        let set = self.store().change_user_settings(user, change, wall).await;
        let version = set.map_err(refusal)?;
        self.hub().tell(user, |listener| {
            (Some(listener.id) != by).then_some(Notice::UserSettingsChanged(version))
        });
        Ok(())
    }

    /// The user's other logins are told that there is something to fetch.
    async fn set(
        &self,
        user: &UserId,
        session: SessionId,
        settings: Vec<Setting>,
        now: Now,
    ) -> Result<Told, ErrorCode> {
        let wall = self.believed(now)?;
        let set = self.store().set(user, settings, wall).await.map_err(refusal)?;
        let versions = set.ok_or(ErrorCode::InvalidArgument)?;
        self.hub().tell(user, |listener| {
            (listener.id != session).then_some(Notice::SettingsChanged(versions.after))
        });
        Ok(Told::Set(versions))
    }
}

/// `HH:MM:SS`, as seconds after midnight.
pub fn seconds_of_day(text: &str) -> Option<u32> {
    let mut parts = text.split(':').map(|part| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| digits)
    });
    let [hours, minutes, seconds] = [parts.next()??, parts.next()??, parts.next()??];
    let fits = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    fits.then_some((hours * 60 + minutes) * 60 + seconds)
}

/// The same the other way round.
pub fn time_of_day(seconds: u32) -> String {
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{hour:02}:{minute:02}:{second:02}")
}
