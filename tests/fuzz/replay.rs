//! Replays a corpus with plain `cargo test`: every file, and a fixed number of changed copies.

use std::fs;
use std::path::Path;

/// Changed copies of each file.
const CHANGED: u32 = 300;

/// Numbers that look random and are the same on every run (xorshift).
pub struct Numbers(pub u64);

/// What they begin with.
pub const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

impl Numbers {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let end = u64::try_from(end.max(1)).expect("a small number");
        usize::try_from(self.0 % end).expect("below a usize")
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).expect("below 256")
    }
}

/// The corpus, from wherever the tests of this repository run.
pub fn corpus(target: &str) -> Vec<Vec<u8>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = Path::new("tests/fuzz/corpus").join(target);
    let folder = here.ancestors().map(|root| root.join(&place)).find(|folder| folder.is_dir());
    let folder = folder.expect("the committed corpus");
    let entries = fs::read_dir(&folder).expect("the committed corpus");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).expect("a readable file")).collect()
}

/// One to four changes: a byte set, a bit turned, bytes taken out or put in, another file's end.
pub fn change(bytes: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        match (numbers.below(5), bytes.get_mut(at)) {
            (0, Some(byte)) => *byte = numbers.byte(),
            (1, Some(byte)) => *byte ^= 1 << numbers.below(8),
            (2, Some(_)) => {
                let end = at + 1 + numbers.below(bytes.len() - at);
                bytes.drain(at..end);
            }
            (3, _) => bytes.insert(at, numbers.byte()),
            (_, _) => {
                bytes.truncate(at);
                bytes.extend(&other[numbers.below(other.len())..]);
            }
        }
    }
}

/// How many of the files, and of their changed copies, make sense to the judge.
pub fn replay(target: &str, judge: impl Fn(&[u8]) -> bool) -> (usize, usize) {
    let files = corpus(target);
    let mut numbers = Numbers(SEED);
    let whole = files.iter().filter(|bytes| judge(bytes)).count();
    let mut changed = 0;
    for bytes in &files {
        for _ in 0..CHANGED {
            let mut copy = bytes.clone();
            let other = &files[numbers.below(files.len())];
            change(&mut copy, other, &mut numbers);
            changed += usize::from(judge(&copy));
        }
    }
    assert!(changed < files.len() * CHANGED as usize, "a decoder that refuses nothing");
    (whole, changed)
}
