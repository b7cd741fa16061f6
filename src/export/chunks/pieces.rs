//! The pieces that chunks are made of, each of which stays whole.

use super::{Budget, Place};
use crate::export::continuation::{Block, Part};
use crate::export::grid::{self, Slot, one_line, row_texts, slots};
use crate::export::{sentences::sentences, tokens};
use crate::layout::{Table, ZoneKind};

/// What a chunk never cuts.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) text: String,
    /// What stands between it and the piece before, if they are in one chunk.
    pub(super) separator: &'static str,
    /// Of the text and the separator.
    pub(super) tokens: usize,
    pub(super) places: Vec<Place>,
    pub(super) is_heading: bool,
    /// Only sentences are repeated as overlap.
    pub(super) is_sentence: bool,
    pub(super) is_partial_table: bool,
}

const BETWEEN_BLOCKS: &str = "\n\n";

/// A block's pieces, in order.
pub(super) fn pieces(block: &Block, budget: Budget) -> Vec<Piece> {
    if let Some(table) = &block.zone.table {
        return table_pieces(block, table, budget);
    }
    match block.zone.kind {
        ZoneKind::Title | ZoneKind::Heading => heading(block, budget).into_iter().collect(),
        ZoneKind::Paragraph | ZoneKind::Caption | ZoneKind::Footnote => {
            sentence_pieces(block, 0..block.zone.content.len(), BETWEEN_BLOCKS, budget)
        }
        _ => line_pieces(block, budget),
    }
}

fn heading(block: &Block, budget: Budget) -> Option<Piece> {
    let text = one_line(&block.zone.content);
    let piece = piece(text, BETWEEN_BLOCKS, places(&block.parts, 0, usize::MAX), budget);
    (!piece.text.is_empty()).then_some(Piece { is_heading: true, ..piece })
}

/// Lines as they are; one that is larger than a chunk is split between its sentences.
fn line_pieces(block: &Block, budget: Budget) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for line in block.zone.content.split_inclusive('\n') {
        let range = start..start + line.len();
        start = range.end;
        if line.trim().is_empty() {
            continue;
        }
        let separator = if pieces.is_empty() { BETWEEN_BLOCKS } else { "\n" };
        let text = line.trim_end().to_owned();
        let whole = piece(text, separator, places(&block.parts, range.start, range.end), budget);
        if whole.tokens > budget.max_tokens && block.zone.kind != ZoneKind::Code {
            pieces.extend(sentence_pieces(block, range, separator, budget));
        } else {
            pieces.push(whole);
        }
    }
    pieces
}

fn sentence_pieces(
    block: &Block,
    range: std::ops::Range<usize>,
    separator: &'static str,
    budget: Budget,
) -> Vec<Piece> {
    let text = &block.zone.content[range.clone()];
    let mut pieces: Vec<Piece> = Vec::new();
    let mut end = 0;
    for sentence in sentences(text) {
        let separator = match &text[end..sentence.start] {
            _ if pieces.is_empty() => separator,
            "" => "",
            _ => " ",
        };
        end = sentence.end;
        let places = places(&block.parts, range.start + sentence.start, range.start + sentence.end);
        let found = piece(one_line(&text[sentence]), separator, places, budget);
        pieces.push(Piece { is_sentence: true, ..found });
    }
    pieces
}

/// The table whole, or parts of as many rows as a chunk holds, each with the head.
fn table_pieces(block: &Block, table: &Table, budget: Budget) -> Vec<Piece> {
    let rows = slots(table);
    let lines: Vec<String> = rows.iter().map(|row| line(row)).collect();
    let whole = piece(lines.join("\n"), BETWEEN_BLOCKS, places(&block.parts, 0, lines.len()), budget);
    let head = grid::header_rows(table) as usize;
    let body: Vec<usize> = starts_of_groups(&rows, head);
    if whole.tokens <= budget.max_tokens || body.len() < 2 {
        return vec![whole];
    }
    let head_text = lines[..head].join("\n");
    let mut parts: Vec<Piece> = Vec::new();
    let mut first = head;
    let part = |from: usize, to: usize| {
        let body = lines[from..to].join("\n");
        let text = if head > 0 { format!("{head_text}\n{body}") } else { body };
        let piece = piece(text, BETWEEN_BLOCKS, places(&block.parts, from, to), budget);
        Piece { is_partial_table: true, ..piece }
    };
    // Token counts of single lines: parts are found in one pass, and counted once they are whole.
    let sizes: Vec<usize> = lines.iter().map(|line| tokens::count(budget.tokenizer, line) + 1).collect();
    let head_size: usize = sizes[..head].iter().sum();
    let mut size = head_size;
    for (index, start) in body.iter().enumerate() {
        let end = body.get(index + 1).copied().unwrap_or(lines.len());
        let group: usize = sizes[*start..end].iter().sum();
        if *start > first && size + group > budget.max_tokens {
            parts.push(part(first, *start));
            (first, size) = (*start, head_size);
        }
        size += group;
    }
    parts.push(part(first, lines.len()));
    parts
}

/// The rows below the head where a table may be split: no cell reaches over the place.
fn starts_of_groups(rows: &[Vec<Slot<'_>>], head: usize) -> Vec<usize> {
    let mut open_until = head;
    let mut starts = Vec::new();
    for (index, row) in rows.iter().enumerate().skip(head) {
        if index >= open_until {
            starts.push(index);
        }
        for slot in row {
            if let Slot::Cell(cell) = slot {
                open_until = open_until.max((cell.row + cell.row_span) as usize);
            }
        }
        open_until = open_until.max(index + 1);
    }
    starts
}

fn line(row: &[Slot<'_>]) -> String {
    let cells: Vec<String> = row_texts(row).iter().map(|text| text.replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
}

fn piece(text: String, separator: &'static str, places: Vec<Place>, budget: Budget) -> Piece {
    let tokens =
        tokens::count(budget.tokenizer, &text) + usize::from(!separator.trim_matches(' ').is_empty());
    Piece { text, separator, tokens, places, is_heading: false, is_sentence: false, is_partial_table: false }
}

/// The zones that have a share of what lies between `from` and `to`.
fn places(parts: &[Part], from: usize, to: usize) -> Vec<Place> {
    let mut start = 0;
    let mut found = Vec::new();
    for part in parts {
        if start < to && part.end > from || parts.len() == 1 {
            found.push(Place {
                page_number: part.page_number,
                reading_order: part.reading_order,
                kind: part.kind,
                bbox: part.bbox,
            });
        }
        start = part.end;
    }
    found
}
