//! The lines of a service, with everything that they include.

use crate::reader::Reader;
use crate::{Action, Control, ReturnCode};
use std::fmt;
use std::path::{Path, PathBuf};

/// Which of a service's chains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Who is it?
    Auth,
    /// May he come in now?
    Account,
    /// A new password.
    Password,
    /// Before and after the visit.
    Session,
}

/// One line that libpam keeps.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Which chain it belongs to.
    pub phase: Phase,
    /// What is done with what the module returns.
    pub control: Control,
    /// What is called.
    pub kind: Kind,
    /// In how many substacks it lies.
    pub level: usize,
    /// The file it stands in.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

/// What a line calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A module.
    Module {
        /// As it stands there: `pam_unix.so`, or a path.
        path: String,
        /// Its arguments.
        arguments: Vec<String>,
    },
    /// The beginning of a substack.
    Substack,
    /// A line that libpam does not understand: it refuses.
    MustFail,
}

/// What an administrator should know about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.what),
            line => write!(f, "{}, line {line}: {}", self.file.display(), self.what),
        }
    }
}

/// The service cannot be read at all: libpam refuses every login through it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub Problem);

/// A service as libpam sees it.
#[derive(Clone, Debug)]
pub struct Service {
    rules: Vec<Rule>,
    /// Whether there is a file of this name, or only that of `other`.
    pub has_file: bool,
    /// What is wrong with its files.
    pub problems: Vec<Problem>,
}

impl Service {
    /// Reads a service from a list of folders, the first that has its file counts: usually
    /// `/etc/pam.d` and `/usr/lib/pam.d`.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if libpam would refuse every login for what stands in the files.
    pub fn read(folders: &[&Path], name: &str) -> Result<Self, Unreadable> {
        let mut own = Reader::new(folders);
        let has_file = match own.open(name) {
            Some((file, text)) => {
                own.file(&file, &text, None, 0, 0)?;
                true
            }
            None => false,
        };
        let mut other = Reader::new(folders);
        if let Some((file, text)) = other.open("other").filter(|_| name != "other") {
            other.file(&file, &text, None, 0, 0)?;
        } else if !has_file {
            return Err(Unreadable(Problem {
                file: folders
                    .first()
                    .map(|folder| folder.join(name))
                    .unwrap_or_default(),
                line: 0,
                what: "there is no such file, and none called \"other\"".into(),
            }));
        }
        let mut rules = own.rules;
        // A phase of which a service says nothing is that of `other`.
        let missing = |phase: &Phase| !rules.iter().any(|rule| rule.phase == *phase);
        let phases = [Phase::Auth, Phase::Account, Phase::Password, Phase::Session];
        let missing: Vec<Phase> = phases.into_iter().filter(missing).collect();
        let instead = other.rules.into_iter();
        rules.extend(instead.filter(|rule| missing.contains(&rule.phase)));
        Ok(Self {
            rules,
            has_file,
            problems: own.problems,
        })
    }

    /// The lines of one phase, in order.
    pub fn rules(&self, phase: Phase) -> Vec<&Rule> {
        self.rules
            .iter()
            .filter(|rule| rule.phase == phase)
            .collect()
    }
}

impl Rule {
    /// The name of the module without folder and ending: `pam_unix`; empty if none is called.
    pub fn module(&self) -> &str {
        let Kind::Module { path, .. } = &self.kind else {
            return "";
        };
        let name = path.rsplit('/').next().unwrap_or_default();
        match name.strip_suffix(".so").unwrap_or(name) {
            // As it is called where it is built.
            "libpam_otp" => "pam_otp",
            name => name,
        }
    }

    /// The module's arguments.
    pub fn arguments(&self) -> &[String] {
        match &self.kind {
            Kind::Module { arguments, .. } => arguments,
            Kind::Substack | Kind::MustFail => &[],
        }
    }

    /// Whether a no of the module is a no of the chain.
    pub fn refuses_on(&self, code: ReturnCode) -> bool {
        matches!(self.control.action(code), Action::Bad | Action::Die)
    }
}
