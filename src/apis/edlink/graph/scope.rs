//! The part of the data behind an integration that its token sees.
//!
//! Nothing is collected beforehand: a few look-ups by reference decide for each record whether it is visible. The cost
//! of a list therefore depends on its records, not on the size of the district.

use serde_json::Value;

use crate::apis::edlink::coursework::{ASSIGNMENT_OF, ASSIGNMENTS, CATEGORIES, CLASS_OF, SUBMISSIONS};
use crate::apis::edlink::graph::kinds;
use crate::apis::edlink::graph::records::{LICENSES, MATERIALIZATIONS, REQUESTS};
use crate::apis::edlink::graph::resources::{
    AGENTS, CLASSES, COURSES, DEPARTMENTS, DISTRICT_OF, DISTRICTS, ENROLLMENTS, EVENTS, PEOPLE, PERIODS, SCHOOLS,
    SECTIONS, SESSIONS,
};
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::engine::store::{Record, Store};

/// The part of a store that belongs to an integration.
#[derive(Clone, Copy)]
pub(crate) struct IntegrationScope<'s> {
    store: &'s Store,
    integration: &'s str,
    source: &'s str,
    /// Sorted; `None` is everything of the source.
    targets: Option<&'s [String]>,
}

/// Returns the targets of an integration whose scope is `selected`, sorted; `None` for one that sees everything.
pub(crate) fn targets(integration: &Record) -> Option<Vec<String>> {
    if integration.text("scope") != Some("selected") {
        return None;
    }
    let ids = integration.get("targets").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut targets: Vec<String> = ids.iter().filter_map(Value::as_str).map(str::to_ascii_lowercase).collect();
    targets.sort();
    Some(targets)
}

/// Tells whether an integration sees a person.
pub(crate) fn is_shared(state: &State, integration: &Record, person: &Record) -> bool {
    IntegrationScope::new(&state.store, integration, targets(integration).as_deref()).is_visible(&PEOPLE, person)
}

/// Returns the people an integration sees, in the order they were made.
pub(crate) fn people_of<'w>(state: &'w State, integration: &Record) -> impl Iterator<Item = &'w Record> {
    let integration = integration.clone();
    let targets = targets(&integration);
    let people = state.store.of(&PEOPLE).iter();
    people.filter(move |person| {
        IntegrationScope::new(&state.store, &integration, targets.as_deref()).is_visible(&PEOPLE, person)
    })
}

impl<'s> IntegrationScope<'s> {
    /// Returns the part of the store that the integration, with these [`targets`], sees.
    pub(crate) fn new(store: &'s Store, integration: &'s Record, targets: Option<&'s [String]>) -> Self {
        let source = integration.get("source").and_then(|source| source["id"].as_str()).unwrap_or_default();
        Self { store, integration: integration.id(), source, targets }
    }

    /// Tells whether the integration sees only part of its source.
    pub(crate) fn is_selected(&self) -> bool {
        self.targets.is_some()
    }

    /// Tells whether the integration sees a record.
    pub(crate) fn is_visible(&self, resource: &Schema, record: &Record) -> bool {
        if [&EVENTS, &MATERIALIZATIONS, &LICENSES, &REQUESTS].contains(&resource) {
            return record.text("integration_id") == Some(self.integration);
        }
        self.is_of_source(resource, record) && (self.targets.is_none() || self.is_selected_too(resource, record))
    }

    /// Tells whether a record belongs to the source. Every record belongs to one district, and that to one source; a
    /// district that names none belongs to all.
    fn is_of_source(&self, resource: &Schema, record: &Record) -> bool {
        let Some((field, parent)) = kinds::of(resource).and_then(|kind| kind.parent) else {
            return *resource != DISTRICTS
                || record.text("standin_source_id").is_none_or(|source| source == self.source);
        };
        if field == DISTRICT_OF && record.text(field).is_none() {
            return true;
        }
        let above = record.text(field).and_then(|id| self.store.of(parent).get(id));
        above.is_some_and(|above| self.is_of_source(parent, above))
    }

