//! What a block of text is: heading, list, caption, footnote, formula, code or paragraph.
//!
//! `formulas` and `toc` set lines apart before they are joined to blocks; `lists` says how items are nested.

pub(super) mod formulas;
pub(super) mod lists;
pub(super) mod toc;

use crate::layout::blocks::{Block, Line};
use crate::layout::content::Role;
use crate::layout::scripts::is_spaceless;
use crate::layout::text::{Marker, caption_label, has_dot_leader, is_names, marker, numbering_depth};
use crate::layout::zone::ZoneKind;

/// A heading is at least this many times larger than the text.
const LARGER: f32 = 1.1;
/// From this ratio on only headings are set.
const LARGE: f32 = 1.5;
/// Up to this ratio whole sentences are pull quotes.
const VERY_LARGE: f32 = 2.2;
/// Footnotes are smaller than this share of the text's size and stand below this share of the page's height.
const FOOTNOTE_SIZE: f32 = 0.93;
const FOOTNOTE_TOP: f32 = 0.55;
/// A line this close (ems) above a sentence's rest is its beginning.
const RUN_IN_GAP: f32 = 0.6;
/// Headings are short: this many lines and characters at most.
const MAX_HEADING_LINES: usize = 4;
const MAX_HEADING_CHARACTERS: usize = 200;

/// A heading told by its colour or number alone has so many words at most, and the text below it so many characters at least.
const MAX_LED_IN_WORDS: usize = 10;
const MIN_TEXT: usize = 40;

/// Words have at least so many letters, or two characters of a script that writes a syllable with each.
const MIN_LETTERS: usize = 3;

/// What the text around a block looks like.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // independent properties of a text
pub(in crate::layout) struct Body {
    /// The size of most characters on this page and around it.
    pub(in crate::layout) size: f32,
    /// Whether most characters are bold, so that bold means nothing.
    pub(in crate::layout) is_bold: bool,
    /// Whether most characters are slanted, so that this means nothing.
    pub(in crate::layout) is_italic: bool,
    /// Whether most characters are of one width, so that this does not mean code.
    pub(in crate::layout) is_monospaced: bool,
    /// Whether most characters are coloured, so that this means nothing.
    pub(in crate::layout) is_coloured: bool,
    /// Whether the PDF says what is a heading and what is not.
    pub(in crate::layout) tags_tell_headings: bool,
    /// The page's height in points.
    pub(in crate::layout) page_height: f32,
}

/// A kind, how sure it is, and the depth if it is a heading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::layout) struct Verdict {
    pub(in crate::layout) kind: ZoneKind,
    pub(in crate::layout) confidence: f32,
    pub(in crate::layout) level: Option<u8>,
}

/// What a formula set apart is.
pub(in crate::layout) const FORMULA: Verdict =
    Verdict { kind: ZoneKind::Formula, confidence: 0.5, level: None };

/// What a paragraph with a number or bullet before it is.
pub(in crate::layout) const NUMBERED: Verdict =
    Verdict { kind: ZoneKind::Paragraph, confidence: 0.5, level: None };

impl Verdict {
    fn new(kind: ZoneKind, confidence: f32) -> Self {
        Self { kind, confidence, level: None }
    }
}

/// What stands around a block in its column.
#[derive(Debug, Clone, Copy)]
pub(in crate::layout) struct Around<'a> {
    /// The distance to what stands before it, points.
    pub(in crate::layout) above: f32,
    /// The distance to what stands after it, points.
    pub(in crate::layout) below: f32,
    /// What stands after it.
    pub(in crate::layout) after: Option<&'a Block>,
    /// Whether a heading set larger stands right before it.
    pub(in crate::layout) is_headed: bool,
    /// Whether a heading stands right before it.
    pub(in crate::layout) follows_heading: bool,
    /// The number of the item of a list that does.
    pub(in crate::layout) number_above: Option<u32>,
}

