//! A `[[rule]]` of the policy.

use otp_core::{AccessRule, Action, Hours, Label, OriginMatch};
use serde::Deserialize;

/// More are hardly kept in mind by anybody.
const MOST_RULES: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleTable {
    name: String,
    action: ActionWord,
    #[serde(default)]
    users: Option<Vec<String>>,
    #[serde(default)]
    groups: Option<Vec<String>>,
    #[serde(default)]
    services: Option<Vec<String>>,
    #[serde(default)]
    terminals: Option<Vec<String>>,
    #[serde(default)]
    from: Option<Vec<String>>,
    #[serde(default)]
    utc_hours: Option<Vec<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ActionWord {
    Require,
    Exempt,
    Deny,
}

/// Reads all rules, in order.
pub(super) fn read(tables: Vec<RuleTable>) -> Result<Vec<AccessRule>, String> {
    if tables.len() > MOST_RULES {
        return Err(format!("there are more than {MOST_RULES} rules"));
    }
    let mut rules: Vec<AccessRule> = Vec::with_capacity(tables.len());
    for (table, number) in tables.into_iter().zip(1_u32..) {
        let rule = table
            .into_rule()
            .map_err(|what| format!("rule number {number}: {what}"))?;
        if rules.iter().any(|other| other.name == rule.name) {
            return Err(format!("two rules are called \"{}\"", rule.name));
        }
        rules.push(rule);
    }
    Ok(rules)
}

impl RuleTable {
    fn into_rule(self) -> Result<AccessRule, String> {
        let from = criterion("from", self.from)?;
        let hours = criterion("utc_hours", self.utc_hours)?;
        Ok(AccessRule {
            name: Label::parse(&self.name).map_err(|error| format!("name: {error}"))?,
            action: match self.action {
                ActionWord::Require => Action::Require,
                ActionWord::Exempt => Action::Exempt,
                ActionWord::Deny => Action::Deny,
            },
            users: criterion("users", self.users)?,
            groups: criterion("groups", self.groups)?,
            services: criterion("services", self.services)?,
            terminals: criterion("terminals", self.terminals)?,
            origins: parsed(&from, OriginMatch::parse)?,
            hours: parsed(&hours, Hours::parse)?,
        })
    }
}

/// The words of a criterion. A list that is there but empty would match everything, which
/// is the opposite of what it looks like.
fn criterion(key: &str, words: Option<Vec<String>>) -> Result<Vec<String>, String> {
    match words {
        None => Ok(Vec::new()),
        Some(words) if words.is_empty() || words.iter().any(String::is_empty) => {
            Err(format!("{key} must not be empty; leave it away for any"))
        }
        Some(words) => Ok(words),
    }
}

fn parsed<T>(
    words: &[String],
    parse: fn(&str) -> Result<T, otp_core::RuleError>,
) -> Result<Vec<T>, String> {
    let parsed = words.iter().map(|word| parse(word));
    parsed
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}
