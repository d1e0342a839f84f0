//! The program, the person and the machine, played from a script.

use super::scene::{NOW, STATE};
use super::system::bytes_of;
use otp_core::{UnixTime, UserName};
use otp_store::Person;
use pam_otp::{ConversationError, Echo, Host, Level, Session, ShadowError};
use std::cell::{Cell, RefCell};
use zeroize::Zeroizing;

/// A question that must be asked, and what comes back.
pub(crate) type Line = (&'static str, Result<&'static str, ConversationError>);

/// Canonical names, numbers and passwords. The first column is what may be typed for them:
/// a directory can know a person by more than one name.
const USERS: [(&[u8], &str, u32, &[u8]); 3] = [
    (b"alice", "alice", 1000, b"wonderland"),
    (b"ALICE@corp", "alice", 1000, b"wonderland"),
    (b"bob", "bob", 1001, b"builder"),
];

/// One login, from both sides.
pub(crate) struct Played {
    pub(crate) user: Result<Option<&'static str>, ConversationError>,
    pub(crate) dialogue: &'static [Line],
    pub(crate) shadow: Result<(), ShadowError>,
    /// What the program says of itself: service, remote host, terminal.
    pub(crate) items: [Option<&'static str>; 3],
    /// Whether sshd has accepted a key before it asked PAM.
    pub(crate) key: bool,
    /// Whether what is typed at the question for a code appears on the screen.
    pub(crate) echo: Echo,
    /// Happens while the person is typing.
    pub(crate) while_typing: fn(&Played),
    pub(crate) clock: Cell<u64>,
    pub(crate) asked: Cell<usize>,
    pub(crate) log: RefCell<Vec<(Level, String)>>,
    pub(crate) delays: RefCell<Vec<u32>>,
    /// What the modules below are given as the password.
    pub(crate) passed_on: RefCell<Vec<Vec<u8>>>,
    /// Alice's state file at the moment when the log or libpam is told how it ended.
    pub(crate) state_when_told: RefCell<Vec<Option<Vec<u8>>>>,
}

impl Played {
    pub(crate) fn new(user: &'static str, dialogue: &'static [Line]) -> Self {
        Self {
            user: Ok(Some(user)),
            dialogue,
            shadow: Ok(()),
            items: [Some("sshd"), Some("192.0.2.7"), Some("ssh")],
            key: false,
            echo: Echo::Off,
            while_typing: |_| {},
            clock: Cell::new(NOW),
            asked: Cell::new(0),
            log: RefCell::default(),
            delays: RefCell::default(),
            passed_on: RefCell::default(),
            state_when_told: RefCell::default(),
        }
    }

    fn item(&self, place: usize) -> Option<Vec<u8>> {
        self.items[place].map(Into::into)
    }
}

impl Session for Played {
    fn user(&self) -> Result<Option<Vec<u8>>, ConversationError> {
        self.user.map(|name| name.map(Into::into))
    }

    fn service(&self) -> Option<Vec<u8>> {
        self.item(0)
    }

    fn remote_host(&self) -> Option<Vec<u8>> {
        self.item(1)
    }

    fn terminal(&self) -> Option<Vec<u8>> {
        self.item(2)
    }

    fn requesting_user(&self) -> Option<Vec<u8>> {
        None
    }

    fn key_was_accepted(&self) -> bool {
        self.key
    }

    fn ask(&self, question: &str, echo: Echo) -> Result<Zeroizing<Vec<u8>>, ConversationError> {
        let line = self.dialogue.get(self.asked.get());
        let (expected, answer) = line.unwrap_or_else(|| panic!("asks {question:?} besides"));
        assert_eq!(question, *expected, "the question");
        let shown = if question.starts_with("Password") {
            Echo::Off
        } else {
            self.echo
        };
        assert_eq!(echo, shown, "{question}");
        assert!(self.delays.borrow().is_empty(), "asks after the verdict");
        self.asked.set(self.asked.get() + 1);
        (self.while_typing)(self);
        answer.map(|answer| Zeroizing::new(answer.into()))
    }

    fn tell(&self, text: &str) -> Result<(), ConversationError> {
        panic!("nothing is shown while somebody logs in: {text}");
    }

    fn passed_on_password(&self) -> Option<Zeroizing<Vec<u8>>> {
        None
    }

    fn pass_on_password(&self, password: &[u8]) -> Result<(), ConversationError> {
        self.passed_on.borrow_mut().push(password.into());
        Ok(())
    }

    fn delay_failure(&self, milliseconds: u32) {
        self.delays.borrow_mut().push(milliseconds);
        self.state_when_told.borrow_mut().push(bytes_of(STATE));
    }

    fn log(&self, level: Level, line: &str) {
        self.log.borrow_mut().push((level, line.into()));
        self.state_when_told.borrow_mut().push(bytes_of(STATE));
    }
}

impl Host for Played {
    fn name(&self) -> Option<String> {
        Some("village".into())
    }

    fn person(&self, name: &[u8]) -> Person {
        match USERS.iter().find(|user| user.0 == name) {
            None => Person::Unknown,
            Some((_, name, uid, _)) => Person::Known {
                name: UserName::parse(name).expect("a user name"),
                uid: *uid,
            },
        }
    }

    fn groups(&self, person: &Person) -> Option<Vec<String>> {
        Some(match person {
            Person::Known { uid: 1000, .. } => vec!["alice".into(), "staff".into()],
            Person::Known { .. } | Person::Unknown => Vec::new(),
        })
    }

    fn password_is_right(&self, person: &Person, password: &[u8]) -> Result<bool, ShadowError> {
        self.shadow?;
        let Person::Known { name, .. } = person else {
            return Ok(false);
        };
        let user = USERS.iter().find(|user| user.1 == name.as_str());
        Ok(user.is_some_and(|user| user.3 == password))
    }

    fn now(&self) -> UnixTime {
        UnixTime(self.clock.get())
    }
}
