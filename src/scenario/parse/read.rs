//! Reading a scenario: the whole file is read, and every fault is told.

use std::sync::Arc;

use serde_json::Value;

use crate::engine::api::api::Api;
use crate::engine::api::dialect::CredentialForm;
use crate::engine::api::router::{Router, Row};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::time;
use crate::engine::state::clock::ClockMode;
use crate::engine::state::settings::{ListedCredential, Settings};
use crate::scenario::SCENARIO_VERSION;
use crate::scenario::model::diagnostics::{Code, Diagnostic, Diagnostics, ScenarioError, did_you_mean};
use crate::scenario::model::fixture_sets::Fixtures;
use crate::scenario::model::format::{End, EndKind, FieldChange, FieldDrift, JsonType, Perturb, Scenario, Step};
use crate::scenario::model::layers::merged;
use crate::scenario::model::rule::Operations;
use crate::scenario::parse::extends::{ScenarioFinder, read_layers};
use crate::scenario::parse::fidelity::Fidelity;
use crate::scenario::parse::listed_tokens::check_tokens;
use crate::scenario::parse::reader::{Node, Object};

/// The keys of a scenario file.
const KEYS: [&str; 17] = [
    "$schema", "scenario", "extends", "api", "name", "about", "seed", "profile", "tokens", "clock", "data", "faults",
    "steps", "lag", "perturb", "expect", "probe",
];

impl Scenario {
    /// Reads a file for worlds of these settings, with the scenarios that it extends, which `finder` finds. Returns the
    /// scenario and its warnings, or all faults. Strict fidelity refuses files that depend on assumed behaviour, too.
    pub(crate) fn read(
        file: &str,
        text: &str,
        router: &Router,
        fixtures: &Fixtures,
        finder: &dyn ScenarioFinder,
        settings: &Settings,
    ) -> Result<(Self, Vec<Diagnostic>), ScenarioError> {
        let layers = read_layers(file, text, finder)?;
        let mut found = Diagnostics::of_layers(&layers);
        for (source, layer) in layers.iter().enumerate() {
            for path in &layer.duplicates {
                found.tell_in(source, Code::E04, path, "stands twice", "keep one of them");
            }
        }
        let whole = merged(&layers);
        let (apis, profiles) = (Vec::new(), settings.profiles.clone());
        let fidelity = settings.strict_fidelity.then(Fidelity::default);
        let reader = FileReader { found: &mut found, router, apis, profiles, fidelity };
        let scenario = reader.file(file, &whole);
        if let Some(scenario) = &scenario {
            crate::scenario::parse::check::check(&mut found, scenario, router, fixtures);
            check_tokens(&mut found, scenario, router, fixtures);
        }
        let refuse = found.refuse();
        let diagnostics = found.finish();
        let extends: Vec<String> = layers[1..].iter().map(|layer| layer.file.clone()).collect();
        let source = if extends.is_empty() { text.into() } else { without_extends(whole).to_string().into() };
        match scenario {
            Some(scenario) if !refuse => Ok((Self { source, extends, ..scenario }, diagnostics)),
            _ => Err(ScenarioError { diagnostics }),
        }
    }
}

/// Returns the merged document without `extends`, so that it can be read alone.
fn without_extends(mut whole: Value) -> Value {
    if let Some(keys) = whole.as_object_mut() {
        keys.shift_remove("extends");
    }
    whole
}