/// What the block is.
pub(in crate::layout) fn classify(block: &Block, body: &Body, around: &Around<'_>) -> Verdict {
    if let Some(heading) = tagged_heading(block, body) {
        return heading;
    }
    let first = block.first_text();
    if block.lines.iter().filter(|line| has_dot_leader(&line.text)).count() * 2 > block.lines.len() {
        return Verdict::new(ZoneKind::Toc, 0.95);
    }
    if is_caption(block, body) {
        return Verdict::new(ZoneKind::Caption, 0.94);
    }
    if !body.is_monospaced && is_code(block) {
        return Verdict::new(ZoneKind::Code, 0.82);
    }
    if let Some(heading) = heading(block, body, around)
        && !around.after.is_some_and(|after| goes_on(block, after, body, around.below))
        && !is_tagged_as_text(block, body, heading)
    {
        return heading;
    }
    if is_footnote(block, body) {
        return Verdict::new(ZoneKind::Footnote, 0.76);
    }
    if marker(first).is_some_and(|(_, length)| first.len() > length) {
        return Verdict::new(ZoneKind::ListItem, 0.85);
    }
    if is_formula(block) {
        return Verdict::new(ZoneKind::Formula, 0.4);
    }
    Verdict::new(ZoneKind::Paragraph, paragraph_confidence(block.lines.len()))
}

/// A single line may be a part of anything; several are seldom anything else.
fn paragraph_confidence(lines: usize) -> f32 {
    match lines {
        1 => 0.53,
        2 => 0.87,
        _ => 0.94,
    }
}

fn is_caption(block: &Block, body: &Body) -> bool {
    let Some(number) = caption_label(block.first_text()) else { return false };
    let closed = number.ends_with(['.', ':', ')', '-']);
    let styled =
        block.style().bold != body.is_bold || block.style().italic || block.size() < 0.95 * body.size;
    block.lines.len() <= 8 && (closed || styled || block.lines.len() == 1)
}

fn is_code(block: &Block) -> bool {
    block.lines.len() > 1 && block.lines.iter().all(|line| line.style.monospaced)
}

fn is_footnote(block: &Block, body: &Body) -> bool {
    let first = block.first_text();
    let noted =
        first.chars().next().is_some_and(|sign| sign.is_ascii_digit() || "*†‡§¹²³⁴⁵⁶⁷⁸⁹".contains(sign));
    noted && block.size() < FOOTNOTE_SIZE * body.size && block.rect.top > FOOTNOTE_TOP * body.page_height
}

/// Mostly signs of mathematical fonts.
fn is_formula(block: &Block) -> bool {
    let mathematical =
        block.lines.iter().filter(|line| line.style.mathematical).map(|line| line.glyphs).sum::<usize>();
    let words = block.lines.iter().flat_map(|line| line.text.split(' ')).filter(|word| is_word(word)).count();
    let has_equals = block.lines.iter().any(|line| line.text.contains(['=', '≤', '≥', '≈']));
    block.lines.len() <= 4
        && (2 * mathematical > block.glyphs() || has_equals)
        && words * 12 <= block.glyphs()
}

/// Four letters and more: variables and functions have fewer.
fn is_word(word: &str) -> bool {
    word.chars().filter(|character| character.is_alphabetic()).count() >= 4
}

/// Whether the block could be a heading by its words, and is larger than the text or of another colour.
pub(in crate::layout) fn stands_out(block: &Block, body: &Body) -> bool {
    let text = block.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
    let coloured = !body.is_coloured && block.lines.iter().all(|line| line.style.coloured);
    block.lines.len() <= 2
        && (coloured && block.size() > 0.95 * body.size || block.size() >= LARGER * body.size)
        && is_heading_like(block, body, &text)
        && !reads_as_sentence(&text)
        && !text.trim_end().ends_with(':')
        && !is_names(&text)
        && !text.contains(['@', '/'])
}

