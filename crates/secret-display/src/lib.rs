//! How a new secret is shown to its owner: as a QR code made of characters, and in any case
//! as text, in groups of four.
//!
//! The command shows it to an administrator, the module to the owner of a pending account
//! at the beginning of his session. Nothing is printed here; texts are returned, and wiped
//! when dropped.

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

mod by_hand;
mod qr;

pub use by_hand::{grouped_secret, parameters};
pub use qr::{Canvas, Pencil, draw};
