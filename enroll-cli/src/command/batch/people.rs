//! Whom to enrol, and with what: the members of a group, or the rows of a CSV file.
//!
//! A file is understood as a whole before anything is written: a mistake in line 7000 must not
//! be found after 6999 enrolments.

use crate::arguments::{Enroll, NewAuthenticator};
use crate::error::CommandError;
use csv::{ReaderBuilder, StringRecord, Trim};
use nix::unistd::{Gid, Group};
use std::collections::BTreeSet;
use std::io::Read;
use zeroize::Zeroizing;

/// More is a mistake, not a file of users (bytes): a million users take less.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// One user to enrol.
pub(super) struct Row {
    /// The line in the file, if there is one.
    pub(super) line: Option<u64>,
    pub(super) user: String,
    /// What kind of device; what the file does not say comes from the arguments.
    pub(super) wanted: NewAuthenticator,
    pub(super) secret: Option<Zeroizing<String>>,
    pub(super) serial: Option<String>,
}

/// The columns that a file may have. `user` must be there.
const COLUMNS: [&str; 10] = [
    "user",
    "label",
    "kind",
    "algorithm",
    "digits",
    "time_step_seconds",
    "counter",
    "secret",
    "serial",
    "token_identifier",
];

/// Everybody who is meant, each once, in order.
pub(super) fn rows(wanted: &Enroll) -> Result<Vec<Row>, CommandError> {
    let rows = match (&wanted.group, wanted.from.as_deref()) {
        (Some(group), _) => of_group(group, &wanted.authenticator)?,
        (None, Some("-")) => of_csv(std::io::stdin().lock(), &wanted.authenticator)?,
        (None, Some(path)) => {
            let file = std::fs::File::open(path).map_err(|error| {
                let what = format!("{} cannot be read: {error}", path.escape_debug());
                CommandError::usage(what, "Name a CSV file, or - for standard input")
            })?;
            if file.metadata().is_ok_and(|found| found.is_dir()) {
                let what = format!("{} is a folder", path.escape_debug());
                let remedy = "Name a CSV file, or - for standard input";
                return Err(CommandError::usage(what, remedy));
            }
            of_csv(file, &wanted.authenticator)?
        }
        (None, None) => Vec::new(),
    };
    let mut seen = BTreeSet::new();
    for row in &rows {
        if !seen.insert(row.user.as_str()) {
            return Err(CommandError::usage(
                format!(
                    "{}\"{}\" is named twice",
                    at(row.line),
                    row.user.escape_debug()
                ),
                "Name each user once; further devices: otpctl add",
            ));
        }
    }
    Ok(rows)
}

fn at(line: Option<u64>) -> String {
    line.map_or(String::new(), |line| format!("line {line}: "))
}

/// The members of a group, and the users whose own group it is.
fn of_group(name: &str, device: &NewAuthenticator) -> Result<Vec<Row>, CommandError> {
    let unreadable = |errno: nix::Error| {
        let what = format!("the group database cannot be read: {}", errno.desc());
        CommandError::refused(what, "See: getent group")
    };
    let group = Group::from_name(name).map_err(unreadable)?.ok_or_else(|| {
        let what = format!("this machine knows no group \"{}\"", name.escape_debug());
        CommandError::refused(what, "Look for the name: getent group")
    })?;
    let mut names: BTreeSet<String> = group.mem.into_iter().collect();
    names.extend(whose_own_group_is(group.gid)?);
    let row = |user| Row {
        line: None,
        user,
        wanted: device.clone(),
        secret: None,
        serial: None,
    };
    Ok(names.into_iter().map(row).collect())
}

/// The users of the local database whose own group this is. Directories do not list theirs;
/// their groups name their members.
fn whose_own_group_is(gid: Gid) -> Result<Vec<String>, CommandError> {
    let passwd = std::fs::read_to_string("/etc/passwd")?;
    let fields = passwd
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>());
    let own = fields.filter_map(|fields| match fields.as_slice() {
        [name, _, _, own, ..] if own.parse() == Ok(gid.as_raw()) => Some((*name).to_string()),
        _ => None,
    });
    Ok(own.collect())
}

