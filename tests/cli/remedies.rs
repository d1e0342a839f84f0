//! What an error tells one to do can be done, and helps.

use crate::shell::shell;
use pam_otp_tests::{Login, Machine, device_of, give_away, sandboxed, skip, take_back};

const STORE: &str = "/var/lib/pam-otp";

/// What is broken, by a shell command in the store. Alice is enrolled, bob too.
const BREAKAGES: [(&str, &str); 17] = [
    ("the account is missing", "rm account/alice"),
    ("the state is missing", "rm state/alice"),
    ("the account is damaged", "echo oops > account/alice"),
    ("the account is empty", ": > account/alice"),
    (
        "the state is damaged",
        "dd if=/dev/zero of=state/alice bs=8192 count=1",
    ),
    ("the state is empty", ": > state/alice"),
    (
        "the state is of another enrolment",
        "otpctl reset bob --yes --uri-only; cp state/bob state/alice",
    ),
    (
        "the account is another user's",
        "cp account/bob account/alice",
    ),
    (
        "the account is a symbolic link",
        "mv account/alice else; ln -s ../else account/alice",
    ),
    (
        "the state is a symbolic link",
        "mv state/alice else; ln -s ../else state/alice",
    ),
    ("the account has a second name", "ln account/alice else"),
    (
        "the state is a pipe",
        "rm state/alice; mkfifo -m 600 state/alice",
    ),
    (
        "the state is a folder",
        "rm state/alice; mkdir -m 700 state/alice",
    ),
    ("the account is open to others", "chmod 644 account/alice"),
    ("the state is open to others", "chmod 620 state/alice"),
    (
        "the user has another number",
        "sed -i s/^alice:x:1000/alice:x:1500/ /etc/passwd",
    ),
    ("the folder is open to others", "chmod 755 state"),
];

/// Breakages of the store as a whole.
const OF_THE_STORE: [(&str, &str); 3] = [
    ("the folder of accounts is missing", "rm -r account"),
    ("the folder of states is missing", "rm -r state"),
    ("the store is missing", "rm -r /var/lib/pam-otp"),
];

/// The command that an error of `otpctl status alice` names, if any: after the last of
/// these words. Where a backup is mentioned, there is none.
fn named_command(complaint: &str) -> Option<String> {
    let remedy = complaint.split_whitespace().collect::<Vec<_>>().join(" ");
    for verb in ["otpctl reset", "otpctl enroll", "chmod", "chown"] {
        if let Some(place) = remedy.rfind(&format!("{verb} ")) {
            let words = remedy[place..].split(' ').take(3);
            let command = words.collect::<Vec<_>>().join(" ");
            let command = command.trim_end_matches(['.', ')', ',']);
            return Some(command.replace("USER", "alice"));
        }
    }
    None
}

/// Breaks, asks what is wrong, does what is said, and logs in with the device that results.
fn helped(breakage: &str) -> Result<(), String> {
    let machine = Machine::with_alice();
    machine.code_only_stack("door");
    machine.add_user("bob", "builder");
    machine.enrol_pending("bob", &["--hotp"]);
    let old = machine.enrol_pending("alice", &["--hotp"]);
    let passwd = std::fs::read("/etc/passwd").unwrap();
    shell(&format!("cd {STORE} && {{ {breakage}; }}"), "", None);
    let wrong = Login::new("door", "alice")
        .answers(&[&old.code_at(0)])
        .run();
    let told = machine.otpctl(&["status", "alice"]);
    let complaint = String::from_utf8_lossy(&told.stderr).into_owned();
    let result = (|| {
        if wrong.code != "PAM_AUTHINFO_UNAVAIL" || told.status.code() != Some(3) {
            return Err(format!("{} at the login; {told:?}", wrong.code));
        }
        let command = named_command(&complaint).ok_or(format!("no command in: {complaint}"))?;
        let more = match command.split(' ').nth(1) {
            Some("reset") => " --yes --uri-only",
            Some("enroll") => " --pending --uri-only",
            _ => "",
        };
        let done = shell(&format!("{command}{more}"), "", None);
        if !done.status.success() {
            return Err(format!("{complaint}but {command}: {done:?}"));
        }
        let said = String::from_utf8_lossy(&done.stdout);
        let device = if more.is_empty() {
            old
        } else {
            device_of(&said)
        };
        match Login::new("door", "alice")
            .answers(&[&device.code_at(0)])
            .run()
            .code
            .as_str()
        {
            "PAM_SUCCESS" => Ok(()),
            code => Err(format!("after {command}: {code}")),
        }
    })();
    take_back("/var/lib/pam-otp/account/alice");
    let _ = std::fs::remove_dir_all(STORE);
    std::fs::write("/etc/passwd", passwd).unwrap();
    shell(
        "sed -i '/^alice:\\|^bob:/d' /etc/passwd /etc/shadow /etc/group",
        "",
        None,
    );
    result
}

fn all_help(breakages: &[(&str, &str)]) {
    let faults: Vec<_> = breakages
        .iter()
        .filter_map(|(case, breakage)| Some(format!("{case}: {}", helped(breakage).err()?)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

sandboxed! {
    fn for_every_broken_account_the_remedy_can_be_done_and_helps() {
        all_help(&BREAKAGES);
    }

    fn for_every_broken_store_the_remedy_can_be_done_and_helps() {
        all_help(&OF_THE_STORE);
    }

    fn an_account_that_somebody_else_owns_is_mended_by_the_remedy() {
        let machine = Machine::with_alice();
        machine.enrol_pending("alice", &[]);
        if !pam_otp_tests::has_other_users() {
            return skip("there is no other user here to give the file to");
        }
        give_away("/var/lib/pam-otp/account/alice");
        let told = machine.otpctl(&["status", "alice"]);
        let command = named_command(&String::from_utf8_lossy(&told.stderr)).expect("a command");
        assert!(shell(&command, "", None).status.success(), "{command}");
        machine.otpctl_ok(&["status", "alice"]);
    }
}
