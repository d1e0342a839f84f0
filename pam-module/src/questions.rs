//! Which questions a person is asked, and what the answers are.
//!
//! The number of questions depends on the policy and on whether a code is asked at all,
//! never on whether an answer was right.

use crate::{ConversationError, Echo, Failure, FirstFactor, Host, Session};
use otp_core::{NotACode, PasswordCheck, Typed};
use otp_store::{LoginSettings, PasswordMode, Person};
use zeroize::Zeroizing;

/// What came back.
pub(crate) struct Answers {
    /// What is known of the password at the decision.
    pub(crate) password: PasswordCheck,
    /// What was typed at the code prompt.
    pub(crate) typed: Typed,
    /// The whole answer, where password and code came in one.
    pub(crate) combined: Option<Combined>,
    /// What is known of the password or key.
    pub(crate) first_factor: FirstFactor,
}

/// What makes the text that goes before the question for the code, after the right password.
pub(crate) type BeforeCode<'a> = Option<&'a dyn Fn() -> Option<Zeroizing<String>>>;

/// Asks what must be asked.
pub(crate) fn ask(
    session: &dyn Session,
    host: &dyn Host,
    settings: &LoginSettings,
    person: &Person,
    asks_for_code: bool,
    before_code: &BeforeCode<'_>,
) -> Result<Answers, Failure> {
    let echo = if settings.echo { Echo::On } else { Echo::Off };
    let code = |password: Option<&[u8]>, before: &str| -> Result<Typed, ConversationError> {
        if asks_for_code {
            let question = Zeroizing::new(format!("{before}{}", settings.code_prompt));
            let typed = match session.ask(&question, echo) {
                // sshd's own password method cannot show what is typed, and fails at once when
                // it is asked to. Nobody else is asked twice.
                Err(ConversationError::Failed { .. })
                    if echo == Echo::On && session.service().as_deref() == Some(b"sshd") =>
                {
                    session.ask(&question, Echo::Off)?
                }
                asked => asked?,
            };
            // sshd's password method answers every question with the password. That is no
            // guess, even if the password looks like a code.
            if password == Some(typed.as_slice()) && !typed.is_empty() {
                return Ok(Typed::Unusable(NotACode::Password));
            }
            Ok(Typed::parse(&typed))
        } else {
            Ok(Typed::Nothing)
        }
    };
    match settings.password {
        PasswordMode::Stack => Ok(Answers {
            password: PasswordCheck::Elsewhere,
            typed: code(
                session
                    .passed_on_password()
                    .as_ref()
                    .map(|it| it.as_slice()),
                "",
            )?,
            combined: None,
            first_factor: if settings.skip_password_after_key {
                FirstFactor::Right
            } else {
                FirstFactor::Elsewhere
            },
        }),
        PasswordMode::Verify => {
            let password = session.ask(&settings.password_prompt, Echo::Off)?;
            // With a picture in the question the password must be checked before it; without,
            // the person shall not notice a pause that depends on it.
            let (typed, right) = match before_code {
                None => {
                    let typed = code(Some(&password), "")?;
                    (typed, host.password_is_right(person, &password)?)
                }
                Some(text) => {
                    let right = host.password_is_right(person, &password)?;
                    let before = right.then(text).flatten();
                    let before = before.as_ref().map_or("", |text| text.as_str());
                    (code(Some(&password), before)?, right)
                }
            };
            let (password, first_factor) = if right {
                (PasswordCheck::Right, FirstFactor::Right)
            } else {
                (PasswordCheck::Wrong, FirstFactor::Wrong)
            };
            Ok(Answers {
                password,
                typed,
                combined: None,
                first_factor,
            })
        }
        PasswordMode::Combined if asks_for_code => {
            let both = session.ask(&settings.combined_prompt, Echo::Off)?;
            Ok(Answers {
                password: PasswordCheck::Elsewhere,
                typed: Typed::parse_combined(&both),
                combined: Some(Combined(both)),
                first_factor: FirstFactor::Elsewhere,
            })
        }
        // No code is wanted: the module below asks for its password itself.
        PasswordMode::Combined => Ok(Answers {
            password: PasswordCheck::Elsewhere,
            typed: Typed::Nothing,
            combined: None,
            first_factor: FirstFactor::Elsewhere,
        }),
    }
}

impl Answers {
    /// Hands the whole of a combined answer on as the password.
    pub(crate) fn pass_on_everything(&self, session: &dyn Session) -> Result<(), Failure> {
        match &self.combined {
            Some(Combined(both)) => Ok(session.pass_on_password(both)?),
            None => Ok(()),
        }
    }
}

/// Password and code in one answer.
pub(crate) struct Combined(Zeroizing<Vec<u8>>);

impl Combined {
    /// Hands on what is before the last `tail_length` bytes, which are PIN and code. After a
    /// refusal too, so that the module below asks nothing again and the person sees the same
    /// whatever was wrong.
    pub(crate) fn pass_on_password(
        &self,
        session: &dyn Session,
        tail_length: usize,
    ) -> Result<(), Failure> {
        let password_length = self.0.len().saturating_sub(tail_length);
        let password = self.0.get(..password_length).unwrap_or_default();
        Ok(session.pass_on_password(password)?)
    }
}
