//! `otpctl doctor`: will people get in, and only those who should?

mod report;

use super::Context;
use crate::arguments::Doctor;
use crate::doctor::behaviour::Login;
use crate::doctor::person::{Enrolment, Person};
use crate::doctor::predict::{FOLDERS, Need, Prediction, otp_rules, predict, predict_way, read};
use crate::doctor::{Findings, Severity, machine, sshd, stacks, sudoers};
use crate::error::CommandError;
use crate::screen::Screen;
use nix::unistd::User;
use otp_store::{Configuration, ConfigurationError, PasswordMode, Store, StoreError};
use report::Report;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

/// The services that people log in by, as far as they are there.
const KNOWN: [&str; 14] = [
    "sshd",
    "login",
    "su",
    "su-l",
    "sudo",
    "sudo-i",
    "polkit-1",
    "gdm-password",
    "lightdm",
    "sddm",
    "cockpit",
    "xscreensaver",
    "i3lock",
    "swaylock",
];

pub(crate) fn run(context: &mut Context<'_>, wanted: &Doctor) -> Result<(), CommandError> {
    // Whoever may not look would take everything for locked.
    if let Err(error @ StoreError::NotPermitted { .. }) = Store::open(&context.configuration.store)
    {
        return Err(error.into());
    }
    let people = people(context, wanted)?;
    examine(context, wanted, &people, Findings::default())
}

/// Where the policy is not understood, the module refuses everybody; the rest of the machine is
/// looked at all the same.
pub(crate) fn run_without_policy(
    screen: &mut Screen,
    wanted: &Doctor,
    error: &ConfigurationError,
) -> Result<(), CommandError> {
    let mut context = Context {
        configuration: Configuration::default(),
        screen,
    };
    let mut findings = Findings::default();
    findings.add(
        Severity::Error,
        "policy-not-understood",
        "policy",
        format!("{error}; every login that calls pam_otp is refused"),
        error.remedy(),
    );
    let mut people = people(&context, wanted)?;
    for person in &mut people {
        person.enrolment = Enrolment::NoPolicy;
    }
    examine(&mut context, wanted, &people, findings)
}

fn examine(
    context: &mut Context<'_>,
    wanted: &Doctor,
    people: &[Person],
    mut findings: Findings,
) -> Result<(), CommandError> {
    let mut services = services(wanted)?;
    machine::look_at(&context.configuration, &mut findings);
    let asks = |service: &str| read(service).is_ok_and(|service| !otp_rules(&service).is_empty());
    let sudo = sudoers::look_at(Path::new("/etc/sudoers"), asks("sudo"), &mut findings);
    if wanted.service.is_empty() && Path::new("/etc/sudoers").exists() {
        services.insert(sudo);
    }
    for service in &wanted.service {
        if !FOLDERS
            .iter()
            .any(|folder| Path::new(folder).join(service).exists())
        {
            findings.add(
                Severity::Warning,
                "no-such-service",
                format!("{}/{service}", FOLDERS[0]),
                "there is no such file: a program that uses this name gets the service \"other\"",
                "Look for the names: ls /etc/pam.d",
            );
        }
    }
    for service in &services {
        stacks::look_at(service, &context.configuration, &mut findings);
    }
    if services.contains("sshd") {
        look_at_sshd(context, people, wanted.rhost, asks("sshd"), &mut findings);
    }
    let mut predictions = Vec::new();
    for person in people {
        for service in &services {
            let login = Login {
                service,
                person,
                configuration: &context.configuration,
                after_key: false,
                password_for_all: false,
                from: wanted.rhost,
            };
            stacks::empty_password(&login, &mut findings);
            if service == "sshd"
                && let Some(ways) = ways_of_sshd(person, wanted.rhost)
            {
                predictions.extend(by_sshd(&login, &ways, &mut findings));
                continue;
            }
            let prediction = predict(&login);
            if prediction.need == Need::Nothing {
                findings.add(
                    Severity::Error,
                    "nothing-needed",
                    format!("{} by {service}", person.name),
                    prediction.words.clone(),
                    "See the lines of the service, and pam.d(5)",
                );
            }
            if prediction.need == Need::LockedOut && prediction.is_certain && asks(service) {
                findings.add(
                    Severity::Error,
                    "locked-out",
                    format!("{} by {service}", person.name),
                    prediction.words.clone(),
                    "Keep a root session open until this is mended",
                );
            }
            predictions.push(prediction);
        }
    }
    let all_are_read = services.iter().all(|service| read(service).is_ok());
    if all_are_read && !services.iter().any(|service| asks(service)) {
        findings.add(
            Severity::Note,
            "nobody-asks",
            FOLDERS[0],
            "none of these services calls pam_otp: no code is asked anywhere",
            "The lines for each program: man pam_otp",
        );
    }
    let failed = findings.has_errors();
    let report = Report {
        version: 1,
        findings: findings.sorted(),
        predictions,
    };
    report.print(context, wanted)?;
    match failed {
        false => Ok(()),
        true => Err(CommandError::refused(
            "something is wrong with the logins of this machine",
            "Mend what is called an error above, and run it again",
        )),
    }
}

