//! Furnishing the private machine: users, stacks, policy, and the built programs.

use crate::{Device, Login, device_of};
use std::ffi::{CStr, CString};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A program or module of this checkout, built by the same cargo run as this test.
///
/// # Panics
///
/// If it is not there; `make test` builds everything first.
pub fn built(name: &str) -> PathBuf {
    let exe = std::env::current_exe().expect("this test has a program");
    let deps = exe.parent().expect("which lies in a folder");
    let beside = deps.parent().map(|folder| folder.join(name));
    let candidates = [Some(deps.join(name)), beside];
    let found = candidates.into_iter().flatten().find(|path| path.exists());
    found.unwrap_or_else(|| panic!("{name} is not built; run: make test"))
}

/// The private machine that the test runs in.
pub struct Machine {
    next_uid: std::cell::Cell<u32>,
}

impl Machine {
    /// A machine with one user, `alice`, password `wonderland`, and a policy that does not
    /// hold refusals back (a test would only wait).
    pub fn with_alice() -> Self {
        let machine = Self {
            next_uid: std::cell::Cell::new(1000),
        };
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n");
        machine.add_user("alice", "wonderland");
        machine
    }

    /// Adds a user to /etc/passwd and /etc/shadow.
    pub fn add_user(&self, name: &str, password: &str) -> u32 {
        let uid = self.next_uid.get();
        self.next_uid.set(uid + 1);
        let hash = sha512_crypt(password);
        append(
            "/etc/passwd",
            &format!("{name}:x:{uid}:{uid}::/home/{name}:/bin/sh\n"),
        );
        append("/etc/group", &format!("{name}:x:{uid}:\n"));
        append(
            "/etc/shadow",
            &format!("{name}:{hash}:19000:0:99999:7:::\n"),
        );
        uid
    }

    /// Writes /etc/pam-otp/otp.toml.
    pub fn policy(&self, text: &str) {
        fs::create_dir_all("/etc/pam-otp").expect("the sandbox's /etc is writable");
        fs::write("/etc/pam-otp/otp.toml", text).expect("the sandbox's /etc is writable");
    }

    /// Writes the stack of a service; `{otp}` becomes the path of the built module, and
    /// `{panicking}` that of the one that panics.
    pub fn stack(&self, service: &str, lines: &str) {
        let text = lines.replace("{otp}", &built("libpam_otp.so").display().to_string());
        let text = if text.contains("{panicking}") {
            let path = built("libpanicking_module.so").display().to_string();
            text.replace("{panicking}", &path)
        } else {
            text
        };
        fs::write(format!("/etc/pam.d/{service}"), text).expect("/etc/pam.d is writable");
    }

    /// The stack that this project recommends for a password checked by pam_unix.
    pub fn ordinary_stack(&self, service: &str) {
        self.stack(
            service,
            "auth requisite pam_unix.so\nauth required {otp}\naccount required pam_permit.so\n\
             session required {otp}\n",
        );
    }

    /// A stack of one line: pam_otp asks for the code only.
    pub fn code_only_stack(&self, service: &str) {
        self.stack(service, "auth required {otp}\n");
    }

    /// A stack of one line: pam_otp asks for password and code.
    pub fn verify_stack(&self, service: &str) {
        self.stack(service, "auth required {otp} password=verify\n");
    }

    /// Runs the built `otpctl`.
    pub fn otpctl(&self, arguments: &[&str]) -> Output {
        self.otpctl_with_input(arguments, "")
    }

    /// Runs the built `otpctl` with something on standard input.
    pub fn otpctl_with_input(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(built("otpctl"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("otpctl can be started");
        let mut stdin = child.stdin.take().expect("it was piped");
        // It may have refused already and closed its end.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("otpctl ends")
    }

    /// Runs `otpctl` and insists on success; returns what it printed.
    pub fn otpctl_ok(&self, arguments: &[&str]) -> String {
        let output = self.otpctl(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "otpctl {arguments:?}: {said}{complained}"
        );
        said
    }

    /// The failures in a row that are charged to a user.
    ///
    /// # Panics
    ///
    /// If the user is not enrolled.
    pub fn failures_of(&self, user: &str) -> u64 {
        let report = self.otpctl_ok(&["status", user, "--json"]);
        let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        let failures = &report["accounts"][0]["consecutive_failures"];
        failures.as_u64().expect("a number")
    }

    /// Enrols a user with `otpctl enroll --pending` and hands over the device.
    pub fn enrol_pending(&self, user: &str, more: &[&str]) -> Device {
        let arguments = [&["enroll", user, "--pending", "--uri-only"], more].concat();
        device_of(&self.otpctl_ok(&arguments))
    }

    /// Enrols a user and activates the account by a first login. The device's next code is
    /// one that has not been used.
    pub fn enrol(&self, user: &str, more: &[&str]) -> Device {
        let mut device = self.enrol_pending(user, more);
        self.stack("activation", "auth required {otp}\n");
        let first = device.next_code();
        let result = Login::new("activation", user).answers(&[&first]).run();
        assert_eq!(result.code, "PAM_SUCCESS", "activation: {result:?}");
        device
    }
}

fn append(path: &str, line: &str) {
    let mut file = fs::OpenOptions::new()
        .append(true)
        .mode(0o600)
        .open(path)
        .expect("the sandbox's /etc is writable");
    file.write_all(line.as_bytes()).expect("and has room");
}

#[link(name = "crypt")]
unsafe extern "C" {
    fn crypt(phrase: *const libc::c_char, setting: *const libc::c_char) -> *mut libc::c_char;
}

/// A password hash that is quick to check, for tests that are not about passwords.
fn sha512_crypt(password: &str) -> String {
    let password = CString::new(password).expect("no NUL in a password");
    // SAFETY: two C strings; tests hash in one thread.
    let hash = unsafe { crypt(password.as_ptr(), c"$6$rounds=1000$pamotptests".as_ptr()) };
    assert!(!hash.is_null());
    // SAFETY: not null, so a C string in crypt's own buffer, copied before the next call.
    let hash = unsafe { CStr::from_ptr(hash) };
    hash.to_str().expect("hashes are ASCII").into()
}

/// Makes a file with this content and mode.
pub fn put(path: impl AsRef<Path>, content: &[u8], mode: u32) {
    fs::write(&path, content).expect("writable");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("changeable");
}
