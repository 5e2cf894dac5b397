//! The rule that what an integration names exists.

use std::borrow::Cow;

use serde_json::Value;

use crate::apis::edlink::graph::{CLASSES, COURSES, SCHOOLS, SECTIONS};
use crate::apis::edlink::meta::PERMISSIONS;
use crate::engine::schema::problem::{FieldFault, FieldFaultKind, Problem};
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::state::State;
use crate::engine::state::hooks::PendingChange;
use crate::engine::state::mutate::is_uuid;

/// Rejects permissions and targets that are no ids, and ids that an administrator adds and that no record of the world
/// has.
pub(super) fn guard(state: &State, proposal: PendingChange<'_>, by: Actor) -> Result<(), Problem> {
    let (old, fields) = match proposal {
        PendingChange::Create(fields) => (None, fields),
        PendingChange::Replace(old, fields) => (Some(old), fields),
        PendingChange::Remove(_) => return Ok(()),
    };
    let places: [(&'static str, &'static str, &[&'static Schema]); 2] = [
        ("permissions", PERMISSIONS.name, &[&PERMISSIONS]),
        ("targets", "any of the schools, courses, classes and sections", &[&SCHOOLS, &COURSES, &CLASSES, &SECTIONS]),
    ];
    let mut faults = Vec::new();
    for (name, to, resources) in places {
        let ids = fields.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let ids = ids.iter().filter_map(Value::as_str);
        let fault = |kind| FieldFault { field: Cow::Borrowed(name), kind };
        if !ids.clone().all(is_uuid) {
            faults.push(fault(FieldFaultKind::WrongType { expected: "an array of UUIDs" }));
        } else if by != Actor::Fixture
            && old.is_none_or(|old| old.get(name) != fields.get(name))
            && resources.iter().any(|resource| !state.store.of(resource).is_empty())
        {
            let exists = |id: &str| resources.iter().any(|resource| state.store.of(resource).get(id).is_some());
            let missing = ids.clone().find(|id| !exists(&id.to_ascii_lowercase()));
            faults.extend(missing.map(|id| fault(FieldFaultKind::Dangling { to, id: id.to_owned() })));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::Fields(faults)) }
}
