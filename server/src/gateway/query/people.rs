//! The questions about other users: `addBlack`, `rmBlack`, `getBlack`, `blackStat`, `userInf`,
//! `getUserStatus`, `setUserStatus`, `subUserStatus`; and `s_stat`, which tells who is online.

use bytes::Bytes;
use bytestring::ByteString;
use hongyan::ids::UserId;
use hongyan::proto::{
    Add2BlackListInput, BlackListStatusInput, GetUserInfoOutput, GetUserStatusOutput,
    QueryBlackListOutput, RemoveFromBlackListInput, SetUserStatusInput, SubUserStatusInput,
};
use hongyan::signal::{SignalError, server, topic};
use prost::Message as _;

use super::super::connection::{Asked, Connection, Phase, Question};
use super::decoded;
use crate::core::ask::{Ask, PeopleAsk, PeopleTold};
use crate::core::clock::Now;
use crate::core::presence::Presence;

/// What clients of this server run on: `p` of a status.
const PLATFORM: &str = "Websocket";

/// Whether a topic is one of these.
pub(super) fn is_topic(topic: &str) -> bool {
    matches!(
        topic,
        "addBlack"
            | "rmBlack"
            | "getBlack"
            | "blackStat"
            | "userInf"
            | "getUserStatus"
            | "setUserStatus"
            | "subUserStatus"
    )
}

impl Connection {
    pub(super) fn people_topic(
        &mut self,
        question: Question,
        topic: &str,
        target: &ByteString,
        body: &Bytes,
    ) -> Result<(), SignalError> {
        let target = UserId::from(&**target).detached();
        let (ask, asked) = match topic {
            "addBlack" => {
                let user = decoded::<Add2BlackListInput>(body)?.user_id.into();
                (PeopleAsk::Block(user), Asked::Done(question))
            }
            "rmBlack" => {
                let user = decoded::<RemoveFromBlackListInput>(body)?.user_id.into();
                (PeopleAsk::Unblock(user), Asked::Done(question))
            }
            "getBlack" => (PeopleAsk::Blacklist, Asked::People(question)),
            "blackStat" => {
                let user = decoded::<BlackListStatusInput>(body)?.user_id.into();
                (PeopleAsk::IsUnblocked(user), Asked::Whether(question))
            }
            "userInf" => (PeopleAsk::Profile(target), Asked::People(question)),
            "getUserStatus" => (PeopleAsk::Presence(target), Asked::People(question)),
            "setUserStatus" => {
                let status = decoded::<SetUserStatusInput>(body)?.status.unwrap_or(0);
                (PeopleAsk::SetStatus(status), Asked::Done(question))
            }
            _ => {
                let SubUserStatusInput { userid, hy_stop } = decoded(body)?;
                let users = userid.into_iter().map(UserId::from).collect();
                if self.client.extended && hy_stop == Some(true) {
                    (PeopleAsk::Unwatch(users), Asked::Done(question))
                } else {
                    (PeopleAsk::Watch(users), Asked::Watching(question))
                }
            }
        };
        self.ask(Ask::People(ask), asked);
        Ok(())
    }

    pub(in super::super) fn people_told(
        &mut self,
        now: Now,
        question: Question,
        told: &PeopleTold,
    ) {
        let body = match told {
            PeopleTold::Users(users) => QueryBlackListOutput {
                user_ids: users.iter().map(|user| user.as_str().to_owned()).collect(),
            }
            .encode_to_vec(),
            PeopleTold::Profile(user, profile) => GetUserInfoOutput {
                user_id: user.as_str().to_owned(),
                user_name: profile.name.clone(),
                user_portrait: profile.portrait.clone(),
            }
            .encode_to_vec(),
            PeopleTold::Presences(presences) => {
                presences.first().map(presence_body).unwrap_or_default()
            }
        };
        self.answer(now, question, 0, body.into());
    }

    /// Those who are watched now, as they are.
    pub(in super::super) fn watching(&mut self, now: Now, presences: &[Presence]) {
        for presence in presences {
            self.presence(now, presence);
        }
    }

    pub(in super::super) fn presence(&mut self, now: Now, presence: &Presence) {
        if self.phase != Phase::Greeting {
            let body = Bytes::from(presence_body(presence));
            let frame = server::told(now.wall, topic::PRESENCE, &self.me, body);
            self.send(now, &frame);
        }
    }

    /// What was missed of them is told once more.
    pub(in super::super) fn ask_watched(&mut self) {
        self.ask(Ask::People(PeopleAsk::Watched), Asked::Watched);
    }
}

/// One entry for each login, or one that says offline.
fn presence_body(presence: &Presence) -> Vec<u8> {
    let Presence { user, logins, status } = presence;
    let one = serde_json::json!({ "o": *logins > 0, "p": PLATFORM, "s": status });
    let all = vec![one; (*logins).max(1)];
    GetUserStatusOutput {
        status: Some(serde_json::json!({ "us": all }).to_string()),
        sub_user_id: Some(user.as_str().to_owned()),
    }
    .encode_to_vec()
}
