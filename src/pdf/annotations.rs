//! The fields of forms: annotations that people fill in.
#![allow(unsafe_code)] // annotations are asked for through C calls

use std::ffi::c_int;

use pdfium_render::prelude::{FPDF_ANNOTATION, FS_RECTF};

use super::frame::Frame;
use super::library::Library;
use super::open_page::OpenPage;
use crate::layout::{FormField, PageContent, Rect};

/// Most annotations looked at on a page.
const MAX_ANNOTATIONS: c_int = 2_000;
/// Longest name or value kept, in UTF-16 units and their terminator.
const MAX_TEXT_BYTES: usize = 8192;
/// The subtype of form fields (`fpdf_annot.h`).
const SUBTYPE_WIDGET: c_int = 20;
/// Flags of annotations nobody sees (ISO 32000-1, table 165): hidden, no view.
const FLAG_HIDDEN: c_int = 1 << 1;
const FLAG_NO_VIEW: c_int = 1 << 5;

/// Adds the page's form fields to `content`.
pub(super) fn read(library: &Library, page: &OpenPage<'_>, frame: &Frame, content: &mut PageContent) {
    // SAFETY: the page is open.
    let count = unsafe { library.calls.FPDFPage_GetAnnotCount(page.handle) };
    for index in 0..count.min(MAX_ANNOTATIONS) {
        // SAFETY: the index is below the count; the handle is closed below.
        let annotation = unsafe { library.calls.FPDFPage_GetAnnot(page.handle, index) };
        if annotation.is_null() {
            continue;
        }
        let sheet = Rect { left: 0.0, top: 0.0, right: content.width, bottom: content.height };
        content.fields.extend(field(library, annotation, frame, &sheet));
        // SAFETY: the handle is open and not used afterwards.
        unsafe { library.calls.FPDFPage_CloseAnnot(annotation) };
    }
}

fn field(library: &Library, annotation: FPDF_ANNOTATION, frame: &Frame, sheet: &Rect) -> Option<FormField> {
    let mut bounds = FS_RECTF { left: 0.0, top: 0.0, right: 0.0, bottom: 0.0 };
    // SAFETY: the annotation is open and the result has a place.
    let (subtype, flags, known) = unsafe {
        (
            library.calls.FPDFAnnot_GetSubtype(annotation),
            library.calls.FPDFAnnot_GetFlags(annotation),
            library.calls.FPDFAnnot_GetRect(annotation, &raw mut bounds),
        )
    };
    if subtype != SUBTYPE_WIDGET || flags & (FLAG_HIDDEN | FLAG_NO_VIEW) != 0 || known == 0 {
        return None;
    }
    let rect = frame.rect(bounds.left, bounds.bottom, bounds.right, bounds.top);
    let is_finite = [rect.left, rect.top, rect.right, rect.bottom].into_iter().all(f32::is_finite);
    let rect = if is_finite { rect.intersection(sheet)? } else { return None };
    // The name people are shown goes before the one programs use.
    let name = text(library, annotation, "TU").or_else(|| text(library, annotation, "T")).unwrap_or_default();
    let value =
        text(library, annotation, "V").or_else(|| text(library, annotation, "AS")).unwrap_or_default();
    Some(FormField { name, value, rect })
}

fn text(library: &Library, annotation: FPDF_ANNOTATION, key: &str) -> Option<String> {
    let mut buffer = vec![0u16; MAX_TEXT_BYTES / 2];
    // SAFETY: the annotation is open; the buffer is as long as said.
    let length = unsafe {
        library.calls.FPDFAnnot_GetStringValue(annotation, key, buffer.as_mut_ptr(), MAX_TEXT_BYTES as _)
    };
    let length = usize::try_from(length).ok().filter(|length| *length <= MAX_TEXT_BYTES)?;
    let text: String = String::from_utf16_lossy(&buffer[..length / 2])
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|character| !character.is_control())
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
