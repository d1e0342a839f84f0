//! `remember`: after a right code none is asked from the same place, until something happens.

use pam_otp_tests::{Device, Login, Machine, sandboxed};

const HERE: &str = "192.0.2.7";
const POLICY: &str = "[login]\nfailure_delay_milliseconds = 0\nremember = \"8h\"\n";

/// A machine that remembers, with alice's fob, whose code it has seen from here.
fn furnish() -> (Machine, Device) {
    let machine = Machine::with_alice();
    machine.policy(POLICY);
    machine.ordinary_stack("sshd");
    let mut fob = machine.enrol("alice", &["--hotp"]);
    shows_a_code(&mut fob);
    assert_eq!(asked("alice", HERE), [PASSWORD]);
    (machine, fob)
}

const PASSWORD: &str = "off:Password: ";
const CODE: &str = "off:One-time code: ";

fn login(user: &str, from: &str, code: &str) -> Login {
    let login = Login::new("sshd", user).with(&["--rhost", from, "--tty", "ssh"]);
    login.answers(&["wonderland", code])
}

fn shows_a_code(fob: &mut Device) {
    let result = login("alice", HERE, &fob.next_code()).run();
    assert_eq!(
        (result.code.as_str(), result.prompts.len()),
        ("PAM_SUCCESS", 2)
    );
}

/// What a user with nothing but the password is asked; he gets in if that is all.
fn asked(user: &str, from: &str) -> Vec<String> {
    let result = login(user, from, "").run();
    let alone = result.prompts == [PASSWORD];
    assert_eq!(result.code == "PAM_SUCCESS", alone, "{result:?}");
    result.prompts
}

sandboxed! {
    fn a_place_is_remembered_for_its_user_and_address_alone() {
        let (machine, _fob) = furnish();
        machine.add_user("bob", "wonderland");
        machine.enrol("bob", &["--hotp"]);

        assert_eq!(asked("alice", HERE), [PASSWORD]);
        assert_eq!(asked("alice", "::ffff:192.0.2.7"), [PASSWORD], "the same in other words");
        assert_eq!(asked("alice", "192.0.2.8"), [PASSWORD, CODE]);
        assert_eq!(asked("alice", "somewhere.example"), [PASSWORD, CODE]);
        assert_eq!(asked("bob", HERE), [PASSWORD, CODE]);
        let wrong = Login::new("sshd", "alice").with(&["--rhost", HERE]).answers(&["x"]).run();
        assert_eq!(wrong.code, "PAM_AUTH_ERR");
    }

    fn after_a_reset_or_a_change_of_devices_no_place_is_remembered() {
        let forgets: [&[&[&str]]; 3] = [
            &[&["reset", "alice", "--yes", "--uri-only"]],
            &[&["disable", "alice"], &["enable", "alice", "--keep-secret"]],
            &[&["validity", "alice", "--until", "2020-01-01"], &["validity", "alice", "--until", "always"]],
        ];
        for commands in forgets {
            let (machine, _fob) = furnish();
            for command in commands {
                machine.otpctl_ok(command);
            }

            let result = login("alice", HERE, "").run();
            assert_eq!(result.prompts, [PASSWORD, CODE], "{commands:?}");
            machine.otpctl_ok(&["revoke", "alice", "--yes"]);
            std::fs::write("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n").unwrap();
            std::fs::write("/etc/shadow", "root:*:19000:0:99999:7:::\n").unwrap();
        }
    }

    fn while_failures_make_the_account_wait_no_place_is_remembered() {
        let (machine, _fob) = furnish();
        machine.policy(&format!("{POLICY}[throttle]\nfirst_wait_seconds = 600\n"));
        for _ in 0..5 {
            assert_eq!(login("alice", "192.0.2.8", "000000").run().code, "PAM_AUTH_ERR");
        }

        let result = login("alice", HERE, "").run();

        assert_eq!(result.code, "PAM_AUTH_ERR");
        // Once they are forgiven, the place is known again.
        machine.otpctl_ok(&["unlock", "alice"]);
        assert_eq!(asked("alice", HERE), [PASSWORD]);
    }
}
