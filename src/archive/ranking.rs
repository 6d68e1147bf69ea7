//! Which hit comes first.
//!
//! `score = (relevance + recency) / 2`, both between 0 and 1:
//! - relevance is the mean over the query's parts of `n / (n + 1)`, where n is how often the
//!   message has the part, whole words counting twice;
//! - recency is `1 / (1 + age / 30 days)`, the age counted from the newest hit that competes, so
//!   that the order of yesterday's hits does not depend on the day they are looked for.

use super::query::Tally;

/// After so many milliseconds recency has fallen to a half.
const HALF_LIFE_MS: f64 = 30.0 * 86_400_000.0;

/// How well a message of `time` fits, next to the newest one's time (Unix milliseconds).
pub(super) fn score(tallies: &[Tally], time: i64, newest: i64) -> f64 {
    let relevance = |tally: &Tally| {
        let times = f64::from(tally.times) + f64::from(tally.whole);
        times / (times + 1.0)
    };
    let parts = tallies.len().max(1) as f64;
    let relevance = tallies.iter().map(relevance).sum::<f64>() / parts;
    let age = newest.saturating_sub(time).max(0) as f64;
    let recency = 1.0 / (1.0 + age / HALF_LIFE_MS);
    f64::midpoint(relevance, recency)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn tally(times: u32, whole: u32) -> Tally {
        Tally { times, whole }
    }

    #[test]
    fn more_is_better_newer_is_better_whole_words_are_better() {
        let once = score(&[tally(1, 0)], 0, 0);
        assert!(score(&[tally(2, 0)], 0, 0) > once);
        assert!(score(&[tally(1, 1)], 0, 0) > once);
        assert!(score(&[tally(1, 0)], 0, DAY) < once);
    }

    #[test]
    fn a_month_weighs_as_much_as_half_of_all_relevance() {
        let old_and_full = score(&[tally(50, 50)], 0, 30 * DAY);
        let new_and_thin = score(&[tally(1, 0)], 30 * DAY, 30 * DAY);
        assert!((old_and_full - new_and_thin).abs() < 0.01);
    }

    #[test]
    fn times_that_cannot_be_do_not_break_the_order() {
        for (time, newest) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (0, 0)] {
            let score = score(&[tally(1, 1)], time, newest);
            assert!((0.0..=1.0).contains(&score), "{score}");
        }
    }
}
