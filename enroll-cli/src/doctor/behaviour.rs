//! What each module may return, for what a person types.
//!
//! A module that is not known, or whose answer depends on what cannot be known beforehand, may
//! return several things; all of them are tried.

use super::person::{Ageing, Enrolment, Password, Person};
use otp_core::{Action, Circumstances, Origin, Unenrolled, first_match};
use otp_store::{Configuration, PasswordMode};
use pam_configuration::{Kind, Phase, ReturnCode, Rule};
use std::net::IpAddr;
use std::path::Path;

/// What a person types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) right_password: bool,
    pub(crate) right_code: bool,
}

/// Where a login happens, and whose it is.
#[derive(Clone, Copy)]
pub(crate) struct Login<'a> {
    pub(crate) service: &'a str,
    pub(crate) person: &'a Person,
    pub(crate) configuration: &'a Configuration,
    /// Whether sshd has accepted a key before it asks PAM.
    pub(crate) after_key: bool,
    /// Whether every question is answered with the password, as sshd's method of that name does.
    pub(crate) password_for_all: bool,
    /// Where a login by sshd comes from, if that was said.
    pub(crate) from: Option<IpAddr>,
}

const YES: ReturnCode = ReturnCode::SUCCESS;
const NO: ReturnCode = ReturnCode::AUTH_ERR;
const NOTHING: ReturnCode = ReturnCode::IGNORE;

/// Everything that the module of a line may return.
pub(crate) fn returns(rule: &Rule, login: &Login<'_>, scenario: Scenario) -> Vec<ReturnCode> {
    if let Some(path) = module_path(rule)
        && !path.1
    {
        return vec![ReturnCode::MODULE_UNKNOWN];
    }
    match (rule.module(), rule.phase) {
        ("pam_otp", Phase::Auth) => vec![pam_otp(rule, login, scenario)],
        // A mistake, and said to be one.
        ("pam_otp", Phase::Account | Phase::Password) => vec![service_err()],
        ("pam_otp", Phase::Session) => vec![YES],
        ("pam_permit", _) => vec![YES],
        ("pam_deny", _) => vec![NO],
        ("pam_unix", Phase::Auth) => vec![pam_unix(rule, login.person, scenario)],
        ("pam_unix", Phase::Account) => vec![pam_unix_account(login.person.ageing)],
        ("pam_unix", _) => vec![YES],
        ("pam_nologin", _) => match nobody_may_log_in() && login.person.uid != 0 {
            true => vec![NO],
            false => vec![NOTHING],
        },
        ("pam_rootok", _) => vec![NO],
        ("pam_securetty", _) => match login.person.uid {
            0 => vec![YES, NO],
            _ => vec![YES],
        },
        // They set something up, and say nothing of who may come in.
        (
            "pam_faildelay" | "pam_env" | "pam_group" | "pam_mail" | "pam_motd" | "pam_lastlog"
            | "pam_limits" | "pam_loginuid" | "pam_keyinit" | "pam_umask" | "pam_issue"
            | "pam_echo" | "pam_warn" | "pam_selinux" | "pam_cap" | "pam_gnome_keyring"
            | "pam_kwallet5" | "pam_ck_connector",
            Phase::Auth,
        ) => vec![NOTHING],
        // Whether the user is theirs cannot be seen from here.
        ("pam_sss" | "pam_ldap" | "pam_krb5" | "pam_winbind" | "pam_ccreds", Phase::Auth) => {
            match scenario.right_password {
                true => vec![YES, ReturnCode::USER_UNKNOWN],
                false => vec![NO, ReturnCode::USER_UNKNOWN],
            }
        }
        ("pam_sss" | "pam_ldap" | "pam_krb5" | "pam_winbind", _) => {
            vec![YES, ReturnCode::USER_UNKNOWN]
        }
        ("pam_faillock", Phase::Auth) => match rule.arguments().first().map(String::as_str) {
            Some("authfail") => vec![NO],
            Some("authsucc") => vec![YES],
            _ => vec![NOTHING],
        },
        (_, Phase::Session | Phase::Password) => vec![YES],
        // Of the account phase only what is known to refuse is held against a login.
        (_, Phase::Account) => vec![YES],
        (_, Phase::Auth) => vec![YES, NO, NOTHING],
    }
}

/// What the dates beside the password say.
fn pam_unix_account(ageing: Ageing) -> ReturnCode {
    let number = match ageing {
        Ageing::Fine => return YES,
        Ageing::NewPasswordFirst => return ReturnCode::NEW_AUTHTOK_REQD,
        Ageing::AccountOver => 13,
        Ageing::PasswordOver => 27,
    };
    ReturnCode::from_number(number).unwrap_or(NO)
}

fn service_err() -> ReturnCode {
    ReturnCode::from_number(3).unwrap_or(NO)
}

fn nobody_may_log_in() -> bool {
    ["/etc/nologin", "/run/nologin", "/var/run/nologin"]
        .into_iter()
        .any(|path| Path::new(path).exists())
}

