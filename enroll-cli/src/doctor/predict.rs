//! What the next login of a user through a service will be like.

use super::behaviour::{
    Login, Scenario, mode, module_path, returns, rule_of_policy, unknown_words,
};
use super::person::{Ageing, Enrolment, Password};
use otp_core::{Action, Unenrolled};
use otp_store::PasswordMode;
use pam_configuration::{Phase, ReturnCode, Rule, Service, Unreadable, walk};
use serde::Serialize;
use std::path::Path;

/// Where libpam looks, in this order.
pub(crate) const FOLDERS: [&str; 2] = ["/etc/pam.d", "/usr/lib/pam.d"];
/// So many lines whose answer is not known are tried in every combination.
const MOST_UNKNOWN: usize = 8;

/// Who gets in, as one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Need {
    /// The right password and the right code.
    Both,
    /// A code is not asked, or does not matter.
    PasswordOnly,
    /// A password is not asked, or does not matter.
    CodeOnly,
    /// The right password or the right code, one of the two.
    Either,
    /// An ssh key, or what else sshd accepts without asking PAM.
    KeyOnly,
    /// Neither matters.
    Nothing,
    /// Nobody gets in, whatever is typed.
    LockedOut,
}

/// The next login.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Prediction {
    pub(crate) service: String,
    /// For sshd, by which of its methods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
    pub(crate) user: String,
    pub(crate) need: Need,
    /// Whether it depends on what cannot be seen from here.
    pub(crate) is_certain: bool,
    /// In words.
    pub(crate) words: String,
}

/// Reads a service.
pub(crate) fn read(service: &str) -> Result<Service, Unreadable> {
    Service::read(&FOLDERS.map(Path::new), service)
}

/// Who gets in of four who type this and that.
struct Answers {
    possible: [bool; 4],
    certain: [bool; 4],
}

const SCENARIOS: [Scenario; 4] = [
    scenario(true, true),
    scenario(true, false),
    scenario(false, true),
    scenario(false, false),
];

const fn scenario(right_password: bool, right_code: bool) -> Scenario {
    Scenario {
        right_password,
        right_code,
    }
}

/// Predicts the next login.
pub(crate) fn predict(login: &Login<'_>) -> Prediction {
    let service = match read(login.service) {
        Ok(service) => service,
        Err(Unreadable(problem)) => {
            return prediction(
                login,
                Need::LockedOut,
                true,
                format!("LOCKED OUT: {problem}"),
            );
        }
    };
    let auth = service.rules(Phase::Auth);
    let account = service.rules(Phase::Account);
    let first = answers(&auth, login);
    let second = answers(&account, login);
    let possible: Vec<bool> = first
        .possible
        .iter()
        .zip(second.possible)
        .map(|(a, b)| *a && b)
        .collect();
    let certain: Vec<bool> = first
        .certain
        .iter()
        .zip(second.certain)
        .map(|(a, b)| *a && b)
        .collect();
    let need = match possible.as_slice() {
        [_, _, _, true] => Need::Nothing,
        [_, true, true, _] => Need::Either,
        [_, true, ..] => Need::PasswordOnly,
        [_, _, true, _] => Need::CodeOnly,
        [true, ..] => Need::Both,
        _ => Need::LockedOut,
    };
    let is_certain = possible == certain;
    let mut words = in_words(login, &service, need, second.possible.contains(&true));
    let checks_dates = account.iter().any(|rule| rule.module() == "pam_unix");
    let is_too_old = login.person.ageing == Ageing::NewPasswordFirst && checks_dates;
    if is_too_old && need != Need::LockedOut {
        words.push_str("; then a new password, since the present one is too old");
    }
    prediction(login, need, is_certain, words)
}

fn prediction(login: &Login<'_>, need: Need, is_certain: bool, words: String) -> Prediction {
    Prediction {
        service: login.service.into(),
        by: None,
        user: login.person.name.clone(),
        need,
        is_certain,
        words,
    }
}

