//! A user, as far as a prediction must know him.

use crate::new_account::now;
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::{Group, User, getgrouplist};
use otp_core::{Standing, UserName, grace_ends, standing};
use otp_store::{Configuration, Store, StoreError};
use std::ffi::CString;

/// How somebody stands with pam_otp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Enrolment {
    /// A code is asked and let in.
    Activated,
    /// The password alone is enough until the first right code.
    Pending,
    /// Pending for too long: refused.
    Expired,
    /// An administrator has switched it off.
    Disabled,
    /// Refused for now, or until somebody acts, after failures.
    Locked,
    /// None.
    None,
    /// Its files cannot be used: refused.
    Broken(String),
    /// The policy is not understood: everybody is refused.
    NoPolicy,
}

/// Everything about one user.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) groups: Vec<String>,
    pub(crate) enrolment: Enrolment,
    /// `None` if the shadow database cannot be read.
    pub(crate) password: Option<Password>,
    /// What the dates beside the password say today.
    pub(crate) ageing: Ageing,
}

/// What the dates in the shadow database make of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ageing {
    /// Nothing, or there are none.
    Fine,
    /// The password is too old; a new one is asked at the login.
    NewPasswordFirst,
    /// The password has been too old for too long.
    PasswordOver,
    /// The account has expired.
    AccountOver,
}

/// Days since 1970, or nothing where shadow(5) has an empty field.
type Days = Option<i64>;

/// The dates of one line of shadow(5).
struct Dates {
    last_change: Days,
    maximum: Days,
    inactive: Days,
    expire: Days,
}

/// What the shadow database says of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Password {
    /// There is one.
    Set,
    /// Whatever is typed is right.
    Empty,
    /// Nothing is right: locked, or never set.
    Unusable,
}

impl Person {
    pub(crate) fn of(user: &User, configuration: &Configuration) -> Self {
        Self {
            name: user.name.clone(),
            uid: user.uid.as_raw(),
            groups: groups(user),
            enrolment: enrolment(user, configuration),
            password: password(&user.name),
            ageing: ageing(&user.name),
        }
    }
}

fn groups(user: &User) -> Vec<String> {
    let name = CString::new(user.name.as_str()).unwrap_or_default();
    let numbers = getgrouplist(&name, user.gid).unwrap_or_default();
    let named = numbers
        .into_iter()
        .filter_map(|gid| Group::from_gid(gid).ok().flatten());
    named.map(|group| group.name).collect()
}

fn enrolment(user: &User, configuration: &Configuration) -> Enrolment {
    let Ok(name) = UserName::parse(&user.name) else {
        return Enrolment::None;
    };
    let looked_up = Store::open(&configuration.store).and_then(|store| store.look_up(&name));
    let (account, state) = match looked_up {
        Ok(Some(found)) => found,
        Ok(None) => return Enrolment::None,
        Err(error) => return Enrolment::Broken(error.to_string()),
    };
    if account.uid != user.uid.as_raw() {
        let error = StoreError::OtherUser {
            path: configuration.store.join("account").join(name.as_str()),
            enrolled_uid: account.uid,
            uid: user.uid.as_raw(),
        };
        return Enrolment::Broken(error.to_string());
    }
    if statvfs(&configuration.store).is_ok_and(|found| found.flags().contains(FsFlags::ST_RDONLY)) {
        return Enrolment::Broken("the store is read-only, so no code can be recorded".into());
    }
    let policy = &configuration.policy;
    match standing(&state, &policy.throttle, now()) {
        _ if !account.enabled => Enrolment::Disabled,
        Standing::Throttled { .. } | Standing::Disabled => Enrolment::Locked,
        Standing::Open if state.is_activated() => Enrolment::Activated,
        Standing::Open if grace_ends(&account, policy) < now() => Enrolment::Expired,
        Standing::Open => Enrolment::Pending,
    }
}

/// A line of the shadow database, without the name.
fn shadow_line(name: &str) -> Option<zeroize::Zeroizing<String>> {
    let shadow = zeroize::Zeroizing::new(std::fs::read_to_string("/etc/shadow").ok()?);
    let line = shadow
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(zeroize::Zeroizing::new(line.to_string()))
}

/// Only what kind of password there is; the hash does not leave this function.
fn password(name: &str) -> Option<Password> {
    let line = shadow_line(name)?;
    let hash = line.split(':').next().unwrap_or_default();
    Some(match hash {
        "" => Password::Empty,
        hash if hash.starts_with(['!', '*']) || hash == "x" => Password::Unusable,
        _ => Password::Set,
    })
}

fn ageing(name: &str) -> Ageing {
    let Some(line) = shadow_line(name) else {
        return Ageing::Fine;
    };
    // After the hash: last change, minimum, maximum, warning, inactive, expiry.
    let fields: Vec<Days> = line
        .split(':')
        .skip(1)
        .map(|field| field.trim().parse().ok().filter(|days| *days >= 0))
        .collect();
    let days = |place: usize| fields.get(place).copied().flatten();
    let today = i64::try_from(now().0.wrapping_div(86_400)).unwrap_or(0);
    Dates {
        last_change: days(0),
        maximum: days(2),
        inactive: days(4),
        expire: days(5),
    }
    .on(today)
}

impl Dates {
    /// As pam_unix looks at them: the account first, then the password.
    fn on(&self, today: i64) -> Ageing {
        if self.expire.is_some_and(|expire| today >= expire) {
            return Ageing::AccountOver;
        }
        let age = match self.last_change {
            Some(0) => return Ageing::NewPasswordFirst,
            Some(last_change) => today.saturating_sub(last_change),
            None => return Ageing::Fine,
        };
        let Some(maximum) = self.maximum.filter(|maximum| age > *maximum) else {
            return Ageing::Fine;
        };
        let over = |inactive: i64| age > inactive && age > maximum.saturating_add(inactive);
        match self.inactive.is_some_and(over) {
            true => Ageing::PasswordOver,
            false => Ageing::NewPasswordFirst,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dates_of_an_account_count_as_pam_unix_counts_them() {
        let dates = |last_change, maximum, inactive, expire| Dates {
            last_change,
            maximum,
            inactive,
            expire,
        };
        for (dates, expected) in [
            (dates(Some(1000), Some(99_999), None, None), Ageing::Fine),
            (dates(None, Some(1), Some(1), None), Ageing::Fine),
            (
                dates(Some(1000), Some(1000), None, Some(2001)),
                Ageing::Fine,
            ),
            (
                dates(Some(1000), None, None, Some(2000)),
                Ageing::AccountOver,
            ),
            (dates(Some(0), None, None, None), Ageing::NewPasswordFirst),
            (
                dates(Some(1000), Some(999), None, None),
                Ageing::NewPasswordFirst,
            ),
            (
                dates(Some(1000), Some(999), Some(1), None),
                Ageing::NewPasswordFirst,
            ),
            (
                dates(Some(1000), Some(990), Some(1), None),
                Ageing::PasswordOver,
            ),
        ] {
            assert_eq!(dates.on(2000), expected);
        }
    }
}
