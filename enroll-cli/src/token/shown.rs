//! Text that a device has chosen, made harmless for a terminal.
//!
//! Names of readers and accounts come from whatever is plugged in. A control character in
//! one could move the cursor, change what stands above, or begin a line of a log.

/// The longest name that is shown whole, in characters.
const LONGEST: usize = 80;

/// The text without what a terminal would obey, and of a bounded length.
pub(crate) fn harmless(text: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control()
            // Line and paragraph separators, and the marks that turn the direction of writing.
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let text: String = text.chars().filter(|c| !is_harmful(*c)).collect();
    match text.chars().count() > LONGEST {
        true => text.chars().take(LONGEST).chain(['…']).collect(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_a_device_moves_no_cursor_and_ends_no_line() {
        assert_eq!(harmless("\u{1b}[2JACME\r\nReader 00"), "[2JACMEReader 00");
        assert_eq!(harmless("a\u{202e}b\u{2028}c"), "abc");
        assert_eq!(harmless("Ключ 00"), "Ключ 00");
        let long = harmless(&"x".repeat(1000));
        assert_eq!(long.chars().count(), 81);
    }
}
