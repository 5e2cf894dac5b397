//! `standin explain`

use std::path::Path;

use clap::Args;

use crate::cli::exit::{Exit, Failed, print};
use crate::embed::{Standin, builtin_scenarios, operations};
use crate::scenario::Code;

/// The page of the reference with a section for each code.
const CODES: &str = include_str!("../../docs/reference/codes.md");

/// Tell what a scenario will do, what an operation does, or what a code of check means
///
/// Of a scenario: its timeline, and the forecast of the calls at which its rules fire. Of an operation: method and path,
/// documented outcomes, sources. Of a code, such as E08: the fault it names, with an example before and after.
#[derive(Args, Debug)]
pub(super) struct Explain {
    /// A scenario file, the name of a ready-made scenario, an operation such as celigo.integrations.create, or a code such as E08
    #[arg(value_name = "WHAT")]
    what: String,
}

impl Explain {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        if let Some(section) = self.section_of_code()? {
            return print(&section);
        }
        let world = Standin::builder().offline()?;
        let path = Path::new(&self.what);
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let is_scenario =
            is_json || path.exists() || builtin_scenarios().iter().any(|scenario| scenario.name == self.what);
        print(&if is_scenario {
            world.explain(path)?
        } else {
            world.explain_operation(&self.what).map_err(|refusal| Failed::usage(self.nearest(&refusal.to_string())))?
        })
    }
    /// Returns the section about a code, if the argument is a code.
    fn section_of_code(&self) -> Result<Option<String>, Failed> {
        let Some((group, digits)) = self.what.split_at_checked(1) else { return Ok(None) };
        let group = group.to_ascii_uppercase();
        let is_code = matches!(group.as_str(), "E" | "W")
            && (1..=3).contains(&digits.len())
            && digits.bytes().all(|it| it.is_ascii_digit());
        if !is_code || Path::new(&self.what).exists() {
            return Ok(None);
        }
        let asked = format!("{group}{digits:0>2}");
        if let Some(code) = Code::ALL.iter().find(|code| code.to_string() == asked) {
            return Ok(Some(section(*code)));
        }
        let all = [true, false].map(|refuses| {
            let names: Vec<String> =
                Code::ALL.iter().filter(|code| code.refuses() == refuses).map(ToString::to_string).collect();
            format!("{} to {}", names[0], names[names.len() - 1])
        });
        Err(Failed::usage(format!("there is no code {asked}; there are {}", all.join(" and "))))
    }

    /// Returns the message with the nearest scenario, if one is nearer than the operation in the message.
    fn nearest(&self, message: &str) -> String {
        let distance = |name: &str| strsim::damerau_levenshtein(&self.what, name);
        let scenarios = builtin_scenarios();
        let scenario = scenarios.iter().map(|scenario| scenario.name).min_by_key(|name| distance(name));
        let operation = operations().iter().map(|operation| distance(operation.name)).min();
        match scenario.filter(|name| operation.is_none_or(|operation| distance(name) < operation)) {
            Some(name) => format!("there is no scenario or operation {:?}; did you mean {name}?", self.what),
            None if message.ends_with('?') => message.to_owned(),
            None => format!(
                "there is no file, ready-made scenario, operation or code {:?}; `standin scenarios` and `standin routes` list \
                 what there is",
                self.what
            ),
        }
    }
}

/// Returns the section of the reference about a code.
fn section(code: Code) -> String {
    let heading = format!("## {code}\n");
    let rest = CODES.split_once(&heading).map_or("", |(_, rest)| rest);
    let section = rest.split("\n## ").next().unwrap_or_default();
    format!("{heading}{}\n", section.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{CODES, section};
    use crate::scenario::Code;

    #[test]
    fn every_code_has_one_section_with_its_sentence_and_two_files() {
        for code in Code::ALL {
            let text = section(*code);
            assert_eq!(CODES.matches(&format!("\n## {code}\n")).count(), 1, "docs/reference/codes.md, {code}");
            assert!(text.contains(&format!("**{}**", code.about())), "{code} is not said to be: {}", code.about());
            assert_eq!(text.matches("```json\n").count(), 2, "{code} has no file before and after");
        }
    }
}
