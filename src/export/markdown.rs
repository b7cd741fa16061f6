//! GitHub-flavoured Markdown (<https://github.github.com/gfm/>).
//!
//! Tables are pipe tables; one with spanning cells, which pipes cannot express, is an HTML table (GFM passes HTML
//! through). Document text is escaped, so that it shows as it is and never acts as markup.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::continuation::Block;
use super::grid::{Slot, one_line, row_texts, slots};
use super::markdown_escape::{escape_cell, escape_html, escape_inline, escape_line};
use super::options::{Images, Options};
use super::{BlockExporter, Header, Rest, write_apart};
use crate::layout::{Cell, Table, Zone, ZoneKind};

/// Signs that are nothing but bullets; a point may mean something.
const BULLETS: [&str; 14] =
    ["-", "•", "◦", "▪", "▫", "‣", "●", "○", "■", "□", "►", "▶", "\u{F0B7}", "\u{F0A7}"];

#[derive(Default)]
pub(super) struct Markdown {
    begun: bool,
    /// Whether pictures of figures are files beside the document, and in which folder.
    are_images_beside: bool,
    image_folder: String,
}

impl Markdown {
    pub(super) fn new(options: &Options) -> Self {
        Self { are_images_beside: options.images == Images::Beside, ..Self::default() }
    }

    /// The picture of a figure, if it has a file.
    fn image(&self, block: &Block) -> Option<String> {
        let (image, part) = (block.image.as_ref()?, block.parts.first()?);
        let address = image.address(&self.image_folder, part.page_number, part.reading_order);
        // Angle brackets let an address have spaces (GFM, 6.6); these would end it.
        let address = address.replace('<', "%3C").replace('>', "%3E").replace('\\', "%5C");
        let address = address.replace(['\n', '\r'], "");
        self.are_images_beside.then(|| format!("![Figure on page {}](<{address}>)", part.page_number))
    }
}

impl BlockExporter for Markdown {
    fn start(&mut self, header: &Header, _output: &mut dyn Write) -> io::Result<()> {
        self.image_folder.clone_from(&header.image_folder);
        Ok(())
    }

    fn block(&mut self, block: &Block, output: &mut dyn Write) -> io::Result<()> {
        if let Some(image) = self.image(block) {
            write_apart(&image, &mut self.begun, output)?;
        }
        write_apart(&markdown(&block.zone), &mut self.begun, output)
    }

    fn finish(&mut self, _output: &mut dyn Write) -> io::Result<Rest> {
        Ok(Rest::None)
    }
}

/// The zone's Markdown without a final line break; empty when there is nothing to write.
fn markdown(zone: &Zone) -> String {
    if let Some(table) = &zone.table {
        return if table.cells.iter().any(is_spanning) { html_table(table) } else { pipe_table(table) };
    }
    match zone.kind {
        ZoneKind::Title => heading(1, &zone.content),
        ZoneKind::Heading => heading(zone.level.unwrap_or(1), &zone.content),
        ZoneKind::List | ZoneKind::ListItem => list(&zone.content),
        ZoneKind::Code => fenced(&zone.content),
        _ => paragraph(&zone.content),
    }
}

fn heading(level: u8, content: &str) -> String {
    let text = escape_inline(&one_line(content));
    if text.is_empty() {
        return text;
    }
    format!("{} {text}", "#".repeat(usize::from(level.clamp(1, 6))))
}

fn paragraph(content: &str) -> String {
    content.lines().map(escape_line).collect::<Vec<_>>().join("\n")
}

/// A line an item. Items keep their own number or letter; other signs become `-`. A nested item begins where the text of
/// the one it is part of does (GFM, 5.2).
fn list(content: &str) -> String {
    // Of the items that the next one may be part of: how far their lines stand in, and where their text begins.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut lines = Vec::new();
    for line in content.lines() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        while open.last().is_some_and(|(other, _)| *other >= indent) {
            open.pop();
        }
        let column = open.last().map_or(0, |(_, text)| *text);
        let (marker, text) = list_item(trimmed);
        open.push((indent, column + marker.len() + 1));
        lines.push(format!("{}{marker} {text}", " ".repeat(column)));
    }
    lines.join("\n")
}

fn list_item(trimmed: &str) -> (&str, String) {
    let (marker, text) = trimmed.split_once(' ').unwrap_or(("", trimmed));
    let is_number = marker.len() <= 10
        && marker
            .strip_suffix(['.', ')'])
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    if is_number {
        (marker, escape_line(text))
    } else if BULLETS.contains(&marker) {
        ("-", escape_line(text))
    } else {
        ("-", escape_line(trimmed))
    }
}

/// The fence is longer than any run of backticks inside.
fn fenced(content: &str) -> String {
    let longest = content.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}\n{content}\n{fence}")
}

fn is_spanning(cell: &Cell) -> bool {
    cell.row_span > 1 || cell.column_span > 1
}

fn pipe_table(table: &Table) -> String {
    let mut text = String::new();
    for (index, row) in slots(table).iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let cells: Vec<String> = row_texts(row).iter().map(|cell| escape_cell(cell)).collect();
        let _ = write!(text, "| {} |", cells.join(" | "));
        if index == 0 {
            let _ = write!(text, "\n|{}", " --- |".repeat(cells.len()));
        }
    }
    text
}

/// One line, because GFM ends an HTML block at a blank line.
fn html_table(table: &Table) -> String {
    let mut text = String::from("<table>");
    for row in slots(table) {
        text.push_str("<tr>");
        for slot in row {
            let cell = match slot {
                Slot::Cell(cell) => cell,
                Slot::Covered => continue,
                Slot::Empty => {
                    text.push_str("<td></td>");
                    continue;
                }
            };
            let tag = if cell.header { "th" } else { "td" };
            let _ = write!(text, "<{tag}");
            if cell.row_span > 1 {
                let _ = write!(text, " rowspan=\"{}\"", cell.row_span);
            }
            if cell.column_span > 1 {
                let _ = write!(text, " colspan=\"{}\"", cell.column_span);
            }
            let _ = write!(text, ">{}</{tag}>", escape_html(&one_line(&cell.content)));
        }
        text.push_str("</tr>");
    }
    text.push_str("</table>");
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::{cell, export, table};
    use super::super::{Format, Options};
    use super::*;

    #[test]
    fn a_document_reads_as_markdown() {
        let options = Options { headers_footers: Some(true), ..Options::default() };
        insta::assert_snapshot!(export(Format::Markdown, options));
    }

    #[test]
    fn a_table_with_a_span_is_html_and_its_text_is_escaped() {
        let zone = table(2, 2, vec![cell(0, 0, 2, "<i>"), cell(1, 0, 1, "a"), cell(1, 1, 1, "b")]);
        assert_eq!(
            markdown(&zone),
            "<table><tr><th colspan=\"2\">&lt;i&gt;</th></tr><tr><td>a</td><td>b</td></tr></table>"
        );
    }

    #[test]
    fn nested_items_begin_where_the_text_of_their_item_does() {
        assert_eq!(list("1. a\n  • b\n    • c\n  • d\n2. e"), "1. a\n   - b\n     - c\n   - d\n2. e");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fenced("````"), "`````\n````\n`````");
    }
}
