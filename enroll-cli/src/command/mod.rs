//! The commands, one file each.

mod batch;
mod bypass;
mod devices;
mod disable;
mod doctor;
mod enable;
mod enroll;
mod explain;
mod gc;
mod generate;
mod history;
mod left_on_tokens;
mod list;
mod pin;
mod recovery;
mod reset;
mod resync;
mod revoke;
mod show;
mod show_secret;
mod status;
mod test;
mod token;
mod unlock;
mod validity;
mod verify;

use crate::arguments::{Arguments, Command, Pin, Recovery};
use crate::error::CommandError;
use crate::new_account::{Known, now};
use crate::screen::Screen;
use jiff::Timestamp;
use otp_core::{Account, State, Unenrolled, UnixTime, UserName, grace_ends};
use otp_store::{Configuration, Store, StoreError};

/// Who stands in a remedy where the command was given no user.
const ANYBODY: &str = "alice (for example)";

/// Runs the command that the arguments ask for.
pub(crate) fn run(arguments: &Arguments, screen: &mut Screen) -> Result<(), CommandError> {
    // Of use while a package is built, where there is no machine to look at.
    if let Command::Generate(wanted) = &arguments.command {
        return generate::run(screen, wanted);
    }
    let read = Configuration::read(arguments.config.as_deref());
    let configuration = match (read, &arguments.command) {
        // It says what a policy that is not understood does to logins.
        (Err(error), Command::Doctor(wanted)) => {
            return doctor::run_without_policy(screen, wanted, &error);
        }
        (read, _) => read?,
    };
    let mut context = Context {
        configuration,
        screen,
    };
    let (context, user) = match &arguments.command {
        Command::Status(wanted) => {
            let shown = status::run(&mut context, wanted);
            let Some(user) = &wanted.user else {
                return shown.map_err(|error| error.about(ANYBODY));
            };
            (shown, user)
        }
        Command::List(wanted) => {
            let user = wanted.user.as_deref().unwrap_or(ANYBODY);
            return list::run(&mut context, wanted).map_err(|error| error.about(user));
        }
        Command::Doctor(wanted) => return doctor::run(&mut context, wanted),
        Command::Generate(wanted) => return generate::run(context.screen, wanted),
        Command::Gc(wanted) => return gc::run(&mut context, wanted),
        Command::Token(wanted) => return token::run(&mut context, wanted),
        Command::Test(wanted) => (test::run(&mut context, wanted), &wanted.user),
        Command::Explain(wanted) => (explain::run(&mut context, wanted), &wanted.user),
        Command::History(wanted) => (history::run(&mut context, wanted), &wanted.user),
        Command::Bypass(wanted) => (bypass::run(&mut context, wanted), &wanted.user),
        Command::Show(wanted) => (show::run(&mut context, wanted), &wanted.user),
        Command::Validity(wanted) => (validity::run(&mut context, wanted), &wanted.user),
        Command::Enroll(wanted) => match &wanted.user {
            Some(user) => (enroll::run(&mut context, wanted, user), user),
            None => return batch::run(&mut context, wanted),
        },
        Command::Disable(wanted) => (disable::run(&mut context, &wanted.user), &wanted.user),
        Command::Enable(wanted) => (enable::run(&mut context, wanted), &wanted.user),
        Command::Reset(wanted) => (reset::run(&mut context, wanted), &wanted.user),
        Command::Revoke(wanted) => (revoke::run(&mut context, wanted), &wanted.user),
        Command::Verify(wanted) => (verify::run(&mut context, wanted), &wanted.user),
        Command::Add(wanted) => (devices::add(&mut context, wanted), &wanted.user),
        Command::Rename(wanted) => (devices::rename(&mut context, wanted), &wanted.user),
        Command::Remove(wanted) => (devices::remove(&mut context, wanted), &wanted.user),
        Command::Unlock(wanted) => (unlock::run(&mut context, &wanted.user), &wanted.user),
        Command::Recovery(Recovery::New(wanted)) => {
            (recovery::new(&mut context, wanted), &wanted.user)
        }
        Command::Recovery(Recovery::Remove(wanted)) => {
            (recovery::remove(&mut context, wanted), &wanted.user)
        }
        Command::Pin(Pin::Set(wanted)) => (pin::set(&mut context, &wanted.user), &wanted.user),
        Command::Pin(Pin::Remove(wanted)) => (pin::remove(&mut context, wanted), &wanted.user),
        Command::Resync(wanted) => (resync::run(&mut context, wanted), &wanted.user),
    };
    context.map_err(|error| error.about(user))
}

