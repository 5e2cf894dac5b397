//! Users of the account: invitations, disabled shares, and notifications.

use serde_json::{Value, json};

use crate::apis::celigo::errors::{CONFLICT, VALIDATION_ERROR};
use crate::apis::celigo::resources::{ASHARES, CONNECTIONS, FLOWS, INTEGRATIONS, NOTIFICATIONS};
use crate::apis::celigo::{audit, paging};
use crate::engine::api::context::{Body, Context};
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Invites a user of that email, with the access that the body gives.
fn invite_one(context: &mut Context<'_>, email: &str, given: &Document) -> Result<Record, Problem> {
    let mut shares = context.state.store.of(&ASHARES).iter();
    let is_known = shares.any(|share| share.get("sharedWithUser").is_some_and(|user| user["email"] == email));
    if is_known || email == context.state.settings.user {
        return Err(Problem::named(CONFLICT, "User already has access to this account"));
    }
    drop(shares);
    let name = email.split('@').next().unwrap_or(email);
    let user = json!({ "_id": audit::user_id(email), "email": email, "name": name });
    let mut fields = given.only(|name| matches!(name, "accessLevel" | "integrationAccessLevel"));
    fields.insert("accepted", false.into());
    fields.insert("sharedWithUser", user);
    context.state.create_from(&ASHARES, fields, Actor::Service)
}

/// Rejects an invitation that gives no access, to the account or to an integration.
fn check_access(given: &Document) -> Result<(), Problem> {
    let gives = |name| given.get(name).is_some_and(|access| !access.is_null());
    let gives_some = gives("accessLevel") || gives("integrationAccessLevel");
    gives_some.then_some(()).ok_or_else(|| Problem::missing_all(&["accessLevel", "integrationAccessLevel"]))
}

/// Handles `users.invite`
pub(super) fn invite(context: &mut Context<'_>) -> Result<Response, Problem> {
    let given = context.fields()?;
    let email = match given.get("email") {
        Some(Value::String(email)) if !email.trim().is_empty() => email.clone(),
        None | Some(Value::Null | Value::String(_)) => return Err(Problem::field("email", FieldFaultKind::Missing)),
        Some(_) => return Err(Problem::field("email", FieldFaultKind::WrongType { expected: "a string" })),
    };
    check_access(&given)?;
    context.check_visibility(&ASHARES, &given, None)?;
    let share = invite_one(context, &email, &given)?;
    Ok(context.show(&share))
}

/// Handles `users.inviteMultiple`: invites a user for each email address.
pub(super) fn invite_multiple(context: &mut Context<'_>) -> Result<Response, Problem> {
    let given = context.fields()?;
    let emails = crate::apis::celigo::step_errors::texts(context, "emails")?;
    let emails = emails.ok_or_else(|| Problem::field("emails", FieldFaultKind::Missing))?;
    check_access(&given)?;
    context.check_visibility(&ASHARES, &given, None)?;
    let mut rows = Vec::new();
    for email in emails {
        rows.push(match invite_one(context, &email, &given) {
            Ok(share) => {
                let doc: Value = serde_json::from_slice(share.bytes()).expect("a record is JSON");
                json!({ "statusCode": 201, "doc": doc })
            }
            Err(problem) => {
                let (status, error) = match &problem {
                    Problem::Named { error, .. } => (error.status, *error),
                    _ => (400, VALIDATION_ERROR),
                };
                let error = json!({ "code": error.code, "message": problem.plain() });
                json!({ "statusCode": status, "errors": [error] })
            }
        });
    }
    Ok(Response::json(context.success(), &rows.into()))
}

/// Handles `ashares.disable`: disables a share, or enables it again.
pub(super) fn disable(context: &mut Context<'_>) -> Result<Response, Problem> {
    let share = context.record(&ASHARES, "id")?;
    let disabled = share.get("disabled") == Some(&Value::Bool(true));
    let change = Document::from_iter([("disabled", Value::Bool(!disabled))]);
    context.state.patch(&ASHARES, &share, &change, Actor::Service)?;
    Ok(Response::empty(context.success()))
}