fn of_csv(mut file: impl Read, device: &NewAuthenticator) -> Result<Vec<Row>, CommandError> {
    let mut bytes = Zeroizing::new(Vec::new());
    file.by_ref().take(MOST_BYTES).read_to_end(&mut bytes)?;
    // So that each record ends with a line.
    bytes.push(b'\n');
    // Spreadsheets begin with a mark of their encoding.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text);
    let mut columns: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    loop {
        let read = reader.read_record(&mut record);
        // The crate counts from the end of the record before, and so from lines it skips.
        let line_ends: usize = record.iter().map(|field| field.matches('\n').count()).sum();
        let line_ends = u64::try_from(line_ends).unwrap_or(0);
        let line = reader.position().line().saturating_sub(1);
        let line = Some(line.saturating_sub(line_ends));
        match read {
            Ok(true) => {}
            Ok(false) => break,
            // The crate's own words may quote the row, and the row may hold a secret.
            Err(_) => {
                return Err(CommandError::usage(
                    format!("{}this is not CSV in UTF-8", at(line)),
                    "Save it as CSV with commas, in UTF-8",
                ));
            }
        }
        if record.get(0).is_some_and(|first| first.starts_with('#')) {
            continue;
        }
        match &columns {
            None => {
                let head = header(&record, line)?;
                if head.is_none() {
                    rows.push(row_of(&["user".into()], &record, line, device)?);
                }
                columns = Some(head.unwrap_or_else(|| vec!["user".into()]));
            }
            Some(columns) => rows.push(row_of(columns, &record, line, device)?),
        }
    }
    Ok(rows)
}

/// The first line, if it names columns; `None` for a plain list of users.
fn header(record: &StringRecord, line: Option<u64>) -> Result<Option<Vec<String>>, CommandError> {
    let names: Vec<String> = record.iter().map(str::to_ascii_lowercase).collect();
    if !names.iter().any(|name| name == "user") {
        if names.len() == 1 {
            // No user is called so, but a spreadsheet of some countries writes it.
            if names.iter().any(|name| name.contains([';', '\t'])) {
                return Err(CommandError::usage(
                    format!("{}the columns are not separated by commas", at(line)),
                    "Save it as CSV with commas, in UTF-8",
                ));
            }
            return Ok(None);
        }
        return Err(CommandError::usage(
            format!("{}no column is called \"user\"", at(line)),
            format!("The first line names the columns: {}", COLUMNS.join(",")),
        ));
    }
    let mut seen = BTreeSet::new();
    for name in &names {
        if !COLUMNS.contains(&name.as_str()) || !seen.insert(name) {
            return Err(CommandError::usage(
                format!(
                    "{}the column \"{}\" is not known, or named twice",
                    at(line),
                    name.escape_debug()
                ),
                format!("Known are: {}", COLUMNS.join(", ")),
            ));
        }
    }
    Ok(Some(names))
}

