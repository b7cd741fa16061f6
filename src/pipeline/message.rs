//! What the child process writes on its standard output: one JSON object a line.

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use crate::layout::{DocumentInfo, Page, PageError, PageErrorCode};

/// A line from the child. In order: one `Document`; for each page `Reading` and, a few pages later, `Page`; then `End`.
/// Or at any time `Failed`, and nothing after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message {
    /// The document is open.
    Document(DocumentInfo),
    /// A page is about to be read: if nothing follows, this page is to blame.
    Reading {
        /// Counted from 1.
        page_number: u32,
    },
    /// A page is done.
    Page(Page),
    /// All pages are done.
    End,
    /// The document cannot be processed.
    Failed(Failure),
}

/// A page the child must not read, because an earlier child was lost on it; written `7=page_crashed` on its command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LostPage {
    /// Counted from 1.
    pub page_number: u32,
    /// How the earlier child was lost.
    pub code: PageErrorCode,
}

impl std::fmt::Display for LostPage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = match self.code {
            PageErrorCode::PageTimedOut => "page_timed_out",
            PageErrorCode::PageMemory => "page_memory",
            _ => "page_crashed",
        };
        write!(formatter, "{}={code}", self.page_number)
    }
}

impl std::str::FromStr for LostPage {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (page_number, code) = text.split_once('=').ok_or("expected NUMBER=CODE")?;
        let code = match code {
            "page_crashed" => PageErrorCode::PageCrashed,
            "page_timed_out" => PageErrorCode::PageTimedOut,
            "page_memory" => PageErrorCode::PageMemory,
            other => return Err(format!("unknown code {other}")),
        };
        let page_number = page_number.parse().map_err(|_| "expected a page number")?;
        Ok(Self { page_number, code })
    }
}

impl LostPage {
    /// What the page carries instead of zones.
    pub fn error(&self) -> PageError {
        let message = match self.code {
            PageErrorCode::PageTimedOut => "reading the page took longer than allowed, so it was left out",
            PageErrorCode::PageMemory => {
                "reading the page needed more memory than allowed, so it was left out"
            }
            _ => "reading the page broke the reader, so it was left out; print it to a new PDF and try again",
        };
        PageError { code: self.code, message: message.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_page_survives_the_command_line() {
        for code in [PageErrorCode::PageCrashed, PageErrorCode::PageTimedOut, PageErrorCode::PageMemory] {
            let lost = LostPage { page_number: 7, code };
            assert_eq!(lost.to_string().parse(), Ok(lost));
        }
        assert!("7".parse::<LostPage>().is_err());
    }
}
