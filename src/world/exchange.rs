//! The life of a request, top to bottom.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use serde_json::json;
use smallvec::SmallVec;

use crate::engine::api::api::Api;
use crate::engine::api::context::{Context, dispatch, take_permit};
use crate::engine::api::dialect::RequestContext;
use crate::engine::api::past_calls::PastCalls;
use crate::engine::api::read_body::read_body;
use crate::engine::api::router::{PathRows, Router, Row};
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::problem::{Problem, panic_text};
use crate::engine::state::State;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::engine::store::Store;
use crate::history::exchange::Exchange;
use crate::http::caught::caught;
use crate::http::clip::clipped;
use crate::http::headers;
use crate::http::message::{CallNote, Delivery, Method, Outcome, Request, Response, allow};
use crate::http::redact::told_path;
use crate::http::target::{Query, Target, decode};
use crate::scenario::{Decision, Phase, RequestView, ScenarioRun, inject};
use crate::world::world::World;

/// Answers one request in one world. The caller holds the world's lock, and must release it before sending the outcome.
pub(crate) fn answer(router: &Router, world: &mut World, request: &Request<'_>) -> Outcome {
    answer_at(router, world, request, &Target::parse(request.target))
}

/// Answers one request whose target was parsed before, to find its world.
pub(crate) fn answer_at(router: &Router, world: &mut World, request: &Request<'_>, target: &Target<'_>) -> Outcome {
    world.state.clock.arrive(request.arrived_ms);
    let step_ended = world.follow_clock();
    world.look_at_records();
    let route = RouteMatch::find(router, request, target);
    let mut exchange = Exchange::new(world.journal.next_number(), request, route.row);
    let is_seen = world.run.is_some() || !world.waits.is_empty();
    let view = route.row.filter(|_| is_seen).map(|row| RequestView::new(row, request, target, &route.params));
    let decision = world.run.as_mut().zip(view.as_ref()).map(|(run, view)| run.decide(view)).unwrap_or_default();
    world.state.call_number = exchange.number;
    exchange.delay_ms = decision.delay_ms;
    exchange.rule = decision.rule.as_ref().map(|(rule, _)| Arc::clone(&rule.id));
    exchange.step = world.run.as_ref().and_then(|run| run.step_name().cloned());
    exchange.trace.clone_from(&decision.trace);

    match route.api {
        Some(api) => {
            let context = RequestContext { api, route: route.row.map(|row| row.route), request, target };
            let respond = || respond(router, world, &mut exchange, &context, &route, view.as_ref(), &decision);
            if let Err(panic) = caught(respond) {
                internal_error(&mut world.state, &mut exchange, &context, panic.as_ref());
            }
        }
        None => unknown_api(&mut exchange, router, target),
    }
    finish(&mut world.state, &mut exchange, &decision);
    let number = exchange.number;
    let call = CallNote { number, rule: exchange.rule.clone(), miss: exchange.miss };
    let hold = decision
        .is_held(exchange.delivery)
        .then(|| world.holds.hold(&world.state.name, number, decision.holders(exchange.delivery)));

    world.coverage.count(&exchange);
    world.journal.add(&exchange, &world.state.clock);
    if let Some(view) = &view {
        world.waits.count(view.operation(), |wanted| wanted.is_met_by(view));
    }
    let answered_ms = world.state.clock.now_ms();
    world.state.clock.answered();
    if let Some(run) = &mut world.run {
        run.count(&exchange, view.as_ref(), &mut world.state, step_ended);
        run.look_at_records(&world.state.store, answered_ms, number - 1);
    }
    let Exchange { response, delivery, delay_ms, .. } = exchange;
    Outcome { response, delay: Duration::from_millis(delay_ms), delivery, call, hold }
}

