//! Many ssh logins at once with one code.

use crate::examples::SSHD_PASSWORD_AND_CODE;
use crate::journal::Journal;
use crate::scene::{furnish, protect, protect_everything};
use crate::sshd::{CODES, Sshd, ssh};
use pam_otp_tests::{Device, Pty, sandboxed};

/// Brings so many clients to the question for the code, answers all with one code, and
/// returns how many got in.
fn inside_of(crowd: usize, code: &str) -> usize {
    let mut clients: Vec<Pty> = (0..crowd)
        .map(|_| ssh("alice", &[], "echo inside"))
        .collect();
    for client in &mut clients {
        client.answer("Password: ", "wonderland");
    }
    for client in &mut clients {
        client.expect("One-time code: ");
    }
    for client in &mut clients {
        client.send(code);
    }
    let screens = clients.into_iter().map(|client| client.ends().screen);
    let screens: Vec<String> = screens.collect();
    for screen in &screens {
        let said = screen.contains("inside") || screen.contains("Permission denied");
        assert!(said, "neither accepted nor refused: {screen}");
    }
    screens.iter().filter(|one| one.contains("inside")).count()
}

/// Insists on exactly one in each round, whose codes are new; the others are replays.
fn exactly_one(crowd: usize, rounds: usize, device: &mut Device) {
    let journal = Journal::listen();
    for round in 0..rounds {
        assert_eq!(inside_of(crowd, &device.next_code()), 1, "round {round}");
        let mut outcomes = journal.outcomes();
        outcomes.sort();
        let mut expected = vec!["sshd alice replay"; crowd];
        expected[0] = "sshd alice accepted";
        assert_eq!(outcomes, expected, "round {round}");
    }
}

sandboxed! {
    fn of_two_ssh_logins_at_once_with_one_code_exactly_one_gets_in() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let _sshd = Sshd::start(CODES);
        exactly_one(2, 8, &mut fob);
    }

    fn of_eight_ssh_logins_at_once_with_one_code_exactly_one_gets_in() {
        let Some(machine) = furnish() else { return };
        protect(&machine, "sshd", &SSHD_PASSWORD_AND_CODE);
        let mut phone = machine.enrol("alice", &[]);
        let _sshd = Sshd::start(CODES);
        exactly_one(8, 2, &mut phone);
    }

    fn of_eight_ssh_logins_at_once_behind_pam_unix_exactly_one_gets_in() {
        let Some(machine) = furnish() else { return };
        protect_everything(&machine);
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let _sshd = Sshd::start(CODES);
        exactly_one(8, 3, &mut fob);
    }
}
