//! What the tests of `core` share.

use std::sync::Mutex;

use hongyan::ids::UserId;

use super::ask::{Login, Notice, TokenOf};
use super::hub::Outlet;

/// An outlet that keeps what it was told.
#[derive(Default)]
pub struct Inlet {
    notices: Mutex<Vec<Notice>>,
    full: Mutex<bool>,
}

impl Inlet {
    pub fn taken(&self) -> Vec<Notice> {
        std::mem::take(&mut self.notices.lock().unwrap())
    }

    pub fn fill(&self) {
        *self.full.lock().unwrap() = true;
    }
}

impl Outlet for Inlet {
    fn notify(&self, notice: Notice) -> bool {
        if *self.full.lock().unwrap() {
            return false;
        }
        self.notices.lock().unwrap().push(notice);
        true
    }
}

pub fn login(user: &str, device: Option<&str>) -> Login {
    Login { user: UserId::from(user), device: device.map(Into::into), token: TokenOf::default() }
}
