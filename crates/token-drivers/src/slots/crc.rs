//! The checksum of configurations and HID frames: CRC-16, polynomial 1021 reflected (8408),
//! beginning with FFFF, as ISO/IEC 13239 has it.

/// The checksum before it is inverted.
pub(super) fn checksum(bytes: &[u8]) -> u16 {
    let mut sum = u16::MAX;
    for byte in bytes {
        sum ^= u16::from(*byte);
        for _ in 0..8 {
            let low = sum & 1;
            sum >>= 1;
            if low == 1 {
                sum ^= 0x8408;
            }
        }
    }
    sum
}

/// What the checksum of a message and its inverted checksum, low byte first, always is.
const RESIDUAL: u16 = 0xF0B8;

/// Whether a message ends with its own inverted checksum.
pub(super) fn is_intact(message_and_checksum: &[u8]) -> bool {
    checksum(message_and_checksum) == RESIDUAL
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        // CRC-16/IBM-SDLC, the check value of nine digits, before its last inversion.
        assert_eq!(!checksum(b"123456789"), 0x906E);
    }

    proptest! {
        #[test]
        fn a_message_with_its_checksum_is_intact_and_with_one_bit_turned_is_not(
            mut message in proptest::collection::vec(any::<u8>(), 1..70),
            place: prop::sample::Index,
            bit in 0..8_u8,
        ) {
            message.extend((!checksum(&message)).to_le_bytes());
            prop_assert!(is_intact(&message));
            let turned = place.index(message.len());
            message[turned] ^= 1 << bit;
            prop_assert!(!is_intact(&message));
        }
    }
}
