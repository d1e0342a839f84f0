//! Each system call of a login fails, or is its last: no wrong code gets in, and no code is
//! good twice.

use crate::failing_logins::{enrolled, good_once_at_most, login};
use crate::step::{Fault, Step};
use crate::strace::{login_with, steps_of_login, works};
use pam_otp_tests::{Login, sandboxed};

/// The calls with which a login reads, decides and writes.
const CALLS: &str = "openat2,flock,fstat,newfstatat,statx,read,pread64,pwrite64,fdatasync,fcntl";

/// The calls from the opening of the store on: before, there are the loader, libpam and the
/// policy, whose faults hold a refusal back for two seconds each. And up to the client's own
/// look at its descriptors, whether one was left open.
fn of_the_module(login: &Login) -> Vec<Step> {
    let steps = steps_of_login(&format!("{CALLS},openat"), login);
    let store = steps.iter().position(|step| step.line.contains("\"var\""));
    let steps = &steps[store.expect("the store is opened")..];
    let look = |step: &Step| step.call == "openat" && step.line.contains("/proc/self/fd");
    let behind = steps.iter().position(look);
    let steps = &steps[..behind.expect("the client looks at its descriptors")];
    let wanted = steps.iter().filter(|step| step.call != "openat");
    let steps: Vec<Step> = wanted.cloned().collect();
    assert!(steps.len() > 10, "{steps:?}");
    steps
}

sandboxed! {
    fn a_login_killed_at_any_step_leaves_its_code_used_or_unused_and_never_good_twice() {
        if !works() {
            return;
        }
        let (_machine, mut fob) = enrolled();
        let steps = steps_of_login(CALLS, &login(&[&fob.next_code()]));
        let around_the_write = steps.iter().position(|step| step.call == "pwrite64").unwrap();
        let (mut used, mut unused) = (0, 0);
        for step in &steps[around_the_write.saturating_sub(4)..] {
            let code = fob.next_code();
            assert_eq!(login_with(Fault::Kill, step, &login(&[&code])), None, "{step:?}");
            let first = login(&[&code]).run().code;
            match first.as_str() {
                "PAM_SUCCESS" => unused += 1,
                "PAM_AUTH_ERR" => used += 1,
                other => panic!("{step:?}: {other}"),
            }
            good_once_at_most(&mut fob, &code);
        }
        // Before the write it is unused, after it used: both were seen.
        assert!(unused >= 4 && used >= 1, "{unused} unused, {used} used");
    }

    fn no_failing_system_call_lets_a_wrong_code_in() {
        if !works() {
            return;
        }
        let (machine, mut fob) = enrolled();
        // The policy that forgives most.
        machine.policy("[login]\nfailure_delay_milliseconds = 0\nunenrolled = \"ignore\"\n\
            [throttle]\nfree_failures = 99\n");
        let stranger = login(&[&fob.wrong_code()]);
        for step in &of_the_module(&stranger) {
            for error in ["EIO", "ENOENT", "EACCES", "ENOMEM"] {
                let outcome = login_with(Fault::Error(error), step, &stranger);
                let code = outcome.expect("the program survives");
                let refused = code != "PAM_SUCCESS" && code != "PAM_IGNORE";
                assert!(refused, "{error} at {step:?}: {code}");
            }
        }
        assert_eq!(login(&[&fob.next_code()]).run().code, "PAM_SUCCESS");
    }

    fn no_failing_system_call_makes_a_code_good_twice() {
        if !works() {
            return;
        }
        let (_machine, mut fob) = enrolled();
        for step in &of_the_module(&login(&[&fob.next_code()])) {
            let code = fob.next_code();
            let outcome = login_with(Fault::Error("EIO"), step, &login(&[&code]));
            let again = login(&[&code]).run().code;
            if outcome.as_deref() == Some("PAM_SUCCESS") {
                assert_eq!(again, "PAM_AUTH_ERR", "{step:?}");
            }
            assert_eq!(login(&[&code]).run().code, "PAM_AUTH_ERR", "{step:?}");
        }
    }
}