/// Whose logins are predicted: those who are named, or root and whoever has called sudo.
fn people(context: &Context<'_>, wanted: &Doctor) -> Result<Vec<Person>, CommandError> {
    let mut names = wanted.user.clone();
    if names.is_empty() {
        names.push("root".into());
        names.extend(
            std::env::var("SUDO_USER")
                .ok()
                .filter(|name| name != "root"),
        );
    }
    let mut people = Vec::new();
    for name in names {
        let user = User::from_name(&name).ok().flatten().ok_or_else(|| {
            let what = format!("this machine knows no user \"{}\"", name.escape_debug());
            CommandError::refused(what, "Look for the name: getent passwd")
        })?;
        people.push(Person::of(&user, &context.configuration));
    }
    Ok(people)
}

/// Which services are looked at: those that are named, or those that people log in by and all
/// others that call pam_otp.
fn services(wanted: &Doctor) -> Result<BTreeSet<String>, CommandError> {
    if let Some(strange) = wanted
        .service
        .iter()
        .find(|name| name.contains('/') || name.is_empty())
    {
        let what = format!("\"{}\" is no name of a service", strange.escape_debug());
        return Err(CommandError::usage(
            what,
            "Look for the names: ls /etc/pam.d",
        ));
    }
    if !wanted.service.is_empty() {
        return Ok(wanted.service.iter().cloned().collect());
    }
    let mut services: BTreeSet<String> = KNOWN
        .iter()
        .filter(|name| {
            FOLDERS
                .iter()
                .any(|folder| Path::new(folder).join(name).exists())
        })
        .map(|name| (*name).to_string())
        .collect();
    let entries = std::fs::read_dir(FOLDERS[0])
        .into_iter()
        .flatten()
        .flatten();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        // What packages take in is looked at where it is taken in.
        let is_service =
            !name.starts_with("common-") && !name.contains(".dpkg-") && name != "other";
        let calls = || {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            text.contains("pam_otp")
        };
        if is_service && calls() {
            services.insert(name);
        }
    }
    Ok(services)
}

/// sshd's ways in for one user; `None` where sshd does not tell.
fn ways_of_sshd(person: &Person, from: Option<IpAddr>) -> Option<Vec<Vec<String>>> {
    let effective = sshd::effective(&person.name, from)?.ok()?;
    // Without PAM its lines do not matter.
    effective
        .uses_pam()
        .then(|| effective.ways_in_of(person.uid))
}

/// A prediction for each way in.
fn by_sshd(login: &Login<'_>, ways: &[Vec<String>], findings: &mut Findings) -> Vec<Prediction> {
    let has_key = |way: &Vec<String>| way.iter().any(|one| one == "publickey");
    let asks_pam = |way: &&Vec<String>| way.iter().any(|one| one == "keyboard-interactive");
    if ways.iter().filter(asks_pam).all(has_key) {
        // The key stands for the password.
        let is_of_sshd = |place: &str| place.starts_with("/etc/pam.d/sshd,");
        findings
            .0
            .retain(|one| !(one.id == "code-alone" && is_of_sshd(&one.place)));
    }
    let mut predictions = Vec::new();
    for way in ways {
        let login = Login {
            after_key: has_key(way),
            ..*login
        };
        let prediction = predict_way(&login, way);
        let asks = way.iter().any(|one| one == "keyboard-interactive");
        if asks && prediction.need == Need::LockedOut && prediction.is_certain {
            findings.add(
                Severity::Error,
                "locked-out",
                format!("{} by sshd", login.person.name),
                prediction.words.clone(),
                "Keep a root session open until this is mended",
            );
        }
        predictions.push(prediction);
    }
    if ways.is_empty() {
        predictions.push(Prediction {
            service: "sshd".into(),
            by: None,
            user: login.person.name.clone(),
            need: Need::LockedOut,
            is_certain: true,
            words: "sshd lets this user in by no method".into(),
        });
    }
    predictions
}

fn look_at_sshd(
    context: &Context<'_>,
    people: &[Person],
    from: Option<IpAddr>,
    asks_for_code: bool,
    findings: &mut Findings,
) {
    let combined = read("sshd").is_ok_and(|service| {
        let by_word = otp_rules(&service).iter().any(|rule| {
            rule.arguments()
                .iter()
                .any(|word| word == "password=combined")
        });
        by_word || context.configuration.settings_for("sshd").password == PasswordMode::Combined
    });
    for person in people {
        match sshd::effective(&person.name, from) {
            None => return,
            Some(Err(what)) => findings.add(
                Severity::Warning,
                "sshd-not-understood",
                "sshd -T",
                format!("sshd does not tell its configuration: {what}"),
                "Run it by hand: sshd -T",
            ),
            Some(Ok(effective)) => {
                let by_key_only = person.uid == 0 && effective.permits_root_only_by_key();
                if person.uid == 0 && !effective.permits_root() {
                    continue;
                }
                if by_key_only && asks_for_code && effective.uses_pam() {
                    findings.add(
                        Severity::Note,
                        "sshd-root-by-key",
                        "sshd_config (sshd -T)",
                        "root comes in by key only",
                        "With AuthenticationMethods publickey,keyboard-interactive a code is asked, too",
                    );
                }
                sshd::look_at(&effective, asks_for_code, combined, findings);
            }
        }
    }
}
