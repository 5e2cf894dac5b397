//! The lists of Celigo.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use standin::{Clock, Standin, WorldHandle};

use super::{List, ask, filled, reads, with};

/// A world in which every list has several records that differ.
fn world() -> WorldHandle {
    let world = Standin::builder().clock(Clock::frozen().at("2024-01-20T10:00:00.000Z")).offline().unwrap();
    let collections = [
        "stacks",
        "apis",
        "iclients",
        "filedefinitions",
        "ediprofiles",
        "connectors",
        "templates",
        "asynchelpers",
        "tools",
        "mcpservers",
        "tags",
        "lookupcaches",
        "accesstokens",
        "scripts",
        "ashares",
    ];
    for collection in collections {
        for n in 1..=3 {
            let mut record = json!({
                "name": format!("Record {n}"), "description": format!("About {n}"), "tag": format!("t{n}"),
                "provider": "google", "version": format!("{n}"), "format": "delimited", "rules": [],
                "fileType": "X12", "content": format!("// {n}"), "disabled": n == 1,
                "createdAt": format!("2024-01-0{n}T00:00:00.000Z"),
            });
            if collection == "ashares" {
                record =
                    json!({ "accessLevel": "monitor", "disabled": n == 1, "sharedWithUser": { "email": "a@b.c" } });
            }
            world.create(&format!("celigo.{collection}"), record).unwrap();
        }
    }
    for n in 1..=3 {
        let license =
            json!({ "_connectorId": "23bd17471a705e7197979f31", "email": "user@example.com", "_id": format!("l{n}") });
        world.create("celigo.licenses", license).unwrap();
        let fields = json!({ "_integrationId": "abc123", "description": format!("Revision {n}") });
        world.create("celigo.revisions", fields).unwrap();
    }
    let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
    let send = |method: &str, path: &str, body: Value| {
        let answer = world.answer(method, &format!("/v1{path}"), &headers, body.to_string().as_bytes());
        assert!(answer.status < Some(300), "{method} {path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()
    };
    for n in 1..=3 {
        for of in ["", "/exports/f35c09bc8f431d5175f197a5", "/imports/4710868af834b3a69c7f7d20", "/integrations/abc123"]
        {
            send("PUT", &format!("{of}/state/key{n}"), json!({ "n": n }));
        }
        let flow = send(
            "POST",
            "/flows",
            json!({ "name": format!("Flow {n}"), "disabled": n == 1, "_integrationId": "abc123" }),
        );
        let path = format!("/flows/{}", flow["_id"].as_str().unwrap());
        if n > 1 {
            for _ in 0..n {
                send("POST", &format!("{path}/run"), json!({}));
            }
        } else {
            for change in ["A", "B"] {
                send("PUT", &path, json!({ "name": change, "_integrationId": "abc123" }));
            }
        }
    }
    for name in ["Another name", "Yet another name"] {
        send("PUT", "/integrations/abc123", json!({ "name": name }));
    }
    for kind in ["exports", "imports", "connections", "scripts", "stacks", "apis", "iclients"] {
        let id = get(&world, &format!("/v1/{kind}")).unwrap()[0]["_id"].as_str().unwrap().to_owned();
        let path = format!("/{kind}/{id}");
        let mut record = ask(&world, "any", &format!("/v1{path}")).json();
        for n in 1..=3 {
            record["name"] = format!("Change {n}").into();
            send("PUT", &path, record.clone());
        }
    }
    send("PUT", "/notifications", json!([{ "_flowId": "flow123" }, { "_integrationId": "abc123" }]));
    let deleted = (1..=3).map(|n| send("POST", "/flows", json!({ "name": format!("Gone {n}") }))["_id"].clone());
    for id in deleted.collect::<Vec<_>>() {
        world.answer("DELETE", &format!("/v1/flows/{}", id.as_str().unwrap()), &headers, b"");
    }
    let step = "4710868af834b3a69c7f7d20";
    for (n, resolved) in [(1, true), (2, true), (3, false), (4, false)] {
        let error = json!({
            "_flowId": "flow123", "_expOrImpId": step, "code": format!("C{n}"), "message": format!("m{n}"),
            "source": if n % 2 == 0 { "application" } else { "connection" }, "resolved": resolved,
            "resolvedAt": format!("2024-01-1{n}T00:00:00.000Z"), "occurredAt": format!("2024-01-0{n}T00:00:00.000Z"),
            "_flowJobId": "dee1c62d15495f843cdc3261",
        });
        world.create("celigo.errors", error).unwrap();
    }
    world
}

/// The array of an answer, wherever it stands.
fn rows(answer: &Value) -> Option<&Vec<Value>> {
    let keyed = ["errors", "resolved", "keys"].into_iter().find_map(|key| answer.get(key));
    answer.as_array().or_else(|| keyed?.as_array())
}

fn get(world: &WorldHandle, target: &str) -> Option<Vec<Value>> {
    let answer = ask(world, "any", target);
    (answer.status == Some(200)).then(|| rows(&answer.json()).cloned()).flatten()
}

/// The ids that may stand in a path: those of the lists before them.
fn ids(world: &WorldHandle, before: &str, name: &str) -> Vec<String> {
    if name == "type" {
        return vec!["flows".to_owned()];
    }
    if name == "stepId" {
        return vec!["4710868af834b3a69c7f7d20".to_owned()];
    }
    let list = get(world, &with(before.trim_end_matches('/'), "limit", "1000")).unwrap_or_default();
    list.iter().filter_map(|record| record["_id"].as_str().or(record.as_str()).map(str::to_owned)).collect()
}

/// The lists, each with the target that shows most.
fn lists(world: &WorldHandle) -> Vec<(List, String, Vec<Value>)> {
    let mut lists = Vec::new();
    for list in reads("celigo") {
        let targets = filled(&list.path, &|before, name| ids(world, before, name));
        let shown = targets.into_iter().filter_map(|target| Some((get(world, &target)?, target)));
        if let Some((rows, target)) = shown.max_by_key(|(rows, _)| rows.len()) {
            lists.push((list, target, rows));
        }
    }
    lists
}

/// A value that no record has, of the kind that a parameter takes.
fn foreign(name: &str, shown: Option<&Value>) -> &'static str {
    let is_time = name.ends_with("At") || ["from", "time", "timestamp", "expires", "created"].contains(&name);
    match shown {
        _ if name == "to" => "1970-01-01T00:00:00.000Z",
        _ if is_time => "2999-01-01T00:00:00.000Z",
        Some(Value::Number(_)) => "987654321",
        _ => "no-such-value",
    }
}

