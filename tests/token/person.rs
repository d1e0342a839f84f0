//! Who holds the token in a test of a driver, and what he asks for.

use crate::oracle::secret;
use otp_core::{Digits, HashAlgorithm, MovingFactor, TimeStep, UnixTime};
use pam_otp_tests::now;
use token_drivers::{
    Credential, CredentialName, Holder, Moment, NewCredential, NewMoving, Patience, Protection,
    Token, Unlock,
};
use zeroize::Zeroizing;

/// Counts how often he was asked to touch. The finger itself is the virtual token's.
#[derive(Default)]
pub(crate) struct Person {
    pub(crate) asked: usize,
    pub(crate) over: usize,
}

impl Holder for Person {
    fn asked_to_touch(&mut self) -> Patience {
        self.asked += 1;
        // A token that is asked again and again; never longer than a test may take.
        if self.asked > 1 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        if self.asked > 500 {
            return Patience::GiveUp;
        }
        Patience::Wait
    }

    fn touch_is_over(&mut self) {
        self.over += 1;
    }
}

/// Bytes for proofs. Not secret, and not the same twice.
pub(crate) fn random(bytes: &mut [u8]) {
    use std::io::Read;
    let mut file = std::fs::File::open("/dev/urandom").expect("it is there");
    file.read_exact(bytes).expect("it gives bytes");
}

pub(crate) fn password(text: &str) -> Unlock {
    Unlock::Password(Zeroizing::new(text.to_owned()))
}

pub(crate) fn pin(text: &str) -> Unlock {
    Unlock::Pin(Zeroizing::new(text.to_owned()))
}

pub(crate) fn moment() -> Moment {
    Moment(UnixTime(now()))
}

/// A credential to be written, beginning with SHA-1, six digits and no protection.
pub(crate) fn new(name: &str, key: &[u8], moving: NewMoving) -> NewCredential {
    NewCredential {
        name: CredentialName::parse(name).expect("a name"),
        secret: secret(key),
        algorithm: HashAlgorithm::Sha1,
        digits: Digits::new(6).expect("six"),
        moving,
        protection: Protection::default(),
        now: UnixTime(now()),
    }
}

pub(crate) fn counter(first: u64) -> NewMoving {
    NewMoving::Counter(MovingFactor(first))
}

pub(crate) fn time(step_seconds: u64) -> NewMoving {
    NewMoving::Time(TimeStep::from_seconds(step_seconds).expect("a time step"))
}

/// The credential that the token lists under this name.
pub(crate) fn find(token: &mut dyn Token, name: &str) -> Credential {
    let listed = token.list(&mut Person::default()).expect("it lists");
    let found = listed.iter().find(|one| one.name.to_string() == name);
    found
        .unwrap_or_else(|| panic!("{name} is not in {listed:?}"))
        .clone()
}

/// Its code of now.
pub(crate) fn code(token: &mut dyn Token, name: &str) -> String {
    let credential = find(token, name);
    let code = token.calculate(&credential, moment(), &mut Person::default());
    code.unwrap_or_else(|error| panic!("{name}: {error}"))
        .text
        .to_string()
}
