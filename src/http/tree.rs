//! The one entrance for JSON from outside: bodies, patches, filters, files and control bodies all pass it.
//!
//! It bounds a tree's bytes, depth and members before anything is built from it, so that all other code may recurse
//! into values. The reader itself refuses a number that does not fit into 64 bits.

use memchr::memchr2;
use serde_json::Value;

use crate::http::position::{SyntaxFault, place_at};

/// The most levels of a consumer's body, and of a record that it patches. Readers of JSON stop at 127 levels, and
/// answers wrap records into further levels, so no setting raises this.
pub(crate) const DEPTH: usize = 64;

/// The most levels of an administrator's record.
pub(crate) const RECORD_DEPTH: usize = DEPTH + WRAPPING;

/// The number of levels that a file or a control body has around its records. Half of them are for records that hold
/// records.
pub(crate) const WRAPPING: usize = 16;

/// The most members and elements of a body, unless a setting says otherwise: ten bytes each in the largest body.
pub(crate) const MEMBERS: usize = 1_000_000;

/// The most bytes of a file of records or a scenario.
pub(crate) const FILE_BYTES: usize = 256 * 1024 * 1024;

/// The bounds of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TreeLimits {
    /// The most levels of arrays and objects in each other.
    pub depth: usize,
    /// The most elements of arrays and members of objects, all together.
    pub members: usize,
}

impl TreeLimits {
    /// The bounds of files, which the person who starts the server wrote.
    pub(crate) const FILE: Self = Self { depth: RECORD_DEPTH + WRAPPING, members: 64 * MEMBERS };

    /// Returns the bounds of a consumer's body.
    pub(crate) const fn body(members: usize) -> Self {
        Self { depth: DEPTH, members }
    }

    /// Returns the bounds of a body that holds whole records, or a scenario.
    pub(crate) const fn control(members: usize) -> Self {
        Self { depth: RECORD_DEPTH + WRAPPING, members }
    }

    /// Rejects a text that is nested too deep or has too many members. Whether it is JSON is for its reader to tell.
    pub(crate) fn check(self, text: &[u8]) -> Result<(), SyntaxFault> {
        // Most texts are small: without that number of bytes, and of brackets, which are counted quickly, no bound is
        // exceeded.
        let opening = text.iter().map(|byte| usize::from(matches!(byte, b'[' | b'{'))).sum::<usize>();
        if opening <= self.depth && text.len() <= self.members {
            return Ok(());
        }
        let fault = |at: usize, reason: String| Err(SyntaxFault { place: place_at(text, at), reason });
        let (mut depth, mut members) = (0_usize, 0_usize);
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            match byte {
                b'"' => at = end_of_text(text, at + 1),
                b'[' | b'{' => (depth, members) = (depth + 1, members + 1),
                b']' | b'}' => depth = depth.saturating_sub(1),
                b',' => members += 1,
                _ => {}
            }
            if depth > self.depth {
                return fault(at, format!("it is nested more than {} levels deep", self.depth));
            }
            if members > self.members {
                return fault(at, format!("it has more than {} elements and members", self.members));
            }
            at += 1;
        }
        Ok(())
    }
}

/// Returns the place of the quotation mark that ends the string which begins there, or the end of the text.
fn end_of_text(text: &[u8], mut at: usize) -> usize {
    while let Some(found) = text.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if text[at] == b'"' {
            return at;
        }
        at += 2;
    }
    text.len()
}

/// Returns the number of levels of arrays and objects that a value has.
pub(crate) fn depth_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth_of).max().unwrap_or(0),
        _ => 0,
    }
}

/// Tells whether a value has more than this many levels.
pub(crate) fn is_deeper(value: &Value, depth: usize) -> bool {
    match value {
        Value::Array(items) => depth == 0 || items.iter().any(|item| is_deeper(item, depth - 1)),
        Value::Object(members) => depth == 0 || members.values().any(|value| is_deeper(value, depth - 1)),
        _ => false,
    }
}

/// Returns the number of bytes that a value has as JSON, approximately: escapes and long numbers are not counted
/// exactly.
pub(crate) fn bytes_of(value: &Value) -> usize {
    let behind = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        Value::Array(items) => items.iter().map(bytes_of).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| name.len() + bytes_of(value)).sum::<usize>(),
    };
    bytes_of_one(value) + behind
}

/// Returns the bytes of memory that a value takes together with its text as JSON.
pub(crate) fn memory_of(value: &Value) -> usize {
    /// The bytes of a name with its hash and its place in the index.
    const MEMBER: usize = size_of::<String>() + 4 * size_of::<usize>();
    let text = bytes_of_one(value);
    let behind = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(memory_of).sum(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| MEMBER + 2 * name.len() + memory_of(value)).sum::<usize>()
        }
    };
    size_of::<Value>() + text + behind
}

/// Returns the bytes of a value as JSON, without those of the values within it.
fn bytes_of_one(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(_) => 8,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => 2 + items.len(),
        Value::Object(members) => 2 + 4 * members.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn nested(levels: usize) -> String {
        "[".repeat(levels) + &"]".repeat(levels)
    }

    #[test]
    fn a_text_may_be_as_deep_as_the_bound_and_no_deeper() {
        let limits = TreeLimits::body(MEMBERS);
        assert_eq!(limits.check(nested(DEPTH).as_bytes()), Ok(()));
        let fault = limits.check(nested(DEPTH + 1).as_bytes()).unwrap_err();
        assert_eq!((fault.place.column, fault.reason.as_str()), (DEPTH + 1, "it is nested more than 64 levels deep"));
    }

    #[test]
    fn brackets_in_texts_are_no_levels() {
        let limits = TreeLimits::body(MEMBERS);
        let text = json!({ "a": "[{\"".repeat(1_000), "b\\": "\\", "c": ["]]]]", nested(200)] }).to_string();
        assert_eq!(limits.check(text.as_bytes()), Ok(()));
        let behind = format!("[\"\\\\\", {}]", nested(DEPTH));
        assert!(limits.check(behind.as_bytes()).is_err(), "a text that ends with a backslash ends");
    }

    #[test]
    fn members_are_counted_all_together() {
        let limits = TreeLimits::body(10);
        assert_eq!(limits.check(br#"{"a":[1,2,3],"b":{"c":4},"d":[]}"#), Ok(()));
        assert!(limits.check(b"[1,2,3,4,5,6,7,8,9,0,1]").is_err());
        assert!(limits.check(b"[[],[],[],[],[],[]]").is_err());
    }

    #[test]
    fn values_are_measured_as_their_text_is() {
        let value = json!({ "a": [1, { "b": [] }], "c": "text", "d": null });
        assert_eq!((depth_of(&value), is_deeper(&value, 4), is_deeper(&value, 3)), (4, false, true));
        assert!(bytes_of(&value).abs_diff(value.to_string().len()) < 24);
    }
}
