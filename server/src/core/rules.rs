//! Who may not log in or speak, as it is now: in memory, because every login and every message
//! asks.

use std::collections::BTreeMap;

use hongyan::error::ErrorCode;
use hongyan::ids::{ConversationId, ConversationKind, UserId};
use hongyan::time::UnixMillis;

use super::ask::TokenOf;
use crate::store::{Rule, RuleKind};

/// `FORBIDDEN_IN_GROUP`.
const FORBIDDEN_IN_GROUP: ErrorCode = ErrorCode::from_number(22408);
/// `FORBIDDEN_IN_PRIVATE` of newer clients; those of 2.x know no name for it.
const FORBIDDEN_IN_PRIVATE: ErrorCode = ErrorCode::from_number(20106);
/// `OPERATION_BLOCKED` of newer clients.
const BLOCKED: ErrorCode = ErrorCode::from_number(20605);

/// Until when each holds; the time 0 for not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct OfUser {
    blocked: UnixMillis,
    tokens_revoked: UnixMillis,
    muted_in_private: UnixMillis,
    muted_in_groups: UnixMillis,
}

#[derive(Clone, Debug, Default)]
struct OfGroup {
    muted: UnixMillis,
    members: BTreeMap<UserId, UnixMillis>,
    may_speak: BTreeMap<UserId, UnixMillis>,
}

/// The rules that hold.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    users: BTreeMap<UserId, OfUser>,
    groups: BTreeMap<String, OfGroup>,
    /// Sessions of accounts that are over, and until when their tokens would be good.
    ended: BTreeMap<(UserId, String), UnixMillis>,
}

impl Rules {
    /// Sets a rule's time.
    pub fn put(&mut self, rule: &Rule, time: UnixMillis) {
        match rule.kind {
            RuleKind::Blocked
            | RuleKind::TokensRevoked
            | RuleKind::MutedInPrivate
            | RuleKind::MutedInGroups => self.put_of_user(rule, time),
            RuleKind::MutedInGroup | RuleKind::GroupMuted | RuleKind::MaySpeak => {
                self.put_of_group(rule, time);
            }
            RuleKind::SessionEnded => {
                let name = (rule.user.detached(), rule.group.clone());
                put_or_remove(&mut self.ended, &name, time);
            }
        }
    }

    /// The rules of sessions whose tokens have all expired.
    pub fn ended_sessions_before(&self, now: UnixMillis) -> Vec<Rule> {
        let past = self.ended.iter().filter(|(_, until)| **until <= now);
        let rule = |((user, session), _): (&(UserId, String), &UnixMillis)| Rule {
            kind: RuleKind::SessionEnded,
            group: session.clone(),
            user: user.clone(),
        };
        past.map(rule).collect()
    }

    /// Ends a rule.
    pub fn remove(&mut self, rule: &Rule) {
        self.put(rule, UnixMillis::ZERO);
    }

    fn put_of_user(&mut self, rule: &Rule, time: UnixMillis) {
        let of = self.users.entry(rule.user.detached()).or_default();
        match rule.kind {
            RuleKind::Blocked => of.blocked = time,
            // What was revoked once is so for good.
            RuleKind::TokensRevoked if time != UnixMillis::ZERO => {
                of.tokens_revoked = of.tokens_revoked.max(time);
            }
            RuleKind::TokensRevoked => of.tokens_revoked = time,
            RuleKind::MutedInPrivate => of.muted_in_private = time,
            RuleKind::MutedInGroups => of.muted_in_groups = time,
            RuleKind::MutedInGroup
            | RuleKind::GroupMuted
            | RuleKind::MaySpeak
            | RuleKind::SessionEnded => {}
        }
        if *of == OfUser::default() {
            self.users.remove(&rule.user);
        }
    }

