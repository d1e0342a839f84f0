//! Several devices in one account: codes of six and of eight digits, recovery codes, and what
//! tokens type in front of their codes.

use pam_otp_tests::{Device, Login, Machine, device_of, sandboxed};

/// bob, whose password ends in digits, with a fob of six digits; in one answer and in two.
fn furnish(more: &[&str]) -> (Machine, Device) {
    let machine = Machine::with_alice();
    machine.add_user("bob", "builder2024");
    machine.stack(
        "one",
        "auth required {otp} password=combined\nauth required pam_unix.so try_first_pass nodelay\n",
    );
    machine.stack("two", "auth required {otp} password=verify\n");
    let fob = machine.enrol("bob", &[&["--hotp"], more].concat());
    (machine, fob)
}

fn add(machine: &Machine, label: &str, more: &[&str]) -> Device {
    let words = [
        "add",
        "bob",
        "--label",
        label,
        "--hotp",
        "--pending",
        "--uri-only",
    ];
    device_of(&machine.otpctl_ok(&[&words, more].concat()))
}

/// Password and code in one answer, and in two: whether both let in.
fn in_one(code: &str) -> String {
    let both = format!("builder2024{code}");
    Login::new("one", "bob").answers(&[&both]).run().code
}

fn in_two(code: &str) -> String {
    Login::new("two", "bob")
        .answers(&["builder2024", code])
        .run()
        .code
}

sandboxed! {
    fn codes_of_six_and_of_eight_digits_open_one_account_in_one_answer_and_in_two() {
        let (machine, mut six) = furnish(&[]);
        let mut eight = add(&machine, "card", &["--digits", "8"]);

        for opens in [in_one, in_two] {
            for _ in 0..2 {
                for device in [&mut six, &mut eight] {
                    let code = device.next_code();
                    assert_eq!(opens(&code), "PAM_SUCCESS", "{code}");
                    assert_eq!(opens(&code), "PAM_AUTH_ERR", "{code}");
                }
            }
        }
        // The last six of eight digits are no code of six.
        assert_eq!(in_two(&eight.next_code()[2..]), "PAM_AUTH_ERR");
    }

    fn a_recovery_code_is_the_tail_of_an_answer_once() {
        let (machine, _fob) = furnish(&[]);
        let codes = machine.otpctl_ok(&["recovery", "new", "bob", "--quiet"]);
        let codes: Vec<&str> = codes.lines().collect();

        for code in [codes[0].to_string(), codes[1].replace('-', ""), codes[2].to_lowercase()] {
            let wrong_password = format!("builder{code}");
            let refused = Login::new("one", "bob").answers(&[&wrong_password]).run().code;
            assert_eq!(refused, "PAM_AUTH_ERR");
            // Before the password is known the code is used up: combined cannot know better.
            assert_eq!(in_one(&code), "PAM_AUTH_ERR");
        }
        assert_eq!(in_one(codes[3]), "PAM_SUCCESS");
        assert_eq!(in_one(codes[3]), "PAM_AUTH_ERR");
        assert_eq!(in_two(codes[4]), "PAM_SUCCESS");
    }

    fn what_a_token_types_before_its_code_selects_the_token() {
        let (machine, mut first) = furnish(&["--token-identifier", "ubhe00000001"]);
        let mut second = add(&machine, "card", &["--token-identifier", "ubhe00000002"]);

        for opens in [in_one, in_two] {
            let (one, two) = (first.next_code(), second.next_code());
            // The code of one behind the name of the other.
            assert_eq!(opens(&format!("ubhe00000002{one}")), "PAM_AUTH_ERR");
            assert_eq!(opens(&format!("ubhe00000001{two}")), "PAM_AUTH_ERR");
            assert_eq!(opens(&format!("ubhe00000001{one}")), "PAM_SUCCESS");
            assert_eq!(opens(&format!("UBHE00000002{two}")), "PAM_SUCCESS");
            // Read from the display.
            assert_eq!(opens(&first.next_code()), "PAM_SUCCESS");
        }
        // A token that is not in the account. (In one answer it could be the password's end.)
        let code = first.next_code();
        assert_eq!(in_two(&format!("ubhe00000003{code}")), "PAM_AUTH_ERR");
        assert_eq!(in_two(&code), "PAM_SUCCESS");
    }
}
