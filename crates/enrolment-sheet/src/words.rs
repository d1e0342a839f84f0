//! What the sheet says, in plain words.
//!
//! Here are the sentences, for readers who have never heard of a one-time password. Nothing
//! here is secret, and nothing here is escaped.

use crate::{Sheet, Steps};

pub(crate) const EYEBROW: &str = "Your login codes";
pub(crate) const TYPE_IT: &str = "No camera? Type this into the app";
pub(crate) const CUT_HERE: &str = "cut here";
pub(crate) const RECOVERY: &str = "Recovery codes: each works once";
pub(crate) const RECOVERY_HINT: &str = "If your device is lost or broken, type one of these in \
     place of its code, and tick it off. Keep this part safe, and away from the device.";
pub(crate) const PICTURE: &str =
    "QR code to scan with an authenticator app; the secret below says the same";
pub(crate) const NO_PICTURE: &str = "There is too much to say for a QR code.";

/// Names of the rows for typing.
pub(crate) const NAME: &str = "Name";
pub(crate) const SECRET: &str = "Secret";
pub(crate) const SET_TO: &str = "Set to";

/// One thing to do.
pub(crate) struct Step {
    pub(crate) heading: &'static str,
    pub(crate) body: String,
}

/// The four things to do, in order.
pub(crate) fn steps(sheet: &Sheet<'_>, has_picture: bool) -> [Step; 4] {
    let step = |heading, body: String| Step { heading, body };
    let scan = if has_picture {
        step(
            "Scan the picture",
            "Tap “+” or “Add” in the app and point the camera at it.".into(),
        )
    } else {
        step(
            "Type the secret",
            "Tap “+” or “Add” in the app and type what stands below.".into(),
        )
    };
    [
        step("Install an authenticator app", install(sheet.steps).into()),
        scan,
        step("Log in as you always do", at_login(sheet.steps)),
        step("Type the code that the app shows", code(sheet.steps).into()),
    ]
}

fn install(steps: Steps<'_>) -> &'static str {
    match steps {
        Steps::Pending { .. } => {
            "For example FreeOTP, Aegis or Google Authenticator, from your phone’s app store. \
             If you have one, use it."
        }
        Steps::Activated => {
            "For example FreeOTP, Aegis or Google Authenticator. If your app shows a code for \
             this login already, go on with step 3."
        }
    }
}

fn at_login(steps: Steps<'_>) -> String {
    let Steps::Pending { grace_logins, ends } = steps else {
        return "You are asked for a code at each login.".into();
    };
    let may = match grace_logins {
        Some(0) => "You need a code from the next login on.".into(),
        Some(1) => "For now you may press Enter in place of a code, but only once.".into(),
        Some(logins) => {
            format!("For now you may press Enter in place of a code, {logins} times at most.")
        }
        None => "For now you may press Enter in place of a code.".into(),
    };
    format!("{may} Without a right code by {ends}, you cannot log in any more.")
}

fn code(steps: Steps<'_>) -> &'static str {
    match steps {
        Steps::Pending { .. } => {
            "The first right one activates your account. From then on you need a new code at \
             each login."
        }
        Steps::Activated => "Each code works once. For the next login wait for a new one.",
    }
}

/// Where the codes are asked, and which device gives them.
pub(crate) fn place(sheet: &Sheet<'_>) -> String {
    format!(
        "at {}, with the device “{}”",
        sheet.host_or_issuer, sheet.device_label
    )
}

/// `Digits 8, Period 60`; empty where an app's defaults fit.
pub(crate) fn parameters(sheet: &Sheet<'_>) -> String {
    let parts = sheet.parameters.iter();
    let parts: Vec<String> = parts
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    parts.join(", ")
}

/// What to do with the paper: the warning, and the rest.
pub(crate) fn keep_secret(sheet: &Sheet<'_>) -> (&'static str, &'static str) {
    let warning = "Show this to nobody, and keep no photograph of it.";
    let rest = if sheet.recovery_codes.is_empty() {
        "Whoever has the picture or the secret can make your codes. When you have logged in \
         with a code, tear this sheet to pieces."
    } else {
        "Whoever has the picture or the secret can make your codes. When you have logged in \
         with a code, cut along the line and tear the upper part to pieces."
    };
    (warning, rest)
}

/// What this sheet is called in a list of windows or print jobs.
pub(crate) fn title(sheet: &Sheet<'_>) -> String {
    format!("{}: {} at {}", EYEBROW, sheet.user, sheet.host_or_issuer)
}
