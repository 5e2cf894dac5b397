//! Strings in texts that hold JSON somewhere, told by their quotes, however often these are escaped.

/// The strings that are open at a place that goes forward in a text. Where a text does not tell whether a quote opens a
/// string or closes one, the quote opens one within the other: only the difference of depths counts.
#[derive(Default)]
pub(super) struct Strings {
    open: Vec<Open>,
}

struct Open {
    mark: Mark,
    /// True when the quote stands where an item or member begins, and not in prose.
    is_item: bool,
    /// The most times that this quote or one around it is escaped.
    deepest: u32,
}

/// A quote, and the times it is escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark {
    byte: u8,
    level: u32,
}

impl Strings {
    /// Returns the number of strings around the place.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Follows a quote.
    pub(super) fn pass(&mut self, bytes: &[u8], at: usize) {
        let slashes = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        #[cfg(test)]
        STEPS.set(STEPS.get() + slashes);
        // A backslash before a quote that is escaped n times is written as 2 to the power of n + 1 of them.
        let mark = Mark { byte: bytes[at], level: (slashes + 1).trailing_zeros() };
        let (begins, ends) = (begins_item(&bytes[..at - slashes]), ends_item(&bytes[at + 1..]));
        if mark.byte == b'"' {
            while self.deepest() > mark.level {
                self.open.pop();
            }
        }
        let opened = self.opened(mark).filter(|opened| ends && (!begins || self.open[*opened].is_item));
        match opened {
            Some(opened) => self.open.truncate(opened),
            // Other single quotes are apostrophes.
            None if begins || (mark.byte == b'"' && !ends) => {
                let deepest = self.deepest().max(mark.level);
                self.open.push(Open { mark, is_item: begins, deepest });
            }
            None => {}
        }
    }

    fn deepest(&self) -> u32 {
        self.open.last().map_or(0, |open| open.deepest)
    }

    /// Returns the open string that such a quote could close: the last one, or the one around an apostrophe that was
    /// taken for a quote.
    fn opened(&self, mark: Mark) -> Option<usize> {
        let last = self.open.len().checked_sub(1)?;
        if self.open[last].mark == mark {
            return Some(last);
        }
        let is_apostrophe = self.open[last].mark.byte == b'\'' && mark.byte == b'"';
        last.checked_sub(1).filter(|around| is_apostrophe && self.open[*around].mark == mark)
    }
}

/// Tells whether an item or a member of JSON can begin behind these bytes.
pub(super) fn begins_item(before: &[u8]) -> bool {
    let mut rest = before.trim_ascii_end();
    // Within another string, the end of a line is two letters.
    while let [lines @ .., b'\\', b'n' | b'r' | b't'] = rest {
        rest = lines;
        while let [lines @ .., b'\\'] = rest {
            rest = lines;
        }
        rest = rest.trim_ascii_end();
    }
    #[cfg(test)]
    STEPS.set(STEPS.get() + before.len() - rest.len());
    rest.last().is_none_or(|byte| b"{[,:(=".contains(byte))
}

/// Tells whether an item or the name of a member of JSON can end before these bytes.
fn ends_item(after: &[u8]) -> bool {
    let mut rest = after.trim_ascii_start();
    let next = loop {
        let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
        let (end, next) = (slashes > 0, rest.get(slashes));
        match next {
            Some(b'n' | b'r' | b't') if end => rest = rest[slashes + 1..].trim_ascii_start(),
            _ if end => break Some(&b'\\'),
            _ => break next,
        }
    };
    #[cfg(test)]
    STEPS.set(STEPS.get() + after.len() - rest.len());
    next.is_none_or(|byte| b",:}]".contains(byte))
}

#[cfg(test)]
thread_local! {
    /// The bytes around quotes that were looked at.
    pub(super) static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}
