//! The targets: functions of bytes that must neither panic nor take more than their input may.

mod operations;
mod over_the_wire;
mod redaction;
mod sequence;
mod texts;

/// A target with all it needs from run to run.
pub struct Target {
    /// Its name, and that of its corpus.
    pub name: &'static str,
    run: Box<dyn FnMut(&[u8])>,
}

impl Target {
    /// Tries one input.
    pub fn run(&mut self, input: &[u8]) {
        (self.run)(input);
    }
}

/// A name, and what makes the target ready.
type Named = (&'static str, fn() -> Box<dyn FnMut(&[u8])>);

const TARGETS: &[Named] = &[
    ("target", texts::target),
    ("body", texts::body),
    ("patch", texts::patch),
    ("filter", texts::filter),
    ("scenario", texts::scenario),
    ("fixture", texts::fixture),
    ("matcher", texts::matcher),
    ("redaction", redaction::redaction),
    ("sequence", sequence::sequence),
    ("control", over_the_wire::control),
    ("http1", over_the_wire::http1),
    ("http2", over_the_wire::http2),
    ("tunnel", over_the_wire::tunnel),
];

/// The names of all targets.
pub fn names() -> impl Iterator<Item = &'static str> {
    TARGETS.iter().map(|(name, _)| *name)
}

/// The target of that name.
pub fn target(name: &str) -> Option<Target> {
    let (name, make) = TARGETS.iter().find(|(known, _)| *known == name)?;
    Some(Target { name, run: make() })
}

/// Runs what an input does, and fails when it allocates more than its length allows: in bytes at a time, and in steps.
pub fn bounded<T>(input: &[u8], run: impl FnOnce() -> T) -> T {
    const LEAST_BYTES: u64 = 8 << 20;
    const BYTES_PER_BYTE: u64 = 4_096;
    const LEAST_STEPS: u64 = 100_000;
    const STEPS_PER_BYTE: u64 = 400;
    let mut result = None;
    let cost = allocation_counter::measure(|| result = Some(run()));
    let length = input.len() as u64;
    assert!(cost.bytes_max <= LEAST_BYTES + BYTES_PER_BYTE * length, "{} bytes for {length}", cost.bytes_max);
    assert!(cost.count_total <= LEAST_STEPS + STEPS_PER_BYTE * length, "{} steps for {length}", cost.count_total);
    result.expect("it ran")
}
