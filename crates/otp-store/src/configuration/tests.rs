use super::*;
use otp_core::ThrottlePolicy;

fn parse(text: &str) -> Result<Configuration, String> {
    Configuration::parse(text, Path::new("otp.toml")).map_err(|error| error.to_string())
}

#[test]
fn an_empty_policy_is_the_defaults() {
    assert_eq!(parse("").unwrap(), Configuration::default());
}

#[test]
fn every_key_of_the_shipped_policy_is_known_and_states_the_default() {
    let shipped = include_str!("../../../../config/otp.toml");
    assert_eq!(parse(shipped).unwrap(), Configuration::default());
    // Its keys are commented out; with the marks removed they must parse as well.
    let awake: String = shipped
        .lines()
        .map(|line| line.strip_prefix("#: ").unwrap_or(line))
        .fold(String::new(), |text, line| text + line + "\n");
    assert_ne!(awake, shipped);
    let configuration = parse(&awake).unwrap();
    let mut expected = Configuration::default();
    // The four keys whose default is "depends" or "none" show an example instead.
    expected.enrolment.secret_bytes = Some(20);
    expected.enrolment.issuer = Some("web1".into());
    expected.policy.pending.grace_logins = Some(20);
    expected.administration.notify = Some("/usr/local/sbin/tell-user".into());
    assert_eq!(configuration, expected);
}

