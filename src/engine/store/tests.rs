//! A collection compared with a plain list: thousands of records, so that its trees split and join. A store compared
//! with the number of records of each kind.

use proptest::prelude::*;
use serde_json::Value;

use crate::engine::schema::document::Document;
use crate::engine::schema::field::{Field, text};
use crate::engine::schema::schema::{IdFormat, Schema};
use crate::engine::store::{Between, Collection, LazyRecord, Record, Store, Window};

static FIELDS: &[Field] = &[text("id"), text("group")];
static THINGS: Schema = Schema::new("toy.things", "Thing", "id", IdFormat::ObjectId, FIELDS).indexed(&["group"]);

#[derive(Clone, Debug)]
enum Op {
    Add(usize),
    Append(usize),
    Remove(usize),
    Regroup(usize),
    Settle(usize),
    Fork,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        3 => (1_usize..300).prop_map(Op::Add),
        3 => (1_usize..300).prop_map(Op::Append),
        5 => any::<usize>().prop_map(Op::Remove),
        3 => any::<usize>().prop_map(Op::Regroup),
        2 => (0_usize..300).prop_map(Op::Settle),
        1 => Just(Op::Fork),
    ];
    proptest::collection::vec(op, 1..120)
}

fn fields(id: &str, group: u64) -> Document {
    Document::from_iter([("id", Value::from(id)), ("group", Value::from(format!("g{group}")))])
}

fn id_at(collection: &Collection, place: usize) -> String {
    collection.nth(place).expect("a record").id().to_owned()
}

/// Sequence numbers and groups, in creation order.
type Model = Vec<(u64, u64)>;

/// Checks that a page shows these records in this order, and that its text is theirs.
fn shown<'m>(
    collection: &Collection,
    window: &Window,
    wanted: impl Iterator<Item = &'m (u64, u64)>,
) -> Result<(), TestCaseError> {
    let page = collection.page(window, None);
    let sequences: Vec<u64> = page.records.iter().map(Record::sequence).collect();
    prop_assert_eq!(sequences, wanted.map(|(sequence, _)| *sequence).collect::<Vec<_>>());
    let texts: Vec<&[u8]> = page.records.iter().map(|record| &record.bytes()[..]).collect();
    let text = [b"[".as_slice(), &texts.join(b",".as_slice()), b"]"].concat();
    prop_assert_eq!(page.json().as_ref(), text);
    Ok(())
}

