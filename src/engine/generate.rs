//! Made-up records, from the world's seed.

use crate::engine::api::{Api, By};
use crate::engine::problem::Problem;
use crate::engine::store::Fields;
use crate::engine::world::World;

impl World {
    /// Makes up so many records of a collection, with the fields of `like` merged over each.
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
        let mut chance = self.chance.apart(&format!("generate:{collection}"));
        for n in 0..count {
            let mut fields = made_up(resource, n, &mut chance);
            fields.extend(like.cloned().unwrap_or_default());
            self.create(resource, &fields, By::Fixture)?;
        }
        Ok(())
    }
}
