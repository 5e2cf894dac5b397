//! Every row of the tables, and what lies between them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use standin::{Action, Answer, Api, Method, Operation, Standin, WorldHandle, operations};

/// Paths that refuse the methods they do not have, as the contract says of fixed words.
const CLOSED: &[&str] = &[
    "/v1/connections/ping",
    "/v1/ediTransactions/query",
    "/v1/exports/preview",
    "/v1/flows/updateFlowGrouping",
    "/v1/jobs/current",
];

fn ask(world: &WorldHandle, method: Method, path: &str, body: &str) -> Answer {
    let headers = [("authorization", "Bearer any"), ("content-type", "text/plain")];
    world.answer(method.as_str(), path, &headers, body.as_bytes())
}

/// A path with a value in place of each parameter: a form that every API takes for an id.
fn filled(path: &str) -> String {
    let id = "0b0e3a52-5a16-4d6e-9e6b-1f0f3f7f9a11";
    path.split('/').map(|segment| if segment.starts_with('{') { id } else { segment }).collect::<Vec<_>>().join("/")
}

fn shape(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

fn has(operations: &[Operation], method: Method, path: &str) -> bool {
    operations.iter().any(|row| (row.method == method || row.method == Method::Any) && shape(row.path) == shape(path))
}

#[test]
fn a_method_that_no_row_has_is_a_miss_and_405_only_where_a_document_refuses_it() {
    let (world, operations) = (Standin::builder().offline().unwrap(), operations());
    let (mut refused, mut missed) = (BTreeSet::new(), 0);
    for row in &operations {
        for method in Method::ALL.into_iter().filter(|method| !has(&operations, *method, row.path)) {
            let answer = ask(&world, method, &filled(row.path), "notjson");
            if answer.status == Some(405) {
                assert!(answer.header("allow").is_some());
                refused.insert(row.path);
                continue;
            }
            let miss = answer.header("standin-miss").map(str::to_owned);
            assert_eq!((answer.status, miss.as_deref()), (Some(501), Some("no-route")), "{method} {}", row.path);
            missed += 1;
        }
    }
    assert!(missed > 1_000, "{missed}");
    assert_eq!(refused.into_iter().collect::<Vec<_>>(), CLOSED);
}

#[test]
fn a_row_that_is_not_modelled_is_a_miss_whatever_its_body() {
    let world = Standin::builder().offline().unwrap();
    let operations = operations();
    let unmodelled: Vec<&Operation> = operations.iter().filter(|row| row.action == Action::NotModelled).collect();
    assert!(unmodelled.len() > 100, "{}", unmodelled.len());
    for row in unmodelled {
        let method = if row.method == Method::Any { Method::Post } else { row.method };
        for body in ["", "notjson", "{}"] {
            let answer = ask(&world, method, &filled(row.path), body);
            let miss = answer.header("standin-miss").map(str::to_owned);
            assert_eq!((answer.status, miss.as_deref()), (Some(501), Some("not-modelled")), "{} {body:?}", row.name);
        }
    }
}

#[test]
fn a_word_that_a_path_has_is_never_taken_for_an_id() {
    let (world, operations) = (Standin::builder().offline().unwrap(), operations());
    let mut tried = 0;
    for row in &operations {
        let segments: Vec<&str> = row.path.split('/').collect();
        for place in
            (0..segments.len()).filter(|place| segments[*place].starts_with('{') && !segments[*place].starts_with("{*"))
        {
            let before = shape(&segments[..place].join("/"));
            let words = operations.iter().filter_map(|other| {
                let others: Vec<&str> = other.path.split('/').collect();
                let word = others.get(place).filter(|word| !word.starts_with('{'))?;
                (shape(&others[..place].join("/")) == before).then(|| (*word).to_owned())
            });
            for word in words.collect::<BTreeSet<_>>() {
                let mut path = segments.clone();
                path[place] = &word;
                let path = path.join("/");
                if has(&operations, row.method, &path) {
                    continue;
                }
                let answer = ask(&world, row.method, &filled(&path), "");
                assert!(matches!(answer.status, Some(405 | 501)), "{} {path}: {:?}", row.method, answer.status);
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
}

/// Counts the schemas of properties within a document: none is null.
fn schemas(value: &Value) -> usize {
    let inner = match value {
        Value::Object(members) => members.values().map(schemas).sum(),
        Value::Array(items) => items.iter().map(schemas).sum(),
        _ => 0,
    };
    let properties = value.get("properties").and_then(Value::as_object).into_iter().flatten();
    inner + properties.inspect(|(name, schema)| assert!(!schema.is_null(), "{name}")).count()
}

#[test]
fn every_property_that_a_document_names_has_a_schema() {
    for api in [Api::Celigo, Api::Edlink] {
        let counted = schemas(&standin::openapi(api));
        assert!(counted > 500, "{counted}");
    }
}

/// Returns the bodies of Celigo's calls about a record whose known fields are all of a wrong kind, by method and path.
fn wrong_bodies() -> Vec<(String, String, String)> {
    let document = standin::openapi(Api::Celigo);
    let mut bodies = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.contains('{')) {
        for method in ["post", "put"] {
            let schema = &item[method]["requestBody"]["content"]["application/json"]["schema"];
            let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
            let schema = name.map_or(schema, |name| &document["components"]["schemas"][name]);
            let Some(properties) = schema["properties"].as_object() else { continue };
            let body: Value =
                properties.keys().map(|name| (name.clone(), Value::from(5))).collect::<Map<_, _>>().into();
            bodies.push((method.to_uppercase(), path.clone(), body.to_string()));
        }
    }
    bodies
}

fn send(world: &WorldHandle, method: &str, target: &str, body: &str) -> Answer {
    let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
    world.answer(method, target, &headers, body.as_bytes())
}

#[test]
fn a_record_that_is_not_there_is_told_before_the_fields_of_a_body() {
    let (world, bodies) = (Standin::builder().offline().unwrap(), wrong_bodies());
    assert!(bodies.len() > 40, "{}", bodies.len());
    for (method, path, body) in bodies {
        let answer = send(&world, &method, &format!("/v1{}", filled(&path)), &body);
        assert_eq!(answer.status, Some(404), "{method} {path}");
    }
}

#[test]
fn fields_of_a_wrong_kind_are_refused_where_the_record_is_there() {
    let world = Standin::builder().offline().unwrap();
    let bodies = wrong_bodies();
    assert!(bodies.len() > 40, "{}", bodies.len());
    for (method, path, body) in bodies {
        let kind = path.split('/').nth(1).unwrap();
        let listed = send(&world, "GET", &format!("/v1/{kind}"), "");
        let records: Value = serde_json::from_slice(&listed.body).unwrap();
        // A listener of functions is an integration that a connector made; connectors are asked for by their own id.
        let is_wanted = |record: &&Value| kind != "integrations" || !record["_connectorId"].is_null();
        let record = records.as_array().unwrap().iter().find(is_wanted).unwrap();
        let mut id = record["_id"].as_str().unwrap();
        if path.ends_with("/install") {
            id = record["_connectorId"].as_str().unwrap();
        }
        let target = path
            .replace("{id}", id)
            .replace("{_connectorId}", id)
            .replace("{stepId}", "4710868af834b3a69c7f7d20")
            .replace("{key}", "5702c03608d8f4c6f26b65566b6532d2")
            .replace("{licenseId}", "4888ee2f3c3b78f7e33bdbe4")
            .replace("{function}", "persistSettings");
        let answer = send(&world, &method, &format!("/v1{target}"), &body);
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status == Some(400) && said.contains("must be"), "{method} {target}: {said}");
    }
}
