//! Generated districts: people in believable proportions, with the schools, classes and enrollments that they need.
//!
//! A record refers to records of the world; where there is none, or it is full, another is made first. So twenty
//! thousand people come with some twenty-five schools, and one more person joins the last school.

use fake::Fake;
use fake::faker::address::en::{CityName, StreetName};
use fake::faker::name::en::{FirstName, LastName};
use serde_json::{Value, json};

use crate::apis::edlink::generator::{fields, zip};
use crate::apis::edlink::graph::events::{materialization, public_fields};
use crate::apis::edlink::graph::generated::{
    GROUP, PER_SCHOOL, SINCE_MS, STUDENTS_OF_TWENTY, agent, enrollment, put, roles, seen, strings,
};
use crate::apis::edlink::graph::records::PRODUCTS;
use crate::apis::edlink::graph::resources::{
    CLASSES, COURSES, DEPARTMENTS, DISTRICTS, PEOPLE, SCHOOLS, SECTIONS, SESSIONS,
};
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::meta::SOURCES;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::rng::SeededRng;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::schema::time::format_ms;
use crate::engine::state::State;
use crate::engine::store::Record;

/// The most records that one is chosen from, so that many of two kinds take no longer than each.
const MOST_CONSIDERED: usize = 100;

/// The roles of every twentieth person, in turn.
const STAFF: [&[&str]; 8] = [
    &["administrator"],
    &["teacher"],
    &["aide"],
    &["teacher", "parent"],
    &["ta"],
    &["designer"],
    &["district-administrator"],
    &[],
];

/// Kinds of schools, with their grades and the number of classes of a student.
pub(super) const KINDS: [(&str, &[&str], usize); 4] = [
    ("Elementary School", &["KG", "01", "02", "03", "04", "05"], 1),
    ("Middle School", &["06", "07", "08"], 5),
    ("High School", &["09", "10", "11", "12"], 5),
    ("Elementary School", &["KG", "01", "02", "03", "04", "05"], 1),
];

/// The groups of students of a full school.
pub(super) const GROUPS: usize = (PER_SCHOOL / 20 * STUDENTS_OF_TWENTY).div_ceil(GROUP);

/// Subjects that are taught: a name, a code, and a subject as Edlink numbers them.
pub(super) const SUBJECTS: [(&str, &str, &str); 8] = [
    ("Language Arts", "ENG", "CEDS.01"),
    ("Mathematics", "MATH", "CEDS.02"),
    ("Science", "SCI", "CEDS.03"),
    ("History", "HIST", "CEDS.04"),
    ("Art", "ART", "CEDS.05"),
    ("Physical Education", "PE", "CEDS.08"),
    ("Spanish", "SPAN", "CEDS.24"),
    ("Computing", "COMP", "CEDS.10"),
];

/// Makes up a district.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn districts(state: &mut State, place: usize) -> Result<Document, Problem> {
    Ok(seen(fields(district(state)), place))
}

/// Makes up a school of the district.
pub(crate) fn schools(state: &mut State, place: usize) -> Result<Document, Problem> {
    Ok(seen(fields(school(state, place)?), place))
}

/// Makes up a session of the district.
pub(crate) fn sessions(state: &mut State, place: usize) -> Result<Document, Problem> {
    Ok(seen(fields(session(state, place)?), place))
}

/// Makes up a course of the last school.
pub(crate) fn courses(state: &mut State, place: usize) -> Result<Document, Problem> {
    let school = last_school(state)?;
    Ok(seen(course(state, &school, place), place))
}

/// Makes up a class at the last school.
pub(crate) fn classes(state: &mut State, place: usize) -> Result<Document, Problem> {
    let school = last_school(state)?;
    Ok(seen(class(state, &school, place), place))
}

/// Makes up a section of any class.
pub(crate) fn sections(state: &mut State, place: usize) -> Result<Document, Problem> {
    let class = any(state, &CLASSES)?;
    Ok(seen(section(&class, place), place))
}

/// Makes up a person of the school that still has room.
pub(crate) fn people(state: &mut State, place: usize) -> Result<Document, Problem> {
    Ok(seen(person(state, place)?, place))
}

/// Makes up an enrollment of any person in any class.
pub(crate) fn enrollments(state: &mut State, place: usize) -> Result<Document, Problem> {
    let (person, class) = (any(state, &PEOPLE)?, any(state, &CLASSES)?);
    let role = roles(&person).first().map_or_else(|| "student".to_owned(), |role| (*role).to_owned());
    Ok(seen(enrollment(&role, &person, &class, None), place))
}

/// Makes up an agent between any two people.
pub(crate) fn agents(state: &mut State, place: usize) -> Result<Document, Problem> {
    let (observer, target) = (any(state, &PEOPLE)?, any(state, &PEOPLE)?);
    Ok(seen(agent("guardian", &observer, &target), place))
}

