//! Scenarios from files, and the ready-made ones.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use crate::embed::error::{Error, ErrorKind};
use crate::embed::files::read_bounded;
use crate::embed::handle::WorldHandle;
use crate::embed::words::Api;
use crate::engine::schema::suggest::nearest;
use crate::http::document;
use crate::http::position::Position;
use crate::scenario::{
    Code, Comparison, Diagnostic, Extended, Overruling, ProbeAnswer, ProbeRequest, Scenario, ScenarioError,
    ScenarioFinder, explain_operation, explain_scenario,
};
use crate::world::fake_service::fake_service;
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

#[cfg(feature = "cli")]
use crate::scenario::{Recording, draft, written};

static READY_MADE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// A ready-made scenario.
///
/// ```
/// use standin::{Standin, builtin_scenarios};
///
/// let world = Standin::builder().offline()?;
/// for scenario in builtin_scenarios() {
///     assert_eq!(world.load(scenario.name)?, [""; 0], "{}", scenario.name); // no warnings
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BuiltinScenario {
    /// The name by which a test loads it.
    pub name: &'static str,
    /// The text of its file.
    pub text: &'static str,
}

/// Returns the ready-made scenarios, in the order of their names. [`BuiltinScenario`] has an example.
#[must_use]
pub fn builtin_scenarios() -> Vec<BuiltinScenario> {
    let mut all: Vec<BuiltinScenario> = READY_MADE
        .files()
        .filter_map(|file| {
            let name = file.path().file_name()?.to_str()?.strip_suffix(".json")?;
            Some(BuiltinScenario { name, text: file.contents_utf8()? })
        })
        .collect();
    all.sort_by_key(|scenario| scenario.name);
    all
}

/// Returns the names and texts of the ready-made scenarios, for the control API.
pub(super) fn names_and_texts() -> Vec<(&'static str, &'static str)> {
    builtin_scenarios().iter().map(|scenario| (scenario.name, scenario.text)).collect()
}

/// Returns the text of a scenario: of the file of that path or, where there is none, of the ready-made one of that
/// name.
pub(super) fn text_of(path: &Path) -> Result<String, ScenarioError> {
    let name = path.to_str().unwrap_or_default();
    let builtin_scenarios = builtin_scenarios();
    if !path.exists()
        && let Some(found) = builtin_scenarios.iter().find(|scenario| scenario.name == name)
    {
        return Ok(found.text.to_owned());
    }
    let bytes = read_bounded(path).map_err(|error| {
        let known = builtin_scenarios.iter().map(|scenario| scenario.name);
        let help = match nearest(name, known) {
            Some(nearest) if !name.contains(['/', '.']) => format!("the nearest ready-made scenario is {nearest}"),
            _ => "name a file, or a scenario that `standin scenarios` lists".to_owned(),
        };
        refused(path, START, Code::E01, format!("the file cannot be read: {error}"), help)
    })?;
    document::text(bytes).map_err(|fault| {
        refused(path, fault.place, Code::E01, format!("the file cannot be read: {}", fault.reason), "save it as UTF-8")
    })
}

/// Returns the files that a scenario is made of: its own, and those that it extends, if they can be read.
#[cfg(feature = "cli")]
pub(crate) fn files_of(path: &Path) -> Vec<PathBuf> {
    let mut files = vec![path.to_owned()];
    while let Some(name) = files.last().and_then(|file| {
        let text = text_of(file).ok()?;
        let scenario: serde_json::Value = serde_json::from_str(&text).ok()?;
        scenario.get("extends")?.as_str().map(str::to_owned)
    }) {
        let from = &files[files.len() - 1];
        let next = from.parent().unwrap_or(Path::new("")).join(&name);
        if files.contains(&next) || files.len() > 16 {
            break;
        }
        files.push(next);
    }
    files
}

/// The files and the ready-made scenarios that a scenario can extend.
struct Files;

impl ScenarioFinder for Files {
    fn find(&self, file: &str, name: &str) -> Result<Extended, (String, String)> {
        let beside = Path::new(file).parent().unwrap_or(Path::new("")).join(name);
        let path = if beside.exists() { beside } else { PathBuf::from(name) };
        let ready_made = || builtin_scenarios().into_iter().any(|scenario| scenario.name == name);
        if !path.exists() && !ready_made() {
            let known = builtin_scenarios();
            let nearest = nearest(name, known.iter().map(|scenario| scenario.name));
            let help = match nearest.filter(|_| !name.contains(['/', '.'])) {
                Some(nearest) => format!("the nearest ready-made scenario is {nearest}"),
                None => "name a file, from the folder of this one, or a scenario that `standin scenarios` lists".into(),
            };
            return Err((format!("{name:?}, which is no file and no ready-made scenario"), help));
        }
        let text = text_of(&path).map_err(|error| {
            let first = error.diagnostics.into_iter().next();
            first.map_or_else(Default::default, |first| (format!("{name:?}: {}", first.message), first.help))
        })?;
        let file = path.display().to_string();
        Ok(Extended { identity: self.identity(&file), file, text })
    }

