//! The latest attempts of an account, kept in its state record for `otpctl explain`.
//!
//! The log has more, but it rotates, moves to other machines, and is not always there at 3 in
//! the morning. What was typed is not kept; nor is anything that would not fit into the block
//! that a login writes anyway.

use otp_core::{Acceptance, AuthenticatorId, Decision, Hint, UnixTime};
use std::fmt::{self, Write};

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

    /// Whether what was typed was not looked at.
    fn is_unseen(&self) -> bool {
        matches!(self.outcome.as_str(), "throttled" | "too-many-failures")
    }

    /// Whether it says nothing new after this one: refused unseen again, from the same place.
    fn repeats(&self, earlier: &Self) -> bool {
        self.is_unseen()
            && (&self.outcome, &self.service, &self.origin)
                == (&earlier.outcome, &earlier.service, &earlier.origin)
    }

    /// Reads what [`Display`](fmt::Display) writes. How strict it must be, the caller settles
    /// by writing it again.
    fn parse(line: &str) -> Option<Self> {
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

/// The latest attempts as lines of a state record, the oldest first. A login carries them on
/// without reading them: eight of them took it longer than computing the codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AttemptLines(String);

impl AttemptLines {
    /// Takes over a line of a record, without its end.
    pub(crate) fn push_line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// Adds an attempt, and forgets the oldest above [`MOST`]. Of refusals unseen in a row only
    /// the latest stays: they would crowd out what led to them.
    pub(crate) fn keep(&mut self, attempt: &AttemptRecord) {
        if attempt.is_unseen() && self.last().is_some_and(|last| attempt.repeats(&last)) {
            self.forget_last();
        }
        // Writing to a String does not fail.
        let _ = writeln!(self.0, "{attempt}");
        let too_many = self.0.lines().count().saturating_sub(MOST);
        self.forget(too_many);
    }

    /// Puts an attempt in place of the latest, about which more is known by now.
    pub(crate) fn amend(&mut self, attempt: &AttemptRecord) {
        self.forget_last();
        self.keep(attempt);
    }

    fn forget_last(&mut self) {
        let whole = self.0.trim_end_matches('\n');
        let kept = whole.rfind('\n').map_or(0, |end| end.saturating_add(1));
        self.0.truncate(kept);
    }

    /// Without the oldest, as many bytes of whole lines as fit.
    pub(crate) fn that_fit(&self, most_bytes: usize) -> &str {
        let mut lines = self.0.as_str();
        while lines.len() > most_bytes {
            lines = after_first_line(lines);
        }
        lines
    }

    /// All of them; `None` if one is no attempt.
    pub(crate) fn read(&self) -> Option<Vec<AttemptRecord>> {
        let exact = |line: &str| {
            let attempt = AttemptRecord::parse(line)?;
            (attempt.to_string() == line).then_some(attempt)
        };
        self.0.lines().map(exact).collect()
    }

    fn last(&self) -> Option<AttemptRecord> {
        AttemptRecord::parse(self.0.lines().next_back()?)
    }

    fn forget(&mut self, lines: usize) {
        for _ in 0..lines {
            let rest = after_first_line(&self.0).len();
            self.0.drain(..self.0.len().saturating_sub(rest));
        }
    }
}

fn after_first_line(lines: &str) -> &str {
    lines.split_once('\n').map_or("", |(_, rest)| rest)
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

    fn at(seconds: u64) -> AttemptRecord {
        let refused = Decision::Reject(Reason::NoMatch);
        AttemptRecord::of(refused, None, AttemptOrigin::default(), UnixTime(seconds))
    }

    #[test]
    fn the_latest_eight_are_kept_in_their_order() {
        let mut lines = AttemptLines::default();
        for seconds in 0..11 {
            lines.keep(&at(seconds));
        }
        let kept: Vec<AttemptRecord> = (3..11).map(at).collect();
        assert_eq!(lines.read(), Some(kept));
    }

    #[test]
    fn of_refusals_unseen_in_a_row_only_the_latest_stays() {
        let unseen = |seconds| AttemptRecord {
            outcome: "throttled".into(),
            ..at(seconds)
        };
        let mut lines = AttemptLines::default();
        for attempt in [at(1), unseen(2), unseen(3), at(4), unseen(5)] {
            lines.keep(&attempt);
        }
        let kept = vec![at(1), unseen(3), at(4), unseen(5)];
        assert_eq!(lines.read(), Some(kept));
    }

    #[test]
    fn more_about_the_latest_takes_its_place() {
        let mut lines = AttemptLines::default();
        for attempt in [at(1), at(2)] {
            lines.keep(&attempt);
        }
        let more = AttemptRecord {
            off: Some(-10),
            ..at(2)
        };
        lines.amend(&more);
        assert_eq!(lines.read(), Some(vec![at(1), more]));
    }

    #[test]
    fn what_does_not_fit_is_left_away_by_whole_lines_the_oldest_first() {
        let mut lines = AttemptLines::default();
        lines.keep(&at(1));
        lines.keep(&at(2));
        let (both, second) = (lines.0.clone(), format!("{}\n", at(2)));
        assert_eq!(lines.that_fit(both.len()), both);
        assert_eq!(lines.that_fit(both.len() - 1), second);
        assert_eq!(lines.that_fit(second.len() - 1), "");
    }

    #[test]
    fn a_line_that_is_no_attempt_is_not_explained() {
        for line in [
            "attempt 1 no-match",
            &format!("{} ", at(1)),
            &at(1).to_string().replace("1", "01"),
        ] {
            let mut lines = AttemptLines::default();
            lines.push_line(line);
            assert_eq!(lines.read(), None, "{line}");
        }
    }
}
