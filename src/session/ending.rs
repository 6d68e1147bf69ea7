//! Why a link ended or a login was refused, and what follows: a table for each of the three ways in
//! which a server says so (`docs/reconnecting.md` shows them to people).

use super::connection::{Change, Connection};
use super::context::Context;
use super::io::{CloseCause, Status};
use crate::error::{Error, ErrorCode};
use crate::ids::LinkId;

/// So many redirects in a row are followed.
const MAX_REDIRECTS: u32 = 3;

/// What to do now that a link is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseAction {
    /// Connect again at once.
    Again,
    /// Connect again after a pause: the server has too much to do.
    Later,
    /// Connect to another host at once; after a pause where there is no other.
    OtherHost,
    /// Forget where the servers are, ask a navigator, and connect to where it says.
    Renavigate,
    /// The frame on its way was too large: do not send it again, and connect again at once.
    SmallerFrame,
    /// The token is refused for this reason: the page may supply another one, else it is the end.
    Renew(ErrorCode),
    /// Nothing helps until the page acts.
    End(Status, ErrorCode),
}

impl CloseAction {
    /// What the end of a socket asks for. The codes are those that the Internet Assigned Numbers
    /// Authority lists for WebSockets; of the private ones nobody knows what they mean, and a
    /// navigator knows best then.
    pub const fn of(cause: CloseCause) -> Self {
        match cause {
            CloseCause::Failed => Self::OtherHost,
            CloseCause::Code(code) => match code {
                // Going away, protocol error, unsupported or invalid data, missing extension,
                // internal error, restart, bad gateway, TLS.
                1001..=1003 | 1007 | 1010..=1012 | 1014 | 1015 => Self::OtherHost,
                1008 => Self::Renavigate,
                1009 => Self::SmallerFrame,
                1013 => Self::Later,
                3000 => Self::Renew(ErrorCode::TokenIncorrect),
                3003 => Self::End(Status::Refused, ErrorCode::NotAuthorized),
                // Timeout.
                3008 => Self::Again,
                3001..=4999 => Self::Renavigate,
                // Normal, none, without a close frame.
                _ => Self::Again,
            },
        }
    }

    /// What a DISCONNECT with this reason asks for. 0 and 6 redirect; what the others mean differs
    /// between servers, and another way in cannot hurt.
    pub const fn of_reason(reason: u8) -> Self {
        match reason {
            1 => Self::End(Status::KickedByOtherClient, ErrorCode::Kicked),
            2 => Self::End(Status::Blocked, ErrorCode::UserBlocked),
            7 => Self::Renew(ErrorCode::TokenExpired),
            8 => Self::End(Status::Refused, ErrorCode::ProtocolVersionRefused),
            9 => Self::End(Status::Refused, ErrorCode::from_connack(19)),
            _ => Self::Renavigate,
        }
    }

    /// What a CONNACK with this status, which is not 0, asks for.
    pub const fn of_refusal(status: u8) -> Self {
        let code = ErrorCode::from_connack(status);
        match status {
            4 | 10 => Self::Renew(code),
            6 => Self::Renavigate,
            8 | 9 => Self::End(Status::Blocked, code),
            12 => Self::End(Status::DomainIncorrect, code),
            1 | 2 | 5 | 7 | 11 | 13..=20 => Self::End(Status::Refused, code),
            // 3 is "not now", and nobody knows what the others are.
            _ => Self::OtherHost,
        }
    }
}

impl CloseAction {
    /// Whether the next attempt may succeed without another token and without the page.
    const fn leads_on(self) -> bool {
        !matches!(self, Self::Renew(_) | Self::End(..))
    }
}

impl Connection {
    /// The link is gone.
    pub fn link_closed(
        &mut self,
        cx: &mut Context,
        id: LinkId,
        cause: CloseCause,
    ) -> Option<Change> {
        if self.link.beside() == Some(id) {
            return self.upgrade_failed(cx);
        }
        if self.link.socket() != Some(id) || self.old_link_gone() {
            return None;
        }
        let action = match cause {
            // A request of a polling link that was up: the network, as with 1006.
            CloseCause::Failed if self.link.login().is_some() => CloseAction::Again,
            CloseCause::Failed | CloseCause::Code(_) => CloseAction::of(cause),
        };
        if self.link.login().is_none() && action.leads_on() && self.refused_socket(cx, cause) {
            return None;
        }
        self.follow(cx, action, Error::network(ErrorCode::ServerUnavailable))
    }

