//! Reading one page: its size, then its characters and its drawn objects, in displayed coordinates.
#![allow(unsafe_code)] // pages are opened, asked and closed through C calls

use pdfium_render::prelude::{FPDF_DOCUMENT, FPDF_PAGE, FPDF_TEXTPAGE, FS_RECTF};
use serde::{Deserialize, Serialize};

use super::library::Library;
use super::{annotations, glyphs, objects, structure_tree};
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

/// From PDF user space (origin bottom left, unrotated) to the page as displayed (origin top left).
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    visible: Rect,
    quarter_turns: u16,
    scale: f32,
}

impl Frame {
    pub(super) fn point(&self, x: f32, y: f32) -> (f32, f32) {
        let visible = &self.visible;
        let (x, y) = match self.quarter_turns {
            0 => (x - visible.left, visible.bottom - y),
            1 => (y - visible.top, x - visible.left),
            2 => (visible.right - x, y - visible.top),
            _ => (visible.bottom - y, visible.right - x),
        };
        (x * self.scale, y * self.scale)
    }

    pub(super) fn rect(&self, x0: f32, y0: f32, x1: f32, y1: f32) -> Rect {
        let (left, top) = self.point(x0, y0);
        let (right, bottom) = self.point(x1, y1);
        Rect::from_corners(left, top, right, bottom)
    }

    /// How many clockwise quarter turns the page is displayed with.
    pub(super) fn quarter_turns(&self) -> u16 {
        self.quarter_turns
    }

    pub(super) fn scale(&self) -> f32 {
        self.scale
    }
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

/// A page's text that closes itself.
pub(super) struct OpenText<'a> {
    library: &'a Library,
    pub(super) handle: FPDF_TEXTPAGE,
}

impl Drop for OpenText<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is open and not used afterwards.
        unsafe { self.library.calls.FPDFText_ClosePage(self.handle) };
    }
}

pub(super) fn read(
    library: &Library,
    document: FPDF_DOCUMENT,
    page_number: u32,
    limits: &PageLimits,
) -> Result<PageContent, PageReadError> {
    let (page, frame, mut content) = open(library, document, page_number, limits)?;
    annotations::read(library, &page, &frame, &mut content);
    let paint = objects::read(library, &page, &frame, &mut content);
    // SAFETY: the page is open; a null handle means the page has no readable text.
    let text = unsafe { library.calls.FPDFText_LoadPage(page.handle) };
    if text.is_null() {
        return Err(PageReadError::Damaged);
    }
    // Declared after the page, so dropped before it, as PDFium demands.
    let text = OpenText { library, handle: text };
    let tags = structure_tree::read(library, &page);
    glyphs::read(library, &text, &frame, limits, &paint, &tags, &mut content)?;
    Ok(content)
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
