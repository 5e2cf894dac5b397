//! The life of a request, top to bottom.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use http::header::{DATE, HeaderName, HeaderValue, RETRY_AFTER};
use serde_json::{Value, json};
use smallvec::SmallVec;

use crate::engine::api::api::{Api, Evidence};
use crate::engine::api::context::{Body, Context, dispatch};
use crate::engine::api::dialect::RequestContext;
use crate::engine::api::router::{Found, Router, Row};
use crate::engine::schema::problem::{Problem, panic_text};
use crate::history::journal::{EntryExtras, EntryMeta};
use crate::http::document::SyntaxFault;
use crate::http::message::{Delivery, Method, Outcome, Request, Response, allow};
use crate::http::target::{Query, Target, decode};
use crate::http::tree::TreeLimits;
use crate::scenario::{AnsweredCall, Decision, Phase, RequestView, inject};
use crate::world::world::World;

/// Longer lists of nearest routes help nobody.
const NEAREST: usize = 3;

/// Answers one request in one world. Whoever calls holds the world's lock and sends the outcome after letting it go.
pub fn answer(router: &Router, world: &mut World, request: &Request<'_>) -> Outcome {
    answer_at(router, world, request, &Target::parse(request.target))
}

/// The same where the request's target was taken apart to find its world.
pub fn answer_at(router: &Router, world: &mut World, request: &Request<'_>, target: &Target<'_>) -> Outcome {
    world.clock.arrive(request.arrived_ms);
    let step_ended = world.follow_clock();
    let way = RouteMatch::find(router, request, target);
    let asked = way.row.filter(|_| world.run.is_some()).map(|row| RequestView::new(row, request, target, &way.params));
    let decision = world.run.as_mut().zip(asked.as_ref()).map(|(run, asked)| run.decide(asked)).unwrap_or_default();
    let step = world.run.as_ref().and_then(|run| run.step_name().cloned());
    let mut answer = match way.api {
        Some(api) => {
            let request_context = RequestContext { api, route: way.row.map(|row| row.route), request, target };
            let answer = || respond(router, world, &request_context, &way, asked.as_ref(), &decision);
            catch_unwind(AssertUnwindSafe(answer))
                .unwrap_or_else(|panic| failed(world, &request_context, panic.as_ref()))
        }
        None => elsewhere(router, request, target),
    };

    if request.method == "HEAD" {
        let length = answer.response.body.len().to_string();
        answer.response = Response { body: bytes::Bytes::new(), ..answer.response }.with("content-length", &length);
    }
    answer.response.headers.append(DATE, world.clock.http_date().clone());
    let rule = decision.rule.as_ref().map(|(rule, _)| Arc::clone(&rule.id));
    if world.settings.headers {
        mark(world, &mut answer, rule.as_deref());
    }
    let delivery = match decision.slow_bytes_per_s {
        Some(bytes_per_s) if answer.delivery == Delivery::Complete => Delivery::Throttled { bytes_per_s },
        _ => answer.delivery,
    };
    if let Some(row) = answer.row.filter(|_| !delivery.is_abort()) {
        let outcome = answer.error.map_or_else(|| answer.response.status_text(), Cow::Borrowed);
        world.coverage.count(row, outcome, answer.injected);
    }
    let number = world.journal.next_number();
    let retry_after = if answer.response.status < 400 { None } else { answer.response.headers.get(RETRY_AFTER) };
    let extras = EntryExtras {
        miss: answer.miss,
        rule,
        step,
        retry_after_ms: retry_after.and_then(|wait| world.clock.until_ms(wait.to_str().ok()?)),
        delivery,
        delay_ms: decision.delay_ms,
        why: decision.why.clone(),
    };
    let Answer { row, error, reached_service, evidence, .. } = answer;
    let answered = EntryMeta {
        now_ms: world.clock.now_ms(),
        elapsed_ms: world.clock.elapsed_ms(),
        row,
        error,
        reached_service,
        evidence,
        status: answer.response.status,
    };
    world.journal.add(request, &answer.response.body, answered, extras);
    world.clock.answered();
    if world.run.is_some() {
        let (asked, decision, response, miss) = (asked.as_ref(), &decision, &answer.response, answer.miss);
        world.count(&AnsweredCall { number, request, asked, decision, response, delivery, miss }, step_ended);
    }
    Outcome { response: answer.response, delay: Duration::from_millis(decision.delay_ms), delivery }
}

/// Where a request leads.
struct RouteMatch<'r, 't> {
    api: Option<&'static Api>,
    found: Option<Found<'r, 't>>,
    row: Option<&'static Row>,
    params: Params<'t>,
}

/// The parameters of a path, decoded.
type Params<'t> = SmallVec<[(&'static str, Cow<'t, str>); 2]>;

