//! Credentials that show by their shape, whatever their name.

/// Beginnings of credentials by their issuers.
const ISSUED: &[&str] = &[
    "AKIA",
    "ASIA",
    "AIza",
    "SG.",
    "ya29.",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "npm_",
    "rk_live_",
    "shpat_",
    "sk_live_",
    "sk_test_",
    "xapp-",
    "xoxa-",
    "xoxb-",
    "xoxp-",
    "xoxr-",
    "xoxs-",
];

/// The fewest letters behind such a beginning.
const ISSUED_LETTERS: usize = 16;

/// The fewest letters of a text in base64.
const ENCODED_LETTERS: usize = 12;

/// The most bytes of the line that begins a private key, before these words.
const LABEL_BYTES: usize = 40;

/// Passes the extents of JSON Web Tokens, private keys and credentials of known issuers to `found`.
pub(super) fn shaped(text: &str, mut found: impl FnMut(usize, usize)) {
    let mut done = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), "PRIVATE KEY") {
        if at < done {
            continue;
        }
        let before = &text.as_bytes()[at.saturating_sub(LABEL_BYTES)..at];
        if memchr::memmem::rfind(before, b"-----BEGIN").is_some() {
            let from = at + "PRIVATE KEY".len();
            let end = memchr::memmem::find(&text.as_bytes()[from..], b"-----END").map_or(text.len(), |end| from + end);
            found(from, end);
            done = end;
        }
    }
    for (from, word) in words(text, |byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
        let is_issued = |begin: &str| word.strip_prefix(begin).is_some_and(|rest| rest.len() >= ISSUED_LETTERS);
        let is_jwt = || word.strip_prefix("eyJ").and_then(|rest| rest.split_once('.')).is_some();
        if word.len() >= ISSUED_LETTERS && (is_jwt() || ISSUED.iter().any(|begin| is_issued(begin))) {
            found(from, from + word.len());
        }
    }
}

/// Returns the words of a text that may be base64 of another one, with that one.
pub(super) fn in_base64(text: &str) -> impl Iterator<Item = (usize, usize, String)> + '_ {
    let words = words(text, |byte| byte.is_ascii_alphanumeric() || b"+/_-".contains(&byte));
    words.filter(|(_, word)| word.len() >= ENCODED_LETTERS).filter_map(|(from, word)| {
        let plain = String::from_utf8(decode_base64(word)).ok()?;
        let is_text = !plain.chars().any(|letter| letter.is_control() && !letter.is_whitespace());
        is_text.then_some((from, from + word.len(), plain))
    })
}

/// Returns the words of a text that consist of such bytes, with their places.
fn words(text: &str, is_part: impl Fn(u8) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    text.as_bytes().split(move |byte| !is_part(*byte)).filter_map(move |word| {
        let begin = from;
        from += word.len() + 1;
        (!word.is_empty()).then(|| (begin, &text[begin..begin + word.len()]))
    })
}

/// Decodes a word in one of the alphabets of base64, up to where it was cut.
pub(super) fn decode_base64(word: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(word.len() * 3 / 4), 0_u32, 0);
    for byte in word.bytes().filter(|byte| *byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            _ => 63,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    bytes
}
