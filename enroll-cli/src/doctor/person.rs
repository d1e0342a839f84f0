//! A user, as far as a prediction must know him.

use crate::new_account::now;
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
    let policy = &configuration.policy;
    match standing(&state, &policy.throttle, now()) {
        _ if !account.enabled => Enrolment::Disabled,
        Standing::Throttled { .. } | Standing::Disabled => Enrolment::Locked,
        Standing::Open if state.is_activated() => Enrolment::Activated,
        Standing::Open if grace_ends(&account, policy) < now() => Enrolment::Expired,
        Standing::Open => Enrolment::Pending,
    }
}

/// Only what kind of password there is; the hash does not leave this function.
fn password(name: &str) -> Option<Password> {
    let shadow = zeroize::Zeroizing::new(std::fs::read_to_string("/etc/shadow").ok()?);
    let line = shadow
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let hash = line.split(':').next().unwrap_or_default();
    Some(match hash {
        "" => Password::Empty,
        hash if hash.starts_with(['!', '*']) || hash == "x" => Password::Unusable,
        _ => Password::Set,
    })
}
