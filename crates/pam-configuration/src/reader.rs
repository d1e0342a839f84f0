//! Reading files, one into another.

use crate::Control;
use crate::line::{lines, word};
use crate::service::{Kind, Phase, Problem, Rule, Unreadable};
use std::path::{Path, PathBuf};

/// The chains of one phase in substacks of this depth are refused by libpam.
const DEEPEST_SUBSTACK: usize = 16;
/// libpam would follow a circle of includes until it has no more files to open.
const DEEPEST_INCLUDE: usize = 64;

/// What is wrong with a file that includes itself.
const ENDLESS: &str = "it includes itself";

pub(crate) struct Reader<'a> {
    folders: &'a [&'a Path],
    pub(crate) rules: Vec<Rule>,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(folders: &'a [&'a Path]) -> Self {
        Self {
            folders,
            rules: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The file of this name, and what stands in it.
    pub(crate) fn open(&self, name: &str) -> Option<(PathBuf, String)> {
        let read = |path: PathBuf| {
            let bytes = std::fs::read(&path).ok()?;
            Some((path, String::from_utf8_lossy(&bytes).into_owned()))
        };
        if name.starts_with('/') {
            return read(name.into());
        }
        self.folders
            .iter()
            .find_map(|folder| read(folder.join(name)))
    }

    /// Reads a file; only lines of `wanted`, if that is said.
    pub(crate) fn file(
        &mut self,
        file: &Path,
        text: &str,
        wanted: Option<Phase>,
        level: usize,
        depth: usize,
    ) -> Result<(), Unreadable> {
        let problem = |line, what: &str| Problem {
            file: file.to_path_buf(),
            line,
            what: what.into(),
        };
        if depth > DEEPEST_INCLUDE {
            return Err(Unreadable(problem(0, ENDLESS)));
        }
        let lines = lines(text).map_err(|line| {
            Unreadable(problem(
                line,
                "the line is too long, or continued beyond the file",
            ))
        })?;
        for line in lines {
            let (first, rest) = match word(&line.text) {
                Some(found) => found,
                None => continue,
            };
            // The dash asks for silence where a module is missing, and changes nothing else.
            let name = first.strip_prefix('-').unwrap_or(&first);
            let phase = match name.to_ascii_lowercase().as_str() {
                "auth" => Some(Phase::Auth),
                "account" => Some(Phase::Account),
                "password" => Some(Phase::Password),
                "session" => Some(Phase::Session),
                "@include" => {
                    self.include_all(file, line.number, rest, wanted, level, depth)?;
                    continue;
                }
                _ => {
                    let what = format!("\"{name}\" is no phase; the line always refuses");
                    self.problems.push(problem(line.number, &what));
                    None
                }
            };
            // A line of no phase is one of the phase that is being read, or of the first.
            let must_fail = phase.is_none();
            let phase = phase.or(wanted).unwrap_or(Phase::Auth);
            if wanted.is_some_and(|wanted| wanted != phase) {
                continue;
            }
            let mut rule = Rule {
                phase,
                control: Control::all_bad(),
                kind: Kind::MustFail,
                level,
                file: file.to_path_buf(),
                line: line.number,
            };
            let Some((control, rest)) = word(rest) else {
                self.problems
                    .push(problem(line.number, "nothing follows the phase"));
                self.rules.push(rule);
                continue;
            };
            let is_bracketed = line.text.contains('[');
            match control.to_ascii_lowercase().as_str() {
                include @ ("include" | "substack") => {
                    let is_substack = include == "substack";
                    let target = word(rest).map(|(target, _)| target);
                    if is_substack {
                        rule.kind = Kind::Substack;
                        self.rules.push(rule.clone());
                    }
                    let inner = level.saturating_add(usize::from(is_substack));
                    let found = target.as_deref().and_then(|target| self.open(target));
                    let found = found.filter(|_| inner < DEEPEST_SUBSTACK);
                    // What is wrong in an included file makes this line refuse, not the whole.
                    let read = found.map(|(path, text)| {
                        self.file(&path, &text, Some(phase), inner, depth.saturating_add(1))
                    });
                    match read {
                        Some(Ok(())) => {}
                        // libpam opens files until it has no more, and dies of it.
                        Some(Err(endless)) if endless.0.what == ENDLESS => return Err(endless),
                        Some(Err(Unreadable(inside))) => {
                            self.problems.push(inside);
                            rule.kind = Kind::MustFail;
                            self.rules.push(rule);
                        }
                        None => {
                            let what = "it includes a file that is not there; the line refuses";
                            self.problems.push(problem(line.number, what));
                            rule.kind = Kind::MustFail;
                            self.rules.push(rule);
                        }
                    }
                    continue;
                }
                word => match Control::from_word(word) {
                    Some(control) => rule.control = control,
                    None => match Control::parse(&control) {
                        Ok(parsed) => rule.control = parsed,
                        Err(what) => {
                            let kind = if is_bracketed {
                                "brackets"
                            } else {
                                "control word"
                            };
                            let what = format!("the {kind} cannot be read ({what}): all is bad");
                            self.problems.push(problem(line.number, &what));
                        }
                    },
                },
            }
            match word(rest) {
                None => self
                    .problems
                    .push(problem(line.number, "no module is named")),
                Some((path, rest)) if !must_fail => {
                    rule.kind = Kind::Module {
                        path,
                        arguments: arguments(rest),
                    };
                }
                Some(_) => {}
            }
            self.rules.push(rule);
        }
        Ok(())
    }

    /// `@include`: all lines of a file, as if they stood here.
    fn include_all(
        &mut self,
        file: &Path,
        line: usize,
        rest: &str,
        wanted: Option<Phase>,
        level: usize,
        depth: usize,
    ) -> Result<(), Unreadable> {
        let target = word(rest).map(|(target, _)| target);
        let found = target.as_deref().and_then(|target| self.open(target));
        let read = match found {
            Some((path, text)) => self.file(&path, &text, wanted, level, depth.saturating_add(1)),
            None => Err(Unreadable(Problem {
                file: file.to_path_buf(),
                line,
                what: "it includes a file that is not there".into(),
            })),
        };
        match (read, wanted) {
            (Err(endless), _) if endless.0.what == ENDLESS => Err(endless),
            (Err(Unreadable(inside)), Some(phase)) => {
                self.problems.push(inside);
                self.rules.push(Rule {
                    phase,
                    control: Control::all_bad(),
                    kind: Kind::MustFail,
                    level,
                    file: file.to_path_buf(),
                    line,
                });
                Ok(())
            }
            // Of no phase, so libpam cannot keep it, and gives up the service.
            (read, None) => read,
            (Ok(()), Some(_)) => Ok(()),
        }
    }
}

fn arguments(mut rest: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    while let Some((argument, after)) = word(rest) {
        arguments.push(argument);
        rest = after;
    }
    arguments
}
