//! Stores of pam_otp with one account or very many.

use crate::cases::secret;
use otp_core::{
    Account, Authenticator, AuthenticatorId, Authenticators, Digits, EnrolmentId, HashAlgorithm,
    Label, Method, MovingFactor, State, TimeStep, UnixTime, UserName,
};
use otp_store::Store;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// What moves the codes on.
#[derive(Clone, Copy)]
pub enum Kind {
    Hotp,
    Totp,
}

/// Makes `/bench/NAME` with alice's account and as many others as are missing.
pub fn make(name: &str, accounts: usize, kind: Kind) {
    let path = PathBuf::from(format!("/bench/{name}"));
    let store = Store::create(&path).expect("a store can be made on the disk");
    let account = account("alice", 1000, kind);
    let state = State::fresh(&account);
    store
        .enrol(&account, &state)
        .expect("alice can be enrolled");
    // The others are copies under other names: as real as alice, but without a sync each.
    let text = fs::read_to_string(path.join("account/alice")).expect("readable");
    let state = fs::read(path.join("state/alice")).expect("readable");
    for number in 1..accounts {
        let user = format!("other{number}");
        let copy = text.replace("\"alice\"", &format!("\"{user}\""));
        for (folder, content) in [("account", copy.as_bytes()), ("state", &state)] {
            let file = path.join(folder).join(&user);
            fs::write(&file, content).expect("writable");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("changeable");
        }
    }
    // SAFETY: sync(2) takes and returns nothing.
    unsafe { libc::sync() };
}

/// Another user in an existing store.
pub fn add(name: &str, user: &str, uid: u32) {
    let store = Store::open(&PathBuf::from(format!("/bench/{name}"))).expect("it is there");
    let account = account(user, uid, Kind::Hotp);
    let state = State::fresh(&account);
    store
        .enrol(&account, &state)
        .expect("a user can be enrolled");
}

fn account(user: &str, uid: u32, kind: Kind) -> Account {
    let authenticator = Authenticator {
        id: AuthenticatorId(1),
        label: Label::parse("phone").expect("a label"),
        method: match kind {
            Kind::Hotp => Method::Hotp {
                initial_counter: MovingFactor(0),
            },
            Kind::Totp => Method::Totp {
                time_step: TimeStep::THIRTY_SECONDS,
                t0: UnixTime(0),
            },
        },
        algorithm: HashAlgorithm::Sha1,
        digits: Digits::SIX,
        secret: secret(),
        token_identifier: None,
        serial: None,
        validity: otp_core::Validity::default(),
        created_at: UnixTime(0),
    };
    Account {
        user: UserName::parse(user).expect("a name"),
        uid,
        enabled: true,
        enrolment: EnrolmentId([5; 16]),
        enrolled_at: UnixTime(1_790_000_000),
        pin: None,
        recovery: None,
        bypass: None,
        authenticators: Authenticators::new(vec![authenticator]).expect("one"),
    }
}
