//! The evidence for an error, for answers, for explanations, and for strict fidelity.

use crate::engine::api::api::Api;
use crate::engine::api::route::Route;
use crate::engine::schema::error_def::{ErrorDef, Evidence, Variant};
use crate::engine::schema::profile::Profile;

impl Api {
    /// Returns an error as an operation answers it, with the best evidence for its message.
    pub(crate) fn outcome(&self, route: &Route, error: &ErrorDef, profile: Profile) -> Variant {
        let words = error.sentences.iter().map(|(_, evidence)| *evidence).fold(error.words, Evidence::min);
        let variant = self.dialect.variant(route, error, profile);
        Variant { evidence: variant.evidence.max(words), ..variant }
    }

    /// Returns the evidence for the message of an error.
    pub(crate) fn words_of(&self, error: &ErrorDef, message: &str) -> Evidence {
        let usual = std::iter::once((error.message, error.words));
        let known = usual.chain(error.sentences.iter().copied());
        let shown = known.filter(|(sentence, _)| self.has_form(sentence, message));
        shown.map(|(_, evidence)| evidence).min().unwrap_or(Evidence::Assumed)
    }

    /// Tells whether a text has the form of a sentence, in which names in angle brackets are gaps for other texts.
    fn has_form(&self, sentence: &str, text: &str) -> bool {
        let Some((before, name, behind)) = first_gap(sentence) else { return sentence == text };
        let Some(text) = text.strip_prefix(before) else { return false };
        let fills = |filling: &str| name != KIND || self.schemas().any(|schema| schema.title == filling);
        let ends = text.char_indices().map(|(place, _)| place).chain([text.len()]).skip(1);
        ends.into_iter().any(|end| self.has_form(behind, &text[end..]) && fills(&text[..end]))
    }
}

/// The gap that takes the title of a kind of record.
const KIND: &str = "kind";

/// Splits a sentence at its first gap: the text before it, its name, and the text behind it.
fn first_gap(sentence: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = sentence.split_once('<')?;
    let (name, behind) = rest.split_once('>')?;
    Some((before, name, behind))
}
