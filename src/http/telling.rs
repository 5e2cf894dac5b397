//! Names that tell that their value is a credential.

/// The text that stands for a value that is not shown.
pub(crate) const BLACK: &str = "…";

/// Names that hold these name credentials.
const TELLING: &[&str] = &[
    "token",
    "secret",
    "signature",
    "key",
    "password",
    "passwd",
    "passphrase",
    "credential",
    "encrypted",
    "authorization",
    "cookie",
    "bearer",
    "jwt",
];

/// Names that are telling as a parameter, and in an object beside those of a login.
const TELLING_OF_LOGIN: &[&str] = &["code", "assertion", "code_verifier", "otp", "pin", "pwd", "sig", "auth", "ticket"];

/// Names that only stand in what a login sends.
pub(super) const OF_LOGIN: &[&str] = &["grant_type", "client_id", "redirect_uri"];

/// Tells whether a field of that name holds a credential.
pub(crate) fn is_telling(name: &str) -> bool {
    let holds =
        |word: &&str| name.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    TELLING.iter().any(holds) || name.eq_ignore_ascii_case("pwd")
}

/// Tells whether a parameter of that name holds a credential, or a member beside those of a login.
pub(super) fn is_telling_parameter(name: &str) -> bool {
    is_telling(name) || TELLING_OF_LOGIN.iter().any(|known| name.eq_ignore_ascii_case(known))
}
