//! The modules that are compared, each with its files, and how to log in once more.

use crate::{clock, pam, stack, store};
use otp_core::{
    CodeGenerator, Digits, HashAlgorithm, MovingFactor, Secret, TimeStep, UnixTime, base32,
    hexadecimal, step_number,
};
use std::ffi::CString;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

pub const OURS: &str = "pam_otp HOTP";
pub const OURS_TOTP: &str = "pam_otp TOTP";
pub const OURS_MANY: &str = "pam_otp HOTP, many accounts";
pub const GOOGLE: &str = "google-authenticator HOTP";
pub const GOOGLE_TOTP: &str = "google-authenticator TOTP, DISALLOW_REUSE";
pub const OATH: &str = "pam_oath HOTP, 1 user";
pub const OATH_MANY: &str = "pam_oath HOTP, many users";
pub const PERMIT: &str = "pam_permit (libpam alone)";

/// A way to log in again and again.
pub struct Case {
    pub name: &'static str,
    pub fresh_name: &'static str,
    pub measured_fresh: bool,
    service: CString,
    codes: Codes,
}

enum Codes {
    Counter(CodeGenerator, u64),
    Clock(CodeGenerator),
    None,
}

impl Case {
    fn new(name: &'static str, service: &str, codes: Codes) -> Self {
        Self {
            name,
            fresh_name: "",
            measured_fresh: false,
            service: CString::new(service).expect("no NUL"),
            codes,
        }
    }

    fn fresh(mut self, name: &'static str) -> Self {
        self.fresh_name = name;
        self.measured_fresh = true;
        self
    }

    /// One measured login of alice.
    pub fn log_in(&mut self) -> Duration {
        let code = self.next_code();
        pam::log_in(&self.service, c"alice", &code)
    }

    pub fn service(&self) -> &str {
        self.service.to_str().unwrap_or_default()
    }

    /// A code that has not been used.
    pub fn next_code(&mut self) -> CString {
        let code = match &mut self.codes {
            Codes::Counter(generator, counter) => {
                let code = generator.code(MovingFactor(*counter));
                *counter += 1;
                code.expose_digits().to_string()
            }
            Codes::Clock(generator) => {
                clock::advance(30);
                let now = UnixTime(clock::now());
                let step = step_number(now, UnixTime(0), TimeStep::THIRTY_SECONDS);
                let code = generator.code(step.expect("after 1970"));
                code.expose_digits().to_string()
            }
            Codes::None => "000000".into(),
        };
        CString::new(code).expect("digits")
    }
}

pub fn secret() -> Secret {
    Secret::new(b"12345678901234567890".to_vec().into()).expect("20 bytes")
}

pub fn generator() -> CodeGenerator {
    CodeGenerator::new(&secret(), HashAlgorithm::Sha1, Digits::SIX)
}

/// All cases, ready to log in.
pub fn prepare(module: &Path, accounts: usize) -> Vec<Case> {
    let module = module.display();
    let own = |service: &str, folder: &str| {
        let policy = format!("/bench/{folder}.toml");
        fs::write(&policy, format!("store = \"/bench/{folder}\"\n")).expect("writable");
        stack(service, &format!("auth required {module} config={policy}"));
    };
    // As installed: the usual place, and no policy file.
    store::make("one", 1, store::Kind::Hotp);
    stack("own", &format!("auth required {module}"));
    store::make("clock", 1, store::Kind::Totp);
    own("own-totp", "clock");
    store::make("many", accounts, store::Kind::Hotp);
    own("own-many", "many");
    google("google", "alice", "\" HOTP_COUNTER 1\n");
    google(
        "google-totp",
        "alice-totp",
        "\" DISALLOW_REUSE\n\" TOTP_AUTH\n",
    );
    oath("oath", 1);
    oath("oath-many", accounts);
    stack("permit", "auth required pam_permit.so");

    let counter = |first| Codes::Counter(generator(), first);
    vec![
        Case::new(PERMIT, "permit", Codes::None).fresh("permit, fresh process"),
        Case::new(OURS, "own", counter(0)).fresh("pam_otp, fresh process"),
        Case::new(OURS_MANY, "own-many", counter(0)),
        Case::new(OURS_TOTP, "own-totp", Codes::Clock(generator())),
        Case::new(GOOGLE, "google", counter(1)).fresh("google, fresh process"),
        Case::new(GOOGLE_TOTP, "google-totp", Codes::Clock(generator())),
        Case::new(OATH, "oath", counter(0)).fresh("pam_oath, fresh process"),
        Case::new(OATH_MANY, "oath-many", counter(0)),
    ]
}

/// A secret file of google-authenticator, owned by root.
pub fn google(service: &str, file: &str, options: &str) {
    fs::create_dir_all("/bench/google").expect("writable");
    let path = format!("/bench/google/{file}");
    let text = format!("{}\n{options}", *base32(secret().expose_bytes()));
    fs::write(&path, text).expect("writable");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("changeable");
    let line = format!("auth required pam_google_authenticator.so secret={path} user=root");
    stack(service, &line);
}

/// A users file of pam_oath; alice is the last of so many users.
pub fn oath(service: &str, users: usize) {
    let secret = hexadecimal(secret().expose_bytes());
    let mut text = String::new();
    for number in 1..users {
        let _ = writeln!(text, "HOTP\tuser{number}\t-\t{}", *secret);
    }
    let _ = writeln!(text, "HOTP\talice\t-\t{}", *secret);
    fs::create_dir_all(format!("/bench/{service}")).expect("writable");
    let path = format!("/bench/{service}/users.oath");
    fs::write(&path, text).expect("writable");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("changeable");
    stack(
        service,
        &format!("auth required pam_oath.so usersfile={path} window=20 digits=6"),
    );
}
