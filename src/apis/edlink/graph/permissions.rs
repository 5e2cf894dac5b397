//! The rights of an integration to read: its permissions name a kind of record, or one field of it.

use serde_json::Value;

use crate::apis::edlink::generator::READ_EVERYTHING;
use crate::apis::edlink::graph::kinds;
use crate::apis::edlink::meta::PERMISSIONS;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::engine::store::Record;

/// The subject of a permission that opens every kind of record.
const EVERYTHING: &str = "*";

/// The rights to read the records that an event can show, by kind: the hidden fields, or `None` where all fields are
/// hidden.
pub(crate) struct Rights(Vec<(&'static Schema, Option<Vec<String>>)>);

impl Rights {
    /// Returns the rights of an integration; without one, nothing is hidden.
    pub(crate) fn of(state: &State, integration: Option<&Record>) -> Self {
        let kinds = kinds::with_events().map(|(resource, _)| resource);
        let rights = integration.map(|integration| {
            let may_read = |resource| missing(state, integration, kind_of(resource)).is_none();
            kinds.map(|kind| (kind, may_read(kind).then(|| hidden(state, integration, kind)))).collect()
        });
        Self(rights.unwrap_or_default())
    }

    /// Tells whether the integration may read everything.
    pub(crate) fn are_full(&self) -> bool {
        self.0.iter().all(|(_, hidden)| hidden.as_ref().is_some_and(Vec::is_empty))
    }

    /// Returns the hidden fields of that kind; `None` where all but the id are hidden.
    pub(crate) fn hidden(&self, resource: &Schema) -> Option<&[String]> {
        match self.0.iter().find(|(kind, _)| *kind == resource) {
            Some((_, hidden)) => hidden.as_deref(),
            None => Some(&[]),
        }
    }
}

/// Returns the name of the permission an integration would need to read that kind of records, if it has none.
pub(crate) fn missing(state: &State, integration: &Record, kind: &str) -> Option<String> {
    (!grants(state, integration, kind, None)).then(|| needed(state, kind))
}

/// Returns the name of the permission to read that kind of records.
pub(crate) fn needed(state: &State, kind: &str) -> String {
    let wanted = |permission: &&Record| {
        permission.text("standin_resource") == Some(kind) && permission.text("standin_field").is_none()
    };
    let name = state.store.of(&PERMISSIONS).iter().find(wanted).and_then(|permission| permission.text("name"));
    name.unwrap_or(kind).to_owned()
}

/// Returns the fields of that kind of records that need a permission of their own which the integration does not have.
pub(crate) fn hidden(state: &State, integration: &Record, resource: &Schema) -> Vec<String> {
    let kind = kind_of(resource);
    let fields = state.store.of(&PERMISSIONS).iter().filter(|permission| {
        permission.text("standin_resource") == Some(kind)
            && permission.text("standin_field").is_some_and(|field| !grants(state, integration, kind, Some(field)))
    });
    fields.filter_map(|permission| permission.text("standin_field").map(str::to_owned)).collect()
}

fn grants(state: &State, integration: &Record, kind: &str, field: Option<&str>) -> bool {
    let known = state.store.of(&PERMISSIONS);
    if known.is_empty() {
        return true;
    }
    let granted = integration.get("permissions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    granted.iter().filter_map(Value::as_str).any(|id| {
        id.eq_ignore_ascii_case(READ_EVERYTHING)
            || known.get(&id.to_ascii_lowercase()).is_some_and(|permission| {
                permission.get("active") != Some(&Value::Bool(false))
                    && (permission.text("standin_resource") == Some(EVERYTHING)
                        || (permission.text("standin_resource") == Some(kind)
                            && permission.text("standin_field") == field))
            })
    })
}

/// Returns the kind of a resource's records, as permissions name it: `people`.
pub(crate) fn kind_of(resource: &Schema) -> &'static str {
    resource.name.split_once('.').map_or(resource.name, |(_, kind)| kind)
}
