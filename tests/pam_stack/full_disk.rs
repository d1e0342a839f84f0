//! Disks that are full, read-only, or limited: no login is lost, and none is given away.

use pam_otp_tests::{Device, Login, Machine, has_other_users, sandboxed, skip};
use std::fs;
use std::process::Command;

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .output()
        .unwrap()
        .status
        .success()
}

/// Writes into the store's file system until nothing fits any more.
fn fill() {
    for size in ["1M", "4K", "1K", "1"] {
        let file = format!("of=/var/lib/pam-otp/filler.{size}");
        run(
            "dd",
            &["if=/dev/zero", &file, &format!("bs={size}"), "count=100000"],
        );
    }
    assert!(
        fs::write("/var/lib/pam-otp/one-more", [0; 8192]).is_err(),
        "the disk is full"
    );
}

fn logs_in_and_refuses_replays(fob: &mut Device) {
    for _ in 0..5 {
        let code = fob.next_code();
        let login = Login::new("door", "alice").answers(&[&code]);
        assert_eq!(login.run().code, "PAM_SUCCESS");
        assert_eq!(login.run().code, "PAM_AUTH_ERR");
    }
}

/// The private machine has none. Their names are its own; the devices are the kernel's, and free
/// again when what is mounted from them is gone.
fn make_loop_devices() {
    assert!(run("mknod", &["/dev/loop-control", "c", "10", "237"]));
    for number in 0..64 {
        let name = format!("/dev/loop{number}");
        assert!(run("mknod", &[&name, "b", "7", &number.to_string()]));
    }
}

/// A store on a file system of its own, with alice enrolled.
fn enrolled_on(mount: impl FnOnce() -> bool) -> Option<(Machine, Device)> {
    let machine = Machine::with_alice();
    machine.code_only_stack("door");
    fs::create_dir("/var/lib/pam-otp").unwrap();
    if !mount() {
        return None;
    }
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions("/var/lib/pam-otp", fs::Permissions::from_mode(0o700)).unwrap();
    let fob = machine.enrol("alice", &["--hotp"]);
    Some((machine, fob))
}

sandboxed! {
    fn logins_work_on_a_full_tmpfs() {
        let mount = || run("mount", &["-t", "tmpfs", "-o", "size=256k", "none", "/var/lib/pam-otp"]);
        let (_machine, mut fob) = enrolled_on(mount).expect("a tmpfs can be mounted");
        fill();
        logs_in_and_refuses_replays(&mut fob);
    }

    fn logins_work_on_a_full_ext4() {
        if !has_other_users() {
            return skip("only real root can mount an ext4 image");
        }
        let mount = || {
            make_loop_devices();
            // Large enough for a journal.
            run("truncate", &["--size=8M", "/var/image"])
                && run("mkfs.ext4", &["-q", "-O", "has_journal", "/var/image"])
                && run("mount", &["-o", "loop", "/var/image", "/var/lib/pam-otp"])
        };
        let (_machine, mut fob) = enrolled_on(mount).expect("root can mount an ext4 image");
        let kind = Command::new("findmnt").args(["-no", "FSTYPE", "/var/lib/pam-otp"]).output();
        assert_eq!(kind.unwrap().stdout, b"ext4\n");
        fill();
        logs_in_and_refuses_replays(&mut fob);
        assert!(run("umount", &["/var/lib/pam-otp"]));
    }

    fn on_a_read_only_disk_nobody_is_let_in() {
        let mount = || run("mount", &["-t", "tmpfs", "none", "/var/lib/pam-otp"]);
        let (machine, mut fob) = enrolled_on(mount).expect("a tmpfs can be mounted");
        assert!(run("mount", &["-o", "remount,bind,ro", "/var/lib/pam-otp"]));
        let code = fob.next_code();
        let login = Login::new("door", "alice").answers(&[&code]);
        assert_eq!(login.run().code, "PAM_AUTHINFO_UNAVAIL");
        // Looking still works.
        assert!(machine.otpctl_ok(&["status", "alice"]).contains("activated  yes"));
        assert!(run("mount", &["-o", "remount,bind,rw", "/var/lib/pam-otp"]));
        assert_eq!(login.run().code, "PAM_SUCCESS");
    }

    fn a_caller_whose_files_may_not_grow_gets_no_free_guess_and_no_yes() {
        let machine = Machine::with_alice();
        machine.code_only_stack("door");
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let code = fob.next_code();
        let login = Login::new("door", "alice").answers(&[&code]);
        // Right or wrong, the answer is not looked at: nobody is killed in the middle, and the
        // time it takes tells nothing.
        let wrong = Login::new("door", "alice").answers(&[&fob.wrong_code()]);
        for hindered in [&login, &wrong] {
            for limit in [0, 4096, 8191] {
                let outcome = hindered.clone().with_file_size_limit(limit).outcome();
                assert_eq!(outcome.as_deref(), Some("PAM_AUTHINFO_UNAVAIL"), "{limit}");
            }
        }
        assert_eq!(login.clone().with_file_size_limit(8192).run().code, "PAM_SUCCESS");
    }

    fn a_caller_with_few_descriptors_gets_no_free_guess_and_no_yes_that_costs_no_code() {
        let machine = Machine::with_alice();
        machine.policy("[login]\nfailure_delay_milliseconds = 0\n[throttle]\nfree_failures = 99\n");
        machine.code_only_stack("door");
        let mut fob = machine.enrol("alice", &["--hotp"]);
        let limited = |limit: u32, code: &str| {
            let limit = format!("--nofile={limit}");
            let login = Login::new("door", "alice").answers(&[code]);
            login.started_by(&["prlimit", &limit]).outcome()
        };
        let mut decided = 0;
        for limit in 3..=12 {
            let before = machine.failures_of("alice");
            let wrong = limited(limit, "000000");
            assert_ne!(wrong.as_deref(), Some("PAM_SUCCESS"), "{limit}");
            let charged = u64::from(wrong.as_deref() == Some("PAM_AUTH_ERR"));
            assert_eq!(machine.failures_of("alice") - before, charged, "{limit}: {wrong:?}");

            let code = fob.next_code();
            let right = limited(limit, &code);
            let again = Login::new("door", "alice").answers(&[&code]).run().code;
            match right.as_deref() {
                Some("PAM_SUCCESS") => assert_eq!(again, "PAM_AUTH_ERR", "{limit}"),
                _ => assert_eq!(again, "PAM_SUCCESS", "{limit}: {right:?}"),
            }
            decided += charged;
        }
        assert!((1..10).contains(&decided), "the limits test nothing: {decided}");
    }
}
