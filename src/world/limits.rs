//! The table of all limits: the default of each, its setting, and a sentence about what happens beyond it.

use serde_json::{Value, json};

use crate::engine::state::settings::JournalBounds;
use crate::engine::state::settings::Settings;
use crate::http::clip::MOST_TOLD;
use crate::http::tree::{DEPTH, FILE_BYTES, TreeLimits};
use crate::scenario::MOST_EXTENDED;
use crate::world::call_waits::MOST_WAITS;
use crate::world::courier_duty::MOST_AT_ONCE;
use crate::world::lifecycle::LONGEST_LABEL;
use crate::world::named_worlds::GONE_WORLDS;
use crate::world::outbox::{MOST_DELIVERIES, MOST_TRIES};
use crate::world::registry::WorldRegistry;
use crate::world::registry_limits::Limits;
use crate::world::select::LONGEST_NAME;
use crate::world::snapshot::{LONGEST_SNAPSHOT, MOST_SNAPSHOTS};

/// The most streams of events at a time.
pub(crate) const EVENT_STREAMS: usize = 64;

/// The most bytes of the head of a `CONNECT` request.
pub(crate) const CONNECT_HEAD_BYTES: usize = 16 * 1024;

/// The most headers of a `CONNECT` request.
pub(crate) const CONNECT_HEADERS: usize = 100;

/// The most other hosts that the proxy remembers: a client could name any number.
pub(crate) const OTHER_HOSTS: usize = 1_000;

/// The most refused handshakes that are remembered.
pub(crate) const REFUSED_HANDSHAKES: usize = 100;

/// A limit of a server or of its worlds.
pub(crate) struct Limit {
    /// Its name, such as `body-bytes`.
    pub name: &'static str,
    /// The unit that is counted.
    pub unit: Unit,
    /// The value it has unless it is set.
    pub default: Usual,
    /// The setting, such as `body-limit`; `None` where it is fixed.
    pub setting: Option<&'static str>,
    /// The value it has in a server; `None` where it is fixed.
    pub in_force: Option<fn(&WorldRegistry) -> u64>,
    /// The thing that is limited, and the answer beyond it.
    pub about: &'static str,
}

/// The value of a limit that is not set.
#[derive(Clone, Copy)]
pub(crate) enum Usual {
    /// This value, always.
    Fixed(u64),
    /// The default of a setting.
    Of(fn() -> u64),
}

/// The unit that a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Bytes.
    Bytes,
    /// The number of the things in the name.
    Count,
    /// Milliseconds; 0 is no limit.
    Ms,
    /// Seconds; 0 is no limit.
    Seconds,
}

impl Unit {
    /// Returns the word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Count => "count",
            Self::Ms => "ms",
            Self::Seconds => "s",
        }
    }
}

