//! Hashes passwords with argon2id, off the threads that serve, and only so many at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::store::PasswordHash;

/// 19 MiB, two passes, one lane: what OWASP's Password Storage Cheat Sheet asks of argon2id at
/// least.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many hash at a time: so much memory at the most.
const AT_A_TIME: usize = 4;
/// How many may wait for it; more are sent away.
const WAITING: usize = 64;

/// Hashes and compares passwords.
#[derive(Debug)]
pub struct Passwords {
    hashing: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// How many were hashed: an unknown account costs as much as a wrong password.
    hashed: AtomicU64,
}

/// Why a password was not hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// Too many wait already.
    Busy,
    /// The hash cannot be made or read.
    Failed,
}

impl Passwords {
    /// Nobody waits.
    pub fn new() -> Self {
        Self {
            hashing: Arc::new(Semaphore::new(AT_A_TIME)),
            waiting: Arc::new(Semaphore::new(AT_A_TIME + WAITING)),
            hashed: AtomicU64::new(0),
        }
    }

    /// How many were hashed since the start.
    pub fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    /// The hash of a new password, with a salt of its own.
    ///
    /// # Errors
    /// Any of [`PasswordError`].
    pub async fn hash(&self, password: String) -> Result<PasswordHash, PasswordError> {
        self.work(move || {
            let hash = hasher()?.hash_password(password.as_bytes()).ok()?;
            Some(PasswordHash(hash.to_string()))
        })
        .await
    }

    /// Whether the password is the one of this hash. Without a hash it is not, after as much work.
    ///
    /// # Errors
    /// Any of [`PasswordError`].
    pub async fn is_right(
        &self,
        password: String,
        hash: Option<PasswordHash>,
    ) -> Result<bool, PasswordError> {
        self.work(move || {
            let Some(PasswordHash(hash)) = hash else {
                return hasher()?.hash_password(password.as_bytes()).ok().map(|_| false);
            };
            let hash = Phc::new(&hash).ok()?;
            Some(hasher()?.verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Option<T> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let Ok(waiting) = Arc::clone(&self.waiting).try_acquire_owned() else {
            return Err(PasswordError::Busy);
        };
        let hashing = Arc::clone(&self.hashing).acquire_owned().await;
        let hashing = hashing.map_err(|_| PasswordError::Failed)?;
        self.hashed.fetch_add(1, Ordering::Relaxed);
        // The places are held by the work itself: who hangs up does not make room for more.
        let worked = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((hashing, waiting));
            done
        });
        worked.await.ok().flatten().ok_or(PasswordError::Failed)
    }
}

fn hasher() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_is_argon2id_as_owasp_asks_for_it_and_salted() {
        let passwords = Passwords::new();
        let one = passwords.hash("correct horse".into()).await.unwrap();
        let two = passwords.hash("correct horse".into()).await.unwrap();
        assert!(one.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", one.0);
        assert_ne!(one, two);
        assert_eq!(format!("{one:?}"), "PasswordHash(…)");
        assert_eq!(passwords.is_right("correct horse".into(), Some(one.clone())).await, Ok(true));
        assert_eq!(passwords.is_right("correct house".into(), Some(one)).await, Ok(false));
    }

    #[tokio::test]
    async fn f16_without_an_account_as_much_is_hashed() {
        let passwords = Passwords::new();
        assert_eq!(passwords.is_right("correct horse".into(), None).await, Ok(false));
        assert_eq!(passwords.hashed(), 1);
    }

    #[tokio::test]
    async fn a_hash_that_is_none_is_a_fault_of_ours() {
        let broken = Some(PasswordHash("no hash".into()));
        let asked = Passwords::new().is_right("correct horse".into(), broken).await;
        assert_eq!(asked, Err(PasswordError::Failed));
    }

    #[tokio::test]
    async fn f16_only_so_many_wait() {
        let passwords = Passwords::new();
        let hashing = Arc::clone(&passwords.hashing).acquire_many_owned(4).await.unwrap();
        let asking = (0..WAITING + AT_A_TIME + 100).map(|_| passwords.is_right("x".into(), None));
        let mut asking: Vec<_> = asking.map(Box::pin).collect();
        let mut sent_away = 0;
        for asked in &mut asking {
            tokio::select! {
                biased;
                answer = asked => {
                    assert_eq!(answer, Err(PasswordError::Busy));
                    sent_away += 1;
                }
                () = std::future::ready(()) => {}
            }
        }
        assert_eq!((sent_away, passwords.hashed()), (100, 0));
        drop(hashing);
    }
}
