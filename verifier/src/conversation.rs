//! One connection: who asks, one request, one reply.

use crate::guests::Guests;
use crate::log;
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::{Uid, User};
use otp_core::{
    Acceptance, Answer, Decision, PasswordCheck, Policy, Typed, UnixTime, UserName,
    grace_logins_are_spent,
};
use otp_store::verifier::{
    LONGEST_REPLY, LONGEST_REQUEST, Question, Reply, Request, read_frame, write_frame,
};
use otp_store::{Attempt, AttemptOrigin, Configuration, Person, Seen, Store};
use std::cell::Cell;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a request may take to arrive, as a whole.
const PATIENCE: Duration = Duration::from_secs(5);

/// Held while a PIN is checked.
static PIN_CHECK: Mutex<()> = Mutex::new(());

/// Who asks, as the kernel knows him.
#[derive(Clone, Copy)]
struct Caller {
    uid: u32,
    pid: i32,
}

/// Serves one connection in a thread of its own.
pub(crate) fn begin(connection: UnixStream, guests: &Arc<Guests>, policy: &Arc<Option<PathBuf>>) {
    let Ok(credentials) = getsockopt(&connection, PeerCredentials) else {
        return;
    };
    let caller = Caller {
        uid: credentials.uid(),
        pid: credentials.pid(),
    };
    let Some(visit) = guests.enter(caller.uid) else {
        let line = format!("caller_uid={} outcome=too-many-at-once", caller.uid);
        log::say(log::NOTICE, &line);
        return;
    };
    let (guests, policy) = (Arc::clone(guests), Arc::clone(policy));
    let started = std::thread::Builder::new().spawn(move || {
        // Whatever goes wrong ends this conversation, not the service.
        if let Err(error) = serve(connection, caller, &guests, policy.as_ref().as_ref()) {
            let Caller { uid, pid } = caller;
            let line = format!("caller_uid={uid} caller_pid={pid} outcome=not-understood detail=");
            let detail = log::quoted(&error.to_string());
            log::say(log::NOTICE, &format!("{line}{detail}"));
        }
        drop(visit);
    });
    if let Err(error) = started {
        log::say(
            log::ERROR,
            &format!("no thread for a conversation: {error}"),
        );
    }
}

fn serve(
    mut connection: UnixStream,
    caller: Caller,
    guests: &Guests,
    policy: Option<&PathBuf>,
) -> io::Result<()> {
    // Before anything is read: whoever can have numbers that no user has (subuid(5)) could take
    // every place with them, and keep the others waiting.
    if caller.uid != 0 && user_with(caller.uid).is_none() {
        let Caller { uid, pid } = caller;
        let line = format!("caller_uid={uid} caller_pid={pid} outcome=not-permitted");
        log::say(
            log::NOTICE,
            &format!("{line} detail=\"no user has this number\""),
        );
        return Ok(());
    }
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut patient = Patient {
        connection: &connection,
        until: Instant::now().checked_add(PATIENCE),
    };
    let bytes = read_frame(&mut patient, LONGEST_REQUEST)?;
    let request = Request::from_bytes(&bytes).ok_or(io::ErrorKind::InvalidData)?;
    let reply = answer(&request, caller, guests, policy);
    report(&request, caller, &reply);
    let reply = match caller.uid {
        0 => reply,
        _ => reply.discreet(),
    };
    let reply = reply.to_bytes().ok_or(io::ErrorKind::InvalidData)?;
    write_frame(&mut connection, &reply, LONGEST_REPLY)
}

/// A connection that is read until a certain moment, however slowly it comes.
struct Patient<'a> {
    connection: &'a UnixStream,
    until: Option<Instant>,
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self
            .until
            .map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.filter(|left| !left.is_zero());
        self.connection
            .set_read_timeout(Some(left.ok_or(io::ErrorKind::TimedOut)?))?;
        self.connection.read(buffer)
    }
}

fn answer(request: &Request, caller: Caller, guests: &Guests, policy: Option<&PathBuf>) -> Reply {
    let Some(person) = person_of(request, caller) else {
        return Reply::failed(
            "not-permitted",
            "a user may ask about himself only".into(),
            "Run the program as root, or as the user who logs in".into(),
        );
    };
    let configuration = match Configuration::read(policy.map(PathBuf::as_path)) {
        Ok(configuration) => configuration,
        Err(error) => return Reply::failed("misconfigured", error.to_string(), error.remedy()),
    };
    let store = match Store::open(&configuration.store) {
        Ok(store) => store,
        Err(error) => return Reply::failed(error.word(), error.to_string(), error.remedy()),
    };
    let policy = Policy {
        unenrolled: configuration.settings_for(&request.service).unenrolled,
        ..configuration.policy
    };
    match request.question {
        Question::Look => look(&store, &person),
        Question::Decide => decide(&store, &person, request, &policy, (caller, guests)),
    }
}