    /// DISCONNECT came.
    pub fn server_ended(&mut self, cx: &mut Context, reason: u8) -> Option<Change> {
        self.link.socket()?;
        let error = Error::server(ErrorCode::ServerUnavailable);
        self.follow(cx, CloseAction::of_reason(reason), error)
    }

    /// Does what the end of the link asks for. `error` is what a login under way failed of.
    fn follow(&mut self, cx: &mut Context, action: CloseAction, error: Error) -> Option<Change> {
        match action {
            CloseAction::End(status, code) => Some(self.end(cx, status, Error::server(code))),
            CloseAction::Renew(code) => self.token_refused(cx, Error::server(code)),
            CloseAction::Again
            | CloseAction::Later
            | CloseAction::OtherHost
            | CloseAction::Renavigate
            | CloseAction::SmallerFrame => {
                let up = self.link.login().is_some();
                // During a login there may be other hosts in an answer that is only just here.
                if action == CloseAction::Renavigate && (up || !self.round.navigated) {
                    self.forget_navigation(cx);
                }
                if up {
                    return self.lost(cx, action);
                }
                self.host_failed(cx, error);
                None
            }
        }
    }

    /// The server does not want the login.
    pub(super) fn refused(&mut self, cx: &mut Context, status: u8) -> Option<Change> {
        let error = Error::server(ErrorCode::from_connack(status));
        match CloseAction::of_refusal(status) {
            CloseAction::End(told, _) => {
                self.forget_navigation(cx);
                Some(self.end(cx, told, error))
            }
            CloseAction::Renew(_) => self.token_refused(cx, error),
            CloseAction::Renavigate => {
                self.redirected(cx);
                None
            }
            CloseAction::Again
            | CloseAction::Later
            | CloseAction::OtherHost
            | CloseAction::SmallerFrame => {
                self.host_failed(cx, error);
                None
            }
        }
    }

    fn redirected(&mut self, cx: &mut Context) {
        self.forget_navigation(cx);
        self.redirects += 1;
        if self.redirects > MAX_REDIRECTS {
            self.round.error = Error::server(ErrorCode::ServerUnavailable);
            self.round_failed(cx);
        } else {
            self.start_round(cx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CloseAction::*;
    use super::*;

    /// One line for each row of the table in `docs/reconnecting.md`.
    #[test]
    fn a9_every_close_code_has_its_action() {
        let table = [
            (1000, Again),
            (1001, OtherHost),
            (1002, OtherHost),
            (1003, OtherHost),
            (1005, Again),
            (1006, Again),
            (1007, OtherHost),
            (1008, Renavigate),
            (1009, SmallerFrame),
            (1010, OtherHost),
            (1011, OtherHost),
            (1012, OtherHost),
            (1013, Later),
            (1014, OtherHost),
            (1015, OtherHost),
            (3000, Renew(ErrorCode::TokenIncorrect)),
            (3003, End(Status::Refused, ErrorCode::NotAuthorized)),
            (3008, Again),
            (3001, Renavigate),
            (3999, Renavigate),
            (4000, Renavigate),
            (4999, Renavigate),
            (0, Again),
            (999, Again),
            (2999, Again),
            (5000, Again),
            (65_535, Again),
        ];
        for (code, action) in table {
            assert_eq!(CloseAction::of(CloseCause::Code(code)), action, "{code}");
        }
        assert_eq!(CloseAction::of(CloseCause::Failed), OtherHost);
    }

    #[test]
    fn only_answers_about_the_token_or_the_user_end_a_session() {
        let ends = |action| matches!(action, End(..) | Renew(_));
        let all = 0..=u16::MAX;
        let codes: Vec<u16> =
            all.filter(|code| ends(CloseAction::of(CloseCause::Code(*code)))).collect();
        assert_eq!(codes, [3000, 3003]);
        let reasons: Vec<u8> =
            (0..=u8::MAX).filter(|reason| ends(CloseAction::of_reason(*reason))).collect();
        assert_eq!(reasons, [1, 2, 7, 8, 9]);
        let refusals: Vec<u8> =
            (1..=u8::MAX).filter(|status| !ends(CloseAction::of_refusal(*status))).collect();
        assert_eq!(refusals[..2], [3, 6]);
        assert_eq!(refusals[2..], (21..=u8::MAX).collect::<Vec<_>>());
    }
}