impl<'r, 't> RouteMatch<'r, 't> {
    fn find(router: &'r Router, request: &Request<'_>, target: &Target<'t>) -> Self {
        let found = router.find(target.path);
        let api = found.as_ref().map(Found::api).or_else(|| router.api_of(target.path));
        let taken = found.as_ref().zip(Method::of(request.method)).and_then(|(found, verb)| {
            let (row, params) = found.with(verb)?;
            Some((row, params.map(|(name, raw)| (name, decode(raw))).collect()))
        });
        let (row, params) = taken.unzip();
        Self { api, found, row, params: params.unwrap_or_default() }
    }

    fn verbs(&self) -> Vec<Method> {
        self.found.as_ref().map(Found::verbs).unwrap_or_default()
    }
}

/// A reply with what is known about it.
struct Answer {
    response: Response,
    row: Option<&'static Row>,
    error: Option<&'static str>,
    evidence: Option<Evidence>,
    /// Why this is the fake's own answer and not the service's.
    miss: Option<&'static str>,
    /// A fault rule made it.
    injected: bool,
    /// The operation's own, but for what the scenario varied.
    varied: bool,
    /// The operation was carried out.
    reached_service: bool,
    delivery: Delivery,
}

impl Answer {
    fn natural(response: Response, row: Option<&'static Row>, evidence: Option<Evidence>) -> Self {
        let (error, miss, delivery) = (None, None, Delivery::Complete);
        let (injected, varied, reached_service) = (false, false, row.is_some());
        Self { response, row, error, evidence, miss, injected, varied, reached_service, delivery }
    }
}

fn respond(
    router: &Router,
    world: &mut World,
    request_context: &RequestContext<'_>,
    way: &RouteMatch<'_, '_>,
    asked: Option<&RequestView<'_>>,
    decision: &Decision,
) -> Answer {
    let api = request_context.api;
    if request_context.request.method == "OPTIONS" {
        let mut response = Response::empty(204).with("allow", &allow(&way.verbs()));
        api.dialect.common_headers(&mut response);
        return Answer::natural(response, None, Some(Evidence::Assumed));
    }
    let Some(((rule, _), asked)) = decision.rule.as_ref().zip(asked) else {
        let mut answer = carry_out(router, world, request_context, way);
        let varied = way.row.filter(|_| answer.error.is_none()).and_then(|row| world.perturbed(row, &answer.response));
        if let Some(response) = varied {
            (answer.response, answer.evidence, answer.varied) = (response, None, true);
        }
        return answer;
    };
    // What strikes before is all there is: the service never sees the request, not even the credential.
    let carried_out = (rule.phase == Phase::After).then(|| carry_out(router, world, request_context, way));
    let (reached_service, natural_error) = match &carried_out {
        Some(answer) => (answer.reached_service, answer.error),
        None => (false, None),
    };
    let injected = inject(world, request_context, asked, rule, carried_out.map(|answer| answer.response));
    Answer {
        response: injected.response,
        row: way.row,
        error: if injected.delivery.is_abort() { natural_error } else { injected.error },
        evidence: None,
        miss: None,
        injected: true,
        varied: false,
        reached_service,
        delivery: injected.delivery,
    }
}

/// Does what is asked, as the service would.
fn carry_out(
    router: &Router,
    world: &mut World,
    request_context: &RequestContext<'_>,
    way: &RouteMatch<'_, '_>,
) -> Answer {
    let RequestContext { api, request, target, .. } = *request_context;
    let mut rests_on = Evidence::Documented;
    let response = (|| {
        world.catch_up()?;
        if way.row.is_none_or(|row| !row.route.unmetered) {
            world.take_permit(api)?;
        }
        let caller = api.dialect.caller(world, request_context)?;
        let Some(row) = way.row else {
            // Nobody is sent to what answers 501.
            return Err(match way.found.as_ref().filter(|found| found.is_closed()) {
                Some(found) => Problem::WrongMethod { allowed: found.modelled_verbs() },
                None => Problem::NoRoute { nearest: router.nearest(request.method, target.path, NEAREST) },
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
        let body = body(world, row, request)?;
        let query = Query::parse(target.query);
        let route = row.route;
        let (params, query) = (&way.params, &query);
        let mut call = Context {
            api,
            route,
            request,
            target,
            params,
            query,
            caller,
            body,
            state: world,
            evidence: Evidence::Documented,
        };
        let response = dispatch(&mut call);
        rests_on = call.evidence;
        response
    })();
    match response {
        Ok(mut response) => {
            let profile = world.settings.profile(api);
            let evidence = way.row.map(|row| row.route.evidence_in(profile, response.status).max(rests_on));
            api.dialect.common_headers(&mut response);
            Answer::natural(response, way.row, evidence)
        }
        Err(problem) => {
            let answer = worded(world, request_context, way.row, &problem);
            Answer { evidence: answer.evidence.map(|evidence| evidence.max(rests_on)), ..answer }
        }
    }
}

/// Reads the body of a request that may have one.
fn body(world: &World, row: &Row, request: &Request<'_>) -> Result<Option<Body>, Problem> {
    if row.route.takes_raw {
        return Ok(None);
    }
    let limit_bytes = world.settings.body_limit_bytes;
    if request.body.len() > limit_bytes {
        return Err(Problem::TooLarge { limit_bytes });
    }
    let has_none = match row.route.verb {
        Method::Get => true,
        Method::Delete => row.route.takes.is_empty(),
        _ => false,
    };
    if request.body.is_empty() || has_none {
        return Ok(None);
    }
    let sent = request.header("content-type").unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if row.route.takes_forms && essence == "application/x-www-form-urlencoded" {
        let limit = world.settings.body_members;
        if memchr::memchr_iter(b'&', request.body).count() >= limit {
            let reason = format!("the form has more than {limit} fields");
            return Err(Problem::Syntax { line: 1, column: 1, reason });
        }
        let form = form_urlencoded::parse(request.body);
        let fields = form.map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())));
        return Ok(Some(Body::Object(fields.collect())));
    }
    if essence != "application/json" && !essence.ends_with("+json") {
        return Err(Problem::MediaType { sent: sent.to_owned() });
    }
    let syntax = |SyntaxFault { place, reason }| Problem::Syntax { line: place.line, column: place.column, reason };
    TreeLimits::body(world.settings.body_members).check(request.body).map_err(syntax)?;
    let is_object = request.body.trim_ascii_start().starts_with(b"{");
    let body = match std::str::from_utf8(request.body) {
        Ok(text) if is_object => serde_json::from_str(text).map(Body::Object),
        // What is not even text is refused, and where it is not is told.
        _ => serde_json::from_slice(request.body).map(Body::Other),
    };
    body.map(Some).map_err(|error| syntax(SyntaxFault::of(request.body, &error)))
}

