//! Positions in a text, paths in a JSON document, and the faults of its syntax.

/// A position in a text; both numbers count from 1.
///
/// ```
/// use standin::Standin;
///
/// let world = Standin::builder().offline()?;
/// let error = world.load_text("mine.json", "{\n  \"scenario\": 1,\n}").unwrap_err();
/// let place = error.diagnostics[0].place;
/// assert_eq!((place.line, place.column), (3, 1), "{error}");
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// One step of a path into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathSegment {
    /// Leads to the member of that name.
    Key(String),
    /// Leads to the n-th element, from 0.
    Item(usize),
}

impl From<&str> for PathSegment {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for PathSegment {
    fn from(item: usize) -> Self {
        Self::Item(item)
    }
}

/// Returns a path into a document as messages show it: `faults[0].on`.
pub(crate) fn show(path: &[PathSegment]) -> String {
    let mut shown = String::new();
    for step in path {
        match step {
            PathSegment::Item(n) => shown += &format!("[{n}]"),
            PathSegment::Key(key) if shown.is_empty() => shown.push_str(key),
            PathSegment::Key(key) => shown += &format!(".{key}"),
        }
    }
    shown
}

/// A text that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxFault {
    /// The position of the fault.
    pub place: Position,
    /// The form that was expected, in words.
    pub reason: String,
}

impl SyntaxFault {
    /// Returns the fault that `serde_json` finds in a text. The library counts bytes, and a line break as the start of
    /// the next line.
    pub(crate) fn of(text: &[u8], error: &serde_json::Error) -> Self {
        let is_break = error.column() == 0 && error.line() > 1 && !error.is_eof();
        let line = if is_break { error.line() - 1 } else { error.line().max(1) };
        let bytes = text.split(|byte| *byte == b'\n').nth(line - 1).unwrap_or_default();
        let before = if is_break { bytes } else { &bytes[..bytes.len().min(error.column().saturating_sub(1))] };
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        let said = error.to_string();
        let reason = match said.split(" at line ").next().unwrap_or(&said) {
            _ if text.starts_with(MARK.as_bytes()) && (line, column) == (1, 1) => {
                "it begins with a byte order mark; send UTF-8 without one"
            }
            reason => reason,
        };
        Self { place: Position { line, column }, reason: reason.to_owned() }
    }

    /// Explains the fault where the text is empty, or has what other formats allow: comments, single quotes, YAML.
    pub(super) fn explained(self, text: &str) -> Self {
        let line = text.lines().nth(self.place.line - 1).unwrap_or_default();
        let rest: String = line.chars().skip(self.place.column - 1).collect();
        let start = text.trim_start();
        let reason = if ["//", "/*", "#"].iter().any(|mark| rest.starts_with(mark)) {
            "JSON has no comments: take this one out, or say it in \"about\""
        } else if start.is_empty() {
            "there is nothing in it"
        } else if rest.starts_with('\'') {
            "JSON has keys and texts in double quotes: write \" in place of '"
        } else if start.starts_with("---") || start.starts_with("- ") || start.starts_with(char::is_alphabetic) {
            "this looks like YAML, which is not read: write it as JSON"
        } else {
            return self;
        };
        Self { reason: reason.to_owned(), ..self }
    }
}

/// The byte order mark, which some editors and libraries put before a text.
const MARK: &str = "\u{feff}";

/// Returns a text without the mark that some editors put before it.
pub(super) fn unmarked(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// Returns the position of the byte at that offset.
pub(crate) fn place_at(text: &[u8], offset: usize) -> Position {
    behind(unmarked(&String::from_utf8_lossy(&text[..offset])))
}

/// Returns the position behind this beginning of a text.
pub(super) fn behind(before: &str) -> Position {
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}
