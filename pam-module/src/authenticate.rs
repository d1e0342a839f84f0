//! One login, from the first word of pam.d to the verdict.
//!
//! Everything a person must be asked is asked first; only then is the account locked, and
//! for no longer than reading, deciding and writing take. Whoever fails is asked the same
//! questions as whoever succeeds.

use crate::{Arguments, Failure, Host, Session, Verdict, report};
use otp_core::{
    Account, Answer, Decision, Outcome, PasswordCheck, Policy, State, Typed, Unenrolled, UnixTime,
    verify, verify_blank,
};
use otp_store::{Configuration, PasswordMode, Person, Recorded, Rule, Store, StoreError};
use zeroize::Zeroizing;

const PASSWORD_PROMPT: &str = "Password: ";
const CODE_PROMPT: &str = "One-time code: ";

/// Decides one attempt, writes its line to the log, and holds a refusal back.
pub fn authenticate(session: &dyn Session, host: &dyn Host, words: &[String]) -> Verdict {
    let mut report = report::Report::new(session);
    let verdict = match prepare(words) {
        Err(failure) => Verdict::Failed(failure),
        Ok(prepared) => {
            report.prepared(&prepared.arguments, &prepared.configuration);
            let password = prepared.password;
            match decide(session, host, &prepared, &mut report) {
                Ok(recorded) => Verdict::Decided { recorded, password },
                Err(failure) => Verdict::Failed(failure),
            }
        }
    };
    report.conclude(&verdict, host.now());
    verdict
}

/// What is settled before the person appears.
struct Prepared {
    arguments: Arguments,
    configuration: Configuration,
    password: PasswordMode,
}

fn prepare(words: &[String]) -> Result<Prepared, Failure> {
    let arguments = Arguments::parse(words)?;
    let configuration = Configuration::read(arguments.configuration.as_deref())?;
    Ok(Prepared {
        password: arguments.password.unwrap_or(configuration.password),
        arguments,
        configuration,
    })
}

fn decide(
    session: &dyn Session,
    host: &dyn Host,
    prepared: &Prepared,
    report: &mut report::Report<'_>,
) -> Result<Recorded, Failure> {
    let name = session.user()?.unwrap_or_default();
    let person = host.person(&name);
    report.person(&person);
    let policy = &prepared.configuration.policy;
    // Not answered for yet: with a broken store the person is asked all the same.
    let store = Store::open(&prepared.configuration.store);

    let answer = match prepared.password {
        PasswordMode::Stack if is_exempt(store.as_ref(), &person, policy) => Answer {
            password: PasswordCheck::Elsewhere,
            typed: Typed::Nothing,
        },
        PasswordMode::Stack => Answer {
            password: PasswordCheck::Elsewhere,
            typed: Typed::parse(&session.ask(CODE_PROMPT)?),
        },
        PasswordMode::Verify => {
            let password: Zeroizing<Vec<u8>> = session.ask(PASSWORD_PROMPT)?;
            let typed = Typed::parse(&session.ask(CODE_PROMPT)?);
            let right = host.password_is_right(&person, &password)?;
            let password = if right {
                PasswordCheck::Right
            } else {
                PasswordCheck::Wrong
            };
            Answer { password, typed }
        }
    };
    let login = Login {
        answer,
        now: host.now(),
        policy,
    };
    Ok(store?.decide(&person, login)?)
}

/// Whether this person is not asked for a code at all. A first look without a lock: the
/// decision is made again, under the lock, with an empty answer.
fn is_exempt(store: Result<&Store, &StoreError>, person: &Person, policy: &Policy) -> bool {
    let (Ok(store), Person::Known { name, .. }) = (store, person) else {
        return false;
    };
    match store.asks_for_code(name) {
        Ok(Some(asks)) => !asks,
        Ok(None) => policy.unenrolled == Unenrolled::Ignore,
        // Something is wrong with the files; the decision will say what.
        Err(_) => false,
    }
}

/// The rule that is applied at the store's door.
struct Login<'a> {
    answer: Answer,
    now: UnixTime,
    policy: &'a Policy,
}

impl Rule for Login<'_> {
    fn enrolled(self, account: &Account, state: &State) -> Outcome {
        verify(account, state, &self.answer, self.now, self.policy)
    }

    fn blank(self, known: bool) -> Decision {
        verify_blank(known, &self.answer, self.now, self.policy)
    }
}
