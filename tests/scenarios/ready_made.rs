//! Every ready-made scenario: a careful consumer passes, a careless one fails for the stated reason.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::consumers::{Consumer, failed, world};
use crate::flow_consumers::{
    delivered_careful, delivered_careless, retry_careful, retry_careless, run_careful, run_careless,
};
use serde_json::{Value, json};
use standin::{Answer, WorldHandle};

const ONE: &str = "65a000000000000000000001";

type Consume = fn(&WorldHandle);

/// Name, careful consumer, careless consumer, and the checks that the careless one fails.
const CASES: &[(&str, Consume, Consume, &[&str])] = &[
    (
        "celigo-put-wipes",
        put_wipes_careful,
        put_wipes_careless,
        &["calls.read", "order[0]", "final.celigo.integrations[0]"],
    ),
    ("celigo-empty-is-204", empty_careful, empty_careless, &["calls.connections", "order[0]"]),
    ("celigo-paging-under-change", paging_careful, paging_careless, &["calls.pages", "only", "reach", "misses"]),
    ("celigo-token-refused", token_careful, token_careless, &["calls[0]", "conduct.no_retry_on"]),
    ("celigo-retry-storm", storm_careful, storm_careless, &["conduct.retry_after"]),
    ("celigo-one-write-at-a-time", writes_careful, writes_careless, &["conduct.retry_after"]),
    ("celigo-names-are-not-unique", names_careful, names_careless, &["calls.look", "final.celigo.integrations[0]"]),
    ("celigo-masked-secrets", secrets_careful, secrets_careless, &["calls.stars"]),
    (
        "celigo-half-installed",
        install_careful,
        install_careless,
        &["calls.too-early", "calls.run", "reach", "final.celigo.integrations[0]"],
    ),
    ("celigo-slow-answers", slow_careful, slow_careless, &["calls[0]"]),
    ("celigo-cut-off-body", cut_careful, cut_careless, &["calls.list", "calls.read", "order[0]"]),
    ("celigo-tolerant-reader", tolerant_careful, tolerant_careless, &["calls.each", "order[0]"]),
    (
        "celigo-webhook-delivered-twice",
        delivered_careful,
        delivered_careless,
        &["calls.deliver", "calls.look", "order[0]", "final.celigo.deliveries[0]", "final.celigo.jobs[0]"],
    ),
    ("celigo-run-fails-in-one-step", run_careful, run_careless, &["calls.summary", "calls.errors", "order[0]"]),
    (
        "celigo-retry-of-edited-data",
        retry_careful,
        retry_careless,
        &["calls.edit", "calls.too-early", "calls.retry", "order[0]", "reach", "final.celigo.errors[0]"],
    ),
    ("edlink-wrong-token", edlink_token_careful, edlink_token_careless, &["calls[0]", "calls[1]"]),
    ("edlink-unusable-integrations", unusable_careful, unusable_careless, &["calls.unusable"]),
    ("edlink-disabled-in-the-middle", disabled_careful, disabled_careless, &["calls.looks-again"]),
    (
        "edlink-token-replaced",
        replaced_careful,
        replaced_careless,
        &["calls.gone", "calls.list", "calls.found", "order[0]", "conduct.no_retry_on"],
    ),
    ("edlink-first-page-only", pages_careful, pages_careless, &["calls.further", "reach"]),
    (
        "edlink-cursor-gone",
        cursor_careful,
        cursor_careless,
        &["calls.begin", "calls.refused", "order[0]", "conduct.no_retry_on"],
    ),
    ("edlink-nulls", nulls_careful, nulls_careless, &["calls.first", "calls.second"]),
    ("edlink-disabled-in-the-middle-of-a-sync", sync_careful, sync_careless, &["calls.refused", "conduct.no_retry_on"]),
    ("edlink-cursor-expired", expired_careful, expired_careless, &["calls.begin", "order[0]", "conduct.no_retry_on"]),
    (
        "edlink-stale-event-cursor",
        stale_careful,
        stale_careless,
        &["calls.refused", "calls.read-again", "calls.go-on", "order[0]", "conduct.no_retry_on"],
    ),
    ("edlink-sign-in-declined", declined_careful, declined_careless, &["calls.refused", "conduct.no_retry_on"]),
    (
        "edlink-login-code-expired",
        code_expired_careful,
        code_expired_careless,
        &["calls.login", "calls.expired", "calls.granted", "order[0]", "conduct.no_retry_on", "reach"],
    ),
    ("edlink-submission-after-due", late_careful, late_careless, &["calls.wiped", "final.edlink.submissions[0]"]),
    ("edlink-repeated-create", repeated_careful, repeated_careless, &["calls.named", "final.edlink.assignments[0]"]),
    ("edlink-people-without-names", people_careful, people_careless, &["calls.nobody", "calls.both"]),
];