/// What every command works with.
pub(crate) struct Context<'a> {
    pub(crate) configuration: Configuration,
    pub(crate) screen: &'a mut Screen,
}

impl Context<'_> {
    /// Opens the store for looking or changing what is there.
    pub(crate) fn store(&self) -> Result<Store, CommandError> {
        Ok(Store::open(&self.configuration.store)?)
    }

    /// Opens the store for the first enrolment, making it if need be.
    pub(crate) fn store_to_enrol_in(&self) -> Result<Store, CommandError> {
        Ok(Store::create(&self.configuration.store)?)
    }

    /// Opens the store for putting an account in place of a broken one. A folder that is
    /// missing is made anew if the other one still has something of this user; if both are
    /// gone, so may be a whole disk.
    pub(crate) fn store_to_mend(&self, name: &UserName) -> Result<Store, CommandError> {
        let path = &self.configuration.store;
        match Store::open(path) {
            Err(StoreError::Missing { .. }) if Store::has_half_of(path, name) => {
                self.store_to_enrol_in()
            }
            Err(error @ StoreError::Missing { .. }) => Err(CommandError::from(error).with_remedy(
                "Is a disk not mounted? If not, restore it from a backup, or begin anew: otpctl \
                 enroll USER",
            )),
            opened => Ok(opened?),
        }
    }

    /// The account and state of a user, who must still be the one who was enrolled.
    pub(crate) fn enrolled(
        &self,
        store: &Store,
        user: &Known,
    ) -> Result<(Account, State), CommandError> {
        let path = self
            .configuration
            .store
            .join("account")
            .join(user.name.as_str());
        match store.look_up(&user.name)? {
            None => Err(StoreError::NotEnrolled { path }.into()),
            Some((account, _)) if account.uid != user.uid => Err(StoreError::OtherUser {
                path,
                enrolled_uid: account.uid,
                uid: user.uid,
            }
            .into()),
            Some(found) => Ok(found),
        }
    }

    /// What a user without an account meets at the next login.
    pub(crate) fn without_account(&self) -> &'static str {
        match self.configuration.policy.unenrolled {
            Unenrolled::Deny => "refused, until enrolled again (policy: unenrolled = \"deny\")",
            Unenrolled::Ignore => "the password alone (policy: unenrolled = \"ignore\")",
        }
    }

    /// What a pending user meets at the next login, in lines that fit a terminal.
    pub(crate) fn while_pending(&self, account: &Account) -> String {
        let policy = &self.configuration.policy;
        let ends = grace_ends(account, policy);
        if ends < now() {
            return format!(
                "refused, because no code has come by {}.\n\
                 Start over: otpctl reset {}",
                date(ends),
                account.user
            );
        }
        let next = match policy.pending.grace_logins {
            None => "the password, then a code or just Enter.".into(),
            Some(0) => "the password and a code.".into(),
            Some(logins) => {
                format!("the password, then a code or just Enter ({logins} times at most).")
            }
        };
        format!(
            "{next}\n\
             The first right code activates the account; from then on a code is required.\n\
             Without one by {}, every login is refused.",
            date(ends)
        )
    }
}

/// A time for people: ISO 8601, UTC.
pub(crate) fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.0).ok();
    match seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
        Some(timestamp) => timestamp.to_string(),
        None => format!("second {}", time.0),
    }
}

/// A number of things: "1 code", "2 codes".
pub(crate) fn counted(number: u32, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}
