//! What a Nitrokey 3 can do.

use crate::{Access, AccessSupport, Capabilities, Kind, TimeSteps};
use otp_core::HashAlgorithm;

const NEVER: &str = "No \"never\": a Nitrokey computes every code that it keeps";

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        kinds: vec![Kind::Totp, Kind::Hotp],
        algorithms: vec![HashAlgorithm::Sha1, HashAlgorithm::Sha256],
        digits: 6..=8,
        time_steps: TimeSteps::Any,
        secret_bytes: 10..=64,
        longest_name_bytes: 64,
        // The firmware's builder decides; it says when it is full.
        room: None,
        calculates: true,
        lists: true,
        deletes: true,
        renames: true,
        password: false,
        pin: true,
        resets: true,
        first_counter_ahead: 0,
        access,
        cannot: vec![
            "No SHA-512: it is kept, but no code is computed with it",
            "No password for the whole application: it has a PIN per credential instead",
            "The PIN cannot be removed, only changed; a reset takes it away with everything else",
            NEVER,
            "No OCRA",
        ],
    }
}

fn access(access: Access) -> AccessSupport {
    match access {
        Access::Always | Access::Touch | Access::Pin | Access::PinAndTouch => {
            AccessSupport::PerCredential
        }
        Access::Never => AccessSupport::No(NEVER),
    }
}
