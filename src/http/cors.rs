//! Cross-origin requests: the headers by which a browser lets a front-end call the APIs.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderMap, HeaderName,
    HeaderValue, VARY,
};

use crate::http::message::{Request, Response};

/// The origins whose pages may call the APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cors {
    /// All.
    Any,
    /// These: `http://localhost:5173`.
    Origins(Vec<String>),
}

/// The time for which a browser may keep the answer to a preflight, in seconds. Short: the next test may allow other
/// origins.
const MAX_AGE_S: HeaderValue = HeaderValue::from_static("5");

const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

impl Cors {
    /// Reads origins, `*` for all. The error names the text that is no origin.
    pub fn of<'o>(origins: impl IntoIterator<Item = &'o str>) -> Result<Self, String> {
        let origins: Vec<&str> = origins.into_iter().map(str::trim).collect();
        match origins[..] {
            ["*"] => return Ok(Self::Any),
            _ if origins.contains(&"*") => return Err("\"*\" allows all origins; write it alone".to_owned()),
            _ => {}
        }
        let is_origin = |origin: &&str| {
            origin.split_once("://").is_some_and(|(scheme, host)| {
                !scheme.is_empty() && !host.is_empty() && !host.contains(['/', '?', '#', '@', ' '])
            })
        };
        match origins.iter().find(|origin| !is_origin(origin)) {
            Some(wrong) => {
                Err(format!("{wrong:?} is no origin; write * or one like http://localhost:5173, without a path"))
            }
            None => Ok(Self::Origins(origins.into_iter().map(str::to_ascii_lowercase).collect())),
        }
    }

    /// Adds the headers that let a page of an allowed origin send this request and read its answer. Returns true for an
    /// allowed preflight, which is answered with 204 on every path.
    pub fn allow(&self, request: &Request<'_>, response: &mut Response) -> bool {
        let Some(origin) = request.header("origin") else { return false };
        let headers = &mut response.headers;
        match self {
            Self::Any => headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
            Self::Origins(known) if known.iter().any(|known| known.eq_ignore_ascii_case(origin)) => {
                headers.append(VARY, HeaderValue::from_static("origin"));
                headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
                insert(headers, ACCESS_CONTROL_ALLOW_ORIGIN, origin)
            }
            Self::Origins(_) => {
                // A page of another origin is not allowed what the service itself would allow.
                headers.remove(ACCESS_CONTROL_ALLOW_ORIGIN);
                return false;
            }
        };
        let method = request.header("access-control-request-method").filter(|_| request.method == "OPTIONS");
        let Some(method) = method else {
            let names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
            let names = names.join(", ");
            insert(headers, ACCESS_CONTROL_EXPOSE_HEADERS, &names);
            return false;
        };
        insert(headers, ACCESS_CONTROL_ALLOW_METHODS, method);
        if let Some(names) = request.header("access-control-request-headers") {
            insert(headers, ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        if request.header("access-control-request-private-network").is_some() {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE_S);
        true
    }
}

/// Puts a value that came in a header into another one.
fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Option<HeaderValue> {
    headers.insert(name, HeaderValue::from_str(value).ok()?)
}
