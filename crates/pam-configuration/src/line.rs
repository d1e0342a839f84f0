//! Lines and words, as libpam cuts them.

/// One line of a file, put together from several where they end with a backslash.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Where it begins, from 1.
    pub(crate) number: usize,
    pub(crate) text: String,
}

/// Longer lines make libpam give up the whole file (bytes).
const LONGEST: usize = 1024;

/// The lines of a file without remarks and empty ones; `Err` with the number of the line at
/// which libpam gives the file up.
pub(crate) fn lines(text: &str) -> Result<Vec<Line>, usize> {
    let mut lines = Vec::new();
    let mut unfinished: Option<Line> = None;
    for (number, raw) in (1..).zip(text.split('\n')) {
        let part = raw.trim_start_matches([' ', '\t']);
        let (part, has_remark) = match part.split_once('#') {
            Some((before, _)) => (before, true),
            None => (part, false),
        };
        if part.trim_matches([' ', '\t']).is_empty() {
            // libpam overlooks empty lines, within a continued one, too.
            continue;
        }
        let trimmed = part.trim_end_matches([' ', '\t', '\n']);
        // A remark ends the line, whatever stands before it.
        let continued = trimmed.strip_suffix('\\').filter(|_| !has_remark);
        let mut line = unfinished.take().unwrap_or(Line {
            number,
            text: String::new(),
        });
        line.text.push_str(continued.unwrap_or(trimmed));
        if line.text.len() >= LONGEST {
            return Err(line.number);
        }
        match continued {
            Some(_) => {
                line.text.push(' ');
                unfinished = Some(line);
            }
            None => lines.push(line),
        }
    }
    match unfinished {
        Some(line) => Err(line.number),
        None => Ok(lines),
    }
}

/// The next word and what is left; `[...]` is one word without its brackets.
pub(crate) fn word(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start_matches([' ', '\t', '\n']);
    let Some(inside) = text.strip_prefix('[') else {
        if text.is_empty() {
            return None;
        }
        let end = text.find([' ', '\t', '\n']).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        return Some((word.into(), rest));
    };
    let mut word = String::new();
    let mut characters = inside.char_indices().peekable();
    while let Some((place, c)) = characters.next() {
        match c {
            ']' => {
                let rest = inside.get(place.saturating_add(1)..).unwrap_or_default();
                return Some((word, rest));
            }
            '\\' if characters.next_if(|(_, next)| *next == ']').is_some() => word.push(']'),
            c => word.push(c),
        }
    }
    Some((word, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(usize, String)> {
        let lines = lines(text).unwrap();
        lines
            .into_iter()
            .map(|line| (line.number, line.text))
            .collect()
    }

    #[test]
    fn remarks_empty_lines_and_continued_lines() {
        let text = "# a remark\n\n  auth required \\\n\tpam_unix.so # nullok\naccount x\n";
        assert_eq!(
            texts(text),
            [
                (3, "auth required  pam_unix.so".into()),
                (5, "account x".into())
            ]
        );
        assert_eq!(lines("auth required \\\n"), Err(1));
        assert_eq!(lines(&"x".repeat(2000)), Err(1));
    }

    #[test]
    fn brackets_make_one_word() {
        let (control, rest) = word("[success=1 default=ignore] pam_unix.so nullok").unwrap();
        assert_eq!(control, "success=1 default=ignore");
        let (module, rest) = word(rest).unwrap();
        assert_eq!(module, "pam_unix.so");
        assert_eq!(word(rest), Some(("nullok".into(), "")));
        assert_eq!(word(r"[a\]b c] d"), Some(("a]b c".into(), " d")));
        assert_eq!(word("[open"), Some(("open".into(), "")));
        assert_eq!(word("  "), None);
    }
}
