//! Speaking with the person at the terminal.
//!
//! Results go to standard output; questions and errors to standard error, so that a script
//! can keep them apart. Answers are lines of standard input, wiped after use.

use crate::error::CommandError;
use crate::hidden_input::HiddenInput;
use serde::Serialize;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use zeroize::Zeroizing;

/// Longer lines are refused, in bytes. A key URI with everything fits four times.
const LONGEST_LINE: usize = 4096;

/// A bar for fewer things would be gone before it is seen.
const FEWEST_WORTH_A_BAR: usize = 20;
/// How wide the bar is, in characters; with numbers and a name it fits 80 columns.
const BAR_WIDTH: usize = 30;

/// How wide an explanation may become, in characters, so that it fits 80 columns indented.
const WIDEST_EXPLANATION: usize = 70;

/// The terminal, or what stands in for it.
pub(crate) struct Screen {
    out: io::Stdout,
    err: io::Stderr,
    quiet: bool,
    plain: bool,
}

impl Screen {
    /// `quiet`: only what was asked for by name; `plain`: nothing but lines of text.
    pub(crate) fn new(quiet: bool, plain: bool) -> Self {
        Self {
            out: io::stdout(),
            err: io::stderr(),
            quiet,
            plain,
        }
    }

    /// Says in words what was done.
    pub(crate) fn say(&mut self, line: &str) -> Result<(), CommandError> {
        match self.quiet {
            true => Ok(()),
            false => self.print(line),
        }
    }

    /// Prints a line of what was asked for.
    pub(crate) fn print(&mut self, line: &str) -> Result<(), CommandError> {
        match writeln!(self.out, "{line}") {
            // `otpctl status | head` is not a fault.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => Ok(result?),
        }
    }

    /// Shows how far a long work has come, to a person who waits for it.
    pub(crate) fn progress(
        &mut self,
        done: usize,
        total: usize,
        at: &str,
    ) -> Result<(), CommandError> {
        if total < FEWEST_WORTH_A_BAR || !self.shows_progress() {
            return Ok(());
        }
        let filled = done.saturating_mul(BAR_WIDTH).checked_div(total);
        let bar = "#".repeat(filled.unwrap_or(0));
        let at: String = at.chars().filter(|c| !c.is_control()).take(24).collect();
        write!(
            self.err,
            "\r[{bar:BAR_WIDTH$}] {done} of {total} {at}\x1b[K"
        )?;
        Ok(self.err.flush()?)
    }

    /// Takes the bar away, so that a line can be printed.
    pub(crate) fn end_progress(&mut self) -> Result<(), CommandError> {
        if self.shows_progress() {
            write!(self.err, "\r\x1b[K")?;
        }
        Ok(())
    }

    fn shows_progress(&self) -> bool {
        self.err.is_terminal() && !self.plain && !self.quiet
    }

    /// Prints a secret. Unlike with other lines, it is a fault if nobody reads it.
    pub(crate) fn reveal(&mut self, secret: &str) -> Result<(), CommandError> {
        writeln!(self.out, "{secret}")?;
        Ok(self.out.flush()?)
    }

    /// Prints a sentence; on a terminal, in lines that fit it. Whoever reads it by program gets
    /// it in one.
    pub(crate) fn print_sentence(&mut self, text: &str) -> Result<(), CommandError> {
        let width = self.size().map_or(usize::MAX, |(width, _)| width.max(20));
        if text.chars().count() < width {
            return self.print(text);
        }
        let blanks = text.chars().take_while(|c| *c == ' ').count();
        let mut indent = blanks;
        for line in folded(text, width.saturating_sub(blanks).saturating_sub(4)) {
            self.print(&format!("{:indent$}{line}", ""))?;
            indent = blanks.saturating_add(4);
        }
        Ok(())
    }

    /// Prints a name and what belongs to it, in columns; where nothing but lines of text is
    /// wanted, with a colon, since columns are read out as silence.
    pub(crate) fn print_pair(
        &mut self,
        name: &str,
        width: usize,
        value: &str,
    ) -> Result<(), CommandError> {
        match self.plain {
            true => self.print(&format!("{name}: {value}")),
            false => self.print_sentence(&format!("{name:width$}  {value}")),
        }
    }

