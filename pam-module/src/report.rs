//! What the log is told: one line for each attempt, always the same fields in the same order.
//!
//! ```text
//! user="alice" service="sshd" rhost="192.0.2.7" tty="ssh" outcome=replay authenticator="phone" rule=- id=42
//! ```
//!
//! libpam puts `pam_otp(sshd:auth): ` before it. After the fixed fields come some that
//! explain (`detail=`, `remedy=`, `wait_seconds=`, `clock_off_steps=`,
//! `counter_off_presses=`). `id` is the number
//! of the record on disk that holds the decision. Text that comes from outside stands in
//! quotation marks, escaped and cut. A name that the machine does not know is not written
//! at all: people type passwords at the login prompt. The person is told nothing.

use crate::{Arguments, Failure, FirstFactor, Level, Session, Verdict};
use otp_core::{
    Acceptance, AccessRule, Action, Decision, Exemption, Hint, Label, Reason, UnixTime,
};
use otp_store::{LoginSettings, Person, Recorded};
use std::fmt::Write;

/// Longer texts from outside are cut, in characters.
const LONGEST_QUOTED: usize = 512;

/// The line in the making.
pub(crate) struct Report<'a> {
    session: &'a dyn Session,
    user: Option<String>,
    rule: Option<Label>,
    failure_delay_milliseconds: u32,
    debug: Option<String>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(session: &'a dyn Session) -> Self {
        Self {
            session,
            user: None,
            rule: None,
            failure_delay_milliseconds: LoginSettings::default().failure_delay_milliseconds,
            debug: None,
        }
    }

    /// Arguments and policy are understood.
    pub(crate) fn prepared(&mut self, arguments: &Arguments, settings: &LoginSettings) {
        self.failure_delay_milliseconds = settings.failure_delay_milliseconds;
        if arguments.debug {
            self.debug = Some(format!("debug {arguments:?} {settings:?}"));
        }
    }

    /// The person is known, or known to be unknown.
    pub(crate) fn person(&mut self, person: &Person) {
        self.user = Some(match person {
            Person::Known { name, .. } => quoted(name.as_str().as_bytes()),
            Person::Unknown => "(unknown)".into(),
        });
    }

    /// This rule of the policy applies.
    pub(crate) fn rule(&mut self, rule: Option<&AccessRule>) {
        self.rule = rule.map(|rule| rule.name.clone());
    }

    /// Writes the line of an attempt after which the person may try again.
    pub(crate) fn try_again(&self, verdict: &Verdict, now: UnixTime) {
        self.write(verdict, now);
    }

    /// Writes the line of the last attempt, and holds a refusal back.
    pub(crate) fn conclude(&self, verdict: &Verdict, now: UnixTime) {
        self.write(verdict, now);
        if !verdict.admits() && self.failure_delay_milliseconds > 0 {
            self.session.delay_failure(self.failure_delay_milliseconds);
        }
    }

    fn write(&self, verdict: &Verdict, now: UnixTime) {
        if let Some(debug) = &self.debug {
            self.session.log(Level::Debug, &escaped(debug));
        }
        let (level, outcome, more) = described(verdict, now);
        let recorded = match verdict {
            Verdict::Decided { recorded, .. } => Some(recorded),
            Verdict::Ruled { .. } | Verdict::Failed(_) => None,
        };
        let item = |text: Option<Vec<u8>>| text.map_or("-".into(), |text| quoted(&text));
        let label = |label: Option<&Label>| {
            label.map_or("-".into(), |label| quoted(label.as_str().as_bytes()))
        };
        let id = recorded.and_then(Recorded::generation);
        let line = format!(
            "user={} service={} rhost={} tty={} outcome={outcome} authenticator={} rule={} id={}{more}",
            self.user.as_deref().unwrap_or("-"),
            item(self.session.service()),
            item(self.session.remote_host()),
            item(self.session.terminal()),
            label(recorded.and_then(Recorded::authenticator)),
            label(self.rule.as_ref()),
            id.map_or("-".into(), |id| id.to_string()),
        );
        self.session.log(level, &line);
    }
}

