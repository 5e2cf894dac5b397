//! Reading fault rules and changes of data.

use std::sync::Arc;

use serde_json::Value;

use crate::engine::schema::schema::Schema;
use crate::http::media::{charset, is_utf8};
use crate::http::message::{Delivery, TlsFault};
use crate::http::position::PathSegment;
use crate::scenario::model::diagnostics::{Code, did_you_mean};
use crate::scenario::model::format::{ChangeKind, Data, DataChange, Which};
use crate::scenario::model::rule::{Effect, Operations, Phase, Rule, Trigger};
use crate::scenario::parse::read::{FileReader, is_dotted};
use crate::scenario::parse::reader::{Node, Object};
use crate::scenario::parse::unknown_fields::MARK;

/// The deliveries that `abort` can name.
const ABORTS: [Delivery; 5] =
    [Delivery::Reset, Delivery::Closed, Delivery::Truncated, Delivery::Garbage, Delivery::Hang];

/// The most records that one key makes up.
const MOST_AT_ONCE: u64 = 1_000_000;

/// Returns the reason why an answer may not set a header, if it may not.
pub(crate) fn servers_own(name: &str) -> Option<&'static str> {
    match name {
        "content-length" | "transfer-encoding" => {
            Some("is written by the server, as long as the body is; \"abort\": \"truncate\" sends less than it says")
        }
        "connection" | "keep-alive" | "proxy-connection" | "upgrade" | "te" | "trailer" => {
            Some("is about the connection, which belongs to the server; \"abort\": \"close\" ends it")
        }
        "date" => Some("is the time of the world's clock; set that with \"clock\""),
        name if name.starts_with("standin-") => Some("is a header that standin writes itself"),
        _ => None,
    }
}

/// Returns how a header contradicts the body, if it does.
fn belies(name: &str, value: &str) -> Option<String> {
    let is_plain = |coding: &str| coding.is_empty() || coding.eq_ignore_ascii_case("identity");
    match name {
        "content-encoding" if !value.split(',').all(|coding| is_plain(coding.trim())) => {
            Some(format!("is {value:?}, and the body is sent as it is written: it is not so encoded"))
        }
        "content-type" if !is_utf8(value) => {
            let named = charset(value).unwrap_or_default();
            Some(format!("names the charset {named:?}, and the body is sent in UTF-8"))
        }
        _ => None,
    }
}

impl FileReader<'_, '_> {
    pub(in crate::scenario) fn rules(&mut self, node: &Node<'_>) -> Vec<Arc<Rule>> {
        let items = self.found.list(node);
        items.iter().filter_map(|item| self.rule(item, true)).map(Arc::new).collect()
    }

    /// Reads a rule; `must_have_id` says whether one without an id is refused.
    pub(in crate::scenario) fn rule(&mut self, node: &Node<'_>, must_have_id: bool) -> Option<Rule> {
        let keys = ["id", "about", "on", "when", "at", "limit", "phase", "optional", "do"];
        let before = self.found.refusals();
        let object = self.found.object(node, &keys)?;
        let id = if must_have_id { object.need(self.found, "id") } else { object.get("id") };
        let id = id.and_then(|node| self.found.ident(&node));
        self.about(&object);
        let on = object.need(self.found, "on").and_then(|node| self.operations(&node));
        let mut rule = Rule::on(on.unwrap_or_default());
        rule.source = Some(node.value.to_string().into());
        rule.id = Arc::from(id.unwrap_or_default());
        rule.when = object.get("when").and_then(|node| self.when(&node, Some(&rule.on)));
        if let Some(at) = object.get("at").and_then(|node| self.at(&node)) {
            rule.at = at;
        }
        rule.limit = object.get("limit").and_then(|node| self.found.whole(&node, 1, u64::MAX));
        let phase = object.get("phase").and_then(|node| self.found.one_of(&node, &["before", "after"]));
        if phase == Some(1) {
            rule.phase = Phase::After;
        }
        rule.optional = self.found.only_true(object.get("optional"));
        if let Some(effect) = object.need(self.found, "do") {
            self.effect(&effect, &mut rule);
        }
        // A rule with a fault has no place: it stays in the list, and no check looks at it.
        rule.place = (self.found.refusals() == before).then(|| self.found.place(&node.path));
        Some(rule)
    }

