//! The latest attempts of an account, kept in its state record for `otpctl explain`.
//!
//! The log has more, but it rotates, moves to other machines, and is not always there at 3 in
//! the morning. What was typed is not kept; nor is anything that would not fit into the block
//! that a login writes anyway.

use otp_core::{Acceptance, AuthenticatorId, Decision, Hint, UnixTime};
use std::fmt;

/// How many attempts are kept at most; fewer where the account has many devices.
pub(crate) const MOST: usize = 8;
/// Longer names of services and origins are cut (bytes). An IPv6 address has 39 at most.
const LONGEST_WORD: usize = 45;

/// One attempt, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptRecord {
    /// When it was decided.
    pub at: UnixTime,
    /// What became of it, as the log calls it.
    pub outcome: String,
    /// The service; `-` if it was not told.
    pub service: String,
    /// Address or terminal; `-` if it was not told.
    pub origin: String,
    /// The device whose code it was, if that is known.
    pub device: Option<AuthenticatorId>,
    /// The moving factor that was used up.
    pub moving_factor: Option<u64>,
    /// How far from its place the code was found, if it was.
    pub off: Option<i64>,
}

/// Where an attempt comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct AttemptOrigin<'a> {
    /// The service.
    pub service: &'a str,
    /// Address or terminal.
    pub from: &'a str,
}

impl AttemptRecord {
    pub(crate) fn of(
        decision: Decision,
        hint: Option<Hint>,
        origin: AttemptOrigin<'_>,
        now: UnixTime,
    ) -> Self {
        Self {
            at: now,
            outcome: decision.word().into(),
            service: plain(origin.service),
            origin: plain(origin.from),
            device: decision
                .authenticator()
                .or(hint.map(|hint| hint.authenticator)),
            moving_factor: match decision {
                Decision::Accept(Acceptance::Code { moving_factor, .. }) => Some(moving_factor.0),
                _ => None,
            },
            off: hint.map(|hint| hint.offset.0),
        }
    }

    /// Whether it says nothing new after this one: refused unseen again, from the same place.
    pub(crate) fn repeats(&self, earlier: &Self) -> bool {
        matches!(self.outcome.as_str(), "throttled" | "too-many-failures")
            && (&self.outcome, &self.service, &self.origin)
                == (&earlier.outcome, &earlier.service, &earlier.origin)
    }

    /// Reads what [`Display`](fmt::Display) writes. How strict it must be, the caller settles
    /// by writing it again.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        let [
            "attempt",
            at,
            outcome,
            "service",
            service,
            "from",
            origin,
            "device",
            device,
            "factor",
            moving_factor,
            "off",
            off,
        ] = words.as_slice()
        else {
            return None;
        };
        Some(Self {
            at: UnixTime(at.parse().ok()?),
            outcome: (*outcome).into(),
            service: (*service).into(),
            origin: (*origin).into(),
            device: or_dash(device)?.map(AuthenticatorId),
            moving_factor: or_dash(moving_factor)?,
            off: or_dash(off)?,
        })
    }
}

/// `Some(None)` for a dash, `None` for what is neither.
fn or_dash<T: std::str::FromStr>(text: &str) -> Option<Option<T>> {
    match text {
        "-" => Some(None),
        text => text.parse().ok().map(Some),
    }
}

/// A word as it can stand in a line: a program may call its service, and a host itself,
/// whatever it likes.
fn plain(text: &str) -> String {
    let graphic = text.chars().map(|c| match c {
        c if c.is_ascii_graphic() => c,
        _ => '?',
    });
    let word: String = graphic.take(LONGEST_WORD).collect();
    if word.is_empty() { "-".into() } else { word }
}

impl fmt::Display for AttemptRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at,
            outcome,
            service,
            origin,
            ..
        } = self;
        write!(
            f,
            "attempt {} {outcome} service {service} from {origin}",
            at.0
        )?;
        match self.device {
            Some(device) => write!(f, " device {device}")?,
            None => f.write_str(" device -")?,
        }
        match self.moving_factor {
            Some(factor) => write!(f, " factor {factor}")?,
            None => f.write_str(" factor -")?,
        }
        match self.off {
            Some(off) => write!(f, " off {off}"),
            None => f.write_str(" off -"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otp_core::Reason;

    #[test]
    fn whatever_a_program_calls_itself_is_one_word() {
        let origin = AttemptOrigin {
            service: "a b\nattempt 1",
            from: &"ä".repeat(100),
        };
        let refused = Decision::Reject(Reason::NoMatch);
        let record = AttemptRecord::of(refused, None, origin, UnixTime(7));
        assert_eq!(record.service, "a?b?attempt?1");
        assert_eq!(record.origin, "?".repeat(45));
        assert_eq!(AttemptRecord::parse(&record.to_string()), Some(record));
        let nothing = AttemptOrigin::default();
        let record = AttemptRecord::of(refused, None, nothing, UnixTime(7));
        assert_eq!(
            (record.service.as_str(), record.origin.as_str()),
            ("-", "-")
        );
        assert_eq!(AttemptRecord::parse(&record.to_string()), Some(record));
        assert_eq!(AttemptRecord::parse("attempt 1 no-match"), None);
    }
}
