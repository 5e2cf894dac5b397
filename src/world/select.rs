//! The world that a request names: by the prefix `/w/<name>/`, by the header `standin-world`, by its bearer token, or
//! by the user of the proxy.

use std::borrow::Cow;

#[cfg(feature = "tls")]
use base64::Engine;
#[cfg(feature = "tls")]
use base64::prelude::BASE64_STANDARD;

use crate::engine::state::world_token::TOKEN_PREFIX;
use crate::http::headers;
use crate::http::message::Request;
use crate::http::target::{Target, decode};
use crate::world::error::WorldError;
use crate::world::selector::WorldSelector;

/// The header that names a world.
const HEADER: &str = headers::WORLD;

/// The longest name of a world.
pub(crate) const LONGEST_NAME: usize = 64;

/// Tells whether a world can have that name: it must stand in paths, headers and tokens as it is.
pub(crate) fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=LONGEST_NAME).contains(&name.len()) && name.as_bytes()[0].is_ascii_alphanumeric() && name.bytes().all(fits)
}

/// Returns the name of the world that a request names, if it names one. `known` is the world that the caller knows
/// otherwise.
pub(crate) fn chosen<'r>(
    known: Option<(WorldSelector, &'r str)>,
    target: &Target<'r>,
    request: &Request<'r>,
) -> Result<Option<Cow<'r, str>>, WorldError> {
    let mut choice: Option<(WorldSelector, Cow<'r, str>)> = known.map(|(way, name)| (way, name.into()));
    let mut also = |way: WorldSelector, name: Cow<'r, str>| match &choice {
        Some((_, other)) if *other == name => Ok(()),
        Some((other_way, other)) => Err(WorldError::Disagreement {
            one: (*other_way, other.clone().into_owned()),
            other: (way, name.into_owned()),
        }),
        None => {
            choice = Some((way, name));
            Ok(())
        }
    };
    if let Some(name) = target.world {
        also(WorldSelector::Prefix, decode(name))?;
    }
    // Every request is looked at, most of them for the default world: the length of a header's name is compared first.
    for (name, value) in request.headers {
        if *name == HEADER {
            also(WorldSelector::Header, String::from_utf8_lossy(value))?;
        } else if *name == "authorization"
            && let Some(name) = world_of_token(value)
        {
            also(WorldSelector::Token, name.into())?;
        }
        #[cfg(feature = "tls")]
        if *name == "proxy-authorization"
            && let Some(name) = world_of_proxy_user(value)
        {
            also(WorldSelector::ProxyUser, name.into())?;
        }
    }
    Ok(choice.map(|(_, name)| name))
}

fn world_of_token(authorization: &[u8]) -> Option<&str> {
    let (scheme, token) = authorization.split_at_checked(7)?;
    let name = token.trim_ascii().strip_prefix(TOKEN_PREFIX.as_bytes())?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| std::str::from_utf8(name).ok())?
}

/// Returns the user that a client presents to the proxy. The password is ignored.
#[cfg(feature = "tls")]
fn world_of_proxy_user(authorization: &[u8]) -> Option<String> {
    let (scheme, encoded) = authorization.split_at_checked(6)?;
    let decoded =
        BASE64_STANDARD.decode(encoded.trim_ascii()).ok().filter(|_| scheme.eq_ignore_ascii_case(b"basic "))?;
    let user = decoded.split(|byte| *byte == b':').next()?;
    Some(String::from_utf8_lossy(user).into_owned()).filter(|user| !user.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(target: &str, headers: &[(&str, &[u8])]) -> Result<Option<String>, WorldError> {
        let request = Request { method: "GET", target, headers, body: b"", arrived_ms: 0, believes_front: true };
        chosen(None, &Target::parse(target), &request).map(|name| name.map(Cow::into_owned))
    }

    #[test]
    fn a_world_is_named_by_prefix_header_or_token() {
        let name = |target, headers: &[(&str, &[u8])]| choose(target, headers).unwrap();
        assert_eq!(name("/v1/flows", &[("authorization", b"Bearer any")]), None);
        assert_eq!(name("/w/a/v1/flows", &[]).as_deref(), Some("a"));
        assert_eq!(name("/w/a%2Db/v1/flows", &[]).as_deref(), Some("a-b"));
        assert_eq!(name("/v1/flows", &[("standin-world", b"a")]).as_deref(), Some("a"));
        assert_eq!(name("/v1/flows", &[("authorization", b"bearer  standin-world-a.b")]).as_deref(), Some("a.b"));
    }

    #[cfg(feature = "tls")]
    #[test]
    fn a_world_is_named_by_the_user_of_the_proxy() {
        for (header, world) in [
            ("Basic dzc6eA==", Some("w7")),
            ("basic  dzc6", Some("w7")),
            ("Basic OnNlY3JldA==", None),
            ("Basic !", None),
            ("Bearer dzc6eA==", None),
        ] {
            let named = choose("/v1/flows", &[("proxy-authorization", header.as_bytes())]).unwrap();
            assert_eq!(named.as_deref(), world, "{header}");
        }
    }

    #[test]
    fn ways_that_disagree_are_refused_and_those_that_agree_are_not() {
        let token: (&str, &[u8]) = ("authorization", b"Bearer standin-world-a");
        assert_eq!(choose("/w/a/v1/flows", &[token, ("standin-world", b"a")]).unwrap().as_deref(), Some("a"));
        let refused = choose("/w/b/v1/flows", &[token]).unwrap_err();
        assert!(matches!(
            refused,
            WorldError::Disagreement { one: (WorldSelector::Prefix, _), other: (WorldSelector::Token, _) }
        ));
    }

    #[test]
    fn names_stand_in_paths_headers_and_tokens_as_they_are() {
        assert!(is_name("test_a.1-b") && is_name(&"x".repeat(64)));
        assert!(["", "..", "-a", "a/b", "a b", "é", &"x".repeat(65)].iter().all(|name| !is_name(name)));
    }
}
