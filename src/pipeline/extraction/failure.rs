//! Why a document as a whole cannot be processed: a code for programs, a sentence for people; or was not, here.

use serde::{Deserialize, Serialize};

/// Longest message taken from a child, in characters.
const MAX_CHARACTERS: usize = 500;

/// A document that cannot be processed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Stable, for programs.
    pub code: FailureCode,
    /// What was wrong and what to do.
    pub message: String,
}

/// What can be wrong with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The file has no bytes.
    EmptyFile,
    /// The file is larger than allowed.
    FileTooLarge,
    /// The file is something else.
    NotAPdf,
    /// A password protects it.
    Encrypted,
    /// It is a PDF, but broken beyond what can be repaired.
    Damaged,
    /// It has no pages.
    NoPages,
    /// It has more pages than allowed.
    TooManyPages,
    /// Opening it took too long.
    OpenTimedOut,
    /// Opening it ended the process each time.
    OpenCrashed,
    /// Reading all of it took too long.
    DocumentTimedOut,
    /// Its zones take more bytes than allowed.
    OutputTooLarge,
    /// Too many of its pages ended the process.
    TooManyFailures,
    /// Not the document's fault: the engine could not work here.
    EngineUnavailable,
}

impl FailureCode {
    /// As it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::EmptyFile => "empty_file",
            Self::FileTooLarge => "file_too_large",
            Self::NotAPdf => "not_a_pdf",
            Self::Encrypted => "encrypted",
            Self::Damaged => "damaged",
            Self::NoPages => "no_pages",
            Self::TooManyPages => "too_many_pages",
            Self::OpenTimedOut => "open_timed_out",
            Self::OpenCrashed => "open_crashed",
            Self::DocumentTimedOut => "document_timed_out",
            Self::OutputTooLarge => "output_too_large",
            Self::TooManyFailures => "too_many_failures",
            Self::EngineUnavailable => "engine_unavailable",
        }
    }
}

impl Failure {
    pub(crate) fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(crate) fn empty_file() -> Self {
        Self::new(FailureCode::EmptyFile, "the file is empty (0 bytes); upload it again")
    }

    pub(crate) fn file_too_large(length: u64, limit: u64) -> Self {
        let message = format!(
            "the file has {length} bytes and at most {limit} are accepted; split it or reduce its pictures"
        );
        Self::new(FailureCode::FileTooLarge, message)
    }

    pub(crate) fn not_a_pdf() -> Self {
        Self::new(
            FailureCode::NotAPdf,
            "the file is not a PDF: it has no PDF header; upload the PDF itself, or print the document to PDF",
        )
    }

    pub(crate) fn encrypted() -> Self {
        Self::new(
            FailureCode::Encrypted,
            "the PDF is protected by a password; save a copy without protection and upload that",
        )
    }

    pub(crate) fn damaged() -> Self {
        Self::new(
            FailureCode::Damaged,
            "the PDF is damaged and cannot be opened; it may have been cut off, so download or export it again",
        )
    }

    pub(crate) fn no_pages() -> Self {
        Self::new(FailureCode::NoPages, "the PDF has no pages; export it again from the program that made it")
    }

    pub(crate) fn too_many_pages(pages: u32, limit: u32) -> Self {
        let message = format!("the PDF has {pages} pages and at most {limit} are accepted; split it");
        Self::new(FailureCode::TooManyPages, message)
    }

    pub(crate) fn open_timed_out(seconds: u64) -> Self {
        let message = format!(
            "the PDF could not be opened within {seconds} seconds; print it to a new PDF and upload that"
        );
        Self::new(FailureCode::OpenTimedOut, message)
    }

    pub(crate) fn document_timed_out(seconds: u64) -> Self {
        let message = format!("reading the PDF took longer than {seconds} seconds; split it");
        Self::new(FailureCode::DocumentTimedOut, message)
    }

    pub(crate) fn output_too_large(limit: u64) -> Self {
        let message = format!("the PDF's zones take more than {limit} bytes; split it");
        Self::new(FailureCode::OutputTooLarge, message)
    }

    /// With no more text than a sentence has: it comes from a process that the document may have taken over.
    pub(super) fn shortened(mut self) -> Self {
        if let Some((end, _)) = self.message.char_indices().nth(MAX_CHARACTERS) {
            self.message.truncate(end);
        }
        self
    }

    pub(crate) fn open_crashed() -> Self {
        Self::new(
            FailureCode::OpenCrashed,
            "opening the PDF breaks the reader; print it to a new PDF and upload that",
        )
    }

    pub(crate) fn too_many_failures(restarts: u32) -> Self {
        let message = format!(
            "more than {restarts} pages of the PDF break the reader; print it to a new PDF and upload that"
        );
        Self::new(FailureCode::TooManyFailures, message)
    }
}

/// Why an extraction ends early.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The document cannot be processed; trying again gives the same.
    #[error(transparent)]
    Document(#[from] Failure),
    /// Reading it did not work here; another try may.
    #[error("the extraction process cannot be run: {0}")]
    Process(#[from] std::io::Error),
}
