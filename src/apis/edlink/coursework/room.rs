//! A class, as the path of coursework names it, and the rights of the caller there.

use serde_json::{Value, json};

use crate::apis::edlink::coursework::idempotency;
use crate::apis::edlink::coursework::phantoms;
use crate::apis::edlink::coursework::phantoms::is_for;
use crate::apis::edlink::coursework::resources::{
    ASSIGNMENT_OF, ASSIGNMENTS, CATEGORIES, CLASS_OF, FLAGS_BY_HAND, SUBMISSIONS,
};
use crate::apis::edlink::errors::{INVALID_REQUEST_BODY, NO_PERMISSION};
use crate::apis::edlink::graph::{CLASSES, ENROLLMENTS, Viewer, Warning, cursors, envelope};
use crate::apis::edlink::paging;
use crate::engine::api::context::Context;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::field::PRIVATE_PREFIX;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::schema::time::parse_ms;
use crate::engine::store::Record;
use crate::engine::store::{Between, Page};
use crate::http::message::Response;

/// The roles that may write in a class.
const WRITERS: [&str; 5] = ["teacher", "ta", "designer", "administrator", "district-administrator"];

/// The system whose submissions have one flag, and whose grader is always the caller.
const CANVAS: &str = "canvas";

/// The parameters of other lists that those of coursework ignore: no document says that they do.
const IGNORED: [&str; 6] = ["$last", "$after", "$before", "$filter", "$expand", "$fields"];

/// A class, and the caller's part in it.
pub(super) struct Room {
    /// The class.
    pub class: Record,
    /// The person whose token the caller presents; `None` on the Graph.
    pub person: Option<String>,
    /// True if the person may write here; on the Graph, every permission to read is one to write.
    pub writes: bool,
    /// True if the person is a student here, and no writer.
    is_student: bool,
    /// True if the source runs on Canvas.
    pub is_canvas: bool,
}

impl Room {
    /// Returns the class that the path names.
    pub(super) fn of(context: &Context<'_>) -> Result<Self, Problem> {
        let class = context.record(&CLASSES, "class_id")?;
        let viewer = Viewer::of(context);
        let is_canvas = viewer.integration.get("provider").is_some_and(|it| it["application"] == CANVAS);
        let Some(person) = viewer.person() else {
            return Ok(Self { class, person: None, writes: true, is_student: false, is_canvas });
        };
        let enrollments = context.state.store.of(&ENROLLMENTS).find("person_id", person);
        let own: Vec<&Record> = enrollments.filter(|it| it.text("class_id") == Some(class.id())).collect();
        if own.is_empty() {
            return Err(Problem::NotFound { resource: &CLASSES, id: class.id().to_owned() });
        }
        let is_active = |it: &&&Record| it.text("state") == Some("active");
        let writes = own.iter().filter(is_active).any(|it| it.text("role").is_some_and(|role| WRITERS.contains(&role)));
        let is_student = !writes && own.iter().any(|it| it.text("role") == Some("student"));
        Ok(Self { person: Some(person.to_owned()), class, writes, is_student, is_canvas })
    }

    /// Returns a class in which the caller may write.
    pub(super) fn to_write(context: &Context<'_>) -> Result<Self, Problem> {
        let room = Self::of(context)?;
        room.check_writer()?;
        Ok(room)
    }

    /// Rejects a caller that may not write.
    pub(super) fn check_writer(&self) -> Result<(), Problem> {
        if self.writes {
            return Ok(());
        }
        let message = format!("One of these roles in the class is required for this request: {}.", WRITERS.join(", "));
        Err(Problem::named(NO_PERMISSION, message))
    }

    /// Tells whether the caller sees an assignment of the class: what students do not see is assumed.
    pub(super) fn sees(&self, context: &mut Context<'_>, assignment: &Record) -> bool {
        let is_visible = self.is_visible(assignment);
        if !is_visible {
            context.rests_on(Evidence::Assumed);
        }
        is_visible
    }

    fn is_visible(&self, assignment: &Record) -> bool {
        if self.writes {
            return true;
        }
        let is_out = !matches!(assignment.text("state"), Some("draft" | "scheduled"));
        is_out && (!self.is_student || self.person.as_deref().is_some_and(|person| is_for(assignment, person)))
    }

    /// Returns the assignment that the path names, with all its submissions.
    pub(super) fn assignment(&self, context: &mut Context<'_>) -> Result<Record, Problem> {
        let raw = context.param("assignment_id");
        let not_found = |id: &str| Problem::NotFound { resource: &ASSIGNMENTS, id: id.to_owned() };
        // An alias has the form `type:identifier`, and the fake knows none.
        if raw.contains(':') {
            return Err(not_found(raw));
        }
        let id = context.api.dialect.id("assignment_id", raw)?.into_owned();
        let found = phantoms::assignment(context.state, &id)?;
        let of_class = found.filter(|it| it.text(CLASS_OF) == Some(self.class.id()));
        let seen = of_class.filter(|it| self.sees(context, it));
        seen.ok_or_else(|| not_found(&id))
    }

    /// Returns the submission that the path names: by its own id or, on the Graph, by that of its person.
    pub(super) fn submission(&self, context: &Context<'_>, assignment: &Record) -> Result<Record, Problem> {
        let id = context.api.dialect.id("submission_id", context.param("submission_id"))?;
        let submissions = context.state.store.of(&SUBMISSIONS);
        let by_id = submissions.get(&id).filter(|it| it.text(ASSIGNMENT_OF) == Some(assignment.id()));
        let by_person = || {
            let mut own = submissions.find(ASSIGNMENT_OF, assignment.id());
            own.find(|it| it.text("person_id") == Some(&*id)).filter(|_| self.person.is_none())
        };
        let found = by_id.or_else(by_person).filter(|it| self.sees_submission(it)).cloned();
        found.ok_or_else(|| Problem::NotFound { resource: &SUBMISSIONS, id: id.into_owned() })
    }

