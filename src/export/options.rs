//! What goes into an export, and how it is written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Format;
use crate::layout::{Page, Zone, ZoneKind};

/// Most ranges of one choice of pages.
const MAX_RANGES: usize = 1000;
/// The smallest and largest chunk that may be asked for, tokens.
const CHUNK_TOKENS: std::ops::RangeInclusive<u32> = 16..=100_000;

/// What goes into an export, and how it is written. What a format has no use for, it leaves aside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Keep running headers and footers, page numbers and watermarks. Unless it is said: JSON and JSONL do, the others
    /// do not. CSV and XLSX hold tables only.
    pub headers_footers: Option<bool>,
    /// Only zones of these kinds; all when empty.
    pub kinds: Vec<ZoneKind>,
    /// Only zones at least this sure, 0 to 1.
    #[serde(alias = "minimum_confidence")]
    pub min_confidence: f32,
    /// Only these pages.
    pub pages: Option<PageRanges>,
    /// Only pages from this number on, from 1.
    pub first_page: Option<u32>,
    /// Only pages up to this number.
    pub last_page: Option<u32>,
    /// Of chunks: the most tokens one has.
    pub max_tokens: u32,
    /// Of chunks: up to so many tokens of whole sentences from a chunk's end begin the next one.
    pub overlap: u32,
    /// Of chunks: what counts the tokens.
    pub tokenizer: Tokenizer,
    /// Of HTML: where pictures go.
    pub images: Images,
    /// Of HTML: the language of the text, a BCP 47 tag such as `en` or `pt-BR`; undetermined when not given.
    pub language: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            headers_footers: None,
            kinds: Vec::new(),
            min_confidence: 0.0,
            pages: None,
            first_page: None,
            last_page: None,
            max_tokens: 512,
            overlap: 64,
            tokenizer: Tokenizer::default(),
            images: Images::default(),
            language: None,
        }
    }
}

/// A vocabulary that language models read text by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tokenizer {
    /// Of GPT-4o and later models.
    #[default]
    O200kBase,
    /// Of GPT-4 and the text-embedding-3 models.
    Cl100kBase,
}

/// Where the pictures of an HTML document go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Images {
    /// Nowhere: a figure has its caption alone.
    #[default]
    None,
    /// Into it, as data URLs.
    Inline,
    /// Into files of a folder beside it.
    Beside,
}

/// Why options cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// Not a share.
    #[error("min_confidence is a number from 0 to 1")]
    Confidence,
    /// Not a size of chunks.
    #[error("max_tokens is a number from {} to {}", CHUNK_TOKENS.start(), CHUNK_TOKENS.end())]
    MaxTokens,
    /// There would be more repetition than progress.
    #[error("overlap is at most half of max_tokens")]
    Overlap,
    /// Not a language tag.
    #[error("language is a tag such as en or pt-BR")]
    Language,
}

impl Options {
    /// Whether the values can be used together.
    pub fn validate(&self) -> Result<(), OptionsError> {
        if !(0.0..=1.0).contains(&self.min_confidence) {
            return Err(OptionsError::Confidence);
        }
        if !CHUNK_TOKENS.contains(&self.max_tokens) {
            return Err(OptionsError::MaxTokens);
        }
        if self.overlap > self.max_tokens / 2 {
            return Err(OptionsError::Overlap);
        }
        if self.language.as_deref().is_some_and(|language| !is_language(language)) {
            return Err(OptionsError::Language);
        }
        Ok(())
    }

    /// The first and last page that can be wanted, to read no others.
    pub fn page_bounds(&self) -> (u32, u32) {
        let (first, last) = self.pages.as_ref().map_or((1, u32::MAX), PageRanges::bounds);
        (first.max(self.first_page.unwrap_or(1)), last.min(self.last_page.unwrap_or(u32::MAX)))
    }

    /// Whether the picture of this figure goes into what is written.
    pub fn wants_figure(&self, page: &Page, zone: &Zone) -> bool {
        zone.kind == ZoneKind::Figure
            && self.wants_page(page.page_number)
            && self.wants_zone(Format::Markdown, zone)
    }

    pub(super) fn wants_page(&self, page_number: u32) -> bool {
        let (first, last) = self.page_bounds();
        (first..=last).contains(&page_number)
            && self.pages.as_ref().is_none_or(|pages| pages.contains(page_number))
    }

    pub(super) fn wants_zone(&self, format: Format, zone: &Zone) -> bool {
        let furniture = self.headers_footers.unwrap_or(format.has_furniture());
        (furniture || !zone.kind.is_page_furniture())
            && (self.kinds.is_empty() || self.kinds.contains(&zone.kind))
            && zone.confidence >= self.min_confidence
    }
}