/// The depth of a block that is a heading, whether or not it looks like one.
pub(in crate::layout) fn heading_level(block: &Block, body: &Body) -> u8 {
    let text = block.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
    level(block.size() / body.size.max(0.1), numbering_depth(&text))
}

fn heading(block: &Block, body: &Body, around: &Around<'_>) -> Option<Verdict> {
    let (gap_above, gap_below) = (around.above, around.below);
    let text: String = block.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
    if !is_heading_like(block, body, &text) || around.follows_heading && is_names(&text) {
        return None;
    }
    let ratio = block.size() / body.size.max(0.1);
    let depth = numbering_depth(&text);
    let bold = !body.is_bold && block.lines.iter().all(|line| line.style.bold);
    let capitals = is_capitals(&text);
    let coloured = !body.is_coloured && block.lines.iter().all(|line| line.style.coloured);
    let italic = block.lines.iter().all(|line| line.style.italic);
    let apart = gap_above > 0.5 * block.size();
    let ends_open = !text.trim_end().ends_with(['.', ',', ';']);
    let confidence = if ratio >= LARGER {
        if (ratio < LARGE && reads_as_sentence(&text)) || (ratio < VERY_LARGE && is_quotation(block, &text)) {
            return None;
        }
        // Slightly larger text alone is no sign unless it stands apart; below a heading it is a subtitle or a name.
        let above_text = coloured || !gap_below.is_finite() || gap_above >= 0.8 * gap_below;
        let stands_apart = apart && above_text && !around.is_headed;
        if ratio < 1.25 && !bold && depth.is_none() && !stands_apart {
            return None;
        }
        if ratio >= 1.25 || bold || depth.is_some() { 0.94 } else { 0.75 }
    } else if ratio < 0.85 || is_byline(&text) {
        return None;
    } else if bold && (ends_open || depth.is_some()) && marker_is_fine(&text, depth) {
        if depth.is_some() { 0.94 } else { 0.74 }
    } else if depth.is_some_and(|depth| depth > 1 || capitals || italic)
        && block.lines.len() <= 2
        && ends_open
        && apart
    {
        0.84
    } else if (italic && !body.is_italic && is_set_off(block, &text, gap_above, gap_below))
        || (capitals && apart && ends_open && block.lines.len() <= 2 && gap_below < 4.0 * block.size())
    {
        0.86
    } else if coloured && ends_open && is_led_in(block, &text, around)
        || is_numbered_title(block, &text, around)
    {
        0.7
    } else {
        return None;
    };
    Some(Verdict { kind: ZoneKind::Heading, confidence, level: Some(level(ratio, depth)) })
}

/// A heading by the word of the PDF, if it is as short as headings are.
fn tagged_heading(block: &Block, body: &Body) -> Option<Verdict> {
    let Some(Role::Heading(level)) = block.role() else { return None };
    let characters: usize = block.lines.iter().map(|line| line.glyphs).sum();
    let is_short = block.lines.len() <= MAX_HEADING_LINES && characters <= MAX_HEADING_CHARACTERS;
    let says_something = block.lines.iter().any(|line| line.text.chars().any(char::is_alphanumeric));
    (is_short && says_something).then(|| Verdict {
        kind: ZoneKind::Heading,
        confidence: 0.98,
        level: Some(level.unwrap_or_else(|| heading_level(block, body))),
    })
}

/// Where the PDF tells headings from text, what it calls text is no heading unless it is much larger.
fn is_tagged_as_text(block: &Block, body: &Body, heading: Verdict) -> bool {
    let is_text = matches!(block.role(), Some(Role::Paragraph | Role::ListItem | Role::Note));
    body.tags_tell_headings && is_text && heading.confidence < 0.9
}

