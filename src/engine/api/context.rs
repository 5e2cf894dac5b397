//! The standard actions, and what every operation works with.

use serde_json::Value;

use crate::engine::api::api::Api;
use crate::engine::api::caller::Caller;
use crate::engine::api::past_calls::PastCalls;
use crate::engine::api::route::{Action, Route};
use crate::engine::schema::document::Document;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::state::State;
use crate::engine::state::mutate::check_references;
use crate::engine::store::Record;
use crate::http::headers;
use crate::http::message::{Request, Response};
use crate::http::origin::origin;
use crate::http::target::{Query, Target};

pub(crate) use crate::engine::store::{Page, Window};

/// One request on its way through an operation.
pub struct Context<'c> {
    /// The API asked.
    pub api: &'static Api,
    /// The route taken.
    pub route: &'static Route,
    /// The request.
    pub request: &'c Request<'c>,
    /// Its target.
    pub target: &'c Target<'c>,
    /// Path parameters, decoded, in the order of the path.
    pub params: &'c [(&'static str, std::borrow::Cow<'c, str>)],
    /// The query, decoded.
    pub query: &'c Query<'c>,
    /// The caller.
    pub caller: Caller,
    /// The body, if there was one.
    pub body: Option<Body>,
    /// The problem of a body that could not be read, for an operation that judges the body itself.
    pub unreadable: Option<Problem>,
    /// The state of the world.
    pub state: &'c mut State,
    /// The calls that were answered before.
    pub past: &'c dyn PastCalls,
    /// The weakest evidence among the facts that the answer rests on, besides its row.
    pub evidence: Evidence,
}

/// The body that a request carries.
#[derive(Clone)]
pub enum Body {
    /// An object: most often, the fields of a record.
    Object(Document),
    /// Any other JSON value.
    Other(Value),
}

impl Body {
    /// Returns the body as JSON.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Object(fields) => fields.clone().into(),
            Self::Other(value) => value.clone(),
        }
    }
}

/// A function that tells whether a list shows a record.
pub type Keep = Box<dyn Fn(&Record) -> bool>;

/// A function that tells which of two records a list shows first.
pub type Order = Box<dyn Fn(&Record, &Record) -> std::cmp::Ordering>;

/// The records that a list shows.
pub struct Selection {
    /// The test of a record; `None` keeps all.
    pub keep: Option<Keep>,
    /// The part of the kept records.
    pub window: Window,
}

impl Selection {
    /// Selects all records of that part of the list.
    pub fn of(window: Window) -> Self {
        Self { keep: None, window }
    }
}