/// All limits.
pub(crate) static LIMITS: &[Limit] = &[
    Limit {
        name: "body-bytes",
        unit: Unit::Bytes,
        default: Usual::Of(|| Settings::default().body_limit_bytes as u64),
        setting: Some("body-limit"),
        in_force: Some(|registry| registry.settings().body_limit_bytes as u64),
        about: "The body of a request. Where it is not set, an API takes 10485760 bytes, unless its service takes more. Beyond: 413 in the API's words, before the body where the client waits to be asked for it.",
    },
    Limit {
        name: "body-members",
        unit: Unit::Count,
        default: Usual::Of(|| Settings::default().body_members as u64),
        setting: Some("body-members"),
        in_force: Some(|registry| registry.settings().body_members as u64),
        about: "The elements and members of the JSON of a request to an API, and of a body of the control API that is no scenario, rule or call (see file-members), all together. Beyond: 400, by an API in its own words.",
    },
    fixed(
        "json-depth",
        Unit::Count,
        DEPTH as u64,
        "The depth of JSON in a request to an API, and of a record that it patches. A record that the control API or a file brings may have 80 levels, one that holds records (an event, a fixture) 88, a file and a body of the control API 96. Beyond: 400, or a finding.",
    ),
    fixed(
        "file-members",
        Unit::Count,
        TreeLimits::FILE.members as u64,
        "The elements and members of a file of records, and of a scenario, a rule or a call from a file or a request. Beyond: a finding, or 400.",
    ),
    fixed(
        "file-bytes",
        Unit::Bytes,
        FILE_BYTES as u64,
        "A file of records, a scenario, a report or another file that is read. Beyond: a finding, or the command refuses it.",
    ),
    fixed(
        "extends",
        Unit::Count,
        MOST_EXTENDED as u64,
        "The scenarios that one extends, directly or through others. Beyond: a finding.",
    ),
    fixed(
        "findings",
        Unit::Count,
        MOST_TOLD as u64,
        "The findings that are told about a scenario, the records of a start, or a request. Beyond: the first ones are told; about scenarios and records, the number of the others too.",
    ),
    Limit {
        name: "body-time",
        unit: Unit::Ms,
        default: Usual::Of(|| Limits::default().body_ms),
        setting: Some("body-timeout"),
        in_force: Some(|registry| registry.limits().body_ms),
        about: "The time a body may be on its way behind its head, 0 for ever. Beyond: 408.",
    },
    Limit {
        name: "header-time",
        unit: Unit::Ms,
        default: Usual::Of(|| Limits::default().header_ms),
        setting: Some("header-timeout"),
        in_force: Some(|registry| registry.limits().header_ms),
        about: "The time a request's head may be on its way, and a new connection may be silent, 0 for ever. Beyond: 408, or the connection is closed.",
    },
    Limit {
        name: "send-time",
        unit: Unit::Ms,
        default: Usual::Of(|| Limits::default().send_ms),
        setting: Some("send-timeout"),
        in_force: Some(|registry| registry.limits().send_ms),
        about: "The time a client may take nothing of its answer, 0 for ever. Beyond: the connection is closed.",
    },
    Limit {
        name: "idle-time",
        unit: Unit::Ms,
        default: Usual::Of(|| Limits::default().quiet_ms),
        setting: Some("idle-timeout"),
        in_force: Some(|registry| registry.limits().quiet_ms),
        about: "The time a connection may be idle between requests, 0 for ever. Beyond: it is closed.",
    },
    Limit {
        name: "connections",
        unit: Unit::Count,
        default: Usual::Of(|| Limits::default().connections as u64),
        setting: Some("max-connections"),
        in_force: Some(|registry| registry.limits().connections as u64),
        about: "The connections at a time. Beyond: the one that is idle for longest is closed; where none is idle, a new one gets 503.",
    },
    fixed(
        "http2-streams",
        Unit::Count,
        100,
        "The HTTP/2 requests of a connection at a time. Beyond: the client must wait.",
    ),
    Limit {
        name: "unfinished-bytes",
        unit: Unit::Bytes,
        default: Usual::Of(|| Limits::default().unfinished_bytes as u64),
        setting: Some("unfinished-bytes"),
        in_force: Some(|registry| registry.limits().unfinished_bytes as u64),
        about: "All bodies together that are on their way, with the heads before them, and so all answers that are not taken: those of HTTP/2, and others of at least 64 KiB. What requests of the control API hold while they wait counts with the bodies. Beyond: 503.",
    },
    fixed("target-bytes", Unit::Bytes, 65_534, "The target of a request. Beyond: 414."),
    fixed("headers", Unit::Count, 100, "The headers of a request. Beyond: 431."),
    fixed("head-bytes", Unit::Bytes, 131_072, "The head of a request: its first line and its headers. Beyond: 431."),
    fixed(
        "connect-head-bytes",
        Unit::Bytes,
        CONNECT_HEAD_BYTES as u64,
        "The head of a CONNECT request to the proxy. Beyond: 431.",
    ),
    fixed(
        "connect-headers",
        Unit::Count,
        CONNECT_HEADERS as u64,
        "The headers of a CONNECT request to the proxy. Beyond: 431.",
    ),
    fixed(
        "other-hosts",
        Unit::Count,
        OTHER_HOSTS as u64,
        "The other hosts that the proxy remembers, for its report. Beyond: further ones are answered as ever, and not remembered.",
    ),
    fixed(
        "refused-handshakes",
        Unit::Count,
        REFUSED_HANDSHAKES as u64,
        "The handshakes that clients refused, which are remembered for the report. Beyond: further ones are not remembered.",
    ),
    Limit {
        name: "journal-entries",
        unit: Unit::Count,
        default: Usual::Of(|| JournalBounds::default().entries as u64),
        setting: Some("journal-entries"),
        in_force: Some(|registry| registry.settings().journal.entries as u64),
        about: "The calls in the journal of a world. Beyond: the oldest are lost, and counted wherever the journal is shown.",
    },
    Limit {
        name: "journal-bytes",
        unit: Unit::Bytes,
        default: Usual::Of(|| JournalBounds::default().bytes as u64),
        setting: Some("journal-bytes"),
        in_force: Some(|registry| registry.settings().journal.bytes as u64),
        about: "The text of the calls in the journal of a world. Beyond: the oldest are lost, and counted.",
    },
    Limit {
        name: "total-journal-bytes",
        unit: Unit::Bytes,
        default: Usual::Of(|| Settings::default().journals.limit() as u64),
        setting: Some("total-journal-bytes"),
        in_force: Some(|registry| registry.settings().journals.limit() as u64),
        about: "The memory of the journals of all worlds together. Beyond: the largest lose their oldest calls, counted as lost.",
    },
    Limit {
        name: "total-control-bytes",
        unit: Unit::Bytes,
        default: Usual::Of(|| Settings::default().control.limit() as u64),
        setting: Some("total-control-bytes"),
        in_force: Some(|registry| registry.settings().control.limit() as u64),
        about: "The memory, as it is estimated, of what requests of the control API leave in all worlds together: scenarios with their rules and expected calls, snapshots, webhooks to be sent. Beyond: 507, until worlds go or are reset; one request may exceed it.",
    },
    Limit {
        name: "history-records",
        unit: Unit::Count,
        default: Usual::Of(|| Settings::default().history.records as u64),
        setting: Some("history-records"),
        in_force: Some(|registry| registry.settings().history.records as u64),
        about: "What a service writes by itself, of each kind: entries of its audit trail, events, runs. Beyond: the oldest are lost, and lists count them in standin-lost.",
    },
    Limit {
        name: "history-bytes",
        unit: Unit::Bytes,
        default: Usual::Of(|| Settings::default().history.bytes as u64),
        setting: Some("history-bytes"),
        in_force: Some(|registry| registry.settings().history.bytes as u64),
        about: "The bytes of it, of each kind. Beyond: the oldest are lost, and lists count them in standin-lost.",
    },
    Limit {
        name: "total-history-bytes",
        unit: Unit::Bytes,
        default: Usual::Of(|| Settings::default().history.total.limit() as u64),
        setting: Some("total-history-bytes"),
        in_force: Some(|registry| registry.settings().history.total.limit() as u64),
        about: "The bytes of it in all worlds together. Beyond: the largest histories lose their oldest, counted in standin-lost.",
    },
    Limit {
        name: "record-bytes",
        unit: Unit::Bytes,
        default: Usual::Of(|| Settings::default().records.bytes as u64),
        setting: Some("record-bytes"),
        in_force: Some(|registry| registry.settings().records.bytes as u64),
        about: "The memory of the records that requests, scenarios and imports make in a world, as it is estimated; those it starts from and those that are made up are none of them. Beyond: what would add more is refused with 507, and leaves nothing.",
    },
    Limit {
        name: "total-record-bytes",
        unit: Unit::Bytes,
        default: Usual::Of(|| Settings::default().records.total_limit() as u64),
        setting: Some("total-record-bytes"),
        in_force: Some(|registry| registry.settings().records.total_limit() as u64),
        about: "The memory of such records in all worlds together, with the versions that snapshots and histories keep. Those that forks share count once. Beyond: what would add more is refused with 507, and leaves nothing.",
    },
    Limit {
        name: "generated-records",
        unit: Unit::Count,
        default: Usual::Of(|| Settings::default().generate.records as u64),
        setting: Some("generated-records"),
        in_force: Some(|registry| registry.settings().generate.records as u64),
        about: "The records made up in a world, with what comes with them; one of more than 4 KiB counts as several. Beyond: the scenario or the setting is refused.",
    },
    Limit {
        name: "total-generated-records",
        unit: Unit::Count,
        default: Usual::Of(|| Settings::default().generate.total.limit() as u64),
        setting: Some("total-generated-records"),
        in_force: Some(|registry| registry.settings().generate.total.limit() as u64),
        about: "The records made up in all worlds together. Beyond: the scenario is refused until worlds are deleted.",
    },
    Limit {
        name: "worlds",
        unit: Unit::Count,
        default: Usual::Of(|| Limits::default().worlds as u64),
        setting: Some("max-worlds"),
        in_force: Some(|registry| registry.limits().worlds as u64),
        about: "The worlds of a server beside the default one. Beyond: no world is made, and 409 says so.",
    },
    Limit {
        name: "worlds-per-label",
        unit: Unit::Count,
        default: Usual::Of(|| Limits::default().worlds_per_label as u64),
        setting: Some("max-worlds-per-label"),
        in_force: Some(|registry| registry.limits().worlds_per_label as u64),
        about: "The worlds of one label. Beyond: no world of that label is made, and 409 says so.",
    },
    fixed(
        "event-streams",
        Unit::Count,
        EVENT_STREAMS as u64,
        "Streams of events at a time, for all worlds. Beyond: 503.",
    ),
    fixed(
        "waits",
        Unit::Count,
        MOST_WAITS as u64,
        "The requests that wait for calls of a world, and the verifications that do. Beyond: 503 names the limit.",
    ),
    fixed("world-name-bytes", Unit::Bytes, LONGEST_NAME as u64, "The name of a world. Beyond: 400."),
    fixed("label-bytes", Unit::Bytes, LONGEST_LABEL as u64, "The label of a world. Beyond: 400."),
    Limit {
        name: "world-idle",
        unit: Unit::Seconds,
        default: Usual::Of(|| Limits::IDLE_S),
        setting: Some("world-idle-s"),
        in_force: Some(|registry| registry.limits().idle_ms.unwrap_or(0) / 1_000),
        about: "The time a world stays without a request, 0 for ever. Beyond: it is deleted, and its requests get 410.",
    },
    fixed(
        "gone-worlds",
        Unit::Count,
        GONE_WORLDS as u64,
        "The names of gone worlds that are remembered. Beyond: the oldest are forgotten, and their requests get 404.",
    ),
    fixed(
        "snapshots",
        Unit::Count,
        MOST_SNAPSHOTS as u64,
        "The snapshots of a world. Beyond: 400 names the limit; a name can be used again.",
    ),
    fixed("snapshot-name-bytes", Unit::Bytes, LONGEST_SNAPSHOT as u64, "The name of a snapshot. Beyond: 400."),
    fixed(
        "deliveries",
        Unit::Count,
        MOST_DELIVERIES as u64,
        "The webhooks that a world keeps, sent or to be sent. Beyond: the oldest that is finished is dropped; where none is, 409.",
    ),
    fixed(
        "deliveries-at-once",
        Unit::Count,
        MOST_AT_ONCE as u64,
        "The webhooks of a world that are on their way, of which each receiver gets one at a time. Beyond: the next ones wait.",
    ),
    fixed("delivery-tries", Unit::Count, MOST_TRIES as u64, "The tries of a webhook. Beyond: 400."),
    fixed(
        "cursor-bytes",
        Unit::Bytes,
        16_777_216,
        "The memory of the cursors of lists that a world remembers, as it is estimated: some 6,000 of short queries. Beyond: the oldest are forgotten, and refused like expired ones.",
    ),
];

