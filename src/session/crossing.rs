//! A pull that crosses a PUBACK. Servers without the extensions do not say of an own row which send
//! it was; its uid does, once the PUBACK is there. So a page with an own row of a conversation to
//! which a send is on its way waits for that send's answer: else the page would be shown as new
//! what it has sent itself.

use super::engine::Engine;
use super::outbox::{Place, Stage};
use crate::signal::MessageDirection;
use crate::signal::pull::PullPage;

/// A page that waits. The pull stays under way meanwhile.
#[derive(Debug)]
pub struct CrossedPage {
    page: PullPage,
    /// Sends that were on their way when the page came.
    sends: Vec<Place>,
}

impl Engine {
    /// A page of a server without the extensions came.
    pub(super) fn page_or_wait(&mut self, page: PullPage) {
        let own = page.messages.iter().filter(|message| {
            message.direction == MessageDirection::Sent && message.client_id.is_none()
        });
        let own: Vec<_> = own.map(|message| &message.conversation).collect();
        let crossed = self.outbox.iter().filter(|(_, entry)| {
            matches!(entry.stage, Stage::Sending { .. })
                && own.contains(&&entry.message.conversation)
        });
        let sends = crossed.map(|(place, _)| place).collect();
        self.crossed = Some(CrossedPage { page, sends });
        self.take_crossed_page();
    }

    /// Takes the page if nothing that it waits for is on its way any more. A page of a link that is
    /// gone is pulled again.
    pub(super) fn take_crossed_page(&mut self) {
        let Some(crossed) = self.crossed.take() else { return };
        if self.connection.login().is_none() {
            return;
        }
        let waits = self.outbox.iter().any(|(place, entry)| {
            matches!(entry.stage, Stage::Sending { .. }) && crossed.sends.contains(&place)
        });
        if waits {
            self.crossed = Some(crossed);
        } else {
            self.take_page(crossed.page, false);
        }
    }
}
