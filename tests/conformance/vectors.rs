//! The tables of the RFCs, in files that lie beside the RFC for comparing by eye.

use otp_core::{
    CodeGenerator, Digits, HashAlgorithm, MovingFactor, Secret, TimeStep, UnixTime, step_number,
};

/// The lines of a table, in words.
fn table(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split_whitespace().collect())
        .collect()
}

/// "12345678901234…", as long as the hash is.
fn secret(algorithm: HashAlgorithm) -> Secret {
    let digits = b"1234567890".iter().copied().cycle();
    let bytes: Vec<u8> = digits.take(algorithm.output_bytes()).collect();
    Secret::new(bytes.into()).expect("long enough")
}

fn digits(number: u64) -> Digits {
    Digits::new(number).expect("6, 7 or 8")
}

#[test]
fn the_table_of_rfc_4226_comes_out_with_six_seven_and_eight_digits() {
    let rows = table(include_str!("rfc4226_appendix_d.txt"));
    assert_eq!(rows.len(), 10);
    let secret = secret(HashAlgorithm::Sha1);
    for row in rows {
        let [count, hmac, truncated, decimal, hotp] = row[..] else {
            panic!("a row of another form: {row:?}");
        };
        let counter = MovingFactor(count.parse().expect("a number"));
        let value: u64 = decimal.parse().expect("a number");
        // The copy of the table agrees with itself: offset, four bytes, 31 bits.
        assert_eq!(u64::from_str_radix(truncated, 16), Ok(value));
        let offset = usize::from_str_radix(&hmac[39..], 16).expect("a digit") * 2;
        let four = u64::from_str_radix(&hmac[offset..offset + 8], 16).expect("digits");
        assert_eq!(four & 0x7fff_ffff, value, "count {count}");

        for length in 6..=8 {
            let generator = CodeGenerator::new(&secret, HashAlgorithm::Sha1, digits(length));
            let expected = format!("{value:010}");
            let expected = &expected[10 - length as usize..];
            let ours = generator.code(counter).expose_digits();
            assert_eq!(*ours, expected, "count {count}, {length} digits");
            assert!(expected.ends_with(hotp));
        }
    }
}

#[test]
fn the_table_of_rfc_6238_comes_out_with_all_three_hashes() {
    let rows = table(include_str!("rfc6238_appendix_b.txt"));
    assert_eq!(rows.len(), 18);
    for row in rows {
        let [seconds, _, _, step, totp, mode] = row[..] else {
            panic!("a row of another form: {row:?}");
        };
        let now = UnixTime(seconds.parse().expect("a number"));
        let ours = step_number(now, UnixTime(0), TimeStep::THIRTY_SECONDS);
        let theirs = u64::from_str_radix(step, 16).expect("hexadecimal");
        assert_eq!(ours, Ok(MovingFactor(theirs)), "at {seconds}");

        let algorithm = HashAlgorithm::parse(mode).expect("one of the three");
        let generator = CodeGenerator::new(&secret(algorithm), algorithm, digits(8));
        let ours = generator.code(MovingFactor(theirs)).expose_digits();
        assert_eq!(*ours, totp, "{mode} at {seconds}");
    }
}