    /// Says in words what was done; on a terminal, in lines that fit it.
    pub(crate) fn say_sentence(&mut self, text: &str) -> Result<(), CommandError> {
        match self.quiet {
            true => Ok(()),
            false => self.print_sentence(text),
        }
    }

    /// Prints a sentence after what it is about; on a terminal that is too narrow for both,
    /// below it.
    pub(crate) fn print_entry(&mut self, about: &str, text: &str) -> Result<(), CommandError> {
        let line = format!("{about}  {text}");
        let width = self.size().map_or(usize::MAX, |(width, _)| width);
        if line.chars().count() < width {
            return self.print(&line);
        }
        self.print(about.trim_end())?;
        self.print_sentence(&format!("      {text}"))
    }

    /// Prints a document for a script.
    pub(crate) fn print_json(&mut self, document: &impl Serialize) -> Result<(), CommandError> {
        let text = serde_json::to_string_pretty(document).map_err(io::Error::from)?;
        self.print(&text)
    }

    /// Prints a document that holds a secret; no copy of it stays in memory.
    pub(crate) fn reveal_json(&mut self, document: &impl Serialize) -> Result<(), CommandError> {
        // Large enough that it is never moved.
        let mut text = Zeroizing::new(Vec::with_capacity(LONGEST_LINE));
        serde_json::to_writer_pretty(&mut *text, document).map_err(io::Error::from)?;
        text.push(b'\n');
        self.out.write_all(&text)?;
        Ok(self.out.flush()?)
    }

    /// Says something beside the result, to a person in lines that fit the terminal.
    pub(crate) fn remark_sentence(&mut self, text: &str) -> Result<(), CommandError> {
        match self.err.is_terminal() {
            true => self.remark(&folded(text, self.width()).join("\n")),
            false => self.remark(text),
        }
    }

    /// Says something beside the result.
    pub(crate) fn remark(&mut self, line: &str) -> Result<(), CommandError> {
        // At once: what is written in pieces gets mixed with what others write.
        Ok(self.err.write_all(format!("{line}\n").as_bytes())?)
    }

    /// Prints an error: what happened, and what to do.
    pub(crate) fn complain(&mut self, error: &CommandError) {
        // If standard error is gone too, the exit status has to do.
        let what = match self.err.is_terminal() {
            true => folded(error.what(), WIDEST_EXPLANATION).join("\n        "),
            false => error.what().into(),
        };
        let _ = writeln!(self.err, "otpctl: {what}");
        let folded = |text| folded(text, WIDEST_EXPLANATION);
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
        // Nobody's Enter has ended the line of the question.
        if line.is_none() || !self.somebody_is_there() {
            self.remark("")?;
        }
        Ok(line)
    }

    /// Whether a person can be asked, and not only a script be read.
    pub(crate) fn somebody_is_there(&self) -> bool {
        io::stdin().is_terminal()
    }

    /// Asks for something that nobody shall see typed. A script is not asked, only read.
    pub(crate) fn ask_hidden(
        &mut self,
        question: &str,
    ) -> Result<Option<Zeroizing<String>>, CommandError> {
        if !self.somebody_is_there() {
            return self.read_line();
        }
        let hidden = HiddenInput::begin()?;
        let line = self.ask(question);
        drop(hidden);
        // The person's Enter was not shown either.
        self.remark("")?;
        line
    }

    /// Asks a question of a person; a script is not asked, only read.
    pub(crate) fn ask_if_somebody_is_there(
        &mut self,
        question: &str,
    ) -> Result<Option<Zeroizing<String>>, CommandError> {
        if self.somebody_is_there() {
            self.ask(question)
        } else {
            self.read_line()
        }
    }

