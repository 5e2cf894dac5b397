//! Media types, as the header `content-type` names them.

/// Returns a media type without its parameters, in lower case.
pub(crate) fn essence(sent: &str) -> String {
    sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Tells whether a media type is of UTF-8, as far as its parameters say. JSON and forms have no other encoding here.
pub(crate) fn is_utf8(sent: &str) -> bool {
    sent.split(';').skip(1).all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        let encoding = value.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset")
            || ["utf-8", "utf8", "us-ascii"].iter().any(|known| encoding.eq_ignore_ascii_case(known))
    })
}

/// Returns the charset that a media type names, in lower case.
pub(crate) fn charset(media_type: &str) -> Option<String> {
    let parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
    let named = parameters.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("charset"));
    named.map(|(_, charset)| charset.trim_matches('"').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_of_another_encoding_is_told_from_utf_8() {
        let types = ["", "application/json", "application/json;charset=UTF-8", "a/b; x=1; charset=\"us-ascii\""];
        assert!(types.iter().all(|sent| is_utf8(sent)));
        assert!(
            !["a/b; charset=latin1", "a/b; x=1; Charset = utf-16", "a/b; charset="].iter().any(|sent| is_utf8(sent))
        );
        assert_eq!(essence(" Application/JSON ; charset=utf-8"), "application/json");
    }
}
