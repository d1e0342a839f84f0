//! `make dist`: one file with everything that building needs, the same whenever it is made.
//!
//! That it builds is proved by `make package-test`, which begins with the same archive.

use std::fs;
use std::path::Path;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn run(folder: &Path, commands: &str) -> String {
    let output = Command::new("bash")
        .args(["-euc", commands])
        .current_dir(folder)
        // The repository may be another user's, as under sudo.
        .envs([
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "safe.directory"),
            ("GIT_CONFIG_VALUE_0", "*"),
        ])
        .output()
        .expect("bash is there");
    assert!(output.status.success(), "{commands}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_archive_of_the_sources_is_whole_and_comes_out_the_same_twice() {
    if !Path::new(ROOT).join(".git").exists() {
        println!("this is no repository, but what was made from one");
        return;
    }
    let folder = std::env::temp_dir().join(format!("pam-otp-dist-{}", std::process::id()));
    fs::create_dir_all(folder.join("again")).expect("there is room");
    let make = |into: &Path| {
        let line = format!("make -s dist DIST={}", into.display());
        let said = run(Path::new(ROOT), &line);
        said.split_whitespace()
            .next()
            .expect("a checksum")
            .to_owned()
    };

    let first = make(&folder);
    let second = make(&folder.join("again"));

    assert_eq!(first, second);
    // One folder; cargo finds every package and Cargo.lock fits; what is run is executable.
    run(
        &folder,
        "tar -xzf pam-otp-*.tar.gz; cd pam-otp-*/
        cargo metadata --offline --locked --no-deps --format-version 1 > /dev/null
        cargo metadata --offline --locked --format-version 1 > /dev/null
        test -x tools/install; test -x tools/build-module; test -x debian/rules
        test -e LICENSE; test -e docs/man/pam_otp.8; ! test -e target",
    );
    let _ = fs::remove_dir_all(&folder);
}
