//! Commands and logins that run at once, for some seconds: at the end the account is whole,
//! and no code was good twice.

use pam_otp_tests::{Login, Machine, built, device_of, sandboxed};
use std::collections::BTreeMap;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::time::{Duration, Instant};

pub(crate) const HOW_LONG: Duration = Duration::from_secs(5);
pub(crate) const AT_ONCE: usize = 8;
const ACCOUNT: &str = "/var/lib/pam-otp/account/alice";
const STATE: &str = "/var/lib/pam-otp/state/alice";

pub(crate) fn otpctl(arguments: &[&str]) -> Output {
    Command::new(built("otpctl"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The present secret and the next counter, read without any lock, as a device would have
/// them; `None` where the files are just being changed.
fn next_code() -> Option<(String, u64)> {
    let account = std::fs::read_to_string(ACCOUNT).ok()?;
    let secret = account
        .split("base32:")
        .nth(1)?
        .split('"')
        .next()?
        .to_string();
    let enrolment = account.split("enrolment = \"").nth(1)?.split('"').next()?;
    let state = std::fs::read_to_string(STATE).ok()?;
    let records = state
        .split("pam-otp state 1\n")
        .filter(|one| one.contains(enrolment));
    let used = records.filter_map(|record| {
        let last = record.split("last-accepted ").nth(1)?.split(' ').next()?;
        Some(last.parse::<u64>().map_or(0, |last| last + 1))
    });
    Some((secret, used.max()?))
}

fn code_of(secret: &str, counter: u64) -> String {
    let device = device_of(&format!("otpauth://hotp/alice?secret={secret}&counter=0"));
    device.code_at(i64::try_from(counter).unwrap())
}

/// Each outcome with how often it was seen.
pub(crate) type Counts = Mutex<BTreeMap<String, usize>>;

pub(crate) fn count(counts: &Counts, outcome: String) {
    *counts.lock().unwrap().entry(outcome).or_default() += 1;
}

sandboxed! {
    fn commands_and_logins_at_once_leave_a_whole_account_and_no_code_good_twice() {
        let machine = Machine::with_alice();
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 99\n");
        machine.code_only_stack("door");
        machine.enrol("alice", &["--hotp"]);
        let (accepted, refused) = (Counts::default(), Counts::default());
        let commands = Counts::default();
        let start = Instant::now();
        std::thread::scope(|scope| {
            for number in 0..AT_ONCE {
                let commands = &commands;
                scope.spawn(move || {
                    let order: [&[&str]; 4] = [
                        &["reset", "alice", "--yes", "--uri-only"],
                        &["disable", "alice"],
                        &["enable", "alice", "--keep-secret"],
                        &["enable", "alice", "--uri-only"],
                    ];
                    for arguments in order.iter().cycle().skip(number) {
                        if start.elapsed() > HOW_LONG {
                            return;
                        }
                        let output = otpctl(arguments);
                        let complaint = String::from_utf8_lossy(&output.stderr);
                        // Done, or refused with a reason; nothing else.
                        match output.status.code() {
                            Some(0) => assert!(complaint.is_empty(), "{output:?}"),
                            Some(1) => assert!(complaint.contains("enabled already"), "{output:?}"),
                            _ => panic!("{arguments:?}: {output:?}"),
                        }
                        let outcome = format!("{} {:?}", arguments[0], output.status.code());
                        count(commands, outcome);
                    }
                });
                let (accepted, refused) = (&accepted, &refused);
                scope.spawn(move || {
                    while start.elapsed() < HOW_LONG {
                        let Some((secret, counter)) = next_code() else {
                            continue;
                        };
                        let code = code_of(&secret, counter);
                        let login = Login::new("door", "alice").answers(&[&code]).run();
                        assert_eq!(login.noise, "");
                        match login.code.as_str() {
                            // Disabled at the first look, pending at the second: no code was
                            // asked for, and a pending account needs none.
                            "PAM_SUCCESS" if login.prompts.is_empty() => count(refused, "pending".into()),
                            "PAM_SUCCESS" => count(accepted, format!("{secret} {code}")),
                            // Disabled is no yes where nobody has checked a password.
                            "PAM_AUTH_ERR" | "PAM_PERM_DENIED" => count(refused, login.code),
                            other => panic!("{other}"),
                        }
                    }
                });
            }
        });
        let (accepted, refused) = (accepted.into_inner().unwrap(), refused.into_inner().unwrap());
        let commands = commands.into_inner().unwrap();
        let twice: Vec<_> = accepted.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "accepted more than once: {twice:?}");
        // It was a crowd, not a queue of refusals.
        println!("{} accepted, refused: {refused:?}, commands: {commands:?}", accepted.len());
        assert!(accepted.len() > 5 && commands.len() >= 4, "{accepted:?} {refused:?} {commands:?}");

        machine.otpctl_ok(&["status", "alice"]);
        let uri = machine.otpctl_ok(&["reset", "alice", "--yes", "--uri-only"]);
        let code = device_of(&uri).code_at(0);
        let login = || Login::new("door", "alice").answers(&[&code]).run().code;
        assert_eq!(login(), "PAM_SUCCESS");
        assert_eq!(login(), "PAM_AUTH_ERR");
    }
}
