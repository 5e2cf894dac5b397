//! Making up records: as many as wanted, the same ones from the same seed.

use std::fmt;

use crate::engine::api::{Api, By};
use crate::engine::data::merge;
use crate::engine::load::nearest;
use crate::engine::problem::Problem;
use crate::engine::store::Fields;
use crate::engine::world::World;

/// Why records could not be made up. None were.
#[derive(Clone, Debug)]
pub enum GenerateFault {
    /// There is no such collection.
    NoCollection {
        /// The name given.
        collection: String,
        /// The known name most like it.
        nearest: &'static str,
    },
    /// Records of that collection are not made up.
    NotMadeUp {
        /// The name given.
        collection: String,
        /// The collections whose records are.
        instead: Vec<&'static str>,
    },
    /// A record was refused: what it should be like breaks a rule.
    Refused {
        /// The name given.
        collection: String,
        /// Which of the records, from 1.
        number: usize,
        /// What is wrong with it.
        problem: Problem,
    },
}

impl fmt::Display for GenerateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCollection { collection, nearest } => {
                write!(f, "there is no collection {collection}; did you mean {nearest}?")
            }
            Self::NotMadeUp { collection, instead } => {
                write!(f, "records of {collection} cannot be generated; those of {} can", instead.join(" and "))
            }
            Self::Refused { collection, number, problem } => {
                write!(f, "generated record {number} of {collection} is refused: {}", problem.plain())
            }
        }
    }
}

impl std::error::Error for GenerateFault {}

impl World {
    /// Makes up `count` more records of a collection, filled to the documented shape, with `like` merged over each.
    ///
    /// What is drawn depends on the seed, the collection and its place in it, and moves no other draw of the world.
    pub fn generate(
        &mut self,
        apis: &[&'static Api],
        collection: &str,
        count: usize,
        like: Option<&Fields>,
    ) -> Result<(), GenerateFault> {
        let found = apis.iter().find_map(|api| api.resource(collection).map(|resource| (*api, resource)));
        let Some((api, resource)) = found else {
            let known = apis.iter().flat_map(|api| api.resources).map(|resource| resource.name);
            let nearest = nearest(collection, known).unwrap_or_default();
            return Err(GenerateFault::NoCollection { collection: collection.to_owned(), nearest });
        };
        let start = usize::try_from(self.store.of(resource).next_sequence()).unwrap_or(usize::MAX);
        let own = self.chance.apart(&format!("generate:{collection}:{start}"));
        if (api.made_up)(resource, start, &mut own.clone()).is_empty() {
            let all = apis.iter().flat_map(|api| api.resources.iter().map(|resource| (*api, *resource)));
            let made_up = all.filter(|(api, resource)| !(api.made_up)(resource, 0, &mut own.clone()).is_empty());
            let instead = made_up.map(|(_, resource)| resource.name).collect();
            return Err(GenerateFault::NotMadeUp { collection: collection.to_owned(), instead });
        }
        let store = self.store.clone();
        let rest = std::mem::replace(&mut self.chance, own);
        let mut made = Ok(());
        for n in 0..count {
            let mut fields = (api.made_up)(resource, start + n, &mut self.chance);
            if let Some(like) = like {
                merge(&mut fields, like, resource);
            }
            if let Err(problem) = self.create(resource, &fields, By::Fixture) {
                self.store = store;
                made = Err(GenerateFault::Refused { collection: collection.to_owned(), number: n + 1, problem });
                break;
            }
        }
        self.chance = rest;
        made
    }
}
