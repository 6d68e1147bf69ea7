//! What users set.

use std::collections::BTreeMap;
use std::future::{Future, ready};

use hongyan::ids::{ConversationId, UserId};
use hongyan::time::UnixMillis;

use super::super::{
    MAX_SETTINGS, SetVersions, Setting, Settings, StoreError, UserChange, UserSettings,
    VersionedSetting,
};
use super::{Kept, MemoryStore};

/// What one user has set.
#[derive(Clone, Debug, Default)]
pub(super) struct UserState {
    /// By kind, target and item.
    settings: BTreeMap<(i32, String, i32), VersionedSetting>,
    /// The last version given to one of them.
    version: i64,
    pub(super) of_user: UserSettings,
}

fn name(conversation: &ConversationId, item: i32) -> (i32, String, i32) {
    (conversation.kind.number(), conversation.target.as_str().to_owned(), item)
}

impl Settings for MemoryStore {
    fn set(
        &self,
        user: &UserId,
        settings: Vec<Setting>,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<SetVersions>, StoreError>> + Send {
        ready(Ok(self.kept().state(user).set(settings, now)))
    }

    fn settings_after(
        &self,
        user: &UserId,
        version: i64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<VersionedSetting>, StoreError>> + Send {
        let kept = self.kept();
        let all = kept.settings.get(user).into_iter().flat_map(|state| state.settings.values());
        let mut after: Vec<_> = all.filter(|one| one.version > version).cloned().collect();
        after.sort_by_key(|one| one.version);
        after.truncate(limit as usize);
        ready(Ok(after))
    }

    fn setting(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        item: i32,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send {
        let kept = self.kept();
        ready(Ok(kept.setting_of(user, conversation, item).map(str::to_owned)))
    }

    fn user_settings(
        &self,
        user: &UserId,
    ) -> impl Future<Output = Result<UserSettings, StoreError>> + Send {
        ready(Ok(self
            .kept()
            .settings
            .get(user)
            .map_or_else(Default::default, |state| state.of_user)))
    }

    fn change_user_settings(
        &self,
        user: &UserId,
        change: UserChange,
        now: UnixMillis,
    ) -> impl Future<Output = Result<i64, StoreError>> + Send {
        let mut kept = self.kept();
        let settings = &mut kept.state(user).of_user;
        match change {
            UserChange::QuietHours(hours) => {
                settings.quiet_hours = hours;
                settings.version = now.get().max(settings.version.saturating_add(1));
            }
            UserChange::Status(status) => settings.status = status,
        }
        ready(Ok(settings.version))
    }

    fn set_offline_days(
        &self,
        user: &UserId,
        days: u8,
        known: i64,
        now: UnixMillis,
    ) -> impl Future<Output = Result<Option<i64>, StoreError>> + Send {
        let mut kept = self.kept();
        let settings = &mut kept.state(user).of_user;
        if settings.version != known {
            return ready(Ok(None));
        }
        let version = now.get().max(known.saturating_add(1));
        *settings = UserSettings { offline_days: Some(days), version, ..*settings };
        ready(Ok(Some(version)))
    }
}

impl Kept {
    fn state(&mut self, user: &UserId) -> &mut UserState {
        self.settings.entry(user.detached()).or_default()
    }

    pub(super) fn setting_of(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        item: i32,
    ) -> Option<&str> {
        let settings = &self.settings.get(user)?.settings;
        settings.get(&name(conversation, item)).map(|one| one.setting.value.as_str())
    }
}

impl UserState {
    fn set(&mut self, settings: Vec<Setting>, now: UnixMillis) -> Option<SetVersions> {
        let names = settings.iter().map(|one| name(&one.conversation, one.item));
        let new = names.filter(|name| !self.settings.contains_key(name));
        let new = new.collect::<std::collections::BTreeSet<_>>().len();
        if self.settings.len() + new > MAX_SETTINGS as usize {
            return None;
        }
        let before = self.version;
        for setting in settings {
            self.version = now.get().max(self.version.saturating_add(1));
            let setting = Setting { conversation: setting.conversation.detached(), ..setting };
            let name = name(&setting.conversation, setting.item);
            self.settings.insert(name, VersionedSetting { setting, version: self.version });
        }
        Some(SetVersions { before, after: self.version })
    }
}
