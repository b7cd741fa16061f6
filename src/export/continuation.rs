//! What goes on after a page or column break, joined again: zones in, blocks of reading text out.
//!
//! Zones stay what they are; a [`Block`] is a zone, or several that are one paragraph or one table. Where a note, figure,
//! table or caption stands between the two halves of a paragraph, it follows the whole.
//!
//! The rules prefer two blocks where one is right to one where two are right:
//! - A paragraph goes on when it does not end as sentences do and the next one begins with a small letter; after a break
//!   also when it ends with a comma, or when its script has no small letters.
//! - A table goes on at the top of the next page when it has as many columns, at the same places, and either repeats the
//!   head, which is then dropped, or begins with numbers where the columns have numbers. A caption in between means
//!   another table unless it says that the table is continued.

use std::collections::VecDeque;

use super::grid::{self, Slot, row_texts, slots};
use super::images::{Image, PageImages};
use super::numbers;
use crate::layout::{Bbox, Page, Table, Zone, ZoneKind};

/// A paragraph is not joined beyond this many bytes, a table not beyond this many cells: memory stays bounded.
const MAX_BYTES: usize = 1 << 20;
const MAX_CELLS: usize = 50_000;
/// So many blocks wait at most for the paragraph before them to end.
const MAX_WAITING: usize = 32;
/// A table that goes on reaches the lower part of its page, and goes on in the upper part of the next one.
const LOWER_PART: f32 = 0.65;
const UPPER_PART: f32 = 0.35;
/// Columns are the same when this share of the narrower one lies within the other.
const SAME_COLUMN: f32 = 0.5;
/// The most rows that are repeated as a head.
const MAX_HEAD: usize = 5;
/// A text in a script without small letters that is shorter than this may be a heading.
const MIN_UNCASED: usize = 40;

/// A zone a block is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) page_number: u32,
    pub(super) reading_order: u32,
    pub(super) kind: ZoneKind,
    pub(super) bbox: Bbox,
    /// Where its share of the block ends: bytes of the text, rows of a table.
    pub(super) end: usize,
}

/// One paragraph, table or other piece of reading text.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// The zone, or what several make together. A zone of kind `table` always has a sound table.
    pub(super) zone: Zone,
    /// The zones it is made of; at least one.
    pub(super) parts: Vec<Part>,
    /// The picture of a figure.
    pub(super) image: Option<Image>,
    page_height: f32,
}

impl Block {
    fn new(zone: &Zone, page: &Page, image: Option<Image>) -> Self {
        let table = grid::sound_table(zone);
        let kind = match zone.kind {
            ZoneKind::Table if table.is_none() => ZoneKind::Paragraph,
            kind => kind,
        };
        let end = table.as_ref().map_or(zone.content.len(), |table| table.rows as usize);
        let part = Part {
            page_number: page.page_number,
            reading_order: zone.reading_order,
            kind: zone.kind,
            bbox: zone.bbox,
            end,
        };
        let zone = Zone { kind, table, ..zone.clone() };
        Self { zone, parts: vec![part], image, page_height: page.height }
    }

    /// The page it begins on.
    pub(super) fn page_number(&self) -> u32 {
        self.parts.first().map_or(0, |part| part.page_number)
    }

    fn last(&self) -> Option<&Part> {
        self.parts.last()
    }
}

/// Joins the zones of a document's pages, which come in order.
pub(super) struct Joiner {
    /// Whether a paragraph may be joined over what stands between two columns of a page, not only between two pages.
    over_columns: bool,
    /// A paragraph or table that may go on, and what waits behind it.
    waiting: VecDeque<Block>,
}

impl Joiner {
    pub(super) fn new(over_columns: bool) -> Self {
        Self { over_columns, waiting: VecDeque::new() }
    }

    /// Takes a page and gives the blocks that are complete. Only zones that `wants` says yes to become part of any;
    /// the others still stand between their neighbours, but for page furniture, which never does.
    pub(super) fn page(
        &mut self,
        page: &Page,
        images: &PageImages,
        wants: impl Fn(&Zone) -> bool,
        done: &mut Vec<Block>,
    ) {
        if page.error.is_some() {
            done.extend(self.waiting.drain(..));
        }
        for (index, zone) in page.zones.iter().enumerate() {
            let wanted = wants(zone);
            if zone.kind.is_page_furniture() && !wanted {
                continue;
            }
            let block = Block::new(zone, page, images.of(index));
            self.block(block, wanted, done);
        }
    }

    /// The rest.
    pub(super) fn finish(&mut self) -> Vec<Block> {
        self.waiting.drain(..).collect()
    }

    fn block(&mut self, block: Block, wanted: bool, done: &mut Vec<Block>) {
        if wanted && self.join(&block) {
            return;
        }
        let stands_aside = self.waiting.len() < MAX_WAITING
            && self.waiting.front().is_some_and(|open| may_stand_between(open, &block));
        if !stands_aside {
            done.extend(self.waiting.drain(..));
        }
        if !wanted {
            return;
        }
        if !self.waiting.is_empty() || may_go_on(&block.zone) {
            self.waiting.push_back(block);
        } else {
            done.push(block);
        }
    }

