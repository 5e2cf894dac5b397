//! Reading expectations and the probe.

use std::collections::HashMap;

use crate::scenario::model::diagnostics::{Code, did_you_mean};
use crate::scenario::model::format::Backoff;
use crate::scenario::model::format::{
    CallExpectation, Conduct, CoverExpectation, Expect, FinalExpectation, Probe, ProbeStep,
};
use crate::scenario::model::matchers::Range;
use crate::scenario::parse::read::{FileReader, is_dotted};
use crate::scenario::parse::reader::{Node, Object};
use crate::scenario::parse::unknown_fields::MARK;

impl FileReader<'_, '_> {
    pub(in crate::scenario) fn expect(&mut self, node: &Node<'_>) -> Expect {
        let keys = ["calls", "order", "only", "conduct", "final", "cover", "reach"];
        let Some(object) = self.found.some_object(node, &keys) else { return Expect::default() };
        let calls = object.get("calls").map(|node| self.found.some_list(&node, 1)).unwrap_or_default();
        let calls: Vec<CallExpectation> = calls.iter().filter_map(|call| self.expected_call(call)).collect();
        let order = object.get("order").map(|node| self.found.some_list(&node, 1)).unwrap_or_default();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (place, id) in calls.iter().enumerate().filter_map(|(place, call)| Some((place, call.id.as_deref()?))) {
            places.entry(id).or_insert(place);
        }
        let ordered = |list| (self.order(list, &calls, &places), self.found.place(&list.path));
        let order = order.iter().map(ordered).collect();
        let only = object.get("only");
        let only = only.and_then(|node| Some((self.operations(&node)?, self.found.place(&node.path))));
        let conduct = object.get("conduct").and_then(|node| self.conduct(&node)).unwrap_or_default();
        let finals = object.get("final").map(|node| self.finals(&node)).unwrap_or_default();
        let cover = object.get("cover").map(|node| self.found.some_list(&node, 1)).unwrap_or_default();
        let cover = cover.iter().filter_map(|item| self.cover(item)).collect();
        let reach = object.get("reach").and_then(|node| {
            let name = self.found.ident(&node)?.to_owned();
            Some((name, self.found.place(&node.path)))
        });
        Expect { calls, order, only, conduct, finals, cover, reach }
    }

    pub(in crate::scenario) fn expected_call(&mut self, node: &Node<'_>) -> Option<CallExpectation> {
        let object = self.found.object(node, &["id", "on", "when", "fault", "step", "status", "outcome", "times"])?;
        if !object.has("on") && !object.has("fault") {
            self.found.tell(Code::E06, &node.path, "lacks \"on\" or \"fault\"", "say which calls are meant");
        }
        let mut name = |key: &str| object.get(key).and_then(|node| self.found.ident(&node)).map(str::to_owned);
        let (id, fault, step) = (name("id"), name("fault"), name("step"));
        let on = object.get("on").and_then(|node| self.operations(&node));
        let when = object.get("when").and_then(|node| self.when(&node, on.as_ref()));
        Some(CallExpectation {
            id,
            on,
            when,
            fault,
            step,
            gave_up: self.gave_up(&object),
            status: self.statuses(&object),
            times: object.get("times").and_then(|node| self.found.times(&node)).unwrap_or(Range::at_least(1)),
            place: Some(self.found.place(&node.path)),
            source: None,
        })
    }

    /// Reads `gave_up`: only calls whose client gave up, which have no status.
    fn gave_up(&mut self, object: &Object<'_>) -> bool {
        let Some(node) = object.get("outcome") else { return false };
        let gave_up = self.found.one_of(&node, &["gave_up"]).is_some();
        if gave_up && object.has("status") {
            let what = "and \"status\" exclude each other: a client that gave up got none".to_owned();
            self.found.tell(Code::E09, &node.path, what, "keep one of them");
        }
        gave_up
    }

    /// Reads one status or several.
    fn statuses(&mut self, object: &Object<'_>) -> Vec<u16> {
        let items = object.get("status").map(|node| self.found.one_or_more(&node)).unwrap_or_default();
        items.iter().filter_map(|item| self.status(item, 100)).collect()
    }

    /// Reads ids of expected calls as their places among them.
    fn order(&mut self, node: &Node<'_>, calls: &[CallExpectation], known: &HashMap<&str, usize>) -> Vec<usize> {
        let mut places = Vec::new();
        for item in self.found.some_list(node, 2) {
            let Some(id) = self.found.ident(&item) else { continue };
            match known.get(id) {
                Some(place) => places.push(*place),
                None => {
                    let ids = calls.iter().filter_map(|call| call.id.as_deref());
                    let what = format!("{id:?} is the id of no expected call");
                    self.found.tell(Code::E13, &item.path, what, did_you_mean(id, ids));
                }
            }
        }
        places
    }

