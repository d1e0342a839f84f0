//! Is there a row for everything?

use super::row::{CODE_PROMPT, PASSWORD, Row};
use otp_core::{Acceptance, Action, Decision, Exemption, Reason};
use pam_otp::{FirstFactor, Verdict};
use std::collections::BTreeSet;

/// The word of a verdict in the log; `None` where nothing could be decided. Does not compile
/// when a decision is added: write its row first, then its word here and below.
pub(crate) fn word_of(verdict: &Verdict) -> Option<&'static str> {
    Some(match verdict {
        Verdict::Decided { recorded, .. } => word_of_decision(recorded.decision()),
        Verdict::Ruled {
            first_factor: FirstFactor::Wrong,
            action: Action::Exempt,
            ..
        } => "wrong-password",
        Verdict::Ruled {
            action: Action::Exempt,
            ..
        } => "exempt",
        Verdict::Ruled {
            action: Action::Deny | Action::Require,
            ..
        } => "denied",
        Verdict::Failed(_) => return None,
    })
}

fn word_of_decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept(Acceptance::Code { activated_now, .. }) => match activated_now {
            true => "activated",
            false => "accepted",
        },
        Decision::Accept(Acceptance::Pending) => "pending",
        Decision::Accept(Acceptance::RecoveryCode { .. }) => "recovery-code-accepted",
        Decision::Accept(Acceptance::BypassCode { .. }) => "bypass-code-accepted",
        Decision::Accept(Acceptance::Remembered) => "remembered",
        Decision::Exempt(Exemption::Disabled) => "disabled",
        Decision::Exempt(Exemption::NotEnrolled) => "not-enrolled-ignored",
        Decision::Reject(reason) => match reason {
            Reason::NoMatch => "no-match",
            Reason::Replay { .. } => "replay",
            Reason::WrongPassword => "wrong-password",
            Reason::WrongPin { .. } => "wrong-pin",
            Reason::RecoveryCodeUsed => "recovery-code-used",
            Reason::BypassCodeOver => "bypass-code-over",
            Reason::DeviceNotValid { .. } => "device-not-valid",
            Reason::Malformed => "malformed",
            Reason::Throttled { .. } => "throttled",
            Reason::TooManyFailures => "too-many-failures",
            Reason::GraceExpired => "grace-expired",
            Reason::NotEnrolled => "not-enrolled",
            Reason::UnknownUser => "unknown-user",
        },
    }
}

/// Every word that filters and alarms may depend on, and the PAM codes that go with it. (Two
/// more have no row: `store-io` is a fault that no file can bring about, and `store-path` is
/// found earlier, as a wrong policy.)
const WORDS: [(&str, &[&str]); 36] = [
    ("accepted", &["PAM_SUCCESS"]),
    ("activated", &["PAM_SUCCESS"]),
    ("pending", &["PAM_SUCCESS"]),
    ("remembered", &["PAM_SUCCESS"]),
    ("recovery-code-accepted", &["PAM_SUCCESS"]),
    ("recovery-code-used", &["PAM_AUTH_ERR"]),
    ("bypass-code-accepted", &["PAM_SUCCESS"]),
    ("bypass-code-over", &["PAM_AUTH_ERR"]),
    ("device-not-valid", &["PAM_AUTH_ERR"]),
    // Success only where this module has checked the password itself.
    ("disabled", &["PAM_IGNORE", "PAM_SUCCESS"]),
    ("not-enrolled-ignored", &["PAM_IGNORE", "PAM_SUCCESS"]),
    ("exempt", &["PAM_IGNORE", "PAM_SUCCESS"]),
    ("denied", &["PAM_AUTH_ERR"]),
    ("no-match", &["PAM_AUTH_ERR"]),
    ("replay", &["PAM_AUTH_ERR"]),
    ("wrong-password", &["PAM_AUTH_ERR"]),
    ("wrong-pin", &["PAM_AUTH_ERR"]),
    ("malformed", &["PAM_AUTH_ERR"]),
    ("throttled", &["PAM_AUTH_ERR"]),
    ("too-many-failures", &["PAM_AUTH_ERR"]),
    ("grace-expired", &["PAM_AUTH_ERR"]),
    ("not-enrolled", &["PAM_AUTH_ERR"]),
    ("unknown-user", &["PAM_AUTH_ERR"]),
    ("verifier-unreachable", &["PAM_AUTHINFO_UNAVAIL"]),
    ("store-missing", &["PAM_AUTHINFO_UNAVAIL"]),
    ("store-not-permitted", &["PAM_AUTHINFO_UNAVAIL"]),
    ("store-not-root-owned", &["PAM_AUTHINFO_UNAVAIL"]),
    ("store-open-to-others", &["PAM_AUTHINFO_UNAVAIL"]),
    ("store-not-a-plain-file", &["PAM_AUTHINFO_UNAVAIL"]),
    ("store-damaged", &["PAM_AUTHINFO_UNAVAIL"]),
    ("store-mismatch", &["PAM_AUTHINFO_UNAVAIL"]),
    ("store-other-user", &["PAM_AUTHINFO_UNAVAIL"]),
    ("store-not-saved", &["PAM_AUTHINFO_UNAVAIL"]),
    ("shadow-unreadable", &["PAM_AUTHINFO_UNAVAIL"]),
    ("misconfigured", &["PAM_SERVICE_ERR"]),
    ("conversation-failed", &["PAM_CONV_ERR"]),
];

