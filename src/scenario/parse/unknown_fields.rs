//! Fields that no document knows, in matchers, in data and in the bodies of a probe. They may be meant: then they are marked
//! with `"unknown_fields": "allow"`.

use std::collections::HashSet;

use serde_json::Value;

use crate::engine::schema::document::Document;
use crate::engine::schema::field::{Field, Kind};
use crate::engine::schema::schema::Schema;
use crate::engine::schema::suggest::nearest;
use crate::engine::state::unknown_fields::{UnknownField, UnknownFields};
use crate::http::message::Method;
use crate::http::position::PathSegment;
use crate::scenario::model::diagnostics::{Code, Diagnostics, did_you_mean};
use crate::scenario::model::format::{JsonType, UNKNOWN_FIELD};
use crate::scenario::model::matchers::{Matcher, Type};
use crate::scenario::model::rule::Operations;
use crate::scenario::parse::read::FileReader;
use crate::scenario::parse::reader::Object;

/// The key that marks unknown fields as meant.
pub(in crate::scenario) const MARK: &str = "unknown_fields";

impl FileReader<'_, '_> {
    /// Tells whether an object marks unknown fields as meant.
    pub(in crate::scenario) fn allows_unknown(&mut self, object: &Object<'_>) -> bool {
        object.get(MARK).and_then(|node| self.found.one_of(&node, &["allow"])).is_some()
    }

    /// Warns of fields in a matcher of bodies that no body of these operations has.
    pub(in crate::scenario) fn tell_unknown_in_body(
        &mut self,
        path: &[PathSegment],
        matcher: &Matcher,
        on: Option<&Operations>,
    ) {
        let Some(rows) = on.map(|on| self.rows(on)).filter(|rows| !rows.is_empty()) else { return };
        let has_body = |method: Method| !matches!(method, Method::Get | Method::Delete);
        let with_body: Vec<_> = rows.iter().filter(|row| has_body(row.route.method)).collect();
        let only_read = rows.iter().all(|row| row.route.method == Method::Get);
        // An operation of its own may take what no record has.
        let schemas: Option<Vec<&Schema>> = with_body.iter().map(|row| row.route.action.resource()).collect();
        if let Some(schemas) = schemas.filter(|schemas| !schemas.is_empty()) {
            self.found.tell_unknown_members(path, matcher, &schemas);
        } else if only_read && !matcher.matches(None) {
            let what = "is about a body, and requests for these operations have none";
            self.found.tell(Code::W04, path, what, "leave it out, or match params or query");
        }
    }

    /// Warns of an error about a field or a parameter that none of these operations has.
    pub(in crate::scenario) fn tell_unknown_error_field(&mut self, path: &[PathSegment], field: &str, on: &Operations) {
        let rows = self.rows(on);
        let parameters: Vec<String> =
            rows.iter().flat_map(|row| row.api.dialect.parameters(row.route)).map(|parameter| parameter.name).collect();
        let fields = rows.iter().filter_map(|row| row.route.action.resource()).flat_map(|schema| schema.fields);
        let words = rows.iter().flat_map(|row| row.params.iter().copied().chain([row.route.needs]));
        let mut known: Vec<&str> =
            fields.map(|field| field.name).chain(words).chain(parameters.iter().map(String::as_str)).collect();
        let mut seen = HashSet::new();
        known.retain(|name| seen.insert(*name));
        // For a field within another, only the outer one can be checked.
        let outer = field.split(['.', '[', '{', '<']).next().unwrap_or(field);
        let is_known = known.iter().any(|known| *known == field || known.split(['[', '{', '<']).next() == Some(outer));
        // An operation of its own may take what no record has.
        let are_all = !rows.is_empty() && rows.iter().all(|row| row.route.action.resource().is_some());
        if !is_known && (are_all || nearest(outer, known.iter().copied()).is_some()) {
            let help = did_you_mean(outer, known);
            self.found.tell(
                Code::W06,
                path,
                format!("{field:?} is no field that a document of these operations knows"),
                help,
            );
        }
    }
}

