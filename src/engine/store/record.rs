//! One JSON document with its cached bytes.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde_json::Value;

use crate::engine::schema::document::Document;
use crate::engine::schema::field::PRIVATE_PREFIX;
use crate::engine::schema::rng::SeededRng;
use crate::engine::schema::schema::Schema;
use crate::engine::store::total::{Charge, Total};

/// One record: immutable and shared; a change makes another record with the same sequence number.
#[derive(Clone, Debug)]
pub struct Record(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    resource: &'static Schema,
    /// Its place in creation order, unique in its collection.
    sequence: u64,
    /// Its moment, in milliseconds since 1970; 0 where records have none.
    moment_ms: u64,
    id: Arc<str>,
    /// The JSON that consumers see, serialised once, when the first of them sees it.
    bytes: OnceLock<Bytes>,
    /// All fields, once a reader needed them. Text takes a fraction of their memory.
    fields: OnceLock<Document>,
    /// The source of the fields while no reader has needed them.
    source: Source,
    /// True if one of its fields has a value that is assumed.
    is_assumed: bool,
    /// Its memory, charged as long as a world, a snapshot or a history holds it.
    memory: Charge,
}

/// The memory of a record besides its fields: mostly its part of the lookups.
const RECORD_BYTES: usize = 1_000;

/// The source of a record's fields.
enum Source {
    /// The fields are there from the start.
    Given,
    /// The JSON that consumers see has all fields.
    Shown,
    /// All fields, serialised.
    Whole(Bytes),
    /// A function makes the fields.
    Made(LazyRecord),
}

/// A record that the service writes by itself and that no reader may ever look for: its fields are made when one does.
#[derive(Clone)]
pub(crate) struct LazyRecord(Arc<LazyInner<MakeFields>>);

/// A function from the id of a record to its fields.
type MakeFields = dyn Fn(&str) -> Document + Send + Sync;

struct LazyInner<F: ?Sized> {
    seed: u64,
    found_by: (&'static str, Arc<str>),
    moment_ms: u64,
    fields: F,
}

impl LazyRecord {
    /// Makes a record of that moment, which is found by that field and value. Its id comes from the seed, its fields
    /// from its id.
    pub(crate) fn new(
        seed: u64,
        found_by: (&'static str, Arc<str>),
        moment_ms: u64,
        fields: impl Fn(&str) -> Document + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(LazyInner { seed, found_by, moment_ms, fields }))
    }

    /// Makes the record. The id that is drawn for its place is new, unless a record was imported from a run with the
    /// same seed.
    pub(super) fn record(&self, resource: &'static Schema, sequence: u64, is_taken: impl Fn(&str) -> bool) -> Record {
        let mut rng = SeededRng::for_purpose(self.0.seed, &format!("{} {sequence}", resource.name));
        let mut ids = std::iter::repeat_with(|| resource.ids.draw(&mut rng));
        let id = ids.find(|id| !is_taken(id)).expect("ids do not run out").into();
        let (bytes, fields) = (OnceLock::new(), OnceLock::new());
        let source = Source::Made(self.clone());
        let moment_ms = self.0.moment_ms;
        // The caller counts the memory.
        let memory = Charge::uncounted(0);
        Record(Arc::new(Inner { resource, sequence, moment_ms, id, bytes, fields, source, is_assumed: false, memory }))
    }
}

impl fmt::Debug for LazyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, value) = &self.0.found_by;
        f.debug_struct("Later").field(field, value).finish_non_exhaustive()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given => "Given",
            Self::Shown => "Shown",
            Self::Whole(_) => "Whole",
            Self::Made(_) => "Made",
        })
    }
}

impl Record {
    /// Makes a record of fields that are complete and checked. The id is the value of the id field.
    pub fn new(resource: &'static Schema, sequence: u64, fields: Document) -> Self {
        Self::counted(resource, sequence, fields, None)
    }

    /// Makes such a record, whose memory a total counts.
    pub fn counted(resource: &'static Schema, sequence: u64, fields: Document, total: Option<&Arc<Total>>) -> Self {
        let id = id_of(resource, &fields);
        let is_assumed = resource.rests_on_assumption(&fields);
        let moment_ms = moment_of(resource, &fields);
        let memory = memory_of(&fields, 0, total);
        let (bytes, fields) = (OnceLock::new(), OnceLock::from(fields));
        let source = Source::Given;
        Self(Arc::new(Inner { resource, sequence, moment_ms, id, bytes, fields, source, is_assumed, memory }))
    }

