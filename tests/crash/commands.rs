//! The commands that change an account, where each begins and where it may end.

use crate::door::Door;
use crate::scene::{NEW_SECRET, Scene};

/// A command, and what the door may say after it was killed.
pub(crate) struct Trial {
    /// For the report of a failure.
    pub(crate) name: &'static str,
    /// The moment it begins.
    pub(crate) scene: fn() -> Scene,
    /// Its arguments.
    pub(crate) arguments: &'static [&'static str],
    /// Its input.
    pub(crate) input: String,
    /// What the door says before.
    pub(crate) before: Door,
    /// What it says after a run to the end.
    pub(crate) after: Door,
    /// What else it may say after a kill in between.
    pub(crate) between: &'static [Door],
    /// What it may say after an error, if not the same as before.
    pub(crate) after_an_error: &'static [Door],
}

/// Every command that changes an account.
pub(crate) fn all() -> Vec<Trial> {
    let secret = format!("{NEW_SECRET}\n");
    vec![
        Trial {
            name: "enroll, the first on this machine",
            scene: || {
                let scene = Scene::without_alice();
                std::fs::remove_dir_all("/var/lib/pam-otp").unwrap();
                scene.begins_here()
            },
            arguments: &[
                "enroll",
                "alice",
                "--pending",
                "--uri-only",
                "--secret-stdin",
                "--hotp",
            ],
            input: secret.clone(),
            before: Door::Broken,
            after: Door::New,
            between: &[Door::Broken, Door::Shut],
            after_an_error: &[Door::Shut],
        },
        Trial {
            name: "enroll",
            scene: || Scene::without_alice().begins_here(),
            arguments: &[
                "enroll",
                "alice",
                "--pending",
                "--uri-only",
                "--secret-stdin",
                "--hotp",
            ],
            input: secret.clone(),
            before: Door::Shut,
            after: Door::New,
            between: &[Door::Broken],
            after_an_error: &[],
        },
        Trial {
            name: "enroll many",
            scene: || Scene::without_alice().begins_here(),
            arguments: &["enroll", "--from", "-", "--quiet"],
            input: format!("user,kind,secret\nalice,hotp,{NEW_SECRET}\n"),
            before: Door::Shut,
            after: Door::New,
            between: &[Door::Broken],
            // Named but not synced, which is what the error says.
            after_an_error: &[Door::New],
        },
        Trial {
            name: "enroll many with sheets",
            scene: || Scene::without_alice().begins_here(),
            arguments: &[
                "enroll",
                "--from",
                "-",
                "--quiet",
                "--sheets",
                "/tmp/sheets",
                "--recovery-codes",
            ],
            input: format!("user,kind,secret\nalice,hotp,{NEW_SECRET}\n"),
            before: Door::Shut,
            after: Door::New,
            between: &[Door::Broken],
            after_an_error: &[Door::New],
        },
        Trial {
            name: "reset",
            scene: || Scene::with_alice().begins_here(),
            arguments: &[
                "reset",
                "alice",
                "--yes",
                "--uri-only",
                "--secret-stdin",
                "--hotp",
            ],
            input: secret,
            before: Door::Old,
            after: Door::New,
            between: &[],
            // Renamed but not synced: the new is in place and may not survive a power cut,
            // which is what the error says.
            after_an_error: &[Door::New],
        },
        Trial {
            name: "disable",
            scene: || Scene::with_alice().begins_here(),
            arguments: &["disable", "alice"],
            input: String::new(),
            before: Door::Old,
            after: Door::Password,
            between: &[],
            // Renamed but not synced: the new is in place and may not survive a power cut,
            // which is what the error says.
            after_an_error: &[Door::Password],
        },
        Trial {
            name: "enable with a new secret",
            scene: disabled,
            arguments: &["enable", "alice", "--uri-only"],
            input: String::new(),
            before: Door::Password,
            after: Door::New,
            between: &[],
            // Renamed but not synced: the new is in place and may not survive a power cut,
            // which is what the error says.
            after_an_error: &[Door::New],
        },
        Trial {
            name: "enable with the old secret",
            scene: disabled,
            arguments: &["enable", "alice", "--keep-secret"],
            input: String::new(),
            before: Door::Password,
            after: Door::Old,
            between: &[],
            // Renamed but not synced: the new is in place and may not survive a power cut,
            // which is what the error says.
            after_an_error: &[Door::Old],
        },
        Trial {
            name: "revoke",
            scene: || Scene::with_alice().begins_here(),
            arguments: &["revoke", "alice", "--yes"],
            input: String::new(),
            before: Door::Old,
            after: Door::Shut,
            between: &[Door::Broken],
            // What is removed is removed; there is no way back, only forward.
            after_an_error: &[Door::Broken, Door::Shut],
        },
    ]
}

fn disabled() -> Scene {
    let scene = Scene::with_alice();
    scene.machine.otpctl_ok(&["disable", "alice"]);
    scene.begins_here()
}

/// The trial of this name.
pub(crate) fn named(name: &str) -> Trial {
    let found = all().into_iter().find(|trial| trial.name == name);
    found.unwrap_or_else(|| panic!("no trial is called {name}"))
}
