//! Everything that reads a token's answer, over random bytes and damaged right answers.
//!
//! The same functions as the fuzz targets (tests/fuzz), in a compiler that everybody has, and
//! with a beginning that is always the same: what fails once, fails again.

#[path = "../fuzz/entries.rs"]
mod entries;
mod right_answers;

use entries::{Answers, ENTRIES};
use token_drivers::crescendo::{self, Crescendo};
use token_drivers::management::Management;
use token_drivers::nitrokey::Nitrokey;
use token_drivers::oath::{self, ListForm};
use token_drivers::slots::{SlotStatus, Slots};
use token_drivers::token2::{self, Molto2, Token2};
use token_drivers::{open, recognise};

/// For each function and each right answer.
const DAMAGED: usize = 400;
/// For each function.
const RANDOM: usize = 3000;

/// Marsaglia's xorshift: no two runs differ.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).expect("small")
    }

    fn byte(&mut self) -> u8 {
        // What is at the edges comes more often.
        let edges = [0, 1, 2, 0x7F, 0x80, 0x81, 0x82, 0x90, 0xFE, 0xFF];
        match self.below(3) {
            0 => edges[self.below(edges.len())],
            _ => self.next().to_le_bytes()[0],
        }
    }

    fn damaged(&mut self, right: &[u8]) -> Vec<u8> {
        let mut bytes = right.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, self.byte()),
                2 if !bytes.is_empty() => drop(bytes.remove(at)),
                3 => {
                    let copy = bytes[at..].to_vec();
                    bytes.extend(copy);
                }
                _ if !bytes.is_empty() => bytes[at] = self.byte(),
                _ => {}
            }
        }
        bytes
    }

    fn random(&mut self) -> Vec<u8> {
        let length = self.below(120);
        (0..length).map(|_| self.byte()).collect()
    }
}

#[test]
fn no_answer_of_a_token_makes_a_parser_panic() {
    let right = right_answers::all();
    let mut dice = Dice(0x5EED_0F0F_7E57_2026);
    for (name, entry) in ENTRIES {
        println!("{name}");
        for answer in &right {
            entry(answer);
            for _ in 0..DAMAGED {
                let damaged = dice.damaged(answer);
                // Shown when it panics.
                println!("{damaged:02x?}");
                entry(&damaged);
            }
        }
        for _ in 0..RANDOM {
            entry(&dice.random());
        }
        entry(&[]);
    }
}

#[test]
fn the_answers_that_are_damaged_were_right() {
    let understood: Vec<usize> = ENTRIES_THAT_TELL
        .iter()
        .map(|entry| {
            right_answers::all()
                .iter()
                .filter(|answer| entry(answer))
                .count()
        })
        .collect();
    assert!(understood.iter().all(|count| *count > 0), "{understood:?}");
}

/// Whether an answer, or a conversation, is understood to the end of what is read first.
const ENTRIES_THAT_TELL: &[fn(&[u8]) -> bool] = &[
    |bytes| oath::parse_select(bytes).is_ok_and(|one| one.challenge.is_some()),
    |bytes| oath::parse_select(bytes).is_ok_and(|one| one.pin_tries.is_some()),
    |bytes| oath::parse_list(bytes, ListForm::Plain).is_ok_and(|list| list.len() == 2),
    |bytes| oath::parse_list(bytes, ListForm::WithProperties).is_ok_and(|list| list.len() == 2),
    |bytes| oath::parse_code(bytes).is_ok(),
    |bytes| oath::parse_all_codes(bytes).is_ok_and(|codes| codes.len() == 3),
    |bytes| oath::parse_proof(bytes).is_ok(),
    |bytes| SlotStatus::parse(bytes).is_ok(),
    |bytes| crescendo::parse_select(bytes).is_ok(),
    |bytes| crescendo::parse_bcd(bytes).is_ok(),
    |bytes| crescendo::parse_challenge_answer(bytes).is_ok(),
    |bytes| token2::parse_info(bytes).is_ok(),
    |bytes| token2::parse_profile(0, bytes).is_ok(),
    |bytes| open(&mut Answers::of(bytes)).is_ok(),
    |bytes| recognise(&mut Answers::of(bytes)).is_ok(),
    |bytes| Nitrokey::open(&mut Answers::of(bytes)).is_ok(),
    |bytes| Slots::over_card(&mut Answers::of(bytes)).is_ok(),
    |bytes| Crescendo::open(&mut Answers::of(bytes)).is_ok(),
    |bytes| Token2::open(&mut Answers::of(bytes)).is_ok(),
    |bytes| Molto2::open(&mut Answers::of(bytes)).is_ok(),
    |bytes| {
        let mut answers = Answers::of(bytes);
        let mut management = Management::select(&mut answers);
        management
            .as_mut()
            .is_ok_and(|management| management.info().is_ok())
    },
];

#[test]
fn every_function_has_its_fuzz_target() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/fuzz_targets");
    let mut targets: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    targets.sort_unstable();
    let mut names: Vec<&str> = ENTRIES.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(targets, names);
    let manifest = include_str!("../fuzz/Cargo.toml");
    for (name, _) in ENTRIES {
        let line = format!("path = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&line), "{name}");
        let target = std::fs::read_to_string(format!("{folder}/{name}.rs")).expect("readable");
        assert!(
            target.contains(&format!("entries::{name}(bytes)")),
            "{name}"
        );
    }
}
