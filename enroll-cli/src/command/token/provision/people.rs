//! The list of who gets a token: a plain list of users, or CSV with columns.

use crate::error::CommandError;
use crate::token::shown::harmless;
use csv::{ReaderBuilder, Trim};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

/// A larger file is no list of people with tokens (bytes).
const MOST_BYTES: u64 = 16 * 1024 * 1024;
const COLUMNS: [&str; 3] = ["user", "label", "serial"];

/// One user of the list.
pub(super) struct Row {
    pub(super) user: String,
    pub(super) label: Option<String>,
    pub(super) serial: Option<String>,
}

/// The list, understood as a whole before the first token is touched.
pub(super) fn rows(path: &Path) -> Result<Vec<Row>, CommandError> {
    let wrong = |line: usize, what: String| {
        CommandError::usage(
            format!("line {line}: {what}"),
            "Write a user on each line, or first a line with some of: user,label,serial",
        )
    };
    let file = std::fs::File::open(path).map_err(|error| {
        CommandError::usage(
            format!(
                "{} cannot be read: {error}",
                harmless(&path.to_string_lossy())
            ),
            "Name a CSV file",
        )
    })?;
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .comment(Some(b'#'))
        .from_reader(file.take(MOST_BYTES));
    let mut columns: Vec<&str> = vec!["user"];
    let mut rows: Vec<Row> = Vec::new();
    let mut seen = BTreeSet::new();
    for (record, index) in reader.records().zip(0_usize..) {
        let record = record.map_err(|_| wrong(index.saturating_add(1), "is no CSV".into()))?;
        let place = record.position().map(|at| at.line());
        let number = place
            .and_then(|line| usize::try_from(line).ok())
            .unwrap_or(0);
        let fields: Vec<&str> = record
            .iter()
            .map(|field| field.trim_start_matches('\u{feff}'))
            .collect();
        if index == 0
            && fields
                .iter()
                .any(|field| field.eq_ignore_ascii_case("user"))
        {
            columns.clear();
            for field in fields {
                let known = COLUMNS.iter().find(|one| field.eq_ignore_ascii_case(one));
                let known = known.ok_or_else(|| {
                    wrong(
                        number,
                        format!("the column \"{}\" is not known", harmless(field)),
                    )
                })?;
                columns.push(known);
            }
            continue;
        }
        if fields.len() > columns.len() {
            return Err(wrong(number, "has more fields than columns".into()));
        }
        let field = |name: &str| {
            let place = columns.iter().position(|one| *one == name)?;
            let text = fields.get(place).copied().filter(|text| !text.is_empty());
            text.map(String::from)
        };
        let user = field("user").ok_or_else(|| wrong(number, "names no user".into()))?;
        let serial = field("serial");
        for key in [
            Some(format!("user {user}")),
            serial.as_ref().map(|one| format!("serial number {one}")),
        ]
        .into_iter()
        .flatten()
        {
            if !seen.insert(key.clone()) {
                return Err(wrong(number, format!("names the {} again", harmless(&key))));
            }
        }
        rows.push(Row {
            user,
            label: field("label"),
            serial,
        });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(text: &str) -> Result<Vec<Row>, CommandError> {
        let path = std::env::temp_dir().join(format!("many-{:p}", text.as_ptr()));
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let rows = rows(&path);
        std::fs::remove_file(&path).unwrap();
        rows
    }

    #[test]
    fn a_list_is_plain_or_has_columns() {
        let plain = read("alice\n# a remark\n\nbob\n").unwrap();
        assert_eq!(plain.len(), 2);
        let rows = read("\u{feff}Serial,USER\n123,alice\n,bob\n").unwrap();
        assert_eq!(rows[0].serial.as_deref(), Some("123"));
        assert_eq!((rows[1].user.as_str(), &rows[1].serial), ("bob", &None));
    }

    #[test]
    fn a_mistake_is_found_before_the_first_token_is_touched() {
        for (text, part) in [
            ("user,shoe\nalice,7\n", "line 1: the column \"shoe\""),
            ("alice\nalice\n", "line 2: names the user alice again"),
            (
                "user,serial\nalice,7\nbob,7\n",
                "line 3: names the serial number 7 again",
            ),
            ("alice,7\n", "line 1: has more fields"),
            ("user,serial\n,7\n", "line 2: names no user"),
        ] {
            let error = read(text).err().unwrap();
            assert!(error.what().contains(part), "{}", error.what());
            assert_eq!(error.exit_status(), 2);
        }
    }
}
