//! One slot as text: what a person reads with `cat`, to the letter.

use super::{SLOT_BYTES, Slot};
use crate::attempt_record::AttemptLines;
use data_encoding::HEXLOWER;
use otp_core::{
    AuthenticatorId, AuthenticatorState, BypassId, BypassState, EnrolmentId, MovingFactor, Place,
    RecoverySetId, RecoveryState, State, StepOffset, TrustedPlace, UnixTime,
};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const FIRST_LINE: &str = "pam-otp state 1";
/// A word, a blank, 32 digits and two line ends (bytes).
const CHECKSUM_LINE: usize = 43;

/// One slot; `None` if it would not fit, which sixteen authenticators cannot bring about.
pub(super) fn print(generation: u64, state: &State, attempts: &AttemptLines) -> Option<Vec<u8>> {
    let mut text = String::with_capacity(SLOT_BYTES);
    let or_dash = |value: Option<u64>| value.map_or("-".into(), |value| value.to_string());
    let State {
        enrolment,
        failures,
        last_failure,
        pending_logins,
        authenticators,
        recovery,
        bypass,
        trusted,
    } = state;
    // Writing to a String does not fail.
    let _ = write!(
        text,
        "{FIRST_LINE}\nenrolment {}\ngeneration {generation}\nfailures {failures}\n\
         last-failure-unix-seconds {}\npending-logins {pending_logins}\n",
        HEXLOWER.encode(&enrolment.0),
        or_dash(last_failure.map(|time| time.0)),
    );
    for one in authenticators {
        let _ = writeln!(
            text,
            "authenticator {} activated {} last-accepted {} drift-steps {} \
             last-used-unix-seconds {}",
            one.id,
            if one.activated { "yes" } else { "no" },
            or_dash(one.last_accepted.map(|factor| factor.0)),
            one.drift.0,
            or_dash(one.last_used.map(|time| time.0)),
        );
    }
    if let Some(RecoveryState {
        set,
        used,
        last_used,
    }) = recovery
    {
        let set = HEXLOWER.encode(&set.0);
        let last_used = or_dash(last_used.map(|time| time.0));
        let _ = writeln!(
            text,
            "recovery {set} used {used:016b} last-used-unix-seconds {last_used}"
        );
    }
    if let Some(BypassState { id, used }) = bypass {
        let id = HEXLOWER.encode(&id.0);
        let _ = writeln!(text, "bypass {id} used {used}");
    }
    for TrustedPlace { place, since } in trusted {
        let place = HEXLOWER.encode(&place.0);
        let _ = writeln!(text, "trusted {place} since-unix-seconds {}", since.0);
    }
    let room = SLOT_BYTES
        .saturating_sub(text.len())
        .saturating_sub(CHECKSUM_LINE);
    text.push_str(attempts.that_fit(room));
    let checksum = checksum(text.as_bytes());
    let _ = writeln!(text, "checksum {checksum}");
    // Blanks and a line end, so that `cat` shows both slots properly.
    let last = SLOT_BYTES.checked_sub(1)?;
    if text.len() > last {
        return None;
    }
    let mut bytes = text.into_bytes();
    bytes.resize(last, b' ');
    bytes.push(b'\n');
    Some(bytes)
}

/// The generation that a slot claims to be of, whole or not; 0 if it claims nothing.
pub(super) fn claimed_generation(bytes: &[u8]) -> u64 {
    let head = bytes.get(..128).unwrap_or(bytes);
    let line = head.split(|byte| *byte == b'\n').nth(2).unwrap_or_default();
    let number = line.strip_prefix(b"generation ").unwrap_or_default();
    let number = std::str::from_utf8(number).unwrap_or_default();
    number.parse().unwrap_or(0)
}

/// The first 128 bits of SHA-256: against half-written and rotten blocks. Against people the
/// owner and mode of the file must do.
pub(super) fn checksum(text: &[u8]) -> String {
    let digest = Sha256::digest(text);
    HEXLOWER.encode(digest.get(..16).unwrap_or_default())
}

