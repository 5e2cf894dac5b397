//! Many worlds on one server: how they are made, chosen, kept apart and given back.

use std::time::Duration;

use crate::support::{Response, ask, many};
use serde_json::{Value, json};
use standin::{Api, Clock, Credential, ErrorKind, Standin, WorldHandle, WorldOptions};

const ANY: (&str, &str) = ("authorization", "Bearer any-token");
const JSON: (&str, &str) = ("content-type", "application/json");
const SAMPLE: &str = "/v1/integrations/abc123";

/// A request to the control API.
fn control(standin: &Standin, method: &str, path: &str, body: &str) -> Response {
    let own = standin.address().to_string();
    ask(standin.address(), method, &format!("/_standin{path}"), &[("host", &own), JSON], body)
}

fn create(world: &WorldHandle, name: &str) -> Value {
    let body = json!({ "name": name }).to_string();
    let made = world.answer("POST", "/v1/integrations", &[ANY, JSON], body.as_bytes());
    assert_eq!(made.status, Some(201), "{}", made.json());
    made.json()
}

fn names(world: &WorldHandle) -> Vec<String> {
    let records = world.records("celigo.integrations").unwrap();
    records.iter().map(|record| record["name"].as_str().unwrap().to_owned()).collect()
}

/// The name of the sample integration, as the answer to this request tells it.
fn seen(standin: &Standin, target: &str, headers: &[(&str, &str)]) -> Value {
    ask(standin.address(), "GET", target, headers, "").json()["name"].clone()
}

#[test]
fn what_happens_in_one_world_is_seen_in_no_other() {
    let standin = Standin::start();
    let (one, two) = (standin.new_world(), standin.new_world());
    create(&one, "only here");
    one.patch("celigo.integrations", "abc123", json!({ "name": "changed" })).unwrap();
    one.advance(Duration::from_mins(1));
    for other in [&two, &standin.world()] {
        assert!(!names(other).contains(&"only here".to_owned()));
        assert!(!names(other).contains(&"changed".to_owned()));
        assert!(other.journal().is_empty());
        assert_eq!(other.now(), "2024-01-20T10:00:00.000Z");
    }
    assert_eq!(one.journal().len(), 1);
    assert_eq!(create(&two, "later")["_id"], create(&standin.world(), "later")["_id"], "each draws its own ids");
}

#[test]
fn a_world_is_chosen_by_prefix_by_header_and_by_token() {
    let standin = Standin::start();
    let world = standin.new_world_with(&WorldOptions::default().name("a")).unwrap();
    world.patch("celigo.integrations", "abc123", json!({ "name": "Of a" })).unwrap();
    let bearer = format!("Bearer {}", world.token());
    let token = ("authorization", bearer.as_str());
    assert_eq!(world.url(), format!("{}/w/a", standin.url()));
    assert_eq!(world.celigo_url(), format!("{}/w/a/v1", standin.url()));
    assert_eq!(seen(&standin, &format!("/w/a{SAMPLE}"), &[ANY]), "Of a");
    assert_eq!(seen(&standin, SAMPLE, &[ANY, ("standin-world", "a")]), "Of a");
    assert_eq!(seen(&standin, SAMPLE, &[token]), "Of a");
    assert_eq!(seen(&standin, &format!("/w/a{SAMPLE}"), &[token, ("standin-world", "a")]), "Of a");
    assert_eq!(seen(&standin, SAMPLE, &[ANY]), "Salesforce Sync");
    assert_eq!(seen(&standin, &format!("/w/default{SAMPLE}"), &[ANY]), "Salesforce Sync");
    let answer = ask(standin.address(), "GET", SAMPLE, &[token], "");
    assert_eq!((answer.header("standin-world"), answer.header("standin-call")), (Some("a"), Some("5")));
}

