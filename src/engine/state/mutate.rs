//! Changing records. Every change, by any actor, goes through here, so that the same rules hold for consumers,
//! administrators and fixtures.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::engine::schema::document::Document;
use crate::engine::schema::field::{DefaultValue, FIRST_ID, Field, Kind, Owner, PRIVATE_PREFIX};
use crate::engine::schema::problem::{FieldFault, FieldFaultKind, Problem};
use crate::engine::schema::schema::{Actor, FieldSet, IdFormat, Schema};
use crate::engine::schema::time::{format_ms, parse_ms};
use crate::engine::state::State;
use crate::engine::state::hooks::{Change, PendingChange};
use crate::engine::store::{Record, Total};
use crate::http::tree::{RECORD_DEPTH, WRAPPING, bytes_of, is_deeper};

/// The bytes for which a generated record counts once more.
const LARGE_BYTES: usize = 4_096;

/// Returns the number of records as which a generated record of `bytes` bytes counts.
pub(crate) fn weight(bytes: usize) -> usize {
    1 + bytes / LARGE_BYTES
}

impl State {
    /// Makes a record. A consumer cannot choose its id; every other actor can.
    pub fn create(&mut self, resource: &'static Schema, given: &Document, by: Actor) -> Result<Record, Problem> {
        self.create_from(resource, given.clone(), by)
    }

    /// Makes a record from fields that it takes over. A consumer cannot choose the id; every other actor can.
    pub fn create_from(&mut self, resource: &'static Schema, given: Document, by: Actor) -> Result<Record, Problem> {
        let total = self.settings.records.total.clone().filter(|_| self.may_generate.is_none());
        self.make(resource, given, by, total.as_ref())
    }

    /// Makes a record that the service writes by itself. It counts in the history of its kind, which loses its oldest
    /// records beyond its bounds.
    pub fn create_in_history(
        &mut self,
        resource: &'static Schema,
        given: Document,
        by: Actor,
    ) -> Result<Record, Problem> {
        let record = self.make(resource, given, by, None)?;
        self.store.of_mut(resource).keep_within(record.memory(), &self.settings.history);
        Ok(record)
    }

    fn make(
        &mut self,
        resource: &'static Schema,
        given: Document,
        by: Actor,
        total: Option<&Arc<Total>>,
    ) -> Result<Record, Problem> {
        let id = match given.get(resource.id_field) {
            Some(id) if by != Actor::Consumer => self.chosen_id(resource, id)?,
            _ => self.new_id(resource),
        };
        let fields = self.normalize(resource, id, given, None, by)?;
        if by != Actor::Fixture {
            self.check_references(resource, &fields)?;
        }
        if let Some(guard) = self.hooks.of(resource).guard {
            guard(self, PendingChange::Create(&fields), by)?;
        }
        self.check_unique(resource, None, &fields)?;
        if self.may_generate == Some(0) {
            return Err(self.settings.generate.exceeded());
        }
        let collection = self.store.of_mut(resource);
        let sequence = collection.next_sequence();
        // Such a record keeps its text only: a fixture is one of many, and a consumer gets the text.
        let is_small =
            by == Actor::Fixture || (by == Actor::Consumer && self.hooks.of(resource).after_change.is_none());
        let record = if is_small {
            let record = Record::small(resource, sequence, &fields, total);
            collection.add(&record, &fields);
            record
        } else {
            let record = Record::counted(resource, sequence, fields, total);
            collection.add(&record, record.fields());
            record
        };
        if let Some(left) = &mut self.may_generate {
            *left = left.saturating_sub(weight(record.bytes().len()));
        }
        self.changed(resource, Change::Created(&record), by)?;
        Ok(record)
    }

    /// Puts these fields in place of a record's: what is left out falls back to its default or disappears, except
    /// what the service owns.
    pub fn replace(
        &mut self,
        resource: &'static Schema,
        old: &Record,
        given: Document,
        by: Actor,
    ) -> Result<Record, Problem> {
        if by != Actor::Consumer {
            let id = given.get(resource.id_field).and_then(Value::as_str);
            let fixed = resource.fields.iter().find(|field| {
                field.owner == Owner::CreateOnly
                    && given.get(field.name).is_some_and(|new| Some(new) != old.get(field.name))
            });
            let fixed = fixed.map(|field| field.name);
            if let Some(field) = fixed.or(id.filter(|id| *id != old.id()).map(|_| resource.id_field)) {
                return Err(Problem::field(field, FieldFaultKind::Fixed));
            }
        }
        let fields = self.normalize(resource, old.id().to_owned(), given, Some(old), by)?;
        self.check_references(resource, &fields)?;
        if let Some(guard) = self.hooks.of(resource).guard {
            guard(self, PendingChange::Replace(old, &fields), by)?;
        }
        self.check_unique(resource, Some(old), &fields)?;
        let collection = self.store.of_mut(resource);
        let total = self.settings.records.total.as_ref().filter(|_| !collection.is_history(old));
        let record = Record::counted(resource, old.sequence(), fields, total);
        collection.put(&record);
        self.changed(resource, Change::Replaced(old, &record), by)?;
        Ok(record)
    }

