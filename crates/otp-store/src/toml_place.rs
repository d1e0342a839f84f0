//! Where in a TOML text a fault lies.

use std::ops::Range;

/// Line and column, both from 1, of the start of a span.
pub(crate) fn place(text: &str, span: Option<Range<usize>>) -> (usize, usize) {
    let start = span.map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let line_start = before
        .rfind('\n')
        .map_or(0, |newline| newline.saturating_add(1));
    let column = before.get(line_start..).unwrap_or_default().chars().count();
    (line, column.saturating_add(1))
}
