//! Where a login comes from, as one comparable value.

use otp_core::Place;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// The place of a login: one service, and the exact address it comes from, or the terminal
/// and who sits there. `None` where that is not known for certain: a host's name is not ours to
/// trust, and what has no terminal has no place.
pub fn place(
    service: &str,
    remote_host: Option<&str>,
    terminal: &str,
    requesting_user: &str,
) -> Option<Place> {
    // The same program under two names: with and without a login shell.
    let class = match service {
        "su-l" => "su",
        "sudo-i" => "sudo",
        service => service,
    };
    let parts = match remote_host.filter(|host| !host.is_empty()) {
        Some(host) => {
            let address: IpAddr = host.parse().ok()?;
            [
                "address".into(),
                address.to_canonical().to_string(),
                String::new(),
            ]
        }
        // sshd calls its own terminal "ssh" before there is one.
        None if terminal.is_empty() || terminal == "ssh" => return None,
        None => ["terminal".into(), terminal.into(), requesting_user.into()],
    };
    let mut hash = Sha256::new();
    for part in std::iter::once(class).chain(parts.iter().map(String::as_str)) {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let first = digest.get(..16)?.try_into().ok()?;
    Some(Place(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_makes_another_place() {
        let all = [
            place("sshd", Some("192.0.2.7"), "ssh", ""),
            place("sshd", Some("192.0.2.8"), "ssh", ""),
            place("sshd", Some("2001:db8::1"), "ssh", ""),
            place("login", None, "tty1", ""),
            place("login", None, "tty2", ""),
            place("sudo", None, "pts/3", "alice"),
            place("sudo", None, "pts/3", "bob"),
            place("su", None, "pts/3", "alice"),
        ];
        for (number, one) in all.iter().enumerate() {
            assert!(one.is_some(), "{number}");
            assert!(!all[..number].contains(one), "{number}");
        }
    }

    #[test]
    fn the_same_place_in_other_words_is_the_same() {
        let one = place("sshd", Some("2001:db8::1"), "ssh", "");
        assert_eq!(one, place("sshd", Some("2001:DB8:0:0::1"), "", ""));
        let four = place("sshd", Some("192.0.2.7"), "ssh", "");
        assert_eq!(four, place("sshd", Some("::ffff:192.0.2.7"), "ssh", ""));
        let sudo = place("sudo", None, "pts/3", "alice");
        assert_eq!(sudo, place("sudo-i", None, "pts/3", "alice"));
    }

    #[test]
    fn a_name_is_no_place_and_neither_is_nothing() {
        assert_eq!(place("sshd", Some("host.example"), "ssh", ""), None);
        assert_eq!(place("sshd", None, "ssh", ""), None);
        assert_eq!(place("sudo", None, "", "alice"), None);
    }
}
