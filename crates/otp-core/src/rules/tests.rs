use super::*;

fn rule(action: Action) -> AccessRule {
    AccessRule {
        name: Label::parse("test").unwrap(),
        action,
        users: Vec::new(),
        groups: Vec::new(),
        services: Vec::new(),
        terminals: Vec::new(),
        origins: Vec::new(),
        hours: Vec::new(),
    }
}

fn login() -> Circumstances<'static> {
    Circumstances {
        user: "alice",
        groups: Some(&[]),
        service: "sshd",
        terminal: "ssh",
        origin: Origin::Local,
        now: UnixTime(0),
    }
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| String::from(*word)).collect()
}

#[test]
fn the_first_rule_that_matches_decides() {
    let bob = AccessRule {
        users: words(&["bob"]),
        ..rule(Action::Deny)
    };
    let everybody = rule(Action::Exempt);
    let never = rule(Action::Require);
    let rules = [bob, everybody.clone(), never];
    assert_eq!(first_match(&rules, &login()), Some(&everybody));
    assert_eq!(first_match(&rules[..1], &login()), None);
}

#[test]
fn every_criterion_must_match_and_any_of_its_words() {
    let staff = words(&["staff"]);
    let both = AccessRule {
        users: words(&["bob", "alice"]),
        groups: words(&["wheel", "staff"]),
        ..rule(Action::Exempt)
    };
    let in_staff = Circumstances {
        groups: Some(&staff),
        ..login()
    };
    assert!(both.matches(&in_staff));
    assert!(!both.matches(&login()));
}

#[test]
fn groups_that_are_not_known_open_no_door() {
    let unknown = Circumstances {
        groups: None,
        ..login()
    };
    for (action, matches) in [
        (Action::Require, true),
        (Action::Deny, true),
        (Action::Exempt, false),
    ] {
        let by_group = AccessRule {
            groups: words(&["staff"]),
            ..rule(action)
        };
        assert_eq!(by_group.matches(&unknown), matches, "{action:?}");
        assert!(rule(action).matches(&unknown));
    }
}

#[test]
fn nobody_the_machine_knows_matches_no_list_of_users() {
    let listed = AccessRule {
        users: words(&["", "alice"]),
        ..rule(Action::Exempt)
    };
    let nobody = Circumstances {
        user: "",
        ..login()
    };
    assert!(!listed.matches(&nobody));
}

fn comes_from(origin: &str, remote_host: Option<&str>) -> bool {
    let rule = AccessRule {
        origins: [OriginMatch::parse(origin).unwrap()].into(),
        ..rule(Action::Exempt)
    };
    rule.matches(&Circumstances {
        origin: Origin::of(remote_host),
        ..login()
    })
}

#[test]
fn networks_match_literal_addresses_only() {
    assert!(comes_from("192.0.2.0/24", Some("192.0.2.255")));
    assert!(!comes_from("192.0.2.0/24", Some("192.0.3.0")));
    assert!(comes_from("0.0.0.0/0", Some("203.0.113.9")));
    assert!(comes_from("2001:db8::/32", Some("2001:db8:ffff::1")));
    assert!(!comes_from("2001:db8::/32", Some("2001:db9::1")));
    assert!(comes_from("192.0.2.7", Some("192.0.2.7")));
    // An IPv4 client of an IPv6 socket is the same client.
    assert!(comes_from("192.0.2.0/24", Some("::ffff:192.0.2.9")));
    for no_address in [
        None,
        Some(""),
        Some("192.0.2.7.evil.example"),
        Some("localhost"),
    ] {
        assert!(!comes_from("0.0.0.0/0", no_address), "{no_address:?}");
    }
    // The whole of IPv4 is not the whole of IPv6.
    assert!(!comes_from("0.0.0.0/0", Some("2001:db8::1")));
    assert!(!comes_from("::/0", Some("192.0.2.1")));
}

#[test]
fn local_and_remote_are_what_the_program_says() {
    assert!(comes_from("local", None));
    assert!(!comes_from("local", Some("127.0.0.1")));
    assert!(comes_from("remote", Some("127.0.0.1")));
    assert!(comes_from("remote", Some("some.name")));
    assert!(!comes_from("remote", None));
}

#[test]
fn a_network_that_would_have_to_be_guessed_is_refused() {
    for word in [
        "192.0.2.7/24",
        "192.0.2.0/33",
        "192.0.2.0/",
        "192.0.2.0/+8",
        "example.com",
        "192.0.2",
        "",
        "LOCAL",
    ] {
        let refused = Err(RuleError::Origin(word.into()));
        assert_eq!(OriginMatch::parse(word), refused);
    }
}

#[test]
fn hours_may_span_midnight_and_exclude_their_end() {
    let at = |span: &str, hour: u64, minute: u64| {
        let rule = AccessRule {
            hours: [Hours::parse(span).unwrap()].into(),
            ..rule(Action::Exempt)
        };
        let now = UnixTime(86_400 * 20_000 + hour * 3600 + minute * 60 + 59);
        rule.matches(&Circumstances { now, ..login() })
    };
    assert!(at("08:00-18:30", 8, 0) && at("08:00-18:30", 18, 29));
    assert!(!at("08:00-18:30", 7, 59) && !at("08:00-18:30", 18, 30));
    assert!(at("22:00-06:00", 23, 0) && at("22:00-06:00", 5, 59));
    assert!(!at("22:00-06:00", 6, 0) && !at("22:00-06:00", 21, 59));
    assert!(at("00:00-24:00", 23, 59));
    for word in [
        "8:00-18:00",
        "08:00",
        "08:00-08:00",
        "24:00-06:00",
        "08:60-09:00",
        "08:00-24:01",
    ] {
        assert_eq!(Hours::parse(word), Err(RuleError::Hours(word.into())));
    }
}
