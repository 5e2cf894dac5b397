//! Requests after requests, with a model: no failure, no world changed by a refusal, nothing that another world sees.

use serde_json::{Value, json};
use standin::WorldHandle;

use crate::bounded;
use crate::texts::{JSON, check, edlink, world};

const CELIGO: (&str, &str) = ("authorization", "Bearer any-token");
const COLLECTIONS: [&str; 6] = [
    "celigo.integrations",
    "celigo.flows",
    "celigo.connections",
    "celigo.ashares",
    "edlink.integrations",
    "edlink.people",
];

/// All records of the collections that requests change.
fn records(world: &WorldHandle) -> Vec<Value> {
    let all = COLLECTIONS.iter().flat_map(|name| world.records(name).expect("there is that collection"));
    all.map(|record| record.to_value()).collect()
}

/// Each four bytes are one step: what is done, to which record, and with what.
pub fn sequence() -> Box<dyn FnMut(&[u8])> {
    let start = world();
    let other = start.fork();
    let (edlink, untouched) = (edlink(&start), records(&other));
    Box::new(move |input| {
        let world = start.fork();
        for step in input.chunks(4).take(24) {
            let byte = |n: usize| step.get(n).copied().unwrap_or_default();
            run(&world, input, &edlink, [byte(0), byte(1), byte(2), byte(3)]);
        }
        bounded(input, || {
            let _ = world.report().to_string();
        });
        assert_eq!(records(&other).len(), untouched.len(), "another world sees none of it");
    })
}

fn run(world: &WorldHandle, input: &[u8], edlink: &str, [act, which, how, much]: [u8; 4]) {
    let ids = |name: &str| -> Vec<String> {
        world.records(name).unwrap().iter().map(|record| record.id().to_owned()).collect()
    };
    let pick = |ids: &[String]| ids.get(usize::from(which) % ids.len().max(1)).cloned().unwrap_or_default();
    let (integration, flow) = (pick(&ids("celigo.integrations")), pick(&ids("celigo.flows")));
    let (connection, person) = (pick(&ids("celigo.connections")), pick(&ids("edlink.people")));
    let name = format!("N{}", how % 5);
    let depth = usize::from(much) / 2;
    let deep = (0..depth).fold(json!(how), |inner, _| json!({ "a": inner }));
    let body = match how % 6 {
        0 => json!({ "name": name }),
        1 => json!({ "name": name, "settings": deep }),
        2 => json!({ "name": name, "_integrationId": integration, "disabled": how > 100 }),
        3 => json!([{ "op": "add", "path": "/settings", "value": deep }, { "op": "copy", "from": "/settings", "path": "/settings/b" }]),
        4 => json!({ "name": null, "_id": integration, "settings": [deep] }),
        _ => json!({ "first_name": name, "roles": [name], "properties": deep }),
    };
    let requests = [
        ("GET", format!("/v1/integrations?limit={how}&offset={much}")),
        ("POST", "/v1/integrations".to_owned()),
        ("PUT", format!("/v1/integrations/{integration}")),
        ("PATCH", format!("/v1/integrations/{integration}")),
        ("DELETE", format!("/v1/integrations/{integration}")),
        ("POST", "/v1/flows".to_owned()),
        ("PUT", format!("/v1/flows/{flow}")),
        ("POST", format!("/v1/flows/{flow}/run")),
        ("DELETE", format!("/v1/flows/{flow}")),
        ("PUT", format!("/v1/connections/{connection}")),
        ("DELETE", format!("/v1/connections/{connection}")),
        ("GET", format!("/v1/audit?limit={how}&exclude=user")),
        ("GET", format!("/v1/integrations/{integration}/template")),
        ("POST", format!("/v1/integrations/{integration}/clone")),
        ("GET", format!("/api/v2/graph/people?$first={how}&$filter={{\"first_name\":[{{\"operator\":\"equals\",\"value\":\"{name}\"}}]}}")),
        ("GET", format!("/api/v2/graph/events?$last={how}")),
        ("GET", format!("/v1/jobs?limit={how}")),
    ];
    let act = usize::from(act);
    if let Some((method, target)) = requests.get(act % (requests.len() + 6)) {
        let before = if *method == "GET" { Vec::new() } else { records(world) };
        let token = if target.starts_with("/api") { edlink } else { CELIGO.1 };
        let body = if *method == "GET" { String::new() } else { body.to_string() };
        let answer = bounded(input, || world.answer(method, target, &[("authorization", token), JSON], body.as_bytes()));
        check(&answer);
        let status = answer.status.unwrap_or_default();
        if status >= 400 && *method != "GET" {
            assert!(records(world) == before, "{method} {target} was refused with {} and changed the world", status);
        }
        return;
    }
    match act % (requests.len() + 6) - requests.len() {
        0 => drop(world.patch("edlink.people", &person, body)),
        1 => drop(world.patch("celigo.integrations", &integration, body)),
        2 => drop(world.remove("edlink.people", &person)),
        3 => world.advance(std::time::Duration::from_millis(u64::from(much) * 1_000)),
        4 => drop(world.set_time(if how % 2 == 0 { "1970-01-01T00:00:00.000Z" } else { "9999-12-31T23:59:59.000Z" })),
        _ => world.reset(),
    }
}
