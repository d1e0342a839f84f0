//! What the doctor finds beside the lines of a service: files and their modes, the store and its
//! file system, users, sudoers, security modules.

use pam_otp_tests::{Login, Machine, built, sandboxed};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

const GOOD: &str =
    "auth requisite pam_unix.so nodelay\nauth required {otp}\naccount required pam_unix.so\n";
const STORE: &str = "/var/lib/pam-otp";

/// What is done to a machine on which nothing is wrong, and what is then found.
struct Trial {
    /// Shell commands; `$store` and `$security`, a folder of modules, are known.
    done: &'static str,
    arguments: &'static [&'static str],
    found: &'static [(&'static str, &'static str)],
    /// What the prediction for alice says.
    words: &'static str,
}

const DOOR: &[&str] = &["--service", "door", "--user", "alice"];
const BOTH: &str = "password, then code";

const TRIALS: &[Trial] = &[
    Trial {
        done: "true",
        arguments: DOOR,
        found: &[],
        words: BOTH,
    },
    Trial {
        done: "sed -i /^bob:/d /etc/passwd",
        arguments: DOOR,
        found: &[("warning", "user-gone")],
        words: BOTH,
    },
    Trial {
        done: "sed -i s/^bob:x:1001/bob:x:1500/ /etc/passwd",
        arguments: DOOR,
        found: &[("error", "other-user")],
        words: BOTH,
    },
    Trial {
        done: "sed -i s/^alice:x:1000/alice:x:1500/ /etc/passwd",
        arguments: DOOR,
        found: &[("error", "other-user"), ("error", "locked-out")],
        words: "LOCKED OUT: ",
    },
    Trial {
        done: "chmod 640 $store/account/alice",
        arguments: DOOR,
        found: &[("error", "account-broken"), ("error", "locked-out")],
        words: "LOCKED OUT: ",
    },
    Trial {
        done: "chmod 777 $store",
        arguments: DOOR,
        found: &[("error", "store-unusable"), ("error", "locked-out")],
        words: "LOCKED OUT: ",
    },
    Trial {
        done: "mount --bind $store $store && mount -o remount,bind,ro $store",
        arguments: DOOR,
        found: &[("error", "store-read-only"), ("error", "locked-out")],
        words: "the store is read-only",
    },
    Trial {
        done: "mkdir -p /tmp/over/upper /tmp/over/work && chmod 700 /tmp/over/upper && \
               mount -t overlay overlay -o lowerdir=$store,upperdir=/tmp/over/upper,workdir=/tmp/over/work $store",
        arguments: DOOR,
        found: &[("note", "copy-on-write")],
        words: BOTH,
    },
    Trial {
        done: "chmod 666 /etc/pam.d/door",
        arguments: DOOR,
        found: &[("error", "file-open-to-others")],
        words: BOTH,
    },
    Trial {
        done: "printf 'auth required pam_env.so\n' > /etc/pam.d/shared; chmod 664 /etc/pam.d/shared; \
               echo 'auth include shared' >> /etc/pam.d/door",
        arguments: DOOR,
        found: &[("error", "file-open-to-others")],
        words: BOTH,
    },
    Trial {
        done: "chmod 777 /etc/pam.d",
        arguments: DOOR,
        found: &[("error", "file-open-to-others")],
        words: BOTH,
    },
    Trial {
        done: "mount -t tmpfs -o mode=755 none $security && cp /tmp/pam_otp.so $security && \
               chmod 666 $security/pam_otp.so",
        arguments: &["--service", "nothing", "--user", "alice"],
        found: &[
            ("error", "module-open-to-others"),
            ("note", "nobody-asks"),
            ("warning", "no-such-service"),
        ],
        words: "",
    },
    Trial {
        done: "printf '[administration]\nnotify = \"/tmp/tell\"\n' > /etc/pam-otp/otp.toml; \
               touch /tmp/tell; chmod 775 /tmp/tell",
        arguments: DOOR,
        found: &[("error", "notify-open-to-others")],
        words: BOTH,
    },
    Trial {
        done: "mkdir -p /sys/fs/selinux /sys/module/apparmor/parameters; echo 1 > /sys/fs/selinux/enforce; \
               echo Y > /sys/module/apparmor/parameters/enabled",
        arguments: DOOR,
        found: &[("note", "apparmor-enabled"), ("note", "selinux-enforcing")],
        words: BOTH,
    },
    Trial {
        done: "cp /etc/pam.d/door /etc/pam.d/sudo; \
               printf 'alice ALL=(ALL) NOPASSWD: ALL\nDefaults rootpw\n' > /etc/sudoers",
        arguments: &["--service", "sudo", "--user", "alice"],
        found: &[
            ("warning", "sudo-asks-another"),
            ("warning", "sudo-without-pam"),
        ],
        words: BOTH,
    },
    Trial {
        // As the package leaves it, and as a disk that is not mounted does.
        done: "mount -t tmpfs -o mode=700 none $store",
        arguments: DOOR,
        found: &[("error", "locked-out"), ("note", "nobody-enrolled")],
        words: "LOCKED OUT: there is no store",
    },
    Trial {
        done: "rm -r $store/account",
        arguments: DOOR,
        found: &[("error", "locked-out"), ("error", "store-unusable")],
        words: "LOCKED OUT: ",
    },
];

