//! Making an account: from arguments, policy and the operating system's random source.

use crate::arguments::NewAuthenticator;
use crate::error::CommandError;
use crate::screen::Screen;
use crate::secret_input::{self, Given};
use nix::unistd::User;
use otp_core::{
    Account, Authenticator, AuthenticatorId, Authenticators, Digits, EnrolmentId, HashAlgorithm,
    KeyUri, KeyUriKind, Label, Method, MovingFactor, Secret, TimeStep, TokenIdentifier, UnixTime,
    UserName,
};
use otp_store::EnrolmentDefaults;
use rand::TryRng;
use rand::rngs::SysRng;
use std::time::{SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// A user of this machine.
pub(crate) struct Known {
    pub(crate) name: UserName,
    pub(crate) uid: u32,
}

/// Looks a user up in the user database.
pub(crate) fn known_user(name: &str) -> Result<Known, CommandError> {
    if name.is_empty() {
        user_name(name)?;
    }
    let unknown = || {
        CommandError::refused(
            format!("this machine knows no user \"{}\"", name.escape_debug()),
            "Look for the name: getent passwd",
        )
    };
    let user = User::from_name(name)
        .map_err(|errno| {
            let what = format!("the user database cannot be read: {}", errno.desc());
            CommandError::refused(what, "See: getent passwd")
        })?
        .ok_or_else(unknown)?;
    let name = UserName::parse(&user.name)
        .map_err(|error| CommandError::refused(error.to_string(), "Choose another user"))?;
    Ok(Known {
        name,
        uid: user.uid.as_raw(),
    })
}

/// The name of somebody who may have left the machine already.
pub(crate) fn user_name(name: &str) -> Result<UserName, CommandError> {
    UserName::parse(name)
        .map_err(|error| CommandError::usage(error.to_string(), "See: otpctl status"))
}

/// The clock.
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime(since.map_or(0, |since| since.as_secs()))
}

/// An account with one authenticator, and the URI for the person's device.
pub(crate) struct NewAccount {
    pub(crate) account: Account,
    pub(crate) uri: KeyUri,
}

/// Makes an account; reads the secret if the arguments say from where.
pub(crate) fn make(
    user: Known,
    wanted: &NewAuthenticator,
    defaults: &EnrolmentDefaults,
    screen: &mut Screen,
) -> Result<NewAccount, CommandError> {
    let given = if let Some(number) = wanted.secret_fd {
        let line = secret_input::from_descriptor(number)?;
        Some(given_secret(&line, wanted)?)
    } else if wanted.secret_stdin {
        let line = screen.ask_if_somebody_is_there("Secret (base32, hex:..., otpauth://...): ")?;
        let line = line.unwrap_or_default();
        Some(given_secret(&line, wanted)?)
    } else {
        None
    };
    let new = make_of(user, wanted, given, defaults)?;
    if new.uri.secret.is_short() {
        screen.remark("Warning: this secret is shorter than the 128 bits of RFC 4226.")?;
    }
    Ok(new)
}

/// A secret that exists already, as it was given.
pub(crate) fn given_secret(text: &str, wanted: &NewAuthenticator) -> Result<Given, CommandError> {
    secret_input::parse(text, wanted.allow_short_secret)
}

/// Makes an account, with this secret or a new one.
pub(crate) fn make_of(
    user: Known,
    wanted: &NewAuthenticator,
    given: Option<Given>,
    defaults: &EnrolmentDefaults,
) -> Result<NewAccount, CommandError> {
    let parameters = Parameters::settle(wanted, defaults, given)?;
    let label = new_label(wanted.label.as_deref().unwrap_or("phone"))?;
    let identifier = wanted.token_identifier.as_deref();
    let identifier = identifier.map(TokenIdentifier::parse).transpose();
    let identifier = identifier.map_err(|error| {
        let remedy = "Take it from the tool that has set the token up, for example: ykman otp info";
        CommandError::usage(error.to_string(), remedy)
    })?;
    assemble(user, label, identifier, parameters)
}

