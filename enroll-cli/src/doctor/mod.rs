//! Will people get in, and only those who should? What `otpctl doctor` finds out.
//!
//! Reads what the programs read (`/etc/pam.d`, sshd's effective configuration, sudoers), walks
//! every chain as libpam would, and says what the next login of a user will be like. Nothing is
//! changed, nobody is logged in. Tests compare the predictions with what libpam then does.

pub(crate) mod behaviour;
pub(crate) mod machine;
pub(crate) mod person;
pub(crate) mod predict;
pub(crate) mod sshd;
pub(crate) mod stacks;
pub(crate) mod sudoers;

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// Somebody is locked out, or gets in without what is asked for.
    Error,
    /// It may be meant, or may become an error.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    /// A stable word, for scripts.
    pub(crate) id: &'static str,
    /// The file and line, or what else it is about.
    pub(crate) place: String,
    /// What is the matter.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) remedy: String,
}

/// Findings in the making.
#[derive(Default)]
pub(crate) struct Findings(pub(crate) Vec<Finding>);

impl Findings {
    pub(crate) fn add(
        &mut self,
        severity: Severity,
        id: &'static str,
        place: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let finding = Finding {
            severity,
            id,
            place: place.into(),
            what: what.into(),
            remedy: remedy.into(),
        };
        // Several services can take in the same file.
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    /// The worst first.
    pub(crate) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.severity);
        self.0
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.0.iter().any(|one| one.severity == Severity::Error)
    }
}
