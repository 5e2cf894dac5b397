//! What a test pays: start, ten records, one request, drop.

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

/// The cost of one test, beside hyper on a thread of its own.
pub fn run(effort: Effort) {
    let runtime = runtime();
    let records = records();
    let server = standin::Standin::builder().most_worlds(usize::MAX).start();
    let contestants = contestants(&runtime, &records, &server);
    let mut rounds: Vec<Vec<f64>> = Vec::new();
    for _ in 0..effort.turns {
        rounds.push(contestants.iter().map(|(_, once)| microseconds(effort.times, once)).collect());
    }
    let title = format!("One test: start, {RECORDS} records, one request, drop");
    head(&title, &["", "µs", "beside hyper as a task", "beside hyper on a thread"]);
    for (place, (name, _)) in contestants.iter().enumerate() {
        let beside = |other: usize| ratio(median(rounds.iter().map(|round| round[place] / round[other])));
        row([(*name).to_owned(), number(median(rounds.iter().map(|round| round[place]))), beside(0), beside(1)]);
    }
}

#[allow(clippy::cast_precision_loss)] // Nobody repeats it that often.
fn microseconds(times: usize, once: &Once<'_>) -> f64 {
    let begin = Instant::now();
    (0..times).for_each(|_| once());
    begin.elapsed().as_secs_f64() * 1e6 / times as f64
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
            let server = Bare::as_a_task(Arc::clone(&bare_canned));
            ask_once(server.address, &bare).await;
        });
    });
    let bare = shot.clone();
    let on_a_thread: Once<'_> = Box::new(move || {
        let server = Bare::on_a_thread(Arc::clone(&canned));
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

async fn ask_once(address: SocketAddr, shot: &Shot) {
    Connection::open(address).await.ask(shot).await;
}
