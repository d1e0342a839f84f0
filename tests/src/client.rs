//! One login, through the real libpam, in a process of its own.

use crate::built;
use serde_json::Value;
use std::process::{Child, Command, Stdio};

/// A login to be tried. Runs `login-client`, which is nothing but a PAM application.
#[derive(Clone)]
pub struct Login {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    wrapper: Vec<String>,
}

/// What the application saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginResult {
    /// The name of the code of `pam_authenticate`.
    pub code: String,
    /// The name of the code of `pam_setcred`.
    pub setcred: String,
    /// The name of the code of `pam_acct_mgmt`, if that was wanted.
    pub account: Option<String>,
    /// The name of the code of `pam_open_session`, if a session was wanted.
    pub session: Option<String>,
    /// The prompts, in order, each with its style in front: `off:Password: `.
    pub prompts: Vec<String>,
    /// What reached the application's standard output and error besides: must be nothing.
    pub noise: String,
}

impl Login {
    /// A login of `user` through the stack of `service`.
    pub fn new(service: &str, user: &str) -> Self {
        let arguments = ["--service", service, "--user", user].map(String::from);
        Self {
            arguments: arguments.into(),
            environment: Vec::new(),
            wrapper: Vec::new(),
        }
    }

    /// The answers to the prompts, in order; afterwards the conversation fails.
    pub fn answers(mut self, answers: &[&str]) -> Self {
        for answer in answers {
            self.arguments.extend(["--answer".into(), (*answer).into()]);
        }
        self
    }

    /// Another argument of `login-client`.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|word| (*word).into()));
        self
    }

    /// Lets the process see a clock that stands still at a time, seconds since 1970.
    pub fn at(mut self, unix_seconds: u64) -> Self {
        let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
            .map(|folder| format!("{folder}/faketime/libfaketime.so.1"))
            .into_iter()
            .find(|path| std::path::Path::new(path).exists())
            .expect("libfaketime is installed");
        self.environment.push(("LD_PRELOAD".into(), library));
        self.environment
            .push(("FAKETIME".into(), unix_seconds.to_string()));
        self.environment.push(("FAKETIME_FMT".into(), "%s".into()));
        self
    }

    /// Runs the application as another user (`has_other_users` tells whether there is one).
    pub fn as_user(mut self, uid: u32) -> Self {
        let (uid, gid) = (format!("--reuid={uid}"), format!("--regid={uid}"));
        self.wrapper = ["setpriv", &uid, &gid, "--clear-groups"]
            .map(String::from)
            .into();
        self
    }

    /// Runs the application under a limit on the size of files, in bytes.
    pub fn with_file_size_limit(mut self, bytes: u64) -> Self {
        self.wrapper = vec!["prlimit".into(), format!("--fsize={bytes}")];
        self
    }

    /// Runs the application through another program, which is given with its arguments.
    pub fn started_by(mut self, words: &[&str]) -> Self {
        self.wrapper = words.iter().map(|word| (*word).into()).collect();
        self
    }

    /// The code of `pam_authenticate`, or `None` if the application did not survive.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn outcome(&self) -> Option<String> {
        let output = self.start().0.wait_with_output().expect("the client ends");
        let said = String::from_utf8_lossy(&output.stdout);
        let report: Value = serde_json::from_str(said.trim_end().lines().last()?).ok()?;
        report["authenticate"].as_str().map(String::from)
    }

    /// Starts the login without waiting for it.
    ///
    /// # Panics
    ///
    /// If the client cannot be started.
    pub fn start(&self) -> Running {
        let client = built("login-client").display().to_string();
        let mut words = self.wrapper.iter().cloned().chain([client]);
        let child = Command::new(words.next().expect("there is the client at least"))
            .args(words)
            .args(&self.arguments)
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("login-client can be started");
        Running(child)
    }

    /// Runs the login to its end.
    pub fn run(&self) -> LoginResult {
        self.start().finish()
    }
}

/// A login at work.
pub struct Running(pub Child);

impl Running {
    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// If the application did not survive.
    pub fn finish(self) -> LoginResult {
        let output = self.0.wait_with_output().expect("the client ends");
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "the application died: {}\n{said}\n{complained}",
            output.status
        );
        // Its last line is the report; everything else is noise.
        let (noise, report) = match said.trim_end().rsplit_once('\n') {
            Some((noise, report)) => (noise, report),
            None => ("", said.trim_end()),
        };
        let report: Value = serde_json::from_str(report).expect("a report in JSON");
        let text = |name: &str| report[name].as_str().unwrap_or_default().to_string();
        let prompts = report["prompts"].as_array().expect("a list");
        // A guest leaves nothing behind, and nothing for programs that its host starts meanwhile.
        let leaks = report["leaks"].as_array().expect("a list");
        assert!(leaks.is_empty(), "descriptors: {leaks:?}");
        LoginResult {
            code: text("authenticate"),
            setcred: text("setcred"),
            account: report["account"].as_str().map(String::from),
            session: report["session"].as_str().map(String::from),
            prompts: prompts
                .iter()
                .filter_map(|p| p.as_str().map(String::from))
                .collect(),
            noise: format!("{noise}{complained}"),
        }
    }
}
