//! The example of a jail.

use super::CONFIG;
use pam_otp_tests::sandboxed;
use std::fs;
use std::process::Command;

sandboxed! {
    fn fail2ban_understands_the_example_of_a_jail() {
        for name in ["filter.d/pam-otp.conf", "jail.d/pam-otp.conf"] {
            fs::copy(format!("{CONFIG}/{name}"), format!("/etc/fail2ban/{name}")).unwrap();
        }
        let output = Command::new("fail2ban-client").arg("-d").output();
        let output = output.expect("fail2ban is installed");
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stdout).unwrap();
        for command in [
            "['add', 'pam-otp', 'systemd']",
            "['set', 'pam-otp', 'addjournalmatch', '_UID=0', 'SYSLOG_FACILITY=10']",
            "['set', 'pam-otp', 'maxretry', 5]",
            "['set', 'pam-otp', 'findtime', '10m']",
            "['set', 'pam-otp', 'bantime', '1h']",
            "['set', 'pam-otp', 'addaction', 'iptables-allports']",
            "['start', 'pam-otp']",
        ] {
            assert!(said.lines().any(|line| line.starts_with(command)), "{command}: {said}");
        }
        let regex = said.lines().find(|line| line.starts_with("['set', 'pam-otp', 'addfailregex'"));
        assert!(regex.is_some_and(|line| line.contains("rhost=\"<ADDR>\"")), "{said}");
    }
}
