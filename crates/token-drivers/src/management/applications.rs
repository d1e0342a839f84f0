//! Which applications a YubiKey has, and over which interface it can be asked for them.

use std::fmt;

/// A set of applications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applications(pub(super) u16);

impl Applications {
    /// None.
    pub const NONE: Self = Self(0);
    /// The buttons.
    pub const BUTTONS: Self = Self(0x0001);
    /// FIDO U2F.
    pub const U2F: Self = Self(0x0002);
    /// OpenPGP.
    pub const OPENPGP: Self = Self(0x0008);
    /// PIV.
    pub const PIV: Self = Self(0x0010);
    /// HOTP and TOTP credentials.
    pub const OATH: Self = Self(0x0020);
    /// YubiHSM Auth.
    pub const HSM_AUTH: Self = Self(0x0100);
    /// FIDO2.
    pub const FIDO2: Self = Self(0x0200);

    const NAMES: [(Self, &'static str); 7] = [
        (Self::OATH, "OATH"),
        (Self::BUTTONS, "buttons (OTP)"),
        (Self::U2F, "FIDO U2F"),
        (Self::FIDO2, "FIDO2"),
        (Self::PIV, "PIV"),
        (Self::OPENPGP, "OpenPGP"),
        (Self::HSM_AUTH, "YubiHSM Auth"),
    ];

    /// From a big-endian number of one or two bytes; longer ones keep their lowest two.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let all = bytes.iter();
        Self(all.fold(0, |value, byte| value << 8 | u16::from(*byte)))
    }

    /// Whether all of these are in it.
    pub const fn contains(self, these: Self) -> bool {
        self.0 & these.0 == these.0
    }

    /// These besides.
    #[must_use]
    pub const fn with(self, these: Self) -> Self {
        Self(self.0 | these.0)
    }

    /// All but these.
    #[must_use]
    pub const fn without(self, these: Self) -> Self {
        Self(self.0 & !these.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Applications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Self::NAMES.iter().filter(|(one, _)| self.contains(*one));
        let mut names = known.map(|(_, name)| *name);
        match names.next() {
            None if self.is_empty() => f.write_str("none"),
            None => f.write_str("others"),
            Some(first) => {
                f.write_str(first)?;
                names.try_for_each(|name| write!(f, ", {name}"))
            }
        }
    }
}

/// A way to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interface {
    /// Plugged in: USB.
    Contact,
    /// Held to a reader: NFC.
    Contactless,
}

impl Interface {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Contact, Self::Contactless];
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Contact => "contact (USB)",
            Self::Contactless => "contactless (NFC)",
        })
    }
}

/// What a token has on one interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// What it could offer.
    pub supported: Applications,
    /// What is switched on.
    pub enabled: Applications,
}
