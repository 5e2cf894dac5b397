//! Requests per second, as a part of what a bare hyper server gives that answers the same bytes.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use standin::Standin;

use crate::Effort;
use crate::axum_crud::Axum;
use crate::bare::{Bare, Canned};
use crate::cores::Cores;
use crate::load::{Shot, Turn, answer, ask, runtime, turn};
use crate::minimal::Minimal;
use crate::peers;
use crate::sample;
use crate::table::{head, median, number, ratio, row};

/// A server that is measured.
struct Contestant<'c> {
    address: SocketAddr,
    shot: Shot,
    /// Undoes what the turn changed.
    after: Box<dyn Fn() + 'c>,
}

impl<'c> Contestant<'c> {
    fn new(address: SocketAddr, shot: &Shot) -> Self {
        Self { address, shot: shot.clone(), after: Box::new(|| {}) }
    }

    fn standin(standin: &'c Standin, shot: &Shot) -> Self {
        let changes = shot.changes();
        let after = move || {
            if changes {
                standin.world().reset();
            }
        };
        Self { after: Box::new(after), ..Self::new(standin.address(), shot) }
    }

    fn minimal(address: SocketAddr, fake: &'c Minimal, shot: &Shot, records: usize) -> Self {
        let changes = shot.changes();
        let after = move || {
            if changes {
                fake.reset(records);
            }
        };
        Self { after: Box::new(after), ..Self::new(address, shot) }
    }
}

/// Figures of a contestant, beside the first one.
struct Figures {
    per_second: f64,
    ratio: f64,
    processor_ratio: f64,
}

