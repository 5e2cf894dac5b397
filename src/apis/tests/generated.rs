//! The made-up records of every collection: what they refer to is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::apis::APIS;
use crate::engine::api::api::hooks_of;
use crate::engine::schema::field::Kind;
use crate::engine::schema::schema::Schema;
use crate::engine::state::settings::Settings;
use crate::engine::store::{Record, Store};
use crate::world::world::World;

/// The number of records that is made of each collection.
const FEW: usize = 3;

/// Makes some records of every collection that can be made up, in one empty world, and returns it with their kinds.
fn generated() -> (World, Vec<&'static Schema>) {
    let store = Store::new(APIS.iter().flat_map(|api| api.schemas()));
    let mut world = World::new("test", store, hooks_of(APIS), Arc::new(Settings::default()));
    let resources = APIS.iter().flat_map(|api| api.resources);
    let kinds: Vec<&Schema> =
        resources.filter(|resource| resource.hooks.generator.is_some()).map(|resource| resource.schema).collect();
    for kind in &kinds {
        let made = world.state.generate(APIS, kind.name, FEW, None);
        made.unwrap_or_else(|problem| panic!("{}: {}", kind.name, problem.plain()));
    }
    (world, kinds)
}

/// Returns the texts of a value: itself, or those of its list.
fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .map_or_else(|| value.as_str().into_iter().collect(), |all| all.iter().filter_map(Value::as_str).collect())
}

#[test]
fn every_reference_of_a_made_up_record_leads_to_a_record() {
    let (world, kinds) = generated();
    assert!(kinds.len() > 30, "{}", kinds.len());
    let (mut followed, mut never) = (0, BTreeSet::new());
    for kind in &kinds {
        let collection = world.state.store.of(kind);
        assert!(collection.len() >= FEW, "{} has {} records", kind.name, collection.len());
        for field in kind.fields {
            let (Kind::Reference(to) | Kind::References(to)) = field.kind else { continue };
            let mut of_field = 0;
            for record in collection.iter() {
                for id in record.get(field.name).map(texts).unwrap_or_default() {
                    let is_there = world.state.store.of(to).get(id).is_some();
                    assert!(
                        is_there,
                        "{} {}: {} names {id}, which {} lacks",
                        kind.name,
                        record.id(),
                        field.name,
                        to.name
                    );
                    of_field += 1;
                }
            }
            if of_field == 0 {
                never.insert(format!("{}.{}", kind.name, field.name));
            }
            followed += of_field;
        }
        for link in kind.links {
            for record in collection.iter() {
                for id in (link.ids)(record.fields()) {
                    let is_there = world.state.store.of(link.to).get(id).is_some();
                    assert!(
                        is_there,
                        "{} {}: {} names {id}, which {} lacks",
                        kind.name,
                        record.id(),
                        link.field,
                        link.to.name
                    );
                    followed += 1;
                }
            }
        }
    }
    assert!(followed > 100, "{followed}");
    assert_eq!(never.iter().map(String::as_str).collect::<Vec<_>>(), NEVER, "references that no made-up record has");
}

/// References that no made-up record has: each may be absent.
const NEVER: &[&str] = &[
    "celigo.apis._integrationId",
    "celigo.connections._integrationId",
    "celigo.exports._integrationId",
    "celigo.flows._runNextFlowIds",
    "celigo.imports._integrationId",
    "celigo.integrations._connectorId",
    "celigo.licenses._integrationId",
    "celigo.mcpservers._integrationId",
    "celigo.tools._integrationId",
    "edlink.assignments.assignee_ids",
    "edlink.assignments.section_ids",
    "edlink.assignments.session_id",
    "edlink.classes.department_id",
    "edlink.classes.period_ids",
    "edlink.classes.product_ids",
    "edlink.classes.subject_id",
    "edlink.courses.department_id",
    "edlink.courses.subject_id",
    "edlink.districts.standin_source_id",
    "edlink.materializations.source_id",
    "edlink.people.department_ids",
    "edlink.people.product_ids",
    "edlink.schools.product_ids",
    "edlink.sessions.school_id",
    "edlink.subjects.department_id",
    "edlink.submissions.grader_id",
];

/// Collects the members of a value, however deep, that are named as ids are.
fn named_ids<'v>(value: &'v Value, found: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| named_ids(item, found)),
        Value::Object(members) => {
            for (name, value) in members {
                let is_id = ["Id", "Ids", "_id", "_ids"].iter().any(|end| name.ends_with(end) && name != end);
                found.extend(texts(value).into_iter().filter(|_| is_id).map(|id| (name.as_str(), id)));
                named_ids(value, found);
            }
        }
        _ => {}
    }
}

/// Members that are named as ids, of things that standin does not keep as records.
const FOREIGN: &[&str] = &["celigo.iclients.clientId", "celigo.notifications._userId", "celigo.tags.tagId"];

#[test]
fn what_a_made_up_record_names_as_an_id_is_the_id_of_a_record() {
    let (world, kinds) = generated();
    let ids: BTreeSet<&str> =
        world.state.store.collections().flat_map(|collection| collection.iter().map(Record::id)).collect();
    let mut foreign: BTreeMap<String, String> = BTreeMap::new();
    let mut followed = 0;
    for kind in kinds {
        for record in world.state.store.of(kind).iter() {
            let value = Value::from(record.fields().clone());
            let mut named = Vec::new();
            named_ids(&value, &mut named);
            for (name, id) in named {
                followed += 1;
                if !ids.contains(id) {
                    foreign.entry(format!("{}.{name}", kind.name)).or_insert_with(|| id.to_owned());
                }
            }
        }
    }
    assert!(followed > 100, "{followed}");
    assert_eq!(foreign.keys().map(String::as_str).collect::<Vec<_>>(), FOREIGN, "{foreign:?}");
}
