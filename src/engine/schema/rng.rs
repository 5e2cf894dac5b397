//! The random numbers of a world: its ids, tokens and draws, all from its seed.

use chacha20::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use uuid::{Builder, Uuid};

/// A world's source of ids, tokens and draws. The same seed gives the same sequence on every platform.
#[derive(Debug)]
pub struct SeededRng {
    seed: u64,
    rng: ChaCha8Rng,
}

impl Clone for SeededRng {
    fn clone(&self) -> Self {
        Self::drawn_from(self.seed, self.drawn())
    }
}

impl SeededRng {
    /// Makes a source that depends on nothing but the seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Returns the seed this source was made from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns how much of the seed's stream was used, in words of 32 bits.
    pub fn drawn(&self) -> u64 {
        u64::try_from(self.rng.get_word_pos()).unwrap_or(u64::MAX)
    }

    /// Returns a source of which this number of words was used.
    pub fn drawn_from(seed: u64, drawn: u64) -> Self {
        let mut source = Self::new(seed);
        source.rng.set_word_pos(drawn.into());
        source
    }

    /// Derives a source of its own for one purpose: its draws do not change those of this one.
    pub fn derive(&self, purpose: &str) -> Self {
        Self::for_purpose(self.seed, purpose)
    }

    /// Returns a source of its own for one purpose, from the seed alone.
    pub fn for_purpose(seed: u64, purpose: &str) -> Self {
        Self::new(seed ^ fnv1a64(purpose))
    }

    /// Draws 24 lower-case hex digits.
    pub fn object_id(&mut self) -> String {
        let mut bytes = [0; 12];
        self.rng.fill_bytes(&mut bytes);
        hex(bytes)
    }

    /// Draws a random (version 4) UUID.
    pub fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Draws `length` letters and digits of both cases.
    pub fn token(&mut self, length: usize) -> String {
        const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).map(|_| char::from(ALPHABET[self.rng.random_range(0..ALPHABET.len())])).collect()
    }

    /// Draws `length` lower-case hex digits.
    pub fn hex_digits(&mut self, length: usize) -> String {
        (0..length).filter_map(|_| char::from_digit(self.rng.random_range(0..16), 16)).collect()
    }

    /// Draws a whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.rng.random_range(low..=high.max(low))
    }

    /// Returns the generator itself, for libraries that make up data.
    pub fn inner(&mut self) -> &mut impl Rng {
        &mut self.rng
    }
}

/// Returns the 64-bit FNV-1a hash: part of the published formula for `p`, so it may never change.
pub(crate) fn fnv1a64(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn hex(bytes: [u8; 12]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 24];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    String::from_utf8(text.to_vec()).expect("hex digits are text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_seed_others() {
        let ids = |seed| {
            let mut rng = SeededRng::new(seed);
            (rng.object_id(), rng.uuid(), rng.token(32))
        };
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
        assert_eq!(ids(0).0, "6c3b9aa767f785b537c0d8ba", "the stream is a promise across versions");
    }

    #[test]
    fn a_copy_draws_what_the_original_would_have_drawn() {
        for drawn in [0, 1, 7, 16, 63, 64, 65, 1_000] {
            let mut original = SeededRng::new(3);
            (0..drawn).for_each(|_| drop(original.token(1)));
            let (mut copy, mut read_back) = (original.clone(), SeededRng::drawn_from(3, original.drawn()));
            let wanted = original.token(100);
            assert_eq!((copy.token(100), read_back.token(100)), (wanted.clone(), wanted), "after {drawn}");
        }
    }

    #[test]
    fn a_purpose_of_its_own_moves_nothing_else() {
        let mut rng = SeededRng::new(1);
        rng.derive("generate").token(100);
        assert_eq!(rng.object_id(), SeededRng::new(1).object_id());
    }

    #[test]
    fn the_hash_is_fnv1a() {
        assert_eq!(fnv1a64(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a64("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
