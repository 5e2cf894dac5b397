//! Paging by offset while records come and go: each page is what the arithmetic says of the list at that moment.

use proptest::prelude::*;
use serde_json::json;
use standin::{Standin, WorldHandle};

const COLLECTION: &str = "celigo.integrations";

/// One thing that happens.
#[derive(Clone, Debug)]
enum Event {
    Create {
        sandbox: bool,
    },
    /// Removes the record at that place, counted round.
    Remove(usize),
    Page {
        offset: usize,
        limit: usize,
        sandbox: Option<bool>,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let page = (0_usize..40, 1_usize..9, any::<Option<bool>>());
    prop_oneof![
        2 => any::<bool>().prop_map(|sandbox| Event::Create { sandbox }),
        1 => any::<usize>().prop_map(Event::Remove),
        3 => page.prop_map(|(offset, limit, sandbox)| Event::Page { offset, limit, sandbox }),
    ]
}

/// A page's ids, and whether it names a next one.
fn page(world: &WorldHandle, query: &str) -> (Vec<String>, Option<String>) {
    let target = format!("/v1/integrations?{query}");
    let answer = world.answer("GET", &target, &[("authorization", "Bearer any"), ("host", "h")], b"");
    assert_eq!(answer.status, Some(200), "{query}");
    let ids =
        answer.json().as_array().unwrap().iter().map(|record| record["_id"].as_str().unwrap().to_owned()).collect();
    let links = answer.header("link").unwrap_or_default();
    let next = links.split(", ").find_map(|link| link.strip_suffix(r#">; rel="next""#)?.strip_prefix('<'));
    (ids, next.map(|url| url.split_once('?').unwrap().1.to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_page_is_the_slice_the_arithmetic_says(events in proptest::collection::vec(event(), 1..80)) {
        let world = Standin::builder().no_embedded_fixtures().offline().unwrap();
        let mut model: Vec<(String, bool)> = Vec::new();
        for (n, event) in events.into_iter().enumerate() {
            match event {
                Event::Create { sandbox } => {
                    let made = world.create(COLLECTION, json!({ "name": format!("n{n}"), "sandbox": sandbox })).unwrap();
                    model.push((made["_id"].as_str().unwrap().to_owned(), sandbox));
                }
                Event::Remove(place) if !model.is_empty() => {
                    let (id, _) = model.remove(place % model.len());
                    world.remove(COLLECTION, &id).unwrap();
                }
                Event::Remove(_) => {}
                Event::Page { offset, limit, sandbox } => {
                    let filter = sandbox.map(|sandbox| format!("&sandbox={sandbox}")).unwrap_or_default();
                    let (ids, next) = page(&world, &format!("limit={limit}&offset={offset}{filter}"));
                    let kept = model.iter().filter(|(_, has)| sandbox.is_none_or(|wanted| *has == wanted));
                    let kept: Vec<String> = kept.map(|(id, _)| id.clone()).collect();
                    let wanted: Vec<String> = kept.iter().skip(offset).take(limit).cloned().collect();
                    prop_assert_eq!(ids, wanted);
                    prop_assert_eq!(next.is_some(), offset + limit < kept.len(), "a next link when there is more");
                }
            }
        }
    }

    #[test]
    fn following_the_links_shows_everything_once(count in 0_usize..60, limit in 1_usize..20) {
        let world = Standin::builder().no_embedded_fixtures().generate(COLLECTION, count).offline().unwrap();
        let mut seen = Vec::new();
        let mut next = Some(format!("limit={limit}"));
        while let Some(query) = next {
            let (ids, link) = page(&world, &query);
            seen.extend(ids);
            next = link;
        }
        let all: Vec<String> =
            world.records(COLLECTION).unwrap().iter().map(|record| record["_id"].as_str().unwrap().to_owned()).collect();
        prop_assert_eq!(seen, all);
    }
}