    fn identity(&self, file: &str) -> String {
        std::fs::canonicalize(file).map_or_else(|_| file.to_owned(), |path| path.display().to_string())
    }
}

/// The position of faults that concern a whole file.
const START: Position = Position { line: 1, column: 1 };

fn refused(
    path: &Path,
    place: Position,
    code: Code,
    message: impl Into<String>,
    help: impl Into<String>,
) -> ScenarioError {
    let (file, message, help) = (path.display().to_string(), message.into(), help.into());
    ScenarioError { diagnostics: vec![Diagnostic { file, place, code, message, help }] }
}

/// Loads a scenario into the default world. `generated` is true if settings generated records for its start.
pub(super) fn start(
    registry: &WorldRegistry,
    path: &Path,
    overruling: &Overruling,
    generated: bool,
) -> Result<(), ScenarioError> {
    let file = path.display().to_string();
    let (mut scenario, mut warnings) = registry.read(&file, &text_of(path)?, &Files)?;
    scenario.overrule(overruling);
    let drifts = scenario.compare_with_clock(registry.settings().clock_mode);
    let (faults, more): (Vec<_>, Vec<_>) = drifts.into_iter().partition(|diagnostic| diagnostic.code.refuses());
    if !faults.is_empty() {
        return Err(ScenarioError { diagnostics: faults });
    }
    warnings.extend(more);
    if generated && scenario.data.as_ref().is_some_and(|data| data.from.is_none()) {
        let message = "data starts from nothing: the records that were made up beforehand would not be there";
        let help = "add \"from\": \"default\" to data, or make them up in its \"generate\"";
        return Err(refused(path, START, Code::E09, message, help));
    }
    warnings.extend(registry.load(registry.default_world(), &Arc::new(scenario))?);
    warnings.sort_by_key(|warning| (warning.place, warning.code));
    warnings.dedup();
    registry.note(|| warnings.iter().map(|warning| format!("warning: {warning}")).collect());
    if let Some(run) = &mut registry.default_world().lock().run {
        run.require_verification();
    }
    Ok(())
}

impl ProbeRequest {
    /// Returns the API that the request is for.
    #[must_use]
    pub fn api(&self) -> Api {
        Api::of(self.row.api)
    }
}

impl WorldHandle {
    /// Replaces everything in this world with a scenario: the file of that path or, where there is none, the ready-made
    /// one of that name. Returns the warnings, one text each. The error has all faults of the scenario; then the world
    /// stays as it was.
    pub fn load(&self, scenario: impl Into<PathBuf>) -> Result<Vec<String>, ScenarioError> {
        let path = scenario.into();
        self.load_text(&path.display().to_string(), &text_of(&path)?)
    }

    /// Replaces everything in this world with a scenario. Messages show `name` as its file. Returns the warnings, one
    /// text each. The error has all faults of the scenario; then the world stays as it was.
    pub fn load_text(&self, name: &str, text: &str) -> Result<Vec<String>, ScenarioError> {
        let (scenario, mut warnings) = self.registry.read(name, text, &Files)?;
        warnings.extend(self.registry.load(&self.world, &Arc::new(scenario))?);
        warnings.sort_by_key(|warning| (warning.place, warning.code));
        self.declared();
        Ok(warnings.iter().map(ToString::to_string).collect())
    }

    /// Reads a scenario, checks it, makes a world of it, tries the data of its steps and plays its probe, without
    /// touching this world. Returns the warnings, one text each. The error has all faults of the scenario.
    pub fn check(&self, scenario: impl Into<PathBuf>) -> Result<Vec<String>, ScenarioError> {
        let (_, warnings) = self.checked(&scenario.into())?;
        Ok(warnings.iter().map(ToString::to_string).collect())
    }

    /// Explains what a scenario will do: its start, its timeline with a forecast of the calls at which its rules fire,
    /// and the checks of its verification. Fails for a scenario with faults.
    pub fn explain(&self, scenario: impl Into<PathBuf>) -> Result<String, ScenarioError> {
        let scenario = self.checked(&scenario.into())?.0;
        let listed = scenario.credentials.iter().flat_map(|(_, listed)| listed).map(|credential| &*credential.token);
        let redactor = self.registry.redactor().with(listed);
        let (router, fixtures, settings) = (self.registry.router(), self.registry.fixtures(), self.registry.settings());
        let checks = World::of_scenario("explain", &scenario, router, &fixtures, &settings)?.verify(router).checks;
        Ok(redactor.text(&explain_scenario(&scenario, &checks)).into_owned())
    }

