//! The answers of the Graph, v2: the envelope around records.

use serde_json::{Value, json};

use crate::apis::edlink::errors::request_id;
use crate::apis::edlink::graph::asked::{Asked, Warning};
use crate::apis::edlink::graph::cursors;
use crate::apis::edlink::graph::shape::Shape;
use crate::engine::action::{Call, Page};
use crate::engine::api::Resource;
use crate::engine::message::Reply;
use crate::engine::store::Record;

/// One page of a list.
pub fn page(call: &mut Call<'_>, resource: &'static Resource, page: &Page, asked: Asked) -> Reply {
    let next = cursors::next(call, page, &asked.list);
    let mut warnings = asked.warnings;
    let (expand, fields) = (asked.list.expand.as_deref(), asked.list.fields.as_deref());
    let mut body = b"{\"$data\":[".to_vec();
    {
        let shape = shape(call, resource, expand, fields, &mut warnings);
        for (n, record) in page.records.iter().enumerate() {
            if n > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&shape.json(record));
        }
    }
    body.push(b']');
    finish(call, body, next, &warnings)
}

/// One record.
pub fn record(call: &mut Call<'_>, resource: &'static Resource, record: &Record) -> Reply {
    let mut warnings = Vec::new();
    let (expand, fields) = (call.query.get("$expand"), call.query.get("$fields"));
    let mut body = b"{\"$data\":".to_vec();
    body.extend_from_slice(&shape(call, resource, expand, fields, &mut warnings).json(record));
    finish(call, body, None, &warnings)
}

/// Anything else.
pub fn value(call: &mut Call<'_>, value: &Value) -> Reply {
    finish(call, format!("{{\"$data\":{value}").into_bytes(), None, &[])
}

fn shape<'w>(
    call: &'w Call<'_>,
    resource: &'static Resource,
    expand: Option<&str>,
    fields: Option<&str>,
    warnings: &mut Vec<Warning>,
) -> Shape<'w> {
    let integration = call.caller.subject.as_ref().expect("a route of the Graph takes an integration's token");
    Shape::new(call.world, integration, call.caller.sees.as_deref(), resource, expand, fields, warnings)
}

fn finish(call: &Call<'_>, mut body: Vec<u8>, next: Option<String>, warnings: &[Warning]) -> Reply {
    let mut add = |name: &str, value: Value| body.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
    if let Some(next) = next {
        add("$next", next.into());
    }
    if !warnings.is_empty() {
        let warnings = warnings.iter().map(|warning| json!({ "code": warning.code, "message": warning.message }));
        add("$warnings", warnings.collect());
    }
    add("$request", request_id(call.world).into());
    body.push(b'}');
    Reply::json_bytes(call.route.success, body)
}
