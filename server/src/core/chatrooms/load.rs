//! How many messages one chatroom takes: what thousands read costs thousandfold, so when there are
//! too many, some are refused before others.

use hongyan::time::Tick;

/// How dear a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Refused when half of what the room takes is used up.
    Low,
    /// Refused when all of it is.
    Ordinary,
    /// Never refused.
    Protected,
}

const MESSAGE: u64 = 1000;

/// A bucket of a second's messages, in thousandths of one.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    left: u64,
    at: Tick,
}

impl Load {
    /// All that a room takes, `per_second` messages.
    pub fn full(per_second: u32) -> Self {
        Self { left: u64::from(per_second) * MESSAGE, at: Tick::from_millis(0) }
    }

    /// Whether a message is taken; with a rate of 0 every one is.
    pub fn take(&mut self, per_second: u32, priority: Priority, now: Tick) -> bool {
        let full = u64::from(per_second) * MESSAGE;
        if full == 0 {
            return true;
        }
        let gained = now.since(self.at).saturating_mul(u64::from(per_second));
        self.left = self.left.saturating_add(gained).min(full);
        self.at = self.at.max(now);
        let needed = match priority {
            Priority::Low => full / 2 + MESSAGE,
            Priority::Ordinary => MESSAGE,
            Priority::Protected => 0,
        };
        if self.left < needed {
            return false;
        }
        self.left = self.left.saturating_sub(MESSAGE);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn low_messages_are_refused_first_and_protected_ones_never() {
        let now = Tick::from_millis(5000);
        let mut load = Load::full(10);
        let taken = |load: &mut Load, priority, tries| {
            (0..tries).filter(|_| load.take(10, priority, now)).count()
        };
        assert_eq!(taken(&mut load, Priority::Low, 20), 5);
        assert_eq!(taken(&mut load, Priority::Ordinary, 20), 5);
        assert_eq!(taken(&mut load, Priority::Protected, 20), 20);
        assert!(!load.take(10, Priority::Ordinary, now));
        assert!(load.take(10, Priority::Ordinary, now + 100));
        assert!((0..100).all(|_| load.take(0, Priority::Low, now)));
    }
}
