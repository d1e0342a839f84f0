//! What we say libpam will do, libpam then does.

mod corpus;
mod machine;
mod random_stacks;
mod sshd;
mod test_command;
mod written_stacks;

use pam_configuration::{Kind, Phase, ReturnCode, Service, walk};
use std::path::Path;

/// What a service is predicted to answer, where pam_debug says what it returns.
fn predicted(service: &str) -> String {
    let Ok(service) = Service::read(&[Path::new("/etc/pam.d")], service) else {
        return "PAM_ABORT".into();
    };
    let rules = service.rules(Phase::Auth);
    if rules.is_empty() {
        return "PAM_PERM_DENIED".into();
    }
    let walk = walk(&rules, |_, rule| match &rule.kind {
        Kind::Module { path, arguments } => match path.as_str() {
            "pam_debug.so" => named(arguments.first().map_or("", String::as_str)),
            "pam_permit.so" => ReturnCode::SUCCESS,
            "pam_deny.so" => ReturnCode::AUTH_ERR,
            _ => ReturnCode::MODULE_UNKNOWN,
        },
        Kind::Substack | Kind::MustFail => unreachable!("no module is called there"),
    });
    walk.answer.to_string()
}

/// What `auth=NAME` makes pam_debug return.
fn named(argument: &str) -> ReturnCode {
    let name = argument.strip_prefix("auth=").unwrap_or("success");
    let mut codes = (0..).map_while(ReturnCode::from_number);
    codes
        .find(|code| code.name() == name)
        .expect("a known name")
}
