//! Settings: the same on all of a user's logins.

use hongyan::error::ErrorCode;
use hongyan::ids::UserId;

use super::ask::{Notice, SettingsAsk, Told};
use super::clock::Now;
use super::hub::SessionId;
use super::serve::{Core, refusal};
use crate::store::{SILENT, Setting, Store, UserChange};

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
                let change = UserChange::QuietHours(hours);
                let wall = self.believed(now)?;
                let set = self.store().change_user_settings(user, change, wall).await;
                let version = set.map_err(refusal)?;
                self.hub().tell(user, |listener| {
                    (listener.id != session).then_some(Notice::UserSettingsChanged(version))
                });
                Ok(Told::Done)
            }
        }
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