/// Predicts one of sshd's ways in: a list of methods, all of which must succeed.
pub(crate) fn predict_way(login: &Login<'_>, way: &[String]) -> Prediction {
    let asks = |method: &str| way.iter().any(|one| one == method);
    let login = &Login {
        password_for_all: asks("password") && !asks("keyboard-interactive"),
        ..*login
    };
    let mut prediction = match asks("keyboard-interactive") || asks("password") {
        true => predict(login),
        false => prediction(
            login,
            Need::KeyOnly,
            true,
            "neither password nor code: PAM is not asked".into(),
        ),
    };
    prediction.by = Some(way.join(","));
    prediction
}

/// Walks a chain for everything that may be typed, and everything that modules may say.
fn answers(rules: &[&Rule], login: &Login<'_>) -> Answers {
    let mut answers = Answers {
        possible: [false; 4],
        certain: [true; 4],
    };
    for (place, scenario) in SCENARIOS.into_iter().enumerate() {
        let choices: Vec<Vec<ReturnCode>> = rules
            .iter()
            .map(|rule| returns(rule, login, scenario))
            .collect();
        // Too many to try them all.
        let unknown = choices.iter().filter(|choice| choice.len() > 1).count();
        let (mut possible, mut certain) = (false, unknown <= MOST_UNKNOWN);
        for chosen in combinations(&choices) {
            let code =
                |place: usize, _: &Rule| chosen.get(place).copied().unwrap_or(ReturnCode::AUTH_ERR);
            let answer = walk(rules, code).answer;
            // Programs then ask for a new password.
            let lets_in = answer == ReturnCode::SUCCESS || answer == ReturnCode::NEW_AUTHTOK_REQD;
            possible |= lets_in;
            certain &= lets_in;
        }
        if let (Some(one), Some(other)) = (
            answers.possible.get_mut(place),
            answers.certain.get_mut(place),
        ) {
            *one = possible;
            *other = certain;
        }
    }
    answers
}

/// Every combination of what modules may return; of very many unknown ones only the first vary.
fn combinations(choices: &[Vec<ReturnCode>]) -> Vec<Vec<ReturnCode>> {
    let mut combinations = vec![Vec::with_capacity(choices.len())];
    let mut unknown = 0_usize;
    for choice in choices {
        let mut choice = choice.clone();
        if choice.len() > 1 {
            unknown = unknown.saturating_add(1);
            if unknown > MOST_UNKNOWN {
                choice.truncate(1);
            }
        }
        let longer = combinations.iter().flat_map(|known| {
            choice.iter().map(move |code| {
                let mut longer: Vec<ReturnCode> = known.clone();
                longer.push(*code);
                longer
            })
        });
        combinations = longer.collect();
    }
    combinations
}

/// The lines of pam_otp in the auth phase.
pub(crate) fn otp_rules(service: &Service) -> Vec<&Rule> {
    let rules = service.rules(Phase::Auth);
    rules
        .into_iter()
        .filter(|rule| rule.module() == "pam_otp")
        .collect()
}

