//! The manual page says what the code can say: every word of the log, every field, every
//! option, and no others.

use pam_otp::Arguments;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).expect("it is there")
}

/// The part of a text between two others.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).expect(start).1;
    rest.split_once(end).expect(end).0
}

/// What stands in quotation marks on lines that are no comment.
fn literals(code: &str) -> Vec<&str> {
    let lines = code.lines().filter(|line| !line.trim().starts_with("//"));
    lines
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .collect()
}

fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(String::from).collect()
}

fn is_word(text: &&str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c == '-';
    !text.is_empty() && text.chars().all(allowed)
}

/// The names of the fields that `report.rs` writes; those with an underscore may be chosen
/// before the field is made.
fn fields() -> BTreeSet<String> {
    let report = read("pam-module/src/report.rs");
    // rustfmt may have put the name on the next line.
    let made = report.split("Field::new(").skip(1);
    let made = made.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
    let chosen = literals(&report).into_iter().filter(|text| {
        let allowed = |c: char| c.is_ascii_lowercase() || c == '_';
        text.contains('_') && text.chars().all(allowed)
    });
    set(made.chain(chosen))
}

/// Every word that can stand behind `outcome=`.
fn outcomes() -> BTreeSet<String> {
    let report = read("pam-module/src/report.rs");
    let verifier = read("crates/otp-store/src/verifier/client.rs");
    let verifier = between(&verifier, "pub fn word(", "pub fn remedy(");
    let (_, described) = report.split_once("fn described(").expect("described");
    let store = read("crates/otp-store/src/error.rs");
    let word = between(&store, "pub fn word(", "pub fn remedy(");
    let fields = fields();
    let core = read("crates/otp-core/src/decision.rs");
    let (_, decided) = core.split_once("pub fn word(").expect("word");
    let found = [
        literals(described),
        literals(word),
        literals(verifier),
        literals(decided),
    ]
    .concat();
    let found = found.into_iter().filter(is_word);
    let mut words = set(found.filter(|text| !fields.contains(*text)));
    // Lines that are no attempts, and words where no literal stands for itself.
    for path in [
        "crates/pam-edge/src/guard.rs",
        "pam-module/src/lib.rs",
        "pam-module/src/show_secret.rs",
        "pam-module/src/welcome.rs",
    ] {
        for rest in read(path).split("outcome=").skip(1) {
            let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-');
            words.extend(end.map(|end| rest[..end].to_string()));
        }
    }
    words
}

/// The words that are explained in a section of the manual page.
fn explained(section: &str) -> Vec<String> {
    let page = read("docs/man/pam_otp.8");
    let start = format!("\n.SH {section}\n");
    let text = format!("\n{}", between(&page, &start, "\n.SH "));
    let entries = text.split("\n.TP\n").skip(1);
    let heads = entries.filter_map(|entry| entry.lines().next());
    let words = heads.filter_map(|head| head.split(' ').nth(1));
    words.map(|word| word.replace("\\-", "-")).collect()
}

#[test]
fn the_manual_page_explains_every_outcome_once_and_no_other() {
    let said = outcomes();
    for word in [
        "no-match",
        "accepted",
        "exempt",
        "store-io",
        "panic",
        "secret-offered",
    ] {
        assert!(
            said.contains(word),
            "{word} is not found in the code: {said:?}"
        );
    }
    let explained = explained("OUTCOME WORDS");
    let once: BTreeSet<String> = explained.iter().cloned().collect();
    assert_eq!(once.len(), explained.len(), "twice: {explained:?}");
    assert_eq!(once, said);
}

#[test]
fn the_manual_page_names_every_field_of_the_log_and_no_other() {
    let page = read("docs/man/pam_otp.8");
    let log = between(&page, "\n.SH LOG\n", "\n.SH ");
    let entries = log.lines().filter(|line| line.contains("PAM_OTP_"));
    let words: Vec<&str> = entries
        .flat_map(|line| line.split([' ', '"', '(', ')', ',']))
        .filter(|word| !word.is_empty() && !word.starts_with('.'))
        .collect();
    let (journal, plain): (Vec<&str>, Vec<&str>) = words
        .into_iter()
        .partition(|word| word.starts_with("PAM_OTP_"));
    assert_eq!(set(plain), fields());
    let upper = fields()
        .into_iter()
        .map(|name| format!("PAM_OTP_{}", name.to_uppercase()));
    assert_eq!(set(journal), upper.collect());
}

#[test]
fn the_manual_page_explains_every_option() {
    // The answer to a word that is not known lists those that are.
    let error = Arguments::parse(&["?".into()]).expect_err("not known");
    let error = error.to_string();
    let known = between(&error, "(known: ", "; each once)").split(", ");
    let modes: Vec<String> = explained("PASSWORD MODES")
        .into_iter()
        .map(|mode| format!("password={mode}"))
        .collect();
    let options = explained("OPTIONS");
    assert_eq!(options, ["password=", "config=", "debug"]);
    let said = modes
        .into_iter()
        .chain(["config=/PATH".into(), "debug".into()]);
    assert_eq!(said.collect::<BTreeSet<_>>(), set(known));
}

#[test]
fn the_filter_for_fail2ban_has_every_word_of_a_refusal() {
    let filter = read("config/fail2ban/filter.d/pam-otp.conf");
    let counted = between(&filter, "\n_outcome = ", "\n").split('|');
    let core = read("crates/otp-core/src/decision.rs");
    let (_, refusal) = core.split_once("impl Reason {").expect("refusals");
    let words = literals(refusal).into_iter().chain(["denied"]);
    assert_eq!(set(counted), set(words));
}

