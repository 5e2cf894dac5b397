//! Consumers without a socket.
#![allow(dead_code)] // Each test binary uses its part.

use serde_json::Value;
use standin::{Answer, Standin, VerifyError, WorldHandle};

/// A world of a scenario that has nothing to warn of.
pub fn world(scenario: &str) -> WorldHandle {
    let world = Standin::builder().offline().unwrap();
    let warnings = world.load(scenario).unwrap_or_else(|error| panic!("{error}"));
    assert!(warnings.is_empty(), "{warnings:?}");
    world
}

/// A consumer that asks a world.
pub struct Consumer<'w> {
    world: &'w WorldHandle,
    token: String,
}

impl<'w> Consumer<'w> {
    pub fn celigo(world: &'w WorldHandle) -> Self {
        Self { world, token: "any-token".to_owned() }
    }

    pub fn edlink(world: &'w WorldHandle) -> Self {
        Self { world, token: "any-secret".to_owned() }
    }

    pub fn with_token(world: &'w WorldHandle, token: &str) -> Self {
        Self { world, token: token.to_owned() }
    }

    pub fn get(&self, target: &str) -> Answer {
        self.send("GET", target, None)
    }

    pub fn delete(&self, target: &str) -> Answer {
        self.send("DELETE", target, None)
    }

    pub fn post(&self, target: &str, body: &Value) -> Answer {
        self.send("POST", target, Some(body))
    }

    pub fn put(&self, target: &str, body: &Value) -> Answer {
        self.send("PUT", target, Some(body))
    }

    pub fn send(&self, method: &str, target: &str, body: Option<&Value>) -> Answer {
        let authorization = format!("Bearer {}", self.token);
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let body = body.map(ToString::to_string).unwrap_or_default();
        self.world.answer(method, target, &headers, body.as_bytes())
    }
}

/// The ids of the checks that failed.
pub fn failed(unmet: &VerifyError) -> Vec<String> {
    let checks = unmet.report().checks.iter().filter(|check| !check.passed);
    checks.map(|check| check.id.clone()).collect()
}