/// Handles `ashares.reinvite`: answers as if the invitation was sent again; the fake sends none.
pub(super) fn reinvite(context: &mut Context<'_>) -> Result<Response, Problem> {
    context.record(&ASHARES, "id")?;
    Ok(Response::empty(context.success()))
}

/// Handles `notifications.list`: lists the notifications of the user or, with `users=all`, of all users.
pub(super) fn notifications(context: &mut Context<'_>) -> Result<Response, Problem> {
    let all = match context.query.get("users").filter(|users| !users.is_empty()) {
        None => false,
        Some("all") => true,
        Some(_) => return Err(Problem::Query { parameter: "users".to_owned(), reason: "must be all".to_owned() }),
    };
    paging::rows(context, &entries(context, all), |entry| row(entry, all))
}

/// Returns the notifications of the user, or of all users.
fn entries(context: &Context<'_>, all: bool) -> Vec<Record> {
    let user = audit::user_id(&context.state.settings.user);
    let entries = context.state.store.of(&NOTIFICATIONS).iter().filter(|it| all || it.text("_userId") == Some(&user));
    entries.cloned().collect()
}

fn row(entry: &Record, all: bool) -> Value {
    entry.fields().only(|name| name != "_id" && (all || name != "_userId")).into()
}

/// Handles `notifications.update`: each entry of the body replaces the one about the same record.
pub(super) fn notify(context: &mut Context<'_>) -> Result<Response, Problem> {
    let wrong = |expected| Problem::field("body", FieldFaultKind::WrongType { expected });
    let given = match context.body.as_ref() {
        Some(Body::Other(Value::Array(entries))) => entries.clone(),
        _ => return Err(wrong("an array of objects")),
    };
    let user = audit::user_id(&context.state.settings.user);
    let kinds = [("_flowId", &FLOWS), ("_connectionId", &CONNECTIONS), ("_integrationId", &INTEGRATIONS)];
    let mut changes = Vec::new();
    for entry in &given {
        let mut named = kinds.into_iter().filter_map(|(key, kind)| Some((key, kind, entry.get(key)?.as_str()?)));
        let first = named.next();
        if let Some((key, ..)) = named.next() {
            let message = format!("{key} cannot be given beside another id; send an entry for each");
            return Err(Problem::named(VALIDATION_ERROR, message).about(key));
        }
        let Some((key, kind, id)) = first else {
            return Err(Problem::missing_all(&["_flowId", "_connectionId", "_integrationId"]));
        };
        let record = context.state.store.of(kind).get(id).filter(|record| context.is_visible(kind, record));
        if record.is_none() {
            return Err(Problem::field(key, FieldFaultKind::Dangling { to: kind.name, id: id.to_owned() }));
        }
        let subscribed = match entry.get("subscribed") {
            None => true,
            Some(Value::Bool(subscribed)) => *subscribed,
            Some(_) => return Err(Problem::field("subscribed", FieldFaultKind::WrongType { expected: "a boolean" })),
        };
        changes.push((key, id.to_owned(), subscribed));
    }
    for (key, id, subscribed) in changes {
        let known = {
            let mut known = context.state.store.of(&NOTIFICATIONS).find("_userId", &user);
            known.find(|it| it.text(key) == Some(&id)).cloned()
        };
        let fields = Document::from_iter([
            ("_userId", Value::from(user.as_str())),
            (key, id.into()),
            ("subscribed", subscribed.into()),
        ]);
        match known {
            Some(known) => context.state.patch(&NOTIFICATIONS, &known, &fields, Actor::Service)?,
            None => context.state.create_from(&NOTIFICATIONS, fields, Actor::Service)?,
        };
    }
    let rows: Value = entries(context, false).iter().map(|entry| row(entry, false)).collect();
    Ok(Response::json(context.success(), &rows))
}
