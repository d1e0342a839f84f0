//! Passing over a test where it cannot be run, and only there.
//!
//! An ordinary user has no other users, and in some containers nobody may trace a program. Root of
//! a whole machine can do everything that these tests want (`make test` installs the rest), so
//! there a test that was passed over would be one that nobody runs: it fails.

use std::fs;

/// Whoever sets it knows that something is missing here, and wants the rest.
const MAY_SKIP: &str = "PAM_OTP_TEST_MAY_SKIP";

/// Says that this test is passed over, and why.
///
/// # Panics
///
/// If it could be run here: as root of a whole machine, unless `PAM_OTP_TEST_MAY_SKIP` is set.
pub fn skip(reason: &str) {
    let map = fs::read_to_string("/proc/self/uid_map").expect("/proc is mounted");
    let allowed = std::env::var_os(MAY_SKIP).is_some();
    assert!(
        allowed || !has_every_user(&map),
        "root can run this test, but: {reason} (to pass over it all the same: {MAY_SKIP}=1)"
    );
    println!("skipped: {reason}");
}

/// Whether every number is a user here (user_namespaces(7)), as it is unless an ordinary user has
/// made the namespace.
fn has_every_user(map: &str) -> bool {
    let words: Vec<&str> = map.split_ascii_whitespace().collect();
    words == ["0", "0", "4294967295"]
}

#[cfg(test)]
mod tests {
    use super::has_every_user;

    #[test]
    fn root_of_a_whole_machine_passes_over_nothing_and_an_ordinary_user_may() {
        assert!(has_every_user("         0          0 4294967295\n"));
        for map in ["         0       1000          1\n", "0 100000 65536\n", ""] {
            assert!(!has_every_user(map), "{map}");
        }
    }
}
