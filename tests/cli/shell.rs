//! Shell commands that find the built programs, and what they leave on disk.

use pam_otp_tests::built;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Output, Stdio};

/// What [`set_up`] enrols with.
pub(crate) const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// The secret of RFC 4226, appendix D, whose codes are known: 755224, 287082, 359152,
/// 969429, 338314, 254676, 287922, 162583, 399871, 520489 for the counters 0 to 9.
const PRELUDE: &str = r#"set -eu
secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
store=/var/lib/pam-otp
policy() { mkdir -p /etc/pam-otp; printf '%s\n' "$@" > /etc/pam-otp/otp.toml; }
pending_fob() { echo $secret | otpctl enroll "${1:-alice}" --hotp --secret-stdin --pending --uri-only; }
# Activated by the code of counter 0.
fob() { printf '%s\n755224\n' $secret | otpctl enroll "${1:-alice}" --hotp --secret-stdin --no-qr 2>&1; }
# A login with a wrong code.
guess() {
    echo "auth required $(dirname "$(command -v otpctl)")/libpam_otp.so" > /etc/pam.d/door
    login-client --service door --user alice --answer 111111
}
"#;

/// Runs commands that know the functions of the prelude.
pub(crate) fn set_up(commands: &str) -> Output {
    shell(&format!("{PRELUDE}\n{commands}"), "", None)
}

/// Every file and folder with its mode and content. Of a state file only what the newest
/// record of the account's enrolment says: writing the same once more is no change, and
/// neither is a record that no account believes.
pub(crate) fn snapshot(path: &str) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let Ok(meta) = fs::symlink_metadata(path) else {
        return found;
    };
    let content = if meta.is_file() {
        meaning(path, fs::read(path).unwrap())
    } else {
        Vec::new()
    };
    found.insert(path.to_string(), (meta.mode(), content));
    if meta.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            found.extend(snapshot(entry.unwrap().path().to_str().unwrap()));
        }
    }
    found
}

fn meaning(path: &str, content: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8_lossy(&content);
    let account = fs::read_to_string(path.replace("/state/", "/account/")).unwrap_or_default();
    let is_believed = |record: &&str| {
        let enrolment = record
            .lines()
            .find_map(|line| line.strip_prefix("enrolment "));
        enrolment.is_some_and(|number| account.contains(number))
    };
    let records = text.split("pam-otp state 1\n").skip(1).filter(is_believed);
    let generation = |record: &&str| {
        let line = record
            .lines()
            .find_map(|line| line.strip_prefix("generation "));
        line.and_then(|number| number.parse::<u64>().ok())
    };
    let Some(newest) = records.max_by_key(generation) else {
        return content;
    };
    let lines = newest.lines();
    let said: Vec<_> = lines
        .filter(|line| !line.starts_with("generation ") && !line.starts_with("checksum "))
        .collect();
    said.join("\n").into_bytes()
}

/// Runs a shell command that finds the built `otpctl`.
pub(crate) fn shell(command: &str, input: &str, user: Option<u32>) -> Output {
    let folder = built("otpctl").parent().unwrap().display().to_string();
    let mut words = vec!["bash".to_string(), "-c".into(), command.into()];
    if let Some(user) = user {
        let ids = [format!("--reuid={user}"), format!("--regid={user}")];
        let setpriv = ["setpriv".to_string(), "--clear-groups".into()];
        words = setpriv.into_iter().chain(ids).chain(words).collect();
    }
    let mut child = Command::new(&words[0])
        .args(&words[1..])
        .env("PATH", format!("{folder}:/usr/sbin:/usr/bin:/sbin:/bin"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have refused already and closed its end.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}
