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

    fn run(&self, what: &str) -> Output {
        let binaries = built("otpctl");
        Command::new(Path::new(ROOT).join("tools/install"))
            .arg(what)
            .env("DESTDIR", &self.0)
            .env("PREFIX", "/usr")
            .env("SECURITYDIR", "/usr/lib/test/security")
            .env("BINARIES", binaries.parent().expect("it lies in a folder"))
            .output()
            .expect("bash is there")
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
