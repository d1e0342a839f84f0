//! What passes through an ssh connection is what the programs at its ends said, byte by byte.

use crate::examples::SSHD_PASSWORD_AND_CODE;
use crate::journal::Journal;
use crate::scene::{add_person, furnish, protect, standing};
use crate::sshd::{CODES, Sshd, client};
use pam_otp_tests::{Pty, put, sandboxed};
use std::fs::{self, File};

/// `ssh USER@127.0.0.1 COMMAND` with its output in files: what reached them.
fn redirected(
    locale: &str,
    user: &str,
    [password, code]: [&str; 2],
    remote: &str,
) -> (Vec<u8>, Vec<u8>) {
    let (output, error) = ("/tmp/output", "/tmp/error");
    let create = |path| File::create(path).unwrap();
    let mut command = client("ssh", &[]);
    command.env("LC_ALL", locale);
    command.args([&format!("{user}@127.0.0.1"), remote]);
    let mut ssh = Pty::start_redirected(command, create(output), create(error));
    ssh.answer("Password: ", password);
    ssh.answer("One-time code: ", code);
    let ended = ssh.ends();
    assert!(ended.status.success(), "{}", ended.screen);
    (fs::read(output).unwrap(), fs::read(error).unwrap())
}

/// A file of every byte there is, many times over.
fn make_file(path: &str) {
    let bytes: Vec<u8> = (0..1_000_000_u32)
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes())
        .collect();
    put(path, &bytes, 0o644);
}

sandboxed! {
    fn a_command_over_ssh_prints_what_it_prints_and_nothing_else() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let _sshd = Sshd::start(CODES);
        make_file("/srv/file");
        let nothing: (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());

        for locale in ["C", "C.UTF-8"] {
            let mut run = |remote: &str| {
                redirected(locale, "alice", ["wonderland", &fob.next_code()], remote)
            };
            assert_eq!(run("true"), nothing, "{locale}");
            let (output, error) = run("cat /srv/file");
            assert!(output == fs::read("/srv/file").unwrap(), "{locale}");
            assert_eq!(error, b"", "{locale}");
        }
    }

    fn a_command_over_ssh_prints_nothing_else_while_the_enrolment_is_pending() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        machine.enrol_pending("alice", &[]);
        let _sshd = Sshd::start(CODES);

        let journal = Journal::listen();

        let (output, error) = redirected("C.UTF-8", "alice", ["wonderland", ""], "echo inside");

        assert_eq!((output, error), (b"inside\n".to_vec(), Vec::new()));
        assert_eq!(journal.outcomes()[0], "sshd alice pending");
        assert_eq!(standing(&machine, "alice"), "pending for 1 logins, 0 failures");
    }

    fn a_password_in_any_script_passes_through_ssh_in_any_locale() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        add_person(&machine, "carol", "Wünderländ ☃");
        let mut phone = machine.enrol("carol", &[]);
        let _sshd = Sshd::start(CODES);

        for locale in ["C", "C.UTF-8"] {
            let (output, _) =
                redirected(locale, "carol", ["Wünderländ ☃", &phone.next_code()], "echo inside");
            assert_eq!(output, b"inside\n", "{locale}");
        }
    }

    fn sftp_carries_files_unharmed() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        let code = machine.enrol("alice", &[]).next_code();
        there_and_back(&code);
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }

    fn sftp_carries_files_unharmed_while_the_enrolment_is_pending() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        machine.enrol_pending("alice", &[]);
        there_and_back("");
        assert_eq!(standing(&machine, "alice"), "pending for 1 logins, 0 failures");
    }
}

/// Carries a file to the other end and back with `sftp`, and compares.
fn there_and_back(code: &str) {
    let _sshd = Sshd::start(CODES);
    make_file("/srv/file");
    let mut command = client("sftp", &[]);
    command.arg("alice@127.0.0.1");
    let mut sftp = Pty::start(command);
    sftp.answer("Password: ", "wonderland");
    sftp.answer("One-time code: ", code);
    for line in ["put /srv/file there", "get there /tmp/back", "bye"] {
        sftp.answer("sftp> ", line);
    }
    let ended = sftp.ends();
    assert!(ended.status.success(), "{}", ended.screen);
    for shown in ["Secret: ", "█", "##"] {
        assert!(!ended.screen.contains(shown), "{}", ended.screen);
    }
    let sent = fs::read("/srv/file").unwrap();
    for copy in ["/home/alice/there", "/tmp/back"] {
        assert!(fs::read(copy).unwrap() == sent, "{copy}: {}", ended.screen);
    }
}
