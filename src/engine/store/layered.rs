//! A map in two layers: what was there when it was copied, and what changed since.
//!
//! A persistent map shares its nodes with its copies, and the first write to each node copies it with all it refers to:
//! with many records, that is most writes of a test. Here, what a world starts from is only read, and its own changes go
//! to a small map beside it, so that a write costs the same beside ten records and beside a hundred thousand.

use std::borrow::Borrow;
use std::hash::Hash;

use foldhash::quality::FixedState;
use imbl::{GenericHashMap, shared_ptr::DefaultSharedPtr};

/// Iteration order of these maps is never looked at; the fixed hasher spares a draw from the system per map. All bits
/// of its hashes are good, and the map takes a few of them at each level.
type HashMap<K, V> = GenericHashMap<K, V, FixedState, DefaultSharedPtr>;

/// A persistent map. A copy costs a few pointers.
#[derive(Debug)]
pub struct Layered<K, V> {
    /// What was there. Never written to.
    below: HashMap<K, V>,
    /// What was put in since. Hides what lies below.
    above: HashMap<K, V>,
    /// What was taken out of the layer below.
    gone: HashMap<K, ()>,
}

impl<K, V> Default for Layered<K, V> {
    fn default() -> Self {
        Self { below: HashMap::default(), above: HashMap::default(), gone: HashMap::default() }
    }
}

impl<K: Clone, V: Clone> Clone for Layered<K, V> {
    fn clone(&self) -> Self {
        let (below, above, gone) = (self.below.clone(), self.above.clone(), self.gone.clone());
        // What one layer holds is all there was for the copy.
        if below.is_empty() { Self { below: above, ..Self::default() } } else { Self { below, above, gone } }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Layered<K, V> {
    /// The key and the value of an entry.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        if !self.above.is_empty()
            && let Some(entry) = self.above.get_key_value(key)
        {
            return Some(entry);
        }
        self.get_below(key)
    }

    fn get_below<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let is_gone = !self.gone.is_empty() && self.gone.contains_key(key);
        self.below.get_key_value(key).filter(|_| !is_gone)
    }

    /// The value of an entry, to change it.
    pub fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        if !self.above.contains_key(key) {
            let (key, value) = self.get_below(key)?;
            let (key, value) = (key.clone(), value.clone());
            self.above.insert(key, value);
        }
        self.above.get_mut(key)
    }

    /// Puts an entry in, in place of the one of that key.
    pub fn insert(&mut self, key: K, value: V) {
        self.above.insert(key, value);
    }

    /// Takes an entry out.
    pub fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        let below = self.get_below(key).map(|(key, value)| (key.clone(), value.clone()));
        if let Some((key, _)) = &below {
            self.gone.insert(key.clone(), ());
        }
        let above = if self.above.is_empty() { None } else { self.above.remove_with_key(key) };
        above.or(below)
    }

    /// Makes one layer of both where most lies above: for a world that was just filled, and is a start for others.
    pub fn settle(&mut self) {
        if self.below.is_empty() || self.above.len() <= self.below.len() {
            return;
        }
        let (below, gone) = (std::mem::take(&mut self.below), std::mem::take(&mut self.gone));
        for (key, value) in &below {
            if !gone.contains_key(key) && !self.above.contains_key(key) {
                self.above.insert(key.clone(), value.clone());
            }
        }
        self.below = std::mem::take(&mut self.above);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Op {
        Insert(u8, u16),
        Change(u8, u16),
        Remove(u8),
        Settle,
        /// Goes on with the copy; the other stays as it is.
        Copy,
        /// The copy stays as it is.
        Leave,
    }

    fn ops() -> impl Strategy<Value = Vec<Op>> {
        let op = prop_oneof![
            6 => any::<(u8, u16)>().prop_map(|(key, value)| Op::Insert(key % 64, value)),
            3 => any::<(u8, u16)>().prop_map(|(key, value)| Op::Change(key % 64, value)),
            4 => any::<u8>().prop_map(|key| Op::Remove(key % 64)),
            1 => Just(Op::Settle),
            1 => Just(Op::Copy),
            1 => Just(Op::Leave),
        ];
        proptest::collection::vec(op, 1..200)
    }

    fn same(map: &Layered<String, u16>, model: &HashMap<u8, u16>) -> Result<(), TestCaseError> {
        for key in 0..64 {
            let name = key.to_string();
            prop_assert_eq!(map.get(name.as_str()), model.get(&key).map(|value| (&name, value)));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn a_layered_map_is_a_map_and_a_copy_is_a_map_of_its_own(ops in ops()) {
            let (mut map, mut model) = (Layered::<String, u16>::default(), HashMap::new());
            let mut others = Vec::new();
            for op in ops {
                match op {
                    Op::Insert(key, value) => {
                        map.insert(key.to_string(), value);
                        model.insert(key, value);
                    }
                    Op::Change(key, value) => {
                        prop_assert_eq!(map.get_mut(key.to_string().as_str()).map(|there| *there = value).is_some(), model.contains_key(&key));
                        model.entry(key).and_modify(|there| *there = value);
                    }
                    Op::Remove(key) => {
                        prop_assert_eq!(map.remove(key.to_string().as_str()).map(|(_, value)| value), model.remove(&key));
                    }
                    Op::Settle => map.settle(),
                    Op::Copy => {
                        let copy = map.clone();
                        others.push((std::mem::replace(&mut map, copy), model.clone()));
                    }
                    Op::Leave => others.push((map.clone(), model.clone())),
                }
                same(&map, &model)?;
            }
            for (other, model) in &others {
                same(other, model)?;
            }
        }
    }
}
