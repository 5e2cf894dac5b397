//! The description of one API: its resources, its routes, its errors, and how it speaks.
//!
//! Everything here is `const`-constructible, so that an API reads as a table. The router, the coverage report, the
//! README's table, `standin routes` and the exported `OpenAPI` document all come from these rows.

use std::borrow::Cow;

use crate::engine::action::{Call, Page, Selection};
use crate::engine::chance::Chance;
use crate::engine::field::Field;
use crate::engine::message::{Reply, Request, Verb};
use crate::engine::path::{Query, Target};
use crate::engine::problem::Problem;
use crate::engine::store::{Fields, Record};
use crate::engine::world::World;

/// How well something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Evidence {
    /// A seed document or the vendor's documentation says so.
    Documented,
    /// A public client or a recorded answer shows it.
    Observed,
    /// Nobody says; decided here.
    Assumed,
}

impl Evidence {
    /// The word used in headers and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Assumed => "assumed",
        }
    }
}

/// The description of one API.
pub struct Api {
    /// The name in operations, collections and settings: `celigo`.
    pub name: &'static str,
    /// The name in prose.
    pub title: &'static str,
    /// The first path segment of all its routes: `/v1`.
    pub base: &'static str,
    /// Its operations.
    pub routes: &'static [Route],
    /// Its kinds of records, including those no route shows.
    pub resources: &'static [&'static Resource],
    /// The errors it can answer with.
    pub errors: &'static [ErrorKind],
    /// Names of errors that every operation can answer with.
    pub common_errors: &'static [&'static str],
    /// How it speaks.
    pub dialect: &'static dyn Dialect,
    /// How records look when made up, from their place in the collection. No fields: records of that kind are not made
    /// up.
    pub made_up: fn(&'static Resource, usize, &mut Chance) -> Fields,
}

impl Api {
    /// The row of an error, by name.
    pub fn error(&self, name: &str) -> Option<&'static ErrorKind> {
        self.errors.iter().find(|error| error.name == name)
    }

    /// The resource of a collection name such as `celigo.flows`.
    pub fn resource(&self, collection: &str) -> Option<&'static Resource> {
        self.resources.iter().copied().find(|resource| resource.name == collection)
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// One error an API can answer with.
pub struct ErrorKind {
    /// The name scenarios use, lower case: `not_found`.
    pub name: &'static str,
    /// The code in the body.
    pub code: &'static str,
    /// The status, unless the dialect knows a reason for another.
    pub status: u16,
    /// The message when there is nothing better to say.
    pub message: &'static str,
    /// How well it is known.
    pub evidence: Evidence,
}

/// A kind of record.
pub struct Resource {
    /// The collection: `celigo.integrations`.
    pub name: &'static str,
    /// One of them, as error messages say it: `Integration`.
    pub title: &'static str,
    /// The field that holds the id.
    pub id_field: &'static str,
    /// How its ids look.
    pub ids: Ids,
    /// The documented fields, in the documented order.
    pub fields: &'static [Field],
    /// Fields whose value no two records may share.
    pub unique: &'static [&'static str],
    /// Further fields by which records are looked up. Unique fields and references are indexed anyway.
    pub indexed: &'static [&'static str],
    /// References that lie deeper than a field.
    pub links: &'static [Link],
    /// Fills in what nobody said, where one field's default cannot.
    pub prepared: Option<Prepare>,
    /// May refuse a change that breaks a rule between records.
    pub guard: Option<Guard>,
    /// Does what follows from a change.
    pub changed: Option<Changed>,
    /// What consumers see of a record, where that is not simply its fields.
    pub shown: Option<fn(&Fields) -> Fields>,
    /// What happens to a record when the world's clock reaches a time.
    pub due: Option<Due>,
}

impl Resource {
    /// A resource without rules between records.
    pub const fn new(
        name: &'static str,
        title: &'static str,
        id_field: &'static str,
        ids: Ids,
        fields: &'static [Field],
    ) -> Self {
        Self {
            name,
            title,
            id_field,
            ids,
            fields,
            unique: &[],
            indexed: &[],
            links: &[],
            prepared: None,
            guard: None,
            changed: None,
            shown: None,
            due: None,
        }
    }

    /// No two records share the value of one of these fields.
    pub const fn unique(mut self, fields: &'static [&'static str]) -> Self {
        self.unique = fields;
        self
    }

    /// Records are looked up by these fields too.
    pub const fn indexed(mut self, fields: &'static [&'static str]) -> Self {
        self.indexed = fields;
        self
    }

    /// Its records refer to others from deeper than a field.
    pub const fn links(mut self, links: &'static [Link]) -> Self {
        self.links = links;
        self
    }

    /// Sets what fills in what nobody said.
    pub const fn prepared(mut self, prepare: Prepare) -> Self {
        self.prepared = Some(prepare);
        self
    }

    /// Sets the rule that may refuse a change.
    pub const fn guard(mut self, guard: Guard) -> Self {
        self.guard = Some(guard);
        self
    }

    /// Sets what follows from a change.
    pub const fn changed(mut self, changed: Changed) -> Self {
        self.changed = Some(changed);
        self
    }

    /// Sets what consumers see.
    pub const fn shown(mut self, shown: fn(&Fields) -> Fields) -> Self {
        self.shown = Some(shown);
        self
    }

    /// Sets what happens when the clock reaches a time.
    pub const fn due(mut self, due: Due) -> Self {
        self.due = Some(due);
        self
    }

    /// The rules of a field, if it is documented.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// References that lie deeper than a field: they must lead somewhere, and records are found by them.
