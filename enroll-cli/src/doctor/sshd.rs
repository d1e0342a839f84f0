//! sshd's own ways in, some of which do not ask PAM for anything.

use super::{Findings, Severity};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::process::Command;

/// What `sshd -T` says, key by key, in small letters.
pub(crate) struct Effective(BTreeMap<String, Vec<String>>);

/// Asks sshd for its effective configuration for a user who comes from an address, or from this
/// machine; `None` where there is no sshd.
pub(crate) fn effective(user: &str, from: Option<IpAddr>) -> Option<Result<Effective, String>> {
    let sshd = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"]
        .into_iter()
        .find(|path| Path::new(path).exists())?;
    let output = Command::new(sshd)
        .args(["-T", "-C"])
        .arg(match from {
            // The name is not asked for: Match Host sees what UseDNS no sees.
            Some(address) => format!("user={user},host={address},addr={address}"),
            None => format!("user={user},host=localhost,addr=127.0.0.1"),
        })
        .output();
    Some(match output {
        Err(error) => Err(error.to_string()),
        Ok(output) if output.status.success() => {
            Ok(Effective::parse(&String::from_utf8_lossy(&output.stdout)))
        }
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(said.lines().next().unwrap_or("no answer").to_string())
        }
    })
}

impl Effective {
    pub(crate) fn parse(text: &str) -> Self {
        let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in text.lines() {
            if let Some((key, value)) = line.split_once(' ') {
                let values = keys.entry(key.to_ascii_lowercase()).or_default();
                values.push(value.trim().to_string());
            }
        }
        Self(keys)
    }

    fn is(&self, key: &str, value: &str) -> bool {
        let values = self.0.get(key);
        values.is_some_and(|values| values.iter().any(|one| one.eq_ignore_ascii_case(value)))
    }

    /// The sequences of methods that let somebody in, each a list; those that are switched off
    /// left out.
    pub(crate) fn ways_in(&self) -> Vec<Vec<String>> {
        let methods = self.0.get("authenticationmethods");
        let text = methods.map_or("any".to_string(), |lists| lists.join(" "));
        let all = [
            "publickey",
            "password",
            "keyboard-interactive",
            "hostbased",
            "gssapi-with-mic",
        ];
        let ways: Vec<Vec<String>> = if text.eq_ignore_ascii_case("any") {
            all.iter()
                .map(|method| vec![(*method).to_string()])
                .collect()
        } else {
            let lists = text.split_ascii_whitespace();
            let methods = |list: &str| {
                let names = list
                    .split(',')
                    .map(|name| name.split(':').next().unwrap_or(name));
                names.map(str::to_ascii_lowercase).collect()
            };
            lists.map(methods).collect()
        };
        let possible = |way: &Vec<String>| way.iter().all(|method| self.is_on(method));
        ways.into_iter().filter(possible).collect()
    }

    fn is_on(&self, method: &str) -> bool {
        let key = match method {
            "publickey" => "pubkeyauthentication",
            "password" => "passwordauthentication",
            "keyboard-interactive" => "kbdinteractiveauthentication",
            "hostbased" => "hostbasedauthentication",
            "gssapi-with-mic" => "gssapiauthentication",
            _ => return false,
        };
        self.is(key, "yes")
    }

    pub(crate) fn uses_pam(&self) -> bool {
        self.is("usepam", "yes")
    }

    pub(crate) fn permits_root_only_by_key(&self) -> bool {
        self.is("permitrootlogin", "without-password")
            || self.is("permitrootlogin", "prohibit-password")
            || self.is("permitrootlogin", "forced-commands-only")
    }

    /// The ways in of one user.
    pub(crate) fn ways_in_of(&self, uid: u32) -> Vec<Vec<String>> {
        let needs_a_key = uid == 0 && self.permits_root_only_by_key();
        let mut ways = self.ways_in();
        let has_a_key = |way: &Vec<String>| way.iter().any(|one| one == "publickey");
        ways.retain(|way| !needs_a_key || has_a_key(way));
        match uid == 0 && !self.permits_root() {
            true => Vec::new(),
            false => ways,
        }
    }