/// Adds to an answer what every answer has: the length for `HEAD`, the date, the `standin-…` headers, the speed.
fn finish(state: &mut State, exchange: &mut Exchange<'_>, decision: &Decision) {
    if exchange.request.method == "HEAD" {
        let length = exchange.response.body.len().to_string();
        exchange.response.body = bytes::Bytes::new();
        exchange.response.add("content-length", &length);
    }
    exchange.response.headers.append(DATE, state.clock.http_date().clone());
    if state.settings.headers {
        add_standin_headers(state, exchange);
    }
    if let Some(cors) = &state.settings.cors
        && cors.allow(exchange.request, &mut exchange.response)
        && exchange.miss.is_some()
    {
        // The request that follows is the miss. A failed preflight would hide its answer from the page.
        exchange.miss = None;
        exchange.response.status = 204;
        exchange.response.body = bytes::Bytes::new();
        exchange.response.headers.remove(CONTENT_TYPE);
        exchange.response.headers.remove(STANDIN_MISS);
    }
    if let Some(bytes_per_s) = decision.slow_bytes_per_s.filter(|_| exchange.delivery == Delivery::Complete) {
        exchange.delivery = Delivery::Throttled { bytes_per_s };
    }
}

/// The destination of a request.
struct RouteMatch<'r, 't> {
    api: Option<&'static Api>,
    found: Option<PathRows<'r, 't>>,
    row: Option<&'static Row>,
    params: Params<'t>,
}

/// The parameters of a path, decoded.
type Params<'t> = SmallVec<[(&'static str, Cow<'t, str>); 2]>;

impl<'r, 't> RouteMatch<'r, 't> {
    fn find(router: &'r Router, request: &Request<'_>, target: &Target<'t>) -> Self {
        let found = router.find(target.path);
        let api = found.as_ref().map(PathRows::api).or_else(|| router.api_of(target.path));
        let taken = found.as_ref().zip(Method::of(request.method)).and_then(|(found, method)| {
            let (row, params) = found.with(method)?;
            Some((row, params.map(|(name, raw)| (name, decode(raw))).collect()))
        });
        let (row, params) = taken.unzip();
        Self { api, found, row, params: params.unwrap_or_default() }
    }

    fn methods(&self) -> Vec<Method> {
        self.found.as_ref().map(PathRows::methods).unwrap_or_default()
    }
}

/// Lets a fault rule or the operation answer.
fn respond(
    router: &Router,
    world: &mut World,
    exchange: &mut Exchange<'_>,
    context: &RequestContext<'_>,
    route: &RouteMatch<'_, '_>,
    view: Option<&RequestView<'_>>,
    decision: &Decision,
) {
    if context.request.method == "OPTIONS" {
        exchange.response = Response::empty(204).with("allow", &allow(&route.methods()));
        exchange.evidence = Some(Evidence::Assumed);
        context.api.dialect.common_headers(&mut exchange.response);
        return;
    }
    let Some(((rule, _), view)) = decision.rule.as_ref().zip(view) else {
        execute(router, world, exchange, context, route);
        let varied = world
            .run
            .as_ref()
            .zip(route.row.filter(|_| exchange.error.is_none()))
            .and_then(|(run, row)| run.perturbed(&world.state, exchange.number, row, &exchange.response));
        if let Some(response) = varied {
            exchange.response = response;
            exchange.evidence = None;
            exchange.varied = true;
        }
        return;
    };
    // With a rule that fires before, the service never sees the request, not even the credential.
    let natural = (rule.phase == Phase::After).then(|| {
        execute(router, world, exchange, context, route);
        std::mem::take(&mut exchange.response)
    });
    let injected = inject(&mut world.state, context, view, rule, natural);
    if let Some((what, run)) = injected.failure.zip(world.run.as_mut()) {
        run.add_failure(exchange.number, context.request, &what);
    }
    if !injected.delivery.is_abort() {
        exchange.error = injected.error;
    }
    exchange.response = injected.response;
    exchange.delivery = injected.delivery;
    exchange.evidence = None;
    exchange.miss = None;
    exchange.injected = true;
}

