//! What a person typed at the code prompt, or why it cannot be a code.
//!
//! People group codes ("123 456", "123-456"), and some keyboards write full-width digits;
//! all of that is fine. A code is mostly alone; a PIN may stand before it, and what some
//! tokens type by themselves. Which it is only the account can tell: [`Typed::reading`].
//!
//! Everything that no account could read is refused *without being charged*: an ssh client
//! that answers every prompt with the password, or sshd's stand-in for a forbidden user, is
//! no guess. Nothing here knows what the right code would be.

use crate::{Digits, Pin, RecoveryCode, TokenIdentifier};
use zeroize::Zeroize;

/// Six to 36 digits and letters, wiped when dropped.
pub struct Response {
    symbols: [u8; Response::MOST_SYMBOLS],
    length: usize,
}

impl Response {
    const FEWEST_SYMBOLS: usize = 6;
    /// A PIN, a token identifier, and a code.
    const MOST_SYMBOLS: usize = Pin::MOST_DIGITS + TokenIdentifier::LENGTH + 8;
    /// Longer answers are not looked at (Linux-PAM's `PAM_MAX_RESP_SIZE`), in bytes.
    pub const LONGEST_ANSWER_BYTES: usize = 512;

    /// Reads an answer as it came from the conversation.
    ///
    /// # Errors
    ///
    /// [`NotACode`] if no authenticator could ever show this.
    pub fn parse(answer: &[u8]) -> Result<Self, NotACode> {
        if answer.len() > Self::LONGEST_ANSWER_BYTES {
            return Err(NotACode::TooLong);
        }
        let Ok(text) = core::str::from_utf8(answer) else {
            return Err(NotACode::NotDigits);
        };
        let mut response = Self {
            symbols: [0; Self::MOST_SYMBOLS],
            length: 0,
        };
        for character in text.chars() {
            let symbol = match character {
                '0'..='9' | 'a'..='z' => u8::try_from(character).ok(),
                'A'..='Z' => u8::try_from(character.to_ascii_lowercase()).ok(),
                // Full-width digits lie in a row from U+FF10.
                '\u{ff10}'..='\u{ff19}' => u32::from(character)
                    .checked_sub(0xff10)
                    .and_then(|value| u8::try_from(value).ok())
                    .map(|value| b'0'.saturating_add(value)),
                ' ' | '-' | '\t' | '\r' | '\n' | '\u{a0}' | '\u{3000}' => continue,
                _ => None,
            };
            let symbol = symbol.ok_or(NotACode::NotDigits)?;
            let place = response
                .symbols
                .get_mut(response.length)
                .ok_or(NotACode::WrongLength)?;
            *place = symbol;
            response.length = response.length.saturating_add(1);
        }
        if response.length < Self::FEWEST_SYMBOLS {
            return Err(NotACode::WrongLength);
        }
        // A code is at the end of whatever it is, or all of it is a recovery code.
        let ends_in_a_digit = response
            .expose_symbols()
            .last()
            .is_some_and(u8::is_ascii_digit);
        if ends_in_a_digit || response.length == RecoveryCode::SYMBOLS {
            Ok(response)
        } else {
            Err(NotACode::NotDigits)
        }
    }

    /// What was typed, in ASCII, letters in lower case. The name is long so that a reader
    /// notices where it goes.
    pub fn expose_symbols(&self) -> &[u8] {
        self.symbols.get(..self.length).unwrap_or_default()
    }

    /// The digits of a code alone, as an authenticator of so many digits shows them.
    pub(crate) fn code(
        &self,
        digits: Digits,
        identifier: Option<&TokenIdentifier>,
    ) -> Option<&[u8]> {
        let reading = read(self.expose_symbols(), true, digits, identifier, 0)?;
        Some(reading.code)
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        self.symbols.zeroize();
    }
}

/// What came back from the code prompt.
pub enum Typed {
    /// Perhaps a code.
    Response(Response),
    /// Password and code in one answer: perhaps a code at the end.
    Tail(Tail),
    /// Just Enter (or only blanks).
    Nothing,
    /// Something that no authenticator could show.
    Unusable(NotACode),
}

impl Typed {
    /// Sorts an answer as it came from the conversation.
    pub fn parse(answer: &[u8]) -> Self {
        let blank = |byte: &u8| byte.is_ascii_whitespace();
        if answer.len() <= Response::LONGEST_ANSWER_BYTES && answer.iter().all(blank) {
            return Self::Nothing;
        }
        match Response::parse(answer) {
            Ok(response) => Self::Response(response),
            Err(why) => Self::Unusable(why),
        }
    }

    /// The recovery code that this is or ends in, and how many bytes at the end it takes;
    /// `None` if it is none, or a mistyped one.
    pub(crate) fn recovery_code(&self) -> Option<(RecoveryCode, usize)> {
        match self {
            Self::Response(response) => {
                let symbols = response.expose_symbols();
                Some((RecoveryCode::from_symbols(symbols)?, symbols.len()))
            }
            Self::Tail(tail) => tail.recovery_code(),
            Self::Nothing | Self::Unusable(_) => None,
        }
    }

    /// What it is and its symbols, for sending it to the verifier. Letters are small by now.
    pub fn expose(&self) -> (TypedKind, &[u8]) {
        match self {
            Self::Response(response) => (TypedKind::Alone, response.expose_symbols()),
            Self::Tail(tail) => {
                let symbols = tail.symbols.get(..tail.length).unwrap_or_default();
                (TypedKind::Tail, symbols)
            }
            Self::Nothing => (TypedKind::Nothing, &[]),
            Self::Unusable(_) => (TypedKind::Unusable, &[]),
        }
    }

