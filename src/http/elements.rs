//! Elements of XML and HTML whose content is a credential, in texts that may be cut short anywhere.

use crate::http::extent::boundary;
use crate::http::telling::{is_field_name, is_of_value, is_telling, is_telling_word};

/// The bytes in which a tag begins and ends.
const TAG_BYTES: usize = 1_000;

/// The most bytes of the element before the one that names it, where its tag is looked for.
const ELEMENT_BYTES: usize = 4_096;

/// The most brackets in the attributes of a tag.
const INNER: usize = 4;

/// A tag of an element that ends at a place.
struct Tag<'t> {
    begin: usize,
    name: &'t str,
    attributes: &'t str,
}

impl<'t> Tag<'t> {
    fn ending_at(text: &'t str, at: usize) -> Option<Self> {
        let near = at.saturating_sub(TAG_BYTES);
        let begin = near + memchr::memrchr(b'<', &text.as_bytes()[near..at])?;
        let tag = &text[begin + 1..at];
        let is_part = |letter: char| letter.is_alphanumeric() || "-_.:".contains(letter);
        let slash = usize::from(tag.starts_with('/'));
        let name = &tag[..slash + tag[slash..].find(|letter| !is_part(letter)).unwrap_or(tag.len() - slash)];
        let is_name = name.len() > slash
            && tag[name.len()..].chars().next().is_none_or(|next| next.is_whitespace() || next == '/');
        // A bracket within an attribute is no end of the tag.
        let mut inner = memchr::memchr_iter(b'>', tag.as_bytes());
        let is_end = inner.by_ref().take(INNER).all(|inner| tag[..inner].matches(['"', '\'']).count() % 2 == 1)
            && inner.next().is_none();
        // The name of a type in a program's text is in such brackets too: `Vec<Token>`.
        let is_tag = is_end && is_name && (slash > 0 || !text[..begin].ends_with(char::is_alphanumeric));
        is_tag.then_some(Self { begin, name, attributes: &tag[name.len()..] })
    }

    /// Returns the place where the content ends that begins behind the tag.
    fn content_end(&self, text: &str, from: usize) -> usize {
        let close = format!("</{}", self.name);
        let mut at = from;
        loop {
            let end = text[at..].find(&close).map_or(text.len(), |end| at + end);
            let Some(data) = text[at..end].rfind("<![CDATA[").map(|data| at + data) else { return end };
            if text[data..end].contains("]]>") || end == text.len() {
                return end;
            }
            at = text[data..].find("]]>").map_or(text.len(), |close| data + close);
        }
    }
}

/// Returns the extent of the content of an element whose telling name ends there, or whose attribute names it.
pub(super) fn element(text: &str, at: usize, is_named: impl FnOnce() -> bool) -> Option<(usize, usize)> {
    let tag = Tag::ending_at(text, at)?;
    if tag.name.starts_with('/') || tag.attributes.ends_with('/') {
        return None;
    }
    if !is_telling(tag.name) && (tag.attributes.trim().is_empty() || !is_named()) {
        return None;
    }
    let end = tag.content_end(text, at + 1);
    (!is_telling_word(text[at + 1..end].trim()) || is_telling(tag.name)).then_some((at + 1, end))
}

/// Returns the extent of the content of an element for values that ends there, when the text was cut within the next one,
/// which may name it.
fn cut_value(text: &str, at: usize) -> Option<(usize, usize)> {
    let tag = Tag::ending_at(text, at)?;
    let name = tag.name.strip_prefix('/').filter(|name| is_of_value(name))?;
    let rest = text[at + 1..].trim_start();
    let is_whole = rest.find("</").is_some_and(|close| close == 0 || rest[close..].contains('>'));
    if !rest.starts_with('<') || is_whole {
        return None;
    }
    let near = boundary(text, tag.begin.saturating_sub(ELEMENT_BYTES));
    let opened = memchr::memmem::rfind(&text.as_bytes()[near..tag.begin], format!("<{name}").as_bytes());
    let from = opened.and_then(|opened| Some(near + opened + text[near + opened..].find('>')? + 1));
    Some((from.unwrap_or(near), tag.begin))
}

/// Returns the extents of the contents of the elements beside one that ends there and holds a telling name.
pub(super) fn beside_element(text: &str, at: usize) -> [Option<(usize, usize)>; 2] {
    let named = || {
        let tag = Tag::ending_at(text, at)?;
        let name = tag.name.strip_prefix('/')?;
        let open = text[..tag.begin].rfind('>')?;
        let begin = Tag::ending_at(text, open).filter(|begin| begin.name == name)?.begin;
        is_telling_word(text[open + 1..tag.begin].trim()).then_some(begin)
    };
    let Some(begin) = named() else { return [cut_value(text, at), None] };
    let is_value = |(from, end): &(usize, usize)| {
        let value = text[*from..*end].trim();
        !is_field_name(value) && !is_telling_word(value)
    };
    let next = || {
        let rest = text[at + 1..].trim_start();
        let from = text.len() - rest.len() + rest.starts_with('<').then(|| rest.find('>'))?? + 1;
        let tag = Tag::ending_at(text, from - 1).filter(|tag| !tag.name.starts_with('/'))?;
        Some((from, tag.content_end(text, from))).filter(is_value)
    };
    let before = || {
        let close = text[..begin].trim_end().strip_suffix('>')?;
        let tag = Tag::ending_at(text, close.len())?;
        let near = boundary(text, tag.begin.saturating_sub(ELEMENT_BYTES));
        let open = format!("<{}", tag.name.strip_prefix('/')?);
        let opened = memchr::memmem::rfind(&text.as_bytes()[near..tag.begin], open.as_bytes());
        let from = match opened {
            Some(opened) => near + opened + text[near + opened..].find('>')? + 1,
            None => near,
        };
        Some((from, tag.begin)).filter(|(from, end)| from <= end).filter(is_value)
    };
    [next(), before()]
}
