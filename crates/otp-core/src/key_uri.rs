//! The key URI that a QR code carries: `otpauth://totp/web1:alice?secret=…&issuer=web1`.
//!
//! Written in its short form (whatever equals the default is left out, so that the QR code
//! stays small), read strictly: a parameter that we would have to guess is refused.
//!
//! Source: the Key Uri Format wiki page of google-authenticator, and the drafts
//! `draft-linuxgemini-otpauth-uri` and `draft-andesco-otpauth-uri`. The format has no `t0`.

use crate::{
    Account, Authenticator, Digits, HashAlgorithm, Method, MovingFactor, ParameterError, Secret,
    SecretError, TimeStep, base32, decode_typed_base32, encoding::DecodeError,
};
use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use core::fmt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use zeroize::Zeroizing;

/// Everything a key URI says.
pub struct KeyUri {
    /// Whose service it is, for the person's list of accounts.
    pub issuer: Option<String>,
    /// Whose account it is.
    pub account_name: String,
    /// TOTP or HOTP.
    pub kind: KeyUriKind,
    /// The hash inside the HMAC.
    pub algorithm: HashAlgorithm,
    /// Length of a code.
    pub digits: Digits,
    /// The shared secret.
    pub secret: Secret,
}

/// What moves the codes on, as far as a key URI can say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUriKind {
    /// `otpauth://totp/…`, with `period`.
    Totp {
        /// Length of a step.
        time_step: TimeStep,
    },
    /// `otpauth://hotp/…`, with `counter`.
    Hotp {
        /// The next counter.
        counter: MovingFactor,
    },
}

/// What stays as it is in a label or a value: the unreserved characters of RFC 3986 s.2.3,
/// and `@`, which may stand in a path and keeps names readable.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@');

impl KeyUri {
    /// The URI of a device that shall show the codes from this moving factor on.
    pub fn of(
        account: &Account,
        one: &Authenticator,
        next: Option<MovingFactor>,
        issuer: Option<String>,
    ) -> Self {
        Self {
            issuer,
            account_name: account.user.to_string(),
            kind: match one.method {
                Method::Totp { time_step, .. } => KeyUriKind::Totp { time_step },
                Method::Hotp { initial_counter } => KeyUriKind::Hotp {
                    counter: next.unwrap_or(initial_counter),
                },
            },
            algorithm: one.algorithm,
            digits: one.digits,
            secret: one.secret.clone(),
        }
    }

    /// The URI, in its shortest form. It contains the secret: not for logs.
    pub fn expose_uri(&self) -> Zeroizing<String> {
        let mut uri = Zeroizing::new(String::with_capacity(1024));
        let escaped = |text| utf8_percent_encode(text, ESCAPED);
        let kind = match self.kind {
            KeyUriKind::Totp { .. } => "totp",
            KeyUriKind::Hotp { .. } => "hotp",
        };
        uri.push_str("otpauth://");
        uri.push_str(kind);
        uri.push('/');
        if let Some(issuer) = &self.issuer {
            uri.extend(escaped(issuer));
            uri.push(':');
        }
        uri.extend(escaped(&self.account_name));
        uri.push_str("?secret=");
        uri.push_str(&base32(self.secret.expose_bytes()));
        if let Some(issuer) = &self.issuer {
            uri.push_str("&issuer=");
            uri.extend(escaped(issuer));
        }
        if self.algorithm != HashAlgorithm::default() {
            uri.push_str("&algorithm=");
            uri.push_str(self.algorithm.as_str());
        }
        if self.digits != Digits::SIX {
            uri.push_str("&digits=");
            uri.push_str(&self.digits.get().to_string());
        }
        match self.kind {
            KeyUriKind::Totp { time_step } if time_step != TimeStep::THIRTY_SECONDS => {
                uri.push_str("&period=");
                uri.push_str(&time_step.seconds().to_string());
            }
            KeyUriKind::Totp { .. } => {}
            // Required for HOTP, so it is written even when it is 0.
            KeyUriKind::Hotp { counter } => {
                uri.push_str("&counter=");
                uri.push_str(&counter.0.to_string());
            }
        }
        uri
    }

