//! No recursion is deeper than what the door lets in, kept: each function that calls itself, by way of others of its file
//! too, stands in `recursive.txt` with what bounds its depth.
//!
//! A call of another type's method is no recursion, so a call counts if its receiver is certain: `name(` and
//! `map(name)` of a free function, `Self::name`, `self.name(`, `Type::name`, and `.name(` in the methods of a type that
//! holds itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::readers::{code, rust_files};

/// The kinds of bound that a row may name: the levels of a tree that passed the door, those of a text that serde's reader
/// of JSON lets in, tables of the program, a number that the row tells, and none where another type's function is called.
const KINDS: [&str; 5] = ["door", "reader", "tables", "most", "other"];

/// The calls that take a function by its name.
const TAKERS: [&str; 9] =
    ["map(", "flat_map(", "filter_map(", "find_map(", "and_then(", "for_each(", "any(", "all(", "fold("];

/// A function: the type whose method it is, which is empty for a free one, and its name.
type Function = (String, String);

/// A function's signature and body.
struct Written<'c> {
    signature: &'c str,
    body: Vec<String>,
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn first_word(text: &str) -> &str {
    text.split(|letter| !is_word(letter)).find(|word| !word.is_empty()).unwrap_or("")
}

/// Returns a line without the texts in it.
fn without_texts(line: &str) -> String {
    let mut parts = line.replace("\\\"", "").split('"').map(str::to_owned).collect::<Vec<_>>();
    parts.iter_mut().skip(1).step_by(2).for_each(String::clear);
    parts.concat()
}

/// Returns the type that an `impl` or `trait` line is about.
fn owner_of(line: &str) -> Option<&str> {
    let declared = line.split_once("trait ").filter(|(before, _)| before.is_empty() || before.starts_with("pub"));
    if let Some((_, rest)) = declared {
        return Some(first_word(rest));
    }
    let rest = line.strip_prefix("impl")?.trim_end_matches(" {");
    let rest = match rest.strip_prefix('<') {
        Some(_) => rest.split_once("> ").map_or(rest, |(_, behind)| behind),
        None => rest,
    };
    let target = rest.rsplit_once(" for ").map_or(rest, |(_, target)| target);
    Some(first_word(target.split('<').next()?.rsplit("::").next()?))
}

fn function_name(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("fn ")?;
    let is_declared = before.split_whitespace().all(|word| {
        ["pub", "const", "async", "unsafe", "extern"].contains(&word) || word.starts_with("pub(") || word.ends_with(')')
    });
    // A macro names its functions when it is used.
    (is_declared && !rest.starts_with('$')).then(|| first_word(rest)).filter(|name| !name.is_empty())
}

/// Returns the functions of a file that have a body.
fn functions(code: &str) -> BTreeMap<Function, Vec<Written<'_>>> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found: BTreeMap<Function, Vec<Written<'_>>> = BTreeMap::new();
    let mut owner = "";
    for (at, line) in lines.iter().enumerate() {
        owner = owner_of(line).unwrap_or(if *line == "}" { "" } else { owner });
        let Some(name) = function_name(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let Some(open) = (at..lines.len()).find(|at| lines[*at].ends_with(['{', ';', '}'])) else { continue };
        if lines[open].ends_with(';') {
            continue;
        }
        let end = (open..lines.len()).find(|at| lines[*at].strip_prefix(indent) == Some("}"));
        let body = if lines[open].ends_with('}') {
            vec![without_texts(lines[open].split_once('{').map_or("", |(_, body)| body))]
        } else {
            lines[open + 1..end.unwrap_or(lines.len())].iter().map(|line| without_texts(line)).collect()
        };
        let start = line.as_ptr() as usize - code.as_ptr() as usize;
        let behind = lines[open].as_ptr() as usize - code.as_ptr() as usize + lines[open].len();
        let of = if indent.len() == 4 { owner } else { "" };
        let written = Written { signature: &code[start..behind], body };
        found.entry((of.to_owned(), name.to_owned())).or_default().push(written);
    }
    found
}

/// Tells whether a field is of the type of that name, and not of another module's.
fn names(field: &str, name: &str) -> bool {
    let is_name = |(at, _): (usize, &str)| {
        let (before, after) = (&field[..at], &field[at + name.len()..]);
        !before.ends_with(is_word) && !before.ends_with("::") && !after.starts_with(is_word)
    };
    field.match_indices(name).any(is_name)
}

/// Returns the types of a file whose fields hold others of themselves.
fn holds_itself(code: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut open = None;
    for line in code.lines() {
        let declared = ["struct ", "enum "].iter().find_map(|kind| line.split_once(kind));
        if let Some((_, rest)) = declared.filter(|(before, _)| before.is_empty() || before.starts_with("pub")) {
            let (name, behind) = (first_word(rest), rest.split_once(['(', '{']).map_or("", |(_, behind)| behind));
            if names(behind, name) {
                found.insert(name);
            }
            open = line.ends_with('{').then_some(name);
        } else if line == "}" {
            open = None;
        } else if let Some(name) = open
            && names(line, name)
        {
            found.insert(name);
        }
    }
    found
}