/// What somebody calls a device.
pub(crate) fn new_label(text: &str) -> Result<Label, CommandError> {
    Label::parse(text)
        .map_err(|error| CommandError::usage(error.to_string(), "For example: --label phone"))
}

/// An account like another one, with a secret and an enrolment of its own.
pub(crate) fn renew(
    user: Known,
    old: &Authenticator,
    defaults: &EnrolmentDefaults,
) -> Result<NewAccount, CommandError> {
    let bytes = defaults.secret_bytes;
    let parameters = Parameters {
        method: match old.method {
            Method::Totp { time_step, .. } => Method::Totp {
                time_step,
                t0: UnixTime(0),
            },
            Method::Hotp { .. } => Method::Hotp {
                initial_counter: MovingFactor(0),
            },
        },
        algorithm: old.algorithm,
        digits: old.digits,
        secret: random_secret(bytes.unwrap_or(old.algorithm.output_bytes()))?,
        issuer: issuer(None, defaults),
    };
    assemble(user, old.label.clone(), old.token_identifier, parameters)
}

fn assemble(
    user: Known,
    label: Label,
    token_identifier: Option<TokenIdentifier>,
    parameters: Parameters,
) -> Result<NewAccount, CommandError> {
    let Parameters {
        method,
        algorithm,
        digits,
        secret,
        issuer,
    } = parameters;
    let uri = KeyUri {
        issuer: Some(issuer),
        account_name: user.name.to_string(),
        kind: match method {
            Method::Totp { time_step, .. } => KeyUriKind::Totp { time_step },
            Method::Hotp { initial_counter } => KeyUriKind::Hotp {
                counter: initial_counter,
            },
        },
        algorithm,
        digits,
        secret: secret.clone(),
    };
    let authenticator = Authenticator {
        id: AuthenticatorId(1),
        label,
        method,
        algorithm,
        digits,
        secret,
        token_identifier,
        serial: None,
        validity: otp_core::Validity::default(),
        created_at: now(),
    };
    let authenticators = Authenticators::new(vec![authenticator])
        .map_err(|error| CommandError::refused(error.to_string(), "This is a fault of otpctl"))?;
    let mut enrolment = [0; 16];
    fill_with_random_bytes(&mut enrolment)?;
    let account = Account {
        user: user.name,
        uid: user.uid,
        enabled: true,
        enrolment: EnrolmentId(enrolment),
        enrolled_at: now(),
        pin: None,
        recovery: None,
        bypass: None,
        authenticators,
    };
    Ok(NewAccount { account, uri })
}

/// Everything about an authenticator but its label.
struct Parameters {
    method: Method,
    algorithm: HashAlgorithm,
    digits: Digits,
    secret: Secret,
    issuer: String,
}

impl Parameters {
    fn settle(
        wanted: &NewAuthenticator,
        defaults: &EnrolmentDefaults,
        given: Option<Given>,
    ) -> Result<Self, CommandError> {
        let issuer = issuer(wanted.issuer.as_deref(), defaults);
        let unusable_character = |c: char| c == ':' || c.is_control();
        if issuer.is_empty() || issuer.len() > 64 || issuer.contains(unusable_character) {
            return Err(CommandError::usage(
                "an issuer has 1 to 64 bytes and no colon or control character",
                "For example: --issuer web1",
            ));
        }
        let secret = match given {
            Some(Given::Uri(uri)) => return Self::from_uri(*uri, wanted, issuer),
            Some(Given::Secret(secret)) => Some(secret),
            None => None,
        };
        let algorithm = match &wanted.algorithm {
            None => defaults.algorithm,
            Some(name) => HashAlgorithm::parse(name).map_err(unusable)?,
        };
        let digits = match wanted.digits {
            None => defaults.digits,
            Some(digits) => Digits::new(digits).map_err(unusable)?,
        };
        let method = if wanted.hotp {
            Method::Hotp {
                initial_counter: counter(wanted.counter.unwrap_or(0))?,
            }
        } else {
            Method::Totp {
                time_step: match wanted.time_step {
                    None => defaults.time_step,
                    Some(seconds) => TimeStep::from_seconds(seconds).map_err(unusable)?,
                },
                t0: UnixTime(0),
            }
        };
        let secret = match secret {
            Some(secret) => secret,
            None => {
                let bytes = wanted.secret_bytes.or(defaults.secret_bytes);
                random_secret(bytes.unwrap_or(algorithm.output_bytes()))?
            }
        };
        Ok(Self {
            method,
            algorithm,
            digits,
            secret,
            issuer,
        })
    }

