//! How an account file keeps an authenticator, its secret included.

use crate::toml_table::{FromTable, SecretText, Table};
use crate::toml_text::TomlText;
use otp_core::{
    Authenticator, AuthenticatorId, Digits, HashAlgorithm, Label, Method, MovingFactor, Secret,
    TimeStep, TokenIdentifier, UnixTime, Validity, base32, decode_base32,
};
use toml::de::DeString;
use zeroize::Zeroizing;

/// One device, as it stands in the file.
pub(super) struct AuthenticatorEntry<'text> {
    id: u32,
    label: DeString<'text>,
    kind: Kind,
    algorithm: DeString<'text>,
    digits: u64,
    time_step_seconds: Option<u64>,
    t0_unix_seconds: Option<u64>,
    initial_counter: Option<u64>,
    secret: SecretText<'text>,
    token_identifier: Option<DeString<'text>>,
    serial: Option<DeString<'text>>,
    valid_from_unix_seconds: Option<u64>,
    valid_until_unix_seconds: Option<u64>,
    created_at_unix_seconds: u64,
}

#[derive(Clone, Copy)]
enum Kind {
    Totp,
    Hotp,
}

const KINDS: &[(&str, Kind)] = &[("totp", Kind::Totp), ("hotp", Kind::Hotp)];

/// The scheme of secrets that are written as they are.
const PLAIN: &str = "base32:";

impl<'text> FromTable<'text> for AuthenticatorEntry<'text> {
    const KEYS: &'static [&'static str] = &[
        "id",
        "label",
        "kind",
        "algorithm",
        "digits",
        "time_step_seconds",
        "t0_unix_seconds",
        "initial_counter",
        "secret",
        "token_identifier",
        "serial",
        "valid_from_unix_seconds",
        "valid_until_unix_seconds",
        "created_at_unix_seconds",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            id: table.need("id", Table::number),
            label: table.need("label", Table::text),
            kind: table.need_word("kind", KINDS, Kind::Totp),
            algorithm: table.need("algorithm", Table::text),
            digits: table.need("digits", Table::number),
            time_step_seconds: table.number("time_step_seconds"),
            t0_unix_seconds: table.number("t0_unix_seconds"),
            initial_counter: table.number("initial_counter"),
            secret: table.need("secret", Table::secret),
            token_identifier: table.text("token_identifier"),
            serial: table.text("serial"),
            valid_from_unix_seconds: table.number("valid_from_unix_seconds"),
            valid_until_unix_seconds: table.number("valid_until_unix_seconds"),
            created_at_unix_seconds: table.need("created_at_unix_seconds", Table::number),
        }
    }
}

impl AuthenticatorEntry<'_> {
    pub(super) fn into_authenticator(self) -> Result<Authenticator, String> {
        let only = |key: &str, kind: &str| format!("{key} belongs to {kind} only");
        let method = match self.kind {
            Kind::Totp => {
                if self.initial_counter.is_some() {
                    return Err(only("initial_counter", "hotp"));
                }
                let seconds = self
                    .time_step_seconds
                    .ok_or("time_step_seconds is missing")?;
                Method::Totp {
                    time_step: TimeStep::from_seconds(seconds).map_err(|e| e.to_string())?,
                    t0: UnixTime(self.t0_unix_seconds.unwrap_or(0)),
                }
            }
            Kind::Hotp => {
                if self.time_step_seconds.is_some() {
                    return Err(only("time_step_seconds", "totp"));
                }
                if self.t0_unix_seconds.is_some() {
                    return Err(only("t0_unix_seconds", "totp"));
                }
                let counter = self.initial_counter.ok_or("initial_counter is missing")?;
                Method::Hotp {
                    initial_counter: MovingFactor(counter),
                }
            }
        };
        let secret = self
            .secret
            .strip_prefix(PLAIN)
            .ok_or("the secret has no scheme that this version knows (base32:)")?;
        let secret = decode_base32(secret).map_err(|error| format!("the secret is {error}"))?;
        let token_identifier = self.token_identifier.as_deref();
        let token_identifier = token_identifier.map(TokenIdentifier::parse).transpose();
        let validity = Validity {
            from: self.valid_from_unix_seconds.map(UnixTime),
            until: self.valid_until_unix_seconds.map(UnixTime),
        };
        if !validity.is_possible() {
            return Err("valid_until_unix_seconds must be after valid_from_unix_seconds".into());
        }
        let serial = self.serial.as_deref().map(Label::parse).transpose();
        Ok(Authenticator {
            id: AuthenticatorId(self.id),
            label: Label::parse(&self.label).map_err(|error| error.to_string())?,
            method,
            algorithm: HashAlgorithm::parse(&self.algorithm).map_err(|error| error.to_string())?,
            digits: Digits::new(self.digits).map_err(|error| error.to_string())?,
            // Short ones were imported knowingly, by a command that said so.
            secret: Secret::import_short(secret).map_err(|error| error.to_string())?,
            token_identifier: token_identifier.map_err(|error| error.to_string())?,
            serial: serial.map_err(|error| format!("serial: {error}"))?,
            validity,
            created_at: UnixTime(self.created_at_unix_seconds),
        })
    }
}

/// Appends one device.
pub(super) fn print(one: &Authenticator, text: &mut TomlText) {
    let encoded = base32(one.secret.expose_bytes());
    let room = PLAIN.len().saturating_add(encoded.len());
    let mut secret = Zeroizing::new(String::with_capacity(room));
    secret.push_str(PLAIN);
    secret.push_str(&encoded);
    text.next_table("authenticator");
    text.number("id", one.id.0);
    text.text("label", one.label.as_str());
    let kind = match one.method {
        Method::Totp { .. } => "totp",
        Method::Hotp { .. } => "hotp",
    };
    text.text("kind", kind);
    text.text("algorithm", one.algorithm.as_str());
    text.number("digits", one.digits.get());
    match one.method {
        Method::Totp { time_step, t0 } => {
            text.number("time_step_seconds", time_step.seconds());
            if t0.0 != 0 {
                text.number("t0_unix_seconds", t0.0);
            }
        }
        Method::Hotp { initial_counter } => text.number("initial_counter", initial_counter.0),
    }
    text.text("secret", &secret);
    if let Some(identifier) = &one.token_identifier {
        text.text("token_identifier", &identifier.to_string());
    }
    if let Some(serial) = &one.serial {
        text.text("serial", serial.as_str());
    }
    if let Some(from) = one.validity.from {
        text.number("valid_from_unix_seconds", from.0);
    }
    if let Some(until) = one.validity.until {
        text.number("valid_until_unix_seconds", until.0);
    }
    text.number("created_at_unix_seconds", one.created_at.0);
}
