//! `otpctl bypass USER --for 8h`: a code that lets somebody in whose device is at home.
//!
//! Shown once, kept as a hash, one for each user. It is typed where a code is asked.

use super::{Context, date};
use crate::arguments::Bypass as Wanted;
use crate::error::CommandError;
use crate::new_account::{fill_with_random_bytes, known_user, now};
use crate::undisturbed::Undisturbed;
use otp_core::{Bypass, BypassId, BypassState, RecoveryCode, Standing, UnixTime, standing};
use otp_store::seconds_of_span;
use serde::Serialize;
use zeroize::Zeroizing;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    user: &'a str,
    code: &'a str,
    expires_at_unix_seconds: u64,
    uses: u16,
}

pub(crate) fn run(context: &mut Context<'_>, wanted: &Wanted) -> Result<(), CommandError> {
    let Some(lasting) = &wanted.lasting else {
        return revoke(context, &wanted.user);
    };
    let span = seconds_of_span(lasting).ok_or_else(|| {
        let what = format!("\"{}\" is no time of 1m to 30d", lasting.escape_debug());
        CommandError::usage(what, "For example: --for 8h")
    })?;
    if !(1..=Bypass::MOST_USES).contains(&wanted.uses) {
        let what = format!("--uses must be 1 to {}", Bypass::MOST_USES);
        return Err(CommandError::usage(what, "For example: --uses 10"));
    }
    let user = known_user(&wanted.user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, state) = context.enrolled(&store, &user)?;
    if !account.enabled {
        return Err(CommandError::refused(
            "the account is disabled: no code is asked anyway",
            "To ask for codes again: otpctl enable USER",
        ));
    }
    let mut bytes = Zeroizing::new([0; 16]);
    fill_with_random_bytes(bytes.as_mut())?;
    let code = RecoveryCode::from_random(*bytes);
    let mut id = [0; 8];
    fill_with_random_bytes(&mut id)?;
    let id = BypassId(id);
    let created_at = now();
    let expires_at = UnixTime(created_at.0.saturating_add(u64::from(span)));
    let bypass = Bypass {
        id,
        hash: code.hash(),
        created_at,
        expires_at,
        uses: wanted.uses,
    };
    let _undisturbed = Undisturbed::begin();
    let changed = store.change(&name, |mut account, mut state| {
        let old = account.bypass.replace(bypass);
        state.bypass = Some(BypassState { id, used: 0 });
        (account, state, old.is_some())
    });
    let replaced = changed.map_err(|error| CommandError::perhaps_done(error, "bypass --for 8h"))?;
    let logins = match wanted.uses {
        1 => "one login".to_string(),
        uses => format!("{uses} logins"),
    };
    let until = date(expires_at);
    let detail = format!("for {logins}, until {until}");
    context.changed(&store, &name, "bypass", &detail)?;
    let unseen = |error: CommandError| {
        error.with_remedy(
            "The code is in force, and nobody has seen it: otpctl bypass USER --revoke, or make \
             another one",
        )
    };
    if wanted.json {
        let document = Document {
            version: 1,
            user: name.as_str(),
            code: &code.expose_text(),
            expires_at_unix_seconds: expires_at.0,
            uses: wanted.uses,
        };
        return context.screen.reveal_json(&document).map_err(unseen);
    }
    let older = if replaced {
        " The one before is dead."
    } else {
        ""
    };
    let mut said = format!(
        "This code is good for {logins} of {name}, until {until},\nin place of a code.{older} \
         It is not shown again.\nThe device works as before; if it is lost: otpctl reset {name}"
    );
    let throttle = &context.configuration.policy.throttle;
    if standing(&state, throttle, now()) != Standing::Open {
        said.push_str(&format!(
            "\nAfter so many failures no code is looked at, this one included: otpctl unlock {name}"
        ));
    }
    let screen = &mut context.screen;
    let shown = screen.say(&said);
    shown
        .and_then(|()| screen.reveal(&code.expose_text()))
        .map_err(unseen)
}

fn revoke(context: &mut Context<'_>, user: &str) -> Result<(), CommandError> {
    let user = known_user(user)?;
    let name = user.name.clone();
    let store = context.store()?;
    let (account, _) = context.enrolled(&store, &user)?;
    if account.bypass.is_none() {
        return context.screen.say(&format!("{name} has no bypass code."));
    }
    let _undisturbed = Undisturbed::begin();
    let changed = store.change(&name, |mut account, mut state| {
        account.bypass = None;
        state.bypass = None;
        (account, state, ())
    });
    changed.map_err(|error| CommandError::perhaps_done(error, "bypass --revoke"))?;
    context.changed(&store, &name, "bypass --revoke", "")?;
    context
        .screen
        .say(&format!("{name} has no bypass code any more."))
}
