//! The thing alice holds: computes codes with `oathtool`, which is not ours.

use otp_core::{HashAlgorithm, KeyUri, KeyUriKind, base32};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// An app or a fob.
pub struct Device {
    uri: KeyUri,
    /// HOTP: the next counter. TOTP: steps from now for the next code.
    next: i64,
}

/// The clock, seconds since 1970.
///
/// # Panics
///
/// Before 1970.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_secs()
}

/// The device that scans a key URI, as `otpctl enroll --uri-only` prints it.
///
/// # Panics
///
/// If there is none in the text.
pub fn device_of(text: &str) -> Device {
    let line = text.lines().find(|line| line.starts_with("otpauth://"));
    let line = line.unwrap_or_else(|| panic!("no key URI in: {text}"));
    let uri = KeyUri::parse(line, true).expect("otpctl prints what we can read");
    let next = match uri.kind {
        // The first code of the past step, so that a test has three fresh codes in a row
        // without waiting for the clock.
        KeyUriKind::Totp { .. } => -1,
        KeyUriKind::Hotp { counter } => i64::try_from(counter.0).expect("small"),
    };
    Device { uri, next }
}

impl Device {
    /// A code that has not been handed out before. TOTP devices have three of them at any
    /// time (the past step, this one, the next); HOTP devices as many as one likes.
    pub fn next_code(&mut self) -> String {
        let place = self.next;
        self.next += 1;
        self.code_at(place)
    }

    /// Takes back the code that was handed out last: it has not been used up.
    pub fn give_back(&mut self) {
        self.next -= 1;
    }

    /// TOTP: the code at a time, seconds since 1970.
    ///
    /// # Panics
    ///
    /// For HOTP devices, which have no clock.
    pub fn code_at_time(&self, unix_seconds: u64) -> String {
        let KeyUriKind::Totp { time_step } = self.uri.kind else {
            panic!("a fob has no clock");
        };
        self.compute(&[
            &format!("--totp={}", self.uri.algorithm.as_str()),
            &format!("--time-step-size={}s", time_step.seconds()),
            &format!("--now=@{unix_seconds}"),
        ])
    }

    /// HOTP: the code of a counter. TOTP: the code so many steps from now.
    pub fn code_at(&self, place: i64) -> String {
        match self.uri.kind {
            KeyUriKind::Totp { time_step } => {
                let away = place * i64::from(time_step.seconds());
                self.code_at_time(now().saturating_add_signed(away))
            }
            KeyUriKind::Hotp { .. } if self.uri.algorithm == HashAlgorithm::Sha1 => {
                self.compute(&["--hotp", &format!("--counter={place}")])
            }
            // Other hashes it knows for TOTP only: the same, with a step of a second.
            KeyUriKind::Hotp { .. } => self.compute(&[
                &format!("--totp={}", self.uri.algorithm.as_str()),
                "--time-step-size=1s",
                &format!("--now=@{place}"),
            ]),
        }
    }

    fn compute(&self, arguments: &[&str]) -> String {
        let secret = base32(self.uri.secret.expose_bytes());
        let output = Command::new("oathtool")
            .args(["--base32", &format!("--digits={}", self.uri.digits.get())])
            .args(arguments)
            .arg(&*secret)
            .output()
            .expect("oathtool is installed");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout)
            .expect("digits")
            .trim()
            .into()
    }

    /// A code that is wrong now, and as long as a right one.
    pub fn wrong_code(&self) -> String {
        let near: Vec<String> = (-15..=15)
            .map(|place| self.code_at(self.next.max(15) + place))
            .collect();
        let digits = usize::from(self.uri.digits.get());
        (0..)
            .map(|number| format!("{number:0digits$}"))
            .find(|code| !near.contains(code))
            .expect("there are a million")
    }
}
