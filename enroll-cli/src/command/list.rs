//! `otpctl list`: the names of all who are enrolled, for scripts. With `--state`, of those in
//! one state. `otpctl list USER`: the devices of one.

use super::Context;
use super::status::{AuthenticatorReport, STATES, devices, state_word};
use crate::arguments::List;
use crate::error::CommandError;
use crate::local_users::LocalUsers;
use crate::new_account::user_name;
use otp_core::UserName;
use otp_store::{Store, StoreError};
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
struct Devices<'a> {
    version: u32,
    user: &'a str,
    authenticators: Vec<AuthenticatorReport>,
}

#[derive(Serialize)]
struct Listed {
    version: u32,
    users: Vec<String>,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &List) -> Result<(), CommandError> {
    let unknown = |state: &&String| !STATES.contains(&state.as_str());
    if let Some(state) = wanted.state.as_ref().filter(unknown) {
        return Err(CommandError::usage(
            format!("there is no state \"{}\"", state.escape_debug()),
            format!("One of: {}", STATES.join(", ")),
        ));
    }
    if let Some(user) = &wanted.user {
        return devices_of(context, user, wanted.json);
    }
    let store = context.store()?;
    let users = store.users()?;
    let users = match &wanted.state {
        None => users,
        Some(state) => in_state(context, &store, users, state),
    };
    if wanted.json {
        let users = users.iter().map(ToString::to_string).collect();
        let listed = Listed { version: 1, users };
        return context.screen.print_json(&listed);
    }
    let mut text = String::new();
    for user in &users {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{user}");
    }
    match text.strip_suffix('\n') {
        Some(text) => context.screen.print(text),
        None => Ok(()),
    }
}

/// Every device of a user: when it was last used, and when its codes count.
fn devices_of(context: &mut Context<'_>, user: &str, json: bool) -> Result<(), CommandError> {
    let name = user_name(user)?;
    let store = context.store()?;
    let Some((account, state)) = store
        .look_up(&name)
        .map_err(|error| CommandError::from(error).about(user))?
    else {
        let path = context.configuration.store.join("account").join(user);
        let error = CommandError::from(StoreError::NotEnrolled { path });
        return Err(error.about(user));
    };
    let devices = devices(&account, &state);
    if json {
        let document = Devices {
            version: 1,
            user: name.as_str(),
            authenticators: devices,
        };
        return context.screen.print_json(&document);
    }
    for device in &devices {
        context.screen.print_sentence(&device.in_words())?;
    }
    Ok(())
}

/// Those in a state, looked up side by side: most of the time is spent in the kernel.
fn in_state(
    context: &Context<'_>,
    store: &Store,
    users: Vec<UserName>,
    state: &str,
) -> Vec<UserName> {
    let policy = &context.configuration.policy;
    let local = &LocalUsers::read();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = users.len().div_ceil(threads).max(1);
    let looked_up = std::thread::scope(|scope| {
        let of = |part: &[UserName]| {
            let is_in_state =
                |user: &&UserName| state_word(store, policy, local, user) == Some(state);
            part.iter().filter(is_in_state).cloned().collect::<Vec<_>>()
        };
        let workers = users
            .chunks(share)
            .map(|part| scope.spawn(move || of(part)));
        let workers: Vec<_> = workers.collect();
        let found = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_default());
        found.collect::<Vec<_>>()
    });
    looked_up.concat()
}
