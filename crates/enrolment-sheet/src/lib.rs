//! The sheet of paper that an administrator hands to a user at enrolment: what to do, the QR
//! code, the secret for typing, and recovery codes to keep, below a line to cut along.
//!
//! Texts in, documents out; nothing is read, written or printed here. Documents contain the
//! secret. They are made in buffers that are large enough from the beginning, and wiped when
//! dropped; what the crates `qrcode` and `png` keep while they work is freed, but not wiped.
//!
//! Begin with [`Sheet`]. The sentences are in `words.rs`, the same for each format.

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

mod code;
mod fit;
mod html;
mod layout;
mod markup;
mod picture;
mod svg;
mod words;

use zeroize::Zeroizing;

pub use html::html;
pub use picture::png;
pub use svg::svg;

/// Everything a sheet says. Texts may contain anything; each format escapes them.
///
/// ```
/// # use enrolment_sheet::{Sheet, Steps, html};
/// let page = html(&Sheet {
///     user: "alice",
///     host_or_issuer: "web1",
///     device_label: "phone",
///     uri: "otpauth://totp/web1:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=web1",
///     grouped_secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
///     parameters: &[],
///     recovery_codes: &[],
///     steps: Steps::Activated,
///     created: "2026-11-23",
/// });
/// assert!(page.contains("GEZD GNBV"));
/// ```
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    /// Who gets the sheet: a login name.
    pub user: &'a str,
    /// Where the codes are asked, as the app will list it.
    pub host_or_issuer: &'a str,
    /// What the user calls the device, up to 64 bytes.
    pub device_label: &'a str,
    /// What the QR code says: `otpauth://…`. Contains the secret.
    pub uri: &'a str,
    /// The secret in base32, groups of four with a blank between.
    pub grouped_secret: &'a str,
    /// Names and values of what must be set when typing; only what differs from the defaults
    /// of apps: `("Digits", "8")`.
    pub parameters: &'a [(&'a str, String)],
    /// Recovery codes as they are printed; none, if the user has none.
    pub recovery_codes: &'a [Zeroizing<String>],
    /// What happens at the next login.
    pub steps: Steps<'a>,
    /// The day of the enrolment, for example `2026-11-23`.
    pub created: &'a str,
}

/// Whether a right code has been seen, and what the next login is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps<'a> {
    /// The first right code activates the account.
    Pending {
        /// How many logins may go without a code until then: `None` is any number.
        grace_logins: Option<u32>,
        /// The last day for it, for example `2026-11-30`. Afterwards every login is refused.
        ends: &'a str,
    },
    /// A right code has been seen; each login asks for one.
    Activated,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_document_outgrows_its_room_and_leaves_a_secret_behind() {
        let wide = "鍵".repeat(21);
        let escaped = "'".repeat(64);
        let codes = vec![Zeroizing::new("'".repeat(34)); 10];
        let secret = ["AAAA"; 52].join(" ");
        let uri = "x".repeat(2000);
        let name = ("Digits", "&".repeat(20));
        for text in [wide.as_str(), escaped.as_str(), ""] {
            let sheet = Sheet {
                user: text,
                host_or_issuer: text,
                device_label: text,
                uri: &uri,
                grouped_secret: &secret,
                parameters: std::slice::from_ref(&name),
                recovery_codes: &codes,
                steps: Steps::Activated,
                created: text,
            };
            let room = layout::room(&sheet, code::Code::of(&uri).as_ref());
            for document in [html(&sheet), svg(&sheet)] {
                // A text that had to grow would have doubled its room.
                assert!(document.capacity() < room + 10_000);
                assert!(document.len() < room);
            }
        }
    }
}
