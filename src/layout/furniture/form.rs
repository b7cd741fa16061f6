//! What a row at the edge of a page looks like when there is no other page to compare: signs for and against a header or
//! footer, weighed.
//!
//! The signs are those of G. Déjean and J.-L. Meunier, *A system for converting PDF documents into structured XML format*
//! (DAS 2006), and of page layout in print: a header is set apart by white space or a rule, smaller or in another
//! style, at the outer margins, and carries the page's number; a heading or the first line of a text does not. The
//! weights are in tenths of what is needed, so that no single weak sign decides.

use super::sheet::{Edge, Sheet, is_sentence};
use crate::layout::geometry::Rect;
use crate::layout::lines::Segment;
use crate::layout::text::{caption_label, is_page_number, marker, numbering_depth};

/// From this sum on a group of rows is a header or footer.
const ENOUGH: i32 = 10;
/// Longer texts (characters) are no running text, whatever their place.
const MAX_CHARACTERS: usize = 320;
/// A rule this long (share of the page's width) separates, this close to the text (ems).
const RULE_LENGTH: f32 = 0.35;
const RULE_DISTANCE: f32 = 1.6;

/// Text that begins closer than this (ems) after a number belongs to it.
const NUMBER_DISTANCE: f32 = 3.0;
/// A title is known by this many characters.
const MIN_REPEATED: usize = 10;
/// A rule above notes is shorter than this share of the page's width.
const NOTE_RULE: f32 = 0.34;

/// Rows at an edge that follow each other closely.
pub(super) struct Group<'a> {
    /// The segments, top to bottom and left to right.
    pub(super) segments: Vec<&'a Segment>,
    /// Number of rows.
    pub(super) rows: usize,
    /// Distance to the next row inwards, points; infinite where there is none.
    pub(super) gap: f32,
    /// Whether the next row inwards ends in a number at the same place: an entry of a list of contents.
    pub(super) is_entry: bool,
    /// Whether rows further out are furniture already.
    pub(super) is_inner: bool,
    /// Share of the neighbouring pages with text of this size at this place; none without neighbours.
    pub(super) shared: Option<f32>,
}

/// How sure it is, 0 to 1, that the group is a header or footer by its form; none when it is not.
pub(super) fn confidence(group: &Group<'_>, page: &Sheet<'_>, edge: Edge, body_size: f32) -> Option<f32> {
    let characters: usize = group.segments.iter().map(|segment| segment.glyphs).sum();
    let rect = Rect::around(group.segments.iter().map(|segment| segment.rect))?;
    if characters > MAX_CHARACTERS || is_in_table(&rect, page) || is_table_row(group) {
        return None;
    }
    let sum = number(group)
        + separation(group, &rect, page, edge, body_size)
        + typography(group, body_size)
        + position(&rect, group, page, edge)
        + wording(group)
        + sentence(group, edge)
        + repeats_title(group, page)
        + neighbours(group);
    let is_note = edge == Edge::Bottom && has_note_rule(&rect, page, body_size);
    match sum {
        _ if is_note => None,
        ..ENOUGH => None,
        ENOUGH..14 if group.is_inner => None,
        ENOUGH..14 => Some(0.62),
        14..18 => Some(0.83),
        _ => Some(0.92),
    }
}

/// The page's number, alone or at an end of the text.
fn number(group: &Group<'_>) -> i32 {
    if group.rows > 2 {
        return 0;
    }
    if group.segments.iter().any(|segment| is_page_number(&segment.text) && stands_alone(segment, group)) {
        return if group.is_entry { 0 } else { 10 };
    }
    let at_end = group.segments.iter().any(|segment| {
        let words: Vec<&str> = segment.text.split_whitespace().collect();
        let ends = [words.first(), words.last()];
        words.len() > 1 && ends.into_iter().flatten().any(|word| is_page_number(word))
    });
    let barred = group.segments.iter().any(|segment| segment.text.contains(['|', '•']));
    match (at_end, barred) {
        (true, true) => 9,
        (true, false) => 6,
        (false, _) => 0,
    }
}

