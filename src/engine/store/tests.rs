//! A collection against a plain list: thousands of records, so that the trees below it split and join.

use proptest::prelude::*;
use serde_json::Value;

use crate::engine::api::{Ids, Resource};
use crate::engine::field::{Field, text};
use crate::engine::store::{Collection, Fields, Record, Window};

static FIELDS: &[Field] = &[text("id"), text("group")];
static THINGS: Resource = Resource::new("toy.things", "Thing", "id", Ids::ObjectId, FIELDS).indexed(&["group"]);

#[derive(Clone, Debug)]
enum Op {
    Add(usize),
    Append(usize),
    Remove(usize),
    Regroup(usize),
    Fork,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        3 => (1_usize..300).prop_map(Op::Add),
        3 => (1_usize..300).prop_map(Op::Append),
        5 => any::<usize>().prop_map(Op::Remove),
        3 => any::<usize>().prop_map(Op::Regroup),
        1 => Just(Op::Fork),
    ];
    proptest::collection::vec(op, 1..120)
}

fn thing(sequence: u64, group: u64) -> Record {
    let fields =
        Fields::from_iter([("id", format!("t{sequence}").into()), ("group", Value::from(format!("g{group}")))]);
    Record::new(&THINGS, sequence, fields)
}

/// Sequence numbers and groups, in creation order.
type Model = Vec<(u64, u64)>;

fn same(collection: &Collection, model: &Model) -> Result<(), TestCaseError> {
    prop_assert_eq!(collection.len(), model.len());
    let order: Vec<u64> = collection.iter().map(Record::sequence).collect();
    prop_assert_eq!(order, model.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>());
    for (place, (sequence, _)) in model.iter().enumerate().step_by(97) {
        prop_assert_eq!(collection.get(&format!("t{sequence}")).map(Record::sequence), Some(*sequence));
        let page = collection.page(&Window::Offset { skip: place, limit: 3 }, None);
        let wanted: Vec<u64> = model.iter().skip(place).take(3).map(|(sequence, _)| *sequence).collect();
        prop_assert_eq!(page.records.iter().map(Record::sequence).collect::<Vec<_>>(), wanted);
        prop_assert_eq!(page.more, place + 3 < model.len());
    }
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
                    collection.put(&thing(sequence, sequence % 3));
                    model.push((sequence, sequence % 3));
                },
                // Found by its group without being looked into, and only once it is looked for.
                Op::Append(count) => for _ in 0..count {
                    let sequence = collection.next_sequence();
                    let (whole, found_by) = (thing(sequence, sequence % 3), ("group", format!("g{}", sequence % 3).into()));
                    let make = move || whole.fields().clone();
                    let id = format!("t{sequence}").into();
                    collection.append(&Record::later(&THINGS, sequence, id, found_by, make));
                    model.push((sequence, sequence % 3));
                },
                Op::Remove(place) if !model.is_empty() => {
                    let (sequence, _) = model.remove(place % model.len());
                    let removed = collection.remove(&format!("t{sequence}"));
                    prop_assert_eq!(removed.map(|record| record.sequence()), Some(sequence));
                }
                Op::Regroup(place) if !model.is_empty() => {
                    let place = place % model.len();
                    model[place].1 = (model[place].1 + 1) % 3;
                    collection.put(&thing(model[place].0, model[place].1));
                }
                Op::Remove(_) | Op::Regroup(_) => {}
                Op::Fork => forks.push((collection.clone(), model.clone())),
            }
            // The same page again and again: it must not be the one shown before the change.
            let page = collection.page(&Window::Offset { skip: 0, limit: 2 }, None);
            let shown = |(sequence, group): &(u64, u64)| String::from_utf8_lossy(thing(*sequence, *group).bytes()).into_owned();
            let wanted: Vec<String> = model.iter().take(2).map(shown).collect();
            prop_assert_eq!(String::from_utf8_lossy(page.json()), format!("[{}]", wanted.join(",")));
        }
        same(&collection, &model)?;
        for (fork, model) in &forks {
            same(fork, model)?;
        }
    }
}
