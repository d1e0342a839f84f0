//! Manual pages, made from what `--help` is made from, and from the shipped policy.

use crate::arguments::Arguments;
use clap::{Arg, Command, CommandFactory};
use std::fmt::Write;

/// The policy with every key, its unit and its default.
const POLICY: &str = include_str!("../../config/otp.toml");
/// Longer lines of text are folded (bytes).
const WIDEST_LINE: usize = 78;
const VERSION: &str = concat!("pam\\-otp ", env!("CARGO_PKG_VERSION"));

/// otpctl(8)
pub(crate) fn of_the_command() -> String {
    let mut command = Arguments::command();
    command.build();
    let mut page = head("OTPCTL", 8);
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    page += &format!(
        ".SH NAME\notpctl \\- {}\n.SH SYNOPSIS\n.B otpctl\n[\\fIoptions\\fR] \\fIcommand\\fR \
         [\\fIarguments\\fR]\n.SH DESCRIPTION\n.B otpctl\n",
        escaped(about.trim_end_matches('.')).to_lowercase()
    );
    page += "manages the accounts that\n.BR pam_otp (8)\nchecks codes against. It runs as root.\n\
             Results go to standard output, questions and errors to standard error.\n\
             A secret is never taken from an argument or the environment.\n\
             What shows something prints JSON with\n.BR \\-\\-json ;\n\
             its\n.B version\nchanges when a field changes its meaning or goes away; fields may be added.\n";
    page += ".SH OPTIONS\nBefore or after the command:\n";
    for argument in command.get_arguments().filter(|one| !one.is_hide_set()) {
        page += &entry(argument);
    }
    page += ".SH COMMANDS\n";
    for sub in command.get_subcommands() {
        page += &section(sub, "otpctl");
    }
    page += ".SH EXIT STATUS\n.TP\n0\nDone.\n.TP\n1\nRefused: understood, and not done; nothing has \
             changed unless the message says so.\n.TP\n2\nUsage: the arguments, or what came on \
             standard input, cannot be understood.\n.TP\n3\nStore: a file is missing, damaged, or not \
             permitted.\n.TP\n4\nDevice: no reader, no token, or the token did not do it.\n";
    page += ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nIf it is set and not empty, no colours are used.\n.TP\n\
             .B SUDO_USER\nKept in the history of each change.\n";
    page += ".SH FILES\n.TP\n.I /etc/pam\\-otp/otp.toml\nThe policy, see\n.BR otp.toml (5).\n.TP\n\
             .I /var/lib/pam\\-otp\nAccounts, state, the history of changes, and notes on tokens.\n";
    page += ".SH SEE ALSO\n.BR pam_otp (8),\n.BR otp.toml (5),\n.BR pam\\-otp\\-verifier (8)\n";
    wrapped(&page)
}

fn head(name: &str, section: u8) -> String {
    format!(
        ".\\\" Made by \"otpctl generate\"; do not edit.\n.TH {name} {section} 2026-11-23 \"{VERSION}\" \
         \"System Administration\"\n"
    )
}