    /// Makes a record that keeps its text only: most of many records made at once are never read field by field.
    pub fn small(resource: &'static Schema, sequence: u64, fields: &Document, total: Option<&Arc<Total>>) -> Self {
        let id = id_of(resource, fields);
        let shown = shown(resource, fields);
        let same = matches!(shown, Cow::Borrowed(_));
        let source = if same { Source::Shown } else { Source::Whole(serialise(fields)) };
        let is_assumed = resource.rests_on_assumption(fields);
        let moment_ms = moment_of(resource, fields);
        let memory = memory_of(fields, if let Source::Whole(whole) = &source { whole.len() } else { 0 }, total);
        let (bytes, fields) = (OnceLock::from(serialise(&shown)), OnceLock::new());
        Self(Arc::new(Inner { resource, sequence, moment_ms, id, bytes, fields, source, is_assumed, memory }))
    }

    /// Returns its place in creation order, unique in its collection.
    pub fn sequence(&self) -> u64 {
        self.0.sequence
    }

    /// Returns its place in the order of moments and, where records have none, of creation.
    pub(super) fn place(&self) -> (u64, u64) {
        (self.0.moment_ms, self.0.sequence)
    }

    /// Returns the kind of the record.
    pub fn resource(&self) -> &'static Schema {
        self.0.resource
    }

    /// Returns its id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Returns its id as a shared text.
    pub fn shared_id(&self) -> Arc<str> {
        Arc::clone(&self.0.id)
    }

    /// Returns the field that it is found by, and the value, if that is known without its text.
    pub(super) fn found_by(&self) -> Option<(&'static str, &str)> {
        match &self.0.source {
            Source::Made(LazyRecord(to_make)) => Some((to_make.found_by.0, &to_make.found_by.1)),
            _ => None,
        }
    }

    /// Returns all its fields, private ones included.
    pub fn fields(&self) -> &Document {
        self.0.fields.get_or_init(|| {
            let read = |bytes: &[u8]| Document::read(bytes, self.0.resource);
            match &self.0.source {
                Source::Given => unreachable!("fields that were given are there"),
                Source::Shown => read(self.bytes()),
                Source::Whole(whole) => read(whole),
                Source::Made(LazyRecord(to_make)) => (to_make.fields)(self.id()),
            }
        })
    }

    /// Returns one field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields().get(name)
    }

    /// Returns one field, if it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// Returns all its fields as a JSON object.
    pub fn to_value(&self) -> Value {
        self.fields().clone().into()
    }

    /// Tells whether it has a value that no document and no client shows.
    pub fn is_assumed(&self) -> bool {
        self.0.is_assumed
    }

    /// Returns its memory in bytes, estimated for a record whose fields and text are both made.
    pub fn memory(&self) -> usize {
        self.0.memory.amount()
    }

    /// Returns the part of its memory that the total of all worlds' records counts.
    pub fn counted_memory(&self) -> usize {
        self.0.memory.counted()
    }

    /// Tells whether both are one record in memory, as a record is until it is changed.
    pub fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns its address in memory, which is one for all forks that share it.
    #[cfg(test)]
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Returns the record as consumers see it, as a value.
    pub fn shown(&self) -> Value {
        serde_json::from_slice(self.bytes()).expect("a record's bytes are JSON")
    }

    /// Returns the record as consumers see it, as JSON text.
    pub fn bytes(&self) -> &Bytes {
        self.0.bytes.get_or_init(|| serialise(&shown(self.0.resource, self.fields())))
    }
}

/// Charges the memory of fields, and `more` bytes.
fn memory_of(fields: &Document, more: usize, total: Option<&Arc<Total>>) -> Charge {
    let bytes = RECORD_BYTES + fields.memory() + more;
    total.map_or_else(|| Charge::uncounted(bytes), |total| Charge::new(total, bytes))
}

fn moment_of(resource: &'static Schema, fields: &Document) -> u64 {
    resource.moment.and_then(|moment| moment(fields)).unwrap_or_default()
}

fn id_of(resource: &'static Schema, fields: &Document) -> Arc<str> {
    fields.get(resource.id_field).and_then(Value::as_str).unwrap_or_default().into()
}

/// Returns the fields as consumers see them.
fn shown<'f>(resource: &'static Schema, fields: &'f Document) -> Cow<'f, Document> {
    let shown = resource.view.map_or(Cow::Borrowed(fields), |shown| Cow::Owned(shown(fields)));
    if !shown.has_private() {
        return shown;
    }
    Cow::Owned(shown.only(|name| !name.starts_with(PRIVATE_PREFIX)))
}

fn serialise(fields: &Document) -> Bytes {
    // Most records fit into this room, and the text that is kept has no spare room.
    let mut buffer = Vec::with_capacity(1_000);
    fields.write(&mut buffer);
    Bytes::copy_from_slice(&buffer)
}
