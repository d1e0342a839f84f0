//! Users other than root: real ones where the sandbox was made by root, a trick where it was
//! made by an ordinary user and knows only one.

use std::os::unix::fs::{MetadataExt, chown};
use std::process::Command;

/// Whether there is anybody but root in this namespace.
///
/// # Panics
///
/// If the sandbox has no `/tmp`.
pub fn has_other_users() -> bool {
    let probe = "/tmp/owner-probe";
    std::fs::write(probe, "").expect("the sandbox's /tmp is writable");
    chown(probe, Some(1000), None).is_ok()
}

/// Makes a file belong to somebody else than root, with everything else as it was.
///
/// # Panics
///
/// If neither way works.
pub fn give_away(path: &str) {
    if chown(path, Some(1000), None).is_err() {
        // A file of the real machine's root belongs to nobody in here.
        let mounted = Command::new("mount")
            .args(["--bind", "/usr/bin/true", path])
            .status();
        assert!(mounted.expect("mount can be started").success());
    }
    let owner = std::fs::metadata(path).expect("it is still there").uid();
    assert_ne!(owner, 0);
}

/// Undoes what [`give_away`] may have mounted over a file, so that it can be removed.
pub fn take_back(path: &str) {
    let _ = Command::new("umount").args(["--quiet", path]).output();
}
