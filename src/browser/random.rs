//! Randomness that nobody can guess.

use super::global;

/// The browser has no `crypto.getRandomValues`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomness;

/// 64 random bits.
///
/// # Errors
/// [`NoRandomness`]: ids that two clients could share are worse than no client.
pub fn bits() -> Result<u64, NoRandomness> {
    let crypto: web_sys::Crypto = global::typed_member("crypto").ok_or(NoRandomness)?;
    global::member_of(&crypto, "getRandomValues").ok_or(NoRandomness)?;
    let mut bytes = [0; 8];
    crypto.get_random_values_with_u8_array(&mut bytes).map_err(|_thrown| NoRandomness)?;
    Ok(u64::from_le_bytes(bytes))
}
