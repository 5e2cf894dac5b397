//! The page for people. Its files hold no data: every browser may load them, and they call the control API as any other
//! client does.

use crate::control::error::Error;
use crate::http::message::{Request, Response};
use crate::http::target::Target;

/// The page.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    /// The function that returns a file of the page by its name.
    pub file: fn(&str) -> Option<&'static [u8]>,
    /// True when the page changes nothing. The control API is not restricted by it.
    pub is_read_only: bool,
}

/// The path of the page's files, behind that of the control API.
const FILES: &str = "/page/";

/// The document itself.
const INDEX: &str = "index.html";

/// Lets a browser load and run the page's own files, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Tells whether a browser requests the page: the root of the server or of a world, as HTML.
pub(super) fn is_asked_for(method: &str, path: &str, accept: impl FnOnce() -> Option<String>) -> bool {
    let below = match path.strip_prefix("/w/") {
        Some(below) => below.find('/').map_or("", |end| &below[end..]),
        None => path,
    };
    matches!(below, "" | "/")
        && matches!(method, "GET" | "HEAD")
        && accept().is_some_and(|accept| accept.split(',').any(|kind| kind.trim().starts_with("text/html")))
}

impl Page {
    /// Answers a request for a file of the page, if `path`, below that of the control API, is one; `is_root` means the
    /// page itself.
    pub(crate) fn answer(&self, request: &Request<'_>, path: &str, is_root: bool) -> Option<Response> {
        if is_root {
            return Some(Self::below_a_slash(request).unwrap_or_else(|| self.document()));
        }
        let name = path.strip_prefix(FILES)?;
        if !matches!(request.method, "GET" | "HEAD") {
            return Some(Error::new(405, "wrong_method", "the files of the page are only read").response());
        }
        Some(match (self.file)(name) {
            Some(file) => sent(kind(name), file.into()),
            None => Error::new(404, "not_found", format!("the page has no file {name:?}")).response(),
        })
    }

    /// Redirects `/w/a` to `/w/a/`: the page names its files relative to itself, and therefore needs the slash at its
    /// end.
    fn below_a_slash(request: &Request<'_>) -> Option<Response> {
        let path = request.target.split(['?', '#']).next().unwrap_or_default();
        let last = path.rsplit('/').next().filter(|last| !last.is_empty())?;
        Target::parse(request.target).world?;
        Some(Response::empty(307).with("location", &format!("{last}/")))
    }

    fn document(&self) -> Response {
        let document = String::from_utf8_lossy((self.file)(INDEX).unwrap_or_default());
        let mode = if self.is_read_only { "read-only" } else { "full" };
        sent(
            "text/html; charset=utf-8",
            document.replacen("content=\"full\"", &format!("content=\"{mode}\""), 1).into(),
        )
    }
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("html") => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn sent(kind: &str, body: Vec<u8>) -> Response {
    Response { body: body.into(), ..Response::empty(200) }
        .with("content-type", kind)
        .with("content-security-policy", POLICY)
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "no-referrer")
        .with("cache-control", "no-cache")
}
