//! What goes into exports, as arguments.

use anyhow::Context as _;
use clap::builder::PossibleValuesParser;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::export::{Images, Options, PageRanges, Tokenizer};
use crate::layout::ZoneKind;

/// Arguments for what goes into exports; what a format has no use for, it leaves aside.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What goes into the outputs")]
pub(super) struct ExportArgs {
    /// Keep running headers and footers, page numbers and watermarks (json and jsonl always have them, csv and xlsx never).
    #[arg(long)]
    headers_footers: bool,
    /// Only these pages, such as 1-3,7,12-; no others are read.
    #[arg(long, value_name = "PAGES")]
    pages: Option<PageRanges>,
    /// Only zones of these kinds, separated by commas: title, heading, paragraph, list, list_item, table, figure,
    /// caption, header, footer, page_number, footnote, formula, code, form_field, toc, watermark.
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = by_name::<ZoneKind>)]
    kinds: Vec<ZoneKind>,
    /// Only zones at least this sure, 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    min_confidence: f32,
    /// chunks: the most tokens one has. A sentence or table row that is larger is a chunk of its own, marked as oversized.
    #[arg(long, value_name = "N", default_value_t = Options::default().max_tokens)]
    max_tokens: u32,
    /// chunks: up to so many tokens of whole sentences are repeated at the start of the next chunk of a section.
    #[arg(long, value_name = "N", default_value_t = Options::default().overlap)]
    overlap: u32,
    /// chunks: what counts the tokens: o200k_base is that of GPT-4o and later, cl100k_base of text-embedding-3.
    #[arg(long, value_name = "NAME", default_value = "o200k_base",
        value_parser = PossibleValuesParser::new(["o200k_base", "cl100k_base"]))]
    tokenizer: String,
    /// html: the language of the text, a tag such as en or pt-BR; und (undetermined) when not given.
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
}

impl ExportArgs {
    /// The options they say.
    pub(super) fn options(&self) -> anyhow::Result<Options> {
        let options = Options {
            headers_footers: self.headers_footers.then_some(true),
            kinds: self.kinds.clone(),
            min_confidence: self.min_confidence,
            pages: self.pages.clone(),
            max_tokens: self.max_tokens,
            overlap: self.overlap,
            tokenizer: by_name::<Tokenizer>(&self.tokenizer)?,
            images: Images::default(),
            language: self.language.clone(),
            ..Options::default()
        };
        options.validate().context("these options cannot be used")?;
        Ok(options)
    }
}

/// A value by the name it has in files; the error lists the names there are.
fn by_name<T: DeserializeOwned>(name: &str) -> Result<T, serde_json::Error> {
    serde_json::from_value(Value::from(name.trim()))
}
