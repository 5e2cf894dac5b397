//! The names and the tokens that choose a world.

/// The name of the world that answers at `/`.
pub(crate) const DEFAULT_WORLD: &str = "default";

/// The beginning of every world's token; the world's name follows. No list is needed to find a world by its token, and the
/// token of a world that is gone is known for one.
pub(crate) const TOKEN_PREFIX: &str = "standin-world-";

/// Returns the token that chooses a world, and is good for every API there.
pub(crate) fn token_of(name: &str) -> String {
    format!("{TOKEN_PREFIX}{name}")
}

/// Tells whether a token chooses the world of that name.
pub(crate) fn is_token_of(name: &str, token: &str) -> bool {
    token.strip_prefix(TOKEN_PREFIX) == Some(name)
}
