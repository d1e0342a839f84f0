//! What a card in the virtual reader is.

/// A card: whatever has an answer to reset and answers APDUs.
pub trait VirtualCard: Send {
    /// The answer to reset.
    fn answer_to_reset(&self) -> Vec<u8>;

    /// Power comes or the reader resets the card: nothing is selected or unlocked any more.
    fn power_up(&mut self);

    /// Answers a command; the status word is at the end.
    fn answer(&mut self, command: &[u8]) -> Vec<u8>;

    /// Whether what it has just been told makes it restart: it leaves its reader and comes back.
    /// Asked once after each answer.
    fn restarts(&mut self) -> bool {
        false
    }

    /// The button is pressed (1: short, 2: long). What the token types, or why nothing.
    ///
    /// # Errors
    ///
    /// A sentence, where the button types nothing.
    fn press(&mut self, button: u8) -> Result<Typed, String> {
        let _ = button;
        Err("this token has no button that types".to_owned())
    }

    /// What its display shows of a profile, or why nothing.
    ///
    /// # Errors
    ///
    /// A sentence, where there is no display or nothing on it.
    fn display(&mut self, profile: usize) -> Result<String, String> {
        let _ = profile;
        Err("this token has no display".to_owned())
    }
}

/// What a token that is a keyboard has typed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The usages of the HID keyboard page; bit 80 stands for shift.
    pub usages: Vec<u8>,
    /// What that is on a computer with a US layout.
    pub text: String,
}

/// Bytes from the operating system.
///
/// # Panics
///
/// Without /dev/urandom.
pub fn random<const N: usize>() -> [u8; N] {
    use std::io::Read;
    let mut bytes = [0; N];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .expect("/dev/urandom gives bytes");
    bytes
}
