//! How long does a login take, beside the peers, in one run on one disk?
//!
//! Everything is a ratio: absolute times hold for one disk and one moment. All cases take
//! turns in small batches, so that noise of the machine hits them alike. Every measured
//! login is checked to have succeeded; a benchmark of refusals would be worth nothing.
//!
//! Started by `tests/bench/run`. Begin with `cases.rs`.

mod cases;
mod clock;
mod commands;
mod crowd;
mod floor;
mod loading;
mod pam;
mod report;
mod shape;
mod store;

use report::Samples;
use std::path::PathBuf;

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    batch: usize,
    processes: usize,
    accounts: usize,
    users: usize,
    runs: usize,
}

const FULL: Effort = Effort {
    rounds: 40,
    batch: 25,
    processes: 200,
    accounts: 100_000,
    users: 10_000,
    runs: 12,
};
const QUICK: Effort = Effort {
    rounds: 20,
    batch: 10,
    processes: 25,
    accounts: 2_000,
    users: 1_000,
    runs: 4,
};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (module, effort) = match words.as_slice() {
        [module] => (module, FULL),
        [module, quick] if quick == "--quick" => (module, QUICK),
        [module, shape] if shape == "--shape" => {
            let _log = clock::drain_the_log();
            return shape::print(module, FULL.runs);
        }
        _ => panic!("usage: pam-otp-bench PATH-OF-pam_otp.so [--quick | --shape]"),
    };
    let module = PathBuf::from(module);
    let _log = clock::drain_the_log();

    println!("Preparing {} accounts ...", effort.accounts);
    let mut cases = cases::prepare(&module, effort.accounts);
    let mut floors = floor::prepare();
    let mut samples = Samples::new();
    // Before the first login: afterwards this process, and so its children, would have some of
    // the modules loaded.
    for _ in 0..effort.processes {
        for (name, path) in loading::modules(&module) {
            samples.add(name, loading::dlopen(&path));
        }
    }
    // Once unmeasured, so that files are in memory for everybody.
    for case in &mut cases {
        case.log_in();
    }
    for _ in 0..effort.rounds {
        for case in &mut cases {
            for _ in 0..effort.batch {
                let taken = case.log_in();
                samples.add(case.name, taken);
            }
        }
        for floor in &mut floors {
            for _ in 0..effort.batch {
                // So that processor and disk are in the state in which a login finds them:
                // back to back, the same writes are a third faster.
                pam::log_in(c"permit", c"alice", c"0");
                let taken = floor.write();
                samples.add(floor.name, taken);
            }
        }
    }
    for _ in 0..effort.processes {
        for case in cases.iter_mut().filter(|case| case.measured_fresh) {
            let taken = loading::fresh_process(case);
            samples.add(case.fresh_name, taken);
        }
    }
    report::print(&samples, &effort_in_words(effort));
    crowd::print(effort.batch);
    shape::print(&module.display().to_string(), effort.runs);
    // Last: it makes the user database long, and looking somebody up slow for everything.
    commands::print(&module, effort.users, effort.accounts);
}

fn effort_in_words(effort: Effort) -> String {
    let Effort {
        rounds,
        batch,
        processes,
        accounts,
        ..
    } = effort;
    format!(
        "{} logins a case in {rounds} turns, {processes} fresh processes, {accounts} accounts",
        rounds * batch
    )
}

/// A service with its stack of one line.
fn stack(service: &str, line: &str) {
    std::fs::create_dir_all("/bench/pam.d").expect("the disk is writable");
    // libpam reads it at each start; an empty one loads nothing.
    std::fs::write("/bench/pam.d/other", "# nothing\n").expect("the disk is writable");
    let path = format!("/bench/pam.d/{service}");
    std::fs::write(path, format!("{line}\n")).expect("the disk is writable");
}