/// A reader of the parts of a file, which knows the operations and collections.
pub(in crate::scenario) struct FileReader<'r, 't> {
    pub(in crate::scenario) found: &'r mut Diagnostics<'t>,
    pub(in crate::scenario) router: &'r Router,
    pub(in crate::scenario) apis: Vec<&'static Api>,
    /// The profiles that are set: the file's before those of its worlds.
    pub(in crate::scenario) profiles: Vec<(&'static str, Profile)>,
    /// The notes for strict fidelity; `None` without it.
    pub(in crate::scenario) fidelity: Option<Fidelity>,
}

impl FileReader<'_, '_> {
    fn file(mut self, file: &str, value: &Value) -> Option<Scenario> {
        let object = self.found.object(&Node::root(value), &KEYS)?;
        if let Some(node) = object.get("$schema") {
            self.found.text(&node);
        }
        if let Some(node) = object.get("extends") {
            self.found.some_text(&node);
        }
        if let Some(version) = object.need(self.found, "scenario") {
            self.found.whole(&version, SCENARIO_VERSION.into(), SCENARIO_VERSION.into());
        }
        self.apis = self.apis(&object);
        let mut scenario = Scenario {
            file: file.to_owned(),
            name: stem(file).to_owned(),
            apis: self.apis.clone(),
            ..Scenario::default()
        };
        if let Some(name) = object.get("name").and_then(|node| self.found.ident(&node)) {
            name.clone_into(&mut scenario.name);
        }
        scenario.about = self.about(&object);
        if let Some(node) = object.get("seed") {
            scenario.seed = self.found.whole(&node, 0, (1 << 53) - 1);
        }
        scenario.profiles = self.profiles(&object);
        self.profiles.splice(..0, scenario.profiles.iter().copied());
        scenario.credentials = self.credentials(&object);
        if let Some(node) = object.get("clock") {
            self.clock(&node, &mut scenario);
        }
        scenario.data = object.get("data").and_then(|node| self.data(&node, true));
        if let Some(node) = object.get("faults") {
            scenario.rules = self.rules(&node);
        }
        if let Some(node) = object.get("steps") {
            let steps = self.found.some_list(&node, 1);
            scenario.steps = steps.iter().filter_map(|step| self.step(step)).collect();
        }
        if let Some(node) = object.get("lag") {
            scenario.lags = self.lags(&node).into_iter().map(Arc::new).collect();
        }
        scenario.perturb = object.get("perturb").and_then(|node| self.perturb(&node));
        if let Some(node) = object.get("expect") {
            scenario.expect = self.expect(&node);
        }
        scenario.probe = object.get("probe").and_then(|node| self.probe(&node));
        self.refuse_unanswered();
        Some(scenario)
    }

    fn apis(&mut self, object: &Object<'_>) -> Vec<&'static Api> {
        let Some(node) = object.need(self.found, "api") else { return Vec::new() };
        let mut apis: Vec<&'static Api> = Vec::new();
        let names: Vec<&str> = self.router.apis().iter().map(|api| api.name).collect();
        for item in self.found.one_or_more(&node) {
            if let Some(place) = self.found.one_of(&item, &names) {
                let api = self.router.apis()[place];
                if apis.iter().any(|known| known.name == api.name) {
                    self.found.tell(Code::E12, &item.path, format!("{:?} stands twice", api.name), "keep one");
                }
                apis.push(api);
            }
        }
        apis
    }

    pub(in crate::scenario) fn about(&mut self, object: &Object<'_>) -> String {
        object.get("about").and_then(|node| self.found.text(&node)).unwrap_or_default().to_owned()
    }

    fn profiles(&mut self, object: &Object<'_>) -> Vec<(&'static str, Profile)> {
        let names: Vec<&'static str> = self.router.apis().iter().map(|api| api.name).collect();
        let Some(node) = object.get("profile") else { return Vec::new() };
        let Some(profiles) = self.found.object(&node, &names) else { return Vec::new() };
        let read = |name: &'static str| {
            let node = profiles.get(name)?;
            let place = self.found.one_of(&node, &["documented", "live"])?;
            Some((name, [Profile::Documented, Profile::Live][place]))
        };
        names.iter().copied().filter_map(read).collect()
    }

    fn credentials(&mut self, object: &Object<'_>) -> Vec<(&'static str, Vec<ListedCredential>)> {
        let apis = self.router.apis().to_vec();
        let names: Vec<&'static str> = apis.iter().map(|api| api.name).collect();
        let Some(node) = object.get("tokens") else { return Vec::new() };
        let Some(tokens) = self.found.object(&node, &names) else { return Vec::new() };
        let mut all = Vec::new();
        for api in apis {
            let form = api.dialect.credential_form();
            let list = match (tokens.get(api.name), form.list) {
                (Some(node), Some(key)) => self.found.object(&node, &[key]).and_then(|object| object.get(key)),
                (node, _) => node,
            };
            if let Some(list) = list {
                let entries = self.found.some_list(&list, 1);
                all.push((api.name, entries.iter().filter_map(|entry| self.credential(entry, form)).collect()));
            }
        }
        all
    }