    /// Changes some fields of a record: RFC 7396, a `null` takes a field away.
    pub fn patch(
        &mut self,
        resource: &'static Schema,
        old: &Record,
        patch: &Document,
        by: Actor,
    ) -> Result<Record, Problem> {
        let limit_bytes = self.settings.body_limit_bytes;
        let patch_bytes: usize = patch.iter().map(|(name, value)| name.len() + bytes_of(value)).sum();
        // Repeated patches must not make a record larger than one body could.
        if by != Actor::Fixture && old.bytes().len() + patch_bytes > limit_bytes {
            return Err(Problem::TooLarge { limit_bytes });
        }
        let mut fields = old.fields().clone();
        let fixed =
            |field: &&Field| field.owner == Owner::CreateOnly && patch.get(field.name).is_some_and(Value::is_null);
        if let Some(field) = resource.fields.iter().find(fixed).filter(|_| by != Actor::Consumer) {
            return Err(Problem::field(field.name, FieldFaultKind::Fixed));
        }
        for field in resource.fields.iter().filter(|field| field.owner == Owner::UpdatedAt) {
            fields.remove(field.name);
        }
        merge(&mut fields, patch, resource);
        self.replace(resource, old, fields, by)
    }

    /// Takes a record away, with what belongs to it.
    pub fn remove(&mut self, resource: &'static Schema, old: &Record, by: Actor) -> Result<(), Problem> {
        if let Some(guard) = self.hooks.of(resource).guard {
            guard(self, PendingChange::Remove(old), by)?;
        }
        self.store.of_mut(resource).remove(old.id());
        self.changed(resource, Change::Removed(old), by)
    }

    /// Takes a record away and makes it again from the same fields: it gets a new id, new times and new tokens.
    pub fn recreate(&mut self, resource: &'static Schema, old: &Record, by: Actor) -> Result<Record, Problem> {
        let made_again = |name: &str| {
            name == resource.id_field
                || resource.field(name).is_some_and(|field| {
                    matches!(field.owner, Owner::CreatedAt | Owner::UpdatedAt) || field.default.is_drawn()
                })
        };
        let mut fields = old.fields().only(|name| !made_again(name));
        fields.or_insert_with(FIRST_ID, || old.id().into());
        self.remove(resource, old, by)?;
        self.create_from(resource, fields, by)
    }

    /// Makes a record with all that follows from it or, when one part is refused, nothing.
    pub fn create_whole(&mut self, resource: &'static Schema, given: Document, by: Actor) -> Result<Record, Problem> {
        if self.hooks.of(resource).after_change.is_some() {
            return self.atomically(|state| state.create_from(resource, given, by));
        }
        // Nothing is refused once the record is there, so that only the random source has to be kept for a way back.
        let before = self.rng.clone();
        self.create_from(resource, given, by).inspect_err(|_| self.rng = before)
    }

    /// Draws an id that no record has. Records that were imported from a run with the same seed have the ids that are
    /// drawn first.
    fn new_id(&mut self, resource: &'static Schema) -> String {
        let known = self.store.of(resource);
        loop {
            let id = resource.ids.draw(&mut self.rng);
            if known.get(&id).is_none() {
                return id;
            }
        }
    }

    fn chosen_id(&self, resource: &'static Schema, id: &Value) -> Result<String, Problem> {
        let wrong = |expected| Problem::field(resource.id_field, FieldFaultKind::WrongType { expected });
        let id = id.as_str().filter(|id| !id.is_empty()).ok_or_else(|| wrong("a string"))?;
        let id = match resource.ids {
            IdFormat::ObjectId => id.to_owned(),
            IdFormat::Uuid if is_uuid(id) => id.to_ascii_lowercase(),
            IdFormat::Uuid => return Err(wrong("a UUID")),
        };
        if self.store.of(resource).get(&id).is_some() {
            return Err(Problem::Taken { resource, field: resource.id_field });
        }
        Ok(id)
    }

