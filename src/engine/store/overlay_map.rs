//! A map in two layers: the entries that a world starts from, and the changes since.
//!
//! A persistent map shares its nodes with its copies, and the first write to a node copies it: with many records, most
//! writes of a test do that. Here, the start is one flat table that no world writes to, and the changes of a world are
//! a small persistent map beside it. Most keys that a write looks up are new, and the table sees that a key is absent
//! by a few bytes that lie side by side, however many records there are.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use foldhash::quality::FixedState;
use imbl::{GenericHashMap, shared_ptr::DefaultSharedPtr};

/// A map in two layers. A copy costs a few pointers.
///
/// No code depends on the order of iteration; the fixed hasher needs no random number of the system. The persistent map
/// takes a few bits of a hash at each level, so all bits must be good.
#[derive(Clone, Debug)]
pub(super) struct OverlayMap<K, V> {
    /// The entries of the start, written to only while the start is being filled and has no copies.
    base: Option<Arc<HashMap<K, V, FixedState>>>,
    /// The entries that were added since and, as `None`, those that were removed. They hide the entries of the base.
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

    /// Adds an entry, in place of the one with that key.
    pub(super) fn insert(&mut self, key: K, value: V) {
        if let Some(own) = self.own() {
            // An insertion would keep the old key, so it is removed first.
            own.remove(&key);
            own.insert(key, value);
            return;
        }
        self.overlay.insert(key, Some(value));
    }

    /// Returns the base, if no copy shares it and the overlay is empty.
    fn own(&mut self) -> Option<&mut HashMap<K, V, FixedState>> {
        self.base.as_mut().filter(|_| self.overlay.is_empty()).and_then(Arc::get_mut)
    }

    /// Removes an entry, and returns it.
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
            // A key may hold a whole record: the base has this one already, so it is the one to keep.
            let below = below.clone();
            self.overlay.remove(key);
            self.overlay.insert(below, None);
        } else {
            self.overlay.remove(key);
        }
        Some(found)
    }

    /// Merges the layers if the overlay has most of the entries, or will with `more` to come: for a world that is being
    /// filled and that others start from. Until a copy shares it, further entries go to the base.
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
        Compact(u8),
        /// Continues with the copy; the original stays as it is.
        Copy,
        /// Continues with the original; the copy stays as it is.
        Leave,
        /// Drops all copies.
        Alone,
    }

    fn ops() -> impl Strategy<Value = Vec<Op>> {
        let op = prop_oneof![
            6 => any::<(u8, u16)>().prop_map(|(key, value)| Op::Insert(key % 64, value)),
            3 => any::<(u8, u16)>().prop_map(|(key, value)| Op::Change(key % 64, value)),
            4 => any::<u8>().prop_map(|key| Op::Remove(key % 64)),
            1 => any::<u8>().prop_map(Op::Compact),
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
                    Op::Compact(more) => map.compact(more.into()),
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
