//! A scenario in memory: its format, its rules and matchers, and what can be wrong with it.

pub mod diagnostics;
pub mod difference;
pub mod fixture_sets;
pub mod format;
pub mod lag;
pub mod layers;
pub mod matchers;
pub mod request_view;
pub mod rule;
pub mod texts;
pub mod when;
