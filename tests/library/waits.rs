//! The cost of waits for others: a call is looked at once by each wait for its operation, and by no other.

use std::time::Duration;

use allocation_counter::measure;
use serde_json::json;
use standin::{ErrorKind, Standin, WorldHandle, WorldOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use crate::support::request;

const ANY: (&str, &str) = ("authorization", "Bearer any");
const LIST: &str = "celigo.integrations.list";

/// A server on the thread of its test, whose steps are counted with those of its clients.
struct Counted {
    runtime: Runtime,
    standin: Standin,
    client: TcpStream,
    waiting: Vec<TcpStream>,
}

impl Counted {
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (standin, client) = runtime.block_on(async {
            let standin = Standin::spawn().await;
            let client = TcpStream::connect(standin.address()).await.unwrap();
            (standin, client)
        });
        Self { runtime, standin, client, waiting: Vec::new() }
    }

    /// Adds requests to the control API that wait.
    fn wait(&mut self, times: usize, path: &str, body: &serde_json::Value) {
        let address = self.standin.address();
        let text = request("POST", &format!("/_standin/{path}"), &[("host", &address.to_string())], &body.to_string());
        for _ in 0..times {
            let waiting = &mut self.waiting;
            self.runtime.block_on(async {
                let mut client = TcpStream::connect(address).await.unwrap();
                client.write_all(text.as_bytes()).await.unwrap();
                waiting.push(client);
            });
        }
        // The server has read them when it has answered others after them.
        for _ in 0..5 {
            self.call();
        }
    }

    /// Returns the allocations of a call, and of all that it leads to.
    fn call(&mut self) -> u64 {
        let text = request("GET", "/v1/integrations?limit=1&name=one", &[ANY], "");
        let (runtime, client) = (&self.runtime, &mut self.client);
        let ask = || {
            runtime.block_on(async {
                for _ in 0..2 {
                    client.write_all(text.as_bytes()).await.unwrap();
                    let mut answer = [0; 4_096];
                    assert!(client.read(&mut answer).await.unwrap() > 0);
                }
                // All that was woken runs.
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
            });
        };
        measure(ask).count_total
    }
}

#[test]
fn a_call_handles_no_request_again_that_waits_for_others() {
    let mut counted = Counted::start();
    let alone = counted.call().max(counted.call());
    counted.wait(60, "wait", &json!({ "on": "celigo.flows.list", "timeout_ms": 600_000 }));
    let when = json!({ "query": { "name": "two" } });
    counted.wait(60, "wait", &json!({ "on": LIST, "when": when, "timeout_ms": 600_000 }));
    let beside = counted.call();
    assert!(beside < alone + 60, "{alone} allocations became {beside}");
    assert_eq!(counted.waiting.len(), 120);
}

fn blocked(world: &WorldHandle) -> std::thread::JoinHandle<Result<(), standin::Error>> {
    let world = world.clone();
    std::thread::spawn(move || world.wait_for(LIST, 2, Duration::from_secs(600)))
}

#[test]
fn a_thread_that_waits_is_told_of_its_calls_and_of_the_end_of_its_world() {
    let standin = Standin::start();
    let make = |name: &str| standin.new_world_with(&WorldOptions::default().name(name)).unwrap();
    let (one, other) = (make("one"), make("other"));
    let (waits, ends) = (blocked(&one), blocked(&other));
    let call = |world: &WorldHandle| world.answer("GET", "/v1/integrations", &[ANY], b"");
    call(&one);
    // A reset counts anew.
    one.reset();
    call(&one);
    call(&one);
    assert!(waits.join().unwrap().is_ok());
    call(&other);
    other.delete().unwrap();
    assert_eq!(ends.join().unwrap().unwrap_err().kind(), ErrorKind::Gone);
}
