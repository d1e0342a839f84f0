//! The QR code itself: which modules are dark, and its outline in SVG.

use crate::markup::Markup;
use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

/// The margin around the code, in modules (ISO/IEC 18004 s.6.3.8).
pub(crate) const QUIET_ZONE: usize = 4;

/// How many bytes a run of dark modules takes in an outline at most: `M120 120h120v1h-120z`.
const LONGEST_RUN: usize = 24;

/// A computed QR code.
pub(crate) struct Code {
    width: usize,
    dark: Zeroizing<Vec<bool>>,
}

impl Code {
    /// The code of `text`; `None` if it is too long for any.
    ///
    /// Paper is folded and stained, so a seventh of it may be damaged (level M) where that
    /// fits.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let code = [EcLevel::M, EcLevel::L]
            .into_iter()
            .find_map(|level| QrCode::with_error_correction_level(text.as_bytes(), level).ok())?;
        let width = code.width();
        let modules = code.into_colors();
        let mut dark = Zeroizing::new(Vec::with_capacity(modules.len()));
        dark.extend(modules.iter().map(|module| *module == Color::Dark));
        Some(Self { width, dark })
    }

    /// Modules along a side, without the quiet zone.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Modules along a side, with the quiet zone.
    pub(crate) fn full_width(&self) -> usize {
        self.width.saturating_add(QUIET_ZONE.saturating_mul(2))
    }

    /// Rows of modules from the top, without the quiet zone.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.width.max(1))
    }

    /// How many bytes [`Self::outline`] takes at most.
    pub(crate) fn room(&self) -> usize {
        // In the worst case every second module begins a run.
        self.dark.len().saturating_mul(LONGEST_RUN).div_ceil(2)
    }

    /// Writes one path, a unit for a module: each run of dark modules is a rectangle in it.
    pub(crate) fn outline(&self, into: &mut Markup) {
        into.raw("<path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"");
        for (line, row) in self.rows().enumerate() {
            let mut column = 0_usize;
            for run in row.chunk_by(|one, next| one == next) {
                if run.first() == Some(&true) {
                    into.raw(&format!(
                        "M{column} {line}h{length}v1h-{length}z",
                        length = run.len()
                    ));
                }
                column = column.saturating_add(run.len());
            }
        }
        into.raw("\"/>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_has_as_much_ink_as_the_code() {
        let code = Code::of("otpauth://totp/web1:alice?secret=GEZDGNBVGY3TQOJQ").unwrap();
        let mut markup = Markup::with_room(code.room() + 100);
        code.outline(&mut markup);
        let outline = markup.finish();
        assert!(outline.len() <= code.room() + 100);
        // A run: `M0 0h7v1h-7z`.
        let runs = outline.split('M').skip(1);
        let ink: usize = runs
            .map(|run| run.split(['h', 'v']).nth(1).unwrap())
            .map(|length| length.parse::<usize>().unwrap())
            .sum();
        assert_eq!(ink, code.dark.iter().filter(|dark| **dark).count());
    }

    #[test]
    fn a_text_too_long_for_any_code_has_none() {
        assert!(Code::of(&"x".repeat(2900)).is_some());
        assert!(Code::of(&"x".repeat(3000)).is_none());
    }
}