    fn credential(&mut self, node: &Node<'_>, form: CredentialForm) -> Option<ListedCredential> {
        if !node.value.is_object() {
            let token = self.found.some_text(node)?.to_owned();
            return Some(ListedCredential { token, integrations: None, read_only: false });
        }
        let keys: &[&str] = &[form.key, "integrations", "access"];
        let object = self.found.object(node, if form.access.is_empty() { &keys[..2] } else { keys })?;
        let token = object.need(self.found, form.key).and_then(|node| self.found.some_text(&node))?.to_owned();
        let integrations = object.get("integrations").map(|node| {
            let items = self.found.list(&node);
            items.iter().filter_map(|item| self.found.text(item)).map(str::to_owned).collect()
        });
        let words: Vec<&str> = form.access.iter().map(|(word, _)| *word).collect();
        let access = object.get("access").filter(|_| !words.is_empty());
        let read_only = access.and_then(|node| self.found.one_of(&node, &words)).is_some_and(|n| form.access[n].1);
        Some(ListedCredential { token, integrations, read_only })
    }

    fn clock(&mut self, node: &Node<'_>, scenario: &mut Scenario) {
        let Some(object) = self.found.object(node, &["mode", "at", "step_ms"]) else { return };
        let mode = object.get("mode").map_or(Some(1), |node| self.found.one_of(&node, &["frozen", "step", "real"]));
        let step_ms = object.get("step_ms").map_or(Some(1), |node| self.found.whole(&node, 0, u64::MAX)).unwrap_or(1);
        scenario.clock_mode = match mode {
            Some(0) => Some(ClockMode::Frozen),
            Some(2) => Some(ClockMode::Real),
            _ => Some(ClockMode::Step { step_ms }),
        };
        if let Some(node) = object.get("step_ms").filter(|_| mode.is_some_and(|mode| mode != 1)) {
            let help = "leave it out, or set clock.mode to \"step\"";
            self.found.tell(Code::W04, &node.path, "changes nothing: this clock does not step", help);
        }
        let Some(at) = object.get("at") else { return };
        let Some(text) = self.found.text(&at) else { return };
        scenario.clock_start_ms = is_time(text).then(|| time::parse_ms(text)).flatten();
        if scenario.clock_start_ms.is_none() {
            let help = "write it as 2024-01-20T10:00:00.000Z";
            self.found.tell(Code::E08, &at.path, format!("{text:?} is no time"), help);
        } else if mode == Some(2) {
            let help = "leave it out, or set clock.mode to \"step\" or \"frozen\"";
            self.found.tell(Code::W04, &at.path, "changes nothing: a real clock follows the requests", help);
        }
    }

    fn step(&mut self, node: &Node<'_>) -> Option<Step> {
        let object = self.found.object(node, &["name", "about", "data", "faults", "ends"])?;
        let name = object.need(self.found, "name").and_then(|node| self.found.ident(&node)).unwrap_or_default();
        let about = self.about(&object);
        let data = object.get("data").and_then(|node| self.data(&node, false)).unwrap_or_default();
        let rules = object.get("faults").map(|node| self.rules(&node)).unwrap_or_default();
        let ends = object.get("ends").map(|node| self.found.one_or_more(&node)).unwrap_or_default();
        let ends = ends.iter().filter_map(|end| self.end(end)).collect();
        Some(Step { name: Arc::from(name), about, data, rules, ends, path: node.path.clone() })
    }

    fn end(&mut self, node: &Node<'_>) -> Option<End> {
        let object = self.found.object(node, &["on", "when", "status", "calls", "after_ms", "to"])?;
        object.exclude(self.found, &["on", "after_ms"]);
        let on = object.get("on").and_then(|node| self.operations(&node));
        let when = object.get("when").and_then(|node| self.when(&node, on.as_ref()));
        let status = object.get("status").and_then(|node| self.status(&node, 100));
        let calls = object.get("calls").map_or(Some(1), |node| self.found.whole(&node, 1, u64::MAX)).unwrap_or(1);
        let after_ms = object.get("after_ms").map(|node| self.found.whole(&node, 0, u64::MAX));
        let to = object.get("to").and_then(|node| self.found.ident(&node)).map(str::to_owned);
        let kind = match after_ms {
            Some(after_ms) => {
                for key in ["when", "status", "calls"].into_iter().filter(|key| object.has(key)) {
                    self.found.tell(Code::W04, &object.to(key), "changes nothing beside \"after_ms\"", "leave it out");
                }
                EndKind::AfterMs(after_ms?)
            }
            None if object.has("on") => EndKind::Calls { on: on?, when, status, calls },
            None => {
                let help = "add \"on\" (an operation) or \"after_ms\"";
                self.found.tell(Code::E06, &node.path, "lacks \"on\" or \"after_ms\"", help);
                return None;
            }
        };
        Some(End { kind, to, place: self.found.place(&node.path), path: node.path.clone() })
    }

