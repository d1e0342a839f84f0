//! Who may use whom, and what a login links.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use std::collections::{BTreeMap, BTreeSet};

fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let host = "--filter-platform=x86_64-unknown-linux-gnu".to_string();
    MetadataCommand::new()
        .manifest_path(manifest)
        .other_options(["--offline".to_string(), "--locked".to_string(), host])
        .exec()
        .expect("cargo metadata works here")
}

/// The direct, ordinary dependencies of each package, by name.
fn direct(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let names: BTreeMap<&PackageId, String> = metadata
        .packages
        .iter()
        .map(|p| (&p.id, p.name.to_string()))
        .collect();
    let resolve = metadata.resolve.as_ref().expect("metadata resolves");
    resolve
        .nodes
        .iter()
        .map(|node| {
            let ordinary = node.deps.iter().filter(|dependency| {
                dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind == DependencyKind::Normal)
            });
            let used = ordinary.map(|dependency| names[&dependency.pkg].clone());
            (names[&node.id].clone(), used.collect())
        })
        .collect()
}

fn everything_below(package: &str) -> BTreeSet<String> {
    let direct = direct(&metadata());
    let mut found = BTreeSet::new();
    let mut waiting = vec![package.to_string()];
    while let Some(next) = waiting.pop() {
        for used in &direct[&next] {
            if found.insert(used.clone()) {
                waiting.push(used.clone());
            }
        }
    }
    found
}

#[test]
fn no_floor_uses_a_floor_above_it() {
    let ours = [
        "otp-core",
        "otp-store",
        "pam-edge",
        "secret-display",
        "enrolment-sheet",
        "pam-configuration",
        "token-drivers",
        "pam-module",
        "enroll-cli",
    ];
    let may_use = BTreeMap::from([
        ("otp-core", vec![]),
        ("otp-store", vec!["otp-core"]),
        ("pam-edge", vec![]),
        ("secret-display", vec!["otp-core"]),
        ("enrolment-sheet", vec![]),
        ("pam-configuration", vec![]),
        ("token-drivers", vec!["otp-core"]),
        (
            "pam-module",
            vec!["otp-core", "otp-store", "pam-edge", "secret-display"],
        ),
        (
            "enroll-cli",
            vec![
                "otp-core",
                "otp-store",
                "secret-display",
                "enrolment-sheet",
                "pam-configuration",
                "token-drivers",
            ],
        ),
    ]);
    let direct = direct(&metadata());
    for (package, allowed) in may_use {
        let used = &direct[package];
        let used_of_ours = ours.iter().filter(|name| used.contains(**name)).copied();
        assert_eq!(used_of_ours.collect::<Vec<_>>(), allowed, "{package}");
    }
}

#[test]
fn what_a_login_links_is_what_architecture_gives_reasons_for() {
    let text = include_str!("../../ARCHITECTURE.md");
    let section = text
        .split("## What a login links")
        .nth(1)
        .expect("the section is there");
    let section = section.split("\n## ").next().expect("and has an end");
    let (reasons, never) = section
        .split_once("Not linked")
        .expect("and says what is not");
    assert!(never.contains("PC/SC"));
    // `name` or **name**, or a name inside a sentence: a word of its own in any case.
    let words: BTreeSet<&str> = reasons
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .collect();
    let ours = ["otp-core", "otp-store", "pam-edge", "secret-display"];
    let linked = everything_below("pam-module");
    let unexplained: Vec<_> = linked
        .iter()
        .filter(|name| !ours.contains(&name.as_str()) && !words.contains(name.as_str()))
        .collect();
    assert!(
        unexplained.is_empty(),
        "no reason in ARCHITECTURE.md for: {unexplained:?}"
    );
}

#[test]
fn nothing_that_does_not_belong_into_a_login_is_linked() {
    let linked = everything_below("pam-module");
    for unwanted in [
        "pcsc",
        "clap",
        "image",
        "png",
        "rxing",
        "rqrr",
        "roxmltree",
        "quick-xml",
        "tokio",
        "async-std",
        "smol",
        "futures",
        "rustls",
        "openssl",
        "native-tls",
        "ureq",
        "reqwest",
        "rand",
        "getrandom",
        "jiff",
        "chrono",
        "time",
        "tracing",
        "log",
        "syslog",
    ] {
        let similar = linked
            .iter()
            .find(|name| *name == unwanted || name.starts_with(&format!("{unwanted}-")));
        assert_eq!(similar, None);
    }
    assert!(
        linked.contains("totp-rs"),
        "the list above was looked for in the right place"
    );
}

#[test]
fn neither_module_nor_verifier_has_a_way_to_tokens_and_pictures() {
    for package in ["pam-module", "pam-otp-verifier"] {
        let linked = everything_below(package);
        for unwanted in [
            "token-drivers",
            "pcsc",
            "pcsc-sys",
            "image",
            "rqrr",
            "zune-jpeg",
            "png",
        ] {
            assert!(!linked.contains(unwanted), "{package} links {unwanted}");
        }
    }
    // Looked for in the right place: the command has them all.
    let command = everything_below("enroll-cli");
    for wanted in ["token-drivers", "pcsc", "pcsc-sys", "image", "rqrr"] {
        assert!(command.contains(wanted), "{wanted}");
    }
}
