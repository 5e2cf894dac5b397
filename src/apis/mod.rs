//! The APIs that are served. One line each.
#![deny(clippy::disallowed_methods)]

pub mod celigo;
pub mod edlink;

use crate::engine::api::api::Api;

/// All of them.
pub static APIS: &[&Api] = &[&celigo::API, &edlink::API];

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::api::api::hooks_of;
    use crate::engine::schema::document::Document;
    use crate::engine::schema::field::PRIVATE_PREFIX;
    use crate::engine::schema::schema::Actor;
    use crate::engine::state::State;
    use crate::engine::state::settings::Settings;
    use crate::engine::store::Store;

    #[test]
    fn every_default_fits_its_field_because_none_is_checked_when_a_record_is_made() {
        let mut state = State::new("test", Store::new([]), hooks_of(APIS), Arc::new(Settings::default()));
        for resource in APIS.iter().flat_map(|api| api.schemas()) {
            for field in resource.fields {
                let default = field.default.plain().cloned().or_else(|| state.made_default(field));
                let fault = default.as_ref().and_then(|value| field.fault(Some(value)));
                assert_eq!(fault, None, "{}.{}", resource.name, field.name);
            }
        }
    }

    #[test]
    fn no_private_field_has_a_default_that_is_not_written_down() {
        for resource in APIS.iter().flat_map(|api| api.schemas()) {
            let private = resource.fields.iter().filter(|field| field.name.starts_with(PRIVATE_PREFIX));
            for field in private {
                assert!(field.default.plain().is_none(), "{}.{} would be shown", resource.name, field.name);
            }
        }
    }

    #[test]
    fn a_record_made_of_nothing_has_its_id() {
        let resources = || APIS.iter().flat_map(|api| api.schemas());
        let mut state = State::new("test", Store::new(resources()), hooks_of(APIS), Arc::new(Settings::default()));
        let mut made = 0;
        for resource in resources().filter(|resource| resource.fields.iter().all(|field| !field.required)) {
            let record = state.create(resource, &Document::new(), Actor::Fixture).expect("nothing is required");
            assert_eq!(record.text(resource.id_field), Some(record.id()), "{}", resource.name);
            assert!(!record.id().is_empty(), "{}", resource.name);
            made += 1;
        }
        assert!(made > 0, "some resources require nothing");
    }
}