/// Executes the operation, and notes the evidence and the miss of its answer.
fn execute(
    router: &Router,
    world: &mut World,
    exchange: &mut Exchange<'_>,
    context: &RequestContext<'_>,
    route: &RouteMatch<'_, '_>,
) {
    let api = context.api;
    let World { state, run, journal, .. } = world;
    let mut course = Course { rests_on: Evidence::Documented, run: run.as_deref_mut(), shows_call: None };
    exchange.reached_service = route.row.is_some();
    let carried_out = carry_out(router, (state, journal), context, route, &mut course);
    let Course { rests_on, shows_call, .. } = course;
    exchange.shows_call = shows_call;
    match carried_out {
        Ok(response) => {
            let profile = state.settings.profile(api.name);
            exchange.evidence = route.row.map(|row| row.route.evidence_in(profile, response.status).max(rests_on));
            exchange.response = response;
            api.dialect.common_headers(&mut exchange.response);
        }
        Err(problem) => {
            render_problem(state, exchange, context, problem);
            exchange.evidence = exchange.evidence.map(|evidence| evidence.max(rests_on));
        }
    }
}

/// Facts about the execution of an operation, besides its answer.
struct Course<'w> {
    /// The weakest evidence that the answer rests on.
    rests_on: Evidence,
    /// The running scenario, whose lags may let the operation see the past.
    run: Option<&'w mut ScenarioRun>,
    /// The number of the last call whose changes it saw; `None` is the latest.
    shows_call: Option<u64>,
}

/// Executes an operation. The order of its checks is the order in which the services refuse.
fn carry_out(
    router: &Router,
    (state, past): (&mut State, &dyn PastCalls),
    context: &RequestContext<'_>,
    route_match: &RouteMatch<'_, '_>,
    course: &mut Course<'_>,
) -> Result<Response, Problem> {
    let RequestContext { api, request, target, .. } = *context;
    state.catch_up()?;
    if route_match.row.is_none_or(|row| !row.route.unmetered) {
        take_permit(state, api)?;
    }
    let caller = api.dialect.caller(state, context)?;
    let Some(row) = route_match.row else {
        // `Allow` does not send a consumer to an operation that answers 501.
        return Err(match route_match.found.as_ref().filter(|found| found.is_closed()) {
            Some(found) => Problem::WrongMethod { allowed: found.modelled_methods() },
            None => Problem::NoRoute { nearest: router.nearest(request.method, target.path) },
        });
    };
    if !row.route.is_modelled() {
        return Err(Problem::NotModelled { operation: row.operation.to_owned() });
    }
    if row.route.whole_account && caller.sees.is_some() {
        return Err(Problem::Forbidden { needs: Cow::Borrowed("a token that sees the whole account") });
    }
    if caller.read_only && !Method::of(request.method).is_some_and(Method::is_safe) {
        return Err(Problem::Forbidden { needs: Cow::Borrowed("manage") });
    }
    let mut before = None;
    if matches!(row.route.method, Method::Post | Method::Put | Method::Patch) {
        before = state.before_adding(request.body.len())?;
    }
    let (body, unreadable) = match read_body(state, row, request) {
        Err(problem) if row.route.body_last => (None, Some(problem)),
        body => (body?, None),
    };
    let query = Query::parse(target.query);
    let operation = row.route;
    let (params, query) = (&route_match.params, &query);
    let mut call = Context {
        api,
        route: operation,
        request,
        target,
        params,
        query,
        caller,
        body,
        unreadable,
        state,
        past,
        evidence: Evidence::Documented,
    };
    let now_ms = call.state.clock.now_ms();
    let past = course.run.as_mut().and_then(|run| run.past_store(row, &call.state.store, now_ms));
    let seen = past.and_then(|past| Some((dispatch_in_the_past(&mut call, &past.store)?, past.after_call)));
    let response = match seen {
        None => dispatch(&mut call),
        Some((response, after_call)) => {
            course.shows_call = Some(after_call);
            response
        }
    };
    course.rests_on = call.evidence;
    if let Some(before) = before.filter(|_| response.is_ok()) {
        call.state.check_added(before)?;
    }
    response
}