/// Makes a limit that no setting changes.
const fn fixed(name: &'static str, unit: Unit, value: u64, about: &'static str) -> Limit {
    Limit { name, unit, default: Usual::Fixed(value), setting: None, in_force: None, about }
}

impl Limit {
    /// Returns the value it has unless it is set.
    pub(crate) fn usual(&self) -> u64 {
        match self.default {
            Usual::Fixed(value) => value,
            Usual::Of(default) => default(),
        }
    }

    /// Returns the flag of the command line that sets it.
    pub(crate) fn flag(&self) -> Option<String> {
        self.setting.map(|setting| format!("--{setting}"))
    }

    /// Returns the limit as JSON, with the value in force in a server, if one is given.
    pub(crate) fn shown(&self, registry: Option<&WorldRegistry>) -> Value {
        let value = registry.and_then(|registry| self.in_force.map(|in_force| in_force(registry)));
        json!({
            "name": self.name,
            "value": value.unwrap_or_else(|| self.usual()),
            "default": self.usual(),
            "unit": self.unit.as_str(),
            "setting": self.flag(),
            "variable": self.setting.map(variable),
            "about": self.about,
        })
    }
}

/// Returns the environment variable of a setting: that of `body-limit` is `STANDIN_BODY_LIMIT`.
fn variable(setting: &str) -> String {
    format!("STANDIN_{}", setting.replace('-', "_").to_uppercase())
}
