//! Little words about text, on bytes: the standard library's go by characters of any length.

/// What stands before and behind the first `byte` of `text`, which is ASCII; none without it.
pub fn split_once(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|found| found == byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The parts of `text` between one `byte` and the next, which is ASCII. Always one at least.
pub fn split(text: &str, byte: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    core::iter::from_fn(move || {
        let text = rest?;
        let (part, behind) = match split_once(text, byte) {
            Some((part, behind)) => (part, Some(behind)),
            None => (text, None),
        };
        rest = behind;
        Some(part)
    })
}

/// The parts of `bytes` that are UTF-8, each with the broken bytes behind it: what a decoder puts
/// one U+FFFD for, and nothing behind the last.
pub fn pieces(bytes: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    let mut rest = bytes;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (whole, broken) = match core::str::from_utf8(rest) {
            Ok(_) => (rest.len(), 0),
            Err(error) => {
                let behind = rest.len() - error.valid_up_to();
                (error.valid_up_to(), error.error_len().unwrap_or(behind))
            }
        };
        let (text, behind) = rest.split_at_checked(whole)?;
        let (broken, behind) = behind.split_at_checked(broken)?;
        rest = behind;
        Some((core::str::from_utf8(text).ok()?, broken))
    })
}

/// The number of these decimal digits; none for anything but digits, and above [`u64::MAX`].
pub fn unsigned(digits: &str) -> Option<u64> {
    let mut number = 0_u64;
    for byte in digits.bytes() {
        let digit = char::from(byte).to_digit(10)?;
        number = number.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    (!digits.is_empty()).then_some(number)
}

/// The number of these decimal digits, with a minus before them or without.
pub fn signed(digits: &str) -> Option<i64> {
    match digits.strip_prefix('-') {
        Some(digits) => 0_i64.checked_sub_unsigned(unsigned(digits)?),
        None => i64::try_from(unsigned(digits)?).ok(),
    }
}

/// Appends `number` in decimal digits, without the formatting machinery.
pub fn push_number(text: &mut String, number: u64) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        assert_eq!(split_once("中:b:", b':'), Some(("中", "b:")));
        assert_eq!(split_once("ab", b':'), None);
        assert_eq!(split("a,,中,", b',').collect::<Vec<_>>(), ["a", "", "中", ""]);
        assert_eq!(split("", b',').collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn pieces_are_those_of_the_standard_library() {
        let texts: [&[u8]; 7] = [
            b"",
            b"a",
            b"\xff",
            b"a\xe4\xbd",
            b"\xe4\xbda\xff\xf0\x9f",
            b"\xed\xa0\x80",
            "中😀".as_bytes(),
        ];
        for text in texts {
            let chunks = text.utf8_chunks().map(|chunk| (chunk.valid(), chunk.invalid()));
            assert!(pieces(text).eq(chunks), "{text:x?}");
        }
    }

    #[test]
    fn numbers() {
        for number in [0, 9, 10, u64::MAX] {
            assert_eq!(unsigned(&number.to_string()), Some(number));
        }
        for number in [0, -1, i64::MIN, i64::MAX] {
            assert_eq!(signed(&number.to_string()), Some(number));
        }
        for damaged in ["", "-", "+1", " 1", "1x", "18446744073709551616", "--1"] {
            assert_eq!((unsigned(damaged), signed(damaged)), (None, None), "{damaged}");
        }
        assert_eq!((unsigned("-1"), signed("9223372036854775808")), (None, None));
    }
}
