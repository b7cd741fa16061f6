//! Pieces of text for retrieval (RAG), a JSON object a line; `schemas/chunk.schema.json` describes it.
//!
//! A chunk lies within one section and has at most the tokens asked for. It is made of whole sentences, list items, lines
//! of code and tables. A table that is larger is split between its rows, each part with the head repeated. What cannot be
//! split and is larger is a chunk of its own, marked as oversized. Where a section goes on in the next chunk, that one
//! begins with the last whole sentences of the one before, up to the overlap asked for.

mod pieces;

use std::io::{self, Write};

use serde::Serialize;

use super::continuation::Block;
use super::grid::one_line;
use super::options::{Options, Tokenizer};
use super::{BlockExporter, Rest, tokens};
use crate::layout::{Bbox, ZoneKind};
use pieces::{Piece, pieces};

/// A breadcrumb's headings are cut after so many characters.
const MAX_HEADING: usize = 300;

pub(super) struct Chunks {
    budget: Budget,
    /// The headings that the current section lies under, with their levels.
    headings: Vec<(u8, String)>,
    current: Vec<Piece>,
    /// How many pieces at the beginning of the current chunk repeat the one before.
    repeated: usize,
    written: u64,
}

/// How large chunks are.
#[derive(Clone, Copy)]
struct Budget {
    tokenizer: Tokenizer,
    max_tokens: usize,
    overlap: usize,
}

#[derive(Serialize)]
struct Chunk<'a> {
    index: u64,
    text: &'a str,
    tokens: usize,
    breadcrumb: Vec<&'a str>,
    pages: Vec<u32>,
    zones: Vec<Place>,
    overlap_characters: usize,
    oversized: bool,
    partial_table: bool,
}

/// A zone that a chunk has text of.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Place {
    page_number: u32,
    reading_order: u32,
    kind: ZoneKind,
    bbox: Bbox,
}

impl Chunks {
    pub(super) fn new(options: &Options) -> Self {
        let budget = Budget {
            tokenizer: options.tokenizer,
            max_tokens: options.max_tokens as usize,
            overlap: options.overlap as usize,
        };
        Self { budget, headings: Vec::new(), current: Vec::new(), repeated: 0, written: 0 }
    }

    /// A heading begins a section, and so a chunk, unless nothing but headings stands before it.
    fn enter(&mut self, level: u8, heading: &str, output: &mut dyn Write) -> io::Result<()> {
        if !self.current.iter().all(|piece| piece.is_heading) {
            self.end_section(output)?;
        }
        self.headings.retain(|(above, _)| *above < level);
        self.headings.push((level, one_line(heading).chars().take(MAX_HEADING).collect()));
        Ok(())
    }

    fn end_section(&mut self, output: &mut dyn Write) -> io::Result<()> {
        while self.current.len() > self.repeated {
            self.write_current(output)?;
        }
        self.current.clear();
        self.repeated = 0;
        Ok(())
    }

    fn add(&mut self, piece: Piece, output: &mut dyn Write) -> io::Result<()> {
        let size = |pieces: &[Piece]| pieces.iter().map(|piece| piece.tokens).sum::<usize>();
        while self.current.len() > self.repeated
            && size(&self.current) + piece.tokens > self.budget.max_tokens
        {
            self.write_current(output)?;
        }
        // What is repeated makes way for what is new.
        while self.repeated > 0 && size(&self.current) + piece.tokens > self.budget.max_tokens {
            self.current.remove(0);
            self.repeated -= 1;
        }
        self.current.push(piece);
        Ok(())
    }

    /// Writes a chunk of as many pieces as the budget holds, and begins the next one with the overlap and the rest.
    fn write_current(&mut self, output: &mut dyn Write) -> io::Result<()> {
        let mut fitting = self.current.len();
        let (mut text, mut tokens) = self.text_of(fitting);
        // A text can have more tokens than its pieces have one by one, if rarely.
        while tokens > self.budget.max_tokens && fitting > 1 {
            if fitting > self.repeated + 1 {
                fitting -= 1;
            } else {
                self.current.remove(0);
                self.repeated -= 1;
                fitting -= 1;
            }
            (text, tokens) = self.text_of(fitting);
        }
        let rest = self.current.split_off(fitting);
        let chunk = self.chunk(&text, tokens);
        serde_json::to_writer(&mut *output, &chunk)?;
        output.write_all(b"\n")?;
        self.written += 1;
        self.begin_with_overlap();
        self.current.extend(rest);
        Ok(())
    }

    fn text_of(&self, count: usize) -> (String, usize) {
        let text = joined(&self.current[..count]);
        let tokens = tokens::count(self.budget.tokenizer, &text);
        (text, tokens)
    }

    fn chunk<'a>(&'a self, text: &'a str, tokens: usize) -> Chunk<'a> {
        let mut zones: Vec<Place> = Vec::new();
        for place in self.current.iter().flat_map(|piece| &piece.places) {
            if !zones.contains(place) {
                zones.push(place.clone());
            }
        }
        let mut pages: Vec<u32> = zones.iter().map(|place| place.page_number).collect();
        pages.sort_unstable();
        pages.dedup();
        Chunk {
            index: self.written,
            text,
            tokens,
            breadcrumb: self.headings.iter().map(|(_, heading)| heading.as_str()).collect(),
            pages,
            zones,
            overlap_characters: joined(&self.current[..self.repeated]).chars().count(),
            oversized: tokens > self.budget.max_tokens,
            partial_table: self.current.iter().any(|piece| piece.is_partial_table),
        }
    }

    /// Keeps the last sentences of the current chunk, as many as the overlap holds.
    fn begin_with_overlap(&mut self) {
        let mut tokens = 0;
        let kept = self
            .current
            .iter()
            .rev()
            .take_while(|piece| {
                tokens += piece.tokens;
                piece.is_sentence && tokens <= self.budget.overlap
            })
            .count();
        // A chunk that is nothing but repeated has no end of its own to repeat.
        let kept = kept.min(self.current.len() - self.repeated);
        self.current.drain(..self.current.len() - kept);
        self.repeated = kept;
    }
}

impl BlockExporter for Chunks {
    fn block(&mut self, block: &Block, output: &mut dyn Write) -> io::Result<()> {
        match block.zone.kind {
            ZoneKind::Title => self.enter(0, &block.zone.content, output)?,
            ZoneKind::Heading => self.enter(block.zone.level.unwrap_or(1), &block.zone.content, output)?,
            _ => {}
        }
        pieces(block, self.budget).into_iter().try_for_each(|piece| self.add(piece, output))
    }

    fn finish(&mut self, output: &mut dyn Write) -> io::Result<Rest> {
        self.end_section(output)?;
        Ok(Rest::None)
    }
}

/// The text of pieces in a row; the first one's separator is left out.
fn joined(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 {
            text.push_str(piece.separator);
        }
        text.push_str(&piece.text);
    }
    text
}

#[cfg(test)]
mod tests;
