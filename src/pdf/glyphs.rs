//! The characters of a page, one pass over PDFium's text page.
#![allow(unsafe_code)] // every character is asked for through C calls

use std::collections::HashMap;
use std::f32::consts::FRAC_PI_2;
use std::ffi::{c_char, c_int};

use pdfium_render::prelude::{FPDF_FONT, FPDF_PAGEOBJECT, FS_MATRIX, FS_RECTF};

use super::library::Library;
use super::page::{Frame, OpenText, PageLimits, PageReadError};
use crate::layout::{Direction, Glyph, PageContent, Rect, Style};

/// Angles within this many radians (3 degrees) of an axis count as along it.
const AXIS_TOLERANCE: f32 = 0.052;
/// Bits of a font descriptor's flags (ISO 32000-1, table 123).
const FLAG_FIXED_PITCH: c_int = 1;
const FLAG_ITALIC: c_int = 1 << 6;
const FLAG_FORCE_BOLD: c_int = 1 << 18;
/// Text rendering mode 3 draws nothing (ISO 32000-1, table 106).
const RENDER_MODE_INVISIBLE: c_int = 3;
/// Invisible text is kept where pictures cover this share of the page: then it is the text of a scan.
const SCAN_COVERAGE: f32 = 0.6;

/// What all characters of one text object share.
#[derive(Clone, Copy)]
struct Run {
    object: FPDF_PAGEOBJECT,
    style: Style,
    size: f32,
    direction: Direction,
    visible: bool,
}

/// Adds the page's characters to `content`, whose pictures must already be known.
pub(super) fn read(
    library: &Library,
    text: &OpenText<'_>,
    frame: &Frame,
    limits: &PageLimits,
    content: &mut PageContent,
) -> Result<(), PageReadError> {
    // SAFETY: the text page is open.
    let count = unsafe { library.calls.FPDFText_CountChars(text.handle) }.max(0);
    if count as usize > limits.max_characters {
        return Err(PageReadError::TooComplex { characters: count as usize });
    }
    let mut reader =
        GlyphReader { library, text, frame, fonts: HashMap::new(), run: None, scan: is_scan(content) };
    let mut after_space = false;
    content.glyphs.reserve(count as usize);
    for index in 0..count {
        match reader.character(index) {
            Some(character) if !character.is_whitespace() => {
                if let Some(glyph) = reader.glyph(index, character, after_space)
                    && glyph.ink.left < content.width
                    && glyph.ink.right > 0.0
                    && glyph.ink.top < content.height
                    && glyph.ink.bottom > 0.0
                {
                    content.glyphs.push(glyph);
                    after_space = false;
                }
            }
            Some(_) => after_space = true,
            None => {}
        }
    }
    Ok(())
}

fn is_scan(content: &PageContent) -> bool {
    let covered: f32 = content.images.iter().map(Rect::area).sum();
    covered >= SCAN_COVERAGE * content.width * content.height
}

struct GlyphReader<'a> {
    library: &'a Library,
    text: &'a OpenText<'a>,
    frame: &'a Frame,
    fonts: HashMap<FPDF_FONT, Style>,
    run: Option<Run>,
    scan: bool,
}

