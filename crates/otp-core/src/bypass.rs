//! Bypass codes: an administrator lets somebody work today whose device is at home.
//!
//! One for an account, good for a while and for a number of logins. It is spelled like a
//! recovery code and as hard to guess, so only its hash is kept.

use crate::{RecoveryCode, UnixTime};
use constant_time_eq::constant_time_eq;

/// A bypass code of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bypass {
    /// Ties it to what the state remembers of it.
    pub id: BypassId,
    /// The hash of the code.
    pub hash: [u8; 32],
    /// When it was made. Earlier it is not good: then the clock has been set back.
    pub created_at: UnixTime,
    /// The first second in which it is not good any more.
    pub expires_at: UnixTime,
    /// For how many logins it is good, 1 to 1000.
    pub uses: u16,
}

/// 64 random bits that tell one bypass code from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BypassId(pub [u8; 8]);

/// How often a bypass code has let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BypassState {
    /// Which code.
    pub id: BypassId,
    /// How often.
    pub used: u16,
}

/// What a typed code is, to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BypassMatch {
    /// Not this account's bypass code.
    None,
    /// Good.
    Good,
    /// It was good: now it is used up, or its time is over.
    Over,
}

impl Bypass {
    /// The most logins that one code is good for.
    pub const MOST_USES: u16 = 1000;
    /// The longest time that one is good for, seconds: 30 days.
    pub const LONGEST_SECONDS: u64 = 30 * 86_400;

    /// For how many logins it is still good at this time. A code that the state does not know
    /// is good for none: a crash has parted the two.
    pub fn uses_left(&self, state: Option<&BypassState>, now: UnixTime) -> u16 {
        let in_time = self.created_at <= now && now < self.expires_at;
        match state.filter(|state| in_time && state.id == self.id) {
            Some(state) => self.uses.saturating_sub(state.used),
            None => 0,
        }
    }

    pub(crate) fn look_at(
        &self,
        code: &RecoveryCode,
        state: Option<&BypassState>,
        now: UnixTime,
    ) -> BypassMatch {
        if !constant_time_eq(&self.hash, &code.hash()) {
            return BypassMatch::None;
        }
        match self.uses_left(state, now) {
            0 => BypassMatch::Over,
            _ => BypassMatch::Good,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bypass_code_is_good_for_its_time_and_its_uses_only() {
        let code = RecoveryCode::from_random([7; 16]);
        let id = BypassId([1; 8]);
        let bypass = Bypass {
            id,
            hash: code.hash(),
            created_at: UnixTime(1000),
            expires_at: UnixTime(2000),
            uses: 2,
        };
        let at = |now, used, code: &RecoveryCode| {
            bypass.look_at(code, Some(&BypassState { id, used }), UnixTime(now))
        };
        assert_eq!(at(1000, 0, &code), BypassMatch::Good);
        assert_eq!(at(1999, 1, &code), BypassMatch::Good);
        assert_eq!(at(1999, 2, &code), BypassMatch::Over);
        assert_eq!(at(2000, 0, &code), BypassMatch::Over);
        assert_eq!(at(999, 0, &code), BypassMatch::Over);
        let other = RecoveryCode::from_random([8; 16]);
        assert_eq!(at(1000, 0, &other), BypassMatch::None);
        let stranger = BypassState {
            id: BypassId([2; 8]),
            used: 0,
        };
        for state in [None, Some(&stranger)] {
            let found = bypass.look_at(&code, state, UnixTime(1000));
            assert_eq!(found, BypassMatch::Over);
        }
    }
}