/// Makes up a subject, in turn.
pub(crate) fn subjects(state: &mut State, place: usize) -> Result<Document, Problem> {
    let (name, code, ceds_code) = SUBJECTS[place % SUBJECTS.len()];
    let district = the_district(state)?;
    let department = state.store.of(&DEPARTMENTS).nth(0).map(|department| department.id().to_owned());
    let subject = json!({
        "name": name,
        "code": code,
        "ceds_code": ceds_code,
        "department_id": department,
        "standin_district_id": district.id(),
    });
    Ok(seen(fields(subject), place))
}

/// Makes up a department of the last school.
pub(crate) fn departments(state: &mut State, place: usize) -> Result<Document, Problem> {
    let school = last_school(state)?;
    let (name, ..) = SUBJECTS[place % SUBJECTS.len()];
    let department = json!({
        "name": format!("{name} Department"),
        "school_ids": [school.id()],
        "standin_district_id": school.get("district_id"),
    });
    Ok(seen(fields(department), place))
}

/// Makes up a period of the last school's day.
pub(crate) fn periods(state: &mut State, place: usize) -> Result<Document, Problem> {
    let school = last_school(state)?;
    let start_ms = SINCE_MS + (8 + place as u64 % 7) * 60 * 60 * 1_000;
    let period = json!({
        "name": format!("Period {}", place % 7 + 1),
        "start_time": format_ms(start_ms),
        "end_time": format_ms(start_ms + 50 * 60 * 1_000),
        "school_ids": [school.id()],
        "session_ids": session_now(state).into_iter().collect::<Vec<_>>(),
        "standin_district_id": school.get("district_id"),
    });
    Ok(seen(fields(period), place))
}

/// Makes up an import of any integration's data.
pub(crate) fn materializations(state: &mut State, place: usize) -> Result<Document, Problem> {
    let integration = any(state, &INTEGRATIONS)?;
    Ok(seen(fields(json!({ "integration_id": integration.id() })), place))
}

/// Makes up a product.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn products(_: &mut State, place: usize) -> Result<Document, Problem> {
    Ok(fields(json!({ "name": format!("Reader {}", place + 1), "code": format!("READ-{place:03}") })))
}

/// Makes up a license of any integration for any product.
pub(crate) fn licenses(state: &mut State, _: usize) -> Result<Document, Problem> {
    let (product, integration) = (any(state, &PRODUCTS)?, any(state, &INTEGRATIONS)?);
    Ok(fields(json!({
        "product_id": product.id(),
        "integration_id": integration.id(),
        "school_count": state.store.of(&SCHOOLS).len(),
        "class_count": state.store.of(&CLASSES).len(),
        "person_count": state.store.of(&PEOPLE).len(),
    })))
}

/// Makes up a login of any person at any integration.
pub(crate) fn logins(state: &mut State, place: usize) -> Result<Document, Problem> {
    let (person, integration) = (any(state, &PEOPLE)?, any(state, &INTEGRATIONS)?);
    let code = state.rng.token(32);
    let login = json!({ "code": code, "person_id": person.id(), "integration_id": integration.id() });
    Ok(seen(fields(login), place))
}

/// Makes up an event about any person.
pub(crate) fn events(state: &mut State, _: usize) -> Result<Document, Problem> {
    let (person, integration) = (any(state, &PEOPLE)?, any(state, &INTEGRATIONS)?);
    let import = materialization(state, integration.id())?;
    Ok(fields(json!({
        "type": "updated",
        "target": "person",
        "target_id": person.id(),
        "integration_id": integration.id(),
        "materialization_id": import,
        "data": public_fields(&person),
    })))
}

/// Makes the sessions that come with districts.
pub(crate) fn sessions_of(state: &mut State, _: &[Record]) -> Result<(), Problem> {
    (0..3).try_for_each(|_| make(state, &SESSIONS).map(|_| ()))
}

/// Makes the courses and classes that come with schools.
pub(crate) fn courses_of_schools(state: &mut State, schools: &[Record]) -> Result<(), Problem> {
    schools.iter().try_for_each(|school| courses_of_school(state, school))
}

/// Returns the place of the next record of a kind.
pub(super) fn next(state: &State, resource: &'static Schema) -> usize {
    usize::try_from(state.store.of(resource).next_sequence()).unwrap_or(usize::MAX)
}

fn last_school(state: &mut State) -> Result<Record, Problem> {
    school_of(state, state.store.of(&SCHOOLS).len().saturating_sub(1))
}

/// Makes up one record, with what comes with it.
fn make(state: &mut State, resource: &'static Schema) -> Result<Record, Problem> {
    let place = next(state, resource);
    let fields = state.hooks.of(resource).generator.expect("records of the Graph are made up")(state, place)?;
    let record = state.create_from(resource, fields, Actor::Fixture)?;
    if let Some(after) = state.hooks.of(resource).after_generate {
        after(state, std::slice::from_ref(&record))?;
    }
    Ok(record)
}

