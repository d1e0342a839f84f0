//! How wide a text is about, where to break it, and how large it may be.
//!
//! An SVG has no lines of its own, and which font the reader has is unknown. Widths are
//! those of a wide one (DejaVu Sans), so a text becomes too narrow rather than too wide.

/// The advance of a letter in a monospaced font, in em.
pub(crate) const MONOSPACED: f64 = 0.61;

/// How much wider bold letters are, as a factor.
pub(crate) const BOLD: f64 = 1.13;

/// About how wide a letter is, in em.
fn letter(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '\'' | '|' | ' ' | '.' | ',' | ':' | ';' => 0.34,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' | '!' => 0.43,
        'w' => 0.83,
        'm' | 'M' | 'W' | '@' | '%' => 1.01,
        'a'..='z' | '0'..='9' | '_' => 0.64,
        '\0'..='\u{7f}' => 0.8,
        // Marks that stand on the letter before, joiners, variation selectors.
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        '’' | '“' | '”' => 0.5,
        '\u{80}'..='\u{52f}' => 0.9,
        '\u{1f000}'.. => 1.4,
        _ => 1.1,
    }
}

/// About how wide a text is, in em.
pub(crate) fn width(text: &str) -> f64 {
    text.chars().map(letter).sum()
}

/// Breaks a text into lines of so many em: between words, and within a word that is longer.
pub(crate) fn lines(text: &str, em: f64) -> Vec<&str> {
    let mut lines = Vec::new();
    let (mut start, mut after_blank, mut used) = (0, 0, 0.0);
    for (place, character) in text.char_indices() {
        let wide = letter(character);
        if used + wide > em && place > start && character != ' ' {
            let word = text.get(after_blank..).unwrap_or_default();
            let word = word.split_whitespace().next().unwrap_or_default();
            // A word that no line can hold begins where it stands.
            let cut = if after_blank > start && width(word) <= em {
                after_blank
            } else {
                place
            };
            lines.push(text.get(start..cut).unwrap_or_default().trim_end());
            start = cut;
            used = text.get(start..place).map(width).unwrap_or_default();
        }
        used += wide;
        if character.is_whitespace() {
            after_blank = place.saturating_add(character.len_utf8());
        }
    }
    lines.push(text.get(start..).unwrap_or_default());
    lines
}

/// The largest size between `largest` and `smallest` at which a text takes one line; if there
/// is none, `smallest`, and as many lines as that takes. All in the same unit as `room`.
pub(crate) fn sized(text: &str, room: f64, largest: f64, smallest: f64) -> (f64, Vec<&str>) {
    let size = (room / width(text).max(0.1)).clamp(smallest, largest);
    (size, lines(text, room / size * 1.001))
}

/// Groups that are separated by blanks, so many a line.
pub(crate) fn grouped_lines(groups: &str, in_a_line: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = groups;
    let last = in_a_line.saturating_sub(1);
    while let Some((place, _)) = rest.match_indices(' ').nth(last) {
        let (line, after) = rest.split_at_checked(place).unwrap_or((rest, ""));
        lines.push(line);
        rest = after.trim_start();
    }
    lines.push(rest);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_nothing_too_wide() {
        let text = "ab cde fghi jk 鍵鍵鍵鍵鍵鍵鍵鍵鍵 lmnopqrstuvwxyzabcdefghijk.example.org Ω";
        for em in [2.0, 4.0, 9.0, 100.0] {
            let lines = lines(text, em);
            let without_blanks = |text: &str| text.replace(' ', "");
            assert_eq!(without_blanks(&lines.concat()), without_blanks(text));
            assert!(lines.iter().all(|line| width(line) <= em), "{lines:?}");
        }
        assert_eq!(lines("one two three", 4.4), ["one two", "three"]);
        assert_eq!(lines("", 4.0), [""]);
    }

    #[test]
    fn a_short_name_is_large_and_a_long_one_small_and_then_broken() {
        let (size, lines) = sized("alice", 100.0, 10.0, 5.0);
        assert!(size > 9.9 && lines == ["alice"]);
        let long = "a".repeat(20);
        let (size, lines) = sized(&long, 100.0, 10.0, 5.0);
        assert!(size < 10.0 && size > 5.0 && lines.len() == 1);
        let longer = "a".repeat(60);
        let (size, lines) = sized(&longer, 100.0, 10.0, 5.0);
        assert!(size < 5.1 && lines.len() == 2);
    }

    #[test]
    fn groups_stay_whole() {
        assert_eq!(
            grouped_lines("AAAA BBBB CCCC DDDD E", 2),
            ["AAAA BBBB", "CCCC DDDD", "E"]
        );
        assert_eq!(grouped_lines("AAAA BBBB", 2), ["AAAA BBBB"]);
        assert_eq!(grouped_lines("AAAA", 2), ["AAAA"]);
    }
}