    /// Sorts an answer that holds a password and, at its end, perhaps a code.
    ///
    /// The password may end in digits, so only the account can tell how long the code is.
    pub fn parse_combined(answer: &[u8]) -> Self {
        if answer.len() > Response::LONGEST_ANSWER_BYTES {
            return Self::Unusable(NotACode::TooLong);
        }
        let start = answer.len().saturating_sub(Response::MOST_SYMBOLS);
        let end = answer.get(start..).unwrap_or_default();
        // A code is plain ASCII; and a letter cut in half would be no text for the verifier.
        let after = end.iter().rposition(|byte| !byte.is_ascii());
        let end = after.map_or(Some(end), |last| end.get(last.saturating_add(1)..));
        let end = end.unwrap_or_default();
        let mut tail = Tail {
            symbols: [0; Response::MOST_SYMBOLS],
            length: end.len(),
        };
        for (place, byte) in tail.symbols.iter_mut().zip(end) {
            *place = byte.to_ascii_lowercase();
        }
        Self::Tail(tail)
    }

    /// What this is, for an authenticator of so many digits, in an account with so long a PIN
    /// (0 = none); `None` if it cannot have come from there.
    pub(crate) fn reading(
        &self,
        digits: Digits,
        identifier: Option<&TokenIdentifier>,
        pin_length: usize,
    ) -> Option<Reading<'_>> {
        let (symbols, is_whole) = self.symbols()?;
        read(symbols, is_whole, digits, identifier, pin_length)
    }

    /// Whether this token identifier stands in front of a code of so many digits.
    pub(crate) fn names(&self, digits: Digits, identifier: &TokenIdentifier) -> bool {
        let before = self.symbols().and_then(|(symbols, _)| {
            let split = symbols.len().checked_sub(usize::from(digits.get()))?;
            symbols.get(..split)
        });
        before.is_some_and(|before| before.ends_with(identifier.as_bytes()))
    }

    /// What may be PIN, identifier and code, and whether there is nothing else.
    fn symbols(&self) -> Option<(&[u8], bool)> {
        match self {
            Self::Response(response) => Some((response.expose_symbols(), true)),
            Self::Tail(tail) => Some((tail.symbols.get(..tail.length)?, false)),
            Self::Nothing | Self::Unusable(_) => None,
        }
    }
}

/// Splits symbols into PIN, token identifier and code, from their end.
fn read<'a>(
    symbols: &'a [u8],
    is_whole: bool,
    digits: Digits,
    identifier: Option<&TokenIdentifier>,
    pin_length: usize,
) -> Option<Reading<'a>> {
    let split = symbols.len().checked_sub(usize::from(digits.get()))?;
    let (before, code) = symbols.split_at_checked(split)?;
    // A person may read the digits from a display and type no identifier.
    let before = identifier
        .and_then(|identifier| before.strip_suffix(identifier.as_bytes()))
        .unwrap_or(before);
    let split = before.len().checked_sub(pin_length)?;
    let (before, pin) = before.split_at_checked(split)?;
    let all_digits = code.iter().chain(pin).all(u8::is_ascii_digit);
    let nothing_else = before.is_empty() || !is_whole;
    let length = symbols.len().saturating_sub(before.len());
    (all_digits && nothing_else).then_some(Reading { pin, code, length })
}

/// What kind of answer it is, without the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedKind {
    /// Perhaps a code, alone.
    Alone,
    /// The end of an answer that began with a password.
    Tail,
    /// Just Enter.
    Nothing,
    /// Nothing that an authenticator could show.
    Unusable,
}

/// How an account reads what was typed.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// The digits before the code; none where the account has no PIN.
    pub(crate) pin: &'a [u8],
    /// The digits that are compared with codes.
    pub(crate) code: &'a [u8],
    /// How many bytes at the end of the answer these are, identifier included.
    pub(crate) length: usize,
}

/// The end of an answer that began with a password, wiped when dropped.
pub struct Tail {
    symbols: [u8; Response::MOST_SYMBOLS],
    length: usize,
}

impl Tail {
    /// The last 28 symbols, hyphens and blanks between them passed over.
    fn recovery_code(&self) -> Option<(RecoveryCode, usize)> {
        let mut symbols = [0; RecoveryCode::SYMBOLS];
        let mut places = symbols.iter_mut().rev();
        let mut length = 0_usize;
        let all = self.symbols.get(..self.length)?;
        for byte in all.iter().rev() {
            if !matches!(byte, b'-' | b' ') {
                match places.next() {
                    Some(place) => *place = *byte,
                    // Whole; what is before it is the password.
                    None => break,
                }
            } else if places.len() == 0 {
                break;
            }
            length = length.saturating_add(1);
        }
        let code = (places.len() == 0).then(|| RecoveryCode::from_symbols(&symbols));
        symbols.zeroize();
        Some((code.flatten()?, length))
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        self.symbols.zeroize();
    }
}

/// Why an answer cannot be a code. Holds nothing of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotACode {
    /// More than 512 bytes.
    TooLong,
    /// Fewer than six digits, or more than PIN, token identifier and code together.
    WrongLength,
    /// Something other than digits, what tokens type, blanks and hyphens.
    NotDigits,
    /// The password once more: a program answered every question with it.
    Password,
}

#[cfg(test)]
mod tests;