/// Reads one slot; `None` if it is anything else than what [`print()`] writes, to the letter.
pub(super) fn parse(bytes: &[u8]) -> Option<Slot> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.lines();
    if lines.next()? != FIRST_LINE {
        return None;
    }
    let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    let enrolment = HEXLOWER.decode(field("enrolment")?.as_bytes()).ok()?;
    let generation = field("generation")?.parse().ok()?;
    let failures = field("failures")?.parse().ok()?;
    let last_failure = number_or_dash(field("last-failure-unix-seconds")?)?;
    let pending_logins = field("pending-logins")?.parse().ok()?;
    let mut lines = lines.peekable();
    let mut authenticators = Vec::new();
    while let Some(line) = lines.next_if(|line| line.starts_with("authenticator ")) {
        authenticators.push(parse_authenticator(line)?);
    }
    let recovery = match lines.next_if(|line| line.starts_with("recovery ")) {
        Some(line) => Some(parse_recovery(line)?),
        None => None,
    };
    let bypass = match lines.next_if(|line| line.starts_with("bypass ")) {
        Some(line) => Some(parse_bypass(line)?),
        None => None,
    };
    let mut trusted = Vec::new();
    while let Some(line) = lines.next_if(|line| line.starts_with("trusted ")) {
        trusted.push(parse_trusted(line)?);
    }
    let mut attempts = AttemptLines::default();
    while let Some(line) = lines.next_if(|line| line.starts_with("attempt ")) {
        attempts.push_line(line);
    }
    let state = State {
        enrolment: EnrolmentId(enrolment.try_into().ok()?),
        failures,
        last_failure: last_failure.map(UnixTime),
        pending_logins,
        authenticators,
        recovery,
        bypass,
        trusted,
    };
    // Printing again and comparing settles the checksum, the padding and every spelling.
    let exact = print(generation, &state, &attempts)? == bytes;
    exact.then_some(Slot {
        generation,
        state,
        attempts,
    })
}

fn parse_authenticator(line: &str) -> Option<AuthenticatorState> {
    let words: Vec<&str> = line.split(' ').collect();
    let [
        "authenticator",
        id,
        "activated",
        activated,
        "last-accepted",
        last_accepted,
        "drift-steps",
        drift,
        "last-used-unix-seconds",
        last_used,
    ] = words.as_slice()
    else {
        return None;
    };
    Some(AuthenticatorState {
        id: AuthenticatorId(id.parse().ok()?),
        activated: *activated == "yes",
        last_accepted: number_or_dash(last_accepted)?.map(MovingFactor),
        drift: StepOffset(drift.parse().ok()?),
        last_used: number_or_dash(last_used)?.map(UnixTime),
    })
}

fn parse_recovery(line: &str) -> Option<RecoveryState> {
    let words: Vec<&str> = line.split(' ').collect();
    let [
        "recovery",
        set,
        "used",
        used,
        "last-used-unix-seconds",
        last_used,
    ] = words.as_slice()
    else {
        return None;
    };
    let set = HEXLOWER.decode(set.as_bytes()).ok()?;
    Some(RecoveryState {
        set: RecoverySetId(set.try_into().ok()?),
        used: u16::from_str_radix(used, 2).ok()?,
        last_used: number_or_dash(last_used)?.map(UnixTime),
    })
}

fn parse_bypass(line: &str) -> Option<BypassState> {
    let words: Vec<&str> = line.split(' ').collect();
    let ["bypass", id, "used", used] = words.as_slice() else {
        return None;
    };
    let id = HEXLOWER.decode(id.as_bytes()).ok()?;
    Some(BypassState {
        id: BypassId(id.try_into().ok()?),
        used: used.parse().ok()?,
    })
}

fn parse_trusted(line: &str) -> Option<TrustedPlace> {
    let words: Vec<&str> = line.split(' ').collect();
    let ["trusted", place, "since-unix-seconds", since] = words.as_slice() else {
        return None;
    };
    let place = HEXLOWER.decode(place.as_bytes()).ok()?;
    Some(TrustedPlace {
        place: Place(place.try_into().ok()?),
        since: UnixTime(since.parse().ok()?),
    })
}

/// `Some(None)` for a dash, `None` for what is neither.
fn number_or_dash(text: &str) -> Option<Option<u64>> {
    if text == "-" {
        Some(None)
    } else {
        text.parse().ok().map(Some)
    }
}
