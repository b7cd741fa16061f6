//! JSON Lines: a zone a line, with its page number, for programs that read one record at a time.

use std::io::{self, Write};

use serde::Serialize;

use super::{Header, PageExporter};
use crate::layout::{Page, Zone};

#[derive(Default)]
pub(super) struct Jsonl;

#[derive(Serialize)]
struct Line<'a> {
    page_number: u32,
    #[serde(flatten)]
    zone: &'a Zone,
}

impl PageExporter for Jsonl {
    fn start(&mut self, _header: &Header, _output: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn page(&mut self, page: &Page, output: &mut dyn Write) -> io::Result<()> {
        for zone in &page.zones {
            serde_json::to_writer(&mut *output, &Line { page_number: page.page_number, zone })?;
            output.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(&mut self, _output: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Options, tests::export};

    #[test]
    fn a_zone_is_a_line_with_its_page() {
        insta::assert_snapshot!(export(Format::Jsonl, Options::default()));
    }
}
