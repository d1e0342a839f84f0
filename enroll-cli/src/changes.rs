//! Every change is kept in the user's history, told the log (AUTHPRIV), and, where the policy
//! says so, a program of the administrator's, who can tell the user (NIST SP 800-63B-4 s.4.6).
//!
//! None of the three undoes a change that is in force; what fails is said.

use crate::command::Context;
use crate::error::CommandError;
use crate::new_account::now;
use crate::{notify, system_log};
use nix::unistd::{Uid, User};
use otp_core::UserName;
use otp_store::Store;
use serde::{Deserialize, Serialize};

/// One change, as the history keeps it and as the program of the administrator is told it.
/// Fields may be added; `version` changes when one changes its meaning.
#[derive(Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) version: u32,
    pub(crate) at_unix_seconds: u64,
    pub(crate) user: String,
    /// The command: `reset`, `recovery new`, …
    pub(crate) action: String,
    /// What exactly, in words; never a secret.
    pub(crate) detail: String,
    /// Who did it, as far as this machine knows.
    pub(crate) operator: String,
    /// The user who has logged in to do it (the kernel's login uid), if there is one.
    pub(crate) login_uid: Option<u32>,
    /// What sudo says of who called it.
    pub(crate) sudo_user: Option<String>,
}

impl Change {
    fn new(user: &UserName, action: &str, detail: &str) -> Self {
        let login_uid = login_uid();
        let name_of = |uid| User::from_uid(Uid::from_raw(uid)).ok().flatten();
        let logged_in = login_uid.map(|uid| match name_of(uid) {
            Some(user) => user.name,
            None => format!("uid {uid}"),
        });
        let sudo_user = std::env::var("SUDO_USER").ok();
        let sudo_user = sudo_user.filter(|name| !name.is_empty());
        let own = name_of(Uid::current().as_raw()).map(|user| user.name);
        Self {
            version: 1,
            at_unix_seconds: now().0,
            user: user.to_string(),
            action: action.into(),
            detail: detail.into(),
            // The kernel's word goes before sudo's, which whoever is root can set.
            operator: logged_in
                .or_else(|| sudo_user.clone())
                .or(own)
                .unwrap_or_else(|| "root".into()),
            login_uid,
            sudo_user,
        }
    }
}

/// The kernel's word on who has logged in; `None` where nobody has (a timer, a boot script).
fn login_uid() -> Option<u32> {
    let text = std::fs::read_to_string("/proc/self/loginuid").ok()?;
    text.trim().parse().ok().filter(|uid| *uid != u32::MAX)
}

impl Context<'_> {
    /// Tells the log and the administrator's program a change that leaves no history.
    pub(crate) fn tell_log(
        &mut self,
        user: &UserName,
        action: &str,
        detail: &str,
    ) -> Result<(), CommandError> {
        let change = Change::new(user, action, detail);
        write_to_the_log(&change);
        self.tell_program(&change)
    }

    /// Keeps and tells a change that is in force now.
    pub(crate) fn changed(
        &mut self,
        store: &Store,
        user: &UserName,
        action: &str,
        detail: &str,
    ) -> Result<(), CommandError> {
        let change = Change::new(user, action, detail);
        let text = serde_json::to_string(&change).map_err(std::io::Error::from)?;
        write_to_the_log(&change);
        if let Err(error) = store.append_history(user, &text) {
            let line = format!("Warning: this is not in the history of {user}: {error}");
            self.screen.remark(&line)?;
        }
        self.tell_program(&change)
    }

    /// Keeps and tells the same change of many users, which is in force now.
    pub(crate) fn changed_many(
        &mut self,
        store: &Store,
        users: &[UserName],
        action: &str,
        detail: &str,
    ) -> Result<(), CommandError> {
        let mut changes = Vec::with_capacity(users.len());
        let mut lines = Vec::with_capacity(users.len());
        for user in users {
            let change = Change::new(user, action, detail);
            let text = serde_json::to_string(&change).map_err(std::io::Error::from)?;
            lines.push((user.clone(), text));
            write_to_the_log(&change);
            changes.push(change);
        }
        // Before the program is told: it may take its time.
        if let Err(error) = store.append_histories(&lines) {
            let line = format!("Warning: this is not in the history of all of them: {error}");
            self.screen.remark(&line)?;
        }
        for change in &changes {
            self.tell_program(change)?;
        }
        Ok(())
    }

    fn tell_program(&mut self, change: &Change) -> Result<(), CommandError> {
        let text = serde_json::to_string(change).map_err(std::io::Error::from)?;
        let Some(program) = self.configuration.administration.notify.clone() else {
            return Ok(());
        };
        if let Err(not_told) = notify::tell(&program, &text) {
            let mut line = format!(
                "Warning: the change is in force, but {} was not told of it: {}",
                program.display(),
                not_told.what
            );
            if not_told.hangs {
                // Of a batch of thousands, each would wait as long.
                self.configuration.administration.notify = None;
                line.push_str("; it is not told of further ones");
            }
            self.screen.remark(&line)?;
        }
        Ok(())
    }
}

fn write_to_the_log(change: &Change) {
    let Change {
        user,
        action,
        detail,
        operator,
        ..
    } = change;
    let login_uid = change
        .login_uid
        .map_or("-".into(), |uid: u32| uid.to_string());
    let sudo_user = change.sudo_user.as_deref().unwrap_or("-");
    // Quoted as Rust quotes: a name with a line end cannot begin a line of its own.
    let line = format!(
        "user={user:?} action={action:?} operator={operator:?} login_uid={login_uid} \
         sudo_user={sudo_user:?} detail={detail:?}"
    );
    system_log::write(&line);
}
