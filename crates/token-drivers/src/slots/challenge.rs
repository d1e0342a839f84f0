//! A challenge for a challenge-response slot.
//!
//! A slot is always sent 64 bytes, and the slots that are written here drop, from the end,
//! every byte that equals the last one. So the padding must differ from the last byte that
//! counts, and 64 bytes that all count cannot be sent.

use std::fmt;
use zeroize::Zeroizing;

/// 1 to 63 bytes. Wiped when dropped: with some uses the challenge is a secret too.
pub struct Challenge(Zeroizing<[u8; Challenge::PADDED_BYTES]>);

/// Why some bytes cannot be a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChallengeLength {
    /// How many there are.
    pub bytes: usize,
}

impl fmt::Display for ChallengeLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes;
        write!(f, "a challenge has 1 to 63 bytes; this one has {bytes}")
    }
}

impl std::error::Error for ChallengeLength {}

impl Challenge {
    const PADDED_BYTES: usize = 64;
    /// The longest one.
    pub const LONGEST_BYTES: usize = 63;

    /// Takes the bytes of a challenge.
    ///
    /// # Errors
    ///
    /// [`ChallengeLength`] for none, and for more than 63.
    pub fn new(bytes: &[u8]) -> Result<Self, ChallengeLength> {
        let wrong = ChallengeLength { bytes: bytes.len() };
        let last = bytes.last().ok_or(wrong)?;
        if bytes.len() > Self::LONGEST_BYTES {
            return Err(wrong);
        }
        let padding = u8::from(*last == 0);
        let mut padded = Zeroizing::new([padding; Self::PADDED_BYTES]);
        for (to, from) in padded.iter_mut().zip(bytes) {
            *to = *from;
        }
        Ok(Self(padded))
    }

    pub(super) fn padded(&self) -> &[u8] {
        &*self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a slot makes of what it is sent.
    fn stripped(padded: &[u8]) -> &[u8] {
        let last = padded[padded.len() - 1];
        let end = padded.iter().rposition(|byte| *byte != last);
        &padded[..end.map_or(0, |end| end + 1)]
    }

    proptest! {
        #[test]
        fn the_slot_sees_exactly_the_challenge(
            bytes in proptest::collection::vec(prop_oneof![Just(0_u8), Just(1), any::<u8>()], 1..64),
        ) {
            let challenge = Challenge::new(&bytes).unwrap();
            prop_assert_eq!(stripped(challenge.padded()), bytes.as_slice());
            prop_assert_eq!(challenge.padded().len(), 64);
        }
    }

    #[test]
    fn no_challenge_and_one_that_fills_everything_are_refused() {
        for bytes in [0, 64, 65] {
            let found = Challenge::new(&vec![7; bytes]).err();
            assert_eq!(found, Some(ChallengeLength { bytes }));
        }
    }
}
