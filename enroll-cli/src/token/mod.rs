//! Hardware tokens as the command meets them: readers, transactions, people who touch.
//!
//! What a token is told is the affair of the crate `token-drivers`. Here are the ways to it
//! and around it: PC/SC (`readers.rs`, `connection.rs`, `trouble.rs`), the person who holds
//! it (`touch.rs`), where a code goes (`clipboard.rs`), where a key URI comes from
//! (`picture.rs`), a keyboard that is
//! recorded (`keyboard.rs`), and what was put where (`inventory.rs`). The commands are in
//! `command/token/`.

pub(crate) mod clipboard;
pub(crate) mod connection;
pub(crate) mod inventory;
pub(crate) mod keyboard;
pub(crate) mod picture;
mod programs;
pub(crate) mod readers;
pub(crate) mod shown;
pub(crate) mod touch;
pub(crate) mod trouble;

use crate::error::CommandError;
use crate::new_account::fill_with_random_bytes;

/// The operating system's random bytes, as drivers ask for them.
///
/// # Errors
///
/// If there are none.
pub(crate) fn random() -> Result<impl FnMut(&mut [u8]), CommandError> {
    // It either works or not; a driver is not left alone with an error in the middle.
    fill_with_random_bytes(&mut [0; 8])?;
    Ok(|bytes: &mut [u8]| {
        if fill_with_random_bytes(bytes).is_err() {
            // Whatever happens then, zeros must not be taken for random bytes.
            std::process::abort();
        }
    })
}
