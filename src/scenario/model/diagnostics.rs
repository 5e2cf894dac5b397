//! Faults of a scenario file: the place, the thing, and the remedy.

use std::fmt;

pub(in crate::scenario) use crate::engine::schema::suggest::did_you_mean;
use crate::http::clip::{MOST_TOLD, clip};
use crate::http::error_text::debug_is_display;
use crate::http::position;
use crate::http::position::{PathSegment, Position};
use crate::http::telling::is_telling;
use crate::scenario::model::layers::{Layer, Source, origin};

/// Declares the enum of codes. The sentence of each is its documentation and its text for people.
macro_rules! codes {
    ($($code:ident $about:literal,)*) => {
        /// The kind of a fault. `E…` refuses the file, `W…` warns. The reference has a section for each, and
        /// `standin explain E08` prints it.
        ///
        /// ```
        /// use standin::Code;
        ///
        /// assert_eq!(Code::E02.about(), "A key the format does not know.");
        /// assert!(Code::E02.refuses() && !Code::W01.refuses());
        /// assert_eq!(Code::ALL.last().map(ToString::to_string).as_deref(), Some("W08"));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $about] $code,)*
        }

        impl Code {
            /// All codes, in their order.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// Returns the sentence that describes the kind of fault.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$code => $about,)*
                }
            }
        }
    };
}

codes! {
    E01 "The text is not JSON.",
    E02 "A key the format does not know.",
    E03 "A selection of operations that selects none.",
    E04 "A key that stands twice in one object.",
    E05 "A value of the wrong type.",
    E06 "A key that must be there is not.",
    E07 "A status the operation does not document.",
    E08 "A value that is out of range, or none of those allowed.",
    E09 "Keys that exclude or need each other.",
    E10 "A collection that does not exist.",
    E11 "An error the operation does not document.",
    E12 "An id that is used twice.",
    E13 "A name that leads nowhere.",
    E14 "A last step that ends without saying what comes next.",
    E15 "A rule of conduct the API gives no means to keep.",
    E16 "A fixture set that does not exist, or a path that leaves the fixtures.",
    E17 "A record the API's own rules refuse.",
    E18 "A matcher that is none.",
    E19 "A probe that cannot be played.",
    E20 "An outcome to cover that the operation does not document.",
    E21 "An undocumented thing, where only what is known may be used.",
    E22 "A step that cannot end: the clock stands still.",
    E23 "Scenarios that extend each other in a ring.",
    W01 "A step that no other step leads to.",
    W02 "A rule behind one that always answers the same calls.",
    W03 "An ordinal that is out of reach.",
    W04 "A key that changes nothing where it stands, or that nothing can match.",
    W05 "A step's change of data that cannot be made.",
    W06 "A field or a value that no document knows.",
    W07 "A step that ends by a clock that hardly moves.",
    W08 "A header that says of the body what is not so.",
}

impl Code {
    /// Tells whether this kind of fault refuses the file.
    #[must_use]
    pub fn refuses(self) -> bool {
        self < Self::W01
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// One thing that is wrong with a file.
///
/// ```
/// use standin::Standin;
///
/// let world = Standin::builder().offline()?;
/// let error = world.load_text("mine.json", "{\n  \"scenario\": 2, \"api\": \"celigo\"\n}").unwrap_err();
/// let first = error.diagnostics[0].to_string();
/// assert!(first.starts_with("mine.json:2:15: E08 scenario is 2"), "{first}");
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The file, as it was named.
    pub file: String,
    /// The place in it.
    pub place: Position,
    /// The kind of fault.
    pub code: Code,
    /// The fault, beginning with the path into the document.
    pub message: String,
    /// The remedy.
    pub help: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.place;
        write!(f, "{}:{line}:{column}: {} {}\n    {}", self.file, self.code, self.message, self.help)
    }
}

/// A scenario that cannot be used: everything that is wrong with it.
///
/// ```
/// use standin::{Code, Standin};
///
/// let world = Standin::builder().offline()?;
/// let text = "{\n  \"scenario\": 1, \"api\": \"celigo\",\n  \"seeed\": 7\n}";
/// let error = world.load_text("mine.json", text).unwrap_err();
/// let found = &error.diagnostics[0];
/// assert_eq!((found.code, found.file.as_str(), found.place.line), (Code::E02, "mine.json", 3));
/// assert!(found.help.contains("seed"), "{error}");
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScenarioError {
    /// The faults, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, diagnostic) in self.diagnostics.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

debug_is_display!(ScenarioError);

impl std::error::Error for ScenarioError {}

impl ScenarioError {
    /// Sets the name of a text that has no file.
    #[must_use]
    pub fn about(mut self, name: &str) -> Self {
        self.diagnostics.iter_mut().for_each(|diagnostic| name.clone_into(&mut diagnostic.file));
        self
    }
}

/// Cuts a list of findings that is too long, and says so in the last one.
pub(in crate::scenario) fn cut(list: &mut Vec<Diagnostic>, left_out: usize) {
    let more = left_out + list.len().saturating_sub(MOST_TOLD);
    list.truncate(MOST_TOLD);
    if let Some(last) = list.last().filter(|_| more > 0) {
        let message = format!("{more} more findings are not told");
        list.push(Diagnostic { message, help: "correct these first".to_owned(), ..last.clone() });
    }
}

/// The findings about a text and the texts that it extends, in the making.
pub(in crate::scenario) struct Diagnostics<'t> {
    /// The file, then those it extends.
    sources: Vec<Source<'t>>,
    list: Vec<Diagnostic>,
    /// Number of all findings that refuse the file.
    refusals: usize,
    /// Number of findings that are not in the list.
    left_out: usize,
}