    fn put_of_group(&mut self, rule: &Rule, time: UnixMillis) {
        let of = self.groups.entry(rule.group.clone()).or_default();
        match rule.kind {
            RuleKind::GroupMuted => of.muted = time,
            RuleKind::MutedInGroup => put_or_remove(&mut of.members, &rule.user.detached(), time),
            RuleKind::MaySpeak => put_or_remove(&mut of.may_speak, &rule.user.detached(), time),
            RuleKind::Blocked
            | RuleKind::TokensRevoked
            | RuleKind::MutedInPrivate
            | RuleKind::MutedInGroups
            | RuleKind::SessionEnded => {}
        }
        let nothing = of.muted == UnixMillis::ZERO;
        if nothing && of.members.is_empty() && of.may_speak.is_empty() {
            self.groups.remove(&rule.group);
        }
    }

    /// Whether a user may not log in now.
    pub fn is_blocked(&self, user: &UserId, now: UnixMillis) -> bool {
        self.users.get(user).is_some_and(|of| of.blocked > now)
    }

    /// Before when a user's tokens are good no more.
    pub fn tokens_revoked(&self, user: &UserId) -> UnixMillis {
        self.users.get(user).map_or(UnixMillis::ZERO, |of| of.tokens_revoked)
    }

    /// Whether a user's token is good no more.
    pub fn is_revoked(&self, user: &UserId, token: &TokenOf) -> bool {
        let too_old = self.tokens_revoked(user) > token.issued;
        let of_ended = || self.ended.contains_key(&(user.clone(), token.session.to_string()));
        too_old || (!token.session.is_empty() && of_ended())
    }

    /// Whether a user may say something there now.
    ///
    /// # Errors
    /// The code for who may not.
    pub fn may_speak(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        now: UnixMillis,
    ) -> Result<(), ErrorCode> {
        let of = self.users.get(user).copied().unwrap_or_default();
        if of.blocked > now {
            return Err(BLOCKED);
        }
        let refused = match conversation.kind {
            ConversationKind::Private => {
                (of.muted_in_private > now).then_some(FORBIDDEN_IN_PRIVATE)
            }
            ConversationKind::Discussion => {
                (of.muted_in_groups > now).then_some(FORBIDDEN_IN_GROUP)
            }
            ConversationKind::Group => {
                let muted = of.muted_in_groups > now
                    || self.is_muted_in(conversation.target.as_str(), user, now);
                muted.then_some(FORBIDDEN_IN_GROUP)
            }
            // Rooms have rules of their own.
            ConversationKind::Chatroom
            | ConversationKind::CustomerService
            | ConversationKind::System
            | ConversationKind::AppPublicService
            | ConversationKind::PublicService
            | ConversationKind::Other(_) => None,
        };
        refused.map_or(Ok(()), Err)
    }

    fn is_muted_in(&self, group: &str, user: &UserId, now: UnixMillis) -> bool {
        let Some(of) = self.groups.get(group) else { return false };
        let holds = |users: &BTreeMap<UserId, UnixMillis>| {
            users.get(user).is_some_and(|until| *until > now)
        };
        holds(&of.members) || (of.muted > now && !holds(&of.may_speak))
    }
}