    /// A key URI says everything; an argument that says something else is a contradiction.
    fn from_uri(
        uri: KeyUri,
        wanted: &NewAuthenticator,
        issuer: String,
    ) -> Result<Self, CommandError> {
        let contradicts = wanted.hotp
            || wanted.algorithm.is_some()
            || wanted.digits.is_some()
            || wanted.time_step.is_some();
        if contradicts {
            return Err(CommandError::usage(
                "the key URI says already what kind of codes it makes",
                "Leave --hotp, --algorithm, --digits and --time-step away",
            ));
        }
        Ok(Self {
            method: match uri.kind {
                KeyUriKind::Totp { time_step } => Method::Totp {
                    time_step,
                    t0: UnixTime(0),
                },
                KeyUriKind::Hotp { counter: first } => Method::Hotp {
                    initial_counter: counter(first.0)?,
                },
            },
            algorithm: uri.algorithm,
            digits: uri.digits,
            // What the administrator asks for goes before what the URI says.
            issuer: match (&wanted.issuer, uri.issuer) {
                (None, Some(from_uri)) => from_uri,
                _ => issuer,
            },
            secret: uri.secret,
        })
    }
}

/// An account file holds counters up to 2^63 - 1; no device gets near.
fn counter(counter: u64) -> Result<MovingFactor, CommandError> {
    if i64::try_from(counter).is_err() {
        return Err(CommandError::usage(
            "the counter is above 9223372036854775807",
            "Give the counter that the device will use next",
        ));
    }
    Ok(MovingFactor(counter))
}

fn unusable(error: otp_core::ParameterError) -> CommandError {
    CommandError::usage(error.to_string(), "See: otpctl enroll --help")
}

pub(crate) fn issuer(wanted: Option<&str>, defaults: &EnrolmentDefaults) -> String {
    if let Some(issuer) = wanted.or(defaults.issuer.as_deref()) {
        return issuer.into();
    }
    let host = nix::unistd::gethostname().ok();
    let host = host.and_then(|host| host.into_string().ok());
    // The first part is enough to tell hosts apart in an app, and keeps the QR code small.
    let short = host.as_deref().and_then(|host| host.split('.').next());
    short
        .filter(|host| !host.is_empty())
        .unwrap_or("login")
        .into()
}

fn random_secret(bytes: usize) -> Result<Secret, CommandError> {
    if !(Secret::SHORTEST_BYTES..=64).contains(&bytes) {
        return Err(CommandError::usage(
            format!("a secret has 16 to 64 bytes, not {bytes}"),
            "Leave --secret-bytes away for the usual length",
        ));
    }
    let mut secret = Zeroizing::new(vec![0; bytes]);
    fill_with_random_bytes(&mut secret)?;
    Secret::new(secret)
        .map_err(|error| CommandError::usage(error.to_string(), "See: otpctl enroll --help"))
}

pub(crate) fn fill_with_random_bytes(bytes: &mut [u8]) -> Result<(), CommandError> {
    SysRng.try_fill_bytes(bytes).map_err(|error| {
        let what = format!("the operating system gives no random bytes: {error}");
        CommandError::refused(what, "Try again in a moment")
    })
}
