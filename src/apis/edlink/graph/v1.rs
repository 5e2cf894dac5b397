//! The Graph as v1 shows it: organizations in place of districts, schools, classes and sections, and terms in place of
//! sessions. The records are the same.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::apis::edlink::graph::events;
use crate::apis::edlink::graph::kinds;
use crate::apis::edlink::graph::own::own;
use crate::apis::edlink::graph::permissions;
use crate::apis::edlink::graph::permissions::Rights;
use crate::apis::edlink::graph::resources::{
    CLASSES, DISTRICTS, ENROLLMENTS, EVENTS, PEOPLE, SCHOOLS, SECTIONS, SESSIONS,
};
use crate::apis::edlink::graph::v1_schema::ORGANIZATIONS_V1;
use crate::apis::edlink::graph::viewer::Viewer;
use crate::apis::edlink::paging;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::store::Page;
use crate::engine::store::{Record, Store};
use crate::http::message::Response;

/// Writes one page of a list.
pub(crate) fn page(context: &Context<'_>, resource: &'static Schema, page: &Page) -> Response {
    let view = View::of(context);
    let records = page.records.iter().map(|record| view.shown(resource, record)).collect();
    response(context, &records, paging::next(context, page))
}

/// Writes one record.
pub(crate) fn record(context: &Context<'_>, resource: &'static Schema, record: &Record) -> Response {
    response(context, &View::of(context).shown(resource, record), None)
}

fn response(context: &Context<'_>, data: &Value, next: Option<String>) -> Response {
    let mut body = json!({ "$data": data });
    if let Some(next) = next {
        body["$next"] = next.into();
    }
    Response::json(context.route.success, &body)
}

/// Tells whether v1 has events about that kind of record.
pub(crate) fn has_events_about(target: &str) -> bool {
    !matches!(target, "course" | "agent")
}