/// Returns any record of that kind; a first one, if there is none yet.
pub(crate) fn any(state: &mut State, resource: &'static Schema) -> Result<Record, Problem> {
    let known = state.store.of(resource).len() as u64;
    let place = usize::try_from(state.rng.between(0, known.saturating_sub(1))).unwrap_or_default();
    match state.store.of(resource).nth(place).cloned() {
        Some(record) => Ok(record),
        None => make(state, resource),
    }
}

fn pick<'a, T: ?Sized>(from: &[&'a T], rng: &mut SeededRng) -> &'a T {
    from[(0..from.len()).fake_with_rng::<usize, _>(rng.inner())]
}

fn district(state: &mut State) -> Value {
    // The district gets the source of the first integration without a district; without one, it belongs to all sources.
    let sources =
        state.store.of(&INTEGRATIONS).iter().take(MOST_CONSIDERED).filter_map(|it| it.get("source")?["id"].as_str());
    let free = sources.map(str::to_owned).find(|source| {
        // A reference needs a source that the world lists.
        state.store.of(&SOURCES).get(source).is_some()
            && state.store.of(&DISTRICTS).find("standin_source_id", source).next().is_none()
    });
    let city: String = CityName().fake_with_rng(state.rng.inner());
    let mut fields = json!({
        "name": format!("{city} Unified School District"),
        "locale": "en",
        "time_zone": "America/Chicago",
        "address": address(&mut state.rng, &city),
    });
    if let Some(source) = free {
        fields["standin_source_id"] = source.into();
    }
    fields
}

fn address(rng: &mut SeededRng, city: &str) -> Value {
    let street: String = StreetName().fake_with_rng(rng.inner());
    json!({
        "street": format!("{} {street}", rng.between(1, 999)),
        "unit": null,
        "city": city,
        "state": "TX",
        "postal_code": zip(rng),
        "country": "US",
    })
}

/// Returns the district that is there, or a new one.
fn the_district(state: &mut State) -> Result<Record, Problem> {
    match state.store.of(&DISTRICTS).nth(0).cloned() {
        Some(district) => Ok(district),
        None => make(state, &DISTRICTS),
    }
}

fn school(state: &mut State, place: usize) -> Result<Value, Problem> {
    let district = the_district(state)?;
    let (kind, grades, _) = KINDS[place % KINDS.len()];
    let name: String = LastName().fake_with_rng(state.rng.inner());
    let city: String = CityName().fake_with_rng(state.rng.inner());
    Ok(json!({
        "name": format!("{name} {kind}"),
        "identifiers": [{ "type": "sis_id", "value": format!("SCH-{place:04}") }],
        "locale": "en",
        "time_zone": "America/Chicago",
        "address": address(&mut state.rng, &city),
        "grade_levels": grades,
        "district_id": district.id(),
    }))
}

/// Returns the school at that place of the collection, and makes the missing schools up to it.
fn school_of(state: &mut State, place: usize) -> Result<Record, Problem> {
    loop {
        if let Some(school) = state.store.of(&SCHOOLS).nth(place) {
            return Ok(school.clone());
        }
        make(state, &SCHOOLS)?;
    }
}

fn session(state: &mut State, place: usize) -> Result<Value, Problem> {
    let district = the_district(state)?;
    let year = 2023 + place / 3;
    let next = year + 1;
    let (name, kind, state, start, end) = match place % 3 {
        0 => (
            format!("{year}-{next} School Year"),
            "school_year",
            "active",
            format!("{year}-08-14"),
            format!("{next}-06-07"),
        ),
        1 => (format!("Fall {year}"), "semester", "completed", format!("{year}-08-14"), format!("{year}-12-20")),
        _ => (format!("Spring {next}"), "semester", "active", format!("{next}-01-08"), format!("{next}-06-07")),
    };
    Ok(json!({
        "name": name,
        "type": kind,
        "state": state,
        "start_date": format!("{start}T05:00:00.000Z"),
        "end_date": format!("{end}T05:00:00.000Z"),
        "district_id": district.id(),
    }))
}

/// Returns the current session: the first active one, or the first of all.
fn session_now(state: &State) -> Option<String> {
    let mut sessions = state.store.of(&SESSIONS).iter().take(MOST_CONSIDERED);
    let active = sessions.find(|session| session.text("state") == Some("active"));
    active.or(state.store.of(&SESSIONS).nth(0)).map(|session| session.id().to_owned())
}

