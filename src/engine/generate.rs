//! Made-up records, from the world's seed.

use crate::engine::api::{Api, By, Resource};
use crate::engine::data::merge;
use crate::engine::problem::Problem;
use crate::engine::store::Fields;
use crate::engine::world::World;

/// The most records that are made up at once.
pub const MOST_RECORDS: usize = 1_000_000;

impl World {
    /// Makes up so many more records of a collection, in the documented shape, with `like` merged over each, and what
    /// they refer to and what comes with them where there is none: all of them or, when one is refused, none.
    ///
    /// What is drawn depends on the seed, the collection and the place in it, and moves no other draw of the world.
    pub fn generate(
        &mut self,
        apis: &[&'static Api],
        collection: &str,
        count: usize,
        like: Option<&Fields>,
    ) -> Result<(), Problem> {
        if count > MOST_RECORDS {
            return Err(Problem::refused(format!("at most {MOST_RECORDS} records can be made up at once")));
        }
        let resource = self.resource(collection)?;
        let api = *apis.iter().find(|api| api.resource(collection).is_some()).expect("a collection belongs to an API");
        let start = self.store.of(resource).next_sequence();
        let own = self.chance.apart(&format!("generate:{collection}:{start}"));
        let rest = std::mem::replace(&mut self.chance, own);
        let store = self.store.clone();
        let made = self.make_up(api, resource, count, like);
        self.chance = rest;
        let made = made.and_then(|can| if can { Ok(()) } else { Err(self.not_made_up(apis, collection)) });
        made.inspect_err(|_| self.store = store)
    }

    /// Whether records of that kind are made up at all.
    fn make_up(
        &mut self,
        api: &'static Api,
        resource: &'static Resource,
        count: usize,
        like: Option<&Fields>,
    ) -> Result<bool, Problem> {
        let mut made = Vec::with_capacity(count);
        // Asked for none, it still says whether there could be some.
        if count == 0 {
            let store = self.store.clone();
            let can = (api.made_up)(self, resource, 0)?.is_some();
            self.store = store;
            return Ok(can);
        }
        self.store.of_mut(resource).settle(count);
        for _ in 0..count {
            let number = usize::try_from(self.store.of(resource).next_sequence()).unwrap_or(usize::MAX);
            let Some(mut fields) = (api.made_up)(self, resource, number)? else { return Ok(false) };
            if let Some(like) = like {
                merge(&mut fields, like, resource);
            }
            made.push(self.create_from(resource, fields, By::Fixture)?);
        }
        if let Some(accompanied) = api.accompanied {
            accompanied(self, resource, &made)?;
        }
        Ok(true)
    }

    /// Says which records can be made up instead.
    fn not_made_up(&mut self, apis: &[&'static Api], collection: &str) -> Problem {
        let (store, chance) = (self.store.clone(), self.chance.clone());
        let all = apis.iter().flat_map(|api| api.resources.iter().map(|resource| (*api, *resource)));
        let can = all.filter(|(api, resource)| matches!((api.made_up)(self, resource, 0), Ok(Some(_))));
        let can: Vec<&str> = can.map(|(_, resource)| resource.name).collect();
        (self.store, self.chance) = (store, chance);
        let message = format!("records of {collection} cannot be made up; those of {} can", can.join(" and "));
        Problem::refused(message)
    }
}