impl Context<'_> {
    /// Returns the origin of links in the answer: the one the client used, unless the settings name another.
    pub fn origin(&self) -> String {
        origin(self.target, self.request, self.state.settings.base_url(self.api.name), self.api.hosts)
    }

    /// Returns a parameter that is a whole number from 1; `usual` where the query does not have it.
    pub fn number(&self, parameter: &str, usual: usize) -> Result<usize, Problem> {
        let Some(text) = self.query.get(parameter) else { return Ok(usual) };
        let is_whole = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A number too large for this machine is read as the largest.
        let number = is_whole.then(|| text.parse().unwrap_or(usize::MAX)).filter(|number| *number > 0);
        let reason = "must be a whole number, at least 1".to_owned();
        number.ok_or_else(|| Problem::Query { parameter: parameter.to_owned(), reason })
    }

    /// Returns the address of this request with some parameters changed, or left out: a link to another part of a list.
    pub fn link(&self, changes: &[(&str, Option<&str>)]) -> String {
        format!("{}{}?{}", self.origin(), self.target.path, self.query.with(changes))
    }

    /// Notes that the answer rests on a fact of no better evidence than this, for `standin-source`: a row may be
    /// documented, and a value in its answer assumed.
    pub fn rests_on(&mut self, evidence: Evidence) {
        self.evidence = self.evidence.max(evidence);
    }

    /// Returns the problem of an operation that is not modelled: only a fault rule of a scenario can answer it.
    pub fn not_modelled(&self) -> Problem {
        Problem::NotModelled { operation: format!("{}.{}", self.api.name, self.route.name) }
    }

    /// Returns the profile of the API asked.
    pub fn profile(&self) -> Profile {
        self.state.settings.profile(self.api.name)
    }

    /// Returns the status of success.
    pub fn success(&self) -> u16 {
        self.route.success_in(self.profile())
    }

    /// Shows one record, with the route's status of success.
    pub fn show(&mut self, record: &Record) -> Response {
        if record.is_assumed() {
            self.rests_on(Evidence::Assumed);
        }
        let (dialect, status) = (self.api.dialect, self.success());
        dialect.record(self, status, record)
    }

    /// Notes that the answer shows these records, and rests on what they rest on.
    pub fn rests_on_values(&mut self, page: &Page) {
        if page.is_assumed() {
            self.rests_on(Evidence::Assumed);
        }
    }

    /// Shows a page of records.
    pub fn show_page(&mut self, page: &Page) -> Response {
        self.rests_on_values(page);
        let dialect = self.api.dialect;
        let response = dialect.page(self, page);
        self.tell_lost(page, response)
    }

    /// Adds the header with the number of records that a list has lost.
    pub fn tell_lost(&self, page: &Page, response: Response) -> Response {
        if page.lost == 0 || !self.state.settings.headers {
            return response;
        }
        response.with(headers::LOST, &page.lost.to_string())
    }

    /// Returns a path parameter.
    ///
    /// # Panics
    ///
    /// When the route has none of that name.
    #[track_caller]
    pub fn param(&self, name: &str) -> &str {
        let param = self.params.iter().find(|(known, _)| *known == name);
        param.map_or_else(|| panic!("{} has no parameter {name}", self.route.path), |(_, value)| value.as_ref())
    }

    /// Returns the record that a path parameter names, if there is one and the caller may see it.
    pub fn record(&self, resource: &'static Schema, param: &'static str) -> Result<Record, Problem> {
        let id = self.api.dialect.id(param, self.param(param))?;
        let record = self.state.store.of(resource).get(&id);
        record
            .filter(|record| self.is_visible(resource, record))
            .cloned()
            .ok_or_else(|| Problem::NotFound { resource, id: id.into_owned() })
    }

    /// Tells whether the caller may see a record.
    pub fn is_visible(&self, resource: &'static Schema, record: &Record) -> bool {
        self.api.dialect.is_visible(self.state, &self.caller, resource, record)
    }

    /// Takes the body as an object, for an operation that does not need it afterwards.
    pub fn take_fields(&mut self) -> Result<Document, Problem> {
        if let Some(problem) = self.unreadable.take() {
            return Err(problem);
        }
        match self.body.take() {
            Some(Body::Object(fields)) => check_kinds(self.route, &fields).map(|()| fields),
            other => {
                self.body = other;
                self.fields()
            }
        }
    }

    /// Rejects new references to records that a narrowed caller does not see: for that caller, they lead nowhere.
    pub fn check_visibility(
        &self,
        resource: &'static Schema,
        fields: &Document,
        old: Option<&Record>,
    ) -> Result<(), Problem> {
        if self.caller.sees.is_none() {
            return Ok(());
        }
        check_references(resource, fields, |to, id| {
            let unseen = self.state.store.of(to).get(id).is_some_and(|record| !self.is_visible(to, record));
            let other = |known: &'static Schema, known_id: &str| known != to || known_id != id;
            !unseen || old.is_some_and(|old| check_references(resource, old.fields(), other).is_err())
        })
    }

    /// Returns the body as an object; no body is an empty one.
    pub fn fields(&self) -> Result<Document, Problem> {
        match &self.body {
            None => Ok(Document::new()),
            Some(Body::Object(fields)) => check_kinds(self.route, fields).map(|()| fields.clone()),
            Some(Body::Other(_)) => Err(Problem::field("body", FieldFaultKind::WrongType { expected: "an object" })),
        }
    }

    /// Shows a page of records that were found rather than scanned, as the query wants it.
    pub fn list(&mut self, resource: &'static Schema, records: Vec<Record>) -> Result<Response, Problem> {
        let page = self.page_of(resource, records)?;
        Ok(self.show_page(&page))
    }

    /// Returns a page of records by their moments, the newest first. Looks into no more records than fill the page.
    pub fn page_of_newest(&self, resource: &'static Schema, found_by: Option<(&str, &str)>) -> Result<Page, Problem> {
        let dialect = self.api.dialect;
        let records = self.state.store.of(resource).newest_first(found_by);
        let selection = dialect.selection(self, resource)?;
        let is_plain = matches!(selection.window, Window::Offset { .. }) && dialect.after(self).is_none();
        if !is_plain || dialect.order(self, resource)?.is_some() {
            return self.page_of(resource, records.cloned().collect());
        }
        let is_shown = |record: &&Record| {
            selection.keep.as_ref().is_none_or(|keep| keep(record)) && self.is_visible(resource, record)
        };
        let lost = self.state.store.of(resource).lost();
        Ok(Page::of_first(records.filter(is_shown), &selection.window).with_lost(lost))
    }

    /// Returns a page of records that were found rather than scanned, as the query wants it.
    pub fn page_of(&self, resource: &'static Schema, records: Vec<Record>) -> Result<Page, Problem> {
        self.page_within(resource, records, None)
    }

    /// Returns the part of found records that the window shows or, without a window, the query asks for.
    pub fn page_within(
        &self,
        resource: &'static Schema,
        mut records: Vec<Record>,
        window: Option<Window>,
    ) -> Result<Page, Problem> {
        let dialect = self.api.dialect;
        let selection = dialect.selection(self, resource)?;
        records.retain(|record| {
            selection.keep.as_ref().is_none_or(|keep| keep(record)) && self.is_visible(resource, record)
        });
        if let Some(order) = dialect.order(self, resource)? {
            records.sort_by(order);
        }
        if let Some(last) = dialect.after(self) {
            let seen = records.iter().position(|record| record.id() == last);
            let seen = seen.ok_or_else(|| Problem::Query {
                parameter: "after".to_owned(),
                reason: format!("names {last:?}, which is not in this list"),
            })?;
            records.drain(..=seen);
        }
        let lost = self.state.store.of(resource).lost();
        Ok(Page::of(&records, &window.unwrap_or(selection.window)).with_lost(lost))
    }
}

