//! Files that are not as they must be: everybody is asked, nobody is let in, and the log
//! says what is wrong.

use pam_otp_tests::{Device, Login, Machine, device_of, put, sandboxed};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

const STORE: &str = "/var/lib/pam-otp";
const STATE: &str = "/var/lib/pam-otp/state/alice";
const ACCOUNT: &str = "/var/lib/pam-otp/account/alice";

/// A machine with a stack, and alice enrolled with a fob.
fn enrolled() -> (Machine, Device) {
    let machine = Machine::with_alice();
    machine.code_only_stack("door");
    let fob = machine.enrol("alice", &["--hotp"]);
    (machine, fob)
}

/// Breaks something, tries a right code, and puts the store back.
fn refused_when(case: &str, fob: &mut Device, breaking: impl FnOnce()) {
    let backup = "/var/backup";
    run("cp", &["-a", STORE, backup]);
    breaking();
    let result = Login::new("door", "alice")
        .answers(&[&fob.next_code()])
        .run();
    assert_eq!(result.code, "PAM_AUTHINFO_UNAVAIL", "{case}");
    assert_eq!(result.prompts, ["off:One-time code: "], "{case}");
    assert_eq!(result.noise, "", "{case}");
    // Only where something was mounted over a file.
    pam_otp_tests::take_back(STATE);
    pam_otp_tests::take_back(ACCOUNT);
    run("rm", &["-rf", STORE]);
    run("mv", &[backup, STORE]);
    let result = Login::new("door", "alice")
        .answers(&[&fob.next_code()])
        .run();
    assert_eq!(result.code, "PAM_SUCCESS", "put back after: {case}");
}

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}

