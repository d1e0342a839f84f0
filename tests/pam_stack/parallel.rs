//! Many at once: a code is accepted exactly once, and nobody is refused for the crowd.

use pam_otp_tests::{Device, Login, Machine, sandboxed};

const CROWD: usize = 32;

/// Starts all logins, lets them go at the same moment, and returns their codes.
fn all_at_once(logins: Vec<Login>) -> Vec<String> {
    let gate = "/tmp/gate";
    let _ = std::fs::remove_file(gate);
    let with_gate = logins
        .into_iter()
        .map(|login| login.with(&["--wait-for", gate]));
    let running: Vec<_> = with_gate.map(|login| login.start()).collect();
    std::fs::write(gate, "").unwrap();
    running
        .into_iter()
        .map(|login| login.finish().code)
        .collect()
}

fn successes(codes: &[String]) -> usize {
    assert!(
        codes
            .iter()
            .all(|code| code == "PAM_SUCCESS" || code == "PAM_AUTH_ERR"),
        "{codes:?}"
    );
    codes.iter().filter(|code| *code == "PAM_SUCCESS").count()
}

/// The policy must not slow the crowd down, or fewer would take part.
const NO_THROTTLE: &str =
    "[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 99\n";

fn one_code_many_logins(machine: &Machine, mut device: Device, rounds: usize) {
    for round in 0..rounds {
        let code = device.next_code();
        let login = Login::new("door", "alice").answers(&[&code]);
        let codes = all_at_once(vec![login; CROWD]);
        assert_eq!(successes(&codes), 1, "round {round}");
        // The losers were charged after the winner had cleared the slate, or before.
        let failures = usize::try_from(machine.failures_of("alice")).unwrap();
        assert!(failures < CROWD);
        // Let the next round begin without failures.
        let welcome = Login::new("door", "alice")
            .answers(&[&device.next_code()])
            .run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
    }
}

sandboxed! {
    fn thirty_two_logins_with_one_counter_code_are_one_success() {
        let machine = Machine::with_alice();
        machine.policy(NO_THROTTLE);
        machine.code_only_stack("door");
        let fob = machine.enrol("alice", &["--hotp"]);
        one_code_many_logins(&machine, fob, 6);
    }

    fn thirty_two_logins_with_one_clock_code_are_one_success() {
        let machine = Machine::with_alice();
        // On a busy machine the clock may reach the next step while the crowd is at work.
        machine.policy(&format!("{NO_THROTTLE}[window]\npast_steps = 5\nfuture_steps = 5\n"));
        machine.code_only_stack("door");
        let phone = machine.enrol("alice", &[]);
        one_code_many_logins(&machine, phone, 1);
    }

    fn thirty_two_users_at_once_are_thirty_two_successes() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut logins = Vec::new();
        for number in 0..CROWD {
            let user = format!("user{number}");
            machine.add_user(&user, "wonderland");
            let mut fob = machine.enrol(&user, &["--hotp"]);
            logins.push(Login::new("door", &user).answers(&[&fob.next_code()]));
        }
        assert_eq!(successes(&all_at_once(logins)), CROWD);
    }

    fn thirty_two_wrong_codes_at_once_count_as_thirty_two() {
        let machine = Machine::with_alice();
        machine.policy(NO_THROTTLE);
        machine.code_only_stack("door");
        let fob = machine.enrol("alice", &["--hotp"]);
        let login = Login::new("door", "alice").answers(&[&fob.wrong_code()]);
        assert_eq!(successes(&all_at_once(vec![login; CROWD])), 0);
        assert_eq!(machine.failures_of("alice"), 32);
    }

    fn guessing_in_parallel_gains_nothing_over_the_throttle() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let fob = machine.enrol("alice", &["--hotp"]);
        // With a clock that stands still, the fifth failure closes the door for all.
        let time = pam_otp_tests::now();
        let login = Login::new("door", "alice").answers(&[&fob.wrong_code()]).at(time);
        assert_eq!(successes(&all_at_once(vec![login; CROWD])), 0);
        assert_eq!(machine.failures_of("alice"), 5);
    }

    fn a_login_killed_at_any_moment_locks_nobody_out_and_revives_no_code() {
        let machine = Machine::with_alice();
        machine.policy(NO_THROTTLE);
        machine.code_only_stack("door");
        let mut fob = machine.enrol("alice", &["--hotp"]);
        for round in 0..120_u64 {
            let code = fob.next_code();
            let login = Login::new("door", "alice").answers(&[&code]);
            let mut victim = login.start();
            // Spread over the time that a login takes, whatever that is here.
            std::thread::sleep(std::time::Duration::from_micros(round * 100));
            let _ = victim.0.kill();
            let _ = victim.0.wait();
            // The code is used or unused, but good once at the most, and the door works.
            let first = login.run().code;
            let second = login.run().code;
            assert!(first == "PAM_SUCCESS" || first == "PAM_AUTH_ERR", "{first}");
            assert_eq!(second, "PAM_AUTH_ERR");
        }
        let welcome = Login::new("door", "alice").answers(&[&fob.next_code()]).run();
        assert_eq!(welcome.code, "PAM_SUCCESS");
    }

    fn a_bypass_code_for_three_logins_lets_three_of_thirty_two_in() {
        let machine = Machine::with_alice();
        machine.policy(NO_THROTTLE);
        machine.code_only_stack("door");
        machine.enrol("alice", &[]);
        let said = machine.otpctl_ok(&["bypass", "alice", "--for", "8h", "--uses", "3", "--quiet"]);
        let login = Login::new("door", "alice").answers(&[said.trim()]);
        assert_eq!(successes(&all_at_once(vec![login; CROWD])), 3);
        let status = machine.otpctl_ok(&["status", "alice"]);
        assert!(status.contains("bypass     a code that is over"), "{status}");
    }
}