/// Executes the action of the route.
pub(crate) fn dispatch(context: &mut Context<'_>) -> Result<Response, Problem> {
    match context.route.action {
        Action::List(resource) => list(context, resource),
        Action::Read(resource) => {
            let record = context.record(resource, first_param(context))?;
            Ok(context.show(&record))
        }
        Action::Create(resource) => {
            let given = context.take_fields()?;
            context.check_visibility(resource, &given, None)?;
            let record = context.state.create_from(resource, given, Actor::Consumer)?;
            Ok(context.show(&record))
        }
        Action::Replace(resource) => {
            let old = context.record(resource, first_param(context))?;
            let fields = context.take_fields()?;
            context.check_visibility(resource, &fields, Some(&old))?;
            let record = context.state.replace(resource, &old, fields, Actor::Consumer)?;
            Ok(context.show(&record))
        }
        Action::Remove(resource) => {
            let old = context.record(resource, first_param(context))?;
            context.state.remove(resource, &old, Actor::Consumer)?;
            Ok(Response::empty(context.success()))
        }
        Action::Custom(operation) => operation(context),
        Action::NotModelled => Err(context.not_modelled()),
    }
}

/// Rejects a body whose known fields are not of the kinds that the row documents. An operation with `body_last` judges
/// its body itself: some let wrong fields pass, and warn.
fn check_kinds(route: &Route, given: &Document) -> Result<(), Problem> {
    let known = route.takes.iter().filter(|_| !route.body_last);
    let said = known.filter_map(|field| Some((field, given.get(field.name).filter(|value| !value.is_null())?)));
    let faults: Vec<_> = said.filter_map(|(field, value)| field.fault(Some(value))).collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::Fields(faults)) }
}

fn list(context: &mut Context<'_>, resource: &'static Schema) -> Result<Response, Problem> {
    let dialect = context.api.dialect;
    let selection = dialect.selection(context, resource)?;
    if dialect.order(context, resource)?.is_some() || dialect.after(context).is_some() {
        let records = context.state.store.of(resource).iter().cloned().collect();
        return context.list(resource, records);
    }
    let page = {
        let state: &State = context.state;
        let caller = &context.caller;
        let keep = |record: &Record| {
            selection.keep.as_ref().is_none_or(|keep| keep(record))
                && dialect.is_visible(state, caller, resource, record)
        };
        let all = selection.keep.is_none() && caller.sees.is_none() && caller.subject.is_none();
        state.store.of(resource).page(&selection.window, if all { None } else { Some(&keep) })
    };
    Ok(context.show_page(&page))
}

fn first_param(context: &Context<'_>) -> &'static str {
    context.params.first().expect("a route to one record names it in its path").0
}

/// Takes a permit for one request, if the API or the world has a rate limit.
pub(crate) fn take_permit(state: &mut State, api: &'static Api) -> Result<(), Problem> {
    let usual = || api.dialect.rate(state.settings.profile(api.name));
    let Some(limit) = state.settings.rate(api.name).or_else(usual) else { return Ok(()) };
    let taken = state.rate_limits.take_permit(api.name, limit, state.clock.now_ms());
    taken.map_err(|retry_after_s| Problem::RateLimited { retry_after_s })
}
