//! What happens on the token: written, proved, and taken away again where something fails.
//!
//! All of it is one transaction, from the first look to the account on disk, so that no other
//! program comes between, and a failure at the end finds the token still at hand.

use super::super::serving::users_of;
use super::super::session::{Found, Work};
use super::on_file::{Way, is_in_force};
use super::plan::Plan;
use crate::command::Context;
use crate::command::enroll::prove;
use crate::error::CommandError;
use crate::new_account::now;
use crate::token::inventory::Note;
use crate::undisturbed::Undisturbed;
use otp_core::{
    Acceptance, Account, Answer, Decision, PasswordCheck, Policy, State, Typed, verify,
};
use otp_store::Store;
use token_drivers::{Credential, Family, Moment, TokenError};

/// What a failure has left behind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Token and account are as before.
    Nothing,
    /// The token may hold a credential that opens nothing.
    Perhaps,
    /// The account is written, or may be: what is on the token must stay there.
    Account,
}

/// Writes the secret, proves it, writes the account. Ctrl-C before that breaks it off, which the
/// next run mends; from the account on it waits, as long as what is returned lives.
pub(super) fn carry_out(
    context: &mut Context<'_>,
    store: &Store,
    plan: &Plan,
    way: &Way,
    found: &Found,
    assumed: bool,
) -> Result<Option<Undisturbed>, CommandError> {
    let name = plan.name();
    let user = plan.account().user.to_string();
    if found.is_written_over() {
        let consequence = "The token has one place for it, and tells nobody what is in it. Whatever it \
                           is, it will be gone.";
        context
            .screen
            .confirm_word("replace", consequence, assumed)?;
    }
    let before = Note::of(store, &found.identity)?;
    let mut note = before.clone();
    let mut left = Left::Nothing;
    let mut undisturbed = None;
    let result = found.work_on_the_same(context, |work| {
        plan.check_again(store, &found.identity)?;
        if !found.is_written_over() {
            make_room(work, store, plan, &note)?;
        }
        // Before the first byte: what is found later under this name is then known to be ours.
        note.account(&name, &user, true);
        note.keep(store, &found.identity)?;
        if let Err(error) = work.token.put(&plan.credential, &mut work.person) {
            // Without an answer nobody knows whether it was done.
            if matches!(error, TokenError::Card(_)) {
                left = Left::Perhaps;
            }
            return Err(error.into());
        }
        left = Left::Perhaps;
        let proved = proved(work, plan)?;
        undisturbed = Some(Undisturbed::begin());
        let written = way.write(store, plan.account(), plan.device(), proved);
        left = match &written {
            Ok(()) => Left::Account,
            // Deleting from the token what the account wants would lock the user out.
            Err(_) => match is_in_force(store, &plan.account().user, plan.device()) {
                Some(false) => Left::Perhaps,
                Some(true) | None => Left::Account,
            },
        };
        written
    });
    let result = match result {
        Err(error) if left == Left::Perhaps => {
            let clean = found.work_on_the_same(context, |work| clean(work, plan));
            let clean = clean.is_ok();
            left = if clean { Left::Nothing } else { Left::Perhaps };
            Err(error)
        }
        result => result,
    };
    match left {
        Left::Nothing => note = before,
        Left::Perhaps => {}
        Left::Account => note.account(&name, &user, false),
    }
    if let Err(error) = note.keep(store, &found.identity) {
        let line = format!("Warning: the inventory of tokens is not right any more: {error}");
        context.screen.remark(&line)?;
    }
    match result {
        Ok(()) => Ok(undisturbed),
        Err(error) => Err(explained(error, left, plan)),
    }
}

/// What the failure means for user and token.
fn explained(error: CommandError, left: Left, plan: &Plan) -> CommandError {
    let name = plan.name();
    match left {
        // It may have said so itself.
        Left::Nothing if error.what().ends_with("nothing has changed") => error,
        Left::Nothing => error.and("nothing has changed, on the token or here"),
        Left::Perhaps => {
            let more =
                format!("no login has changed; the token may hold \"{name}\", which opens nothing");
            let remedy = match plan.serial() {
                Some(_) => "Put the token back and run the same again: what is left is replaced",
                None => {
                    "Put the token back, delete that account (otpctl token delete), and begin \
                         again"
                }
            };
            error.and(&more).with_remedy(remedy)
        }
        Left::Account => {
            let more =
                format!("perhaps the account is in force, perhaps not; the token has \"{name}\"");
            error.and(&more).with_remedy(
                "See the kernel's log and the free space, then look: otpctl status USER. If it is \
                 not there: otpctl token delete, and begin again",
            )
        }
    }
}

