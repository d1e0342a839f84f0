//! The state as a fixed-size record that a login overwrites in place.
//!
//! Two slots of one block each, written in turn; each carries a generation number and a
//! checksum, and a reader takes the valid one with the higher generation. One aligned write
//! and one `fdatasync` into blocks that are already there commit a login: it works on a full
//! disk, it cannot be torn, and a person can read it with `cat`.
//!
//! Each slot also names its enrolment. A fresh enrolment writes its first slot beside the
//! old one, then replaces the account: until that moment the old pair is whole, and after
//! it the new one is, so a crash at any point leaves one of the two.
//!
//! On file systems that copy on write, "in place" needs free space all the same.

use crate::StoreError;
use crate::root_owned::RootFile;
use data_encoding::HEXLOWER;
use nix::sys::uio::{pread, pwrite};
use nix::unistd::fdatasync;
use otp_core::{
    Account, AuthenticatorId, AuthenticatorState, EnrolmentId, MovingFactor, Place, RecoverySetId,
    RecoveryState, State, StepOffset, TrustedPlace, UnixTime,
};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// One block, so that a write is never half done.
pub(crate) const SLOT_BYTES: usize = 4096;
const SLOTS: usize = 2;
/// The size of every state file.
pub(crate) const FILE_BYTES: u64 = 8192;
const FIRST_LINE: &str = "pam-otp state 1";

/// What one slot holds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot {
    generation: u64,
    state: State,
}

/// The slots of one file as they were read; `None` where one is damaged.
pub(crate) struct Slots([Option<Slot>; SLOTS]);

/// The current state of an account, and where the next one goes.
pub(crate) struct Current {
    pub(crate) state: State,
    generation: u64,
    next_slot: usize,
}

impl Slots {
    /// Reads both slots. A file of another size is damaged as a whole.
    pub(crate) fn read(file: &RootFile) -> Result<Self, StoreError> {
        if file.length != FILE_BYTES {
            return Err(StoreError::Damaged {
                path: file.path.clone(),
                what: format!("{} bytes instead of {FILE_BYTES}", file.length),
            });
        }
        let mut bytes = [0; SLOT_BYTES * SLOTS];
        let read =
            pread(&file.file, &mut bytes, 0).map_err(|errno| StoreError::io(&file.path, errno))?;
        if read != bytes.len() {
            return Err(StoreError::Damaged {
                path: file.path.clone(),
                what: format!("only {read} bytes could be read"),
            });
        }
        let (first, second) = bytes.split_at(SLOT_BYTES);
        Ok(Self([parse(first), parse(second)]))
    }

    /// The newest slot that belongs to this account.
    pub(crate) fn current(
        &self,
        account: &Account,
        file: &RootFile,
    ) -> Result<Current, StoreError> {
        let newest = self
            .numbered()
            .filter(|(_, slot)| slot.state.belongs_to(account))
            .max_by_key(|(_, slot)| slot.generation);
        let path = file.path.clone();
        match newest {
            Some((place, slot)) => Ok(Current {
                state: slot.state.clone(),
                generation: self.newest_generation(),
                next_slot: other(place),
            }),
            None if self.numbered().next().is_none() => Err(StoreError::Damaged {
                path,
                what: "neither of its two records is whole".into(),
            }),
            None => Err(StoreError::Mismatch { path }),
        }
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Slot)> {
        let numbered = self.0.iter().enumerate();
        numbered.filter_map(|(place, slot)| slot.as_ref().map(|slot| (place, slot)))
    }

    fn newest_generation(&self) -> u64 {
        let generations = self.numbered().map(|(_, slot)| slot.generation);
        generations.max().unwrap_or(0)
    }
}

impl Current {
    /// The number of the newest record on disk.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Writes the next state over the older slot and syncs it. Afterwards this is current.
    pub(crate) fn commit(&mut self, file: &RootFile, next: &State) -> Result<(), StoreError> {
        let not_saved = |errno| StoreError::NotSaved {
            path: file.path.clone(),
            errno,
        };
        // 2^64 logins do not happen; if the number is there all the same, somebody wrote it.
        let generation = self.generation.checked_add(1).ok_or(StoreError::Damaged {
            path: file.path.clone(),
            what: "its generation number has reached the end".into(),
        })?;
        let bytes = print(generation, next).ok_or(not_saved(nix::errno::Errno::EFBIG))?;
        let offset = if self.next_slot == 0 { 0 } else { 4096 };
        let written = pwrite(&file.file, &bytes, offset).map_err(not_saved)?;
        if written != SLOT_BYTES {
            return Err(not_saved(nix::errno::Errno::ENOSPC));
        }
        fdatasync(&file.file).map_err(not_saved)?;
        self.generation = generation;
        self.next_slot = other(self.next_slot);
        self.state = next.clone();
        Ok(())
    }
}

