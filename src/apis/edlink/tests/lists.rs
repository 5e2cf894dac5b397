//! Lists: ids, pages, the way on.

use crate::apis::edlink::API;
use crate::apis::edlink::tests::{SAMPLE, ask, code, empty, get, ids, settings, world};

#[test]
fn an_empty_list_is_an_empty_array() {
    let mut world = empty(settings());
    let (response, _) = ask(&mut world, "GET", "/api/v1/integrations", Some("secret"));
    assert_eq!(response.body, r#"{"$data":[]}"#);
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn ids_are_taken_in_any_case_and_answered_in_lower_case() {
    let mut world = world();
    let (status, body) = get(&mut world, &format!("/api/v1/integrations/{}", SAMPLE.to_ascii_uppercase()));
    assert_eq!((status, body["$data"]["id"].as_str()), (200, Some(SAMPLE)));
    let gone = "77A69705-41A7-49CB-0FE8-FFD425F97160";
    let (status, body) = get(&mut world, &format!("/api/v1/integrations/{gone}"));
    let message = format!("Integration with id {} not found.", gone.to_ascii_lowercase());
    assert_eq!((status, code(&body), body["$errors"][0]["message"].as_str()), (404, "NOT_FOUND", Some(&*message)));
}

#[test]
fn page_sizes_and_cursors_that_make_no_sense_are_refused() {
    let mut world = world();
    let gone = "00000000-0000-4000-8000-000000000000";
    for (query, wanted) in [
        ("$first=0", "INVALID_PAGE_SIZE"),
        ("$first=10001", "INVALID_PAGE_SIZE"),
        ("%24last=-1", "INVALID_PAGE_SIZE"),
        ("$last=many", "INVALID_PAGE_SIZE"),
        ("$first=", "INVALID_PAGE_SIZE"),
        ("$first=1&$last=1", "INVALID_CURSOR"),
        (&*format!("$after={SAMPLE}&$before={SAMPLE}"), "INVALID_CURSOR"),
        (&*format!("$after={gone}"), "INVALID_CURSOR"),
        (&*format!("$before={gone}"), "INVALID_CURSOR"),
        ("$after=x", "INVALID_UUID"),
    ] {
        let (status, body) = get(&mut world, &format!("/api/v1/integrations?{query}"));
        assert_eq!((status, code(&body)), (400, wanted), "{query}");
    }
    let (_, body) = get(&mut world, "/api/v1/integrations?$first=1&$last=1");
    assert_eq!(body["$errors"][0]["message"], "'$first' and '$last' cannot be used together.");
    assert_eq!(get(&mut world, "/api/v1/integrations?$first=10000").0, 200);
}

#[test]
fn next_is_the_same_address_behind_the_last_record() {
    let mut world = world();
    let target = "http://proxy:8080/w/default/api/v1/integrations/?x=a+b&%24first=2&y=1";
    let (_, body) = get(&mut world, target);
    let [_, last] = &ids(&body)[..] else { panic!("two records") };
    let base = "http://proxy:8080/w/default/api/v1/integrations";
    assert_eq!(body["$next"], format!("{base}?x=a%20b&$first=2&y=1&$after={last}"));
    let (_, body) = get(&mut world, "/api/v1/integrations?$last=3");
    let last = ids(&body).pop().expect("three records");
    assert_eq!(body["$next"], format!("https://ed.link/api/v1/integrations?$last=3&$before={last}"));
    world.state.generate(&[&API], "edlink.integrations", 94, None).expect("generated");
    let (_, body) = get(&mut world, "/api/v1/integrations?");
    let page = ids(&body);
    assert_eq!(page.len(), 100);
    assert_eq!(body["$next"], format!("https://ed.link/api/v1/integrations?$first=100&$after={}", page[99]));
    let next = body["$next"].as_str().expect("a link").to_owned();
    let (_, body) = get(&mut world, &next);
    assert_eq!(ids(&body).len(), 1);
    assert_eq!(body.get("$next"), None, "the last page has none");
}

#[test]
fn the_last_records_come_newest_first_and_bounds_hold_in_either_direction() {
    let mut world = world();
    let all = ids(&get(&mut world, "/api/v1/integrations").1);
    let mut list = |query: String| get(&mut world, &format!("/api/v1/integrations?{query}")).1;
    let newest_first = |part: &[String]| part.iter().rev().cloned().collect::<Vec<_>>();
    assert_eq!(ids(&list("$last=2".to_owned())), newest_first(&all[5..]));
    assert_eq!(ids(&list(format!("$last=2&$before={}", all[5]))), newest_first(&all[3..5]));
    assert_eq!(ids(&list(format!("$before={}", all[3]))), newest_first(&all[..3]));
    assert_eq!(ids(&list(format!("$after={}", all[4]))), all[5..]);
    assert_eq!(ids(&list(format!("$after={}", all[6]))), Vec::<String>::new());
    let bounded = list(format!("$first=2&$before={}", all[5]));
    assert_eq!((ids(&bounded), bounded.get("$next")), (all[..2].to_vec(), None));
    assert_eq!(ids(&list(format!("$last=2&$after={}", all[1]))), newest_first(&all[5..]));
    assert_eq!(ids(&list(format!("$last=9&$after={}", all[4]))), newest_first(&all[5..]));
}
