//! Which characters are letters, and their small forms: what people who write to each other need of
//! Unicode, in a kilobyte. The standard library's tables of all of it weigh ten.

/// Capitals of one distance from their small letters: first, last, distance (modulo 2¹⁶). Where it is
/// 1, capitals and small letters take turns, and the first of the range is a capital.
const CAPITALS: [(u16, u16, u16); 83] = [
    (0xc0, 0xd6, 32),
    (0xd8, 0xde, 32),
    (0x100, 0x12e, 1),
    (0x130, 0x130, 0xff39),
    (0x132, 0x136, 1),
    (0x139, 0x147, 1),
    (0x14a, 0x176, 1),
    (0x178, 0x178, 0xff87),
    (0x179, 0x17d, 1),
    (0x182, 0x184, 1),
    (0x189, 0x18a, 205),
    (0x1a0, 0x1a4, 1),
    (0x1b1, 0x1b2, 217),
    (0x1b3, 0x1b5, 1),
    (0x1cb, 0x1db, 1),
    (0x1de, 0x1ee, 1),
    (0x1f2, 0x1f4, 1),
    (0x1f8, 0x21e, 1),
    (0x222, 0x232, 1),
    (0x246, 0x24e, 1),
    (0x370, 0x372, 1),
    (0x376, 0x376, 1),
    (0x37f, 0x37f, 116),
    (0x386, 0x386, 38),
    (0x388, 0x38a, 37),
    (0x38c, 0x38c, 64),
    (0x38e, 0x38f, 63),
    (0x391, 0x3a1, 32),
    (0x3a3, 0x3ab, 32),
    (0x3cf, 0x3cf, 8),
    (0x3d8, 0x3ee, 1),
    (0x3f4, 0x3f4, 0xffc4),
    (0x3f7, 0x3f7, 1),
    (0x3f9, 0x3f9, 0xfff9),
    (0x3fa, 0x3fa, 1),
    (0x3fd, 0x3ff, 0xff7e),
    (0x400, 0x40f, 80),
    (0x410, 0x42f, 32),
    (0x460, 0x480, 1),
    (0x48a, 0x4be, 1),
    (0x4c0, 0x4c0, 15),
    (0x4c1, 0x4cd, 1),
    (0x4d0, 0x52e, 1),
    (0x531, 0x556, 48),
    (0x10a0, 0x10c5, 7264),
    (0x13a0, 0x13ef, 0x97d0),
    (0x13f0, 0x13f5, 8),
    (0x1c90, 0x1cba, 0xf440),
    (0x1cbd, 0x1cbf, 0xf440),
    (0x1e00, 0x1e94, 1),
    (0x1e9e, 0x1e9e, 0xe241),
    (0x1ea0, 0x1efe, 1),
    (0x1f08, 0x1f0f, 0xfff8),
    (0x1f18, 0x1f1d, 0xfff8),
    (0x1f28, 0x1f2f, 0xfff8),
    (0x1f38, 0x1f3f, 0xfff8),
    (0x1f48, 0x1f4d, 0xfff8),
    (0x1f59, 0x1f5f, 0xfff8),
    (0x1f68, 0x1f6f, 0xfff8),
    (0x1f88, 0x1f8f, 0xfff8),
    (0x1f98, 0x1f9f, 0xfff8),
    (0x1fa8, 0x1faf, 0xfff8),
    (0x1fb8, 0x1fb9, 0xfff8),
    (0x1fba, 0x1fbb, 0xffb6),
    (0x1fc8, 0x1fcb, 0xffaa),
    (0x1fd8, 0x1fd9, 0xfff8),
    (0x1fda, 0x1fdb, 0xff9c),
    (0x1fe8, 0x1fe9, 0xfff8),
    (0x1fea, 0x1feb, 0xff90),
    (0x1ff8, 0x1ff9, 0xff80),
    (0x1ffa, 0x1ffb, 0xff82),
    (0x2160, 0x216f, 16),
    (0x24b6, 0x24cf, 26),
    (0x2c00, 0x2c2f, 48),
    (0x2c67, 0x2c6b, 1),
    (0x2c7e, 0x2c7f, 0xd5c1),
    (0x2c80, 0x2ce2, 1),
    (0x2ceb, 0x2ced, 1),
    (0xa640, 0xa66c, 1),
    (0xa680, 0xa69a, 1),
    (0xa722, 0xa72e, 1),
    (0xa732, 0xa76e, 1),
    (0xa779, 0xa77b, 1),
];

