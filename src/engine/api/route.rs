//! The operations of an API: a row for each, with all that a table can say of it.
//!
//! Rows are `const`-constructible. The router, the coverage report, `standin routes` and the exported `OpenAPI` document
//! all come from them.

use serde_json::Value;

use crate::engine::api::context::Context;
use crate::engine::schema::error_def::{ErrorDef, Evidence};
use crate::engine::schema::field::Field;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Schema;
use crate::http::message::{Method, Response};

/// The function of a custom operation.
pub type Handler = fn(&mut Context<'_>) -> Result<Response, Problem>;

/// The action of a route.
#[derive(Clone, Copy)]
pub enum Action {
    /// The records of a resource, filtered and paged by the dialect.
    List(&'static Schema),
    /// One record.
    Read(&'static Schema),
    /// A new record from the body.
    Create(&'static Schema),
    /// The body in place of a record.
    Replace(&'static Schema),
    /// The removal of a record.
    Remove(&'static Schema),
    /// A function.
    Custom(Handler),
    /// Known, but not modelled: 501 in the fake's own words.
    NotModelled,
}

impl Action {
    /// Returns the word for it in listings.
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

    /// Returns the resource of a standard action.
    pub fn resource(self) -> Option<&'static Schema> {
        match self {
            Self::List(it) | Self::Read(it) | Self::Create(it) | Self::Replace(it) | Self::Remove(it) => Some(it),
            Self::Custom(_) | Self::NotModelled => None,
        }
    }
}

/// One documented operation.
#[derive(Clone, Copy)]
// A row of a table: each flag is a column of its own.
#[allow(clippy::struct_excessive_bools)]
pub struct Route {
    /// The operation without the API's name: `integrations.create`.
    pub name: &'static str,
    /// The method.
    pub method: Method,
    /// The path below the API's base, parameters in braces.
    pub path: &'static str,
    /// The action it takes.
    pub action: Action,
    /// The status of success.
    pub success: u16,
    /// The errors it documents, beyond those every operation of the API has.
    pub errors: &'static [&'static ErrorDef],
    /// The evidence for it.
    pub evidence: Evidence,
    /// The source that documents it, or the reason why it is assumed.
    pub source: &'static str,
    /// The part of a success that no source tells and standin decides: `its status`; empty for none.
    pub assumes: &'static str,
    /// The credential that it takes.
    pub access: Access,
    /// True if it also takes a form as its body, which is read as an object of texts.
    pub takes_forms: bool,
    /// The content that a success shows.
    pub shows: ResponseShape,
    /// Status and media type of another success, where there are two. One that is HTML is for callers who ask for it.
    pub other_success: Option<(u16, &'static str)>,
    /// The fields that the body of a custom operation may hold, where that is an object with known fields.
    pub takes: &'static [Field],
    /// The methods and headers that the document lists, where the row itself does not say them.
    pub listed: &'static Listed,
    /// A function that adds to the JSON Schema of a body what fields alone cannot say.
    pub body_schema: Option<fn(&mut Value)>,
    /// True if a custom operation refuses a call without a body, though none of its fields is required.
    pub needs_body: bool,
    /// The permission that a caller needs, as the dialect names it; empty for none.
    pub needs: &'static str,
    /// True if the operation judges the body itself, after path and caller, even a body that cannot be read.
    pub body_last: bool,
    /// One sentence: what it does.
    pub about: &'static str,
    /// The kind of record whose filters it takes, where neither its action nor what it shows says so.
    pub filters: Option<&'static Schema>,
    /// True if it takes the parameters of paging, and no filters.
    pub pages: bool,
    /// True if its path does not lie below the base of the API.
    pub outside: bool,
    /// Further paths that lead here: older ones, and other spellings.
    pub also: &'static [&'static str],
    /// True if its path refuses the methods that no row has, with 405. Otherwise such a method is not modelled: 501.
    pub closed: bool,
    /// True if the operation reads the body itself, of any media type.
    pub takes_raw: bool,
    /// Takes nothing from the bucket of requests.
    pub unmetered: bool,
    /// Only for callers who see every record.
    pub whole_account: bool,
    /// The evidence for a success in the profile `live`, where that answers otherwise than documented.
    pub live_evidence: Option<Evidence>,
    /// The status of success in the profile `live`, where that is another.
    pub live_success: Option<u16>,
    /// The status of a list that has nothing to show in the profile `live`, where that is no empty list.
    pub live_empty: Option<u16>,
}

/// The part of a row that only the document tells.
pub struct Listed {
    /// The methods of a row that takes any, where it refuses the others always; empty for all.
    pub methods: &'static [Method],
    /// Headers that it reads, beyond those of every call, each with a sentence.
    pub headers: &'static [(&'static str, &'static str)],
}

/// The content that a success shows.
#[derive(Clone, Copy)]
pub enum ResponseShape {
    /// The content that its action says: for a custom operation, anything.
    Action,
    /// One record of that resource.
    One(&'static Schema),
    /// One record of that resource, or the part of it that was asked for.
    Part(&'static Schema),
    /// An array of records of that resource.
    Many(&'static Schema),
    /// No body.
    Nothing,
    /// A body of that media type.
    File(&'static str),
}

/// The credential that an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// The API's usual one.
    Authenticated,
    /// None.
    Public,
    /// The one of an application (Edlink: its secret key).
    Application,
    /// The one of an integration (Edlink: its access token).
    Integration,
    /// The one of a person.
    Person,
}

macro_rules! methods {
    ($($name:ident $method:ident $success:literal),*) => {$(
        #[doc = concat!("A `", stringify!($method), "` row that succeeds with ", stringify!($success), ".")]
        pub const fn $name(path: &'static str, name: &'static str, action: Action) -> Route {
            Route {
                name, method: Method::$method, path, action, success: $success, errors: &[], evidence: Evidence::Assumed,
                source: "", assumes: "", access: Access::Authenticated, takes_forms: false, shows: ResponseShape::Action, other_success: None, takes: &[], listed: &Listed { methods: &[], headers: &[] }, body_schema: None, needs_body: false, about: "", needs: "", body_last: false,
                filters: None, pages: false, outside: false, also: &[], closed: false, takes_raw: false, unmetered: false, whole_account: false, live_evidence: None, live_success: None, live_empty: None,
            }
        }
    )*};
}
methods!(get Get 200, post Post 201, put Put 200, patch Patch 204, delete Delete 204, any Any 200);

impl Route {
    /// Sets the document that describes it.
    pub const fn documented(mut self, source: &'static str) -> Self {
        (self.evidence, self.source) = (Evidence::Documented, source);
        self
    }

    /// Sets where it was observed.
    pub const fn observed(mut self, source: &'static str) -> Self {
        (self.evidence, self.source) = (Evidence::Observed, source);
        self
    }

    /// Sets the reason why it is assumed.
    pub const fn assumed(mut self, reason: &'static str) -> Self {
        (self.evidence, self.source) = (Evidence::Assumed, reason);
        self
    }

    /// Sets the part of a success that no source tells: its answers say that they rest on an assumption.
    pub const fn assuming(mut self, part: &'static str) -> Self {
        self.assumes = part;
        self
    }

    /// Succeeds with this status instead of its method's usual one.
    pub const fn answers(mut self, status: u16) -> Self {
        self.success = status;
        self
    }

    /// Documents these errors.
    pub const fn fails(mut self, errors: &'static [&'static ErrorDef]) -> Self {
        self.errors = errors;
        self
    }

    /// Takes this credential.
    pub const fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// Takes a form for a body too.
    pub const fn takes_forms(mut self) -> Self {
        self.takes_forms = true;
        self
    }

    /// Shows this when it succeeds.
    pub const fn shows(mut self, shows: ResponseShape) -> Self {
        self.shows = shows;
        self
    }

    /// Succeeds with this status and a body of that media type, too; of no media type, without a body.
    pub const fn or_answers(mut self, status: u16, media: &'static str) -> Self {
        self.other_success = Some((status, media));
        self
    }

    /// Takes a body with these fields.
    pub const fn takes(mut self, fields: &'static [Field]) -> Self {
        self.takes = fields;
        self
    }

    /// Lists these methods and headers in the document.
    pub const fn lists(mut self, listed: &'static Listed) -> Self {
        self.listed = listed;
        self
    }

    /// Documents the body by a JSON Schema that this makes of the one of its fields.
    pub const fn body_schema(mut self, refine: fn(&mut Value)) -> Self {
        self.body_schema = Some(refine);
        self
    }

    /// Refuses a call without a body.
    pub const fn needs_body(mut self) -> Self {
        self.needs_body = true;
        self
    }

    /// Needs this permission.
    pub const fn needs(mut self, permission: &'static str) -> Self {
        self.needs = permission;
        self
    }

    /// Looks at the path and the caller before the body.
    pub const fn body_last(mut self) -> Self {
        self.body_last = true;
        self
    }

    /// Does this, in one sentence.
    pub const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    /// Takes the filters of that kind of record.
    pub const fn filters(mut self, resource: &'static Schema) -> Self {
        self.filters = Some(resource);
        self
    }

    /// Takes the parameters of paging.
    pub const fn pages(mut self) -> Self {
        self.pages = true;
        self
    }

    /// Lies outside of the base of the API.
    pub const fn outside(mut self) -> Self {
        self.outside = true;
        self
    }

    /// Adds further paths that lead here.
    pub const fn also(mut self, paths: &'static [&'static str]) -> Self {
        self.also = paths;
        self
    }

    /// Makes its path refuse methods that no row has.
    pub const fn closed(mut self) -> Self {
        self.closed = true;
        self
    }

    /// Takes a body of any type and size, which the operation reads itself.
    pub const fn takes_raw(mut self) -> Self {
        self.takes_raw = true;
        self
    }

    /// Takes nothing from the bucket of requests.
    pub const fn unmetered(mut self) -> Self {
        self.unmetered = true;
        self
    }

    /// Takes only callers who see every record.
    pub const fn whole_account(mut self) -> Self {
        self.whole_account = true;
        self
    }

    /// Answers otherwise in the profile `live`, as public clients saw.
    pub const fn observed_live(mut self) -> Self {
        self.live_evidence = Some(Evidence::Observed);
        self
    }

    /// Succeeds with this status in the profile `live`, as public clients saw.
    pub const fn answers_live(mut self, status: u16) -> Self {
        self.live_success = Some(status);
        self.observed_live()
    }

    /// Answers with this status in the profile `live` when a list has nothing to show, as public clients saw.
    pub const fn empty_live(mut self, status: u16) -> Self {
        self.live_empty = Some(status);
        self
    }

    /// Returns the status of success in a profile.
    pub fn success_in(&self, profile: Profile) -> u16 {
        self.live_success.filter(|_| profile == Profile::Live).unwrap_or(self.success)
    }

    /// Returns the evidence for a success in a profile: that of a list without content apart.
    pub fn evidence_in(&self, profile: Profile, status: u16) -> Evidence {
        let is_empty = self.live_empty == Some(status) && status != self.success;
        let live = if is_empty { Some(Evidence::Observed) } else { self.live_evidence };
        let usual = if self.assumes.is_empty() { self.evidence } else { Evidence::Assumed };
        live.filter(|_| profile == Profile::Live).unwrap_or(usual)
    }

    /// Tells whether a success has a body of JSON.
    pub fn shows_json(&self) -> bool {
        match self.shows {
            ResponseShape::One(_) | ResponseShape::Part(_) | ResponseShape::Many(_) => true,
            ResponseShape::Action => self.success != 204,
            ResponseShape::Nothing | ResponseShape::File(_) => false,
        }
    }

    /// Tells whether it answers anything but 501.
    pub fn is_modelled(&self) -> bool {
        !matches!(self.action, Action::NotModelled)
    }
}
