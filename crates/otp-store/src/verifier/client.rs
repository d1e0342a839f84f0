//! The module's side of the conversation with the verifier.

use super::connection::Connection;
use super::{LONGEST_REPLY, LONGEST_REQUEST, Reply, Request, SOCKET_PATH, read_frame, write_frame};
use crate::{FirstLook, Person, Recorded, Seen};
use nix::errno::Errno;
use otp_core::Typed;
use std::fmt;
use std::io;

/// The verifier, to be asked about one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    service: String,
}

impl Verifier {
    /// For the logins of a service.
    pub fn new(service: &str) -> Self {
        Self {
            service: service.into(),
        }
    }

    /// As [`Store::first_look`](crate::Store::first_look); no place is ever remembered here.
    ///
    /// # Errors
    ///
    /// [`VerifierError`] if it is not there, or does not say.
    pub fn first_look(&self, person: &Person) -> Result<Option<FirstLook>, VerifierError> {
        let reply = exchange(&Request::look(name_of(person), &self.service))?;
        reply.look().ok_or_else(|| no_decision(reply))
    }

    /// As [`Store::decide`](crate::Store::decide): the decision is on disk.
    ///
    /// # Errors
    ///
    /// [`VerifierError`]: nobody is let in.
    pub fn decide(
        &self,
        person: &Person,
        typed: &Typed,
    ) -> Result<(Recorded, Seen), VerifierError> {
        let request = Request::decide(name_of(person), &self.service, typed);
        let reply = exchange(&request)?;
        reply.decision().ok_or_else(|| no_decision(reply))
    }
}

/// Nobody's name is empty; the verifier answers for nobody.
fn name_of(person: &Person) -> &str {
    match person {
        Person::Known { name, .. } => name.as_str(),
        Person::Unknown => "",
    }
}

fn exchange(request: &Request) -> Result<Reply, VerifierError> {
    let bytes = request.to_bytes().ok_or(VerifierError::NotUnderstood)?;
    let mut connection = Connection::to(SOCKET_PATH).map_err(VerifierError::Unreachable)?;
    let uid = connection.peer_uid().map_err(VerifierError::Unreachable)?;
    // Only root may say that somebody is let in, or hear what he typed.
    if uid != 0 {
        return Err(VerifierError::NotRoot { uid });
    }
    let mut talk = || -> io::Result<_> {
        write_frame(&mut connection, &bytes, LONGEST_REQUEST)?;
        read_frame(&mut connection, LONGEST_REPLY)
    };
    let reply = talk().map_err(|error| VerifierError::Unreachable(errno_of(&error)))?;
    Reply::from_bytes(&reply).ok_or(VerifierError::NotUnderstood)
}

fn errno_of(error: &io::Error) -> Errno {
    match error.raw_os_error() {
        Some(number) => Errno::from_raw(number),
        // Hung up before the reply was whole, or too long a frame.
        None => Errno::EPROTO,
    }
}

fn no_decision(reply: Reply) -> VerifierError {
    match (reply.detail, reply.remedy) {
        (Some(detail), Some(remedy)) => VerifierError::Failed {
            word: reply.outcome,
            detail,
            remedy,
        },
        _ => VerifierError::NotUnderstood,
    }
}

/// Why the verifier has not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifierError {
    /// It is not there, or does not answer.
    Unreachable(Errno),
    /// Somebody else than root listens there.
    NotRoot {
        /// Who.
        uid: u32,
    },
    /// It speaks another language.
    NotUnderstood,
    /// It says why.
    Failed {
        /// As the log calls it.
        word: String,
        /// What happened.
        detail: String,
        /// What to do.
        remedy: String,
    },
}

impl VerifierError {
    /// One word for the log, stable.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unreachable(_) | Self::NotRoot { .. } | Self::NotUnderstood => {
                "verifier-unreachable"
            }
            Self::Failed { .. } => "verifier-refused",
        }
    }

    /// What to do about it, as a sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::Unreachable(_) => "This program does not run as root, so it needs the verifier: \
                 systemctl enable --now pam-otp-verifier.socket"
                .into(),
            Self::NotRoot { .. } => {
                format!("Find out who listens there: fuser -v {SOCKET_PATH}")
            }
            Self::NotUnderstood => "Install module and verifier of the same version".into(),
            Self::Failed { remedy, .. } => remedy.clone(),
        }
    }
}

impl fmt::Display for VerifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(errno) => {
                write!(
                    f,
                    "the verifier at {SOCKET_PATH} does not answer: {}",
                    errno.desc()
                )
            }
            Self::NotRoot { uid } => write!(f, "user {uid} listens at {SOCKET_PATH}, not root"),
            Self::NotUnderstood => f.write_str("the verifier's reply is not understood"),
            Self::Failed { word, detail, .. } => write!(f, "the verifier says {word}: {detail}"),
        }
    }
}

impl std::error::Error for VerifierError {}
