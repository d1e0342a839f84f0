//! Which logins need a code at all: the administrator's ordered rules.
//!
//! The first rule that matches decides; without one, a code is required. Every criterion
//! that a rule states must match, and within a criterion any of its words. Networks are
//! literal addresses; a host *name* never matches one, because whoever runs the name server
//! could choose it (the lesson is CVE-2024-10963).

use crate::{Label, UnixTime};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// One rule of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRule {
    /// What the log calls it.
    pub name: Label,
    /// What happens to a login that matches.
    pub action: Action,
    /// Login names; empty = any.
    pub users: Vec<String>,
    /// Group names; empty = any.
    pub groups: Vec<String>,
    /// PAM services; empty = any.
    pub services: Vec<String>,
    /// Terminals as the program names them (`tty1`, `ssh`, `:0`); empty = any.
    pub terminals: Vec<String>,
    /// Where the person comes from; empty = anywhere.
    pub origins: Vec<OriginMatch>,
    /// Times of the day, UTC; empty = always.
    pub hours: Vec<Hours>,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A code is required (what also happens without any rule).
    Require,
    /// No code is asked.
    Exempt,
    /// Refused, with the same prompts and the same answer as a wrong code.
    Deny,
}

/// What a rule says about where the person comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginMatch {
    /// The program named no remote host.
    Local,
    /// The program named one.
    Remote,
    /// The program named an address in this network.
    Network(Network),
}

/// A network: an address and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u32,
}

/// A span of the day in UTC, from its first minute to before its last; may span midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from_minute: u32,
    to_minute: u32,
}

/// Where a person comes from, as the program says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// No remote host was named.
    Local,
    /// A literal address.
    Address(IpAddr),
    /// A name, or something else that is no address.
    Named,
}

/// One login, as far as rules look at it.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The canonical login name; empty for nobody the machine knows.
    pub user: &'a str,
    /// The names of the user's groups; `None` if they could not be found out.
    pub groups: Option<&'a [String]>,
    /// The PAM service.
    pub service: &'a str,
    /// The terminal, without `/dev/`.
    pub terminal: &'a str,
    /// Where the person comes from.
    pub origin: Origin,
    /// The clock.
    pub now: UnixTime,
}

/// The first rule that matches, if any.
pub fn first_match<'a>(
    rules: &'a [AccessRule],
    circumstances: &Circumstances<'_>,
) -> Option<&'a AccessRule> {
    rules.iter().find(|rule| rule.matches(circumstances))
}

impl AccessRule {
    fn matches(&self, login: &Circumstances<'_>) -> bool {
        let names = |list: &[String], name: &str| {
            list.is_empty() || (!name.is_empty() && list.iter().any(|one| one == name))
        };
        let any_group = || match login.groups {
            Some(groups) => groups.iter().any(|group| self.groups.contains(group)),
            // A directory that is down must not open a door: everybody may be in a group that
            // is kept out, and nobody surely is in one that is let through.
            None => self.action != Action::Exempt,
        };
        let minute = minute_of_day(login.now);
        names(&self.users, login.user)
            && (self.groups.is_empty() || any_group())
            && names(&self.services, login.service)
            && names(&self.terminals, login.terminal)
            && (self.origins.is_empty() || self.origins.iter().any(|one| one.is(login.origin)))
            && (self.hours.is_empty() || self.hours.iter().any(|one| one.contain(minute)))
    }
}

impl OriginMatch {
    /// Reads `local`, `remote`, an address, or a network like `192.0.2.0/24`.
    ///
    /// # Errors
    ///
    /// [`RuleError::Origin`] for anything else, host names included, and for a network whose
    /// address has bits set beyond its prefix.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        match text {
            "local" => Ok(Self::Local),
            "remote" => Ok(Self::Remote),
            network => Network::parse(network)
                .map(Self::Network)
                .ok_or_else(|| RuleError::Origin(text.into())),
        }
    }

    fn is(self, origin: Origin) -> bool {
        match (self, origin) {
            (Self::Local, origin) => origin == Origin::Local,
            (Self::Remote, origin) => origin != Origin::Local,
            (Self::Network(network), Origin::Address(address)) => network.contains(address),
            (Self::Network(_), Origin::Local | Origin::Named) => false,
        }
    }
}

impl Origin {
    /// Sorts what a program put into `PAM_RHOST`.
    pub fn of(remote_host: Option<&str>) -> Self {
        match remote_host {
            None | Some("") => Self::Local,
            Some(host) => match host.parse::<IpAddr>() {
                Ok(address) => Self::Address(address.to_canonical()),
                Err(_) => Self::Named,
            },
        }
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = width(address);
        let prefix_bits = match prefix {
            None => longest,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().filter(|bits| *bits <= longest)?
            }
            Some(_) => return None,
        };
        let network = Self {
            address,
            prefix_bits,
        };
        // "192.0.2.7/24" is either a host or a network; do not guess which.
        let host_bits = bits(address) & !network.mask();
        (host_bits == 0).then_some(network)
    }

    fn contains(self, address: IpAddr) -> bool {
        width(self.address) == width(address)
            && bits(self.address) & self.mask() == bits(address) & self.mask()
    }

    /// Ones where the network's bits are, aligned as in [`bits`].
    fn mask(self) -> u128 {
        let host_bits = 128_u32.saturating_sub(self.prefix_bits);
        u128::MAX.checked_shl(host_bits).unwrap_or(0)
    }
}

/// The address in the upper bits of a wide number.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn minute_of_day(now: UnixTime) -> u32 {
    let seconds = now.0 % 86_400;
    u32::try_from(seconds / 60).unwrap_or_default()
}

impl Hours {
    /// Reads `08:00-18:30`. The end is not included; `22:00-06:00` spans midnight.
    ///
    /// # Errors
    ///
    /// [`RuleError::Hours`] for anything else, an empty span included.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let refused = || RuleError::Hours(text.into());
        let (from, to) = text.split_once('-').ok_or_else(refused)?;
        let from_minute = minute(from).filter(|minute| *minute < 1440);
        let hours = Self {
            from_minute: from_minute.ok_or_else(refused)?,
            to_minute: minute(to).ok_or_else(refused)?,
        };
        if hours.from_minute == hours.to_minute {
            return Err(refused());
        }
        Ok(hours)
    }

    fn contain(self, minute: u32) -> bool {
        if self.from_minute < self.to_minute {
            (self.from_minute..self.to_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.to_minute
        }
    }
}

/// `hh:mm` as a minute of the day; `24:00` is the end of it.
fn minute(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |text: &str| {
        let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    let minute = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && minute <= 1440).then_some(minute)
}

/// A word of a rule that cannot be understood.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleError {
    /// Not `local`, `remote`, an address or a network.
    Origin(String),
    /// Not a span of hours.
    Hours(String),
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Origin(word) => write!(
                f,
                "from: \"{word}\" must be \"local\", \"remote\", an address, or a network \
                 like \"192.0.2.0/24\" (no host names)"
            ),
            Self::Hours(word) => write!(
                f,
                "utc_hours: \"{word}\" must be a span like \"08:00-18:30\""
            ),
        }
    }
}

impl core::error::Error for RuleError {}

#[cfg(test)]
mod tests;