fn course(state: &State, school: &Record, place: usize) -> Document {
    let (name, code, subject) = SUBJECTS[place % SUBJECTS.len()];
    Document::from_iter([
        ("name", Value::from(name)),
        ("code", format!("{code}-{place:03}").into()),
        ("subjects", vec![subject].into()),
        ("grade_levels", school.get("grade_levels").cloned().into()),
        ("district_id", school.get("district_id").cloned().into()),
        ("school_id", school.id().into()),
        ("session_id", session_now(state).into()),
    ])
}

fn class(state: &State, school: &Record, place: usize) -> Document {
    let courses: Vec<&Record> = state.store.of(&COURSES).find("school_id", school.id()).take(MOST_CONSIDERED).collect();
    let course = courses.get(place % courses.len().max(1));
    let grades = strings(school, "grade_levels");
    let grade = grades.get(place % grades.len().max(1));
    let subject = course.and_then(|course| course.text("name")).unwrap_or("Homeroom");
    Document::from_iter([
        ("name", Value::from(format!("{subject} {}", place + 1))),
        ("identifiers", json!([{ "type": "sis_id", "value": format!("C-{place:05}") }])),
        ("subjects", course.and_then(|course| course.get("subjects")).cloned().into()),
        ("grade_levels", grade.into_iter().copied().collect()),
        ("periods", vec![(place % 7 + 1).to_string()].into()),
        ("state", "active".into()),
        ("session_ids", session_now(state).into_iter().collect()),
        ("course_id", course.map(|course| course.id()).into()),
        ("school_id", school.id().into()),
    ])
}

fn section(class: &Record, place: usize) -> Document {
    let letter = char::from(b'A' + u8::try_from(place % 2).unwrap_or_default());
    Document::from_iter([
        ("name", Value::from(format!("{} - {letter}", class.text("name").unwrap_or("Class")))),
        ("periods", class.get("periods").cloned().into()),
        ("class_id", class.id().into()),
    ])
}

/// Makes the courses and classes of a school that is full, with sections for every fourth class.
fn courses_of_school(state: &mut State, school: &Record) -> Result<(), Problem> {
    let grades = strings(school, "grade_levels");
    let kind = KINDS.iter().find(|(_, known, _)| known.first().copied() == grades.first().copied());
    let classes_each = kind.map_or(5, |(_, _, classes)| *classes);
    for _ in 0..SUBJECTS.len() {
        let place = state.store.of(&COURSES).len();
        let fields = course(state, school, place);
        put(state, &COURSES, fields)?;
    }
    for n in 0..GROUPS * classes_each {
        let fields = class(state, school, n);
        let class = put(state, &CLASSES, fields)?;
        if n % 4 == 0 {
            for part in 0..2 {
                put(state, &SECTIONS, section(&class, part))?;
            }
        }
    }
    Ok(())
}

/// Returns a person of the school that still has room.
fn person(state: &mut State, place: usize) -> Result<Document, Problem> {
    let school = school_of(state, place / PER_SCHOOL)?;
    let (turn, seat) = (place % PER_SCHOOL / 20, place % 20);
    let rng = &mut state.rng;
    let first: &str = FirstName().fake_with_rng(rng.inner());
    let last: &str = LastName().fake_with_rng(rng.inner());
    let (roles, at): (&[&str], &str) = match seat {
        0..STUDENTS_OF_TWENTY => (&["student"], "students.example.edu"),
        13 => (&["teacher"], "example.edu"),
        14..19 => (if rng.between(1, 3) == 1 { &["guardian"] } else { &["parent"] }, "family.example.org"),
        _ => (STAFF[turn % STAFF.len()], "example.edu"),
    };
    let student = seat < STUDENTS_OF_TWENTY;
    let grades = strings(&school, "grade_levels");
    let group = (turn * STUDENTS_OF_TWENTY + seat) / GROUP;
    let grade = grades.get(group % grades.len().max(1)).filter(|_| student);
    let grade_number: Option<u64> = grade.and_then(|grade| grade.parse().ok());
    let email = format!("{}.{}.{place}@{at}", first.to_lowercase(), last.to_lowercase());
    Ok(Document::from_iter([
        ("identifiers", json!([{ "type": "sis_id", "value": format!("P-{place:06}") }])),
        ("first_name", first.into()),
        ("middle_name", (rng.between(1, 4) == 1).then(|| pick(&["Ann", "Lee", "James", "Rose"], rng)).into()),
        ("last_name", last.into()),
        ("display_name", format!("{first} {last}").into()),
        ("roles", roles.into()),
        ("email", (rng.between(1, 20) != 1).then(|| email.replace(['\'', ' '], "")).into()),
        ("locale", "en".into()),
        ("graduation_year", grade_number.map(|grade| 2024 + 12_u64.saturating_sub(grade)).into()),
        ("grade_levels", grade.into_iter().copied().collect()),
        ("district_id", school.get("district_id").cloned().into()),
        ("school_ids", vec![school.id()].into()),
    ]))
}
