//! `otpctl enroll --group staff | --from users.csv`: many users at once, all pending.
//!
//! Each enrolment is whole or not there, so a batch that was interrupted is simply run again:
//! who is enrolled already is skipped, and said.

mod people;
mod sheets;

use super::Context;
use crate::arguments::Enroll;
use crate::error::CommandError;
use crate::kernel_clock;
use crate::new_account::{NewAccount, given_secret, known_user, make_of};
use crate::undisturbed::Undisturbed;
use otp_core::{Account, Label, State, UserName};
use otp_store::{Store, StoreError};
use people::{Row, rows};
use serde::Serialize;
use sheets::Folder;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// So many wait for the disk together.
const AT_ONCE: usize = 256;

/// What became of one user; a line of JSON.
#[derive(Serialize)]
struct Line {
    version: u32,
    user: String,
    /// `enrolled`, `would-enroll`, `skipped` or `failed`.
    result: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sheets: Vec<String>,
}

/// What a summary counts.
#[derive(Default)]
struct Counts {
    enrolled: usize,
    skipped: usize,
    failed: usize,
    worst_status: u8,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &Enroll) -> Result<(), CommandError> {
    if wanted.authenticator.secret_is_given() {
        return Err(CommandError::usage(
            "--secret-stdin and --secret-fd are for one user",
            "Put the secrets into a column \"secret\" of the file",
        ));
    }
    let rows = rows(wanted)?;
    if rows.is_empty() {
        return match wanted.display.json {
            true => context.screen.remark("Nobody to enrol: the list is empty."),
            false => context.screen.say("Nobody to enrol: the list is empty."),
        };
    }
    let store = match wanted.dry_run {
        true => None,
        false => Some(context.store_to_enrol_in()?),
    };
    let present = match &store {
        Some(_) => None,
        None => Store::open(&context.configuration.store).ok(),
    };
    let folder = match (&wanted.sheets, wanted.dry_run) {
        (Some(path), false) => Some(Folder::open(path)?),
        _ => None,
    };
    let mut work = Work {
        wanted,
        store: store.as_ref(),
        present: present.as_ref(),
        folder: folder.as_ref(),
        total: rows.len(),
        done: 0,
        counts: Counts::default(),
        seen: BTreeSet::new(),
    };
    for chunk in rows.chunks(AT_ONCE) {
        work.chunk(context, chunk)?;
    }
    summary(context, wanted, &work.counts)
}

/// What the whole batch has in common, and how far it is.
struct Work<'a> {
    wanted: &'a Enroll,
    /// `None` for a dry run.
    store: Option<&'a Store>,
    present: Option<&'a Store>,
    folder: Option<&'a Folder>,
    total: usize,
    done: usize,
    counts: Counts,
    /// Who has been prepared, by his canonical name: a directory may know him by several.
    seen: BTreeSet<UserName>,
}

impl Work<'_> {
    /// Prepares some users, enrols them together, and says what became of each.
    fn chunk(&mut self, context: &mut Context<'_>, rows: &[Row]) -> Result<(), CommandError> {
        let mut results = Vec::with_capacity(rows.len());
        let mut ready = Vec::new();
        for row in rows {
            context.screen.progress(self.done, self.total, &row.user)?;
            self.done = self.done.saturating_add(1);
            results.push(match self.prepare(context, row) {
                Ok(Some((account, enrolled))) => {
                    let state = State::fresh(&account);
                    ready.push((account, state));
                    Ok(Some(enrolled))
                }
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            });
        }
        // Ctrl-C ends it before these are enrolled, or after each of them is told of.
        let _undisturbed = Undisturbed::begin();
        if let Some(store) = self.store {
            self.enrol(context, store, &ready, &mut results)?;
        }
        context.screen.end_progress()?;
        for (row, result) in rows.iter().zip(results) {
            let line = self.counts.line(row, result);
            let unseen = line.uri.is_some();
            report(context, self.wanted, &line).map_err(|error| match unseen {
                true => error.with_remedy(format!(
                    "{} and whoever comes later in the list may be enrolled, and nobody has seen \
                     their secrets. One by one: otpctl show {}",
                    line.user, line.user
                )),
                false => error,
            })?;
        }
        Ok(())
    }

    /// Makes the account of one user and his sheets; `None` if he is enrolled already.
    fn prepare(
        &mut self,
        context: &mut Context<'_>,
        row: &Row,
    ) -> Result<Option<(Account, Enrolled)>, CommandError> {
        let NewAccount { mut account, uri } = account_of(context, row)?;
        if !self.seen.insert(account.user.clone()) {
            return Err(CommandError::usage(
                format!(
                    "is {} by another name, who is in the list already",
                    account.user
                ),
                "Name each user once",
            ));
        }
        let store = self.store.or(self.present);
        if store.is_some_and(|store| store.is_enrolled(&account.user)) {
            return Ok(None);
        }
        let codes = match self.wanted.recovery_codes {
            true => super::recovery::make(&mut account)?,
            false => Vec::new(),
        };
        // On paper before it counts: a sheet without an enrolment opens nothing, an enrolment
        // whose sheet was lost would keep its user out.
        let sheets = match self.folder {
            Some(folder) => folder.write(context, &account, &uri, &codes)?,
            None => Vec::new(),
        };
        let shown = self.wanted.display.uri_only && self.store.is_some();
        let uri = shown.then(|| uri.expose_uri());
        Ok(Some((account, Enrolled { uri, sheets })))
    }

    /// Enrols those who are ready; whoever is refused after all is told so in his result.
    fn enrol(
        &self,
        context: &mut Context<'_>,
        store: &Store,
        ready: &[(Account, State)],
        results: &mut [Result<Option<Enrolled>, CommandError>],
    ) -> Result<(), CommandError> {
        if let Some(folder) = self.folder {
            folder.sync()?;
        }
        let written = store
            .enrol_many(ready)
            .map_err(|error| CommandError::perhaps_done(error, "enroll"))?;
        let mut enrolled = Vec::with_capacity(ready.len());
        let of_the_ready = results.iter_mut().filter(|one| matches!(one, Ok(Some(_))));
        for ((account, _), (written, result)) in
            ready.iter().zip(written.into_iter().zip(of_the_ready))
        {
            match written {
                Ok(()) => {
                    enrolled.push(account.user.clone());
                    continue;
                }
                Err(StoreError::AlreadyEnrolled { .. }) => *result = Ok(None),
                Err(error) => *result = Err(error.into()),
            }
            if let Some(folder) = self.folder {
                folder.remove(account.user.as_str());
            }
        }
        context.changed_many(store, &enrolled, "enroll", "pending, one of many")
    }
}