/// Those with tests of their own, in `scenario.rs`.
const ELSEWHERE: &[&str] = &["celigo-bad-afternoon", "celigo-lost-create", "edlink-paging-under-change"];

#[test]
fn careful_consumers_pass() {
    for (name, careful, ..) in CASES {
        let world = world(name);
        careful(&world);
        world.verify().unwrap_or_else(|unmet| panic!("{unmet}"));
    }
}

#[test]
fn careless_consumers_fail_for_the_stated_reason() {
    for (name, _, careless, reasons) in CASES {
        let world = world(name);
        careless(&world);
        let unmet = world.verify().err().unwrap_or_else(|| panic!("{name}: the careless consumer passes"));
        let reasons: BTreeSet<String> = reasons.iter().map(|reason| (*reason).to_owned()).collect();
        assert_eq!(failed(&unmet).into_iter().collect::<BTreeSet<_>>(), reasons, "{unmet}");
    }
}

/// The snapshots were written by another process: ids, times, links and order must come out the same here.
#[test]
fn the_same_calls_get_the_same_answers_in_every_process() {
    for (name, _, careless, _) in CASES {
        let world = world(name);
        careless(&world);
        let calls = world.journal().into_iter().map(|call| {
            let status = call.status.unwrap_or_default();
            let answered = call.error.map_or_else(|| status.to_string(), |error| format!("{status} {error}"));
            format!("{} {} {} {} -> {answered}", call.number, call.at, call.method, call.target)
        });
        let calls: Vec<String> = calls.collect();
        let unmet = world.verify().expect_err("the careless consumer fails");
        insta::assert_snapshot!(*name, format!("{unmet}\n\n{}", calls.join("\n")));
    }
}

#[test]
fn every_ready_made_scenario_has_consumers_and_says_what_it_is_about() {
    let tested: BTreeSet<&str> = CASES.iter().map(|(name, ..)| *name).chain(ELSEWHERE.iter().copied()).collect();
    let all: BTreeSet<&str> = standin::builtin_scenarios().into_iter().map(|scenario| scenario.name).collect();
    assert_eq!(tested, all);
    for scenario in standin::builtin_scenarios() {
        let file: Value = serde_json::from_str(scenario.text).unwrap();
        assert!(file["about"].as_str().is_some_and(|about| about.len() > 60), "{}", scenario.name);
    }
}

fn id_of(record: &Value) -> &str {
    record["_id"].as_str().or(record["id"].as_str()).unwrap()
}

/// Sends until it is not told to wait, waiting as it is told.
fn waiting(world: &WorldHandle, send: impl Fn() -> Answer) -> Answer {
    loop {
        let answer = send();
        match answer.header("retry-after") {
            Some(seconds) => world.advance(Duration::from_secs(seconds.parse().unwrap())),
            None => return answer,
        }
    }
}

fn put_wipes_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let mut whole = celigo.get(&format!("/v1/integrations/{ONE}")).json();
    whole["name"] = "Orders 2024".into();
    celigo.put(&format!("/v1/integrations/{ONE}"), &whole);
}

fn put_wipes_careless(world: &WorldHandle) {
    Consumer::celigo(world).put(&format!("/v1/integrations/{ONE}"), &json!({ "name": "Orders 2024" }));
}

fn empty_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let flows = celigo.get(&format!("/v1/integrations/{ONE}/flows"));
    assert!(flows.status == Some(204) && flows.body.is_empty());
    celigo.get(&format!("/v1/integrations/{ONE}/connections"));
}

fn empty_careless(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let flows = celigo.get(&format!("/v1/integrations/{ONE}/flows"));
    if serde_json::from_slice::<Value>(&flows.body).is_ok() {
        celigo.get(&format!("/v1/integrations/{ONE}/connections"));
    }
}

fn paging_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let mut page = celigo.get("/v1/integrations?limit=2");
    while let Some(link) = page.header("link") {
        let Some(next) = link.split(',').find(|link| link.contains("rel=\"next\"")) else { break };
        let next = next.split_once('<').unwrap().1.split_once('>').unwrap().0.to_owned();
        page = celigo.get(&next);
    }
}

