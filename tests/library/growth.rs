//! Writes must not make a server grow: histories are bounded and say what they lost, and a page costs a page.

use allocation_counter::measure;
use serde_json::json;
use standin::{Standin, WorldHandle};

use crate::support::many;

const CELIGO: [(&str, &str); 2] = [("authorization", "Bearer any-token"), ("content-type", "application/json")];

/// Changes an integration that often, as a consumer.
fn change(world: &WorldHandle, times: usize) {
    for n in 0..times {
        let body = format!("{{\"name\":\"Orders {n}\",\"settings\":{{\"n\":{n},\"text\":\"{}\"}}}}", "x".repeat(200));
        let answer = world.answer("PUT", "/v1/integrations/abc123", &CELIGO, body.as_bytes());
        assert_eq!(answer.status, Some(200));
    }
}

fn small_journal() -> standin::Builder {
    Standin::builder().journal_entries(100).journal_bytes(1 << 20)
}

#[test]
fn a_hundred_thousand_changes_leave_no_more_than_the_bounds_hold() {
    let world = small_journal().history_records(1_000).history_bytes(1 << 30).offline().unwrap();
    change(&world, 3_000);
    let changes = many(100_000, 10_000);
    let held = measure(|| change(&world, changes));
    assert!(held.bytes_current.abs() < 2 << 20, "{} bytes more after {changes} changes", held.bytes_current);
    let listed = world.answer("GET", "/v1/audit?limit=1000", &CELIGO, b"");
    assert_eq!(listed.json().as_array().unwrap().len(), 1_000);
    assert_eq!(listed.header("standin-lost"), Some(&*(changes + 2_000).to_string()));
    let last = world.answer("GET", "/v1/audit?limit=10&offset=1000", &CELIGO, b"").json();
    assert_eq!(last.as_array().unwrap().len(), 4, "what a fixture brought stays");
}

#[test]
fn a_page_of_the_audit_trail_costs_a_page() {
    let changed = |changes: usize| {
        let world = small_journal().history_records(1_000_000).history_bytes(1 << 30).offline().unwrap();
        change(&world, changes);
        world
    };
    let cost = |world: &WorldHandle, target: &str| {
        // The first reader finds each entry its place, once.
        assert_eq!(world.answer("GET", "/v1/audit?limit=1", &CELIGO, b"").status, Some(200));
        change(world, 1);
        let mut status = None;
        let cost = measure(|| status = world.answer("GET", target, &CELIGO, b"").status);
        assert_eq!(status, Some(200));
        cost
    };
    let (few, many) = (changed(100), changed(many(20_000, 5_000)));
    for target in ["/v1/audit?limit=1", "/v1/audit?limit=1&exclude=user", "/v1/integrations/abc123/audit?limit=1"] {
        let (few, many) = (cost(&few, target), cost(&many, target));
        println!(
            "{target}: {} and {} allocations, {} and {} bytes",
            few.count_total, many.count_total, few.bytes_total, many.bytes_total
        );
        assert!(many.count_total <= 2 * few.count_total + 64, "{target}: {few:?} became {many:?}");
        assert!(many.bytes_total <= few.bytes_total + 16 * 1024, "{target}: {few:?} became {many:?}");
    }
}

#[test]
fn the_newest_moment_comes_first_whatever_the_clock_did() {
    let world = Standin::builder().offline().unwrap();
    change(&world, 2);
    world.set_time("2020-01-01T00:00:00.000Z").unwrap();
    change(&world, 2);
    world.set_time("2030-01-01T00:00:00.000Z").unwrap();
    change(&world, 1);
    for target in ["/v1/audit", "/v1/integrations/abc123/audit"] {
        let listed = world.answer("GET", target, &CELIGO, b"").json();
        let times: Vec<&str> =
            listed.as_array().unwrap().iter().map(|entry| entry["timestamp"].as_str().unwrap()).collect();
        assert!(times.len() >= 5 && times.is_sorted_by(|a, b| a >= b), "{times:?}");
    }
}