fn in_words(login: &Login<'_>, service: &Service, need: Need, account_lets_in: bool) -> String {
    let person = login.person;
    let otp = otp_rules(service);
    let why = why_no_code(login, service, &otp);
    let pending = person.enrolment == Enrolment::Pending && why.is_none();
    match need {
        Need::Both if pending => {
            "password, then a code or just Enter (pending; the first right code activates)".into()
        }
        Need::Both => match otp.first().map(|rule| mode(rule, login)) {
            Some(PasswordMode::Verify) => "password and code, both asked, answered once".into(),
            Some(PasswordMode::Combined) => "password and code in one answer".into(),
            Some(PasswordMode::Stack) | None => "password, then code".into(),
        },
        Need::PasswordOnly => match why {
            Some(why) => format!("the password alone; no code: {why}"),
            None => "the password alone can be enough: a wrong code does not stop the login".into(),
        },
        // Only said where PAM is not asked.
        Need::KeyOnly => String::new(),
        Need::Either => "the password or the code: one of the two is enough".into(),
        Need::CodeOnly if login.after_key && pending => {
            "after the key, a code or just Enter (pending; the first right code activates)".into()
        }
        Need::CodeOnly if login.after_key => "after the key, a code".into(),
        Need::CodeOnly if pending => "a code or just Enter; no password (pending)".into(),
        Need::CodeOnly => "a code alone; no line asks for the password".into(),
        Need::Nothing => match why {
            Some(why) if login.after_key => format!("after the key, nothing more: {why}"),
            Some(why) => format!("NOTHING is needed: {why}"),
            None => "NOTHING is needed: neither password nor code stops the login".into(),
        },
        Need::LockedOut => {
            let why = why_locked_out(login, &otp, account_lets_in);
            format!("LOCKED OUT: {why}")
        }
    }
}

/// Why a code is not asked of this user here, if it is not.
fn why_no_code(login: &Login<'_>, service: &Service, otp: &[&Rule]) -> Option<String> {
    if otp.is_empty() {
        return Some(match service.has_file {
            true => format!("/etc/pam.d/{} does not call pam_otp", login.service),
            false => "the service has no file, and \"other\" does not call pam_otp".into(),
        });
    }
    if let Some((Action::Exempt, name)) = rule_of_policy(login) {
        return Some(format!("the rule \"{name}\" of the policy asks for none"));
    }
    let settings = login.configuration.settings_for(login.service);
    match login.person.enrolment {
        Enrolment::Disabled => Some("the account is disabled".into()),
        Enrolment::None if settings.unenrolled == Unenrolled::Ignore => {
            Some("not enrolled (policy: unenrolled = \"ignore\")".into())
        }
        _ => None,
    }
}

fn why_locked_out(login: &Login<'_>, otp: &[&Rule], account_lets_in: bool) -> String {
    if !account_lets_in {
        let name = &login.person.name;
        return match login.person.ageing {
            Ageing::AccountOver => format!("the account has expired: chage -E -1 {name}"),
            Ageing::PasswordOver => {
                format!("the password has been too old for too long: chage -l {name}")
            }
            _ => "a line of the account phase refuses".into(),
        };
    }
    for rule in otp {
        if let Some((path, false)) = module_path(rule) {
            return format!("{path} is not there");
        }
        let unknown = unknown_words(rule);
        if !unknown.is_empty() {
            return format!("pam_otp does not know \"{}\"", unknown.join("\", \""));
        }
    }
    let verifies = otp
        .iter()
        .any(|rule| mode(rule, login) == PasswordMode::Verify);
    match (&login.person.enrolment, rule_of_policy(login)) {
        _ if otp.is_empty() => no_way(login),
        (_, Some((Action::Deny, name))) => format!("the rule \"{name}\" of the policy refuses"),
        (Enrolment::None, _) => format!("not enrolled: otpctl enroll {}", login.person.name),
        (Enrolment::Broken(what), _) => what.clone(),
        (Enrolment::NoPolicy, _) => "the policy is not understood".into(),
        (Enrolment::Expired, _) => {
            format!(
                "no first code came in time: otpctl reset {}",
                login.person.name
            )
        }
        (Enrolment::Locked, _) => format!(
            "after failures; wait, or: otpctl unlock {}",
            login.person.name
        ),
        _ if login.password_for_all => {
            "this method answers the question for the code with the password".into()
        }
        _ if verifies && login.person.password != Some(Password::Set) => {
            "the user has no password to check".into()
        }
        _ => no_way(login),
    }
}

fn no_way(login: &Login<'_>) -> String {
    match login.person.password {
        Some(Password::Unusable) => "the user has no usable password".into(),
        _ => "the lines of the service let nobody in".into(),
    }
}