fn paging_careless(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let page = celigo.get("/v1/integrations?limit=2");
    celigo.get(&format!("/v1/{}", page.header("link").unwrap()));
}

fn token_careful(world: &WorldHandle) {
    let celigo = Consumer::with_token(world, "good-token");
    let first = celigo.get("/v1/integrations").json();
    for one in first.as_array().unwrap() {
        if celigo.get(&format!("/v1/integrations/{}", id_of(one))).status == Some(401) {
            return;
        }
    }
}

fn token_careless(world: &WorldHandle) {
    let celigo = Consumer::with_token(world, "good-token");
    celigo.get("/v1/integrations");
    celigo.get("/v1/integrations");
    celigo.get("/v1/integrations");
}

fn storm_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    waiting(world, || celigo.get("/v1/integrations"));
}

fn storm_careless(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    while celigo.get("/v1/integrations").status != Some(200) {}
}

fn rename(celigo: &Consumer<'_>, n: u32) -> Answer {
    celigo.put(&format!("/v1/integrations/65a00000000000000000000{n}"), &json!({ "name": format!("{n} renamed") }))
}

fn writes_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    waiting(world, || rename(&celigo, 1));
    waiting(world, || rename(&celigo, 2));
}

fn writes_careless(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    rename(&celigo, 1);
    while rename(&celigo, 2).status != Some(200) {}
}

fn names_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let all = celigo.get("/v1/integrations").json();
    if !all.as_array().unwrap().iter().any(|one| one["name"] == "Orders to NetSuite") {
        celigo.post("/v1/integrations", &json!({ "name": "Orders to NetSuite" }));
    }
}

fn names_careless(world: &WorldHandle) {
    let created = Consumer::celigo(world).post("/v1/integrations", &json!({ "name": "Orders to NetSuite" }));
    assert_eq!(created.status, Some(201), "no 409 says that it is there already");
}

fn secrets_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let mut whole = celigo.get(&format!("/v1/connections/{ONE}")).json();
    assert_eq!(whole["http"]["auth"]["token"]["token"], "******");
    whole["name"] = "Shop 2024".into();
    whole["http"]["auth"]["token"]["token"] = "not-a-real-secret".into();
    celigo.put(&format!("/v1/connections/{ONE}"), &whole);
}

fn secrets_careless(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let mut whole = celigo.get(&format!("/v1/connections/{ONE}")).json();
    whole["name"] = "Shop 2024".into();
    celigo.put(&format!("/v1/connections/{ONE}"), &whole);
}

fn install_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let integration = celigo.get(&format!("/v1/integrations/{ONE}")).json();
    let open = integration["install"].as_array().unwrap().iter().filter(|step| step["completed"] == false);
    for step in open {
        let function = step["installerFunction"].as_str().unwrap();
        celigo.put(&format!("/v1/integrations/{ONE}/installer/{function}"), &json!({}));
    }
    celigo.post("/v1/flows/65a0000000000000000000f0/run", &json!({}));
}

fn install_careless(world: &WorldHandle) {
    Consumer::celigo(world).post("/v1/flows/65a0000000000000000000f0/run", &json!({}));
}

fn slow_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let all = celigo.get("/v1/integrations").json();
    celigo.get(&format!("/v1/integrations/{}", id_of(&all[0])));
}

fn slow_careless(world: &WorldHandle) {
    Consumer::celigo(world).get("/v1/integrations");
    slow_careful(world);
}

fn cut_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let mut all = celigo.get("/v1/integrations");
    while all.status.is_none() {
        all = celigo.get("/v1/integrations");
    }
    celigo.get(&format!("/v1/integrations/{}", id_of(&all.json()[0])));
}

fn cut_careless(world: &WorldHandle) {
    Consumer::celigo(world).get("/v1/integrations");
}

fn tolerant_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let all = celigo.get("/v1/integrations").json();
    for one in all.as_array().unwrap() {
        celigo.get(&format!("/v1/integrations/{}", id_of(one)));
    }
}

fn tolerant_careless(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let all = celigo.get("/v1/integrations").json();
    let known = ["_id", "name", "description", "sandbox", "createdAt", "lastModified"];
    for one in all.as_array().unwrap() {
        if one.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())) {
            celigo.get(&format!("/v1/integrations/{}", id_of(one)));
        }
    }
}

fn edlink_token_careful(world: &WorldHandle) {
    assert_eq!(Consumer::with_token(world, "application-secret").get("/api/v1/integrations").status, Some(200));
}

