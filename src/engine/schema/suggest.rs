//! The known name that was most likely meant.

/// The most characters of a name that are compared.
const LONGEST_COMPARED: usize = 128;

/// Returns the known name most like the given one.
pub fn nearest<'n>(given: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // Comparing texts takes as long as the product of their lengths: of a long one, the beginning tells enough.
    let given: String = given.chars().take(LONGEST_COMPARED).collect();
    known.into_iter().min_by_key(|known| strsim::damerau_levenshtein(&given, known))
}
