//! A session and a machine that do what a script says, and remember what was done to them.

use otp_core::{UnixTime, UserName};
use otp_store::Person;
use pam_otp::{ConversationError, Echo, Host, Level, Session, ShadowError, Verdict};
use std::cell::RefCell;
use zeroize::Zeroizing;

/// What the person answers, and what happened.
#[derive(Default)]
pub struct Script {
    pub user: &'static str,
    pub answers: Vec<String>,
    pub key_was_accepted: bool,
    pub asked: RefCell<Vec<String>>,
    pub passed_on: RefCell<Option<Vec<u8>>>,
    pub delay: RefCell<Option<u32>>,
    pub log: RefCell<Vec<(Level, String)>>,
    /// Called at each question.
    pub when_asked: Option<fn()>,
}

impl Session for Script {
    fn user(&self) -> Result<Option<Vec<u8>>, ConversationError> {
        Ok(Some(self.user.into()))
    }

    fn service(&self) -> Option<Vec<u8>> {
        Some(b"sshd".into())
    }

    fn remote_host(&self) -> Option<Vec<u8>> {
        Some(b"192.0.2.7".into())
    }

    fn terminal(&self) -> Option<Vec<u8>> {
        Some(b"ssh".into())
    }

    fn requesting_user(&self) -> Option<Vec<u8>> {
        None
    }

    fn key_was_accepted(&self) -> bool {
        self.key_was_accepted
    }

    fn ask(&self, question: &str, echo: Echo) -> Result<Zeroizing<Vec<u8>>, ConversationError> {
        assert_eq!(echo, Echo::Off);
        if let Some(look) = self.when_asked {
            look();
        }
        let place = self.asked.borrow().len();
        self.asked.borrow_mut().push(question.into());
        let answer = self.answers.get(place);
        let answer = answer.ok_or(ConversationError::Failed { code: 19 })?;
        Ok(Zeroizing::new(answer.clone().into_bytes()))
    }

    fn tell(&self, _: &str) -> Result<(), ConversationError> {
        panic!("nothing is shown while somebody logs in");
    }

    fn passed_on_password(&self) -> Option<Zeroizing<Vec<u8>>> {
        None
    }

    fn pass_on_password(&self, password: &[u8]) -> Result<(), ConversationError> {
        *self.passed_on.borrow_mut() = Some(password.into());
        Ok(())
    }

    fn delay_failure(&self, milliseconds: u32) {
        *self.delay.borrow_mut() = Some(milliseconds);
    }

    fn log(&self, level: Level, line: &str) {
        self.log.borrow_mut().push((level, line.into()));
    }
}

/// A machine with alice (1000, password "wonderland") and bob (1001, "builder").
pub struct Village {
    pub now: u64,
    pub shadow_is_readable: bool,
}

impl Host for Village {
    fn person(&self, name: &[u8]) -> Person {
        let known = |name: &str, uid| Person::Known {
            name: UserName::parse(name).unwrap(),
            uid,
        };
        match name {
            b"alice" => known("alice", 1000),
            b"bob" => known("bob", 1001),
            _ => Person::Unknown,
        }
    }

    fn groups(&self, _: &Person) -> Option<Vec<String>> {
        Some(Vec::new())
    }

    fn password_is_right(&self, person: &Person, password: &[u8]) -> Result<bool, ShadowError> {
        if !self.shadow_is_readable {
            return Err(ShadowError::Database { errno: 13 });
        }
        Ok(match person {
            Person::Known { uid: 1000, .. } => password == b"wonderland",
            Person::Known { uid: 1001, .. } => password == b"builder",
            _ => false,
        })
    }

    fn name(&self) -> Option<String> {
        Some("village".into())
    }

    fn now(&self) -> UnixTime {
        UnixTime(self.now)
    }
}

/// One login, and everything that was seen of it.
pub struct Seen {
    pub code: String,
    pub asked: Vec<String>,
    pub delay: Option<u32>,
    pub level: Level,
    pub line: String,
    pub verdict: Verdict,
}

pub fn log_in(script: &Script, host: &Village, words: &str) -> Seen {
    let words: Vec<String> = words.split_whitespace().map(String::from).collect();
    let verdict = pam_otp::authenticate(script, host, &words);
    let log = script.log.borrow();
    assert_eq!(log.len(), 1, "one line for one attempt: {log:?}");
    for answer in &script.answers {
        let told = answer.len() > 3 && log[0].1.contains(answer.as_str());
        assert!(!told, "the log repeats an answer: {log:?}");
    }
    Seen {
        code: format!("{:?}", verdict.pam_code()),
        asked: script.asked.borrow().clone(),
        delay: *script.delay.borrow(),
        level: log[0].0,
        line: log[0].1.clone(),
        verdict,
    }
}
