//! Names of messages and of those who see them.

use serde::{Deserialize, Serialize};

/// A message's name in the eyes of the judge: who sent it, to whom, and its place in that sender's
/// order. The test writes it into the content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The sender.
    pub from: String,
    /// On which of the sender's devices.
    pub device: u32,
    /// The receiver: a user, or a room that was declared.
    pub to: String,
    /// 0, 1, 2 … in the order in which this device sent to `to`.
    pub number: u32,
}

impl Key {
    /// The key as text without anything that JSON escapes.
    pub fn to_text(&self) -> String {
        format!("{} {} {} {}", self.from, self.device, self.to, self.number)
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let key = Self {
            from: parts.next()?.to_owned(),
            device: parts.next()?.parse().ok()?,
            to: parts.next()?.to_owned(),
            number: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(key)
    }
}

/// One pair of eyes: a user at a device, for as long as that device's memory lasts. After its
/// storage was lost it is another pair of eyes, which may see again what the old one saw.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Whose eyes.
    pub user: String,
    /// At which device.
    pub device: u32,
    /// How often that device lost its memory.
    #[serde(default)]
    pub epoch: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_as_text() {
        let key = Key { from: "a".into(), device: 0, to: "b".into(), number: 5 };
        assert_eq!(Key::from_text(&key.to_text()), Some(key));
        assert_eq!(Key::from_text("a 0 b"), None);
        assert_eq!(Key::from_text("a 0 b 1 x"), None);
    }
}
