//! EDI profiles and transactions.

use serde_json::{Value, json};

use crate::apis::celigo::errors::INVALID_OPERATION;
use crate::apis::celigo::resources::EDI_TRANSACTIONS;
use crate::engine::api::context::{Context, Page, Window};
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::schema::time::read_ms;
use crate::engine::state::State;
use crate::engine::state::hooks::PendingChange;
use crate::engine::store::Record;
use crate::http::message::Response;

/// The most transactions of one answer.
const MOST: usize = 1_000;

/// Refuses to change the file type of a profile.
pub(super) fn guard(_: &State, change: PendingChange<'_>, _: Actor) -> Result<(), Problem> {
    match change {
        PendingChange::Replace(old, fields) if fields.get("fileType") != old.get("fileType") => {
            Err(Problem::named(INVALID_OPERATION, "File type cannot be changed").about("fileType"))
        }
        _ => Ok(()),
    }
}

/// Handles `ediTransactions.query`: lists the transactions of a file type that match the other fields of the body.
pub(super) fn query(context: &mut Context<'_>) -> Result<Response, Problem> {
    let given = context.fields()?;
    let wanted = |name: &'static str| match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Problem::field(name, FieldFaultKind::WrongType { expected: "a string" })),
    };
    if wanted("fileType")?.is_none() {
        return Err(Problem::field("fileType", FieldFaultKind::Missing));
    }
    let time = |name: &'static str| match wanted(name)? {
        None => Ok(None),
        Some(text) => {
            let wrong = || Problem::field(name, FieldFaultKind::WrongType { expected: "an ISO 8601 time" });
            read_ms(&text).map(Some).ok_or_else(wrong)
        }
    };
    let (start, end) = (time("startDate")?, time("endDate")?);
    let limit = match given.get("limit") {
        None | Some(Value::Null) => MOST,
        Some(limit) => {
            let limit = limit.as_u64().and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0);
            let wrong = || Problem::field("limit", FieldFaultKind::WrongType { expected: "a whole number from 1" });
            limit.ok_or_else(wrong)?.min(MOST)
        }
    };
    let mut records: Vec<Record> = context.state.store.of(&EDI_TRANSACTIONS).iter().cloned().collect();
    for name in ["fileType", "direction", "documentType", "documentNumber", "_integrationId"] {
        if let Some(text) = wanted(name)? {
            records.retain(|record| record.text(name) == Some(&text));
        }
    }
    let at = |record: &Record| record.text("createdAt").and_then(read_ms);
    records.retain(|record| start.is_none_or(|start| at(record).is_some_and(|at| at >= start)));
    records.retain(|record| end.is_none_or(|end| at(record).is_some_and(|at| at <= end)));
    records.retain(|record| context.is_visible(&EDI_TRANSACTIONS, record));
    let page = Page::of(&records, &Window::Offset { skip: 0, limit });
    let shown: Value = serde_json::from_slice(page.json()).expect("a page is JSON");
    Ok(Response::json(context.success(), &json!({ "ediTransactions": shown })))
}
