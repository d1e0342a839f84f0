//! What `otpctl doctor` says of sshd's ways in, and who then really gets in through sshd.

use crate::examples::{
    EVERYTHING, Example, SSHD_KEYS_AND_CODE, SSHD_ONE_ANSWER, SSHD_PASSWORD_AND_CODE,
};
use crate::scene::{ALICE, furnish, protect};
use crate::sshd::{CODES, PASSWORDS, Sshd, authorize, client};
use pam_otp_tests::{Device, Machine, Pty, sandboxed};

const CODE: &str = "One-time code: ";

/// Whether somebody who knows this and that gets in by these methods. sshd's own question for a
/// password may be meant for both.
fn gets_in(way: &str, password: &str, code: &str) -> bool {
    let both = format!("{password}{code}");
    match way {
        "password" => {
            answering(way, &[("assword: ", password)]) || answering(way, &[("assword: ", &both)])
        }
        _ => answering(
            way,
            &[
                ("Password and code: ", &both),
                ("assword: ", password),
                (CODE, code),
            ],
        ),
    }
}

/// Answers whatever is asked, in whichever order, until it ends.
fn answering(way: &str, answers: &[(&str, &str)]) -> bool {
    let methods = format!("PreferredAuthentications={way}");
    let mut options = vec![methods.as_str(), "IdentitiesOnly=yes"];
    if way.contains("publickey") {
        options.push("IdentityFile=/root/key");
    }
    let mut command = client("ssh", &options);
    command.args(["alice@127.0.0.1", "echo inside"]);
    let mut ssh = Pty::start(command);
    let (mut seen, mut answered) = (0, 0);
    while let Some(screen) = ssh.grows(seen) {
        seen = screen.len();
        let asked = answers
            .iter()
            .find(|(question, _)| screen[answered..].ends_with(question));
        if let Some((_, answer)) = asked {
            answered = seen;
            ssh.send(answer);
        }
    }
    ssh.ends().screen.contains("inside")
}

fn need_of(gets_in: [bool; 4]) -> &'static str {
    match gets_in {
        [_, _, _, true] => "nothing",
        [_, true, true, _] => "either",
        [_, true, ..] => "password-only",
        [_, _, true, _] => "code-only",
        [true, ..] => "both",
        _ => "locked-out",
    }
}

/// Compares every prediction for alice by sshd with four who try.
fn compared(machine: &Machine, mut phone: Option<Device>) -> Vec<(String, String)> {
    let arguments = ["doctor", "--service", "sshd", "--user", "alice", "--json"];
    let output = machine.otpctl(&arguments);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut ways = Vec::new();
    for prediction in report["predictions"].as_array().unwrap() {
        let way = prediction["by"].as_str().unwrap();
        let mut tried = |password: &str, right_code: bool| {
            let code = match (&mut phone, right_code) {
                (Some(phone), true) => phone.next_code(),
                (Some(phone), false) => phone.wrong_code(),
                (None, _) => "123456".into(),
            };
            gets_in(way, password, &code)
        };
        let neither = tried("looking glass", false);
        let code_only = tried("looking glass", true);
        let password_only = tried("wonderland", false);
        let real = need_of([tried("wonderland", true), password_only, code_only, neither]);
        let predicted = match prediction["need"].as_str().unwrap() {
            // The key is shown; nothing else matters.
            "key-only" => "nothing",
            need => need,
        };
        assert_eq!(predicted, real, "{prediction}");
        ways.push((way.to_string(), real.to_string()));
    }
    ways
}

/// Alice's ways in, with this stack and these lines of sshd_config.
fn ways_in(example: &Example, lines: &str) -> Option<Vec<(String, String)>> {
    let machine = furnish()?;
    protect(&machine, "sshd", example);
    without_delay();
    let phone = machine.enrol("alice", &["--hotp"]);
    authorize("alice", ALICE);
    let _sshd = Sshd::start(lines);
    Some(compared(&machine, Some(phone)))
}

/// pam_unix holds refusals back, which would only make this slow.
fn without_delay() {
    let stack = std::fs::read_to_string("/etc/pam.d/sshd").unwrap();
    let quick = stack.replace("pam_unix.so", "pam_unix.so nodelay");
    std::fs::write("/etc/pam.d/sshd", quick).unwrap();
}

fn are(ways: Option<Vec<(String, String)>>, expected: &[(&str, &str)]) {
    let Some(ways) = ways else { return };
    let ways: Vec<_> = ways
        .iter()
        .map(|(way, need)| (way.as_str(), need.as_str()))
        .collect();
    assert_eq!(ways, expected);
}

sandboxed! {
    fn a_key_and_a_code_are_predicted() {
        let lines = format!("{CODES}AuthenticationMethods publickey,keyboard-interactive\n");
        are(ways_in(&SSHD_KEYS_AND_CODE, &lines), &[("publickey,keyboard-interactive", "code-only")]);
    }

    fn a_key_that_goes_around_the_code_is_predicted() {
        let expected = [("publickey", "nothing"), ("keyboard-interactive", "both")];
        are(ways_in(&SSHD_PASSWORD_AND_CODE, CODES), &expected);
    }

    fn the_password_method_that_cannot_ask_is_predicted() {
        let lines = format!("{PASSWORDS}PubkeyAuthentication no\n");
        let expected = [("password", "locked-out"), ("keyboard-interactive", "both")];
        are(ways_in(&SSHD_PASSWORD_AND_CODE, &lines), &expected);
    }

    fn the_password_method_behind_pam_unix_is_predicted() {
        let lines = format!("{PASSWORDS}PubkeyAuthentication no\n");
        let expected = [("password", "locked-out"), ("keyboard-interactive", "both")];
        are(ways_in(&EVERYTHING, &lines), &expected);
    }

    fn the_password_method_with_both_in_one_answer_is_predicted() {
        let lines = format!("{PASSWORDS}PubkeyAuthentication no\n");
        let expected = [("password", "both"), ("keyboard-interactive", "both")];
        are(ways_in(&SSHD_ONE_ANSWER, &lines), &expected);
    }

    fn a_disabled_account_is_predicted_by_every_way() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        machine.enrol("alice", &["--hotp"]);
        machine.otpctl_ok(&["disable", "alice"]);
        authorize("alice", ALICE);
        let _sshd = Sshd::start(PASSWORDS);
        let expected = [("publickey", "nothing"), ("password", "password-only"), ("keyboard-interactive", "password-only")];
        are(Some(compared(&machine, None)), &expected);
    }
}
