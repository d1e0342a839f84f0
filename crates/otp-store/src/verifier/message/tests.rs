use super::*;

fn decisions() -> Vec<Decision> {
    let authenticator = AuthenticatorId(7);
    let code = |activated_now| {
        Decision::Accept(Acceptance::Code {
            authenticator,
            moving_factor: MovingFactor(u64::MAX),
            activated_now,
        })
    };
    vec![
        code(false),
        code(true),
        Decision::Accept(Acceptance::Pending),
        Decision::Accept(Acceptance::RecoveryCode { left: 9 }),
        Decision::Reject(Reason::RecoveryCodeUsed),
        Decision::Accept(Acceptance::BypassCode { uses_left: 999 }),
        Decision::Reject(Reason::BypassCodeOver),
        Decision::Reject(Reason::DeviceNotValid { authenticator }),
        Decision::Exempt(Exemption::Disabled),
        Decision::Exempt(Exemption::NotEnrolled),
        Decision::Reject(Reason::NoMatch),
        Decision::Reject(Reason::Replay { authenticator }),
        Decision::Reject(Reason::WrongPin { authenticator }),
        Decision::Reject(Reason::Malformed),
        Decision::Reject(Reason::Throttled {
            until: UnixTime(u64::MAX),
        }),
        Decision::Reject(Reason::TooManyFailures),
        Decision::Reject(Reason::GraceExpired),
        Decision::Reject(Reason::NotEnrolled),
        Decision::Reject(Reason::UnknownUser),
    ]
}

fn reply_to(decision: Decision) -> (Recorded, Seen, Vec<u8>) {
    let recorded = Recorded {
        decision,
        authenticator: Label::parse("blue fob").ok(),
        generation: Some(u64::MAX),
    };
    let seen = Seen {
        hint: Some(Hint {
            authenticator: AuthenticatorId(7),
            offset: StepOffset(-120),
            has_clock: true,
        }),
        tail_length: 22,
    };
    let bytes = Reply::decided(&recorded, seen).to_bytes().unwrap();
    (recorded, seen, bytes)
}

#[test]
fn every_decision_arrives_as_it_was_made() {
    for decision in decisions() {
        let (recorded, seen, bytes) = reply_to(decision);
        assert!(bytes.len() <= super::super::LONGEST_REPLY);
        let reply = Reply::from_bytes(&bytes).unwrap();
        assert_eq!(reply.decision(), Some((recorded, seen)), "{decision:?}");
    }
}

#[test]
fn half_a_reply_is_none() {
    for decision in decisions() {
        let (_, _, bytes) = reply_to(decision);
        for length in 0..bytes.len() - 1 {
            assert_eq!(Reply::from_bytes(&bytes[..length]), None, "{length}");
        }
    }
}

#[test]
fn an_acceptance_of_which_no_record_is_on_disk_is_none() {
    let recorded = Recorded {
        decision: Decision::Accept(Acceptance::Pending),
        authenticator: None,
        generation: None,
    };
    let reply = Reply::decided(&recorded, Seen::default());
    assert_eq!(reply.decision(), None);
}

#[test]
fn what_is_no_reply_of_this_version_is_not_understood() {
    for wrong in [
        "",
        "version = 2\noutcome = \"accepted\"\n",
        "version = 1\noutcome = \"accepted\"\nbesides = 1\n",
        "outcome = \"pending\"\n",
        "HTTP/1.1 200 OK\r\n",
    ] {
        assert_eq!(Reply::from_bytes(wrong.as_bytes()), None, "{wrong}");
    }
    assert_eq!(Reply::from_bytes(&[0xff; 20]), None);
    let strange = Reply::from_bytes(b"version = 1\noutcome = \"welcome\"\nwhole = true\n").unwrap();
    assert_eq!((strange.decision(), strange.look()), (None, None));
}

#[test]
fn answers_arrive_as_they_were_typed() {
    let there_and_back = |typed: Typed| {
        let request = Request::decide("alice", "locker", &typed);
        let bytes = request.to_bytes().unwrap();
        assert!(bytes.len() <= super::super::LONGEST_REQUEST);
        let request = Request::from_bytes(&bytes).unwrap();
        assert_eq!(request.question, Question::Decide);
        let typed = request.typed();
        let (kind, symbols) = typed.expose();
        (kind, String::from_utf8_lossy(symbols).into_owned())
    };
    let alone = there_and_back(Typed::parse(b"123 456"));
    assert_eq!(alone, (TypedKind::Alone, "123456".into()));
    let tail = there_and_back(Typed::parse_combined(b"it's \"quoted\" \\ \n123456"));
    assert_eq!(tail.0, TypedKind::Tail);
    assert!(tail.1.ends_with("123456"));
    assert_eq!(there_and_back(Typed::Nothing).0, TypedKind::Nothing);
    let junk = there_and_back(Typed::parse(b"rabbit hole!"));
    assert_eq!(junk, (TypedKind::Unusable, String::new()));
    // A password of letters that are no UTF-8, and a code.
    let no_text = there_and_back(Typed::parse_combined(b"\xff\xfe123456"));
    assert_eq!(no_text, (TypedKind::Tail, "123456".into()));
}

#[test]
fn what_is_no_request_is_not_read_as_one() {
    for wrong in [
        "",
        "version = 1\nquestion = \"decide\"\n",
        "version = 2\nquestion = \"look\"\nuser = \"a\"\nservice = \"s\"\nkind = \"nothing\"\ntyped = \"\"\n",
        "version = 1\nquestion = \"open\"\nuser = \"a\"\nservice = \"s\"\nkind = \"nothing\"\ntyped = \"\"\n",
        "version = 1\nquestion = \"look\"\nuser = \"a\"\nservice = \"s\"\nkind = \"alone\"\ntyped = \"1\"\n",
    ] {
        assert!(Request::from_bytes(wrong.as_bytes()).is_none(), "{wrong}");
    }
}
