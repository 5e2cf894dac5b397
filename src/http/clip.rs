//! Bounds on texts that repeat what a client sent: the refusal of a long name is shorter than the name.

use std::borrow::Cow;

/// The most characters of a sentence. No sentence of the fakes themselves is longer.
const SENTENCE_CHARS: usize = 1_000;

/// The characters that are kept of the beginning of a longer sentence, and the most that are kept of its end.
const KEPT_CHARS: usize = 200;

/// The most characters of a target in a line of the log.
const TARGET_CHARS: usize = 2_048;

/// The most lines of a refusal that has one for each fault.
const LINES: usize = 500;

/// The most characters of a column.
const COLUMN_CHARS: usize = 100;

/// The mark of the place where a text was cut.
pub(crate) const CUT: &str = "…";

/// The most faults of one request that an answer tells.
pub(crate) const MOST_TOLD: usize = 100;

/// Returns a sentence, cut where it has more than [`SENTENCE_CHARS`] characters. The cut one keeps its beginning and
/// the text behind its last quotation mark, which is the fake's own, and says between them how long it was.
pub(crate) fn clipped<'t>(sentence: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
    let sentence = sentence.into();
    let Some(length) = longer_than(SENTENCE_CHARS, &sentence) else { return sentence };
    let end = sentence.rfind(['"', '`', '\'']).map_or("", |at| &sentence[at..]);
    let end = if longer_than(KEPT_CHARS, end).is_some() { "" } else { end };
    format!("{}{CUT} ({length} characters){end}", beginning(&sentence, KEPT_CHARS)).into()
}

/// Clips a sentence in place.
pub(crate) fn clip(sentence: &mut String) {
    if let Cow::Owned(shown) = clipped(&**sentence) {
        *sentence = shown;
    }
}

/// Returns a text of lines, each of which is [`clipped`].
pub(crate) fn clipped_lines<'t>(text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
    let text = text.into();
    if text.len() <= SENTENCE_CHARS {
        return text;
    }
    let lines: Vec<Cow<'_, str>> = text.lines().take(LINES).map(clipped).collect();
    lines.join("\n").into()
}

/// Returns the beginning of a target, for a line of the log.
pub(crate) fn clipped_target<'t>(target: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
    let target = target.into();
    match longer_than(TARGET_CHARS, &target) {
        None => target,
        Some(length) => format!("{}{CUT} ({length} characters)", beginning(&target, TARGET_CHARS)).into(),
    }
}

/// Returns the width of a column with these cells. A longer cell than [`COLUMN_CHARS`] stands out, because else every line
/// would be as long as it.
pub(crate) fn column_width<'c>(cells: impl Iterator<Item = &'c str>) -> usize {
    cells.map(|cell| cell.chars().count()).max().unwrap_or_default().min(COLUMN_CHARS)
}

/// Returns the number of a text's characters where there are more than `most`.
fn longer_than(most: usize, text: &str) -> Option<usize> {
    // A text has at least as many bytes as characters, and few texts have as many bytes as this.
    let length = if text.len() > most { text.chars().count() } else { 0 };
    Some(length).filter(|length| *length > most)
}

fn beginning(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_stays_as_it_is() {
        for text in ["", "Name is required", &"é".repeat(SENTENCE_CHARS)] {
            assert!(matches!(clipped(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn a_long_sentence_keeps_its_beginning_and_the_words_behind_the_last_quote() {
        let name = "é".repeat(5_000);
        let shown = clipped(format!("\"/{name}\" is not a property"));
        let begin = "é".repeat(KEPT_CHARS - 2);
        assert_eq!(shown, format!("\"/{begin}… (5021 characters)\" is not a property"));
        assert_eq!(clipped(&*name).chars().count(), KEPT_CHARS + "… (5000 characters)".chars().count());
        let quoted_late = format!("{name}\"{name}");
        assert!(clipped(quoted_late).ends_with("… (10001 characters)"), "what is long behind a quote is not kept");
    }

    #[test]
    fn lines_are_clipped_one_by_one_and_bounded_in_number() {
        let text = format!("first\n{}\nlast", "x".repeat(2_000));
        let shown = clipped_lines(&*text);
        assert_eq!(shown.lines().map(str::len).collect::<Vec<_>>()[..1], [5]);
        assert!(shown.ends_with("(2000 characters)\nlast"), "{shown}");
        assert_eq!(clipped_lines("x\n".repeat(100_000)).lines().count(), LINES);
    }
}
