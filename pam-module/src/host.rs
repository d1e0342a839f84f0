//! What a login needs of the machine: its users, their passwords, its clock.

use nix::unistd::{Group, User, getgrouplist, gethostname};
use otp_core::{UnixTime, UserName};
use otp_store::Person;
use pam_edge::ShadowError;
use std::ffi::CString;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a login needs of the machine.
pub trait Host {
    /// Who this name is, by the user database.
    fn person(&self, name: &[u8]) -> Person;
    /// The names of the groups that this person is in; none for nobody. `None` if the group
    /// database does not answer.
    fn groups(&self, person: &Person) -> Option<Vec<String>>;
    /// Whether this is the person's password.
    ///
    /// # Errors
    ///
    /// [`ShadowError`] if that cannot be found out.
    fn password_is_right(&self, person: &Person, password: &[u8]) -> Result<bool, ShadowError>;
    /// The first part of the machine's name.
    fn name(&self) -> Option<String>;
    /// The clock.
    fn now(&self) -> UnixTime;
}

/// The machine this runs on.
pub struct Machine;

impl Host for Machine {
    fn person(&self, name: &[u8]) -> Person {
        // The name in the database is the canonical one; the one typed may be an alias.
        let known = std::str::from_utf8(name)
            .ok()
            .and_then(|name| User::from_name(name).ok().flatten())
            .and_then(|user| Some((UserName::parse(&user.name).ok()?, user.uid.as_raw())));
        match known {
            Some((name, uid)) => Person::Known { name, uid },
            None => Person::Unknown,
        }
    }

    fn groups(&self, person: &Person) -> Option<Vec<String>> {
        let Person::Known { name, .. } = person else {
            return Some(Vec::new());
        };
        let user = User::from_name(name.as_str()).ok()??;
        let name = CString::new(user.name).ok()?;
        let mut names = Vec::new();
        for number in getgrouplist(&name, user.gid).ok()? {
            // A number without a name is in no rule.
            names.extend(Group::from_gid(number).ok()?.map(|group| group.name));
        }
        Some(names)
    }

    fn password_is_right(&self, person: &Person, password: &[u8]) -> Result<bool, ShadowError> {
        let name = match person {
            Person::Known { name, .. } => Some(name.as_str()),
            Person::Unknown => None,
        };
        pam_edge::password_is_right(name, password)
    }

    fn name(&self) -> Option<String> {
        let name = gethostname().ok()?.into_string().ok()?;
        let first = name.split('.').next().unwrap_or_default();
        (!first.is_empty()).then(|| first.to_string())
    }

    fn now(&self) -> UnixTime {
        // A clock before 1970 counts as 1970: no code matches then.
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        UnixTime(since.map_or(0, |since| since.as_secs()))
    }
}
