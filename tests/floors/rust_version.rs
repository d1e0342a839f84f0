//! Which Rust this needs: one number, the same in every place that says it.
//!
//! That the sources keep to it is for `clippy::incompatible_msrv` (what the standard library
//! offers) and for `cargo +1.89 check --workspace --all-targets` (what the language offers).

use cargo_metadata::MetadataCommand;
use std::fs;

fn text(name: &str) -> String {
    let path = format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn readme_and_tools_name_the_rust_that_cargo_demands() {
    let manifest = text("Cargo.toml");
    let line = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "));
    let version = line.expect("Cargo.toml says it").trim_matches('"');
    for name in ["README.md", "tools/needs"] {
        let text = text(name);
        let said: Vec<&str> = text
            .split("Rust ")
            .skip(1)
            .filter_map(|rest| rest.split_once(" or newer"))
            .map(|(version, _)| version)
            .collect();
        assert_eq!(said, [version], "{name}");
    }
    let contributing = text("CONTRIBUTING.md");
    assert!(contributing.contains(&format!("cargo +{version} check")));
}

#[test]
fn no_crate_wants_a_newer_rust_than_we_say() {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .other_options(
            [
                "--offline",
                "--locked",
                "--filter-platform=x86_64-unknown-linux-gnu",
            ]
            .map(String::from),
        )
        .exec()
        .expect("cargo metadata works here");
    let ours = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == "otp-core")
        .and_then(|package| package.rust_version.clone())
        .expect("otp-core says it");
    let mut seen = 0;
    for package in &metadata.packages {
        let Some(wanted) = &package.rust_version else {
            continue;
        };
        seen += 1;
        assert!(*wanted <= ours, "{} wants Rust {wanted}", package.name);
    }
    assert!(seen > 20, "only {seen} crates say what they want");
}
