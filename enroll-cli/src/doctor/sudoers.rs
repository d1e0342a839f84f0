//! sudo's own ways around PAM.

use super::{Findings, Severity};
use std::path::{Path, PathBuf};

/// Looks at sudoers and what it takes in; returns the service that sudo uses.
pub(crate) fn look_at(file: &Path, asks_for_code: bool, findings: &mut Findings) -> String {
    let mut service = "sudo".to_string();
    let mut files = vec![file.to_path_buf()];
    let mut seen: Vec<PathBuf> = Vec::new();
    while let Some(file) = files.pop() {
        if seen.contains(&file) {
            continue;
        }
        seen.push(file.clone());
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        let text = joined(&text);
        for (number, line) in text.iter().map(|(number, line)| (*number, line.trim())) {
            if let Some(more) = included(line) {
                files.extend(more);
                continue;
            }
            let line = without_remark(line);
            let place = format!("{}, line {number}", file.display());
            one_line(line, &place, asks_for_code, &mut service, findings);
        }
    }
    service
}

/// Lines with those that continue them, and where each begins.
fn joined(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (number, line) in (1_usize..).zip(text.lines()) {
        let (part, more) = match line.strip_suffix('\\') {
            Some(part) => (part, true),
            None => (line, false),
        };
        match lines.last_mut().filter(|_| goes_on) {
            Some((_, whole)) => whole.push_str(part),
            None => lines.push((number, part.to_string())),
        }
        goes_on = more;
    }
    lines
}

/// A line without what stands behind `#`; `#1000` is a user's number.
fn without_remark(line: &str) -> &str {
    let mut places = line.match_indices('#').map(|(place, _)| place);
    let remark = places.find(|place| {
        let after = line.get(place.saturating_add(1)..).unwrap_or_default();
        !after.starts_with(|c: char| c.is_ascii_digit())
    });
    remark.and_then(|place| line.get(..place)).unwrap_or(line)
}

fn one_line(
    line: &str,
    place: &str,
    asks_for_code: bool,
    service: &mut String,
    findings: &mut Findings,
) {
    // "pam_service = x" and "NOPASSWD : ALL" are the same as without blanks.
    let packed: String = line.split_whitespace().collect();
    let is_defaults = line.starts_with("Defaults");
    if let Some((_, name)) = packed.split_once("pam_service=").filter(|_| is_defaults) {
        let name = name.trim_matches('"');
        let end = name.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c)));
        *service = name
            .get(..end.unwrap_or(name.len()))
            .unwrap_or(name)
            .to_string();
    }
    let without = packed.contains("NOPASSWD:") || (is_defaults && packed.contains("!authenticate"));
    if without && asks_for_code {
        findings.add(
            Severity::Warning,
            "sudo-without-pam",
            place,
            "sudo asks nothing here, neither password nor code",
            "Take NOPASSWD or !authenticate away, if a code is wanted",
        );
    }
    let other = [
        ("rootpw", "root"),
        ("targetpw", "the user whom the command runs as"),
        ("runaspw", "the user of runas_default"),
    ];
    for (flag, whose) in other {
        let mut words = line.split([',', ' ', '\t']);
        if is_defaults && words.any(|word| word == flag) {
            findings.add(
                Severity::Warning,
                "sudo-asks-another",
                place,
                format!(
                    "{flag}: sudo asks for the password and the code of {whose}, not of the caller"
                ),
                "Take it away, or enrol those whose codes are then asked",
            );
        }
    }
}

/// The files that a line takes in.
fn included(line: &str) -> Option<Vec<PathBuf>> {
    let (word, path) = line.split_once(char::is_whitespace)?;
    let path = path.trim().trim_matches('"');
    match word {
        "@include" | "#include" => Some(vec![path.into()]),
        "@includedir" | "#includedir" => {
            let entries = std::fs::read_dir(path).ok()?;
            let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            // As sudo does: no dots and no tildes at the end.
            files.retain(|file| {
                let name = file
                    .file_name()
                    .and_then(|name| name.to_str())
                    .unwrap_or_default();
                !name.contains('.') && !name.ends_with('~')
            });
            files.sort();
            Some(files)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (String, Vec<(String, &'static str)>) {
        let mut findings = Findings::default();
        let folder = std::env::temp_dir().join(format!("sudoers-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let number = text.len();
        let file = folder.join(format!("{number}"));
        std::fs::write(&file, text).unwrap();
        let service = look_at(&file, true, &mut findings);
        std::fs::remove_file(&file).unwrap();
        let place = |place: &str| place.rsplit(' ').next().unwrap().to_string();
        let found = findings.0.iter();
        (
            service,
            found.map(|one| (place(&one.place), one.id)).collect(),
        )
    }

    #[test]
    fn sudoers_is_read_as_sudo_reads_it() {
        let one = |line: &str, id| vec![(line.to_string(), id)];
        for (text, service, expected) in [
            ("alice ALL=(ALL) ALL\n", "sudo", vec![]),
            (
                "alice ALL=(ALL) NOPASSWD: ALL\n",
                "sudo",
                one("1", "sudo-without-pam"),
            ),
            (
                "\n%wheel ALL=(ALL) \\\n  NOPASSWD : \\\n ALL\n",
                "sudo",
                one("2", "sudo-without-pam"),
            ),
            ("alice ALL=(ALL) ALL # once NOPASSWD: ALL\n", "sudo", vec![]),
            ("# alice ALL=(ALL) NOPASSWD: ALL\n", "sudo", vec![]),
            (
                "#1000 ALL=(ALL) NOPASSWD: ALL\n\n\n",
                "sudo",
                one("1", "sudo-without-pam"),
            ),
            (
                "Defaults:alice env_reset, !authenticate\n",
                "sudo",
                one("1", "sudo-without-pam"),
            ),
            (
                "Defaults pam_service = \"sudo-otp\", env_reset\n",
                "sudo-otp",
                vec![],
            ),
            (
                "Defaults env_reset,targetpw\n",
                "sudo",
                one("1", "sudo-asks-another"),
            ),
            ("Defaults !targetpw\n", "sudo", vec![]),
        ] {
            assert_eq!(found(text), (service.to_string(), expected), "{text}");
        }
    }
}
