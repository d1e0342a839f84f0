//! `otpctl token` at a terminal: hidden passwords, questions, the countdown, OSC 52.

use crate::cli_support::{names, token_with};
use pam_otp_tests::{Machine, Pty, TokenRig, built, sandboxed};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n";

fn otpctl(words: &[&str]) -> Command {
    let mut command = Command::new(built("otpctl"));
    command
        .arg("token")
        .args(words)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    command
}

sandboxed! {
    fn passwords_are_typed_unseen_and_twice_when_they_are_new() {
        let _machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);

        let mut pty = Pty::start(otpctl(&["password", "set"]));
        pty.answer("New password: ", "hunter2");
        pty.answer("The same password again: ", "hunter3");
        let ended = pty.ends();
        assert_eq!(ended.status.code(), Some(2), "{ended:?}");
        let mut pty = Pty::start(otpctl(&["password", "set"]));
        pty.answer("New password: ", "hunter2");
        pty.answer("The same password again: ", "hunter2");
        let ended = pty.ends();
        assert!(ended.status.success() && !ended.screen.contains("hunter"), "{ended:?}");

        let mut pty = Pty::start(otpctl(&["add", "joe"]));
        pty.answer("Password of the token: ", "hunter2");
        pty.answer("Secret (base32, or hex:...): ", SECRET.trim());
        let ended = pty.ends();
        assert!(ended.status.success(), "{ended:?}");
        assert!(!ended.screen.contains("hunter") && !ended.screen.contains("GEZD"), "{ended:?}");
    }

    fn a_reset_asks_twice() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        token_with(&machine, &["add", "joe"], SECRET).ends(0, "");

        let mut pty = Pty::start(otpctl(&["reset"]));
        pty.answer("Type \"reset\" to go on: ", "reset");
        pty.answer("Type \"delete everything\" to go on: ", "reset");
        assert_eq!(pty.ends().status.code(), Some(1));
        assert_eq!(names(&machine), ["joe"]);
        let mut pty = Pty::start(otpctl(&["reset"]));
        pty.answer("Type \"reset\" to go on: ", "reset");
        pty.answer("Type \"delete everything\" to go on: ", "delete everything");
        assert!(pty.ends().status.success());
        assert_eq!(names(&machine), [""; 0]);
    }

    fn a_touch_is_waited_for_with_a_countdown_that_leaves_nothing_behind() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        token_with(&machine, &["add", "finger", "-t", "-o", "hotp"], SECRET).ends(0, "");
        card.touch("3000");

        let mut pty = Pty::start(otpctl(&["code", "finger"]));
        pty.expect("Touch the token now: 15 s");
        pty.expect("Touch the token now: 14 s");
        pty.expect("\r\x1b[K");
        pty.expect("finger  755224");

        assert!(pty.ends().status.success());
    }

    fn a_code_reaches_the_clipboard_of_a_real_terminal_and_leaves_it_again() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        token_with(&machine, &["add", "joe", "-o", "hotp"], SECRET).ends(0, "");
        // tmux is a terminal that keeps what OSC 52 tells it.
        let tmux = |words: &[&str]| {
            let mut command = Command::new("tmux");
            command.args(["-L", "clipboard"]).args(words).stderr(Stdio::null());
            command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
            command.output().expect("tmux is installed; run: make test").stdout
        };
        tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "sh"]);
        tmux(&["set-option", "-g", "set-clipboard", "on"]);
        let program = built("otpctl").display().to_string();
        let line = format!("{program} token code joe --copy --clear-after 2");
        tmux(&["send-keys", &line, "Enter"]);

        let waited_for = |wanted: &[u8]| {
            let began = Instant::now();
            while tmux(&["show-buffer"]) != wanted {
                let screen = String::from_utf8_lossy(&tmux(&["capture-pane", "-p"])).into_owned();
                assert!(began.elapsed() < Duration::from_secs(20), "{screen}");
                std::thread::sleep(Duration::from_millis(50));
            }
        };
        waited_for(b"755224");
        let screen = String::from_utf8_lossy(&tmux(&["capture-pane", "-p"])).into_owned();
        assert!(!screen.contains("755224"), "{screen}");
        // The bytes themselves, at a terminal whose shell lives on.
        let mut shell = Command::new("sh");
        let line = format!("{program} token code joe --copy --clear-after 1; read -r enter");
        shell.args(["-c", &line]).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        let mut pty = Pty::start(shell);
        // "287082" in base64, then nothing.
        pty.expect("\x1b]52;c;Mjg3MDgy\x07");
        pty.expect("is in the clipboard (by the terminal). It is emptied in 1 s.");
        pty.expect("\x1b]52;c;\x07");
        pty.send("");
        pty.ends();
        tmux(&["kill-server"]);
    }

    fn another_programs_transaction_is_waited_for_and_said() {
        let _machine = Machine::with_alice();
        let rig = TokenRig::start();
        let card = rig.insert("yubikey", &[]);
        let name = std::ffi::CString::new(card.reader()).unwrap();
        let service = pcsc::Context::establish(pcsc::Scope::User).unwrap();
        let mut other = service
            .connect(&name, pcsc::ShareMode::Shared, pcsc::Protocols::ANY)
            .unwrap();
        let transaction = other.transaction().unwrap();

        let mut pty = Pty::start(otpctl(&["accounts"]));
        pty.expect("Another program is using the token; waiting for it");
        transaction.end(pcsc::Disposition::LeaveCard).ok().unwrap();
        pty.expect("The token holds no accounts.");

        assert!(pty.ends().status.success());
    }
}
