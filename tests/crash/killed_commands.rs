//! A command that is killed at any of its steps leaves the old account or the new one.
//!
//! (A first enrolment and a revocation have a moment with half of one, which lets nobody in
//! and is completed by the same command.)

use crate::commands::{Trial, named};
use crate::door::Door;
use crate::step::Fault;
use crate::strace::{otpctl_with, steps_of_otpctl, works};
use pam_otp_tests::sandboxed;
use std::os::unix::process::ExitStatusExt;

const CALLS: &str =
    "openat,openat2,write,pwrite64,fsync,fdatasync,renameat,unlinkat,mkdirat,fchmod,syncfs";

fn killed_at_every_step(name: &str) {
    if !works() {
        return;
    }
    let trial = named(name);
    let scene = (trial.scene)();
    assert_eq!(scene.door(), trial.before, "{name}: before");
    scene.again();
    let steps = steps_of_otpctl(CALLS, trial.arguments, &trial.input);
    assert_eq!(scene.door(), trial.after, "{name}: after");

    let mut seen = Vec::new();
    for step in steps.iter().filter(|step| step.changes_something()) {
        scene.again();
        let output = otpctl_with(Fault::Kill, step, trial.arguments, &trial.input);
        assert_eq!(output.status.signal(), Some(9), "{step:?}: {output:?}");
        scene.status_makes_sense();
        let door = scene.door();
        let known = [&[trial.before, trial.after], trial.between].concat();
        assert!(
            known.contains(&door),
            "{name}, killed at {step:?}: {door:?}"
        );
        seen.push(door);
        completed_by_the_same_command(&trial, &scene, door);
    }
    assert!(
        seen.len() > 4,
        "{name}: only {} steps were tried",
        seen.len()
    );
    assert!(
        seen.contains(&trial.before) && seen.contains(&trial.after),
        "{name}: {seen:?}"
    );
}

/// The next command is held up by nothing, and nothing of the killed one remains.
fn completed_by_the_same_command(trial: &Trial, scene: &crate::scene::Scene, door: Door) {
    let output = scene
        .machine
        .otpctl_with_input(trial.arguments, &trial.input);
    let refused = output.status.code() == Some(1);
    // Done already: said so, and the device works or can be reset.
    assert!(
        output.status.success() || (refused && door == trial.after),
        "{}: {output:?}",
        trial.name
    );
    if refused && trial.after == Door::New {
        let reset = ["reset", "alice", "--yes", "--uri-only"];
        scene.machine.otpctl_ok(&reset);
    }
    // What is done already is said to be, and the codes have been tried.
    let may_be_repeated =
        trial.name.starts_with("enroll many") || trial.name == "enable with the old secret";
    let is_skipped = may_be_repeated && door == trial.after;
    if !is_skipped && (output.status.success() || trial.after == Door::New) {
        assert_eq!(
            scene.door(),
            trial.after,
            "{}, completed: {output:?}",
            trial.name
        );
    }
    let leftovers = scene.leftovers();
    assert!(leftovers.is_empty(), "{}: {leftovers:?}", trial.name);
}

sandboxed! {
    fn the_first_enrolment_of_a_machine_killed_at_any_step_can_be_repeated() {
        killed_at_every_step("enroll, the first on this machine");
    }

    fn an_enrolment_of_many_killed_at_any_step_can_be_repeated() {
        killed_at_every_step("enroll many");
    }

    fn an_enrolment_of_many_with_sheets_killed_at_any_step_can_be_repeated() {
        killed_at_every_step("enroll many with sheets");
        // Whatever was killed on the way, in the end each sheet is whole, and nothing else is there.
        let mut names: Vec<_> = std::fs::read_dir("/tmp/sheets")
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["alice.html", "alice.png", "alice.svg"]);
    }

    fn an_enrolment_killed_at_any_step_lets_nobody_else_in_and_can_be_repeated() {
        killed_at_every_step("enroll");
    }

    fn a_reset_killed_at_any_step_leaves_the_old_device_or_the_new_one_and_never_both() {
        killed_at_every_step("reset");
    }

    fn a_disabling_killed_at_any_step_leaves_the_code_or_the_password_alone() {
        killed_at_every_step("disable");
    }

    fn an_enabling_killed_at_any_step_brings_no_dead_device_back() {
        killed_at_every_step("enable with a new secret");
    }

    fn an_enabling_with_the_old_secret_killed_at_any_step_forgets_no_used_code() {
        killed_at_every_step("enable with the old secret");
    }

    fn a_revocation_killed_at_any_step_lets_nobody_in_without_a_code() {
        killed_at_every_step("revoke");
    }
}
