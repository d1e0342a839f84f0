//! What the log is told: one line for each attempt, always the same fields in the same order.
//!
//! ```text
//! user="alice" service="sshd" rhost="192.0.2.7" tty="ssh" outcome=replay authenticator="phone"
//! ```
//!
//! libpam puts `pam_otp(sshd:auth): ` before it. Text that comes from outside stands in
//! quotation marks, escaped and cut. A name that the machine does not know is not written
//! at all: people type passwords at the login prompt. The person is told nothing.

use crate::{Arguments, Failure, Level, Session, Verdict};
use otp_core::{Acceptance, Decision, Exemption, Reason, UnixTime};
use otp_store::{Configuration, ConfigurationError, Person, Recorded};
use std::fmt::Write;

/// Longer texts from outside are cut, in characters.
const LONGEST_QUOTED: usize = 512;

/// The line in the making.
pub(crate) struct Report<'a> {
    session: &'a dyn Session,
    user: Option<String>,
    failure_delay_milliseconds: u32,
    debug: Option<String>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(session: &'a dyn Session) -> Self {
        Self {
            session,
            user: None,
            failure_delay_milliseconds: Configuration::default().failure_delay_milliseconds,
            debug: None,
        }
    }

    /// Arguments and policy are understood.
    pub(crate) fn prepared(&mut self, arguments: &Arguments, configuration: &Configuration) {
        self.failure_delay_milliseconds = configuration.failure_delay_milliseconds;
        if arguments.debug {
            self.debug = Some(format!("debug {arguments:?} {configuration:?}"));
        }
    }

    /// The person is known, or known to be unknown.
    pub(crate) fn person(&mut self, person: &Person) {
        self.user = Some(match person {
            Person::Known { name, .. } => quoted(name.as_str().as_bytes()),
            Person::Unknown => "(unknown)".into(),
        });
    }

    /// Writes the line, and holds a refusal back.
    pub(crate) fn conclude(&self, verdict: &Verdict, now: UnixTime) {
        if let Some(debug) = &self.debug {
            self.session.log(Level::Debug, &escaped(debug));
        }
        let (level, outcome) = described(verdict, now);
        let item = |text: Option<Vec<u8>>| text.map_or("-".into(), |text| quoted(&text));
        let line = format!(
            "user={} service={} rhost={} tty={} outcome={outcome}",
            self.user.as_deref().unwrap_or("-"),
            item(self.session.service()),
            item(self.session.remote_host()),
            item(self.session.terminal()),
        );
        self.session.log(level, &line);
        let admitted = matches!(verdict, Verdict::Decided { recorded, .. }
            if !matches!(recorded.decision(), Decision::Reject(_)));
        if !admitted && self.failure_delay_milliseconds > 0 {
            self.session.delay_failure(self.failure_delay_milliseconds);
        }
    }
}

/// Level and words of an outcome.
fn described(verdict: &Verdict, now: UnixTime) -> (Level, String) {
    match verdict {
        Verdict::Decided { recorded, .. } => described_decision(recorded, now),
        Verdict::Failed(failure) => {
            let (level, word, detail, remedy) = match failure {
                Failure::Arguments(error) => {
                    (Level::Error, "misconfigured", error.to_string(), None)
                }
                Failure::Configuration(ConfigurationError::File(error)) => {
                    let remedy = Some(error.remedy());
                    (Level::Error, "misconfigured", error.to_string(), remedy)
                }
                Failure::Configuration(error) => {
                    (Level::Error, "misconfigured", error.to_string(), None)
                }
                Failure::Conversation(error) => (
                    Level::Notice,
                    "conversation-failed",
                    error.to_string(),
                    None,
                ),
                Failure::Store(error) => {
                    let remedy = Some(error.remedy());
                    (Level::Alert, error.word(), error.to_string(), remedy)
                }
                Failure::Shadow(error) => {
                    (Level::Alert, "shadow-unreadable", error.to_string(), None)
                }
            };
            let mut text = format!("{word} detail={}", quoted(detail.as_bytes()));
            if let Some(remedy) = remedy {
                let _ = write!(text, " remedy={}", quoted(remedy.as_bytes()));
            }
            (level, text)
        }
    }
}

fn described_decision(recorded: &Recorded, now: UnixTime) -> (Level, String) {
    let (level, word) = match recorded.decision() {
        Decision::Accept(Acceptance::Code { activated_now, .. }) => {
            let word = if activated_now {
                "activated"
            } else {
                "accepted"
            };
            (Level::Information, word)
        }
        Decision::Accept(Acceptance::Pending) => (Level::Information, "pending"),
        Decision::Exempt(Exemption::Disabled) => (Level::Information, "disabled"),
        Decision::Exempt(Exemption::NotEnrolled) => (Level::Information, "not-enrolled-ignored"),
        Decision::Reject(reason) => (Level::Notice, refusal(reason)),
    };
    let mut text = word.to_string();
    if let Some(label) = recorded.authenticator() {
        let _ = write!(text, " authenticator={}", quoted(label.as_str().as_bytes()));
    }
    match recorded.decision() {
        Decision::Reject(Reason::Throttled { until }) => {
            let wait = until.0.saturating_sub(now.0);
            let _ = write!(text, " wait_seconds={wait}");
        }
        Decision::Reject(Reason::GraceExpired | Reason::TooManyFailures) => {
            text.push_str(" remedy=\"otpctl reset USER\"");
        }
        _ => {}
    }
    (level, text)
}

/// The word of a refusal, stable: filters and alarms depend on it.
fn refusal(reason: Reason) -> &'static str {
    match reason {
        Reason::NoMatch => "no-match",
        Reason::Replay { .. } => "replay",
        Reason::WrongPassword => "wrong-password",
        Reason::Malformed => "malformed",
        Reason::Throttled { .. } => "throttled",
        Reason::TooManyFailures => "too-many-failures",
        Reason::GraceExpired => "grace-expired",
        Reason::NotEnrolled => "not-enrolled",
        Reason::UnknownUser => "unknown-user",
    }
}

/// In quotation marks, escaped, cut.
fn quoted(text: &[u8]) -> String {
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
