//! A map in two layers: what a world starts from, and what changed since.
//!
//! A persistent map shares its nodes with its copies, and the first write to each node copies it with all it refers to:
//! with many records, that is most writes of a test. Here, what worlds start from is one flat table that none of them
//! writes to, and what a world changes goes to a small persistent map beside it. Most keys that are asked for are new,
//! and the table sees that one is not there by a few bytes that lie side by side, however many records there are.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use foldhash::quality::FixedState;
use imbl::{GenericHashMap, shared_ptr::DefaultSharedPtr};

/// A map. A copy costs a few pointers.
///
/// Iteration order is never looked at; the fixed hasher spares a draw from the system per map. All bits of its hashes
/// are good, and the persistent map takes a few of them at each level.
#[derive(Clone, Debug)]
pub(super) struct OverlayMap<K, V> {
    /// The entries that were there. Written to only while a start is being filled, before it has copies.
    base: Option<Arc<HashMap<K, V, FixedState>>>,
    /// The entries that were put in since, and, as `None`, those that were taken out of the layer below. Hides what
    /// lies there.
    overlay: GenericHashMap<K, Option<V>, FixedState, DefaultSharedPtr>,
}

impl<K, V> Default for OverlayMap<K, V> {
    fn default() -> Self {
        Self { base: None, overlay: GenericHashMap::default() }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> OverlayMap<K, V> {
    /// Returns the key and the value of an entry.
    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        if !self.overlay.is_empty()
            && let Some((key, value)) = self.overlay.get_key_value(key)
        {
            return value.as_ref().map(|value| (key, value));
        }
        self.base(key)
    }

    fn base<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.base.as_ref()?.get_key_value(key)
    }

    /// Returns the value of an entry, to change it.
    pub(super) fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        if self.own().is_some() {
            return self.own()?.get_mut(key);
        }
        if !self.overlay.contains_key(key) {
            let (key, value) = self.base(key)?;
            let (key, value) = (key.clone(), value.clone());
            self.overlay.insert(key, Some(value));
        }
        self.overlay.get_mut(key)?.as_mut()
    }

    /// Puts an entry in, in place of the one of that key.
    pub(super) fn insert(&mut self, key: K, value: V) {
        if let Some(own) = self.own() {
            // A table keeps the key it has.
            own.remove(&key);
            own.insert(key, value);
            return;
        }
        self.overlay.insert(key, Some(value));
    }

    /// Returns the table below, while no copy shares it and nothing lies above.
    fn own(&mut self) -> Option<&mut HashMap<K, V, FixedState>> {
        self.base.as_mut().filter(|_| self.overlay.is_empty()).and_then(Arc::get_mut)
    }

    /// Takes an entry out.
    pub(super) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        if let Some(own) = self.own() {
            return own.remove_entry(key);
        }
        let (found, value) = self.get(key)?;
        let found = (found.clone(), value.clone());
        if let Some((below, _)) = self.base(key) {
            // A key may hold a whole record: that of the layer below is there anyway.
            let below = below.clone();
            self.overlay.remove(key);
            self.overlay.insert(below, None);
        } else {
            self.overlay.remove(key);
        }
        Some(found)
    }

    /// Makes one layer of both where most lies above, or will with `more` to come: for a world that is being filled,
    /// and is a start for others. What comes goes into that layer until a copy shares it.
    pub(super) fn compact(&mut self, more: usize) {
        let kept = self.base.as_ref().map_or(0, |base| base.len());
        if self.overlay.len() + more <= kept {
            return;
        }
        let mut all = HashMap::with_capacity_and_hasher(kept + self.overlay.len() + more, FixedState::default());
        let overlay = std::mem::take(&mut self.overlay);
        let base = self.base.iter().flat_map(|base| base.iter()).filter(|(key, _)| !overlay.contains_key(*key));
        all.extend(base.map(|(key, value)| (key.clone(), value.clone())));
        all.extend(overlay.into_iter().filter_map(|(key, value)| Some((key, value?))));
        self.base = Some(Arc::new(all));
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
        Settle(u8),
        /// Goes on with the copy; the other stays as it is.
        Copy,
        /// The copy stays as it is.
        Leave,
        /// No copies are left.
        Alone,
    }

    fn ops() -> impl Strategy<Value = Vec<Op>> {
        let op = prop_oneof![
            6 => any::<(u8, u16)>().prop_map(|(key, value)| Op::Insert(key % 64, value)),
            3 => any::<(u8, u16)>().prop_map(|(key, value)| Op::Change(key % 64, value)),
            4 => any::<u8>().prop_map(|key| Op::Remove(key % 64)),
            1 => any::<u8>().prop_map(Op::Settle),
            1 => Just(Op::Copy),
            1 => Just(Op::Leave),
            1 => Just(Op::Alone),
        ];
        proptest::collection::vec(op, 1..200)
    }

    fn same(map: &OverlayMap<String, u16>, model: &HashMap<u8, u16>) -> Result<(), TestCaseError> {
        for key in 0..64 {
            let name = key.to_string();
            prop_assert_eq!(map.get(name.as_str()), model.get(&key).map(|value| (&name, value)));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn a_layered_map_is_a_map_and_a_copy_is_a_map_of_its_own(ops in ops()) {
            let (mut map, mut model) = (OverlayMap::<String, u16>::default(), HashMap::new());
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
                    Op::Settle(more) => map.compact(more.into()),
                    Op::Copy => {
                        let copy = map.clone();
                        others.push((std::mem::replace(&mut map, copy), model.clone()));
                    }
                    Op::Leave => others.push((map.clone(), model.clone())),
                    Op::Alone => {
                        for (other, model) in others.drain(..) {
                            same(&other, &model)?;
                        }
                    }
                }
                same(&map, &model)?;
            }
            for (other, model) in &others {
                same(other, model)?;
            }
        }
    }
}