fn edlink_token_careless(world: &WorldHandle) {
    let edlink = Consumer::with_token(world, "AccessTokenOfOneIntegration00001");
    assert_eq!(edlink.get("/api/v1/integrations").status, Some(401));
}

fn integrations(edlink: &Consumer<'_>) -> Vec<Value> {
    edlink.get("/api/v1/integrations").json()["$data"].as_array().unwrap().clone()
}

fn read_each(edlink: &Consumer<'_>, usable: impl Fn(&Value) -> bool) {
    for one in integrations(edlink).iter().filter(|one| usable(one)) {
        edlink.get(&format!("/api/v1/integrations/{}", id_of(one)));
    }
}

fn unusable_careful(world: &WorldHandle) {
    read_each(&Consumer::edlink(world), |one| one["status"] == "active" || one["status"] == "paused");
}

fn unusable_careless(world: &WorldHandle) {
    read_each(&Consumer::edlink(world), |_| true);
}

const FIRST: &str = "/api/v1/integrations/65a00000-0000-4000-8000-000000000001";

fn disabled_careful(world: &WorldHandle) {
    let edlink = Consumer::edlink(world);
    while edlink.get(FIRST).json()["$data"]["status"] == "active" {}
}

fn disabled_careless(world: &WorldHandle) {
    Consumer::edlink(world).get(FIRST);
}

fn replaced_careful(world: &WorldHandle) {
    let edlink = Consumer::edlink(world);
    edlink.get(FIRST);
    if edlink.get(FIRST).status == Some(404) {
        read_each(&edlink, |_| true);
    }
}

fn replaced_careless(world: &WorldHandle) {
    let edlink = Consumer::edlink(world);
    (0..3).for_each(|_| drop(edlink.get(FIRST)));
}

fn follow(edlink: &Consumer<'_>, first: &str) -> u16 {
    let mut page = edlink.get(first);
    while let Some(next) = page.json()["$next"].as_str() {
        page = edlink.get(next);
    }
    page.status.unwrap()
}

fn pages_careful(world: &WorldHandle) {
    follow(&Consumer::edlink(world), "/api/v1/integrations");
}

fn pages_careless(world: &WorldHandle) {
    Consumer::edlink(world).get("/api/v1/integrations");
}

fn cursor_careful(world: &WorldHandle) {
    let edlink = Consumer::edlink(world);
    while follow(&edlink, "/api/v1/integrations?$first=2") == 400 {}
}

fn cursor_careless(world: &WorldHandle) {
    let edlink = Consumer::edlink(world);
    let page = edlink.get("/api/v1/integrations?$first=2").json();
    let next = page["$next"].as_str().unwrap();
    (0..3).for_each(|_| drop(edlink.get(next)));
}

fn nulls_careful(world: &WorldHandle) {
    read_each(&Consumer::edlink(world), |_| true);
}

fn nulls_careless(world: &WorldHandle) {
    read_each(&Consumer::edlink(world), |one| one["entity"].is_object());
}

/// The access token of the integration in the default records.
fn graph(world: &WorldHandle) -> Consumer<'_> {
    Consumer::with_token(world, "HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7")
}

const PEOPLE: &str = "/api/v2/graph/people?$first=10";

fn sync_careful(world: &WorldHandle) {
    assert_eq!(follow(&graph(world), PEOPLE), 400);
}

fn sync_careless(world: &WorldHandle) {
    let edlink = graph(world);
    let page = edlink.get(PEOPLE).json();
    (0..2).for_each(|_| drop(edlink.get(page["$next"].as_str().unwrap())));
}

fn expired_careful(world: &WorldHandle) {
    let edlink = graph(world);
    while follow(&edlink, PEOPLE) == 400 {}
}

fn expired_careless(world: &WorldHandle) {
    let edlink = graph(world);
    let page = edlink.get(PEOPLE).json();
    let next = page["$next"].as_str().unwrap();
    while edlink.get(next).status == Some(400) {}
}

const LAST_SEEN_EVENT: &str = "/api/v2/graph/events?$after=212cab2f-7c05-455e-bc5b-7eecda122c2f";

fn stale_careful(world: &WorldHandle) {
    let edlink = graph(world);
    if edlink.get(LAST_SEEN_EVENT).status == Some(400) {
        follow(&edlink, PEOPLE);
        edlink.get("/api/v2/graph/events?$last=1");
    }
}

fn stale_careless(world: &WorldHandle) {
    let edlink = graph(world);
    (0..3).for_each(|_| drop(edlink.get(LAST_SEEN_EVENT)));
}