/// Level, word, and what explains it.
fn described(verdict: &Verdict, now: UnixTime) -> (Level, &'static str, String) {
    match verdict {
        Verdict::Decided { recorded, hint, .. } => {
            let (level, word) = described_decision(recorded.decision());
            (level, word, explained(recorded.decision(), *hint, now))
        }
        Verdict::Ruled {
            action: Action::Exempt,
            first_factor,
            ..
        } => match first_factor {
            FirstFactor::Wrong => (Level::Notice, "wrong-password", String::new()),
            FirstFactor::Right | FirstFactor::Elsewhere => {
                (Level::Information, "exempt", String::new())
            }
        },
        Verdict::Ruled { .. } => (Level::Notice, "denied", String::new()),
        Verdict::Failed(failure) => described_failure(failure),
    }
}

fn described_failure(failure: &Failure) -> (Level, &'static str, String) {
    let (level, word, remedy) = match failure {
        Failure::Configuration(error) => (Level::Error, "misconfigured", Some(error.remedy())),
        Failure::Arguments(_) => (Level::Error, "misconfigured", None),
        Failure::Conversation(_) => (Level::Notice, "conversation-failed", None),
        Failure::Store(error) => (Level::Alert, error.word(), Some(error.remedy())),
        Failure::Shadow(_) => (
            Level::Alert,
            "shadow-unreadable",
            Some(
                "Let an earlier module check the password (pam_unix), and use password=stack"
                    .into(),
            ),
        ),
        Failure::Verifier(error) => (Level::Alert, error.word(), Some(error.remedy())),
        Failure::Pin(_) => (Level::Alert, "pin-not-checked", None),
    };
    let mut more = format!(" detail={}", quoted(failure.to_string().as_bytes()));
    if let Some(remedy) = remedy {
        let _ = write!(more, " remedy={}", quoted(remedy.as_bytes()));
    }
    (level, word, more)
}

fn described_decision(decision: Decision) -> (Level, &'static str) {
    match decision {
        Decision::Accept(Acceptance::Code { activated_now, .. }) => {
            let word = if activated_now {
                "activated"
            } else {
                "accepted"
            };
            (Level::Information, word)
        }
        Decision::Accept(Acceptance::Pending) => (Level::Information, "pending"),
        Decision::Accept(Acceptance::Remembered) => (Level::Information, "remembered"),
        Decision::Exempt(Exemption::Disabled) => (Level::Information, "disabled"),
        Decision::Exempt(Exemption::NotEnrolled) => (Level::Information, "not-enrolled-ignored"),
        Decision::Reject(reason) => (Level::Notice, refusal(reason)),
    }
}

fn explained(decision: Decision, hint: Option<Hint>, now: UnixTime) -> String {
    match (decision, hint) {
        (Decision::Reject(Reason::Throttled { until }), _) => {
            format!(" wait_seconds={}", until.0.saturating_sub(now.0))
        }
        (Decision::Reject(Reason::GraceExpired | Reason::TooManyFailures), _) => {
            " remedy=\"otpctl reset USER\"".into()
        }
        // The code would have been right at another place.
        (Decision::Reject(Reason::NoMatch), Some(hint)) => {
            let what = if hint.has_clock {
                "clock_off_steps"
            } else {
                "counter_off_presses"
            };
            format!(" {what}={:+}", hint.offset.0)
        }
        _ => String::new(),
    }
}

/// The word of a refusal, stable: filters and alarms depend on it.
fn refusal(reason: Reason) -> &'static str {
    match reason {
        Reason::NoMatch => "no-match",
        Reason::Replay { .. } => "replay",
        Reason::WrongPassword => "wrong-password",
        Reason::WrongPin { .. } => "wrong-pin",
        Reason::Malformed => "malformed",
        Reason::Throttled { .. } => "throttled",
        Reason::TooManyFailures => "too-many-failures",
        Reason::GraceExpired => "grace-expired",
        Reason::NotEnrolled => "not-enrolled",
        Reason::UnknownUser => "unknown-user",
    }
}

/// In quotation marks, escaped, cut.
pub(crate) fn quoted(text: &[u8]) -> String {
    format!("\"{}\"", escaped(&String::from_utf8_lossy(text)))
}

fn escaped(text: &str) -> String {
    text.chars()
        .take(LONGEST_QUOTED)
        .flat_map(char::escape_debug)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_can_forge_a_line_of_the_log() {
        let hostile = "evil\" outcome=accepted\nuser=\"root\u{1b}[2J\u{202e}\\";
        let line = quoted(hostile.as_bytes());
        assert_eq!(
            line,
            r#""evil\" outcome=accepted\nuser=\"root\u{1b}[2J\u{202e}\\""#
        );
        assert_eq!(quoted(b"a\0b\xff"), "\"a\\0b\u{fffd}\"");
    }
}
