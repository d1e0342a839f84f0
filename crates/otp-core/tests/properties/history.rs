//! Random accounts, random policies, random histories of logins, and playing them.

use otp_core::{
    Account, Answer, Authenticator, AuthenticatorId, Authenticators, CodeGenerator, Digits,
    EnrolmentId, HashAlgorithm, Label, Method, MovingFactor, Outcome, PasswordCheck, PendingPolicy,
    Pin, PinCost, Place, Policy, Secret, State, ThrottlePolicy, TimeStep, Trust, Typed, UnixTime,
    UserName, WindowPolicy, verify,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// An account, a policy, and what happens to them.
pub struct World {
    pub account: Account,
    pub policy: Policy,
    pub start: UnixTime,
    pub events: Vec<Event>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let methods: Vec<_> = self
            .account
            .authenticators
            .iter()
            .map(|a| (a.id, a.method))
            .collect();
        write!(
            f,
            "{methods:?} {:?} {:?} {:#?}",
            self.policy, self.start, self.events
        )
    }
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Event {
    /// The clock moves, forward or backward.
    Clock(i64),
    /// Somebody types something, with this PIN before it if the account has one, and from this
    /// place, if places are remembered.
    Login(Typing, PasswordCheck, TypedPin, Option<u8>),
}

/// The PIN that somebody types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedPin {
    Right,
    Wrong,
}

/// What somebody types.
#[derive(Clone, Debug)]
pub enum Typing {
    /// The code so many steps or counters from where the device is expected.
    Code {
        device: usize,
        offset: i64,
    },
    /// The code that was accepted last, once more.
    Used {
        device: usize,
    },
    /// Digits out of the air.
    Guess(u32),
    Enter,
    Junk,
}

/// One login as it was decided.
pub struct Played {
    pub before: State,
    pub now: UnixTime,
    pub password: PasswordCheck,
    pub pin: TypedPin,
    pub trust: Option<Trust>,
    pub outcome: Outcome,
}

pub fn history() -> impl Strategy<Value = World> {
    let start = prop_oneof![Just(0_u64), 1_000_000_000..2_000_000_000_u64, Just(1 << 40)];
    let pin = prop_oneof![3 => Just(None), 1 => Just(Some(pin()))];
    (methods(), policy(), start, pin, vec(event(), 1..60)).prop_map(
        |(methods, policy, start, pin, events)| World {
            account: Account {
                enrolled_at: UnixTime(start),
                pin,
                ..account_with(&methods)
            },
            policy,
            start: UnixTime(start),
            events,
        },
    )
}

fn pin() -> Pin {
    let cheap = PinCost {
        memory_kibibytes: 8,
        passes: 1,
    };
    Pin::new(b"2580", [9; 16], cheap).unwrap()
}

