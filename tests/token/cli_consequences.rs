//! What provisioning finds and leaves behind: accounts in every state, killed commands, two
//! administrators; and what is said to whoever changes a token that somebody logs in with.

use crate::cli_support::{code, names, otpctl, token, token_with};
use pam_otp_tests::{Login, Machine, Pty, TokenRig, VirtualToken, built, sandboxed};
use std::fs;
use std::process::{Child, Command, Stdio};

const NAME: &str = "sandbox:alice";

fn machine() -> Machine {
    let machine = Machine::with_alice();
    machine.code_only_stack("door");
    machine
}

fn login(user: &str, code: &str) -> String {
    Login::new("door", user).answers(&[code]).run().code
}

/// `otpctl token provision …` until the token, already written, waits for a touch.
fn until_it_waits(card: &VirtualToken, words: &[&str]) -> Child {
    card.touch("no");
    let child = Command::new(built("otpctl"))
        .args(["token", "provision"])
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    card.wait_until_it_wants_touch();
    child
}

sandboxed! {
    fn a_command_that_is_killed_while_the_token_is_written_can_be_run_again() {
        let machine = machine();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &["--touch-timeout", "1000"]);
        fs::write("/tmp/users.csv", "alice\n").unwrap();
        // What somebody else has on it is no reason against it.
        machine.add_user("bob", "builder");
        token(&machine, &["provision", "bob"]).ends(0, "");
        let both = ["sandbox:alice", "sandbox:bob"];
        for signal in ["-INT", "-KILL"] {
            let mut child = until_it_waits(&card, &["alice", "--hotp", "--touch", "--shared"]);
            let killed = Command::new("kill").args([signal, &child.id().to_string()]).status();
            assert!(killed.unwrap().success());
            assert!(!child.wait().unwrap().success());

            otpctl(&machine, &["status", "alice"]).ends(1, "");
            assert_eq!(names(&machine), both, "{signal}");
        }
        card.touch("yes");
        let words = ["provision", "--from", "/tmp/users.csv", "--hotp", "--touch", "--shared", "--serial", "12345678"];
        let mut command = Command::new(built("otpctl"));
        command.arg("token").args(words);
        let mut pty = Pty::start(command);
        pty.answer("[1/1] alice: insert", "");
        pty.expect("[1/1] alice: enrolled");
        assert!(pty.ends().status.success());
        assert_eq!(names(&machine), both);
        assert_eq!(login("alice", &code(&machine, NAME)), "PAM_SUCCESS");
    }

    fn what_a_user_logs_in_with_is_not_taken_for_a_leftover() {
        let machine = machine();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        token(&machine, &["provision", "alice", "--hotp"]).ends(0, "is enrolled");
        // As the note is if the command was killed after the account was written.
        let note = "/var/lib/pam-otp/token/yubikey-12345678";
        let text = fs::read_to_string(note).unwrap();
        let text = text.replace("\"begun_only\": false", "\"begun_only\": true");
        assert!(text.contains("true"));
        fs::write(note, text).unwrap();

        let words = ["provision", "alice", "--add", "--label", "two", "--hotp"];
        token(&machine, &words).ends(1, "perhaps what alice logs in with");

        assert_eq!(login("alice", &code(&machine, NAME)), "PAM_SUCCESS");
    }

    fn a_disabled_account_gets_a_token_and_stays_disabled_and_it_is_said() {
        let machine = machine();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        machine.enrol("alice", &[]);
        otpctl(&machine, &["disable", "alice"]).ends(0, "");

        let said = token(&machine, &["provision", "alice", "--add", "--hotp"]);

        let said = said.ends(0, "The account is disabled, so no code is asked for");
        assert!(!said.out.contains("the next one logs in"), "{said:?}");
        said.ends(0, "otpctl enable alice --keep-secret");
        otpctl(&machine, &["enable", "alice", "--keep-secret"]).ends(0, "");
        assert_eq!(login("alice", &code(&machine, NAME)), "PAM_SUCCESS");
    }

    fn a_pending_account_gets_a_token_and_asks_for_its_codes() {
        let machine = machine();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        otpctl(&machine, &["enroll", "alice", "--pending", "--uri-only"]).ends(0, "");

        token(&machine, &["provision", "alice", "--add", "--hotp", "--label", "blue"]).ends(0, "one more device");

        assert_eq!(login("alice", ""), "PAM_AUTH_ERR");
        assert_eq!(login("alice", &code(&machine, NAME)), "PAM_SUCCESS");
    }

    fn of_two_administrators_with_one_token_the_second_is_refused() {
        let machine = machine();
        machine.add_user("bob", "builder");
        let rig = TokenRig::start();
        let card = rig.insert("token2", &[]);
        let provision = |user: &str| {
            let mut command = Command::new(built("otpctl"));
            command.args(["token", "provision", user]);
            Pty::start(command)
        };
        let mut first = provision("alice");
        // All has been checked by now, and nothing is written.
        first.expect("Type \"replace\" to go on: ");
        let mut second = provision("bob");
        second.answer("Type \"replace\" to go on: ", "replace");
        second.expect("Code from the device: ");
        let shown = card.display(0).unwrap();
        second.send(&shown.chars().filter(char::is_ascii_digit).collect::<String>());
        second.expect("bob is enrolled");
        assert!(second.ends().status.success());

        first.send("replace");

        first.expect("is bob's already");
        let ended = first.ends();
        assert_eq!(ended.status.code(), Some(1));
        // Folded where the terminal ends.
        let words: Vec<&str> = ended.screen.split_whitespace().collect();
        let said = words.join(" ");
        assert_eq!(said.matches("nothing has changed").count(), 1, "{said}");
        otpctl(&machine, &["status", "alice"]).ends(1, "");
    }

    fn another_token_put_in_while_a_question_is_open_is_not_touched() {
        let machine = machine();
        let rig = TokenRig::start();
        let right = rig.insert_at(0, "yubikey", &["--serial", "111"]);
        token(&machine, &["provision", "alice", "--hotp"]).ends(0, "");
        let mut command = Command::new(built("otpctl"));
        command.args(["token", "delete", NAME]);
        let mut pty = Pty::start(command);
        pty.expect("is what alice logs in with");
        right.remove();
        drop(right);
        let _wrong = rig.insert_at(0, "yubikey", &["--serial", "222"]);
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n";
        token_with(&machine, &["add", NAME], secret).ends(0, "");

        pty.send(NAME);

        pty.expect("that is another token than a moment ago; nothing was done to it");
        assert_eq!(pty.ends().status.code(), Some(4));
        assert_eq!(names(&machine), [NAME]);
    }

    fn a_change_of_a_token_is_told_to_the_user_it_locks_out_and_only_to_him() {
        let machine = machine();
        machine.add_user("bob", "builder");
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        token_with(&machine, &["button", "hotp", "long"], "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n").ends(0, "");
        token(&machine, &["provision", "alice", "--hotp"]).ends(0, "");

        let said = token(&machine, &["delete", NAME, "--yes"]);

        said.ends(0, "For another device: otpctl reset alice");
        otpctl(&machine, &["history", "alice"]).ends(0, "token delete").ends(0, "token provision");
        otpctl(&machine, &["revoke", "alice", "--yes"])
            .ends(0, "The token \"token\" (serial number 12345678) still holds the old secret");
        token(&machine, &["provision", "bob", "--hotp"]).ends(0, "");
        token(&machine, &["reset"]).ends(1, "bob can log in with it no more").ends(1, "What its buttons do");
        let said = token(&machine, &["reset", "--yes"]).ends(0, "otpctl reset bob");
        assert!(!said.err.contains("alice"), "{said:?}");
        assert_eq!(card.press(2).unwrap().text, "755224\n");
        otpctl(&machine, &["reset", "bob", "--yes"]).ends(0, "still holds the old secret");
        let script = otpctl(&machine, &["reset", "bob", "--yes", "--uri-only"]).ends(0, "");
        assert_eq!(script.out.lines().count(), 1, "{script:?}");
        let list = otpctl(&machine, &["status", "bob"]).ends(0, "");
        assert!(!list.out.contains("12345678"), "{list:?}");
    }

    fn the_serial_number_is_shown_and_a_replaced_token_is_named() {
        let machine = machine();
        let rig = TokenRig::start();
        let old = rig.insert_at(0, "yubikey", &["--serial", "111"]);
        token(&machine, &["provision", "alice", "--hotp"]).ends(0, "");
        otpctl(&machine, &["status", "alice"]).ends(0, "serial 111");
        otpctl(&machine, &["list", "alice"]).ends(0, "serial 111");
        drop(old);
        let _new = rig.insert_at(1, "yubikey", &["--serial", "222"]);

        let words = ["provision", "alice", "--replace", "--hotp", "--yes"];
        token(&machine, &words).ends(0, "(serial number 111) still holds the old secret");

        otpctl(&machine, &["list", "alice"]).ends(0, "serial 222");
        token(&machine, &words).ends(1, "perhaps what alice logs in with");
    }
}
