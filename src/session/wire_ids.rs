//! Numbers of PUBLISH and QUERY on the wire: one counter, 1 to 65535, never one that is in flight.

use crate::sorted::SortedSet;

/// Gives numbers away and takes them back.
#[derive(Clone, Debug, Default)]
pub struct WireIds {
    last: u16,
    in_flight: SortedSet<u16>,
}

impl WireIds {
    /// The next free number after the last one; `None` when every number is in flight.
    pub fn take(&mut self) -> Option<u16> {
        if self.in_flight.len() >= usize::from(u16::MAX) {
            return None;
        }
        for _ in 0..=u16::MAX {
            self.last = self.last.checked_add(1).unwrap_or(1);
            if self.in_flight.insert(self.last) {
                return Some(self.last);
            }
        }
        None
    }

    /// The number was answered.
    pub fn give_back(&mut self, id: u16) {
        self.in_flight.remove(&id);
    }

    /// The link is gone, and with it everything in flight. The counter goes on.
    pub fn link_lost(&mut self) {
        self.in_flight.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b5_o10_numbers_wrap_past_those_in_flight() {
        let mut ids = WireIds { last: 65_533, in_flight: SortedSet::new() };
        let taken: Vec<_> = (0..3).map(|_| ids.take().unwrap()).collect();
        assert_eq!(taken, [65_534, 65_535, 1], "0 is no number");
        ids.last = 65_533;
        assert_eq!(ids.take(), Some(2), "65534, 65535 and 1 are in flight");
        ids.give_back(65_535);
        ids.last = 65_533;
        assert_eq!(ids.take(), Some(65_535));
    }

    #[test]
    fn there_are_65535_of_them() {
        let mut ids = WireIds::default();
        assert_eq!((0..70_000).filter_map(|_| ids.take()).count(), 65_535);
        ids.link_lost();
        assert_eq!(ids.take(), Some(1));
    }
}
