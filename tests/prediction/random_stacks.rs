//! Thousands of small stacks, nested and jumping at random.

use crate::predicted;
use pam_configuration::ReturnCode;
use pam_otp_tests::{Login, Machine, sandboxed};

const STACKS: usize = 1500;

/// A generator that gives the same numbers each time (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(drawn).unwrap() % sides
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// What a module returns: most often what modules do return.
    fn code(&mut self) -> &'static str {
        let number = match self.below(10) {
            0..=3 => 0,
            4 | 5 => 7,
            6 => 25,
            // All but the two that ask the program to come again.
            _ => u8::try_from(self.below(30)).unwrap(),
        };
        ReturnCode::from_number(number).unwrap().name()
    }

    fn control(&mut self) -> String {
        let actions = ["ignore", "ok", "done", "bad", "die", "reset", "1", "2", "3"];
        match self.below(8) {
            0 | 1 => "required".into(),
            2 => "requisite".into(),
            3 => "sufficient".into(),
            4 => "optional".into(),
            5 => format!("[success={} default=ignore]", self.one_of(&actions)),
            6 => format!("[success=ok default={}]", self.one_of(&actions)),
            _ => {
                let mut control = String::from("[");
                for _ in 0..self.below(4) {
                    let code = self.code();
                    control += &format!("{code}={} ", self.one_of(&actions));
                }
                control + &format!("default={}]", self.one_of(&actions))
            }
        }
    }

    /// A file of a few lines; `inner` are the files that it may take in.
    fn file(&mut self, inner: &[&str]) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(5) {
            let line = match (self.below(6), inner) {
                (0, [_, ..]) => format!("substack {}", self.one_of(inner)),
                (1, [_, ..]) => format!("include {}", self.one_of(inner)),
                _ => format!("{} pam_debug.so auth={}", self.control(), self.code()),
            };
            text += &format!("auth {line}\n");
        }
        text
    }
}

sandboxed! {
    fn random_stacks_answer_what_is_predicted() {
        let machine = Machine::with_alice();
        machine.stack("other", "auth required pam_deny.so\n");
        let mut dice = Dice(0x0123_4567_89AB_CDEF);
        let mut wrong = Vec::new();
        let mut answers = std::collections::BTreeMap::new();
        for _ in 0..STACKS {
            let innermost = dice.file(&[]);
            let inner = dice.file(&["innermost"]);
            let outer = dice.file(&["inner", "innermost"]);
            for (name, text) in [("innermost", &innermost), ("inner", &inner), ("outer", &outer)] {
                machine.stack(name, text);
            }
            let predicted = predicted("outer");
            let real = Login::new("outer", "alice").outcome().expect("the client survives");
            if predicted != real {
                wrong.push(format!(
                    "{predicted} was predicted, {real} came:\n--- outer\n{outer}--- inner\n{inner}--- innermost\n{innermost}"
                ));
            }
            *answers.entry(real).or_insert(0) += 1;
        }
        assert!(wrong.is_empty(), "{} of {STACKS}:\n{}", wrong.len(), wrong[..wrong.len().min(3)].join("\n"));
        // Stacks that all refuse would prove little.
        assert!(answers["PAM_SUCCESS"] > STACKS / 10, "{answers:?}");
        assert!(answers.len() > 8, "{answers:?}");
    }
}
