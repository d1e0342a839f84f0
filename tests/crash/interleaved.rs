//! A login that is held up at each of its steps while a command runs, and a command that is
//! held up while somebody logs in: each sees the account as it was or as it will be.

use crate::commands::{Trial, named};
use crate::door::Door;
use crate::scene::Scene;
use crate::step::Step;
use crate::strace::{otpctl, steps_of_login, steps_of_otpctl, words, works};
use pam_otp_tests::{Login, sandboxed};
use std::time::Duration;

const OF_LOGINS: &str = "openat2,flock,newfstatat,statx,pread64,pwrite64,fdatasync";
const OF_COMMANDS: &str = "openat2,flock,write,pwrite64,fdatasync,renameat,unlinkat";

/// How long a step is held up, and how long it takes to get there.
pub(crate) const PAUSE: Duration = Duration::from_millis(120);
pub(crate) const ON_THE_WAY: Duration = Duration::from_millis(60);

/// `inject=` for strace.
pub(crate) fn held_up(step: &Step, pause: Duration) -> String {
    let Step { call, ordinal, .. } = step;
    format!(
        "inject={call}:delay_enter={}:when={ordinal}",
        pause.as_micros()
    )
}

fn stranger() -> Login {
    Login::new("door", "alice").answers(&["wonderland", "111111"])
}

/// A stranger is refused for his code, unless the command is about asking for none.
fn is_clean(code: &str, trial: &Trial) -> bool {
    let about_the_password = [trial.before, trial.after].contains(&Door::Password);
    code == "PAM_AUTH_ERR" || (code == "PAM_SUCCESS" && about_the_password)
}

/// The steps from the first look at a file of alice's on.
fn at_alices_files(steps: &[Step]) -> &[Step] {
    let first = steps.iter().position(|step| step.line.contains("alice"));
    &steps[first.expect("alice's files are looked at")..]
}

fn interleaved(name: &str) {
    if !works() {
        return;
    }
    let trial = named(name);
    let scene = (trial.scene)();
    let faults = [
        a_login_held_up(&trial, &scene),
        a_login_meanwhile(&trial, &scene),
    ]
    .concat();
    assert!(faults.is_empty(), "{name} and a login: {faults:#?}");
}

/// Holds a login up at each step and runs the command meanwhile.
fn a_login_held_up(trial: &Trial, scene: &Scene) -> Vec<String> {
    scene.again();
    let steps = steps_of_login(OF_LOGINS, &stranger());
    let mut faults = Vec::new();
    for step in at_alices_files(&steps) {
        scene.again();
        let login = stranger().started_by(&words(&held_up(step, PAUSE))).start();
        std::thread::sleep(ON_THE_WAY);
        let output = scene
            .machine
            .otpctl_with_input(trial.arguments, &trial.input);
        assert!(output.status.success(), "{step:?}: {output:?}");
        let code = login.finish().code;
        if !is_clean(&code, trial) {
            faults.push(format!("{code}: the login is held up at {}", step.line));
        }
    }
    faults
}

/// Holds the command up at each step and logs in meanwhile.
fn a_login_meanwhile(trial: &Trial, scene: &Scene) -> Vec<String> {
    scene.again();
    let steps = steps_of_otpctl(OF_COMMANDS, trial.arguments, &trial.input);
    let mut faults = Vec::new();
    for step in at_alices_files(&steps) {
        scene.again();
        let code = std::thread::scope(|scope| {
            let command =
                scope.spawn(|| otpctl(&held_up(step, PAUSE), trial.arguments, &trial.input));
            std::thread::sleep(ON_THE_WAY);
            let code = stranger().run().code;
            let output = command.join().unwrap();
            assert!(output.status.success(), "{step:?}: {output:?}");
            code
        });
        if !is_clean(&code, trial) {
            faults.push(format!("{code}: the command is held up at {}", step.line));
        }
        assert_eq!(scene.door(), trial.after, "{step:?}");
    }
    faults
}

sandboxed! {
    fn a_login_at_the_moment_of_the_first_enrolment_finds_no_file_missing() {
        interleaved("enroll");
    }

    fn a_login_at_the_moment_of_a_reset_is_refused_for_its_code_only() {
        interleaved("reset");
    }

    fn a_login_at_the_moment_of_a_disabling_is_asked_for_a_code_or_not() {
        interleaved("disable");
    }

    fn a_login_at_the_moment_of_an_enabling_is_asked_for_a_code_or_not() {
        interleaved("enable with a new secret");
    }

    fn a_login_at_the_moment_of_a_revocation_finds_no_file_missing() {
        interleaved("revoke");
    }
}