fn change(path: &str, how: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    how(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn mode(path: &str, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

sandboxed! {
    fn a_state_that_is_not_whole_is_not_believed() {
        let (_machine, mut fob) = enrolled();
        refused_when("both records damaged", &mut fob, || {
            change(STATE, |bytes| {
                bytes[20] ^= 1;
                bytes[4096 + 20] ^= 1;
            });
        });
        refused_when("all zero", &mut fob, || put(STATE, &[0; 8192], 0o600));
        refused_when("empty", &mut fob, || put(STATE, b"", 0o600));
        refused_when("truncated", &mut fob, || change(STATE, |bytes| bytes.truncate(8191)));
        refused_when("too large", &mut fob, || change(STATE, |bytes| bytes.push(b' ')));
        refused_when("missing", &mut fob, || fs::remove_file(STATE).unwrap());
    }

    fn a_state_that_is_no_plain_file_of_root_is_not_believed() {
        let (_machine, mut fob) = enrolled();
        refused_when("a symbolic link", &mut fob, || {
            fs::rename(STATE, "/var/lib/pam-otp/elsewhere").unwrap();
            symlink("/var/lib/pam-otp/elsewhere", STATE).unwrap();
        });
        refused_when("a link to an endless device", &mut fob, || {
            fs::remove_file(STATE).unwrap();
            symlink("/dev/zero", STATE).unwrap();
        });
        refused_when("a second name", &mut fob, || fs::hard_link(STATE, "/var/lib/second").unwrap());
        fs::remove_file("/var/lib/second").unwrap();
        refused_when("a pipe", &mut fob, || {
            fs::remove_file(STATE).unwrap();
            run("mkfifo", &["--mode=600", STATE]);
        });
        refused_when("a directory", &mut fob, || {
            fs::remove_file(STATE).unwrap();
            fs::create_dir(STATE).unwrap();
            mode(STATE, 0o700);
        });
        refused_when("readable by the group", &mut fob, || mode(STATE, 0o640));
        refused_when("writable by others", &mut fob, || mode(STATE, 0o602));
        refused_when("owned by somebody else", &mut fob, || pam_otp_tests::give_away(STATE));
    }

    fn an_account_that_is_not_whole_is_not_believed() {
        let (_machine, mut fob) = enrolled();
        let replace = |from: &'static str, to: &'static str| {
            move || {
                let text = fs::read_to_string(ACCOUNT).unwrap();
                assert!(text.contains(from));
                fs::write(ACCOUNT, text.replacen(from, to, 1)).unwrap();
            }
        };
        refused_when("damaged", &mut fob, replace("[[authenticator]]", "[[authenticator"));
        refused_when("an unknown key", &mut fob, replace("digits = 6", "digits = 6\nnullok = true"));
        refused_when("an impossible value", &mut fob, replace("digits = 6", "digits = 5"));
        refused_when("another format", &mut fob, replace("format = 1", "format = 2"));
        refused_when("too large", &mut fob, || {
            change(ACCOUNT, |bytes| bytes.extend([b'#'; 70_000]));
        });
        refused_when("a symbolic link", &mut fob, || {
            fs::rename(ACCOUNT, "/var/lib/pam-otp/elsewhere").unwrap();
            symlink("/var/lib/pam-otp/elsewhere", ACCOUNT).unwrap();
        });
        refused_when("readable by others", &mut fob, || mode(ACCOUNT, 0o644));
        refused_when("missing beside its state", &mut fob, || fs::remove_file(ACCOUNT).unwrap());
        refused_when("owned by somebody else", &mut fob, || pam_otp_tests::give_away(ACCOUNT));
        refused_when("enrolled for a user with another number", &mut fob, replace("uid = 1000", "uid = 1001"));
    }

    fn a_store_that_others_could_change_is_not_believed() {
        let (_machine, mut fob) = enrolled();
        refused_when("no store", &mut fob, || fs::rename(STORE, "/var/lib/gone").unwrap());
        fs::remove_dir_all("/var/lib/gone").unwrap();
        refused_when("readable by others", &mut fob, || mode(STORE, 0o755));
        refused_when("an empty folder in its place", &mut fob, || {
            fs::remove_dir_all(STORE).unwrap();
            fs::create_dir(STORE).unwrap();
            mode(STORE, 0o700);
        });
        mode("/var/lib", 0o757);
        let result = Login::new("door", "alice").answers(&[&fob.next_code()]).run();
        mode("/var/lib", 0o755);
        assert_eq!(result.code, "PAM_AUTHINFO_UNAVAIL", "a folder above it");
    }

    fn an_account_of_somebody_else_is_not_believed() {
        let (machine, mut fob) = enrolled();
        machine.add_user("bob", "builder");
        for folder in ["account", "state"] {
            let from = format!("{STORE}/{folder}/alice");
            run("cp", &["-a", &from, &format!("{STORE}/{folder}/bob")]);
        }
        let bob = Login::new("door", "bob").answers(&[&fob.next_code()]).run();
        assert_eq!(bob.code, "PAM_AUTHINFO_UNAVAIL");
    }

    fn one_half_restored_from_a_backup_is_noticed() {
        let (machine, old_fob) = enrolled();
        fs::copy(STATE, "/var/old-state").unwrap();
        fs::copy(ACCOUNT, "/var/old-account").unwrap();
        let text = machine.otpctl_ok(&["reset", "alice", "--yes", "--uri-only"]);
        let mut new_fob = device_of(&text);
        let new_account = fs::read(ACCOUNT).unwrap();
        let try_both = |case: &str, new_code: &str| {
            for code in [&old_fob.code_at(5), new_code] {
                let result = Login::new("door", "alice").answers(&[code]).run();
                assert_eq!(result.code, "PAM_AUTHINFO_UNAVAIL", "{case}");
            }
        };
        // The old account beside the new state: the lost device must stay dead.
        fs::copy("/var/old-account", ACCOUNT).unwrap();
        try_both("old account", &new_fob.next_code());
        fs::write(ACCOUNT, &new_account).unwrap();
        let welcome = Login::new("door", "alice").answers(&[&new_fob.next_code()]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
        // The old state beside the new account: used codes must stay used.
        fs::copy("/var/old-state", STATE).unwrap();
        try_both("old state", &new_fob.next_code());
    }
}
