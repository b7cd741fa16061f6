//! What a font looks like, and what the signs of fonts without a map to Unicode mean.
#![allow(unsafe_code)] // fonts are asked for through C calls

use std::ffi::{c_char, c_int};

use pdfium_render::prelude::FPDF_FONT;

use super::library::Library;
use crate::layout::Style;

/// Bits of a font descriptor's flags (ISO 32000-1, table 123).
const FLAG_FIXED_PITCH: c_int = 1;
const FLAG_ITALIC: c_int = 1 << 6;
const FLAG_FORCE_BOLD: c_int = 1 << 18;
/// From this weight a font is bold (OpenType, `OS/2` table, `usWeightClass`). PDFium guesses the weight from the
/// thickness of stems, so only clearly bold ones count.
const BOLD_WEIGHT: c_int = 700;

/// Where ascenders end, in ems: 0.694 in Computer Modern (D. E. Knuth, *Computer Modern Typefaces*, 1986: `asc_height`), up
/// to 0.73 in other fonts for text.
const ASCENDER: f32 = 0.7;
/// The heights of the tallest glyphs, in ems, that are taken for what they are: from a font's points and dashes alone to its
/// accented capitals and brackets.
const USUAL_ASCENTS: std::ops::RangeInclusive<f32> = 0.2..=1.6;

/// A font as the glyphs need it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Font {
    pub(super) style: Style,
    /// Its em, in multiples of the size it is set in.
    pub(super) em: f32,
    /// The encoding its signs have when the PDF does not say what they mean.
    pub(super) encoding: BuiltInEncoding,
}

/// What codes mean in fonts whose PDF does not say so. TeX's encodings (D. E. Knuth, *Computer Modern Typefaces*, 1986)
/// use codes of letters for mathematical signs: without a map to Unicode an integral reads as `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum BuiltInEncoding {
    /// Codes are characters, where they are any.
    #[default]
    Characters,
    /// OT1, as in `cmr10`, and most likely in fonts without a name: bitmaps made from TeX's fonts.
    TexText,
    /// OMS, as in `cmsy10`.
    MathSymbols,
    /// OMX, as in `cmex10`.
    MathExtension,
}

impl Default for Font {
    fn default() -> Self {
        Self { style: Style::default(), em: 1.0, encoding: BuiltInEncoding::default() }
    }
}

impl Font {
    /// What the font is.
    pub(super) fn read(library: &Library, font: FPDF_FONT) -> Self {
        if font.is_null() {
            return Self::default();
        }
        let mut name = [0u8; 128];
        let mut ascent = 0.0;
        // SAFETY: the font belongs to an object of the open page; the buffer is as long as said, the result has a place.
        let (length, flags, weight, has_ascent) = unsafe {
            (
                library.calls.FPDFFont_GetBaseFontName(font, name.as_mut_ptr().cast::<c_char>(), name.len()),
                library.calls.FPDFFont_GetFlags(font),
                library.calls.FPDFFont_GetWeight(font),
                library.calls.FPDFFont_GetAscent(font, 1.0, &raw mut ascent) != 0,
            )
        };
        let length = length.saturating_sub(1).min(name.len());
        let mut read = Self::named(&String::from_utf8_lossy(&name[..length]), flags.max(0), weight);
        if length == 0 && has_ascent {
            read.em = em_of_bitmaps(ascent);
        }
        read
    }

    fn named(name: &str, flags: c_int, weight: c_int) -> Self {
        let name = name.split_once('+').map_or(name, |(_, name)| name).to_ascii_lowercase();
        let encoding = if name.starts_with("cmsy") {
            BuiltInEncoding::MathSymbols
        } else if name.starts_with("cmex") {
            BuiltInEncoding::MathExtension
        } else if name.is_empty() || name.starts_with("cm") {
            BuiltInEncoding::TexText
        } else {
            BuiltInEncoding::Characters
        };
        Self { style: style(&name, flags, weight), em: 1.0, encoding }
    }
}

/// The em of a Type 3 font, which alone have no name, in multiples of its size: where its tallest glyphs reach far from
/// where those of other fonts do, its glyph space is something else than a thousandth of an em (pixels, in what
/// Ghostscript makes of TeX's bitmap fonts), and its size says nothing.
fn em_of_bitmaps(ascent: f32) -> f32 {
    if ascent <= 0.0 || !ascent.is_finite() || USUAL_ASCENTS.contains(&ascent) {
        1.0
    } else {
        ascent / ASCENDER
    }
}

/// A font's look from its PostScript name, its descriptor's flags and its weight. The name is the most reliable: many
/// producers set no flags, and few leave the weight out of the name.
fn style(name: &str, flags: c_int, weight: c_int) -> Style {
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    let mathematical = has(&["cmmi", "cmsy", "cmex", "math", "msbm", "msam", "symbol"]);
    let named_bold = has(&["bold", "black", "heavy", "demi", "-bd", "cmbx", "medi", "sfbx", "extrab"]);
    let named_plain =
        has(&["regular", "roman", "-roma", "light", "book", "italic", "oblique", "-ital", "cm"]);
    Style {
        bold: flags & FLAG_FORCE_BOLD != 0
            || named_bold
            || (!named_plain && !mathematical && weight >= BOLD_WEIGHT),
        italic: flags & FLAG_ITALIC != 0 || has(&["italic", "oblique", "cmti", "sfti"]),
        monospaced: flags & FLAG_FIXED_PITCH != 0
            || has(&["courier", "mono", "consol", "cmtt", "menlo", "sftt"]),
        mathematical,
        coloured: false,
    }
}

