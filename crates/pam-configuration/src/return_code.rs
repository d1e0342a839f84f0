//! What a module can return, by the names that `/etc/pam.d` has for it.

use std::fmt;

/// A return value of libpam, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReturnCode(u8);

/// The names in the order of their numbers. libpam compares by prefix and in this order, so
/// the order counts.
const NAMES: [&str; 32] = [
    "success",
    "open_err",
    "symbol_err",
    "service_err",
    "system_err",
    "buf_err",
    "perm_denied",
    "auth_err",
    "cred_insufficient",
    "authinfo_unavail",
    "user_unknown",
    "maxtries",
    "new_authtok_reqd",
    "acct_expired",
    "session_err",
    "cred_unavail",
    "cred_expired",
    "cred_err",
    "no_module_data",
    "conv_err",
    "authtok_err",
    "authtok_recover_err",
    "authtok_lock_busy",
    "authtok_disable_aging",
    "try_again",
    "ignore",
    "abort",
    "authtok_expired",
    "module_unknown",
    "bad_item",
    "conv_again",
    "incomplete",
];

impl ReturnCode {
    /// How many there are.
    pub const COUNT: usize = NAMES.len();
    /// `PAM_SUCCESS`
    pub const SUCCESS: Self = Self(0);
    /// `PAM_PERM_DENIED`, which stands for whatever libpam itself refuses.
    pub const PERM_DENIED: Self = Self(6);
    /// `PAM_AUTH_ERR`
    pub const AUTH_ERR: Self = Self(7);
    /// `PAM_USER_UNKNOWN`
    pub const USER_UNKNOWN: Self = Self(10);
    /// `PAM_NEW_AUTHTOK_REQD`
    pub const NEW_AUTHTOK_REQD: Self = Self(12);
    /// `PAM_IGNORE`
    pub const IGNORE: Self = Self(25);
    /// `PAM_ABORT`
    pub const ABORT: Self = Self(26);
    /// `PAM_MODULE_UNKNOWN`, for a module that cannot be loaded.
    pub const MODULE_UNKNOWN: Self = Self(28);

    /// By number, as in `<security/_pam_types.h>`; `None` above 31.
    pub fn from_number(number: u8) -> Option<Self> {
        (usize::from(number) < Self::COUNT).then_some(Self(number))
    }

    /// The number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The name in `/etc/pam.d`: `auth_err`.
    pub fn name(self) -> &'static str {
        NAMES.get(usize::from(self.0)).copied().unwrap_or("?")
    }

    /// The first whose name a text begins with, and how long the name is.
    pub(crate) fn at_start_of(text: &str) -> Option<(Self, usize)> {
        let found = NAMES
            .iter()
            .zip(0..)
            .find(|(name, _)| text.starts_with(**name));
        found.map(|(name, number)| (Self(number), name.len()))
    }
}

impl fmt::Display for ReturnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            // The one that C spells differently.
            "authtok_recover_err" => f.write_str("PAM_AUTHTOK_RECOVERY_ERR"),
            name => write!(f, "PAM_{}", name.to_ascii_uppercase()),
        }
    }
}

impl fmt::Debug for ReturnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
