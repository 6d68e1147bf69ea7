//! What accounts keep in memory: who tried how often, and the passwords at work.

use std::sync::{Mutex, PoisonError};

use hongyan::ids::UserId;
use hongyan::time::Tick;

use super::super::passwords::Passwords;
use crate::core::accounts::{Attempts, LoginGuard, Tries};

/// What one user may ask for: so often at once, then once a second.
const CALLS: Tries = Tries { burst: 120, pause: 1000 };

/// Where accounts are looked after.
#[derive(Debug)]
pub struct Desk {
    pub(in crate::net) passwords: Passwords,
    guard: Mutex<LoginGuard>,
    calls: Mutex<Attempts<UserId>>,
}

impl Desk {
    /// Nobody has tried anything.
    pub fn new(tries: Tries) -> Self {
        Self {
            passwords: Passwords::new(),
            guard: Mutex::new(LoginGuard::new(tries)),
            calls: Mutex::new(Attempts::new(CALLS)),
        }
    }

    /// Does something with the guard: nothing in it can fail half-way.
    pub fn guarded<T>(&self, with: impl FnOnce(&mut LoginGuard) -> T) -> T {
        with(&mut self.guard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A user calls.
    pub fn call(&self, user: &UserId, now: Tick) -> Result<(), u64> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.take(&user.detached(), now)
    }
}
