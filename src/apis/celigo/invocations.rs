//! Exports and imports invoked or tried from outside of a flow.

use serde_json::{Value, json};

use crate::apis::celigo::resources::{APIS, DELIVERIES, EXPORTS, IMPORTS};
use crate::apis::celigo::{guards, mock_data};
use crate::engine::api::context::{Body, Context};
use crate::engine::schema::document::Document;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::store::Record;
use crate::http::message::Response;

/// The private field with the last distribution of an export.
pub(super) const DISTRIBUTED: &str = "standin_distributed";

/// Handles `exports.invoke`: returns the records of an export, a page at a time.
pub(super) fn export(context: &mut Context<'_>) -> Result<Response, Problem> {
    let export = context.record(&EXPORTS, "id")?;
    let records = or_made_up(context, records(context, &export));
    let size = export.get("pageSize").and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    let size = size.filter(|size| *size > 0).unwrap_or(mock_data::PAGE_RECORDS);
    let given = context.fields()?;
    let page = match given.get("pagedExportState").and_then(|state| state.get("pageIndex")) {
        None => 1,
        Some(page) => {
            let page = page.as_u64().and_then(|page| usize::try_from(page).ok()).filter(|page| *page > 0);
            let expected = "an object with a pageIndex from 1";
            page.ok_or_else(|| Problem::field("pagedExportState", FieldFaultKind::WrongType { expected }))?
        }
    };
    let start = (page - 1).saturating_mul(size).min(records.len());
    let end = start.saturating_add(size).min(records.len());
    let mut body = json!({ "data": records[start..end] });
    if records.len() > size {
        let done = end == records.len();
        body["pagedExportState"] = json!({ "pageIndex": if done { page } else { page + 1 }, "done": done });
    }
    Ok(Response::json(context.success(), &body))
}

/// Returns the records of an export, if it has some: those of the last delivery for a webhook, those of a run for
/// another.
fn records(context: &Context<'_>, export: &Record) -> Option<Vec<Value>> {
    if export.text("type") != Some("webhook") {
        return mock_data::given(export);
    }
    let last = context.state.store.of(&DELIVERIES).find("_exportId", export.id()).next_back();
    let records = last.and_then(|last| last.get("records")).and_then(Value::as_array);
    Some(records.cloned().unwrap_or_default())
}

/// Returns these records or, without them, generated ones, on which the answer then rests.
fn or_made_up(context: &mut Context<'_>, records: Option<Vec<Value>>) -> Vec<Value> {
    records.unwrap_or_else(|| {
        context.rests_on(Evidence::Assumed);
        mock_data::made_up()
    })
}

/// Handles `exports.preview`, of a stored export or of one in the body.
pub(super) fn preview(context: &mut Context<'_>) -> Result<Response, Problem> {
    let stored = if context.params.is_empty() { None } else { Some(context.record(&EXPORTS, "id")?) };
    let given = context.fields()?;
    let mock = given.get("mockOutput");
    if mock.is_some_and(|mock| !mock.is_object() && !mock.is_null()) {
        return Err(Problem::field("mockOutput", FieldFaultKind::WrongType { expected: "an object" }));
    }
    guards::mock_output(&given)?;
    let records = mock.and_then(mock_data::output);
    let records = records.or_else(|| self::records(context, stored.as_ref()?));
    let records = or_made_up(context, records);
    let stage = json!({ "name": "parse", "errors": [], "data": records });
    Ok(Response::json(context.success(), &json!({ "data": records, "dataURIs": [], "stages": [stage] })))
}

/// Handles `imports.invoke`: returns a result for each record of the body.
pub(super) fn import(context: &mut Context<'_>) -> Result<Response, Problem> {
    let import = context.record(&IMPORTS, "id")?;
    let given = match context.body.as_ref() {
        Some(Body::Other(Value::Array(records))) => records.clone(),
        _ => return Err(Problem::field("body", FieldFaultKind::WrongType { expected: "an array" })),
    };
    let rows = (0..given.len()).map(|place| {
        let entry = mock_data::response(&import, place).cloned();
        entry.unwrap_or_else(|| {
            context.rests_on(Evidence::Assumed);
            json!({ "statusCode": 200, "id": (place + 1).to_string() })
        })
    });
    let rows = rows.collect();
    Ok(Response::json(context.success(), &rows))
}

/// Handles `exports.distributed`: returns the last distribution.
pub(super) fn distributed(context: &mut Context<'_>) -> Result<Response, Problem> {
    let export = context.record(&EXPORTS, "id")?;
    let last = export.get(DISTRIBUTED).cloned().unwrap_or_else(|| json!({}));
    Ok(Response::json(context.success(), &last))
}

/// Handles `exports.distribute`
pub(super) fn distribute(context: &mut Context<'_>) -> Result<Response, Problem> {
    let export = context.record(&EXPORTS, "id")?;
    let given = Value::from(context.fields()?);
    let mut change = Document::from_iter([(DISTRIBUTED, given.clone())]);
    change.extend(export.get("lastModified").map(|time| ("lastModified", time.clone())));
    let mut fields = export.fields().clone();
    change.into_pairs().for_each(|(name, value)| fields.insert(name, value));
    context.state.replace(&EXPORTS, &export, fields, Actor::Fixture)?;
    Ok(Response::json(context.success(), &given))
}

/// Handles `apis.request`: a published API, by its id.
pub(super) fn request(context: &mut Context<'_>) -> Result<Response, Problem> {
    let api = context.record(&APIS, "id")?;
    answered_by_a_rule(context, &api)
}

/// Handles `apis.requestPath`: a published API, by its version and path.
pub(super) fn request_path(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (version, path) = (context.param("version"), context.param("path").trim_matches('/'));
    let is_it = |api: &&Record| {
        api.text("version") == Some(version) && api.text("path").is_some_and(|it| it.trim_matches('/') == path)
    };
    let api = context.state.store.of(&APIS).iter().filter(is_it).find(|api| context.is_visible(&APIS, api));
    let api = api.cloned().ok_or_else(|| Problem::NotFound { resource: &APIS, id: path.to_owned() })?;
    answered_by_a_rule(context, &api)
}

/// Returns the problem of a call of a published API: only a fault rule knows the answer, and a disabled API has none.
fn answered_by_a_rule(context: &Context<'_>, api: &Record) -> Result<Response, Problem> {
    if api.get("disabled") == Some(&Value::Bool(true)) {
        return Err(Problem::NotFound { resource: &APIS, id: api.id().to_owned() });
    }
    Err(context.not_modelled())
}