/// Whether no text begins right after the segment, as it does after the number of a note or of an item.
fn stands_alone(segment: &Segment, group: &Group<'_>) -> bool {
    !group.segments.iter().any(|other| {
        let distance = other.rect.left - segment.rect.right;
        other.rect.overlap_y(&segment.rect) > 0.0 && (0.0..NUMBER_DISTANCE * segment.size).contains(&distance)
    })
}

/// White space or a rule towards the text.
fn separation(group: &Group<'_>, rect: &Rect, page: &Sheet<'_>, edge: Edge, body_size: f32) -> i32 {
    let em = body_size.max(1.0);
    let space = match group.gap / em {
        ..0.7 => -4,
        0.7..1.2 => 0,
        1.2..2.0 => 3,
        2.0..3.0 => 5,
        _ => 7,
    };
    let ruled = page.rulings.iter().any(|ruling| {
        let distance = match edge {
            Edge::Top => ruling.position - rect.bottom,
            Edge::Bottom => rect.top - ruling.position,
        };
        ruling.is_horizontal()
            && ruling.length() > RULE_LENGTH * page.width
            && distance > -0.7 * rect.height()
            && distance < (RULE_DISTANCE * em).min(group.gap)
    });
    space + if ruled { 6 } else { 0 }
}

/// A short rule right above, beginning where the text does, sets notes off.
fn has_note_rule(rect: &Rect, page: &Sheet<'_>, body_size: f32) -> bool {
    page.rulings.iter().any(|ruling| {
        ruling.is_horizontal()
            && (0.03 * page.width..NOTE_RULE * page.width).contains(&ruling.length())
            && (0.0..1.5 * body_size).contains(&(rect.top - ruling.position))
            && (ruling.start - rect.left).abs() < 2.0 * body_size
            && ruling.end < rect.right.max(0.5 * page.width)
    })
}

/// Smaller or otherwise unlike the text; larger or bold is how headings are set.
fn typography(group: &Group<'_>, body_size: f32) -> i32 {
    let largest = group.segments.iter().map(|segment| segment.size).fold(0.0, f32::max);
    let size = match largest / body_size.max(0.1) {
        ..0.94 => 4,
        0.94..1.15 => 0,
        1.15..1.5 => -9,
        _ => -10,
    };
    let all = |is: fn(&&Segment) -> bool| group.segments.iter().all(is);
    let italic = all(|segment| segment.style.italic);
    let capitals = all(|segment| {
        !segment.text.chars().any(char::is_lowercase)
            && segment.text.chars().filter(|character| character.is_alphabetic()).count() > 3
    });
    let bold = all(|segment| segment.style.bold);
    size + if italic || capitals { 3 } else { 0 } - if bold && !capitals { 3 } else { 0 }
}

/// Far out, and at both margins.
fn position(rect: &Rect, group: &Group<'_>, page: &Sheet<'_>, edge: Edge) -> i32 {
    let share = match edge {
        Edge::Top => rect.bottom / page.height,
        Edge::Bottom => 1.0 - rect.top / page.height,
    };
    let outer = match share {
        ..0.065 => 3,
        0.065..0.09 => 2,
        0.09..0.11 => 0,
        _ => -2,
    };
    let spread = group.segments.windows(2).any(|pair| {
        pair[0].rect.overlap_y(&pair[1].rect) > 0.0
            && -pair[0].rect.overlap_x(&pair[1].rect) > 0.25 * page.width
    });
    outer + if spread { 5 } else { 0 }
}