    /// Returns the fields in the documented order, with defaults, times and the values that the service owns; unknown
    /// fields stand behind them. Checks the given values; the others need no check.
    fn normalize(
        &mut self,
        resource: &'static Schema,
        mut id: String,
        given: Document,
        old: Option<&Record>,
        by: Actor,
    ) -> Result<Document, Problem> {
        let mut given = match self.hooks.of(resource).before_write {
            Some(prepare) => prepare(self, &id, given, old, by),
            None => given,
        };
        let kept = old.map_or(0, |old| old.fields().written_len());
        let mut fields = Document::whole(resource, (resource.unsaid.count() + given.len()).max(kept));
        let private = |name: &str| name.starts_with(PRIVATE_PREFIX);
        let mut faults = Vec::new();
        let mut unseen = given.len();
        let mut places = FieldSet::first(resource.fields.len());
        loop {
            // Most bodies give few fields: behind the last of them, only the fields that need work without a value are
            // visited.
            if unseen == 0 && old.is_none() {
                places = places.among(resource.unsaid);
            }
            let Some(place) = places.take_first() else { break };
            let field = &resource.fields[place];
            let said = if unseen == 0 { None } else { given.take(field.name) };
            unseen -= usize::from(said.is_some());
            if field.name == resource.id_field {
                fields.write_documented(place, Value::from(std::mem::take(&mut id)));
                continue;
            }
            // A consumer cannot change a field that is standin's own.
            let kept = old.filter(|_| by == Actor::Consumer && private(field.name)).and_then(|old| old.get(field.name));
            let said = kept.cloned().or(said);
            let heard = said.filter(|value| field.hears(by, old.is_none()) && (field.nullable || !value.is_null()));
            if let Some(value) = heard {
                faults.extend(field.fault(Some(&value)).or_else(|| too_deep(field.name, &value, by)));
                fields.write_documented(place, value);
            } else if let Some(value) = self.unsaid(field, old) {
                fields.write_documented(place, value);
            } else if field.default.plain().is_none() {
                faults.extend(field.fault(None));
            }
        }
        let is_unknown = |name: &str| name != resource.id_field && resource.field(name).is_none();
        if unseen > 0 {
            faults.extend(given.iter().filter_map(|(name, value)| too_deep(name, value, by)));
        }
        if !faults.is_empty() {
            return Err(Problem::Fields(faults));
        }
        if unseen > 0 {
            let unknown = given.into_pairs().filter(|(name, _)| is_unknown(name));
            let taken = unknown.filter(|(name, _)| by != Actor::Consumer || !private(name));
            taken.for_each(|(name, value)| fields.push(name, value));
        }
        if by == Actor::Consumer
            && let Some(old) = old
        {
            let kept = old.fields().iter().filter(|(name, _)| private(name) && is_unknown(name));
            kept.for_each(|(name, value)| fields.push(name.to_owned(), value.clone()));
        }
        Ok(fields)
    }

    /// Returns the value of a field for which none is given, or none may be given. Plain defaults need not be stored.
    fn unsaid(&mut self, field: &Field, old: Option<&Record>) -> Option<Value> {
        let kept = || old.and_then(|old| old.get(field.name)).cloned();
        match field.owner {
            Owner::Consumer => None,
            Owner::UpdatedAt => Some(self.now_after(old.and_then(|old| old.text(field.name)))),
            Owner::CreatedAt => kept().or_else(|| Some(self.now_after(None))),
            Owner::Preserved | Owner::CreateOnly | Owner::Service => kept(),
        }
        .or_else(|| self.made_default(field))
    }

    /// Returns the time of a change, which is later than that of the last change even if the clock has not moved since.
    fn now_after(&mut self, last: Option<&str>) -> Value {
        match last.and_then(parse_ms) {
            Some(last_ms) if last_ms >= self.clock.now_ms() => Value::from(format_ms(last_ms + 1)),
            _ => Value::from(self.clock.written()),
        }
    }

    /// Returns the default of a field, where that is not [plain](crate::engine::schema::field::DefaultValue::plain).
    pub fn made_default(&mut self, field: &Field) -> Option<Value> {
        match field.default {
            DefaultValue::Text(text) => Some(Value::from(text)),
            DefaultValue::Number(number) => Some(Value::from(number)),
            DefaultValue::Token(length) => Some(Value::from(self.rng.token(length))),
            DefaultValue::Identifier(letter, digits) => {
                Some(Value::from(format!("{letter}{}", self.rng.hex_digits(digits))))
            }
            DefaultValue::Absent
            | DefaultValue::Null
            | DefaultValue::False
            | DefaultValue::True
            | DefaultValue::EmptyList
            | DefaultValue::EmptyObject
            | DefaultValue::Constant(_) => None,
        }
    }

    /// Checks that every reference leads somewhere.
    pub fn check_references(&self, resource: &'static Schema, fields: &Document) -> Result<(), Problem> {
        check_references(resource, fields, |to, id| self.store.of(to).get(id).is_some())
    }

