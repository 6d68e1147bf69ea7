//! Which setting somebody means who mistyped its name.

use super::settings::{SETTINGS, Setting};

/// The setting that a name is a mistyped one of: at most two letters are others, and most are not.
pub(super) fn meant(name: &str) -> Option<&'static Setting> {
    let near = |setting: &&Setting| {
        let off = distance(name, setting.key);
        off <= 2 && off * 3 <= setting.key.len()
    };
    SETTINGS.iter().filter(near).min_by_key(|setting| distance(name, setting.key))
}

/// How many letters are put in, left out or changed between two names.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.bytes().enumerate() {
        let (mut before, mut left) = (at, at + 1);
        for (cell, wanted) in row.iter_mut().skip(1).zip(other.bytes()) {
            let cost = (before + usize::from(letter != wanted)).min(left + 1).min(*cell + 1);
            before = std::mem::replace(cell, cost);
            left = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or(one.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_counts_letters() {
        for (one, other, off) in [
            ("", "", 0),
            ("", "abc", 3),
            ("listen", "listen", 0),
            ("lisen", "listen", 1),
            ("send_raet", "send_rate", 2),
            ("abc", "", 3),
        ] {
            assert_eq!((distance(one, other), distance(other, one)), (off, off), "{one} {other}");
        }
    }

    #[test]
    fn no_setting_is_taken_for_another() {
        for setting in SETTINGS {
            assert_eq!(meant(setting.key).map(|meant| meant.key), Some(setting.key));
        }
        assert!(meant("port").is_none() && meant("").is_none());
    }
}