    pub(crate) fn permits_root(&self) -> bool {
        !self.is("permitrootlogin", "no")
    }
}

/// Looks for ways in that go around the code, and for questions that cannot be asked.
///
/// `asks_for_code`: whether `/etc/pam.d/sshd` calls pam_otp; `combined`: in one answer.
pub(crate) fn look_at(
    effective: &Effective,
    asks_for_code: bool,
    combined: bool,
    findings: &mut Findings,
) {
    let here = "sshd_config (sshd -T)";
    if !effective.uses_pam() {
        if asks_for_code {
            findings.add(
                Severity::Error,
                "sshd-without-pam",
                here,
                "UsePAM is off: /etc/pam.d/sshd is not read, and no code is asked",
                "UsePAM yes",
            );
        }
        return;
    }
    if !asks_for_code {
        return;
    }
    for way in effective.ways_in() {
        let names: Vec<&str> = way.iter().map(String::as_str).collect();
        match names.as_slice() {
            methods if methods.contains(&"keyboard-interactive") => {}
            methods if methods.contains(&"password") => {
                if !combined {
                    findings.add(
                        Severity::Warning,
                        "sshd-password-cannot-ask",
                        here,
                        "PasswordAuthentication is on, but that method cannot ask for a code: it \
                         answers every question with the password and is refused",
                        "PasswordAuthentication no, or password=combined in /etc/pam.d/sshd",
                    );
                }
            }
            methods => findings.add(
                Severity::Error,
                "sshd-around-the-code",
                here,
                format!(
                    "\"{}\" alone lets in, and asks PAM for no code",
                    methods.join(",")
                ),
                "AuthenticationMethods publickey,keyboard-interactive",
            ),
        }
    }
    if !effective.is_on("keyboard-interactive") && !combined {
        findings.add(
            Severity::Error,
            "sshd-cannot-ask",
            here,
            "KbdInteractiveAuthentication is off: nothing can ask for the code",
            "KbdInteractiveAuthentication yes",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, combined: bool) -> Vec<&'static str> {
        let mut findings = Findings::default();
        look_at(&Effective::parse(text), true, combined, &mut findings);
        findings.0.iter().map(|finding| finding.id).collect()
    }

    const GOOD: &str = "usepam yes\npasswordauthentication no\nkbdinteractiveauthentication yes\n\
                        pubkeyauthentication yes\nauthenticationmethods publickey,keyboard-interactive\n";

    #[test]
    fn each_trap_of_sshd_has_its_word() {
        assert_eq!(found(GOOD, false), [""; 0]);
        let any = GOOD.replace("publickey,keyboard-interactive", "any");
        assert_eq!(found(&any, false), ["sshd-around-the-code"]);
        let two = GOOD.replace("publickey,", "publickey keyboard-interactive,");
        assert_eq!(found(&two, false), ["sshd-around-the-code"]);
        let no_key = any.replace("pubkeyauthentication yes", "pubkeyauthentication no");
        assert_eq!(found(&no_key, false), [""; 0]);
        let password = no_key.replace("passwordauthentication no", "passwordauthentication yes");
        assert_eq!(found(&password, false), ["sshd-password-cannot-ask"]);
        assert_eq!(found(&password, true), [""; 0]);
        let mute = password.replace(
            "kbdinteractiveauthentication yes",
            "kbdinteractiveauthentication no",
        );
        assert_eq!(
            found(&mute, false),
            ["sshd-password-cannot-ask", "sshd-cannot-ask"]
        );
        assert_eq!(
            found(&GOOD.replace("usepam yes", "usepam no"), false),
            ["sshd-without-pam"]
        );
        let hosts = no_key + "hostbasedauthentication yes\n";
        assert_eq!(found(&hosts, false), ["sshd-around-the-code"]);
    }
}