fn people(world: &WorldHandle, usable: impl Fn(&Value) -> bool) {
    let edlink = graph(world);
    let all = edlink.get("/api/v2/graph/people?$first=1000").json();
    for one in all["$data"].as_array().unwrap().iter().filter(|one| usable(one)) {
        edlink.get(&format!("/api/v2/graph/people/{}", id_of(one)));
    }
}

fn people_careful(world: &WorldHandle) {
    people(world, |_| true);
}

fn people_careless(world: &WorldHandle) {
    people(world, |one| one["first_name"].is_string() && one["roles"].as_array().unwrap().len() == 1);
}

/// Sends the person to sign in, and gives the code it comes back with.
fn sign_in(edlink: &Consumer<'_>) -> Option<String> {
    let back = edlink.get("/sso/login?client_id=an-application&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback");
    let location = back.header("location").unwrap().to_owned();
    location.split_once("code=").map(|(_, code)| code.to_owned())
}

fn exchange_code(edlink: &Consumer<'_>, code: &str) -> u16 {
    let body = json!({
        "grant_type": "authorization_code",
        "client_id": "an-application",
        "client_secret": "any-secret",
        "code": code,
        "redirect_uri": "https://app.example.com/callback",
    });
    edlink.post("/api/authentication/token", &body).status.unwrap()
}

fn declined_careful(world: &WorldHandle) {
    let edlink = Consumer::edlink(world);
    assert_eq!(sign_in(&edlink), None);
    let code = sign_in(&edlink).unwrap();
    assert_eq!(exchange_code(&edlink, &code), 200);
}

fn declined_careless(world: &WorldHandle) {
    let edlink = Consumer::edlink(world);
    let code = sign_in(&edlink).unwrap_or_else(|| "undefined".to_owned());
    (0..2).for_each(|_| assert_eq!(exchange_code(&edlink, &code), 400));
    exchange_code(&edlink, &sign_in(&edlink).unwrap());
    exchange_code(&edlink, &code);
}

fn code_expired_careful(world: &WorldHandle) {
    let edlink = Consumer::edlink(world);
    let code = sign_in(&edlink).unwrap();
    if exchange_code(&edlink, &code) == 400 {
        exchange_code(&edlink, &sign_in(&edlink).unwrap());
    }
}

fn code_expired_careless(world: &WorldHandle) {
    let edlink = Consumer::edlink(world);
    let code = sign_in(&edlink).unwrap();
    (0..3).for_each(|_| assert_eq!(exchange_code(&edlink, &code), 400));
}

const FRACTIONS: &str =
    "/api/v2/my/classes/e418b60d-dbff-4bca-bcc0-4b61b54c0ffb/assignments/b102f935-ea1f-4d80-80fb-4c4377bd5a80";

fn hand_in_and_grade(world: &WorldHandle, grade: &Value) {
    let answer = json!({ "type": "link", "title": "My answer", "url": "https://example.test/late" });
    let student = Consumer::with_token(world, "a-students-token");
    let handed_in = student.post(&format!("{FRACTIONS}/submit"), &json!({ "attachments": [answer] })).json();
    assert_eq!(handed_in["$data"]["flags"], json!(["late"]));
    let submission = format!("{FRACTIONS}/submissions/{}", id_of(&handed_in["$data"]));
    let teacher = Consumer::with_token(world, "a-teachers-token");
    teacher.send("PATCH", &submission, Some(grade));
    teacher.post(&format!("{submission}/return"), &json!({}));
}

fn late_careful(world: &WorldHandle) {
    hand_in_and_grade(world, &json!({ "grade_points": 6 }));
}

fn late_careless(world: &WorldHandle) {
    hand_in_and_grade(world, &json!({ "grade_points": 6, "flags": [] }));
}

fn create_twice(world: &WorldHandle, query: &str) {
    let edlink = graph(world);
    let target = format!("/api/v2/graph/classes/e418b60d-dbff-4bca-bcc0-4b61b54c0ffb/assignments{query}");
    let assignment = json!({
        "title": "Quadratics 1",
        "description": "<p>Page 31</p>",
        "due_date": "2024-02-01T18:00:00.000Z",
        "grading_type": "points",
        "points_possible": 10,
    });
    (0..2).for_each(|_| drop(edlink.post(&target, &assignment)));
}

fn repeated_careful(world: &WorldHandle) {
    create_twice(world, "?$idempotency=quadratics-1");
}

fn repeated_careless(world: &WorldHandle) {
    create_twice(world, "");
}
