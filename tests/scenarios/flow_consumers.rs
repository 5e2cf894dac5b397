//! Consumers of flows, for the ready-made scenarios of webhooks, runs and retries.

use std::time::Duration;

use crate::consumers::Consumer;
use serde_json::{Value, json};
use standin::WorldHandle;

const FLOW: &str = "/v1/flows/65a0000000000000000000f0";
const LISTENER: &str = "/v1/exports/65a0000000000000000000e0/orders-secret/data";

pub fn delivered_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    celigo.post(LISTENER, &json!({ "order": 1 }));
    let runs = celigo.get(&format!("{FLOW}/jobs/latest")).json();
    if runs == json!([]) {
        celigo.post(LISTENER, &json!({ "order": 1 }));
    }
}

pub fn delivered_careless(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    celigo.post(LISTENER, &json!({ "order": 1 }));
    celigo.post(LISTENER, &json!({ "order": 1 }));
}

/// Waits for the end of a job, as long as runs take.
fn ended(world: &WorldHandle, celigo: &Consumer<'_>, job: &str) -> Value {
    for _ in 0..10 {
        let job = celigo.get(&format!("/v1/jobs/{job}")).json();
        if job.get("endedAt").is_some() {
            return job;
        }
        world.advance(Duration::from_secs(1));
    }
    panic!("the job does not end");
}

fn run(world: &WorldHandle, celigo: &Consumer<'_>) -> Value {
    let job = celigo.post(&format!("{FLOW}/run"), &json!({})).json();
    ended(world, celigo, job["_jobId"].as_str().unwrap())
}

pub fn run_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    if run(world, &celigo)["numError"] == 0 {
        return;
    }
    let summary = celigo.get(&format!("{FLOW}/errors")).json();
    let steps = summary["flowErrors"].as_array().unwrap();
    for step in steps.iter().filter(|step| step["numError"] != 0) {
        let errors = celigo.get(&format!("{FLOW}/{}/errors", step["_expOrImpId"].as_str().unwrap())).json();
        assert_eq!(errors["errors"][0]["code"], "NO_STOCK");
        assert_eq!(errors["errors"][0]["traceKey"], "2");
    }
}

pub fn run_careless(world: &WorldHandle) {
    assert_eq!(run(world, &Consumer::celigo(world))["status"], "completed");
}

const STEP: &str = "65a0000000000000000000a0";
const KEY: &str = "5702c03608d8f4c6f26b65566b6532d2";

fn retry(world: &WorldHandle, celigo: &Consumer<'_>) -> Value {
    let job = celigo.post(&format!("{FLOW}/{STEP}/retry"), &json!({ "retryDataKeys": [KEY] })).json();
    ended(world, celigo, job["_id"].as_str().unwrap())
}

pub fn retry_careful(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    let path = format!("{FLOW}/{STEP}/{KEY}/data");
    let mut kept = celigo.get(&path).json();
    kept["data"]["email"] = "wrenna@example.com".into();
    celigo.put(&path, &kept);
    assert_eq!(retry(world, &celigo)["numSuccess"], 1);
}

pub fn retry_careless(world: &WorldHandle) {
    let celigo = Consumer::celigo(world);
    celigo.get(&format!("{FLOW}/{STEP}/{KEY}/data"));
    assert_eq!(retry(world, &celigo)["numError"], 1);
}
