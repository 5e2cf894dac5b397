//! The answers of the Graph, v2: the envelope around records.

use serde_json::{Value, json};

use crate::apis::edlink::graph::cursors;
use crate::apis::edlink::graph::list_query::{ListQuery, Warning, names};
use crate::apis::edlink::graph::shape::Shape;
use crate::apis::edlink::graph::viewer::Viewer;
use crate::apis::edlink::wording::request_id;
use crate::engine::api::context::Context;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::schema::Schema;
use crate::engine::store::Page;
use crate::engine::store::Record;
use crate::http::message::{Method, Response};

/// The parameter with the idempotency key of a request.
pub(crate) const IDEMPOTENCY: &str = "$idempotency";

/// Writes one page of a list.
pub(crate) fn page(context: &mut Context<'_>, resource: &'static Schema, page: &Page, asked: ListQuery) -> Response {
    let next = cursors::next(context, page, &asked.list);
    let mut warnings = asked.warnings;
    let (expand, fields) = (asked.list.expand.as_deref(), asked.list.fields.as_deref());
    let mut body = b"{\"$data\":[".to_vec();
    {
        let shape = shape(context, resource, expand, fields, &mut warnings);
        for (n, record) in page.records.iter().enumerate() {
            if n > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&shape.json(record));
        }
    }
    body.push(b']');
    finish(context, body, next, &warnings)
}

/// Writes one record.
pub(crate) fn record(context: &mut Context<'_>, resource: &'static Schema, record: &Record) -> Response {
    let mut warnings = Vec::new();
    let [expand, fields] = ["$expand", "$fields"].map(|name| names(context.query, name));
    let (expand, fields) = (expand.as_deref(), fields.as_deref());
    let mut body = b"{\"$data\":".to_vec();
    body.extend_from_slice(&shape(context, resource, expand, fields, &mut warnings).json(record));
    finish(context, body, None, &warnings)
}

/// Writes a value that is no record.
pub(crate) fn value(context: &mut Context<'_>, value: &Value) -> Response {
    warned(context, value, None, &[])
}

/// Writes a value that is no record, with the next link, and warnings.
pub(crate) fn warned(context: &mut Context<'_>, value: &Value, next: Option<String>, warnings: &[Warning]) -> Response {
    finish(context, format!("{{\"$data\":{value}").into_bytes(), next, warnings)
}

fn shape<'w>(
    context: &'w Context<'_>,
    resource: &'static Schema,
    expand: Option<&str>,
    fields: Option<&str>,
    warnings: &mut Vec<Warning>,
) -> Shape<'w> {
    Shape::new(Viewer::of(context), resource, expand, fields, warnings)
}

/// Returns a warning of an idempotency key in a request that is no `POST`.
fn idempotency_ignored(context: &Context<'_>) -> Option<Warning> {
    let is_ignored = context.route.method != Method::Post && context.query.get(IDEMPOTENCY).is_some();
    let message = || format!("'{IDEMPOTENCY}' counts for POST only.");
    is_ignored.then(|| Warning { code: "IDEMPOTENCY_KEY_IGNORED", message: message() })
}

fn finish(context: &mut Context<'_>, mut body: Vec<u8>, next: Option<String>, warnings: &[Warning]) -> Response {
    let mut add = |name: &str, value: Value| body.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
    if let Some(next) = next {
        add("$next", next.into());
    }
    let ignored = idempotency_ignored(context);
    if !warnings.is_empty() || ignored.is_some() {
        // The documents have their codes only.
        context.rests_on(Evidence::Assumed);
        let warnings =
            warnings.iter().chain(&ignored).map(|warning| json!({ "code": warning.code, "message": warning.message }));
        add("$warnings", warnings.collect());
    }
    add("$request", request_id(context.state).into());
    body.push(b'}');
    Response::json_bytes(context.route.success, body)
}