/// What stands between words, above ASCII: first and last of each range.
const SPACES: [(u16, u16); 46] = [
    (0x80, 0xa9),
    (0xab, 0xb1),
    (0xb4, 0xb4),
    (0xb6, 0xb8),
    (0xbb, 0xbb),
    (0xbf, 0xbf),
    (0xd7, 0xd7),
    (0xf7, 0xf7),
    (0x2c2, 0x2c5),
    (0x37e, 0x37e),
    (0x387, 0x387),
    (0x482, 0x482),
    (0x55a, 0x55f),
    (0x589, 0x58f),
    (0x5be, 0x5be),
    (0x5f3, 0x5f4),
    (0x600, 0x60f),
    (0x61b, 0x61f),
    (0x66a, 0x66d),
    (0x6d4, 0x6d4),
    (0x700, 0x70f),
    (0x964, 0x965),
    (0x10fb, 0x10fb),
    (0x1360, 0x1368),
    (0x2000, 0x206f),
    (0x207a, 0x207e),
    (0x208a, 0x208f),
    (0x20a0, 0x20ff),
    (0x2122, 0x2122),
    (0x2200, 0x22ff),
    (0x2400, 0x245f),
    (0x2500, 0x25ff),
    (0x27c0, 0x2aff),
    (0x2e00, 0x2e2e),
    (0x2e30, 0x2e7f),
    (0x2fe0, 0x3004),
    (0x3008, 0x3020),
    (0x3030, 0x3030),
    (0x303d, 0x3040),
    (0x30fb, 0x30fb),
    (0xd800, 0xf8ff),
    (0xfd3e, 0xfd4f),
    (0xfe10, 0xfe6f),
    (0xfeff, 0xfeff),
    (0xff5b, 0xff65),
    (0xffe0, 0xffff),
];

/// A letter's small form. What grows when it is made small grows by marks alone.
pub(super) fn small(char: char) -> char {
    if char.is_ascii() {
        return char.to_ascii_lowercase();
    }
    let Ok(code) = u16::try_from(char as u32) else { return char };
    let behind = CAPITALS.partition_point(|(first, ..)| *first <= code);
    let Some((first, last, distance)) = behind.checked_sub(1).and_then(|at| CAPITALS.get(at))
    else {
        return char;
    };
    let taking_turns = *distance == 1 && (code - first) % 2 == 1;
    if code > *last || taking_turns {
        return char;
    }
    char::from_u32(u32::from(code.wrapping_add(*distance))).unwrap_or(char)
}

/// Whether a character belongs to a word.
pub(super) fn is_letter(char: char) -> bool {
    if char.is_ascii() {
        return char.is_ascii_alphanumeric();
    }
    let Ok(code) = u16::try_from(char as u32) else { return true };
    let behind = SPACES.partition_point(|(first, _)| *first <= code);
    behind.checked_sub(1).and_then(|at| SPACES.get(at)).is_none_or(|(_, last)| code > *last)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written every day: Latin with all its marks, Vietnamese, Greek, Cyrillic, Armenian.
    fn everyday() -> impl Iterator<Item = char> {
        let ranges = [0..0x180, 0x1cd..0x1f0, 0x1f8..0x220, 0x370..0x557, 0x1e00..0x1f00];
        ranges.into_iter().flatten().filter_map(char::from_u32)
    }

    #[test]
    fn small_letters_are_those_of_the_standard_library() {
        for char in everyday() {
            assert_eq!(Some(small(char)), char.to_lowercase().next(), "{char}");
        }
    }

    #[test]
    fn what_is_made_small_is_small_wherever_the_table_speaks_at_all() {
        let all = (0..=0xffff).filter_map(char::from_u32);
        let wrong = |char: &char| char.to_lowercase().next() != Some(small(*char));
        let unlike = all.filter(|char| small(*char) != *char && wrong(char));
        // No letters are there.
        assert_eq!(unlike.collect::<String>(), "\u{1f5a}\u{1f5c}\u{1f5e}");
    }

    #[test]
    fn letters_and_digits_of_all_scripts_can_be_looked_for() {
        let all = (0..=0x10_ffff).filter_map(char::from_u32);
        let lost: String = all.filter(|char| char.is_alphanumeric() && !is_letter(*char)).collect();
        assert_eq!(lost, "");
    }

    #[test]
    fn punctuation_stands_between_words() {
        let marks =
            " !\"#'()*,-./:;<=>?@[]^_`{|}~\u{a0}¡£§©«»¿×÷‐–—‘’“”•…‰€−∞■、。〈《「『【〜・﹐﹑｡";
        for char in marks.chars() {
            assert!(!is_letter(char), "{char} {:x}", char as u32);
        }
    }
}
