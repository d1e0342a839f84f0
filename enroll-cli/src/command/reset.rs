//! `otpctl reset USER`: the device is lost, broken or stolen.
//!
//! One step: the old secret is dead when this returns, and a new one is shown. Works on
//! damaged accounts too, so that there is always a way back.

use super::{Context, show_secret};
use crate::arguments::Reset;
use crate::error::CommandError;
use crate::new_account::{known_user, make, renew};
use otp_core::State;
use otp_store::StoreError;

pub(crate) fn run(context: &mut Context<'_>, wanted: &Reset) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let old = match store.look_up(&name) {
        Ok(None) => {
            let path = context.configuration.store.join("account");
            let path = path.join(name.as_str());
            return Err(StoreError::NotEnrolled { path }.into());
        }
        Ok(Some((account, _))) => Some(account),
        Err(error @ (StoreError::LockedTooLong { .. } | StoreError::NotPermitted { .. })) => {
            return Err(error.into());
        }
        Err(error) => {
            let fault = format!("The old enrolment is unusable ({error}) and is replaced.");
            context.screen.remark(&fault)?;
            None
        }
    };
    let consequence = format!("The present device of {name} will be refused from now on.");
    context
        .screen
        .confirm(name.as_str(), &consequence, wanted.yes)?;

    let asked = &wanted.authenticator;
    let says_nothing = asked.label.is_none()
        && !asked.hotp
        && asked.algorithm.is_none()
        && asked.digits.is_none()
        && asked.time_step.is_none()
        && asked.secret_bytes.is_none()
        && !asked.secret_stdin
        && asked.issuer.is_none();
    let defaults = context.configuration.enrolment.clone();
    let first = old
        .as_ref()
        .and_then(|account| account.authenticators.first());
    let new = match first {
        Some(old) if says_nothing => renew(user, old, &defaults)?,
        _ => make(user, asked, &defaults, context.screen)?,
    };
    let fresh = State::fresh(&new.account);
    // The old device is dead before the new secret is seen.
    store.start_over(new.account, fresh)?;
    show_secret::show(context, &new.uri, &wanted.display)?;
    if wanted.display.uri_only {
        return Ok(());
    }
    let next = context.while_pending();
    context
        .screen
        .say(&format!("{name} has a new secret; the old one is dead."))?;
    context.screen.say(&format!("At the next login: {next}"))
}