fn shell(commands: &str) {
    let setup = format!(
        "set -eu; store={STORE}; for security in /usr/lib/*/security; do :; done\n{commands}"
    );
    let output = Command::new("bash").args(["-c", &setup]).output().unwrap();
    assert!(output.status.success(), "{commands}: {output:?}");
}

/// The findings, worst first, and what is predicted of alice.
fn examined(machine: &Machine, arguments: &[&str]) -> (BTreeSet<(String, String)>, String) {
    let output = machine.otpctl(&[&["doctor", "--json"], arguments].concat());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
    let findings = report["findings"].as_array().unwrap().iter();
    let findings = findings.map(|one| (text(&one["severity"]), text(&one["id"])));
    // The clock is this machine's.
    let findings = findings.filter(|(_, id)| id != "clock-not-synchronised");
    (findings.collect(), text(&report["predictions"][0]["words"]))
}

fn tried(number: usize) {
    let machine = Machine::with_alice();
    machine.add_user("bob", "builder");
    fs::copy(built("libpam_otp.so"), "/tmp/pam_otp.so").unwrap();
    machine.stack("door", &GOOD.replace("{otp}", "/tmp/pam_otp.so"));
    let mut fob = machine.enrol("alice", &["--hotp"]);
    machine.enrol("bob", &["--hotp"]);
    let trial = &TRIALS[number];
    shell(trial.done);
    let (found, words) = examined(&machine, trial.arguments);
    let expected = trial.found.iter();
    let expected = expected.map(|(severity, id)| ((*severity).to_string(), (*id).to_string()));
    assert_eq!(found, expected.collect(), "{}", trial.done);
    assert!(words.contains(trial.words), "{}: {words}", trial.done);
    // And what libpam then does.
    if trial.arguments == DOOR {
        let answers = ["wonderland", &fob.next_code()];
        let login = Login::new("door", "alice").answers(&answers).run();
        let predicted = !words.contains("LOCKED OUT");
        assert_eq!(
            login.code == "PAM_SUCCESS",
            predicted,
            "{}: {login:?}",
            trial.done
        );
    }
}

macro_rules! trials {
    ($($test:ident: $number:literal)+) => {
        sandboxed! {$( fn $test() { tried($number); } )+}

        #[test]
        fn every_trial_of_the_machine_is_run() {
            assert_eq!([$($number),+].len(), TRIALS.len());
        }
    };
}

trials! {
    where_nothing_is_wrong_nothing_is_found: 0
    a_user_who_is_gone_is_found: 1
    a_user_made_anew_is_found: 2
    a_user_made_anew_is_locked_out: 3
    an_account_that_others_can_read_is_found: 4
    a_store_that_others_can_write_is_found: 5
    a_store_that_is_read_only_is_found: 6
    a_store_that_is_copied_on_write_is_found: 7
    a_stack_that_others_can_write_is_found: 8
    an_included_file_that_others_can_write_is_found: 9
    a_folder_of_stacks_that_others_can_write_is_found: 10
    a_module_that_others_can_write_is_found: 11
    a_program_to_be_told_that_others_can_write_is_found: 12
    security_modules_are_named: 13
    what_sudo_does_without_pam_is_found: 14
    a_folder_in_which_no_store_was_made_yet_is_nothing_broken: 15
    a_store_without_one_of_its_folders_is_found: 16
}