/// Whether the sentence goes on in what follows closely: only its beginning is set in another style.
fn goes_on(block: &Block, after: &Block, body: &Body, gap_below: f32) -> bool {
    let starts_small = after.first_text().chars().next().is_some_and(char::is_lowercase);
    // A short line is no beginning: the rest would have begun on it.
    let is_full = block.rect.right > after.rect.right - 2.0 * block.size();
    starts_small
        && is_full
        && gap_below < RUN_IN_GAP * block.size()
        && block.size() < LARGE * body.size
        && (after.rect.left < block.rect.right && after.rect.right > block.rect.left)
}

/// Larger text that ends as sentences do is an introduction or a pull quote, unless it is very large.
fn reads_as_sentence(text: &str) -> bool {
    let text = text.trim_end();
    text.ends_with(['.', ',', ';'])
        || (text.ends_with(':') && text.len() > 60)
        || text.split(' ').count() > 18
}

/// A whole sentence over several lines; headings with a full stop are shorter, or have their words capitalised.
fn is_quotation(block: &Block, text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['”', '"', '»', '’']);
    let words: Vec<&str> = text.split(' ').filter(|word| word.chars().count() > 3).collect();
    let small = words.iter().filter(|word| word.starts_with(char::is_lowercase)).count();
    let is_sentence = text.ends_with(['.', '!']) && words.len() > 3 && 2 * small > words.len();
    (is_sentence && block.lines.len() > 1) || text.ends_with('。')
}

/// The line that names an author.
fn is_byline(text: &str) -> bool {
    text.starts_with("By ") && text.split(' ').count() <= 6
}

/// One short line without an end, set off above and followed closely by text.
fn is_set_off(block: &Block, text: &str, gap_above: f32, gap_below: f32) -> bool {
    let size = block.size();
    block.lines.len() == 1
        && text.split(' ').count() <= 9
        && !text.trim_end().ends_with(['.', ',', ';', ':', '?', '!', ')'])
        && !text.contains(['@', '='])
        && gap_above > 0.8 * size
        && gap_below < 1.2 * size
        && gap_above > gap_below
}

/// A short line of the text's size, set off above, that leads in a longer text in another style; an address of the web is
/// coloured too.
fn is_led_in(block: &Block, text: &str, around: &Around<'_>) -> bool {
    let size = block.size();
    block.lines.len() <= 2
        && text.split(' ').count() <= MAX_LED_IN_WORDS
        && !text.contains(['@', '/', '='])
        && marker(text).is_none_or(|(kind, _)| kind == Marker::Ordinal)
        && around.above > 0.5 * size
        && around.below < 1.5 * size
        && around.after.is_some_and(|after| {
            after.style() != block.style()
                && after.glyphs() >= MIN_TEXT
                && (after.size() - size).abs() < 0.1 * size
        })
}

/// A line with a single number before it, set off from what is above and from the text below: the items of a list follow each
/// other instead.
fn is_numbered_title(block: &Block, text: &str, around: &Around<'_>) -> bool {
    let size = block.size();
    block.lines.len() == 1
        && numbering_depth(text) == Some(1)
        && text.split(' ').count() <= MAX_LED_IN_WORDS
        && around.number_above.is_none_or(|above| lists::number(text) != Some(above + 1))
        && !text.split(' ').next().is_some_and(|number| number.ends_with(')'))
        && !text.contains(':')
        && !text.trim_end().ends_with(['.', ',', ';', '?', '!', ')'])
        && around.above > 0.6 * size
        && around.below > 0.25 * size
        && around
            .after
            .is_some_and(|after| after.glyphs() >= MIN_TEXT && marker(after.first_text()).is_none())
}

/// A bullet before bold text makes an item, a number may make either.
fn marker_is_fine(text: &str, depth: Option<u8>) -> bool {
    depth.is_some() || marker(text).is_none_or(|(kind, _)| kind == Marker::Ordinal)
}