fn event() -> impl Strategy<Value = Event> {
    let password = prop_oneof![
        4 => Just(PasswordCheck::Elsewhere),
        4 => Just(PasswordCheck::Right),
        1 => Just(PasswordCheck::Wrong),
    ];
    let typed_pin = prop_oneof![5 => Just(TypedPin::Right), 1 => Just(TypedPin::Wrong)];
    let place = prop_oneof![1 => Just(None), 2 => (0..2_u8).prop_map(Some)];
    let near = prop_oneof![4 => -1..=1_i64, 1 => -20..=20_i64];
    let typing = prop_oneof![
        8 => (0..3_usize, near).prop_map(|(device, offset)| Typing::Code { device, offset }),
        2 => (0..3_usize).prop_map(|device| Typing::Used { device }),
        3 => any::<u32>().prop_map(Typing::Guess),
        3 => Just(Typing::Enter),
        1 => Just(Typing::Junk),
    ];
    let clock = prop_oneof![
        4 => 0..120_i64,
        2 => -120..0_i64,
        1 => 900..100_000_i64,
        1 => -100_000..-900_i64,
        1 => Just(20 * 86_400),
    ];
    prop_oneof![
        1 => clock.prop_map(Event::Clock),
        3 => (typing, password, typed_pin, place)
            .prop_map(|(typing, password, pin, place)| Event::Login(typing, password, pin, place)),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let window = (1..3_u32, 1..3_u32, 0..12_u32, 0..12_u32);
    let throttle = (0..6_u32, 1..10_u32, 1..8_u32);
    let grace_logins = prop_oneof![Just(None), (0..4_u32).prop_map(Some)];
    (window, throttle, grace_logins).prop_map(|(window, throttle, grace_logins)| {
        let policy = Policy {
            window: WindowPolicy {
                past_steps: window.0,
                future_steps: window.1,
                drift_limit_steps: window.2,
                look_ahead_counters: window.3,
            },
            throttle: ThrottlePolicy {
                free_failures: throttle.0,
                first_wait_seconds: throttle.1,
                longest_wait_seconds: 60,
                disable_after_failures: throttle.0 + throttle.2,
            },
            pending: PendingPolicy {
                grace_days: 14,
                grace_logins,
            },
            ..Policy::default()
        };
        policy
            .check()
            .expect("the strategy makes policies that pass");
        policy
    })
}

fn methods() -> impl Strategy<Value = Vec<(Method, u64)>> {
    vec(method_and_digits(), 1..=3)
}

fn method_and_digits() -> impl Strategy<Value = (Method, u64)> {
    let totp = prop_oneof![Just(1_u64), Just(30), Just(60), 1..=120_u64].prop_map(|seconds| {
        Method::Totp {
            time_step: TimeStep::from_seconds(seconds).unwrap(),
            t0: UnixTime(0),
        }
    });
    let hotp = prop_oneof![Just(0_u64), 0..1000_u64].prop_map(|counter| Method::Hotp {
        initial_counter: MovingFactor(counter),
    });
    (prop_oneof![totp, hotp], 6..=8_u64)
}

fn account_with(methods: &[(Method, u64)]) -> Account {
    let authenticators = methods
        .iter()
        .zip(1..)
        .map(|((method, digits), id)| Authenticator {
            id: AuthenticatorId(id),
            label: Label::parse(&format!("device {id}")).unwrap(),
            method: *method,
            algorithm: [
                HashAlgorithm::Sha1,
                HashAlgorithm::Sha256,
                HashAlgorithm::Sha512,
            ][id as usize % 3],
            digits: Digits::new(*digits).unwrap(),
            secret: Secret::new(vec![id as u8; 20].into()).ok().unwrap(),
            token_identifier: None,
            serial: None,
            validity: otp_core::Validity::default(),
            created_at: UnixTime(0),
        });
    Account {
        user: UserName::parse("alice").unwrap(),
        uid: 1000,
        enabled: true,
        enrolment: EnrolmentId([7; 16]),
        enrolled_at: UnixTime(0),
        pin: None,
        recovery: None,
        bypass: None,
        authenticators: Authenticators::new(authenticators.collect()).ok().unwrap(),
    }
}

/// Clocks and counters at both ends.
pub fn extremes() -> Vec<World> {
    let step = TimeStep::from_seconds(1).unwrap();
    let methods = [
        Method::Totp {
            time_step: step,
            t0: UnixTime(0),
        },
        Method::Totp {
            time_step: step,
            t0: UnixTime(u64::MAX),
        },
        Method::Hotp {
            initial_counter: MovingFactor(u64::MAX),
        },
        Method::Hotp {
            initial_counter: MovingFactor(0),
        },
    ];
    let mut worlds = Vec::new();
    for method in methods {
        for start in [0, 1, u64::MAX - 1, u64::MAX] {
            let login = |device, offset| {
                let typing = Typing::Code { device, offset };
                Event::Login(typing, PasswordCheck::Right, TypedPin::Right, Some(0))
            };
            let events = vec![
                login(0, 0),
                login(0, 1),
                Event::Clock(i64::MAX),
                login(0, -1),
                Event::Clock(i64::MIN),
                login(0, 0),
                Event::Login(Typing::Junk, PasswordCheck::Wrong, TypedPin::Wrong, None),
            ];
            worlds.push(World {
                account: account_with(&[(method, 6)]),
                policy: Policy::default(),
                start: UnixTime(start),
                events,
            });
        }
    }
    worlds
}

pub fn play(world: &World) -> Vec<Played> {
    let mut state = State::fresh(&world.account);
    let mut now = world.start;
    let mut played = Vec::new();
    for event in &world.events {
        match event {
            Event::Clock(seconds) => now = UnixTime(now.0.saturating_add_signed(*seconds)),
            Event::Login(typing, password, pin, place) => {
                let trust = place.map(|place| Trust {
                    place: Place([place; 16]),
                    seconds: 3600,
                });
                let typed = typed(typing, *pin, &world.account, &state, now);
                let answer = Answer {
                    password: *password,
                    pin: world.account.check_pin(&typed).unwrap(),
                    typed,
                    trust,
                };
                let outcome = verify(&world.account, &state, &answer, now, &world.policy);
                let next = outcome.next.clone();
                played.push(Played {
                    before: state,
                    now,
                    password: *password,
                    pin: *pin,
                    trust,
                    outcome,
                });
                state = next;
            }
        }
    }
    played
}

fn expected(account: &Account, state: &State, device: usize, now: UnixTime) -> u64 {
    let known = &state.authenticators[device];
    match account.authenticators[device].method {
        Method::Totp { time_step, t0 } => {
            let step = now.0.saturating_sub(t0.0) / u64::from(time_step.seconds());
            step.saturating_add_signed(known.drift.0)
        }
        Method::Hotp { initial_counter } => known
            .last_accepted
            .map_or(initial_counter.0, |last| last.0.saturating_add(1)),
    }
}

fn pin_of(account: &Account, pin: TypedPin) -> &'static str {
    match (&account.pin, pin) {
        (None, _) => "",
        (_, TypedPin::Right) => "2580",
        (_, TypedPin::Wrong) => "2581",
    }
}

