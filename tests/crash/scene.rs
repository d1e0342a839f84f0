//! Alice, her devices, and what the door says of them after something went wrong.

use pam_otp_tests::{Device, Login, Machine, device_of};
use std::fs;
use std::process::{Command, Output};

const STORE: &str = "/var/lib/pam-otp";
const BEFORE: &str = "/var/before";

/// The secret of the new device, known beforehand, since a killed command shows none.
pub(crate) const NEW_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// A machine, a store to come back to, and both devices.
pub(crate) struct Scene {
    pub(crate) machine: Machine,
    old: Option<Device>,
    wrong: String,
}

/// Who gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// The old device.
    Old,
    /// The new device.
    New,
    /// Whoever has the password: alice is disabled.
    Password,
    /// Nobody: alice is not enrolled.
    Shut,
    /// Nobody: something is wrong with the files, and the log says so.
    Broken,
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

    /// Tries a wrong code, the old device and the new one, each with the right password.
    /// Fails if they make no sense together, or if a code is good twice.
    pub(crate) fn door(&self) -> Door {
        let wrong = with(&self.wrong);
        let twice = |device: &Device, counter| {
            let code = device.code_at(counter);
            let first = with(&code);
            let second = with(&code);
            let is_good_once = second == 'n' || second == wrong;
            assert!(
                is_good_once,
                "a code twice: {first}, {second}; a wrong one: {wrong}"
            );
            first
        };
        let new = new_device().map_or('n', |device| twice(&device, 0));
        let old = self.old.as_ref().map_or(wrong, |device| {
            // The code of counter 0 activated it.
            let used = with(&device.code_at(0));
            assert!(used == 'n' || used == wrong, "a used code: {used}");
            twice(device, 1)
        });
        match (wrong, old, new) {
            ('n', 'y', 'n') => Door::Old,
            ('n', 'n', 'y') => Door::New,
            ('y', 'y', 'y' | 'n') => Door::Password,
            ('n', 'n', 'n') => Door::Shut,
            ('b', 'b', 'b' | 'n') => Door::Broken,
            other => panic!("wrong code, old device, new device: {other:?}"),
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

    /// What lies in the store besides the files of alice and bob.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let folders = ["account", "state"].map(|folder| format!("{STORE}/{folder}"));
        let entries = folders
            .iter()
            .flat_map(|folder| fs::read_dir(folder).unwrap());
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names
            .filter(|name| name != "alice" && name != "bob")
            .collect()
    }
}

/// Yes, no, or broken: a login with the right password and this code.
fn with(code: &str) -> char {
    let login = Login::new("door", "alice")
        .answers(&["wonderland", code])
        .run();
    assert_eq!(login.noise, "");
    match login.code.as_str() {
        "PAM_SUCCESS" => 'y',
        "PAM_AUTH_ERR" => 'n',
        "PAM_AUTHINFO_UNAVAIL" => 'b',
        other => panic!("{other}"),
    }
}

/// The device of the account that is on disk now, unless it is the old one's.
fn new_device() -> Option<Device> {
    let text = fs::read_to_string(format!("{STORE}/account/alice")).unwrap_or_default();
    let before = fs::read_to_string(format!("{BEFORE}/account/alice")).unwrap_or_default();
    let secret_in = |text: &str| Some(text.split("base32:").nth(1)?.split('"').next()?.to_string());
    let secret = secret_in(&text).unwrap_or_else(|| NEW_SECRET.into());
    let is_new = secret_in(&before).as_ref() != Some(&secret);
    is_new.then(|| device_of(&format!("otpauth://hotp/alice?secret={secret}&counter=0")))
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
