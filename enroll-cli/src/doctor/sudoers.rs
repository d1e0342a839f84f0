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
        for (number, line) in (1_usize..).zip(text.lines()) {
            let line = line.trim();
            if let Some(more) = included(line) {
                files.extend(more);
                continue;
            }
            if line.starts_with('#') {
                continue;
            }
            let place = format!("{}, line {number}", file.display());
            one_line(line, &place, asks_for_code, &mut service, findings);
        }
    }
    service
}

fn one_line(
    line: &str,
    place: &str,
    asks_for_code: bool,
    service: &mut String,
    findings: &mut Findings,
) {
    if let Some((_, name)) = line
        .split_once("pam_service=")
        .filter(|_| line.starts_with("Defaults"))
    {
        let name = name.trim_matches('"');
        let end = name.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c)));
        *service = name
            .get(..end.unwrap_or(name.len()))
            .unwrap_or(name)
            .to_string();
    }
    let without = line.contains("NOPASSWD:")
        || (line.starts_with("Defaults") && line.contains("!authenticate"));
    if without && asks_for_code {
        findings.add(
            Severity::Warning,
            "sudo-without-pam",
            place,
            "sudo asks nothing here, neither password nor code",
            "Take NOPASSWD or !authenticate away, if a code is wanted",
        );
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
