//! Requests after requests, with a model: no failure, no world changed by a refusal, nothing that another world sees.

use std::time::Duration;

use serde_json::{Value, json};
use standin::{Api, Record, Snapshot, WorldHandle};

use crate::operations::{self, Operation};
use crate::texts::{JSON, check, edlink, world};
use crate::{bounded, texts};

/// The means of each step.
struct Model {
    start: WorldHandle,
    operations: Vec<Operation>,
    collections: Vec<String>,
    edlink: String,
}

/// The numbers of one step: the act, the record, and the values.
#[derive(Clone, Copy)]
struct Step {
    act: u16,
    which: u8,
    how: u8,
    much: u8,
}

/// Each five bytes are one step.
pub fn sequence() -> Box<dyn FnMut(&[u8])> {
    let start = world();
    let other = start.fork();
    let (operations, collections) = (operations::all(), operations::collections(&start));
    let edlink = edlink(&start);
    let model = Model { start, operations, collections, edlink };
    let untouched = model.records(&other);
    Box::new(move |input| {
        let world = model.start.fork();
        let mut kept = world.snapshot();
        for step in input.chunks(5).take(24) {
            let byte = |n: usize| step.get(n).copied().unwrap_or_default();
            let act = u16::from_le_bytes([byte(0), byte(1)]);
            model.run(&world, &mut kept, input, Step { act, which: byte(2), how: byte(3), much: byte(4) });
        }
        bounded(input, || {
            let _ = world.report().to_string();
        });
        assert!(model.records(&other) == untouched, "another world sees some of it");
    })
}

impl Model {
    /// All records that a world has.
    fn records(&self, world: &WorldHandle) -> Vec<Record> {
        let all = self.collections.iter().flat_map(|name| world.records(name).expect("there is that collection"));
        all.collect()
    }

    /// Three of four steps are requests, to any operation; the fourth is an administrator's.
    fn run(&self, world: &WorldHandle, kept: &mut Snapshot, input: &[u8], step: Step) {
        let act = usize::from(step.act);
        if act % 4 == 3 {
            return self.administer(world, kept, step);
        }
        let operation = &self.operations[act / 4 % self.operations.len()];
        let target = operation.target(world, step.which) + &query(operation, step);
        let body = if operation.has_body { body(operation, world, step).to_string() } else { String::new() };
        let token = if operation.api == Api::Edlink { self.edlink.as_str() } else { texts::CELIGO.1 };
        let before = operation.changes.then(|| self.records(world));
        let headers = [("authorization", token), JSON];
        let answer = bounded(input, || world.answer(operation.method, &target, &headers, body.as_bytes()));
        check(&answer);
        if let Some(before) = before.filter(|_| answer.status >= Some(400)) {
            let status = answer.status.unwrap_or_default();
            let changed = changed_between(&before, &self.records(world));
            assert!(
                changed.is_empty(),
                "{} {target} was refused with {status} and changed {changed}",
                operation.method
            );
        }
    }

    /// Does what the control API can do. A change that is refused changes nothing.
    fn administer(&self, world: &WorldHandle, kept: &mut Snapshot, step: Step) {
        let Step { act, which, how, much } = step;
        let collection = &self.collections[usize::from(act / 4) / 9 % self.collections.len()];
        let records = world.records(collection).expect("there is that collection");
        let id = records.get(usize::from(which) % records.len().max(1)).map_or("abc123", Record::id);
        let before = self.records(world);
        let done = match act / 4 % 9 {
            0 => world.patch(collection, id, changed(how, much)).map(drop),
            1 => world.put(collection, id, changed(how, much)).map(drop),
            2 => world.create(collection, changed(how, much)).map(drop),
            3 => world.remove(collection, id),
            4 => world.recreate(collection, id).map(drop),
            5 => world.set_time(if how % 2 == 0 { "1970-01-01T00:00:00.000Z" } else { "9999-12-31T23:59:59.000Z" }),
            6 => {
                world.advance(Duration::from_millis(u64::from(much) * 1_000));
                Ok(())
            }
            7 => {
                world.reset();
                Ok(())
            }
            _ if how % 2 == 0 => {
                *kept = world.snapshot();
                Ok(())
            }
            _ => {
                world.restore(kept);
                Ok(())
            }
        };
        if let Err(error) = done {
            let changed = changed_between(&before, &self.records(world));
            assert!(changed.is_empty(), "{collection} {id}: {error}, and it changed {changed}");
        }
    }
}

/// The records that are in one of two states only.
fn changed_between(before: &[Record], after: &[Record]) -> String {
    if before == after {
        return String::new();
    }
    let only = |these: &[Record], others: &[Record]| {
        let only = these.iter().filter(|record| !others.contains(record));
        only.map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    format!("{} to {}", only(before, after), only(after, before))
}

/// The query of a request: what lists read.
fn query(operation: &Operation, Step { how, much, .. }: Step) -> String {
    match (operation.api, how % 4) {
        (_, 0) => String::new(),
        (Api::Celigo, 1) => format!("?limit={how}&offset={much}"),
        (Api::Celigo, 2) => format!("?exclude=name&limit={much}"),
        (Api::Edlink, 1) => format!("?$first={how}"),
        (Api::Edlink, 2) => format!("?$last={much}&$expand=people"),
        _ => format!("?$filter={{\"first_name\":[{{\"operator\":\"equals\",\"value\":\"N{}\"}}]}}", much % 5),
    }
}

/// The body of a request: a record of the kind as it is or with a change, a JSON Patch, or what fits nowhere.
fn body(operation: &Operation, world: &WorldHandle, Step { which, how, much, .. }: Step) -> Value {
    let record = operation.record(world, which);
    match (how % 5, record) {
        (0 | 1, Some(mut record)) => {
            let fields = record.as_object_mut().expect("a record is an object");
            if how % 5 == 1 {
                let names: Vec<String> = fields.keys().cloned().collect();
                fields.insert(names[usize::from(much) % names.len()].clone(), changed(how, much));
            }
            record
        }
        (2, _) => json!([
            { "op": "add", "path": "/settings", "value": deep(much) },
            { "op": "copy", "from": "/settings", "path": "/settings/b" },
        ]),
        (3, _) => json!([changed(how, much), null, which]),
        _ => changed(how, much),
    }
}

/// Fields that many kinds have, good and bad.
fn changed(how: u8, much: u8) -> Value {
    let name = format!("N{}", how % 5);
    match how / 5 % 6 {
        0 => json!({ "name": name }),
        1 => json!({ "name": name, "settings": deep(much) }),
        2 => json!({ "name": name, "_integrationId": "abc123", "disabled": how > 100 }),
        3 => json!({ "name": null, "_id": name, "settings": [deep(much)] }),
        4 => json!({ "first_name": name, "roles": [name], "properties": deep(much) }),
        _ => json!({ "title": name, "display_name": name, "state": "open", "type": "http" }),
    }
}

fn deep(much: u8) -> Value {
    (0..much / 2).fold(json!(much), |inner, _| json!({ "a": inner }))
}
