//! Key URIs from QR codes: files as cameras and browsers make them, the clipboard, the screen.

use crate::cli_support::{Said, code, names, otpctl, token, token_with};
use pam_otp_tests::{Machine, TokenRig, built, sandboxed};
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A sheet of paper with the QR code of a counter, printed by this very command for another
/// user; the picture is what a service would show. Returns its file and the first code.
fn service(machine: &Machine) -> &'static str {
    fs::write(
        "/tmp/users.csv",
        "user,kind,secret\nalice,hotp,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n",
    )
    .unwrap();
    let words = [
        "enroll",
        "--from",
        "/tmp/users.csv",
        "--sheets",
        "/tmp/sheets",
        "--issuer",
        "ACME",
    ];
    otpctl(machine, &words).ends(0, "1 enrolled");
    "/tmp/sheets/alice.png"
}

/// ImageMagick's convert.
fn convert(words: &[&str]) {
    let status = Command::new("convert").args(words).status();
    assert!(
        status
            .expect("imagemagick is installed; run: make test")
            .success(),
        "{words:?}"
    );
}

/// An X server without a screen, with this picture on its background.
struct Desktop(Child);

impl Desktop {
    fn showing(picture: &str) -> Self {
        let server = Command::new("Xvfb")
            .args([":7", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("xvfb is installed; run: make test");
        let desktop = Self(server);
        let began = Instant::now();
        while !fs::exists("/tmp/.X11-unix/X7").unwrap() {
            assert!(began.elapsed() < Duration::from_secs(20), "no X server");
            std::thread::sleep(Duration::from_millis(20));
        }
        // Its exit status says nothing; what is on the screen does.
        let shown = Command::new("display")
            .args(["-display", ":7", "-window", "root", picture])
            .stderr(Stdio::null())
            .status();
        shown.expect("imagemagick is installed; run: make test");
        desktop
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `otpctl token …` on that desktop.
fn on_the_desktop(words: &[&str]) -> Said {
    let mut command = Command::new(built("otpctl"));
    command
        .arg("token")
        .args(words)
        .env("DISPLAY", ":7")
        .stdin(Stdio::null());
    Said::from(command.output().unwrap())
}

sandboxed! {
    fn a_qr_code_is_read_from_pictures_of_every_kind() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        let png = service(&machine);
        convert(&[png, "-quality", "40", "/tmp/photo.jpg"]);
        convert(&[png, "-resize", "50%", "/tmp/small.png"]);
        convert(&[png, "-rotate", "90", "/tmp/turned.png"]);
        convert(&[png, "-negate", "/tmp/dark.png"]);
        convert(&[png, "-level", "-200%,300%", "-quality", "70", "/tmp/pale.jpg"]);
        convert(&[png, "-bordercolor", "gray", "-border", "400x300", "/tmp/wide.png"]);
        for picture in [png, "/tmp/photo.jpg", "/tmp/small.png", "/tmp/turned.png", "/tmp/dark.png", "/tmp/pale.jpg", "/tmp/wide.png"] {
            let said = token(&machine, &["add", "--qr", picture]);

            assert_eq!(said.status, 0, "{picture}: {said:?}");
            assert_eq!(names(&machine), ["ACME:alice"], "{picture}");
            assert_eq!(code(&machine, "ACME:alice"), "755224", "{picture}");
            token(&machine, &["delete", "ACME:alice", "-f"]).ends(0, "");
        }
        // Nothing of the secret is said.
        let said = token(&machine, &["add", "--qr", png]);
        assert!(!format!("{said:?}").contains("GEZD"));
    }

    fn a_picture_comes_from_standard_input_as_well() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        let png = service(&machine);

        let output = Command::new(built("otpctl"))
            .args(["token", "add", "--qr", "-", "--issuer", "Other"])
            .stdin(fs::File::open(png).unwrap())
            .output()
            .unwrap();

        Said::from(output).ends(0, "\"Other:alice\" is on the token");
    }

    fn pictures_without_a_key_uri_are_refused_before_anything_else() {
        let machine = Machine::with_alice();
        let png = service(&machine);
        convert(&[png, png, "+append", "/tmp/same-twice.png"]);
        convert(&["-size", "300x300", "xc:white", "/tmp/white.png"]);
        fs::write("/tmp/no-picture.png", "GIF89a, or not").unwrap();
        fs::write("/tmp/cut.png", &fs::read(png).unwrap()[..400]).unwrap();
        // Without a reader: that is not even asked for.
        for (picture, why) in [
            ("/tmp/white.png", "no QR code was found"),
            ("/tmp/no-picture.png", "neither PNG nor JPEG"),
            ("/tmp/cut.png", "the picture is damaged"),
            ("/tmp/not-there.png", "cannot be read"),
            ("/tmp", "cannot be read"),
        ] {
            token(&machine, &["add", "--qr", picture]).ends(2, why);
        }
        // The same one twice is one.
        token(&machine, &["add", "--qr", "/tmp/same-twice.png"]).ends(4, "pcscd");
        token(&machine, &["add", "--qr-screenshot"]).ends(1, "--qr FILE");
        token(&machine, &["add", "--qr-clipboard"]).ends(1, "wl-clipboard");
    }

    fn a_qr_code_on_the_screen_is_found() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        let png = service(&machine);
        convert(&[png, "-resize", "600x", "/tmp/window.png"]);
        convert(&["-size", "1600x1200", "xc:#204a60", "/tmp/window.png", "-geometry", "+700+250", "-composite", "/tmp/screen.png"]);
        let _desktop = Desktop::showing("/tmp/screen.png");

        on_the_desktop(&["add", "--qr-screenshot"]).ends(0, "\"ACME:alice\" is on the token");

        assert_eq!(code(&machine, "ACME:alice"), "755224");
    }

    fn a_picture_that_was_copied_is_read_and_a_code_is_copied_and_forgotten() {
        let machine = Machine::with_alice();
        let rig = TokenRig::start();
        let _card = rig.insert("yubikey", &[]);
        let png = service(&machine);
        convert(&[png, "/tmp/screen.png"]);
        let _desktop = Desktop::showing("/tmp/screen.png");
        let xclip = |words: &[&str]| {
            let mut command = Command::new("xclip");
            command.args(["-selection", "clipboard"]).args(words).env("DISPLAY", ":7");
            command
        };
        let copied = xclip(&["-target", "image/png", "-in", png]).stdout(Stdio::null()).status();
        assert!(copied.expect("xclip is installed; run: make test").success());

        on_the_desktop(&["add", "--qr-clipboard"]).ends(0, "\"ACME:alice\" is on the token");
        let said = on_the_desktop(&["code", "alice", "--copy", "--clear-after", "2"]);

        let said = said.ends(0, "is in the clipboard (by xclip). It is emptied in 2 s.");
        assert!(!said.out.contains("755224"));
        let text = || xclip(&["-out"]).output().expect("xclip is installed").stdout;
        assert_eq!(text(), b"755224");
        let began = Instant::now();
        while text() == b"755224" {
            assert!(began.elapsed() < Duration::from_secs(20), "it stays");
            std::thread::sleep(Duration::from_millis(100));
        }
        assert!(began.elapsed() > Duration::from_millis(500), "it was gone at once");
        token_with(&machine, &["code", "alice", "--copy"], "").ends(1, "there is no clipboard");
    }
}