#[derive(Clone, Copy)]
pub struct Link {
    /// The field they lie in.
    pub field: &'static str,
    /// What they refer to.
    pub to: &'static Resource,
    /// The ids referred to, from a record's fields.
    pub ids: fn(&Fields) -> Vec<&str>,
}

/// How the ids of a resource look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// 24 lower-case hex digits when made here; any text when looked up.
    ObjectId,
    /// A UUID: any 8-4-4-4-12 hex form, lower-cased.
    Uuid,
}

/// A change somebody wants to make.
#[derive(Clone, Copy)]
pub enum Proposal<'a> {
    /// A new record with these fields.
    Create(&'a Fields),
    /// These fields in place of that record's.
    Replace(&'a Record, &'a Fields),
    /// That record goes.
    Remove(&'a Record),
}

/// A change that was made.
#[derive(Clone, Copy)]
pub enum Change<'a> {
    /// This record is new.
    Created(&'a Record),
    /// The second stands where the first stood.
    Replaced(&'a Record, &'a Record),
    /// This record is gone.
    Removed(&'a Record),
}

/// Who makes a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A consumer, through the API: may not set what the service owns.
    Consumer,
    /// A person or another system behind the API: the control API, a test, a step of a scenario.
    Administrator,
    /// A file or a generator, while a world is furnished: it makes no history.
    Fixture,
}

/// Fills in what nobody said, before defaults and checks: from the record's id, the fields given, and the record that
/// stands there until now.
pub type Prepare = fn(&mut World, &str, Fields, Option<&Record>) -> Fields;

/// What happens to a record when the world's clock reaches a time.
#[derive(Clone, Copy)]
pub struct Due {
    /// That time, in milliseconds since 1970, if there is one.
    pub at: fn(&Fields) -> Option<u64>,
    /// What then happens. Afterwards the record is no longer due.
    pub happens: Changes,
}

/// Changes a record because its time has come.
pub type Changes = fn(&mut World, &Record) -> Result<(), Problem>;

/// May refuse a change, and must not make one.
pub type Guard = fn(&World, Proposal<'_>, By) -> Result<(), Problem>;

/// Does what follows from a change.
pub type Changed = fn(&mut World, Change<'_>, By) -> Result<(), Problem>;

/// An operation's own code.
pub type Operation = fn(&mut Call<'_>) -> Result<Reply, Problem>;

/// What a route does.
#[derive(Clone, Copy)]
pub enum Action {
    /// The records of a resource, filtered and paged by the dialect.
    List(&'static Resource),
    /// One record.
    Read(&'static Resource),
    /// A new record from the body.
    Create(&'static Resource),
    /// The body in place of a record.
    Replace(&'static Resource),
    /// A record goes.
    Remove(&'static Resource),
    /// A function.
    Custom(Operation),
    /// Known, but not modelled: 501 in the fake's own words.
    NotModelled,
}

impl Action {
    /// The word for it in listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List(_) => "list",
            Self::Read(_) => "read",
            Self::Create(_) => "create",
            Self::Replace(_) => "replace",
            Self::Remove(_) => "remove",
            Self::Custom(_) => "custom",
            Self::NotModelled => "not modelled",
        }
    }

    /// The resource of a standard action.
    pub fn resource(self) -> Option<&'static Resource> {
        match self {
            Self::List(it) | Self::Read(it) | Self::Create(it) | Self::Replace(it) | Self::Remove(it) => Some(it),
            Self::Custom(_) | Self::NotModelled => None,
        }
    }
}

/// One documented operation.
#[derive(Clone, Copy)]
pub struct Route {
    /// The operation without the API's name: `integrations.create`.
    pub name: &'static str,
    /// The verb.
    pub verb: Verb,
    /// The path below the API's base, parameters in braces.
    pub path: &'static str,
    /// What it does.
    pub action: Action,
    /// The status of success.
    pub success: u16,
    /// Names of the errors it documents, beyond those every operation of the API has.
    pub errors: &'static [&'static str],
    /// How well it is known.
    pub evidence: Evidence,
    /// Where it is documented.
    pub source: &'static str,
    /// Which credential it takes, in the dialect's own words.
    pub access: Access,
    /// One sentence: what it does.
    pub about: &'static str,
}

/// Which credential an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// The API's usual one.
    Usual,
    /// None.
    Open,
    /// The one of an application (Edlink: its secret key).
    Application,
    /// The one of an integration (Edlink: its access token).
    Integration,
    /// The one of a person.
    Person,
}

macro_rules! verbs {
    ($($name:ident $verb:ident $success:literal),*) => {$(
        #[doc = concat!("A `", stringify!($verb), "` row that succeeds with ", stringify!($success), ".")]
        pub const fn $name(path: &'static str, name: &'static str, action: Action) -> Route {
            Route {
                name, verb: Verb::$verb, path, action, success: $success, errors: &[], evidence: Evidence::Assumed,
                source: "", access: Access::Usual, about: "",
            }
        }
    )*};
}
verbs!(get Get 200, post Post 201, put Put 200, patch Patch 204, delete Delete 204);

impl Route {
    /// Documented, there.
    pub const fn documented(mut self, source: &'static str) -> Self {
        (self.evidence, self.source) = (Evidence::Documented, source);
        self
    }

    /// Observed, there.
    pub const fn observed(mut self, source: &'static str) -> Self {
        (self.evidence, self.source) = (Evidence::Observed, source);
        self
    }

    /// Assumed, for that reason.
    pub const fn assumed(mut self, reason: &'static str) -> Self {
        (self.evidence, self.source) = (Evidence::Assumed, reason);
        self
    }

    /// Succeeds with this status instead of its verb's usual one.
    pub const fn answers(mut self, status: u16) -> Self {
        self.success = status;
        self
    }

    /// Documents these errors.
    pub const fn fails(mut self, errors: &'static [&'static str]) -> Self {
        self.errors = errors;
        self
    }

    /// Takes this credential.
    pub const fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// Does this, in one sentence.
    pub const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// Whether it answers anything but 501.
    pub fn is_modelled(&self) -> bool {
        !matches!(self.action, Action::NotModelled)
    }
}

/// The name of a profile, as settings write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Exactly as the documents say.
    #[default]
    Documented,
    /// As the running service is known to answer.
    Live,
}

/// Who asks, as the dialect made out.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The credential.
    pub token: String,
    /// The only integrations the caller may see; `None` is all.
    pub sees: Option<Vec<String>>,
    /// May read, but not write.
    pub read_only: bool,
    /// The record the credential belongs to: the integration of an access token.
    pub subject: Option<Record>,
}

/// What a dialect knows while it words something: a call may not exist yet.
pub struct Situation<'a> {
    /// The API asked.
    pub api: &'static Api,
    /// The route, once found.
    pub route: Option<&'static Route>,
    /// The request.
    pub request: &'a Request<'a>,
    /// Its target.
    pub target: &'a Target<'a>,
}

