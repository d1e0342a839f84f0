//! Does the time of a refusal tell why? Every kind of refusal beside a second run of the same
//! kind, which shows how much equal things differ on this machine at this moment.

use crate::cases::generator;
use crate::{pam, stack, store};
use otp_core::MovingFactor;
use std::ffi::{CStr, CString};
use std::time::Duration;

/// Who answers what. The password is asked in the first service only.
struct Kind {
    name: &'static str,
    user: &'static CStr,
    password: &'static CStr,
    code_is_right: bool,
}

const fn kind(
    name: &'static str,
    user: &'static CStr,
    password: &'static CStr,
    code_is_right: bool,
) -> Kind {
    Kind {
        name,
        user,
        password,
        code_is_right,
    }
}

/// The first two are the same: what differs between them is noise.
const WITH_PASSWORD: [Kind; 6] = [
    kind("wrong code", c"alice", c"wonderland", false),
    kind("wrong code, once more", c"alice", c"wonderland", false),
    kind("wrong password", c"alice", c"rabbit", true),
    kind("both wrong", c"alice", c"rabbit", false),
    kind("not enrolled", c"bob", c"wonderland", false),
    kind("unknown user", c"mallory", c"wonderland", false),
];
const CODE_ONLY: [Kind; 4] = [
    kind("wrong code", c"alice", c"", false),
    kind("wrong code, once more", c"alice", c"", false),
    kind("not enrolled", c"bob", c"", false),
    kind("unknown user", c"mallory", c"", false),
];

/// Above this part of the time itself, noise hides whatever there is to be seen.
const MOST_NOISE: f64 = 0.1;

/// Prints both tables. So many runs, each of so many tries of each kind.
pub fn print(module: &str, runs: usize) {
    store::make("shape", 1, store::Kind::Hotp);
    let policy = "store = \"/bench/shape\"\n[login]\nfailure_delay_milliseconds = 0\n";
    std::fs::write("/bench/shape.toml", policy).expect("writable");
    let line = format!("auth required {module} config=/bench/shape.toml");
    stack("shape-both", &format!("{line} password=verify"));
    stack("shape-code", &line);
    let mut device = Device(0);
    device.log_in();
    println!("\nWhat the time of a refusal tells (median of each kind, beside a wrong code)");
    table(
        "password and code (verify)",
        c"shape-both",
        &WITH_PASSWORD,
        &mut device,
        (runs, 10),
    );
    table(
        "code only (stack)",
        c"shape-code",
        &CODE_ONLY,
        &mut device,
        (runs, 60),
    );
}

/// Alice's fob. After each charged refusal she logs in once, so that she need never wait.
struct Device(u64);

impl Device {
    fn code(&self) -> CString {
        let code = generator().code(MovingFactor(self.0)).expose_digits();
        CString::new(code.as_str()).expect("digits")
    }

    fn log_in(&mut self) {
        pam::log_in(c"shape-code", c"alice", &self.code());
        self.0 += 1;
    }
}

fn table(
    title: &str,
    service: &CStr,
    kinds: &[Kind],
    device: &mut Device,
    (runs, tries): (usize, usize),
) {
    // The median of each kind in each run, microseconds.
    let mut medians = vec![Vec::new(); kinds.len()];
    for _ in 0..runs {
        let mut taken = vec![Vec::new(); kinds.len()];
        for _ in 0..tries {
            for (kind, taken) in kinds.iter().zip(&mut taken) {
                let code = match kind.code_is_right {
                    true => device.code(),
                    false => c"000000".into(),
                };
                let answers: &[&CStr] = match service == c"shape-both" {
                    true => &[kind.password, &code],
                    false => &[&code],
                };
                taken.push(pam::refused(service, kind.user, answers));
                device.log_in();
            }
        }
        for (medians, taken) in medians.iter_mut().zip(taken) {
            medians.push(median(taken));
        }
    }
    let beside_first = |place: usize| -> Vec<f64> {
        let pairs = medians[place].iter().zip(&medians[0]);
        pairs.map(|(one, first)| one - first).collect()
    };
    // As far as equal things were apart in any run.
    let noise = beside_first(1)
        .iter()
        .fold(0.0, |most: f64, one| most.max(one.abs()));
    println!("\n{title:40} difference, µs   noise, µs");
    for (place, kind) in kinds.iter().enumerate() {
        // The one in the middle: a burst of other work on this machine shall not decide.
        let mut all = beside_first(place);
        all.sort_by(f64::total_cmp);
        let middle = all[all.len() / 2];
        let verdict = match middle.abs() <= noise {
            true => "within the noise",
            false => "TELLS",
        };
        println!("{:40} {middle:+14.1} {noise:11.1}   {verdict}", kind.name);
    }
    let mut usual = medians[0].clone();
    usual.sort_by(f64::total_cmp);
    let usual = usual[usual.len() / 2];
    println!("{:40} {usual:14.1} µs each time", "a wrong code takes");
    if noise > usual * MOST_NOISE {
        println!(
            "This machine is too busy for this table: equal things differ too much. Run it again."
        );
    }
}

fn median(mut taken: Vec<Duration>) -> f64 {
    taken.sort_unstable();
    taken[taken.len() / 2].as_secs_f64() * 1e6
}
