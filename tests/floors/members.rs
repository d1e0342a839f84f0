//! Every package of this workspace stands on a floor, and uses lower ones only; in tests and
//! build scripts, too.

use cargo_metadata::{Metadata, MetadataCommand, Package};

/// The floor of a package. What lies under `tests/` looks in from outside and is on top.
fn floor(package: &Package, metadata: &Metadata) -> u32 {
    let folder = package.manifest_path.strip_prefix(&metadata.workspace_root);
    let folder = folder.expect("members lie in the workspace");
    if folder.starts_with("tests") {
        return 4;
    }
    match package.name.as_str() {
        "otp-core" => 1,
        "otp-store" | "pam-edge" | "secret-display" | "enrolment-sheet" | "pam-configuration"
        | "token-drivers" => 2,
        "pam-module" | "enroll-cli" | "pam-otp-verifier" => 3,
        other => panic!("on which floor is {other}? (ARCHITECTURE.md, \"The floors\")"),
    }
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_string()])
        .exec()
        .expect("cargo metadata works here")
}

#[test]
fn every_dependency_between_our_packages_points_downward() {
    let metadata = metadata();
    let members = metadata.workspace_packages();
    let mut seen = 0;
    for user in &members {
        for dependency in &user.dependencies {
            let used = members
                .iter()
                .find(|one| one.name.as_str() == dependency.name);
            let Some(used) = used else { continue };
            let (above, below) = (floor(user, &metadata), floor(used, &metadata));
            let (user, kind) = (&user.name, dependency.kind);
            assert!(above > below, "{user} uses {} ({kind:?})", used.name);
            seen += 1;
        }
    }
    assert!(seen >= 10, "only {seen} dependencies were looked at");
}

#[test]
fn neither_the_module_nor_the_command_knows_the_other() {
    let metadata = metadata();
    for (one, other) in [("pam-module", "enroll-cli"), ("enroll-cli", "pam-module")] {
        let package = metadata.packages.iter().find(|package| package.name == one);
        let package = package.expect("it is a member");
        // `pam-edge` is the module's way to C; the command has none.
        let not_in_the_command = ["pam-edge", "pamsm"]
            .into_iter()
            .filter(|_| one == "enroll-cli");
        // Paper is handed over by administrators; a login has none.
        let not_in_the_module = ["enrolment-sheet", "pam-configuration", "png"]
            .into_iter()
            .filter(|_| one == "pam-module");
        let unwanted = not_in_the_command.chain(not_in_the_module);
        for name in unwanted.chain([other]) {
            let found = package.dependencies.iter().find(|used| used.name == name);
            assert!(found.is_none(), "{one} uses {name}");
        }
    }
}

#[test]
fn nothing_of_ours_is_published() {
    let open = metadata()
        .packages
        .into_iter()
        .filter(|package| package.publish.is_none());
    let open: Vec<String> = open.map(|package| package.name.to_string()).collect();
    assert_eq!(open, [""; 0]);
}
