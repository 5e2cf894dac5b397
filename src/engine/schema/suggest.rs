//! The known name that was most likely meant.

use std::fmt;

/// The most names that are listed when none is near.
const MOST_LISTED: usize = 40;
/// The most bytes of a name that is compared: a longer one is no slip, and the comparison would take long.
const LONGEST_NAME: usize = 128;
/// The most names that a given one is compared with: more than all the operations there are.
const MOST_COMPARED: usize = 1_000;

/// Returns the question `did you mean …?` or, when no name is near, the list of known names.
pub(crate) fn did_you_mean<'n, I>(given: &'n str, known: I) -> Suggestion<'n, I>
where
    I: IntoIterator<Item = &'n str> + Clone,
{
    Suggestion { given, known }
}

/// The question for the name that was meant. Names are compared when it is shown, so that a finding which is not told
/// costs nothing.
pub(crate) struct Suggestion<'n, I> {
    given: &'n str,
    known: I,
}

impl<'n, I: IntoIterator<Item = &'n str> + Clone> fmt::Display for Suggestion<'n, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = nearest(self.given, self.known.clone()) {
            return write!(f, "did you mean {name}?");
        }
        let mut names = self.known.clone().into_iter().filter(|name| !name.is_empty());
        let listed: Vec<&str> = names.by_ref().take(MOST_LISTED).collect();
        match listed.as_slice() {
            [] => f.write_str("there is none"),
            listed => write!(f, "there is {}{}", listed.join(", "), if names.next().is_some() { ", …" } else { "" }),
        }
    }
}

impl<'n, I: IntoIterator<Item = &'n str> + Clone> From<Suggestion<'n, I>> for String {
    fn from(suggestion: Suggestion<'n, I>) -> Self {
        suggestion.to_string()
    }
}

/// Returns the known name that is near enough to be meant. A distant name would mislead.
pub(crate) fn nearest<'n>(given: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if given.len() > LONGEST_NAME {
        return None;
    }
    let compared = known.into_iter().filter(|name| !name.is_empty()).take(MOST_COMPARED);
    let ranked = compared.map(|name| (strsim::damerau_levenshtein(given, name), name));
    let (extras, name) = ranked.min_by_key(|(extras, _)| *extras)?;
    // The leading parts that both names share do not count for how near the rest is.
    let told = name.len() - shared_parts(given, name);
    (extras <= told.div_ceil(3).min(told.saturating_sub(1))).then_some(name)
}

/// Returns the length of the first parts, with their dots, that two names have in common.
fn shared_parts(given: &str, name: &str) -> usize {
    let parts = name.split_inclusive('.').zip(given.split_inclusive('.'));
    parts.take_while(|(one, other)| one == other && one.ends_with('.')).map(|(part, _)| part.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_parts_that_names_share_make_them_no_nearer() {
        let known = ["celigo.jobs", "celigo.integrations", "celigo.flows", "edlink.people"];
        for (given, meant) in [
            ("celigo.nope", None),
            ("celigo.job", Some("celigo.jobs")),
            ("celigo.integratons", Some("celigo.integrations")),
            ("celgo.flows", Some("celigo.flows")),
            ("edlink.zzz", None),
            ("celigo.", None),
        ] {
            assert_eq!(nearest(given, known), meant, "{given}");
        }
    }
}
