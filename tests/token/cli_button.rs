//! `otpctl token button`, and logins with what a button has typed.

use crate::cli_support::{Said, otpctl, token, token_with};
use pam_otp_tests::{Login, Machine, Pty, TokenRig, built, sandboxed};
use std::process::Command;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n";

fn with_store() -> Machine {
    let machine = Machine::with_alice();
    machine.code_only_stack("door");
    // The inventory lies in the store.
    otpctl(&machine, &["enroll", "alice", "--pending", "--uri-only"]).ends(0, "");
    otpctl(&machine, &["revoke", "alice", "--yes"]).ends(0, "");
    machine
}

fn login(user: &str, code: &str) -> String {
    Login::new("door", user).answers(&[code]).run().code
}

sandboxed! {
    fn a_button_types_hotp_codes_and_is_known_by_what_was_noted() {
        let machine = with_store();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        token(&machine, &["button", "show"]).ends(0, "short (nothing)").ends(0, "long (nothing)");

        let words = ["button", "hotp", "short", "--label", "mail", "-i", "-"];
        token_with(&machine, &words, SECRET).ends(0, "types HOTP codes of 6 digits from now on");

        assert_eq!(card.press(1).unwrap().text, "ubhe12345678755224\n");
        assert_eq!(card.press(1).unwrap().text, "ubhe12345678287082\n");
        assert!(card.press(2).is_err());
        let shown = token(&machine, &["button", "show", "--json"]).ends(0, "").json();
        let short = &shown["buttons"][0];
        assert_eq!(short["press"], "short");
        assert_eq!(short["configured"], true);
        assert_eq!(short["kind"], "hotp6");
        assert_eq!(short["label"], "mail");
        assert_eq!(short["token_identifier"], "ubhe12345678");
        assert_eq!(shown["buttons"][1]["configured"], false);
        token(&machine, &["button", "show"]).ends(0, "\"mail\", ubhe12345678 before each");
    }

    fn a_static_password_is_typed_as_key_presses_and_the_layout_is_said() {
        let machine = with_store();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);

        let words = ["button", "static", "long", "--keyboard-layout", "de", "--no-enter"];
        let said = token_with(&machine, &words, "Zyz-1\n").ends(0, "presses keys, it does not send");

        assert!(!format!("{said:?}").contains("Zyz"));
        // Z and Y have changed places there, which a US keyboard shows.
        assert_eq!(card.press(2).unwrap().text, "Yzy/1");
        token(&machine, &["button", "show"]).ends(0, "for the layout DE");
        let words = ["button", "static", "short", "-k", "klingon"];
        token_with(&machine, &words, "x\n").ends(2, "that keyboard layout is not known");
        let long = "x".repeat(39);
        token_with(&machine, &["button", "static", "short"], &long).ends(2, "");
        token(&machine, &["button", "static", "short", "--generate", "--no-enter"]).ends(0, "");
        let typed = card.press(1).unwrap().text;
        assert!(typed.len() == 38 && typed.chars().all(|c| "cbdefghijklnrtuv".contains(c)), "{typed}");
    }

    fn what_a_slot_holds_is_lost_only_when_somebody_says_so() {
        let machine = with_store();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        token_with(&machine, &["button", "hotp", "short"], SECRET).ends(0, "");

        token_with(&machine, &["button", "static", "short"], "abc\n")
            .ends(1, "It types HOTP codes of 6 digits now; that will be gone");
        token(&machine, &["button", "delete", "short"]).ends(1, "Nobody is there to say yes");
        assert_eq!(card.press(1).unwrap().text, "755224\n");
        token_with(&machine, &["button", "static", "short", "-f"], "abc\n").ends(0, "");
        assert_eq!(card.press(1).unwrap().text, "abc\n");
        token(&machine, &["button", "swap", "--yes"]).ends(0, "changed places");
        assert_eq!(card.press(2).unwrap().text, "abc\n");
        token(&machine, &["button", "show"]).ends(0, "long types a static password");
        token(&machine, &["button", "delete", "long", "-f"]).ends(0, "does nothing any more");
        token(&machine, &["button", "delete", "long", "-f"]).ends(4, "");
        token(&machine, &["button", "show"]).ends(0, "long (nothing)");
    }

    fn an_access_code_protects_a_slot_and_is_warned_of() {
        let machine = with_store();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        let words = ["button", "challenge", "long", "--new-access-code"];
        let said = token_with(&machine, &words, &format!("a1a2a3a4a5a6\n{SECRET}"));
        said.ends(0, "nothing resets it").ends(0, "answers challenges (HMAC-SHA1) from now on");

        token(&machine, &["button", "delete", "long", "-f"]).ends(4, "access code");
        let words = ["button", "delete", "long", "-f", "--access-code"];
        token_with(&machine, &words, "b1b2b3b4b5b6\n").ends(4, "");
        token_with(&machine, &words, "zz\n").ends(2, "12 hexadecimal digits");
        token_with(&machine, &words, "a1a2a3a4a5a6\n").ends(0, "");
    }

    fn a_press_of_the_button_is_the_proof_and_the_typed_line_logs_in() {
        let machine = with_store();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        let mut command = Command::new(built("otpctl"));
        command.args(["token", "provision", "alice", "--button", "short"]);
        let mut pty = Pty::start(command);
        pty.expect("Now let it type a code");
        pty.expect("Code from the device: ");
        // The token types Enter as well.
        pty.press(&card.press(1).unwrap().text);
        pty.expect("alice is enrolled with \"token\"");
        let ended = pty.ends();
        assert!(ended.status.success(), "{ended:?}");

        let typed = card.press(1).unwrap().text;
        assert_eq!(login("alice", typed.trim()), "PAM_SUCCESS");
        assert_eq!(login("alice", typed.trim()), "PAM_AUTH_ERR");
        let status = otpctl(&machine, &["status", "alice", "--json"]).ends(0, "").json();
        let device = &status["accounts"][0]["authenticators"][0];
        assert_eq!(device["token_identifier"], "ubhe12345678");
        assert_eq!(device["serial"], "12345678");
        token(&machine, &["button", "show"]).ends(0, "for alice");
        token(&machine, &["button", "delete", "short"]).ends(1, "What alice logs in with will be gone");
    }

    fn a_button_that_was_not_pressed_is_emptied_again() {
        let machine = with_store();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        for input in ["", "000000\n111111\n222222\n"] {
            let said = token_with(&machine, &["provision", "alice", "--button", "long"], input);
            said.ends(1, "the button does nothing any more");
            assert!(card.press(2).is_err());
            otpctl(&machine, &["status", "alice"]).ends(1, "");
        }
        let words = ["provision", "alice", "--button", "long", "--digits", "7"];
        token_with(&machine, &words, "").ends(1, "6 or 8 digits");
        let words = ["provision", "alice", "--button", "long", "--algorithm", "sha256"];
        token_with(&machine, &words, "").ends(1, "SHA1 only");
    }

    fn a_token_without_slots_is_said_to_have_none() {
        let machine = with_store();
        let rig = TokenRig::start();
        let _card = rig.insert("oath", &[]);
        for words in [&["button", "show"][..], &["provision", "alice", "--button", "short"]] {
            let said: Said = token(&machine, words);
            assert_eq!(said.status, 4, "{said:?}");
        }
    }

    fn a_password_is_recorded_as_key_presses_whatever_the_layout() {
        let machine = with_store();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        // What a keyboard's device tells: 16 bytes of time, then type, code and value.
        let event = |kind: u16, code: u16, value: i32| {
            let mut bytes = vec![0_u8; 16];
            bytes.extend(kind.to_ne_bytes());
            bytes.extend(code.to_ne_bytes());
            bytes.extend(value.to_ne_bytes());
            bytes
        };
        let press = |code| [event(4, 4, 7), event(1, code, 1), event(0, 0, 0), event(1, code, 0)].concat();
        // Shift and Z, then Z, 1, Enter.
        let once = [event(1, 42, 1), press(44), event(1, 42, 0), press(44), press(2), press(28)].concat();
        let otherwise = [press(44), press(28)].concat();
        std::fs::write("/tmp/keyboard", [once.clone(), once.clone()].concat()).unwrap();
        std::fs::write("/tmp/differs", [once.clone(), otherwise].concat()).unwrap();
        std::fs::write("/tmp/ends", &once[..100]).unwrap();

        let said = token(&machine, &["button", "static", "long", "--record", "/tmp/keyboard"]);

        said.ends(0, "The same again").ends(0, "types a static password from now on");
        assert_eq!(card.press(2).unwrap().usages, [0x9D, 0x1D, 0x1E, 0x28]);
        for (device, status, why) in [
            ("/tmp/differs", 2, "the two differ"),
            ("/tmp/ends", 4, "the keyboard tells no more"),
            ("/tmp/not-there", 4, "cannot be opened"),
        ] {
            token(&machine, &["button", "static", "short", "--record", device]).ends(status, why);
        }
        assert!(card.press(1).is_err());
    }
}
