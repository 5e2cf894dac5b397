//! A scenario in memory: its format, its rules and matchers, and the diagnostics of its file.

pub(crate) mod diagnostics;
pub(crate) mod difference;
pub(crate) mod fixture_sets;
pub(crate) mod format;
pub(crate) mod lag;
pub(crate) mod layers;
pub(crate) mod matchers;
pub(crate) mod request_view;
pub(crate) mod rule;
pub(crate) mod texts;
pub(crate) mod wait_for;
pub(crate) mod when;
