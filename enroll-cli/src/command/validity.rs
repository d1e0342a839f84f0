//! `otpctl validity USER --until 2026-12-31`: from when until when the codes of a device count.

use super::devices::{device_called, only_device};
use super::{Context, date};
use crate::arguments::Validity as Wanted;
use crate::error::CommandError;
use crate::new_account::{known_user, now};
use crate::undisturbed::Undisturbed;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use otp_core::{Authenticators, UnixTime, Validity};

/// Which end of a day a date means.
#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &Wanted) -> Result<(), CommandError> {
    let from = wanted.from.as_deref().map(|text| moment(text, End::First));
    let until = wanted.until.as_deref().map(|text| moment(text, End::Last));
    let (from, until) = (from.transpose()?, until.transpose()?);
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, _) = context.enrolled(&store, &user)?;
    let id = match &wanted.label {
        Some(label) => device_called(&account, label)?,
        None => only_device(&account)?,
    };
    let _undisturbed = Undisturbed::begin();
    let changed = store.change(&name, |mut account, mut state| {
        let mut devices = account.authenticators.to_vec();
        let mut set = None;
        for device in devices.iter_mut().filter(|one| one.id == id) {
            device.validity = Validity {
                from: from.unwrap_or(device.validity.from),
                until: until.unwrap_or(device.validity.until),
            };
            set = Some((device.validity, device.label.clone()));
        }
        let is_possible = set.as_ref().is_some_and(|(set, _)| set.is_possible());
        if let Ok(devices) = Authenticators::new(devices)
            && is_possible
        {
            account.authenticators = devices;
            // Whoever has come in with a code that counts no more shows another one.
            state.trusted.clear();
        }
        (account, state, set)
    });
    let changed = changed.map_err(|error| CommandError::perhaps_done(error, "validity"))?;
    let Some((validity, label)) = changed.filter(|(set, _)| set.is_possible()) else {
        return Err(CommandError::usage(
            "it would end before it begins; nothing has changed",
            "Give both: --from 2026-12-01 --until 2026-12-31",
        ));
    };
    let words = in_words(validity);
    let detail = format!("codes of \"{label}\" count {words}");
    context.changed(&store, &name, "validity", &detail)?;
    context.screen.say(&format!(
        "The codes of \"{label}\" of {name} count {words}."
    ))?;
    if validity.holds_at(now()) {
        return Ok(());
    }
    let remaining = store.account_alone(&name)?;
    let counts_now = |account: &otp_core::Account| {
        let mut devices = account.authenticators.iter();
        devices.any(|one| one.validity.holds_at(now()))
    };
    context
        .screen
        .say(match remaining.as_ref().is_some_and(counts_now) {
            true => "Now they do not; another device of the user counts.",
            false => "Now they do not, and no other device counts: every code is refused.",
        })
}

/// From when until when, in words.
pub(crate) fn in_words(validity: Validity) -> String {
    match (validity.from, validity.until) {
        (None, None) => "always".into(),
        (Some(from), None) => format!("from {} on", date(from)),
        (None, Some(until)) => format!("until {}", date(until)),
        (Some(from), Some(until)) => format!("from {} until {}", date(from), date(until)),
    }
}

/// A day or a moment; `None` for "always".
fn moment(text: &str, end: End) -> Result<Option<UnixTime>, CommandError> {
    if text == "always" {
        return Ok(None);
    }
    // Longer texts would be read as dates, too, and lose their times.
    let found = match text.len() {
        10 => text.parse::<Date>().ok().and_then(|day| start_of(day, end)),
        _ => text.parse::<Timestamp>().ok(),
    };
    let seconds = found.and_then(|found| u64::try_from(found.as_second()).ok());
    match seconds {
        Some(seconds) => Ok(Some(UnixTime(seconds))),
        None => Err(CommandError::usage(
            format!("\"{}\" is no day and no moment", text.escape_debug()),
            "For example 2026-12-31, or 2026-12-31T18:00:00Z, or \"always\"",
        )),
    }
}

/// Where a day begins, or, if it is the last one, where the next does.
fn start_of(day: Date, end: End) -> Option<Timestamp> {
    let day = match end {
        End::First => day,
        End::Last => day.checked_add(1.day()).ok()?,
    };
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str, end: End) -> Option<u64> {
        moment(text, end).unwrap().map(|time| time.0)
    }

    #[test]
    fn a_day_begins_at_midnight_and_its_end_is_the_next() {
        assert_eq!(seconds("1970-01-02", End::First), Some(86_400));
        assert_eq!(seconds("1970-01-02", End::Last), Some(2 * 86_400));
        assert_eq!(seconds("1970-01-01T00:01:00Z", End::Last), Some(60));
        assert_eq!(seconds("1970-01-01T01:01:00+01:00", End::Last), Some(60));
        assert_eq!(seconds("always", End::First), None);
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "tomorrow",
            "2026-13-01",
            "31.12.2026",
            "1969-12-31",
            "2026-12-31T18:00",
        ] {
            assert!(moment(text, End::First).is_err(), "{text}");
        }
    }
}
