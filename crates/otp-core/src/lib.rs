//! The rules of pam-otp: which one-time password opens the door, and what must be
//! remembered afterwards.
//!
//! This crate decides in a room without windows. It opens no file, reads no clock, asks no
//! random source and no environment; it is `no_std`, so the compiler keeps it that way.
//! Everything arrives as a value, and a decision leaves together with the next state, which
//! the caller must record before it says a word (`otp-store` makes that a type).
//!
//! It is not a store, not a PAM module and not a command; those live above it.
//!
//! Begin with [`verify()`]. Then [`Account`] (what was enrolled), [`State`] (what has happened
//! since) and [`Policy`] (what the administrator decided).
//!
//! # Glossary
//!
//! The words are those of RFC 4226, RFC 6238, RFC 6030 and NIST SP 800-63B.
//!
//! | We say | Meaning, unit |
//! |---|---|
//! | secret | the shared key K, bytes (RFC 4226 s.5.1) |
//! | moving factor | the 64-bit number hashed: HOTP's counter, TOTP's step number |
//! | counter | the moving factor of an event-based authenticator |
//! | time step | length of a step, seconds (RFC 6238 s.4.1) |
//! | step number | whole time steps since `t0`; the moving factor of TOTP |
//! | response | what a person types to prove possession; prompts call it "code" |
//! | look-ahead window | how many further counters may be tried (RFC 4226 s.7.4) |
//! | drift | device minus host clock, in time steps (RFC 6238 s.6) |
//! | resynchronization | proving the place again with consecutive responses |
//! | throttling | refusing for a while after failures (RFC 4226 s.7.3) |
//! | authenticator | the thing alice holds: an app, a card, a fob (NIST SP 800-63B) |
//! | account, state | what was enrolled; what has happened since |
//! | activated | a login or enrolment has proved that the authenticator computes right codes |
//! | PIN | digits a person knows, typed in front of a response |
//! | token identifier | 12 characters that a token types in front of a response |
//! | recovery code | one of ten on paper, each good once |
//! | challenge | what the other side asks with, OCRA's question Q (RFC 6287 s.5.1) |
//! | suite | what goes into the hash of an OCRA response (RFC 6287 s.6) |
//! | bypass code | an administrator's word for a while, in place of a code |
//! | pending | enabled, but no authenticator activated yet |
//!
//! Two traps of the texts: RFC 4226 calls the *value* an authenticator, we never do; and its
//! T is a throttling limit while RFC 6238's T is the step number, so we use neither letter.

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod account;
mod algorithm;
mod bypass;
mod decision;
mod diagnose;
mod encoding;
mod hotp;
mod key_uri;
mod label;
mod long_code;
mod ocra;
mod pin;
mod policy;
mod recovery;
mod response;
mod resync;
mod rules;
mod secret;
mod state;
mod throttle;
mod token_identifier;
mod totp;
mod user_name;
mod validity;
mod verify;
mod window;

pub use account::{
    Account, AccountError, Authenticator, AuthenticatorId, Authenticators, EnrolmentId, Method,
};
pub use algorithm::{
    Digits, HashAlgorithm, MovingFactor, ParameterError, StepOffset, TimeStep, UnixTime,
};
pub use bypass::{Bypass, BypassId, BypassState};
pub use decision::{
    Acceptance, Answer, Decision, Exemption, Outcome, PasswordCheck, PinCheck, Reason,
};
pub use diagnose::{Hint, hint};
pub use encoding::{
    DecodeError, base32, decode_base32, decode_typed_base32, decode_typed_hex, hexadecimal,
};
pub use hotp::{Code, CodeGenerator};
pub use key_uri::{KeyUri, KeyUriError, KeyUriKind};
pub use label::{Label, LabelError};
pub use ocra::{
    ChallengeAlphabet, ChallengeError, ChallengeFormat, OcraInput, OcraSuite, SuiteError,
};
pub use pin::{Pin, PinCost, PinError};
pub use policy::{PendingPolicy, Policy, PolicyError, ThrottlePolicy, Unenrolled, WindowPolicy};
pub use recovery::{RecoveryCode, RecoverySet, RecoverySetId, RecoveryState};
pub use response::{NotACode, Response, Tail, Typed, TypedKind};
pub use resync::{Resynchronization, resynchronize};
pub use rules::{
    AccessRule, Action, Circumstances, Hours, Network, Origin, OriginMatch, RuleError, first_match,
};
pub use secret::{Secret, SecretError};
pub use state::{AuthenticatorState, Place, State, Trust, TrustedPlace};
pub use throttle::{Standing, standing, wait_seconds};
pub use token_identifier::{NotATokenIdentifier, TokenIdentifier};
pub use totp::{BeforeStart, step_number};
pub use user_name::{UserName, UserNameError};
pub use validity::Validity;
pub use verify::{grace_ends, grace_logins_are_spent, is_remembered, verify, verify_blank};
pub use window::{Candidates, candidates};