#[test]
fn every_array_that_celigo_shows_is_paged() {
    let world = world();
    let unpaged: Vec<String> =
        lists(&world).into_iter().filter(|(list, ..)| !list.has("limit")).map(|(list, ..)| list.operation).collect();
    assert_eq!(unpaged, [] as [&str; 0]);
}

#[test]
fn every_part_of_a_list_of_celigo_is_the_part_asked_for() {
    let world = world();
    let mut tried = BTreeSet::new();
    for (list, target, all) in lists(&world) {
        let operation = &list.operation;
        assert!(all.len() > 1 || operation == "celigo.flows.latestJobs", "{operation} shows {} of {target}", all.len());
        let part = |name: &str, value: &str| get(&world, &with(&target, name, value)).unwrap();
        assert_eq!(part("limit", "1"), all[..1], "{operation} limit");
        assert_eq!(part("offset", "1"), all[1..], "{operation} offset");
        assert_eq!(part("skip", "1"), all[1..], "{operation} skip");
        assert_eq!(part("pageSize", "1"), all[..1], "{operation} pageSize");
        assert_eq!(
            get(&world, &with(&with(&target, "pageSize", "1"), "page", "2")).unwrap(),
            all[1..2.min(all.len())],
            "{operation}"
        );
        for name in ["limit", "offset", "skip", "pageSize", "page"] {
            assert_eq!(ask(&world, "any", &with(&target, name, "x")).status, Some(400), "{operation} {name}=x");
            let twice = with(&with(&target, name, "1"), name, "2");
            assert_eq!(ask(&world, "any", &twice).status, Some(400), "{operation} {name} twice");
        }
        tried.insert(operation.clone());
    }
    assert!(tried.len() > 40, "{tried:?}");
}

