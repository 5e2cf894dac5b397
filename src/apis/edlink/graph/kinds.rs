//! The kinds of records of the Graph, a row each: its word in events, its parent, and the filters of its lists.

use crate::apis::edlink::coursework::{ASSIGNMENT_OF, ASSIGNMENTS, CATEGORIES, CLASS_OF, SUBMISSIONS};
use crate::apis::edlink::graph::operators::Operator::{
    self, AtLeast, AtMost, Contains, Equals, Greater, In, IsKnown, IsUnknown, Less, NotIn, StartsWith,
};
use crate::apis::edlink::graph::records::{LICENSES, MATERIALIZATIONS};
use crate::apis::edlink::graph::resources::{
    AGENTS, CLASSES, COURSES, DEPARTMENTS, DISTRICT_OF, DISTRICTS, ENROLLMENTS, EVENTS, PEOPLE, PERIODS, SCHOOLS,
    SECTIONS, SESSIONS, SUBJECTS,
};
use crate::engine::schema::schema::Schema;

/// One kind of record.
pub(crate) struct GraphKind {
    /// The records.
    pub schema: &'static Schema,
    /// The word of events for such a record; `None` where there are no events about it.
    pub event: Option<&'static str>,
    /// The word of v1 for the organization that it is.
    pub organization: Option<&'static str>,
    /// The reference that leads towards its district.
    pub parent: Option<(&'static str, &'static Schema)>,
    /// The fields a list can be filtered by, beside `id` and `updated_date`, with their operators.
    pub filters: &'static [(&'static str, &'static [Operator])],
}

/// The operators for texts.
const T: &[Operator] = &[Equals, In, NotIn, StartsWith, Contains, IsKnown, IsUnknown];
/// The operators for ids, and for one of several words.
pub(crate) const I: &[Operator] = &[Equals, In, NotIn];
/// The operators for dates.
pub(crate) const D: &[Operator] = &[Equals, Greater, AtLeast, Less, AtMost];
/// The operators for words that may be absent.
const K: &[Operator] = &[Equals, In, NotIn, IsKnown, IsUnknown];
/// The operators for e-mail addresses.
const E: &[Operator] = &[Equals, StartsWith, Contains];

const fn kind(schema: &'static Schema) -> GraphKind {
    GraphKind { schema, event: None, organization: None, parent: None, filters: &[] }
}

impl GraphKind {
    const fn event(mut self, word: &'static str) -> Self {
        self.event = Some(word);
        self
    }

    const fn organization(mut self, word: &'static str) -> Self {
        self.organization = Some(word);
        self
    }

    const fn below(mut self, field: &'static str, parent: &'static Schema) -> Self {
        self.parent = Some((field, parent));
        self
    }

    const fn filters(mut self, filters: &'static [(&'static str, &'static [Operator])]) -> Self {
        self.filters = filters;
        self
    }
}

/// The kinds, parents before the kinds below them.
pub(crate) static KINDS: &[GraphKind] = &[
    kind(&DISTRICTS).event("district").organization("district"),
    kind(&SCHOOLS).event("school").organization("school").below("district_id", &DISTRICTS).filters(&[("name", T)]),
    kind(&SESSIONS).event("session").below("district_id", &DISTRICTS).filters(&[
        ("name", T),
        ("start_date", D),
        ("end_date", D),
    ]),
    kind(&COURSES).event("course").below("district_id", &DISTRICTS).filters(&[
        ("code", K),
        ("school_id", I),
        ("session_id", I),
        ("department_id", I),
        ("subject_id", I),
    ]),
    kind(&CLASSES).event("class").organization("course").below("school_id", &SCHOOLS).filters(&[
        ("name", T),
        ("state", I),
        ("session_ids", I),
        ("course_id", I),
        ("department_id", I),
        ("subject_id", I),
        ("school_id", I),
    ]),
    kind(&SECTIONS)
        .event("section")
        .organization("section")
        .below("class_id", &CLASSES)
        .filters(&[("name", T), ("state", I)]),
    kind(&PEOPLE).event("person").below("district_id", &DISTRICTS).filters(&[
        ("first_name", T),
        ("middle_name", T),
        ("last_name", T),
        ("display_name", T),
        ("email", E),
        ("roles", I),
        ("school_ids", I),
    ]),
    kind(&ENROLLMENTS).event("enrollment").below("class_id", &CLASSES).filters(&[
        ("role", K),
        ("person_id", I),
        ("class_id", I),
        ("section_id", I),
        ("state", I),
    ]),
    kind(&AGENTS).event("agent").below("target_id", &PEOPLE).filters(&[("observer_id", I), ("target_id", I)]),
    kind(&SUBJECTS).below(DISTRICT_OF, &DISTRICTS),
    kind(&DEPARTMENTS).below(DISTRICT_OF, &DISTRICTS),
    kind(&PERIODS).below(DISTRICT_OF, &DISTRICTS),
    kind(&ASSIGNMENTS).below(CLASS_OF, &CLASSES),
    kind(&CATEGORIES).below(CLASS_OF, &CLASSES),
    kind(&SUBMISSIONS).below(ASSIGNMENT_OF, &ASSIGNMENTS),
    kind(&EVENTS),
    kind(&MATERIALIZATIONS).filters(&[("state", I)]),
    kind(&LICENSES),
];

/// Returns the row of a kind of record.
pub(crate) fn of(schema: &Schema) -> Option<&'static GraphKind> {
    KINDS.iter().find(|kind| kind.schema == schema)
}

/// Returns the kinds that events are about, in their order, with the word of events.
pub(crate) fn with_events() -> impl Iterator<Item = (&'static Schema, &'static str)> {
    KINDS.iter().filter_map(|kind| Some((kind.schema, kind.event?)))
}

/// Returns the kinds that are organizations of v1, from the top, with the word of v1.
pub(crate) fn organizations() -> impl Iterator<Item = (&'static Schema, &'static str)> {
    KINDS.iter().filter_map(|kind| Some((kind.schema, kind.organization?)))
}
