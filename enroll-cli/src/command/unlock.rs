//! `otpctl unlock USER`: failures are forgotten, and with them the wait.

use super::Context;
use crate::error::CommandError;
use crate::new_account::known_user;
use crate::undisturbed::Undisturbed;

pub(crate) fn run(context: &mut Context<'_>, user: &str) -> Result<(), CommandError> {
    let user = known_user(user)?;
    let name = user.name.clone();
    let store = context.store()?;
    context.enrolled(&store, &user)?;
    let _undisturbed = Undisturbed::begin();
    let changed = store.change(&name, |account, mut state| {
        let failures = std::mem::replace(&mut state.failures, 0);
        state.last_failure = None;
        (account, state, failures)
    });
    let failures = changed.map_err(|error| CommandError::perhaps_done(error, "unlock"))?;
    if failures > 0 {
        let detail = format!("failures forgotten: {failures}");
        context.changed(&store, &name, "unlock", &detail)?;
    }
    context.screen.say(&match failures {
        0 => format!("{name} was not waiting for anything; there were no failures."),
        1 => format!("One failure of {name} is forgotten. Used codes stay used."),
        many => format!("{many} failures of {name} are forgotten. Used codes stay used."),
    })
}
