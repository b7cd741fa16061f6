//! GitHub-flavoured Markdown (<https://github.github.com/gfm/>).
//!
//! Tables are pipe tables; one with spanning cells, which pipes cannot express, is an HTML table (GFM passes HTML
//! through). Document text is escaped, so that it shows as it is and never acts as markup.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Exporter, Header};
use crate::layout::{Cell, Page, Table, Zone, ZoneKind};

#[derive(Default)]
pub(super) struct Markdown {
    begun: bool,
    /// A paragraph that may go on in the next column or on the next page, not yet escaped.
    open: Option<String>,
}

impl Exporter for Markdown {
    fn start(&mut self, _header: &Header, _output: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn page(&mut self, page: &Page, output: &mut dyn Write) -> io::Result<()> {
        for zone in &page.zones {
            if zone.kind == ZoneKind::Paragraph {
                self.paragraph(&zone.content, output)?;
            } else {
                self.close(output)?;
                self.write(&block(zone), output)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, output: &mut dyn Write) -> io::Result<()> {
        self.close(output)
    }
}

impl Markdown {
    fn paragraph(&mut self, content: &str, output: &mut dyn Write) -> io::Result<()> {
        match &mut self.open {
            Some(open) if goes_on(open, content) && open.len() < MAX_OPEN => join(open, content),
            _ => {
                self.close(output)?;
                self.open = Some(content.to_owned());
            }
        }
        Ok(())
    }

    fn close(&mut self, output: &mut dyn Write) -> io::Result<()> {
        match self.open.take() {
            Some(open) => self.write(&paragraph(&open), output),
            None => Ok(()),
        }
    }

    fn write(&mut self, block: &str, output: &mut dyn Write) -> io::Result<()> {
        if block.is_empty() {
            return Ok(());
        }
        if std::mem::replace(&mut self.begun, true) {
            output.write_all(b"\n")?;
        }
        output.write_all(block.as_bytes())?;
        output.write_all(b"\n")
    }
}

/// A paragraph is not joined beyond this many bytes: memory stays bounded.
const MAX_OPEN: usize = 1 << 20;

/// Whether the next paragraph is the rest of this one: it begins with a small letter, and this one does not end as
/// sentences do.
fn goes_on(open: &str, next: &str) -> bool {
    let ends = open.trim_end().ends_with(['.', '!', '?', ':', ';', '"', '”', ')']);
    !ends && open.contains(' ') && next.chars().next().is_some_and(char::is_lowercase)
}

fn join(open: &mut String, next: &str) {
    let broken = open.strip_suffix('-').is_some_and(|word| word.ends_with(char::is_alphabetic));
    if broken {
        open.pop();
    } else {
        open.push(' ');
    }
    open.push_str(next);
}

/// The zone's Markdown without a final line break; empty when there is nothing to write.
fn block(zone: &Zone) -> String {
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

/// A line an item. Items keep their own number or letter; other signs become `-`.
fn list(content: &str) -> String {
    content.lines().map(list_item).collect::<Vec<_>>().join("\n")
}

fn list_item(line: &str) -> String {
    let trimmed = line.trim_start();
    let indent = " ".repeat(line.len() - trimmed.len());
    let (marker, text) = trimmed.split_once(' ').unwrap_or(("", trimmed));
    let is_number = marker.len() <= 10
        && marker
            .strip_suffix(['.', ')'])
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    if is_number || marker == "-" {
        format!("{indent}{marker} {}", escape_line(text))
    } else {
        format!("{indent}- {}", escape_line(trimmed))
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
    let mut grid = vec![vec![String::new(); table.columns as usize]; table.rows as usize];
    for cell in &table.cells {
        if let Some(place) = grid.get_mut(cell.row as usize).and_then(|row| row.get_mut(cell.column as usize))
        {
            *place = escape_cell(&one_line(&cell.content));
        }
    }
    let mut text = String::new();
    for (index, row) in grid.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let _ = write!(text, "| {} |", row.join(" | "));
        if index == 0 {
            let _ = write!(text, "\n|{}", " --- |".repeat(row.len()));
        }
    }
    text
}

/// One line, because GFM ends an HTML block at a blank line.
fn html_table(table: &Table) -> String {
    let mut text = String::from("<table>");
    for row in 0..table.rows {
        text.push_str("<tr>");
        for cell in table.cells.iter().filter(|cell| cell.row == row) {
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

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text within a block: nothing in it can start emphasis, code, a link, a picture or HTML.
fn escape_inline(text: &str) -> String {
    escape(text, |_, _| false)
}

/// Text of a pipe table's cell: as inline text, and it cannot end the cell.
fn escape_cell(text: &str) -> String {
    escape(text, |_, character| character == '|')
}

/// A line of its own: as inline text, and its beginning cannot start a heading, list, quote, rule, fence, table or
/// reference definition.
fn escape_line(line: &str) -> String {
    let line = line.trim();
    let starts_block = match line.chars().next() {
        Some('#' | '>' | '=' | '~' | '|') => true,
        Some('-' | '+') => line[1..].starts_with([' ', '-']) || line.len() == 1,
        _ => false,
    };
    if let Some(end) = ordered_marker(line) {
        return format!("{}\\{}", &line[..end], escape_inline(&line[end..]));
    }
    let escaped = escape(line, |_, character| character == '|');
    if starts_block && !escaped.starts_with('\\') { format!("\\{escaped}") } else { escaped }
}

/// Where the `.` or `)` of a number that would start an ordered list stands.
fn ordered_marker(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    let closes = rest.starts_with(['.', ')']) && (rest.len() == 1 || rest[1..].starts_with(' '));
    ((1..=9).contains(&digits) && closes).then_some(digits)
}

/// Puts a backslash before each character that could act as markup, and before those `also` names (position and
/// character). An underscore between letters and a `<` or `&` before a space cannot act and are left alone.
fn escape(text: &str, also: impl Fn(usize, char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut characters = text.char_indices().peekable();
    while let Some((position, character)) = characters.next() {
        let after = characters.peek().map_or(' ', |(_, next)| *next);
        let acts = match character {
            '\\' => after.is_ascii_punctuation() || after == ' ',
            '`' | '*' | '[' | ']' => true,
            '~' => after == '~' || before == '~',
            '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
            '<' => after.is_ascii_alphabetic() || matches!(after, '/' | '!' | '?'),
            '&' => after.is_ascii_alphanumeric() || after == '#',
            _ => false,
        };
        if acts || also(position, character) {
            escaped.push('\\');
        }
        escaped.push(character);
        before = character;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{cell, export, table, zone};
    use super::super::{Format, Options};
    use super::*;

    #[test]
    fn a_document_reads_as_markdown() {
        let options = Options { headers_footers: true, ..Options::default() };
        insta::assert_snapshot!(export(Format::Markdown, options));
    }

    #[test]
    fn text_that_looks_like_markup_is_escaped() {
        let escaped = |text: &str| block(&zone(ZoneKind::Paragraph, text));
        assert_eq!(escaped("# no heading"), "\\# no heading");
        assert_eq!(escaped("- no item"), "\\- no item");
        assert_eq!(escaped("12. no item"), "12\\. no item");
        assert_eq!(escaped("1.5 times"), "1.5 times");
        assert_eq!(escaped("[a](javascript:b)"), "\\[a\\](javascript:b)");
        assert_eq!(escaped("<script>"), "\\<script>");
        assert_eq!(escaped("a < b & c"), "a < b & c");
        assert_eq!(escaped("snake_case and _that_"), "snake_case and \\_that\\_");
        assert_eq!(escaped("a | b"), "a \\| b");
    }

    #[test]
    fn a_table_with_a_span_is_html_and_its_text_is_escaped() {
        let zone = table(2, 2, vec![cell(0, 0, 2, "<i>"), cell(1, 0, 1, "a"), cell(1, 1, 1, "b")]);
        assert_eq!(
            block(&zone),
            "<table><tr><th colspan=\"2\">&lt;i&gt;</th></tr><tr><td>a</td><td>b</td></tr></table>"
        );
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fenced("````"), "`````\n````\n`````");
    }

    proptest! {
        #[test]
        fn taking_the_backslashes_away_gives_the_text_back(text in "[ -~]{0,40}") {
            let line = text.trim();
            let mut plain = String::new();
            let escaped = escape_line(line);
            let mut characters = escaped.chars().peekable();
            while let Some(character) = characters.next() {
                let escapes = character == '\\'
                    && characters.peek().is_some_and(char::is_ascii_punctuation);
                plain.push(if escapes { characters.next().unwrap_or('\\') } else { character });
            }
            prop_assert_eq!(plain, line);
        }

        #[test]
        fn a_cell_never_adds_a_column(text in "[ -~]{0,40}") {
            let escaped = escape_cell(&one_line(&text));
            let bytes = escaped.as_bytes();
            for (index, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'|') {
                prop_assert_eq!(bytes[index - 1], b'\\');
            }
        }
    }
}