fn is_heading_like(block: &Block, body: &Body, text: &str) -> bool {
    // The letters that part a dictionary or an index.
    let is_large = block.size() >= if block.style().bold { LARGER } else { 1.25 } * body.size;
    let is_initial_heading = is_large && block.lines.len() == 1;
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    let characters = text.chars().count();
    block.lines.len() <= MAX_HEADING_LINES
        && characters <= MAX_HEADING_CHARACTERS
        && (letters >= MIN_LETTERS
            || is_initial_heading
            || text.chars().filter(|character| is_syllable(*character)).count() > 1)
        && 2 * letters >= text.chars().filter(|character| !character.is_whitespace()).count()
        && text.chars().find(|character| character.is_alphabetic()).is_some_and(|first| !first.is_lowercase())
        && !has_bullet(&block.lines[0])
}

/// Whether the character stands for a syllable or a word: Chinese, Japanese and Korean ones do.
fn is_syllable(character: char) -> bool {
    is_spaceless(character) && character.is_alphabetic() || matches!(character, '\u{AC00}'..='\u{D7A3}')
}

fn has_bullet(line: &Line) -> bool {
    marker(&line.text).is_some_and(|(kind, _)| kind != Marker::Ordinal)
}

fn is_capitals(text: &str) -> bool {
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    let cased = text.chars().filter(|character| character.is_uppercase()).count();
    cased >= 4 && 2 * cased >= letters && !text.chars().any(char::is_lowercase)
}

/// The depth by number and size, or by size alone. Sizes of headings commonly step by a sixth to a quarter (R.
/// Bringhurst, *The Elements of Typographic Style*); the bounds lie between such steps. They are absolute, so that a
/// heading's depth does not depend on which pages are known. A number's depth counts from the chapters; where they are
/// set small, the document's title is above them.
fn level(ratio: f32, depth: Option<u8>) -> u8 {
    match depth {
        Some(1) if ratio < 1.4 => 2,
        Some(2) if ratio < 1.2 => 3,
        Some(3) if ratio < 1.1 => 4,
        Some(depth) => depth.min(6),
        None if ratio >= 1.55 => 1,
        None if ratio >= 1.25 => 2,
        None if ratio >= 1.1 => 3,
        None => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::content::Style;
    use crate::layout::geometry::Rect;

    const BODY: Body = Body {
        size: 10.0,
        is_bold: false,
        is_italic: false,
        is_monospaced: false,
        is_coloured: false,
        tags_tell_headings: false,
        page_height: 800.0,
    };

    fn block(text: &str, style: Style) -> Block {
        let rect = Rect::from_corners(72.0, 100.0, 72.0 + 5.0 * text.len() as f32, 108.0);
        let line = Line::for_test(text, rect, 10.0, style);
        Block { rect, lines: vec![line] }
    }

    fn kind(text: &str, style: Style, number_above: Option<u32>) -> ZoneKind {
        let after = block("The harbour bar was sounded in spring and again in autumn.", Style::default());
        let around = Around {
            above: 12.0,
            below: 5.0,
            after: Some(&after),
            is_headed: false,
            follows_heading: false,
            number_above,
        };
        classify(&block(text, style), &BODY, &around).kind
    }

    #[test]
    fn a_line_in_another_colour_that_leads_in_a_text_is_a_heading() {
        let coloured = Style { coloured: true, ..Style::default() };
        assert_eq!(kind("Water supply", coloured, None), ZoneKind::Heading);
        assert_eq!(kind("Water supply", Style::default(), None), ZoneKind::Paragraph);
        assert_eq!(kind("www.example.org/tides", coloured, None), ZoneKind::Paragraph);
    }

    #[test]
    fn a_numbered_line_above_a_text_is_a_heading_unless_it_is_the_next_item() {
        assert_eq!(kind("2. Soundings", Style::default(), None), ZoneKind::Heading);
        assert_eq!(kind("2. Soundings", Style::default(), Some(1)), ZoneKind::ListItem);
    }
}