fn put_or_remove<K: Ord + Clone>(times: &mut BTreeMap<K, UnixMillis>, key: &K, time: UnixMillis) {
    if time == UnixMillis::ZERO {
        times.remove(key);
    } else {
        times.insert(key.clone(), time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::FOR_EVER;

    const NOW: UnixMillis = UnixMillis::new(1_000);

    fn rule(kind: RuleKind, group: &str, user: &str) -> Rule {
        Rule { kind, group: group.into(), user: user.into() }
    }

    fn speaks(rules: &Rules, kind: ConversationKind, target: &str) -> i32 {
        let said = rules.may_speak(&"a".into(), &ConversationId::new(kind, target), NOW);
        said.map_or_else(ErrorCode::number, |()| 0)
    }

    #[test]
    fn a_block_holds_until_its_time() {
        let mut rules = Rules::default();
        let blocked = rule(RuleKind::Blocked, "", "a");
        rules.put(&blocked, NOW.plus(1));
        assert!(rules.is_blocked(&"a".into(), NOW) && !rules.is_blocked(&"b".into(), NOW));
        assert!(!rules.is_blocked(&"a".into(), NOW.plus(1)));
        assert_eq!(speaks(&rules, ConversationKind::Private, "b"), 20605);
        rules.remove(&blocked);
        assert!(!rules.is_blocked(&"a".into(), NOW));
        assert!(rules.users.is_empty(), "nobody is remembered");
    }

    #[test]
    fn f20_tokens_of_before_the_time_are_revoked() {
        let mut rules = Rules::default();
        let token = |issued| TokenOf { issued, ..TokenOf::default() };
        rules.put(&rule(RuleKind::TokensRevoked, "", "a"), NOW);
        assert!(rules.is_revoked(&"a".into(), &token(NOW.plus(-1))));
        assert!(!rules.is_revoked(&"a".into(), &token(NOW)));
        assert!(!rules.is_revoked(&"b".into(), &token(UnixMillis::ZERO)));
    }

    #[test]
    fn tokens_of_a_session_that_is_over_are_revoked_whatever_their_age() {
        let mut rules = Rules::default();
        let of = |session: &str| TokenOf { issued: NOW, session: session.into() };
        let ended = rule(RuleKind::SessionEnded, "1", "a");
        rules.put(&ended, NOW.plus(5));
        assert!(rules.is_revoked(&"a".into(), &of("1")));
        assert!(
            !rules.is_revoked(&"a".into(), &of("2")) && !rules.is_revoked(&"a".into(), &of(""))
        );
        assert!(!rules.is_revoked(&"b".into(), &of("1")));
        assert_eq!(rules.ended_sessions_before(NOW.plus(4)), []);
        assert_eq!(rules.ended_sessions_before(NOW.plus(5)), std::slice::from_ref(&ended));
        rules.remove(&ended);
        assert!(!rules.is_revoked(&"a".into(), &of("1")) && rules.ended.is_empty());
    }

    #[test]
    fn a_member_is_muted_in_one_group() {
        let mut rules = Rules::default();
        let muted = rule(RuleKind::MutedInGroup, "g", "a");
        rules.put(&muted, FOR_EVER);
        assert_eq!(speaks(&rules, ConversationKind::Group, "g"), 22408);
        assert_eq!(speaks(&rules, ConversationKind::Group, "h"), 0);
        assert_eq!(speaks(&rules, ConversationKind::Discussion, "g"), 0);
        rules.remove(&muted);
        assert_eq!(speaks(&rules, ConversationKind::Group, "g"), 0);
        assert!(rules.groups.is_empty(), "no group is remembered");
    }

    #[test]
    fn in_a_muted_group_only_the_named_speak_and_not_those_who_are_muted_themselves() {
        let mut rules = Rules::default();
        rules.put(&rule(RuleKind::GroupMuted, "g", ""), FOR_EVER);
        assert_eq!(speaks(&rules, ConversationKind::Group, "g"), 22408);
        rules.put(&rule(RuleKind::MaySpeak, "g", "a"), FOR_EVER);
        assert_eq!(speaks(&rules, ConversationKind::Group, "g"), 0);
        rules.put(&rule(RuleKind::MutedInGroup, "g", "a"), FOR_EVER);
        assert_eq!(speaks(&rules, ConversationKind::Group, "g"), 22408);
    }

    #[test]
    fn whoever_is_muted_everywhere_has_a_code_for_each_kind() {
        let mut rules = Rules::default();
        rules.put(&rule(RuleKind::MutedInPrivate, "", "a"), FOR_EVER);
        assert_eq!(speaks(&rules, ConversationKind::Private, "b"), 20106);
        assert_eq!(speaks(&rules, ConversationKind::Group, "g"), 0);
        rules.put(&rule(RuleKind::MutedInGroups, "", "a"), FOR_EVER);
        for kind in [ConversationKind::Group, ConversationKind::Discussion] {
            assert_eq!(speaks(&rules, kind, "g"), 22408);
        }
    }
}
