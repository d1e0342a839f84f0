//! `make install` puts everything where it belongs, and `make uninstall` takes all of it away.

use pam_otp_tests::built;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A folder of this test, gone at its end.
struct Destination(PathBuf);

impl Destination {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pam-otp-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("there is room");
        Self(path)
    }

    fn command(&self, what: &str) -> Command {
        let binaries = built("otpctl");
        let mut command = Command::new(Path::new(ROOT).join("tools/install"));
        command
            .arg(what)
            .env("DESTDIR", &self.0)
            .env("BINARIES", binaries.parent().expect("it lies in a folder"))
            .env_remove("PREFIX")
            .env_remove("SECURITYDIR");
        command
    }

    /// As a package does it, with every folder named.
    fn run(&self, what: &str) -> Output {
        let mut command = self.command(what);
        command
            .env("PREFIX", "/usr")
            .env("SECURITYDIR", "/usr/lib/test/security");
        command.output().expect("bash is there")
    }

    /// As a person does it, with none.
    fn run_by_hand(&self, what: &str) -> Output {
        self.command(what).output().expect("bash is there")
    }

    /// Every file with its mode.
    fn files(&self) -> BTreeMap<String, u32> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("readable") {
                let path = entry.expect("readable").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let mode = fs::metadata(&path).expect("readable").permissions().mode();
                    let name = path.strip_prefix(&self.0).expect("it lies inside");
                    found.insert(name.display().to_string(), mode & 0o7777);
                }
            }
        }
        found
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn everything_is_installed_with_its_mode_and_taken_away_again() {
    let destination = Destination::new("install");
    let installed = destination.run("install");
    assert!(installed.status.success(), "{installed:?}");
    let files = destination.files();
    for (name, mode) in [
        ("usr/lib/test/security/pam_otp.so", 0o644),
        ("usr/sbin/otpctl", 0o755),
        ("usr/libexec/pam-otp-verifier", 0o755),
        ("usr/share/man/man8/pam_otp.8", 0o644),
        ("usr/share/man/man8/otpctl.8", 0o644),
        ("usr/share/man/man8/pam-otp-verifier.8", 0o644),
        ("usr/share/man/man5/otp.toml.5", 0o644),
        ("usr/lib/systemd/system/pam-otp-verifier.service", 0o644),
        ("usr/lib/systemd/system/pam-otp-verifier.socket", 0o644),
        ("usr/share/bash-completion/completions/otpctl", 0o644),
        ("usr/share/zsh/site-functions/_otpctl", 0o644),
        ("usr/share/fish/vendor_completions.d/otpctl.fish", 0o644),
        ("usr/lib/tmpfiles.d/pam-otp.conf", 0o644),
        ("usr/share/pam-configs/pam-otp", 0o644),
        (
            "etc/apparmor.d/abstractions/authentication.d/pam-otp",
            0o644,
        ),
        ("etc/fail2ban/filter.d/pam-otp.conf", 0o644),
        ("etc/logcheck/ignore.d.server/pam-otp", 0o644),
        ("etc/pam-otp/otp.toml", 0o644),
    ] {
        assert_eq!(files.get(name), Some(&mode), "{name}: {files:?}");
    }
    // A policy of the administrator's is not touched, neither now nor at the end.
    let policy = destination.0.join("etc/pam-otp/otp.toml");
    fs::write(&policy, "[login]\ntries = 2\n").expect("writable");
    assert!(destination.run("install").status.success());
    assert_eq!(
        fs::read_to_string(&policy).expect("readable"),
        "[login]\ntries = 2\n"
    );
    let removed = destination.run("uninstall");
    assert!(removed.status.success(), "{removed:?}");
    let left: Vec<String> = destination.files().into_keys().collect();
    assert_eq!(left, ["etc/pam-otp/otp.toml"]);
}

#[test]
fn by_hand_it_goes_below_usr_local_and_to_where_libpam_looks() {
    let destination = Destination::new("by-hand");
    let installed = destination.run_by_hand("install");
    assert!(installed.status.success(), "{installed:?}");
    let files = destination.files();
    let triplet = Command::new("gcc").arg("-print-multiarch").output();
    let triplet = String::from_utf8(triplet.expect("gcc is there").stdout).expect("ASCII");
    let module = format!("usr/lib/{}/security/pam_otp.so", triplet.trim());
    for name in [
        module.as_str(),
        "usr/local/sbin/otpctl",
        "usr/local/libexec/pam-otp-verifier",
        "usr/local/share/man/man8/pam_otp.8",
        "usr/local/share/doc/pam-otp/examples/pam-configs/pam-otp",
        "usr/local/share/doc/pam-otp/examples/fail2ban/filter.d/pam-otp.conf",
        "usr/local/share/doc/pam-otp/examples/selinux/pam_otp.te",
        "usr/local/share/doc/pam-otp/examples/authselect/pam-otp/system-auth",
        "etc/systemd/system/pam-otp-verifier.socket",
        "etc/tmpfiles.d/pam-otp.conf",
    ] {
        assert!(files.contains_key(name), "{name}: {files:?}");
    }
    let unit = destination
        .0
        .join("etc/systemd/system/pam-otp-verifier.service");
    let unit = fs::read_to_string(unit).expect("readable");
    assert!(unit.contains("ExecStart=/usr/local/libexec/pam-otp-verifier"));
    // What only a distribution may write: nothing beside the documents reads it.
    assert!(!files.keys().any(|name| name.starts_with("etc/fail2ban")));
    assert!(destination.run_by_hand("uninstall").status.success());
    let left: Vec<String> = destination.files().into_keys().collect();
    assert_eq!(left, ["etc/pam-otp/otp.toml"]);
}

#[test]
fn nothing_is_taken_away_while_a_login_needs_it() {
    let destination = Destination::new("uninstall");
    assert!(destination.run("install").status.success());
    let before = destination.files();
    let services = destination.0.join("etc/pam.d");
    fs::create_dir_all(&services).expect("writable");
    fs::write(services.join("sudo"), "auth required pam_otp.so\n").expect("writable");
    let refused = destination.run("uninstall");
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("etc/pam.d/sudo"),
        "{refused:?}"
    );
    let mut after = destination.files();
    after.remove("etc/pam.d/sudo");
    assert_eq!(after, before);
    // A remark calls nothing.
    fs::write(services.join("sudo"), "# auth required pam_otp.so\n").expect("writable");
    assert!(destination.run("uninstall").status.success());
}
