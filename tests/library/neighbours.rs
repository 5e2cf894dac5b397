//! Calls that consumers of Celigo make next, as far as one exchange cannot show it: jobs that time brings to their end, what
//! holds across resources, limits that refill.

use std::time::Duration;

use serde_json::{Value, json};
use standin::{Answer, Api, Builder, Clock, Credential, Profile, Standin, WorldHandle};

const START: &str = "2024-01-20T10:00:00.000Z";

fn world(settle: impl FnOnce(Builder) -> Builder) -> WorldHandle {
    settle(Standin::builder().clock(Clock::frozen().at(START))).offline().unwrap()
}

fn ask(world: &WorldHandle, method: &str, path: &str, body: &Value) -> Answer {
    let headers = [("host", "h"), ("authorization", "Bearer any"), ("content-type", "application/json")];
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    world.answer(method, &format!("/v1{path}"), &headers, &body)
}

fn get(world: &WorldHandle, path: &str) -> Value {
    let answer = ask(world, "GET", path, &Value::Null);
    assert_eq!(answer.status, Some(200), "GET {path}: {}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|record| record["_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_job_is_queued_then_runs_then_ends_as_the_clock_moves() {
    let world = world(|builder| builder);
    let run = ask(&world, "POST", "/flows/flow123/run", &Value::Null);
    let job = format!("/jobs/{}", run.json()["_jobId"].as_str().unwrap());
    assert_eq!(get(&world, &job)["status"], "queued");
    world.advance(Duration::from_secs(1));
    let running = get(&world, &job);
    assert_eq!((&running["status"], &running["startedAt"]), (&json!("running"), &json!("2024-01-20T10:00:01.000Z")));
    world.advance(Duration::from_secs(4));
    let ended = get(&world, &job);
    assert_eq!((&ended["status"], &ended["endedAt"]), (&json!("completed"), &json!("2024-01-20T10:00:05.000Z")));
    let flow = get(&world, "/flows/flow123");
    assert_eq!(flow["lastExecutedAt"], running["startedAt"]);
    assert_eq!(flow["lastModified"], "2024-01-12T09:10:00.000Z", "running a flow is no change of it");
}

#[test]
fn a_clock_that_jumps_ends_a_job_at_the_time_it_would_have_ended() {
    let world = world(|builder| builder);
    ask(&world, "POST", "/flows/flow123/run", &Value::Null);
    world.advance(Duration::from_hours(24));
    let jobs = get(&world, "/jobs?_flowId=flow123&limit=1");
    assert_eq!(jobs[0]["endedAt"], "2024-01-20T10:00:05.000Z");
}

#[test]
fn an_error_of_a_run_names_the_status_of_the_answer_that_refused_it() {
    let world = world(|builder| builder);
    let made = |path: &str, body: &Value| ask(&world, "POST", path, body).json()["_id"].as_str().unwrap().to_owned();
    let records: Vec<Value> = (1..=3).map(|id| json!({ "record": { "id": id } })).collect();
    let mut step = json!({ "name": "Orders", "_connectionId": "787b65682564174cd4206009" });
    step["adaptorType"] = "HTTPExport".into();
    step["mockOutput"] = json!({ "page_of_records": records });
    let export = made("/exports", &step);
    let answers = json!([
        { "statusCode": 503, "errors": [{ "code": "busy", "message": "Busy" }] },
        { "errors": [{ "code": "wrong", "message": "Wrong" }] },
        { "statusCode": 500, "errors": [{ "code": "slow", "message": "Slow", "statusCode": 429 }] },
    ]);
    step["adaptorType"] = "HTTPImport".into();
    step["mockResponse"] = answers;
    let import = made("/imports", &step);
    let steps = (json!([{ "_exportId": export }]), json!([{ "type": "import", "_importId": import }]));
    let flow = made("/flows", &json!({ "name": "Orders", "pageGenerators": steps.0, "pageProcessors": steps.1 }));
    ask(&world, "POST", &format!("/flows/{flow}/run"), &json!({}));
    world.advance(Duration::from_secs(5));
    let errors = get(&world, &format!("/flows/{flow}/{import}/errors"));
    let status = |error: &Value| error["reqAndResKey"].as_str().unwrap().split('-').nth(2).unwrap().to_owned();
    let told: Vec<String> = errors["errors"].as_array().unwrap().iter().map(status).collect();
    assert_eq!(told, ["503", "400", "429"]);
}

#[test]
fn a_canceled_job_stays_canceled() {
    let world = world(|builder| builder);
    let run = ask(&world, "POST", "/flows/flow123/run", &Value::Null);
    let job = format!("/jobs/{}", run.json()["_jobId"].as_str().unwrap());
    assert_eq!(ask(&world, "PUT", &format!("{job}/cancel"), &Value::Null).status, Some(200));
    world.advance(Duration::from_mins(1));
    assert_eq!(get(&world, &job)["status"], "canceled");
}

#[test]
fn a_connection_sent_back_as_it_was_shown_keeps_its_secrets() {
    let world = world(|builder| builder);
    for connection in get(&world, "/connections").as_array().unwrap() {
        let path = format!("/connections/{}", connection["_id"].as_str().unwrap());
        assert_eq!(ask(&world, "PUT", &path, connection).status, Some(200));
    }
    let stored = json!(world.records("celigo.connections").unwrap()).to_string();
    for secret in 1..=9 {
        assert!(stored.contains(&format!("not-a-real-secret-{secret}")), "secret {secret} is lost");
    }
    assert!(!stored.contains("******"));
}

#[test]
fn a_secret_that_is_not_the_mask_replaces_the_stored_one() {
    let world = world(|builder| builder);
    let path = "/connections/95bb078605bd4399d83fc1e2";
    let mut connection = get(&world, path);
    connection["rdbms"]["password"] = json!("another");
    ask(&world, "PUT", path, &connection);
    let stored = world.record("celigo.connections", "95bb078605bd4399d83fc1e2").unwrap().unwrap();
    assert_eq!(stored["rdbms"]["password"], "another");
}

#[test]
fn every_neighbour_sent_back_as_it_was_shown_changes_only_when_it_was_modified() {
    let world = world(|builder| builder);
    for kind in ["flows", "exports", "imports", "connections", "scripts"] {
        for id in ids(&get(&world, &format!("/{kind}"))) {
            let path = format!("/{kind}/{id}");
            let mut before = get(&world, &path);
            assert_eq!(ask(&world, "PUT", &path, &before).status, Some(200), "PUT {path}");
            let after = get(&world, &path);
            before["lastModified"] = json!(START);
            assert_eq!(after, before);
        }
    }
}

#[test]
fn a_copy_contains_what_the_original_contains_and_nothing_of_it() {
    let world = world(|builder| builder);
    for original in ids(&get(&world, "/integrations")) {
        let copy = ask(&world, "POST", &format!("/integrations/{original}/clone"), &Value::Null).json();
        let copy = copy["_id"].as_str().unwrap().to_owned();
        for kind in ["flows", "exports", "imports"] {
            let [of_original, of_copy] =
                [&original, &copy].map(|id| get(&world, &format!("/integrations/{id}/{kind}")));
            let names = |list: &Value| -> Vec<Value> {
                list.as_array().unwrap().iter().map(|record| record["name"].clone()).collect()
            };
            assert_eq!(names(&of_copy), names(&of_original), "{kind} of {original}");
            assert!(ids(&of_copy).iter().all(|id| !ids(&of_original).contains(id)), "{kind} are shared");
        }
    }
}

#[test]
fn deleting_an_integration_deletes_its_revisions() {
    let world = world(|builder| builder);
    assert_eq!(ask(&world, "DELETE", "/integrations/abc123def456", &Value::Null).status, Some(204));
    assert_eq!(world.records("celigo.revisions").unwrap().len(), 0);
}

#[test]
fn a_bucket_refills_as_the_clock_moves() {
    let world = world(|builder| builder.rate_limit(Api::Celigo, 3, 2));
    let statuses = |count: usize| -> Vec<u16> {
        (0..count).map(|_| ask(&world, "GET", "/tokenInfo", &Value::Null).status.unwrap()).collect()
    };
    assert_eq!(statuses(5), [200, 200, 200, 429, 429]);
    world.advance(Duration::from_millis(499));
    assert_eq!(statuses(1), [429]);
    world.advance(Duration::from_millis(1));
    assert_eq!(statuses(2), [200, 429]);
    world.advance(Duration::from_mins(1));
    assert_eq!(statuses(4), [200, 200, 200, 429], "it holds no more than it can");
    let edlink = world.answer("GET", "/api/v1/integrations", &[("authorization", "Bearer any")], b"");
    assert_eq!(edlink.status, Some(200), "each API has its own");
    world.reset();
    assert_eq!(statuses(1), [200]);
}

#[test]
fn the_live_profile_lets_a_thousand_requests_through_at_once() {
    let world = world(|builder| builder.profile(Api::Celigo, Profile::Live));
    let passed = (0..1_010).filter(|_| ask(&world, "GET", "/tokenInfo", &Value::Null).status == Some(200)).count();
    assert_eq!(passed, 1_000);
}

#[test]
fn a_profile_or_a_rate_that_makes_no_sense_is_refused() {
    let faults = |builder: Builder| builder.offline().err().map(|error| error.to_string()).unwrap_or_default();
    assert!("lively".parse::<Profile>().unwrap_err().to_string().contains("no profile \"lively\""));
    assert!("celigoo".parse::<Api>().unwrap_err().to_string().contains("did you mean celigo"));
    assert!(faults(Standin::builder().rate_limit(Api::Celigo, 0, 300)).contains("at least 1"));
}

#[test]
fn a_narrowed_token_cannot_name_what_it_does_not_see() {
    let world = world(|builder| builder.credential(Api::Celigo, Credential::new("any").integrations(["abc123"])));
    let make = |integration: &str| {
        ask(&world, "POST", "/flows", &json!({ "name": "Mine", "_integrationId": integration })).status
    };
    assert_eq!((make("abc123"), make("def456"), make("nowhere")), (Some(201), Some(400), Some(400)));
    let flow = get(&world, "/flows/flow123");
    assert_eq!(ask(&world, "PUT", "/flows/flow123", &flow).status, Some(200), "what it names already it may keep");
}

const COLLECTIONS: [&str; 12] = [
    "integrations",
    "connections",
    "exports",
    "imports",
    "flows",
    "scripts",
    "connectors",
    "ashares",
    "audit",
    "errors",
    "jobs",
    "revisions",
];

#[test]
fn records_of_every_collection_are_made_up_from_nothing_the_same_for_the_same_seed() {
    let made = |collection: &str, seed: u64| {
        let collection = format!("celigo.{collection}");
        let world = world(|builder| builder.seed(seed).no_embedded_fixtures().generate(&collection, 25));
        let records = world.records(&collection).unwrap();
        assert!(records.len() >= 25, "{collection}: {}", records.len());
        // Every reference leads somewhere, or sending the record back is refused.
        for record in &records {
            let key = if collection == "celigo.errors" { "errorId" } else { "_id" };
            world.put(&collection, record[key].as_str().unwrap(), record.clone()).unwrap();
        }
        records
    };
    for collection in COLLECTIONS {
        assert_eq!(made(collection, 1), made(collection, 1));
        assert_ne!(made(collection, 1), made(collection, 2));
    }
}

#[test]
fn the_connections_of_made_up_flows_are_registered() {
    let world = world(|builder| builder.no_embedded_fixtures().generate("celigo.flows", 3));
    let integration = ids(&get(&world, "/integrations")).remove(0);
    for kind in ["flows", "exports", "imports", "connections"] {
        assert!(!ids(&get(&world, &format!("/integrations/{integration}/{kind}"))).is_empty(), "no {kind}");
    }
}

#[test]
fn the_user_of_a_world_is_whom_its_answers_name() {
    let world = world(|builder| builder.user("mara.quill@example.org"));
    ask(&world, "PUT", "/integrations/abc123", &json!({ "name": "Renamed" }));
    let entry = &get(&world, "/integrations/abc123/audit?user=mara.quill@example.org")[0];
    assert_eq!(entry["changes"]["name"]["new"], "Renamed");
    let path = "/flows/flow123/4710868af834b3a69c7f7d20";
    let error = get(&world, &format!("{path}/errors?limit=1"))["errors"][0]["errorId"].clone();
    ask(&world, "PUT", &format!("{path}/resolved"), &json!({ "errors": [error] }));
    assert!(get(&world, &format!("{path}/resolved")).to_string().contains("mara.quill@example.org"));
    let by = get(&world, "/tokenInfo")["_userId"].clone();
    assert_eq!(get(&world, &format!("/audit?_byUserId={}", by.as_str().unwrap())).as_array().unwrap().len(), 1);
}