/// What headers and footers say, and what they do not.
fn wording(group: &Group<'_>) -> i32 {
    let first = group.segments.first().map_or("", |segment| segment.text.as_str());
    let mut sum = 0;
    let says = |signs: &[&str]| {
        group.segments.iter().any(|segment| signs.iter().any(|sign| segment.text.contains(sign)))
    };
    if says(&["http", "www.", "doi", "DOI", "©", "ISSN", "ISBN", "Vol.", "Copyright", "@"]) {
        sum += 4;
    }
    let words: usize = group.segments.iter().map(|segment| segment.text.split(' ').count()).sum();
    let last = group.segments.last().map_or("", |segment| segment.text.trim_end());
    let is_sentence = last.ends_with(['.', '!', '?', ':', ',', ';']);
    if words > 8 && is_sentence {
        sum -= 4;
    } else if group.rows == 1 && !is_sentence {
        sum += 3;
    }
    let is_item = marker(first).is_some_and(|(_, length)| first.len() > length) && !is_page_number(first);
    if is_item || caption_label(first).is_some() || (numbering_depth(first).is_some() && group.gap < 20.0) {
        sum -= 5;
    }
    if first.chars().next().is_some_and(char::is_lowercase) && words > 4 {
        sum -= 5;
    }
    if group.segments.iter().any(|segment| starts_raised(segment)) {
        sum -= 6;
    }
    sum
}

/// A whole sentence at the top of a page is text: what runs there has no full stop, unlike notices at the foot.
fn sentence(group: &Group<'_>, edge: Edge) -> i32 {
    if edge == Edge::Top && is_sentence(group.segments.iter().copied()) { -7 } else { 0 }
}

/// The beginning of the title below it, as running heads of a first page have it.
fn repeats_title(group: &Group<'_>, page: &Sheet<'_>) -> i32 {
    let repeated = |segment: &&Segment| {
        let text = segment.text.trim_end_matches(['.', '…', ' ']);
        text.chars().count() >= MIN_REPEATED
            && page.segments.iter().any(|other| {
                other.size >= 1.15 * segment.size
                    && other.rect.top > segment.rect.center_y()
                    && (other.text.starts_with(text)
                        || text.starts_with(other.text.as_str()) && other.glyphs >= MIN_REPEATED)
            })
    };
    if group.rows == 1 && group.segments.iter().any(repeated) { 14 } else { 0 }
}

/// A small raised number or sign first: a footnote.
fn starts_raised(segment: &Segment) -> bool {
    let [first, second, ..] = &segment.words[..] else { return false };
    let short = first.text.chars().count() <= 3;
    let is_mark = first.text.chars().all(|sign| sign.is_ascii_digit() || "*†‡§".contains(sign));
    short
        && is_mark
        && first.rect.bottom < second.rect.bottom - 0.12 * segment.size
        && first.rect.height() < 0.8 * segment.size
}

/// Text of this size at this place on other pages too, or on none of them.
fn neighbours(group: &Group<'_>) -> i32 {
    match group.shared {
        None => 0,
        Some(share) if share >= 0.6 => 4,
        Some(share) if share > 0.0 => 0,
        Some(_) => -4,
    }
}

/// Several numbers and little else: page numbers come one at a time.
fn is_table_row(group: &Group<'_>) -> bool {
    let numeric = |segment: &&&Segment| {
        let digits = segment.text.bytes().filter(u8::is_ascii_digit).count();
        digits > 0 && !segment.text.chars().any(char::is_alphabetic)
    };
    let numbers = group.segments.iter().filter(numeric).count();
    numbers >= 2 && 2 * numbers >= group.segments.len()
}

/// A line from top to bottom beside the text, longer than its rows are high, belongs to a table.
fn is_in_table(rect: &Rect, page: &Sheet<'_>) -> bool {
    page.rulings
        .iter()
        .filter(|ruling| {
            !ruling.is_horizontal()
                && ruling.start < rect.top + 1.0
                && ruling.end > rect.bottom - 1.0
                && ruling.length() > 1.2 * rect.height()
        })
        .take(2)
        .count()
        == 2
}
