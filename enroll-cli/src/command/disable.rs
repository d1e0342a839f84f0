//! `otpctl disable USER`: no code is asked of this user any more.

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
    let changed = store.change(&name, |mut account, mut state| {
        // Whoever is asked for codes again shall show one first.
        state.trusted.clear();
        let was_enabled = std::mem::replace(&mut account.enabled, false);
        (account, state, was_enabled)
    });
    let was_enabled = changed.map_err(|error| CommandError::perhaps_done(error, "disable"))?;
    if was_enabled {
        context.changed(&store, &name, "disable", "")?;
    }
    let already = if was_enabled { "" } else { " already" };
    context.screen.say(&format!(
        "{name} is disabled{already}. At the next login: the password alone."
    ))?;
    context.screen.say(&format!(
        "To ask for codes again, with a new secret: otpctl enable {name}"
    ))
}
