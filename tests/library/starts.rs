//! Up and down: ports are free when a server has ended, and nothing is left of it. The test runs in a process of its own,
//! because the descriptors and threads of the process are counted.
#![cfg(target_os = "linux")]

use std::net::{SocketAddr, TcpListener};

use crate::support::{ask, request};
use standin::{Standin, WorldOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ANY: (&str, &str) = ("authorization", "Bearer any-token");
const AS_TASKS: usize = 10_000;
const ON_THREADS: usize = 1_000;

/// Counts the descriptors and threads of this process.
fn held() -> (usize, usize) {
    let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let threads =
        threads.filter(|thread| std::fs::read_to_string(thread.path().join("stat")).is_ok_and(|it| !is_ending(&it)));
    (std::fs::read_dir("/proc/self/fd").unwrap().count(), threads.count())
}

/// Tells whether a thread is ending: the kernel lists it for a moment after it was joined.
fn is_ending(stat: &str) -> bool {
    const EXITING: u32 = 4;
    // Behind the name, which may hold anything but a closing bracket: the state, five numbers, the flags.
    let flags = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(6)?.parse::<u32>().ok());
    flags.expect("flags of a thread") & EXITING != 0
}

/// A connection that was answered and is kept open.
async fn answered(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let text = request("GET", "/v1/integrations/abc123", &[ANY], "");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
    stream
}

const CHILD: &str = "STARTS_COUNTED_HERE";

#[test]
fn nothing_is_left_of_ten_thousand_servers() {
    if std::env::var_os(CHILD).is_none() {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "starts::nothing_is_left_of_ten_thousand_servers", "--nocapture"]).env(CHILD, "1");
        let output = child.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        return;
    }
    // The descriptors that the process needs once are there before anything is counted.
    drop(Standin::start());
    let before = held();

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let with_runtime = held();
        for n in 0..AS_TASKS {
            let standin = Standin::spawn().await;
            let address = standin.address();
            // Some end while a consumer is connected.
            let consumer = if n % 50 == 0 { Some(answered(address).await) } else { None };
            // Dropping is shutting down.
            if n % 2 == 0 {
                standin.shutdown();
            } else {
                drop(standin);
            }
            TcpListener::bind(address).expect("the port is free at once");
            // The tasks that served end when the runtime gets to them.
            tokio::task::yield_now().await;
            drop(consumer);
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(held(), with_runtime);
    });
    drop(runtime);
    assert_eq!(held(), before);

    for n in 0..ON_THREADS {
        let standin = Standin::start();
        let address = standin.address();
        let _world = standin.new_world_with(&WorldOptions::default().name("a")).unwrap();
        if n % 50 == 0 {
            assert_eq!(ask(address, "GET", "/w/a/v1/integrations/abc123", &[ANY], "").status, 200);
        }
        standin.shutdown();
        TcpListener::bind(address).expect("the port is free at once");
    }
    assert_eq!(held(), before);

    // Threads that are free wait for the next server, so many and no more.
    let after_many = || {
        let many: Vec<Standin> = (0..50).map(|_| Standin::start()).collect();
        many[0].world().remove("celigo.integrations", "abc123").unwrap();
        let status = |standin: &Standin| ask(standin.address(), "GET", "/v1/integrations/abc123", &[ANY], "").status;
        assert_eq!((status(&many[0]), status(&many[49])), (404, 200), "servers of one process share nothing");
        drop(many);
        held()
    };
    let kept = after_many();
    assert_eq!(kept.1, before.1 + 15, "16 threads wait, one of which was there");
    assert_eq!(after_many(), kept);
    for _ in 0..100 {
        drop(Standin::start());
    }
    assert_eq!(held(), kept);
}
