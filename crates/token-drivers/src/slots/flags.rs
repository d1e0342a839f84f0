//! The bits of a configuration. Names follow Yubico's `ykdef.h`.

/// Ticket flag: Enter after what is typed.
pub(super) const APPEND_ENTER: u8 = 0x20;
/// Ticket flag: an OATH-HOTP slot; with [`CHALLENGE_HMAC`], a challenge-response slot.
pub(super) const OATH_OR_CHALLENGE: u8 = 0x40;

/// Configuration flag of a static password: scan codes rather than an encrypted ticket.
pub(super) const SHORT_TICKET: u8 = 0x02;
/// Configuration flag of an HOTP slot: 8 digits rather than 6.
pub(super) const EIGHT_DIGITS: u8 = 0x02;
/// Configuration flag of an HOTP slot: the first byte of the identifier is typed in modhex.
pub(super) const FIXED_MODHEX_1: u8 = 0x10;
/// The first two bytes are. With the one above: all of it.
pub(super) const FIXED_MODHEX_2: u8 = 0x40;
/// Configuration flag of a slot that types: some milliseconds between keys.
pub(super) const PACING_10: u8 = 0x04;
/// Twice as much; both together three times.
pub(super) const PACING_20: u8 = 0x08;
/// Configuration flags of a challenge-response with HMAC-SHA1.
pub(super) const CHALLENGE_HMAC: u8 = 0x22;
/// Configuration flag of a challenge-response: the padding of a challenge does not count.
pub(super) const HMAC_SHORT_CHALLENGES: u8 = 0x04;
/// Configuration flag of a challenge-response: it waits for touch.
pub(super) const CHALLENGE_TOUCH: u8 = 0x08;

/// Extended flag: the serial number is told when it is asked for.
pub(super) const SERIAL_VISIBLE: u8 = 0x04;
/// Extended flag: digits are typed on the numeric keypad.
pub(super) const NUMERIC_KEYPAD: u8 = 0x08;
/// Extended flag: where only this slot is in use, a brief touch is enough.
pub(super) const FAST_TRIGGER: u8 = 0x10;
/// Extended flag: settings can be changed without writing the slot anew.
pub(super) const ALLOW_UPDATE: u8 = 0x20;
