//! Speaking with the person at the terminal.
//!
//! Results go to standard output; questions and errors to standard error, so that a script
//! can keep them apart. Answers are lines of standard input, wiped after use.

use crate::error::CommandError;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use zeroize::Zeroizing;

/// Longer lines are not taken, in bytes. A key URI with everything fits four times.
const LONGEST_LINE: u64 = 4096;

/// How wide an explanation may become, in characters, so that it fits 80 columns indented.
const WIDEST_EXPLANATION: usize = 70;

/// The terminal, or what stands in for it.
pub(crate) struct Screen {
    out: io::Stdout,
    err: io::Stderr,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self {
            out: io::stdout(),
            err: io::stderr(),
        }
    }

    /// Prints a line of the result.
    pub(crate) fn say(&mut self, line: &str) -> Result<(), CommandError> {
        match writeln!(self.out, "{line}") {
            // `otpctl status | head` is not a fault.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => Ok(result?),
        }
    }

    /// Says something beside the result.
    pub(crate) fn remark(&mut self, line: &str) -> Result<(), CommandError> {
        Ok(writeln!(self.err, "{line}")?)
    }

    /// Prints an error: what happened, and what to do.
    pub(crate) fn complain(&mut self, error: &CommandError) {
        // If standard error is gone too, the exit status has to do.
        let _ = writeln!(self.err, "otpctl: {}", error.what());
        for line in error.remedy().map(folded).unwrap_or_default() {
            let _ = writeln!(self.err, "        {line}");
        }
    }

    /// Asks a question and reads a line. `None` at the end of the input.
    pub(crate) fn ask(
        &mut self,
        question: &str,
    ) -> Result<Option<Zeroizing<String>>, CommandError> {
        write!(self.err, "{question}")?;
        self.err.flush()?;
        let line = self.read_line()?;
        if line.is_none() {
            self.remark("")?;
        }
        Ok(line)
    }

    /// Reads a line without asking. `None` at the end of the input.
    pub(crate) fn read_line(&mut self) -> Result<Option<Zeroizing<String>>, CommandError> {
        // One buffer that never has to grow, so that no part of a secret is left behind.
        let mut line = Zeroizing::new(String::with_capacity(4096));
        let read = io::stdin().lock().take(LONGEST_LINE).read_line(&mut line);
        match read {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(line)),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(CommandError::usage(
                "the input is not text (UTF-8)",
                "Type it again",
            )),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes sure that a person means it: types the user's name.
    pub(crate) fn confirm(
        &mut self,
        user: &str,
        consequence: &str,
        assumed: bool,
    ) -> Result<(), CommandError> {
        if assumed {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(CommandError::refused(
                format!("{consequence} Nobody is there to say yes."),
                "In a script, add --yes",
            ));
        }
        let typed = self.ask(&format!("{consequence}\nType the user's name to go on: "))?;
        if typed.is_some_and(|typed| typed.trim() == user) {
            return Ok(());
        }
        Err(CommandError::refused(
            "not confirmed; nothing has changed",
            "Type exactly the user's name, or add --yes",
        ))
    }

    /// Whether colours may be used: on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn has_colours(&self) -> bool {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        self.out.is_terminal() && !refused
    }

    /// Columns and lines of the terminal, if there is one.
    pub(crate) fn size(&self) -> Option<(usize, usize)> {
        let (width, height) = terminal_size::terminal_size_of(&self.out)?;
        Some((usize::from(width.0), usize::from(height.0)))
    }
}

/// An explanation in lines that fit a narrow terminal.
fn folded(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let fits = |line: &String| {
            let together = line.chars().count().saturating_add(word.chars().count());
            line.is_empty() || together < WIDEST_EXPLANATION
        };
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.into()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explanations_are_folded_at_words() {
        let words = "word ".repeat(30);
        let lines = folded(&words);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.chars().count() <= 70));
        assert_eq!(lines.join(" "), words.trim());
        let unbreakable = "x".repeat(100);
        assert_eq!(folded(&unbreakable), [unbreakable]);
    }
}
