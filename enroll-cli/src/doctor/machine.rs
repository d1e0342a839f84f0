//! The machine: files, owners, clock, users who are gone, security modules.

use super::behaviour::module_folders;
use super::{Findings, Severity};
use crate::kernel_clock;
use crate::local_users::LocalUsers;
use crate::only_roots::open_to_others;
use nix::sys::statfs::{FsType, statfs};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::User;
use otp_core::{Action, Method};
use otp_store::{Configuration, Store, StoreError};
use std::path::Path;

/// btrfs, zfs, bcachefs, overlayfs: a write in place needs free space there.
const COPY_ON_WRITE: [(i64, &str); 4] = [
    (0x9123_683E, "btrfs"),
    (0x2FC1_2FC1, "zfs"),
    (0xCA45_1A4E, "bcachefs"),
    (0x794C_7630, "overlayfs"),
];

/// Looks at everything but services.
pub(crate) fn look_at(configuration: &Configuration, findings: &mut Findings) {
    let mut has_clocks = false;
    match Store::open(&configuration.store) {
        Err(StoreError::NoStore { path }) => findings.add(
            Severity::Note,
            "nobody-enrolled",
            path.display().to_string(),
            "there is no store: nobody is enrolled",
            "otpctl enroll alice (for example)",
        ),
        Err(error) => findings.add(
            Severity::Error,
            "store-unusable",
            configuration.store.display().to_string(),
            format!("{error}; every user with an account is refused"),
            error.remedy(),
        ),
        Ok(store) => {
            has_clocks = accounts(&store, findings);
            file_system(&configuration.store, findings);
        }
    }
    module_file(findings);
    policy(configuration, findings);
    if has_clocks && kernel_clock::is_synchronised() == Some(false) {
        findings.add(
            Severity::Warning,
            "clock-not-synchronised",
            "clock",
            "the kernel says that nothing keeps the clock right, and time-based codes depend on it",
            "timedatectl set-ntp true",
        );
    }
    security_modules(findings);
}

/// Every account: can it be read, and is its user still the same? Returns whether a device
/// among them has a clock.
fn accounts(store: &Store, findings: &mut Findings) -> bool {
    let users = match store.users() {
        Ok(users) => users,
        Err(error) => {
            findings.add(
                Severity::Error,
                "store-unusable",
                "store",
                error.to_string(),
                error.remedy(),
            );
            return false;
        }
    };
    let local = LocalUsers::read();
    let mut has_clocks = false;
    for user in users {
        let account = match store.look_up(&user) {
            Ok(Some((account, _))) => account,
            Ok(None) => continue,
            Err(error) => {
                findings.add(
                    Severity::Error,
                    "account-broken",
                    format!("account of {user}"),
                    format!("{error}; every login of {user} is refused"),
                    error.remedy().replace("USER", user.as_str()),
                );
                continue;
            }
        };
        let mut devices = account.authenticators.iter();
        has_clocks |= devices.any(|one| matches!(one.method, Method::Totp { .. }));
        if local.have(user.as_str(), account.uid) {
            continue;
        }
        match User::from_name(user.as_str()) {
            Ok(None) => findings.add(
                Severity::Warning,
                "user-gone",
                format!("account of {user}"),
                "this machine does not know the user any more",
                "otpctl gc",
            ),
            Ok(Some(today)) if today.uid.as_raw() != account.uid => findings.add(
                Severity::Error,
                "other-user",
                format!("account of {user}"),
                format!(
                    "enrolled with number {}, but {user} is number {} today: refused",
                    account.uid, today.uid
                ),
                format!("otpctl reset {user}, or otpctl revoke {user}"),
            ),
            Ok(Some(_)) | Err(_) => {}
        }
    }
    has_clocks
}

fn file_system(store: &Path, findings: &mut Findings) {
    let place = store.display().to_string();
    if statvfs(store).is_ok_and(|found| found.flags().contains(FsFlags::ST_RDONLY)) {
        findings.add(
            Severity::Error,
            "store-read-only",
            place.clone(),
            "its file system is read-only: no login with a code can be recorded, so none succeeds",
            "Mount it writable",
        );
    }
    let Ok(found) = statfs(store) else {
        return;
    };
    let FsType(kind) = found.filesystem_type();
    if let Some((_, name)) = COPY_ON_WRITE
        .into_iter()
        .find(|(number, _)| *number == kind)
    {
        findings.add(
            Severity::Note,
            "copy-on-write",
            place,
            format!("it lies on {name}, where each login needs some free space"),
            "Keep some free, or put the store on another file system",
        );
    }
}

/// What the policy says and most probably does not mean.
fn policy(configuration: &Configuration, findings: &mut Findings) {
    let notify = configuration.administration.notify.as_ref();
    if let Some(program) = notify.filter(|program| !program.exists()) {
        findings.add(
            Severity::Warning,
            "notify-missing",
            "policy: notify",
            format!(
                "there is no {}: nobody is told of changes",
                program.display()
            ),
            "Install the program, or leave notify away",
        );
    }
    if let Some((program, open)) =
        notify.and_then(|program| Some((program, open_to_others(program)?)))
    {
        findings.add(
            Severity::Error,
            "notify-open-to-others",
            "policy: notify",
            format!(
                "others than root can change {}, so {} is not run: nobody is told of changes",
                open.display(),
                program.display()
            ),
            format!("chown root {0}; chmod go-w {0}", open.display()),
        );
    }
    let everybody = configuration.rules.iter().find(|rule| {
        rule.action == Action::Exempt
            && rule.users.is_empty()
            && rule.groups.is_empty()
            && rule.services.is_empty()
            && rule.terminals.is_empty()
            && rule.origins.is_empty()
            && rule.hours.is_empty()
    });
    if let Some(rule) = everybody {
        findings.add(
            Severity::Warning,
            "rule-exempts-everybody",
            format!("policy: rule \"{}\"", rule.name),
            "it has no criterion, so it exempts everybody whom no earlier rule has matched",
            "Add users, groups, services, terminals, from or utc_hours",
        );
    }
}

fn module_file(findings: &mut Findings) {
    for folder in module_folders() {
        let path = format!("{folder}/pam_otp.so");
        if let Some(open) = open_to_others(Path::new(&path)) {
            findings.add(
                Severity::Error,
                "module-open-to-others",
                path,
                format!(
                    "others than root can change {}, and so log in as anybody",
                    open.display()
                ),
                "Install it anew from a trusted source; chown root, chmod 644",
            );
        }
    }
}

fn security_modules(findings: &mut Findings) {
    let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    if text("/sys/fs/selinux/enforce").trim() == "1" {
        findings.add(
            Severity::Note,
            "selinux-enforcing",
            "SELinux",
            "it is enforcing: programs may be kept from the store whatever its modes are",
            "If logins fail, look for AVC in the audit log: ausearch -m avc -ts recent",
        );
    }
    if text("/sys/module/apparmor/parameters/enabled").trim() == "Y" {
        findings.add(
            Severity::Note,
            "apparmor-enabled",
            "AppArmor",
            "programs with a profile of their own may be kept from the store",
            "If logins fail, look for apparmor=\"DENIED\": journalctl -k -g apparmor",
        );
    }
}
