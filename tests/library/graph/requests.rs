//! Requests, which no world holds: they are made of the journal.

use allocation_counter::measure;

use super::{SAMPLE_TOKEN, ask, body, code, get, ids, world};

#[test]
fn a_cursor_into_requests_that_names_a_record_is_invalid_and_no_panic() {
    let world = world();
    for parameter in ["$before", "$after"] {
        let target = format!("/api/v2/graph/requests?{parameter}=e3e70682-c209-4cac-a29f-6fbed82c07cd");
        let answer = ask(&world, SAMPLE_TOKEN, &target);
        assert_eq!((answer.status, code(&answer)), (Some(400), "INVALID_CURSOR".to_owned()), "{target}");
    }
}

#[test]
fn a_page_of_requests_costs_a_page() {
    let cost = |calls: usize, target: &str| {
        let world = world();
        for _ in 0..calls {
            assert_eq!(ask(&world, SAMPLE_TOKEN, "/api/v2/graph/districts?$first=1").status, Some(200));
        }
        let mut shown = 0;
        let cost = measure(|| shown = ids(&body(&ask(&world, SAMPLE_TOKEN, target))).len());
        assert_eq!(shown, 5);
        cost
    };
    for target in ["/api/v2/graph/requests?$first=5", "/api/v2/graph/requests?$last=5"] {
        let (few, many) = (cost(20, target), cost(2_000, target));
        assert!(many.bytes_total <= 2 * few.bytes_total + 64 * 1024, "{target}: {few:?} became {many:?}");
    }
}

#[test]
fn pages_of_requests_hold_each_once_from_both_ends() {
    let world = world();
    for n in 0..23 {
        ask(&world, SAMPLE_TOKEN, if n % 3 == 0 { "/v1/flows" } else { "/api/v2/graph/districts?$first=1" });
    }
    let all = ids(&get(&world, SAMPLE_TOKEN, "requests?$first=100"));
    assert_eq!(all.len(), 15, "calls of another API are none of its own");
    let newest = ids(&get(&world, SAMPLE_TOKEN, "requests?$last=100"));
    assert!(
        newest.iter().rev().skip(1).eq(&all[..]) || newest.iter().rev().take(15).eq(&all[..]),
        "{newest:?} {all:?}"
    );
    let mut found: Vec<String> = Vec::new();
    while found.len() < all.len() {
        let after = found.last().map(|id| format!("&$after={id}")).unwrap_or_default();
        let page = ids(&get(&world, SAMPLE_TOKEN, &format!("requests?$first=4{after}")));
        assert!(!page.is_empty() && page.len() <= 4);
        found.extend(page);
    }
    assert_eq!(found[..all.len()], all[..]);
    let before = ids(&get(&world, SAMPLE_TOKEN, &format!("requests?$last=4&$before={}", all[10])));
    assert!(before.iter().eq(all[6..10].iter().rev()), "{before:?}");
}