fn section(command: &Command, above: &str) -> String {
    let name = format!("{above} {}", command.get_name());
    if command.is_hide_set() || command.get_name() == "help" {
        return String::new();
    }
    let subs: Vec<&Command> = command.get_subcommands().collect();
    if !subs.is_empty() {
        return subs.iter().map(|sub| section(sub, &name)).collect();
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage
        .trim_start_matches("Usage: ")
        .replace(['\n', '\r'], " ");
    let usage = usage.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut text = format!(".SS {}\n", escaped(&usage));
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    text += &format!("{}.\n", escaped(about.trim_end_matches('.')));
    let own = |argument: &&Arg| {
        !argument.is_hide_set()
            && !argument.is_global_set()
            && !matches!(argument.get_id().as_str(), "help" | "version")
    };
    for argument in command.get_arguments().filter(own) {
        text += &entry(argument);
    }
    text
}

fn entry(argument: &Arg) -> String {
    let mut name = String::new();
    match (argument.get_short(), argument.get_long()) {
        (short, Some(long)) => {
            if let Some(short) = short {
                let _ = write!(name, "\\fB\\-{short}\\fR, ");
            }
            let _ = write!(name, "\\fB\\-\\-{}\\fR", escaped(long));
            if argument.get_action().takes_values() {
                let values = argument.get_value_names().unwrap_or_default();
                let value = values.first().map_or("VALUE", |value| value.as_str());
                let _ = write!(name, " \\fI{}\\fR", escaped(value));
            }
        }
        (_, None) => {
            let value = argument.get_id().as_str().to_uppercase();
            let _ = write!(name, "\\fI{}\\fR", escaped(&value));
        }
    }
    let help = argument
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let default = argument
        .get_default_values()
        .first()
        .filter(|_| argument.get_action().takes_values());
    let default = default.map_or(String::new(), |value| {
        format!(" [default: {}]", value.to_string_lossy())
    });
    format!(
        ".TP\n{name}\n{}{}.\n",
        escaped(help.trim_end_matches('.')),
        escaped(&default)
    )
}

/// otp.toml(5): the shipped policy, its remarks as sentences and its keys as headings.
pub(crate) fn of_the_policy() -> String {
    let mut page = head("OTP.TOML", 5);
    page += ".SH NAME\notp.toml \\- the policy of pam_otp and otpctl\n.SH DESCRIPTION\n\
             .I /etc/pam\\-otp/otp.toml\nis TOML, belongs to root, and may be absent; then everything is at its default.\n\
             A key that is not known, or a value out of its range, refuses every login and names the line.\n\
             .PP\nBelow, each key stands with its default or an example, after what it means.\n";
    let mut remarks: Vec<&str> = Vec::new();
    let mut in_example = false;
    for line in POLICY.lines() {
        let is_example = line.starts_with("#=") || (in_example && line == "#");
        if in_example && !is_example {
            page += ".EE\n";
        }
        if is_example && !in_example {
            page += &paragraph(&mut remarks);
            page += ".PP\n.EX\n";
        }
        in_example = is_example;
        if let Some(example) = line.strip_prefix("#=") {
            let _ = writeln!(page, "{}", escaped(example.trim_start_matches(' ')));
        } else if is_example {
            page.push_str("\\&\n");
        } else if let Some(key) = line.strip_prefix("#: ") {
            let _ = writeln!(page, ".TP\n\\fB{}\\fR", escaped(key));
            page += &body(&mut remarks);
        } else if let Some(table) = line.strip_prefix('[') {
            page += &paragraph(&mut remarks);
            let _ = writeln!(page, ".SH [{}", escaped(table));
        } else if let Some(remark) = line.strip_prefix('#') {
            remarks.push(remark.strip_prefix(' ').unwrap_or(remark));
        } else {
            page += &paragraph(&mut remarks);
        }
    }
    if in_example {
        page += ".EE\n";
    }
    page += &paragraph(&mut remarks);
    page += ".SH SEE ALSO\n.BR pam_otp (8),\n.BR otpctl (8),\n.BR pam\\-otp\\-verifier (8)\n";
    wrapped(&page)
}

/// The remarks so far, as a paragraph of their own.
fn paragraph(remarks: &mut Vec<&str>) -> String {
    match remarks.is_empty() {
        true => String::new(),
        false => format!(".PP\n{}", body(remarks)),
    }
}

/// The remarks so far; lists, which are indented, keep their lines.
fn body(remarks: &mut Vec<&str>) -> String {
    let mut text = String::new();
    for remark in remarks.drain(..) {
        if remark.trim().is_empty() {
            text.push_str(".sp\n");
        } else if remark.starts_with("  ") && !remark.starts_with("      ") {
            let _ = writeln!(text, ".br\n{}", escaped(remark.trim()));
        } else {
            let _ = writeln!(text, "{}", escaped(remark.trim()));
        }
    }
    match text.is_empty() {
        true => "See above.\n".into(),
        false => text,
    }
}

/// Long lines of text in several; examples and requests as they are.
fn wrapped(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    let mut in_example = false;
    for line in page.lines() {
        match line {
            ".EX" => in_example = true,
            ".EE" => in_example = false,
            _ => {}
        }
        if in_example || line.starts_with('.') || line.len() <= WIDEST_LINE {
            text += line;
            text.push('\n');
            continue;
        }
        let mut width = 0_usize;
        for word in line.split(' ') {
            let after = width.saturating_add(word.len()).saturating_add(1);
            // A word at the beginning of a line must not look like a request.
            let may_begin = !word.starts_with(['.', '\'']) && !word.is_empty();
            if width > 0 && after > WIDEST_LINE && may_begin {
                text.push('\n');
                width = 0;
            } else if width > 0 {
                text.push(' ');
            }
            text += word;
            width = width.saturating_add(word.len()).saturating_add(1);
        }
        text.push('\n');
    }
    text
}

/// Text that roff prints as it is.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    match text.starts_with(['.', '\'']) {
        true => format!("\\&{text}"),
        false => text,
    }
}