#[test]
fn every_list_of_records_shows_searches_and_orders_or_refuses_to() {
    let world = world();
    for (list, target, all) in lists(&world) {
        let operation = &list.operation;
        let part = |name: &str, value: &str| get(&world, &with(&target, name, value));
        for name in ["after", "include", "exclude", "search", "sort", "sort_by"] {
            if !list.has(name) {
                let answer = ask(&world, "any", &with(&target, name, "name"));
                assert_eq!(answer.status, Some(400), "{operation} {name}");
                assert_eq!(answer.json()["errors"][0]["code"], "invalid_query_params", "{operation} {name}");
            }
        }
        if !list.has("include") {
            continue;
        }
        assert!(!all.is_empty(), "{operation} {target}");
        if let Some(id) = all[0]["_id"].as_str().or(all[0]["errorId"].as_str()) {
            assert_eq!(part("after", id).unwrap(), all[1..], "{operation} after");
        }
        assert_eq!(part("after", "nowhere"), None, "{operation} after a record that is not there");
        if list.has("search") {
            assert_eq!(part("search", "no such words").unwrap(), [] as [Value; 0], "{operation} search");
        }
        let is_whole =
            ["celigo.ashares", "audit"].iter().any(|kind| operation.contains(kind)) || operation.ends_with("ashares");
        let first = all[0].as_object().unwrap();
        let hidden = first.keys().find(|key| !["_id", "name"].contains(&key.as_str())).unwrap().clone();
        let without = part("exclude", &hidden).unwrap();
        assert!(without[0].get(&hidden).is_none(), "{operation} exclude");
        let only = part("include", &hidden).unwrap();
        let is_shorter = only[0].as_object().unwrap().len() < first.len();
        assert!(is_shorter != is_whole || first.len() < 4, "{operation} include");
        for sort in ["sort", "sort_by"] {
            let mut names: Vec<String> = Vec::new();
            let parameter = list.parameters.iter().find(|it| it["name"] == sort).unwrap();
            let pattern = parameter["schema"]["pattern"].as_str().unwrap();
            let inner = pattern.trim_start_matches("^(-?(").split_once(')').unwrap().0;
            names.extend(inner.split('|').map(str::to_owned));
            for name in names {
                let rising = part(sort, &name).unwrap();
                let falling = part(sort, &format!("-{name}")).unwrap();
                let key = |row: &Value| {
                    row.get(&name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                };
                let differ = all.iter().map(key).collect::<BTreeSet<_>>().len() > 1;
                assert!(!differ || rising != falling, "{operation} {sort}={name}");
            }
            assert_eq!(part(sort, "noSuchField"), None, "{operation} {sort}");
        }
    }
}

#[test]
fn every_filter_of_a_list_of_celigo_filters() {
    let world = world();
    let general =
        ["limit", "offset", "skip", "page", "pageSize", "after", "include", "exclude", "search", "sort", "sort_by"];
    let mut tried = 0;
    for (list, target, all) in lists(&world) {
        let operation = &list.operation;
        for parameter in &list.parameters {
            let name = parameter["name"].as_str().unwrap();
            if general.contains(&name) {
                continue;
            }
            tried += 1;
            let twice = with(&with(&target, name, "true"), name, "false");
            assert_eq!(ask(&world, "any", &twice).status, Some(400), "{operation} {name} twice");
            let shown = all.iter().find_map(|row| row.get(name));
            if parameter["schema"]["type"] == "boolean" {
                let [yes, no] = ["true", "false"].map(|value| get(&world, &with(&target, name, value)));
                // One of them may ask for what is not modelled.
                let (Some(yes), Some(no)) = (yes, no) else { continue };
                assert_eq!(ask(&world, "any", &with(&target, name, "maybe")).status, Some(400), "{operation} {name}");
                assert!(yes.len() + no.len() == all.len() || no.len() == all.len(), "{operation} {name}");
                assert!(yes.iter().all(|row| row.get(name) != Some(&Value::Bool(false))), "{operation} {name}");
                continue;
            }
            let other = with(&target, name, foreign(name, shown));
            let found = get(&world, &other);
            assert!(found.as_ref().is_none_or(Vec::is_empty), "{operation}: {other} is ignored");
            if let Some(value) = shown.and_then(Value::as_str) {
                let wanted: Vec<Value> = all.iter().filter(|row| row[name] == *value).cloned().collect();
                let found = get(&world, &with(&target, name, value)).unwrap();
                // Asking for a step brings its own jobs, which a list of jobs leaves out otherwise.
                let (listed, brought): (Vec<Value>, Vec<Value>) =
                    found.iter().cloned().partition(|row| wanted.contains(row));
                assert_eq!(listed, wanted, "{operation} {name}={value}");
                let are_steps = brought.iter().all(|row| row[name] == *value && row["_parentJobId"].is_string());
                assert!(are_steps, "{operation} {name}={value}");
                let wanted = found;
                if value.contains(',') {
                    continue;
                }
                let several = with(&target, &format!("{name}_in"), &format!("{value},no-such-value"));
                let is_time = foreign(name, shown).starts_with("2999");
                assert_eq!(
                    get(&world, &several).unwrap_or_else(|| wanted.clone()),
                    wanted,
                    "{operation} {name}_in {is_time}"
                );
            }
            if foreign(name, shown).starts_with("2999") && name.ends_with("At") {
                let later = get(&world, &with(&target, &format!("{name}_gte"), "2999-01-01T00:00:00.000Z"));
                assert_eq!(later.unwrap(), [] as [Value; 0], "{operation} {name}_gte");
                let earlier = get(&world, &with(&target, &format!("{name}_lte"), "1970-01-01T00:00:00.000Z"));
                assert_eq!(earlier.unwrap(), [] as [Value; 0], "{operation} {name}_lte");
            }
        }
    }
    assert!(tried > 300, "{tried}");
}
