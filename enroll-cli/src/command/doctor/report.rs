//! What the doctor prints.

use super::Context;
use crate::arguments::Doctor;
use crate::doctor::Finding;
use crate::doctor::predict::Prediction;
use crate::error::CommandError;
use serde::Serialize;

/// Everything that was found; the document of `--json`.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) version: u32,
    pub(super) findings: Vec<Finding>,
    pub(super) predictions: Vec<Prediction>,
}

impl Report {
    /// For people, or for a script.
    pub(super) fn print(
        &self,
        context: &mut Context<'_>,
        wanted: &Doctor,
    ) -> Result<(), CommandError> {
        let screen = &mut context.screen;
        if wanted.json {
            return screen.print_json(self);
        }
        for finding in &self.findings {
            let Finding {
                severity,
                id,
                place,
                what,
                remedy,
            } = finding;
            screen.print_sentence(&format!("{}: {place}: {what} [{id}]", severity.word()))?;
            let indent = if screen.is_plain() { "" } else { "    " };
            screen.print_sentence(&format!("{indent}{remedy}"))?;
        }
        if self.findings.is_empty() {
            screen.print("Nothing is wrong.")?;
        }
        screen.print("")?;
        screen.print("At the next login:")?;
        let width = |part: fn(&Prediction) -> &str| {
            let lengths = self.predictions.iter().map(|one| part(one).chars().count());
            lengths.max().unwrap_or(0)
        };
        let (users, services) = (width(|one| &one.user), width(|one| &one.service));
        for one in &self.predictions {
            let perhaps = if one.is_certain {
                ""
            } else {
                " (depends on other modules)"
            };
            let (user, service, words) = (&one.user, &one.service, &one.words);
            let by = one
                .by
                .as_ref()
                .map_or(String::new(), |by| format!("by {by}: "));
            if screen.is_plain() {
                screen.print_sentence(&format!("{user} by {service}: {by}{words}{perhaps}"))?;
                continue;
            }
            let about = format!("  {user:users$}  {service:services$}");
            screen.print_entry(&about, &format!("{by}{words}{perhaps}"))?;
        }
        Ok(())
    }
}
