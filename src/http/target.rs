//! The target of a request: its parts, and the query.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use smallvec::SmallVec;

/// The path prefix that chooses a world.
const WORLD_PREFIX: &str = "/w/";

/// The parts of a request target. All borrow from the target; nothing is decoded yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// `https` and the like, only in absolute form.
    pub scheme: Option<&'a str>,
    /// Host and port, only in absolute form.
    pub authority: Option<&'a str>,
    /// The world named by `/w/<name>`, if any.
    pub world: Option<&'a str>,
    /// The path behind the world prefix, without trailing slash (but `/` itself stays).
    pub path: &'a str,
    /// The text that follows the `?`; empty when there is none.
    pub query: &'a str,
}

impl<'a> Target<'a> {
    /// Takes a target apart. Every string has parts: a text that is no target becomes a path that no route has.
    pub fn parse(target: &'a str) -> Self {
        // Nearly every target is in origin form.
        let absolute = if target.starts_with('/') { None } else { target.split_once("://") };
        let (scheme, authority, rest) = match absolute {
            Some((scheme, rest)) if !scheme.is_empty() && !scheme.contains('/') => {
                let end = rest.find(['/', '?']).unwrap_or(rest.len());
                (Some(scheme), Some(&rest[..end]), &rest[end..])
            }
            _ => (None, None, target),
        };
        let (path, query) = match memchr2(b'?', b'#', rest.as_bytes()) {
            Some(end) if rest[end..].starts_with('#') => (&rest[..end], ""),
            Some(end) => (&rest[..end], rest[end + 1..].split('#').next().unwrap_or_default()),
            None => (rest, ""),
        };
        let (world, path) = match path.strip_prefix(WORLD_PREFIX) {
            Some(below) => {
                let end = below.find('/').unwrap_or(below.len());
                (Some(&below[..end]), &below[end..])
            }
            None => (None, path),
        };
        let path = if path.ends_with('/') { path.trim_end_matches('/') } else { path };
        let path = if path.is_empty() { "/" } else { path };
        Self { scheme, authority, world, path, query }
    }
}

/// Returns the prefix of the paths of a world's APIs: `/w/<name>`.
pub(crate) fn world_prefix(name: &str) -> String {
    format!("{WORLD_PREFIX}{name}")
}

/// The query of a request, decoded: names and values percent-decoded, `+` a space, in the order sent.
#[derive(Clone, Debug, Default)]
pub struct Query<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Query<'a> {
    /// Decodes a raw query string.
    pub fn parse(raw: &'a str) -> Self {
        if raw.is_empty() {
            return Self::default();
        }
        // Nearly every query has nothing to decode.
        if memchr2(b'%', b'+', raw.as_bytes()).is_some() {
            return Self(form_urlencoded::parse(raw.as_bytes()).collect());
        }
        let (mut pairs, mut rest) = (Vec::new(), raw);
        while !rest.is_empty() {
            let (pair, after) = cut(rest, b'&');
            rest = after;
            if !pair.is_empty() {
                let (name, value) = cut(pair, b'=');
                pairs.push((name.into(), value.into()));
            }
        }
        Self(pairs)
    }

    /// Returns the first value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref())
    }

    /// Returns the names and values, in the order sent.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// Returns the query string with these parameters set (in place, or at the end) or, for `None`, left out.
    pub fn with(&self, changes: &[(&str, Option<&str>)]) -> String {
        let mut query = String::new();
        self.write_with(changes, &mut query);
        query
    }

    /// Adds the query string, changed as by [`with`](Self::with), to a text.
    pub fn write_with(&self, changes: &[(&str, Option<&str>)], query: &mut String) {
        let mut pairs: SmallVec<[(&str, &str); 8]> = SmallVec::new();
        // The changes that are not made yet.
        let mut left: SmallVec<[Option<&str>; 8]> = changes.iter().map(|(_, value)| *value).collect();
        for (name, value) in self.pairs() {
            match changes.iter().position(|(changed, _)| *changed == name) {
                None => pairs.push((name, value)),
                Some(place) => pairs.extend(left[place].take().map(|new| (name, new))),
            }
        }
        let rest = changes.iter().zip(left);
        pairs.extend(rest.filter_map(|((name, _), value)| Some((*name, value?))));
        for (n, (name, value)) in pairs.into_iter().enumerate() {
            if n > 0 {
                query.push('&');
            }
            query.push_str(&encode(name));
            query.push('=');
            query.push_str(&encode(value));
        }
    }
}

/// The characters that may stand in a query or a path segment as they are. `$` may: Edlink's own parameter names begin
/// with it.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'$');

/// Encodes one path segment or query part.
pub(crate) fn encode(part: &str) -> Cow<'_, str> {
    utf8_percent_encode(part, KEPT).into()
}

/// Decodes one path segment.
pub(crate) fn decode(segment: &str) -> Cow<'_, str> {
    match memchr(b'%', segment.as_bytes()) {
        Some(_) => percent_decode_str(segment).decode_utf8_lossy(),
        None => Cow::Borrowed(segment),
    }
}

/// Returns the parts of a short text before and behind the first such byte.
fn cut(text: &str, at: u8) -> (&str, &str) {
    text.bytes().position(|byte| byte == at).map_or((text, ""), |end| (&text[..end], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_query_is_read_as_forms_are_whether_or_not_there_is_something_to_decode(raw in "[a-c=&%+2é/?]{0,24}") {
            let pairs: Vec<_> = form_urlencoded::parse(raw.as_bytes()).collect();
            prop_assert_eq!(Query::parse(&raw).0, pairs);
        }
    }

    #[test]
    fn absolute_form_is_routed_by_its_path() {
        let target = Target::parse("https://api.integrator.io/v1/flows/?limit=2");
        assert_eq!((target.scheme, target.authority), (Some("https"), Some("api.integrator.io")));
        assert_eq!((target.path, target.query), ("/v1/flows", "limit=2"));
        assert_eq!(Target::parse("http://h?x=1").path, "/");
    }

    #[test]
    fn the_world_prefix_is_no_part_of_the_path() {
        let target = Target::parse("/w/a-1/v1/flows?");
        assert_eq!((target.world, target.path, target.query), (Some("a-1"), "/v1/flows", ""));
        assert_eq!(Target::parse("/w/a").path, "/");
    }

    #[test]
    fn a_fragment_is_no_part_of_a_target() {
        for (target, query) in [("/v1/flows#a?b=1", ""), ("/v1/flows?limit=2#a?b", "limit=2"), ("/v1/flows?#", "")] {
            let read = Target::parse(target);
            assert_eq!((read.path, read.query), ("/v1/flows", query));
        }
    }

    #[test]
    fn a_colon_slash_slash_in_the_query_is_no_scheme() {
        let target = Target::parse("/v1/flows?next=http://x/y");
        assert_eq!((target.scheme, target.path, target.query), (None, "/v1/flows", "next=http://x/y"));
    }

    #[test]
    fn a_changed_query_keeps_the_other_parameters_and_their_order() {
        let query = Query::parse("a=1&%24first=2&b=x+y&%24after=old");
        assert_eq!(query.get("$first"), Some("2"));
        assert_eq!(query.get("b"), Some("x y"));
        assert_eq!(
            query.with(&[("$first", Some("5")), ("$after", None), ("c", Some("é"))]),
            "a=1&$first=5&b=x%20y&c=%C3%A9"
        );
    }
}
