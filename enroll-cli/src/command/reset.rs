//! `otpctl reset USER`: the device is lost, broken or stolen.
//!
//! One step: the old secret is dead when this returns, and a new one is shown. Works on
//! damaged accounts too, so that there is always a way back.

use super::{Context, left_on_tokens, show_secret};
use crate::arguments::Reset;
use crate::error::CommandError;
use crate::new_account::{known_user, make, new_label, renew};
use crate::undisturbed::Undisturbed;
use otp_core::{Account, Authenticator, State, UserName};
use otp_store::StoreError;

pub(crate) fn run(context: &mut Context<'_>, wanted: &Reset) -> Result<(), CommandError> {
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store_to_mend(&name)?;
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
            // The state may be broken and the account whole: keep the kind of device.
            store.account_alone(&name).ok().flatten()
        }
    };
    let devices = old.as_ref().map_or(1, |old| old.authenticators.len());
    let consequence = match devices {
        1 => format!("The present device of {name} will be refused from now on."),
        all => format!("All {all} devices of {name} will be refused from now on."),
    };
    context
        .screen
        .confirm(name.as_str(), &consequence, wanted.yes)?;

    let asked = &wanted.authenticator;
    let same_kind = !asked.hotp
        && asked.algorithm.is_none()
        && asked.digits.is_none()
        && asked.time_step.is_none()
        && asked.secret_bytes.is_none()
        && !asked.secret_is_given()
        && asked.token_identifier.is_none()
        && asked.issuer.is_none();
    let defaults = context.configuration.enrolment.clone();
    let first = old
        .as_ref()
        .and_then(|account| account.authenticators.first());
    let mut new = match first {
        Some(old) if same_kind => {
            let label = asked.label.as_deref().map(new_label).transpose()?;
            let label = label.unwrap_or_else(|| old.label.clone());
            let alike = Authenticator {
                label,
                ..old.clone()
            };
            renew(user, &alike, &defaults)?
        }
        _ => make(user, asked, &defaults, context.screen)?,
    };
    // Again: another command may have been faster while a person was asked.
    let found = store.look_up(&name).ok().flatten();
    let old = found.map(|(account, _)| account).or(old);
    let devices = old.as_ref().map_or(1, |old| old.authenticators.len());
    // The device is lost, what its owner knows is not.
    new.account.pin = old.as_ref().and_then(|account| account.pin.clone());
    let kept = Kept {
        pin: new.account.pin.is_some(),
        had_recovery_codes: old.as_ref().is_some_and(|old| old.recovery.is_some()),
        had_bypass_code: old.as_ref().is_some_and(|old| old.bypass.is_some()),
        devices,
    };
    let on_tokens = old.as_ref().map(|old| old.authenticators.to_vec());
    if old
        .as_ref()
        .is_some_and(|old| shares_a_secret(old, &new.account))
    {
        return Err(CommandError::refused(
            "that is the secret of the present device, which would go on working; \
             nothing has changed",
            "Give another secret, or none: then a new one is made",
        ));
    }
    let fresh = State::fresh(&new.account);
    let next = context.while_pending(&new.account);
    let _undisturbed = Undisturbed::begin();
    // The old device is dead before the new secret is seen.
    store.start_over(new.account, fresh).map_err(|error| {
        CommandError::from(error).with_remedy(
            "Perhaps the old device still works, perhaps none. See the kernel's log and the \
             free space, then run it again: otpctl reset USER",
        )
    })?;
    context.changed(&store, &name, "reset", "a new secret")?;
    let shown = announce(context, wanted, &name, &next, kept)
        .and_then(|()| match wanted.display.is_for_a_script() {
            true => Ok(()),
            false => left_on_tokens::say(context, on_tokens.iter().flatten()),
        })
        .and_then(|()| show_secret::show(context, &new.uri, &wanted.display));
    shown.map_err(|error| {
        error.with_remedy(
            "The old device is dead, but nobody has seen the new secret. \
             Make another one: otpctl reset USER",
        )
    })
}

/// What else there was beside the device.
#[derive(Clone, Copy)]
struct Kept {
    pin: bool,
    had_recovery_codes: bool,
    had_bypass_code: bool,
    devices: usize,
}

/// Before the secret, so that the secret is what remains on a small screen.
fn announce(
    context: &mut Context<'_>,
    wanted: &Reset,
    name: &UserName,
    next: &str,
    kept: Kept,
) -> Result<(), CommandError> {
    if wanted.display.is_for_a_script() {
        return Ok(());
    }
    let screen = &mut context.screen;
    screen.say(&match kept.devices {
        1 => format!("{name} has a new secret; the old one is dead."),
        all => format!(
            "{name} has a new secret; all {all} devices are dead. For a further one: otpctl add {name}"
        ),
    })?;
    if kept.had_recovery_codes {
        screen.say(&format!(
            "The recovery codes are dead, too. For others: otpctl recovery new {name}"
        ))?;
    }
    if kept.had_bypass_code {
        screen.say(&format!(
            "The bypass code is dead, too. For another one: otpctl bypass {name} --for 8h"
        ))?;
    }
    if kept.pin {
        screen.say(&format!(
            "The PIN stays. If it may be known to others: otpctl pin set {name}"
        ))?;
    }
    screen.say(&format!("At the next login: {next}"))
}

/// Whether a device of the old account would go on computing right codes.
fn shares_a_secret(old: &Account, new: &Account) -> bool {
    let mut new = new.authenticators.iter();
    new.any(|new| {
        let same = |old: &Authenticator| old.secret.computes_as(&new.secret);
        old.authenticators.iter().any(same)
    })
}
