//! A command that meets an error says so and leaves the old account as it was.

use crate::commands::named;
use crate::door::Door;
use crate::scene::is_an_error_in_two_parts;
use crate::step::{Fault, Step};
use crate::strace::{otpctl_with, steps_of_otpctl, works};
use pam_otp_tests::sandboxed;

const CALLS: &str = "openat2,write,pwrite64,fsync,fdatasync,renameat,unlinkat,mkdirat,syncfs";

/// What a disk would answer to a call that changes something.
fn error_of(step: &Step) -> &'static str {
    match step.call.as_str() {
        "write" | "pwrite64" | "openat2" | "mkdirat" => "ENOSPC",
        _ => "EIO",
    }
}

/// Lets each changing step fail; what is wrong is collected, so that all of it is seen.
fn fails_at_every_step(name: &str) {
    if !works() {
        return;
    }
    let trial = named(name);
    let scene = (trial.scene)();
    let steps = steps_of_otpctl(CALLS, trial.arguments, &trial.input);
    let changing = |step: &&Step| step.changes_something() && !step.is_for_the_terminal();
    let mut faults = String::new();
    for step in steps.iter().filter(changing) {
        scene.again();
        let fault = Fault::Error(error_of(step));
        let output = otpctl_with(fault, step, trial.arguments, &trial.input);
        let stderr = String::from_utf8_lossy(&output.stderr);
        scene.status_makes_sense();
        let door = scene.door();
        let mut must = |holds: bool, what: &str| {
            if !holds {
                faults += &format!("\n{what}: {} at {}: {stderr}", error_of(step), step.line);
            }
        };
        // A history that cannot be kept undoes nothing; it is said, and that is all.
        if stderr.contains("is not in the history of ") {
            must(output.status.success(), &format!("{:?}", output.status));
            must(door == trial.after, &format!("{door:?}"));
            continue;
        }
        must(
            output.status.code() == Some(3),
            &format!("{:?}", output.status),
        );
        is_an_error_in_two_parts(&output);
        must(!stderr.contains("panicked"), "a panic");
        let unharmed = door == trial.before || trial.after_an_error.contains(&door);
        must(unharmed, &format!("{door:?} instead of {:?}", trial.before));
        // "Could not be saved" alone would be believed: who reads it must learn that it may
        // be in force all the same, and with which command to settle it.
        let remedy = stderr.split_once('\n').map_or("", |(_, remedy)| remedy);
        let in_force = door != trial.before && [trial.after, Door::Broken].contains(&door);
        let is_said = !in_force || remedy.contains("otpctl ");
        must(is_said, &format!("{door:?}, but that is not said"));

        let output = scene
            .machine
            .otpctl_with_input(trial.arguments, &trial.input);
        must(
            output.status.success() || door == trial.after,
            "the next try fails",
        );
        must(
            scene.leftovers().is_empty(),
            &format!("left: {:?}", scene.leftovers()),
        );
    }
    assert!(faults.is_empty(), "{name}:{faults}");
}

sandboxed! {
    fn a_first_enrolment_that_meets_an_error_enrols_nobody() {
        fails_at_every_step("enroll, the first on this machine");
    }

    fn an_enrolment_that_meets_an_error_enrols_nobody() {
        fails_at_every_step("enroll");
    }

    fn an_enrolment_of_many_that_meets_an_error_leaves_whole_accounts_or_none() {
        fails_at_every_step("enroll many");
    }

    fn a_reset_that_meets_an_error_leaves_one_whole_device() {
        fails_at_every_step("reset");
    }

    fn a_disabling_that_meets_an_error_leaves_one_whole_account() {
        fails_at_every_step("disable");
    }

    fn an_enabling_that_meets_an_error_leaves_one_whole_account() {
        fails_at_every_step("enable with a new secret");
    }

    fn an_enabling_with_the_old_secret_that_meets_an_error_leaves_one_whole_account() {
        fails_at_every_step("enable with the old secret");
    }

    fn a_revocation_that_meets_an_error_lets_nobody_in_without_a_code() {
        fails_at_every_step("revoke");
    }

    fn no_failing_system_call_of_a_reset_leaves_two_devices_or_none() {
        if !works() {
            return;
        }
        let trial = named("reset");
        let scene = (trial.scene)();
        let calls = "openat2,flock,pread64,fstat,newfstatat,statx,read,getrandom,fchmod,fcntl";
        let steps = steps_of_otpctl(calls, trial.arguments, &trial.input);
        for step in &steps {
            scene.again();
            let output = otpctl_with(Fault::Error("EIO"), step, trial.arguments, &trial.input);
            let door = scene.door();
            // Whatever it says of itself is true.
            let expected = if output.status.success() { Door::New } else { Door::Old };
            assert_eq!(door, expected, "{step:?}: {output:?}");
        }
    }
}
