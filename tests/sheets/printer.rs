//! A printer and a camera: pages as PDF, as pictures, and what a scanner reads in them.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// The first font of the page's list that this machine has.
pub(crate) const AS_ASKED: &str = "as asked";

/// Runs a program; returns what it prints.
fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("{program} (make test installs it): {error}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {complaint}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A folder for one test, removed with it.
pub(crate) struct Desk {
    folder: PathBuf,
    keeps: bool,
}

impl Desk {
    /// `name` is what the files are called.
    pub(crate) fn new(name: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let kept = std::env::var_os("SHEETS_KEPT_IN").map(PathBuf::from);
        let keeps = kept.is_some();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let unique = format!("pam-otp-sheets-{}-{number}", std::process::id());
        let parent = kept.unwrap_or_else(|| std::env::temp_dir().join(unique));
        let folder = parent.join(name);
        fs::create_dir_all(&folder).expect("the temporary folder is writable");
        Self { folder, keeps }
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Prints a page of HTML on `paper`, `A4` or `letter`, in `font`, which may be "as asked".
    pub(crate) fn print(&self, html: &str, paper: &str, font: &str) -> Pdf {
        let page = self.path("page.html");
        let style = self.path(&format!("{paper}-{font}.css"));
        let pdf = self.path(&format!("{paper}-{font}.pdf"));
        fs::write(&page, html).expect("it has room");
        let mut rules = format!("@page {{ size: {paper}; }}");
        if font != AS_ASKED {
            write!(rules, "html {{ font-family: '{font}' !important; }}").expect("it has room");
        }
        fs::write(&style, rules).expect("it has room");
        run(
            "weasyprint",
            &["--quiet", "--stylesheet", &style, &page, &pdf],
        );
        Pdf(pdf)
    }

    /// Prints an SVG.
    pub(crate) fn print_svg(&self, svg: &str) -> Pdf {
        let page = self.path("page.svg");
        let pdf = self.path("svg.pdf");
        fs::write(&page, svg).expect("it has room");
        run("rsvg-convert", &["--format=pdf", "--output", &pdf, &page]);
        Pdf(pdf)
    }

    /// What a scanner reads in a PNG file.
    pub(crate) fn scan_png(&self, png: &[u8]) -> String {
        let path = self.path("code.png");
        fs::write(&path, png).expect("it has room");
        scan(&path)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if !self.keeps {
            let parent = self.folder.parent().unwrap_or(Path::new("."));
            let _ = fs::remove_dir_all(parent);
        }
    }
}

fn scan(picture: &str) -> String {
    let read = run("zbarimg", &["--quiet", "--raw", picture]);
    read.trim().to_string()
}

/// A printed document.
pub(crate) struct Pdf(String);

impl Pdf {
    pub(crate) fn pages(&self) -> u32 {
        let facts = run("pdfinfo", &[&self.0]);
        let pages = facts.lines().find_map(|line| line.strip_prefix("Pages:"));
        pages
            .and_then(|pages| pages.trim().parse().ok())
            .expect("pdfinfo counts pages")
    }

    /// All words, as they can be selected and copied.
    pub(crate) fn text(&self) -> String {
        run("pdftotext", &["-layout", &self.0, "-"])
    }

    /// What a scanner reads, at the resolution of a telephone's camera.
    pub(crate) fn scan(&self) -> String {
        let picture = self.0.trim_end_matches(".pdf");
        run(
            "pdftoppm",
            &[
                "-r",
                "200",
                "-gray",
                "-png",
                "-singlefile",
                &self.0,
                picture,
            ],
        );
        scan(&format!("{picture}.png"))
    }

    /// The outermost places of words, in points: left, top, right, bottom; and the page's
    /// width and height.
    pub(crate) fn extent(&self) -> ([f64; 4], [f64; 2]) {
        let boxes = run("pdftotext", &["-bbox", &self.0, "-"]);
        let value = |line: &str, name: &str| -> f64 {
            let after = line
                .split_once(&format!("{name}=\""))
                .expect("it is there")
                .1;
            let number = after.split('"').next().expect("it ends");
            number.parse().expect("it is a number")
        };
        let page = boxes
            .lines()
            .find(|line| line.contains("<page "))
            .expect("a page");
        let size = [value(page, "width"), value(page, "height")];
        let mut extent = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for line in boxes.lines().filter(|line| line.contains("<word ")) {
            extent[0] = extent[0].min(value(line, "xMin"));
            extent[1] = extent[1].min(value(line, "yMin"));
            extent[2] = extent[2].max(value(line, "xMax"));
            extent[3] = extent[3].max(value(line, "yMax"));
        }
        (extent, size)
    }
}
