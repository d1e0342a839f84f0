//! Commands as bytes (ISO/IEC 7816-4 s.5): short and extended form, and chaining.

/// A status word, as the cards here use it.
pub type StatusWord = u16;

/// Done.
pub const OK: StatusWord = 0x9000;
/// The length is wrong.
pub const WRONG_LENGTH: StatusWord = 0x6700;
/// A password first; or nobody touched it.
pub const SECURITY_STATUS: StatusWord = 0x6982;
/// What is named is not there, or the proof is wrong.
pub const DATA_INVALID: StatusWord = 0x6984;
/// A condition is not met.
pub const CONDITIONS: StatusWord = 0x6985;
/// The data is wrong.
pub const WRONG_DATA: StatusWord = 0x6A80;
/// No such application.
pub const NOT_FOUND: StatusWord = 0x6A82;
/// Full.
pub const NO_SPACE: StatusWord = 0x6A84;
/// P1 or P2 is wrong.
pub const WRONG_PARAMETERS: StatusWord = 0x6B00;
/// No such instruction.
pub const UNKNOWN_INSTRUCTION: StatusWord = 0x6D00;
/// No such class.
pub const UNKNOWN_CLASS: StatusWord = 0x6E00;

/// A command, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Class.
    pub class: u8,
    /// Instruction.
    pub instruction: u8,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    /// What is sent with it.
    pub data: Vec<u8>,
    /// How many bytes may be answered at most; `None`: nothing was said.
    pub expected: Option<usize>,
    /// Whether it came in the extended form.
    pub extended: bool,
}

impl Command {
    /// Takes the bytes of a command apart.
    ///
    /// # Errors
    ///
    /// [`WRONG_LENGTH`] when lengths and bytes do not fit together.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatusWord> {
        let [class, instruction, p1, p2, body @ ..] = bytes else {
            return Err(WRONG_LENGTH);
        };
        let extended = body.len() >= 3 && body[0] == 0;
        let (data, expected) = if extended {
            extended_body(&body[1..])?
        } else {
            short_body(body)?
        };
        Ok(Self {
            class: *class,
            instruction: *instruction,
            p1: *p1,
            p2: *p2,
            data: data.to_vec(),
            expected,
            extended,
        })
    }

    /// Both parameters in one.
    pub fn parameters(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }
}

type Body<'a> = (&'a [u8], Option<usize>);

fn short_body(body: &[u8]) -> Result<Body<'_>, StatusWord> {
    let whole = |expected: u8| match expected {
        0 => 256,
        some => usize::from(some),
    };
    match body {
        [] => Ok((&[], None)),
        [expected] => Ok((&[], Some(whole(*expected)))),
        [length, rest @ ..] => match rest.len().checked_sub(usize::from(*length)) {
            Some(0) => Ok((rest, None)),
            Some(1) => {
                let (data, expected) = rest.split_at(rest.len() - 1);
                Ok((data, Some(whole(expected[0]))))
            }
            _ => Err(WRONG_LENGTH),
        },
    }
}

fn extended_body(body: &[u8]) -> Result<Body<'_>, StatusWord> {
    let number = |high: u8, low: u8| usize::from(u16::from_be_bytes([high, low]));
    let whole = |expected: usize| if expected == 0 { 65_536 } else { expected };
    match body {
        [high, low] => Ok((&[], Some(whole(number(*high, *low))))),
        [high, low, rest @ ..] => match rest.len().checked_sub(number(*high, *low)) {
            Some(0) => Ok((rest, None)),
            Some(2) => {
                let (data, expected) = rest.split_at(rest.len() - 2);
                Ok((data, Some(whole(number(expected[0], expected[1])))))
            }
            _ => Err(WRONG_LENGTH),
        },
        _ => Err(WRONG_LENGTH),
    }
}

/// An answer before it is cut into pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What is answered.
    pub data: Vec<u8>,
    /// How it went.
    pub status: StatusWord,
}

impl Answer {
    /// Done, and this is the answer.
    pub fn with(data: Vec<u8>) -> Self {
        Self { data, status: OK }
    }

    /// Nothing but a status word.
    pub fn status(status: StatusWord) -> Self {
        let data = Vec::new();
        Self { data, status }
    }

    /// As bytes.
    pub fn bytes(mut self) -> Vec<u8> {
        self.data.extend_from_slice(&self.status.to_be_bytes());
        self.data
    }
}

/// What one step of a card's work is: data, or the status word that refuses.
pub type Outcome = Result<Vec<u8>, StatusWord>;

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Ok(data) => Self::with(data),
            Err(status) => Self::status(status),
        }
    }
}
