//! What is settled before the token is touched: secret, parameters, names, whose it is.

use super::super::access::protection;
use super::super::parameters::named;
use super::super::serving::users_of;
use super::super::session::Found;
use super::Whom;
use super::on_file::Way;
use crate::arguments::{NewAuthenticator, TokenProvision};
use crate::command::Context;
use crate::error::CommandError;
use crate::new_account::{Known, NewAccount, issuer, make_of, now};
use crate::token::shown::harmless;
use otp_core::{
    Account, Authenticator, Authenticators, HashAlgorithm, Label, Method, MovingFactor, UserName,
};
use otp_store::Store;
use token_drivers::{CredentialName, Identity, Kind, NewCredential, NewMoving};

/// What goes onto the token, and what into the file.
pub(super) struct Plan {
    account: Account,
    device: Authenticator,
    pub(super) credential: NewCredential,
    /// Whether the token may serve others as well.
    shared: bool,
}

impl Plan {
    pub(super) fn settle(
        context: &Context<'_>,
        store: &Store,
        wanted: &TokenProvision,
        whom: &Whom,
        way: &Way,
        found: &Found,
    ) -> Result<Self, CommandError> {
        let capabilities = &found.capabilities;
        serves_nobody_else(store, wanted.shared, &whom.user.name, &found.identity)?;
        let defaults = &context.configuration.enrolment;
        // Without a word, what the device can: by the clock if it may be.
        let hotp = wanted.hotp || (!wanted.totp && !capabilities.kinds.contains(&Kind::Totp));
        let algorithm = match &wanted.algorithm {
            None => defaults.algorithm,
            Some(name) => HashAlgorithm::parse(name).map_err(|error| {
                CommandError::usage(error.to_string(), "One of: SHA1, SHA256, SHA512")
            })?,
        };
        let most = *capabilities.secret_bytes.end();
        let bytes = defaults.secret_bytes.unwrap_or(algorithm.output_bytes());
        let asked = NewAuthenticator {
            label: Some(whom.label.clone()),
            hotp,
            algorithm: Some(algorithm.as_str().into()),
            digits: wanted.digits,
            time_step: wanted.period,
            // The token's first code is that of the counter it is told, or of a later one.
            counter: hotp.then_some(capabilities.first_counter_ahead),
            secret_bytes: Some(bytes.min(most)),
            issuer: wanted.issuer.clone(),
            ..NewAuthenticator::default()
        };
        let user = Known {
            name: whom.user.name.clone(),
            uid: whom.user.uid,
        };
        let NewAccount { mut account, .. } = make_of(user, &asked, None, defaults)?;
        let device = with_serial(&mut account, &found.identity)?;
        way.fits(&device)?;
        let credential = NewCredential {
            name: name(context, wanted, whom, capabilities.longest_name_bytes)?,
            secret: device.secret.clone(),
            algorithm: device.algorithm,
            digits: device.digits,
            moving: match device.method {
                Method::Totp { time_step, .. } => NewMoving::Time(time_step),
                Method::Hotp { .. } => NewMoving::Counter(MovingFactor(0)),
            },
            protection: protection(capabilities, &wanted.protection)?,
            now: now(),
        };
        capabilities.check(&credential)?;
        if credential.protection.pin && !found.has_key() {
            return Err(CommandError::refused(
                "an account behind the PIN needs the PIN, also for proving it",
                "Set one first (otpctl token pin set), and type it when it is asked for",
            ));
        }
        Ok(Self {
            account,
            device,
            credential,
            shared: wanted.shared,
        })
    }

    /// Once more, when nobody else can use the token: another administrator may have been
    /// faster.
    pub(super) fn check_again(
        &self,
        store: &Store,
        identity: &Identity,
    ) -> Result<(), CommandError> {
        serves_nobody_else(store, self.shared, &self.account.user, identity)
    }

    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    /// The device, the only one of this account.
    pub(super) fn device(&self) -> &Authenticator {
        &self.device
    }

    pub(super) fn serial(&self) -> Option<&str> {
        self.device().serial.as_ref().map(Label::as_str)
    }

    /// Its name on the token, for people.
    pub(super) fn name(&self) -> String {
        harmless(&self.credential.name.to_string())
    }
}

/// The account's name on the token: with the issuer, where it has room for that.
fn name(
    context: &Context<'_>,
    wanted: &TokenProvision,
    whom: &Whom,
    longest_bytes: usize,
) -> Result<CredentialName, CommandError> {
    if let Some(name) = &wanted.name {
        return named(name, None);
    }
    let user = whom.user.name.as_str();
    let issuer = issuer(wanted.issuer.as_deref(), &context.configuration.enrolment);
    let whole = named(user, Some(&issuer))?;
    // 0: it keeps no names.
    match longest_bytes == 0 || whole.to_string().len() <= longest_bytes {
        true => Ok(whole),
        false => named(user, None),
    }
}

/// Writes the token's serial number into the one device of a new account.
pub(super) fn with_serial(
    account: &mut Account,
    identity: &Identity,
) -> Result<Authenticator, CommandError> {
    // A serial number that cannot be kept is none: it is only a help for people.
    let serial = identity.serial.as_deref();
    let serial = serial.and_then(|serial| Label::parse(serial).ok());
    let devices = account.authenticators.iter().map(|one| Authenticator {
        serial: serial.clone(),
        ..one.clone()
    });
    let devices = Authenticators::new(devices.collect());
    let fault = |what: String| CommandError::refused(what, "This is a fault of otpctl");
    account.authenticators = devices.map_err(|error| fault(error.to_string()))?;
    let first = account.authenticators.first().cloned();
    first.ok_or_else(|| fault("no device was made".into()))
}

/// Refuses a token that another user logs in with.
pub(super) fn serves_nobody_else(
    store: &Store,
    shared: bool,
    user: &UserName,
    identity: &Identity,
) -> Result<(), CommandError> {
    let Some(serial) = identity.serial.as_deref() else {
        return Ok(());
    };
    if shared {
        return Ok(());
    }
    match users_of(store, serial)?.iter().find(|one| *one != user) {
        None => Ok(()),
        Some(other) => Err(CommandError::refused(
            format!(
                "the token with serial number {} is {other}'s already; nothing has changed",
                harmless(serial)
            ),
            "Insert another token. If one person has both logins, add --shared",
        )),
    }
}
