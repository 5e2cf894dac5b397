//! The paths of the control API, below `/_standin`: the body and the answer of each, and the function that handles it.

use std::collections::HashSet;

use serde_json::Value;

use crate::control::effect::Effect;
use crate::control::error::Error;
use crate::control::request::ControlRequest;
use crate::control::{data, events, journal, scenario, server, webhooks, world, worlds};
use crate::engine::schema::suggest::nearest;
use crate::http::target::Query;

/// A function that handles the requests to a path.
pub(super) type Handler = fn(&ControlRequest<'_>) -> Result<Value, Error>;

/// A row of the table.
pub(super) struct ControlRoute {
    /// The method.
    pub method: &'static str,
    /// The path behind `/_standin`, or behind a world's name; a segment in braces takes any one segment.
    pub path: &'static str,
    /// The function that handles it.
    pub handler: Handler,
    /// A sentence about the path, for the reference.
    pub about: &'static str,
    /// The query parameters that it takes. All others are rejected.
    pub query: &'static [QueryParameter],
    /// The schema of the body; `None` takes only an empty one.
    pub body: Option<&'static str>,
    /// The schema of the answer; `None` answers 204.
    pub answer: Option<&'static str>,
    /// Another status of the answer, and its condition; the body has the schema of the answer.
    pub else_answers: Option<(u16, &'static str)>,
    /// True when callers without the token are answered too, whatever host they name.
    pub is_open: bool,
    /// True when the world of the path need not exist yet.
    pub makes_world: bool,
    /// The effect on worlds.
    pub effect: Effect,
    /// A function that tells by the body whether a request may take long although it is small, because it may make many
    /// records.
    pub takes_long: fn(&[u8]) -> bool,
}

/// A query parameter.
pub(super) struct QueryParameter {
    /// The name.
    pub name: &'static str,
    /// True when the value is a number.
    pub is_number: bool,
    /// A sentence about the parameter, for the reference.
    pub about: &'static str,
}

const fn text(name: &'static str, about: &'static str) -> QueryParameter {
    QueryParameter { name, is_number: false, about }
}

const fn number(name: &'static str, about: &'static str) -> QueryParameter {
    QueryParameter { name, is_number: true, about }
}

const fn route(method: &'static str, path: &'static str, handler: Handler, about: &'static str) -> ControlRoute {
    ControlRoute {
        method,
        path,
        handler,
        about,
        query: &[],
        body: None,
        answer: None,
        else_answers: None,
        is_open: false,
        makes_world: false,
        effect: Effect::Changes,
        takes_long: |_| false,
    }
}

impl ControlRoute {
    const fn query(mut self, query: &'static [QueryParameter]) -> Self {
        self.query = query;
        self
    }

    const fn takes(mut self, body: &'static str) -> Self {
        self.body = Some(body);
        self
    }

    const fn answers(mut self, answer: &'static str) -> Self {
        self.answer = Some(answer);
        self
    }

    const fn or(mut self, status: u16, when: &'static str) -> Self {
        self.else_answers = Some((status, when));
        self
    }

    const fn open(mut self) -> Self {
        self.is_open = true;
        self
    }

    const fn makes_world(mut self) -> Self {
        self.makes_world = true;
        self
    }

    const fn leaves(mut self) -> Self {
        self.effect = Effect::Leaves;
        self
    }

    const fn only_looks(mut self) -> Self {
        self.effect = Effect::Looks;
        self
    }

    const fn long(mut self) -> Self {
        self.takes_long = |_| true;
        self
    }

    const fn long_with_a_scenario(mut self) -> Self {
        self.takes_long = names_a_scenario;
        self
    }

    /// Rejects a parameter that would change nothing.
    pub(super) fn check_query(&self, query: &Query<'_>) -> Result<(), Error> {
        let mut seen = HashSet::new();
        if let Some((twice, _)) = query.pairs().find(|(name, _)| !seen.insert(*name)) {
            let message = format!("the query parameter {twice:?} stands twice");
            return Err(Error::new(400, "repeated_parameter", message).hint("Keep one of them."));
        }
        let known = || self.query.iter().map(|parameter| parameter.name);
        let Some((unknown, _)) = query.pairs().find(|(name, _)| known().all(|known| known != *name)) else {
            return Ok(());
        };
        let message = format!("{} {} has no query parameter {unknown:?}", self.method, self.path);
        let refusal = Error::new(400, "unknown_parameter", message);
        let all: Vec<&str> = known().collect();
        Err(match nearest(unknown, known()) {
            None if all.is_empty() => refusal.hint("It has none."),
            None => refusal.hint(format!("It has {}.", all.join(", "))),
            Some(nearest) => refusal.hint(format!("Did you mean {nearest}? It has {}.", all.join(", "))),
        })
    }
}

/// Tells whether a body may have the member `scenario`, even if escapes spell the name.
fn names_a_scenario(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok_and(|body| body.contains("\"scenario\"") || body.contains('\\'))
}

/// The size from which the work for a body may take long.
pub(super) const LARGE_BODY_BYTES: usize = 64 * 1024;

/// The answer that is a stream of events.
pub(super) const EVENTS: &str = "Events";

/// The parameters that select entries of the journal.
const SELECTING: &[QueryParameter] = &[
    number("since", "Only entries after this number."),
    number("limit", "At most this many entries, the oldest first."),
    text("n", "Only the entries of these numbers, with commas between."),
    text("op", "Only calls of this operation; a trailing `*` selects all that begin so."),
    text("status", "Only answers of this status; `4xx` selects a class."),
    text(
        "is",
        "Only calls that a fault rule answered (`fault`), that are not modelled (`miss`), or that failed (`error`).",
    ),
    text("rule", "Only calls that this fault rule answered."),
    text("text", "Only calls with this text in target, headers, body or answer, in any case."),
    text("only", "`numbers` answers the numbers of the entries in place of the entries."),
];

/// The parameter that marks fields as meant.
const UNKNOWN: &[QueryParameter] = &[text(
    "unknown_fields",
    "`allow` takes a field that no document knows without a warning, however near it comes to one that they know.",
)];

/// The paths of the whole server.
pub(super) const SERVER: &[ControlRoute] = &[
    route("GET", "/health", server::health, "The server runs; answers anyone.").answers("Health").open(),
    route("GET", "/ready", server::ready, "The server takes new work; 503 while it drains. Answers anyone.")
        .answers("Ready")
        .open(),
    route("GET", "/", server::index, "What the control API has: every path with a sentence.").answers("Anything"),
    route("GET", "/limits", server::limits, "Every limit with its value here, its default and its setting.")
        .answers("Limits"),
    route("GET", "/routes", server::routes, "Every operation of the APIs, in the order of the tables.")
        .answers("Routes"),
    route("GET", "/schema", server::schema, "The JSON Schema of scenario files.").answers("Anything"),
    route("GET", "/openapi.json", server::openapi, "The OpenAPI document of an API, or of this control API.")
        .query(&[text("api", "The API; `control` is this one. May be left out where one API is served.")])
        .answers("Anything"),
    route("GET", "/scenarios", server::scenarios, "The ready-made scenarios.").answers("ReadyMade"),
    route("POST", "/pause", server::pause, "Consumers connect, and get no answer until resume."),
    route(
        "POST",
        "/refuse",
        server::refuse,
        "The port is closed until resume, which may come over the same connection.",
    ),
    route("POST", "/resume", server::resume, "Consumers get through again, on the same port."),
    route(
        "POST",
        "/reload",
        server::reload,
        "Reads fixtures and the scenario again: the default world begins anew, other worlds stay, later ones start from there.",
    )
    .long(),
    route("GET", "/worlds", worlds::list, "The default world, then the others by name.")
        .query(&[text("label", "Only the worlds of this label.")])
        .answers("Worlds"),
    route("DELETE", "/worlds", worlds::delete_labelled, "Deletes all worlds of a label.")
        .query(&[text("label", "The label.")])
        .answers("Deleted"),
    route(
        "POST",
        "/worlds",
        worlds::make,
        "Makes a world: as the default one was at the start, as another is now, or as a scenario says.",
    )
    .takes("NewWorld")
.leaves()
    .answers("World")
    .long_with_a_scenario(),
];

/// The paths of a world: here those of the default one; those of another are below `/worlds/<name>`.
pub(super) const WORLD: &[ControlRoute] = &[
    route("GET", "/env", worlds::environment, "The variables that point a consumer at this world.")
        .answers("Environment"),
    route(
        "POST",
        "/reset",
        world::reset,
        "Data, rules, steps, clock, ids, journal and coverage as they were at the start.",
    ),
    route("POST", "/snapshot", worlds::snapshot, "Keeps the state of the world under a name.")
        .takes("SnapshotName")
        .leaves()
        .answers("Snapshot"),
    route(
        "POST",
        "/restore",
        worlds::restore,
        "Data, clock and ids as they were at that snapshot; journal and coverage begin anew.",
    )
    .takes("SnapshotName"),
    route("GET", "/clock", world::clock, "The world's time.").answers("Clock"),
    route("POST", "/clock", world::move_clock, "Moves the world's time.").takes("ClockMove").answers("Clock"),
    route("GET", "/journal", journal::list, "The calls that were answered, oldest first.")
        .query(SELECTING)
        .answers("Journal"),
    route("GET", "/journal/{n}", journal::one, "One call whole: headers, bodies, and why it was answered so.")
        .answers("JournalEntry"),
    route("GET", "/events", events::subscribe, "The numbers of new calls, as server-sent events.")
        .query(&[
            number("since", "Begins after this number; `Last-Event-ID`, as a reader sends that connects again, wins."),
            text("world", "The world, where the path names none. Default: the default one."),
        ])
        .answers(EVENTS),
    route(
        "GET",
        "/coverage",
        world::coverage,
        "Every documented outcome of every operation, and how often it was served.",
    )
    .answers("Coverage"),
    route("GET", "/scenario", scenario::show, "The scenario that is played: step, counters, rules with their hits.")
        .query(&[text("checks", "`true` adds the state of every expectation: met, open or violated.")])
        .answers("Scenario"),
    route("PUT", "/scenario", scenario::load, "Puts a scenario in place of all that is in the world.")
        .takes("ScenarioOrName")
        .leaves()
        .answers("Scenario")
        .long(),
    route(
        "DELETE",
        "/scenario",
        scenario::unload,
        "Ends the scenario: its rules, steps and expectations go, data and journal stay.",
    ),
    route(
        "GET",
        "/scenario/explain",
        scenario::explain,
        "The timeline of the scenario, and the forecast of which calls its rules answer.",
    )
    .answers("Explanation"),
    route("GET", "/faults", scenario::faults, "Every fault rule, and how often it matched and fired.")
        .answers("Faults"),
    route(
        "PUT",
        "/faults",
        scenario::put_faults,
        "Puts these fault rules in place of those put before; they come before a scenario's own.",
    )
    .takes("NewFaults")
    .leaves()
    .answers("Faults"),
    route("POST", "/faults", scenario::add_fault, "Adds one fault rule behind those put before.")
        .takes("Fault")
        .leaves()
        .answers("Faults"),
    route(
        "DELETE",
        "/faults",
        scenario::clear_faults,
        "Removes the fault rules that were put; those of a scenario stay.",
    ),
    route("POST", "/expect", scenario::expect, "Adds an expectation of calls, which are counted from now on.")
        .takes("ExpectedCall")
        .leaves()
        .answers("ExpectedCalls"),
    route(
        "POST",
        "/verify",
        scenario::verify,
        "Judges the expectations, once no request is in flight: 200 when they hold, else 422 with the report.",
    )
    .query(&[
        text("format", "`json` (the default), `text`, `junit`, `tap` or `github`."),
        text("status", "`200` answers 200 to a verification that failed, too."),
        text("coverage", "`all` tells the outcomes that were never served, too."),
    ])
    .takes("Verify")
    .answers("Report")
    .or(422, "An expectation does not hold.")
    .only_looks(),
    route("POST", "/wait", scenario::wait, "Answers once this many such calls are in the journal.")
        .takes("Wait")
        .answers("Waited")
        .only_looks(),
    route("POST", "/webhooks", webhooks::sign, "Signs a webhook, for a test to post it itself.")
        .takes("WebhookOrder")
        .answers("SignedWebhook"),
    route(
        "POST",
        "/deliver",
        webhooks::deliver,
        "Signs a webhook and posts it to the test's own address, until it is taken.",
    )
    .takes("DeliveryOrder")
    .leaves()
    .answers("Delivery"),
    route("GET", "/deliveries", webhooks::deliveries, "What was posted: every try, and when the next one is.")
        .answers("Deliveries"),
    route("GET", "/deliveries/{n}", webhooks::delivery, "One delivery.").answers("Delivery"),
    route("GET", "/data", data::all, "All records of all collections.").answers("Data"),
    route(
        "PUT",
        "/data",
        data::replace_collections,
        "Puts these records in place of all that are in these collections.",
    )
    .query(UNKNOWN)
    .takes("Data"),
    route(
        "GET",
        "/collections",
        data::collections,
        "The collections: how many records each has, and the fields that are known.",
    )
    .answers("Collections"),
    route(
        "GET",
        "/data/{collection}",
        data::collection,
        "The records of a collection, with the fields that consumers do not see.",
    )
    .query(&[
        number("skip", "Leaves out this many of the first records."),
        number("limit", "At most this many records."),
        text("text", "Only records with this text in them, in any case."),
    ])
    .answers("Records"),
    route(
        "PUT",
        "/data/{collection}",
        data::replace_collection,
        "Puts these records in place of all that are in the collection.",
    )
    .query(UNKNOWN)
    .takes("Records"),
    route("POST", "/data/{collection}", data::create, "Makes a record; what is left out is made up.")
        .query(UNKNOWN)
        .takes("Record")
        .answers("Record"),
    route("DELETE", "/data/{collection}", data::clear, "Removes every record of the collection."),
    route("GET", "/data/{collection}/{id}", data::record, "A record, with the fields that consumers do not see.")
        .answers("Record"),
    route("PUT", "/data/{collection}/{id}", data::put, "Makes the record, or puts these fields in place of it.")
        .query(UNKNOWN)
        .takes("Record")
        .answers("Record"),
    route("PATCH", "/data/{collection}/{id}", data::patch, "Merges these fields into the record (RFC 7396).")
        .query(UNKNOWN)
        .takes("Record")
        .answers("Record"),
    route("DELETE", "/data/{collection}/{id}", data::remove, "Removes the record and what belongs to it."),
    route(
        "POST",
        "/data/{collection}/{id}/recreate",
        data::recreate,
        "Destroys the record and makes it again, with a new id and new tokens.",
    )
    .answers("Record"),
];

/// The paths of a world itself: only below `/worlds/<name>`.
pub(super) const ITSELF: &[ControlRoute] = &[
    route("GET", "", worlds::one, "The world: its URL and token, clock, calls, scenario.").answers("World"),
    route("PUT", "", worlds::put, "Makes the world of this name; the same request again finds it made.")
        .takes("NewNamedWorld")
        .leaves()
        .answers("World")
        .makes_world()
        .long_with_a_scenario(),
    route(
        "GET",
        "/export",
        worlds::export,
        "The world as data, for another server to go on with; journal and coverage stay.",
    )
    .answers("ExportedWorld"),
    route("PUT", "/import", worlds::import, "Makes the world of this name from such data, once.")
        .takes("ExportedWorld")
        .leaves()
        .answers("World")
        .makes_world()
        .long(),
    route("DELETE", "", worlds::delete, "Deletes the world: its requests are refused from now on."),
];
