//! Checks of the tokens that a scenario lists: the integrations that they see, and the `when`s that name a token.

use serde_json::Value;

use crate::engine::api::api::Api;
use crate::engine::api::route::Access;
use crate::engine::api::router::Router;
use crate::engine::schema::document::Document;
use crate::engine::schema::schema::IdFormat;
use crate::engine::schema::suggest::nearest;
use crate::engine::store::{Record, Store};
use crate::http::position::{PathSegment, show};
use crate::scenario::model::diagnostics::{Code, Diagnostics, did_you_mean};
use crate::scenario::model::fixture_sets::Fixtures;
use crate::scenario::model::format::{ChangeKind, DataChange, EndKind, Scenario};
use crate::scenario::model::matchers::{Matcher, Type};
use crate::scenario::model::rule::{Effect, Operations, Rule};
use crate::scenario::model::when::When;
use crate::scenario::parse::paths::{all_rules, below, rule_path};

/// The status of a request whose credential is refused.
const REFUSED: u16 = 401;

/// Warns of integrations that do not exist, and of tokens in a `when` that are not listed.
pub(super) fn check_tokens(found: &mut Diagnostics<'_>, scenario: &Scenario, router: &Router, fixtures: &Fixtures) {
    if scenario.credentials.is_empty() {
        return;
    }
    let listed = ListedTokens { scenario, router, start: fixtures.start(router, scenario.data.as_ref()) };
    listed.tell_unknown_integrations(found);
    for (step, n, rule) in all_rules(scenario) {
        let is_of_refused = listed.answers_as_refused(rule);
        listed.tell_unlisted(found, &rule_path(step, n), Some(&rule.on), rule.when.as_ref(), is_of_refused);
    }
    for (n, call) in scenario.expect.calls.iter().enumerate() {
        let path = [PathSegment::from("expect"), PathSegment::from("calls"), PathSegment::from(n)];
        let is_of_refused = call.status.contains(&REFUSED);
        listed.tell_unlisted(found, &path, call.on.as_ref(), call.when.as_ref(), is_of_refused);
    }
    for end in scenario.steps.iter().flat_map(|step| &step.ends) {
        if let EndKind::Calls { on, when, status, .. } = &end.kind {
            listed.tell_unlisted(found, &end.path, Some(on), when.as_ref(), *status == Some(REFUSED));
        }
    }
}

/// The tokens of a scenario, and the records it starts from.
struct ListedTokens<'s> {
    scenario: &'s Scenario,
    router: &'s Router,
    start: Store,
}

