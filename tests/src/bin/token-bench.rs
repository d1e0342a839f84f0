//! What our drivers cost beside the bare exchange: select and calculate, through the real
//! pcscd and the virtual reader, once by a driver and once as the same two APDUs sent as they
//! are. Both in turn, in one run; the ratio of the medians is what is promised (at most 1.2).
//!
//! Runs inside a private machine: tests/bench/tokens.

use otp_core::{Digits, HashAlgorithm, Secret, TimeStep, UnixTime};
use pam_otp_tests::{PcscCard, TokenRig, VirtualToken, now};
use std::time::{Duration, Instant};
use token_drivers::{
    Card, Credential, CredentialName, Holder, Moment, NewCredential, NewMoving, Patience,
    Protection, open,
};
use zeroize::Zeroizing;

const PROMISED: f64 = 1.2;
/// How often both are done; before, a tenth of it to warm up.
const ROUNDS: [(&str, usize); 2] = [("yubikey", 2000), ("nitrokey", 200)];

/// A YubiKey does not say which credential wants a touch; these want none.
struct NobodyTouches;

impl Holder for NobodyTouches {
    fn asked_to_touch(&mut self) -> Patience {
        Patience::Wait
    }

    fn touch_is_over(&mut self) {}
}

fn main() {
    let rig = TokenRig::start();
    println!("select + calculate, through pcscd and vpcd; medians and 99th percentiles, µs\n");
    println!(
        "{:10} {:>9} {:>9} {:>9} {:>9} {:>7}",
        "", "bare", "p99", "driver", "p99", "ratio"
    );
    let mut kept = true;
    for (kind, rounds) in ROUNDS {
        let token = rig.insert(kind, &[]);
        let (bare, driver) = measured(&token, rounds);
        let ratio = median(&driver) / median(&bare);
        println!(
            "{kind:10} {:9.1} {:9.1} {:9.1} {:9.1} {ratio:7.3}",
            median(&bare),
            late(&bare),
            median(&driver),
            late(&driver),
        );
        kept &= ratio <= PROMISED;
        token.remove();
    }
    let verdict = if kept { "kept" } else { "NOT KEPT" };
    println!("\nAt most {PROMISED} is promised: {verdict}.");
    std::process::exit(i32::from(!kept));
}

fn measured(token: &VirtualToken, rounds: usize) -> (Vec<Duration>, Vec<Duration>) {
    let mut card = PcscCard::connect(token.reader());
    let credential = written(&mut card);
    let mut answer = vec![0; pcsc::MAX_BUFFER_SIZE];
    let select = [0, 0xA4, 4, 0, 7, 0xA0, 0, 0, 5, 0x27, 0x21, 1, 0];
    let (mut bare, mut driver) = (Vec::new(), Vec::new());
    for round in 0..rounds + rounds / 10 {
        let moment = Moment(UnixTime(now()));
        let calculate = calculate(moment);

        let began = Instant::now();
        for command in [&select[..], &calculate] {
            let answer = card.transmit(command, &mut answer).expect("it answers");
            assert!(answer.ends_with(&[0x90, 0]), "{answer:02X?}");
        }
        let by_hand = began.elapsed();

        let began = Instant::now();
        let mut token = open(&mut card).expect("a token");
        let code = token.calculate(&credential, moment, &mut NobodyTouches);
        let by_driver = began.elapsed();
        assert_eq!(code.expect("a code").text.len(), 6);

        if round >= rounds / 10 {
            bare.push(by_hand);
            driver.push(by_driver);
        }
    }
    bare.sort_unstable();
    driver.sort_unstable();
    (bare, driver)
}

fn written(card: &mut dyn Card) -> Credential {
    let mut token = open(card).expect("a token");
    let new = NewCredential {
        name: CredentialName::parse("alice").expect("a name"),
        secret: Secret::new(Zeroizing::new(vec![7; 20])).expect("long enough"),
        algorithm: HashAlgorithm::Sha1,
        digits: Digits::SIX,
        moving: NewMoving::Time(TimeStep::THIRTY_SECONDS),
        protection: Protection::default(),
        now: UnixTime(now()),
    };
    token.put(&new, &mut NobodyTouches).expect("there is room");
    let mut listed = token.list(&mut NobodyTouches).expect("it lists");
    listed.pop().expect("one")
}

fn calculate(Moment(UnixTime(now)): Moment) -> Vec<u8> {
    let step = (now / 30).to_be_bytes();
    let data = [&[0x71, 5][..], b"alice", &[0x74, 8], &step].concat();
    let length = u8::try_from(data.len()).expect("short");
    [&[0, 0xA2, 0, 1, length][..], &data, &[0]].concat()
}

fn median(sorted: &[Duration]) -> f64 {
    sorted[sorted.len() / 2].as_secs_f64() * 1e6
}

fn late(sorted: &[Duration]) -> f64 {
    sorted[(sorted.len() - 1) * 99 / 100].as_secs_f64() * 1e6
}