    fn at(&mut self, node: &Node<'_>) -> Option<Trigger> {
        let object = self.found.some_object(node, &["nth", "every", "from", "to", "p"])?;
        for keys in [["nth", "every"], ["nth", "p"], ["nth", "from"], ["nth", "to"], ["every", "p"]] {
            object.exclude(self.found, &keys);
        }
        for keys in [["every", "from"], ["every", "to"], ["p", "from"], ["p", "to"]] {
            object.exclude(self.found, &keys);
        }
        if let Some(node) = object.get("nth") {
            let mut ordinals = Vec::new();
            for item in self.found.one_or_more(&node) {
                let Some(n) = self.found.whole(&item, 1, u64::MAX) else { continue };
                if ordinals.contains(&n) {
                    self.found.tell(Code::E08, &item.path, format!("{n} stands twice"), "keep one");
                }
                ordinals.push(n);
            }
            ordinals.sort_unstable();
            return (!ordinals.is_empty()).then_some(Trigger::Nth(ordinals));
        }
        if let Some(node) = object.get("every") {
            return self.found.whole(&node, 1, u64::MAX).map(Trigger::Every);
        }
        if let Some(node) = object.get("p") {
            return self.found.share(&node).map(Trigger::Chance);
        }
        let mut bound =
            |key: &str, default| object.get(key).map_or(Some(default), |node| self.found.whole(&node, 1, u64::MAX));
        let (from, to) = (bound("from", 1)?, bound("to", u64::MAX)?);
        if from > to {
            self.found.tell(Code::E08, &node.path, format!("goes from {from} to {to}"), "no call is both; swap them");
        }
        (object.has("from") || object.has("to")).then_some(Trigger::Between(from, to))
    }

    fn effect(&mut self, node: &Node<'_>, rule: &mut Rule) {
        let keys = ["error", "with", "respond", "abort", "tls", "delay_ms", "slow_bytes_per_s"];
        let Some(object) = self.found.some_object(node, &keys) else { return };
        let terminal = ["error", "respond", "abort", "tls"];
        let pairs = (0..terminal.len()).flat_map(|n| (n + 1..terminal.len()).map(move |m| [terminal[n], terminal[m]]));
        for keys in pairs {
            object.exclude(self.found, &keys);
        }
        if object.has("with") && !object.has("error") {
            self.found.tell(
                Code::E09,
                &object.to("with"),
                "needs \"error\" beside it",
                "name the error, or leave \"with\" out",
            );
        }
        rule.delay_ms = object.get("delay_ms").and_then(|node| self.delay(&node));
        rule.slow_bytes_per_s = object.get("slow_bytes_per_s").and_then(|node| self.found.whole(&node, 1, u64::MAX));
        if let Some(ends) = ["abort", "tls"].into_iter().find(|ends| object.has(ends) && object.has("slow_bytes_per_s"))
        {
            let what = format!("changes nothing beside {ends:?}");
            self.found.tell(Code::W04, &object.to("slow_bytes_per_s"), what, "leave one of them out");
        }
        if let Some(error) = object.get("error") {
            rule.effect = self.error(&object, &error, &rule.on);
        } else if let Some(respond) = object.get("respond") {
            rule.effect = self.respond(&respond, &rule.on);
        } else if let Some(abort) = object.get("abort") {
            let words = ABORTS.map(Delivery::as_str);
            rule.effect = self.found.one_of(&abort, &words).map(|place| Effect::Abort(ABORTS[place]));
        } else if let Some(tls) = object.get("tls") {
            let words = TlsFault::ALL.map(TlsFault::as_str);
            rule.effect = self.found.one_of(&tls, &words).map(|place| Effect::Tls(TlsFault::ALL[place]));
        }
    }

    fn delay(&mut self, node: &Node<'_>) -> Option<(u64, u64)> {
        if !node.value.is_array() {
            return self.found.whole(node, 0, u64::MAX).map(|ms| (ms, ms));
        }
        let bounds = self.found.list(node);
        let [least, most] = bounds.as_slice() else {
            let what = format!("has not 2 elements but {}", bounds.len());
            self.found.tell(Code::E08, &node.path, what, "write [least, most]");
            return None;
        };
        let (least, most) = (self.found.whole(least, 0, u64::MAX)?, self.found.whole(most, 0, u64::MAX)?);
        if least > most {
            self.found.tell(Code::E08, &node.path, format!("goes from {least} to {most}"), "swap them");
        }
        Some((least, most))
    }

