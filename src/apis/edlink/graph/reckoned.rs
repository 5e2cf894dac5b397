//! Numbers of records that come with generated ones, reckoned before any is made. Each is the least that can come.

use crate::apis::edlink::graph::enrollment_generator::{classes_of_school, classes_of_student, classes_of_teacher};
use crate::apis::edlink::graph::generated::{PER_SCHOOL, STUDENTS_OF_TWENTY};
use crate::apis::edlink::graph::generator::{GROUPS, KINDS, SUBJECTS, next};
use crate::apis::edlink::graph::resources::{PEOPLE, SCHOOLS};
use crate::engine::schema::document::Document;
use crate::engine::state::State;

/// Reckons the courses, classes and sections that come with schools.
pub(crate) fn come_with_schools(state: &State, count: usize, like: Option<&Document>) -> usize {
    let places = next(state, &SCHOOLS)..next(state, &SCHOOLS).saturating_add(count);
    if like.is_some_and(|like| like.get("grade_levels").is_some()) {
        return count.saturating_mul(comes_with_school(KINDS[0].2));
    }
    places.map(|place| comes_with_school(KINDS[place % KINDS.len()].2)).sum()
}

/// Reckons the schools that people need, with what comes with those.
fn schools_for(state: &State, people: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
    let (first, known) = (next(state, &SCHOOLS), state.store.of(&SCHOOLS).len());
    let needed = next(state, &PEOPLE).saturating_add(people).div_ceil(PER_SCHOOL);
    let new = if people == 0 { 0 } else { needed.saturating_sub(known) };
    (0..new).map(move |n| {
        let classes_each = KINDS[(first + n) % KINDS.len()].2;
        (GROUPS * classes_each, 1 + comes_with_school(classes_each))
    })
}

/// Returns the number of records that come with a school whose students have this number of classes each.
const fn comes_with_school(classes_each: usize) -> usize {
    let classes = GROUPS * classes_each;
    SUBJECTS.len() + classes + 2 * classes.div_ceil(4)
}

/// Reckons the schools that come with people, and the enrollments of those people in them. Fields that people are given
/// may say that they are enrolled nowhere.
pub(crate) fn come_with_people(state: &State, count: usize, like: Option<&Document>) -> usize {
    let (mut reckoned, mut new) = (0_usize, Vec::new());
    for (classes, with_school) in schools_for(state, count) {
        new.push(classes);
        reckoned += with_school;
    }
    if like.is_some_and(|like| ["roles", "school_ids"].iter().any(|field| like.get(field).is_some())) {
        return reckoned;
    }
    let known = state.store.of(&SCHOOLS);
    let (mut place, end) = (next(state, &PEOPLE), next(state, &PEOPLE).saturating_add(count));
    while place < end {
        let school = place / PER_SCHOOL;
        let classes = match known.nth(school) {
            Some(school) => classes_of_school(state, school.id()),
            None => new[school - known.len()],
        };
        let last = end.min((school + 1) * PER_SCHOOL);
        for place in place..last {
            reckoned += match place % PER_SCHOOL % 20 {
                0..STUDENTS_OF_TWENTY => classes_of_student(classes),
                STUDENTS_OF_TWENTY => classes_of_teacher(classes),
                _ => 0,
            };
        }
        place = last;
    }
    reckoned
}