#[test]
fn bytes_bound_a_history_of_large_records() {
    let world = small_journal().history_records(10_000).history_bytes(4 << 20).offline().unwrap();
    let text = "x".repeat(100_000);
    let large = |n: usize| format!("{{\"name\":\"Large\",\"settings\":{{\"n\":{n},\"text\":\"{text}\"}}}}");
    let put = |n: usize| {
        assert_eq!(world.answer("PUT", "/v1/integrations/abc123", &CELIGO, large(n).as_bytes()).status, Some(200));
    };
    (0..50).for_each(put);
    let all = many(500, 200);
    let held = measure(|| (50..all).for_each(put));
    assert!(held.bytes_current.abs() < 2 << 20, "{}", held.bytes_current);
    let lost = world.answer("GET", "/v1/audit?limit=1", &CELIGO, b"").header("standin-lost").unwrap().to_owned();
    assert!(lost.parse::<usize>().unwrap() > all - 50, "{lost}");
}

#[test]
fn events_runs_and_other_histories_are_bounded_too() {
    let world = small_journal().history_records(50).history_bytes(1 << 30).offline().unwrap();
    let person = world.records("edlink.people").unwrap()[0].id().to_owned();
    let flow = world.records("celigo.flows").unwrap()[0].id().to_owned();
    let (events, runs) = (world.records("edlink.events").unwrap().len(), world.records("celigo.jobs").unwrap().len());
    for n in 0..300 {
        world.patch("edlink.people", &person, json!({ "first_name": format!("P{n}") })).unwrap();
        let run = world.answer("POST", &format!("/v1/flows/{flow}/run"), &CELIGO, b"{}");
        assert!(run.status < Some(300), "{}", run.json());
    }
    let kept = |collection: &str| world.records(collection).unwrap().len();
    assert_eq!((kept("edlink.events"), kept("celigo.jobs")), (events + 50, runs + 50));
    let integrations = world.records("edlink.integrations").unwrap();
    let sees_all = integrations.iter().find(|it| it["targets"].as_array().is_none_or(Vec::is_empty)).unwrap();
    let bearer = format!("Bearer {}", sees_all["access_token"].as_str().unwrap());
    let edlink = [("authorization", bearer.as_str())];
    let listed = world.answer("GET", "/api/v2/graph/events", &edlink, b"");
    assert!(listed.header("standin-lost").is_some_and(|lost| lost.parse::<u64>().unwrap() >= 250));
    assert_eq!(world.answer("GET", "/api/v2/graph/people", &edlink, b"").header("standin-lost"), None);
}

#[test]
fn all_worlds_together_are_bounded_and_give_back_what_they_held() {
    let total = 1 << 20;
    let standin = small_journal().total_history_bytes(total).start();
    let held: Vec<WorldHandle> = (0..20)
        .map(|_| {
            let world = standin.new_world();
            change(&world, 100);
            world
        })
        .collect();
    let lost = |world: &WorldHandle| {
        let listed = world.answer("GET", "/v1/audit?limit=1", &CELIGO, b"");
        listed.header("standin-lost").map_or(0, |lost| lost.parse::<u64>().unwrap())
    };
    let kept: u64 = held.iter().map(|world| 100 - lost(world)).sum();
    assert!((100..1_000).contains(&kept), "{kept} of 2000 entries");
    drop(held);
    let world = standin.new_world();
    change(&world, 100);
    assert_eq!(lost(&world), 0, "worlds that are gone hold nothing");
    let fork = world.fork();
    drop(world);
    change(&fork, 1);
    assert_eq!(lost(&fork), 0, "what forks share counts once");
}

#[test]
fn worlds_that_each_do_something_cost_what_they_did() {
    let standin = small_journal().start();
    let mut worlds = Vec::new();
    let make = |worlds: &mut Vec<WorldHandle>, many: usize| {
        for _ in 0..many {
            let world = standin.new_world();
            change(&world, 1);
            worlds.push(world);
        }
    };
    make(&mut worlds, 100);
    let many = many(49_900, 499);
    let cost = measure(|| make(&mut worlds, many));
    let each = usize::try_from(cost.bytes_current).unwrap() / many;
    println!("{many} worlds, {each} bytes each");
    assert!(each < 16 * 1024, "{each} bytes a world");
}

#[test]
fn a_million_writes_leave_memory_as_it_was() {
    let world = Standin::builder().history_records(1_000).history_bytes(16 << 20).offline().unwrap();
    change(&world, 15_000);
    let writes = many(1_000_000, 10_000);
    let cost = measure(|| change(&world, writes));
    println!("{writes} writes, {} bytes more", cost.bytes_current);
    assert!(cost.bytes_current.abs() < 2 << 20, "{} bytes more after {writes} writes", cost.bytes_current);
}