#[test]
fn ways_that_disagree_are_refused() {
    let standin = Standin::start();
    let (a, b) = (WorldOptions::default().name("a"), WorldOptions::default().name("b"));
    let (a, b) = (standin.new_world_with(&a).unwrap(), standin.new_world_with(&b).unwrap());
    let bearer = format!("Bearer {}", b.token());
    let refused = ask(standin.address(), "GET", &format!("/w/a{SAMPLE}"), &[("authorization", &bearer)], "");
    assert_eq!((refused.status, refused.header("standin-miss")), (400, Some("world")));
    let error = &refused.json()["error"];
    assert_eq!(error["code"], "two_worlds");
    assert_eq!(
        error["message"],
        "The request names two worlds: \"a\" by the prefix of the path, \"b\" by the bearer token."
    );
    let refused = a.answer("GET", &format!("/w/b{SAMPLE}"), &[ANY], b"");
    assert_eq!((refused.status, refused.json()["error"]["code"].clone()), (Some(400), json!("two_worlds")));
    assert!(a.journal().is_empty() && b.journal().is_empty());
}

#[test]
fn an_unknown_world_is_refused_with_the_nearest_name() {
    let standin = Standin::start();
    let _world = standin.new_world_with(&WorldOptions::default().name("orders")).unwrap();
    for (target, headers) in [
        (format!("/w/order{SAMPLE}"), [ANY]),
        (SAMPLE.to_owned(), [("standin-world", "order")]),
        (SAMPLE.to_owned(), [("authorization", "Bearer standin-world-order")]),
    ] {
        let refused = ask(standin.address(), "GET", &target, &headers, "");
        assert_eq!((refused.status, refused.header("standin-miss")), (404, Some("world")), "{target}");
        let error = refused.json()["error"].clone();
        assert_eq!(error["message"], "There is no world \"order\" on this server.");
        assert!(error["hint"].as_str().unwrap().contains("Did you mean orders?"), "{error}");
    }
}

#[test]
fn links_lead_back_into_the_world_the_way_the_caller_came() {
    let standin = Standin::start();
    let world = standin.new_world_with(&WorldOptions::default().name("a")).unwrap();
    let link = |target: &str, headers: &[(&str, &str)]| {
        let answer = ask(standin.address(), "GET", target, headers, "");
        answer.header("link").unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
    };
    let bearer = format!("Bearer {}", world.token());
    assert!(link("/w/a/v1/integrations?limit=1", &[ANY]).starts_with("<http://api.example/w/a/v1/integrations?"));
    let by_token = link("/v1/integrations?limit=1", &[("authorization", &bearer)]);
    assert!(by_token.starts_with("<http://api.example/v1/integrations?"), "{by_token}");
    let next = ask(standin.address(), "GET", "/w/a/api/v1/integrations?$first=1", &[ANY], "").json()["$next"].clone();
    assert!(next.as_str().unwrap().starts_with("http://api.example/w/a/api/v1/integrations?"), "{next}");
}

#[test]
fn a_fork_begins_where_the_other_world_stands() {
    let standin = Standin::start();
    let parent = standin.new_world();
    create(&parent, "before");
    parent.advance(Duration::from_mins(1));
    let fork = parent.fork();
    assert_eq!((names(&fork), fork.now()), (names(&parent), parent.now()));
    assert!(fork.journal().is_empty());
    assert_eq!(create(&fork, "after")["_id"], create(&parent, "after")["_id"], "both go on with the same ids");
    create(&parent, "parent only");
    assert!(!names(&fork).contains(&"parent only".to_owned()));
    fork.reset();
    assert!(names(&fork).contains(&"before".to_owned()), "a fork starts where it was forked");
    assert!(!names(&fork).contains(&"after".to_owned()));
    parent.reset();
    assert_eq!(names(&parent), names(&standin.world()));
}

