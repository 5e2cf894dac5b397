//! Lists of the records that belong to another one: the classes of a school, the people of a class.

use serde_json::Value;

use crate::apis::edlink::graph::envelope;
use crate::apis::edlink::graph::list_query::ListQuery;
use crate::apis::edlink::graph::own::{led_to, named};
use crate::apis::edlink::graph::resources::{
    AGENTS, CLASSES, COURSES, DISTRICTS, ENROLLMENTS, PEOPLE, SCHOOLS, SECTIONS, SESSIONS,
};
use crate::apis::edlink::graph::viewer::Viewer;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::store::Page;
use crate::engine::store::Record;
use crate::http::message::Response;

type ListResult = Result<Response, Problem>;

/// Returns the records that `gather` finds for the record the path names, filtered and paged like any list.
fn within(
    context: &mut Context<'_>,
    parent: &'static Schema,
    resource: &'static Schema,
    gather: impl Fn(&Context<'_>, &Record) -> Vec<Record>,
) -> ListResult {
    let parent = named(context, parent)?;
    let records = gather(context, &parent);
    answer(context, resource, records)
}

/// Answers with these records, filtered and paged as the request wants it.
pub(crate) fn answer(context: &mut Context<'_>, resource: &'static Schema, mut records: Vec<Record>) -> ListResult {
    let asked = ListQuery::read(context, resource)?;
    let hidden = Viewer::of(context).hidden(resource);
    records.sort_unstable_by_key(Record::sequence);
    records.dedup_by_key(|record| record.sequence());
    records.retain(|record| {
        asked.filter.as_ref().is_none_or(|filter| filter.passes(record, &hidden))
            && context.is_visible(resource, record)
    });
    let page = Page::of(&records, &asked.list.window());
    Ok(envelope::page(context, resource, &page, asked))
}

/// Lists the records whose field refers to the record of the path.
fn referring(
    context: &mut Context<'_>,
    parent: &'static Schema,
    resource: &'static Schema,
    field: &'static str,
) -> ListResult {
    within(context, parent, resource, |context, parent| {
        context.state.store.of(resource).find(field, parent.id()).cloned().collect()
    })
}

/// Lists the records that a field of the record of the path refers to.
fn referred(context: &mut Context<'_>, parent: &'static Schema, resource: &'static Schema, field: &str) -> ListResult {
    within(context, parent, resource, |context, parent| led_to(&context.state.store, parent, field, resource).collect())
}

fn has_role(person: &Record, role: &str) -> bool {
    person.get("roles").and_then(Value::as_array).is_some_and(|roles| roles.iter().any(|known| known == role))
}

/// Handles `GET /districts/{id}/administrators`
pub(crate) fn district_administrators(context: &mut Context<'_>) -> ListResult {
    within(context, &DISTRICTS, &PEOPLE, |context, district| {
        let people = context.state.store.of(&PEOPLE).find("district_id", district.id());
        people.filter(|person| has_role(person, "district-administrator")).cloned().collect()
    })
}

/// Handles `GET /schools/{id}/classes`
pub(crate) fn school_classes(context: &mut Context<'_>) -> ListResult {
    referring(context, &SCHOOLS, &CLASSES, "school_id")
}

/// Handles `GET /schools/{id}/courses`
pub(crate) fn school_courses(context: &mut Context<'_>) -> ListResult {
    referring(context, &SCHOOLS, &COURSES, "school_id")
}

/// Handles `GET /schools/{id}/sessions`
pub(crate) fn school_sessions(context: &mut Context<'_>) -> ListResult {
    referring(context, &SCHOOLS, &SESSIONS, "school_id")
}

/// Handles `GET /schools/{id}/people`
pub(crate) fn school_people(context: &mut Context<'_>) -> ListResult {
    referring(context, &SCHOOLS, &PEOPLE, "school_ids")
}

fn school_people_as(context: &mut Context<'_>, role: &str) -> ListResult {
    within(context, &SCHOOLS, &PEOPLE, |context, school| {
        let people = context.state.store.of(&PEOPLE).find("school_ids", school.id());
        people.filter(|person| has_role(person, role)).cloned().collect()
    })
}

/// Handles `GET /schools/{id}/administrators`
pub(crate) fn school_administrators(context: &mut Context<'_>) -> ListResult {
    school_people_as(context, "administrator")
}

/// Handles `GET /schools/{id}/teachers`
pub(crate) fn school_teachers(context: &mut Context<'_>) -> ListResult {
    school_people_as(context, "teacher")
}

/// Handles `GET /schools/{id}/students`
pub(crate) fn school_students(context: &mut Context<'_>) -> ListResult {
    school_people_as(context, "student")
}

/// Handles `GET /courses/{id}/classes`
pub(crate) fn course_classes(context: &mut Context<'_>) -> ListResult {
    referring(context, &COURSES, &CLASSES, "course_id")
}

/// Handles `GET /classes/{id}/sections`
pub(crate) fn class_sections(context: &mut Context<'_>) -> ListResult {
    referring(context, &CLASSES, &SECTIONS, "class_id")
}

/// Handles `GET /classes/{id}/enrollments`
pub(crate) fn class_enrollments(context: &mut Context<'_>) -> ListResult {
    referring(context, &CLASSES, &ENROLLMENTS, "class_id")
}

/// Handles `GET /sections/{id}/enrollments`
pub(crate) fn section_enrollments(context: &mut Context<'_>) -> ListResult {
    referring(context, &SECTIONS, &ENROLLMENTS, "section_id")
}

/// Lists the people of a class or section; in a role, if one is given.
fn enrolled(context: &mut Context<'_>, parent: &'static Schema, field: &'static str, role: Option<&str>) -> ListResult {
    within(context, parent, &PEOPLE, |context, parent| {
        let store = &context.state.store;
        let enrollments = store.of(&ENROLLMENTS).find(field, parent.id());
        let enrollments = enrollments.filter(|enrollment| role.is_none() || enrollment.text("role") == role);
        let enrollments = enrollments.filter(|enrollment| context.is_visible(&ENROLLMENTS, enrollment));
        enrollments.flat_map(|enrollment| led_to(store, enrollment, "person_id", &PEOPLE)).collect()
    })
}

/// Handles `GET /classes/{id}/people`
pub(crate) fn class_people(context: &mut Context<'_>) -> ListResult {
    enrolled(context, &CLASSES, "class_id", None)
}

/// Handles `GET /classes/{id}/teachers`
pub(crate) fn class_teachers(context: &mut Context<'_>) -> ListResult {
    enrolled(context, &CLASSES, "class_id", Some("teacher"))
}

/// Handles `GET /classes/{id}/students`
pub(crate) fn class_students(context: &mut Context<'_>) -> ListResult {
    enrolled(context, &CLASSES, "class_id", Some("student"))
}

/// Handles `GET /sections/{id}/people`
pub(crate) fn section_people(context: &mut Context<'_>) -> ListResult {
    enrolled(context, &SECTIONS, "section_id", None)
}

/// Handles `GET /sections/{id}/teachers`
pub(crate) fn section_teachers(context: &mut Context<'_>) -> ListResult {
    enrolled(context, &SECTIONS, "section_id", Some("teacher"))
}

/// Handles `GET /sections/{id}/students`
pub(crate) fn section_students(context: &mut Context<'_>) -> ListResult {
    enrolled(context, &SECTIONS, "section_id", Some("student"))
}

/// Handles `GET /people/{id}/enrollments`
pub(crate) fn person_enrollments(context: &mut Context<'_>) -> ListResult {
    referring(context, &PEOPLE, &ENROLLMENTS, "person_id")
}

/// Handles `GET /people/{id}/districts`
pub(crate) fn person_districts(context: &mut Context<'_>) -> ListResult {
    referred(context, &PEOPLE, &DISTRICTS, "district_id")
}

/// Handles `GET /people/{id}/schools`
pub(crate) fn person_schools(context: &mut Context<'_>) -> ListResult {
    referred(context, &PEOPLE, &SCHOOLS, "school_ids")
}

fn person_rooms(context: &mut Context<'_>, resource: &'static Schema, field: &'static str) -> ListResult {
    within(context, &PEOPLE, resource, |context, person| {
        let store = &context.state.store;
        let enrollments = store.of(&ENROLLMENTS).find("person_id", person.id());
        let enrollments = enrollments.filter(|enrollment| context.is_visible(&ENROLLMENTS, enrollment));
        enrollments.flat_map(|enrollment| led_to(store, enrollment, field, resource)).collect()
    })
}

/// Handles `GET /people/{id}/classes`
pub(crate) fn person_classes(context: &mut Context<'_>) -> ListResult {
    person_rooms(context, &CLASSES, "class_id")
}

/// Handles `GET /people/{id}/sections`
pub(crate) fn person_sections(context: &mut Context<'_>) -> ListResult {
    person_rooms(context, &SECTIONS, "section_id")
}

/// Handles `GET /people/{id}/agents`: those in which the person is either side.
pub(crate) fn person_agents(context: &mut Context<'_>) -> ListResult {
    within(context, &PEOPLE, &AGENTS, |context, person| {
        let agents = context.state.store.of(&AGENTS);
        agents.find("observer_id", person.id()).chain(agents.find("target_id", person.id())).cloned().collect()
    })
}
