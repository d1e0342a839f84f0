//! Requests and replies as bytes: TOML, strict, one version.

use super::{Kind, Question, Reply, Request, VERSION};
use crate::toml_table::{self, FromTable, Table};
use crate::toml_text::TomlText;
use zeroize::Zeroizing;

const QUESTIONS: &[(&str, Question)] = &[("look", Question::Look), ("decide", Question::Decide)];

const KINDS: &[(&str, Kind)] = &[
    ("alone", Kind::Alone),
    ("tail", Kind::Tail),
    ("nothing", Kind::Nothing),
    ("unusable", Kind::Unusable),
];

/// The word of a value that has one.
fn word<W: PartialEq>(words: &[(&'static str, W)], meant: &W) -> &'static str {
    let mut words = words.iter();
    words
        .find(|(_, meaning)| meaning == meant)
        .map_or("", |(word, _)| word)
}

impl Request {
    /// As bytes; `None` if a field cannot be written.
    pub fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let mut text = TomlText::new();
        text.number("version", self.version);
        text.text("question", word(QUESTIONS, &self.question));
        text.text("user", &self.user);
        text.text("service", &self.service);
        text.text("kind", word(KINDS, &self.kind));
        text.text("typed", &self.typed);
        let mut text = text.finish()?;
        Some(Zeroizing::new(std::mem::take(&mut *text).into_bytes()))
    }

    /// From bytes; `None` if it is anything else than a request of this version.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let request: Self = toml_table::read(std::str::from_utf8(bytes).ok()?).ok()?;
        let fits = request.version == VERSION
            && (request.question == Question::Decide || request.kind == Kind::Nothing);
        fits.then_some(request)
    }
}

impl<'text> FromTable<'text> for Request {
    const KEYS: &'static [&'static str] =
        &["version", "question", "user", "service", "kind", "typed"];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        let typed = table.need("typed", Table::secret);
        Self {
            version: table.need("version", Table::number),
            question: table.need_word("question", QUESTIONS, Question::Look),
            user: table.need("user", Table::owned),
            service: table.need("service", Table::owned),
            kind: table.need_word("kind", KINDS, Kind::Unusable),
            typed: Zeroizing::new(String::from(&*typed)),
        }
    }
}

impl Reply {
    /// As bytes; `None` if a field cannot be written.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut text = TomlText::new();
        text.number("version", self.version);
        text.text("outcome", &self.outcome);
        let flags = [
            ("asks_for_code", self.asks_for_code),
            ("has_pin", self.has_pin),
            ("hint_has_clock", self.hint_has_clock),
        ];
        let texts = [
            ("label", &self.label),
            ("moving_factor", &self.moving_factor),
            ("until", &self.until),
            ("generation", &self.generation),
            ("detail", &self.detail),
            ("remedy", &self.remedy),
        ];
        let numbers = [
            ("authenticator", self.authenticator.map(i64::from)),
            (
                "recovery_codes_left",
                self.recovery_codes_left.map(i64::from),
            ),
            ("bypass_uses_left", self.bypass_uses_left.map(i64::from)),
            ("hint_authenticator", self.hint_authenticator.map(i64::from)),
            ("hint_offset", self.hint_offset),
        ];
        for (key, flag) in flags {
            flag.into_iter().for_each(|flag| text.flag(key, flag));
        }
        for (key, value) in texts {
            value.iter().for_each(|value| text.text(key, value));
        }
        for (key, number) in numbers {
            number
                .into_iter()
                .for_each(|number| text.number(key, number));
        }
        if let Some(length) = self.tail_length {
            text.number("tail_length", length);
        }
        // Last: what is cut off anywhere is no reply.
        text.flag("whole", self.whole);
        let mut text = text.finish()?;
        Some(std::mem::take(&mut *text).into_bytes())
    }

    /// From bytes; `None` if it is anything else than a reply of this version.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let reply: Self = toml_table::read(std::str::from_utf8(bytes).ok()?).ok()?;
        (reply.version == VERSION && reply.whole).then_some(reply)
    }
}

impl<'text> FromTable<'text> for Reply {
    const KEYS: &'static [&'static str] = &[
        "version",
        "outcome",
        "asks_for_code",
        "has_pin",
        "authenticator",
        "label",
        "moving_factor",
        "until",
        "generation",
        "tail_length",
        "recovery_codes_left",
        "bypass_uses_left",
        "hint_authenticator",
        "hint_offset",
        "hint_has_clock",
        "detail",
        "remedy",
        "whole",
    ];

    fn from_table(table: &mut Table<'_, 'text>) -> Self {
        Self {
            version: table.number("version").unwrap_or_default(),
            outcome: table.owned("outcome").unwrap_or_default(),
            asks_for_code: table.flag("asks_for_code"),
            has_pin: table.flag("has_pin"),
            authenticator: table.number("authenticator"),
            label: table.owned("label"),
            moving_factor: table.owned("moving_factor"),
            until: table.owned("until"),
            generation: table.owned("generation"),
            tail_length: table.number("tail_length"),
            recovery_codes_left: table.number("recovery_codes_left"),
            bypass_uses_left: table.number("bypass_uses_left"),
            hint_authenticator: table.number("hint_authenticator"),
            hint_offset: table.number("hint_offset"),
            hint_has_clock: table.flag("hint_has_clock"),
            detail: table.owned("detail"),
            remedy: table.owned("remedy"),
            whole: table.flag("whole").unwrap_or_default(),
        }
    }
}