fn other(place: usize) -> usize {
    usize::from(place == 0)
}

/// The whole file of a fresh enrolment: the same state in both slots, so that all blocks are
/// allocated from the start.
pub(crate) fn fresh_file(state: &State) -> Option<Vec<u8>> {
    let mut bytes = print(1, state)?;
    bytes.extend(print(2, state)?);
    Some(bytes)
}

/// One slot; `None` if it would not fit, which sixteen authenticators cannot bring about.
fn print(generation: u64, state: &State) -> Option<Vec<u8>> {
    let mut text = String::with_capacity(SLOT_BYTES);
    let or_dash = |value: Option<u64>| value.map_or("-".into(), |value| value.to_string());
    let State {
        enrolment,
        failures,
        last_failure,
        pending_logins,
        authenticators,
        recovery,
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
    if let Some(RecoveryState { set, used }) = recovery {
        let set = HEXLOWER.encode(&set.0);
        let _ = writeln!(text, "recovery {set} used {used:016b}");
    }
    for TrustedPlace { place, since } in trusted {
        let place = HEXLOWER.encode(&place.0);
        let _ = writeln!(text, "trusted {place} since-unix-seconds {}", since.0);
    }
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

/// The first 128 bits of SHA-256: against half-written and rotten blocks. Against people the
/// owner and mode of the file must do.
fn checksum(text: &[u8]) -> String {
    let digest = Sha256::digest(text);
    HEXLOWER.encode(digest.get(..16).unwrap_or_default())
}

/// Reads one slot; `None` if it is anything else than what [`print()`] writes, to the letter.
fn parse(bytes: &[u8]) -> Option<Slot> {
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
    let mut trusted = Vec::new();
    while let Some(line) = lines.next_if(|line| line.starts_with("trusted ")) {
        trusted.push(parse_trusted(line)?);
    }
    let state = State {
        enrolment: EnrolmentId(enrolment.try_into().ok()?),
        failures,
        last_failure: last_failure.map(UnixTime),
        pending_logins,
        authenticators,
        recovery,
        trusted,
    };
    // Printing again and comparing settles the checksum, the padding and every spelling.
    let exact = print(generation, &state)? == bytes;
    exact.then_some(Slot { generation, state })
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
    let ["recovery", set, "used", used] = words.as_slice() else {
        return None;
    };
    let set = HEXLOWER.decode(set.as_bytes()).ok()?;
    Some(RecoveryState {
        set: RecoverySetId(set.try_into().ok()?),
        used: u16::from_str_radix(used, 2).ok()?,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let one = |id| AuthenticatorState {
            id: AuthenticatorId(id),
            activated: true,
            last_accepted: Some(MovingFactor(u64::MAX)),
            drift: StepOffset(i64::MIN),
            last_used: Some(UnixTime(u64::MAX)),
        };
        State {
            enrolment: EnrolmentId([0xab; 16]),
            failures: u32::MAX,
            last_failure: Some(UnixTime(u64::MAX)),
            pending_logins: u32::MAX,
            authenticators: (u32::MAX - 15..=u32::MAX).map(one).collect(),
            recovery: Some(RecoveryState {
                set: RecoverySetId([0xcd; 8]),
                used: u16::MAX,
            }),
            trusted: (0..8)
                .map(|number| TrustedPlace {
                    place: Place([number; 16]),
                    since: UnixTime(u64::MAX),
                })
                .collect(),
        }
    }

    #[test]
    fn the_longest_state_fits_into_one_block_and_comes_back_whole() {
        let bytes = print(u64::MAX, &state()).unwrap();
        assert_eq!(bytes.len(), SLOT_BYTES);
        let slot = parse(&bytes).unwrap();
        assert_eq!((slot.generation, slot.state), (u64::MAX, state()));
    }

    #[test]
    fn a_fresh_file_has_the_fixed_size() {
        let bytes = fresh_file(&state()).unwrap();
        assert_eq!(u64::try_from(bytes.len()).unwrap(), FILE_BYTES);
    }

    #[test]
    fn a_slot_with_any_byte_changed_is_not_believed() {
        let bytes = print(7, &state()).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_eq!(parse(&changed), None, "byte {place}");
        }
        assert_eq!(parse(&[0; SLOT_BYTES]), None);
    }

    #[test]
    fn other_spellings_of_the_same_state_are_not_believed() {
        let bytes = print(7, &state()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for (right, wrong) in [("generation 7", "generation 07"), ("yes", "yea")] {
            let body = text
                .split("checksum")
                .next()
                .unwrap()
                .replacen(right, wrong, 1);
            let mut forged = format!("{body}checksum {}\n", checksum(body.as_bytes()));
            while forged.len() < SLOT_BYTES - 1 {
                forged.push(' ');
            }
            forged.push('\n');
            assert_eq!(parse(forged.as_bytes()), None, "{wrong}");
        }
    }
}
