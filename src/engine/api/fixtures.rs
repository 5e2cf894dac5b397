//! The records of a world, loaded from files.

use std::fmt;

use serde_json::Value;

use crate::engine::api::api::Api;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::schema::suggest::did_you_mean;
use crate::engine::state::State;
use crate::http::clip::{MOST_TOLD, clipped, clipped_lines};
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
    /// Its text.
    pub text: &'a str,
}

/// A fault in a file of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFault {
    /// The file.
    pub file: String,
    /// The position in the file.
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
    /// Adds the records of these files. References may lead from any file to any other. The error has all faults.
    pub fn load_fixtures(&mut self, apis: &[&'static Api], files: &[RecordFile<'_>]) -> Result<(), Vec<DataFault>> {
        let mut faults = Vec::new();
        // Records whose references lead nowhere yet.
        let mut waiting = Vec::new();
        let positions: Vec<Positions<'_>> = files.iter().map(|file| Positions::of(file.text)).collect();
        for (file, positions) in files.iter().zip(&positions) {
            match self.load_file(apis, file) {
                Ok(Loaded { resource, refused, dangling }) => {
                    for (n, id, problem) in refused {
                        tell(&mut faults, (file, positions), n, id.as_ref(), &problem);
                    }
                    waiting.extend(dangling.into_iter().map(|(n, fields)| (file, positions, resource, n, fields)));
                }
                Err(fault) => faults.push(fault),
            }
        }
        for (file, positions, resource, n, fields) in &waiting {
            if let Err(problem) = self.check_references(resource, fields) {
                tell(&mut faults, (file, positions), *n, fields.get(resource.id_field), &problem);
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

/// A file whose records were added.
struct Loaded {
    resource: &'static Schema,
    /// The records that were refused: their numbers and ids, and why.
    refused: Vec<(usize, Option<Value>, Problem)>,
    /// The records with references to what was not there.
    dangling: Vec<(usize, Document)>,
}

impl State {
    /// Adds the records of a file, each as it is read.
    fn load_file(&mut self, apis: &[&'static Api], file: &RecordFile<'_>) -> Result<Loaded, DataFault> {
        let fault = |place, message| DataFault {
            file: file.name.to_owned(),
            place,
            record: None,
            field: None,
            message: clipped_lines(message).into_owned(),
        };
        let start = Position { line: 1, column: 1 };
        let resource = apis.iter().find_map(|api| api.resource(&file.collection)).ok_or_else(|| {
            let known: Vec<&str> = apis.iter().flat_map(|api| api.schemas()).map(|resource| resource.name).collect();
            let meant = did_you_mean(&file.collection, known.iter().copied());
            fault(start, format!("there is no collection {}; {meant}", file.collection))
        })?;
        let (mut refused, mut dangling) = (Vec::new(), Vec::new());
        let read = document::read_items(file.text, |n, record| {
            let Some(fields) = Document::of(record) else {
                return refused.push((n, None, Problem::refused("a record must be a JSON object")));
            };
            if self.check_references(resource, &fields).is_err() {
                dangling.push((n, fields.clone()));
            }
            let id = fields.get(resource.id_field).cloned();
            if let Err(problem) = self.create_from(resource, fields, Actor::Fixture) {
                refused.push((n, id, problem));
            }
        });
        let duplicates = read.map_err(|syntax| fault(syntax.place, syntax.reason))?;
        let message = || format!("a file of {} must hold a JSON array of records", file.collection);
        let duplicates = duplicates.ok_or_else(|| fault(start, message()))?;
        if let Some(path) = duplicates.first() {
            let message = format!("the key {} stands twice; keep one", position::show(path));
            return Err(fault(document::place(file.text, path), message));
        }
        Ok(Loaded { resource, refused, dangling })
    }
}

fn tell(
    faults: &mut Vec<DataFault>,
    (file, positions): (&RecordFile<'_>, &Positions<'_>),
    n: usize,
    id: Option<&Value>,
    problem: &Problem,
) {
    let record = id.and_then(Value::as_str).map_or_else(|| format!("#{}", n + 1), |id| format!("{id:?}"));
    let mut one = |field: Option<&str>, message: String| {
        let path: Vec<PathSegment> = [PathSegment::Item(n)].into_iter().chain(field.map(PathSegment::from)).collect();
        let place = positions.at(&path);
        let field = field.map(|field| clipped(field).into_owned());
        let (record, message) = (Some(clipped(&*record).into_owned()), clipped(message).into_owned());
        faults.push(DataFault { file: file.name.to_owned(), place, record, field, message });
    };
    match problem {
        Problem::Fields(fields) => fields.iter().for_each(|fault| one(Some(&fault.field), fault.plain())),
        Problem::Taken { field, .. } => one(Some(field), problem.plain()),
        Problem::Named { field, .. } => one(field.as_deref(), problem.plain()),
        _ => one(None, problem.plain()),
    }
}