fn worded(
    world: &mut World,
    request_context: &RequestContext<'_>,
    row: Option<&'static Row>,
    problem: &Problem,
) -> Answer {
    let api: &'static Api = request_context.api;
    let mut said = api.dialect.problem(world, request_context, problem);
    let miss = match problem {
        Problem::NoRoute { .. } => Some("no-route"),
        Problem::NotModelled { .. } => Some("not-modelled"),
        Problem::Internal { .. } => Some("internal"),
        _ => None,
    };
    let evidence = Some(said.error.evidence);
    api.dialect.common_headers(&mut said.response);
    Answer { error: Some(said.error.name), miss, ..Answer::natural(said.response, row, evidence) }
}

/// A path below none of the APIs: there is no envelope to speak in.
fn elsewhere(router: &Router, request: &Request<'_>, target: &Target<'_>) -> Answer {
    let one = |api: &&'static Api| {
        let bases: Vec<String> = api.bases().map(|base| format!("{base}/")).collect();
        format!("{} at {}", api.title, bases.join(" and "))
    };
    let bases: Vec<String> = router.apis().iter().map(one).collect();
    let body = json!({ "error": {
        "code": "no_route",
        "message": format!("standin serves nothing at {} {}.", request.method, target.path),
        "hint": format!("It serves {}, and itself at /_standin/health.", bases.join(", ")),
        "nearest": router.nearest(request.method, target.path, NEAREST),
    }});
    Answer { miss: Some("no-route"), ..Answer::natural(Response::json(501, &body), None, None) }
}

/// Answering panicked: the fake's own fault, said so.
fn failed(world: &mut World, request_context: &RequestContext<'_>, panic: &(dyn std::any::Any + Send)) -> Answer {
    let redactor = world.redactor().of_request(request_context.request);
    let said = redactor.text(panic_text(panic)).into_owned();
    let what = format!("standin failed while answering, which is its own fault: {said}");
    worded(world, request_context, None, &Problem::Internal { what })
}

const STANDIN_CALL: HeaderName = HeaderName::from_static("standin-call");
const STANDIN_OP: HeaderName = HeaderName::from_static("standin-op");
const STANDIN_SOURCE: HeaderName = HeaderName::from_static("standin-source");

/// Says in headers where an answer comes from.
fn mark(world: &World, answer: &mut Answer, rule: Option<&str>) {
    let response = &mut answer.response;
    if *world.name != *crate::world::registry::DEFAULT_WORLD {
        response.add("standin-world", &world.name);
    }
    if let Some(row) = answer.row {
        response.headers.append(STANDIN_OP, row.header.clone());
    }
    let mut digits = itoa::Buffer::new();
    let number = HeaderValue::from_str(digits.format(world.journal.next_number()));
    response.headers.append(STANDIN_CALL, number.expect("digits are a header's value"));
    if let Some(rule) = rule {
        response.add("standin-rule", rule);
    }
    if answer.injected || answer.varied {
        response.add("standin-source", "injected");
    } else if let Some(evidence) = answer.evidence {
        response.headers.append(STANDIN_SOURCE, evidence.header());
    }
    if let Some(miss) = answer.miss {
        response.add("standin-miss", miss);
    }
}
