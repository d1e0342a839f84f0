//! `otpctl token` with Nitrokey's real firmware: the PIN, for single accounts.

use crate::cli_support::{names, otpctl, token, token_with};
use pam_otp_tests::{Login, Machine, Pty, TokenRig, built, sandboxed};
use std::process::Command;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n";

sandboxed! {
    fn an_account_behind_the_pin_logs_in_and_is_hidden_without_it() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let rig = TokenRig::start();
        let _card = rig.insert("nitrokey", &[]);
        token(&machine, &["provision", "alice", "--pin"]).ends(1, "needs the PIN");
        token_with(&machine, &["pin", "change"], "1\n").ends(1, "no PIN yet");
        token_with(&machine, &["pin", "set"], "12345678\n").ends(0, "has a PIN now");
        token_with(&machine, &["pin", "set"], "12345678\n").ends(1, "a PIN already");
        token(&machine, &["password", "set"]).ends(1, "a PIN, not a password");

        let words = ["provision", "alice", "--hotp", "--access", "pin-and-touch", "--unlock-stdin"];
        token_with(&machine, &words, "12345678\n").ends(0, "alice is enrolled");

        assert_eq!(names(&machine), [""; 0]);
        let words = ["code", "--single", "sandbox:alice", "--unlock-stdin"];
        let code = token_with(&machine, &words, "12345678\n").ends(0, "").out;
        let login = |code: &str| Login::new("door", "alice").answers(&[code]).run().code;
        assert_eq!(login(code.trim()), "PAM_SUCCESS");
        assert_eq!(login(code.trim()), "PAM_AUTH_ERR");
        token_with(&machine, &words, "87654321\n").ends(4, "the PIN is wrong").ends(4, "Tries left: 7");
        let words = ["accounts", "--json", "--unlock-stdin"];
        let listed = token_with(&machine, &words, "12345678\n").ends(0, "").json();
        assert_eq!(listed["accounts"][0]["pin"], true);
        assert_eq!(listed["accounts"][0]["touch"], true);
        let words = ["pin", "change", "--unlock-stdin"];
        token_with(&machine, &words, "12345678\n11112222\n").ends(0, "another PIN");
        let words = ["code", "-s", "alice", "--unlock-stdin"];
        token_with(&machine, &words, "11112222\n").ends(0, "");
    }

    fn a_pin_is_asked_for_unseen_and_may_be_left_out() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("nitrokey", &[]);
        token_with(&machine, &["add", "open", "-o", "hotp"], SECRET).ends(0, "");
        token_with(&machine, &["pin", "set"], "12345678\n").ends(0, "");
        let mut command = Command::new(built("otpctl"));
        command.args(["token", "code", "open"]);
        let mut pty = Pty::start(command);
        pty.answer("PIN of the token (Enter: without): ", "");
        pty.expect("open  755224");
        assert!(pty.ends().status.success());
        token(&machine, &["reset", "--yes"]).ends(0, "No account is on the Nitrokey 3");
        assert_eq!(names(&machine), [""; 0]);
        otpctl(&machine, &["token", "info"]).ends(0, "no PIN is set");
    }
}
