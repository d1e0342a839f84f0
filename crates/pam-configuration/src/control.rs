//! The second word of a line: what to do with each return value.

use crate::ReturnCode;

/// What to do with a return value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It counts for nothing.
    Ignore,
    /// A yes that later lines can still spoil.
    Ok,
    /// A yes that ends the chain, unless something was bad before.
    Done,
    /// A no.
    Bad,
    /// A no that ends the chain.
    Die,
    /// What was before is forgotten.
    Reset,
    /// So many of the following lines are left out.
    Jump(u32),
}

/// What to do with every return value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control([Action; ReturnCode::COUNT]);

impl Control {
    /// The words of `pam.d(5)`, in any case; `None` for others.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        let (yes, otherwise) = match word.to_ascii_lowercase().as_str() {
            "required" => (Action::Ok, Action::Bad),
            "requisite" => (Action::Ok, Action::Die),
            "optional" => (Action::Ok, Action::Ignore),
            "sufficient" => (Action::Done, Action::Ignore),
            _ => return None,
        };
        let mut control = Self([otherwise; ReturnCode::COUNT]);
        control.set(ReturnCode::SUCCESS, yes);
        control.set(ReturnCode::NEW_AUTHTOK_REQD, yes);
        control.set(ReturnCode::IGNORE, Action::Ignore);
        Some(control)
    }

    /// Whatever is returned is a no.
    pub(crate) fn all_bad() -> Self {
        Self([Action::Bad; ReturnCode::COUNT])
    }

    /// The inside of `[value=action ...]`. What is not understood makes everything bad, as with
    /// libpam; `Err` says so.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut actions: [Option<Action>; ReturnCode::COUNT] = [None; ReturnCode::COUNT];
        let mut rest = skip_blanks(text);
        while !rest.is_empty() {
            let (code, after) = match ReturnCode::at_start_of(rest) {
                Some((code, length)) => (Some(code), rest.get(length..)),
                None => (None, rest.strip_prefix("default")),
            };
            let after = after.filter(|after| !after.is_empty());
            let after = skip_blanks(after.ok_or("a return value is expected")?);
            let after = after.strip_prefix('=').ok_or("\"=\" is expected")?;
            let (action, after) = action(skip_blanks(after))?;
            match code {
                Some(code) => {
                    if let Some(place) = actions.get_mut(usize::from(code.number())) {
                        *place = Some(action);
                    }
                }
                None => actions = actions.map(|known| known.or(Some(action))),
            }
            rest = skip_blanks(after);
        }
        Ok(Self(actions.map(|action| action.unwrap_or(Action::Bad))))
    }

    fn set(&mut self, code: ReturnCode, action: Action) {
        if let Some(place) = self.0.get_mut(usize::from(code.number())) {
            *place = action;
        }
    }

    /// What to do with this value.
    pub fn action(&self, code: ReturnCode) -> Action {
        let action = self.0.get(usize::from(code.number()));
        action.copied().unwrap_or(Action::Bad)
    }
}

fn skip_blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r'])
}

fn action(text: &str) -> Result<(Action, &str), &'static str> {
    for (word, action) in [
        ("ignore", Action::Ignore),
        ("ok", Action::Ok),
        ("done", Action::Done),
        ("bad", Action::Bad),
        ("die", Action::Die),
        ("reset", Action::Reset),
    ] {
        if let Some(after) = text.strip_prefix(word) {
            return Ok((action, after));
        }
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, after) = text.split_at(digits);
    match number.parse() {
        Ok(0) | Err(_) => Err("an action or a number above 0 is expected"),
        Ok(lines) => Ok((Action::Jump(lines), after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(control: &Control, code: ReturnCode) -> Action {
        control.action(code)
    }

    #[test]
    fn what_is_not_named_is_bad_unless_there_is_a_default() {
        let control = Control::parse("success=1 default=ignore").unwrap();
        assert_eq!(of(&control, ReturnCode::SUCCESS), Action::Jump(1));
        assert_eq!(of(&control, ReturnCode::AUTH_ERR), Action::Ignore);
        let control = Control::parse("success = ok").unwrap();
        assert_eq!(of(&control, ReturnCode::SUCCESS), Action::Ok);
        assert_eq!(of(&control, ReturnCode::AUTH_ERR), Action::Bad);
        assert_eq!(Control::parse("").unwrap(), Control::all_bad());
    }

    #[test]
    fn a_default_does_not_change_what_was_named_before_it() {
        let control = Control::parse("auth_err=die default=ok success=done").unwrap();
        assert_eq!(of(&control, ReturnCode::AUTH_ERR), Action::Die);
        assert_eq!(of(&control, ReturnCode::SUCCESS), Action::Done);
        assert_eq!(of(&control, ReturnCode::ABORT), Action::Ok);
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for text in [
            "success",
            "succes=ok",
            "success=fine",
            "success=0",
            "success=",
            "default",
            "Success=ok",
        ] {
            assert!(Control::parse(text).is_err(), "{text}");
        }
    }
}
