//! The guide for administrators: every command in it is run here, in its order, as root of a
//! private machine; the files it shows are written to where it says.
//!
//! What stands in the guide, and how it is taken:
//!
//! | Block | Taken as |
//! |---|---|
//! | `console` | each line that begins with `# ` is run, and must succeed |
//! | `console interactive` | the same, at a real terminal |
//! | `console hardware` | run by `tests/token/guide.rs`, with a token in software |
//! | `console package` | run by `debian/tests`; otpctl is not asked |
//! | `toml file=PATH`, `text file=PATH` | the file is written |
//! | `toml append=PATH` | the file gets more lines |
//! | `pam into=PATH after=LINE`, `end` | the lines are put behind that line, or at the end |
//! | `<!-- exits: any -->` before a block | the commands may report findings |
//! | `<!-- typed: WORDS -->` before a block | what is typed, see `typed` |

use crate::scene::{add_person, furnish};
use pam_otp_tests::{Device, Machine, Pty, built, device_of, put, sandboxed};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

const GUIDE: &str = include_str!("../../docs/guide.md");

/// One fenced block, and the remarks in front of it.
struct Block {
    words: String,
    lines: Vec<String>,
    typed: Option<String>,
    may_fail: bool,
    line_number: usize,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let (mut typed, mut may_fail) = (None, false);
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let remark = |key| {
            let rest = line.strip_prefix("<!-- ")?.strip_prefix(key)?;
            rest.strip_suffix(" -->").map(str::to_owned)
        };
        if let Some(words) = remark("typed: ") {
            typed = Some(words);
        } else if remark("exits: any").is_some() {
            may_fail = true;
        } else if let Some(words) = line.strip_prefix("```") {
            let inside = lines.by_ref().take_while(|(_, line)| *line != "```");
            found.push(Block {
                words: words.into(),
                lines: inside.map(|(_, line)| line.to_owned()).collect(),
                typed: typed.take(),
                may_fail: std::mem::take(&mut may_fail),
                line_number: number + 1,
            });
        }
    }
    found
}

/// bob's phone, once he has one.
struct Phone(Option<Device>);

impl Phone {
    /// What the words of a remark stand for, line by line.
    fn typed(&mut self, words: &str) -> String {
        let phone = self.0.as_mut().expect("bob is enrolled by now");
        match words {
            "a code of bob" => {
                let code = phone.next_code();
                // Verifying uses no code up, and neither does a login against a copy.
                phone.give_back();
                format!("{code}\n")
            }
            "the password and the code of bob" => {
                format!("builder\n{}", self.typed("a code of bob"))
            }
            "two codes of bob in a row" => {
                format!("{}\n{}\n", phone.next_code(), phone.next_code())
            }
            other => panic!("nobody knows what \"{other}\" is"),
        }
    }
}

