//! The filter for fail2ban, tried by fail2ban itself on the lines of real logins.
//!
//! Each login comes from an address of its own, so that what fail2ban found tells which lines
//! it took.

mod forgeries;
mod jail;
mod journal;
mod refusals;

use pam_otp_tests::{Login, Machine, SystemLog, built};
use std::fs;
use std::process::Command;

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/fail2ban");
const AUTH_LOG: &str = "/var/log/auth.log";

/// The log of a machine, as rsyslog would write it, and the addresses in it that must be
/// counted.
struct Log {
    socket: SystemLog,
    text: String,
    wanted: Vec<String>,
    logins: u32,
}

impl Log {
    fn listen() -> Self {
        Self {
            socket: SystemLog::listen(),
            text: String::new(),
            wanted: Vec::new(),
            logins: 0,
        }
    }

    /// Plays a login from an address of its own, which must have this outcome.
    fn played(&mut self, login: Login, outcome: &str) -> String {
        self.logins += 1;
        let address = format!("192.0.2.{}", self.logins);
        self.from(&address, login, outcome);
        address
    }

    fn counts(&mut self, login: Login, outcome: &str) {
        let address = self.played(login, outcome);
        self.wanted.push(address);
    }

    fn passes_over(&mut self, login: Login, outcome: &str) {
        self.played(login, outcome);
    }

    fn from(&mut self, host: &str, login: Login, outcome: &str) {
        login.with(&["--rhost", host]).run();
        self.take(outcome);
    }

    /// Puts what the last login has written into the file, and what `otpctl` wrote before it,
    /// with the machine's name between time and program, where rsyslog puts it.
    fn take(&mut self, outcome: &str) {
        let lines = self.socket.lines();
        let (changes, attempts): (Vec<_>, Vec<_>) = lines
            .iter()
            .map(|line| line.text.as_str())
            .partition(|line| line.contains(" otpctl["));
        assert_eq!(attempts.len(), 1, "{lines:?}");
        assert!(
            attempts[0].contains(&format!(" outcome={outcome} ")),
            "{outcome}: {lines:?}"
        );
        for line in changes.into_iter().chain(attempts) {
            let (time, rest) = line.split_at("Nov 23 20:11:51 ".len());
            self.text += &format!("{time}web1 {rest}\n");
        }
    }

    /// The addresses that fail2ban counts, in the order of the lines.
    fn found(&self) -> Vec<String> {
        fs::write(AUTH_LOG, &self.text).unwrap();
        let filter = format!("{CONFIG}/filter.d/pam-otp.conf");
        let output = Command::new("fail2ban-regex")
            .args(["--usedns=no", "-o", "ip", AUTH_LOG, &filter])
            .output()
            .expect("fail2ban is installed");
        let said = String::from_utf8(output.stdout).unwrap();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}{complained}");
        said.lines().map(String::from).collect()
    }
}

/// A machine with the module under its own name, as it stands in every line of the log.
fn machine(policy: &str) -> Machine {
    let machine = Machine::with_alice();
    machine.policy(&format!(
        "{policy}\n[login]\nfailure_delay_milliseconds = 0\n"
    ));
    fs::copy(built("libpam_otp.so"), "/opt/pam_otp.so").unwrap();
    machine.stack("door", "auth required /opt/pam_otp.so password=verify\n");
    machine
}

fn login(user: &str, answers: &[&str]) -> Login {
    Login::new("door", user).answers(answers)
}
