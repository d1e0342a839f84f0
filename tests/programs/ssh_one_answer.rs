//! ssh, password and code in one answer: for clients that can ask only once.

use crate::examples::SSHD_ONE_ANSWER;
use crate::journal::Journal;
use crate::scene::{furnish, protect, standing};
use crate::sshd::{PASSWORDS, Sshd, tries};
use pam_otp_tests::{Machine, sandboxed};

/// The two ways in which sshd asks once, and its question.
const METHODS: [(&str, &str); 2] = [
    ("PreferredAuthentications=password", "password: "),
    (
        "PreferredAuthentications=keyboard-interactive",
        "Password and code: ",
    ),
];

/// Whether alice gets in by each of the two ways with these answers.
fn inside(answers: [&str; 2]) -> [bool; 2] {
    let ways = [0, 1].map(|way| (METHODS[way], answers[way]));
    ways.map(|((option, question), answer)| {
        tries("alice", &[option], &[(question, answer)]).ends_with("\ninside\n")
    })
}

fn protected() -> Option<Machine> {
    let machine = furnish()?;
    protect(&machine, "sshd", &SSHD_ONE_ANSWER);
    Some(machine)
}

sandboxed! {
    fn sshds_password_method_takes_password_and_code_in_one_answer() {
        let Some(machine) = protected() else { return };
        let mut phone = machine.enrol("alice", &[]);
        let _sshd = Sshd::start(PASSWORDS);
        let journal = Journal::listen();
        let right = [phone.next_code(), phone.next_code()].map(|code| format!("wonderland{code}"));
        let right = right.each_ref().map(String::as_str);

        assert_eq!(inside(right), [true; 2]);
        // Used already.
        assert_eq!(inside(right), [false; 2]);

        let outcomes = ["accepted", "accepted", "replay", "replay"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("sshd alice {word}")));
        assert_eq!(standing(&machine, "alice"), "activated, 2 failures");
    }

    fn one_answer_without_a_right_code_or_password_opens_nothing() {
        let Some(machine) = protected() else { return };
        let mut phone = machine.enrol("alice", &[]);
        let _sshd = Sshd::start(PASSWORDS);
        let journal = Journal::listen();
        let wrong = format!("wonderland{}", phone.wrong_code());
        let wrong_password = format!("looking glass{}", phone.next_code());
        let code_alone = phone.next_code();

        assert_eq!(inside(["wonderland", &wrong]), [false; 2]);
        assert_eq!(standing(&machine, "alice"), "activated, 1 failures");
        assert_eq!(inside([&wrong_password, &code_alone]), [false; 2]);

        // The last two codes were right, and are spent: the password was not pam_otp's to check.
        let outcomes = ["malformed", "no-match", "accepted", "accepted"];
        assert_eq!(journal.outcomes(), outcomes.map(|word| format!("sshd alice {word}")));
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
    }

    fn somebody_who_has_not_shown_a_code_yet_answers_with_the_password_alone() {
        let Some(machine) = protected() else { return };
        let mut phone = machine.enrol_pending("alice", &[]);
        let _sshd = Sshd::start(PASSWORDS);
        let with_code = format!("wonderland{}", phone.next_code());

        assert_eq!(inside(["wonderland"; 2]), [true; 2]);
        assert_eq!(standing(&machine, "alice"), "pending for 0 logins, 0 failures");
        assert_eq!(inside(["looking glass", &with_code]), [false, true]);
        assert_eq!(standing(&machine, "alice"), "activated, 0 failures");
        assert_eq!(inside(["wonderland"; 2]), [false; 2]);
    }
}
