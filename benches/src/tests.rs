//! Cost of one test: start, ten records, one request, drop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use standin::{Standin, WorldHandle};
use tokio::runtime::Runtime;

use crate::Effort;
use crate::axum_crud::Axum;
use crate::bare::{Bare, Canned};
use crate::load::{Connection, Shot, answer, ask_blocking, runtime};
use crate::peers;
use crate::sample;
use crate::table::{head, median, number, ratio, row};

/// Records of a test.
const RECORDS: usize = 10;

/// Does once what a test does.
type Once<'c> = Box<dyn Fn() + 'c>;

/// The cost of one test, beside that of bare hyper. Each is measured in turns with hyper, test by test: a test finds the
/// processor as another one left it, and what the machine does meanwhile hits both. What a contestant leaves
/// threads of its own to do afterwards hits hyper alone; standin leaves them nothing.
pub fn run(effort: Effort) {
    let runtime = runtime();
    let records = records();
    let server = standin::Standin::builder().max_worlds(usize::MAX).start();
    let contestants = contestants(&runtime, &records, &server);
    let title = format!("One test: start, {RECORDS} records, one request, drop");
    head(&title, &["", "µs", "beside hyper as a task", "beside hyper on a thread"]);
    for (name, once) in &contestants {
        let turns = |yardstick: usize| -> Vec<Turn> {
            (0..effort.turns).map(|_| in_turns(effort.times, once, &contestants[yardstick].1)).collect()
        };
        let (task, thread) = (turns(0), turns(1));
        let beside = |turns: &[Turn]| ratio(median(turns.iter().map(|turn| turn.test_us / turn.yardstick_us)));
        let all_us = task.iter().chain(&thread).map(|turn| turn.test_us);
        row([(*name).to_owned(), number(median(all_us)), beside(&task), beside(&thread)]);
    }
}

/// Does one test alone, so often: something to look at with `perf` or `strace -c`.
pub fn profile(name: &str, times: usize) {
    let runtime = runtime();
    let records = records();
    let server = standin::Standin::builder().max_worlds(usize::MAX).start();
    let contestants = contestants(&runtime, &records, &server);
    let names: Vec<&str> = contestants.iter().map(|(name, _)| *name).collect();
    let found = contestants.iter().find(|(known, _)| *known == name);
    let (_, once) = found.unwrap_or_else(|| panic!("there is no {name:?}; there are {names:?}"));
    (0..times).for_each(|_| once());
}

/// Times of a test in a turn, and of the same test with the server it is measured beside. Both are the middle
/// of all in the turn: where one was interrupted, it says nothing.
struct Turn {
    test_us: f64,
    yardstick_us: f64,
}

fn in_turns(times: usize, test: &Once<'_>, yardstick: &Once<'_>) -> Turn {
    let took = (0..times).map(|_| (microseconds(yardstick), microseconds(test)));
    let (yardstick, test): (Vec<f64>, Vec<f64>) = took.unzip();
    Turn { test_us: median(test), yardstick_us: median(yardstick) }
}

fn microseconds(once: &Once<'_>) -> f64 {
    let begin = Instant::now();
    once();
    begin.elapsed().as_secs_f64() * 1e6
}

/// Records as a test writes them.
fn records() -> Vec<Value> {
    let record = |n: usize| json!({ "_id": format!("{n:024x}"), "name": format!("Orders to ledger {n}") });
    (0..RECORDS).map(record).collect()
}

fn create(world: &WorldHandle, records: &[Value]) {
    for record in records {
        world.create(sample::COLLECTION, record.clone()).expect("the record is good");
    }
}

fn contestants<'c>(runtime: &'c Runtime, records: &'c [Value], server: &'c Standin) -> Vec<(&'static str, Once<'c>)> {
    let shot = sample::get(sample::id(&records[5]));
    let canned = {
        let standin = Standin::start();
        create(&standin.world(), records);
        Arc::new(Canned::from(answer(standin.address(), &shot)))
    };
    let (bare, bare_canned) = (shot.clone(), Arc::clone(&canned));
    let as_a_task: Once<'_> = Box::new(move || {
        runtime.block_on(async {
            let server = Bare::as_a_task(Arc::new(bare_canned.with(records.iter().cloned())));
            ask_once(server.address, &bare).await;
            drop(server);
            tidy_up().await;
        });
    });
    let bare = shot.clone();
    let on_a_thread: Once<'_> = Box::new(move || {
        let server = Bare::on_a_thread(Arc::new(canned.with(records.iter().cloned())));
        ask_blocking(server.address, &bare);
    });
    let (task, thread, world) = (shot.clone(), shot.clone(), sample::id(&records[5]));
    let mut all: Vec<(&'static str, Once<'c>)> = vec![
        ("hyper, a task", as_a_task),
        ("hyper, a thread", on_a_thread),
        (
            "standin, a task",
            Box::new(move || {
                runtime.block_on(async {
                    let standin = Standin::spawn().await;
                    create(&standin.world(), records);
                    ask_once(standin.address(), &task).await;
                    drop(standin);
                    tidy_up().await;
                });
            }),
        ),
        (
            "standin, a thread",
            Box::new(move || {
                let standin = Standin::start();
                create(&standin.world(), records);
                ask_blocking(standin.address(), &thread);
            }),
        ),
        (
            "standin, a world of a running server",
            Box::new(move || {
                let handle = server.new_world();
                create(&handle, records);
                let target = format!("/w/{}{}/{world}", handle.name(), sample::PATH);
                ask_blocking(server.address(), &Shot::new("GET", &target, "", 200));
                handle.delete().expect("the world is there");
            }),
        ),
    ];
    all.push((
        "standin, a world made and deleted, no more",
        Box::new(move || server.new_world().delete().expect("the world is there")),
    ));
    let by_hand = shot.clone();
    all.push((
        "axum by hand, a thread",
        Box::new(move || {
            let server = Axum::start(records);
            ask_blocking(server.address, &by_hand);
        }),
    ));
    for name in peers::WAYS {
        let shot = shot.clone();
        all.push((
            name,
            Box::new(move || {
                let peer = peers::start(name, runtime, &peers::gets(records));
                ask_blocking(peer.address, &shot);
            }),
        ));
    }
    all
}

/// Lets the runtime do what an ended server left to it: that belongs to the test, not to the next one.
async fn tidy_up() {
    tokio::task::yield_now().await;
}

async fn ask_once(address: SocketAddr, shot: &Shot) {
    Connection::open(address).await.ask(shot).await;
}
