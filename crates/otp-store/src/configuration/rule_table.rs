//! A `[[rule]]` of the policy.

use super::impossible::Impossible;
use crate::toml_table::{FromTable, Table};
use otp_core::{AccessRule, Action, Hours, Label, OriginMatch};

/// More are hardly kept in mind by anybody.
const MOST_RULES: usize = 100;

pub(super) struct RuleTable {
    name: String,
    action: Action,
    users: Option<Vec<String>>,
    groups: Option<Vec<String>>,
    services: Option<Vec<String>>,
    terminals: Option<Vec<String>>,
    from: Option<Vec<String>>,
    utc_hours: Option<Vec<String>>,
}

impl<'text> FromTable<'text> for RuleTable {
    const KEYS: &'static [&'static str] = &[
        "name",
        "action",
        "users",
        "groups",
        "services",
        "terminals",
        "from",
        "utc_hours",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            name: table.need("name", Table::owned),
            action: table.need_word("action", ACTIONS, Action::Deny),
            users: table.texts("users"),
            groups: table.texts("groups"),
            services: table.texts("services"),
            terminals: table.texts("terminals"),
            from: table.texts("from"),
            utc_hours: table.texts("utc_hours"),
        }
    }
}

const ACTIONS: &[(&str, Action)] = &[
    ("require", Action::Require),
    ("exempt", Action::Exempt),
    ("deny", Action::Deny),
];

/// Reads all rules, in order.
pub(super) fn read(tables: Vec<RuleTable>) -> Result<Vec<AccessRule>, Impossible> {
    if tables.len() > MOST_RULES {
        let what = format!("there are more than {MOST_RULES} rules");
        return Err(Impossible::at(MOST_RULES, what).inside("rule"));
    }
    let mut rules: Vec<AccessRule> = Vec::with_capacity(tables.len());
    for (table, number) in tables.into_iter().zip(1_usize..) {
        // Here, unlike in the sentences, places count from 0.
        let place = rules.len();
        let rule = table.into_rule().map_err(|impossible| {
            let before = format!("rule number {number}: ");
            impossible.saying(&before).inside(place).inside("rule")
        })?;
        if rules.iter().any(|other| other.name == rule.name) {
            let what = format!("two rules are called \"{}\"", rule.name);
            let again = Impossible::at("name", what);
            return Err(again.inside(place).inside("rule"));
        }
        rules.push(rule);
    }
    Ok(rules)
}

impl RuleTable {
    fn into_rule(self) -> Result<AccessRule, Impossible> {
        let from = criterion("from", self.from)?;
        let hours = criterion("utc_hours", self.utc_hours)?;
        Ok(AccessRule {
            name: Label::parse(&self.name)
                .map_err(|error| Impossible::at("name", format!("name: {error}")))?,
            action: self.action,
            users: criterion("users", self.users)?,
            groups: criterion("groups", self.groups)?,
            services: criterion("services", self.services)?,
            terminals: criterion("terminals", self.terminals)?,
            origins: parsed("from", &from, OriginMatch::parse)?,
            hours: parsed("utc_hours", &hours, Hours::parse)?,
        })
    }
}

/// The words of a criterion. A list that is there but empty would match everything, which
/// is the opposite of what it looks like.
fn criterion(key: &str, words: Option<Vec<String>>) -> Result<Vec<String>, Impossible> {
    match words {
        None => Ok(Vec::new()),
        Some(words) if words.is_empty() || words.iter().any(String::is_empty) => {
            let what = format!("{key} must not be empty; leave it away for any");
            Err(Impossible::at(key, what))
        }
        Some(words) => Ok(words),
    }
}

fn parsed<T>(
    key: &str,
    words: &[String],
    parse: fn(&str) -> Result<T, otp_core::RuleError>,
) -> Result<Vec<T>, Impossible> {
    let parsed = words.iter().enumerate().map(|(place, word)| {
        let wrong = |error: otp_core::RuleError| Impossible::at(place, error.to_string());
        parse(word).map_err(|error| wrong(error).inside(key))
    });
    parsed.collect()
}
