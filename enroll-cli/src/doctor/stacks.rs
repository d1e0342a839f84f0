//! What is wrong with the lines of a service, whoever logs in.

use super::behaviour::{Login, module_path, unknown_words};
use super::predict::{FOLDERS, otp_rules, read};
use super::{Findings, Severity};
use crate::only_roots::open_to_others;
use otp_store::{Configuration, PasswordMode};
use pam_configuration::{Action, Kind, Phase, ReturnCode, Rule, Service, Unreadable, walk};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Looks at one service.
pub(crate) fn look_at(service: &str, configuration: &Configuration, findings: &mut Findings) {
    let found = match read(service) {
        Ok(found) => found,
        Err(Unreadable(problem)) => {
            findings.add(
                Severity::Error,
                "service-unreadable",
                format!("/etc/pam.d/{service}"),
                format!("libpam cannot read it, and refuses every login: {problem}"),
                "Mend the file it names",
            );
            return;
        }
    };
    for problem in &found.problems {
        findings.add(
            Severity::Error,
            "line-not-understood",
            place(&problem.file.display().to_string(), problem.line),
            problem.what.clone(),
            "Mend the line: see pam.d(5)",
        );
    }
    files(service, &found, findings);
    for phase in [Phase::Auth, Phase::Account, Phase::Password] {
        for rule in found.rules(phase) {
            one_line(rule, findings);
        }
    }
    let by_policy = configuration.settings_for(service).password;
    around_the_code(&found, by_policy, findings);
}

/// Whoever can change a file of a service can log in as anybody.
fn files(service: &str, found: &Service, findings: &mut Findings) {
    let phases = [Phase::Auth, Phase::Account, Phase::Password, Phase::Session];
    let rules = phases.iter().flat_map(|phase| found.rules(*phase));
    let mut files: BTreeSet<PathBuf> = rules.map(|rule| rule.file.clone()).collect();
    files.extend(
        FOLDERS
            .iter()
            .map(|folder| Path::new(folder).join(service))
            .find(|path| path.exists()),
    );
    for file in files {
        let Some(open) = open_to_others(&file) else {
            continue;
        };
        findings.add(
            Severity::Error,
            "file-open-to-others",
            file.display().to_string(),
            format!(
                "others than root can change {}, and so log in as anybody",
                open.display()
            ),
            format!("chown root {0}; chmod go-w {0}", open.display()),
        );
    }
}

fn place(file: &str, line: usize) -> String {
    match line {
        0 => file.into(),
        line => format!("{file}, line {line}"),
    }
}

fn place_of(rule: &Rule) -> String {
    place(&rule.file.display().to_string(), rule.line)
}

fn one_line(rule: &Rule, findings: &mut Findings) {
    if rule.module() != "pam_otp" {
        return;
    }
    let here = place_of(rule);
    if let Some((path, false)) = module_path(rule) {
        findings.add(
            Severity::Error,
            "module-missing",
            here.clone(),
            format!("{path} is not there, so the line refuses everybody, or is left out"),
            "Install pam_otp.so where libpam looks, or take the line away",
        );
    }
    if rule.phase != Phase::Auth {
        findings.add(
            Severity::Error,
            "wrong-phase",
            here,
            "pam_otp serves auth and session; here it answers PAM_SERVICE_ERR",
            "Take the line away",
        );
        return;
    }
    let unknown = unknown_words(rule);
    if !unknown.is_empty() {
        findings.add(
            Severity::Error,
            "unknown-argument",
            here.clone(),
            format!(
                "pam_otp does not know \"{}\", and refuses everybody",
                unknown.join("\", \"")
            ),
            "Known are password=stack|verify|combined, config=/PATH and debug",
        );
    }
    refusals_that_do_not_count(rule, &here, findings);
}

/// A no of pam_otp must be a no.
fn refusals_that_do_not_count(rule: &Rule, here: &str, findings: &mut Findings) {
    // A wrong code; a broken-off conversation (Ctrl-C); a store or policy that is broken.
    let refusals = [
        (7, "a wrong code"),
        (19, "Ctrl-C at the question for the code"),
        (9, "a store that cannot be read"),
        (3, "a mistake in the policy"),
    ];
    let passes = refusals.into_iter().filter(|(number, _)| {
        let code = ReturnCode::from_number(*number).unwrap_or(ReturnCode::AUTH_ERR);
        !rule.refuses_on(code)
    });
    let passes: Vec<&str> = passes.map(|(_, what)| what).collect();
    if passes.is_empty() {
        return;
    }
    findings.add(
        Severity::Error,
        "refusal-does-not-count",
        here,
        format!(
            "the control word lets the login go on after {}",
            passes.join(", ")
        ),
        "Write \"required\" or \"requisite\" in front of pam_otp.so",
    );
}