    fn perturb(&mut self, node: &Node<'_>) -> Option<Perturb> {
        let keys =
            ["on", "unknown_fields", "new_enum_values", "reorder_keys", "omit_optional", "null_nullable", "fields"];
        let object = self.found.some_object(node, &keys)?;
        if object.has("on") && keys[1..].iter().all(|key| !object.has(key)) {
            let help = format!("add one of {}", keys[1..].join(", "));
            self.found.tell(Code::W04, &object.to("on"), "is all there is: nothing is varied", help);
        }
        let on = object.get("on").map(|node| self.varied(&node));
        let mut share = |key: &str| object.get(key).and_then(|node| self.found.share(&node)).unwrap_or_default();
        let (omit_optional, null_nullable) = (share("omit_optional"), share("null_nullable"));
        if let Some(node) = object.get("new_enum_values") {
            self.goes_beyond(&node.path, "shows values that the documents do not have");
        }
        let fields = object.get("fields").map(|node| self.found.some_list(&node, 1)).unwrap_or_default();
        let fields = fields.iter().filter_map(|item| self.field_drift(item)).collect();
        Some(Perturb {
            fields,
            on: on.unwrap_or_else(|| Some(self.everything()))?,
            unknown_fields: self.found.only_true(object.get("unknown_fields")),
            new_enum_values: self.found.only_true(object.get("new_enum_values")),
            reorder_keys: self.found.only_true(object.get("reorder_keys")),
            omit_optional,
            null_nullable,
        })
    }

    fn field_drift(&mut self, node: &Node<'_>) -> Option<FieldDrift> {
        const TYPES: [(&str, JsonType); 6] = [
            ("string", JsonType::String),
            ("number", JsonType::Number),
            ("boolean", JsonType::Boolean),
            ("array", JsonType::Array),
            ("object", JsonType::Object),
            ("null", JsonType::Null),
        ];
        let object = self.found.object(node, &["of", "field", "type", "name", "gone", "from"])?;
        self.goes_beyond(&node.path, "changes a field in a way that no document has");
        let of = object.need(self.found, "of").and_then(|node| {
            let name = self.found.text(&node)?.to_owned();
            self.collection(&name, &node)
        });
        let field = object
            .need(self.found, "field")
            .and_then(|node| Some((self.found.some_text(&node)?.to_owned(), node.path)));
        for keys in [["type", "name"], ["type", "gone"], ["name", "gone"]] {
            object.exclude(self.found, &keys);
        }
        let kind = object.get("type").and_then(|node| self.found.one_of(&node, &TYPES.map(|(word, _)| word)));
        let name = object.get("name").and_then(|node| self.found.some_text(&node)).map(str::to_owned);
        let gone = self.found.only_true(object.get("gone"));
        let change = match (kind, name) {
            (Some(place), _) => Some(FieldChange::Type(TYPES[place].1)),
            (None, Some(name)) => Some(FieldChange::Name(name)),
            (None, None) if gone => Some(FieldChange::Gone),
            (None, None) => {
                if !["type", "name", "gone"].iter().any(|key| object.has(key)) {
                    let help = "add \"type\", \"name\" or \"gone\": true";
                    self.found.tell(Code::E06, &node.path, "does not say what becomes of the field", help);
                }
                None
            }
        };
        let from = object
            .get("from")
            .and_then(|node| Some((self.found.ident(&node)?.to_owned(), self.found.place(&node.path))));
        let (of, (field, path), change) = (of?, field?, change?);
        if of.field(&field).is_none() || field == of.id_field {
            let help = did_you_mean(&field, of.fields.iter().map(|field| field.name));
            self.found.tell(Code::E13, &path, format!("{field:?} is no field of {} that can change", of.title), help);
        }
        Some(FieldDrift { of, field, change, from })
    }