#[test]
fn every_key_that_is_understood_stands_in_the_shipped_policy() {
    let shipped = include_str!("../../../../config/otp.toml");
    let lines: Vec<&str> = shipped
        .lines()
        .map(|line| line.strip_prefix("#: ").or(line.strip_prefix("#= ")))
        .zip(shipped.lines())
        .map(|(awake, line)| awake.unwrap_or(line))
        .collect();
    let stands = |key: &str| {
        let [value, table] = [format!("{key} ="), format!("[{key}]")];
        let [inner, list] = [format!("[{key}."), format!("[[{key}]]")];
        let forms = [&value, &table, &inner, &list];
        let is_key = |line: &&&str| forms.iter().any(|form| line.starts_with(form.as_str()));
        lines.iter().any(|line| is_key(&line))
    };
    let mut seen = 0;
    for table in [
        "",
        "[login]\n",
        "[service.sudo]\n",
        "[[rule]]\n",
        "[window]\n",
        "[throttle]\n",
        "[pending]\n",
        "[enrolment]\n",
        "[administration]\n",
    ] {
        // The refusal of an unknown key names all that are known.
        let error = parse(&format!("{table}unheard_of = 1\n")).unwrap_err();
        let text = error.to_string();
        let (_, known) = text.split_once("expected ").expect(&text);
        for key in known.split('`').skip(1).step_by(2) {
            assert!(stands(key), "{table}{key}");
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} keys");
}

#[test]
fn every_example_of_the_shipped_policy_is_understood() {
    let shipped = include_str!("../../../../config/otp.toml");
    let examples: String = shipped
        .lines()
        .filter_map(|line| line.strip_prefix("#= "))
        .fold(String::new(), |text, line| text + line + "\n");
    let configuration = parse(&examples).unwrap();
    assert_eq!(configuration.settings_for("sudo").tries, 3);
    assert_eq!(
        configuration.settings_for("sshd"),
        &LoginSettings::default()
    );
    let names: Vec<&str> = configuration
        .rules
        .iter()
        .map(|rule| rule.name.as_str())
        .collect();
    assert_eq!(names, ["backup", "nobody at night"]);
}

#[test]
fn a_service_keeps_what_it_does_not_say_otherwise() {
    let text = "[login]\ntries = 2\npassword = \"verify\"\n[service.sudo]\npassword = \"stack\"\n";
    let configuration = parse(text).unwrap();
    let sudo = configuration.settings_for("sudo");
    assert_eq!((sudo.tries, sudo.password), (2, PasswordMode::Stack));
    let other = configuration.settings_for("login");
    assert_eq!((other.tries, other.password), (2, PasswordMode::Verify));
}

#[test]
fn an_unknown_key_is_refused_with_its_line() {
    let refused = parse("[login]\nunenroled = \"deny\"\n").unwrap_err();
    assert!(
        refused.starts_with("otp.toml, line 2, column 1: "),
        "{refused}"
    );
    assert!(refused.contains("unenroled"), "{refused}");
}

#[test]
fn impossible_values_are_refused_by_name_and_place() {
    for (text, expected) in [
        (
            "store = \"var/lib\"",
            "store must be an absolute path without",
        ),
        (
            "store = \"/var/lib/../x\"",
            "store must be an absolute path without",
        ),
        ("[login]\npassword = \"maybe\"", "line 2"),
        (
            "[login]\nfailure_delay_milliseconds = 60001",
            "between 0 and 60000",
        ),
        (
            "[window]\npast_steps = 11",
            "window.past_steps must be between 0 and 10",
        ),
        ("[window]\npast_steps = -1", "line 2"),
        (
            "[throttle]\ndisable_after_failures = 101",
            "between 5 and 100",
        ),
        (
            "[pending]\ngrace_days = 0",
            "pending.grace_days must be between 1 and 365",
        ),
        ("[enrolment]\ndigits = 5", "digits must be 6, 7 or 8, not 5"),
        ("[enrolment]\nsecret_bytes = 10", "between 16 and 64"),
        ("[enrolment]\nissuer = \"a:b\"", "without a colon"),
        ("[login]\ntries = 0", "login.tries must be between 1 and 5"),
        (
            "[service.sudo]\ntries = 6",
            "service.sudo.tries must be between 1 and 5",
        ),
        (
            "[login]\ncode_prompt = \"\"",
            "login.code_prompt must be 1 to 200 bytes",
        ),
        (
            "[login]\ncode_prompt = \"a\\nb\"",
            "login.code_prompt must be",
        ),
        (
            "[login]\npassword = \"combined\"\necho = true",
            "echo must be false",
        ),
        ("[service.sudo]\nretries = 1", "line 2"),
        ("[[rule]]\nname = \"a\"", "action"),
        ("[[rule]]\nname = \"a\"\naction = \"allow\"", "line 3"),
        (
            "[[rule]]\nname = \"a\"\naction = \"deny\"\nusers = []",
            "users must not be empty",
        ),
        (
            "[[rule]]\nname = \"a\"\naction = \"deny\"\nfrom = [\"x.example\"]",
            "rule number 1: from: \"x.example\"",
        ),
        (
            "[[rule]]\nname = \"a\"\naction = \"deny\"\nutc_hours = [\"9-5\"]",
            "utc_hours: \"9-5\"",
        ),
        (
            "[[rule]]\nname = \"a\"\naction = \"deny\"\nfrom = \"local\"",
            "line 4",
        ),
        (
            "[[rule]]\nname = \"a\"\naction = \"deny\"\n[[rule]]\nname = \"a\"\naction = \"deny\"",
            "two rules are called \"a\"",
        ),
        ("[enrolment]\nalgorithm = \"MD5\"", "SHA1, SHA256 or SHA512"),
    ] {
        let refused = parse(text).unwrap_err();
        assert!(refused.contains(expected), "{text}: {refused}");
        // Whatever it is, somebody at 3 in the morning finds it.
        assert!(refused.starts_with("otp.toml, line "), "{text}: {refused}");
    }
}

#[test]
fn an_impossible_value_is_refused_with_its_line_and_column() {
    let rule = "[[rule]]\nname = \"a\"\naction = \"deny\"\n";
    let rules = |count: usize| -> String {
        let rule = |number| format!("[[rule]]\nname = \"{number}\"\naction = \"deny\"\n");
        (0..count).map(rule).collect()
    };
    for (text, place) in [
        ("\n\nstore = \"lib\"".to_string(), (3, 9)),
        ("[login]\n# ä\n  tries = 0 # none".into(), (3, 11)),
        ("[login]\nremember = \"8\"".into(), (2, 12)),
        ("login.failure_delay_milliseconds = 60001".into(), (1, 36)),
        (
            "[login]\necho = true\npassword = \"combined\"".into(),
            (2, 8),
        ),
        (
            "[login]\n[service.sudo]\ncode_prompt = \"\"".into(),
            (3, 15),
        ),
        ("[service.\"a.b\"]\ntries = 9".into(), (2, 9)),
        ("service.sudo = { tries = 9 }".into(), (1, 26)),
        (
            "[window]\npast_steps = 1\nlook_ahead_counters = 101".into(),
            (3, 23),
        ),
        // What does not go together is found at what was left to the default: its table.
        (
            "[login]\n[throttle]\nfree_failures = 99\ndisable_after_failures = 99".into(),
            (4, 26),
        ),
        ("[login]\n\n[window]\npast_steps = 0".into(), (3, 1)),
        ("[enrolment]\nalgorithm = \"MD5\"".into(), (2, 13)),
        ("[enrolment]\ntime_step_seconds = 0".into(), (2, 21)),
        ("[administration]\nnotify = \"x\"".into(), (2, 10)),
        (format!("{rule}users = [\"\"]"), (4, 9)),
        (format!("{rule}from = [\"local\", \"x.example\"]"), (4, 18)),
        (
            format!("{rule}utc_hours = [\n  \"22:00-06:00\",\n  \"9-5\",\n]"),
            (6, 3),
        ),
        (format!("{rule}{rule}"), (5, 8)),
        ("[[rule]]\nname = \"\"\naction = \"deny\"".into(), (2, 8)),
        (rules(101), (301, 1)),
    ] {
        let error = Configuration::parse(&text, Path::new("otp.toml")).unwrap_err();
        let ConfigurationError::Value {
            line, column, what, ..
        } = error
        else {
            panic!("{text}: {error}");
        };
        assert_eq!((line, column), place, "{text}: {what}");
    }
}

#[test]
fn somebody_s_rules_by_name_can_be_overruled_one_by_one() {
    let throttle = |text: &str| parse(text).unwrap().policy.throttle;
    assert_eq!(
        throttle("[throttle]\npreset = \"nist\"\n"),
        ThrottlePolicy::default()
    );
    assert_eq!(
        throttle("[throttle]\npreset = \"pci\"\n"),
        ThrottlePolicy::pci()
    );
    let stricter = throttle("[throttle]\npreset = \"pci\"\nfree_failures = 3\n");
    assert_eq!(stricter.free_failures, 3);
    assert_eq!(stricter.first_wait_seconds, 1800);
    assert!(parse("[throttle]\npreset = \"iso\"\n").is_err());
}

#[test]
fn a_span_of_time_has_a_unit() {
    let remembered = |word: &str| {
        let text = format!("[login]\nremember = \"{word}\"\n");
        parse(&text).map(|configuration| configuration.login.remember_seconds)
    };
    for (word, seconds) in [
        ("never", 0),
        ("1m", 60),
        ("90m", 5400),
        ("8h", 28_800),
        ("30d", 2_592_000),
    ] {
        assert_eq!(remembered(word), Ok(seconds), "{word}");
    }
    for wrong in [
        "",
        "8",
        "h",
        "0h",
        "31d",
        "8 h",
        "+8h",
        "8.5h",
        "8H",
        "8ħ",
        "99999999d",
    ] {
        let refused = remembered(wrong).unwrap_err();
        assert!(refused.contains("login.remember must be"), "{refused}");
    }
}

#[test]
fn an_administrator_can_keep_secrets_away_from_logins() {
    let display = |text: &str| parse(text).unwrap().display;
    assert_eq!(display(""), SecretDisplay::Session);
    assert_eq!(
        display("[pending]\ndisplay = \"prompt\"\n"),
        SecretDisplay::Prompt
    );
    let both = "[pending]\nenrolment = \"admin\"\ndisplay = \"prompt\"\n";
    assert_eq!(display(both), SecretDisplay::Never);
    assert!(parse("[pending]\ndisplay = \"never\"\n").is_err());
}