    fn error(&mut self, effect: &Object<'_>, node: &Node<'_>, on: &Operations) -> Option<Effect> {
        let name = self.found.text(node)?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            let help = "error names are lower-case words joined by underscores, such as not_found";
            self.found.tell(Code::E08, &node.path, format!("{name:?} is no name of an error"), help);
            return None;
        }
        let rows = self.rows(on);
        let stranger = rows.iter().find(|row| !row.documents_error(name));
        if let Some(row) = stranger {
            let known: Vec<&str> = row.errors().map(|error| error.name).collect();
            let what = format!("{name:?} is not documented for {}", row.operation);
            let help = did_you_mean(name, known);
            self.found.tell(Code::E11, &node.path, what, help);
        } else {
            let ways = self.ways(name, &rows);
            self.depends_on_one_of(&node.path, name, &ways);
        }
        let mut terminal = Effect::Error { name: name.to_owned(), message: None, field: None, retry_after_s: None };
        if let (Some(node), Effect::Error { message, field, retry_after_s, .. }) = (effect.get("with"), &mut terminal) {
            let with = self.found.object(&node, &["message", "field", "retry_after_s"])?;
            *message = with.get("message").and_then(|node| self.found.text(&node)).map(str::to_owned);
            if let Some(node) = with.get("field") {
                *field = self.found.text(&node).map(str::to_owned);
                field.iter().for_each(|field| self.tell_unknown_error_field(&node.path, field, on));
            }
            *retry_after_s = with.get("retry_after_s").and_then(|node| self.found.whole(&node, 0, u64::MAX));
        }
        Some(terminal)
    }

    fn respond(&mut self, node: &Node<'_>, on: &Operations) -> Option<Effect> {
        let object = self.found.object(node, &["status", "headers", "body", "undocumented"])?;
        let undocumented = self.found.only_true(object.get("undocumented"));
        if let Some(node) = object.get("undocumented") {
            self.goes_beyond(&node.path, "says that no document has this answer");
        }
        self.answers(on);
        let mut headers = Vec::new();
        if let Some(node) = object.get("headers") {
            for (name, value) in self.found.members(&node) {
                let Some(text) = self.found.text(&value) else { continue };
                let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
                if name.is_empty() || !name.bytes().all(token) || text.chars().any(char::is_control) {
                    let help = "a header's name is letters, digits and dashes; its value has no line breaks";
                    self.found.tell(Code::E08, &value.path, "is no header", help);
                }
                if let Some(why) = servers_own(&name.to_ascii_lowercase()) {
                    self.found.tell(Code::E08, &value.path, why, "leave it out");
                }
                if let Some(what) = belies(&name.to_ascii_lowercase(), text).filter(|_| object.get("body").is_some()) {
                    let help = "leave it out, unless a client that cannot read the body is what is tried";
                    self.found.tell(Code::W08, &value.path, what, help);
                }
                headers.push((name.to_ascii_lowercase(), text.to_owned()));
            }
        }
        let body = object.get("body").map(|node| node.value.clone());
        let status_node = object.need(self.found, "status")?;
        let status = self.status(&status_node, 200)?;
        let stranger = self
            .rows(on)
            .iter()
            .find(|row| !row.documents_status(status, self.profile(row.api)))
            .map(|row| row.operation);
        if let Some(operation) = stranger.filter(|_| !undocumented) {
            let what = format!("{status} is not documented for {operation}");
            self.found.tell(Code::E07, &status_node.path, what, "add \"undocumented\": true if that is meant");
        }
        if body.is_some() && matches!(status, 204 | 304) {
            let what = format!("cannot travel: a {status} has no body");
            self.found.tell(Code::E09, &object.to("body"), what, "leave it out, or answer with another status");
        }
        Some(Effect::Respond { status, headers, body, undocumented })
    }

    /// Reads changes of data. `from` may stand at the start of a file only.
    pub(in crate::scenario) fn data(&mut self, node: &Node<'_>, may_start: bool) -> Option<Data> {
        let object = self.found.some_object(node, &["from", "generate", "add", "patch", "recreate", "remove", MARK])?;
        let allows_unknown = self.allows_unknown(&object);
        let mut data = Data::default();
        if let Some(from) = object.get("from") {
            if may_start {
                data.from = self.fixture_set(&from);
            } else {
                let help = "only the file's own \"data\" starts from a fixture set; a step changes what is there";
                self.found.tell(Code::E09, &from.path, "has no place in a step", help);
            }
            data.from_path = from.path;
        }
        for (resource, node) in self.collections(&object, "generate") {
            let Some(made) = self.found.object(&node, &["count", "like"]) else { continue };
            let count = made.need(self.found, "count").and_then(|node| self.found.whole(&node, 1, MOST_AT_ONCE));
            let like = match made.get("like") {
                Some(node) => self.fields(&node),
                None => Some(crate::engine::schema::document::Document::new()),
            };
            if let Some(like) = like.as_ref().filter(|_| !allows_unknown) {
                self.found.tell_unknown_fields(&made.to("like"), like, resource);
            }
            if let (Some(count), Some(like)) = (count, like) {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                self.change(&mut data, resource, ChangeKind::Generate(count, like), &node.path);
            }
        }
        for (resource, node) in self.collections(&object, "add") {
            for record in self.found.list(&node) {
                if let Some(fields) = self.fields(&record) {
                    if !allows_unknown {
                        self.found.tell_unknown_fields(&record.path, &fields, resource);
                    }
                    self.change(&mut data, resource, ChangeKind::Add(fields), &record.path);
                }
            }
        }
        for (resource, node) in self.collections(&object, "patch") {
            for (id, patch) in self.found.members(&node) {
                let fields = self.fields(&patch);
                if let Some(fields) = fields.as_ref().filter(|_| !allows_unknown) {
                    self.found.tell_unknown_fields(&patch.path, fields, resource);
                }
                if let (Some(which), Some(fields)) = (self.which(id, &patch), fields) {
                    self.change(&mut data, resource, ChangeKind::Patch(which, fields), &patch.path);
                }
            }
        }
        for (key, kind) in
            [("recreate", ChangeKind::Recreate as fn(Vec<Which>) -> ChangeKind), ("remove", ChangeKind::Remove)]
        {
            for (resource, node) in self.collections(&object, key) {
                let records = self.some_records(&node);
                self.change(&mut data, resource, kind(records), &node.path);
            }
        }
        Some(data)
    }

    /// Reads a list of records, by id or by place.
    fn some_records(&mut self, node: &Node<'_>) -> Vec<Which> {
        let mut records = Vec::new();
        for item in self.found.list(node) {
            let Some(id) = self.found.text(&item) else { continue };
            records.extend(self.which(id, &item));
        }
        records
    }

    fn change(&mut self, data: &mut Data, resource: &'static Schema, kind: ChangeKind, path: &[PathSegment]) {
        let place = self.found.place(path);
        data.changes.push(DataChange { resource, kind, path: path.to_vec(), place });
    }

    fn fields(&mut self, node: &Node<'_>) -> Option<crate::engine::schema::document::Document> {
        match node.value {
            Value::Object(fields) => Some(fields.clone().into()),
            _ => {
                self.found.members(node);
                None
            }
        }
    }

    fn which(&mut self, id: &str, node: &Node<'_>) -> Option<Which> {
        match id.strip_prefix('#').map(str::parse::<usize>) {
            None | Some(Err(_)) => Some(Which::Id(id.to_owned())),
            Some(Ok(0)) => {
                self.found.tell(Code::E08, &node.path, "is #0", "records are counted from #1");
                None
            }
            Some(Ok(n)) => Some(Which::Nth(n)),
        }
    }

    fn fixture_set(&mut self, node: &Node<'_>) -> Option<String> {
        let name = self.found.text(node)?;
        let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !name.split('/').all(|part| !part.is_empty() && part.bytes().all(good)) {
            let help = "name a fixture set, such as default; a path cannot leave the fixtures";
            self.found.tell(Code::E16, &node.path, format!("{name:?} names no fixture set"), help);
            return None;
        }
        Some(name.to_owned())
    }

    /// Reads the members of a key that are named by collection.
    fn collections<'v>(&mut self, object: &Object<'v>, key: &str) -> Vec<(&'static Schema, Node<'v>)> {
        let Some(node) = object.get(key) else { return Vec::new() };
        let members = self.found.members(&node);
        members.into_iter().filter_map(|(name, node)| Some((self.collection(name, &node)?, node))).collect()
    }

    pub(in crate::scenario) fn collection(&mut self, name: &str, node: &Node<'_>) -> Option<&'static Schema> {
        if !is_dotted(name, 2) || name.split('.').count() != 2 {
            let known = self.apis.iter().flat_map(|api| api.schemas()).next().map_or("api.resource", |it| it.name);
            let help = format!("write the API and the resource, such as {known}");
            self.found.tell(Code::E08, &node.path, "is no name of a collection", help);
            return None;
        }
        let resource = self.apis.iter().find_map(|api| api.resource(name));
        if resource.is_none() {
            let elsewhere = self.router.apis().iter().find(|api| api.resource(name).is_some());
            let known = self.apis.iter().flat_map(|api| api.resources).map(|it| it.schema.name);
            let help = self.found.remedy(|| match elsewhere {
                Some(api) => format!("it is a collection of {}: add it to \"api\"", api.name),
                None => did_you_mean(name, known).into(),
            });
            self.found.tell(Code::E10, &node.path, "names no collection", help);
        }
        resource
    }
}