    /// Reads a key URI. With `short_secrets` a secret of 80 to 127 bits is taken as well.
    ///
    /// Parameters we do not know (`image`, `color`, …) are passed over, as the drafts ask;
    /// known ones twice, empty, or out of range are refused.
    ///
    /// # Errors
    ///
    /// [`KeyUriError`] naming the part. It never contains the secret.
    pub fn parse(uri: &str, short_secrets: bool) -> Result<Self, KeyUriError> {
        let rest =
            strip_prefix_ignoring_case(uri.trim(), "otpauth://").ok_or(KeyUriError::Scheme)?;
        let (kind, rest) = rest.split_once('/').ok_or(KeyUriError::Kind)?;
        let (label, query) = rest.split_once('?').ok_or(KeyUriError::Missing("secret"))?;
        if query.contains('#') {
            return Err(KeyUriError::Fragment);
        }
        let (prefix, account_name) = read_label(label)?;
        let query = Query::read(query)?;

        let is_hotp = match kind {
            _ if kind.eq_ignore_ascii_case("totp") => false,
            _ if kind.eq_ignore_ascii_case("hotp") => true,
            _ => return Err(KeyUriError::Kind),
        };
        // Exporters write both for either kind. What is not used must be sound all the same.
        let counter = query.counter.as_deref();
        let counter = counter.map(|it| whole_number(it, "counter")).transpose()?;
        let time_step = match &query.period {
            None => TimeStep::THIRTY_SECONDS,
            Some(period) => TimeStep::from_seconds(whole_number(period, "period")?)?,
        };
        let kind = match (is_hotp, counter) {
            (true, None) => return Err(KeyUriError::Missing("counter")),
            (true, Some(counter)) => KeyUriKind::Hotp {
                counter: MovingFactor(counter),
            },
            (false, _) => KeyUriKind::Totp { time_step },
        };
        let secret = query.secret.ok_or(KeyUriError::Missing("secret"))?;
        let secret = decode_typed_base32(&secret).map_err(KeyUriError::Base32)?;
        let secret = if short_secrets {
            Secret::import_short(secret)?
        } else {
            Secret::new(secret)?
        };
        Ok(Self {
            // The parameter is the newer way and wins over the prefix.
            issuer: query.issuer.or(prefix).filter(|issuer| !issuer.is_empty()),
            account_name,
            kind,
            algorithm: match &query.algorithm {
                None => HashAlgorithm::default(),
                Some(name) => HashAlgorithm::parse(name)?,
            },
            digits: match &query.digits {
                None => Digits::SIX,
                Some(digits) => Digits::new(whole_number(digits, "digits")?)?,
            },
            secret,
        })
    }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// `issuer:account` or `account`. The colon is looked for before anything is unescaped.
fn read_label(label: &str) -> Result<(Option<String>, String), KeyUriError> {
    let escaped_colon = label.to_ascii_lowercase().find("%3a");
    let split = match (label.find(':'), escaped_colon) {
        (Some(plain), Some(escaped)) if escaped < plain => Some((escaped, 3)),
        (Some(plain), _) => Some((plain, 1)),
        (None, Some(escaped)) => Some((escaped, 3)),
        (None, None) => None,
    };
    let (issuer, account) = match split {
        None => (None, label),
        Some((at, width)) => {
            let (issuer, rest) = label.split_at_checked(at).ok_or(KeyUriError::Label)?;
            let account = rest.get(width..).ok_or(KeyUriError::Label)?;
            (Some(unescaped(issuer, "label")?.into_owned()), account)
        }
    };
    let account = unescaped(account, "label")?.trim().to_string();
    if account.is_empty() || account.contains(':') {
        return Err(KeyUriError::Label);
    }
    Ok((issuer, account))
}

fn unescaped<'a>(text: &'a str, part: &'static str) -> Result<Cow<'a, str>, KeyUriError> {
    // What follows each sign must be an escape; the decoder would leave anything else as it is.
    let is_escape = |rest: &str| {
        let digits = rest.get(..2);
        digits.is_some_and(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if !text.split('%').skip(1).all(is_escape) {
        return Err(KeyUriError::Encoding(part));
    }
    let decoded = percent_decode_str(text).decode_utf8();
    let decoded = decoded.map_err(|_| KeyUriError::Encoding(part))?;
    if decoded.chars().any(char::is_control) {
        return Err(KeyUriError::Encoding(part));
    }
    Ok(decoded)
}

fn whole_number(text: &str, part: &'static str) -> Result<u64, KeyUriError> {
    // `parse` would take a sign.
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_err(|_| KeyUriError::Number(part))
    } else {
        Err(KeyUriError::Number(part))
    }
}

/// The known parameters, each at most once.
#[derive(Default)]
struct Query {
    secret: Option<Zeroizing<String>>,
    issuer: Option<String>,
    algorithm: Option<String>,
    digits: Option<String>,
    period: Option<String>,
    counter: Option<String>,
}

impl Query {
    fn read(text: &str) -> Result<Self, KeyUriError> {
        let mut query = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, slot) = match name {
                "secret" => {
                    let value = Zeroizing::new(unescaped(value, "secret")?.into_owned());
                    if value.is_empty() {
                        return Err(KeyUriError::Missing("secret"));
                    }
                    if query.secret.replace(value).is_some() {
                        return Err(KeyUriError::Twice("secret"));
                    }
                    continue;
                }
                "issuer" => ("issuer", &mut query.issuer),
                "algorithm" => ("algorithm", &mut query.algorithm),
                "digits" => ("digits", &mut query.digits),
                "period" => ("period", &mut query.period),
                "counter" => ("counter", &mut query.counter),
                _ => continue,
            };
            if slot.is_some() {
                return Err(KeyUriError::Twice(name));
            }
            // Some exporters write blanks in a query as `+`.
            let value = value.replace('+', " ");
            let value = unescaped(&value, name)?.into_owned();
            if value.is_empty() {
                return Err(KeyUriError::Missing(name));
            }
            *slot = Some(value);
        }
        Ok(query)
    }
}

