//! What a chain answers, given what each of its modules returns.

use crate::{Action, Kind, ReturnCode, Rule};

/// One line that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place in the chain.
    pub place: usize,
    /// What it returned.
    pub returned: ReturnCode,
    /// What was done with it.
    pub action: Action,
}

/// A walk along a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// What libpam answers the program.
    pub answer: ReturnCode,
    /// The lines that were reached, in order.
    pub steps: Vec<Step>,
}

impl Walk {
    /// Whether a line was reached.
    pub fn reaches(&self, place: usize) -> bool {
        self.steps.iter().any(|step| step.place == place)
    }
}

/// What libpam thinks of the login so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Impression {
    None,
    Good,
    Bad,
}

/// Where a chain stands: at its beginning nothing is known, and nothing known is a no.
#[derive(Clone, Copy)]
struct Standing {
    impression: Impression,
    status: ReturnCode,
}

const AT_FIRST: Standing = Standing {
    impression: Impression::None,
    status: ReturnCode::PERM_DENIED,
};

/// Walks along a chain. `returns` says what the module of a line returns, and is asked for
/// each line that is reached, in order.
pub fn walk(rules: &[&Rule], mut returns: impl FnMut(usize, &Rule) -> ReturnCode) -> Walk {
    let mut now = AT_FIRST;
    // How it stood when the substack of each level began.
    let mut before = vec![AT_FIRST];
    let mut level_before = 0;
    let mut steps = Vec::new();
    let mut place = 0;
    while let Some(rule) = rules.get(place) {
        let level = rule.level;
        if level_before < level {
            before.resize(level.saturating_add(1), AT_FIRST);
            if let Some(known) = before.get_mut(level) {
                *known = now;
            }
        }
        level_before = level;
        let returned = match rule.kind {
            Kind::Substack => {
                place = place.saturating_add(1);
                continue;
            }
            Kind::MustFail => ReturnCode::PERM_DENIED,
            Kind::Module { .. } => returns(place, rule),
        };
        let action = rule.control.action(returned);
        steps.push(Step {
            place,
            returned,
            action,
        });
        match action {
            Action::Ignore => {}
            Action::Reset => now = before.get(level).copied().unwrap_or(AT_FIRST),
            Action::Ok | Action::Done => {
                let is_open = match now.impression {
                    Impression::None => true,
                    Impression::Good => now.status == ReturnCode::SUCCESS,
                    Impression::Bad => false,
                };
                if is_open {
                    now = Standing {
                        impression: Impression::Good,
                        status: returned,
                    };
                }
                if action == Action::Done && now.impression == Impression::Good {
                    place = last_of_level(rules, place, level);
                }
            }
            Action::Bad | Action::Die => {
                if now.impression != Impression::Bad {
                    now = Standing {
                        impression: Impression::Bad,
                        status: match returned {
                            ReturnCode::IGNORE => ReturnCode::PERM_DENIED,
                            returned => returned,
                        },
                    };
                }
                if action == Action::Die {
                    place = last_of_level(rules, place, level);
                }
            }
            Action::Jump(lines) => {
                let (landed, left) = jump(rules, place, level, lines);
                place = landed;
                if left > 0 {
                    // Beyond the end: libpam calls it a bad jump.
                    now = Standing {
                        impression: Impression::Bad,
                        status: ReturnCode::PERM_DENIED,
                    };
                }
            }
        }
        place = place.saturating_add(1);
    }
    let is_a_yes = now.status == ReturnCode::SUCCESS;
    let answer = match now.impression {
        Impression::Good => now.status,
        _ if is_a_yes => ReturnCode::PERM_DENIED,
        Impression::None | Impression::Bad => now.status,
    };
    Walk { answer, steps }
}

fn level_at(rules: &[&Rule], place: usize) -> Option<usize> {
    rules.get(place).map(|rule| rule.level)
}

/// The last line of this level and deeper ones from here on.
fn last_of_level(rules: &[&Rule], place: usize, level: usize) -> usize {
    let mut place = place;
    while level_at(rules, place.saturating_add(1)).is_some_and(|next| next >= level) {
        place = place.saturating_add(1);
    }
    place
}

/// Leaves lines out, each substack counted as one; returns the last that was left out, and how
/// many there were too few.
fn jump(rules: &[&Rule], place: usize, level: usize, lines: u32) -> (usize, u32) {
    let mut place = place;
    let mut left = lines;
    let next = |place: usize| level_at(rules, place.saturating_add(1));
    while left > 0 && next(place).is_some_and(|next| next >= level) {
        place = place.saturating_add(1);
        while next(place).is_some_and(|next| next > level) {
            place = place.saturating_add(1);
        }
        left = left.saturating_sub(1);
    }
    (place, left)
}