/// Lets them have their turns one after the other, again and again. Ratios are taken within each round, to the first.
fn compare(
    contestants: &[Contestant<'_>],
    connections: usize,
    effort: Effort,
    numbers: &Rc<Cell<u64>>,
) -> Vec<Figures> {
    let mut rounds: Vec<Vec<Turn>> = Vec::new();
    for round in 0..effort.turns {
        let mut turns: Vec<Option<Turn>> = contestants.iter().map(|_| None).collect();
        // Every other round runs backwards, so that nobody always comes after the same one.
        let order: Vec<usize> = (0..contestants.len()).collect();
        let order: Vec<usize> = if round % 2 == 0 { order } else { order.into_iter().rev().collect() };
        for place in order {
            let contestant = &contestants[place];
            turns[place] =
                Some(turn(Cores::Threads, &[contestant.address], &contestant.shot, connections, effort.turn, numbers));
            (contestant.after)();
        }
        rounds.push(turns.into_iter().flatten().collect());
    }
    let figures = |place: usize| Figures {
        per_second: median(rounds.iter().map(|turns| turns[place].per_second)),
        ratio: median(rounds.iter().map(|turns| turns[place].per_second / turns[0].per_second)),
        processor_ratio: median(rounds.iter().map(|turns| turns[0].processor_us / turns[place].processor_us)),
    };
    (0..contestants.len()).map(figures).collect()
}

fn bare(standin: &Standin, shot: &Shot) -> Bare {
    let bare = Bare::on_a_thread(Arc::new(Canned::from(answer(standin.address(), shot))));
    standin.world().reset();
    bare
}

/// Standin beside bare hyper, and beside itself with other numbers of records.
pub fn run(effort: Effort) {
    let numbers = Rc::new(Cell::new(0));
    let standins = effort.sizes.map(sample::standin);
    let ids = standins.each_ref().map(|standin| {
        let records = sample::records(standin);
        sample::id(&records[records.len() / 2]).to_owned()
    });
    connections(effort, &numbers, &standins[1], &ids[1]);
    sizes(effort, &numbers, &standins, &ids);
    rules(effort, &numbers, &standins[1], &ids[1]);
}

/// Asks one server alone.
pub fn profile(contestant: &str, request: &str, times: usize, connections: usize) {
    let standin = match contestant {
        "rules" => sample::with_rules(1_000, "celigo.integrations.*"),
        _ => sample::standin(1_000),
    };
    let records = sample::records(&standin);
    let shot = match request {
        "get" => sample::get(sample::id(&records[500])),
        "404" => sample::missing(),
        "page" => sample::page(0),
        "another-page" => sample::another_page(1_000),
        "create" => sample::create(),
        other => panic!("there is no request {other:?}"),
    };
    match contestant {
        "standin" | "rules" => ask(standin.address(), &shot, times, connections),
        "bare" => ask(bare(&standin, &shot).address, &shot, times, connections),
        "minimal" => {
            let minimal = Bare::on_a_thread(Minimal::of(&records, standin.address(), &shot));
            ask(minimal.address, &shot, times, connections);
        }
        other => panic!("there is no contestant {other:?}"),
    }
}

fn connections(effort: Effort, numbers: &Rc<Cell<u64>>, standin: &Standin, id: &str) {
    head(
        &format!("Requests per second, {} records", number_of(effort.sizes[1])),
        &[
            "request",
            "connections",
            "bare hyper",
            "standin",
            "ratio",
            "by processor time",
            "a minimal fake",
            "by processor time",
        ],
    );
    let shots = [
        ("get", sample::get(id)),
        ("404", sample::missing()),
        ("page of 50", sample::page(0)),
        ("page of 50, each another", sample::another_page(effort.sizes[1])),
        ("create", sample::create()),
    ];
    let records = sample::records(standin);
    for (name, shot) in &shots {
        let bare = bare(standin, shot);
        let fake = Minimal::of(&records, standin.address(), shot);
        standin.world().reset();
        let minimal = Bare::on_a_thread(Arc::clone(&fake));
        for connections in [1, 16, 64] {
            let contestants = [
                Contestant::new(bare.address, shot),
                Contestant::standin(standin, shot),
                Contestant::minimal(minimal.address, &fake, shot, records.len()),
            ];
            let figures = compare(&contestants, connections, effort, numbers);
            row([
                (*name).to_owned(),
                connections.to_string(),
                number(figures[0].per_second),
                number(figures[1].per_second),
                ratio(figures[1].ratio),
                ratio(figures[1].processor_ratio),
                ratio(figures[2].ratio),
                ratio(figures[2].processor_ratio),
            ]);
        }
    }
}

fn sizes(effort: Effort, numbers: &Rc<Cell<u64>>, standins: &[Standin; 3], ids: &[String; 3]) {
    let columns = effort.sizes.map(|size| format!("{} records", number_of(size)));
    let columns: Vec<&str> = ["request"].into_iter().chain(columns.iter().map(String::as_str)).collect();
    head("Requests per second by the number of records, 16 connections, beside the first column", &columns);
    let three = |shot: &dyn Fn(usize) -> Shot| [0, 1, 2].map(|n| Contestant::standin(&standins[n], &shot(n)));
    let rows: [(&str, Vec<Contestant<'_>>); 3] = [
        ("get", three(&|n| sample::get(&ids[n])).into()),
        ("404", three(&|_| sample::missing()).into()),
        ("create", three(&|_| sample::create()).into()),
    ];
    for (name, contestants) in &rows {
        let figures = compare(contestants, 16, effort, numbers);
        row([(*name).to_owned()].into_iter().chain(figures.iter().map(|figures| ratio(figures.ratio))));
    }
    // A page of 10 records is smaller than one of 50, so pages begin with the second size.
    let pages = [(1, 50), (2, 50), (1, effort.sizes[1] - 2 * sample::PAGE), (2, effort.sizes[2] - 2 * sample::PAGE)];
    let pages: Vec<Contestant<'_>> =
        pages.iter().map(|(n, offset)| Contestant::standin(&standins[*n], &sample::page(*offset))).collect();
    let figures = compare(&pages, 16, effort, numbers);
    row(["second page of 50".to_owned(), String::new(), ratio(figures[0].ratio), ratio(figures[1].ratio)]);
    row(["last page of 50 but one".to_owned(), String::new(), ratio(figures[2].ratio), ratio(figures[3].ratio)]);
}

/// Measures the cost of a scenario whose rules never fire.
fn rules(effort: Effort, numbers: &Rc<Cell<u64>>, plain: &Standin, id: &str) {
    head(
        "Requests per second with a scenario of twenty rules that do not match, 16 connections, beside no scenario",
        &["request", "rules of other operations", "rules of this one, none of whose queries match"],
    );
    let others = sample::with_rules(effort.sizes[1], "celigo.flows.*");
    let same = sample::with_rules(effort.sizes[1], "celigo.integrations.*");
    let shots = [("get", sample::get(id)), ("404", sample::missing()), ("page of 50", sample::page(0))];
    for (name, shot) in &shots {
        let contestants = [plain, &others, &same].map(|standin| Contestant::standin(standin, shot));
        let figures = compare(&contestants, 16, effort, numbers);
        row([(*name).to_owned(), ratio(figures[1].ratio), ratio(figures[2].ratio)]);
    }
}

/// Measures hand-written servers and mock servers.
pub fn beside_peers(effort: Effort) {
    let runtime = runtime();
    let numbers = Rc::new(Cell::new(0));
    head(
        "Requests per second beside peers, as a part of bare hyper, 16 connections",
        &["records or stubs", "request", "standin", "axum by hand", "wiremock", "mockito", "httpmock"],
    );
    for size in &effort.sizes[..2] {
        let standin = sample::standin(*size);
        let records = sample::records(&standin);
        let shots = [
            ("get", sample::get(sample::id(&records[size / 2]))),
            ("404", sample::missing()),
            ("page of 50", sample::page(0)),
            ("create", sample::create()),
        ];
        for (name, shot) in &shots {
            // Peers keep every request they get; each row begins with new ones.
            let bare = bare(&standin, shot);
            let axum = Axum::start(&records);
            let stubs = peers::stubs(&records);
            let peers = peers::NAMES.map(|name| peers::start(name, &runtime, &stubs));
            let mut contestants = vec![
                Contestant::new(bare.address, shot),
                Contestant::standin(&standin, shot),
                Contestant::new(axum.address, shot),
            ];
            contestants.extend(peers.iter().map(|peer| Contestant::new(peer.address, shot)));
            let figures = compare(&contestants, 16, Effort { turns: effort.turns.div_ceil(2), ..effort }, &numbers);
            let cells = [number_of(*size), (*name).to_owned()].into_iter();
            row(cells.chain(figures[1..].iter().map(|figures| ratio(figures.ratio))));
        }
    }
}

#[allow(clippy::cast_precision_loss)] // No collection is that large.
fn number_of(size: usize) -> String {
    number(size as f64)
}
