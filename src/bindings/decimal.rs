//! 64-bit numbers cross to JS as decimal text. Written by hand: the standard formatting machinery
//! would be the larger part of the bindings.

/// `number` in decimal.
pub(super) fn text(number: u64) -> String {
    let mut rest = number;
    let mut reversed = Vec::with_capacity(20);
    loop {
        reversed.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    reversed.iter().rev().map(|digit| char::from(*digit)).collect()
}

/// The number that `text` writes with digits alone; `None` for anything else.
pub(super) fn number(text: &str) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.bytes().try_fold(0_u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for n in [0, 1, 9, 10, 99, 100, u64::from(u32::MAX), i64::MAX as u64, u64::MAX] {
            assert_eq!(text(n), n.to_string());
            assert_eq!(number(&n.to_string()), Some(n));
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "-1", "+1", "1 ", "0x1", "1e3", "18446744073709551616"] {
            assert_eq!(number(text), None, "{text:?}");
        }
    }
}