impl GlyphReader<'_> {
    /// The character, without those that stand for nothing: controls, surrogates, PDFium's hyphen marker is kept as one.
    fn character(&self, index: c_int) -> Option<char> {
        // SAFETY: the index is below the count.
        let code = unsafe { self.library.calls.FPDFText_GetUnicode(self.text.handle, index) };
        match code {
            // PDFium marks a hyphen at a line's end with STX (core/fpdftext).
            0x02 => Some('-'),
            0xFFFE | 0xFFFF | 0xFEFF | 0x200B => None,
            0xD800..=0xDBFF => self.paired(code, index + 1),
            _ => {
                char::from_u32(code).filter(|character| character.is_whitespace() || !character.is_control())
            }
        }
    }

    /// The character of a surrogate pair: PDFium counts UTF-16 units.
    fn paired(&self, high: u32, next: c_int) -> Option<char> {
        // SAFETY: an index beyond the count gives 0.
        let low = unsafe { self.library.calls.FPDFText_GetUnicode(self.text.handle, next) };
        char::decode_utf16([high as u16, low as u16]).next()?.ok()
    }

    fn glyph(&mut self, index: c_int, character: char, after_space: bool) -> Option<Glyph> {
        let run = self.run_of(index);
        if !run.visible {
            return None;
        }
        let ink = self.ink(index)?;
        let advance = self.advance(index).unwrap_or(ink);
        Some(Glyph {
            character,
            ink,
            advance,
            origin: self.origin(index).unwrap_or((advance.left, advance.bottom)),
            size: run.size,
            style: run.style,
            direction: run.direction,
            after_space,
        })
    }

    fn ink(&self, index: c_int) -> Option<Rect> {
        let (mut left, mut right, mut bottom, mut top) = (0.0, 0.0, 0.0, 0.0);
        // SAFETY: the index is below the count and the results have a place.
        let known = unsafe {
            self.library.calls.FPDFText_GetCharBox(
                self.text.handle,
                index,
                &raw mut left,
                &raw mut right,
                &raw mut bottom,
                &raw mut top,
            )
        };
        let rect = self.frame.rect(left as f32, bottom as f32, right as f32, top as f32);
        (known != 0 && is_finite(&rect)).then_some(rect)
    }

    fn advance(&self, index: c_int) -> Option<Rect> {
        let mut bounds = FS_RECTF { left: 0.0, top: 0.0, right: 0.0, bottom: 0.0 };
        // SAFETY: as above.
        let known =
            unsafe { self.library.calls.FPDFText_GetLooseCharBox(self.text.handle, index, &raw mut bounds) };
        let rect = self.frame.rect(bounds.left, bounds.bottom, bounds.right, bounds.top);
        (known != 0 && is_finite(&rect)).then_some(rect)
    }

    fn origin(&self, index: c_int) -> Option<(f32, f32)> {
        let (mut x, mut y) = (0.0, 0.0);
        // SAFETY: as above.
        let known = unsafe {
            self.library.calls.FPDFText_GetCharOrigin(self.text.handle, index, &raw mut x, &raw mut y)
        };
        let (x, y) = self.frame.point(x as f32, y as f32);
        (known != 0 && x.is_finite() && y.is_finite()).then_some((x, y))
    }

    /// The run of the character; asked for anew only when the text object changes.
    fn run_of(&mut self, index: c_int) -> Run {
        // SAFETY: the index is below the count.
        let object = unsafe { self.library.calls.FPDFText_GetTextObject(self.text.handle, index) };
        match self.run {
            Some(run) if run.object == object => run,
            _ => {
                let run = self.read_run(index, object);
                self.run = Some(run);
                run
            }
        }
    }

    fn read_run(&mut self, index: c_int, object: FPDF_PAGEOBJECT) -> Run {
        let mut matrix = FS_MATRIX { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };
        // SAFETY: the index is below the count, and a null object gives a null font and an unknown mode.
        let (size, font, mode) = unsafe {
            self.library.calls.FPDFText_GetMatrix(self.text.handle, index, &raw mut matrix);
            (
                self.library.calls.FPDFText_GetFontSize(self.text.handle, index) as f32,
                self.library.calls.FPDFTextObj_GetFont(object),
                self.library.calls.FPDFTextObj_GetTextRenderMode(object),
            )
        };
        let size = (size * matrix.c.hypot(matrix.d) * self.frame.scale()).abs();
        Run {
            object,
            style: self.style(font),
            size: if size.is_finite() && size > 0.0 { size } else { 1.0 },
            direction: direction(matrix.a, matrix.b, self.frame.quarter_turns()),
            visible: mode != RENDER_MODE_INVISIBLE || self.scan,
        }
    }

    fn style(&mut self, font: FPDF_FONT) -> Style {
        if font.is_null() {
            return Style::default();
        }
        if let Some(style) = self.fonts.get(&font) {
            return *style;
        }
        let mut name = [0u8; 128];
        // SAFETY: the font belongs to an object of the open page; the buffer is as long as said.
        let (length, flags) = unsafe {
            (
                self.library.calls.FPDFFont_GetBaseFontName(
                    font,
                    name.as_mut_ptr().cast::<c_char>(),
                    name.len(),
                ),
                self.library.calls.FPDFFont_GetFlags(font),
            )
        };
        let length = length.saturating_sub(1).min(name.len());
        let style = style_of(&String::from_utf8_lossy(&name[..length]), flags.max(0));
        self.fonts.insert(font, style);
        style
    }
}

fn is_finite(rect: &Rect) -> bool {
    [rect.left, rect.top, rect.right, rect.bottom].into_iter().all(f32::is_finite)
}

/// A font's look from its PostScript name and descriptor flags. The name is the more reliable of the two: many
/// producers set no flags, and few leave the weight out of the name.
fn style_of(name: &str, flags: c_int) -> Style {
    let name = name.split_once('+').map_or(name, |(_, name)| name).to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    Style {
        bold: flags & FLAG_FORCE_BOLD != 0
            || has(&["bold", "black", "heavy", "demi", "-bd", "cmbx", "medi", "sfbx", "extrab"]),
        italic: flags & FLAG_ITALIC != 0 || has(&["italic", "oblique", "cmti", "sfti"]),
        monospaced: flags & FLAG_FIXED_PITCH != 0
            || has(&["courier", "mono", "consol", "cmtt", "menlo", "sftt"]),
        mathematical: has(&["cmmi", "cmsy", "cmex", "math", "msbm", "msam", "symbol"]),
    }
}

/// The direction of text whose x axis points to (`a`, `b`) in user space, on a page shown with `turns`.
fn direction(a: f32, b: f32, turns: u16) -> Direction {
    let angle = b.atan2(a);
    let quarter = (angle / FRAC_PI_2).round();
    if (angle - quarter * FRAC_PI_2).abs() > AXIS_TOLERANCE {
        return Direction::Slanted;
    }
    // Anticlockwise in user space, where y points up; the page's turn is clockwise.
    let clockwise = (turns as i32 - quarter as i32).rem_euclid(4);
    match clockwise {
        0 => Direction::Right,
        1 => Direction::Down,
        2 => Direction::Left,
        _ => Direction::Up,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_font_tells_its_weight_and_slant() {
        let style = style_of("ABCDEF+NimbusRomNo9L-MediItal", 0);
        assert!(style.bold && !style.monospaced);
        assert!(style_of("ABCDEF+CMBX10", 0).bold);
        assert!(!style_of("ABCDEF+Helvetica", 0).bold);
    }

    #[test]
    fn the_turn_of_the_page_turns_its_text() {
        assert_eq!(direction(1.0, 0.0, 0), Direction::Right);
        assert_eq!(direction(1.0, 0.0, 1), Direction::Down);
        assert_eq!(direction(0.0, 1.0, 1), Direction::Right);
        assert_eq!(direction(0.0, 1.0, 0), Direction::Up);
        assert_eq!(direction(1.0, 1.0, 0), Direction::Slanted);
    }
}
