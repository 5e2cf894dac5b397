//! The shape of a v2 record: with the records that it refers to, or with only some of its fields.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::apis::edlink::graph::events;
use crate::apis::edlink::graph::list_query::Warning;
use crate::apis::edlink::graph::permissions::Rights;
use crate::apis::edlink::graph::resources::EVENTS;
use crate::apis::edlink::graph::viewer::Viewer;
use crate::engine::schema::field::{Field, Kind, PRIVATE_PREFIX};
use crate::engine::schema::schema::Schema;
use crate::engine::store::Record;

/// The shape in which records of one kind are shown to an integration.
pub(super) struct Shape<'w> {
    viewer: Viewer<'w>,
    expansions: Vec<Expansion>,
    /// The only fields that are shown; `None` is all.
    only: Option<Vec<String>>,
    /// The fields that are shown without their value.
    hidden: Vec<String>,
    /// The rights to read the records that events show; `None` if everything may be read.
    rights: Option<Rights>,
}

/// The records that a reference leads to, shown beside it.
struct Expansion {
    field: &'static Field,
    to: &'static Schema,
    name: String,
    hidden: Vec<String>,
}

impl<'w> Shape<'w> {
    /// Returns the shape that the parameters select, with warnings about impossible ones.
    pub(super) fn new(
        viewer: Viewer<'w>,
        resource: &'static Schema,
        expand: Option<&str>,
        fields: Option<&str>,
        warnings: &mut Vec<Warning>,
    ) -> Self {
        let mut expansions: Vec<Expansion> = Vec::new();
        for name in listed(expand) {
            let expansion = expandable(resource).find(|it| it.name == name || it.field.name == name);
            let refused = match expansion {
                None => {
                    let known: Vec<String> = expandable(resource).map(|it| it.name).collect();
                    let can = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
                    Some(format!("'{name}' cannot be expanded on {}; {can} can.", resource.title))
                }
                Some(mut expansion) => {
                    let missing = viewer.missing(expansion.to);
                    if missing.is_none() && !expansions.iter().any(|known| known.name == expansion.name) {
                        expansion.hidden = viewer.hidden(expansion.to);
                        expansions.push(expansion);
                    }
                    missing.map(|needs| format!("'{name}' is not expanded: it needs the permission '{needs}'."))
                }
            };
            warnings.extend(refused.map(|message| Warning { code: "INVALID_EXPANSION", message }));
        }
        let mut only: Vec<String> = Vec::new();
        for name in listed(fields) {
            // Each field of each record is looked up among these.
            if only.iter().any(|known| known == name) {
                continue;
            }
            let known = resource.field(name).is_some_and(|field| !field.name.starts_with(PRIVATE_PREFIX));
            if known || expansions.iter().any(|expansion| expansion.name == name) {
                only.push(name.to_owned());
            } else {
                let message = format!("{} has no field '{name}'.", resource.title);
                warnings.push(Warning { code: "INVALID_FIELD_REQUESTED", message });
            }
        }
        Self {
            viewer,
            expansions,
            only: (!only.is_empty()).then_some(only),
            hidden: viewer.hidden(resource),
            rights: (*resource == EVENTS)
                .then(|| Rights::of(viewer.state, Some(viewer.integration)))
                .filter(|rights| !rights.are_full()),
        }
    }

    /// Writes one record.
    pub(super) fn json<'r>(&self, record: &'r Record) -> Cow<'r, Bytes> {
        if self.expansions.is_empty() && self.only.is_none() && self.hidden.is_empty() && self.rights.is_none() {
            return Cow::Borrowed(record.bytes());
        }
        let mut shown = Map::new();
        for (name, value) in visible(record, &self.hidden) {
            let rights = self.rights.as_ref().filter(|_| name == "data" && !value.is_null());
            let data = rights.map(|rights| events::data(record, rights));
            let value = data.unwrap_or(value);
            let expansion = self.expansions.iter().find(|expansion| expansion.field.name == name);
            if self.shows(name) {
                shown.insert(name.to_owned(), value.clone());
            }
            if let Some(expansion) = expansion
                && (self.shows(&expansion.name) || self.shows(expansion.field.name))
            {
                shown.insert(expansion.name.clone(), self.expanded(expansion, &value));
            }
        }
        Cow::Owned(Value::Object(shown).to_string().into())
    }

    fn shows(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|known| known == name))
    }

    fn expanded(&self, expansion: &Expansion, value: &Value) -> Value {
        let scope = self.viewer.scope();
        let one = |id: &Value| {
            let record = self.viewer.store().of(expansion.to).get(id.as_str()?)?;
            let sees = scope.is_visible(expansion.to, record);
            let fields = || visible(record, &expansion.hidden).map(|(name, value)| (name.to_owned(), value));
            sees.then(|| Value::Object(fields().collect()))
        };
        match value {
            Value::Array(ids) => ids.iter().filter_map(one).collect(),
            id => one(id).unwrap_or(Value::Null),
        }
    }
}

/// Returns the fields that a consumer may see; hidden ones are `null`.
fn visible<'r>(record: &'r Record, hidden: &'r [String]) -> impl Iterator<Item = (&'r str, Value)> {
    let public = record.fields().iter().filter(|(name, _)| !name.starts_with(PRIVATE_PREFIX));
    public.map(|(name, value)| {
        let value = if hidden.iter().any(|hidden| hidden == name) { Value::Null } else { value.clone() };
        (name, value)
    })
}

fn listed(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// Returns the possible expansions: every reference, by its name without `_id` or `_ids`.
fn expandable(resource: &'static Schema) -> impl Iterator<Item = Expansion> {
    resource.fields.iter().filter_map(|field| {
        let (to, name) = match field.kind {
            Kind::Reference(to) => (to, field.name.strip_suffix("_id")?.to_owned()),
            Kind::References(to) => (to, format!("{}s", field.name.strip_suffix("_ids")?)),
            _ => return None,
        };
        (!name.starts_with(PRIVATE_PREFIX)).then_some(Expansion { field, to, name, hidden: Vec::new() })
    })
}
