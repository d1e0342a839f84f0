//! From failures to a waiting time.
//!
//! The wait grows with each failure and releases by itself; only at the very end is an
//! administrator needed. Sources: RFC 4226 s.7.3 (delay scheme, across sessions);
//! NIST SP 800-63B-4 s.3.2.2 (at most 100 consecutive failures).

use crate::{State, ThrottlePolicy, UnixTime};

/// Whether responses are looked at just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are.
    Open,
    /// Not before `until`.
    Throttled {
        /// The first second in which a response is looked at again.
        until: UnixTime,
        /// The clock was set back behind the last failure: the wait must be counted from
        /// this attempt, or it would last as long as the clock was wrong.
        restarts: bool,
    },
    /// Not before an administrator acts.
    Disabled,
}

/// How long to wait after so many consecutive failures, in seconds.
///
/// 0 for the free ones, then the first wait, doubling up to the longest.
pub fn wait_seconds(failures: u32, policy: &ThrottlePolicy) -> u64 {
    let Some(doublings) = failures
        .checked_sub(policy.free_failures)
        .and_then(|beyond| beyond.checked_sub(1))
    else {
        return 0;
    };
    let doubled = 1_u64
        .checked_shl(doublings)
        .and_then(|factor| u64::from(policy.first_wait_seconds).checked_mul(factor))
        .unwrap_or(u64::MAX);
    doubled.min(u64::from(policy.longest_wait_seconds))
}

/// Whether a response given at `now` is looked at.
pub fn standing(state: &State, policy: &ThrottlePolicy, now: UnixTime) -> Standing {
    if state.failures >= policy.disable_after_failures {
        return Standing::Disabled;
    }
    let wait = wait_seconds(state.failures, policy);
    let Some(last_failure) = state.last_failure.filter(|_| wait > 0) else {
        return Standing::Open;
    };
    let restarts = now < last_failure;
    let from = if restarts { now } else { last_failure };
    let until = UnixTime(from.0.saturating_add(wait));
    if now < until {
        Standing::Throttled { until, restarts }
    } else {
        Standing::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EnrolmentId;
    use alloc::vec::Vec;

    fn after(failures: u32, last_failure: u64) -> State {
        State {
            enrolment: EnrolmentId([0; 16]),
            failures,
            last_failure: Some(UnixTime(last_failure)),
            pending_logins: 0,
            authenticators: Vec::new(),
            recovery: None,
            bypass: None,
            trusted: Vec::new(),
        }
    }

    #[test]
    fn the_wait_doubles_from_the_fifth_failure_to_a_quarter_of_an_hour() {
        let policy = ThrottlePolicy::default();
        let waits: Vec<u64> = (0..17).map(|n| wait_seconds(n, &policy)).collect();
        let expected = [
            0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900,
        ];
        assert_eq!(waits, expected);
        assert_eq!(wait_seconds(u32::MAX, &policy), 900);
    }

    #[test]
    fn the_wait_releases_by_itself() {
        let policy = ThrottlePolicy::default();
        let state = after(6, 1000);
        let at = |now| standing(&state, &policy, UnixTime(now));
        let until = UnixTime(1002);
        let restarts = false;
        assert_eq!(at(1000), Standing::Throttled { until, restarts });
        assert_eq!(at(1001), Standing::Throttled { until, restarts });
        assert_eq!(at(1002), Standing::Open);
    }

    #[test]
    fn a_clock_set_back_a_year_does_not_lock_for_a_year() {
        let policy = ThrottlePolicy::default();
        let state = after(15, 40_000_000);
        let now = UnixTime(8_000_000);
        let until = UnixTime(8_000_900);
        let restarts = true;
        let throttled = Standing::Throttled { until, restarts };
        assert_eq!(standing(&state, &policy, now), throttled);
    }

    #[test]
    fn one_hundred_failures_need_an_administrator() {
        let policy = ThrottlePolicy::default();
        let much_later = UnixTime(u64::MAX);
        assert_eq!(standing(&after(99, 0), &policy, much_later), Standing::Open);
        let disabled = Standing::Disabled;
        assert_eq!(standing(&after(100, 0), &policy, much_later), disabled);
    }
}
