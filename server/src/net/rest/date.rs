//! Times as the server API writes and reads them. All of them are UTC.

use hongyan::time::UnixMillis;

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;

/// Year, month (1 to 12) and day (1 to 31) of a day since 1970, in the proleptic Gregorian calendar
/// (Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The day since 1970 of a date (`days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// `2015-01-11 01:28:20`.
pub fn text(time: UnixMillis) -> String {
    separated(time, '-')
}

/// The same with another character between the parts of the date.
pub fn separated(time: UnixMillis, between: char) -> String {
    let (day, rest) = (time.get().div_euclid(DAY), time.get().rem_euclid(DAY) / 1000);
    let (year, month, day) = civil(day);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}{between}{month:02}{between}{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// The hour since 1970 that `2014010101` names: year, month, day, hour.
pub fn hour(text: &str) -> Option<i64> {
    if text.len() != 10 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from, to| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (date, hour) = (days(year, month, day), part(8, 10)?);
    let exists = civil(date) == (year, month, day) && hour < 24;
    exists.then_some(date * 24 + hour)
}

/// The other way round: `2014010101`.
pub fn name_of_hour(hour: i64) -> String {
    let (year, month, day) = civil(hour.div_euclid(24));
    format!("{year:04}{month:02}{day:02}{:02}", hour.rem_euclid(24))
}

/// When an hour since 1970 begins.
pub const fn begin_of_hour(hour: i64) -> UnixMillis {
    UnixMillis::new(hour.saturating_mul(HOUR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        for (time, expected) in [
            (0, "1970-01-01 00:00:00"),
            (951_782_399_999, "2000-02-28 23:59:59"),
            (951_782_400_000, "2000-02-29 00:00:00"),
            (1_420_939_700_000, "2015-01-11 01:28:20"),
        ] {
            assert_eq!(text(UnixMillis::new(time)), expected);
        }
        assert_eq!(separated(UnixMillis::ZERO, '/'), "1970/01/01 00:00:00");
    }

    #[test]
    fn an_hour_is_a_date_that_exists() {
        assert_eq!(hour("1970010100"), Some(0));
        assert_eq!(hour("2014010101").map(name_of_hour).as_deref(), Some("2014010101"));
        assert_eq!(hour("2000022923").map(begin_of_hour), Some(UnixMillis::new(951_865_200_000)));
        for bad in ["", "2001022900", "2001010124", "2001130100", "200101010", "20010101 1", "二〇"]
        {
            assert_eq!(hour(bad), None, "{bad}");
        }
    }
}
