//! From when until when an authenticator's codes count.

use crate::UnixTime;

/// A stretch of time, open where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first second in which its codes count.
    pub from: Option<UnixTime>,
    /// The first second in which they do not count any more.
    pub until: Option<UnixTime>,
}

impl Validity {
    /// Whether codes count at this time.
    pub fn holds_at(&self, now: UnixTime) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// Whether there is any time in which codes count.
    pub fn is_possible(&self) -> bool {
        match (self.from, self.until) {
            (Some(from), Some(until)) => from < until,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_second_counts_and_the_last_does_not() {
        let validity = Validity {
            from: Some(UnixTime(10)),
            until: Some(UnixTime(20)),
        };
        let holds = [9, 10, 19, 20].map(|now| validity.holds_at(UnixTime(now)));
        assert_eq!(holds, [false, true, true, false]);
        assert!(Validity::default().holds_at(UnixTime(0)));
        assert!(Validity::default().holds_at(UnixTime(u64::MAX)));
    }

    #[test]
    fn a_validity_that_ends_before_it_begins_is_impossible() {
        let of = |from, until| Validity {
            from: Some(UnixTime(from)),
            until: Some(UnixTime(until)),
        };
        assert!(of(1, 2).is_possible());
        assert!(!of(2, 2).is_possible());
        assert!(!of(3, 2).is_possible());
        assert!(Validity::default().is_possible());
    }
}
