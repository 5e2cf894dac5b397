//! Lists of what belongs to one record: the classes of a school, the people of a class.

use serde_json::Value;

use crate::apis::edlink::graph::asked::Asked;
use crate::apis::edlink::graph::permissions;
use crate::apis::edlink::graph::replies;
use crate::apis::edlink::graph::resources::{
    AGENTS, CLASSES, COURSES, DISTRICTS, ENROLLMENTS, PEOPLE, SCHOOLS, SECTIONS, SESSIONS,
};
use crate::engine::action::{Call, Page};
use crate::engine::api::Resource;
use crate::engine::message::Reply;
use crate::engine::problem::Problem;
use crate::engine::store::{Record, Store};

type Answered = Result<Reply, Problem>;

/// The records that `gather` finds for the record the path names, filtered and paged like any list.
fn within(
    call: &mut Call<'_>,
    parent: &'static Resource,
    resource: &'static Resource,
    gather: impl Fn(&Call<'_>, &Record) -> Vec<Record>,
) -> Answered {
    let parent = call.record(parent, "id")?;
    let asked = Asked::read(call, resource)?;
    let integration = call.caller.subject.as_ref().expect("a route of the Graph takes an integration's token");
    let hidden = permissions::hidden(call.world, integration, resource);
    let mut records = gather(call, &parent);
    records.sort_unstable_by_key(Record::sequence);
    records.dedup_by_key(|record| record.sequence());
    records.retain(|record| {
        asked.filter.as_ref().is_none_or(|filter| filter.passes(record, &hidden)) && call.sees(resource, record)
    });
    let page = Page::of(&records, &asked.list.window());
    Ok(replies::page(call, resource, &page, asked))
}

/// Those whose field refers to the record.
fn referring(
    call: &mut Call<'_>,
    parent: &'static Resource,
    resource: &'static Resource,
    field: &'static str,
) -> Answered {
    within(call, parent, resource, |call, parent| {
        call.world.store.of(resource).find(field, parent.id()).cloned().collect()
    })
}

/// Those the record's field refers to.
fn referred(call: &mut Call<'_>, parent: &'static Resource, resource: &'static Resource, field: &str) -> Answered {
    within(call, parent, resource, |call, parent| led_to(&call.world.store, parent, field, resource).collect())
}

fn led_to<'s>(
    store: &'s Store,
    record: &'s Record,
    field: &str,
    to: &'static Resource,
) -> impl Iterator<Item = Record> + 's {
    let ids = match record.get(field) {
        Some(Value::Array(ids)) => ids.as_slice(),
        Some(id) => std::slice::from_ref(id),
        None => &[],
    };
    ids.iter().filter_map(Value::as_str).filter_map(move |id| store.of(to).get(id)).cloned()
}

fn has_role(person: &Record, role: &str) -> bool {
    person.get("roles").and_then(Value::as_array).is_some_and(|roles| roles.iter().any(|known| known == role))
}

/// `GET /districts/{id}/administrators`
pub fn district_administrators(call: &mut Call<'_>) -> Answered {
    within(call, &DISTRICTS, &PEOPLE, |call, district| {
        let people = call.world.store.of(&PEOPLE).find("district_id", district.id());
        people.filter(|person| has_role(person, "district-administrator")).cloned().collect()
    })
}

/// `GET /schools/{id}/classes`
pub fn school_classes(call: &mut Call<'_>) -> Answered {
    referring(call, &SCHOOLS, &CLASSES, "school_id")
}

/// `GET /schools/{id}/courses`
pub fn school_courses(call: &mut Call<'_>) -> Answered {
    referring(call, &SCHOOLS, &COURSES, "school_id")
}

/// `GET /schools/{id}/sessions`
pub fn school_sessions(call: &mut Call<'_>) -> Answered {
    referring(call, &SCHOOLS, &SESSIONS, "school_id")
}

/// `GET /schools/{id}/people`
pub fn school_people(call: &mut Call<'_>) -> Answered {
    referring(call, &SCHOOLS, &PEOPLE, "school_ids")
}

fn school_people_as(call: &mut Call<'_>, role: &str) -> Answered {
    within(call, &SCHOOLS, &PEOPLE, |call, school| {
        let people = call.world.store.of(&PEOPLE).find("school_ids", school.id());
        people.filter(|person| has_role(person, role)).cloned().collect()
    })
}

/// `GET /schools/{id}/administrators`
pub fn school_administrators(call: &mut Call<'_>) -> Answered {
    school_people_as(call, "administrator")
}

/// `GET /schools/{id}/teachers`
pub fn school_teachers(call: &mut Call<'_>) -> Answered {
    school_people_as(call, "teacher")
}

