//! `otpctl token provision --from`: a pile of tokens. And tokens of other families.

use crate::cli_support::{code, otpctl, token, token_with};
use pam_otp_tests::{Login, Machine, Pty, TokenRig, built, sandboxed};
use std::fs;
use std::process::Command;

fn machine() -> Machine {
    let machine = Machine::with_alice();
    machine.code_only_stack("door");
    machine.add_user("bob", "builder");
    machine.add_user("carol", "lewis");
    machine
}

fn login(user: &str, code: &str) -> String {
    Login::new("door", user).answers(&[code]).run().code
}

sandboxed! {
    fn one_token_after_the_other_is_asked_for_and_none_is_given_twice() {
        let machine = machine();
        fs::write("/tmp/users.csv", "alice\nbob\ncarol\n").unwrap();
        let rig = TokenRig::start();
        let first = rig.insert("yubikey", &["--serial", "111"]);
        let mut command = Command::new(built("otpctl"));
        command.args(["token", "provision", "--from", "/tmp/users.csv", "--hotp"]);
        let mut pty = Pty::start(command);

        pty.answer("[1/3] alice: insert a token and press Enter (s: skip, q: stop): ", "");
        pty.expect("[1/3] alice: enrolled: \"token\", YubiKey, serial 111");
        // The same one again: not taken, and asked again.
        pty.answer("[2/3] bob: insert a token and press Enter", "");
        pty.expect("the token with serial number 111 is alice's already");
        pty.expect("[2/3] bob: insert a token");
        let next = code(&machine, "sandbox:alice");
        assert_eq!(login("alice", &next), "PAM_SUCCESS");
        first.remove();
        drop(first);
        let _second = rig.insert_at(1, "yubikey", &["--serial", "222"]);
        pty.send("");
        pty.expect("[2/3] bob: enrolled: \"token\", YubiKey, serial 222");
        pty.answer("[3/3] carol: insert a token", "q");
        let ended = pty.ends();
        assert_eq!(ended.status.code(), Some(1), "{ended:?}");
        assert!(ended.screen.contains("2 have got a token, 0 skipped, 0 failed, 1 not reached."));

        assert_eq!(login("bob", &code(&machine, "sandbox:bob")), "PAM_SUCCESS");
        // Begun again, it goes on where it was.
        let mut command = Command::new(built("otpctl"));
        command.args(["token", "provision", "--from", "/tmp/users.csv", "--hotp"]);
        let mut pty = Pty::start(command);
        pty.expect("[1/3] alice: skipped: has this token already, serial 111");
        pty.expect("[2/3] bob: skipped: has this token already, serial 222");
        pty.answer("[3/3] carol: insert a token", "s");
        assert!(pty.ends().status.success());
    }

    fn a_script_says_which_token_is_whose() {
        let machine = machine();
        fs::write("/tmp/users.csv", "user,serial,label\nalice,111,blue\nbob,222,\ncarol,333,\nnobody-here,444,\n").unwrap();
        let rig = TokenRig::start();
        let _one = rig.insert_at(0, "yubikey", &["--serial", "111"]);
        let _other = rig.insert_at(1, "yubikey", &["--serial", "222"]);

        let said = token(&machine, &["provision", "--from", "/tmp/users.csv", "--json"]);

        let said = said.ends(4, "2 of 4 could not be given a token");
        let lines: Vec<serde_json::Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let result = |at: usize| (lines[at]["user"].as_str().unwrap(), lines[at]["result"].as_str().unwrap());
        assert_eq!(result(0), ("alice", "enrolled"));
        assert_eq!(result(1), ("bob", "enrolled"));
        assert_eq!(result(2), ("carol", "failed"));
        assert_eq!(result(3), ("nobody-here", "failed"));
        assert_eq!(lines[1]["serial"], "222");
        assert!(lines[2]["detail"].as_str().unwrap().contains("no token with serial number 333"));
        let status = otpctl(&machine, &["status", "alice", "--json"]).ends(0, "").json();
        assert_eq!(status["accounts"][0]["authenticators"][0]["label"], "blue");
        let again = token(&machine, &["provision", "--from", "/tmp/users.csv"]);
        again.ends(4, "0 have got a token, 2 skipped, 2 failed, 0 not reached.");
        token(&machine, &["provision", "--from", "/tmp/nothing.csv"]).ends(2, "cannot be read");
        token(&machine, &["provision", "alice", "--from", "/tmp/users.csv"]).ends(2, "");
        token(&machine, &["provision"]).ends(2, "");
    }

    fn a_token_with_a_display_is_proved_by_what_the_person_reads() {
        let machine = machine();
        let rig = TokenRig::start();
        let card = rig.insert("token2", &[]);
        token(&machine, &["provision", "alice"]).ends(1, "it will be gone. Nobody is there to say yes");
        let said = token_with(&machine, &["provision", "alice", "--yes"], "");
        said.ends(1, "no login has changed");
        otpctl(&machine, &["status", "alice"]).ends(1, "");
        let mut command = Command::new(built("otpctl"));
        command.args(["token", "provision", "alice"]);
        let mut pty = Pty::start(command);
        pty.answer("Type \"replace\" to go on: ", "replace");
        pty.expect("Now type the code that it shows.");
        pty.expect("Code from the device: ");
        let shown = card.order("display 0").expect("it has a display")[0].clone();
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        pty.send(&digits);
        pty.expect("alice is enrolled with \"token\", a Token2 programmable");
        assert!(pty.ends().status.success());
        token(&machine, &["code", "x"]).ends(1, "shows its codes itself");
        token(&machine, &["accounts"]).ends(0, "profile");
    }

    fn a_crescendo_answers_challenges_and_is_never_guessed_at() {
        let machine = machine();
        let rig = TokenRig::start();
        let _card = rig.insert("crescendo", &[]);
        token(&machine, &["list"]).ends(0, "HID Crescendo Key");
        token(&machine, &["info"]).ends(0, "HID has not published how");
        token(&machine, &["provision", "alice"]).ends(4, "does not compute codes of this kind");
        assert_eq!(token(&machine, &["code", "-s", "slot 1"]).ends(0, "").out, "755224\n");
        token(&machine, &["code", "-s", "slot 2"]).ends(4, "--hotp or --totp?");
        token(&machine, &["code", "-s", "slot 2", "--totp"]).ends(4, "wants its PIN first");
        let words = ["code", "-s", "slot 2", "--totp", "--unlock-stdin"];
        assert_eq!(token_with(&machine, &words, "00000000\n").ends(0, "").out.len(), 7);
        let suite = "OCRA-1:HOTP-SHA1-6:QN08";
        let words = ["challenge", "slot 3", "--suite", suite, "--challenge", "44444444", "--unlock-stdin", "--json"];
        let said = token_with(&machine, &words, "00000000\n").ends(0, "").json();
        // RFC 6287, appendix C.1.
        assert_eq!(said["response"], "608993");
        let words = ["challenge", "slot 3", "--suite", suite, "--challenge", "4444444x", "--unlock-stdin"];
        token_with(&machine, &words, "00000000\n").ends(4, "");
        token_with(&machine, &words, "00000001\n").ends(4, "the PIN is wrong");
        let words = ["challenge", "x", "--suite", "OCRA-1:MD5", "--challenge", "1"];
        token(&machine, &words).ends(2, "");
        token(&machine, &["access"]).ends(0, "HID has not published how");
        // By the one published example, and only so.
        let words = ["provision", "alice", "--hotp", "--experimental", "--yes", "--unlock-stdin"];
        token_with(&machine, &words, "00000000\n").ends(0, "alice is enrolled");
        assert_eq!(login("alice", token(&machine, &["code", "-s", "slot 1"]).ends(0, "").out.trim()), "PAM_SUCCESS");
        otpctl(&machine, &["revoke", "alice", "--yes"]).ends(0, "");
        otpctl(&machine, &["status", "alice"]).ends(1, "");
    }
}
