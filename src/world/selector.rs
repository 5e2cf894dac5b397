//! The ways in which a request can name a world.

/// The way in which a request names a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorldSelector {
    /// `/w/<name>/…`
    Prefix,
    /// `standin-world: <name>`
    Header,
    /// `Authorization: Bearer standin-world-<name>`
    Token,
    /// `Proxy-Authorization: Basic …`, as clients make it of `http://<name>:x@…`
    #[cfg(feature = "tls")]
    ProxyUser,
    /// `/_standin/worlds/<name>/…`
    ControlPath,
    /// A handle passed the request to the world without a socket.
    Handle,
}

impl WorldSelector {
    /// Returns the words for it in messages.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Prefix => "the prefix of the path",
            Self::Header => "the header standin-world",
            Self::Token => "the bearer token",
            #[cfg(feature = "tls")]
            Self::ProxyUser => "the user of the proxy",
            Self::ControlPath => "the path below /_standin/worlds/",
            Self::Handle => "the handle",
        }
    }
}
