//! The built-in APIs, a line each.
#![deny(clippy::disallowed_methods)]

pub(crate) mod celigo;
pub(crate) mod edlink;

use crate::engine::api::api::Api;

/// The built-in APIs.
pub(crate) static APIS: &[&Api] = &[&celigo::API, &edlink::API];

#[cfg(test)]
mod tests {
    mod generated;
    mod spellings;

    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::engine::api::api::hooks_of;
    use crate::engine::api::check::table_faults;
    use crate::engine::api::route::Action;
    use crate::engine::api::router::Router;
    use crate::engine::schema::document::Document;
    use crate::engine::schema::error_def::Evidence::{self, Assumed, Documented, Observed};
    use crate::engine::schema::field::{Kind, PRIVATE_PREFIX};
    use crate::engine::schema::profile::Profile;
    use crate::engine::schema::schema::Actor;
    use crate::engine::state::State;
    use crate::engine::state::settings::Settings;
    use crate::engine::store::Store;
    use crate::http::message::Request;
    use crate::world::exchange::answer;
    use crate::world::world::World;

    #[test]
    fn the_tables_of_the_built_in_apis_have_no_fault() {
        assert_eq!(table_faults(APIS), Vec::<String>::new());
    }

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

    #[test]
    fn custom_operations_refuse_fields_of_a_kind_their_row_does_not_take() {
        let router = Router::new(APIS).unwrap();
        let store = Store::new(APIS.iter().flat_map(|api| api.schemas()));
        let mut world = World::new("test", store, hooks_of(APIS), Arc::new(Settings::default()));
        let is_judged = |route: &crate::engine::api::route::Route| {
            matches!(route.action, Action::Custom(_)) && !route.body_last && !route.takes_raw
        };
        let mut tried = 0;
        for row in router.rows().iter().filter(|row| is_judged(row.route)) {
            for field in row.route.takes.iter().filter(|field| !matches!(field.kind, Kind::Any)) {
                let wrong = match field.kind {
                    Kind::String | Kind::Enum(_) | Kind::Reference(_) => json!(7),
                    _ => json!("no number, time, list or object"),
                };
                let body = json!({ field.name: wrong }).to_string();
                let headers: &[(&str, &[u8])] =
                    &[("host", b"h"), ("authorization", b"Bearer any"), ("content-type", b"application/json")];
                let (method, target) = (row.route.method.as_str(), row.path.replace(['{', '}'], ""));
                let (target, body) = (target.as_str(), body.as_bytes());
                let request = Request { method, target, headers, body, arrived_ms: 0, believes_front: true };
                let response = answer(&router, &mut world, &request).response;
                let said: Value = serde_json::from_slice(&response.body).unwrap_or_default();
                // A missing record is told before a wrong body.
                let is_missing = response.status == 404 && row.path.contains('{');
                let names_it = (400..500).contains(&response.status) && said.to_string().contains(field.name);
                let is_refused = is_missing || names_it;
                assert!(is_refused, "{}, {}: {} {said}", row.operation, field.name, response.status);
                assert!(
                    row.documents_status(response.status, Profile::Documented),
                    "{}: {}",
                    row.operation,
                    response.status
                );
                tried += 1;
            }
        }
        assert!(tried > 50, "{tried} fields of custom operations");
    }

    #[test]
    fn words_that_no_source_shows_are_assumed() {
        let shown = [
            ("celigo", "not_found", "Export not found", Documented),
            ("celigo", "not_found", "State key not found", Documented),
            ("celigo", "not_found", "Retry data not found", Observed),
            ("celigo", "not_found", "Flow step not found", Assumed),
            ("celigo", "validation_error", "Name is required", Documented),
            ("celigo", "validation_error", "errorIds or errors must be given", Assumed),
            ("celigo", "conflict", "Flow with this name already exists", Documented),
            ("celigo", "conflict", "Flow is in use by the flow \"x\"", Assumed),
            ("celigo", "invalid_field", "\"/name\" is not a whitelisted property", Documented),
            ("celigo", "invalid_field", "Field cannot be patched", Assumed),
            ("celigo", "rate_limited", "Too many requests. Retry after 7 seconds.", Documented),
            ("celigo", "forbidden", "This link has expired", Assumed),
            ("edlink", "not_found", "Class with id 7 not found for this person.", Observed),
            ("edlink", "not_found", "Term with id 7 not found for this integration.", Assumed),
            ("edlink", "not_found", "There is no class 7.", Assumed),
            ("edlink", "invalid_uuid", "A valid v4 or v5 UUID or Alias is expected for parameter '$after'.", Observed),
            ("edlink", "invalid_uuid", "A valid v4 or v5 UUID or Alias is expected for parameter ''.", Assumed),
            ("edlink", "invalid_cursor", "The supplied cursor is invalid.", Assumed),
        ];
        for (api, name, message, evidence) in shown {
            let api = APIS.iter().find(|it| it.name == api).unwrap();
            assert_eq!(api.words_of(api.error(name).unwrap(), message), evidence, "{message}");
        }
    }

    #[test]
    fn a_source_says_that_the_words_of_its_error_are_assumed() {
        for api in APIS {
            for error in api.errors.iter().filter(|error| error.evidence != Assumed) {
                let best = error.sentences.iter().map(|(_, evidence)| *evidence).fold(error.words, Evidence::min);
                assert_eq!(best == Assumed, error.source.contains("words are assumed"), "{} {}", api.name, error.name);
            }
        }
    }
}
