//! Hardware tokens in software, for tests and demonstrations.
//!
//! Each stands behind a virtual reader of the real `pcscd` (package `vsmartcard-vpcd`), so
//! that any program finds it: ours, `ykman`, `pcsc_scan`. [`card`] says what a card is,
//! [`reader`] puts it into the reader, [`control`] lets a test touch it, press its button,
//! pull it out, and make it fail at a chosen exchange.
//!
//! The kinds are in [`kinds`]. Nitrokey's real firmware is a program of its own,
//! `tests/nitrokey-token`, which uses [`card`], [`reader`] and [`control`] of this one.

pub mod card;
pub mod control;
pub mod options;
pub mod reader;
pub mod touch;

#[cfg(feature = "kinds")]
mod apdu;
#[cfg(feature = "kinds")]
mod crescendo;
#[cfg(feature = "kinds")]
pub mod kinds;
#[cfg(feature = "kinds")]
mod management;
#[cfg(feature = "kinds")]
mod oath;
#[cfg(feature = "kinds")]
mod slots;
#[cfg(feature = "kinds")]
mod tlv;
#[cfg(feature = "kinds")]
mod token2;
#[cfg(feature = "kinds")]
mod yubikey;