/// Lets a read see records of the past. Returns `None` if it changed records after all: then it must see the present
/// ones.
fn dispatch_in_the_past(call: &mut Context<'_>, past: &Store) -> Option<Result<Response, Problem>> {
    let now = std::mem::replace(&mut call.state.store, past.clone());
    let answered = catch_unwind(AssertUnwindSafe(|| dispatch(call)));
    let seen = std::mem::replace(&mut call.state.store, now);
    let response = answered.unwrap_or_else(|panic| resume_unwind(panic));
    seen.is_same(past).then_some(response)
}

/// Answers with a problem, rendered by the API's dialect.
fn render_problem(state: &mut State, exchange: &mut Exchange<'_>, context: &RequestContext<'_>, mut problem: Problem) {
    problem.clip();
    let problem = &problem;
    let api: &'static Api = context.api;
    let mut rendered = api.dialect.problem(state, context, problem);
    exchange.miss = match problem {
        Problem::NoRoute { .. } => Some("no-route"),
        Problem::NotModelled { .. } => Some("not-modelled"),
        Problem::Full { .. } => Some("full"),
        Problem::Internal { .. } => Some("internal"),
        _ => None,
    };
    api.dialect.common_headers(&mut rendered.response);
    exchange.evidence = Some(rendered.evidence);
    exchange.error = Some(rendered.error.name);
    exchange.response = rendered.response;
}

/// Answers a path below none of the APIs, without any API's envelope.
fn unknown_api(exchange: &mut Exchange<'_>, router: &Router, target: &Target<'_>) {
    let one = |api: &&'static Api| {
        let bases: Vec<String> = api.bases().map(|base| format!("{base}/")).collect();
        format!("{} at {}", api.title, bases.join(" and "))
    };
    let bases: Vec<String> = router.apis().iter().map(one).collect();
    let method = exchange.request.method;
    let body = json!({ "error": {
        "code": "no_route",
        "message": clipped(format!("standin serves nothing at {method} {}.", told_path(target.path))),
        "hint": format!("It serves {}, and itself at /_standin/health.", bases.join(", ")),
        "nearest": router.nearest(method, target.path),
    }});
    exchange.response = Response::json(501, &body);
    exchange.miss = Some("no-route");
}

/// Answers after a panic of the fake, and says that it is the fake's own fault.
fn internal_error(
    state: &mut State,
    exchange: &mut Exchange<'_>,
    context: &RequestContext<'_>,
    panic: &(dyn std::any::Any + Send),
) {
    let redactor = state.redactor().of_request(context.request);
    let said = redactor.text(panic_text(panic)).into_owned();
    let what = format!("standin failed while answering, which is its own fault: {said}");
    exchange.row = None;
    exchange.reached_service = false;
    exchange.injected = false;
    render_problem(state, exchange, context, Problem::Internal { what });
}

const STANDIN_MISS: HeaderName = HeaderName::from_static(headers::MISS);
const STANDIN_CALL: HeaderName = HeaderName::from_static(headers::CALL);
const STANDIN_OP: HeaderName = HeaderName::from_static(headers::OPERATION);
const STANDIN_SOURCE: HeaderName = HeaderName::from_static(headers::SOURCE);

/// Adds the headers that tell the world, the operation, the call and the source of an answer.
fn add_standin_headers(state: &State, exchange: &mut Exchange<'_>) {
    let response = &mut exchange.response;
    if *state.name != *DEFAULT_WORLD {
        response.add(headers::WORLD, &state.name);
    }
    if let Some(row) = exchange.row {
        response.headers.append(STANDIN_OP, row.header.clone());
    }
    let mut digits = itoa::Buffer::new();
    let number = HeaderValue::from_str(digits.format(exchange.number));
    response.headers.append(STANDIN_CALL, number.expect("digits are a header's value"));
    if let Some(rule) = &exchange.rule {
        response.add(headers::RULE, rule);
    }
    if let Some(call) = exchange.shows_call {
        response.add(headers::LAG, digits.format(call));
    }
    if exchange.injected || exchange.varied || exchange.shows_call.is_some() {
        response.add(headers::SOURCE, "injected");
    } else if let Some(evidence) = exchange.evidence {
        response.headers.append(STANDIN_SOURCE, evidence.header());
    }
    if let Some(miss) = exchange.miss {
        response.add(headers::MISS, miss);
    }
}
