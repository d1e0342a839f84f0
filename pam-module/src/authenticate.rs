//! One login, from the first word of pam.d to the verdict.
//!
//! Everything a person must be asked is asked first; only then is the account locked, and
//! for no longer than reading, deciding and writing take. Whoever fails is asked the same
//! questions as whoever succeeds.

use crate::door::{Asked, Door};
use crate::questions::{Answers, BeforeCode, ask};
use crate::report::Report;
use crate::show_secret::text_for_prompt;
use crate::{Arguments, Failure, Host, Session, Verdict};
use otp_core::{
    AccessRule, Action, Circumstances, Decision, Origin, Policy, Trust, Unenrolled, first_match,
};
use otp_store::{
    Configuration, FirstLook, LoginSettings, PasswordMode, Person, SecretDisplay, StoreError, place,
};
use zeroize::Zeroizing;

/// Decides one login, writes a line to the log for each attempt, and holds a refusal back.
pub fn authenticate(session: &dyn Session, host: &dyn Host, words: &[String]) -> Verdict {
    let mut report = Report::new(session);
    match Login::prepare(session, host, words, &mut report) {
        Ok(login) => login.run(&mut report),
        Err(failure) => {
            let verdict = Verdict::Failed(failure);
            report.conclude(&verdict, host.now());
            verdict
        }
    }
}

/// What is settled before the person is asked anything.
struct Login<'a> {
    session: &'a dyn Session,
    host: &'a dyn Host,
    configuration: Configuration,
    settings: LoginSettings,
    policy: Policy,
    rule: Option<AccessRule>,
    /// A user whom the machine does not know, where a known one would be exempt: asked as
    /// little, so that the number of questions tells nothing, and refused.
    seems_exempt: bool,
    /// Where this login comes from, if a code from there is to be remembered.
    trust: Option<Trust>,
    person: Person,
    /// Not answered for yet: with a broken store the person is asked all the same.
    door: Result<Door, StoreError>,
    service: String,
    /// Address or terminal, for the record.
    from: String,
}

impl<'a> Login<'a> {
    fn prepare(
        session: &'a dyn Session,
        host: &'a dyn Host,
        words: &[String],
        report: &mut Report<'_>,
    ) -> Result<Self, Failure> {
        let arguments = Arguments::parse(words)?;
        let configuration = Configuration::read(arguments.configuration.as_deref())?;
        let service = text(session.service());
        let mut settings = configuration.settings_for(&service).clone();
        settings.password = arguments.password.unwrap_or(settings.password);
        let may_skip = settings.skip_password_after_key && service == "sshd";
        if may_skip && session.key_was_accepted() {
            settings.password = PasswordMode::Stack;
        } else {
            settings.skip_password_after_key = false;
        }
        report.prepared(&arguments, &settings);

        let name = session.user()?.unwrap_or_default();
        let person = host.person(&name);
        report.person(&person);
        let rule = matching_rule(session, host, &configuration, &service, &person);
        // A directory that is down must not switch the second factor off.
        let is_exempt = |rule: &AccessRule| rule.action == Action::Exempt;
        let seems_exempt = person == Person::Unknown && rule.as_ref().is_some_and(is_exempt);
        let rule = rule.filter(|_| !seems_exempt);
        report.rule(rule.as_ref());
        let trust = trust_of(session, &settings, &service);
        Ok(Self {
            session,
            host,
            policy: Policy {
                unenrolled: settings.unenrolled,
                ..configuration.policy.clone()
            },
            settings,
            rule,
            seems_exempt,
            trust,
            person,
            door: Door::open(&configuration.store, &service),
            configuration,
            service,
            from: origin_of(session),
        })
    }

    /// As many tries as the policy grants, each with a line in the log.
    fn run(&self, report: &mut Report<'_>) -> Verdict {
        let mut left = self.settings.tries;
        loop {
            left = left.saturating_sub(1);
            let verdict = self.attempt().unwrap_or_else(Verdict::Failed);
            let again = left > 0 && may_try_again(&verdict);
            if again {
                report.try_again(&verdict, self.host.now());
            } else {
                report.conclude(&verdict, self.host.now());
                return verdict;
            }
        }
    }

