//! The doctor's findings and predictions, and what libpam then really does.

use pam_otp_tests::{Device, Login, Machine, built, sandboxed};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The lines of the service `door`.
    pam: String,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    policy: String,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    empty_password: bool,
    /// The fields of shadow(5) after alice's hash, if not those of a password without an end.
    dates: Option<String>,
    /// Who gets in, as predicted.
    need: String,
    /// A part of the prediction in words.
    words: Option<String>,
    #[serde(default)]
    findings: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Corpus {
    case: Vec<Case>,
}

/// The built module under the name that it has on a machine.
const MODULE: &str = "/tmp/pam_otp.so";

/// What depends on this machine and not on the case.
const OF_THE_MACHINE: [&str; 4] = [
    "clock-not-synchronised",
    "apparmor-enabled",
    "selinux-enforcing",
    "copy-on-write",
];

impl Case {
    /// Writes everything; returns alice's device, if she has one.
    fn furnish(&self, machine: &Machine) -> Option<Device> {
        let _ = fs::remove_dir_all("/var/lib/pam-otp");
        let _ = fs::remove_dir_all("/etc/pam-otp");
        for (name, text) in &self.files {
            machine.stack(name, &quick(text));
        }
        machine.stack("door", &quick(&self.pam));
        let device = match self.state.as_deref().unwrap_or("activated") {
            "none" => {
                // Somebody else is, so that there is a store.
                machine.enrol_pending("bob", &[]);
                None
            }
            "pending" => Some(machine.enrol_pending("alice", &["--hotp"])),
            _ => Some(machine.enrol("alice", &["--hotp"])),
        };
        machine.policy(&format!(
            "{}\n{}",
            self.policy
                .replace("[login]\n", "[login]\nfailure_delay_milliseconds = 0\n"),
            match (
                self.policy.contains("[login]"),
                self.policy.contains("[throttle]")
            ) {
                (true, _) => "[throttle]\nfree_failures = 90\n",
                (false, true) => "[login]\nfailure_delay_milliseconds = 0\n",
                (false, false) =>
                    "[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 90\n",
            }
        ));
        match self.state.as_deref() {
            Some("disabled") => {
                machine.otpctl_ok(&["disable", "alice"]);
            }
            Some("locked") => {
                machine.code_only_stack("window");
                let wrong = device.as_ref().expect("enrolled").wrong_code();
                Login::new("window", "alice").answers(&[&wrong]).run();
            }
            Some("broken") => fs::write("/var/lib/pam-otp/account/alice", "oops").unwrap(),
            _ => {}
        }
        device
    }

    /// What four people who type this and that really come to, right and right first.
    fn reality(&self, mut device: Option<Device>) -> [bool; 4] {
        // The wrong ones first: a right code may activate.
        let mut gets_in = |right_password: bool, right_code: bool| {
            let password = match (right_password, self.empty_password) {
                (true, true) => "",
                (true, false) => "wonderland",
                (false, _) => "looking glass",
            };
            let code = match (&mut device, right_code) {
                (Some(device), true) => device.next_code(),
                (Some(device), false) => device.wrong_code(),
                (None, _) => "123456".into(),
            };
            let login = Login::new("door", "alice").with(&["--account"]).with(&[
                "--answer-to",
                &format!("Password and code={password}{code}"),
                "--answer-to",
                &format!("Password={password}"),
                "--answer-to",
                &format!("One-time code={code}"),
            ]);
            // Where libpam gives the service up, there is no login at all.
            let refused = login.outcome().is_none_or(|code| code != "PAM_SUCCESS");
            !refused && {
                // Asked again with the next code, for the account phase.
                self.account_lets_in(&login)
            }
        };
        let neither = gets_in(false, false);
        let code_only = gets_in(false, true);
        let password_only = gets_in(true, false);
        [gets_in(true, true), password_only, code_only, neither]
    }

