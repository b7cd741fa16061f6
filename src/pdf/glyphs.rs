//! The characters of a page, one pass over PDFium's text page.
#![allow(unsafe_code)] // every character is asked for through C calls

use std::collections::HashMap;
use std::f32::consts::FRAC_PI_2;
use std::ffi::c_int;

use pdfium_render::prelude::{FPDF_FONT, FPDF_PAGEOBJECT, FS_MATRIX, FS_RECTF};

use super::clip;
use super::fonts::{BuiltInEncoding, Font};
use super::frame::Frame;
use super::library::Library;
use super::objects::fill_color;
use super::open_page::{OpenText, PageLimits, PageReadError};
use super::paint::{Paint, is_coloured, is_near_white};
use super::structure_tree::Tags;
use crate::layout::{Direction, Glyph, PageContent, Rect, Tag};

/// Angles within this many radians (3 degrees) of an axis count as along it.
const AXIS_TOLERANCE: f32 = 0.052;
/// Text rendering modes (ISO 32000-1, table 106): 1 draws outlines only, 2 fills and outlines, 3 draws nothing and 7 only
/// adds to the clipping path.
const RENDER_MODE_STROKE: c_int = 1;
const RENDER_MODE_FILL_AND_STROKE: c_int = 2;
const RENDER_MODE_INVISIBLE: c_int = 3;
const RENDER_MODE_CLIP: c_int = 7;
/// Text this opaque or less (of 255) is not seen.
const MIN_ALPHA: u8 = 12;
/// Text smaller than this (points, as displayed) is not read by anybody.
const MIN_SIZE: f32 = 0.8;
/// Invisible text is kept where pictures cover this share of the page: then it is the text of a scan.
const SCAN_COVERAGE: f32 = 0.6;
/// What a glyph without a meaning is.
const UNKNOWN: char = '\u{FFFD}';

/// What all characters of one text object share.
#[derive(Clone, Copy)]
struct Run {
    object: FPDF_PAGEOBJECT,
    font: Font,
    size: f32,
    direction: Direction,
    /// Drawn at all, in itself.
    is_drawn: bool,
    is_white: bool,
    /// When it was drawn; none inside forms.
    order: Option<u32>,
    /// What its clipping path leaves of the page; none when nothing is left.
    window: Option<Rect>,
    /// What it is part of, by the structure tree.
    tag: Option<Tag>,
}

/// Adds the page's characters to `content`, whose pictures must already be known.
pub(super) fn read(
    library: &Library,
    text: &OpenText<'_>,
    frame: &Frame,
    limits: &PageLimits,
    paint: &Paint,
    tags: &Tags,
    content: &mut PageContent,
) -> Result<(), PageReadError> {
    // SAFETY: the text page is open.
    let count = unsafe { library.calls.FPDFText_CountChars(text.handle) }.max(0);
    if count as usize > limits.max_characters {
        return Err(PageReadError::TooComplex { characters: count as usize });
    }
    let page = Rect { left: 0.0, top: 0.0, right: content.width, bottom: content.height };
    let mut reader = GlyphReader {
        library,
        text,
        frame,
        paint,
        tags,
        page,
        fonts: HashMap::new(),
        run: None,
        is_scan: is_scan(content),
    };
    let mut after_space = false;
    content.glyphs.reserve(count as usize);
    for index in 0..count {
        match reader.code(index) {
            Code::Space => after_space = true,
            Code::Nothing => {}
            code => {
                if let Some(glyph) = reader.glyph(index, code, after_space) {
                    content.glyphs.push(glyph);
                    after_space = false;
                }
            }
        }
    }
    Ok(())
}

fn is_scan(content: &PageContent) -> bool {
    let covered: f32 = content.images.iter().map(Rect::area).sum();
    covered >= SCAN_COVERAGE * content.width * content.height
}

/// What PDFium gives for a character.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Code {
    /// White space, drawn or inferred.
    Space,
    /// Nothing that is drawn or read.
    Nothing,
    Character(char),
    /// The font's own code of a glyph whose meaning the PDF does not say.
    Unmapped(u32),
}

struct GlyphReader<'a> {
    library: &'a Library,
    text: &'a OpenText<'a>,
    frame: &'a Frame,
    paint: &'a Paint,
    tags: &'a Tags,
    page: Rect,
    fonts: HashMap<FPDF_FONT, Font>,
    run: Option<Run>,
    is_scan: bool,
}

