//! Reading one page: its size, then its drawn objects and its characters, in displayed coordinates.

use pdfium_render::prelude::FPDF_DOCUMENT;

use super::library::Library;
use super::open_page::{PageLimits, PageReadError, open};
use super::{annotations, glyphs, objects, structure_tree};
use crate::layout::PageContent;

/// Everything on the page that layout looks at.
pub(super) fn read(
    library: &Library,
    document: FPDF_DOCUMENT,
    page_number: u32,
    limits: &PageLimits,
) -> Result<PageContent, PageReadError> {
    let (page, frame, mut content) = open(library, document, page_number, limits)?;
    annotations::read(library, &page, &frame, &mut content);
    let paint = objects::read(library, &page, &frame, &mut content);
    let text = page.text().ok_or(PageReadError::Damaged)?;
    let tags = structure_tree::read(library, &page);
    glyphs::read(library, &text, &frame, limits, &paint, &tags, &mut content)?;
    Ok(content)
}
