//! Starting over with a damaged account: there is nothing to keep, but the door stays shut.

use crate::scene::{NEW_SECRET, Scene};
use crate::step::{Fault, Step};
use crate::strace::{otpctl_with, steps_of_otpctl, works};
use pam_otp_tests::{Login, sandboxed};

const CALLS: &str = "openat2,write,pwrite64,fsync,fdatasync,renameat,unlinkat,mkdirat,fchmod";
const RESET: [&str; 6] = [
    "reset",
    "alice",
    "--yes",
    "--uri-only",
    "--secret-stdin",
    "--hotp",
];

/// Damages a file of alice's and lets every step of a reset go wrong, on a machine where
/// those without an account log in with the password alone.
fn never_open_while_rolling_out(fault: Fault, damage: fn()) {
    if !works() {
        return;
    }
    let scene = Scene::with_alice();
    scene
        .machine
        .policy("[login]\nfailure_delay_milliseconds = 0\nunenrolled = \"ignore\"\n");
    damage();
    let scene = scene.begins_here();
    let input = format!("{NEW_SECRET}\n");
    let steps = steps_of_otpctl(CALLS, &RESET, &input);
    let mut open = Vec::new();
    let changing = |step: &&Step| step.changes_something() && !step.is_for_the_terminal();
    for step in steps.iter().filter(changing) {
        scene.again();
        otpctl_with(fault, step, &RESET, &input);
        scene.status_makes_sense();
        let stranger = Login::new("door", "alice")
            .answers(&["wonderland", "111111"])
            .run();
        if stranger.code != "PAM_AUTH_ERR" && stranger.code != "PAM_AUTHINFO_UNAVAIL" {
            open.push((&step.line, stranger.code));
        }
        // The way back is another reset, or, if that finds nothing, a new enrolment.
        let reset = ["reset", "alice", "--yes", "--uri-only"];
        let enrol = ["enroll", "alice", "--pending", "--uri-only"];
        let ways = [reset.as_slice(), enrol.as_slice()];
        let back = ways.map(|way| scene.machine.otpctl(way).status.success());
        assert!(back.contains(&true), "no way back after {step:?}");
    }
    assert!(
        open.is_empty(),
        "{fault:?} here, and the password alone opens the door: {open:#?}"
    );
}

fn damage_the_account() {
    std::fs::write("/var/lib/pam-otp/account/alice", "oops").unwrap();
}

fn damage_the_state() {
    std::fs::write("/var/lib/pam-otp/state/alice", "oops").unwrap();
}

fn remove_the_state() {
    std::fs::remove_file("/var/lib/pam-otp/state/alice").unwrap();
}

sandboxed! {
    fn a_reset_of_a_damaged_account_killed_at_any_step_does_not_open_the_door() {
        never_open_while_rolling_out(Fault::Kill, damage_the_account);
    }

    fn a_reset_of_a_damaged_state_killed_at_any_step_does_not_open_the_door() {
        never_open_while_rolling_out(Fault::Kill, damage_the_state);
    }

    fn a_reset_of_an_account_without_state_killed_at_any_step_does_not_open_the_door() {
        never_open_while_rolling_out(Fault::Kill, remove_the_state);
    }

    fn a_reset_of_a_damaged_account_on_a_full_disk_does_not_open_the_door() {
        never_open_while_rolling_out(Fault::Error("ENOSPC"), damage_the_account);
    }

    fn a_reset_of_a_damaged_state_on_a_full_disk_does_not_open_the_door() {
        never_open_while_rolling_out(Fault::Error("ENOSPC"), damage_the_state);
    }
}
