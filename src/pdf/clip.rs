//! The part of an object that its clipping path leaves.
#![allow(unsafe_code)] // clipping paths are asked for through C calls

use pdfium_render::prelude::FPDF_PAGEOBJECT;

use super::frame::Frame;
use super::library::Library;
use crate::layout::Rect;

/// Clipping paths with more parts than this are not looked at, nor parts with more segments than this.
const MAX_PATHS: i32 = 8;
const MAX_SEGMENTS: i32 = 8;

/// What a clipping path leaves of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clipped {
    pub(super) rect: Rect,
    /// Whether all of `rect` is left: the paths are rectangles.
    pub(super) is_exact: bool,
}

/// The part of `bounds` within the clipping path of `object`, which must be drawn by the page itself, not by a form;
/// none when nothing is left. Paths that are no rectangles count with their bounds.
pub(super) fn visible(
    library: &Library,
    frame: &Frame,
    object: FPDF_PAGEOBJECT,
    bounds: Rect,
) -> Option<Clipped> {
    // SAFETY: the object belongs to the open page; an object without a clipping path gives no paths.
    let (clip, paths) = unsafe {
        let clip = library.calls.FPDFPageObj_GetClipPath(object);
        (clip, library.calls.FPDFClipPath_CountPaths(clip))
    };
    if clip.is_null() || paths <= 0 {
        return Some(Clipped { rect: bounds, is_exact: true });
    }
    let mut left = Clipped { rect: bounds, is_exact: paths <= MAX_PATHS };
    for path in 0..paths.min(MAX_PATHS) {
        // SAFETY: the index is below the count.
        let segments = unsafe { library.calls.FPDFClipPath_CountPathSegments(clip, path) };
        left.is_exact &= (4..=5).contains(&segments);
        if !(1..=MAX_SEGMENTS).contains(&segments) {
            continue;
        }
        let points = (0..segments).map(|index| {
            let (mut x, mut y) = (0.0, 0.0);
            // SAFETY: the index is below the count and the results have a place.
            unsafe {
                let segment = library.calls.FPDFClipPath_GetPathSegment(clip, path, index);
                library.calls.FPDFPathSegment_GetPoint(segment, &raw mut x, &raw mut y);
            }
            let (x, y) = frame.point(x, y);
            Rect { left: x, right: x, top: y, bottom: y }
        });
        let area = Rect::around(points)?;
        if [area.left, area.top, area.right, area.bottom].into_iter().all(f32::is_finite) {
            left.rect = left.rect.intersection(&area)?;
        }
    }
    Some(left)
}