    /// Whether the block was the rest of one that waits.
    fn join(&mut self, block: &Block) -> bool {
        match block.zone.kind {
            ZoneKind::Paragraph => {
                let alone = self.waiting.len() == 1;
                let Some(open) = self.waiting.front_mut() else { return false };
                let goes_on = paragraph_goes_on(open, block, alone, self.over_columns);
                if goes_on {
                    append_text(open, block);
                }
                goes_on
            }
            ZoneKind::Table => {
                let Some(place) =
                    self.waiting.iter().rposition(|waiting| waiting.zone.kind == ZoneKind::Table)
                else {
                    return false;
                };
                let between = self.waiting.range(place + 1..);
                if !between.clone().all(|between| is_no_other_table(between, block)) {
                    return false;
                }
                let Some(open) = self.waiting.get_mut(place) else { return false };
                let Some(repeated) = repeated_head(open, block) else { return false };
                append_rows(open, block, repeated);
                true
            }
            _ => false,
        }
    }
}

/// Whether anything could be the rest of it.
fn may_go_on(zone: &Zone) -> bool {
    match zone.kind {
        ZoneKind::Paragraph => !ends_as_sentences_do(&zone.content) && zone.content.len() < MAX_BYTES,
        ZoneKind::Table => true,
        _ => false,
    }
}

/// Whether a block can stand between the halves of `open` without being part of the text that is broken.
fn may_stand_between(open: &Block, block: &Block) -> bool {
    let near = open.last().is_some_and(|last| block.page_number() <= last.page_number + 1);
    let kind = block.zone.kind;
    near && match open.zone.kind {
        ZoneKind::Table => matches!(kind, ZoneKind::Footnote | ZoneKind::Caption),
        _ => matches!(kind, ZoneKind::Footnote | ZoneKind::Caption | ZoneKind::Figure | ZoneKind::Table),
    }
}

// ---------------------------------------------------------------- paragraphs

fn paragraph_goes_on(open: &Block, next: &Block, alone: bool, over_columns: bool) -> bool {
    let (Some(last), Some(first)) = (open.last(), next.parts.first()) else { return false };
    let is_break = is_break(last, first);
    let page_turns = first.page_number.saturating_sub(last.page_number);
    open.zone.kind == ZoneKind::Paragraph
        && [last.kind, first.kind] == [ZoneKind::Paragraph; 2]
        && open.zone.content.len() < MAX_BYTES
        && page_turns <= 1
        && (alone || page_turns > 0 || over_columns && is_break)
        && text_goes_on(&open.zone.content, &next.zone.content, is_break)
}

/// Whether the second zone stands on another page or in another column.
fn is_break(last: &Part, first: &Part) -> bool {
    first.page_number != last.page_number || first.bbox.y < last.bbox.y + last.bbox.height * 0.5
}

fn text_goes_on(open: &str, next: &str, is_break: bool) -> bool {
    let open = open.trim_end();
    let Some(first) = next.trim_start().chars().next() else { return false };
    if ends_as_sentences_do(open) {
        return false;
    }
    if first.is_lowercase() {
        return open.contains(' ');
    }
    let (comma, has_case) = (open.ends_with([',', '،', '、', '\u{FF0C}']), first.is_uppercase());
    is_break
        && first.is_alphanumeric()
        && (comma && open.contains(' ')
            || !has_case
                && first.is_alphabetic()
                && open.chars().count() >= MIN_UNCASED
                && open.chars().next_back().is_some_and(is_uncased))
}

fn is_uncased(character: char) -> bool {
    character.is_alphabetic() && !character.is_lowercase() && !character.is_uppercase()
}

fn ends_as_sentences_do(text: &str) -> bool {
    text.trim_end().ends_with([
        '.', '!', '?', ':', ';', '"', '”', ')', '。', '\u{FF01}', '\u{FF1F}', '\u{FF1A}', '؟', '۔', '।', '…',
        '»', '」',
    ])
}

/// A word broken at the end of a line loses its hyphen; Chinese and Japanese have no spaces to put in.
fn append_text(open: &mut Block, next: &Block) {
    let content = &mut open.zone.content;
    content.truncate(content.trim_end().len());
    let text = next.zone.content.trim_start();
    let broken = content
        .strip_suffix(['-', '\u{AD}', '\u{2010}'])
        .is_some_and(|word| word.ends_with(char::is_alphabetic))
        && text.starts_with(char::is_lowercase);
    if broken {
        content.pop();
    } else if !(content.ends_with(is_unspaced) && text.starts_with(is_unspaced)) {
        content.push(' ');
    }
    content.push_str(text);
    let end = content.len();
    open.zone.confidence = open.zone.confidence.min(next.zone.confidence);
    open.parts.extend(next.parts.iter().map(|part| Part { end, ..part.clone() }));
}

/// Of the scripts whose words are not spaced: kana, and the unified ideographs (Unicode blocks).
fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{3000}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FF60}')
}

// ---------------------------------------------------------------- tables

