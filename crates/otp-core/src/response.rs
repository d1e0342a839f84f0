//! What a person typed at the code prompt, or why it cannot be a code.
//!
//! People group codes ("123 456", "123-456"), and some keyboards write full-width digits;
//! all of that is fine. Everything else is refused *without being charged*: an ssh client
//! that answers every prompt with the password, or sshd's stand-in for a forbidden user,
//! is no guess. Nothing here knows what the right code would be.

use crate::Digits;
use zeroize::Zeroize;

/// Six to eight decimal digits, wiped when dropped.
pub struct Response {
    digits: [u8; Response::MOST_DIGITS],
    length: usize,
}

impl Response {
    const FEWEST_DIGITS: usize = 6;
    const MOST_DIGITS: usize = 8;
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
            digits: [0; Self::MOST_DIGITS],
            length: 0,
        };
        for character in text.chars() {
            let digit = match character {
                '0'..='9' => character.to_digit(10),
                // Full-width digits lie in a row from U+FF10.
                '\u{ff10}'..='\u{ff19}' => u32::from(character).checked_sub(0xff10),
                ' ' | '-' | '\t' | '\r' | '\n' | '\u{a0}' | '\u{3000}' => continue,
                _ => return Err(NotACode::NotDigits),
            };
            let digit = digit
                .and_then(|value| u8::try_from(value).ok())
                .ok_or(NotACode::NotDigits)?;
            let place = response
                .digits
                .get_mut(response.length)
                .ok_or(NotACode::WrongLength)?;
            *place = b'0'.saturating_add(digit);
            response.length = response.length.saturating_add(1);
        }
        if response.length < Self::FEWEST_DIGITS {
            return Err(NotACode::WrongLength);
        }
        Ok(response)
    }

    /// The digits in ASCII. The name is long so that a reader notices where they go.
    pub fn expose_digits(&self) -> &[u8] {
        self.digits.get(..self.length).unwrap_or_default()
    }

    /// How many digits there are, 6 to 8.
    pub fn length(&self) -> usize {
        self.length
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

/// What came back from the code prompt.
pub enum Typed {
    /// Something that can be a code.
    Response(Response),
    /// Password and code in one answer: what its tail can be.
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
}

impl Typed {
    /// Sorts an answer that holds a password and, at its end, perhaps a code.
    ///
    /// The password may end in digits, so only the account can tell how long the code is.
    pub fn parse_combined(answer: &[u8]) -> Self {
        if answer.is_empty() {
            return Self::Nothing;
        }
        if answer.len() > Response::LONGEST_ANSWER_BYTES {
            return Self::Unusable(NotACode::TooLong);
        }
        let tail_of = |length: usize| {
            let tail = answer.get(answer.len().checked_sub(length)?..)?;
            let digits = tail.iter().all(u8::is_ascii_digit);
            digits.then(|| Response::parse(tail).ok()).flatten()
        };
        Self::Tail(Tail {
            by_length: [tail_of(6), tail_of(7), tail_of(8)],
        })
    }

    /// What is to be compared with the codes of an authenticator of so many digits.
    pub(crate) fn response_for(&self, digits: Digits) -> Option<&Response> {
        match self {
            Self::Response(response) => Some(response),
            Self::Tail(tail) => tail.of_length(usize::from(digits.get())),
            Self::Nothing | Self::Unusable(_) => None,
        }
    }

    /// Whether an authenticator of so many digits could have shown this.
    pub(crate) fn is_possible_for(&self, digits: Digits) -> bool {
        let length = usize::from(digits.get());
        self.response_for(digits)
            .is_some_and(|response| response.length() == length)
    }
}

/// The codes that the tail of an answer can be: its last six, seven and eight digits.
pub struct Tail {
    by_length: [Option<Response>; 3],
}

impl Tail {
    fn of_length(&self, length: usize) -> Option<&Response> {
        let responses = self.by_length.iter().flatten();
        responses.into_iter().find(|one| one.length() == length)
    }
}

/// Why an answer cannot be a code. Holds nothing of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotACode {
    /// More than 512 bytes.
    TooLong,
    /// Fewer than six or more than eight digits.
    WrongLength,
    /// Something other than digits, blanks and hyphens.
    NotDigits,
    /// The password once more: a program answered every question with it.
    Password,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(answer: &str) -> Result<alloc::vec::Vec<u8>, NotACode> {
        Response::parse(answer.as_bytes()).map(|response| response.expose_digits().to_vec())
    }

    #[test]
    fn codes_may_be_grouped_and_full_width() {
        for answer in [
            "123456",
            " 123 456 ",
            "123-456\r\n",
            "12 34 56",
            "\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}\u{ff16}",
            "123\u{a0}456",
        ] {
            assert_eq!(digits(answer).unwrap(), b"123456", "{answer:?}");
        }
        assert_eq!(digits("0123 4567").unwrap(), b"01234567");
    }

    #[test]
    fn what_no_authenticator_could_show_is_not_a_code() {
        for (answer, why) in [
            ("12345", NotACode::WrongLength),
            ("123456789", NotACode::WrongLength),
            ("correct horse", NotACode::NotDigits),
            ("\u{8}\n\r\u{7f}INCORRECT", NotACode::NotDigits),
            ("+123456", NotACode::NotDigits),
            ("%n%n%s", NotACode::NotDigits),
            ("١٢٣٤٥٦", NotACode::NotDigits),
            ("123456\u{0}", NotACode::NotDigits),
        ] {
            assert_eq!(digits(answer).err(), Some(why), "{answer:?}");
        }
        assert_eq!(Response::parse(&[0xff; 6]).err(), Some(NotACode::NotDigits));
        assert_eq!(Response::parse(&[b'1'; 513]).err(), Some(NotACode::TooLong));
    }

    #[test]
    fn enter_alone_is_nothing_typed() {
        for answer in ["", " ", "\r\n"] {
            assert!(matches!(Typed::parse(answer.as_bytes()), Typed::Nothing));
        }
        let blanks = [b' '; 513];
        assert!(matches!(
            Typed::parse(&blanks),
            Typed::Unusable(NotACode::TooLong)
        ));
    }

    #[test]
    fn the_tail_of_a_combined_answer_can_be_of_three_lengths() {
        let possible = |answer: &str| -> alloc::vec::Vec<usize> {
            let typed = Typed::parse_combined(answer.as_bytes());
            let digits = [6, 7, 8].into_iter();
            let fits = |digits: &u64| typed.is_possible_for(Digits::new(*digits).unwrap());
            digits.filter(fits).map(|digits| digits as usize).collect()
        };
        assert_eq!(possible("wonderland123456"), [6]);
        assert_eq!(possible("wonderland99123456"), [6, 7, 8]);
        assert_eq!(possible("123456"), [6]);
        assert_eq!(possible("wonderland12345"), []);
        assert_eq!(possible("123456wonderland"), []);
        assert_eq!(possible("wonderland1234 56"), []);
        assert!(matches!(Typed::parse_combined(b""), Typed::Nothing));
        let typed = Typed::parse_combined(b"secret2123456");
        let six = typed.response_for(Digits::SIX).unwrap();
        assert_eq!(six.expose_digits(), b"123456");
    }
}
