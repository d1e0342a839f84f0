//! `otpctl test SERVICE USER`: a real login through libpam, without opening a session.
//!
//! Every question is shown, and what came of it. With `--dry-run` the module sees a copy of the
//! user's files in a private mount namespace, so that no code is used up and no failure counts.

use super::Context;
use crate::arguments::Test;
use crate::doctor::predict::FOLDERS;
use crate::error::CommandError;
use crate::libpam::{Asker, Visit, log_in};
use crate::new_account::known_user;
use crate::screen::Screen;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use otp_core::UserName;
use pam_configuration::ReturnCode;
use serde::Serialize;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::process::Command;
use zeroize::Zeroizing;

#[derive(Serialize)]
struct Report {
    version: u32,
    service: String,
    user: String,
    auth: String,
    account: Option<String>,
    lets_in: bool,
    questions: Vec<String>,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &Test) -> Result<(), CommandError> {
    if wanted.service.contains('/') || wanted.service.is_empty() {
        let what = format!(
            "\"{}\" is no name of a service",
            wanted.service.escape_debug()
        );
        return Err(CommandError::usage(
            what,
            "Look for the names: ls /etc/pam.d",
        ));
    }
    let user = known_user(&wanted.user)?;
    if !wanted.in_this_process {
        return in_a_child();
    }
    if wanted.dry_run {
        work_on_a_copy(&context.configuration.store, &user.name).map_err(|what| {
            CommandError::refused(
                format!("no copy can be made to try it on: {what}"),
                "Run it as root; or without --dry-run, which uses the code up",
            )
        })?;
        context.screen.remark_sentence(
            "(On a copy of the user's files: no code is used up, and pam_otp counts no failure. \
             Other modules, such as pam_faillock, may.)",
        )?;
    } else {
        context.screen.remark_sentence(
            "(This is a real login: a right code is used up, a wrong one is counted. Without: \
             --dry-run.)",
        )?;
    }
    let terminal = wanted.tty.clone().or_else(own_terminal);
    let visit = Visit {
        service: &wanted.service,
        user: user.name.as_str(),
        terminal: terminal.as_deref(),
        remote_host: wanted.rhost.as_deref(),
    };
    if !FOLDERS
        .iter()
        .any(|folder| Path::new(folder).join(&wanted.service).exists())
    {
        context.screen.remark(&format!(
            "(There is no file {}/{}; what is asked is the service \"other\".)",
            FOLDERS[0], wanted.service
        ))?;
    }
    let mut person = AtTheScreen {
        screen: context.screen,
        questions: Vec::new(),
        unanswered: false,
    };
    let outcome = log_in(&visit, &mut person)
        .map_err(|what| CommandError::refused(what, "See: otpctl doctor --service SERVICE"))?;
    let (questions, unanswered) = (person.questions, person.unanswered);
    let name = |number: u8| match ReturnCode::from_number(number) {
        Some(code) => code.to_string(),
        None => format!("number {number}"),
    };
    let lets_in = outcome.auth == 0 && outcome.account == Some(0);
    let report = Report {
        version: 1,
        service: wanted.service.clone(),
        user: user.name.to_string(),
        auth: name(outcome.auth),
        account: outcome.account.map(name),
        lets_in,
        questions,
    };
    if wanted.json {
        context.screen.print_json(&report)?;
    } else {
        let account = report.account.as_deref().unwrap_or("not asked");
        let asked = report.questions.len();
        let asked = match asked {
            1 => "one question was asked".to_string(),
            asked => format!("{asked} questions were asked"),
        };
        context.screen.print(&format!(
            "auth: {}; account: {account}; {asked}.",
            report.auth
        ))?;
    }
    if lets_in && wanted.json {
        return Ok(());
    }
    if lets_in {
        return context.screen.say(&format!(
            "{} would get in by {}.",
            report.user, report.service
        ));
    }
    if unanswered {
        return Err(CommandError::refused(
            "a question was left without an answer: the input is at its end",
            "Give an answer for each, a line each",
        ));
    }
    Err(CommandError::refused(
        format!("{} would not get in by {}", report.user, report.service),
        format!(
            "See why: otpctl explain USER, and otpctl doctor --user USER --service {}",
            report.service
        ),
    ))
}

