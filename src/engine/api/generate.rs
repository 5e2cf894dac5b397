//! Generated records, from the world's seed.

use crate::engine::api::api::Api;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::state::State;
use crate::engine::state::mutate::{merge, weight};
use crate::engine::store::{Charge, Record};

impl State {
    /// Generates `count` more records of a collection, in the documented shape, with `like` merged over each. Also
    /// generates the records that they refer to and that come with them, where there are none. Makes all of them or,
    /// when one is refused, none.
    ///
    /// The draws depend on the seed, the collection and the place in it, and change no other draw of the world.
    pub fn generate(
        &mut self,
        apis: &[&'static Api],
        collection: &str,
        count: usize,
        like: Option<&Document>,
    ) -> Result<(), Problem> {
        let resource = self.resource(collection)?;
        let left = self.store.generated.left(&self.settings.generate);
        let reserved = self.room_to_generate(count)?;
        let reckoned = self.hooks.of(resource).comes_with.map_or(0, |reckon| reckon(self, count, like));
        if count.saturating_add(reckoned) > left {
            return Err(self.settings.generate.exceeded());
        }
        let start = self.store.of(resource).next_sequence();
        let own = self.rng.derive(&format!("generate:{collection}:{start}"));
        let rest = std::mem::replace(&mut self.rng, own);
        let store = self.store.clone();
        self.may_generate = Some(left);
        let made = self.generate_one(resource, count, like);
        let unused = self.may_generate.take().unwrap_or_default();
        drop(reserved);
        if made.is_ok() {
            self.store.generated.add(left - unused, &self.settings.generate);
        }
        self.rng = rest;
        let made = made.and_then(|can| if can { Ok(()) } else { Err(not_made_up(apis, collection)) });
        made.inspect_err(|_| self.store = store)
    }

    /// Reserves room for `count` generated records, or returns the bound that they exceed.
    pub(crate) fn room_to_generate(&self, count: usize) -> Result<Charge, Problem> {
        let left = self.store.generated.left(&self.settings.generate);
        let reserved = self.settings.generate.reserve(count)?;
        if count > left { Err(self.settings.generate.exceeded()) } else { Ok(reserved) }
    }

    /// Generates records of a kind. Returns false for a kind that has no generator.
    fn generate_one(
        &mut self,
        resource: &'static Schema,
        count: usize,
        like: Option<&Document>,
    ) -> Result<bool, Problem> {
        // The kind is checked first, so that a count of 0 is refused for a kind without generator too.
        let Some(generator) = self.hooks.of(resource).generator else { return Ok(false) };
        if count == 0 {
            return Ok(true);
        }
        let mut made = Vec::new();
        let mut each = 1;
        for n in 0..count {
            // The companions of earlier records may leave no room for the rest, which is told at once.
            if self.may_generate.is_some_and(|left| (count - n).saturating_mul(each) > left) {
                return Err(self.settings.generate.exceeded());
            }
            if n == 1 {
                made.reserve(count);
                self.store.of_mut(resource).compact(count);
            }
            let number = usize::try_from(self.store.of(resource).next_sequence()).unwrap_or(usize::MAX);
            let mut fields = generator(self, number)?;
            if let Some(like) = like {
                merge(&mut fields, like, resource);
            }
            let record = self.create_from(resource, fields, Actor::Fixture)?;
            if n == 0 {
                each = weight(like.map_or(0, |like| common_bytes(&record, like)));
            }
            made.push(record);
        }
        if let Some(after) = self.hooks.of(resource).after_generate {
            after(self, &made)?;
        }
        Ok(true)
    }
}

/// Returns the bytes of a record that each other one with the same fields merged over it has too.
fn common_bytes(record: &Record, like: &Document) -> usize {
    let common = like.iter().filter(|(name, value)| record.get(name) == Some(*value));
    common.map(|(_, value)| value.to_string().len()).sum()
}

/// Returns the problem of a collection without generator, with the names of those that have one.
fn not_made_up(apis: &[&'static Api], collection: &str) -> Problem {
    let can = apis.iter().flat_map(|api| api.resources).filter(|resource| resource.hooks.generator.is_some());
    let can: Vec<&str> = can.map(|resource| resource.schema.name).collect();
    Problem::refused(format!("records of {collection} cannot be made up; those of {} can", can.join(" and ")))
}