impl GlyphReader<'_> {
    fn code(&self, index: c_int) -> Code {
        // SAFETY: the index is below the count.
        let code = unsafe { self.library.calls.FPDFText_GetUnicode(self.text.handle, index) };
        match code {
            // PDFium marks a hyphen at a line's end with STX (core/fpdftext).
            0x02 if !self.is_unmapped(index) => Code::Character('-'),
            // PDFium writes the code where the font says no character; its own line ends have one.
            0x00..=0x1F | 0x7F if self.is_unmapped(index) => Code::Unmapped(code),
            0xD800..=0xDBFF => self.paired(code, index + 1).map_or(Code::Nothing, Code::Character),
            _ => char::from_u32(code).map_or(Code::Nothing, classified),
        }
    }

    fn is_unmapped(&self, index: c_int) -> bool {
        // SAFETY: the index is below the count.
        unsafe { self.library.calls.FPDFText_HasUnicodeMapError(self.text.handle, index) == 1 }
    }

    /// The character of a surrogate pair: PDFium counts UTF-16 units.
    fn paired(&self, high: u32, next: c_int) -> Option<char> {
        // SAFETY: an index beyond the count gives 0.
        let low = unsafe { self.library.calls.FPDFText_GetUnicode(self.text.handle, next) };
        char::decode_utf16([high as u16, low as u16]).next()?.ok()
    }

    fn glyph(&mut self, index: c_int, code: Code, after_space: bool) -> Option<Glyph> {
        let run = self.run_of(index);
        if !run.is_drawn && !self.is_scan {
            return None;
        }
        let ink = self.ink(index)?;
        if run.size.max(ink.height()).max(ink.width()) < MIN_SIZE && !self.is_scan {
            return None;
        }
        if !self.is_seen(&run, &ink) {
            return None;
        }
        let advance = self.advance(index).unwrap_or(ink);
        Some(Glyph {
            character: self.character(index, code, &run, &ink)?,
            ink,
            advance,
            origin: self.origin(index).unwrap_or((advance.left, advance.bottom)),
            size: run.size,
            style: run.font.style,
            direction: run.direction,
            after_space,
            tag: run.tag,
        })
    }

    fn character(&self, index: c_int, code: Code, run: &Run, ink: &Rect) -> Option<char> {
        match code {
            // A soft hyphen that is drawn is a hyphen: fonts have one glyph for both.
            Code::Character('\u{AD}') => (ink.width() > 0.1).then_some('-'),
            Code::Character(UNKNOWN) => Some(shape_of(ink, run)),
            Code::Character(character)
                if run.font.encoding == BuiltInEncoding::Characters || !self.is_unmapped(index) =>
            {
                Some(character)
            }
            Code::Character(character) => {
                Some(run.font.encoding.character(character.into()).unwrap_or(UNKNOWN))
            }
            Code::Unmapped(code) if ink.area() > 0.0 => {
                Some(run.font.encoding.character(code).unwrap_or_else(|| shape_of(ink, run)))
            }
            _ => None,
        }
    }

    /// Whether the glyph is on the page and nothing hides it. In a scan, hidden text is the picture's.
    fn is_seen(&self, run: &Run, ink: &Rect) -> bool {
        let page = &self.page;
        if !(ink.left < page.right && ink.right > 0.0 && ink.top < page.bottom && ink.bottom > 0.0) {
            return false;
        }
        if self.is_scan {
            return true;
        }
        let (x, y) = (ink.center_x(), ink.center_y());
        run.window.is_some_and(|window| window.grown(0.5 * run.size).contains_point(x, y))
            && (!run.is_white || self.paint.is_dark_below(x, y, run.order))
            && run.order.is_none_or(|order| !self.paint.is_covered(x, y, order))
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
        let mut font = self.font(font);
        let size = (size * font.em * matrix.c.hypot(matrix.d) * self.frame.scale).abs();
        font.style.bold |= mode == RENDER_MODE_FILL_AND_STROKE;
        let (color, alpha) = fill_color(self.library, object).unwrap_or(([0; 3], u8::MAX));
        font.style.coloured = is_coloured(color);
        let is_filled = mode != RENDER_MODE_STROKE && mode != RENDER_MODE_FILL_AND_STROKE;
        let is_painted = mode != RENDER_MODE_INVISIBLE && mode != RENDER_MODE_CLIP;
        let order = self.paint.order_of(object);
        Run {
            object,
            font,
            size: if size.is_finite() && size > 0.0 { size } else { 1.0 },
            direction: direction(matrix.a, matrix.b, self.frame.quarter_turns),
            is_drawn: is_painted && (!is_filled || alpha > MIN_ALPHA),
            is_white: is_filled && is_near_white(color),
            order,
            window: self.window(object, order.is_some()),
            tag: self.tag(object),
        }
    }

    fn tag(&self, object: FPDF_PAGEOBJECT) -> Option<Tag> {
        if self.tags.is_empty() {
            return None;
        }
        // SAFETY: the object is the page's; without marked content its number is negative.
        let content = unsafe { self.library.calls.FPDFPageObj_GetMarkedContentID(object) };
        self.tags.get(&content).copied()
    }

    /// Clipping paths of forms are in the forms' coordinates: only those of the page itself are looked at.
    fn window(&self, object: FPDF_PAGEOBJECT, is_on_page: bool) -> Option<Rect> {
        if !is_on_page {
            return Some(self.page);
        }
        clip::visible(self.library, self.frame, object, self.page).map(|left| left.rect)
    }

    fn font(&mut self, font: FPDF_FONT) -> Font {
        if let Some(known) = self.fonts.get(&font) {
            return *known;
        }
        let read = Font::read(self.library, font);
        self.fonts.insert(font, read);
        read
    }
}