/// Tells whether a line calls a function, written in a method of `owner` or outside of any.
fn calls(line: &str, owner: &str, (of, name): (&str, &str), is_nested: bool) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        let is_called = after.starts_with('(');
        let is_named = is_called || after.starts_with([')', ',']);
        if !is_named || before.ends_with(is_word) || before.ends_with("fn ") {
            return false;
        }
        if of.is_empty() {
            let is_free = !before.ends_with(['.', ':', '!', '\'']);
            return is_free && (is_called || TAKERS.iter().any(|taker| before.ends_with(taker)));
        }
        let is_own = of == owner
            && (before.ends_with("Self::")
                || is_called && before.strip_suffix("self.").is_some_and(|rest| !rest.ends_with(is_word))
                || is_called && is_nested && before.ends_with('.'));
        is_own
            || before
                .strip_suffix(&format!("{of}::"))
                .is_some_and(|path| !path.ends_with(is_word) && !path.ends_with(':'))
    })
}

/// Returns the functions of a file that come to call themselves.
fn recursive(code: &str) -> BTreeSet<Function> {
    let (functions, nested) = (functions(code), holds_itself(code));
    let mut called: BTreeMap<&Function, BTreeSet<&Function>> = BTreeMap::new();
    for (function @ (owner, _), written) in &functions {
        for (body, signature) in written.iter().map(|written| (&written.body, written.signature)) {
            for other @ (of, name) in functions.keys() {
                // A local of that name is what is called.
                let is_local = of.is_empty()
                    && (signature.contains(&format!("{name}: "))
                        || body.iter().any(|line| {
                            let names = [
                                format!("|{name}|"),
                                format!("|{name},"),
                                format!("let {name} "),
                                format!(", {name}|"),
                            ];
                            names.iter().any(|local| line.contains(local))
                        }));
                let is_nested = nested.contains(owner.as_str());
                if !is_local && body.iter().any(|line| calls(line, owner, (of, name), is_nested)) {
                    called.entry(function).or_default().insert(other);
                }
            }
        }
    }
    let comes_back = |function: &Function| {
        let mut waiting: Vec<&Function> = called.get(function).into_iter().flatten().copied().collect();
        let mut seen: BTreeSet<&Function> = BTreeSet::new();
        while let Some(next) = waiting.pop() {
            if next == function {
                return true;
            }
            if seen.insert(next) {
                waiting.extend(called.get(next).into_iter().flatten());
            }
        }
        false
    };
    functions.keys().filter(|function| comes_back(function)).cloned().collect()
}

#[test]
fn each_function_that_calls_itself_stands_in_the_list_with_its_bound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(root.join("tests/library/recursive.txt")).unwrap();
    let rows = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rows: Vec<(&str, &str)> = rows.map(|line| line.split_once(" | ").expect(line)).collect();
    let kind = |bound: &str| KINDS.contains(&first_word(bound));
    let mut wrong: Vec<String> = rows
        .iter()
        .filter(|(_, bound)| !kind(bound))
        .map(|(what, bound)| format!("{what}: {bound} is no bound"))
        .collect();
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    let mut seen = BTreeSet::new();
    for path in &files {
        let name = path.strip_prefix(root.join("src")).unwrap().to_string_lossy().replace('\\', "/");
        if name.contains("/tests/") {
            continue;
        }
        let code = code(path);
        for (owner, function) in recursive(&code[..code.find("mod tests {").unwrap_or(code.len())]) {
            let what = format!("{name} {owner}{}{function}", if owner.is_empty() { "" } else { "::" });
            if !rows.iter().any(|(row, _)| *row == what) {
                wrong.push(format!("{what} calls itself: bound its depth, and give it a row"));
            }
            seen.insert(what);
        }
    }
    let gone = rows.iter().filter(|(row, _)| !seen.contains(*row));
    wrong.extend(gone.map(|(row, _)| format!("{row} does not call itself any more: take it out")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_scan_finds_calls_of_the_function_itself_and_no_others() {
    let code = "\
enum Tree {\n    Leaf,\n    Many(Vec<Tree>),\n}\nstruct Flat(u8);\n\
impl Tree {\n    fn size(&self) -> u8 {\n        self.items().map(|item| item.size()).sum()\n    }\n}\n\
impl Drop for Flat {\n    fn drop(&mut self) {\n        self.0.drop();\n        drop(self.0);\n    }\n    \
fn of(n: u8) -> u8 {\n        n.map(Self::of)\n    }\n}\n\
fn walk(\n    deep: u8,\n) {\n    items.iter().for_each(walk);\n}\nfn one(n: u8) -> u8 { other(n) }\nfn other(n: u8) {\n    one(n)\n}\n\
fn told(x: u8) {\n    \"told(x)\"; x.told(1); y::told(x);\n}\nfn local() {\n    let local = f;\n    local(3);\n}\n";
    let found: Vec<_> = recursive(code).into_iter().collect();
    let wanted = [("", "one"), ("", "other"), ("", "walk"), ("Flat", "of"), ("Tree", "size")];
    assert_eq!(found, wanted.map(|(of, name)| (of.to_owned(), name.to_owned())));
}
