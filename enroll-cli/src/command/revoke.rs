//! `otpctl revoke USER`: the enrolment is removed, whole or damaged.

use super::{Context, left_on_tokens};
use crate::arguments::Revoke;
use crate::error::CommandError;
use crate::new_account::user_name;
use crate::undisturbed::Undisturbed;
use otp_store::StoreError;

pub(crate) fn run(context: &mut Context<'_>, wanted: &Revoke) -> Result<(), CommandError> {
    // The user may be gone from the machine already.
    let name = user_name(&wanted.user)?;
    let store = context.store()?;
    let next = context.without_account();
    if !store.has_anything_of(&name) {
        let path = context.configuration.store.join("account");
        let path = path.join(name.as_str());
        return Err(StoreError::NotEnrolled { path }.into());
    }
    let consequence =
        format!("The enrolment of {name} will be removed. At the next login: {next}.");
    context
        .screen
        .confirm(name.as_str(), &consequence, wanted.yes)?;
    let old = store.account_alone(&name).ok().flatten();
    let _undisturbed = Undisturbed::begin();
    store
        .revoke(&name)
        .map_err(|error| CommandError::perhaps_done(error, "revoke"))?;
    context.changed(&store, &name, "revoke", "")?;
    context.screen.say_sentence(&format!(
        "{name} is not enrolled any more. At the next login: {next}."
    ))?;
    let devices = old.iter().flat_map(|old| old.authenticators.iter());
    left_on_tokens::say(context, devices)
}
