//! The APIs that are served. One line each.
#![deny(clippy::disallowed_methods)]

pub mod celigo;
pub mod edlink;

use crate::engine::api::Api;

/// All of them.
pub static APIS: &[&Api] = &[&celigo::API, &edlink::API];

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::store::Store;
    use crate::engine::world::{Settings, World};

    #[test]
    fn every_default_fits_its_field_because_none_is_checked_when_a_record_is_made() {
        let mut world = World::new("test", Store::new([]), Arc::new(Settings::default()));
        for resource in APIS.iter().flat_map(|api| api.resources) {
            for field in resource.fields {
                let default = world.default_of(field);
                let fault = default.as_ref().and_then(|value| field.fault(Some(value)));
                assert_eq!(fault, None, "{}.{}", resource.name, field.name);
            }
        }
    }
}