impl BuiltInEncoding {
    /// What `code` stands for in a font of this encoding whose PDF does not say so.
    pub(super) fn character(self, code: u32) -> Option<char> {
        match self {
            Self::Characters => printable(code),
            Self::TexText => tex_text(code),
            Self::MathSymbols => math_symbol(code),
            Self::MathExtension => math_extension(code),
        }
    }
}

fn printable(code: u32) -> Option<char> {
    char::from_u32(code).filter(|character| !character.is_control() && !character.is_whitespace())
}

fn tex_text(code: u32) -> Option<char> {
    match code {
        0x0B => Some('\u{FB00}'),
        0x0C => Some('\u{FB01}'),
        0x0D => Some('\u{FB02}'),
        0x0E => Some('\u{FB03}'),
        0x0F => Some('\u{FB04}'),
        0x10 => Some('ı'),
        0x11 => Some('ȷ'),
        0x12 => Some('`'),
        0x13 => Some('´'),
        0x7F => Some('¨'),
        _ => printable(code),
    }
}

fn math_symbol(code: u32) -> Option<char> {
    let character = match code {
        0x00 => '−',
        0x01 => '·',
        0x02 => '×',
        0x03 => '∗',
        0x04 => '÷',
        0x06 => '±',
        0x07 => '∓',
        0x08 => '⊕',
        0x0A => '⊗',
        0x0E => '∘',
        0x0F => '•',
        0x11 => '≡',
        0x12 => '⊆',
        0x13 => '⊇',
        0x14 => '≤',
        0x15 => '≥',
        0x18 => '∼',
        0x19 => '≈',
        0x1A => '⊂',
        0x1B => '⊃',
        0x1C => '≪',
        0x1D => '≫',
        0x20 => '←',
        0x21 => '→',
        0x22 => '↑',
        0x23 => '↓',
        0x24 => '↔',
        0x28 => '⇐',
        0x29 => '⇒',
        0x2C => '⇔',
        0x2F => '∝',
        0x30 => '′',
        0x31 => '∞',
        0x32 => '∈',
        0x33 => '∋',
        // Drawn over the relation that follows.
        0x36 => '\u{338}',
        0x38 => '∀',
        0x39 => '∃',
        0x3A => '¬',
        0x3B => '∅',
        0x5B => '∪',
        0x5C => '∩',
        0x5E => '∧',
        0x5F => '∨',
        0x66 => '{',
        0x67 => '}',
        0x68 => '⟨',
        0x69 => '⟩',
        0x6A => '|',
        0x6B => '∥',
        0x70 => '√',
        0x72 => '∇',
        0x73 => '∫',
        0x78 => '§',
        0x79 => '†',
        0x7A => '‡',
        0x7B => '¶',
        code @ 0x41..=0x5A => return char::from_u32(code),
        _ => return None,
    };
    Some(character)
}

fn math_extension(code: u32) -> Option<char> {
    let character = match code {
        0x00 | 0x10 | 0x12 | 0x20 => '(',
        0x01 | 0x11 | 0x13 | 0x21 => ')',
        0x02 | 0x14 | 0x22 | 0x68 => '[',
        0x03 | 0x15 | 0x23 | 0x69 => ']',
        0x08 | 0x1A | 0x28 | 0x6E => '{',
        0x09 | 0x1B | 0x29 | 0x6F => '}',
        0x0C => '|',
        0x0D => '∥',
        0x48 | 0x49 => '∮',
        0x50 | 0x58 => '∑',
        0x51 | 0x59 => '∏',
        0x52 | 0x5A => '∫',
        0x53 | 0x5B => '⋃',
        0x54 | 0x5C => '⋂',
        0x70..=0x74 => '√',
        _ => return None,
    };
    Some(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style_of(name: &str, weight: c_int) -> Style {
        Font::named(name, 0, weight).style
    }

    #[test]
    fn the_name_of_a_font_tells_its_weight_and_slant() {
        let style = style_of("ABCDEF+NimbusRomNo9L-MediItal", 400);
        assert!(style.bold && !style.monospaced);
        assert!(style_of("ABCDEF+CMBX10", 400).bold);
        assert!(!style_of("ABCDEF+Helvetica", 400).bold);
    }

    #[test]
    fn the_weight_counts_where_the_name_says_nothing() {
        assert!(style_of("ABCDEF+F17", 812).bold);
        assert!(!style_of("ABCDEF+F17", 580).bold);
        assert!(!style_of("AAAAAA+PPNeueMachina-Regular", 828).bold);
        assert!(!style_of("CMEX10", 752).bold);
    }

    #[test]
    fn the_em_of_bitmaps_is_told_by_their_ascent_where_it_is_not_their_size() {
        assert!(
            [0.0, -1.0, f32::NAN, 0.45, 0.75, 1.2]
                .map(em_of_bitmaps)
                .map(|em| em.to_string())
                .iter()
                .all(|em| em == "1")
        );
        // 100 pixels, of 600 an inch: a font of 17 points set in size 0.12.
        assert!((em_of_bitmaps(101.0) * 0.12 - 17.2).abs() < 0.2);
        assert!((em_of_bitmaps(0.007) * 1000.0 - 10.0).abs() < 0.1);
    }

    #[test]
    fn signs_of_unmapped_mathematical_fonts_are_not_letters() {
        let encoding = |name| Font::named(name, 0, 400).encoding;
        assert_eq!(encoding("ABCDEF+CMEX10").character(0x5A), Some('∫'));
        assert_eq!(encoding("CMSY10").character(0x14), Some('≤'));
        assert_eq!(encoding("CMR10").character(0x5A), Some('Z'));
        assert_eq!(encoding("").character(0x0C), Some('\u{FB01}'));
        assert_eq!(encoding("").character(0x02), None);
        assert_eq!(encoding("Garamond").character(0x0D), None);
    }
}
