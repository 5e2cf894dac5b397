//! Made-up records, from the world's seed.

use crate::engine::api::{Api, By};
use crate::engine::data::merge;
use crate::engine::problem::Problem;
use crate::engine::store::Fields;
use crate::engine::world::World;

impl World {
    /// Makes up so many more records of a collection, in the documented shape, with `like` merged over each: all of
    /// them or, when one is refused, none.
    ///
    /// What is drawn depends on the seed, the collection and the place in it, and moves no other draw of the world.
    pub fn generate(
        &mut self,
        apis: &[&'static Api],
        collection: &str,
        count: usize,
        like: Option<&Fields>,
    ) -> Result<(), Problem> {
        let resource = self.resource(collection)?;
        let api = apis.iter().find(|api| api.resource(collection).is_some());
        let made_up = api.map(|api| api.made_up).expect("a collection belongs to an API");
        let start = usize::try_from(self.store.of(resource).next_sequence()).unwrap_or(usize::MAX);
        let own = self.chance.apart(&format!("generate:{collection}:{start}"));
        if made_up(resource, start, &mut own.clone()).is_empty() {
            return Err(cannot(apis, collection));
        }
        let store = self.store.clone();
        let rest = std::mem::replace(&mut self.chance, own);
        let mut refused = None;
        for n in start..start + count {
            let mut fields = made_up(resource, n, &mut self.chance);
            if let Some(like) = like {
                merge(&mut fields, like, resource);
            }
            refused = self.create(resource, &fields, By::Fixture).err();
            if refused.is_some() {
                self.store = store;
                break;
            }
        }
        self.chance = rest;
        refused.map_or(Ok(()), Err)
    }
}

/// Says which records can be made up instead.
fn cannot(apis: &[&'static Api], collection: &str) -> Problem {
    let mut chance = crate::engine::chance::Chance::new(0);
    let all = apis.iter().flat_map(|api| api.resources.iter().map(|resource| (*api, *resource)));
    let can = all.filter(|(api, resource)| !(api.made_up)(resource, 0, &mut chance).is_empty());
    let can: Vec<&str> = can.map(|(_, resource)| resource.name).collect();
    let message = format!("records of {collection} cannot be made up; those of {} can", can.join(" and "));
    Problem::named("not_made_up", message)
}