impl<'t> Diagnostics<'t> {
    pub(in crate::scenario) fn new(file: &'t str, text: &'t str) -> Self {
        Self { sources: vec![Source::of_text(file, text)], list: Vec::new(), refusals: 0, left_out: 0 }
    }

    /// Collects findings about a file and those it extends.
    pub(in crate::scenario) fn of_layers(layers: &'t [Layer]) -> Self {
        Self { sources: layers.iter().map(Source::of_layer).collect(), list: Vec::new(), refusals: 0, left_out: 0 }
    }

    /// Adds a finding at that path. `what` continues the path in the message: `"x" selects no operation`.
    pub(in crate::scenario) fn tell(
        &mut self,
        code: Code,
        path: &[PathSegment],
        what: impl fmt::Display,
        help: impl Into<String>,
    ) {
        self.tell_in(origin(&self.sources, path), code, path, what, help);
    }

    /// Adds a finding at that path of one of the texts.
    pub(in crate::scenario) fn tell_in(
        &mut self,
        source: usize,
        code: Code,
        path: &[PathSegment],
        what: impl fmt::Display,
        help: impl Into<String>,
    ) {
        if self.is_full() {
            self.refusals += usize::from(code.refuses());
            self.left_out += 1;
            return;
        }
        let shown = position::show(path);
        let shown = if shown.is_empty() { "the file".to_owned() } else { shown };
        let Source { file, positions, .. } = &self.sources[source];
        let (file, place) = ((*file).to_owned(), positions.at(path));
        // The value of a telling key is a credential, but not the name of a variable that holds one.
        let key = path.iter().rev().find_map(|step| if let PathSegment::Key(key) = step { Some(key) } else { None });
        let is_secret = code == Code::E08 && key.is_some_and(|key| is_telling(key) && !key.ends_with("_env"));
        let what = if is_secret { without_quotes(&what.to_string()) } else { what.to_string() };
        self.add(Diagnostic { file, place, code, message: format!("{shown} {what}"), help: help.into() });
    }

    /// Adds a finding at that place of the file itself.
    pub(in crate::scenario) fn tell_at(
        &mut self,
        code: Code,
        place: Position,
        message: String,
        help: impl Into<String>,
    ) {
        let file = self.sources[0].file.to_owned();
        self.add(Diagnostic { file, place, code, message, help: help.into() });
    }

    fn add(&mut self, mut diagnostic: Diagnostic) {
        [&mut diagnostic.message, &mut diagnostic.help].into_iter().for_each(clip);
        self.refusals += usize::from(diagnostic.code.refuses());
        self.list.push(diagnostic);
    }

    /// Returns the place of a path in the file itself; for what is inherited, that of `extends`.
    pub(in crate::scenario) fn place(&self, path: &[PathSegment]) -> Position {
        let own = &self.sources[0].positions;
        if origin(&self.sources, path) == 0 { own.at(path) } else { own.at(&["extends".into()]) }
    }

    /// Returns the number of findings so far that refuse the file.
    pub(in crate::scenario) fn refusals(&self) -> usize {
        self.refusals
    }

    /// Tells whether the list is full, so that further findings are only counted.
    pub(in crate::scenario) fn is_full(&self) -> bool {
        self.list.len() >= MOST_TOLD
    }

    /// Makes a remedy that takes long to find; where no more findings are told, none is looked for.
    pub(in crate::scenario) fn remedy(&self, make: impl FnOnce() -> String) -> String {
        if self.is_full() { String::new() } else { make() }
    }

    /// Tells whether anything found so far refuses the file.
    pub(in crate::scenario) fn refuse(&self) -> bool {
        self.refusals() > 0
    }

    /// Returns all findings, in the order of the file.
    pub(in crate::scenario) fn finish(mut self) -> Vec<Diagnostic> {
        let own = self.sources[0].file;
        self.list.sort_by_key(|diagnostic| (diagnostic.file != own, diagnostic.place, diagnostic.code));
        cut(&mut self.list, self.left_out);
        self.list
    }
}

/// Blacks out the texts in quotes.
fn without_quotes(text: &str) -> String {
    let mut parts = text.split('"');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().fold(first, |shown, (n, part)| if n % 2 == 0 { shown + "\"…\"" } else { shown + part })
}