#[test]
fn a_snapshot_is_gone_back_to_as_often_as_wanted() {
    let standin = Standin::start();
    let world = standin.new_world();
    create(&world, "before");
    let (at, before) = (world.now(), world.snapshot());
    let ids: Vec<Value> = (0..2)
        .map(|_| {
            let id = create(&world, "after")["_id"].clone();
            world.restore(&before);
            assert_eq!((world.now(), world.journal().len()), (at.clone(), 0));
            id
        })
        .collect();
    assert_eq!(ids[0], ids[1]);
    let other = standin.new_world();
    other.restore(&before);
    assert!(names(&other).contains(&"before".to_owned()), "a snapshot is good in another world too");
}

#[test]
fn a_scenario_is_part_of_where_a_world_stands() {
    let standin = Standin::start();
    let world = standin.new_world();
    let start = world.snapshot();
    world.load("celigo-lost-create").unwrap();
    let loaded = world.snapshot();
    // The first request of a scenario's world meets its rule, those after it do not.
    let meets_rule = |world: &WorldHandle| {
        let body = json!({ "name": "Orders to NetSuite" }).to_string();
        // It closes the connection: there is no status.
        world.answer("POST", "/v1/integrations", &[ANY, JSON], body.as_bytes()).status.is_none()
    };
    let fresh = world.fork();
    assert!(meets_rule(&world) && !meets_rule(&world));
    assert!(meets_rule(&fresh), "a fork has the scenario with its own counts");
    fresh.reset();
    assert!(meets_rule(&fresh), "and starts there again");
    let later = world.fork();
    assert!(!meets_rule(&later), "as it stands, not as it started");
    world.restore(&loaded);
    assert!(meets_rule(&world));
    world.restore(&start);
    assert!(!meets_rule(&world), "before, there was no scenario");
    assert!(!meets_rule(&standin.new_world()));
    // No verdict is asked for on these consumers.
    for world in [&fresh, &later] {
        world.restore(&start);
    }
}

#[test]
fn a_seed_of_its_own_gives_a_world_ids_of_its_own() {
    let standin = Standin::start();
    let seeded =
        |seed| create(&standin.new_world_with(&WorldOptions::default().seed(seed)).unwrap(), "x")["_id"].clone();
    assert_eq!(seeded(7), seeded(7));
    assert_ne!(seeded(7), seeded(8));
    assert_eq!(seeded(7), create(&Standin::builder().seed(7).offline().unwrap(), "x")["_id"]);
}

#[test]
fn a_world_ends_with_its_last_handle_unless_it_is_kept() {
    let standin = Standin::start();
    let world = standin.new_world();
    let (name, url) = (world.name().to_owned(), format!("/w/{}{SAMPLE}", world.name()));
    let clone = world.clone();
    drop(world);
    assert_eq!(ask(standin.address(), "GET", &url, &[ANY], "").status, 200);
    drop(clone);
    let gone = ask(standin.address(), "GET", &url, &[ANY], "");
    assert_eq!((gone.status, gone.header("standin-miss")), (410, Some("world")));
    assert!(gone.text().contains("ended with its last handle"), "{}", gone.text());
    assert!(standin.find_world(&name).is_none());
    standin.new_world_with(&WorldOptions::default().name("kept")).unwrap().detach();
    assert_eq!(standin.worlds(), ["kept"]);
    assert_eq!(standin.find_world("kept").unwrap().name(), "kept");
    assert_eq!(standin.worlds(), ["kept"], "a handle that was found ends nothing");
}

#[test]
fn a_deleted_world_says_so_over_every_handle() {
    let standin = Standin::start();
    let world = standin.new_world_with(&WorldOptions::default().name("a")).unwrap();
    world.clone().delete().unwrap();
    let gone = world.answer("GET", SAMPLE, &[ANY], b"");
    assert_eq!(
        (gone.status, gone.json()["error"]["message"].clone()),
        (Some(410), json!("The world \"a\" was deleted."))
    );
    assert_eq!(world.delete().unwrap_err().kind(), ErrorKind::Gone);
    let again = standin.new_world_with(&WorldOptions::default().name("a")).unwrap();
    drop(world);
    assert_eq!(again.answer("GET", SAMPLE, &[ANY], b"").status, Some(200), "an old handle ends no new world");
    assert_eq!(standin.world().delete().unwrap_err().kind(), ErrorKind::Conflict);
}

