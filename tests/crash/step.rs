//! The system calls of a program, one by one, and what can be done to each.

/// A system call of a program that behaves the same each time.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Its name.
    pub(crate) call: String,
    /// The how manieth of that name it is, from 1.
    pub(crate) ordinal: usize,
    /// The line of the trace.
    pub(crate) line: String,
}

/// What is done to it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// The program is killed as it enters the call.
    Kill,
    /// The call fails with this error.
    Error(&'static str),
}

impl Step {
    /// `inject=` for strace.
    pub(crate) fn with(&self, fault: Fault) -> String {
        let Self { call, ordinal, .. } = self;
        match fault {
            Fault::Kill => format!("inject={call}:signal=KILL:when={ordinal}"),
            Fault::Error(error) => format!("inject={call}:error={error}:when={ordinal}"),
        }
    }

    /// Whether it writes to standard output or error.
    pub(crate) fn is_for_the_terminal(&self) -> bool {
        self.line.starts_with("write(1,") || self.line.starts_with("write(2,")
    }

    /// Whether it can change anything on disk, or in a reader's head.
    pub(crate) fn changes_something(&self) -> bool {
        const CHANGING: [&str; 9] = [
            "write",
            "pwrite64",
            "fsync",
            "fdatasync",
            "syncfs",
            "renameat",
            "unlinkat",
            "mkdirat",
            "fchmod",
        ];
        CHANGING.contains(&self.call.as_str()) || self.line.contains("O_CREAT")
    }
}

/// The system calls that a trace shows, in order.
pub(crate) fn steps_in(trace: &str) -> Vec<Step> {
    let mut found: Vec<Step> = Vec::new();
    for line in trace.lines() {
        // After the number of the process.
        let line = line
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start();
        let Some((call, _)) = line.split_once('(') else {
            continue;
        };
        let before = found.iter().filter(|step| step.call == call).count();
        found.push(Step {
            call: call.into(),
            ordinal: before + 1,
            line: line.split_whitespace().collect::<Vec<_>>().join(" "),
        });
    }
    assert!(!found.is_empty(), "nothing was traced: {trace}");
    found
}
