//! How it is started, and by whom it is not.

use crate::service::{ALICE, SOCKET, Service, furnish, locker_of, log_text};
use pam_otp_tests::{built, put, sandboxed};
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output};

fn try_to_start(words: &[&str]) -> Output {
    let mut command = Command::new(built("pam-otp-verifier"));
    command.args(words).output().expect("it is built")
}

fn refusal(words: &[&str]) -> String {
    let output = try_to_start(words);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

sandboxed! {
    fn it_takes_its_socket_from_systemd() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        fs::create_dir("/run/pam-otp").unwrap();
        let listener = UnixListener::bind(SOCKET).unwrap();
        fs::set_permissions(SOCKET, fs::Permissions::from_mode(0o666)).unwrap();
        // SAFETY: the descriptor is the listener's own, and its flags are all that changes.
        let kept = unsafe { libc::fcntl(listener.as_raw_fd(), libc::F_SETFD, 0) };
        assert_eq!(kept, 0);
        // As sd_listen_fds(3) has it: descriptor 3, and the number of the process.
        let hand_over = format!(
            "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" 3<&{}",
            listener.as_raw_fd()
        );
        let mut command = Command::new("bash");
        command.arg("-c").arg(hand_over).arg(built("pam-otp-verifier"));
        let _service = Service::started(command);
        let result = locker_of(ALICE, &fob.next_code());
        assert_eq!(result.code, "PAM_SUCCESS", "{}", log_text());
    }

    fn it_says_why_it_does_not_start() {
        let Some(_machine) = furnish() else { return };
        assert!(refusal(&[]).contains("no socket was handed over"), "{}", refusal(&[]));
        let service = Service::start();
        assert!(refusal(&["--listen"]).contains("somebody listens at"));
        service.kill();
        // What a killed one has left is no obstacle.
        Service::start().kill();
        fs::remove_file(SOCKET).unwrap();
        put(SOCKET, b"", 0o600);
        assert!(refusal(&["--listen"]).contains("is something else than a socket"));
        assert!(fs::symlink_metadata(SOCKET).unwrap().is_file(), "left alone");
        fs::remove_file(SOCKET).unwrap();
        chown("/run/pam-otp", Some(ALICE), None).unwrap();
        assert!(refusal(&["--listen"]).contains("must be a folder of root"));
        fs::remove_dir("/run/pam-otp").unwrap();
        let mut command = Command::new(built("pam-otp-verifier"));
        let output = command.arg("--listen").uid(ALICE).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("run this as root"), "{said}");
    }

    fn a_policy_that_cannot_be_read_lets_nobody_in() {
        let Some(machine) = furnish() else { return };
        let mut fob = machine.enrol("alice", &["--hotp"]);
        put("/etc/pam-otp/other.toml", b"[login]\nsurprise = 1\n", 0o644);
        let mut command = Command::new(built("pam-otp-verifier"));
        command.args(["--listen", "--config", "/etc/pam-otp/other.toml"]);
        let _service = Service::started(command);
        let code = fob.next_code();
        assert_eq!(locker_of(ALICE, &code).code, "PAM_AUTHINFO_UNAVAIL");
        assert!(log_text().contains("outcome=misconfigured"), "{}", log_text());
        fs::write("/etc/pam-otp/other.toml", "").unwrap();
        assert_eq!(locker_of(ALICE, &code).code, "PAM_SUCCESS");
    }
}
