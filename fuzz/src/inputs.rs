//! Inputs made of the corpus by changing it, the same for the same number.

use std::fs;
use std::path::Path;

/// Pieces that inputs are made of besides those of the corpus.
const WORDS: &[&str] = &[
    "\"@glob\"", "\"@not\"", "\"@in\"", "\"@len\"", "\"@has\"", "\"@type\"", "\"*\"", "null", "true", "-1", "1e400", "0.1",
    "18446744073709551616", "9007199254740993", "{}", "[]", "[[[[[[[[", "]]]]]]]]", "{\"a\":", "\"\\u0000\"", "\"\\ud800\"",
    "\u{feff}", "é", "\u{202e}", "%00", "%2f", "%C3%28", "..", "//", "?", "&", "=", "#", "$first=", "$filter=", "$cursor=",
    "limit=", "offset=-1", "include=", "exclude=", "time_gte=", "abc123", "/settings", "/flowGroupings/-", "~0", "~1",
    "\"op\":\"copy\"", "\"op\":\"move\"", "\"op\":\"test\"", "\"from\":\"/settings\"", "\"path\":\"/settings/a\"",
    "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "\r\n\r\n", "0\r\n\r\n", "Expect: 100-continue\r\n",
    "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z", "1970-01-01", "00000000-0000-0000-0000-000000000000",
];

/// A source of inputs.
pub struct Inputs {
    corpus: Vec<Vec<u8>>,
    state: u64,
}

impl Inputs {
    /// Inputs made of the files of a folder.
    pub fn of(folder: &Path) -> Self {
        let mut files: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect();
        files.sort();
        let mut corpus: Vec<Vec<u8>> = files.iter().filter_map(|file| fs::read(file).ok()).collect();
        if corpus.is_empty() {
            corpus.push(b"{}".to_vec());
        }
        Self { corpus, state: 0 }
    }

    /// Returns the number of inputs of the corpus; they are the first.
    pub fn len(&self) -> usize {
        self.corpus.len()
    }

    /// Tells whether it has none. It always has one.
    pub fn is_empty(&self) -> bool {
        self.corpus.is_empty()
    }

    /// The input of that number.
    pub fn get(&mut self, number: u64) -> Vec<u8> {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(seed) = self.corpus.get(place) {
            return seed.clone();
        }
        self.state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D;
        let from = self.below(self.corpus.len());
        let mut input = self.corpus[from].clone();
        for _ in 0..=self.below(6) {
            self.change(&mut input);
        }
        input.truncate(64 * 1024);
        input
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % bound.max(1) as u64).expect("below the bound")
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = (at + self.below(16)).min(input.len());
        match self.below(9) {
            0 => drop(input.splice(at..end, [])),
            1 => input.insert(at, u8::try_from(self.below(256)).expect("a byte")),
            2 if at < input.len() => input[at] ^= 1 << self.below(8),
            3 | 4 => {
                let word = WORDS[self.below(WORDS.len())];
                drop(input.splice(at..end, word.bytes()));
            }
            5 => {
                let piece = input[at..end].to_vec();
                let times = 1 + self.below(64);
                drop(input.splice(at..at, piece.repeat(times)));
            }
            6 => {
                let other = self.below(self.corpus.len());
                let from = self.below(self.corpus[other].len() + 1);
                let to = (from + self.below(64)).min(self.corpus[other].len());
                let piece = self.corpus[other][from..to].to_vec();
                drop(input.splice(at..end, piece));
            }
            7 => {
                let number = self.below(1 << 20).to_string();
                drop(input.splice(at..end, number.bytes()));
            }
            _ => input.truncate(at),
        }
    }
}