    /// Tells whether the caller sees a submission of an assignment it sees.
    pub(super) fn sees_submission(&self, submission: &Record) -> bool {
        self.writes || submission.text("person_id") == self.person.as_deref()
    }

    /// Returns the submission of the person whose token it is.
    pub(super) fn own_submission(&self, context: &mut Context<'_>, assignment: &Record) -> Result<Record, Problem> {
        let is_own = |it: &&Record| self.person.is_some() && it.text("person_id") == self.person.as_deref();
        let own = context.state.store.of(&SUBMISSIONS).find(ASSIGNMENT_OF, assignment.id()).find(is_own).cloned();
        if own.is_none() {
            context.rests_on(Evidence::Assumed);
        }
        own.ok_or_else(|| Problem::named(NO_PERMISSION, "This person has no submission to this assignment."))
    }

    /// Returns the category that the path names.
    pub(super) fn category(&self, context: &Context<'_>) -> Result<Record, Problem> {
        let category = context.record(&CATEGORIES, "category_id")?;
        if category.text(CLASS_OF) == Some(self.class.id()) {
            return Ok(category);
        }
        Err(Problem::NotFound { resource: &CATEGORIES, id: category.id().to_owned() })
    }

    /// Shows a record.
    pub(super) fn shown(&self, context: &mut Context<'_>, record: &Record) -> Value {
        if record.is_assumed() {
            context.rests_on(Evidence::Assumed);
        }
        let public = record.fields().iter().filter(|(name, _)| !name.starts_with(PRIVATE_PREFIX));
        let mut shown: Value = public.map(|(name, value)| (name.to_owned(), value.clone())).collect();
        if *record.resource() == SUBMISSIONS {
            shown["flags"] = self.flags(context, record).into();
        }
        shown
    }

    /// Returns the flags a submission is marked with: by hand, or else by the clock too.
    fn flags(&self, context: &mut Context<'_>, submission: &Record) -> Vec<String> {
        let stored = submission.get("flags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut flags: Vec<String> = stored.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let by_hand = submission.get(FLAGS_BY_HAND) == Some(&Value::Bool(true));
        if !by_hand && submission.text("state") == Some("created") && is_past_due(context, submission) {
            flags.push("missing".to_owned());
            // The documents say what the flag means, and not who sets it.
            context.rests_on(Evidence::Assumed);
        }
        flags.dedup();
        if self.is_canvas && flags.len() > 1 {
            let first = ["excused", "missing", "late"].into_iter().find(|flag| flags.iter().any(|it| it == flag));
            flags = first.into_iter().map(str::to_owned).collect();
        }
        flags
    }

    /// Answers with a list. The query chooses only the page.
    pub(super) fn list(&self, context: &mut Context<'_>, mut records: Vec<Record>) -> Result<Response, Problem> {
        let asked = match context.query.get("$cursor") {
            Some(cursor) => cursors::find(context, cursor)?,
            None => cursors::Remembered {
                backward: false,
                count: paging::first(context.query)?,
                between: Between { after: None, before: None },
                filter: None,
                expand: None,
                fields: None,
            },
        };
        if IGNORED.iter().any(|name| context.query.get(name).is_some()) {
            context.rests_on(Evidence::Assumed);
        }
        records.sort_unstable_by_key(Record::sequence);
        let page = Page::of(&records, &asked.window());
        let data: Value = page.records.iter().map(|record| self.shown(context, record)).collect();
        let next = cursors::next(context, &page, &asked);
        Ok(envelope::warned(context, &data, next, &[]))
    }

    /// Answers with a record.
    pub(super) fn one(
        &self,
        context: &mut Context<'_>,
        record: &Record,
        warnings: &[Warning],
    ) -> Result<Response, Problem> {
        let shown = self.shown(context, record);
        idempotency::remember(context, &shown)?;
        Ok(envelope::warned(context, &shown, None, warnings))
    }
}

/// Tells whether the due date of a submission has passed.
pub(super) fn is_past_due(context: &Context<'_>, submission: &Record) -> bool {
    let assignment = submission.text(ASSIGNMENT_OF).and_then(|id| context.state.store.of(&ASSIGNMENTS).get(id));
    let due = submission.text("override_due_date").or_else(|| assignment?.text("due_date"));
    due.and_then(parse_ms).is_some_and(|due_ms| due_ms < context.state.clock.now_ms())
}

/// Returns the records of that kind whose field leads to this record.
pub(super) fn belonging(context: &Context<'_>, resource: &'static Schema, field: &str, to: &Record) -> Vec<Record> {
    context.state.store.of(resource).find(field, to.id()).cloned().collect()
}

/// Answers a deletion with an empty object: the documents do not show the body, and a client reads JSON.
#[expect(clippy::unnecessary_wraps, reason = "operations end with it")]
pub(super) fn gone(context: &mut Context<'_>) -> Result<Response, Problem> {
    context.rests_on(Evidence::Assumed);
    Ok(envelope::value(context, &json!({})))
}

/// Returns the problem of a body that is wrong in this way.
pub(super) fn invalid(message: impl Into<String>) -> Problem {
    Problem::named(INVALID_REQUEST_BODY, message)
}