/// The folders in which libpam looks for a module without a path.
pub(crate) fn module_folders() -> Vec<String> {
    let mut folders = vec!["/lib/security".to_string(), "/lib64/security".into()];
    for base in ["/lib", "/usr/lib"] {
        let Ok(entries) = std::fs::read_dir(base) else {
            continue;
        };
        let found = entries.flatten().map(|entry| entry.path().join("security"));
        folders.extend(
            found
                .filter(|path| path.is_dir())
                .map(|path| path.display().to_string()),
        );
    }
    folders
}

/// Where the module of a line lies, and whether it is there.
pub(crate) fn module_path(rule: &Rule) -> Option<(String, bool)> {
    let Kind::Module { path, .. } = &rule.kind else {
        return None;
    };
    if path.starts_with('/') {
        return Some((path.clone(), Path::new(path).exists()));
    }
    let folders = module_folders();
    let found = folders.iter().map(|folder| format!("{folder}/{path}"));
    let found = found.into_iter().find(|path| Path::new(path).exists());
    match found {
        Some(found) => Some((found, true)),
        None => Some((path.clone(), false)),
    }
}

fn pam_unix(rule: &Rule, person: &Person, scenario: Scenario) -> ReturnCode {
    let nullok = rule
        .arguments()
        .iter()
        .any(|word| word.starts_with("nullok"));
    match person.password {
        Some(Password::Unusable) => NO,
        // Whatever is typed.
        Some(Password::Empty) if nullok => YES,
        Some(Password::Empty) => NO,
        Some(Password::Set) | None if scenario.right_password => YES,
        Some(Password::Set) | None => NO,
    }
}

/// The words in a line of pam.d that pam_otp does not know.
pub(crate) fn unknown_words(rule: &Rule) -> Vec<&str> {
    let is_known = |word: &&str| {
        matches!(
            *word,
            "debug" | "password=stack" | "password=verify" | "password=combined"
        ) || word.strip_prefix("config=/").is_some()
    };
    let words = rule.arguments().iter().map(String::as_str);
    words.filter(|word| !is_known(word)).collect()
}

/// Who asks for the password, by the line or the policy.
pub(crate) fn mode(rule: &Rule, login: &Login<'_>) -> PasswordMode {
    let settings = login.configuration.settings_for(login.service);
    if settings.skip_password_after_key && login.after_key && login.service == "sshd" {
        return PasswordMode::Stack;
    }
    let words = rule.arguments().iter();
    let mut modes = words.filter_map(|word| match word.as_str() {
        "password=stack" => Some(PasswordMode::Stack),
        "password=verify" => Some(PasswordMode::Verify),
        "password=combined" => Some(PasswordMode::Combined),
        _ => None,
    });
    modes.next().unwrap_or(settings.password)
}

/// What a rule of the policy makes of this login, if one matches.
pub(crate) fn rule_of_policy(login: &Login<'_>) -> Option<(Action, String)> {
    let circumstances = Circumstances {
        user: &login.person.name,
        groups: Some(&login.person.groups),
        service: login.service,
        terminal: "",
        // What is not known matches no address.
        origin: match (login.service, login.from) {
            ("sshd", Some(address)) => Origin::Address(address),
            ("sshd", None) => Origin::Named,
            _ => Origin::Local,
        },
        now: crate::new_account::now(),
    };
    let rule = first_match(&login.configuration.rules, &circumstances)?;
    Some((rule.action, rule.name.to_string()))
}

fn pam_otp(rule: &Rule, login: &Login<'_>, scenario: Scenario) -> ReturnCode {
    if !unknown_words(rule).is_empty() {
        return service_err();
    }
    if login.person.enrolment == Enrolment::NoPolicy {
        return service_err();
    }
    let mode = mode(rule, login);
    let verifies = mode == PasswordMode::Verify;
    let right_code =
        scenario.right_code && (!login.password_for_all || mode == PasswordMode::Combined);
    let password_is_fine =
        !verifies || (scenario.right_password && login.person.password == Some(Password::Set));
    // Without a code: a yes of this module only where it has seen the right password itself.
    let exempt = match (verifies, password_is_fine) {
        (true, true) => YES,
        (true, false) => NO,
        (false, _) => NOTHING,
    };
    match rule_of_policy(login).map(|(action, _)| action) {
        Some(Action::Exempt) => return exempt,
        Some(Action::Deny) => return NO,
        Some(Action::Require) | None => {}
    }
    let settings = login.configuration.settings_for(login.service);
    match &login.person.enrolment {
        Enrolment::Activated if right_code && password_is_fine => YES,
        // A wrong code is wrong; that Enter is enough is said in words.
        Enrolment::Pending if right_code && password_is_fine => YES,
        Enrolment::Activated | Enrolment::Pending | Enrolment::Expired | Enrolment::Locked => NO,
        Enrolment::Disabled => exempt,
        Enrolment::None => match settings.unenrolled {
            Unenrolled::Ignore => exempt,
            Unenrolled::Deny => NO,
        },
        Enrolment::Broken(_) => ReturnCode::from_number(9).unwrap_or(NO),
        Enrolment::NoPolicy => service_err(),
    }
}