    /// Reads the operations whose answers are to be varied.
    fn varied(&mut self, node: &Node<'_>) -> Option<Operations> {
        let on = self.operations(node)?;
        if !self.rows(&on).iter().any(|row| row.route.is_modelled() && row.route.shows_json()) {
            let what = "changes nothing: none of these operations answers with JSON of its own";
            self.found.tell(Code::W04, &node.path, what, "select operations that answer with records");
        }
        Some(on)
    }

    /// Reads a status: at least `least`, below 600.
    pub(in crate::scenario) fn status(&mut self, node: &Node<'_>, least: u64) -> Option<u16> {
        self.found.whole(node, least, 599).and_then(|status| u16::try_from(status).ok())
    }

    /// Returns all operations of the scenario's APIs.
    fn everything(&self) -> Operations {
        Operations(self.apis.iter().map(|api| format!("{}.*", api.name)).collect())
    }

    /// Reads a selection of operations, which must select at least one.
    pub(in crate::scenario) fn operations(&mut self, node: &Node<'_>) -> Option<Operations> {
        let mut all = Vec::new();
        for item in self.found.one_or_more(node) {
            let Some(pattern) = self.found.text(&item) else { continue };
            if pattern == "*" {
                all.extend(self.everything().0);
                continue;
            }
            if !is_dotted(pattern.strip_suffix(".*").unwrap_or(pattern), 1) {
                let help = format!("write an operation such as {}, or one with .* at its end", self.example());
                self.found.tell(Code::E08, &item.path, format!("{pattern:?} selects no operation"), help);
                continue;
            }
            if self.rows(&Operations::from(pattern)).is_empty() {
                let help = self.found.remedy(|| self.meant(pattern));
                self.found.tell(Code::E03, &item.path, format!("{pattern:?} selects no operation"), help);
                continue;
            }
            self.depends_on_operation(&item.path, pattern);
            all.push(pattern.to_owned());
        }
        (!all.is_empty()).then_some(Operations(all))
    }

    /// Returns the name of an operation, as an example in remedies.
    pub(in crate::scenario) fn example(&self) -> &'static str {
        let ours = |row: &&Row| self.apis.first().is_none_or(|api| api.name == row.api.name);
        self.router.rows().iter().find(ours).map_or("api.resource.list", |row| row.operation)
    }

    /// Returns the remedy for a selection that selects nothing: the pattern that may have been meant.
    pub(in crate::scenario) fn meant(&self, pattern: &str) -> String {
        let elsewhere = Operations::from(pattern);
        if let Some(row) = self.router.rows().iter().find(|row| elsewhere.select(row.operation)) {
            return format!("it is an operation of {}: add it to \"api\"", row.api.name);
        }
        let rows = || self.router.rows().iter().filter(|row| self.apis.iter().any(|api| api.name == row.api.name));
        let operations: Vec<&str> = rows().map(|row| row.operation).collect();
        let Some(start) = pattern.strip_suffix(".*") else {
            return if operations.is_empty() {
                "name an API first".to_owned()
            } else {
                did_you_mean(pattern, operations).into()
            };
        };
        let mut groups: Vec<&str> =
            operations.iter().filter_map(|name| name.rsplit_once('.')).map(|(group, _)| group).collect();
        groups.extend(self.apis.iter().map(|api| api.name));
        groups.dedup();
        let meant = did_you_mean(start, groups).to_string();
        if meant.ends_with('?') { meant.replace('?', ".*?") } else { meant }
    }
}

/// Tells whether a text is at least `least` words of letters, joined by dots. The first is of lower-case letters, the
/// others may have digits and underscores.
pub(in crate::scenario) fn is_dotted(text: &str, least: usize) -> bool {
    let mut parts = text.split('.');
    let first = parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()));
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let rest: Vec<&str> = parts.collect();
    first && rest.len() + 1 >= least && rest.iter().all(|part| !part.is_empty() && part.bytes().all(good))
}

/// Tells whether a text is like `2024-01-20T10:00:00Z`, with at most milliseconds.
fn is_time(text: &str) -> bool {
    let digits = |part: &str, form: &str| {
        part.len() == form.len()
            && part.bytes().zip(form.bytes()).all(|(b, f)| if f == b'0' { b.is_ascii_digit() } else { b == f })
    };
    let Some(text) = text.strip_suffix('Z') else { return false };
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    digits(whole, "0000-00-00T00:00:00") && (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
}

/// Returns the name of a file without folders and ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_suffix(".json").unwrap_or(name)
}