    fn conduct(&mut self, node: &Node<'_>) -> Option<Conduct> {
        let keys = ["retry_after", "backoff", "paging", "no_retry_on", "max_attempts", "unknown_fields"];
        let object = self.found.some_object(node, &keys)?;
        let place = |this: &Self, key: &str| this.found.place(&object.to(key));
        let mut conduct = Conduct::default();
        if let Some(node) = object.get("retry_after") {
            conduct.retry_after = self.found.one_of(&node, &["honour"]).map(|_| place(self, "retry_after"));
        }
        if let Some(node) = object.get("backoff") {
            conduct.backoff = self.backoff(&node).map(|backoff| (backoff, place(self, "backoff")));
        }
        if let Some(node) = object.get("paging") {
            conduct.follow_next = self.found.one_of(&node, &["follow_next"]).map(|_| place(self, "paging"));
            for api in self.apis.clone() {
                if api.dialect.next_links().is_none() {
                    let what = format!("cannot be kept: {} issues no next links", api.title);
                    self.found.tell(Code::E15, &node.path, what, "leave it out");
                }
            }
        }
        if let Some(node) = object.get("no_retry_on") {
            let items = self.found.some_list(&node, 1);
            let statuses = items.iter().filter_map(|item| self.status(item, 100)).collect();
            conduct.no_retry_on = Some((statuses, place(self, "no_retry_on")));
        }
        if let Some(node) = object.get("max_attempts") {
            let most = self.found.whole(&node, 1, u64::MAX);
            conduct.max_attempts = most.map(|most| (most, place(self, "max_attempts")));
        }
        if let Some(node) = object.get("unknown_fields") {
            let word = self.found.one_of(&node, &["forbid", "allow"]);
            conduct.known_fields = (word == Some(0)).then(|| place(self, "unknown_fields"));
        }
        Some(conduct)
    }

    fn backoff(&mut self, node: &Node<'_>) -> Option<Backoff> {
        let object = self.found.object(node, &["min_ms", "factor"])?;
        let min_ms = object.need(self.found, "min_ms").and_then(|node| self.found.whole(&node, 1, u64::MAX));
        let factor = object.get("factor").map_or(Some(1.0), |node| self.found.factor(&node));
        Some(Backoff { min_ms: min_ms?, factor: factor? })
    }

    fn finals(&mut self, node: &Node<'_>) -> Vec<FinalExpectation> {
        let mut all = Vec::new();
        for (name, list) in self.found.members(node) {
            let resource = self.collection(name, &list);
            for (number, item) in self.found.some_list(&list, 1).iter().enumerate() {
                let Some(object) = self.found.object(item, &["where", "count", MARK]) else { continue };
                let matcher = object.get("where").and_then(|node| self.found.matcher(&node));
                let count = object.need(self.found, "count").and_then(|node| self.found.times(&node));
                let allows_unknown = self.allows_unknown(&object);
                if let (Some(resource), Some(matcher), false) = (resource, &matcher, allows_unknown) {
                    self.found.tell_unknown_members(&object.to("where"), matcher, &[resource]);
                }
                if let (Some(resource), Some(count)) = (resource, count) {
                    let place = self.found.place(&item.path);
                    all.push(FinalExpectation { resource, matcher, count, number, place });
                }
            }
        }
        all
    }

    fn cover(&mut self, node: &Node<'_>) -> Option<CoverExpectation> {
        let text = self.found.text(node)?;
        let form = text.split_once(' ').filter(|(operation, outcome)| {
            let status = outcome.len() == 3 && outcome.bytes().all(|byte| byte.is_ascii_digit());
            let name = !outcome.is_empty() && outcome.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            is_dotted(operation, 2) && (status || name)
        });
        let Some((operation, outcome)) = form else {
            let help = format!("write an operation and an outcome, such as \"{} 200\"", self.example());
            self.found.tell(Code::E08, &node.path, format!("{text:?} is no outcome"), help);
            return None;
        };
        let ours = self.router.operation(operation).filter(|row| self.apis.iter().any(|api| api.name == row.api.name));
        let Some(row) = ours else {
            let help = self.found.remedy(|| self.meant(operation));
            self.found.tell(Code::E03, &node.path, format!("{operation:?} selects no operation"), help);
            return None;
        };
        let documented = match outcome.parse() {
            Ok(status) => row.documents_status(status, self.profile(row.api)),
            Err(_) => row.documents_error(outcome),
        };
        if !documented {
            let mut known: Vec<String> = vec![row.route.success.to_string()];
            known.extend(row.errors().map(|error| error.name.to_owned()));
            let help = did_you_mean(outcome, known.iter().map(String::as_str));
            let what = format!("{outcome} is not documented for {operation}");
            self.found.tell(Code::E20, &node.path, what, help);
        }
        let operation = row.operation;
        self.depends_on_operation(&node.path, operation);
        self.depends_on_outcome(&node.path, row, outcome);
        Some(CoverExpectation { operation, outcome: outcome.to_owned(), place: self.found.place(&node.path) })
    }