    /// Reads a line without asking. `None` at the end of the input.
    pub(crate) fn read_line(&mut self) -> Result<Option<Zeroizing<String>>, CommandError> {
        // One buffer that never has to grow, so that no part of a secret is left behind.
        let room = LONGEST_LINE.saturating_add(1);
        let mut line = Zeroizing::new(String::with_capacity(room));
        let most = u64::try_from(room).unwrap_or(u64::MAX);
        let read = io::stdin().lock().take(most).read_line(&mut line);
        match read {
            Ok(0) => Ok(None),
            // Cut in the middle it could pass for something else.
            Ok(_) if line.len() > LONGEST_LINE => Err(CommandError::usage(
                format!("the line is too long: more than {LONGEST_LINE} bytes"),
                "Give one secret, code or key URI on one line",
            )),
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
        self.confirm_by(user, "the user's name", consequence, assumed)
    }

    /// Makes sure that a person means it: types a word.
    pub(crate) fn confirm_word(
        &mut self,
        word: &str,
        consequence: &str,
        assumed: bool,
    ) -> Result<(), CommandError> {
        self.confirm_by(word, &format!("\"{word}\""), consequence, assumed)
    }

    fn confirm_by(
        &mut self,
        word: &str,
        called: &str,
        consequence: &str,
        assumed: bool,
    ) -> Result<(), CommandError> {
        if assumed {
            return Ok(());
        }
        if !self.somebody_is_there() {
            return Err(CommandError::refused(
                format!("{consequence} Nobody is there to say yes."),
                "In a script, add --yes",
            ));
        }
        let consequence = folded(consequence, self.width()).join("\n");
        let typed = self.ask(&format!("{consequence}\nType {called} to go on: "))?;
        if typed.is_some_and(|typed| typed.trim() == word) {
            return Ok(());
        }
        Err(CommandError::refused(
            "not confirmed; nothing has changed",
            format!("Type exactly {called}, or add --yes"),
        ))
    }

    /// Whether colours may be used: on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn has_colours(&self) -> bool {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        self.out.is_terminal() && !refused && !self.plain
    }

    /// Whether nothing but what was asked for is wanted.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether nothing but lines of text is wanted.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }

    /// How wide a line may become for a person.
    fn width(&self) -> usize {
        self.size().map_or(80, |(width, _)| width.max(20))
    }

    /// Columns and lines of the terminal, if there is one.
    pub(crate) fn size(&self) -> Option<(usize, usize)> {
        let (width, height) = terminal_size::terminal_size_of(&self.out)?;
        Some((usize::from(width.0), usize::from(height.0)))
    }
}

/// An explanation in lines that fit a narrow terminal.
fn folded(text: &str, widest: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in pieces(text) {
        let fits = |line: &String| {
            let together = line.chars().count().saturating_add(word.chars().count());
            line.is_empty() || together < widest
        };
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) if line.is_empty() => line.push_str(&word),
            Some(line) => {
                line.push(' ');
                line.push_str(&word);
            }
            None => lines.push(word),
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// The words of a text; a command that it names stays in one piece, for copying. Blanks past
/// the first, as between columns, stay with the word in front of them.
fn pieces(text: &str) -> Vec<String> {
    let is_command = |word: &str| {
        matches!(
            word,
            "otpctl" | "fuser" | "chmod" | "chown" | "getent" | "systemctl" | "timedatectl"
        )
    };
    let mut pieces: Vec<String> = Vec::new();
    let mut inside_command = false;
    for word in text.trim().split(char::is_whitespace) {
        if let (true, Some(before)) = (word.is_empty(), pieces.last_mut()) {
            before.push(' ');
            continue;
        }
        match pieces.last_mut().filter(|_| inside_command) {
            Some(command) => {
                command.push(' ');
                command.push_str(word);
            }
            None => {
                inside_command = is_command(word.trim_start_matches('('));
                pieces.push(word.into());
            }
        }
        if word.ends_with(['.', ',', ';', ')', '?']) {
            inside_command = false;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_not_torn_apart() {
        let text = format!("{} otpctl reset alice", "word ".repeat(13));
        let lines = folded(&text, WIDEST_EXPLANATION);
        assert_eq!(lines.last().map(String::as_str), Some("otpctl reset alice"));
    }

    #[test]
    fn columns_stay_apart_in_a_folded_line() {
        let text = format!("device 1   \"phone\":  {}", "word ".repeat(20));
        let lines = folded(&text, WIDEST_EXPLANATION);
        assert!(lines.len() > 1);
        let start = lines.first().map_or("", |line| &line[..20]);
        assert_eq!(start, "device 1   \"phone\": ");
    }

    #[test]
    fn explanations_are_folded_at_words() {
        let words = "word ".repeat(30);
        let lines = folded(&words, WIDEST_EXPLANATION);
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.chars().count() <= 70));
        assert_eq!(lines.join(" "), words.trim());
        let unbreakable = "x".repeat(100);
        assert_eq!(folded(&unbreakable, WIDEST_EXPLANATION), [unbreakable]);
    }
}
