//! One JSON document with its cached bytes.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::engine::api::Resource;
use crate::engine::field::PRIVATE_PREFIX;

/// The fields of a record, in order.
pub type Fields = Map<String, Value>;

/// One record: immutable and shared; a change makes another record with the same sequence number.
#[derive(Clone, Debug)]
pub struct Record(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Its place in creation order, unique in its collection.
    sequence: u64,
    id: Arc<str>,
    /// What consumers see, serialised once.
    bytes: Bytes,
    /// All fields, serialised, where they are not the same.
    whole: Option<Bytes>,
    /// All fields. Text takes a fraction of the memory, so a record that nobody looked into has none yet.
    fields: OnceLock<Fields>,
}

impl Record {
    /// A record from fields that are complete and checked. Its id is what the id field holds.
    pub fn new(resource: &'static Resource, sequence: u64, fields: Fields) -> Self {
        let record = Self::small(resource, sequence, &fields);
        record.0.fields.set(fields).expect("nobody looked into it yet");
        record
    }

    /// The same for one of many records that are made at once, most of which nobody looks into.
    pub fn small(resource: &'static Resource, sequence: u64, fields: &Fields) -> Self {
        let id = fields.get(resource.id_field).and_then(Value::as_str).unwrap_or_default().into();
        let shown = resource.shown.map_or(Cow::Borrowed(fields), |shown| Cow::Owned(shown(fields)));
        let private = shown.keys().any(|name| name.starts_with(PRIVATE_PREFIX));
        let bytes = if private {
            let public: Fields = shown
                .iter()
                .filter(|(name, _)| !name.starts_with(PRIVATE_PREFIX))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            serialise(&public)
        } else {
            serialise(&shown)
        };
        let whole = (private || resource.shown.is_some()).then(|| serialise(fields));
        Self(Arc::new(Inner { sequence, id, bytes, whole, fields: OnceLock::new() }))
    }

    /// Its place in creation order, unique in its collection.
    pub fn sequence(&self) -> u64 {
        self.0.sequence
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    pub(super) fn shared_id(&self) -> Arc<str> {
        Arc::clone(&self.0.id)
    }

    /// All its fields, private ones included.
    pub fn fields(&self) -> &Fields {
        self.0.fields.get_or_init(|| {
            let whole = self.0.whole.as_ref().unwrap_or(&self.0.bytes);
            serde_json::from_slice(whole).expect("what was serialised can be read")
        })
    }

    /// One field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields().get(name)
    }

    /// One field, if it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// What consumers see, as JSON.
    pub fn bytes(&self) -> &Bytes {
        &self.0.bytes
    }
}

fn serialise(fields: &Fields) -> Bytes {
    // Most records fit, and what is kept is no larger than it must be.
    let mut buffer = Vec::with_capacity(1_000);
    serde_json::to_writer(&mut buffer, fields).expect("a map with text keys is JSON");
    Bytes::copy_from_slice(&buffer)
}