/// Whom the caller may ask about; `None` if not about this user.
fn person_of(request: &Request, caller: Caller) -> Option<Person> {
    let user = if caller.uid == 0 {
        User::from_name(&request.user).ok().flatten()?
    } else {
        // By number, so that it is the caller himself whatever his name is spelled like.
        let own = user_with(caller.uid)?;
        if own.name != request.user {
            return None;
        }
        own
    };
    Some(Person::Known {
        name: UserName::parse(&user.name).ok()?,
        uid: user.uid.as_raw(),
    })
}

fn user_with(uid: u32) -> Option<User> {
    User::from_uid(Uid::from_raw(uid)).ok().flatten()
}

fn look(store: &Store, person: &Person) -> Reply {
    let Person::Known { name, .. } = person else {
        return Reply::looked(None);
    };
    match store.first_look(name, None, now()) {
        Ok(look) => Reply::looked(look),
        Err(error) => Reply::failed(error.word(), error.to_string(), error.remedy()),
    }
}

fn decide(
    store: &Store,
    person: &Person,
    request: &Request,
    policy: &Policy,
    (caller, guests): (Caller, &Guests),
) -> Reply {
    let turn = guests.turn_of(caller.uid);
    let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(wait) = guests.must_wait(caller.uid) {
        return Reply::failed(
            "caller-throttled",
            format!(
                "too many wrong answers of this user's programs; {} s to wait",
                wait.as_secs().saturating_add(1)
            ),
            "Wait; the account itself has not been charged".into(),
        );
    }
    let typed = match request.typed() {
        Typed::Nothing if caller.uid != 0 => nothing_typed(store, person, policy),
        typed => typed,
    };
    let pin = match person {
        Person::Known { name, .. } => store.account_alone(name).ok().flatten(),
        Person::Unknown => None,
    };
    // One after the other: each takes 19 MiB, and a unit has a limit.
    let turn = PIN_CHECK.lock().unwrap_or_else(PoisonError::into_inner);
    let checked = pin.map(|account| account.check_pin(&typed));
    drop(turn);
    let pin = match checked {
        None => None,
        Some(Ok(check)) => check,
        Some(Err(error)) => {
            let remedy = "See the memory limit of pam-otp-verifier.service";
            return Reply::failed("pin-not-checked", error.to_string(), remedy.into());
        }
    };
    let seen = Cell::new(Seen::default());
    let attempt = Attempt {
        answer: Answer {
            password: PasswordCheck::Elsewhere,
            typed,
            pin,
            trust: None,
        },
        now: now(),
        policy,
        origin: AttemptOrigin {
            service: &request.service,
            from: "local",
        },
        seen: &seen,
    };
    match store.decide(person, &attempt) {
        Err(error) => Reply::failed(error.word(), error.to_string(), error.remedy()),
        Ok(recorded) => {
            match recorded.decision() {
                Decision::Reject(_) => guests.failed(caller.uid),
                Decision::Accept(Acceptance::Pending) | Decision::Exempt(_) => {}
                Decision::Accept(_) => guests.succeeded(caller.uid),
            }
            Reply::decided(&recorded, seen.take())
        }
    }
}

/// Just Enter at a program of the user. Whether it has asked for his password nobody knows, so
/// it must not use up the logins that a pending account may go on without a code: it counts as an
/// answer for both without a code in it, which costs none. Where none is left it is refused as
/// ever, and not charged.
fn nothing_typed(store: &Store, person: &Person, policy: &Policy) -> Typed {
    let Person::Known { name, .. } = person else {
        return Typed::Nothing;
    };
    match store.look_up(name) {
        Ok(Some((_, state))) if !grace_logins_are_spent(&state, policy) => {
            Typed::parse_combined(b"")
        }
        _ => Typed::Nothing,
    }
}

/// Says in the log who asked what, and what came of it. A look is no attempt.
fn report(request: &Request, caller: Caller, reply: &Reply) {
    if request.question == Question::Look && reply.detail.is_none() {
        return;
    }
    let (user, service) = (log::quoted(&request.user), log::quoted(&request.service));
    let mut line = format!(
        "user={user} service={service} outcome={} caller_uid={} caller_pid={}",
        reply.outcome, caller.uid, caller.pid
    );
    if let Some(detail) = &reply.detail {
        line.push_str(" detail=");
        line.push_str(&log::quoted(detail));
    }
    if let Some((word, offset)) = reply.hint() {
        line.push_str(&format!(" {word}={offset:+}"));
    }
    let priority = match reply.outcome.as_str() {
        "accepted" | "activated" | "pending" | "disabled" => log::INFORMATION,
        _ => log::NOTICE,
    };
    log::say(priority, &line);
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime(since.map_or(0, |since| since.as_secs()))
}
