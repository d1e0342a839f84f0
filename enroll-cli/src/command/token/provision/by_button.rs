//! A token that types its codes: the secret goes into a slot, and the person's press is the
//! proof.
//!
//! The token types its identifier before each code (from its serial number, where it has one),
//! and the account knows it, so the typed line is recognised as a whole.

use super::super::button::{Buttons, find, slot_of, write_slot};
use super::on_file::{Way, is_in_force};
use super::plan::{serves_nobody_else, with_serial};
use super::{Done, Whom, done, tell};
use crate::arguments::{NewAuthenticator, Press, TokenProvision};
use crate::command::Context;
use crate::command::enroll::prove;
use crate::error::CommandError;
use crate::new_account::{Known, NewAccount, make_of, now};
use crate::token::inventory::NotedButton;
use crate::undisturbed::Undisturbed;
use otp_core::{Authenticator, MovingFactor, State};
use otp_store::Store;
use token_drivers::slots::{
    AccessCodes, FriendlyName, HotpSlot, Slot, SlotContent, SlotKey, SlotKind, SlotRecord, Typing,
    identifier_in_any_form,
};

/// All that a slot has room for, and what RFC 4226 recommends (bytes).
const SECRET_BYTES: usize = 20;

pub(super) fn run(
    context: &mut Context<'_>,
    store: &Store,
    wanted: &TokenProvision,
    whom: &Whom,
    way: &Way,
    press: Press,
) -> Result<Done, CommandError> {
    let slot = slot_of(press);
    let mut buttons = find(context, &wanted.which.place)?;
    serves_nobody_else(store, wanted.shared, &whom.user.name, &buttons.identity)?;
    let (account, device) = made(context, wanted, whom, way, &buttons)?;
    let content = content(&device)?;
    let record = SlotRecord {
        slot,
        kind: SlotKind::hotp(device.digits).unwrap_or(SlotKind::Hotp6),
        friendly_name: FriendlyName::parse(device.label.as_str()).ok(),
        layout: None,
        token_identifier: device.token_identifier,
        access_code: false,
        written_at: now(),
    };
    let none = AccessCodes::none();
    write_slot(context, &buttons, slot, &content, none, wanted.yes)?;
    buttons.note.note_button(NotedButton {
        user: None,
        content: record.clone(),
    });
    buttons.keep(context)?;
    context.screen.say_sentence(&format!(
        "The token is written. Now let it type a code: {}.",
        slot.gesture()
    ))?;
    let proved = prove(context, &account, &State::fresh(&account));
    let _undisturbed = Undisturbed::begin();
    let written = proved.and_then(|state| {
        // A press takes its time; another administrator may have been faster.
        serves_nobody_else(store, wanted.shared, &account.user, &buttons.identity)?;
        way.write(store, &account, &device, state)
    });
    if let Err(error) = written {
        return Err(undone(
            context,
            store,
            &mut buttons,
            slot,
            &device,
            error,
            whom,
        ));
    }
    buttons.note.note_button(NotedButton {
        user: Some(account.user.to_string()),
        content: record,
    });
    buttons.keep(context)?;
    tell(context, store, &account, &device, &buttons.identity)?;
    Ok(Done {
        press: Some(match press {
            Press::Short => "short",
            Press::Long => "long",
        }),
        ..done(&account, &device, way, &buttons.identity)
    })
}

/// The account with its one device, as the slot will know it.
fn made(
    context: &Context<'_>,
    wanted: &TokenProvision,
    whom: &Whom,
    way: &Way,
    buttons: &Buttons,
) -> Result<(otp_core::Account, Authenticator), CommandError> {
    if wanted
        .algorithm
        .as_deref()
        .is_some_and(|name| !name.eq_ignore_ascii_case("SHA1"))
    {
        return Err(CommandError::refused(
            "a button computes SHA1 only",
            "Leave --algorithm away, or let the computer ask for the codes: no --button",
        ));
    }
    let serial = buttons.identity.serial.as_deref();
    let serial = serial.and_then(|serial| serial.parse().ok());
    // Without a serial number there is nothing to tell tokens apart by.
    let identifier = identifier_in_any_form("-", serial).ok();
    let asked = NewAuthenticator {
        label: Some(whom.label.clone()),
        hotp: true,
        algorithm: Some("SHA1".into()),
        digits: wanted.digits,
        secret_bytes: Some(SECRET_BYTES),
        token_identifier: identifier.map(|one| one.to_string()),
        issuer: wanted.issuer.clone(),
        ..NewAuthenticator::default()
    };
    let user = Known {
        name: whom.user.name.clone(),
        uid: whom.user.uid,
    };
    let defaults = &context.configuration.enrolment;
    let NewAccount { mut account, .. } = make_of(user, &asked, None, defaults)?;
    let device = with_serial(&mut account, &buttons.identity)?;
    way.fits(&device)?;
    Ok((account, device))
}

fn content(device: &Authenticator) -> Result<SlotContent, CommandError> {
    let unusable = |what: String| CommandError::refused(what, "Add --digits 6 or --digits 8");
    let key = SlotKey::of(&device.secret).map_err(|error| unusable(error.to_string()))?;
    let slot = HotpSlot::new(
        key,
        device.digits,
        MovingFactor(0),
        device.token_identifier.as_ref(),
        Typing::default(),
    );
    Ok(SlotContent::Hotp(
        slot.map_err(|error| unusable(error.to_string()))?,
    ))
}

/// After a failure behind the write: the slot is emptied, unless the account may be in force.
fn undone(
    context: &mut Context<'_>,
    store: &Store,
    buttons: &mut Buttons,
    slot: Slot,
    device: &Authenticator,
    error: CommandError,
    whom: &Whom,
) -> CommandError {
    if is_in_force(store, &whom.user.name, device) != Some(false) {
        return error
            .and("perhaps the account is in force, perhaps not; the button types its codes")
            .with_remedy(
                "See the kernel's log and the free space, then look: otpctl status USER. If it is \
                 not there: otpctl token button delete, and begin again",
            );
    }
    let emptied = buttons.work(|slots| Ok(slots.delete(slot, None)?));
    match emptied {
        Ok(()) => {
            buttons.note.forget_button(slot);
            let _ = buttons.keep(context);
            error.and("no login has changed, and the button does nothing any more")
        }
        Err(_) => error
            .and("no login has changed; the button types codes that open nothing")
            .with_remedy(
                "Put the token back and run the same again, or: otpctl token button delete",
            ),
    }
}
