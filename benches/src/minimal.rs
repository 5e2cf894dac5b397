//! The least a fake can be: on bare hyper, one collection behind a lock, and a journal. No routes, no worlds, no faults,
//! no coverage, no checks but that a name is given: what a fake costs at least, whoever writes it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::Full;
use hyper::http::request::Parts;
use hyper::{Method, Response};
use serde_json::{Map, Value};

use crate::bare::{Answers, Head};
use crate::load::{Answer, Shot, answer};
use crate::sample;

/// Bound of the journal: as much as standin's.
const ENTRIES: usize = 10_000;

/// Bound of an answer in the journal: as much as standin's.
const EXCERPT_BYTES: usize = 256;

/// The state that is served.
pub struct Minimal {
    head: Head,
    /// The body of what is not found.
    missing: Bytes,
    kept: Mutex<Kept>,
}

struct Kept {
    records: HashMap<String, Bytes>,
    order: Vec<Bytes>,
    made: u64,
    journal: Journal,
}

/// The text of the last requests and answers, one after the other.
#[derive(Default)]
struct Journal {
    text: VecDeque<u8>,
    lengths: VecDeque<usize>,
}

impl Journal {
    fn add(&mut self, request: &Parts, body: &[u8], answered: &[u8]) {
        if self.lengths.len() == ENTRIES {
            let gone = self.lengths.pop_front().unwrap_or_default();
            self.text.drain(..gone);
        }
        let before = self.text.len();
        let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
        self.text.extend(request.method.as_str().as_bytes());
        self.text.extend(target.as_bytes());
        for (name, value) in &request.headers {
            self.text.extend(name.as_str().as_bytes());
            self.text.extend(value.as_bytes());
        }
        self.text.extend(body);
        self.text.extend(&answered[..answered.len().min(EXCERPT_BYTES)]);
        self.lengths.push_back(self.text.len() - before);
    }
}

impl Minimal {
    /// One with these records, that answers with the head that standin there gives to this request.
    pub fn of(records: &[Value], like: std::net::SocketAddr, shot: &Shot) -> Arc<Self> {
        let Answer { body: missing, .. } = answer(like, &sample::missing());
        let texts = records.iter().map(|record| (sample::id(record).to_owned(), Bytes::from(record.to_string())));
        let (by_id, order) = texts.map(|(id, text)| ((id, text.clone()), text)).unzip();
        let kept = Kept { records: by_id, order, made: 0, journal: Journal::default() };
        Arc::new(Self { head: Head::from(&answer(like, shot)), missing, kept: Mutex::new(kept) })
    }

    /// Forgets what was made, and the journal.
    pub fn reset(&self, records: usize) {
        let mut kept = self.kept.lock().expect("no answer panics");
        let Kept { records: by_id, order, journal, .. } = &mut *kept;
        for made in order.drain(records..) {
            let made: Map<String, Value> = serde_json::from_slice(&made).expect("a record is an object");
            by_id.remove(made["_id"].as_str().expect("a record has an id"));
        }
        *journal = Journal::default();
    }
}

impl Answers for Minimal {
    fn answer(&self, request: &Parts, body: &[u8]) -> Response<Full<Bytes>> {
        let mut kept = self.kept.lock().expect("no answer panics");
        let text = match request.uri.path().strip_prefix(sample::PATH) {
            Some("") if request.method == Method::POST => kept.create(body),
            Some("") => kept.page(request.uri.query().unwrap_or_default()),
            Some(id) => kept.records.get(&id[1..]).cloned(),
            None => None,
        };
        let text = text.unwrap_or_else(|| self.missing.clone());
        kept.journal.add(request, body, &text);
        self.head.with(text)
    }
}

impl Kept {
    fn create(&mut self, body: &[u8]) -> Option<Bytes> {
        let given: Map<String, Value> = serde_json::from_slice(body).ok()?;
        given.get("name")?.as_str()?;
        self.made += 1;
        let id = format!("{:024x}", self.made);
        let mut record = Map::new();
        record.insert("_id".to_owned(), id.clone().into());
        record.extend(given);
        for time in ["createdAt", "lastModified"] {
            record.insert(time.to_owned(), "2024-01-20T10:00:00.000Z".into());
        }
        let text = Bytes::from(Value::Object(record).to_string());
        self.records.insert(id, text.clone());
        self.order.push(text.clone());
        Some(text)
    }

    fn page(&self, query: &str) -> Option<Bytes> {
        let number = |name: &str| query.split('&').find_map(|part| part.strip_prefix(name)?.parse().ok());
        let offset = number("offset=").unwrap_or(0_usize);
        let end = offset.checked_add(number("limit=")?)?.min(self.order.len());
        let records = self.order.get(offset..end)?;
        let mut text = Vec::with_capacity(2 + records.iter().map(|record| record.len() + 1).sum::<usize>());
        for record in records {
            text.push(if text.is_empty() { b'[' } else { b',' });
            text.extend_from_slice(record);
        }
        text.extend_from_slice(if text.is_empty() { b"[]" } else { b"]" });
        Some(text.into())
    }
}