fn same(collection: &Collection, model: &Model) -> Result<(), TestCaseError> {
    prop_assert_eq!(collection.len(), model.len());
    let order: Vec<u64> = collection.iter().map(Record::sequence).collect();
    prop_assert_eq!(order, model.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>());
    for (place, (sequence, group)) in model.iter().enumerate().step_by(97) {
        let found = collection.get(&id_at(collection, place)).expect("it is there");
        let in_group = format!("g{group}");
        prop_assert_eq!((found.sequence(), found.text("group")), (*sequence, Some(in_group.as_str())));
        let page = collection.page(&Window::Offset { skip: place, limit: 3 }, None);
        let wanted: Vec<u64> = model.iter().skip(place).take(3).map(|(sequence, _)| *sequence).collect();
        prop_assert_eq!(page.records.iter().map(Record::sequence).collect::<Vec<_>>(), wanted);
        prop_assert_eq!(page.more, place + 3 < model.len());
        let long = Window::Offset { skip: place, limit: 150 };
        shown(collection, &long, model.iter().skip(place).take(150))?;
    }
    let newest = Window::Backward { count: 150, between: Between::default() };
    shown(collection, &newest, model.iter().rev().take(150))?;
    for group in 0..3 {
        let found: Vec<u64> = collection.find("group", &format!("g{group}")).map(Record::sequence).collect();
        let wanted: Vec<u64> = model.iter().filter(|(_, has)| *has == group).map(|(sequence, _)| *sequence).collect();
        prop_assert_eq!(found, wanted);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_collection_is_a_list_with_an_index_and_a_fork_is_a_list_of_its_own(ops in ops()) {
        let (mut collection, mut model) = (Collection::new(&THINGS), Model::new());
        let mut forks: Vec<(Collection, Model)> = Vec::new();
        for op in ops {
            match op {
                Op::Add(count) => for _ in 0..count {
                    let sequence = collection.next_sequence();
                    collection.put(&Record::new(&THINGS, sequence, fields(&format!("t{sequence}"), sequence % 3)));
                    model.push((sequence, sequence % 3));
                },
                // Each is found by its group without its text, and only once a reader looks for it.
                Op::Append(count) => for _ in 0..count {
                    let sequence = collection.next_sequence();
                    let found_by = ("group", format!("g{}", sequence % 3).into());
                    collection.append(LazyRecord::new(0, found_by, 0, move |id| fields(id, sequence % 3)));
                    model.push((sequence, sequence % 3));
                },
                Op::Remove(place) if !model.is_empty() => {
                    let place = place % model.len();
                    let (sequence, _) = model.remove(place);
                    let removed = collection.remove(&id_at(&collection, place));
                    prop_assert_eq!(removed.map(|record| record.sequence()), Some(sequence));
                }
                Op::Regroup(place) if !model.is_empty() => {
                    let place = place % model.len();
                    model[place].1 = (model[place].1 + 1) % 3;
                    let (id, (sequence, group)) = (id_at(&collection, place), model[place]);
                    collection.put(&Record::new(&THINGS, sequence, fields(&id, group)));
                }
                Op::Remove(_) | Op::Regroup(_) => {}
                Op::Settle(more) => collection.compact(more),
                Op::Fork => forks.push((collection.clone(), model.clone())),
            }
            // Reads one page again and again: it must not be the page from before the change.
            let page = collection.page(&Window::Offset { skip: 0, limit: 2 }, None);
            let shown = |(place, (_, group)): (usize, &(u64, u64))| Value::from(fields(&id_at(&collection, place), *group)).to_string();
            let wanted: Vec<String> = model.iter().take(2).enumerate().map(shown).collect();
            prop_assert_eq!(String::from_utf8_lossy(page.json()), format!("[{}]", wanted.join(",")));
        }
        same(&collection, &model)?;
        for (fork, model) in &forks {
            same(fork, model)?;
        }
    }
}

/// The kinds in another order than that of their names.
static KINDS: [&Schema; 3] = [&LAST, &OTHERS, &THINGS];
static OTHERS: Schema = Schema::new("toy.others", "Other", "id", IdFormat::ObjectId, FIELDS);
static LAST: Schema = Schema::new("toy.zebras", "Zebra", "id", IdFormat::ObjectId, FIELDS);

#[derive(Clone, Copy, Debug)]
enum StoreOp {
    Add(usize),
    /// Continues with the copy, or with the original.
    Fork(bool),
    Settle,
    Without(usize),
}

fn store_ops() -> impl Strategy<Value = Vec<StoreOp>> {
    let op = prop_oneof![
        6 => (0..KINDS.len()).prop_map(StoreOp::Add),
        2 => any::<bool>().prop_map(StoreOp::Fork),
        1 => Just(StoreOp::Settle),
        1 => (0..KINDS.len()).prop_map(StoreOp::Without),
    ];
    proptest::collection::vec(op, 1..40)
}

/// The number of records of each kind; `None` leaves a kind out.
type Counts = [Option<usize>; KINDS.len()];

fn counts(store: &Store) -> Counts {
    KINDS.map(|kind| store.resources().any(|known| known == kind).then(|| store.of(kind).len()))
}

proptest! {
    #[test]
    fn a_store_changes_apart_from_its_copies_whether_it_was_settled_or_not(ops in store_ops()) {
        let (mut store, mut model): (Store, Counts) = (Store::new(KINDS), [Some(0); KINDS.len()]);
        let mut others = Vec::new();
        for op in ops {
            match op {
                StoreOp::Add(kind) => if let Some(count) = &mut model[kind] {
                    let collection = store.of_mut(KINDS[kind]);
                    collection.put(&Record::new(KINDS[kind], *count as u64, fields(&format!("t{count}"), 0)));
                    *count += 1;
                },
                StoreOp::Fork(on_with_the_copy) => {
                    let copy = store.clone();
                    let other = if on_with_the_copy { std::mem::replace(&mut store, copy) } else { copy };
                    others.push((other, model));
                }
                StoreOp::Settle => store.compact(),
                StoreOp::Without(kind) => {
                    store = store.only(|known| known != KINDS[kind]);
                    model[kind] = None;
                }
            }
            prop_assert_eq!(counts(&store), model);
        }
        for (other, model) in &others {
            prop_assert_eq!(counts(other), *model);
        }
        let names: Vec<&str> = store.collections().map(|collection| collection.resource().name).collect();
        prop_assert!(names.is_sorted());
    }
}

#[test]
fn a_record_of_the_log_has_an_id_of_its_own_whenever_it_is_looked_for() {
    let append = |collection: &mut Collection| {
        let found_by = ("group", "g".into());
        collection.append(LazyRecord::new(7, found_by, 0, |id| fields(id, 0)));
    };
    let ids = |collection: &Collection| collection.iter().map(|record| record.id().to_owned()).collect::<Vec<_>>();
    let (mut looked_at, mut looked_at_last) = (Collection::new(&THINGS), Collection::new(&THINGS));
    for _ in 0..10 {
        append(&mut looked_at);
        append(&mut looked_at_last);
        ids(&looked_at);
    }
    assert_eq!(ids(&looked_at), ids(&looked_at_last));
    // A record kept from an earlier run with the same seed, which removed the others.
    let kept = looked_at.nth(3).expect("there are ten").clone();
    let mut next_run = Collection::new(&THINGS);
    next_run.put(&Record::new(&THINGS, 0, kept.fields().clone()));
    (0..10).for_each(|_| append(&mut next_run));
    let mut all = ids(&next_run);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 11);
    assert_eq!(next_run.get(kept.id()).map(Record::sequence), Some(0));
}
