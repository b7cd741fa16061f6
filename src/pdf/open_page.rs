//! A page opened: its size, its coordinates, and why it may not be opened.
#![allow(unsafe_code)] // pages are opened, asked and closed through C calls

use pdfium_render::prelude::{FPDF_DOCUMENT, FPDF_PAGE, FPDF_TEXTPAGE, FS_RECTF};
use serde::{Deserialize, Serialize};

use super::frame::Frame;
use super::library::Library;
use crate::layout::{PageContent, Rect};

/// What a page may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PageLimits {
    /// Longest side, points.
    pub max_points: f32,
    /// Most characters.
    pub max_characters: usize,
}

/// Why a page could not be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PageReadError {
    /// PDFium cannot load it.
    Damaged,
    /// A side is too long.
    TooLarge {
        /// Width in points.
        width: f32,
        /// Height in points.
        height: f32,
    },
    /// It has too many characters.
    TooComplex {
        /// How many.
        characters: usize,
    },
}

/// A page that closes itself.
pub(super) struct OpenPage<'a> {
    library: &'a Library,
    pub(super) handle: FPDF_PAGE,
}

impl Drop for OpenPage<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is open and not used afterwards.
        unsafe { self.library.calls.FPDF_ClosePage(self.handle) };
    }
}

impl OpenPage<'_> {
    /// Its text; none when it cannot be read.
    pub(super) fn text(&self) -> Option<OpenText<'_>> {
        // SAFETY: the page is open.
        let handle = unsafe { self.library.calls.FPDFText_LoadPage(self.handle) };
        (!handle.is_null()).then_some(OpenText { page: self, handle })
    }
}

/// A page's text that closes itself, before the page, as PDFium demands.
pub(super) struct OpenText<'a> {
    page: &'a OpenPage<'a>,
    pub(super) handle: FPDF_TEXTPAGE,
}

impl Drop for OpenText<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is open and not used afterwards.
        unsafe { self.page.library.calls.FPDFText_ClosePage(self.handle) };
    }
}

/// Opens the page, with its coordinates and its size as content without anything in it.
pub(super) fn open<'a>(
    library: &'a Library,
    document: FPDF_DOCUMENT,
    page_number: u32,
    limits: &PageLimits,
) -> Result<(OpenPage<'a>, Frame, PageContent), PageReadError> {
    check_size(library, document, page_number, limits)?;
    // SAFETY: the document is open; a bad index gives a null handle.
    let handle = unsafe { library.calls.FPDF_LoadPage(document, page_index(page_number)) };
    if handle.is_null() {
        return Err(PageReadError::Damaged);
    }
    let page = OpenPage { library, handle };
    let (frame, content) = frame_of(library, &page).ok_or(PageReadError::Damaged)?;
    if too_large(content.width, content.height, limits) {
        return Err(PageReadError::TooLarge { width: content.width, height: content.height });
    }
    Ok((page, frame, content))
}

/// PDFium counts pages from 0.
fn page_index(page_number: u32) -> i32 {
    i32::try_from(page_number.saturating_sub(1)).unwrap_or(i32::MAX)
}

/// Refuses an oversize page before its content is parsed.
fn check_size(
    library: &Library,
    document: FPDF_DOCUMENT,
    page_number: u32,
    limits: &PageLimits,
) -> Result<(), PageReadError> {
    let (mut width, mut height) = (0.0, 0.0);
    // SAFETY: the document is open and both results have a place.
    let known = unsafe {
        library.calls.FPDF_GetPageSizeByIndex(
            document,
            page_index(page_number),
            &raw mut width,
            &raw mut height,
        )
    };
    if known == 0 {
        return Err(PageReadError::Damaged);
    }
    let (width, height) = (width as f32, height as f32);
    if too_large(width, height, limits) {
        return Err(PageReadError::TooLarge { width, height });
    }
    Ok(())
}

fn too_large(width: f32, height: f32, limits: &PageLimits) -> bool {
    // A tenth of a point forgives the rounding of sizes exactly at the limit.
    width.max(height) > limits.max_points + 0.1
}

fn frame_of(library: &Library, page: &OpenPage<'_>) -> Option<(Frame, PageContent)> {
    let mut bounds = FS_RECTF { left: 0.0, top: 0.0, right: 0.0, bottom: 0.0 };
    // SAFETY: the page is open and the result has a place.
    let (known, width, height, turns) = unsafe {
        (
            library.calls.FPDF_GetPageBoundingBox(page.handle, &raw mut bounds),
            library.calls.FPDF_GetPageWidthF(page.handle),
            library.calls.FPDF_GetPageHeightF(page.handle),
            library.calls.FPDFPage_GetRotation(page.handle),
        )
    };
    let visible = Rect::from_corners(bounds.left, bounds.top, bounds.right, bounds.bottom);
    let usable = |length: f32| length.is_finite() && length > 0.0;
    if known == 0 || ![width, height, visible.width(), visible.height()].into_iter().all(usable) {
        return None;
    }
    let quarter_turns = u16::try_from(turns).unwrap_or(0) % 4;
    let unscaled = if quarter_turns % 2 == 0 { visible.width() } else { visible.height() };
    let frame = Frame { visible, quarter_turns, scale: width / unscaled };
    Some((frame, PageContent { width, height, rotation: quarter_turns * 90, ..PageContent::default() }))
}
