//! `otpctl enroll USER`: a secret for somebody who has none.
//!
//! Nothing is written before the person's device has shown a right code (unless
//! `--pending`), checked by the same rule as a login. That code is used up.

use super::{Context, show_secret};
use crate::arguments::{Display, Enroll};
use crate::error::CommandError;
use crate::kernel_clock;
use crate::new_account::{NewAccount, known_user, make, now};
use crate::undisturbed::Undisturbed;
use otp_core::{
    Account, Answer, Authenticator, Decision, Method, PasswordCheck, State, Typed, verify,
};

/// A person may mistype.
const TRIES: u32 = 3;

pub(crate) fn run(
    context: &mut Context<'_>,
    wanted: &Enroll,
    user: &str,
) -> Result<(), CommandError> {
    if wanted.authenticator.allow_short_secret && !wanted.authenticator.secret_is_given() {
        return Err(CommandError::usage(
            "--allow-short-secret is about a secret that is given",
            "Give one with --secret-stdin or --secret-fd; secrets that otpctl makes are long enough",
        ));
    }
    wants_no_code_of_a_script(&wanted.display, wanted.pending)?;
    let user = known_user(user)?;
    let name = user.name.clone();
    let store = context.store_to_enrol_in()?;
    // Before a secret is shown that would lead nowhere. `enrol` checks again.
    store.can_enrol(&name)?;
    let defaults = context.configuration.enrolment.clone();
    let new = make(user, &wanted.authenticator, &defaults, context.screen)?;
    let fresh = State::fresh(&new.account);
    if wanted.pending {
        warn_of_the_clock(context, &new.account)?;
        let _undisturbed = Undisturbed::begin();
        // Written first: a secret that was shown must be the one that counts.
        store.enrol(&new.account, &fresh)?;
        show_pending(context, &new, &wanted.display).inspect_err(|_| {
            // Nobody has seen it, so it is of no use; if this fails too, `status` shows it.
            let _ = store.revoke(&name);
        })?;
        return context.changed(&store, &name, "enroll", "pending");
    }
    show_secret::show(context, &new.uri, &wanted.display)?;
    let NewAccount { account, .. } = new;
    let proved = prove(context, &account, &fresh);
    // Not before: secret and question together fill a small screen.
    warn_of_the_clock(context, &account)?;
    let proved = proved?;
    let _undisturbed = Undisturbed::begin();
    store.enrol(&account, &proved)?;
    context.changed(&store, &name, "enroll", "activated by a right code")?;
    context.screen.say(&format!(
        "{name} is enrolled and activated. That code is used up; log in with the next one."
    ))
}

/// What a script reads can have no question after it.
pub(super) fn wants_no_code_of_a_script(
    display: &Display,
    pending: bool,
) -> Result<(), CommandError> {
    if !display.is_for_a_script() || pending {
        return Ok(());
    }
    Err(CommandError::usage(
        "--uri-only and --json are for scripts, which cannot show a code",
        "Add --pending; the first login with a code activates the account",
    ))
}

fn warn_of_the_clock(context: &mut Context<'_>, account: &Account) -> Result<(), CommandError> {
    let is_totp = |one: &Authenticator| matches!(one.method, Method::Totp { .. });
    if account.authenticators.iter().any(is_totp) {
        kernel_clock::warn(context.screen)?;
    }
    Ok(())
}

/// Says what happens at the next login, then shows the secret, so that it is what remains on
/// a small screen.
fn show_pending(
    context: &mut Context<'_>,
    new: &NewAccount,
    display: &Display,
) -> Result<(), CommandError> {
    if !display.is_for_a_script() {
        let next = context.while_pending(&new.account);
        let name = &new.account.user;
        let screen = &mut context.screen;
        screen.say(&format!("{name} is enrolled, but not activated."))?;
        screen.say(&format!("At the next login: {next}"))?;
    }
    show_secret::show(context, &new.uri, display)
}

/// Asks for a code until it is right; returns the state in which it is used up.
pub(super) fn prove(
    context: &mut Context<'_>,
    account: &Account,
    fresh: &State,
) -> Result<State, CommandError> {
    for left in (0..TRIES).rev() {
        let typed = context.screen.ask("Code from the device: ")?;
        let Some(typed) = typed else {
            return Err(CommandError::refused(
                "no code was given; nothing has changed",
                "To let the first login with a code prove it, add --pending",
            ));
        };
        let answer = Answer {
            password: PasswordCheck::Elsewhere,
            typed: Typed::parse(typed.as_bytes()),
            // A PIN is set later.
            pin: None,
            trust: None,
        };
        let code_given = matches!(answer.typed, Typed::Response(_));
        let outcome = verify(
            account,
            fresh,
            &answer,
            now(),
            &context.configuration.policy,
        );
        // A pending account would let an empty answer pass; here a code is wanted.
        if code_given && matches!(outcome.decision, Decision::Accept(_)) {
            return Ok(outcome.next);
        }
        if left > 0 {
            context.screen.remark(if code_given {
                "That is not the code of this secret. Is the device's clock right?"
            } else {
                "A code has 6 to 8 digits, as the device shows them."
            })?;
        }
    }
    Err(CommandError::refused(
        format!("{TRIES} codes were wrong; nothing has changed"),
        "Check the clocks of host and device (timedatectl), remove the entry from the app, \
         and begin again",
    ))
}