/// The form of a language tag (RFC 5646, section 2.1), whatever its subtags mean.
fn is_language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let is_primary = |subtag: &str| {
        (2..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let is_other = |subtag: &str| {
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    tag.len() <= 35 && subtags.next().is_some_and(is_primary) && subtags.all(is_other)
}

/// Pages by number, as in `1-3,7,12-`. They are written in order, whatever the order of the ranges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageRanges(Vec<(u32, u32)>);

/// The text names no pages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("pages are numbers and ranges from 1 on, separated by commas, such as 1-3,7,12-")]
pub struct PageRangesError;

impl PageRanges {
    fn contains(&self, page_number: u32) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&page_number))
    }

    fn bounds(&self) -> (u32, u32) {
        let first = self.0.iter().map(|(first, _)| *first).min().unwrap_or(1);
        let last = self.0.iter().map(|(_, last)| *last).max().unwrap_or(u32::MAX);
        (first, last)
    }
}

impl FromStr for PageRanges {
    type Err = PageRangesError;

    fn from_str(text: &str) -> Result<Self, PageRangesError> {
        if text.split(',').count() > MAX_RANGES {
            return Err(PageRangesError);
        }
        text.split(',').map(range).collect::<Option<_>>().map(Self).ok_or(PageRangesError)
    }
}

fn range(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| text.trim().parse().ok().filter(|number| *number > 0);
    let (first, last) = match text.split_once('-') {
        None => (number(text)?, number(text)?),
        Some((first, "")) => (number(first)?, u32::MAX),
        Some(("", last)) => (1, number(last)?),
        Some((first, last)) => (number(first)?, number(last)?),
    };
    (first <= last).then_some((first, last))
}

impl TryFrom<String> for PageRanges {
    type Error = PageRangesError;

    fn try_from(text: String) -> Result<Self, PageRangesError> {
        text.parse()
    }
}

impl fmt::Display for PageRanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            match *last {
                u32::MAX => write!(f, "{comma}{first}-")?,
                last if last == *first => write!(f, "{comma}{first}")?,
                last => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

impl From<PageRanges> for String {
    fn from(ranges: PageRanges) -> Self {
        ranges.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_numbers_and_ranges() {
        let ranges: PageRanges = "1-3, 7,12-".parse().unwrap();
        let chosen: Vec<u32> = (1..15).filter(|number| ranges.contains(*number)).collect();
        assert_eq!(chosen, [1, 2, 3, 7, 12, 13, 14]);
        assert_eq!(ranges.to_string(), "1-3,7,12-");
        assert_eq!("-4".parse::<PageRanges>().unwrap().bounds(), (1, 4));
    }

    #[test]
    fn what_names_no_pages_is_refused() {
        for text in ["", "0", "3-1", "a", "1,,2", "1-2-3", "-", "99999999999", &"1,".repeat(2000)] {
            assert_eq!(text.parse::<PageRanges>(), Err(PageRangesError), "{text:?}");
        }
    }

    #[test]
    fn values_that_make_no_sense_are_refused() {
        let invalid = |options: Options| options.validate().unwrap_err();
        let defaults = Options::default;
        assert_eq!(invalid(Options { min_confidence: f32::NAN, ..defaults() }), OptionsError::Confidence);
        assert_eq!(invalid(Options { min_confidence: 1.5, ..defaults() }), OptionsError::Confidence);
        assert_eq!(invalid(Options { max_tokens: 3, ..defaults() }), OptionsError::MaxTokens);
        assert_eq!(invalid(Options { overlap: 300, ..defaults() }), OptionsError::Overlap);
        assert_eq!(invalid(Options { language: Some("\"><".into()), ..defaults() }), OptionsError::Language);
        assert_eq!(Options { language: Some("pt-BR".into()), ..defaults() }.validate(), Ok(()));
    }

    #[test]
    fn an_unknown_option_is_answered_with_those_there_are() {
        let error = serde_json::from_str::<Options>(r#"{"colour":1}"#).unwrap_err().to_string();
        for name in ["colour", "headers_footers", "kinds", "min_confidence", "pages", "max_tokens", "images"]
        {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn only_the_pages_that_can_be_wanted_are_read() {
        let options = Options { pages: "3-5,9".parse().ok(), last_page: Some(7), ..Options::default() };
        assert_eq!(options.page_bounds(), (3, 7));
        assert!(options.wants_page(5) && !options.wants_page(6) && !options.wants_page(9));
    }
}