/// What a person types who has PIN and device.
pub fn right_code(account: &Account, state: &State, device: usize, now: UnixTime) -> Vec<u8> {
    let one = &account.authenticators[device];
    let generator = CodeGenerator::new(&one.secret, one.algorithm, one.digits);
    let factor = MovingFactor(expected(account, state, device, now));
    let code = generator.code(factor).expose_digits();
    format!("{}{}", pin_of(account, TypedPin::Right), *code).into_bytes()
}

/// What could be a code of the first device, and is none in thousands of steps.
pub fn wrong_code(account: &Account) -> Vec<u8> {
    let digits = usize::from(account.authenticators[0].digits.get());
    format!(
        "{}{}",
        pin_of(account, TypedPin::Right),
        &"00000000"[..digits]
    )
    .into_bytes()
}

fn typed(typing: &Typing, pin: TypedPin, account: &Account, state: &State, now: UnixTime) -> Typed {
    let pin = pin_of(account, pin);
    let shows = |device: usize, factor: u64| {
        let one = &account.authenticators[device % account.authenticators.len()];
        let generator = CodeGenerator::new(&one.secret, one.algorithm, one.digits);
        let code = generator.code(MovingFactor(factor)).expose_digits();
        Typed::parse(format!("{pin}{}", *code).as_bytes())
    };
    match typing {
        Typing::Code { device, offset } => {
            let device = device % account.authenticators.len();
            let expected = expected(account, state, device, now);
            shows(device, expected.saturating_add_signed(*offset))
        }
        Typing::Used { device } => {
            let known = &state.authenticators[device % account.authenticators.len()];
            shows(*device, known.last_accepted.map_or(0, |last| last.0))
        }
        Typing::Guess(number) => Typed::parse(format!("{pin}{:06}", number % 1_000_000).as_bytes()),
        Typing::Enter => Typed::Nothing,
        Typing::Junk => Typed::parse(b"correct horse battery staple"),
    }
}
