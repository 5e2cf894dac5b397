//! Servers that a test drops in async code end without blocking a thread of its runtime, while requests are under way.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use standin::{Answer, Expectation, Rule, Standin};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// More than a test waits for anything that comes.
const LONG: Duration = Duration::from_secs(60);

const GET: &[u8] = b"GET /v1/integrations HTTP/1.1\r\nhost: standin\r\nauthorization: Bearer any\r\n\r\n";

/// Sends a request that gets no answer, and returns its connection once the server has it.
async fn stalled(standin: &Standin) -> TcpStream {
    let world = standin.world();
    world.fault(Rule::on("celigo.integrations.list").stall());
    let mut stream = TcpStream::connect(standin.address()).await.unwrap();
    stream.write_all(GET).await.unwrap();
    world.wait_for_async("celigo.integrations.list", 1, LONG).await.unwrap();
    stream
}

/// Drops a server while a request is stalled: its port is free at once, and its connection ends soon.
async fn drop_while_stalled(standin: Standin) {
    let (mut stream, address) = (stalled(&standin).await, standin.address());
    drop(standin);
    TcpListener::bind(address).expect("the port is free");
    let mut byte = [0];
    let read = tokio::time::timeout(LONG, stream.read(&mut byte));
    // A reset is an end too.
    assert!(matches!(read.await.expect("the connection ends"), Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_server_is_dropped_in_a_runtime_of_one_thread() {
    drop_while_stalled(Standin::spawn().await).await;
    drop_while_stalled(Standin::start()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_dropped_in_a_runtime_of_many_threads() {
    drop_while_stalled(Standin::spawn().await).await;
    drop_while_stalled(Standin::start()).await;
}

#[test]
fn a_server_that_ended_with_its_runtime_says_so_when_it_is_used() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let standin = first.block_on(Standin::spawn());
    assert_eq!(standin.url(), format!("http://{}", standin.address()));
    drop(first);
    type Use = (&'static str, fn(&Standin));
    let uses: [Use; 4] = [
        ("url", |it| drop(it.url())),
        ("world", |it| drop(it.world())),
        ("new_world", |it| drop(it.new_world())),
        ("environment", |it| drop(it.environment())),
    ];
    for (name, used) in uses {
        let used = || second.block_on(async { used(&standin) });
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(used)).expect_err(name);
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
            .expect(name);
        assert!(text.contains("Standin::start()"), "{name}: {text}");
    }
    drop(standin);
}

#[tokio::test]
async fn dropping_a_server_in_a_runtime_waits_for_no_function_of_the_test() {
    // In a world of its own: the drop asks the default one whether it has forgotten expectations.
    let standin = Standin::start();
    let other = standin.new_world();
    let (go, wait) = mpsc::channel::<()>();
    let (told, entered) = tokio::sync::oneshot::channel();
    let (wait, told) = (Arc::new(Mutex::new(wait)), Mutex::new(Some(told)));
    other.fault(Rule::on("celigo.integrations.list").answer(move |_, _| {
        told.lock().unwrap().take().map(|told| told.send(()));
        let _ = wait.lock().unwrap().recv();
        Answer::empty(204)
    }));
    let mut stream = TcpStream::connect(standin.address()).await.unwrap();
    let path = format!("/w/{}/v1/integrations", other.name());
    let request = format!("GET {path} HTTP/1.1\r\nhost: standin\r\nauthorization: Bearer any\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::timeout(LONG, entered).await.expect("the function runs").unwrap();
    let address = standin.address();
    let (runtime, (done, dropped)) = (tokio::runtime::Handle::current(), mpsc::channel());
    std::thread::spawn(move || {
        let _in_runtime = runtime.enter();
        drop(standin);
        done.send(())
    });
    // The server's thread waits for `go`, which is sent below.
    dropped.recv_timeout(LONG).expect("the drop waits for nothing");
    TcpListener::bind(address).expect("the port is free");
    go.send(()).unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(LONG, stream.read_to_end(&mut rest));
    drop(ended.await.expect("the connection ends"));
}

#[test]
fn verify_means_the_same_inside_and_outside_of_a_runtime() {
    let unmet = || {
        let standin = Standin::start();
        let world = standin.world();
        world.expect(Expectation::on("celigo.integrations.create").id("create"));
        // Its body never comes: it is on its way, and no call.
        let mut stream = std::net::TcpStream::connect(standin.address()).unwrap();
        let head =
            b"POST /v1/integrations HTTP/1.1\r\nhost: s\r\nauthorization: Bearer any\r\ncontent-length: 9\r\n\r\n";
        std::io::Write::write_all(&mut stream, head).unwrap();
        let unmet = world.verify().unwrap_err();
        unmet.report().checks.clone()
    };
    let outside = unmet();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert_eq!(runtime.block_on(async { unmet() }), outside);
}