fn rows() -> impl Iterator<Item = &'static (&'static str, Row)> {
    [
        super::accepting::ROWS,
        super::bypassing::ROWS,
        super::combined::ROWS,
        super::exempting::ROWS,
        super::misconfigured::ROWS,
        super::pending::ROWS,
        super::pin::ROWS,
        super::recovering::ROWS,
        super::refusing::ROWS,
        super::remembering::ROWS,
        super::rules::ROWS,
        super::store_out_of_reach::ROWS,
        super::store_spoiled::ROWS,
        super::validity::ROWS,
        super::throttling::ROWS,
        super::unanswered::ROWS,
    ]
    .into_iter()
    .flatten()
}

#[test]
fn every_word_of_the_log_has_a_row_and_every_row_has_a_known_word() {
    let in_rows: BTreeSet<_> = rows().map(|(_, row)| (row.outcome, row.code)).collect();
    let expected = WORDS
        .iter()
        .flat_map(|(word, codes)| codes.iter().map(|code| (*word, *code)));

    assert_eq!(in_rows, expected.collect());
}

#[test]
fn whoever_must_show_a_code_is_asked_the_same_question_whatever_comes_of_it() {
    for (name, row) in rows() {
        let expected: &[&str] = match (row.outcome, row.words) {
            // Nobody is asked before the words and the policy are understood, nor where the
            // administrator wants no code.
            ("misconfigured", _) | ("exempt" | "disabled" | "not-enrolled-ignored", []) => &[],
            // A rule decides before anything is asked, so only the password is of interest.
            _ if row.rule == "\"office\"" => &[PASSWORD],
            // Unknown, and asked as little as a known one would be who needs no code there.
            ("unknown-user", []) if row.dialogue.is_empty() => &[],
            // Exempt by the first look; broken by the second, under the lock.
            ("verifier-unreachable", _) if row.dialogue.is_empty() => &[],
            (word, _) if word.starts_with("store-") && row.dialogue.is_empty() => &[],
            // It broke off on the way, or the policy asks in other words.
            ("conversation-failed", _) => continue,
            _ if name.contains("of_the_policy") => continue,
            // What is asked depends on what has come from the same place before.
            _ if row.policy.contains("remember = ") => continue,
            (_, ["password=combined"]) => &["Password and code: "],
            _ if asks_for_password(row) => &[PASSWORD, CODE_PROMPT],
            _ => &[CODE_PROMPT],
        };
        let asked: Vec<_> = row.dialogue.iter().map(|(question, _)| *question).collect();
        assert_eq!(asked, expected, "{name}");
    }
}

fn asks_for_password(row: &Row) -> bool {
    let by_policy = row.policy.contains("password = \"verify\"") && row.words.is_empty();
    let key_stands_for_it = row.key && row.items[0] == Some("sshd");
    row.words.contains(&"password=verify") || (by_policy && !key_stands_for_it)
}