/// Makes sure that the name is free on the token.
fn make_room(
    work: &mut Work<'_, '_>,
    store: &Store,
    plan: &Plan,
    note: &Note,
) -> Result<(), CommandError> {
    let Some(old) = on_it(work, plan)? else {
        return Ok(());
    };
    let name = plan.name();
    let served = match plan.serial() {
        Some(serial) => users_of(store, serial)?,
        None => Vec::new(),
    };
    let owner = note.user_of(&name);
    if let Some(user) = owner.filter(|owner| served.iter().any(|one| one.as_str() == *owner)) {
        // Whatever else the note says: a command that was killed after the account was written
        // has not noted it.
        return Err(CommandError::refused(
            format!(
                "the token has an account \"{name}\" already, perhaps what {user} logs in with"
            ),
            format!(
                "Give the new one another name: --name. Or give the old one up first: otpctl token \
                 delete '{name}'"
            ),
        ));
    }
    if note.was_only_begun(&name) {
        // Of an attempt that was broken off; it opens nothing.
        return Ok(work.token.delete(&old, &mut work.person)?);
    }
    Err(CommandError::refused(
        format!("the token has an account \"{name}\" already, and it is not known here"),
        format!("If it opens nothing: otpctl token delete '{name}'. Or give another name: --name"),
    ))
}

/// What the token holds under the name.
fn on_it(work: &mut Work<'_, '_>, plan: &Plan) -> Result<Option<Credential>, CommandError> {
    let all = work.token.list(&mut work.person)?;
    // Its HOTP slot is the first one, and has no name.
    if work.token.identity().family == Family::Crescendo {
        return Ok(all.into_iter().next());
    }
    let wanted = &plan.credential.name;
    Ok(all.into_iter().find(|one| one.name == *wanted))
}

/// Takes it away again.
fn clean(work: &mut Work<'_, '_>, plan: &Plan) -> Result<(), CommandError> {
    if !work.token.capabilities().deletes {
        return Err(CommandError::device(
            "the token cannot delete it",
            "What it shows opens nothing; write it again when it is needed",
        ));
    }
    match on_it(work, plan)? {
        Some(one) => Ok(work.token.delete(&one, &mut work.person)?),
        None => Ok(()),
    }
}

/// Lets the token compute a code, and proves it as a login would: returns the state in which
/// it is used up.
fn proved(work: &mut Work<'_, '_>, plan: &Plan) -> Result<State, CommandError> {
    if !work.token.capabilities().calculates {
        // Only its display tells, and only a person reads that.
        work.context
            .screen
            .say_sentence("The token is written. Now type the code that it shows.")?;
        return prove(work.context, plan.account(), &State::fresh(plan.account()));
    }
    let Some(mut one) = on_it(work, plan)? else {
        return Err(CommandError::device(
            "the token said yes, but does not list the account",
            "Try again; if it stays so, use another token",
        ));
    };
    // The token does not tell in a list that it wants a touch; we know, and can say so at once.
    one.protection = plan.credential.protection;
    let code = work
        .token
        .calculate(&one, Moment(now()), &mut work.person)?;
    let policy = &work.context.configuration.policy;
    state_after(plan.account(), &code.text, policy).ok_or_else(|| {
        CommandError::device(
            "the code that the token computed is not the right one",
            "Is the host's clock right (timedatectl)? If it is, use another token",
        )
    })
}

/// The state in which this code is used up; `None` if a login would not accept it.
pub(super) fn state_after(account: &Account, code: &str, policy: &Policy) -> Option<State> {
    let answer = Answer {
        password: PasswordCheck::Elsewhere,
        typed: Typed::parse(code.as_bytes()),
        pin: None,
        trust: None,
    };
    let outcome = verify(account, &State::fresh(account), &answer, now(), policy);
    let accepted = matches!(outcome.decision, Decision::Accept(Acceptance::Code { .. }));
    accepted.then_some(outcome.next)
}
