//! A document while it is written: escaped for HTML and XML alike, wiped when dropped.

use std::fmt::Write;
use zeroize::Zeroizing;

/// A text with room from the beginning, so that no part of a secret is left behind by growing.
pub(crate) struct Markup(Zeroizing<String>);

impl Markup {
    /// With room for so many bytes.
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self(Zeroizing::new(String::with_capacity(bytes)))
    }

    /// Adds markup.
    pub(crate) fn raw(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds text, also inside of an attribute with double or single quotes.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' => self.0.push_str("&#10;"),
                other if is_unprintable(other) => self.0.push('\u{fffd}'),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Adds a number, with two digits after the point at most.
    pub(crate) fn number(&mut self, number: f64) -> &mut Self {
        let start = self.0.len();
        // Writing to a text cannot fail.
        let _ = write!(self.0, "{number:.2}");
        let tail = self.0.get(start..).unwrap_or_default();
        let keep = tail.trim_end_matches('0').trim_end_matches('.').len();
        self.0.truncate(start.saturating_add(keep));
        self
    }

    /// Adds ` name="number"`.
    pub(crate) fn attribute(&mut self, name: &str, value: f64) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").number(value).raw("\"")
    }

    /// Adds another one.
    pub(crate) fn append(&mut self, other: &Self) -> &mut Self {
        self.raw(&other.0)
    }

    pub(crate) fn finish(self) -> Zeroizing<String> {
        self.0
    }
}

/// What XML forbids (XML 1.0 s.2.2), and marks that turn the direction of what follows.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut markup = Markup::with_room(100);
        markup.text(text);
        markup.finish().to_string()
    }

    #[test]
    fn nothing_in_a_text_is_taken_for_markup() {
        assert_eq!(escaped("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
        assert_eq!(escaped("a\nb"), "a&#10;b");
        assert_eq!(escaped("a\0\u{1b}\u{202e}b"), "a\u{fffd}\u{fffd}\u{fffd}b");
        assert_eq!(escaped("Ключ 鍵"), "Ключ 鍵");
    }

    #[test]
    fn numbers_are_short() {
        let number = |number| {
            let mut markup = Markup::with_room(100);
            markup.number(number);
            markup.finish().to_string()
        };
        assert_eq!(number(12.0), "12");
        assert_eq!(number(100.0), "100");
        assert_eq!(number(0.5), "0.5");
        assert_eq!(number(1.239), "1.24");
    }
}