/// What an enrolment has brought about.
struct Enrolled {
    uri: Option<Zeroizing<String>>,
    sheets: Vec<String>,
}

fn account_of(context: &Context<'_>, row: &Row) -> Result<NewAccount, CommandError> {
    let user = known_user(&row.user)?;
    let given = row.secret.as_deref();
    let given = given
        .map(|text| given_secret(text, &row.wanted))
        .transpose()?;
    let mut new = make_of(user, &row.wanted, given, &context.configuration.enrolment)?;
    if let Some(serial) = &row.serial {
        let serial = Label::parse(serial)
            .map_err(|error| CommandError::usage(format!("serial: {error}"), "Write it shorter"))?;
        let mut devices = new.account.authenticators.to_vec();
        for device in &mut devices {
            device.serial = Some(serial.clone());
        }
        new.account.authenticators = otp_core::Authenticators::new(devices)
            .map_err(|error| CommandError::usage(error.to_string(), "Mend the row"))?;
    }
    Ok(new)
}

impl Counts {
    fn line(&mut self, row: &Row, result: Result<Option<Enrolled>, CommandError>) -> Line {
        let mut line = Line {
            version: 1,
            user: row.user.clone(),
            result: "enrolled",
            detail: String::new(),
            uri: None,
            sheets: Vec::new(),
        };
        let count = match result {
            Ok(Some(enrolled)) => {
                line.uri = enrolled.uri.map(|uri| uri.to_string());
                line.sheets = enrolled.sheets;
                &mut self.enrolled
            }
            Ok(None) => {
                line.result = "skipped";
                line.detail = "enrolled already".into();
                &mut self.skipped
            }
            Err(error) => {
                let place = row.line.map(|line| format!(" (line {line})"));
                line.result = "failed";
                line.detail = format!("{}{}", error.what(), place.unwrap_or_default());
                self.worst_status = self.worst_status.max(error.exit_status());
                &mut self.failed
            }
        };
        *count = count.saturating_add(1);
        line
    }
}

fn report(context: &mut Context<'_>, wanted: &Enroll, line: &Line) -> Result<(), CommandError> {
    let would = wanted.dry_run && line.result == "enrolled";
    if wanted.display.json {
        let line = Line {
            result: if would { "would-enroll" } else { line.result },
            detail: line.detail.clone(),
            user: line.user.clone(),
            uri: line.uri.clone(),
            sheets: line.sheets.clone(),
            version: line.version,
        };
        let text = serde_json::to_string(&line).map_err(std::io::Error::from)?;
        return context.screen.print(&text);
    }
    let user = line.user.escape_debug();
    if let Some(uri) = &line.uri {
        return context.screen.reveal(&format!("{user}\t{uri}"));
    }
    match line.result {
        "failed" => context.screen.remark(&format!("{user}: {}", line.detail)),
        "skipped" => context.screen.say(&format!("{user}: {}", line.detail)),
        _ if would => context.screen.say(&format!("{user}: would be enrolled")),
        _ => context.screen.say(&format!("{user}: enrolled")),
    }
}

fn summary(
    context: &mut Context<'_>,
    wanted: &Enroll,
    counts: &Counts,
) -> Result<(), CommandError> {
    let Counts {
        enrolled,
        skipped,
        failed,
        worst_status,
    } = counts;
    let done = if wanted.dry_run {
        "would be enrolled"
    } else {
        "enrolled"
    };
    let text = format!("{enrolled} {done}, {skipped} enrolled already, {failed} failed.");
    if !wanted.display.json {
        context.screen.say(&text)?;
        if !wanted.dry_run && *enrolled > 0 {
            kernel_clock::warn(context.screen)?;
        }
    }
    match failed {
        0 => Ok(()),
        failed if wanted.dry_run => Err(CommandError::some_failed(
            format!("{failed} of them could not be enrolled"),
            "Mend what is named above; nobody has been enrolled by this dry run",
            *worst_status,
        )),
        failed => Err(CommandError::some_failed(
            format!("{failed} of them could not be enrolled"),
            "Mend what is named above, and run the same again: who is enrolled is skipped",
            *worst_status,
        )),
    }
}