#[test]
fn the_journals_of_all_worlds_together_have_a_ceiling() {
    let total = 8 << 20;
    let standin = Standin::builder().total_journal_bytes(total).start();
    let small = standin.new_world();
    change(&small, 20);
    let mut worlds = Vec::new();
    let body = json!({ "name": "Large", "settings": { "text": "x".repeat(50_000) } }).to_string();
    let cost = measure(|| {
        for _ in 0..60 {
            let world = standin.new_world();
            for _ in 0..20 {
                assert_eq!(world.answer("POST", "/v1/nowhere", &CELIGO, body.as_bytes()).status, Some(501));
            }
            worlds.push(world);
        }
    });
    println!("60 MB of calls, {} bytes more", cost.bytes_current);
    assert!(cost.bytes_max < 2 * total as u64, "{} bytes", cost.bytes_max);
    let calls = |world: &WorldHandle| world.journal().len();
    assert_eq!(calls(&small), 20, "the largest lose, not the smallest");
    assert!(worlds.iter().map(calls).sum::<usize>() > 80, "and not more than they must");
    assert!(worlds.iter().map(calls).all(|calls| calls < 20));
    assert!(calls(worlds.last().unwrap()) > 0, "the last one was asked last");
    assert_eq!(worlds[0].journal_lost(), 20 - calls(&worlds[0]) as u64, "what is lost is told");
    drop(worlds);
    change(&small, 2_000);
    assert_eq!(calls(&small), 2_020, "worlds that are gone hold nothing");
}

#[test]
fn one_large_history_does_not_cost_other_worlds_theirs() {
    let standin = small_journal().total_history_bytes(4 << 20).start();
    let (large, small) = (standin.new_world(), standin.new_world());
    change(&small, 10);
    change(&large, 5_000);
    change(&small, 10);
    let listed = small.answer("GET", "/v1/audit?limit=1", &CELIGO, b"");
    assert_eq!(listed.header("standin-lost"), None, "the largest loses, not the last that writes");
    let listed = large.answer("GET", "/v1/audit?limit=1", &CELIGO, b"");
    assert!(listed.header("standin-lost").is_some_and(|lost| lost.parse::<u64>().unwrap() > 1_000));
}

#[test]
fn made_up_records_are_bounded_in_sum_and_over_worlds() {
    let standin = Standin::builder().generated_records(1_000).total_generated_records(1_500).start();
    let scenario = |each: usize, like: &str| {
        format!(
            "{{\"scenario\":1,\"api\":[\"celigo\",\"edlink\"],\"data\":{{\"from\":\"default\",\"generate\":{{\
             \"celigo.integrations\":{{\"count\":{each},\"like\":{{\"description\":\"{like}\"}}}},\"edlink.people\":{{\"count\":{each}}}}}}}}}"
        )
    };
    let refused = standin.new_world().load_text("much.json", &scenario(600, "")).unwrap_err().to_string();
    assert!(
        refused.contains("at most 1000 records can be made up in a world") && !refused.contains("1500"),
        "{refused}"
    );
    let huge = scenario(1_000_000, "");
    let cost = measure(|| assert!(standin.new_world().load_text("much.json", &huge).is_err()));
    assert!(cost.bytes_max < 16 << 20, "{} bytes for what is refused", cost.bytes_max);
    let large = scenario(300, &"x".repeat(5_000));
    let refused = standin.new_world().load_text("large.json", &large).unwrap_err().to_string();
    assert!(refused.contains("at most 1000 records"), "a large record counts as several: {refused}");
    let first = standin.new_world();
    first.load_text("some.json", &scenario(200, "")).unwrap();
    assert_eq!(first.fork().records("edlink.people").unwrap().len(), first.records("edlink.people").unwrap().len());
    let loads = (0..10).filter(|_| {
        let world = standin.new_world();
        let is_loaded = world.load_text("some.json", &scenario(200, "")).is_ok();
        if is_loaded {
            world.detach();
        }
        is_loaded
    });
    let loads = loads.count();
    assert!((1..4).contains(&loads), "{loads} worlds");
}

