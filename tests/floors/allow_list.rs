//! What a login links, crate by crate. A new one is added here knowingly, with its reason in
//! ARCHITECTURE.md.
//!
//! `cargo tree` is asked, not `cargo metadata`: it knows which optional dependencies are
//! really compiled when the module is built alone.

use std::collections::BTreeSet;
use std::process::Command;

/// In the process of sshd, sudo and login.
const LINKED: &[&str] = &[
    "argon2",
    "base32",
    "base64ct",
    "bitflags",
    "blake2",
    "block-buffer",
    "cfg-if",
    "cmov",
    "constant_time_eq",
    "cpufeatures",
    "crypto-common",
    "ctutils",
    "data-encoding",
    "digest",
    "hmac",
    "hybrid-array",
    "libc",
    "memoffset",
    "nix",
    "pamsm",
    "percent-encoding",
    "qrcode",
    "serde_spanned",
    "sha1",
    "sha2",
    "toml",
    "toml_datetime",
    "toml_parser",
    "toml_writer",
    "totp-rs",
    "typenum",
    "winnow",
    "zeroize",
];

/// On the machine that builds: what derives code.
const AT_BUILD_TIME: &[&str] = &[
    "proc-macro2",
    "quote",
    "syn",
    "unicode-ident",
    "zeroize_derive",
];

/// Families that have no business in a login, whoever wants to add them above.
const NEVER: &[&str] = &[
    "async",
    "chrono",
    "clap",
    "futures",
    "getrandom",
    "image",
    "jiff",
    "log",
    "native-tls",
    "openssl",
    "pcsc",
    "quick-xml",
    "rand",
    "reqwest",
    "ring",
    "roxmltree",
    "rqrr",
    "rustls",
    "rxing",
    "serde_json",
    "smol",
    "time",
    "tokio",
    "tracing",
    "ureq",
    "zbus",
];

/// The packages below `pam-module`, ours left out, along these edges.
fn below_the_module(edges: &str) -> BTreeSet<String> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "--offline", "--locked", "--manifest-path", manifest])
        .args([
            "--package",
            "pam-module",
            "--edges",
            edges,
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}"])
        .output()
        .expect("cargo is installed");
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complained}");
    let text = String::from_utf8(output.stdout).expect("cargo prints text");
    let ours = [
        "otp-core",
        "otp-store",
        "pam-edge",
        "pam-module",
        "secret-display",
    ];
    let names = text.lines().filter_map(|line| line.split(' ').next());
    let names = names.filter(|name| !name.is_empty() && !ours.contains(name));
    names.map(String::from).collect()
}

fn names(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|name| (*name).into()).collect()
}

#[test]
fn a_login_links_exactly_the_crates_on_this_list() {
    assert_eq!(below_the_module("normal,no-proc-macro"), names(LINKED));
}

#[test]
fn what_runs_at_build_time_is_exactly_this() {
    let all = below_the_module("normal");
    let linked = names(LINKED);

    let rest: BTreeSet<String> = all.difference(&linked).cloned().collect();
    assert_eq!(rest, names(AT_BUILD_TIME));
}

#[test]
fn architecture_gives_a_reason_for_every_crate_on_the_list() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ARCHITECTURE.md");
    let text = std::fs::read_to_string(path).expect("ARCHITECTURE.md is there");
    let section = text.split("\n## What a login links\n").nth(1);
    let section = section.expect("ARCHITECTURE.md has a section \"What a login links\"");
    let section = section.split("\n## ").next().unwrap_or_default();
    for name in LINKED.iter().chain(AT_BUILD_TIME) {
        let named =
            section.contains(&format!("`{name}`")) || section.contains(&format!("**{name}**"));
        assert!(
            named,
            "no word about {name} in ARCHITECTURE.md, \"What a login links\""
        );
    }
}

#[test]
fn nobody_can_allow_what_has_no_business_in_a_login() {
    for name in LINKED.iter().chain(AT_BUILD_TIME) {
        let family = |one: &&&str| {
            let rest = name.strip_prefix(**one);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
        };
        assert_eq!(NEVER.iter().find(family), None, "{name}");
    }
}
