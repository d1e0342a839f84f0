//! The table: median, 99th percentile, and the ratios that are promised.

use crate::{cases, floor, loading};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

/// All measured times, by case.
pub struct Samples(BTreeMap<&'static str, Vec<Duration>>);

impl Samples {
    pub fn new() -> Self {
        Self(BTreeMap::new())
    }

    pub fn add(&mut self, name: &'static str, taken: Duration) {
        self.0.entry(name).or_default().push(taken);
    }

    /// The time below which so many per cent of the samples lie, in microseconds.
    fn percentile(&self, name: &str, percent: usize) -> f64 {
        let mut times = self.0.get(name).expect("it was measured").clone();
        times.sort_unstable();
        let place = (times.len() - 1) * percent / 100;
        times[place].as_secs_f64() * 1e6
    }

    fn median(&self, name: &str) -> f64 {
        self.percentile(name, 50)
    }
}

/// Prints everything.
pub fn print(samples: &Samples, effort: &str) {
    println!("\n{}", machine());
    println!("{effort}\n");
    println!("{:44} {:>12} {:>12}", "", "median, µs", "p99, µs");
    let rows = [
        floor::IN_PLACE,
        floor::REPLACE,
        cases::PERMIT,
        cases::OURS,
        cases::OURS_MANY,
        cases::OURS_TOTP,
        cases::GOOGLE,
        cases::GOOGLE_TOTP,
        cases::OATH,
        cases::OATH_MANY,
        "permit, fresh process",
        "pam_otp, fresh process",
        "google, fresh process",
        "pam_oath, fresh process",
        loading::OURS,
        loading::GOOGLE,
        loading::OATH,
        loading::UNIX,
    ];
    for name in rows {
        let (median, late) = (samples.median(name), samples.percentile(name, 99));
        println!("{name:44} {median:12.1} {late:12.1}");
    }
    println!(
        "\n{:52} {:>9} {:>9}",
        "ratio of the medians", "measured", "at most"
    );
    let ratio = |over: &str, under: &str| samples.median(over) / samples.median(under);
    promise(
        "HOTP login / google-authenticator",
        ratio(cases::OURS, cases::GOOGLE),
        0.5,
    );
    promise(
        "TOTP login / google-authenticator",
        ratio(cases::OURS_TOTP, cases::GOOGLE_TOTP),
        0.5,
    );
    promise(
        "HOTP login / the file system's floor",
        ratio(cases::OURS, floor::IN_PLACE),
        1.6,
    );
    promise(
        "many accounts / one account",
        ratio(cases::OURS_MANY, cases::OURS),
        1.05,
    );
    promise(
        "fresh process / google-authenticator",
        ratio("pam_otp, fresh process", "google, fresh process"),
        0.8,
    );
    promise(
        "dlopen / google-authenticator",
        ratio(loading::OURS, loading::GOOGLE),
        2.0,
    );
    let libpam = samples.median(cases::PERMIT);
    let record = samples.median(floor::IN_PLACE);
    println!(
        "{:52} {:9.2}",
        "HOTP login less pam_permit's / floor",
        (samples.median(cases::OURS) - libpam) / record
    );
    // What no module could be better than, one that computes nothing and keeps a record.
    println!(
        "{:52} {:9.2}",
        "pam_permit and the floor / floor",
        (libpam + record) / record
    );
    println!(
        "{:52} {:9.2}",
        "fresh pam_permit and the floor / google, fresh",
        (samples.median("permit, fresh process") + record)
            / samples.median("google, fresh process")
    );
    println!(
        "{:52} {:9.2}",
        "HOTP login / pam_oath, 1 user",
        ratio(cases::OURS, cases::OATH)
    );
    println!(
        "{:52} {:9.4}",
        "HOTP login / pam_oath, many users",
        ratio(cases::OURS_MANY, cases::OATH_MANY)
    );
}

fn promise(what: &str, measured: f64, at_most: f64) {
    let verdict = if measured <= at_most { "ok" } else { "NOT MET" };
    println!("{what:52} {measured:9.2} {at_most:9.2}  {verdict}");
}

/// Kernel and file system.
fn machine() -> String {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
    };
    let kernel = said("uname", &["-srm"]).unwrap_or_default();
    let disk = said("findmnt", &["-no", "FSTYPE,OPTIONS", "-T", "/bench"]).unwrap_or_default();
    format!("{kernel}, state on {disk}")
}