/// Whether what stands between leaves `next` the rest of the table before.
fn is_no_other_table(between: &Block, next: &Block) -> bool {
    match between.zone.kind {
        ZoneKind::Footnote => true,
        // The first table's own caption below it, or one that says that it goes on.
        ZoneKind::Caption => {
            between.page_number() < next.page_number() || says_continued(&between.zone.content)
        }
        _ => false,
    }
}

/// "Continued" in the languages of most documents.
fn says_continued(caption: &str) -> bool {
    const CONTINUED: [&str; 9] =
        ["cont.", "cont'd", "cont’d", "continu", "fortsetzung", "forts.", "suite", "segue", "続き"];
    let caption = caption.to_lowercase();
    CONTINUED.iter().any(|word| caption.contains(word))
}

/// How many rows at the top of `next` repeat the head of `open`; `None` when it is another table.
fn repeated_head(open: &Block, next: &Block) -> Option<usize> {
    let (last, first) = (open.last()?, next.parts.first()?);
    let (above, below) = (open.zone.table.as_ref()?, next.zone.table.as_ref()?);
    let breaks = first.page_number == last.page_number + 1
        && last.bbox.y + last.bbox.height >= LOWER_PART * open.page_height
        && first.bbox.y <= UPPER_PART * next.page_height;
    if !breaks
        || above.columns != below.columns
        || above.cells.len() >= MAX_CELLS
        || !same_columns(above, below)
    {
        return None;
    }
    let (above_rows, below_rows) = (slots(above), slots(below));
    let repeated = above_rows
        .iter()
        .zip(&below_rows)
        .take(MAX_HEAD)
        .take_while(|(above, below)| is_same_row(above, below))
        .count();
    let whole_head = repeated > 0 && repeated >= grid::header_rows(above).min(MAX_HEAD as u32) as usize;
    let splits_a_cell = below
        .cells
        .iter()
        .any(|cell| (cell.row as usize) < repeated && (cell.row + cell.row_span) as usize > repeated);
    if splits_a_cell {
        return None;
    }
    (whole_head || repeated == 0 && begins_with_data(&above_rows, &below_rows)).then_some(repeated)
}

fn is_same_row(above: &[Slot<'_>], below: &[Slot<'_>]) -> bool {
    let folded = |row: &[Slot<'_>]| row_texts(row).iter().map(|text| text.to_lowercase()).collect::<Vec<_>>();
    let above = folded(above);
    above == folded(below) && above.iter().any(|text| !text.is_empty())
}

/// Whether the columns stand at the same places; columns without a cell of their own say nothing.
fn same_columns(above: &Table, below: &Table) -> bool {
    (0..above.columns).all(|column| match (extent(above, column), extent(below, column)) {
        (Some(above), Some(below)) => {
            let shared = above.1.min(below.1) - above.0.max(below.0);
            let narrower = (above.1 - above.0).min(below.1 - below.0);
            shared >= SAME_COLUMN * narrower
        }
        _ => true,
    })
}

/// From where to where a column's cells reach.
fn extent(table: &Table, column: u32) -> Option<(f32, f32)> {
    table
        .cells
        .iter()
        .filter(|cell| cell.column == column && cell.column_span == 1)
        .map(|cell| (cell.bbox.x, cell.bbox.x + cell.bbox.width))
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// Whether the first row below has numbers where the rows above have them. Nothing is said of tables without numbers:
/// there a head cannot be told from a row.
fn begins_with_data(above: &[Vec<Slot<'_>>], below: &[Vec<Slot<'_>>]) -> bool {
    let Some(first) = below.first().map(|row| row_texts(row)) else { return false };
    let body: Vec<Vec<String>> = above.iter().skip(1).map(|row| row_texts(row)).collect();
    let mut columns = 0;
    let mut agreeing = 0;
    for (column, text) in first.iter().enumerate() {
        let filled: Vec<&String> =
            body.iter().filter_map(|row| row.get(column)).filter(|text| !text.is_empty()).collect();
        let numeric = filled.iter().filter(|text| numbers::looks_numeric(text)).count();
        if !filled.is_empty() && numeric * 3 >= filled.len() * 2 {
            columns += 1;
            agreeing += usize::from(numbers::looks_numeric(text));
        }
    }
    columns > 0 && agreeing * 2 > columns
}

fn append_rows(open: &mut Block, next: &Block, repeated: usize) {
    let (Some(table), Some(below)) = (&mut open.zone.table, &next.zone.table) else { return };
    let repeated = repeated as u32;
    let offset = table.rows;
    table.rows += below.rows - repeated;
    let rest = below.cells.iter().filter(|cell| cell.row >= repeated).cloned();
    table.cells.extend(rest.map(|mut cell| {
        cell.row = cell.row - repeated + offset;
        // The engine takes the first row of each table for its head.
        cell.header = cell.header && cell.row > offset;
        cell
    }));
    let end = table.rows as usize;
    open.zone.confidence = open.zone.confidence.min(next.zone.confidence);
    open.parts.extend(next.parts.iter().map(|part| Part { end, ..part.clone() }));
    open.page_height = next.page_height;
}

#[cfg(test)]
#[path = "continuation_tests.rs"]
mod tests;
