//! The records of coursework. Fields without a value are left out.

use crate::apis::edlink::coursework::states::{self, BY_CLOCK, COURSE};
use crate::apis::edlink::graph::{CLASSES, PEOPLE, SECTIONS, SESSIONS};
use crate::apis::edlink::meta::{CREATED, ID, UPDATED};
use crate::engine::schema::field::{DefaultValue, Field, Kind, field, text};
use crate::engine::schema::schema::{IdFormat, Schema};

/// The class of an assignment or category, which is not shown because the path has it.
pub(crate) const CLASS_OF: &str = "standin_class_id";

/// The assignment of a submission, which is not shown because the path has it.
pub(crate) const ASSIGNMENT_OF: &str = "standin_assignment_id";

/// The field that tells whether the flags of a submission were set by hand, so that the clock sets none.
pub(super) const FLAGS_BY_HAND: &str = "standin_flags_by_hand";

const BY_COURSE: Field = text(COURSE).assumed(&[BY_CLOCK]);

/// Ways to grade an assignment.
pub(super) const GRADING_TYPES: &[&str] = &["points", "percent", "pass_fail", "letter_grade", "rubric"];

/// The states of an assignment.
pub(super) const STATES: &[&str] = &["draft", "scheduled", "open", "locked"];

/// Types of submissions.
pub(super) const SUBMISSION_TYPES: &[&str] = &["link", "file", "text", "discussion"];

/// The modes of an assignment's assignees. Consumers choose between the first two.
const ASSIGNEE_MODES: &[&str] = &["all", "individuals", "groups", "none", "sections"];

/// Flags a submission can be marked with.
pub(super) const FLAGS: &[&str] = &["missing", "late", "excused"];

const ATTACHMENTS: Field = field("attachments", Kind::List).or(DefaultValue::EmptyList);
const CLASS: Field = field(CLASS_OF, Kind::Reference(&CLASSES)).required();

/// Assignments of a class.
pub(crate) static ASSIGNMENTS: Schema = Schema::new(
    "edlink.assignments",
    "Assignment",
    "id",
    IdFormat::Uuid,
    &[
        ATTACHMENTS,
        field("assignee_mode", Kind::Enum(ASSIGNEE_MODES)).required().or(DefaultValue::Text("all")),
        field("grading_type", Kind::Enum(GRADING_TYPES)).required(),
        field("max_attempts", Kind::Integer).required().or(DefaultValue::Number(1)),
        text("title").required(),
        text("description").required(),
        field("submission_types", Kind::EnumList(SUBMISSION_TYPES)).required(),
        field("state", Kind::Enum(STATES)).required().or(DefaultValue::Text("open")),
        field("points_possible", Kind::Number),
        CREATED,
        UPDATED,
        field("due_date", Kind::Time).required(),
        ID,
        field("category_id", Kind::Reference(&CATEGORIES)),
        field("display_date", Kind::Time),
        field("start_date", Kind::Time),
        field("end_date", Kind::Time),
        field("assignee_ids", Kind::References(&PEOPLE)),
        field("session_id", Kind::Reference(&SESSIONS)),
        field("section_ids", Kind::References(&SECTIONS)),
        text("description_plaintext"),
        text("module_id"),
        text("rubric_id"),
        text("parent_id"),
        field("properties", Kind::Object),
        CLASS,
        BY_COURSE,
    ],
)
.due_at(states::moves_at);

/// Submissions: one of each student for an assignment.
pub(crate) static SUBMISSIONS: Schema = Schema::new(
    "edlink.submissions",
    "Submission",
    "id",
    IdFormat::Uuid,
    &[
        field("flags", Kind::EnumList(FLAGS)).or(DefaultValue::EmptyList),
        field("state", Kind::Enum(&["created", "submitted", "reclaimed", "returned"]))
            .required()
            .or(DefaultValue::Text("created")),
        CREATED,
        UPDATED,
        field("attempts", Kind::List).or(DefaultValue::EmptyList),
        field("grade_points", Kind::Number),
        text("grade"),
        field("rubric_grade", Kind::Any),
        text("grade_comment"),
        field("grader_id", Kind::Reference(&PEOPLE)),
        field("extra_attempts", Kind::Integer),
        field("override_due_date", Kind::Time),
        ID,
        field("person_id", Kind::Reference(&PEOPLE)).required(),
        field(ASSIGNMENT_OF, Kind::Reference(&ASSIGNMENTS)).required(),
        field(FLAGS_BY_HAND, Kind::Bool),
        BY_COURSE,
    ],
);

/// Categories that the assignments of a class are graded by.
pub(crate) static CATEGORIES: Schema = Schema::new(
    "edlink.categories",
    "Category",
    "id",
    IdFormat::Uuid,
    &[
        text("title").required(),
        field("position", Kind::Integer),
        field("weight", Kind::Number),
        field("drop_lowest", Kind::Integer),
        CREATED,
        UPDATED,
        field("properties", Kind::Object).or(DefaultValue::EmptyObject),
        field("identifiers", Kind::List).or(DefaultValue::EmptyList),
        ID,
        CLASS,
    ],
);