/// `GET /schools/{id}/students`
pub fn school_students(call: &mut Call<'_>) -> Answered {
    school_people_as(call, "student")
}

/// `GET /courses/{id}/classes`
pub fn course_classes(call: &mut Call<'_>) -> Answered {
    referring(call, &COURSES, &CLASSES, "course_id")
}

/// `GET /classes/{id}/sections`
pub fn class_sections(call: &mut Call<'_>) -> Answered {
    referring(call, &CLASSES, &SECTIONS, "class_id")
}

/// `GET /classes/{id}/enrollments`
pub fn class_enrollments(call: &mut Call<'_>) -> Answered {
    referring(call, &CLASSES, &ENROLLMENTS, "class_id")
}

/// `GET /sections/{id}/enrollments`
pub fn section_enrollments(call: &mut Call<'_>) -> Answered {
    referring(call, &SECTIONS, &ENROLLMENTS, "section_id")
}

/// The people of a class or section; in a role, if one is given.
fn enrolled(call: &mut Call<'_>, parent: &'static Resource, field: &'static str, role: Option<&str>) -> Answered {
    within(call, parent, &PEOPLE, |call, parent| {
        let store = &call.world.store;
        let enrollments = store.of(&ENROLLMENTS).find(field, parent.id());
        let enrollments = enrollments.filter(|enrollment| role.is_none() || enrollment.text("role") == role);
        let enrollments = enrollments.filter(|enrollment| call.sees(&ENROLLMENTS, enrollment));
        enrollments.flat_map(|enrollment| led_to(store, enrollment, "person_id", &PEOPLE)).collect()
    })
}

/// `GET /classes/{id}/people`
pub fn class_people(call: &mut Call<'_>) -> Answered {
    enrolled(call, &CLASSES, "class_id", None)
}

/// `GET /classes/{id}/teachers`
pub fn class_teachers(call: &mut Call<'_>) -> Answered {
    enrolled(call, &CLASSES, "class_id", Some("teacher"))
}

/// `GET /classes/{id}/students`
pub fn class_students(call: &mut Call<'_>) -> Answered {
    enrolled(call, &CLASSES, "class_id", Some("student"))
}

/// `GET /sections/{id}/people`
pub fn section_people(call: &mut Call<'_>) -> Answered {
    enrolled(call, &SECTIONS, "section_id", None)
}

/// `GET /sections/{id}/teachers`
pub fn section_teachers(call: &mut Call<'_>) -> Answered {
    enrolled(call, &SECTIONS, "section_id", Some("teacher"))
}

/// `GET /sections/{id}/students`
pub fn section_students(call: &mut Call<'_>) -> Answered {
    enrolled(call, &SECTIONS, "section_id", Some("student"))
}

/// `GET /people/{id}/enrollments`
pub fn person_enrollments(call: &mut Call<'_>) -> Answered {
    referring(call, &PEOPLE, &ENROLLMENTS, "person_id")
}

/// `GET /people/{id}/districts`
pub fn person_districts(call: &mut Call<'_>) -> Answered {
    referred(call, &PEOPLE, &DISTRICTS, "district_id")
}

/// `GET /people/{id}/schools`
pub fn person_schools(call: &mut Call<'_>) -> Answered {
    referred(call, &PEOPLE, &SCHOOLS, "school_ids")
}

fn person_rooms(call: &mut Call<'_>, resource: &'static Resource, field: &'static str) -> Answered {
    within(call, &PEOPLE, resource, |call, person| {
        let store = &call.world.store;
        let enrollments = store.of(&ENROLLMENTS).find("person_id", person.id());
        let enrollments = enrollments.filter(|enrollment| call.sees(&ENROLLMENTS, enrollment));
        enrollments.flat_map(|enrollment| led_to(store, enrollment, field, resource)).collect()
    })
}

/// `GET /people/{id}/classes`
pub fn person_classes(call: &mut Call<'_>) -> Answered {
    person_rooms(call, &CLASSES, "class_id")
}

/// `GET /people/{id}/sections`
pub fn person_sections(call: &mut Call<'_>) -> Answered {
    person_rooms(call, &SECTIONS, "section_id")
}

/// `GET /people/{id}/agents`: those in which the person is either side.
pub fn person_agents(call: &mut Call<'_>) -> Answered {
    within(call, &PEOPLE, &AGENTS, |call, person| {
        let agents = call.world.store.of(&AGENTS);
        agents.find("observer_id", person.id()).chain(agents.find("target_id", person.id())).cloned().collect()
    })
}