    fn attempt(&self) -> Result<Verdict, Failure> {
        let action = self.rule.as_ref().map(|rule| rule.action);
        let first_look = self.first_look();
        let asks_for_code = match action {
            Some(Action::Exempt) => false,
            // Refused in the end, but asked like everybody.
            Some(Action::Deny) => true,
            Some(Action::Require) | None => {
                !self.seems_exempt && !self.is_exempt(first_look.as_ref())
            }
        };
        let text = || self.text_for_prompt();
        let before_code: BeforeCode<'_> = match (self.configuration.display, action) {
            // Who is refused whatever he types shall not be shown a secret.
            (SecretDisplay::Prompt, Some(Action::Deny)) => None,
            (SecretDisplay::Prompt, _) => Some(&text),
            (SecretDisplay::Session | SecretDisplay::Never, _) => None,
        };
        let answers = ask(
            self.session,
            self.host,
            &self.settings,
            &self.person,
            asks_for_code,
            &before_code,
        )?;
        if let (Some(rule), Some(action @ (Action::Exempt | Action::Deny))) = (&self.rule, action) {
            answers.pass_on_everything(self.session)?;
            let verdict = Verdict::Ruled {
                rule: rule.name.clone(),
                action,
                first_factor: answers.first_factor,
            };
            if !verdict.admits() {
                // Costs what every refusal costs; nothing can come of it.
                self.decide_as(&Person::Unknown, answers, false)?;
            }
            return Ok(verdict);
        }
        let has_pin = matches!(first_look, Ok(Some(FirstLook { has_pin: true, .. })));
        self.decide_as(&self.person, answers, has_pin)
    }

    fn decide_as(
        &self,
        person: &Person,
        answers: Answers,
        has_pin: bool,
    ) -> Result<Verdict, Failure> {
        let Answers {
            password,
            typed,
            combined,
            first_factor,
        } = answers;
        let asked = Asked {
            person,
            password,
            typed,
            has_pin,
            trust: self.trust,
            now: self.host.now(),
            policy: &self.policy,
            from: &self.from,
        };
        let door = self.door.as_ref().map_err(Clone::clone)?;
        let (recorded, seen) = door.decide(asked, &self.service)?;
        if let Some(combined) = combined {
            combined.pass_on_password(self.session, seen.tail_length)?;
        }
        Ok(Verdict::Decided {
            recorded,
            first_factor,
            rule: self.rule.as_ref().map(|rule| rule.name.clone()),
            hint: seen.hint,
        })
    }

    /// The secret of a pending user, for the question that he is about to be asked.
    fn text_for_prompt(&self) -> Option<Zeroizing<String>> {
        let store = self.door.as_ref().ok()?.store()?;
        let Self {
            session,
            host,
            configuration,
            person,
            ..
        } = self;
        text_for_prompt(*session, *host, configuration, store, person)
    }

    /// What the account asks for, seen without a lock. Nothing is decided by it.
    fn first_look(&self) -> Result<Option<FirstLook>, Failure> {
        let door = self.door.as_ref().map_err(Clone::clone)?;
        door.first_look(&self.person, self.trust.as_ref(), self.host.now())
    }

    /// Whether this person is not asked for a code: none is wanted of him, or one has come from
    /// the same place lately. The decision is made again, under the lock, with an empty answer.
    fn is_exempt(&self, first_look: Result<&Option<FirstLook>, &Failure>) -> bool {
        if let Ok(Some(FirstLook {
            is_remembered: true,
            ..
        })) = first_look
        {
            return true;
        }
        // `verify` always asks both.
        if self.settings.password == PasswordMode::Verify {
            return false;
        }
        match first_look {
            Ok(Some(look)) => !look.asks_for_code,
            Ok(None) => self.policy.unenrolled == Unenrolled::Ignore,
            // Something is wrong with the files; the decision will say what.
            Err(_) => false,
        }
    }
}

/// Where a login comes from, as the program says.
fn origin_of(session: &dyn Session) -> String {
    let host = session.remote_host().filter(|host| !host.is_empty());
    match host {
        Some(host) => String::from_utf8_lossy(&host).into_owned(),
        None => text(session.terminal()),
    }
}

/// The place that a login comes from, where the policy wants it remembered.
fn trust_of(session: &dyn Session, settings: &LoginSettings, service: &str) -> Option<Trust> {
    if settings.remember_seconds == 0 {
        return None;
    }
    let remote_host = match session.remote_host().map(String::from_utf8) {
        None => None,
        Some(Ok(host)) => Some(host),
        // Two such names could look alike.
        Some(Err(_)) => return None,
    };
    let terminal = text(session.terminal());
    let terminal = terminal.strip_prefix("/dev/").unwrap_or(&terminal);
    let sits_there = text(session.requesting_user());
    let place = place(service, remote_host.as_deref(), terminal, &sits_there)?;
    Some(Trust {
        place,
        seconds: settings.remember_seconds,
    })
}

/// The first rule of the policy that matches this login.
fn matching_rule(
    session: &dyn Session,
    host: &dyn Host,
    configuration: &Configuration,
    service: &str,
    person: &Person,
) -> Option<AccessRule> {
    let rules = &configuration.rules;
    if rules.is_empty() {
        return None;
    }
    // Groups can be costly to find out; most policies do not ask.
    let asks_for_groups = rules.iter().any(|rule| !rule.groups.is_empty());
    let groups = if asks_for_groups {
        host.groups(person)
    } else {
        Some(Vec::new())
    };
    // What is not UTF-8 is a name of some kind, and in any case not nothing.
    let remote_host = session.remote_host();
    let remote_host = remote_host.as_deref().map(String::from_utf8_lossy);
    let terminal = text(session.terminal());
    let circumstances = Circumstances {
        user: match person {
            Person::Known { name, .. } => name.as_str(),
            Person::Unknown => "",
        },
        groups: groups.as_deref(),
        service,
        terminal: terminal.strip_prefix("/dev/").unwrap_or(&terminal),
        origin: Origin::of(remote_host.as_deref()),
        now: host.now(),
    };
    first_match(rules, &circumstances).cloned()
}

/// Words of a program's own, for comparing; what is not UTF-8 matches nothing.
fn text(bytes: Option<Vec<u8>>) -> String {
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

/// After a refusal, whatever the reason, so that the number of questions tells nothing. Where
/// nobody answers, or nothing is configured, there is nobody to ask again.
fn may_try_again(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Decided { recorded, .. } => matches!(recorded.decision(), Decision::Reject(_)),
        Verdict::Ruled { .. } => !verdict.admits(),
        Verdict::Failed(
            Failure::Store(_) | Failure::Shadow(_) | Failure::Verifier(_) | Failure::Pin(_),
        ) => true,
        Verdict::Failed(_) => false,
    }
}
