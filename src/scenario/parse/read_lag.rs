//! Reading `lag`.

use std::collections::HashSet;

use crate::http::message::Method;
use crate::scenario::model::diagnostics::Code;
use crate::scenario::model::lag::{Lag, LagSpan};
use crate::scenario::parse::read::FileReader;
use crate::scenario::parse::reader::Node;

impl FileReader<'_, '_> {
    /// Reads `lag`: the operations that see a change only later.
    pub(in crate::scenario) fn lags(&mut self, node: &Node<'_>) -> Vec<Lag> {
        let items = self.found.some_list(node, 1);
        let lags: Vec<Lag> = items.iter().filter_map(|item| self.lag(item)).collect();
        let mut taken = HashSet::new();
        lags.iter().for_each(|lag| self.tell_idle_lag(lag, &mut taken));
        lags
    }

    /// Warns of a lag that changes nothing, and notes its rows, which later lags do not get.
    pub(in crate::scenario) fn tell_idle_lag(&mut self, lag: &Lag, taken: &mut HashSet<usize>) {
        let rows = self.rows(&lag.on);
        let reads = rows.iter().filter(|row| row.route.method == Method::Get && row.route.is_modelled());
        let reads: Vec<usize> = reads.map(|row| row.number).collect();
        if reads.is_empty() {
            let help = "select operations that read, such as a list";
            self.found.tell(Code::W04, &lag.path, "changes nothing: none of these operations reads", help);
        } else if reads.iter().all(|read| taken.contains(read)) {
            let help = "leave it out, or put it before the wider one";
            self.found.tell(Code::W04, &lag.path, "changes nothing: one before it is for these operations", help);
        }
        taken.extend(reads);
    }

    fn lag(&mut self, node: &Node<'_>) -> Option<Lag> {
        let object = self.found.object(node, &["on", "calls", "ms"])?;
        self.goes_beyond(&node.path, "lets reads lag behind, which no document says");
        let on = object.need(self.found, "on").and_then(|node| self.operations(&node));
        object.exclude(self.found, &["calls", "ms"]);
        let calls = object.get("calls").map(|node| self.found.whole(&node, 1, u64::MAX));
        let ms = object.get("ms").map(|node| self.found.whole(&node, 1, u64::MAX));
        if calls.is_none() && ms.is_none() {
            let help = "add \"calls\" (how many calls do not see a change) or \"ms\"";
            self.found.tell(Code::E06, &node.path, "does not say for how long", help);
        }
        let span = calls.map(|calls| calls.map(LagSpan::Calls)).or(ms.map(|ms| ms.map(LagSpan::Ms)))??;
        Some(Lag { on: on?, span, place: self.found.place(&node.path), path: node.path.clone() })
    }
}
