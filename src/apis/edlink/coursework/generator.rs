//! Generated coursework: assignments of classes, and submissions of their students.

use serde_json::{Value, json};

use crate::apis::edlink::coursework::phantoms;
use crate::apis::edlink::coursework::resources::{ASSIGNMENT_OF, ASSIGNMENTS, CATEGORIES, CLASS_OF};
use crate::apis::edlink::graph::generator::any;
use crate::apis::edlink::graph::{CLASSES, PEOPLE};
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::time::format_ms;
use crate::engine::state::State;
use crate::engine::store::Record;

/// Titles of the assignments that students are given, in turn.
const TITLES: [&str; 6] = ["Fractions", "Reading log", "Lab report", "Essay draft", "Vocabulary", "Map of the county"];

/// Kinds of categories, in turn.
const KINDS: [&str; 4] = ["Homework", "Quizzes", "Projects", "Participation"];

/// The time of the first assignment, in autumn 2023, before the start of any clock. The next ones follow at intervals
/// of an hour.
const SINCE_MS: u64 = 1_696_147_200_000;
const HOUR_MS: u64 = 60 * 60 * 1_000;
const WEEK_MS: u64 = 7 * 24 * HOUR_MS;

/// Returns the class whose turn it is, so that all classes get about the same number.
fn class(state: &mut State, place: usize) -> Result<Record, Problem> {
    let classes = state.store.of(&CLASSES).len();
    let in_turn = place.checked_rem(classes).and_then(|place| state.store.of(&CLASSES).nth(place).cloned());
    in_turn.map_or_else(|| any(state, &CLASSES), Ok)
}

/// Makes up an assignment of the class whose turn it is.
pub(crate) fn assignments(state: &mut State, place: usize) -> Result<Document, Problem> {
    let class = class(state, place)?;
    let made_ms = SINCE_MS + place as u64 % 1_000 * HOUR_MS;
    let title = format!("{} {}", TITLES[place % TITLES.len()], place + 1);
    let category = state.store.of(&CATEGORIES).find(CLASS_OF, class.id()).next().map(Record::id);
    let mut fields = Document::from_iter([
        ("grading_type", Value::from("points")),
        ("title", title.into()),
        ("description", "<p>See the board.</p>".into()),
        ("submission_types", json!(["link", "text"])),
        ("points_possible", (place % 4 * 5 + 5).into()),
        ("created_date", format_ms(made_ms).into()),
        ("updated_date", format_ms(made_ms).into()),
        ("due_date", format_ms(made_ms + WEEK_MS).into()),
        (CLASS_OF, class.id().into()),
    ]);
    if let Some(category) = category {
        fields.insert("category_id", category.into());
    }
    Ok(fields)
}

/// Reckons the submissions that come with assignments. Fields that assignments are given may say that they are for no
/// student.
pub(crate) fn come_with_assignments(state: &State, count: usize, like: Option<&Document>) -> usize {
    let given = |field: &str| like.and_then(|like| like.get(field));
    if given("assignee_mode").is_some() || given("assignee_ids").is_some() {
        return 0;
    }
    let of = |class: &str| phantoms::people(state, class).count();
    if let Some(class) = given(CLASS_OF) {
        return count.saturating_mul(class.as_str().map_or(0, of));
    }
    let classes = state.store.of(&CLASSES);
    if classes.is_empty() {
        return 0;
    }
    let first = usize::try_from(state.store.of(&ASSIGNMENTS).next_sequence()).unwrap_or(usize::MAX);
    // Each class has its turn as often as every other one, or once more.
    let (turns, more) = (count / classes.len(), count % classes.len());
    let has_more = |place: usize| (place + classes.len() - first % classes.len()) % classes.len() < more;
    let taken = classes.iter().enumerate().filter(|(place, _)| turns > 0 || has_more(*place));
    taken.map(|(place, class)| (turns + usize::from(has_more(place))).saturating_mul(of(class.id()))).sum()
}

/// Makes the submissions of assignments that were just made up: one for each student.
pub(crate) fn submissions_of(state: &mut State, made: &[Record]) -> Result<(), Problem> {
    made.iter().try_for_each(|assignment| phantoms::ensure(state, assignment))
}

/// Makes up a submission of any person to any assignment.
pub(crate) fn submissions(state: &mut State, place: usize) -> Result<Document, Problem> {
    let (assignment, person) = (any(state, &ASSIGNMENTS)?, any(state, &PEOPLE)?);
    let at = format_ms(SINCE_MS + WEEK_MS / 2 + place as u64 % 1_000 * HOUR_MS);
    let link = json!({ "type": "link", "title": "My answer", "url": format!("https://example.test/{place}") });
    Ok(Document::from_iter([
        ("state", Value::from("submitted")),
        ("created_date", at.clone().into()),
        ("updated_date", at.clone().into()),
        ("attempts", json!([{ "created_date": at, "attachments": [link] }])),
        ("person_id", person.id().into()),
        (ASSIGNMENT_OF, assignment.id().into()),
    ]))
}

/// Makes up a category of the class whose turn it is.
pub(crate) fn categories(state: &mut State, place: usize) -> Result<Document, Problem> {
    let class = class(state, place)?;
    Ok(Document::from_iter([
        ("title", Value::from(KINDS[place % KINDS.len()])),
        ("position", (place % KINDS.len() + 1).into()),
        ("created_date", format_ms(SINCE_MS).into()),
        ("updated_date", format_ms(SINCE_MS).into()),
        (CLASS_OF, class.id().into()),
    ]))
}
