//! What hardware tokens are told, and what they answer.
//!
//! A driver turns "keep this secret", "compute a code" into the bytes of one family of
//! tokens, and the answers into values and errors that a person understands. It knows no
//! reader, no clock, no random source and no terminal: bytes go through a [`Card`], time and
//! random bytes arrive as values, and who has to touch something is told through a
//! [`Holder`]. So every driver is tested without a reader, and the same driver runs over
//! PC/SC (`enroll-cli`) and in a fuzzer.
//!
//! Nothing here decides about a login, and no login links it.
//!
//! Begin with [`open`] and [`Token`], the trait of every family that keeps credentials, and
//! [`Capabilities`], which says what a device can do before it is asked to. The bytes on the
//! wire are in [`apdu`] and [`tlv`].

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

pub mod apdu;
mod capabilities;
mod card;
#[cfg(test)]
mod conversations;
mod credential;
pub mod crescendo;
mod detect;
mod error;
mod fits;
pub mod management;
pub mod nitrokey;
pub mod oath;
#[cfg(any(test, feature = "script"))]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "used by tests only"
)]
pub mod script;
pub mod slots;
mod status_word;
pub mod tlv;
mod token;
pub mod token2;

pub use capabilities::{Access, AccessSupport, Capabilities, Kind, TimeSteps};
pub use card::{Card, CardError, Holder, Patience, transmit};
pub use credential::{
    CodeOf, CodeValue, Credential, CredentialName, Moment, NameError, NewCredential, NewMoving,
    Protection,
};
pub use detect::{Applications, Recognised, open, parse_management_serial, recognise};
pub use error::TokenError;
pub use status_word::StatusWord;
pub use token::{Family, Identity, RandomBytes, Token, Unlock};