#[test]
fn the_control_api_makes_lists_and_deletes_worlds() {
    let standin = Standin::start();
    let own = standin.url();
    let made = control(&standin, "POST", "/worlds", r#"{"name":"a"}"#).json();
    assert_eq!(
        made,
        json!({ "name": "a", "url": format!("{own}/w/a"), "token": "standin-world-a", "expires_idle_after_ms": 3_600_000 })
    );
    let made_up = control(&standin, "POST", "/worlds", "").json()["name"].clone();
    assert_eq!(made_up, "w1");
    let listed = control(&standin, "GET", "/worlds", "").json();
    let listed: Vec<&Value> = listed["worlds"].as_array().unwrap().iter().map(|world| &world["name"]).collect();
    assert_eq!(listed, ["default", "a", "w1"]);
    assert_eq!(control(&standin, "GET", "/worlds/a", "").json()["url"], format!("{own}/w/a"));
    assert_eq!(control(&standin, "DELETE", "/worlds/a", "").status, 204);
    let gone = control(&standin, "GET", "/worlds/a/journal", "");
    assert_eq!((gone.status, gone.json()["error"]["code"].clone()), (410, json!("world_gone")));
}

#[test]
fn the_control_api_refuses_what_makes_no_world() {
    let standin = Standin::builder().max_worlds(2).start();
    let refused = |body: &str| {
        let refused = control(&standin, "POST", "/worlds", body);
        (refused.status, refused.json()["error"]["message"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(control(&standin, "POST", "/worlds", r#"{"name":"a"}"#).status, 200);
    assert_eq!(refused(r#"{"name":"a"}"#), (409, "There is a world \"a\" already.".to_owned()));
    assert_eq!(refused(r#"{"name":"default"}"#).0, 409);
    assert_eq!(refused(r#"{"name":"a/b"}"#), (400, "A world cannot be named \"a/b\".".to_owned()));
    assert_eq!(refused(r#"{"from":"nope"}"#), (404, "There is no world \"nope\" on this server.".to_owned()));
    assert_eq!(refused(r#"{"sead":1}"#).0, 400);
    assert_eq!(control(&standin, "POST", "/worlds", r#"{"from":"a","seed":3}"#).status, 200);
    assert_eq!(refused("{}"), (409, "This server holds 2 worlds, which is its limit.".to_owned()));
    assert_eq!(standin.new_world_with(&WorldOptions::default()).err().unwrap().kind(), ErrorKind::LimitReached);
}

#[test]
fn every_path_of_a_world_is_below_its_name_and_below_its_url() {
    let standin = Standin::start();
    let world = standin.new_world_with(&WorldOptions::default().name("a")).unwrap();
    let to_a = |method: &str, path: &str, body: &str| control(&standin, method, &format!("/worlds/a{path}"), body);
    assert_eq!(to_a("PATCH", "/data/celigo.integrations/abc123", r#"{"name":"Of a"}"#).status, 200);
    assert_eq!(to_a("POST", "/snapshot", r#"{"name":"named"}"#).json(), json!({ "name": "named" }));
    assert_eq!(to_a("POST", "/clock", r#"{"advance_ms":60000}"#).json()["now"], "2024-01-20T10:01:00.000Z");
    assert_eq!(world.now(), "2024-01-20T10:01:00.000Z");
    assert_eq!(to_a("DELETE", "/data/celigo.integrations/abc123", "").status, 204);
    assert_eq!(seen(&standin, SAMPLE, &[ANY]), "Salesforce Sync");
    assert_eq!(to_a("POST", "/restore", r#"{"name":"named"}"#).status, 204);
    assert_eq!(seen(&standin, &format!("/w/a{SAMPLE}"), &[ANY]), "Of a");
    assert_eq!(to_a("GET", "/journal", "").json()["entries"].as_array().unwrap().len(), 1);
    assert_eq!(to_a("GET", "/coverage", "").json()["served"][0]["op"], "celigo.integrations.get");
    let environment = to_a("GET", "/env", "").json();
    assert_eq!(environment["CELIGO_BASE_URL"], world.celigo_url());
    assert!(world.environment().iter().all(|(name, value)| environment[name] == *value));
    let missing = to_a("POST", "/restore", r#"{"name":"name"}"#).json()["error"].clone();
    assert_eq!(missing["hint"], "Did you mean named?");

    let own = standin.address().to_string();
    let below_url = |method: &str, path: &str| ask(standin.address(), method, path, &[("host", &own)], "");
    assert_eq!(below_url("POST", "/w/a/_standin/reset").status, 204);
    assert_eq!(seen(&standin, &format!("/w/a{SAMPLE}"), &[ANY]), "Salesforce Sync");
    assert_eq!(below_url("POST", "/w/b/_standin/reset").status, 404, "never another world than the one that was meant");
    assert_eq!(below_url("POST", "/w/b/_standin/worlds/a/reset").json()["error"]["code"], "two_worlds");
    let server = to_a("GET", "/health", "").json()["error"]["hint"].clone();
    assert_eq!(server, "It belongs to the whole server: /_standin/health.");
}

#[test]
fn where_only_some_tokens_are_good_a_worlds_own_is_one_of_them() {
    let standin = Standin::builder().credential(Api::Celigo, Credential::new("listed")).start();
    let world = standin.new_world();
    let status = |target: &str, token: &str| {
        let bearer = format!("Bearer {token}");
        ask(standin.address(), "GET", target, &[("authorization", &bearer)], "").status
    };
    assert_eq!(status(SAMPLE, &world.token()), 200);
    assert_eq!(status(&format!("/w/{}{SAMPLE}", world.name()), "listed"), 200);
    assert_eq!(status(&format!("/w/{}{SAMPLE}", world.name()), "other"), 401);
    assert_eq!(status(SAMPLE, &standin.world().token()), 200);
}

#[test]
fn a_clock_drives_times_starts_and_the_date() {
    let world = Standin::builder().clock(Clock::frozen().at("2024-03-01T12:00:00.000Z")).offline().unwrap();
    let first = create(&world, "first");
    assert_eq!(first["createdAt"], "2024-03-01T12:00:00.000Z");
    assert_eq!(create(&world, "second")["createdAt"], first["createdAt"], "a frozen clock stands still");
    let starts = json!({ "standin_start_date": "2024-03-01T13:00:00.000Z" });
    let made = world.create("edlink.integrations", starts).unwrap();
    let status =
        || world.record("edlink.integrations", made["id"].as_str().unwrap()).unwrap().unwrap()["status"].clone();
    assert_eq!(status(), "inactive");
    world.advance(Duration::from_hours(1));
    assert_eq!(status(), "active");
    let answer = world.answer("GET", SAMPLE, &[ANY], b"");
    assert_eq!(answer.header("date"), Some("Fri, 01 Mar 2024 13:00:00 GMT"));

    let stepping = Standin::builder()
        .clock(Clock::step_by(Duration::from_secs(1)).at("2024-03-01T12:00:00.000Z"))
        .offline()
        .unwrap();
    let times: Vec<Value> = ["x", "y"].map(|name| create(&stepping, name)["createdAt"].clone()).to_vec();
    assert_eq!(times, ["2024-03-01T12:00:00.000Z", "2024-03-01T12:00:01.000Z"]);

    let real = Standin::builder().clock(Clock::real()).offline().unwrap();
    assert!(create(&real, "x")["createdAt"].as_str().unwrap() > "2025");
    real.set_time("2030-01-01T00:00:00.000Z").unwrap();
    assert!(create(&real, "y")["createdAt"].as_str().unwrap().starts_with("2030-01-01T00:0"));
}

#[test]
fn ten_thousand_worlds_with_a_hundred_changed_records_each_stay_apart() {
    const WORLDS: usize = many(10_000, 2_000);
    const CHANGED: usize = many(100, 10);
    const RECORDS: usize = CHANGED + 20;
    const COLLECTION: &str = "edlink.permissions";
    let id = |n: usize| format!("00000000-0000-4000-8000-{n:012}");
    let record = |n: usize| json!({ "id": id(n), "name": format!("permission {n}") });
    let standin = Standin::start();
    let start = standin.world();
    start.replace_all(COLLECTION, (0..RECORDS).map(record).collect()).unwrap();
    let untouched = start.records(COLLECTION).unwrap();
    // Each world loses other records than its neighbours, and names one of those it keeps after itself.
    let kept = |world: usize| (CHANGED - 1..RECORDS).map(move |n| (world + n) % RECORDS);
    let change = |world: usize| {
        let handle = start.fork_with(&WorldOptions::default().name(&format!("n{world}"))).unwrap();
        for n in (0..CHANGED - 1).map(|n| (world + n) % RECORDS) {
            handle.remove(COLLECTION, &id(n)).unwrap();
        }
        let renamed = json!({ "name": format!("of {world}") });
        handle.patch(COLLECTION, &id(kept(world).next().unwrap()), renamed).unwrap();
        handle
    };
    let worlds: Vec<WorldHandle> = std::thread::scope(|scope| {
        let odd = scope.spawn(|| (1..WORLDS).step_by(2).map(change).collect::<Vec<_>>());
        let mut worlds: Vec<WorldHandle> = (0..WORLDS).step_by(2).map(change).collect();
        worlds.extend(odd.join().unwrap());
        worlds
    });
    assert_eq!(standin.worlds().len(), WORLDS);
    for handle in &worlds {
        let world: usize = handle.name()[1..].parse().unwrap();
        let mut expected: Vec<(String, String)> = kept(world)
            .enumerate()
            .map(|(place, n)| (id(n), if place == 0 { format!("of {world}") } else { format!("permission {n}") }))
            .collect();
        expected.sort();
        let records = handle.records(COLLECTION).unwrap();
        let text = |record: &Value, field: &str| record[field].as_str().unwrap().to_owned();
        let mut found: Vec<(String, String)> =
            records.iter().map(|r| (text(&r.to_value(), "id"), text(&r.to_value(), "name"))).collect();
        found.sort();
        assert_eq!(found, expected, "in world {world}");
    }
    assert_eq!(start.records(COLLECTION).unwrap(), untouched, "the world they were forked from saw nothing of it");
    let answer = ask(standin.address(), "GET", &format!("/w/n{}/v1/integrations/abc123", WORLDS / 2), &[ANY], "");
    assert_eq!((answer.status, answer.header("standin-world")), (200, Some(&*format!("n{}", WORLDS / 2))));
    drop(worlds);
    assert!(standin.worlds().is_empty());
}

#[test]
fn a_world_that_is_not_there_is_told_apart_from_those_that_are() {
    let standin = Standin::start();
    let hint = || {
        let answer = ask(standin.address(), "GET", "/w/nope/v1/integrations", &[("authorization", "Bearer any")], "");
        answer.json()["error"]["hint"].to_string()
    };
    assert!(hint().contains("There is none but the default one."), "{}", hint());
    let _world = standin.new_world_with(&WorldOptions::default().name("quite-another")).unwrap();
    assert!(hint().contains("GET /_standin/worlds lists those there are."), "{}", hint());
}