/// Returns the kinds of organizations the caller has the permission to read.
fn readable(context: &Context<'_>) -> Result<Vec<&'static Schema>, Problem> {
    let integration = Viewer::of(context).integration;
    let missing = |resource| permissions::missing(context.state, integration, permissions::kind_of(resource));
    let readable: Vec<&'static Schema> =
        kinds::organizations().map(|(resource, _)| resource).filter(|resource| missing(resource).is_none()).collect();
    match missing(&SCHOOLS) {
        Some(needs) if readable.is_empty() => Err(Problem::Forbidden { needs: needs.into() }),
        _ => Ok(readable),
    }
}

/// Handles `GET /v1/graph/organizations`: districts, then schools, courses and sections, each in the order they were
/// made.
pub(crate) fn organizations(context: &mut Context<'_>) -> Result<Response, Problem> {
    let readable = readable(context)?;
    let asked = paging::PageQuery::read(context.query)?;
    let mut all: Vec<(&'static Schema, &Record)> = Vec::new();
    for resource in readable {
        all.extend(context.state.store.of(resource).iter().map(|record| (resource, record)));
    }
    all.retain(|(resource, record)| context.is_visible(resource, record));
    let view = View::of(context);
    answer(context, &asked, &all, |resource, record| view.shown(resource, record))
}

/// Answers with the part of these organizations that the query selects.
fn answer(
    context: &Context<'_>,
    asked: &paging::PageQuery<'_>,
    all: &[(&'static Schema, &Record)],
    shown: impl Fn(&'static Schema, &Record) -> Value,
) -> Result<Response, Problem> {
    let place = |parameter: &'static str, id: Option<&str>| -> Result<Option<usize>, Problem> {
        let Some(id) = id else { return Ok(None) };
        let id = context.api.dialect.id(parameter, id)?;
        let place = all.iter().position(|(_, record)| record.id() == id);
        place.map(Some).ok_or_else(|| paging::gone(parameter, &id))
    };
    let start = place("$after", asked.after)?.map_or(0, |place| place + 1);
    let end = place("$before", asked.before)?.unwrap_or(all.len()).max(start);
    let part = &all[start..end];
    let more = part.len() > asked.count;
    let part: Vec<_> = if asked.backward {
        part.iter().rev().take(asked.count).collect()
    } else {
        part.iter().take(asked.count).collect()
    };
    let next = part.last().filter(|_| more).and_then(|(_, last)| paging::next_behind(context, last.id()));
    let shown = part.iter().map(|(resource, record)| shown(resource, record)).collect();
    Ok(response(context, &shown, next))
}

/// Returns the organizations of the person whose token the caller presents, of the kinds that the integration may read.
fn own_of(context: &Context<'_>) -> Result<Vec<(&'static Schema, Record)>, Problem> {
    let viewer = Viewer::of(context);
    let mut all = Vec::new();
    for resource in readable(context)? {
        let mut records = own(&viewer, resource);
        records.retain(|record| context.is_visible(resource, record));
        records.sort_unstable_by_key(Record::sequence);
        records.dedup_by_key(|record| record.sequence());
        all.extend(records.into_iter().map(|record| (resource, record)));
    }
    Ok(all)
}

/// Shows an organization with the person's own enrollments in it.
fn with_enrollments(context: &Context<'_>, view: &View<'_>, resource: &'static Schema, record: &Record) -> Value {
    let mut shown = view.shown(resource, record);
    let is_here = |it: &&Record| ["class_id", "section_id"].iter().any(|field| it.text(field) == Some(record.id()));
    let own = own(&Viewer::of(context), &ENROLLMENTS);
    shown["enrollments"] = own.iter().filter(is_here).map(|it| view.shown(&ENROLLMENTS, it)).collect();
    shown
}

/// Handles `GET /v1/my/organizations`
pub(crate) fn own_organizations(context: &mut Context<'_>) -> Result<Response, Problem> {
    let asked = paging::PageQuery::read(context.query)?;
    let own = own_of(context)?;
    let all: Vec<(&'static Schema, &Record)> = own.iter().map(|(resource, record)| (*resource, record)).collect();
    let view = View::of(context);
    answer(context, &asked, &all, |resource, record| with_enrollments(context, &view, resource, record))
}

/// Handles `GET /v1/my/organizations/{id}`
pub(crate) fn own_organization(context: &mut Context<'_>) -> Result<Response, Problem> {
    let own = own_of(context)?;
    let id = context.api.dialect.id("id", context.param("id"))?;
    let found = own.iter().find(|(_, record)| record.id() == id);
    let (resource, record) =
        found.ok_or_else(|| Problem::NotFound { resource: &ORGANIZATIONS_V1, id: id.to_string() })?;
    let shown = with_enrollments(context, &View::of(context), resource, record);
    Ok(response(context, &shown, None))
}

/// Handles `GET /v1/graph/organizations/{id}`
pub(crate) fn organization(context: &mut Context<'_>) -> Result<Response, Problem> {
    let readable = readable(context)?;
    let id = context.api.dialect.id("id", context.param("id"))?;
    for resource in readable {
        let found = context.state.store.of(resource).get(&id).filter(|record| context.is_visible(resource, record));
        if let Some(record) = found {
            return Ok(response(context, &View::of(context).shown(resource, record), None));
        }
    }
    Err(Problem::NotFound { resource: &ORGANIZATIONS_V1, id: id.into_owned() })
}

/// The records as one caller sees them.
struct View<'w> {
    store: &'w Store,
    rights: Rights,
}

impl<'w> View<'w> {
    fn of(context: &'w Context<'_>) -> Self {
        // A person's token belongs to a login: its own profile hides nothing.
        let integration = context.caller.subject.as_ref().filter(|subject| subject.get("permissions").is_some());
        Self { store: &context.state.store, rights: Rights::of(context.state, integration) }
    }

    /// Returns a record as v1 shows it; hidden fields have no value.
    fn shown(&self, resource: &Schema, record: &Record) -> Value {
        let value = self.values(resource, record);
        match resource {
            it if *it == PEOPLE => self.person(record, &value),
            it if *it == SESSIONS => json!({
                "id": value("id"),
                "name": value("name"),
                "created_date": value("created_date"),
                "updated_date": value("updated_date"),
                "start_date": value("start_date"),
                "end_date": value("end_date"),
                "source": self.source(record),
            }),
            it if *it == ENROLLMENTS => self.enrollment(record, &value),
            it if *it == EVENTS => self.event(record, &value),
            _ => self.organization(resource, record, &value),
        }
    }

    fn values<'r>(&'r self, resource: &Schema, record: &'r Record) -> impl Fn(&str) -> Value + use<'r, 'w> {
        let hidden = self.rights.hidden(resource).unwrap_or_default();
        move |name| {
            let value = record.get(name).filter(|_| !hidden.iter().any(|field| field == name));
            value.cloned().unwrap_or(Value::Null)
        }
    }

    /// Finds a record that another one refers to. A record in an event may refer to a gone record, which is taken from
    /// its own last event.
    fn found(&self, resource: &'static Schema, id: &str) -> Option<Cow<'w, Record>> {
        let is = |event: &&Record| events::resource_of(event) == Some(resource);
        let gone = || {
            let event = self.store.of(&EVENTS).find("target_id", id).rfind(is)?;
            let fields = event.get("data")?.as_object()?;
            Some(Cow::Owned(Record::new(resource, 0, fields.clone().into())))
        };
        self.store.of(resource).get(id).map(Cow::Borrowed).or_else(gone)
    }

    fn source(&self, record: &Record) -> Value {
        let district = record.text("district_id").and_then(|id| self.found(&DISTRICTS, id));
        let source = district.as_deref().unwrap_or(record).get("standin_source_id");
        source.map_or(Value::Null, |id| json!({ "id": id }))
    }

    fn person(&self, record: &Record, value: &dyn Fn(&str) -> Value) -> Value {
        let demographics = value("demographics");
        json!({
            "id": value("id"),
            "created_date": value("created_date"),
            "updated_date": value("updated_date"),
            "first_name": value("first_name"),
            "middle_name": value("middle_name"),
            "last_name": value("last_name"),
            "display_name": value("display_name"),
            "picture_url": value("picture_url"),
            "birthday": demographics["birthday"],
            "gender": demographics["gender"],
            "email": value("email"),
            "phone": value("phone"),
            "grades": value("grade_levels"),
            "grade_levels": value("grade_levels"),
            "locale": value("locale"),
            "time_zone": value("time_zone"),
            "source": self.source(record),
        })
    }

    fn enrollment(&self, record: &Record, value: &dyn Fn(&str) -> Value) -> Value {
        let organization = record.text("section_id").or(record.text("class_id"));
        json!({
            "id": value("id"),
            "created_date": value("created_date"),
            "updated_date": value("updated_date"),
            "start_date": value("start_date"),
            "end_date": value("end_date"),
            "type": value("role"),
            "person": record.text("person_id").map(|id| self.enrolled(id)),
            "organization": { "id": organization },
        })
    }

    /// Returns the person of an enrollment: only the id for one who may not read people.
    fn enrolled(&self, id: &str) -> Value {
        const SHOWN: [&str; 9] = [
            "id",
            "created_date",
            "updated_date",
            "first_name",
            "middle_name",
            "last_name",
            "display_name",
            "picture_url",
            "email",
        ];
        if self.rights.hidden(&PEOPLE).is_none() {
            return json!({ "id": id });
        }
        let Some(person) = self.found(&PEOPLE, id) else { return Value::Null };
        let value = self.values(&PEOPLE, &person);
        SHOWN.iter().map(|name| ((*name).to_owned(), value(name))).collect::<Map<_, _>>().into()
    }

    /// Shows an event of v1. Its data is the record as it was; the records that it refers to are shown as they are now
    /// or, if they are gone, were at last.
    fn event(&self, event: &Record, value: &dyn Fn(&str) -> Value) -> Value {
        let about = events::resource_of(event).unwrap_or(&DISTRICTS);
        let kind = match about {
            it if *it == PEOPLE => "person",
            it if *it == SESSIONS => "term",
            it if *it == ENROLLMENTS => "enrollment",
            _ => "organization",
        };
        let data = match events::data(event, &self.rights) {
            Value::Object(fields) if self.rights.hidden(about).is_some() => {
                self.shown(about, &Record::new(about, 0, fields.into()))
            }
            other => other,
        };
        let change = value("type");
        json!({
            "id": value("id"),
            "created_date": value("date"),
            "type": format!("{kind}.{}", change.as_str().unwrap_or_default()),
            "data": data,
        })
    }

    fn organization(&self, resource: &Schema, record: &Record, value: &dyn Fn(&str) -> Value) -> Value {
        let kind = kinds::of(resource).and_then(|kind| kind.organization);
        let ancestry = self.ancestry(resource, record);
        let district = ancestry.first().and_then(|id| self.found(&DISTRICTS, id));
        let terms = match record.text("class_id").and_then(|id| self.found(&CLASSES, id)) {
            Some(class) => class.get("session_ids").cloned(),
            None => record.get("session_ids").cloned(),
        };
        json!({
            "id": value("id"),
            "type": kind,
            "created_date": value("created_date"),
            "updated_date": value("updated_date"),
            "name": value("name"),
            "description": value("description"),
            "ancestry": ancestry,
            "icon_url": value("picture_url"),
            "state": record.text("state").unwrap_or("active"),
            "time_zone": value("time_zone"),
            "terms": terms.unwrap_or_else(|| json!([])),
            "source": self.source(district.as_deref().unwrap_or(record)),
        })
    }

    /// Returns the ids of the organizations above a record, from the district down, and its own.
    fn ancestry(&self, resource: &Schema, record: &Record) -> Vec<String> {
        let above: Option<(&'static Schema, &str)> = match resource {
            it if *it == SCHOOLS => Some((&DISTRICTS, "district_id")),
            it if *it == CLASSES => Some((&SCHOOLS, "school_id")),
            it if *it == SECTIONS => Some((&CLASSES, "class_id")),
            _ => None,
        };
        let above = above.and_then(|(to, field)| Some((to, self.found(to, record.text(field)?)?)));
        let mut ids = above.map(|(to, above)| self.ancestry(to, &above)).unwrap_or_default();
        ids.push(record.id().to_owned());
        ids
    }
}