fn row_of(
    columns: &[String],
    record: &StringRecord,
    line: Option<u64>,
    device: &NewAuthenticator,
) -> Result<Row, CommandError> {
    if record.len() > columns.len() {
        return Err(CommandError::usage(
            format!("{}more fields than columns", at(line)),
            "Put a text with commas in quotation marks",
        ));
    }
    let field = |name: &str| {
        let place = columns.iter().position(|column| column == name)?;
        record.get(place).filter(|text| !text.is_empty())
    };
    let number = |name: &str| {
        field(name)
            .map(|text| {
                text.parse::<u64>().map_err(|_| {
                    let what = format!("{}{name} is no number", at(line));
                    CommandError::usage(what, "Give whole numbers without signs")
                })
            })
            .transpose()
    };
    let text = |name: &str| field(name).map(String::from);
    let user = text("user").ok_or_else(|| {
        let what = format!("{}no user", at(line));
        CommandError::usage(what, "Each line needs the user's login name")
    })?;
    let hotp = match field("kind") {
        None => device.hotp,
        Some(kind) if kind.eq_ignore_ascii_case("hotp") => true,
        Some(kind) if kind.eq_ignore_ascii_case("totp") => false,
        Some(_) => {
            let what = format!("{}the kind is neither totp nor hotp", at(line));
            return Err(CommandError::usage(
                what,
                "Write totp or hotp, or leave it empty",
            ));
        }
    };
    let wanted = NewAuthenticator {
        label: text("label").or_else(|| device.label.clone()),
        hotp,
        algorithm: text("algorithm").or_else(|| device.algorithm.clone()),
        digits: number("digits")?.or(device.digits),
        time_step: number("time_step_seconds")?.or(device.time_step),
        counter: number("counter")?.or(device.counter),
        token_identifier: text("token_identifier").or_else(|| device.token_identifier.clone()),
        ..device.clone()
    };
    for (name, given, belongs) in [
        ("time_step_seconds", wanted.time_step.is_some(), !hotp),
        ("counter", wanted.counter.is_some(), hotp),
        ("token_identifier", wanted.token_identifier.is_some(), hotp),
    ] {
        if given && !belongs {
            let kind = if hotp { "hotp" } else { "totp" };
            let what = format!("{}{name} makes no sense with {kind}", at(line));
            return Err(CommandError::usage(
                what,
                "Leave it empty, or change the kind",
            ));
        }
    }
    Ok(Row {
        line,
        user,
        wanted,
        secret: text("secret").map(Zeroizing::new),
        serial: text("serial"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Row>, CommandError> {
        of_csv(text.as_bytes(), &NewAuthenticator::default())
    }

    fn refusal(text: &str) -> String {
        read(text).err().unwrap().what().to_string()
    }

    #[test]
    fn a_plain_list_of_users_is_understood() {
        let rows = read("alice\n# a remark\n\nbob\n").unwrap();
        let users: Vec<_> = rows
            .iter()
            .map(|row| (row.line, row.user.as_str()))
            .collect();
        assert_eq!(users, [(Some(1), "alice"), (Some(4), "bob")]);
    }

    #[test]
    fn columns_come_in_any_order_and_may_be_empty() {
        let rows = read("\u{feff}Secret,USER,kind,counter\n\"GEZD, GNBV\",alice,hotp,7\n,bob,,\n")
            .unwrap();
        assert_eq!(
            rows[0].secret.as_deref().map(String::as_str),
            Some("GEZD, GNBV")
        );
        assert_eq!(
            (rows[0].wanted.hotp, rows[0].wanted.counter),
            (true, Some(7))
        );
        assert_eq!((rows[1].wanted.hotp, rows[1].wanted.counter), (false, None));
        assert!(rows[1].secret.is_none());
    }

    #[test]
    fn a_mistake_is_named_with_its_line_and_never_quotes_a_secret() {
        for (text, part) in [
            (
                "name,label\nalice,x\n",
                "line 1: no column is called \"user\"",
            ),
            (
                "user,shoe\nalice,7\n",
                "line 1: the column \"shoe\" is not known",
            ),
            ("user,user\nalice,7\n", "named twice"),
            ("user,digits\nalice,six\n", "line 2: digits is no number"),
            (
                "user,kind\nalice,ocra\n",
                "line 2: the kind is neither totp nor hotp",
            ),
            ("user,secret\n,GEZDGNBV\n", "line 2: no user"),
            ("user\nalice,GEZDGNBV\n", "line 2: more fields than columns"),
            (
                "user,counter\nalice,7\n",
                "line 2: counter makes no sense with totp",
            ),
            (
                "user,secret\nalice,\u{1}GEZDGNBV,x\n",
                "line 2: more fields",
            ),
        ] {
            let what = refusal(text);
            assert!(what.contains(part), "{what}");
            assert!(!what.contains("GEZD"), "{what}");
        }
        let broken = of_csv(&b"user\n\xff\xfe\n"[..], &NewAuthenticator::default());
        assert!(
            broken
                .err()
                .unwrap()
                .what()
                .contains("line 2: this is not CSV in UTF-8")
        );
    }
}