/// A problem put into an API's words.
pub struct Worded {
    /// The name of the error in the API's table.
    pub error: &'static str,
    /// The reply.
    pub reply: Reply,
}

/// How next links are told.
#[derive(Clone, Copy)]
pub struct NextLinks {
    /// The next link in an answer.
    pub next: fn(&Reply) -> Option<String>,
    /// Whether a query asks for a further page.
    pub has_cursor: fn(&Query<'_>) -> bool,
}

/// How an API's credentials are written in a scenario.
#[derive(Clone, Copy, Debug)]
pub struct CredentialForm {
    /// The key below which the list stands, if it does not stand alone.
    pub list: Option<&'static str>,
    /// The key of the credential itself, where an entry is an object.
    pub key: &'static str,
    /// The access levels an entry may name, and whether they only read.
    pub access: &'static [(&'static str, bool)],
}

/// How an API speaks: credentials, paging, envelope, errors.
pub trait Dialect: Sync {
    /// Who asks. For unknown routes too: many services check the credential first.
    fn caller(&self, world: &World, situation: &Situation<'_>) -> Result<Caller, Problem>;

    /// A path parameter as an id of this API.
    fn id<'p>(&self, parameter: &'static str, raw: &'p str) -> Result<Cow<'p, str>, Problem>;

    /// Whether the caller may see the record at all.
    fn sees(&self, world: &World, caller: &Caller, resource: &'static Resource, record: &Record) -> bool;

    /// Which records a list shows, from the query.
    fn selection(&self, call: &Call<'_>, resource: &'static Resource) -> Result<Selection, Problem>;

    /// One page of records.
    fn page(&self, call: &mut Call<'_>, page: Page) -> Reply;

    /// One record.
    fn record(&self, call: &mut Call<'_>, status: u16, record: &Record) -> Reply;

    /// A problem.
    fn problem(&self, world: &mut World, situation: &Situation<'_>, problem: &Problem) -> Worded;

    /// How its next links are told, if it issues any.
    fn next_links(&self) -> Option<NextLinks> {
        None
    }

    /// How scenarios write its credentials.
    fn credential_form(&self) -> CredentialForm {
        CredentialForm { list: None, key: "token", access: &[] }
    }

    /// Headers that every answer of this API carries.
    fn always(&self, reply: Reply) -> Reply {
        reply
    }
}
