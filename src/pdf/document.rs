//! Opening a document and what it says about itself.
#![allow(unsafe_code)] // every question to PDFium is a C call

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ffi::c_ulong;
use std::fs::File;

use pdfium_render::prelude::FPDF_DOCUMENT;

use super::library::Library;
use super::open_page::{PageLimits, PageReadError};
use super::reader::Reader;
use super::render::{self, Rendering, View};
use super::{outline, page};
use crate::layout::{Bookmark, DocumentInfo, Metadata, PageContent};
use crate::picture::{GreyPicture, Picture};

/// Longest metadata value kept, in characters.
const MAX_METADATA_CHARACTERS: usize = 500;
/// Longest metadata value read, in UTF-16 units and their terminator: enough for the above.
const MAX_METADATA_BYTES: usize = 4096;

/// PDFium's error codes (`fpdfview.h`).
const FPDF_ERR_PASSWORD: u64 = 4;
const FPDF_ERR_SECURITY: u64 = 5;

/// Why a document does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenError {
    /// A password or an unknown security handler protects it.
    Encrypted,
    /// PDFium finds no document in it.
    Invalid,
}

/// An open document.
pub struct Document<'a> {
    library: &'a Library,
    handle: FPDF_DOCUMENT,
    /// Read when the first page is.
    outline: OnceCell<HashMap<u32, Vec<Bookmark>>>,
    /// PDFium reads from it until the document is closed.
    _reader: Reader,
}

impl<'a> Document<'a> {
    /// Opens the document in `file`, `length` bytes long.
    pub fn open(library: &'a Library, file: File, length: u64) -> Result<Self, OpenError> {
        let mut reader = Reader::new(file, length);
        // SAFETY: the access structure and the file behind it live in `reader`, which outlives the document.
        let handle = unsafe { library.calls.FPDF_LoadCustomDocument(&raw mut *reader.access, None) };
        if !handle.is_null() {
            return Ok(Self { library, handle, outline: OnceCell::new(), _reader: reader });
        }
        // SAFETY: reads the code of the call just made.
        match unsafe { library.calls.FPDF_GetLastError() } {
            FPDF_ERR_PASSWORD | FPDF_ERR_SECURITY => Err(OpenError::Encrypted),
            _ => Err(OpenError::Invalid),
        }
    }

    /// Number of pages the document claims to have.
    pub fn page_count(&self) -> u32 {
        // SAFETY: the handle is open.
        let count = unsafe { self.library.calls.FPDF_GetPageCount(self.handle) };
        u32::try_from(count).unwrap_or(0)
    }

    /// What the document says about itself.
    pub fn info(&self) -> DocumentInfo {
        DocumentInfo {
            page_count: self.page_count(),
            metadata: Metadata {
                title: self.metadata("Title"),
                author: self.metadata("Author"),
                subject: self.metadata("Subject"),
                creator: self.metadata("Creator"),
                producer: self.metadata("Producer"),
                created: self.metadata("CreationDate"),
                modified: self.metadata("ModDate"),
            },
            pdf_version: self.version(),
        }
    }

    fn version(&self) -> Option<String> {
        let mut version = 0;
        // SAFETY: the handle is open and the result has a place.
        let known = unsafe { self.library.calls.FPDF_GetFileVersion(self.handle, &raw mut version) };
        (known != 0).then(|| format!("{}.{}", version / 10, version % 10))
    }

    fn metadata(&self, key: &str) -> Option<String> {
        let mut buffer = vec![0u8; MAX_METADATA_BYTES];
        // SAFETY: the buffer is as long as said.
        let length = unsafe {
            self.library.calls.FPDF_GetMetaText(
                self.handle,
                key,
                buffer.as_mut_ptr().cast(),
                buffer.len() as c_ulong,
            )
        };
        let length = usize::try_from(length).ok().filter(|length| *length <= buffer.len())?;
        let units: Vec<u16> =
            buffer[..length].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let text: String = String::from_utf16_lossy(&units)
            .chars()
            .filter(|character| !character.is_control())
            .take(MAX_METADATA_CHARACTERS)
            .collect();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Reads page `page_number`, counted from 1.
    pub fn read_page(&self, page_number: u32, limits: &PageLimits) -> Result<PageContent, PageReadError> {
        let mut content = page::read(self.library, self.handle, page_number, limits)?;
        let outline = self.outline.get_or_init(|| outline::read(self.library, self.handle));
        content.bookmarks = outline.get(&page_number).cloned().unwrap_or_default();
        content.is_first = page_number == 1;
        content.declared_title = if content.is_first { self.metadata("Title") } else { None };
        Ok(content)
    }

    /// Draws page `page_number`, counted from 1, or the part of it that `view` names.
    pub fn render(
        &self,
        page_number: u32,
        view: &View,
        limits: &PageLimits,
    ) -> Result<Rendering<Picture>, PageReadError> {
        render::render(self.library, self.handle, page_number, view, limits)
    }

    /// The same in grey.
    pub fn render_grey(
        &self,
        page_number: u32,
        view: &View,
        limits: &PageLimits,
    ) -> Result<Rendering<GreyPicture>, PageReadError> {
        render::render_grey(self.library, self.handle, page_number, view, limits)
    }
}

impl Drop for Document<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is open and not used afterwards.
        unsafe { self.library.calls.FPDF_CloseDocument(self.handle) };
    }
}
