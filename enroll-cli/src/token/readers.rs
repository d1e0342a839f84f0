//! Which readers there are, which of them has a token in it, and which one is meant.
//!
//! A reader is chosen by its number in `otpctl token list` or by a part of its name. It is
//! never guessed: with two tokens connected, one has to be named.

use super::shown::harmless;
use super::trouble::{in_words, no_card, no_reader};
use crate::error::CommandError;
use pcsc::{Context, Error, ReaderState, Scope, State};
use std::ffi::CString;
use std::time::{Duration, Instant};

/// A token that was just plugged in takes pcscd a moment to find.
const PATIENCE: Duration = Duration::from_secs(2);
const ROUND: Duration = Duration::from_millis(100);

/// One reader; many tokens are reader and card in one.
#[derive(Clone)]
pub(crate) struct Reader {
    /// Its place in the list, from 1.
    pub(crate) number: usize,
    /// Its name for PC/SC.
    pub(crate) name: CString,
    /// Its name for people.
    pub(crate) shown: String,
    /// Whether something is in it.
    pub(crate) occupied: bool,
    /// What the card said when it was switched on.
    pub(crate) answer_to_reset: Vec<u8>,
}

/// The way to pcscd.
pub(crate) fn service() -> Result<Context, CommandError> {
    Context::establish(Scope::System).map_err(in_words)
}

/// All readers, as they are now.
pub(crate) fn readers(service: &Context) -> Result<Vec<Reader>, CommandError> {
    let names = match service.list_readers_owned() {
        Ok(names) => names,
        Err(Error::NoReadersAvailable) => Vec::new(),
        Err(error) => return Err(in_words(error)),
    };
    let mut states: Vec<ReaderState> = names
        .iter()
        .map(|name| ReaderState::new(name.clone(), State::UNAWARE))
        .collect();
    if !states.is_empty() {
        match service.get_status_change(Duration::ZERO, &mut states) {
            Ok(()) | Err(Error::Timeout) => {}
            // Unplugged between the two questions.
            Err(Error::UnknownReader | Error::ReaderUnavailable) => return Ok(Vec::new()),
            Err(error) => return Err(in_words(error)),
        }
    }
    let found = states.iter().zip(1..).map(|(state, number)| {
        let event = state.event_state();
        Reader {
            number,
            name: state.name().to_owned(),
            shown: harmless(&state.name().to_string_lossy()),
            occupied: event.contains(State::PRESENT) && !event.contains(State::MUTE),
            answer_to_reset: state.atr().to_vec(),
        }
    });
    Ok(found.collect())
}

/// The same, waiting a moment for a token if there is none.
pub(crate) fn readers_with_patience(service: &Context) -> Result<Vec<Reader>, CommandError> {
    let since = Instant::now();
    loop {
        let found = readers(service)?;
        if found.iter().any(|one| one.occupied) || since.elapsed() >= PATIENCE {
            return Ok(found);
        }
        std::thread::sleep(ROUND);
    }
}

/// The one reader that is meant.
pub(crate) fn choose(all: &[Reader], wanted: Option<&str>) -> Result<Reader, CommandError> {
    if all.is_empty() {
        return Err(no_reader());
    }
    let meant: Vec<&Reader> = match wanted {
        Some(wanted) => named(all, wanted)?,
        None => all.iter().collect(),
    };
    let occupied: Vec<&Reader> = meant.iter().copied().filter(|one| one.occupied).collect();
    match occupied.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let names: Vec<String> = meant.iter().map(|one| one.shown.clone()).collect();
            Err(no_card(&names))
        }
        several => Err(CommandError::usage(
            format!("{} tokens are connected: {}", several.len(), list(several)),
            "Say which one is meant, by --reader and its number or a part of its name, or by \
             --serial",
        )),
    }
}

/// The readers that a number or a part of a name means.
fn named<'a>(all: &'a [Reader], wanted: &str) -> Result<Vec<&'a Reader>, CommandError> {
    let unknown = |what: String| {
        let known: Vec<&Reader> = all.iter().collect();
        CommandError::usage(what, format!("There are: {}", list(&known)))
    };
    if !wanted.is_empty() && wanted.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: Option<usize> = wanted.parse().ok();
        let found = all.iter().find(|one| Some(one.number) == number);
        let what = || unknown(format!("there is no reader number {}", harmless(wanted)));
        return found.map(|one| vec![one]).ok_or_else(what);
    }
    let exact = all.iter().find(|one| one.shown == wanted);
    if let Some(exact) = exact {
        return Ok(vec![exact]);
    }
    let small = wanted.to_lowercase();
    let found: Vec<&Reader> = all
        .iter()
        .filter(|one| one.shown.to_lowercase().contains(&small))
        .collect();
    match found.is_empty() || wanted.is_empty() {
        true => Err(unknown(format!(
            "no reader is called \"{}\"",
            harmless(wanted).escape_debug()
        ))),
        false => Ok(found),
    }
}

fn list(readers: &[&Reader]) -> String {
    let named = readers
        .iter()
        .map(|one| format!("{} \"{}\"", one.number, one.shown));
    named.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(number: usize, name: &str, occupied: bool) -> Reader {
        Reader {
            number,
            name: CString::new(name).unwrap(),
            shown: harmless(name),
            occupied,
            answer_to_reset: Vec::new(),
        }
    }

    fn two() -> [Reader; 2] {
        [
            reader(1, "ACME Reader 00 00", true),
            reader(2, "Yubico YubiKey OTP 01 00", true),
        ]
    }

    #[test]
    fn with_two_tokens_none_is_guessed() {
        let error = choose(&two(), None).err().unwrap();
        assert_eq!(error.exit_status(), 2);
        assert!(error.what().contains("1 \"ACME Reader 00 00\""));
        assert!(error.what().contains("2 \"Yubico"));
    }

    #[test]
    fn one_token_in_one_of_two_readers_is_no_guess() {
        let readers = [reader(1, "A 00", false), reader(2, "A 01", true)];
        assert_eq!(choose(&readers, None).ok().unwrap().number, 2);
    }

    #[test]
    fn a_reader_is_meant_by_its_number_or_a_part_of_its_name() {
        for wanted in ["2", "yubikey", "Yubico YubiKey OTP 01 00"] {
            assert_eq!(choose(&two(), Some(wanted)).ok().unwrap().number, 2);
        }
        for wanted in ["3", "0", "Feitian", "", "99999999999999999999999"] {
            let error = choose(&two(), Some(wanted)).err().unwrap();
            assert_eq!(error.exit_status(), 2, "{wanted}");
        }
        // A part that both names have decides nothing.
        assert!(choose(&two(), Some("00")).is_err());
    }

    #[test]
    fn no_reader_and_no_card_are_two_things() {
        let none = choose(&[], None).err().unwrap();
        let empty = choose(&[reader(1, "A 00", false)], None).err().unwrap();
        assert_eq!((none.exit_status(), empty.exit_status()), (4, 4));
        assert_ne!(none.what(), empty.what());
        assert!(empty.what().contains("\"A 00\""));
    }
}