/// What is wrong with a key URI. Never contains the secret.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyUriError {
    /// Does not begin with `otpauth://`.
    Scheme,
    /// Neither `totp` nor `hotp`.
    Kind,
    /// No account name, or a colon in it.
    Label,
    /// A `#…` at the end.
    Fragment,
    /// A required parameter is missing or empty.
    Missing(&'static str),
    /// A parameter stands there twice.
    Twice(&'static str),
    /// A part has a broken escape, is no UTF-8 after unescaping, or has control characters.
    Encoding(&'static str),
    /// A parameter is not a whole number.
    Number(&'static str),
    /// The secret is no base32.
    Base32(DecodeError),
    /// The secret is too short or too long.
    Secret(SecretError),
    /// A parameter is outside what the standards allow.
    Parameter(ParameterError),
}

impl From<SecretError> for KeyUriError {
    fn from(error: SecretError) -> Self {
        Self::Secret(error)
    }
}

impl From<ParameterError> for KeyUriError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(error)
    }
}

impl fmt::Display for KeyUriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => f.write_str("a key URI begins with otpauth://"),
            Self::Kind => f.write_str("a key URI is for totp or hotp"),
            Self::Label => f.write_str("the label must be issuer:account or account"),
            Self::Fragment => f.write_str("a key URI has no part after '#'"),
            Self::Missing(name) => write!(f, "the parameter {name} is missing or empty"),
            Self::Twice(name) => write!(f, "the parameter {name} stands there twice"),
            Self::Encoding(part) => write!(f, "the {part} is not readable text"),
            Self::Number(name) => write!(f, "the parameter {name} is not a whole number"),
            Self::Base32(error) => write!(f, "the secret is {error}"),
            Self::Secret(error) => fmt::Display::fmt(error, f),
            Self::Parameter(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl core::error::Error for KeyUriError {}

#[cfg(test)]
mod tests;
