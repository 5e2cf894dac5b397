//! The public names of the crate, and the example that the documentation of each shows or links to.

use std::collections::BTreeMap;
use std::fs;

use crate::layers::{root, rust_files};

/// A public item: the room it stands in, and the lines of its documentation.
struct Item {
    room: String,
    doc: Vec<String>,
}

impl Item {
    /// Tells whether the documentation has Rust code, which the doctests run or compile.
    fn shows_an_example(&self) -> bool {
        self.doc.iter().any(|line| matches!(line.as_str(), "```" | "```no_run" | "```rust"))
    }

    /// The names behind the links: `Type` or `Type::method`, without `crate::`.
    fn links(&self) -> impl Iterator<Item = &str> {
        let starts = self.doc.iter().flat_map(|line| line.split("[`").skip(1));
        starts.filter_map(|rest| rest.split_once("`]")).map(|(name, _)| name.trim_start_matches("crate::"))
    }
}

/// Returns the items that `lib.rs` re-exports: each path as it stands there, without its alias.
fn exported(lib: &str) -> Vec<String> {
    let uses = lib.split("pub use ").skip(1).map(|rest| rest.split(';').next().unwrap());
    let paths = uses.flat_map(|path| match path.split_once('{') {
        Some((start, names)) => {
            names.trim_end_matches('}').split(',').map(|name| start.to_owned() + name.trim()).collect()
        }
        None => vec![path.to_owned()],
    });
    let paths = paths.map(|path| path.trim_start_matches("crate::").split(" as ").next().unwrap().to_owned());
    paths.filter(|path| !path.ends_with("::")).collect()
}

/// The lines of documentation above a line of code.
fn doc_above(lines: &[&str], line: usize) -> Vec<String> {
    let above = lines[..line].iter().rev().map(|line| line.trim());
    let above = above.take_while(|line| line.starts_with("///") || line.starts_with("#["));
    let mut doc: Vec<String> =
        above.filter_map(|line| line.strip_prefix("///")).map(|line| line.trim_start().to_owned()).collect();
    doc.reverse();
    doc
}

/// The documentation of everything that is defined as `keyword name` in a room, or in a file of it.
fn defined(room: &str, keywords: &[&str], name: &str) -> Vec<Vec<String>> {
    let folder = root().join(room);
    let files = if folder.is_dir() { rust_files(&folder) } else { vec![folder.with_extension("rs")] };
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            let begins = keywords.iter().filter_map(|keyword| line.trim_start().strip_prefix(keyword));
            let mut rest = begins.filter_map(|rest| rest.strip_prefix(name));
            if rest.any(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')) {
                found.push(doc_above(&lines, n));
            }
        }
    }
    found
}

fn items() -> BTreeMap<String, Item> {
    let lib = fs::read_to_string(root().join("lib.rs")).unwrap();
    let mut items = BTreeMap::new();
    for path in exported(&lib) {
        let (place, name) = path.rsplit_once("::").unwrap();
        let keywords = ["pub struct ", "pub enum ", "pub trait ", "pub fn ", "pub const "];
        let mut docs = defined(&place.replace("::", "/"), &keywords, name);
        assert_eq!(docs.len(), 1, "src/{place} defines {name} not once");
        let room = place.split("::").next().unwrap().to_owned();
        items.insert(name.to_owned(), Item { room, doc: docs.remove(0) });
    }
    let lines: Vec<&str> = lib.lines().collect();
    for (n, line) in lines.iter().enumerate() {
        if let Some(name) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(" {")) {
            items.insert(name.to_owned(), Item { room: String::new(), doc: doc_above(&lines, n) });
        }
    }
    items
}

/// Tells whether a link leads to documentation with an example.
fn leads_to_an_example(items: &BTreeMap<String, Item>, link: &str) -> bool {
    let Some((name, method)) = link.split_once("::") else {
        return items.get(link).is_some_and(Item::shows_an_example);
    };
    let Some(item) = items.get(name) else { return false };
    let methods = defined(&item.room, &["pub fn ", "pub async fn "], method);
    methods.into_iter().any(|doc| Item { room: String::new(), doc }.shows_an_example())
}

#[test]
fn every_public_type_and_function_shows_an_example_or_links_to_one() {
    let items = items();
    for known in ["Standin", "Report", "TlsFault", "WorldService", "builtin_scenarios", "tap", "reports"] {
        assert!(items.contains_key(known), "{known} is not found");
    }
    let without = items
        .iter()
        .filter(|(_, item)| !item.shows_an_example() && !item.links().any(|link| leads_to_an_example(&items, link)));
    let without: Vec<&str> = without.map(|(name, _)| name.as_str()).collect();
    assert!(without.is_empty(), "no example, and no link to one: {}", without.join(", "));
}
