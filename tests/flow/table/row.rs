//! A row of the table: what is given, what is said, and everything that must come of it.
//!
//! Laws that hold for every row are checked here and written once.

use super::complete::word_of;
use super::played::{Line, Played};
use super::scene::{self, DEFAULT_DELAY_MILLISECONDS, DELAY_MILLISECONDS, SECRET_BASE32};
use super::system::bytes_of;
use otp_core::{Account, State};
use pam_otp::{ConversationError, Level, ShadowError, Verdict, authenticate};

pub(crate) const PASSWORD: &str = "Password: ";
pub(crate) const CODE_PROMPT: &str = "One-time code: ";
pub(crate) const VERIFY: &[&str] = &["password=verify"];

/// One way for an attempt to end.
pub(crate) struct Row {
    /// The words in pam.d.
    pub(crate) words: &'static [&'static str],
    /// More lines for the policy; the first ones belong to the table `login`.
    pub(crate) policy: &'static str,
    /// What alice's account and state are.
    pub(crate) given: fn(&mut Account, &mut State),
    /// What happens to the files afterwards.
    pub(crate) spoiled: fn(),
    pub(crate) user: Result<Option<&'static str>, ConversationError>,
    pub(crate) items: [Option<&'static str>; 3],
    pub(crate) shadow: Result<(), ShadowError>,
    /// Whether sshd has accepted a key.
    pub(crate) key: bool,
    /// The clock.
    pub(crate) at: u64,
    /// Every question, and its answer.
    pub(crate) dialogue: &'static [Line],
    /// The name of the PAM code.
    pub(crate) code: &'static str,
    pub(crate) level: Level,
    /// The log up to the outcome.
    pub(crate) who: &'static str,
    /// The word after `outcome=`.
    pub(crate) outcome: &'static str,
    /// The label after `authenticator=`, and the name after `rule=`.
    pub(crate) authenticator: &'static str,
    pub(crate) rule: &'static str,
    /// What explains it, at the end of the line; with `…` at its end, how that begins.
    pub(crate) more: &'static str,
    /// What the modules below are given as the password.
    pub(crate) passed_on: Option<&'static str>,
    /// What alice's state becomes; `None`: not a byte of her files changes.
    pub(crate) then: Option<fn(&mut State)>,
}

/// Alice, activated, over ssh; the rows say what is different.
pub(crate) const ORDINARY: Row = Row {
    words: &[],
    policy: "",
    given: scene::activated,
    spoiled: || {},
    user: Ok(Some("alice")),
    items: [Some("sshd"), Some("192.0.2.7"), Some("ssh")],
    shadow: Ok(()),
    key: false,
    at: scene::NOW,
    dialogue: &[(CODE_PROMPT, Ok(scene::CODE))],
    code: "PAM_AUTH_ERR",
    level: Level::Notice,
    who: r#"user="alice" service="sshd" rhost="192.0.2.7" tty="ssh""#,
    outcome: "",
    authenticator: "-",
    rule: "-",
    more: "",
    passed_on: None,
    then: Some(|_| {}),
};

/// The log of somebody whom the machine does not know.
pub(crate) const UNKNOWN: &str = r#"user=(unknown) service="sshd" rhost="192.0.2.7" tty="ssh""#;
/// The log of somebody who has not been looked up yet.
pub(crate) const NOBODY: &str = r#"user=- service="sshd" rhost="192.0.2.7" tty="ssh""#;