    pub(in crate::scenario) fn probe(&mut self, node: &Node<'_>) -> Option<Probe> {
        let object = self.found.object(node, &["about", "writes", "token_env", "ignore", "steps"])?;
        let about = self.about(&object);
        let writes = object.get("writes").and_then(|node| self.found.flag(&node)).unwrap_or_default();
        let token_env = object.get("token_env").and_then(|node| {
            let name = self.found.text(&node)?;
            let good = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
            if !name.starts_with(|first: char| first.is_ascii_uppercase()) || !name.bytes().all(good) {
                let help = "write it in upper-case letters, digits and underscores, such as API_TOKEN";
                self.found.tell(Code::E08, &node.path, format!("{name:?} names no environment variable"), help);
            }
            Some(name.to_owned())
        });
        let ignore = object.get("ignore").map(|node| self.found.list(&node)).unwrap_or_default();
        let ignore = ignore.iter().filter_map(|item| self.pointer(item)).collect();
        let steps = object.need(self.found, "steps").map(|node| self.found.some_list(&node, 1)).unwrap_or_default();
        let steps = steps.iter().filter_map(|step| self.probe_step(step)).collect();
        Some(Probe { about, writes, token_env, ignore, steps })
    }

    fn probe_step(&mut self, node: &Node<'_>) -> Option<ProbeStep> {
        let keys = ["on", "params", "query", "body", "status", "bind", "cleanup"];
        let object = self.found.object(node, &keys)?;
        let mut texts = |key: &str| -> Vec<(String, String)> {
            let members = object.get(key).map(|node| self.found.members(&node)).unwrap_or_default();
            let read = |(name, node): (&str, Node<'_>)| Some((name.to_owned(), self.found.text(&node)?.to_owned()));
            members.into_iter().filter_map(read).collect()
        };
        let (params, query) = (texts("params"), texts("query"));
        let mut bind = Vec::new();
        for (name, node) in object.get("bind").map(|node| self.found.members(&node)).unwrap_or_default() {
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
                let help = "use lower-case letters and underscores";
                self.found.tell(Code::E08, &node.path, "is no name to bind", help);
            }
            bind.extend(self.pointer(&node).map(|pointer| (name.to_owned(), pointer)));
        }
        let body = object.get("body").map(|node| node.value.clone());
        object.need(self.found, "status");
        let status = self.statuses(&object);
        let cleanup = object.get("cleanup").and_then(|node| self.found.flag(&node)).unwrap_or_default();
        let on = object.need(self.found, "on")?;
        let text = self.found.text(&on)?;
        if !is_dotted(text, 2) {
            let help = format!("write one operation, such as {}", self.example());
            self.found.tell(Code::E08, &on.path, format!("{text:?} selects no operation"), help);
            return None;
        }
        let ours = self.router.operation(text).filter(|row| self.apis.iter().any(|api| api.name == row.api.name));
        let Some(row) = ours else {
            let help = self.found.remedy(|| self.meant(text));
            self.found.tell(Code::E03, &on.path, format!("{text:?} selects no operation"), help);
            return None;
        };
        self.depends_on_operation(&on.path, row.operation);
        let (path, place) = (node.path.clone(), self.found.place(&node.path));
        Some(ProbeStep { row, params, query, body, status, bind, cleanup, path, place })
    }

    fn pointer(&mut self, node: &Node<'_>) -> Option<String> {
        let pointer = self.found.text(node)?;
        if !pointer.starts_with('/') {
            let help = "write a JSON Pointer, such as /0/_id";
            self.found.tell(Code::E08, &node.path, format!("{pointer:?} is no JSON Pointer"), help);
        }
        Some(pointer.to_owned())
    }
}
