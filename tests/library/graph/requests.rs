//! Requests, which no world holds: they are made of the journal.

use super::{SAMPLE_TOKEN, ask, code, world};

#[test]
fn a_cursor_into_requests_that_names_a_record_is_invalid_and_no_panic() {
    let world = world();
    for parameter in ["$before", "$after"] {
        let target = format!("/api/v2/graph/requests?{parameter}=e3e70682-c209-4cac-a29f-6fbed82c07cd");
        let answer = ask(&world, SAMPLE_TOKEN, &target);
        assert_eq!((answer.status, code(&answer)), (Some(400), "INVALID_CURSOR".to_owned()), "{target}");
    }
}
