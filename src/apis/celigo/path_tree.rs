//! A tree of the paths that a projection names: each member of a record is looked up once, for any number of paths.

use serde_json::{Map, Value};

/// The most names of a path: no record is deeper.
const MOST_NAMES: usize = 128;

/// The paths by their first names. A name leads to `null` where a path ends with it, else to the names below.
#[derive(Default)]
pub(super) struct PathTree(Map<String, Value>);

impl<'p> FromIterator<&'p str> for PathTree {
    fn from_iter<I: IntoIterator<Item = &'p str>>(paths: I) -> Self {
        let mut tree = Map::new();
        let paths = paths.into_iter().filter(|path| path.bytes().filter(|byte| *byte == b'.').count() < MOST_NAMES);
        paths.for_each(|path| add(&mut tree, path));
        Self(tree)
    }
}

fn add(tree: &mut Map<String, Value>, path: &str) {
    let (name, deeper) = path.split_once('.').map_or((path, None), |(name, deeper)| (name, Some(deeper)));
    match deeper {
        None => drop(tree.insert(name.to_owned(), Value::Null)),
        Some(deeper) => {
            let below = tree.entry(name).or_insert_with(|| Map::new().into());
            below.as_object_mut().into_iter().for_each(|below| add(below, deeper));
        }
    }
}

impl PathTree {
    /// Returns the parts of a record that the paths lead to, in their places and the order of the paths. A path reaches
    /// into each object of an array.
    pub(super) fn some_of(&self, record: &Map<String, Value>) -> Map<String, Value> {
        some_of(&self.0, record)
    }

    /// Returns a record without the parts that the paths lead to.
    pub(super) fn rest_of(&self, mut record: Value) -> Value {
        leave_out(&self.0, &mut record);
        record
    }
}

fn some_of(tree: &Map<String, Value>, from: &Map<String, Value>) -> Map<String, Value> {
    let found = tree.iter().filter_map(|(name, below)| {
        let shown = match (below, from.get(name)?) {
            (Value::Object(below), Value::Object(inner)) => some_of(below, inner).into(),
            (Value::Object(below), Value::Array(items)) => {
                items.iter().filter_map(Value::as_object).map(|item| Value::from(some_of(below, item))).collect()
            }
            (Value::Object(_), _) => return None,
            (_, value) => value.clone(),
        };
        Some((name.clone(), shown))
    });
    found.collect()
}

fn leave_out(tree: &Map<String, Value>, from: &mut Value) {
    match from {
        Value::Array(items) => items.iter_mut().for_each(|item| leave_out(tree, item)),
        Value::Object(fields) => fields.retain(|name, value| match tree.get(name) {
            None => true,
            Some(Value::Object(below)) => {
                leave_out(below, value);
                true
            }
            Some(_) => false,
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree(paths: &str) -> PathTree {
        paths.split(',').collect()
    }

    #[test]
    fn paths_that_end_within_others_show_and_hide_all_below() {
        let record =
            json!({ "a": { "b": 1, "c": { "d": 2, "e": 3 } }, "list": [{ "x": 1, "y": 2 }, 5, { "y": 3 }], "n": 4 });
        let some = |paths: &str| Value::from(tree(paths).some_of(record.as_object().unwrap()));
        assert_eq!(some("a.c.d,a.b,n.x,none.y").to_string(), r#"{"a":{"c":{"d":2},"b":1}}"#);
        assert_eq!(some("a.c.d,a.c,a.c.e"), json!({ "a": { "c": { "d": 2, "e": 3 } } }));
        assert_eq!(some("list.x"), json!({ "list": [{ "x": 1 }, {}] }));
        assert_eq!(some("a.z"), json!({ "a": {} }));
        let rest = |paths: &str| tree(paths).rest_of(record.clone());
        assert_eq!(rest("a.c.d,a.c,n"), json!({ "a": { "b": 1 }, "list": record["list"] }));
        assert_eq!(rest("list.y,a"), json!({ "list": [{ "x": 1 }, 5, {}], "n": 4 }));
        assert_eq!(rest("n.x,none.y"), record);
    }

    #[test]
    fn a_path_that_is_deeper_than_any_record_leads_nowhere() {
        let deep = "a.".repeat(100_000);
        assert!(tree(&deep).0.is_empty());
        assert_eq!(tree(&format!("{deep},b")).0.len(), 1);
    }
}
