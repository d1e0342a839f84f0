//! Agreement with a program that is not ours, over thousands of random cases,
//! and with the tables of RFC 4226 appendix D and RFC 6238 appendix B.

mod encodings;
mod vectors;

use otp_core::{
    CodeGenerator, Digits, HashAlgorithm, MovingFactor, Secret, TimeStep, UnixTime, base32,
    hexadecimal, step_number,
};
use std::process::Command;

/// A small generator with a fixed seed: the same cases on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn within(&mut self, lowest: u64, highest: u64) -> u64 {
        lowest + self.next() % (highest - lowest + 1)
    }

    fn secret(&mut self) -> Secret {
        let length = self.within(16, 64);
        let bytes: Vec<u8> = (0..length).map(|_| self.next() as u8).collect();
        Secret::new(bytes.into()).expect("16 to 64 bytes")
    }
}

/// Runs oathtool; it prints one code a line.
fn oathtool(arguments: &[String]) -> Vec<String> {
    let output = Command::new("oathtool").args(arguments).output();
    let output = output.expect("oathtool is installed");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    let text = String::from_utf8(output.stdout).expect("digits");
    text.lines().map(String::from).collect()
}

#[test]
fn hotp_agrees_with_oathtool() {
    let mut random = Random(4226);
    for _ in 0..100 {
        let secret = random.secret();
        let digits = random.within(6, 8);
        // Small ones, and those that need more than 32 bits.
        let counter = random.next() >> random.within(1, 63);
        let codes = oathtool(&[
            "--hotp".into(),
            format!("--digits={digits}"),
            format!("--counter={counter}"),
            "--window=29".into(),
            hexadecimal(secret.expose_bytes()).to_string(),
        ]);
        assert_eq!(codes.len(), 30);
        let generator =
            CodeGenerator::new(&secret, HashAlgorithm::Sha1, Digits::new(digits).unwrap());
        for (code, counter) in codes.iter().zip(counter..) {
            let ours = generator.code(MovingFactor(counter)).expose_digits();
            assert_eq!(*ours, *code, "counter {counter}");
        }
    }
}

#[test]
fn totp_agrees_with_oathtool() {
    let mut random = Random(6238);
    let algorithms = [
        HashAlgorithm::Sha1,
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha512,
    ];
    for round in 0..150 {
        let algorithm = algorithms[round % 3];
        let secret = random.secret();
        let digits = random.within(6, 8);
        let seconds = random.within(1, 120);
        // Up to the year 2500.
        let now = random.within(1_000_000_000, 16_725_225_600);
        let t0 = if round % 2 == 0 {
            0
        } else {
            random.within(0, 999_999_999)
        };
        let codes = oathtool(&[
            format!("--totp={}", algorithm.as_str()),
            "--base32".into(),
            format!("--digits={digits}"),
            format!("--time-step-size={seconds}s"),
            format!("--start-time=@{t0}"),
            format!("--now=@{now}"),
            "--window=19".into(),
            base32(secret.expose_bytes()).to_string(),
        ]);
        assert_eq!(codes.len(), 20);
        let generator = CodeGenerator::new(&secret, algorithm, Digits::new(digits).unwrap());
        let time_step = TimeStep::from_seconds(seconds).unwrap();
        let step = step_number(UnixTime(now), UnixTime(t0), time_step).unwrap();
        for (code, step) in codes.iter().zip(step.0..) {
            let ours = generator.code(MovingFactor(step)).expose_digits();
            assert_eq!(
                *ours, *code,
                "{algorithm:?} at {now}, t0 {t0}, step {seconds} s"
            );
        }
    }
}
