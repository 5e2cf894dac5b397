//! The known name that was most likely meant.

/// The most names that are listed when none is near.
const MOST_LISTED: usize = 40;
/// Longer texts are no author's slip of the pen, and comparing them takes long.
const LONGEST_NAME: usize = 128;

/// Asks `did you mean …?`, or lists the names there are when none is near.
pub fn did_you_mean<'n>(given: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> String {
    if let Some(name) = nearest(given, known.clone()) {
        return format!("did you mean {name}?");
    }
    let mut names = known.into_iter().filter(|name| !name.is_empty());
    let listed: Vec<&str> = names.by_ref().take(MOST_LISTED).collect();
    match listed.as_slice() {
        [] => "there is none".to_owned(),
        listed => format!("there is {}{}", listed.join(", "), if names.next().is_some() { ", …" } else { "" }),
    }
}

/// Returns the known name that is near enough to be meant. A name that is far is worse than none.
pub fn nearest<'n>(given: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if given.len() > LONGEST_NAME {
        return None;
    }
    let ranked =
        known.into_iter().filter(|name| !name.is_empty()).map(|name| (strsim::damerau_levenshtein(given, name), name));
    let (extras, name) = ranked.min_by_key(|(extras, _)| *extras)?;
    (extras <= name.len().div_ceil(3).min(name.len() - 1)).then_some(name)
}