impl Diagnostics<'_> {
    /// Warns of fields in a matcher of records that no record of these kinds has.
    pub(in crate::scenario) fn tell_unknown_members(
        &mut self,
        path: &[PathSegment],
        matcher: &Matcher,
        schemas: &[&Schema],
    ) {
        let exact: Vec<(String, Matcher)>;
        let members = match matcher {
            Matcher::Subset(members) => members,
            Matcher::Exact(fields) => {
                exact = fields.iter().map(|(name, value)| (name.clone(), Matcher::Equals(value.clone()))).collect();
                &exact
            }
            // No record has the field, so that `@not` matches each.
            Matcher::Not(inner) => {
                let path = [path, &[PathSegment::from("@not")]].concat();
                return self.tell_unknown_members(&path, inner, schemas);
            }
            _ => return,
        };
        let inner = if matches!(matcher, Matcher::Exact(_)) { Some(PathSegment::from("@exact")) } else { None };
        let path: Vec<PathSegment> = path.iter().cloned().chain(inner).collect();
        for (name, member) in members {
            let path = [&path[..], &[PathSegment::from(name.as_str())]].concat();
            let fields: Vec<_> = schemas.iter().filter_map(|schema| schema.field(name)).collect();
            if is_known(name, schemas) {
                let values = fields.iter().map(|field| match field.kind {
                    Kind::Enum(values) | Kind::EnumList(values) => Some(values),
                    _ => None,
                });
                let values: Option<Vec<&[&str]>> = values.collect();
                if !fields.is_empty() && !fields.iter().any(|field| member.may_match(field)) {
                    let (asked, is) = (member.words(), fields[0].kind.words());
                    let help = format!("match {is}; if it is meant, add \"{MARK}\": \"allow\" beside it");
                    self.tell(Code::W06, &path, format!("asks for {asked}, and the field is {is}"), help);
                } else if let Some(values) = values.filter(|values| !values.is_empty()) {
                    self.tell_unknown_value(&path, member, &values.concat());
                }
            } else if !member.matches(None) {
                self.tell_unknown(&path, name, schemas);
            }
        }
    }

    /// Warns of a value that an enumerated field never has.
    fn tell_unknown_value(&mut self, path: &[PathSegment], matcher: &Matcher, values: &[&str]) {
        let given: Vec<&str> = match matcher {
            Matcher::Equals(Value::String(text)) => vec![text],
            Matcher::In(wanted) => wanted.iter().filter_map(Value::as_str).collect(),
            Matcher::Items(items) | Matcher::Has(items) => {
                return items.iter().for_each(|item| self.tell_unknown_value(path, item, values));
            }
            _ => Vec::new(),
        };
        for text in given.into_iter().filter(|text| !values.contains(text)) {
            let what = format!("asks for {text:?}, which is no documented value");
            self.tell(Code::W06, path, what, did_you_mean(text, values.iter().copied()));
        }
    }

    /// Warns of members that no document of a kind of records knows.
    pub(in crate::scenario) fn tell_unknown_fields(
        &mut self,
        path: &[PathSegment],
        fields: &Document,
        schema: &Schema,
    ) {
        for (name, _) in fields.iter().filter(|(name, _)| !is_known(name, &[schema])) {
            self.tell_unknown(&[path, &[PathSegment::from(name)]].concat(), name, &[schema]);
        }
    }

    fn tell_unknown(&mut self, path: &[PathSegment], name: &str, schemas: &[&Schema]) {
        let Some(schema) = schemas.first() else { return };
        let help = format!("{}if it is meant, add \"{MARK}\": \"allow\" beside it", meant(name, schemas));
        self.tell(Code::W06, path, schema.says_unknown(), help);
    }
}

/// Returns the question whether a near field of these kinds is meant, if there is one.
fn meant(name: &str, schemas: &[&Schema]) -> String {
    let known = schemas.iter().flat_map(|schema| schema.fields).map(|field| field.name);
    nearest(name, known).map(|meant| format!("did you mean {meant}? ")).unwrap_or_default()
}

/// Warns of the fields that an administrator wrote into records, one text each. `remedy` says how they are marked as meant.
pub(crate) fn warnings_of_fields(unknown: &UnknownFields, remedy: &str) -> Vec<String> {
    let told = unknown.told.iter().map(|UnknownField { resource, id, name, again }| {
        let again = if *again > 0 { format!(", written {} times", again + 1) } else { String::new() };
        let (code, said, meant) = (Code::W06, resource.says_unknown(), meant(name, &[resource]));
        format!("{} {id:?}: {code} {name} {said}{again}\n    {meant}if it is meant, {remedy}", resource.name)
    });
    let more =
        (unknown.more > 0).then(|| format!("{} and {} more fields that no document knows", Code::W06, unknown.more));
    told.chain(more).collect()
}

impl Kind {
    /// Returns the JSON type of the kind's values; `None` when it may be any.
    fn json_type(&self) -> Option<JsonType> {
        match self {
            Self::Any => None,
            Self::String | Self::Time | Self::Enum(_) | Self::Reference(_) => Some(JsonType::String),
            Self::Bool => Some(JsonType::Boolean),
            Self::Integer | Self::Number => Some(JsonType::Number),
            Self::List | Self::Strings | Self::EnumList(_) | Self::Objects(_) | Self::References(_) => {
                Some(JsonType::Array)
            }
            Self::Object => Some(JsonType::Object),
        }
    }

    /// Returns the words for a value of this kind, with its article.
    fn words(&self) -> &'static str {
        self.json_type().map_or("any value", JsonType::words)
    }
}

impl Matcher {
    /// Tells whether a value of that field, or its absence, may match. `null` stands for absence in many answers.
    fn may_match(&self, field: &Field) -> bool {
        let Some(of_field) = field.kind.json_type() else { return true };
        let fits = |of: JsonType| of == of_field || of == JsonType::Null;
        match self {
            Self::Equals(value) => fits(value.into()),
            Self::In(values) => values.iter().any(|value| fits(value.into())),
            Self::Items(_) | Self::Has(_) => fits(JsonType::Array),
            Self::Subset(_) | Self::Exact(_) => fits(JsonType::Object),
            Self::Glob(_) => fits(JsonType::String),
            Self::Type(of) => fits(match of {
                Type::String | Type::Uuid | Type::ObjectId | Type::DateTime => JsonType::String,
                Type::Number | Type::Integer => JsonType::Number,
                Type::Boolean => JsonType::Boolean,
                Type::Object => JsonType::Object,
                Type::Array => JsonType::Array,
                Type::Null => JsonType::Null,
            }),
            Self::Any | Self::Absent | Self::Not(_) | Self::Len(_) => true,
        }
    }
}

fn is_known(name: &str, schemas: &[&Schema]) -> bool {
    name == UNKNOWN_FIELD || schemas.iter().any(|schema| schema.field(name).is_some() || schema.id_field == name)
}
