//! The eight laws of `verify`, for every history of logins and every clock, also one that
//! runs backward (the laws are listed at the top of `verify.rs`).
//!
//! `history.rs` makes random accounts and random histories and plays them; here each law
//! looks at what happened.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

mod history;
mod parsers;

use history::{Played, TypedPin, history, play, right_code, wrong_code};
use otp_core::{
    Acceptance, Decision, Method, MovingFactor, PasswordCheck, Reason, Standing, Trust, Typed,
    UnixTime, standing, verify,
};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

/// The moving factors that were accepted, with the place of their event.
fn accepted(played: &[Played]) -> impl Iterator<Item = (&Played, u32, u64)> {
    played.iter().filter_map(|one| match one.outcome.decision {
        Decision::Accept(Acceptance::Code {
            authenticator,
            moving_factor,
            ..
        }) => Some((one, authenticator.0, moving_factor.0)),
        _ => None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_moving_factor_is_accepted_twice(world in history()) {
        let mut seen = HashSet::new();
        for (_, authenticator, factor) in accepted(&play(&world)) {
            prop_assert!(seen.insert((authenticator, factor)));
        }
    }

    #[test]
    fn the_last_accepted_factor_never_decreases(world in history()) {
        let mut last: HashMap<u32, MovingFactor> = HashMap::new();
        for one in play(&world) {
            for state in &one.outcome.next.authenticators {
                if let Some(known) = last.get(&state.id.0) {
                    prop_assert!(state.last_accepted.is_some_and(|now| now >= *known));
                }
                if let Some(now) = state.last_accepted {
                    last.insert(state.id.0, now);
                }
            }
        }
    }

    #[test]
    fn a_rejection_never_moves_a_factor_and_an_acceptance_moves_one(world in history()) {
        for one in play(&world) {
            let pairs = one.before.authenticators.iter().zip(&one.outcome.next.authenticators);
            let moved = pairs.filter(|(before, after)| before != after).count();
            let by_code = matches!(one.outcome.decision, Decision::Accept(Acceptance::Code { .. }));
            prop_assert_eq!(moved, usize::from(by_code));
        }
    }

    #[test]
    fn an_accepted_factor_lies_in_the_window(world in history()) {
        for (one, id, factor) in accepted(&play(&world)) {
            let authenticator = world.account.authenticators.iter().find(|a| a.id.0 == id).unwrap();
            let known = one.before.authenticators.iter().find(|a| a.id.0 == id).unwrap();
            let window = &world.policy.window;
            match authenticator.method {
                Method::Totp { time_step, t0 } => {
                    let step = i128::from((one.now.0 - t0.0) / u64::from(time_step.seconds()));
                    // Before the first step there is none, so the window begins there.
                    let expected = (step + i128::from(known.drift.0)).max(0);
                    let off = i128::from(factor) - expected;
                    prop_assert!(off >= -i128::from(window.past_steps));
                    prop_assert!(off <= i128::from(window.future_steps));
                }
                Method::Hotp { initial_counter } => {
                    let expected = known.last_accepted.map_or(initial_counter.0, |last| last.0 + 1);
                    prop_assert!(factor >= expected);
                    prop_assert!(factor - expected <= u64::from(window.look_ahead_counters));
                }
            }
        }
    }

    #[test]
    fn while_throttled_the_decision_does_not_depend_on_the_answer(world in history()) {
        for one in play(&world) {
            let standing = standing(&one.before, &world.policy.throttle, one.now);
            if standing == Standing::Open || !world.account.enabled {
                continue;
            }
            for other in [Typed::Nothing, Typed::parse(b"123456"), Typed::parse(b"junk")] {
                for password in [PasswordCheck::Elsewhere, PasswordCheck::Right, PasswordCheck::Wrong] {
                    let typed = match &other {
                        Typed::Nothing => Typed::Nothing,
                        Typed::Response(_) => Typed::parse(b"123456"),
                        _ => Typed::parse(b"junk"),
                    };
                    let pin = world.account.check_pin(&typed).unwrap();
                    let answer = otp_core::Answer {
                        password,
                        typed,
                        pin,
                        trust: one.trust,
                    };
                    let again = verify(&world.account, &one.before, &answer, one.now, &world.policy);
                    prop_assert_eq!(&again, &one.outcome);
                }
            }
        }
    }

    /// Whoever is let in without a code has shown one from the same place, within the hour.
    #[test]
    fn a_place_is_remembered_only_after_a_code_from_there(world in history()) {
        let mut shown: Vec<(Option<Trust>, UnixTime)> = Vec::new();
        for one in play(&world) {
            match one.outcome.decision {
                Decision::Accept(Acceptance::Code { .. }) => shown.push((one.trust, one.now)),
                Decision::Accept(Acceptance::Remembered) => {
                    prop_assert!(one.trust.is_some());
                    prop_assert!(one.password != PasswordCheck::Wrong);
                    let within_the_hour =
                        |at: &UnixTime| at.0 <= one.now.0 && one.now.0 - at.0 < 3600;
                    let known = shown
                        .iter()
                        .any(|(trust, at)| *trust == one.trust && within_the_hour(at));
                    prop_assert!(known);
                }
                _ => {}
            }
        }
    }

    #[test]
    fn no_code_opens_an_account_without_its_pin(world in history()) {
        for one in play(&world) {
            let code = matches!(one.outcome.decision, Decision::Accept(Acceptance::Code { .. }));
            let wrong_pin = world.account.pin.is_some() && one.pin == TypedPin::Wrong;
            prop_assert!(!(code && wrong_pin));
        }
    }

    #[test]
    fn failures_are_forgotten_by_an_accepted_code_only(world in history()) {
        for one in play(&world) {
            let (before, after) = (one.before.failures, one.outcome.next.failures);
            match one.outcome.decision {
                Decision::Accept(Acceptance::Code { .. }) => prop_assert_eq!(after, 0),
                Decision::Reject(
                    Reason::NoMatch | Reason::Replay { .. } | Reason::WrongPin { .. },
                ) => {
                    prop_assert_eq!(after, before + 1);
                    prop_assert_eq!(one.outcome.next.last_failure, Some(one.now));
                }
                _ => prop_assert_eq!(after, before),
            }
        }
    }

    /// Alone, and behind a password: wherever a right code opens the door, a wrong one is
    /// charged, or no throttle would ever end the guessing.
    #[test]
    fn no_guess_is_free_where_a_right_code_is_accepted(world in history()) {
        let kinds: [fn(&[u8]) -> Typed; 2] = [Typed::parse, |code| {
            Typed::parse_combined(&[b"wonderland", code].concat())
        }];
        for one in play(&world) {
            for kind in kinds {
                let decided = |code: &[u8]| {
                    let typed = kind(code);
                    let pin = world.account.check_pin(&typed).unwrap();
                    let password = PasswordCheck::Elsewhere;
                    let answer = otp_core::Answer { password, typed, pin, trust: None };
                    verify(&world.account, &one.before, &answer, one.now, &world.policy)
                };
                let accepts = |device| {
                    let code = right_code(&world.account, &one.before, device, one.now);
                    matches!(decided(&code).decision, Decision::Accept(Acceptance::Code { .. }))
                };
                if !(0..world.account.authenticators.len()).any(accepts) {
                    continue;
                }
                let guess = decided(&wrong_code(&world.account));
                match guess.decision {
                    // The grace lets everybody in who knows the password.
                    Decision::Accept(decision) => prop_assert_eq!(decision, Acceptance::Pending),
                    _ => prop_assert_eq!(guess.next.failures, one.before.failures + 1),
                }
            }
        }
    }

    #[test]
    fn logins_without_a_code_are_counted_and_end(world in history()) {
        let mut counted = 0;
        for one in play(&world) {
            prop_assert_eq!(one.before.pending_logins, counted);
            if one.outcome.decision == Decision::Accept(Acceptance::Pending) {
                counted += 1;
                prop_assert!(!one.before.is_activated());
            }
            if let Some(most) = world.policy.pending.grace_logins {
                prop_assert!(counted <= most);
            }
            prop_assert_eq!(one.outcome.next.pending_logins, counted);
        }
    }

    #[test]
    fn a_wrong_password_opens_nothing_and_spends_nothing(world in history()) {
        for one in play(&world) {
            if one.password == PasswordCheck::Wrong {
                prop_assert!(matches!(one.outcome.decision, Decision::Reject(_)));
                let mut next = one.outcome.next.clone();
                // Only the start of a waiting time may move, when the clock ran backward.
                next.last_failure = one.before.last_failure;
                prop_assert_eq!(&next, &one.before);
            }
        }
    }

    #[test]
    fn an_account_switched_off_accepts_nothing_and_changes_nothing(mut world in history()) {
        world.account.enabled = false;
        for one in play(&world) {
            prop_assert!(!matches!(one.outcome.decision, Decision::Accept(_)));
            prop_assert_eq!(&one.before, &one.outcome.next);
        }
    }

    #[test]
    fn learned_drift_stays_within_the_policy(world in history()) {
        let limit = i64::from(world.policy.window.drift_limit_steps);
        for one in play(&world) {
            for state in &one.outcome.next.authenticators {
                prop_assert!(state.drift.0.abs() <= limit);
            }
        }
    }
}

/// A law over histories that never reach anything would prove nothing.
#[test]
fn the_histories_reach_every_kind_of_decision() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut reached: HashMap<&str, u32> = HashMap::new();
    for _ in 0..300 {
        let world = history().new_tree(&mut runner).unwrap().current();
        for one in play(&world) {
            let kind = match one.outcome.decision {
                Decision::Accept(Acceptance::Code {
                    activated_now: true,
                    ..
                }) => "activated",
                Decision::Accept(Acceptance::Code { .. }) => "accepted",
                Decision::Accept(Acceptance::Pending) => "pending",
                Decision::Accept(Acceptance::RecoveryCode { .. }) => "recovery code",
                Decision::Reject(Reason::RecoveryCodeUsed) => "recovery code used",
                Decision::Accept(Acceptance::BypassCode { .. }) => "bypass code",
                Decision::Reject(Reason::BypassCodeOver) => "bypass code over",
                Decision::Reject(Reason::DeviceNotValid { .. }) => "not valid",
                Decision::Accept(Acceptance::Remembered) => "remembered",
                Decision::Exempt(_) => "exempt",
                Decision::Reject(Reason::NoMatch) => "no match",
                Decision::Reject(Reason::Replay { .. }) => "replay",
                Decision::Reject(Reason::WrongPassword) => "wrong password",
                Decision::Reject(Reason::WrongPin { .. }) => "wrong PIN",
                Decision::Reject(Reason::Malformed) => "malformed",
                Decision::Reject(Reason::Throttled { .. }) => "throttled",
                Decision::Reject(Reason::TooManyFailures) => "too many failures",
                Decision::Reject(Reason::GraceExpired) => "grace expired",
                Decision::Reject(Reason::NotEnrolled | Reason::UnknownUser) => "no account",
            };
            *reached.entry(kind).or_default() += 1;
        }
    }
    for kind in [
        "activated",
        "accepted",
        "pending",
        "no match",
        "replay",
        "wrong password",
        "wrong PIN",
        "remembered",
        "malformed",
        "throttled",
        "too many failures",
        "grace expired",
    ] {
        let times = reached.get(kind).copied().unwrap_or(0);
        assert!(times >= 10, "{kind}: {times} of {reached:?}");
    }
}

#[test]
fn it_always_returns_at_the_ends_of_time_and_of_all_counters() {
    for world in history::extremes() {
        for one in play(&world) {
            assert!(!matches!(one.outcome.decision, Decision::Exempt(_)));
        }
    }
}
