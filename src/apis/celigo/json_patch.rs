//! The part of JSON Patch (RFC 6902) that the service takes: `add`, `replace` and `remove`.

use serde_json::Value;

/// The operations of the RFC. The service takes the first three.
const OPERATIONS: [&str; 6] = ["add", "remove", "replace", "move", "copy", "test"];

/// One operation of a patch.
pub(super) struct PatchOperation {
    /// The place, as it was written.
    pub path: String,
    /// The names and indexes on the way there.
    pub tokens: Vec<String>,
    /// The change at the place.
    pub change: PatchChange,
}

/// The change that an operation makes.
pub(super) enum PatchChange {
    /// Adds a member or an element, or takes the place of a member.
    Add(Value),
    /// Replaces the value there.
    Replace(Value),
    /// Removes the value there.
    Remove,
    /// An operation that the service does not take.
    Other,
}

/// Reads a patch; the error is a sentence.
pub(super) fn read(body: Value) -> Result<Vec<PatchOperation>, String> {
    let Value::Array(operations) = body else { return Err("it must be an array of operations".to_owned()) };
    let numbered = |(place, written)| operation(written).map_err(|error| format!("operation {place}: {error}"));
    operations.into_iter().enumerate().map(numbered).collect()
}

fn operation(mut written: Value) -> Result<PatchOperation, String> {
    let text = |name: &str| match written.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("{name} must be a string")),
        None => Err(format!("{name} is required")),
    };
    let (name, path, from) = (text("op")?, text("path"), text("from"));
    let mut value = || written.get_mut("value").map(Value::take).ok_or("value is required");
    let change = match name.as_str() {
        "add" => PatchChange::Add(value()?),
        "replace" => PatchChange::Replace(value()?),
        "remove" => PatchChange::Remove,
        "move" | "copy" => {
            pointer(&from?)?;
            PatchChange::Other
        }
        "test" => {
            value()?;
            PatchChange::Other
        }
        other => {
            return Err(format!("op must be one of {}, not {other:?}", OPERATIONS.join(", ")));
        }
    };
    let path = path?;
    let tokens = pointer(&path)?;
    Ok(PatchOperation { path, tokens, change })
}

/// Returns the names and indexes of a JSON Pointer (RFC 6901).
fn pointer(path: &str) -> Result<Vec<String>, String> {
    tokens(path).ok_or_else(|| format!("path {path:?} is not a JSON Pointer, as /name/0 is"))
}

fn tokens(path: &str) -> Option<Vec<String>> {
    let Some(below) = path.strip_prefix('/') else { return path.is_empty().then(Vec::new) };
    let decoded = |token: &str| {
        let is_well_formed = token.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        is_well_formed.then(|| token.replace("~1", "/").replace("~0", "~"))
    };
    below.split('/').map(decoded).collect()
}

impl PatchOperation {
    /// Changes the document; `None` when there is no such place in it.
    pub(super) fn apply(self, document: &mut Value) -> Option<()> {
        let (last, parents) = self.tokens.split_last()?;
        let parent = parents.iter().try_fold(document, |value, token| match value {
            Value::Object(object) => object.get_mut(token),
            Value::Array(items) => items.get_mut(index(token)?),
            _ => None,
        })?;
        match (parent, self.change) {
            (Value::Object(object), PatchChange::Add(value)) => drop(object.insert(last.clone(), value)),
            (Value::Object(object), PatchChange::Replace(value)) => *object.get_mut(last)? = value,
            (Value::Object(object), PatchChange::Remove) => drop(object.shift_remove(last)?),
            (Value::Array(items), PatchChange::Add(value)) => {
                let at = if last == "-" { items.len() } else { index(last)? };
                (at <= items.len()).then(|| items.insert(at, value))?;
            }
            (Value::Array(items), PatchChange::Replace(value)) => *items.get_mut(index(last)?)? = value,
            (Value::Array(items), PatchChange::Remove) => {
                let at = index(last)?;
                (at < items.len()).then(|| items.remove(at))?;
            }
            _ => return None,
        }
        Some(())
    }
}

