//! A server on 127.0.0.1:2222 and a client, both OpenSSH's.

use pam_otp_tests::{Pty, put};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

const LOG: &str = "/var/log/sshd.log";

/// What the examples say about sshd_config.
pub(crate) const CODES: &str = "KbdInteractiveAuthentication yes\nPasswordAuthentication no\n";

/// What administrators may leave as it was, by mistake.
pub(crate) const PASSWORDS: &str = "KbdInteractiveAuthentication yes\nPasswordAuthentication yes\n";

/// The server. It ends with the test.
pub(crate) struct Sshd(Child);

impl Sshd {
    /// Starts a server with these lines in its configuration, and waits until it listens.
    pub(crate) fn start(lines: &str) -> Self {
        add_line(
            "/etc/passwd",
            "sshd:x:101:65534::/run/sshd:/usr/sbin/nologin",
        );
        for folder in ["/run/sshd", "/etc/ssh"] {
            fs::create_dir(folder).unwrap();
        }
        make_key("/etc/ssh/host_key");
        let public = fs::read_to_string("/etc/ssh/host_key.pub").unwrap();
        add_line(
            "/etc/ssh/known_hosts",
            &format!("[127.0.0.1]:2222 {public}"),
        );
        let configuration = format!(
            "ListenAddress 127.0.0.1\nPort 2222\nHostKey /etc/ssh/host_key\nUsePAM yes\n\
             Subsystem sftp internal-sftp\nMaxStartups 100\n{lines}"
        );
        fs::write("/etc/ssh/sshd_config", configuration).unwrap();
        let server = Command::new("/usr/sbin/sshd")
            .args(["-D", "-E", LOG])
            .spawn()
            .expect("openssh-server is installed");
        let server = Self(server);
        server.waits_to_say("Server listening on 127.0.0.1 port 2222");
        server
    }

    /// Waits until the server has written a text to its log.
    pub(crate) fn waits_to_say(&self, text: &str) {
        let start = Instant::now();
        while !Self::log().contains(text) {
            let patience = start.elapsed() < Duration::from_secs(30);
            assert!(patience, "no {text:?} in: {}", Self::log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What sshd has written to its own log.
    pub(crate) fn log() -> String {
        fs::read_to_string(LOG).unwrap_or_default()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A client of this server, `ssh` or `sftp`, that asks once and is silent otherwise.
pub(crate) fn client(program: &str, options: &[&str]) -> Command {
    let mut command = Command::new(program);
    let always = [
        "Port=2222",
        "UserKnownHostsFile=/etc/ssh/known_hosts",
        "NumberOfPasswordPrompts=1",
    ];
    command.args(["-F", "none"]);
    for option in always.iter().rev().chain(options).rev() {
        // The first value of an option counts.
        command.args(["-o", option]);
    }
    command
}

/// `ssh USER@127.0.0.1 COMMAND` at a terminal.
pub(crate) fn ssh(user: &str, options: &[&str], remote: &str) -> Pty {
    let mut command = client("ssh", options);
    command.arg(format!("{user}@127.0.0.1"));
    if !remote.is_empty() {
        command.arg(remote);
    }
    Pty::start(command)
}

/// A login that answers these questions, and what the person saw; the name is replaced, so
/// that screens can be compared. The command is `echo inside`.
pub(crate) fn tries(user: &str, options: &[&str], dialogue: &[(&str, &str)]) -> String {
    let mut client = ssh(user, options, "echo inside");
    for (question, answer) in dialogue {
        client.answer(question, answer);
    }
    let ended = client.ends();
    let inside = ended.screen.contains("inside");
    assert_eq!(ended.status.success(), inside, "{}", ended.screen);
    // ssh ends its lines in several ways.
    ended.screen.replace(user, "USER").replace('\r', "")
}

/// A key without a passphrase.
pub(crate) fn make_key(path: &str) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f", path])
        .status();
    assert!(made.expect("openssh-client is installed").success());
}

/// Lets whoever holds root's new key in as this user.
pub(crate) fn authorize(user: &str, uid: u32) {
    let folder = format!("/home/{user}/.ssh");
    let keys = format!("{folder}/authorized_keys");
    fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
    make_key("/root/key");
    put(&keys, &fs::read("/root/key.pub").unwrap(), 0o600);
    for path in [folder, keys] {
        chown(path, Some(uid), Some(uid)).unwrap();
    }
}

fn add_line(path: &str, line: &str) {
    let file = OpenOptions::new().append(true).create(true).open(path);
    writeln!(file.unwrap(), "{}", line.trim_end()).unwrap();
}