#[test]
fn what_is_beyond_the_bound_is_refused_before_it_is_made_up() {
    let builder = || Standin::builder().generated_records(20_000);
    let standin = builder().start();
    let (at, host) = (standin.address(), standin.address().to_string());
    let refused = |what: &str, refuse: &mut dyn FnMut() -> String| {
        let mut said = String::new();
        let cost = measure(|| said = refuse());
        assert!(said.contains("at most 20000 records"), "{what}: {said}");
        assert!(cost.bytes_max < 5 << 20, "{} bytes for {what}, which is refused", cost.bytes_max);
    };
    let large = json!({ "content": "x".repeat(100_000) });
    for generate in [
        json!({ "edlink.enrollments": { "count": 20_000 } }),
        json!({ "edlink.events": { "count": 20_000 } }),
        json!({ "edlink.people": { "count": 8_000 } }),
        json!({ "edlink.people": { "count": 19_000, "like": { "roles": [] } } }),
        json!({ "edlink.schools": { "count": 250 } }),
        json!({ "celigo.integrations": { "count": 12_000 }, "celigo.scripts": { "count": 12_000 } }),
        json!({ "celigo.errors": { "count": 20_000 } }),
        json!({ "celigo.scripts": { "count": 2_000, "like": large } }),
    ] {
        let data = json!({ "generate": generate });
        let text = json!({ "scenario": 1, "api": ["celigo", "edlink"], "data": data }).to_string();
        let what = &text[..text.len().min(200)];
        let world = standin.new_world();
        refused(what, &mut || world.load_text("much.json", &text).unwrap_err().to_string());
        let fork = world.fork();
        refused(what, &mut || fork.load_text("much.json", &text).unwrap_err().to_string());
        refused(what, &mut || {
            let headers = [("host", host.as_str())];
            crate::support::ask(at, "PUT", "/_standin/scenario", &headers, &text).json().to_string()
        });
    }
    let flags = || builder().no_embedded_fixtures().generate("edlink.people", 8_000);
    refused("a setting", &mut || flags().offline().unwrap_err().to_string());
    let flags = || builder().generate("celigo.scripts", 12_000).generate("celigo.integrations", 12_000);
    refused("two settings", &mut || flags().offline().unwrap_err().to_string());
}

#[test]
fn the_control_api_says_which_records_were_let_go_of() {
    let standin = small_journal().history_records(50).start();
    change(&standin.world(), 80);
    let at = standin.address();
    let host = at.to_string();
    let get = |path: &str| crate::support::ask(at, "GET", &format!("/_standin{path}"), &[("host", &host)], "");
    let lost = |path: &str| get(path).header("standin-lost").map(str::to_owned);
    assert_eq!(lost("/data/celigo.audit").as_deref(), Some("30"));
    assert_eq!(lost("/data").as_deref(), Some("30"));
    assert_eq!(lost("/data/celigo.integrations"), None);
    let collections = get("/collections").json();
    let of = |name: &str| collections.as_array().unwrap().iter().find(|it| it["name"] == name).unwrap()["lost"].clone();
    assert_eq!((of("celigo.audit"), of("celigo.flows")), (json!(30), json!(0)));
}

#[test]
fn twice_as_many_made_up_records_of_each_kind_take_twice_the_work() {
    let builder = || small_journal().generated_records(10_000_000).total_generated_records(10_000_000);
    let kinds: Vec<String> = {
        let standin = builder().start();
        let host = standin.address().to_string();
        let all = crate::support::ask(standin.address(), "GET", "/_standin/collections", &[("host", &host)], "").json();
        all.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    let cost = |first: &[(&str, usize)]| {
        let mut refused = None;
        let cost = measure(|| {
            let made = first.iter().fold(builder(), |made, (kind, count)| made.generate(kind, *count));
            refused = made.offline().err();
        });
        refused.is_none().then_some(cost.bytes_total)
    };
    let mut tried = 0;
    for kind in &kinds {
        let (Some(few), Some(many)) = (cost(&[(kind, 200)]), cost(&[(kind, 400)])) else { continue };
        tried += 1;
        assert!(many < few * 5 / 2, "{kind}: {few} bytes became {many}");
    }
    assert!(tried > 40, "{tried} of {} kinds can be made up", kinds.len());
    let webhooks = |many: usize| {
        let exports = json!({ "count": many, "like": { "type": "webhook", "adaptorType": "WebhookExport" } });
        let generate = json!({ "celigo.exports": exports, "celigo.deliveries": { "count": many } });
        let data = json!({ "generate": generate });
        let text = json!({ "scenario": 1, "api": ["celigo"], "data": data }).to_string();
        let world = builder().offline().unwrap();
        measure(|| drop(world.load_text("s.json", &text).unwrap())).bytes_total
    };
    let (few, many) = (webhooks(1_000), webhooks(2_000));
    println!("{tried} kinds; deliveries of many listeners: {few} and {many} bytes");
    assert!(many < few * 5 / 2, "{few} bytes became {many}");
}