impl ListedTokens<'_> {
    /// Warns of ids of integrations that no integration has.
    fn tell_unknown_integrations(&self, found: &mut Diagnostics<'_>) {
        for (api, credentials) in &self.scenario.credentials {
            let Some(api) = self.router.apis().iter().find(|known| known.name == *api) else { continue };
            let Some(schema) = api.resource(&format!("{}.integrations", api.name)) else { continue };
            let changes = || self.changes().filter(|change| change.resource == schema);
            let added =
                || changes().filter_map(|change| change.added()).filter_map(|it| it.get(schema.id_field)?.as_str());
            let known: Vec<&str> = self.start.of(schema).iter().map(Record::id).chain(added()).collect();
            // The ids of generated records are drawn, so no file names them.
            let draws = |change: &DataChange| match &change.kind {
                ChangeKind::Generate(..) | ChangeKind::Recreate(_) => true,
                ChangeKind::Add(fields) => fields.get(schema.id_field).is_none(),
                ChangeKind::Patch(..) | ChangeKind::Remove(_) => false,
            };
            let are_drawn = changes().any(draws);
            let (is_uuid, form) = match schema.ids {
                IdFormat::ObjectId => (false, Matcher::Type(Type::ObjectId)),
                IdFormat::Uuid => (true, Matcher::Type(Type::Uuid)),
            };
            let is = |id: &str, known: &str| id == known || (is_uuid && id.eq_ignore_ascii_case(known));
            let may_be_drawn = |id: &str| are_drawn && form.matches(Some(&Value::from(id)));
            for (n, credential) in credentials.iter().enumerate() {
                for (m, id) in credential.integrations.iter().flatten().enumerate() {
                    let is_known = known.iter().any(|known| is(id, known));
                    if is_known || (may_be_drawn(id) && nearest(id, known.iter().copied()).is_none()) {
                        continue;
                    }
                    let path = [path_of(api, n), vec!["integrations".into(), m.into()]].concat();
                    let what = format!("{id:?} is the id of no integration, at the start or of a step");
                    found.tell(Code::W04, &path, what, did_you_mean(id, known.iter().copied()));
                }
            }
        }
    }

    /// Warns of a token that a `when` requires and that is not listed. `is_of_refused` says that the request may be
    /// meant to be refused.
    fn tell_unlisted(
        &self,
        found: &mut Diagnostics<'_>,
        path: &[PathSegment],
        on: Option<&Operations>,
        when: Option<&When>,
        is_of_refused: bool,
    ) {
        let Some(matcher) = when.and_then(|when| when.token.as_ref()).filter(|_| !is_of_refused) else { return };
        let wanted = match matcher {
            Matcher::Equals(Value::String(text)) | Matcher::Glob(text) => vec![text.as_str()],
            Matcher::In(values) => values.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let is_for = |operation: &str| on.is_none_or(|on| on.select(operation));
        let is_of = |api: &Api| self.scenario.apis.iter().any(|known| known.name == api.name);
        let rows = || self.router.rows().iter().filter(|row| is_for(row.operation) && is_of(row.api));
        let apis: Vec<&Api> =
            self.scenario.apis.iter().copied().filter(|api| rows().any(|row| row.api.name == api.name)).collect();
        let mut tokens: Vec<(&str, String)> = Vec::new();
        for api in &apis {
            let Some((_, listed)) = self.scenario.credentials.iter().find(|(name, _)| *name == api.name) else {
                return;
            };
            tokens.extend(listed.iter().enumerate().map(|(n, it)| (it.token.as_str(), show(&path_of(api, n)))));
        }
        if tokens.is_empty() || tokens.iter().any(|(token, _)| matcher.matches(Some(&Value::from(*token)))) {
            return;
        }
        // The message does not repeat the token, which is a credential.
        let near = wanted.iter().find_map(|text| nearest(text, tokens.iter().map(|(token, _)| *token)));
        let near = near.and_then(|near| tokens.iter().find(|(token, _)| *token == near));
        let help = match near {
            Some((_, place)) => format!("did you mean that of {place}?"),
            // Records have tokens too, and consumers create some.
            None if rows().any(|row| !matches!(row.route.access, Access::Authenticated | Access::Application)) => {
                return;
            }
            None if wanted.iter().any(|text| self.has_record_with(text)) => return,
            None => "add it there; a call that is meant to be refused is told by its status 401".to_owned(),
        };
        let names: Vec<String> = apis.iter().map(|api| format!("tokens.{}", api.name)).collect();
        let what = format!("is none of {}", names.join(", "));
        found.tell(Code::W04, &below(&below(path, "when"), "token"), what, help);
    }

    /// Tells whether a rule answers as the API answers a refused credential.
    fn answers_as_refused(&self, rule: &Rule) -> bool {
        match &rule.effect {
            Some(Effect::Respond { status, .. }) => *status == REFUSED,
            Some(Effect::Error { name, .. }) => {
                self.scenario.apis.iter().any(|api| api.error(name).is_some_and(|error| error.status == REFUSED))
            }
            _ => false,
        }
    }

    /// Tells whether a record of the start, or one that a change adds, has a field with that text.
    fn has_record_with(&self, text: &str) -> bool {
        let has = |fields: &Document| fields.iter().any(|(_, value)| value == text);
        let of_start = self.start.collections().any(|collection| collection.iter().any(|record| has(record.fields())));
        let is_put = |change: &DataChange| match &change.kind {
            ChangeKind::Generate(_, fields) | ChangeKind::Add(fields) | ChangeKind::Patch(_, fields) => has(fields),
            ChangeKind::Recreate(_) | ChangeKind::Remove(_) => false,
        };
        of_start || self.changes().any(is_put)
    }

    /// Returns all changes of data, of the file and of its steps.
    fn changes(&self) -> impl Iterator<Item = &DataChange> {
        let of_steps = self.scenario.steps.iter().map(|step| &step.data);
        self.scenario.data.iter().chain(of_steps).flat_map(|data| &data.changes)
    }
}

/// Returns the path of the n-th credential of an API.
fn path_of(api: &Api, n: usize) -> Vec<PathSegment> {
    let list = api.dialect.credential_form().list;
    let keys = ["tokens", api.name].into_iter().chain(list).map(PathSegment::from);
    keys.chain([PathSegment::from(n)]).collect()
}

impl DataChange {
    /// Returns the record that the change adds, if it adds one.
    fn added(&self) -> Option<&Document> {
        match &self.kind {
            ChangeKind::Add(fields) => Some(fields),
            _ => None,
        }
    }
}