/// What the machine of the guide has besides alice and bob: the module where libpam looks,
/// otpctl in the path, a group, sshd's keys, the units.
fn furnish_for_the_guide() -> Option<Machine> {
    let machine = furnish()?;
    // As Debian ships it.
    machine.stack(
        "common-auth",
        "auth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\n\
         auth required pam_permit.so\n",
    );
    // /usr is the real machine's, read-only: a copy of this folder, with the module, in front.
    shell(&format!(
        "set -e
        folder=$(dirname \"$(readlink -f /usr/lib/*/security/pam_unix.so)\")
        mkdir /srv/security && cp $folder/*.so /srv/security/
        cp {} /srv/security/pam_otp.so
        mount --bind /srv/security $folder
        mkdir -p /etc/systemd/system /run/sshd /etc/ssh
        cp {}/../config/systemd/* /etc/systemd/system/
        useradd --system --no-create-home sshd
        ssh-keygen -A
        : > /etc/ssh/sshd_config",
        built("libpam_otp.so").display(),
        env!("CARGO_MANIFEST_DIR"),
    ));
    add_person(&machine, "carol", "carol's");
    add_person(&machine, "dave", "dave's");
    shell("groupadd staff && usermod -aG staff carol && usermod -aG staff dave");
    Some(machine)
}

fn shell(commands: &str) {
    let output = Command::new("bash").args(["-c", commands]).output();
    let output = output.expect("bash can be started");
    assert!(output.status.success(), "{commands}\n{output:?}");
}

/// A command as root types it at a prompt: the built otpctl first, and no systemd at work,
/// which enabling a unit does not need.
fn typed_by_root(line: &str) -> Command {
    let otpctl = built("otpctl");
    let folder = otpctl.parent().expect("it lies in a folder");
    let mut command = Command::new("bash");
    command.args(["-c", line]).env("SYSTEMD_OFFLINE", "1").env(
        "PATH",
        format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", folder.display()),
    );
    command
}

fn run(line: &str, typed: &str, may_fail: bool, place: usize) {
    let mut child = typed_by_root(line)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash can be started");
    let mut input = child.stdin.take().expect("it was piped");
    let _ = input.write_all(typed.as_bytes());
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    println!("guide.md:{place}: # {line}\n{said}{complained}");
    // 1 is "refused", or "findings"; everything above means that the guide is wrong.
    let most = i32::from(may_fail);
    let status = output.status.code().expect("it ended by itself");
    assert!(
        status <= most,
        "guide.md:{place}: # {line}\n{said}{complained}"
    );
}

/// `otpctl enroll USER` at a terminal, with the phone that scans what is shown.
fn enrol_at_a_terminal(line: &str) -> Device {
    let mut terminal = Pty::start(typed_by_root(line));
    let screen = terminal.expect("Secret: ");
    let secret = terminal.expect("\n");
    let secret = secret.rsplit("Secret: ").next().unwrap_or(&screen);
    let secret: String = secret
        .lines()
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let mut phone = device_of(&format!("otpauth://totp/bob?secret={secret}"));
    terminal.send(&phone.next_code());
    let ended = terminal.ends();
    assert!(ended.status.success(), "{}", ended.screen);
    phone
}

/// Where a block belongs, by the words behind its language.
fn place<'a>(words: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = words.split_once(key)?;
    rest.split_whitespace().next()
}

/// Bounds wide enough for a busy machine, which the reader of the guide does not need.
const PATIENT: &str = "\n[window]\npast_steps = 5\nfuture_steps = 5\n";

fn take(block: &Block, phone: &mut Phone) {
    let text = block.lines.join("\n") + "\n";
    let language = block.words.split_whitespace().next().unwrap_or_default();
    if let Some(path) = place(&block.words, "file=") {
        let patient = if path.ends_with("otp.toml") {
            PATIENT
        } else {
            ""
        };
        fs::create_dir_all("/etc/pam-otp").expect("/etc is writable");
        return put(path, format!("{text}{patient}").as_bytes(), 0o644);
    }
    if let Some(path) = place(&block.words, "append=") {
        let before = fs::read_to_string(path).expect("the file is there");
        return put(path, format!("{before}\n{text}").as_bytes(), 0o644);
    }
    if let Some(path) = place(&block.words, "into=") {
        let before = fs::read_to_string(path).expect("the stack is there");
        let after = match block.words.split_once("after=") {
            None => format!("{before}{text}"),
            Some((_, line)) => {
                assert_eq!(before.matches(line).count(), 1, "{path}: {line}\n{before}");
                before.replace(line, &format!("{line}\n{text}"))
            }
        };
        return put(path, after.as_bytes(), 0o644);
    }
    assert_eq!(
        language, "console",
        "guide.md:{}: nobody takes this",
        block.line_number
    );
    for (line, place) in block.lines.iter().zip(block.line_number + 1..) {
        let command = line.strip_prefix("# ").expect("commands of root only");
        if block.words.ends_with(" hardware") || block.words.ends_with(" package") {
            // `tests/token/guide.rs` and `make package-test` do these.
        } else if block.words.ends_with(" interactive") {
            phone.0 = Some(enrol_at_a_terminal(command));
        } else {
            let typed = block.typed.as_deref().map(|words| phone.typed(words));
            run(command, &typed.unwrap_or_default(), block.may_fail, place);
        }
    }
}

sandboxed! {
    fn every_command_of_the_guide_for_administrators_works_in_its_order() {
        let Some(_machine) = furnish_for_the_guide() else {
            return;
        };
        let mut phone = Phone(None);
        let blocks = blocks(GUIDE);
        assert!(blocks.len() > 20, "{}", blocks.len());
        for block in &blocks {
            take(block, &mut phone);
        }
    }
}

/// Each of them stands in a test of the installed package, in these words.
#[test]
fn what_the_guide_leaves_to_the_package_is_done_by_its_tests() {
    let done = [
        include_str!("../../debian/tests/lifecycle"),
        include_str!("../../debian/tests/login"),
        include_str!("../../tools/package-test"),
    ]
    .concat();
    let blocks = blocks(GUIDE);
    let left = blocks.iter().filter(|one| one.words == "console package");
    let left: Vec<&str> = left
        .flat_map(|one| &one.lines)
        .map(|line| line.strip_prefix("# ").expect("commands of root only"))
        .collect();
    assert!(!left.is_empty());
    for command in left {
        // apt with the folder and the options of the test.
        let words = match command {
            "apt install ./libpam-otp_*.deb ./otpctl_*.deb" => "apt-get install --yes",
            command => command,
        };
        assert!(done.contains(words), "{command}");
    }
}