fn classified(character: char) -> Code {
    match character {
        _ if character.is_whitespace() => Code::Space,
        // Marks of byte order, direction and variation, and annotation signs: nothing that is read.
        '\u{FEFF}'
        | '\u{200B}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FFF9}'..='\u{FFFC}' => Code::Nothing,
        _ if character.is_control() || is_noncharacter(character) => Code::Nothing,
        _ => Code::Character(character),
    }
}

/// Code points that are no characters (The Unicode Standard, 23.7).
fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// What a glyph without a meaning looks like: a bar at the height of a minus sign is one, nothing else is known.
fn shape_of(ink: &Rect, run: &Run) -> char {
    let em = run.size;
    let is_bar = ink.height() < 0.1 * em && (0.4 * em..1.1 * em).contains(&ink.width());
    if is_bar && run.direction == Direction::Right && run.font.style.mathematical { '−' } else { UNKNOWN }
}

fn is_finite(rect: &Rect) -> bool {
    [rect.left, rect.top, rect.right, rect.bottom].into_iter().all(f32::is_finite)
}

/// The direction of text whose x axis points to (`a`, `b`) in user space, on a page shown with `turns`.
fn direction(a: f32, b: f32, turns: u16) -> Direction {
    let angle = b.atan2(a);
    let quarter = (angle / FRAC_PI_2).round();
    if (angle - quarter * FRAC_PI_2).abs() > AXIS_TOLERANCE {
        return Direction::Slanted;
    }
    // Anticlockwise in user space, where y points up; the page's turn is clockwise.
    let clockwise = (i32::from(turns) - quarter as i32).rem_euclid(4);
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
    fn the_turn_of_the_page_turns_its_text() {
        assert_eq!(direction(1.0, 0.0, 0), Direction::Right);
        assert_eq!(direction(1.0, 0.0, 1), Direction::Down);
        assert_eq!(direction(0.0, 1.0, 1), Direction::Right);
        assert_eq!(direction(0.0, 1.0, 0), Direction::Up);
        assert_eq!(direction(1.0, 1.0, 0), Direction::Slanted);
    }

    #[test]
    fn what_is_not_read_is_left_out() {
        for character in ['\0', '\u{1}', '\u{FEFF}', '\u{FFFE}', '\u{FDD0}', '\u{1FFFF}', '\u{202E}'] {
            assert_eq!(classified(character), Code::Nothing, "{character:?}");
        }
        assert_eq!(classified('\u{A0}'), Code::Space);
        assert_eq!(classified('\u{1D49C}'), Code::Character('\u{1D49C}'));
    }
}
