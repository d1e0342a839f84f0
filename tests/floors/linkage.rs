//! What `module_file.rs` leaves open: where the loader looks, and what it may write to.

use pam_otp_tests::built;
use std::process::Command;

fn readelf(option: &str) -> String {
    let output = Command::new("readelf")
        .args([option, "--wide"])
        .arg(built("libpam_otp.so"))
        .env("LC_ALL", "C")
        .output()
        .expect("readelf is installed");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("readelf prints text")
}

#[test]
fn libraries_are_looked_for_where_the_machine_keeps_them() {
    let dynamic = readelf("--dynamic");
    assert!(dynamic.contains("(NEEDED)"), "{dynamic}");
    // A folder of the machine that built it could belong to anybody on the one that runs it.
    for tag in ["(RPATH)", "(RUNPATH)", "(AUXILIARY)", "(FILTER)"] {
        assert!(!dynamic.contains(tag), "{dynamic}");
    }
}

#[test]
fn no_part_of_it_is_both_written_and_executed() {
    assert!(!readelf("--dynamic").contains("TEXTREL"));
    let segments = readelf("--program-headers");
    let loaded: Vec<&str> = segments
        .lines()
        .filter(|line| line.trim().starts_with("LOAD"))
        .collect();
    assert!(loaded.len() > 2, "{segments}");
    for line in loaded {
        // The flags stand between the sizes and the alignment: `R E`, `RW `.
        let flags = line.rsplit_once("0x").expect("an alignment").0;
        let flags = &flags[flags.len() - 5..];
        assert!(!(flags.contains('W') && flags.contains('E')), "{line}");
    }
}

#[test]
fn it_is_known_to_the_loader_by_the_name_it_is_installed_under() {
    let dynamic = readelf("--dynamic");
    let soname = dynamic.lines().find(|line| line.contains("(SONAME)"));
    let soname = soname.expect("it has a name");
    assert!(soname.ends_with("[pam_otp.so]"), "{soname}");
}

/// As long as the package makes an rlib, `cargo build` leaves link-time optimization away for
/// the module as well, and says nothing.
#[test]
fn what_is_shown_measured_and_installed_is_optimized_as_a_whole() {
    let text = |name: &str| {
        let path = format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let lines = |text: &str, word: &str| {
        let lines = text.lines().filter(|line| line.contains(word));
        lines.map(str::trim).map(String::from).collect::<Vec<_>>()
    };
    let builder = lines(&text("tools/build-module"), "exec cargo");
    assert_eq!(
        builder,
        [
            "exec cargo rustc --release --package pam-module --lib --crate-type cdylib \
          --features without-backtraces \"$@\""
        ]
    );
    let [makefile, demo] = [text("Makefile"), text("tools/demo")];
    assert_eq!(
        lines(&makefile, "tools/build-module").len(),
        2,
        "build, bench"
    );
    assert_eq!(lines(&demo, "tools/build-module").len(), 1);
    for other in [makefile, demo] {
        let released = lines(&other, "cargo build");
        let released = released.iter().filter(|line| line.contains("--release"));
        for line in released {
            assert!(!line.contains("pam-module"), "{line}");
        }
    }
}