/// Runs this very command once more, so that a module that crashes takes only that process
/// along.
fn in_a_child() -> Result<(), CommandError> {
    let own = std::env::current_exe()?;
    let status = Command::new(own)
        .args(std::env::args_os().skip(1))
        .arg("--in-this-process")
        .status()?;
    match status.code() {
        // It has said everything already.
        Some(code) => Err(CommandError::said(u8::try_from(code).unwrap_or(1))),
        None => Err(CommandError::refused(
            format!("a module of this service kills the program that calls it ({status})"),
            "See: otpctl doctor --service SERVICE; try the lines of /etc/pam.d one by one",
        )),
    }
}

/// Shows each question with its kind, and reads the answer.
struct AtTheScreen<'a> {
    screen: &'a mut Screen,
    questions: Vec<String>,
    /// Whether the input ended before the questions did.
    unanswered: bool,
}

impl Asker for AtTheScreen<'_> {
    fn answer(&mut self, question: &str, hidden: bool) -> Option<Zeroizing<String>> {
        self.questions.push(question.to_string());
        let shown = question.replace(|c: char| c.is_control() && c != '\n', "?");
        let answer = match hidden {
            true => self.screen.ask_hidden(&format!("[hidden] {shown}")),
            false => self
                .screen
                .ask_if_somebody_is_there(&format!("[shown] {shown}")),
        };
        let answer = answer.ok().flatten();
        self.unanswered |= answer.is_none();
        answer
    }

    fn show(&mut self, text: &str, is_error: bool) {
        let kind = if is_error { "error" } else { "text" };
        let text = text.replace(|c: char| c.is_control() && c != '\n', "?");
        // If the terminal is gone, the result will tell.
        let _ = self.screen.remark(&format!("[{kind}] {text}"));
    }
}

fn own_terminal() -> Option<String> {
    let path = nix::unistd::ttyname(std::io::stdin()).ok()?;
    Some(path.display().to_string())
}

/// Puts a copy of the user's files over the store, for this process only.
fn work_on_a_copy(store: &Path, user: &UserName) -> Result<(), String> {
    let named = |what: &str, error: &dyn std::fmt::Display| format!("{what}: {error}");
    let mut files = Vec::new();
    for folder in ["account", "state"] {
        for name in [user.as_str(), ".blank"] {
            match fs::read(store.join(folder).join(name)) {
                Ok(bytes) => files.push((folder, name, Zeroizing::new(bytes))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(named("the store", &error)),
            }
        }
    }
    unshare(CloneFlags::CLONE_NEWNS).map_err(|errno| named("a namespace", &errno.desc()))?;
    let nothing: Option<&str> = None;
    mount(
        nothing,
        "/",
        nothing,
        MsFlags::MS_REC | MsFlags::MS_PRIVATE,
        nothing,
    )
    .map_err(|errno| named("a private namespace", &errno.desc()))?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(
        Some("tmpfs"),
        store,
        Some("tmpfs"),
        flags,
        Some("mode=0700,size=4m"),
    )
    .map_err(|errno| named("a file system in memory", &errno.desc()))?;
    for folder in ["account", "state"] {
        let made = fs::DirBuilder::new().mode(0o700).create(store.join(folder));
        made.map_err(|error| named("the copy", &error))?;
    }
    for (folder, name, bytes) in files {
        let mut options = fs::OpenOptions::new();
        let file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(store.join(folder).join(name));
        let written = file.and_then(|mut file| std::io::Write::write_all(&mut file, &bytes));
        written.map_err(|error| named("the copy", &error))?;
    }
    Ok(())
}
