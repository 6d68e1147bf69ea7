//! Strings that repeat, as numbers: a fixed table of slots that JS mirrors.
//!
//! A string's hash names its slot. A slot that holds another string is overwritten, unless the
//! current batch has already used it: JS reads rows only after all of a batch's strings are in
//! place. Then the string gets a number above the slots, good for this batch only.

use super::texts::Zone;

/// Slots of the table.
pub const SLOTS: usize = 1024;

/// Longer strings are not kept in the table, bytes.
const LONGEST: usize = 256;

/// The table, and what the current batch adds to it.
#[derive(Default)]
pub(super) struct Names {
    slots: Vec<Slot>,
    batch: u32,
    /// Numbers above the slots that this batch has given.
    beyond: u32,
    /// (slot, end in `zone`) of each string that JS has not got.
    fresh: Vec<u32>,
    zone: Zone,
}

#[derive(Clone, Default)]
struct Slot {
    text: Vec<u8>,
    /// The last batch that used it.
    batch: u32,
    /// Counts the strings it has held; 0: none yet, and JS has no string there.
    version: u32,
}

impl Names {
    pub(super) fn begin_batch(&mut self) {
        self.slots.resize(SLOTS, Slot::default());
        self.batch = self.batch.wrapping_add(1);
        self.beyond = 0;
        self.fresh.clear();
        self.zone.clear();
    }

    /// The strings that JS has not got: their texts, and (slot, end) of each.
    pub(super) fn fresh(&self) -> (&[u8], &[u32]) {
        (self.zone.bytes(), &self.fresh)
    }

    /// The number of `text`.
    pub(super) fn slot(&mut self, text: &[u8]) -> f64 {
        let number = hash(text) % SLOTS;
        let Some(slot) = self.slots.get_mut(number) else { return self.beyond(text) };
        if slot.version != 0 && same(&slot.text, text) {
            slot.batch = self.batch;
            return number as f64;
        }
        if slot.batch == self.batch || text.len() > LONGEST {
            return self.beyond(text);
        }
        slot.text.clear();
        slot.text.extend_from_slice(text);
        slot.batch = self.batch;
        slot.version = slot.version.wrapping_add(1).max(1);
        self.tell(number as u32, text);
        number as f64
    }

    /// Whether `text`'s number will be the same in the next batch, and what to ask
    /// [`still`](Self::still) then.
    pub(super) fn version(&self, number: f64) -> Option<u32> {
        self.slots.get(number as usize).map(|slot| slot.version)
    }

    /// Whether slot `number` holds what it held at `version`; if so, it stays for this batch.
    pub(super) fn still(&mut self, number: f64, version: u32) -> bool {
        let Some(slot) = self.slots.get_mut(number as usize) else { return false };
        if slot.version != version {
            return false;
        }
        slot.batch = self.batch;
        true
    }

    #[cold]
    fn beyond(&mut self, text: &[u8]) -> f64 {
        let number = SLOTS as u32 + self.beyond;
        self.beyond += 1;
        self.tell(number, text);
        f64::from(number)
    }

    fn tell(&mut self, number: u32, text: &[u8]) {
        self.zone.push(text);
        self.fresh.extend([number, self.zone.end()]);
    }
}

/// A quick hash of no cryptographic worth: a clash costs a few bytes, nothing else.
pub(super) fn hash(text: &[u8]) -> usize {
    const FACTOR: u64 = 0x517c_c1b7_2722_0a95;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = text.as_chunks::<8>();
    let hash =
        words.iter().fold(text.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let hash = rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)));
    (hash >> 48) as usize
}

/// Equality by words: on wasm32 the library's comparison goes byte by byte.
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    let equal = |(a, b): (&[u8; 8], &[u8; 8])| u64::from_le_bytes(*a) == u64::from_le_bytes(*b);
    words.iter().zip(other_words).all(equal) && rest.iter().zip(other_rest).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What JS does: a mirror of the slots.
    struct Mirror(Vec<String>);

    impl Mirror {
        fn update(&mut self, names: &Names) {
            let (text, fresh) = names.fresh();
            let text: Vec<u16> = core::str::from_utf8(text).unwrap().encode_utf16().collect();
            let mut start = 0;
            for pair in fresh.chunks(2) {
                let (number, end) = (pair[0] as usize, pair[1] as usize);
                self.0.resize(self.0.len().max(number + 1), String::new());
                self.0[number] = String::from_utf16(&text[start..end]).unwrap();
                start = end;
            }
        }
    }

    #[test]
    fn numbers_mean_the_same_on_both_sides() {
        let mut rng = crate::rng::Rng::new(3);
        let (mut names, mut mirror) = (Names::default(), Mirror(vec![String::new(); SLOTS]));
        for _ in 0..200 {
            names.begin_batch();
            let mut given = Vec::new();
            for _ in 0..rng.below(60) {
                let text = ["用户", &rng.below(3_000).to_string()].concat();
                given.push((names.slot(text.as_bytes()), text));
            }
            mirror.update(&names);
            for (number, text) in given {
                assert_eq!(mirror.0[number as usize], text);
            }
            mirror.0.truncate(SLOTS);
        }
    }

    #[test]
    fn a_known_string_does_not_travel_again() {
        let mut names = Names::default();
        names.begin_batch();
        let first = names.slot("王芳".as_bytes());
        assert_eq!(names.fresh().1.len(), 2);
        names.begin_batch();
        assert_eq!(names.slot("王芳".as_bytes()), first);
        assert!(names.fresh().1.is_empty());
    }

    #[test]
    fn the_empty_string_and_long_ones_are_told() {
        let long = [b'x'; LONGEST + 1];
        let (mut names, mut mirror) = (Names::default(), Mirror(vec!["?".into(); SLOTS]));
        names.begin_batch();
        let (empty, far) = (names.slot(b""), names.slot(&long));
        mirror.update(&names);
        assert_eq!(mirror.0[empty as usize], "");
        assert_eq!(mirror.0[far as usize].len(), LONGEST + 1);
        assert!(far as usize >= SLOTS);
    }

    #[test]
    fn same_is_equality() {
        for (one, other) in [("", ""), ("12345678", "12345678"), ("123456789", "123456780")] {
            assert_eq!(same(one.as_bytes(), other.as_bytes()), one == other);
        }
        assert!(!same(b"a", b"ab"));
        assert!(!same(b"12345678x", b"02345678x"));
    }
}
