//! Signatures of bodies (RFC 2104), and the texts they are written as.

use std::fmt::Write as _;

/// The bytes that SHA-1 works on at once.
const SHA1_BLOCK: usize = 64;

/// Returns the signature of a body by an algorithm, if that is known and this build has it.
pub(super) fn sign(algorithm: &str, key: &[u8], body: &[u8]) -> Option<Vec<u8>> {
    Some(match algorithm {
        "sha1" => sha1(key, body).to_vec(),
        #[cfg(feature = "webhooks")]
        "sha256" => hmac_sha256::HMAC::mac(body, key).to_vec(),
        #[cfg(feature = "webhooks")]
        "sha384" => hmac_sha512::sha384::HMAC::mac(body, key).to_vec(),
        #[cfg(feature = "webhooks")]
        "sha512" => hmac_sha512::HMAC::mac(body, key).to_vec(),
        _ => return None,
    })
}

fn sha1(key: &[u8], body: &[u8]) -> [u8; 20] {
    let mut block = [0; SHA1_BLOCK];
    if key.len() > SHA1_BLOCK {
        let short = sha1_smol::Sha1::from(key).digest().bytes();
        block[..short.len()].copy_from_slice(&short);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let hash = |pad: u8, data: &[u8]| {
        let mut sha = sha1_smol::Sha1::new();
        sha.update(&block.map(|byte| byte ^ pad));
        sha.update(data);
        sha.digest().bytes()
    };
    hash(0x5c, &hash(0x36, body))
}

/// Writes bytes as lower-case hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes bytes as base64, padded (RFC 4648).
pub(super) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let [first, second, third] = [0, 1, 2].map(|place| u32::from(group.get(place).copied().unwrap_or(0)));
        let bits = first << 16 | second << 8 | third;
        for place in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_rfc_2202_and_4231() {
        let sign = |algorithm| hex(&sign(algorithm, b"Jefe", b"what do ya want for nothing?").unwrap());
        assert_eq!(sign("sha1"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        assert_eq!(sign("sha256"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(sign("sha384").starts_with("af45d2e376484031617f78d2b58a6b1b"));
        assert!(sign("sha512").starts_with("164b7a7bfcf819e2e395fbe73b56e0a3"));
    }

    #[test]
    fn a_key_longer_than_a_block_is_hashed_first() {
        let key = [0xaa; 80];
        let signed = super::sign("sha1", &key, b"Test Using Larger Than Block-Size Key - Hash Key First").unwrap();
        assert_eq!(hex(&signed), "aa4ae5e15272d00e95705637ce8a3b55ed402112");
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(texts, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }
}
