//! Who speaks Yubico's OATH protocol, and what each of them really does.
//!
//! Sources: Yubico's firmware notes on its page "YKOATH Protocol"; canokey-core.

use crate::{Access, AccessSupport, Capabilities, Family, Kind, TimeSteps};
use otp_core::HashAlgorithm;

/// Version of an application.
pub(crate) type Version = (u8, u8, u8);

/// Whose application it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A YubiKey.
    YubiKey,
    /// A CanoKey.
    CanoKey,
    /// Anything else: what every one of them does, and no more.
    Generic,
}

const TOUCH_SINCE: Version = (4, 2, 4);
const SHA512_SINCE: Version = (4, 3, 1);
const RENAME_SINCE: Version = (5, 3, 1);
const DOUBLE_ROOM_SINCE: Version = (5, 7, 0);

impl Dialect {
    /// The family that people know.
    pub const fn family(self) -> Family {
        match self {
            Self::YubiKey => Family::YubiKey,
            Self::CanoKey => Family::CanoKey,
            Self::Generic => Family::Oath,
        }
    }

    /// Whether a credential can want a touch.
    pub(crate) fn touches(self, version: Version) -> bool {
        match self {
            Self::YubiKey => version >= TOUCH_SINCE,
            Self::CanoKey => true,
            Self::Generic => false,
        }
    }

    /// Whether there is one request for all codes.
    pub(crate) fn calculates_all(self) -> bool {
        self != Self::Generic
    }

    pub(crate) fn capabilities(self, version: Version) -> Capabilities {
        let touches = self.touches(version);
        Capabilities {
            kinds: vec![Kind::Totp, Kind::Hotp],
            algorithms: self.algorithms(version),
            digits: if self == Self::CanoKey { 4..=8 } else { 6..=8 },
            time_steps: TimeSteps::Any,
            secret_bytes: if self == Self::CanoKey {
                10..=64
            } else {
                10..=128
            },
            longest_name_bytes: 64,
            room: match self {
                Self::YubiKey if version < DOUBLE_ROOM_SINCE => Some(32),
                Self::YubiKey => Some(64),
                Self::CanoKey => Some(100),
                Self::Generic => None,
            },
            calculates: true,
            lists: true,
            deletes: true,
            renames: self.renames(version),
            password: self != Self::Generic,
            pin: false,
            resets: self != Self::Generic,
            first_counter_ahead: u64::from(self == Self::CanoKey),
            access: match (self, touches) {
                (Self::YubiKey, true) => yubikey_access,
                (Self::YubiKey, false) => old_yubikey_access,
                (Self::CanoKey, _) => canokey_access,
                (Self::Generic, _) => generic_access,
            },
            cannot: self.cannot(version),
        }
    }

    fn algorithms(self, version: Version) -> Vec<HashAlgorithm> {
        let sha512 = match self {
            Self::YubiKey => version >= SHA512_SINCE,
            Self::CanoKey => true,
            Self::Generic => false,
        };
        let mut all = vec![HashAlgorithm::Sha1, HashAlgorithm::Sha256];
        all.extend(sha512.then_some(HashAlgorithm::Sha512));
        all
    }

    fn renames(self, version: Version) -> bool {
        match self {
            Self::YubiKey => version >= RENAME_SINCE,
            Self::CanoKey => true,
            Self::Generic => false,
        }
    }

    fn cannot(self, version: Version) -> Vec<&'static str> {
        let mut cannot = vec![match self {
            Self::YubiKey => YUBIKEY_PIN,
            Self::CanoKey => CANOKEY_PIN,
            Self::Generic => GENERIC_ACCESS,
        }];
        cannot.push(match self {
            Self::YubiKey => YUBIKEY_NEVER,
            Self::CanoKey => CANOKEY_NEVER,
            Self::Generic => "No password, rename or reset: not every token of this kind has them",
        });
        if self == Self::YubiKey && version < TOUCH_SINCE {
            cannot.push(OLD_TOUCH);
        }
        if self == Self::YubiKey && version < SHA512_SINCE {
            cannot.push("No SHA-512: YubiKeys compute it from firmware 4.3.1 on");
        }
        if self == Self::Generic {
            cannot.push("No SHA-512: not every token of this kind computes it");
        }
        if self == Self::YubiKey && version < RENAME_SINCE {
            cannot.push("No renaming: YubiKeys do it from firmware 5.3.1 on");
        }
        if self == Self::CanoKey {
            cannot.push(
                "Its HOTP counter runs one ahead: the first code is that of the counter after \
                 the one that was written",
            );
            cannot.push("A reset wants the PIN of its administration (123456 when it was new)");
        }
        cannot.push("No OCRA: its challenge is too short for it");
        cannot
    }
}

