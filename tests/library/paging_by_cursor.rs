//! Paging by cursor while records come and go: what existed throughout comes exactly once, in order.

use proptest::prelude::*;
use serde_json::json;
use standin::{Standin, WorldHandle};

const COLLECTION: &str = "edlink.integrations";

/// A change between two pages.
#[derive(Clone, Debug)]
enum Event {
    Add,
    /// Removes the record at that place, counted round, unless it is the cursor.
    Remove(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    proptest::collection::vec(prop_oneof![Just(Event::Add), any::<usize>().prop_map(Event::Remove)], 0..5)
}

fn ids(world: &WorldHandle) -> Vec<String> {
    let records = world.records(COLLECTION).unwrap();
    records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_existed_throughout_comes_exactly_once(
        count in 0_usize..30,
        size in 1_usize..7,
        backward: bool,
        between in proptest::collection::vec(events(), 40),
    ) {
        let world = Standin::builder().no_embedded_fixtures().generate(COLLECTION, count).offline().unwrap();
        let mut throughout = ids(&world);
        let mut seen: Vec<String> = Vec::new();
        let mut between = between.into_iter();
        let mut next = Some(format!("/api/v1/integrations?{}={size}", if backward { "$last" } else { "$first" }));
        while let Some(target) = next {
            let answer = world.answer("GET", &target, &[("authorization", "Bearer secret")], b"");
            prop_assert_eq!(answer.status, Some(200));
            let page = answer.json();
            seen.extend(page["$data"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()));
            prop_assert!(seen.len() <= 300, "it comes to an end");
            next = page["$next"].as_str().map(str::to_owned);
            for event in between.next().unwrap_or_default() {
                match event {
                    Event::Add => {
                        world.create(COLLECTION, json!({})).unwrap();
                    }
                    Event::Remove(place) => {
                        let all = ids(&world);
                        if let Some(id) = all.get(place % all.len().max(1)).filter(|id| seen.last() != Some(id)) {
                            world.remove(COLLECTION, id).unwrap();
                            throughout.retain(|other| other != id);
                        }
                    }
                }
            }
        }
        if backward {
            seen.reverse();
        }
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), seen.len(), "nothing comes twice");
        seen.retain(|id| throughout.contains(id));
        prop_assert_eq!(seen, throughout, "everything comes, in order");
    }
}
