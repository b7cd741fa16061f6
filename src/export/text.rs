//! Plain text: the blocks as they read, an empty line between them; tabs between the cells of a table.

use std::io::{self, Write};

use super::continuation::Block;
use super::grid::{one_line, row_texts, slots};
use super::{BlockExporter, Rest, write_apart};
use crate::layout::{Zone, ZoneKind};

#[derive(Default)]
pub(super) struct Text {
    begun: bool,
}

impl BlockExporter for Text {
    fn block(&mut self, block: &Block, output: &mut dyn Write) -> io::Result<()> {
        write_apart(&text(&block.zone), &mut self.begun, output)
    }

    fn finish(&mut self, _output: &mut dyn Write) -> io::Result<Rest> {
        Ok(Rest::None)
    }
}

fn text(zone: &Zone) -> String {
    if let Some(table) = &zone.table {
        let rows: Vec<String> = slots(table).iter().map(|row| row_texts(row).join("\t")).collect();
        return rows.join("\n");
    }
    match zone.kind {
        ZoneKind::Title | ZoneKind::Heading => one_line(&zone.content),
        _ => zone.content.trim_matches('\n').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Options, tests::export};

    #[test]
    fn a_document_reads_as_plain_text() {
        insta::assert_snapshot!(export(Format::Text, Options::default()));
    }
}
