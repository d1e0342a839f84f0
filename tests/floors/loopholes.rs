//! What the rules in `sources.rs` would pass over: code behind the tests of a file, block
//! comments, build scripts, and a standard library let in through the back door.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// Every folder that ends up in the module or the command, build scripts included.
const PRODUCT: [&str; 3] = ["crates", "pam-module", "enroll-cli"];

/// All files in Rust below the product's folders, the integration tests left out.
fn product() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = PRODUCT.map(|name| Path::new(ROOT).join(name)).into();
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).expect("the folder is there") {
            let path = entry.expect("readable").path();
            if path.is_dir() && !path.ends_with("tests") && !path.ends_with("target") {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("readable");
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 40, "only {} files", found.len());
    found
}

/// Whether a word stands in a line of code; `unsafe_code` does not contain the word `unsafe`.
fn has_word(line: &str, word: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|one| one == word)
}

#[test]
fn nothing_stands_behind_the_tests_of_a_file() {
    for (path, text) in product() {
        let Some((_, tests)) = text.split_once("#[cfg(test)]\nmod tests {\n") else {
            continue;
        };
        // rustfmt puts the closing brace of a module, and no other, at the margin.
        let (_, behind) = tests.split_once("\n}\n").expect("the module ends");
        assert_eq!(behind.trim(), "", "{}", path.display());
    }
}

#[test]
fn there_are_no_block_comments_to_hide_in() {
    for (path, text) in product() {
        let tests = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
        assert!(!text[..tests].contains("/*"), "{}", path.display());
    }
}

#[test]
fn no_build_script_has_unsafe_code() {
    let scripts: Vec<_> = product()
        .into_iter()
        .filter(|(path, _)| path.ends_with("build.rs"))
        .collect();
    assert!(!scripts.is_empty(), "the module has one");
    for (path, text) in scripts {
        let found = text.lines().find(|line| has_word(line, "unsafe"));
        assert_eq!(found, None, "{}", path.display());
    }
}

#[test]
fn the_ban_on_unsafe_code_is_lifted_for_six_modules_only() {
    let mut lifted = Vec::new();
    for (path, text) in product() {
        let path = path
            .strip_prefix(ROOT)
            .expect("inside")
            .display()
            .to_string();
        for attribute in ["allow(", "expect(", "warn("] {
            for rest in text.split(attribute).skip(1) {
                if rest
                    .split(')')
                    .next()
                    .unwrap_or_default()
                    .contains("unsafe_code")
                {
                    let module = rest.split("\nmod ").nth(1).unwrap_or_default();
                    let name = module.split([' ', ';']).next().unwrap_or_default();
                    lifted.push(format!("{path}: mod {name}"));
                }
            }
        }
    }
    lifted.sort();

    // `facts` is statx(2); `kernel_clock` is adjtimex(2) and `system_log`
    // syslog(3), in the command only, `hidraw` is ioctl(2) there, and `libpam` is what "otpctl
    // test" logs in by; `entry` is the macro of pamsm. pam-edge needs no permission.
    let expected = [
        "crates/otp-store/src/lib.rs: mod facts",
        "enroll-cli/src/main.rs: mod hidraw",
        "enroll-cli/src/main.rs: mod kernel_clock",
        "enroll-cli/src/main.rs: mod libpam",
        "enroll-cli/src/main.rs: mod system_log",
        "pam-module/src/lib.rs: mod entry",
    ];
    assert_eq!(lifted, expected);
}

#[test]
fn the_rules_have_the_standard_library_for_their_tests_only() {
    for (path, text) in product() {
        if !path.starts_with(Path::new(ROOT).join("crates/otp-core/src"))
            || path.ends_with("tests.rs")
        {
            continue;
        }
        let product = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        let product = product.replace("#[cfg(test)]\nextern crate std;", "");
        let found = product.lines().find(|line| has_word(line, "std"));
        assert_eq!(found, None, "{}", path.display());
    }
}
