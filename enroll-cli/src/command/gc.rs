//! `otpctl gc`: removes what is left of users whom the machine does not know any more.
//!
//! A user made anew with another number is only named: perhaps he is the same person, and then
//! `otpctl reset` is what helps.

use super::Context;
use crate::arguments::Gc;
use crate::error::CommandError;
use crate::undisturbed::Undisturbed;
use nix::unistd::User;
use otp_core::UserName;
use otp_store::Store;
use serde::Serialize;

/// What was found, for a script.
#[derive(Default, Serialize)]
struct Document<'a> {
    version: u32,
    /// Whom the machine does not know.
    unknown: Vec<&'a str>,
    /// Whether what was left of them is removed.
    removed: bool,
    /// Who has another number today than at enrolment; left alone.
    other_number: Vec<&'a str>,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &Gc) -> Result<(), CommandError> {
    let store = context.store()?;
    let mut gone = Vec::new();
    let mut other = Vec::new();
    for name in everybody(&store)? {
        match looked_up(&name)? {
            None => gone.push(name),
            Some(user) => {
                let account = store.account_alone(&name).ok().flatten();
                let enrolled = account.map(|account| account.uid);
                if let Some(enrolled) = enrolled.filter(|uid| *uid != user.uid.as_raw()) {
                    context.screen.remark(&format!(
                        "{name} was enrolled with number {enrolled} and is number {} today. The \
                         same person: otpctl reset {name}. Another one: otpctl revoke {name}",
                        user.uid
                    ))?;
                    other.push(name);
                }
            }
        }
    }
    let mut document = Document {
        version: 1,
        unknown: gone.iter().map(UserName::as_str).collect(),
        removed: false,
        other_number: other.iter().map(UserName::as_str).collect(),
    };
    if wanted.json && (gone.is_empty() || wanted.dry_run) {
        return context.screen.print_json(&document);
    }
    if gone.is_empty() {
        return context
            .screen
            .say("Nothing to remove: this machine knows everybody who is enrolled.");
    }
    let names = gone.iter().map(UserName::as_str).collect::<Vec<_>>();
    if wanted.dry_run {
        return context
            .screen
            .say(&format!("Would be removed: {}", names.join(", ")));
    }
    if wanted.yes && !wanted.directory_answers && asks_a_directory() {
        return Err(CommandError::refused(
            format!(
                "users of this machine come from a directory, too, and one that is down knows \
                 nobody; nothing has been removed of: {}",
                names.join(", ")
            ),
            "Make sure that it answers (getent passwd), then add --directory-answers",
        ));
    }
    confirm(context, &names, wanted.yes)?;
    for name in &gone {
        // Again: whoever made sure that a directory answers may have found that it did not before.
        if looked_up(name)?.is_some() {
            document.unknown.retain(|one| *one != name.as_str());
            let line = format!("{name} is known again; nothing is removed.");
            context.screen.remark(&line)?;
            continue;
        }
        let _undisturbed = Undisturbed::begin();
        store
            .revoke(name)
            .and_then(|()| store.remove_history(name))
            .map_err(|error| CommandError::from(error).about(name.as_str()))?;
        context.tell_log(name, "gc", "the machine does not know the user any more")?;
        if !wanted.json {
            context.screen.say(&format!("{name} is removed."))?;
        }
    }
    if !wanted.json {
        return Ok(());
    }
    document.removed = true;
    context.screen.print_json(&document)
}

/// Who that is today. A directory that is down must not cost anybody his enrolment.
fn looked_up(name: &UserName) -> Result<Option<User>, CommandError> {
    User::from_name(name.as_str()).map_err(|errno| {
        let errno = errno.desc();
        CommandError::refused(
            format!("the user database does not answer for {name}: {errno}; nothing has been removed of him"),
            "See: getent passwd",
        )
    })
}

/// All who have an account, half of one, or a history.
fn everybody(store: &Store) -> Result<Vec<UserName>, CommandError> {
    let mut names = store.users()?;
    names.extend(store.users_with_history()?);
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// Whether users come from elsewhere than local files (nsswitch.conf(5)); with "compat", /etc/passwd
/// itself says so, by a line that begins with a plus.
fn asks_a_directory() -> bool {
    let text = std::fs::read_to_string("/etc/nsswitch.conf").unwrap_or_default();
    let lines = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("passwd:"));
    let mut words = lines.flat_map(str::split_ascii_whitespace);
    words.any(|word| match word {
        "files" | "systemd" => false,
        "compat" => {
            let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
            passwd.lines().any(|line| line.starts_with('+'))
        }
        word => !word.starts_with('['),
    })
}

fn confirm(context: &mut Context<'_>, names: &[&str], assumed: bool) -> Result<(), CommandError> {
    let consequence = format!(
        "The enrolments and histories of users whom this machine does not know will be \
         removed: {}. If they come from a directory (LDAP, SSSD), make sure that it answers: \
         getent passwd.",
        names.join(", ")
    );
    context.screen.confirm_word("remove", &consequence, assumed)
}