const YUBIKEY_PIN: &str =
    "No PIN per credential: the YubiKey has one password for the whole OATH application";
const YUBIKEY_NEVER: &str = "No \"never\" for a single credential: a YubiKey switches OATH off \
     over USB or NFC as a whole";
const OLD_TOUCH: &str = "No touch: YubiKeys ask for it from firmware 4.2.4 on";
const CANOKEY_PIN: &str =
    "No PIN per credential: the CanoKey has one password for the whole OATH application";
const CANOKEY_NEVER: &str =
    "No \"never\" for a single credential: a CanoKey switches NFC off as a whole";
const GENERIC_ACCESS: &str =
    "No touch, PIN or password: which of them this token honours is not known";

const WHOLE_PASSWORD: &str = "one password for the whole OATH application";
const TOUCH_AND_PASSWORD: &str =
    "a touch for the credential, and one password for the whole OATH application";

fn yubikey_access(access: Access) -> AccessSupport {
    match access {
        Access::Always | Access::Touch => AccessSupport::PerCredential,
        Access::Pin => AccessSupport::PerApplication(WHOLE_PASSWORD),
        Access::PinAndTouch => AccessSupport::PerApplication(TOUCH_AND_PASSWORD),
        Access::Never => AccessSupport::No(YUBIKEY_NEVER),
    }
}

fn old_yubikey_access(access: Access) -> AccessSupport {
    match access {
        Access::Touch | Access::PinAndTouch => AccessSupport::No(OLD_TOUCH),
        other => yubikey_access(other),
    }
}

fn canokey_access(access: Access) -> AccessSupport {
    match access {
        Access::Never => AccessSupport::No(CANOKEY_NEVER),
        other => yubikey_access(other),
    }
}

fn generic_access(access: Access) -> AccessSupport {
    match access {
        Access::Always => AccessSupport::PerCredential,
        _ => AccessSupport::No(GENERIC_ACCESS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use HashAlgorithm::{Sha1, Sha256, Sha512};

    #[test]
    fn a_yubikey_can_do_what_its_firmware_can() {
        // Firmware, SHA-512, touch, renaming, room.
        let rows = [
            ((3, 4, 0), false, false, false, 32),
            ((4, 2, 3), false, false, false, 32),
            ((4, 2, 4), false, true, false, 32),
            ((4, 3, 0), false, true, false, 32),
            ((4, 3, 1), true, true, false, 32),
            ((5, 3, 0), true, true, false, 32),
            ((5, 3, 1), true, true, true, 32),
            ((5, 6, 4), true, true, true, 32),
            ((5, 7, 0), true, true, true, 64),
        ];
        for (version, sha512, touch, renames, room) in rows {
            let can = Dialect::YubiKey.capabilities(version);
            assert_eq!(can.algorithms.contains(&Sha512), sha512, "{version:?}");
            let per_credential = (can.access)(Access::Touch) == AccessSupport::PerCredential;
            assert_eq!(per_credential, touch, "{version:?}");
            assert_eq!(can.renames, renames, "{version:?}");
            assert_eq!(can.room, Some(room), "{version:?}");
            assert!(can.cannot.contains(&YUBIKEY_PIN));
        }
    }

    #[test]
    fn only_a_canokey_counts_ahead_and_an_unknown_token_promises_little() {
        let canokey = Dialect::CanoKey.capabilities((6, 0, 0));
        assert_eq!(canokey.first_counter_ahead, 1);
        assert_eq!(canokey.room, Some(100));
        let unknown = Dialect::Generic.capabilities((4, 4, 4));
        assert_eq!(unknown.algorithms, [Sha1, Sha256]);
        assert_eq!(unknown.first_counter_ahead, 0);
        assert!(!unknown.password && !unknown.renames && !unknown.resets);
        for access in [
            Access::Touch,
            Access::Pin,
            Access::PinAndTouch,
            Access::Never,
        ] {
            let support = (unknown.access)(access);
            assert!(matches!(support, AccessSupport::No(_)), "{access:?}");
        }
    }
}
