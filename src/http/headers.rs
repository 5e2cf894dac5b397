//! The names of standin's own headers, and their meanings for the reference.

/// The messages that carry a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// Requests only.
    Requests,
    /// Answers only.
    Answers,
    /// Both.
    Both,
}

impl Within {
    /// Returns the words for the reference.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Answers => "answers",
            Self::Both => "requests and answers",
        }
    }
}

/// A header of standin's own.
pub(crate) struct StandinHeader {
    /// The name.
    pub name: &'static str,
    /// The messages that carry it.
    pub within: Within,
    /// Its meaning.
    pub about: &'static str,
}

/// The world of a request or of an answer.
pub(crate) const WORLD: &str = "standin-world";
/// The number of a call.
pub(crate) const CALL: &str = "standin-call";
/// The operation of a call.
pub(crate) const OPERATION: &str = "standin-op";
/// The fault rule that answered.
pub(crate) const RULE: &str = "standin-rule";
/// The evidence for an answer.
pub(crate) const SOURCE: &str = "standin-source";
/// The mark of an answer that no service would give.
pub(crate) const MISS: &str = "standin-miss";
/// The number of the call whose state a lagging list shows.
pub(crate) const LAG: &str = "standin-lag";
/// The number of records that a list lost, because its history is bounded.
pub(crate) const LOST: &str = "standin-lost";
/// A warning of what was sent to the control API.
pub(crate) const WARNING: &str = "standin-warning";
/// The name of one of several servers.
pub(crate) const REPLICA: &str = "standin-replica";
/// The token of the control API.
pub(crate) const CONTROL_TOKEN: &str = "standin-control-token";

/// All headers of standin's own. The setting `no-headers` leaves out those of answers, except `standin-miss`.
pub(crate) const HEADERS: &[StandinHeader] = &[
    StandinHeader {
        name: WORLD,
        within: Within::Both,
        about: "The world: chosen by a request, or the one that answered.",
    },
    StandinHeader {
        name: CALL,
        within: Within::Answers,
        about: "The number of the call in its world's journal: `GET /_standin/journal/<n>` tells why it was answered so.",
    },
    StandinHeader { name: OPERATION, within: Within::Answers, about: "The operation, as `standin routes` names it." },
    StandinHeader { name: RULE, within: Within::Answers, about: "The fault rule that decided the answer, if one did." },
    StandinHeader {
        name: SOURCE,
        within: Within::Answers,
        about: "How well the answer is known: `documented`, `observed`, `assumed`, or `injected` by a fault rule.",
    },
    StandinHeader {
        name: MISS,
        within: Within::Answers,
        about: "The answer is the fake's own: it does not know what was asked (a route, a world, a way to speak HTTP), or holds as many records as it may (`full`).",
    },
    StandinHeader {
        name: LAG,
        within: Within::Answers,
        about: "The call after which the records were as this answer shows them, where a rule lets it lag behind.",
    },
    StandinHeader {
        name: LOST,
        within: Within::Answers,
        about: "The number of records that a bounded history lost before the oldest one of this list.",
    },
    StandinHeader {
        name: WARNING,
        within: Within::Answers,
        about: "A warning of what was sent to the control API, such as a field that no document knows; one header each, at most 22.",
    },
    StandinHeader {
        name: REPLICA,
        within: Within::Answers,
        about: "The name of the server, where several share the work.",
    },
    StandinHeader {
        name: CONTROL_TOKEN,
        within: Within::Requests,
        about: "The token of the control API, where it wants one.",
    },
];
