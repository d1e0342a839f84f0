//! Thirty-two users who log in at the same time, each with codes of his own.

use crate::cases::{generator, google};
use crate::{pam, stack, store};
use otp_core::MovingFactor;
use std::ffi::CString;
use std::time::Instant;

const USERS: usize = 32;

/// Prints logins a second for us and for the peer that survives this (pam_oath refuses most
/// of a crowd, so it has no speed here).
pub fn print(logins_each: usize) {
    let own = std::fs::read_to_string("/bench/pam.d/own").expect("it is there");
    for user in 0..USERS {
        let name = format!("user{user}");
        store::add("one", &name, u32::try_from(2000 + user).expect("small"));
        google(&format!("google-{name}"), &name, "\" HOTP_COUNTER 1\n");
    }
    stack("own-crowd", own.trim());
    let ours = together(logins_each, 0, |_| "own-crowd".into());
    let theirs = together(logins_each, 1, |user| format!("google-user{user}"));
    println!(
        "\n{USERS} users at once: pam_otp does {:.2} times the logins of google-authenticator",
        ours / theirs
    );
}

/// Logins a second of all together.
fn together(each: usize, first: u64, service: impl Fn(usize) -> String) -> f64 {
    let start = Instant::now();
    let mut children = Vec::new();
    for user in 0..USERS {
        // SAFETY: this program has a single thread.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let c = |text: &str| CString::new(text).expect("no NUL");
            let (service, name) = (c(&service(user)), c(&format!("user{user}")));
            for counter in first.. {
                if counter - first == each as u64 {
                    break;
                }
                let code = generator().code(MovingFactor(counter)).expose_digits();
                pam::log_in(&service, &name, &c(&code));
            }
            // SAFETY: ends the child without running the parent's cleanup.
            unsafe { libc::_exit(0) };
        }
        children.push(child);
    }
    for child in children {
        let mut status = 0;
        // SAFETY: our own child, and a place of ours.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!(status, 0, "every login succeeds");
    }
    (USERS * each) as f64 / start.elapsed().as_secs_f64()
}
