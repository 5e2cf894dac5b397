//! Generated enrollments of people in classes, and agents of students.

use std::collections::HashMap;

use crate::apis::edlink::graph::generated::{
    GROUP, PER_SCHOOL, STUDENTS_OF_TWENTY, agent, enrollment, put, roles, strings,
};
use crate::apis::edlink::graph::resources::{AGENTS, CLASSES, ENROLLMENTS, SECTIONS};
use crate::engine::schema::problem::Problem;
use crate::engine::state::State;
use crate::engine::store::Record;

/// Classes, students and teachers of a school, for the people that are enrolled there.
#[derive(Default)]
struct Rooms {
    classes: Vec<(Record, Vec<String>)>,
    students: Vec<Record>,
    teachers: usize,
}

/// Enrolls students and teachers in classes of their school, and connects parents with students.
pub(crate) fn enroll(state: &mut State, made: &[Record]) -> Result<(), Problem> {
    let mut schools: HashMap<String, Rooms> = HashMap::new();
    for person in made {
        let Some(school) = strings(person, "school_ids").first().map(|id| (*id).to_owned()) else { continue };
        let rooms = schools.entry(school.clone()).or_insert_with(|| Rooms::of(state, &school));
        for role in roles(person) {
            match role {
                "student" => {
                    rooms.students.push(person.clone());
                    let number = rooms.students.len() - 1;
                    let each = classes_of_student(rooms.classes.len());
                    for n in 0..each {
                        let (class, sections) = &rooms.classes[(number / GROUP * each + n) % rooms.classes.len()];
                        let section = sections.get(number % sections.len().max(1));
                        let fields = enrollment("student", person, class, section.map(String::as_str));
                        put(state, &ENROLLMENTS, fields)?;
                    }
                }
                "teacher" | "ta" | "aide" | "designer" => {
                    let each = classes_of_teacher(rooms.classes.len());
                    for n in 0..each {
                        let (class, _) = &rooms.classes[(rooms.teachers * each + n) % rooms.classes.len()];
                        let fields = enrollment(role, person, class, None);
                        put(state, &ENROLLMENTS, fields)?;
                    }
                    rooms.teachers += 1;
                }
                "parent" | "guardian" => {
                    let children = rooms.students.len().min(STUDENTS_OF_TWENTY) as u64;
                    if children > 0 {
                        let back = usize::try_from(state.rng.between(1, children)).unwrap_or(1);
                        let child = rooms.students[rooms.students.len() - back].clone();
                        put(state, &AGENTS, agent(role, person, &child))?;
                    }
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Returns the number of classes of a student, at a school with `classes` classes.
pub(super) fn classes_of_student(classes: usize) -> usize {
    let each = if classes > PER_SCHOOL / 20 * STUDENTS_OF_TWENTY * 2 / GROUP { 5 } else { 1 };
    each.min(classes)
}

/// Returns the number of classes of a teacher, at a school with `classes` classes.
pub(super) fn classes_of_teacher(classes: usize) -> usize {
    (classes / 40).max(1).min(classes)
}

/// Returns the number of open classes of a school.
pub(super) fn classes_of_school(state: &State, school: &str) -> usize {
    let classes = state.store.of(&CLASSES).find("school_id", school);
    classes.filter(|class| class.text("state") == Some("active")).count()
}

impl Rooms {
    fn of(state: &State, school: &str) -> Self {
        let sections = |class: &Record| {
            state.store.of(&SECTIONS).find("class_id", class.id()).map(|section| section.id().to_owned()).collect()
        };
        let classes = state.store.of(&CLASSES).find("school_id", school);
        let open = classes.filter(|class| class.text("state") == Some("active"));
        Self { classes: open.map(|class| (class.clone(), sections(class))).collect(), ..Self::default() }
    }
}
