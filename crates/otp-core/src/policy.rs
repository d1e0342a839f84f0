//! What the administrator decided: numbers with units, checked to make sense together.
//!
//! The file `otp.toml` is read by `otp-store`; here are only the values and their bounds.

use core::fmt;

/// Everything [`verify()`](crate::verify()) needs to know of the administrator's wishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// What happens to users without an account.
    pub unenrolled: Unenrolled,
    /// Which codes may match.
    pub window: WindowPolicy,
    /// How guessing is slowed and stopped.
    pub throttle: ThrottlePolicy,
    /// How long an account may stay without its first right code.
    pub pending: PendingPolicy,
}

/// What happens to users without an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unenrolled {
    /// Refused, with the same prompt and the same answer as a wrong code.
    #[default]
    Deny,
    /// Not asked for a code: for rolling out step by step.
    Ignore,
}

/// Which codes may match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowPolicy {
    /// TOTP steps accepted before the expected one, for people who type slowly
    /// (RFC 6238 s.5.2 recommends at most 1).
    pub past_steps: u32,
    /// TOTP steps accepted after the expected one, for clocks that run ahead.
    pub future_steps: u32,
    /// How far a login may learn that a device's clock is off, in steps; 0 = learn nothing.
    pub drift_limit_steps: u32,
    /// HOTP counters accepted after the expected one (RFC 4226 s.7.4).
    pub look_ahead_counters: u32,
}

impl Default for WindowPolicy {
    fn default() -> Self {
        Self {
            past_steps: 1,
            future_steps: 1,
            drift_limit_steps: 10,
            look_ahead_counters: 10,
        }
    }
}

/// How guessing is slowed and stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottlePolicy {
    /// Consecutive failures that cost no waiting.
    pub free_failures: u32,
    /// The wait after the first failure beyond those, seconds; it doubles with each further.
    pub first_wait_seconds: u32,
    /// The wait never grows beyond this, seconds.
    pub longest_wait_seconds: u32,
    /// After so many consecutive failures no code is accepted until an administrator acts
    /// (NIST SP 800-63B-4 s.3.2.2: at most 100).
    pub disable_after_failures: u32,
}

impl Default for ThrottlePolicy {
    fn default() -> Self {
        Self {
            free_failures: 4,
            first_wait_seconds: 1,
            longest_wait_seconds: 900,
            disable_after_failures: 100,
        }
    }
}

impl ThrottlePolicy {
    /// What NIST SP 800-63B-4 s.3.2.2 asks for, which is the default.
    pub fn nist() -> Self {
        Self::default()
    }

    /// What PCI DSS v4.0.1 s.8.3.4 asks for: locked after ten attempts, for thirty minutes.
    pub fn pci() -> Self {
        Self {
            free_failures: 9,
            first_wait_seconds: 1800,
            longest_wait_seconds: 1800,
            ..Self::default()
        }
    }
}

/// How long an account may stay without its first right code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingPolicy {
    /// Days after enrolment in which the first code must arrive.
    pub grace_days: u32,
    /// Logins that may go on without a code meanwhile; `None` = any number.
    pub grace_logins: Option<u32>,
}

impl Default for PendingPolicy {
    fn default() -> Self {
        Self {
            grace_days: 14,
            grace_logins: None,
        }
    }
}

impl Policy {
    /// Checks each number against its range, and the numbers against each other.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] naming the key as `otp.toml` spells it, and what it may be.
    pub fn check(&self) -> Result<(), PolicyError> {
        let Self {
            window,
            throttle,
            pending,
            ..
        } = self;
        let number = |key, value: u32, lowest, highest| {
            if (lowest..=highest).contains(&value) {
                Ok(())
            } else {
                Err(PolicyError::Range {
                    key,
                    lowest,
                    highest,
                })
            }
        };
        number("window.past_steps", window.past_steps, 0, 10)?;
        number("window.future_steps", window.future_steps, 0, 10)?;
        number("window.drift_limit_steps", window.drift_limit_steps, 0, 120)?;
        number(
            "window.look_ahead_counters",
            window.look_ahead_counters,
            0,
            100,
        )?;
        number("throttle.free_failures", throttle.free_failures, 0, 99)?;
        let day = 86_400;
        number(
            "throttle.first_wait_seconds",
            throttle.first_wait_seconds,
            1,
            day,
        )?;
        number(
            "throttle.longest_wait_seconds",
            throttle.longest_wait_seconds,
            throttle.first_wait_seconds,
            day,
        )?;
        number(
            "throttle.disable_after_failures",
            throttle.disable_after_failures,
            throttle.free_failures.saturating_add(1),
            100,
        )?;
        number("pending.grace_days", pending.grace_days, 1, 365)?;
        if let Some(logins) = pending.grace_logins {
            number("pending.grace_logins", logins, 0, 1000)?;
        }
        // Learning shifts the window onto the last code seen. Without a step on either side
        // one late code would shut the punctual ones out.
        if window.drift_limit_steps > 0 && (window.past_steps == 0 || window.future_steps == 0) {
            return Err(PolicyError::DriftNeedsBothSides);
        }
        Ok(())
    }
}

/// A policy that makes no sense.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyError {
    /// A number outside its range.
    Range {
        /// The key, as `otp.toml` spells it.
        key: &'static str,
        /// The smallest allowed value.
        lowest: u32,
        /// The largest allowed value.
        highest: u32,
    },
    /// Drift is to be learned, but the window has no step before or after the expected one.
    DriftNeedsBothSides,
}

impl PolicyError {
    /// The key to look at, as `otp.toml` spells it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Range { key, .. } => key,
            Self::DriftNeedsBothSides => "window.drift_limit_steps",
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range {
                key,
                lowest,
                highest,
            } => write!(f, "{key} must be between {lowest} and {highest}"),
            Self::DriftNeedsBothSides => f.write_str(
                "window.drift_limit_steps must be 0 when window.past_steps or \
                 window.future_steps is 0",
            ),
        }
    }
}

impl core::error::Error for PolicyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_make_sense() {
        assert_eq!(Policy::default().check(), Ok(()));
    }

    #[test]
    fn pci_dss_8_3_4_can_be_asked_for() {
        let policy = Policy {
            throttle: ThrottlePolicy::pci(),
            ..Policy::default()
        };
        assert_eq!(policy.check(), Ok(()));
        assert_eq!(crate::wait_seconds(9, &policy.throttle), 0);
        assert_eq!(crate::wait_seconds(10, &policy.throttle), 1800);
        assert_eq!(crate::wait_seconds(11, &policy.throttle), 1800);
    }

    #[test]
    fn no_policy_can_ask_for_more_than_one_hundred_free_guesses() {
        let mut policy = Policy::default();
        policy.throttle.disable_after_failures = 101;
        assert!(policy.check().is_err());
        policy.throttle.disable_after_failures = 4;
        assert!(policy.check().is_err());
    }

    #[test]
    fn drift_is_learned_only_with_room_on_both_sides() {
        let mut policy = Policy::default();
        policy.window.future_steps = 0;
        assert_eq!(policy.check(), Err(PolicyError::DriftNeedsBothSides));
        policy.window.drift_limit_steps = 0;
        assert_eq!(policy.check(), Ok(()));
    }
}