/// What `otpctl generate` prints.
fn generated(what: &str) -> String {
    let otpctl = pam_otp_tests::built("otpctl");
    let output = Command::new(otpctl).args(["generate", what]).output();
    let output = output.expect("otpctl can be started");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_pages_made_from_help_and_policy_are_the_shipped_ones() {
    for page in ["otpctl.8", "otp.toml.5"] {
        assert!(
            read(&format!("docs/man/{page}")) == generated(page),
            "make it anew: otpctl generate {page} > docs/man/{page}"
        );
    }
}

#[test]
fn the_policys_page_names_every_key() {
    let policy = read("config/otp.toml");
    let page = generated("otp.toml.5").replace("\\-", "-");
    let keys = policy.lines().filter_map(|line| line.strip_prefix("#: "));
    let mut seen = 0;
    for key in keys {
        assert!(page.contains(key), "{key}");
        seen += 1;
    }
    assert!(seen > 20, "only {seen} keys");
}

#[test]
fn completions_know_every_command() {
    let help = generated("otpctl.8");
    let commands = help
        .lines()
        .filter_map(|line| line.strip_prefix(".SS otpctl "));
    let commands: BTreeSet<&str> = commands.filter_map(|line| line.split(' ').next()).collect();
    assert!(commands.len() > 20, "{commands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let script = generated(shell);
        for command in &commands {
            assert!(script.contains(command), "{shell} does not know {command}");
        }
    }
}

/// What a shell answers that has loaded its completions and is asked this.
fn asked_of(shell: &str, options: &[&str], question: &str) -> String {
    let folder = std::env::temp_dir().join(format!("pam-otp-{shell}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("writable");
    let file = folder.join("completions");
    std::fs::write(&file, generated(shell)).expect("writable");
    let question = question.replace("FILE", &file.display().to_string());
    let output = Command::new(shell)
        .args(options)
        .args(["-c", &question])
        .env("HOME", &folder)
        .output()
        .unwrap_or_else(|error| panic!("{shell} is installed: {error}"));
    std::fs::remove_dir_all(&folder).expect("ours");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.is_empty(),
        "{shell}: {said}"
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn bash_completes_commands_and_flags() {
    let complete = "source FILE; complete -p otpctl; for words in 'otpctl reco' 'otpctl gc --dir'; do \
                    COMP_WORDS=($words); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); \
                    _otpctl otpctl \"${COMP_WORDS[COMP_CWORD]}\" otpctl; echo \"${COMPREPLY[@]}\"; done";
    let said = asked_of("bash", &["--norc"], complete);
    assert!(said.starts_with("complete "), "{said}");
    assert!(
        said.ends_with("\nrecovery\n--directory-answers\n"),
        "{said}"
    );
}

#[test]
fn zsh_knows_how_to_complete_otpctl() {
    let load = "autoload -Uz compinit; compinit -u -D; source FILE; print $_comps[otpctl]; \
                print $+functions[_otpctl__recovery_commands] $+functions[_otpctl__subcmd__recovery_commands]";
    let said = asked_of("zsh", &["-f"], load);
    assert!(
        said.starts_with("_otpctl\n") && said.contains('1'),
        "{said}"
    );
}

#[test]
fn fish_completes_commands_and_flags() {
    let complete = "source FILE; complete -C 'otpctl reco'; complete -C 'otpctl gc --dir'";
    let said = asked_of("fish", &["--no-config"], complete);
    let first: Vec<&str> = said
        .lines()
        .filter_map(|line| line.split('\t').next())
        .collect();
    assert_eq!(first, ["recovery", "--directory-answers"], "{said}");
}

#[test]
fn the_manual_pages_are_well_formed() {
    let output = Command::new("mandoc")
        .args(["-T", "lint", "-W", "style"])
        .args(
            ["pam_otp.8", "otpctl.8", "otp.toml.5", "pam-otp-verifier.8"]
                .map(|page| Path::new(ROOT).join("docs/man").join(page)),
        )
        .output()
        .expect("mandoc is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

/// A text as it is read: without the marks of layout, blanks in one.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn readme_and_manual_show_the_very_lines_that_the_tests_log_in_with() {
    let page = Path::new(ROOT).join("docs/man/pam_otp.8");
    let rendered = Command::new("mandoc")
        .args(["-Tascii", "-Owidth=100"])
        .arg(page)
        .output()
        .expect("mandoc is installed; run: make test");
    // Bold and underlined letters are overstruck on a terminal.
    let rendered = String::from_utf8_lossy(&rendered.stdout).into_owned();
    let mut letters: Vec<char> = Vec::new();
    for letter in rendered.chars() {
        match letter {
            '\u{8}' => drop(letters.pop()),
            letter => letters.push(letter),
        }
    }
    let manual = plain(&letters.into_iter().collect::<String>());
    let readme = plain(&read("README.md"));
    let folder = Path::new(ROOT).join("config/pam.d");
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it can be listed").path();
        let text = fs::read_to_string(&path).expect("readable");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let stack = plain(&lines.collect::<Vec<_>>().join("\n"));
        assert!(!stack.is_empty());
        assert!(manual.contains(&stack), "{} in the manual", path.display());
        assert!(readme.contains(&stack), "{} in README", path.display());
    }
}
