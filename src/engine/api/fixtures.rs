//! Furnishing a world from files of records.

use std::fmt;

use serde_json::Value;

use crate::engine::api::api::Api;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::schema::suggest::nearest;
use crate::engine::state::State;
use crate::http::document;
use crate::http::position;
use crate::http::position::{PathSegment, Position};
use crate::http::positions::Positions;

/// A file of records: a JSON array of objects, all of one collection.
pub struct RecordFile<'a> {
    /// Its name, as messages show it.
    pub name: &'a str,
    /// The collection: `celigo.flows`.
    pub collection: String,
    /// The text it holds.
    pub text: &'a str,
}

/// A fault in a file of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFault {
    /// The file.
    pub file: String,
    /// Where in it.
    pub place: Position,
    /// The record, by its id or, without one, by its place in the file.
    pub record: Option<String>,
    /// The field.
    pub field: Option<String>,
    /// The message: what is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for DataFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.file, self.place.line, self.place.column)?;
        if let Some(record) = &self.record {
            write!(f, "record {record}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "field {field}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl State {
    /// Adds the records of these files. References may lead from any file to any other. All faults are told.
    pub fn load_fixtures(&mut self, apis: &[&'static Api], files: &[RecordFile<'_>]) -> Result<(), Vec<DataFault>> {
        let mut faults = Vec::new();
        let mut read = Vec::new();
        for file in files {
            match read_file(apis, file) {
                Ok((resource, records)) => {
                    let positions = Positions::of(file.text);
                    for (n, record) in records.iter().enumerate() {
                        let made = match record {
                            Some(fields) => self.create(resource, fields, Actor::Fixture).map(|_| ()),
                            None => Err(Problem::refused("a record must be a JSON object")),
                        };
                        if let Err(problem) = made {
                            tell(&mut faults, (file, &positions), resource, n, record.as_ref(), &problem);
                        }
                    }
                    read.push((file, positions, resource, records));
                }
                Err(fault) => faults.push(fault),
            }
        }
        for (file, positions, resource, records) in &read {
            for (n, record) in records.iter().enumerate() {
                let dangling = record.as_ref().map(|fields| self.check_references(resource, fields));
                if let Some(Err(problem)) = dangling {
                    tell(&mut faults, (file, positions), resource, n, record.as_ref(), &problem);
                }
            }
        }
        let more = faults.len().saturating_sub(MOST_TOLD);
        faults.truncate(MOST_TOLD);
        if let Some(last) = faults.last().filter(|_| more > 0) {
            let message = format!("{more} more faults are not told; correct these first");
            faults.push(DataFault { record: None, field: None, message, ..last.clone() });
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

/// The most faults that are told: more of them help no reader.
const MOST_TOLD: usize = 100;

/// The fields of each record of a file; none for what is no object.
type Read = Vec<Option<Document>>;

fn read_file(apis: &[&'static Api], file: &RecordFile<'_>) -> Result<(&'static Schema, Read), DataFault> {
    let fault = |place, message| DataFault { file: file.name.to_owned(), place, record: None, field: None, message };
    let start = Position { line: 1, column: 1 };
    let resource = apis.iter().find_map(|api| api.resource(&file.collection)).ok_or_else(|| {
        let known: Vec<&str> = apis.iter().flat_map(|api| api.schemas()).map(|resource| resource.name).collect();
        let nearest = nearest(&file.collection, known.iter().copied()).unwrap_or_default();
        fault(start, format!("there is no collection {}; did you mean {nearest}?", file.collection))
    })?;
    let parsed = document::parse(file.text).map_err(|syntax| fault(syntax.place, syntax.reason))?;
    if let Some(path) = parsed.duplicates.first() {
        let message = format!("the key {} stands twice; keep one", position::show(path));
        return Err(fault(document::place(file.text, path), message));
    }
    match parsed.value {
        Value::Array(records) => Ok((resource, records.into_iter().map(Document::of).collect())),
        _ => Err(fault(start, format!("a file of {} must hold a JSON array of records", file.collection))),
    }
}

fn tell(
    faults: &mut Vec<DataFault>,
    (file, positions): (&RecordFile<'_>, &Positions<'_>),
    resource: &'static Schema,
    n: usize,
    record: Option<&Document>,
    problem: &Problem,
) {
    let id = record.and_then(|fields| fields.get(resource.id_field)).and_then(Value::as_str);
    let record = id.map_or_else(|| format!("#{}", n + 1), |id| format!("{id:?}"));
    let mut one = |field: Option<&str>, message: String| {
        let path: Vec<PathSegment> = [PathSegment::Item(n)].into_iter().chain(field.map(PathSegment::from)).collect();
        let place = positions.at(&path);
        let field = field.map(str::to_owned);
        faults.push(DataFault { file: file.name.to_owned(), place, record: Some(record.clone()), field, message });
    };
    match problem {
        Problem::Fields(fields) => fields.iter().for_each(|fault| one(Some(&fault.field), fault.plain())),
        Problem::Taken { field, .. } => one(Some(field), problem.plain()),
        Problem::Named { field, .. } => one(field.as_deref(), problem.plain()),
        _ => one(None, problem.plain()),
    }
}
