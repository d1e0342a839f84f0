//! Alice, her device, and a moment to come back to.

use pam_otp_tests::{Device, Machine};
use std::fs;
use std::process::{Command, Output};

pub(crate) const STORE: &str = "/var/lib/pam-otp";
pub(crate) const BEFORE: &str = "/var/before";

/// The secret of the new device, known beforehand, since a killed command shows none.
pub(crate) const NEW_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// A machine, a store to come back to, and both devices.
pub(crate) struct Scene {
    pub(crate) machine: Machine,
    pub(crate) old: Option<Device>,
    pub(crate) wrong: String,
}

impl Scene {
    /// Bob is enrolled, so that there is a store; alice is not.
    pub(crate) fn without_alice() -> Self {
        let machine = Machine::with_alice();
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 99\n");
        machine.stack(
            "door",
            "auth requisite pam_unix.so nodelay\nauth required {otp}\n",
        );
        machine.add_user("bob", "builder");
        let bob = machine.enrol_pending("bob", &["--hotp"]);
        Self {
            machine,
            old: None,
            wrong: bob.wrong_code(),
        }
    }

    /// Alice is enrolled and activated with a fob.
    pub(crate) fn with_alice() -> Self {
        let mut scene = Self::without_alice();
        let old = scene.machine.enrol("alice", &["--hotp"]);
        scene.wrong = old.wrong_code();
        scene.old = Some(old);
        scene
    }

    /// From here on, [`Scene::again`] comes back to this moment.
    pub(crate) fn begins_here(self) -> Self {
        run("rm", &["-rf", BEFORE]);
        if fs::exists(STORE).unwrap() {
            run("cp", &["-a", STORE, BEFORE]);
        }
        self
    }

    /// Puts the store back as it was.
    pub(crate) fn again(&self) {
        run("rm", &["-rf", STORE]);
        if fs::exists(BEFORE).unwrap() {
            run("cp", &["-a", BEFORE, STORE]);
        }
    }

    /// What `otpctl status alice` says must be a report, or two parts with a way out.
    pub(crate) fn status_makes_sense(&self) {
        let output = self.machine.otpctl(&["status", "alice"]);
        let complaint = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => assert!(complaint.is_empty(), "{output:?}"),
            Some(1 | 3) => is_an_error_in_two_parts(&output),
            _ => panic!("{output:?}"),
        }
    }

    /// What lies in the store besides the files of alice, bob and nobody.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let folders = ["account", "state"].map(|folder| format!("{STORE}/{folder}"));
        let entries = folders
            .iter()
            .flat_map(|folder| fs::read_dir(folder).unwrap());
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names
            // And nobody, whom strangers are compared with.
            .filter(|name| !["alice", "bob"].contains(&name.as_str()))
            .filter(|name| !name.starts_with(".blank"))
            .collect()
    }
}

/// `otpctl: what happened`, and an indented line that says what to do.
pub(crate) fn is_an_error_in_two_parts(output: &Output) {
    let complaint = String::from_utf8_lossy(&output.stderr);
    let error = complaint
        .split_once("otpctl: ")
        .map(|(_, error)| error.lines());
    let remedy = error.and_then(|mut lines| lines.nth(1));
    assert!(
        remedy.is_some_and(|line| line.starts_with("        ") && line.trim().len() > 3),
        "{output:?}"
    );
}

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}