    /// Explains an operation: method and path, documented outcomes, sources. The error names the operation that the
    /// caller may have meant.
    pub fn explain_operation(&self, name: &str) -> Result<String, Error> {
        explain_operation(self.registry.router(), name).map_err(|message| Error::new(ErrorKind::NotFound, message))
    }

    /// Plays the probe of a scenario against the live service: `ask` sends each request there, with a credential, and
    /// returns the answer, or the reason why there was none. Returns the differences in status and shape from the
    /// documented answers; this world is not touched. A scenario without a probe is an error.
    ///
    /// ```
    /// use standin::{Api, Method, ProbeAnswer, Standin};
    ///
    /// let live = Standin::start(); // stands in for the live service here
    /// let compared = Standin::start().world().probe("celigo-bad-afternoon", |request| {
    ///     assert_eq!((request.api(), request.method), (Api::Celigo, Method::Get));
    ///     let target = format!("/v1{}", request.target);
    ///     let answer = live.world().answer(request.method.as_str(), &target, &[("authorization", "Bearer any")], b"");
    ///     Ok(ProbeAnswer::new(answer.status.ok_or("no answer")?, answer.body))
    /// })?;
    /// assert_eq!(compared.errors, 0, "{compared}");
    /// # Ok::<(), standin::ScenarioError>(())
    /// ```
    pub fn probe(
        &self,
        scenario: impl Into<PathBuf>,
        ask: impl FnMut(&ProbeRequest) -> Result<ProbeAnswer, String>,
    ) -> Result<Comparison, ScenarioError> {
        let path = scenario.into();
        let (scenario, _) = self.checked(&path)?;
        let compared = self.compare_with(&scenario, ask);
        if compared.steps.is_empty() {
            return Err(refused(&path, START, Code::E06, "the file has no probe", "add \"probe\": {\"steps\": […]}"));
        }
        Ok(compared)
    }

    /// Plays the probe of a scenario that was checked; see [`probe`](Self::probe).
    pub(crate) fn compare_with(
        &self,
        scenario: &Scenario,
        ask: impl FnMut(&ProbeRequest) -> Result<ProbeAnswer, String>,
    ) -> Comparison {
        scenario.compare_with(fake_service(scenario, self.registry.router(), &self.registry.fixtures()), ask)
    }

    /// Returns the calls of this world as a recording; `None` when the journal lost some.
    #[cfg(feature = "cli")]
    pub(crate) fn recording(&self) -> Option<Recording> {
        let world = self.world.lock();
        let is_whole = world.journal.lost() == 0;
        is_whole.then(|| Recording::of(&world.journal, self.registry.router(), &world.state.redactor()))
    }

    /// Returns a scenario that expects what both recordings have in common. `now_ms` is the time of the runs.
    #[cfg(feature = "cli")]
    pub(crate) fn draft(&self, runs: [&Recording; 2], now_ms: u64) -> Result<String, ScenarioError> {
        let read = |text: &str| {
            let (scenario, warnings) = self.registry.read("draft", text, &Files).ok()?;
            let call = |warning: &Diagnostic| {
                let path = warning.message.strip_prefix("expect.calls[")?;
                path.split_once(']')?.0.parse().ok()
            };
            Some((scenario, warnings.iter().filter(|warning| warning.code == Code::W06).filter_map(call).collect()))
        };
        let text = written(&draft(self.registry.router(), runs, now_ms, read));
        self.registry.read("draft", &text, &Files).map(|_| text)
    }

    /// Returns the environment variable that gives a consumer a credential for an operation.
    #[cfg(feature = "cli")]
    pub(crate) fn credential_variable(&self, row: &crate::engine::api::router::Row) -> Option<&'static str> {
        row.credential(&self.world.lock().state).map(|(name, _)| name)
    }

    /// Returns a scenario that was read and checked, whose probe was played against the fake, and the warnings.
    pub(crate) fn checked(&self, path: &Path) -> Result<(Arc<Scenario>, Vec<Diagnostic>), ScenarioError> {
        let (registry, file) = (&self.registry, path.display().to_string());
        let (scenario, mut warnings) = registry.read(&file, &text_of(path)?, &Files)?;
        let scenario = Arc::new(scenario);
        let world =
            World::of_scenario("check", &scenario, registry.router(), &registry.fixtures(), &registry.settings())?;
        warnings.extend(world.try_steps());
        warnings.sort_by_key(|warning| (warning.place, warning.code));
        let drifts = scenario.dry_run(fake_service(&scenario, registry.router(), &registry.fixtures()));
        if drifts.is_empty() { Ok((scenario, warnings)) } else { Err(ScenarioError { diagnostics: drifts }) }
    }
}