    fn check_unique(&self, resource: &'static Schema, old: Option<&Record>, fields: &Document) -> Result<(), Problem> {
        let taken = resource.unique.iter().find(|field| {
            fields.get(field).and_then(Value::as_str).is_some_and(|value| {
                self.store.of(resource).find(field, value).any(|other| old.is_none_or(|old| other.id() != old.id()))
            })
        });
        taken.map_or(Ok(()), |field| Err(Problem::Taken { resource, field }))
    }

    fn changed(&mut self, resource: &'static Schema, change: Change<'_>, by: Actor) -> Result<(), Problem> {
        if let Some(changed) = self.hooks.of(resource).after_change {
            changed(self, change, by)?;
        }
        if let (Some(removed), Change::Removed(record)) = (self.hooks.of(resource).after_remove, change) {
            removed(self, record, by)?;
        }
        if let Some(note) = self.hooks.of(resource).audit {
            note(self, resource, change, by);
        }
        Ok(())
    }

    /// Returns the time, a while from now, as the APIs write it.
    pub fn later(&self, by_ms: u64) -> String {
        format_ms(self.clock.now_ms().saturating_add(by_ms))
    }
}

/// Checks that every reference of these fields leads to a record.
pub(crate) fn check_references(
    resource: &'static Schema,
    fields: &Document,
    is_there: impl Fn(&'static Schema, &str) -> bool,
) -> Result<(), Problem> {
    let mut faults = Vec::new();
    let mut check = |field: &'static str, to: &'static Schema, ids: &mut dyn Iterator<Item = &str>| {
        for id in ids {
            if !is_there(to, id) {
                let kind = FieldFaultKind::Dangling { to: to.name, id: id.to_owned() };
                return faults.push(FieldFault { field: Cow::Borrowed(field), kind });
            }
        }
    };
    let references = if fields.may_have(resource.references) { resource.references } else { FieldSet::default() };
    for place in references.iter() {
        let field = &resource.fields[place];
        let (to, ids) = match (field.kind, fields.written(field.name)) {
            (Kind::Reference(to), Some(id @ Value::String(_))) => (to, std::slice::from_ref(id)),
            (Kind::References(to), Some(Value::Array(ids))) => (to, ids.as_slice()),
            _ => continue,
        };
        check(field.name, to, &mut ids.iter().filter_map(Value::as_str));
    }
    for link in resource.links {
        check(link.field, link.to, &mut (link.ids)(fields).into_iter());
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::Fields(faults)) }
}

/// Rejects a value that would make a record deeper than its readers can take. Records about records, such as audit
/// entries, hold whole records.
fn too_deep(field: &str, value: &Value, by: Actor) -> Option<FieldFault> {
    let holds_records = matches!(by, Actor::Service | Actor::Fixture);
    let max_depth = if holds_records { RECORD_DEPTH + WRAPPING / 2 } else { RECORD_DEPTH };
    let kind = FieldFaultKind::TooDeep { max_depth };
    is_deeper(value, max_depth - 1).then(|| FieldFault { field: Cow::Owned(field.to_owned()), kind })
}

/// Tells whether a text has the form 8-4-4-4-12 in hex digits. The version is not checked: the documents' own sample id
/// is no valid v4.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(n, byte)| match n {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Merges by RFC 7396, but a nullable field of the resource can be set to `null`.
pub(crate) fn merge(target: &mut Document, patch: &Document, resource: &'static Schema) {
    let mut gone = BTreeSet::new();
    for (name, value) in patch.iter() {
        if value.is_null() && !resource.field(name).is_some_and(|field| field.nullable) {
            gone.insert(name);
        } else if let Some(there) = target.get_mut(name) {
            merge_value(there, value);
        } else {
            target.push(name.to_owned(), merged(value));
        }
    }
    // All are removed at once, because each removal moves all fields behind it.
    if !gone.is_empty() {
        target.retain(|name| !gone.contains(name));
    }
}

fn merge_value(target: &mut Value, patch: &Value) {
    let (Value::Object(target), Value::Object(patch)) = (&mut *target, patch) else {
        *target = merged(patch);
        return;
    };
    for (name, value) in patch.iter().filter(|(_, value)| !value.is_null()) {
        match target.get_mut(name) {
            Some(there) => merge_value(there, value),
            None => drop(target.insert(name.clone(), merged(value))),
        }
    }
    let gone: BTreeSet<&str> = patch.iter().filter(|(_, value)| value.is_null()).map(|(name, _)| &**name).collect();
    if !gone.is_empty() {
        target.retain(|name, _| !gone.contains(&**name));
    }
}

/// Returns the value that a patch makes where there was none: itself, without the `null`s in it.
fn merged(patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let some = patch.iter().filter(|(_, value)| !value.is_null());
    Value::Object(some.map(|(name, value)| (name.clone(), merged(value))).collect())
}
