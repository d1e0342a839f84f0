//! From a clock to a moving factor.
//!
//! Source: RFC 6238 s.4.2.

use crate::{MovingFactor, TimeStep, UnixTime};
use core::fmt;

/// The step number at `now`: how many whole time steps have passed since `t0`.
///
/// `now` and `t0` are seconds since 1970-01-01 UTC. Rounds down, so the last second of a
/// step still belongs to it. 64 bits wide throughout: 2038 is a year like any other.
///
/// # Errors
///
/// [`BeforeStart`] if `now` is earlier than `t0`: the clock is wrong, not the user.
///
/// Source: RFC 6238 s.4.2.
///
/// ```
/// # use otp_core::{step_number, MovingFactor, TimeStep, UnixTime};
/// let step = TimeStep::THIRTY_SECONDS;
/// assert_eq!(step_number(UnixTime(59), UnixTime(0), step), Ok(MovingFactor(1)));
/// assert_eq!(step_number(UnixTime(60), UnixTime(0), step), Ok(MovingFactor(2)));
/// ```
pub fn step_number(
    now: UnixTime,
    t0: UnixTime,
    time_step: TimeStep,
) -> Result<MovingFactor, BeforeStart> {
    let elapsed = now.0.checked_sub(t0.0).ok_or(BeforeStart { now, t0 })?;
    // A time step is at least one second, so the division cannot fail.
    let steps = elapsed.checked_div(u64::from(time_step.seconds()));
    Ok(MovingFactor(steps.unwrap_or(elapsed)))
}

/// The clock shows a time before the authenticator's first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeforeStart {
    /// The clock.
    pub now: UnixTime,
    /// The start of the authenticator's first step.
    pub t0: UnixTime,
}

impl fmt::Display for BeforeStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, t0 } = self;
        write!(
            f,
            "the clock ({}) is before the authenticator's start ({})",
            now.0, t0.0
        )
    }
}

impl core::error::Error for BeforeStart {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CodeGenerator, Digits, HashAlgorithm, Secret};
    use zeroize::Zeroizing;

    /// RFC 6238 appendix B. Its text names one 20-byte seed, but its values for SHA-256 and
    /// SHA-512 come from seeds of 32 and 64 bytes (the same digits repeated).
    #[test]
    fn the_values_of_rfc_6238_appendix_b() {
        let rows = [
            (59, ["94287082", "46119246", "90693936"]),
            (1111111109, ["07081804", "68084774", "25091201"]),
            (1111111111, ["14050471", "67062674", "99943326"]),
            (1234567890, ["89005924", "91819424", "93441116"]),
            (2000000000, ["69279037", "90698825", "38618901"]),
            (20000000000, ["65353130", "77737706", "47863826"]),
        ];
        let columns = [
            HashAlgorithm::Sha1,
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha512,
        ];
        for (now, values) in rows {
            for (algorithm, value) in columns.into_iter().zip(values) {
                let seed = b"1234567890".iter().copied().cycle();
                let seed = seed.take(algorithm.output_bytes()).collect();
                let secret = Secret::new(Zeroizing::new(seed)).ok().unwrap();
                let eight = Digits::new(8).unwrap();
                let step = step_number(UnixTime(now), UnixTime(0), TimeStep::THIRTY_SECONDS);
                let code = CodeGenerator::new(&secret, algorithm, eight).code(step.unwrap());
                assert_eq!(*code.expose_digits(), value, "{now} {algorithm:?}");
            }
        }
    }

    #[test]
    fn a_start_other_than_1970_shifts_the_steps() {
        let minute = TimeStep::from_seconds(60).unwrap();
        let at = |now| step_number(UnixTime(now), UnixTime(1000), minute);
        assert_eq!(at(1000), Ok(MovingFactor(0)));
        assert_eq!(at(1059), Ok(MovingFactor(0)));
        assert_eq!(at(1060), Ok(MovingFactor(1)));
        assert!(at(999).is_err());
    }

    #[test]
    fn the_end_of_time_has_a_step_number() {
        let second = TimeStep::from_seconds(1).unwrap();
        let last = step_number(UnixTime(u64::MAX), UnixTime(0), second);
        assert_eq!(last, Ok(MovingFactor(u64::MAX)));
    }
}
