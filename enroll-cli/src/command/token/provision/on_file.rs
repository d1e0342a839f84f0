//! The account of a provisioned token: a new one, one more device, or in place of all others.

use super::Whom;
use crate::arguments::TokenProvision;
use crate::command::Context;
use crate::command::devices::{put, with_one_more};
use crate::error::CommandError;
use crate::new_account::Known;
use otp_core::{Account, Authenticator, Authenticators, Pin, State, UserName};
use otp_store::{Store, StoreError};

/// What becomes of the user's account.
pub(super) enum Way {
    /// There is none yet.
    Enrol,
    /// There is one, and this is one more device of it.
    Add(Box<Account>),
    /// There is one; what logs in today will not any more. The PIN stays: it is not lost.
    Replace {
        pin: Option<Pin>,
        devices: Vec<Authenticator>,
    },
}

/// Asks what is meant where the arguments do not say it.
pub(super) fn way(
    context: &mut Context<'_>,
    store: &Store,
    wanted: &TokenProvision,
    whom: &Whom,
) -> Result<Way, CommandError> {
    let name = &whom.user.name;
    if !store.has_anything_of(name) {
        return match wanted.add || wanted.replace {
            false => Ok(Way::Enrol),
            true => Err(CommandError::refused(
                format!("{name} has no account yet"),
                "Leave --add and --replace away",
            )),
        };
    }
    if wanted.add || (!wanted.replace && wants_to_add(context, name)?) {
        let known = Known {
            name: name.clone(),
            uid: whom.user.uid,
        };
        let (account, _) = context.enrolled(store, &known)?;
        return Ok(Way::Add(Box::new(account)));
    }
    let consequence = format!("What {name} logs in with today will be refused from now on.");
    context
        .screen
        .confirm(name.as_str(), &consequence, wanted.yes)?;
    // As with a reset: what is broken is replaced, and the PIN kept if it can be read.
    let old = store.account_alone(name).ok().flatten();
    Ok(Way::Replace {
        pin: old.as_ref().and_then(|old| old.pin.clone()),
        devices: old.map_or_else(Vec::new, |old| old.authenticators.to_vec()),
    })
}

/// Whether the token is one more device (and not in place of the others).
fn wants_to_add(context: &mut Context<'_>, name: &UserName) -> Result<bool, CommandError> {
    let refused = || {
        CommandError::refused(
            format!("{name} has an account already; nothing has changed"),
            "One more device: --add. The old one is lost: --replace. Look: otpctl status USER",
        )
    };
    if !context.screen.somebody_is_there() {
        return Err(refused());
    }
    let question = format!(
        "{name} has an account already. Type \"add\" for one more device, \"replace\" if the old \
         one is lost: "
    );
    let typed = context.screen.ask(&question)?.unwrap_or_default();
    match typed.trim() {
        "add" => Ok(true),
        "replace" => Ok(false),
        _ => Err(refused()),
    }
}

impl Way {
    /// The word for scripts.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Enrol => "enrolled",
            Self::Add(_) => "added",
            Self::Replace { .. } => "replaced",
        }
    }

    /// The devices that log in no more.
    pub(super) fn replaced(&self) -> &[Authenticator] {
        match self {
            Self::Enrol | Self::Add(_) => &[],
            Self::Replace { devices, .. } => devices,
        }
    }

    /// Whether codes will be asked for. An account that is replaced asks, as after a reset.
    pub(super) fn is_enabled(&self) -> bool {
        match self {
            Self::Enrol | Self::Replace { .. } => true,
            Self::Add(account) => account.enabled,
        }
    }

    /// Whether the account takes this device, before a token is touched for it.
    pub(super) fn fits(&self, device: &Authenticator) -> Result<(), CommandError> {
        let Self::Add(account) = self else {
            return Ok(());
        };
        let mut devices = account.authenticators.iter();
        if devices.any(|one| one.label == device.label) {
            return Err(CommandError::refused(
                format!(
                    "{} has a device \"{}\" already; nothing has changed",
                    account.user, device.label
                ),
                "Give another --label, or rename that one: otpctl rename USER",
            ));
        }
        with_one_more(account, device).map(|_| ())
    }

    /// Writes the account, with the state in which the proving code is used up.
    pub(super) fn write(
        &self,
        store: &Store,
        account: &Account,
        device: &Authenticator,
        proved: State,
    ) -> Result<(), CommandError> {
        match self {
            Self::Enrol => Ok(store.enrol(account, &proved)?),
            Self::Add(_) => put(store, &account.user, device.clone(), proved),
            Self::Replace { pin, .. } => {
                let devices = Authenticators::new(account.authenticators.to_vec());
                let authenticators = devices.map_err(|error| {
                    CommandError::refused(error.to_string(), "This is a fault of otpctl")
                })?;
                let account = Account {
                    user: account.user.clone(),
                    uid: account.uid,
                    enabled: account.enabled,
                    enrolment: account.enrolment,
                    enrolled_at: account.enrolled_at,
                    pin: pin.clone(),
                    recovery: None,
                    bypass: None,
                    authenticators,
                };
                Ok(store.start_over(account, proved)?)
            }
        }
    }
}

/// After an error: whether the device stands in the user's account all the same. `None`: that
/// cannot be told.
pub(super) fn is_in_force(store: &Store, user: &UserName, device: &Authenticator) -> Option<bool> {
    let found = match store.account_alone(user) {
        Ok(found) => found,
        Err(StoreError::Missing { .. }) => None,
        Err(_) => return None,
    };
    let mut devices = found
        .iter()
        .flat_map(|account| account.authenticators.iter());
    Some(devices.any(|one| one.secret.expose_bytes() == device.secret.expose_bytes()))
}