/// Returns an index of an array: digits, without zeros in front.
fn index(token: &str) -> Option<usize> {
    let is_plain = token == "0" || !token.starts_with(['0', '+']);
    token.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{PatchChange, read};

    /// Names and indexes that documents have, may have, and cannot have.
    fn token() -> impl Strategy<Value = &'static str> {
        proptest::sample::select(vec!["a", "b", "c~1d", "e~0f", "0", "1", "2", "-", "01", "+1", "", "~2", "é"])
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), (0..3).prop_map(Value::from)];
        let name = proptest::sample::select(vec!["a", "b", "c/d", "e~f", "0", "1", "-", "", "é"]);
        leaf.prop_recursive(4, 24, 4, move |inner| {
            let members = proptest::collection::vec((name.clone(), inner.clone()), 0..4);
            prop_oneof![
                proptest::collection::vec(inner, 0..4).prop_map(Value::from),
                members.prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
            ]
        })
    }

    fn operation() -> impl Strategy<Value = Value> {
        let name = proptest::sample::select(vec![
            "add", "add", "replace", "replace", "remove", "remove", "move", "copy", "test",
        ]);
        let path = || proptest::collection::vec(token(), 1..4).prop_map(|tokens| format!("/{}", tokens.join("/")));
        (name, path(), path(), value())
            .prop_map(|(op, path, from, value)| json!({ "op": op, "path": path, "from": from, "value": value }))
    }

    proptest! {
        /// Changes and refuses what another implementation changes and refuses; all six operations are known.
        #[test]
        fn patches_are_those_of_another_implementation(
            document in value(),
            patch in proptest::collection::vec(operation(), 1..4),
        ) {
            let patch = Value::from(patch);
            let theirs: Result<json_patch::Patch, _> = serde_json::from_value(patch.clone());
            let ours = read(patch.clone());
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}", ours.err());
            let (Ok(ours), Ok(theirs)) = (ours, theirs) else { return Ok(()) };
            let others = |name: &Value| ["move", "copy", "test"].iter().any(|other| name == other);
            for (operation, written) in ours.iter().zip(patch.as_array().into_iter().flatten()) {
                prop_assert_eq!(matches!(operation.change, PatchChange::Other), others(&written["op"]));
            }
            if ours.iter().any(|operation| matches!(operation.change, PatchChange::Other)) {
                return Ok(());
            }
            let (mut changed, mut expected) = (document.clone(), document);
            let is_done = ours.into_iter().all(|operation| operation.apply(&mut changed).is_some());
            let is_expected = json_patch::patch(&mut expected, &theirs).is_ok();
            prop_assert_eq!(is_done, is_expected);
            prop_assert!(!is_done || changed == expected, "{} is not {}", changed, expected);
        }
    }

    fn patched(document: &Value, operation: &Value) -> Option<Value> {
        let mut document = document.clone();
        let operation = read(json!([operation])).unwrap().remove(0);
        operation.apply(&mut document).map(|()| document)
    }

    #[test]
    fn places_of_a_patch_are_those_of_the_rfc() {
        let document = json!({ "a": { "b/c": 1, "m~n": 2 }, "list": [10, 20, 30] });
        let same = |path: &str, at: &str| {
            let removed = patched(&document, &json!({ "op": "remove", "path": path })).unwrap();
            assert!(document.pointer(at).is_some() && removed != document, "{path}");
            let written = patched(&document, &json!({ "op": "replace", "path": path, "value": null })).unwrap();
            assert_eq!(written.pointer(at), Some(&Value::Null), "{path}");
        };
        same("/a/b~1c", "/a/b~1c");
        same("/a/m~0n", "/a/m~0n");
        same("/list/0", "/list/0");
        let add = |path: &str| patched(&document, &json!({ "op": "add", "path": path, "value": 7 }));
        assert_eq!(add("/list/-").unwrap()["list"], json!([10, 20, 30, 7]));
        assert_eq!(add("/list/3").unwrap()["list"], json!([10, 20, 30, 7]));
        assert_eq!(add("/list/1").unwrap()["list"], json!([10, 7, 20, 30]));
        assert_eq!(add("/a/new").unwrap()["a"]["new"], 7);
        assert_eq!(add("/a/m~0n").unwrap()["a"]["m~n"], 7);
        for none in ["", "/list/4", "/list/01", "/list/+1", "/list/x", "/none/below", "/list/0/deeper"] {
            assert_eq!(add(none), None, "{none}");
        }
        for none in ["/list/3", "/list/-", "/a/none"] {
            assert_eq!(patched(&document, &json!({ "op": "remove", "path": none })), None, "{none}");
            assert_eq!(patched(&document, &json!({ "op": "replace", "path": none, "value": 1 })), None, "{none}");
        }
    }

    #[test]
    fn what_is_no_patch_is_refused_in_a_sentence() {
        let fault = |body: Value| read(body).err().unwrap();
        assert_eq!(fault(json!({})), "it must be an array of operations");
        assert_eq!(fault(json!([1])), "operation 0: op is required");
        assert_eq!(fault(json!([{ "op": "add", "path": "/a" }])), "operation 0: value is required");
        assert_eq!(fault(json!([{ "op": "remove" }])), "operation 0: path is required");
        let second = json!([{ "op": "remove", "path": "/a" }, { "op": "remove", "path": 1 }]);
        assert_eq!(fault(second), "operation 1: path must be a string");
        let unknown = fault(json!([{ "op": "rename", "path": "/a" }]));
        assert_eq!(unknown, "operation 0: op must be one of add, remove, replace, move, copy, test, not \"rename\"");
        for path in ["a", "/~2"] {
            let expected = format!("operation 0: path {path:?} is not a JSON Pointer, as /name/0 is");
            assert_eq!(fault(json!([{ "op": "remove", "path": path }])), expected);
        }
    }
}
