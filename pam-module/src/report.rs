//! What the log is told: one line for each attempt, always the same fields in the same order.
//!
//! ```text
//! user="alice" service="sshd" rhost="192.0.2.7" tty="ssh" outcome=replay authenticator="phone" rule=- id=42
//! ```
//!
//! `pam_otp(sshd:auth): ` stands before it, by libpam or by `journal.rs`. After the fixed
//! fields come some that explain (`detail=`, `remedy=`, `wait_seconds=`, `clock_off_steps=`,
//! `counter_off_presses=`), for people in sentences. `id` is the number of the record on disk that holds the decision.
//! A name that the machine does not know is not written at all: people type passwords at the
//! login prompt. The person is told nothing.
//!
//! Every word and every field stands in `docs/man/pam_otp.8`, and a test compares them.

use crate::log_entry::{Field, LogEntry, Value, escaped};
use crate::{Arguments, Failure, FirstFactor, Level, Session, Verdict};
use otp_core::{Acceptance, AccessRule, Action, Decision, Hint, Label, Reason, UnixTime};
use otp_store::{LoginSettings, Person, Recorded};

/// The line in the making.
pub(crate) struct Report<'a> {
    session: &'a dyn Session,
    user: Value,
    rule: Option<Label>,
    failure_delay_milliseconds: u32,
    debug: Option<String>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(session: &'a dyn Session) -> Self {
        Self {
            session,
            user: Value::Absent,
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
        self.user = match person {
            Person::Known { name, .. } => Value::text(name.as_str().as_bytes()),
            Person::Unknown => Value::word("(unknown)"),
        };
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
        let label = |label: Option<&Label>| {
            label.map_or(Value::Absent, |label| {
                Value::text(label.as_str().as_bytes())
            })
        };
        let id = recorded.and_then(Recorded::generation);
        let mut fields = vec![
            Field::new("user", self.user.clone()),
            Field::new("service", Value::text_if_any(self.session.service())),
            Field::new("rhost", Value::text_if_any(self.session.remote_host())),
            Field::new("tty", Value::text_if_any(self.session.terminal())),
            Field::new("outcome", Value::word(outcome)),
            Field::new(
                "authenticator",
                label(recorded.and_then(Recorded::authenticator)),
            ),
            Field::new("rule", label(self.rule.as_ref())),
            Field::new("id", id.map_or(Value::Absent, Value::word)),
        ];
        fields.extend(more);
        self.session.log_attempt(&LogEntry { level, fields });
    }
}

/// Level, word, and what explains it.
fn described(verdict: &Verdict, now: UnixTime) -> (Level, &'static str, Vec<Field>) {
    match verdict {
        Verdict::Decided { recorded, hint, .. } => {
            let decision = recorded.decision();
            let more = explained(decision, *hint, now);
            (level_of(decision), decision.word(), more)
        }
        Verdict::Ruled {
            action: Action::Exempt,
            first_factor,
            ..
        } => match first_factor {
            FirstFactor::Wrong => (Level::Notice, "wrong-password", Vec::new()),
            FirstFactor::Right | FirstFactor::Elsewhere => {
                (Level::Information, "exempt", Vec::new())
            }
        },
        Verdict::Ruled { .. } => (Level::Notice, "denied", Vec::new()),
        Verdict::Failed(failure) => described_failure(failure),
    }
}

fn described_failure(failure: &Failure) -> (Level, &'static str, Vec<Field>) {
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
    let detail = failure.to_string();
    let mut more = vec![Field::new("detail", Value::text(detail.as_bytes()))];
    if let Some(remedy) = remedy {
        more.push(Field::new("remedy", Value::text(remedy.as_bytes())));
    }
    (level, word, more)
}

fn level_of(decision: Decision) -> Level {
    match decision {
        // Rare, and somebody should know.
        Decision::Accept(Acceptance::RecoveryCode { .. } | Acceptance::BypassCode { .. }) => {
            Level::Notice
        }
        Decision::Accept(_) | Decision::Exempt(_) => Level::Information,
        Decision::Reject(_) => Level::Notice,
    }
}

fn explained(decision: Decision, hint: Option<Hint>, now: UnixTime) -> Vec<Field> {
    match (decision, hint) {
        (Decision::Reject(Reason::Throttled { until }), _) => {
            let seconds = until.0.saturating_sub(now.0);
            vec![Field::new("wait_seconds", Value::word(seconds))]
        }
        (Decision::Accept(Acceptance::RecoveryCode { left }), _) => {
            vec![Field::new("recovery_codes_left", Value::word(left))]
        }
        (Decision::Accept(Acceptance::BypassCode { uses_left }), _) => {
            vec![Field::new("bypass_uses_left", Value::word(uses_left))]
        }
        (Decision::Reject(Reason::GraceExpired), _) => vec![sentence(
            "remedy",
            "No right code came in time. Begin again with a new secret: otpctl reset USER",
        )],
        (Decision::Reject(Reason::TooManyFailures), _) => vec![sentence(
            "remedy",
            "Find out who guesses, then: otpctl unlock USER. Lost the device? otpctl reset USER",
        )],
        // The code would have been right at another place.
        (Decision::Reject(Reason::NoMatch), Some(hint)) => {
            let (what, detail) = off_by(hint);
            let number = Value::Word(format!("{:+}", hint.offset.0));
            vec![Field::new(what, number), sentence("detail", &detail)]
        }
        _ => Vec::new(),
    }
}

/// How far from its place a code was found: the field for filters, and the sentence for people.
fn off_by(hint: Hint) -> (&'static str, String) {
    let distance = hint.offset.0.unsigned_abs();
    if !hint.has_clock {
        let detail = format!("the device's button was pressed {distance} times without a login");
        return ("counter_off_presses", detail);
    }
    let side = match hint.offset.0 {
        ..0 => "behind the host's",
        _ => "ahead of the host's",
    };
    let detail = format!("the device's clock is {distance} steps off, {side}");
    ("clock_off_steps", detail)
}

fn sentence(name: &'static str, text: &str) -> Field {
    Field::new(name, Value::text(text.as_bytes()))
}
