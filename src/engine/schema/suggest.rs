//! The known name that was most likely meant.

/// Returns the known name most like the given one.
pub fn nearest<'n>(given: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    known.into_iter().min_by_key(|known| strsim::damerau_levenshtein(given, known))
}
