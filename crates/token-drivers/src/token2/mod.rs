//! Token2's programmable tokens: those with one profile, written over NFC, and the Molto2
//! with a hundred of them. They show their codes on a display; the computer cannot ask for
//! one.
//!
//! Sources: the maker's public tool and its documented test answers. No application is
//! selected: the commands go to the card as it is.

mod dialogue;
mod molto2;
mod profile;
mod sealing;
mod single;

pub use dialogue::{Info, parse_info, read_molto2_info, read_single_info};
pub use molto2::Molto2;
pub use profile::{Profile, parse_profile};
pub use single::Token2;

use otp_core::HashAlgorithm;

/// The number that stands for a hash.
fn hash_number(algorithm: HashAlgorithm) -> Option<u8> {
    match algorithm {
        HashAlgorithm::Sha1 => Some(1),
        HashAlgorithm::Sha256 => Some(2),
        HashAlgorithm::Sha512 => None,
    }
}

/// For how long the display stays on, by the length of a step: no shorter than one step.
fn display_number(time_step_seconds: u8) -> u8 {
    match time_step_seconds {
        ..=30 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests;