    fn account_lets_in(&self, login: &Login) -> bool {
        let result = login.run();
        // The code is used up by now; the account phase is asked whatever became of it.
        result
            .account
            .as_deref()
            .is_none_or(|code| code == "PAM_SUCCESS" || code == "PAM_NEW_AUTHTOK_REQD")
    }
}

/// pam_unix holds refusals back, which would only make this slow.
fn quick(text: &str) -> String {
    text.replace("pam_unix.so", "pam_unix.so nodelay")
        .replace("{otp}", MODULE)
}

fn need_of(gets_in: [bool; 4]) -> &'static str {
    match gets_in {
        [_, _, _, true] => "nothing",
        [_, true, true, _] => "either",
        [_, true, ..] => "password-only",
        [_, _, true, _] => "code-only",
        [true, ..] => "both",
        _ => "locked-out",
    }
}

fn faults_of(case: &Case, machine: &Machine) -> Vec<String> {
    let mut faults = Vec::new();
    let device = case.furnish(machine);
    let output = machine.otpctl(&["doctor", "--service", "door", "--user", "alice", "--json"]);
    let report: serde_json::Value = match serde_json::from_slice(&output.stdout) {
        Ok(report) => report,
        Err(_) => return vec![format!("{output:?}")],
    };
    let ids = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            for part in ["place", "what", "remedy"] {
                assert!(finding[part].as_str().is_some_and(|text| !text.is_empty()));
            }
            finding["id"].as_str().unwrap().to_string()
        });
    let ids: BTreeSet<String> = ids
        .filter(|id| !OF_THE_MACHINE.contains(&id.as_str()))
        .collect();
    if ids != case.findings {
        faults.push(format!("found {ids:?} instead of {:?}", case.findings));
    }
    let prediction = &report["predictions"][0];
    let words = prediction["words"].as_str().unwrap();
    if prediction["need"] != case.need.as_str() {
        faults.push(format!("predicted {} ({words})", prediction["need"]));
    }
    if let Some(part) = case
        .words
        .as_ref()
        .filter(|part| !words.contains(part.as_str()))
    {
        faults.push(format!("{words:?} lacks {part:?}"));
    }
    let errors = report["findings"].as_array().unwrap();
    let has_errors = errors.iter().any(|finding| finding["severity"] == "error");
    if output.status.code() != Some(i32::from(has_errors)) {
        faults.push(format!("{}", output.status));
    }
    let gets_in = case.reality(device);
    let real = need_of(gets_in);
    if real != case.need {
        faults.push(format!("but libpam: {real} {gets_in:?}"));
    }
    faults
}

sandboxed! {
    fn the_doctor_finds_what_is_wrong_and_predicts_what_libpam_then_does() {
        let machine = Machine::with_alice();
        machine.add_user("bob", "builder");
        machine.stack("other", "auth required pam_deny.so\naccount required pam_permit.so\n");
        symlink(built("libpam_otp.so"), MODULE).unwrap();
        let shadow = fs::read_to_string("/etc/shadow").unwrap();
        let corpus: Corpus = toml::from_str(include_str!("corpus.toml")).expect("TOML");
        assert!(corpus.case.len() >= 25);
        let mut faults = String::new();
        for case in &corpus.case {
            let of_alice = |rest: &str| {
                let (hash, dates) = rest.split_once(':').unwrap();
                let hash = if case.empty_password { "" } else { hash };
                format!("alice:{hash}:{}\n", case.dates.as_deref().unwrap_or(dates))
            };
            let lines = shadow.lines().map(|line| match line.strip_prefix("alice:") {
                Some(rest) => of_alice(rest),
                None => format!("{line}\n"),
            });
            fs::write("/etc/shadow", lines.collect::<String>()).unwrap();
            for fault in faults_of(case, &machine) {
                faults += &format!("\n{}: {fault}", case.name);
            }
        }
        assert!(faults.is_empty(), "{faults}");
    }
}
