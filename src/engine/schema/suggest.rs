//! The known name that was most likely meant.

/// The most names that are listed when none is near.
const MOST_LISTED: usize = 40;
/// Longer texts are no author's slip of the pen, and comparing them takes long.
const LONGEST_NAME: usize = 128;

/// Asks `did you mean …?`, or lists the names there are when none is near.
pub(crate) fn did_you_mean<'n>(given: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> String {
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
pub(crate) fn nearest<'n>(given: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if given.len() > LONGEST_NAME {
        return None;
    }
    let ranked =
        known.into_iter().filter(|name| !name.is_empty()).map(|name| (strsim::damerau_levenshtein(given, name), name));
    let (extras, name) = ranked.min_by_key(|(extras, _)| *extras)?;
    // The API's name says nothing of how near the rest is.
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