/// Can one come to a yes without a yes of pam_otp?
fn around_the_code(service: &Service, by_policy: PasswordMode, findings: &mut Findings) {
    let rules = service.rules(Phase::Auth);
    let Some(first) = rules.iter().position(|rule| rule.module() == "pam_otp") else {
        return;
    };
    // Everybody else says yes: is pam_otp asked at all?
    let friendly = |_: usize, rule: &Rule| match rule.module() {
        "pam_otp" | "pam_deny" => ReturnCode::AUTH_ERR,
        "pam_rootok" => ReturnCode::AUTH_ERR,
        _ => ReturnCode::SUCCESS,
    };
    let walked = walk(&rules, friendly);
    let is_asked = otp_rules(service).iter().any(|otp| {
        let is_it = |place: usize| {
            rules
                .get(place)
                .is_some_and(|rule| std::ptr::eq(*rule, *otp))
        };
        walked.steps.iter().any(|step| is_it(step.place))
    });
    if !is_asked {
        let ends = walked
            .steps
            .last()
            .and_then(|step| rules.get(step.place).map(|rule| (step, rule)));
        let (here, how) = match ends {
            Some((step, rule)) => (place_of(rule), ending(step.action, rule)),
            None => ("the service".into(), "nothing is called".to_string()),
        };
        findings.add(
            Severity::Error,
            "around-the-code",
            here,
            format!("{how}, so pam_otp is never asked after it"),
            "Put pam_otp.so after the block that checks passwords, where each success leads to it",
        );
        return;
    }
    // Everybody says yes but who looks at passwords: is that enough?
    let wrong_password = |_: usize, rule: &Rule| match rule.module() {
        "pam_deny" | "pam_rootok" => ReturnCode::AUTH_ERR,
        "pam_otp" if verifies(rule, by_policy) => ReturnCode::AUTH_ERR,
        _ if checks_passwords(rule) => ReturnCode::AUTH_ERR,
        _ => ReturnCode::SUCCESS,
    };
    if walk(&rules, wrong_password).answer == ReturnCode::SUCCESS {
        findings.add(
            Severity::Warning,
            "code-alone",
            rules.get(first).map(|rule| place_of(rule)).unwrap_or_default(),
            "no line insists on the password: the code alone lets in",
            "That is right where an ssh key comes first; elsewhere add password=verify, or a line with \
             pam_unix.so before",
        );
    }
}

/// Whether this line of pam_otp checks the password as well.
fn verifies(rule: &Rule, by_policy: PasswordMode) -> bool {
    let mut words = rule.arguments().iter().map(String::as_str);
    match words.find(|word| word.starts_with("password=")) {
        Some(word) => word == "password=verify",
        None => by_policy == PasswordMode::Verify,
    }
}

fn ending(action: Action, rule: &Rule) -> String {
    let module = rule.module();
    match action {
        Action::Done => format!("a yes of {module} ends the chain"),
        Action::Jump(lines) => format!("a yes of {module} leaves out {lines} lines"),
        _ => format!("the chain ends at {module}"),
    }
}

fn checks_passwords(rule: &Rule) -> bool {
    matches!(
        rule.module(),
        "pam_unix" | "pam_sss" | "pam_ldap" | "pam_krb5" | "pam_winbind" | "pam_pwdfile"
    ) && matches!(rule.kind, Kind::Module { .. })
}

/// A password that is empty, where a line takes it.
pub(crate) fn empty_password(login: &Login<'_>, findings: &mut Findings) {
    let Ok(service) = read(login.service) else {
        return;
    };
    let takes = |rule: &&Rule| {
        rule.module() == "pam_unix"
            && rule
                .arguments()
                .iter()
                .any(|word| word.starts_with("nullok"))
    };
    let is_empty = login.person.password == Some(super::person::Password::Empty);
    if let Some(rule) = service
        .rules(Phase::Auth)
        .into_iter()
        .find(takes)
        .filter(|_| is_empty)
    {
        findings.add(
            Severity::Error,
            "empty-password",
            place_of(rule),
            format!(
                "{} has an empty password, and \"nullok\" lets it pass",
                login.person.name
            ),
            format!("passwd {}, or take \"nullok\" away", login.person.name),
        );
    }
}
