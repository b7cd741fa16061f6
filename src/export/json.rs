//! One JSON object: the document, its pages, their zones. `schemas/document.schema.json` describes it.

use std::io::{self, Write};

use serde::Serialize;

use super::{Header, PageExporter};
use crate::layout::{DocumentInfo, ENGINE_VERSION, Page};

/// The version of the shape. A minor version adds fields, a major one changes or removes them.
const SCHEMA_VERSION: &str = "1.1";

#[derive(Default)]
pub(super) struct Json {
    pages: usize,
}

#[derive(Serialize)]
struct Preamble<'a> {
    schema_version: &'static str,
    engine_version: &'static str,
    name: &'a str,
    #[serde(flatten)]
    info: &'a DocumentInfo,
}

impl PageExporter for Json {
    fn start(&mut self, header: &Header, output: &mut dyn Write) -> io::Result<()> {
        let preamble = Preamble {
            schema_version: SCHEMA_VERSION,
            engine_version: ENGINE_VERSION,
            name: &header.name,
            info: &header.info,
        };
        let mut bytes = serde_json::to_vec(&preamble)?;
        // The object stays open: its last member, the pages, follows one by one.
        bytes.pop();
        output.write_all(&bytes)?;
        output.write_all(b",\"pages\":[")
    }

    fn page(&mut self, page: &Page, output: &mut dyn Write) -> io::Result<()> {
        output.write_all(if self.pages == 0 { b"\n" } else { b",\n" })?;
        self.pages += 1;
        serde_json::to_writer(output, page).map_err(io::Error::from)
    }

    fn finish(&mut self, output: &mut dyn Write) -> io::Result<()> {
        output.write_all(b"\n]}\n")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::{Format, Options, tests::export};

    #[test]
    fn the_document_is_one_valid_object() {
        let options = Options { headers_footers: Some(true), ..Options::default() };
        let document: Value = serde_json::from_str(&export(Format::Json, options)).unwrap();
        insta::assert_json_snapshot!(document);
    }
}
