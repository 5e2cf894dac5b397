//! Known credentials, looked for in texts in one pass.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use foldhash::fast::FixedState;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::http::clip::CUT;
use crate::http::telling::BLACK;

/// The fewest characters of a credential that is looked for everywhere: a shorter one would black out many words.
const SHORT: usize = 8;

/// The most comparisons for each byte of a text, and the least length that counts. Credentials can be made to match
/// nearly at each place of a text.
const COST: usize = 128;

/// Credentials by their first bytes, so that one pass over a text finds all of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(HashMap<[u8; SHORT], BTreeSet<Box<[u8]>>, FixedState>);

impl Known {
    /// Adds a credential in each form it is written in.
    pub(super) fn learn(&mut self, credential: &str) {
        let credential = credential.trim();
        if credential.len() < SHORT || credential.chars().all(|letter| matches!(letter, '*' | '…')) {
            return;
        }
        let encoded = utf8_percent_encode(credential, NON_ALPHANUMERIC).to_string();
        let form: String = form_urlencoded::byte_serialize(credential.as_bytes()).collect();
        let json = Value::from(credential).to_string();
        for form in [credential, &encoded, &form, &json[1..json.len() - 1]] {
            let begin = form.as_bytes()[..SHORT].try_into().expect("no form is shorter");
            self.0.entry(begin).or_default().insert(form.as_bytes().into());
        }
    }

    /// Tells whether there are no credentials.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of beginnings.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns all credentials, in all their forms.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.values().flatten().filter_map(|known| std::str::from_utf8(known).ok())
    }

    /// Returns the end of the longest credential that begins at that byte, or of the part of one that a cut left.
    fn end_at(&self, text: &[u8], at: usize, cost: &mut usize) -> Option<usize> {
        let begin: [u8; SHORT] = text.get(at..at + SHORT)?.try_into().ok()?;
        let (text, known) = (&text[at..], self.0.get(&begin)?);
        let mut common = |known: &[u8]| {
            let common = known.iter().zip(text).take_while(|(known, shown)| known == shown).count();
            *cost += common;
            common
        };
        // In sorted order, the credential that has most in common with the text stands next to it.
        let next = known.range::<[u8], _>((Bound::Excluded(text), Bound::Unbounded)).next();
        let mut longest = next.map_or(0, |next| common(next));
        let mut upto = text;
        let whole = loop {
            let Some(before) = known.range::<[u8], _>((Bound::Unbounded, Bound::Included(upto))).next_back() else {
                break 0;
            };
            let shared = common(before);
            longest = longest.max(shared);
            if shared == before.len() {
                break shared;
            }
            upto = &text[..shared];
        };
        let is_cut = longest >= SHORT && (text[longest..].is_empty() || text[longest..].starts_with(CUT.as_bytes()));
        let length = if is_cut { longest } else { whole };
        (length > 0).then_some(at + length)
    }
}

/// Returns a text without the credentials of both sets, or `None` if it has none. A part that would cost too much to
/// search is blacked out as a whole.
pub(super) fn without(text: &str, both: [&Known; 2]) -> Option<String> {
    if both.iter().all(|known| known.is_empty()) {
        return None;
    }
    let bytes = text.as_bytes();
    let (mut shown, mut done, mut at, mut cost) = (String::new(), 0, 0, 0);
    while at < bytes.len() {
        let end = both.iter().find_map(|known| known.end_at(bytes, at, &mut cost));
        let end = if cost > COST * bytes.len().max(COST) { Some(bytes.len()) } else { end };
        let Some(end) = end else {
            at += 1;
            continue;
        };
        // A part that costs too much may begin within a character.
        let begin = (done..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(done);
        shown += &text[done..begin];
        shown += BLACK;
        (at, done) = (end, end);
    }
    (done > 0).then(|| shown + &text[done..])
}

#[cfg(test)]
mod tests {
    use super::{Known, without};

    fn black(known: &[&str], text: &str) -> String {
        let mut all = Known::default();
        known.iter().for_each(|known| all.learn(known));
        without(text, [&Known::default(), &all]).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn the_longest_of_credentials_that_begin_alike_is_black() {
        let known = ["credential", "credential-1", "credential-10", "credential-2x", "credential-9"];
        assert_eq!(black(&known, "a credential-10, credential-1 and credential"), "a …, … and …");
        assert_eq!(black(&known, "a credential-2 credential-11"), "a …-2 …1");
        assert_eq!(black(&known, "cut: credential-2"), "cut: …");
        assert_eq!(black(&known, "credent credentia credentiaL"), "credent credentia credentiaL");
    }

    #[test]
    fn ten_thousand_that_begin_alike_are_looked_for_in_a_few_comparisons() {
        let known: Vec<String> = (0..10_000).map(|n| format!("aaaaaaaa{n:06}")).collect();
        let mut all = Known::default();
        known.iter().for_each(|known| all.learn(known));
        let (text, mut cost) = ("aaaaaaaa9999990".as_bytes(), 0);
        assert_eq!(all.end_at(text, 0, &mut cost), None);
        assert!(cost < 1_000, "{cost} bytes");
    }

    #[test]
    fn a_credential_that_nearly_stands_everywhere_blacks_out_the_text() {
        let (nearly, text) = ("a".repeat(50_000) + "b", "a".repeat(100_000) + " ends");
        let shown = black(&[&nearly], &text);
        assert!(shown.ends_with('…') && shown.len() < 1_000, "{}", shown.len());
        let within = "é".repeat(50_000);
        assert!(black(&[&(within.clone() + "b")], &(within.clone() + &within + " ends")).ends_with('…'));
        assert_eq!(black(&[&nearly], "an ordinary text"), "an ordinary text");
    }
}
