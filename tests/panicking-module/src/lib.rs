//! A PAM module that panics after it has asked its question, inside the same guard as
//! `pam_otp.so`. It exists so that the shipped module needs no switch for testing.

use pam_edge::{Echo, Handle, guard};
use pamsm::{Pam, PamError, PamFlags, PamServiceModule};

struct Module;

impl PamServiceModule for Module {
    fn authenticate(pam: Pam, _: PamFlags, _: Vec<String>) -> PamError {
        guard(&Handle::new(pam), |handle| {
            let answer = handle.ask("Panic about: ", Echo::Off);
            panic!("this text must not reach anybody: {answer:?}");
        })
    }

    fn setcred(_: Pam, _: PamFlags, _: Vec<String>) -> PamError {
        PamError::SUCCESS
    }
}

pamsm::pam_module!(Module);
