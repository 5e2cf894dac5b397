//! A long queue of small plain values.

use std::collections::VecDeque;
use std::ops::Range;

/// The bytes of the piece that collects the latest values: small enough to stay in the processor's first cache.
const PIECE_BYTES: usize = 16 * 1024;

/// A queue that is written at one end, all the time, and read rarely.
///
/// In a ring that is larger than the processor's caches, every short write waits for memory. So new values are
/// collected in a piece that is used again and again, and that goes to the ring when it is full.
#[derive(Debug)]
pub(super) struct Ring<T> {
    /// The most values that the ring holds.
    most: usize,
    ring: VecDeque<T>,
    piece: Vec<T>,
}

impl<T: Copy> Ring<T> {
    /// Makes an empty ring for at most `most` values.
    pub(super) fn new(most: usize) -> Self {
        Self { most, ring: VecDeque::new(), piece: Vec::new() }
    }

    /// Returns the number of values.
    pub(super) fn len(&self) -> usize {
        self.ring.len() + self.piece.len()
    }

    /// Makes room for `more` values. The writer calls this first: a piece that is full goes to the ring here.
    pub(super) fn reserve(&mut self, more: usize) {
        if size_of_val(self.piece.as_slice()) >= PIECE_BYTES {
            self.settle();
        }
        self.piece.reserve(more);
    }

    /// Writes one value.
    pub(super) fn push(&mut self, value: T) {
        self.piece.push(value);
    }

    /// Writes some values.
    pub(super) fn extend(&mut self, values: &[T]) {
        self.piece.extend_from_slice(values);
    }

    /// Forgets the `oldest` oldest values.
    pub(super) fn forget(&mut self, oldest: usize) {
        if oldest > self.ring.len() {
            self.settle();
        }
        self.ring.drain(..oldest);
    }

    /// Forgets all values, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.ring.clear();
        self.piece.clear();
    }

    /// Returns the bytes of memory it holds, used or not.
    pub(super) fn room(&self) -> usize {
        (self.ring.capacity() + self.piece.capacity()) * size_of::<T>()
    }

    /// Gives back the memory that is not used.
    pub(super) fn shrink(&mut self) {
        self.settle();
        self.ring.shrink_to_fit();
        self.piece = Vec::new();
    }

    /// Returns the value at a place, counted from the oldest.
    pub(super) fn get(&self, place: usize) -> Option<&T> {
        self.ring.get(place).or_else(|| self.piece.get(place.checked_sub(self.ring.len())?))
    }

    /// Returns the values at these places.
    pub(super) fn range(&self, places: Range<usize>) -> impl Iterator<Item = &T> {
        let ring = self.ring.len();
        let in_piece = places.start.max(ring) - ring..places.end.max(ring) - ring;
        self.ring.range(places.start.min(ring)..places.end.min(ring)).chain(&self.piece[in_piece])
    }

    /// Moves the piece to the ring.
    fn settle(&mut self) {
        let (held, more) = (self.ring.len(), self.piece.len());
        if held + more > self.ring.capacity() {
            // The ring grows to exactly the size that it needs.
            self.ring.reserve_exact(more.max(held.min(self.most.saturating_sub(held))));
        }
        self.ring.extend(self.piece.as_slice());
        self.piece.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Op {
        Write(usize),
        Forget(usize),
        Clear,
    }

    fn step() -> impl Strategy<Value = Op> {
        prop_oneof![
            8 => (0..9_000_usize).prop_map(Op::Write),
            4 => (0..30_000_usize).prop_map(Op::Forget),
            1 => Just(Op::Clear),
        ]
    }

    proptest! {
        #[test]
        fn a_tape_holds_what_a_queue_holds(steps in prop::collection::vec(step(), 0..40), ends in any::<[u16; 2]>()) {
            let (mut tape, mut queue) = (Ring::new(usize::MAX), VecDeque::new());
            let mut next = 0_u32;
            for step in steps {
                match step {
                    Op::Write(many) => {
                        let values: Vec<u32> = (next..).take(many).collect();
                        next += u32::try_from(many).unwrap();
                        tape.reserve(many);
                        tape.extend(&values);
                        queue.extend(values);
                    }
                    Op::Forget(oldest) => {
                        let oldest = oldest.min(queue.len());
                        tape.forget(oldest);
                        queue.drain(..oldest);
                    }
                    Op::Clear => {
                        tape.clear();
                        queue.clear();
                    }
                }
                let [start, end] = ends.map(|end| usize::from(end).min(queue.len()));
                let places = start.min(end)..start.max(end);
                prop_assert_eq!(tape.len(), queue.len());
                prop_assert_eq!((tape.get(start), tape.get(queue.len())), (queue.get(start), None));
                prop_assert!(tape.range(places.clone()).eq(queue.range(places)));
            }
        }
    }
}