impl Row {
    /// Plays the row. Only inside a private machine.
    pub(crate) fn check(&self) {
        scene::write_policy(self.policy);
        let mut state = scene::enrol(self.given);
        (self.spoiled)();
        let before = [bytes_of(scene::ACCOUNT), bytes_of(scene::STATE)];
        let mut played = Played::new("", self.dialogue);
        played.user = self.user;
        played.items = self.items;
        played.shadow = self.shadow;
        played.key = self.key;
        played.clock.set(self.at);

        let words: Vec<String> = self.words.iter().map(|word| (*word).into()).collect();
        let verdict = authenticate(&played, &played, &words);

        assert_eq!(format!("PAM_{:?}", verdict.pam_code()), self.code);
        assert_eq!(played.asked.get(), self.dialogue.len(), "questions asked");
        let passed_on: Vec<_> = self.passed_on.iter().map(|text| text.as_bytes()).collect();
        assert_eq!(*played.passed_on.borrow(), passed_on, "handed on");
        self.check_delay(&played);
        self.check_log(&played, &verdict);
        self.check_silence(&played, &verdict);

        let [account_before, state_before] = before;
        let state_after = bytes_of(scene::STATE);
        assert_eq!(bytes_of(scene::ACCOUNT), account_before, "the account file");
        if let Some(then) = self.then {
            then(&mut state);
            assert_eq!(scene::state_now(), state);
            // Also where nothing changes: a refusal must cost what a success costs.
            assert_ne!(state_after, state_before, "the attempt was written");
        } else {
            assert_eq!(state_after, state_before, "the state file");
        }
        // File it, then say it.
        for told in played.state_when_told.borrow().iter() {
            assert_eq!(*told, state_after, "told before it was on disk");
        }
    }

    /// A refusal is held back once, everything else is not.
    fn check_delay(&self, played: &Played) {
        let expected: &[u32] = match self.code {
            "PAM_SUCCESS" | "PAM_IGNORE" => &[],
            "PAM_SERVICE_ERR" => &[DEFAULT_DELAY_MILLISECONDS],
            _ => &[DELAY_MILLISECONDS],
        };
        assert_eq!(*played.delays.borrow(), expected, "delays");
    }

    /// One line, with these fields in this order; one more with `debug`.
    fn check_log(&self, played: &Played, verdict: &Verdict) {
        let log = played.log.borrow();
        let (debug, lines): (Vec<_>, Vec<_>) =
            log.iter().partition(|(level, _)| *level == Level::Debug);
        let asked_for = self.words.contains(&"debug") && self.code != "PAM_SERVICE_ERR";
        assert_eq!(debug.len(), usize::from(asked_for), "{debug:?}");
        let [(level, line)] = lines.as_slice() else {
            panic!("not one line: {lines:?}");
        };
        assert_eq!(*level, self.level, "{line}");
        // The number of the record that holds the decision: a fresh account has two.
        let id = if self.then.is_some() { "3" } else { "-" };
        let fixed = format!(
            "{} outcome={} authenticator={} rule={} id={id}",
            self.who, self.outcome, self.authenticator, self.rule
        );
        let expected = fixed + self.more;
        match expected.strip_suffix('…') {
            Some(beginning) => assert!(line.starts_with(beginning), "{line}\n{expected}"),
            None => assert_eq!(*line, expected),
        }
        assert_eq!(self.outcome, word_of(verdict).unwrap_or(self.outcome));
        // Whoever reads that the store is broken reads what to do about it.
        if self.outcome.starts_with("store-") {
            assert!(line.contains(" remedy=\""), "{line}");
        }
    }

    /// Nothing that was typed, and no secret, is in the log or in what a caller could print.
    fn check_silence(&self, played: &Played, verdict: &Verdict) {
        let mut hidden: Vec<String> = vec![SECRET_BASE32.into(), "12345678901234567890".into()];
        hidden.extend(self.passed_on.map(Into::into));
        for answer in self.dialogue.iter().filter_map(|(_, answer)| answer.ok()) {
            hidden.push(answer.into());
            hidden.push(answer.chars().filter(char::is_ascii_digit).collect());
        }
        let name = self.user.ok().flatten().filter(|_| self.who == UNKNOWN);
        hidden.extend(name.map(Into::into));
        // Just Enter, or a single digit, is part of any text.
        hidden.retain(|text| text.trim().len() > 3);
        let mut said = format!("{verdict:?}");
        for (_, line) in played.log.borrow().iter() {
            said.push_str(line);
        }
        for text in hidden {
            assert!(!said.contains(&text), "{text:?} is repeated in: {said}");
        }
    }
}

/// Each row is a test of its own, in a machine of its own; all of them together are `ROWS`.
macro_rules! rows {
    ($($(#[doc = $doc:literal])* $name:ident: $row:expr;)+) => {
        pam_otp_tests::sandboxed! {
            $(fn $name() { let row: $crate::table::row::Row = $row; row.check(); })+
        }
        pub(crate) const ROWS: &[(&str, $crate::table::row::Row)] = &[$((stringify!($name), $row)),+];
    };
}
pub(crate) use rows;