    fn is_selected_too(&self, resource: &Schema, record: &Record) -> bool {
        match resource {
            it if *it == PEOPLE => self.shows_person(record),
            it if *it == ENROLLMENTS => self.has_enrollment(record),
            it if *it == CLASSES => self.shows_class(record),
            it if *it == SECTIONS => self.has_section(record),
            it if *it == COURSES => self.shows_course(record),
            it if *it == SESSIONS => self.shows_session(record),
            it if *it == SCHOOLS => self.shows_school(record),
            it if [&ASSIGNMENTS, &CATEGORIES].contains(&it) => {
                self.leads_to(&CLASSES, record, CLASS_OF, |class| self.shows_class(class))
            }
            it if *it == SUBMISSIONS => self.leads_to(&ASSIGNMENTS, record, ASSIGNMENT_OF, |assignment| {
                self.is_selected_too(&ASSIGNMENTS, assignment)
            }),
            it if *it == AGENTS => self.leads_to(&PEOPLE, record, "target_id", |person| self.has_person(person)),
            it if [&DEPARTMENTS, &PERIODS].contains(&it) => self.shows_any_school(record),
            _ => true,
        }
    }

    /// Tells whether the integration sees one of the schools of a record, if that has any.
    fn shows_any_school(&self, record: &Record) -> bool {
        let schools = record.get("school_ids").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut found = schools.iter().filter_map(|id| self.store.of(&SCHOOLS).get(id.as_str()?));
        schools.is_empty() || found.any(|school| self.shows_school(school))
    }

    fn is_target(&self, id: Option<&str>) -> bool {
        let targets = self.targets.unwrap_or_default();
        id.is_some_and(|id| targets.binary_search_by(|target| target.as_str().cmp(id)).is_ok())
    }

    fn leads_to(&self, to: &'static Schema, record: &Record, field: &str, holds: impl Fn(&Record) -> bool) -> bool {
        record.text(field).and_then(|id| self.store.of(to).get(id)).is_some_and(holds)
    }

    fn found(&self, resource: &'static Schema, field: &str, id: &str, holds: impl Fn(&Record) -> bool) -> bool {
        self.store.of(resource).find(field, id).any(holds)
    }

    /// Tells whether the integration sees the whole class: it, its course or its school is a target.
    fn has_class(&self, class: &Record) -> bool {
        self.is_target(Some(class.id()))
            || self.is_target(class.text("school_id"))
            || self.is_target(class.text("course_id"))
    }

    /// Tells whether the integration sees the class, be it only because one of its sections is a target.
    fn shows_class(&self, class: &Record) -> bool {
        self.has_class(class)
            || self.found(&SECTIONS, "class_id", class.id(), |section| self.is_target(Some(section.id())))
    }

    fn has_section(&self, section: &Record) -> bool {
        self.is_target(Some(section.id()))
            || self.leads_to(&CLASSES, section, "class_id", |class| self.has_class(class))
    }

    fn has_enrollment(&self, enrollment: &Record) -> bool {
        self.is_target(enrollment.text("section_id"))
            || self.leads_to(&CLASSES, enrollment, "class_id", |class| self.has_class(class))
    }

    /// Tells whether a person belongs to a target school, or is enrolled in a class or section that the integration
    /// sees.
    fn has_person(&self, person: &Record) -> bool {
        let schools = person.get("school_ids").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        schools.iter().any(|school| self.is_target(school.as_str()))
            || self.found(&ENROLLMENTS, "person_id", person.id(), |enrollment| self.has_enrollment(enrollment))
    }

    /// Tells whether [`has_person`](Self::has_person) holds of a person, or of one the person looks after.
    fn shows_person(&self, person: &Record) -> bool {
        self.has_person(person)
            || self.found(&AGENTS, "observer_id", person.id(), |agent| {
                self.leads_to(&PEOPLE, agent, "target_id", |target| self.has_person(target))
            })
    }

    fn has_course(&self, course: &Record) -> bool {
        self.is_target(Some(course.id())) || self.is_target(course.text("school_id"))
    }

    fn shows_course(&self, course: &Record) -> bool {
        self.has_course(course) || self.found(&CLASSES, "course_id", course.id(), |class| self.shows_class(class))
    }

    fn shows_session(&self, session: &Record) -> bool {
        self.is_target(session.text("school_id"))
            || self.found(&CLASSES, "session_ids", session.id(), |class| self.shows_class(class))
            || self.found(&COURSES, "session_id", session.id(), |course| self.shows_course(course))
    }

    fn shows_school(&self, school: &Record) -> bool {
        self.is_target(Some(school.id()))
            || self.found(&CLASSES, "school_id", school.id(), |class| self.shows_class(class))
            || self.found(&COURSES, "school_id", school.id(), |course| self.has_course(course))
    }
}
