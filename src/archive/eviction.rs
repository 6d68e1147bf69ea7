//! What has to go when there are too many messages: the oldest, whatever their conversation.
//!
//! More is taken than must be, so that not every new message takes one away; in steps, so that
//! no transaction keeps a reader waiting.

/// How many messages are kept unless the page says otherwise.
pub const DEFAULT_MAX_MESSAGES: u32 = 100_000;

/// Rows that one transaction deletes.
pub(super) const STEP: u32 = 250;

/// How many of `count` messages have to go to be within `max`.
pub(super) const fn surplus(count: u32, max: u32) -> u32 {
    if count <= max {
        return 0;
    }
    count - max + max / 50
}

/// How many of `count` messages go when the browser has no more room.
pub(super) const fn relief(count: u32) -> u32 {
    if count < 10 { count } else { count / 10 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_goes_while_there_is_room() {
        assert_eq!(surplus(0, 0), 0);
        assert_eq!(surplus(100, 100), 0);
        assert_eq!(surplus(101, 100), 3);
        assert_eq!(surplus(5, 0), 5);
    }

    proptest! {
        #[test]
        fn what_is_left_is_within_the_bound_and_not_much_less(count in any::<u32>(), max in any::<u32>()) {
            let gone = surplus(count, max);
            prop_assert!(gone <= count);
            prop_assert!(count - gone <= max);
            prop_assert!(count - gone >= count.min(max - max / 50));
        }

        #[test]
        fn relief_is_something_of_something(count in 1_u32..) {
            prop_assert!((1..=count).contains(&relief(count)));
        }
    }
}
