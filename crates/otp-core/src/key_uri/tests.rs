use super::*;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn parse(uri: &str) -> Result<KeyUri, KeyUriError> {
    KeyUri::parse(uri, false)
}

fn refusal(uri: &str) -> KeyUriError {
    parse(uri).err().expect(uri)
}

#[test]
fn the_short_form_leaves_out_what_equals_the_default() {
    let uri = alloc::format!("otpauth://totp/web1:alice?secret={SECRET}&issuer=web1");
    assert_eq!(*parse(&uri).ok().unwrap().expose_uri(), uri);

    let long = alloc::format!("{uri}&algorithm=SHA1&digits=6&period=30");
    assert_eq!(*parse(&long).ok().unwrap().expose_uri(), uri);
}

#[test]
fn what_differs_from_the_default_is_written_and_read() {
    for rest in [
        "totp/a?secret={}&algorithm=SHA256&digits=8&period=60",
        "totp/a?secret={}&algorithm=SHA512",
        "hotp/a?secret={}&counter=0",
        "hotp/i:a@b?secret={}&issuer=i&digits=7&counter=18446744073709551615",
    ] {
        let uri = alloc::format!("otpauth://{}", rest.replace("{}", SECRET));
        assert_eq!(*parse(&uri).expect(&uri).expose_uri(), uri);
    }
}

#[test]
fn names_in_any_language_come_back_whole() {
    let uri = KeyUri {
        issuer: Some("Zoë & Söhne".into()),
        account_name: "алиса 100%".into(),
        ..parse(&alloc::format!("otpauth://totp/a?secret={SECRET}"))
            .ok()
            .unwrap()
    };
    let text = uri.expose_uri();
    assert!(text.is_ascii());
    let again = parse(&text).ok().unwrap();
    assert_eq!(again.issuer, uri.issuer);
    assert_eq!(again.account_name, uri.account_name);
}

#[test]
fn what_other_programs_write_is_understood() {
    for uri in [
        "OTPAUTH://TOTP/a?secret={}",
        "otpauth://totp/Air%20Canada:%20a?secret={}&issuer=Air+Canada",
        "otpauth://totp/i%3Aa?secret={}&image=https%3A%2F%2Fexample.com%2Fx.png",
        "otpauth://totp/a?secret={}&counter=0",
        "otpauth://hotp/a?secret={}&counter=1&period=30",
        "otpauth://totp/a?issuer=i&secret=gezd%20gnbv%20gy3t%20qojq%20gezd%20gnbv%20gy3t%20qojq====",
    ] {
        let uri = uri.replace("{}", SECRET);
        let read = parse(&uri).expect(&uri);
        assert_eq!(read.account_name, "a");
        assert_eq!(read.secret.expose_bytes(), b"12345678901234567890");
    }
    let disagreeing = alloc::format!("otpauth://totp/A:a?secret={SECRET}&issuer=B");
    assert_eq!(
        parse(&disagreeing).ok().unwrap().issuer.as_deref(),
        Some("B")
    );
}

#[test]
fn what_would_have_to_be_guessed_is_refused_by_name() {
    let refused = |rest: &str| refusal(&rest.replace("{}", SECRET));
    assert_eq!(refused("http://totp/a?secret={}"), KeyUriError::Scheme);
    assert_eq!(refused("otpauth://yaotp/a?secret={}"), KeyUriError::Kind);
    assert_eq!(refused("otpauth://totp/?secret={}"), KeyUriError::Label);
    assert_eq!(
        refused("otpauth://totp/a:b:c?secret={}"),
        KeyUriError::Label
    );
    assert_eq!(refused("otpauth://totp/a"), KeyUriError::Missing("secret"));
    assert_eq!(
        refused("otpauth://totp/a?secret="),
        KeyUriError::Missing("secret")
    );
    assert_eq!(
        refused("otpauth://hotp/a?secret={}"),
        KeyUriError::Missing("counter")
    );
    assert_eq!(
        refused("otpauth://totp/a?secret={}&secret={}"),
        KeyUriError::Twice("secret")
    );
    assert_eq!(
        refused("otpauth://totp/a?secret={}&digits=6&digits=8"),
        KeyUriError::Twice("digits")
    );
    assert_eq!(
        refused("otpauth://totp/%ff?secret={}"),
        KeyUriError::Encoding("label")
    );
    for broken in ["totp/100%", "totp/a%2", "totp/a%zz", "totp/a%%41"] {
        let uri = alloc::format!("otpauth://{broken}?secret={SECRET}");
        assert_eq!(refusal(&uri), KeyUriError::Encoding("label"), "{broken}");
    }
    assert_eq!(
        refused("otpauth://totp/a?secret={}&issuer=50%"),
        KeyUriError::Encoding("issuer")
    );
    // Not used for this kind, but wrong.
    assert_eq!(
        refused("otpauth://totp/a?secret={}&counter=one"),
        KeyUriError::Number("counter")
    );
    assert!(matches!(
        refused("otpauth://hotp/a?secret={}&counter=1&period=0"),
        KeyUriError::Parameter(_)
    ));
    assert_eq!(
        refused("otpauth://totp/a?secret={}#x"),
        KeyUriError::Fragment
    );
    for (value, name) in [("digits=10", 10), ("digits=5", 5), ("digits=0", 0)] {
        let uri = alloc::format!("otpauth://totp/a?secret={SECRET}&{value}");
        let given = ParameterError::Digits { given: name };
        assert_eq!(refusal(&uri), KeyUriError::Parameter(given));
    }
    for value in ["period=0", "period=121"] {
        let uri = alloc::format!("otpauth://totp/a?secret={SECRET}&{value}");
        assert!(matches!(refusal(&uri), KeyUriError::Parameter(_)));
    }
    for value in [
        "period=+30",
        "period=-1",
        "period=99999999999999999999",
        "period=3e1",
    ] {
        let uri = alloc::format!("otpauth://totp/a?secret={SECRET}&{value}");
        assert_eq!(refusal(&uri), KeyUriError::Number("period"));
    }
    assert!(matches!(
        refused("otpauth://totp/a?secret={}&algorithm=MD5"),
        KeyUriError::Parameter(ParameterError::Algorithm)
    ));
}

#[test]
fn a_short_secret_needs_a_knowing_import() {
    let uri = "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ";
    let refused = KeyUriError::Secret(SecretError::TooShort { bits: 80 });
    assert_eq!(refusal(uri), refused);
    assert!(KeyUri::parse(uri, true).ok().unwrap().secret.is_short());
}

#[test]
fn no_error_repeats_the_secret() {
    for uri in [
        "otpauth://totp/a?secret=MYSECRET1MYSECRET",
        "otpauth://totp/a?secret=MYSECRET&secret=MYSECRET",
        "otpauth://totp/a?secret=MYSECRETMYSECRET&digits=MYSECRET",
        "otpauth://totp/a?secret=MYSECRET",
    ] {
        assert!(!refusal(uri).to_string().contains("MYSECRET"), "{uri}");
    }
}
