//! Drawing a page, or a part of it, to pixels.
#![allow(unsafe_code)] // pages are drawn through C calls

use std::ffi::c_int;

use pdfium_render::prelude::{FPDF_BITMAP, FPDF_DOCUMENT};

use super::library::Library;
use super::open_page::{self, PageLimits, PageReadError};
use crate::layout::Rect;
use crate::picture::{GreyPicture, Picture};

/// Points in an inch.
pub const POINTS_PER_INCH: f32 = 72.0;
/// White, opaque, as PDFium writes colours (`fpdfview.h`).
const WHITE: u32 = 0xFFFF_FFFF;
/// Draw annotations too (`fpdfview.h`).
const FPDF_ANNOT: c_int = 1;

/// What a pixel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Grey,
    Colour,
}

impl Depth {
    /// PDFium's name for it (`fpdfview.h`): one byte of grey, or blue, green, red and one unused.
    fn format(self) -> c_int {
        match self {
            Self::Grey => 1,
            Self::Colour => 3,
        }
    }

    fn bytes(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Colour => 4,
        }
    }
}

/// What is drawn, and how finely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// The part of the displayed page, in points; none is the whole page.
    pub region: Option<Rect>,
    /// Pixels an inch.
    pub dpi: f32,
    /// Most pixels; a larger view is drawn less finely.
    pub max_pixels: u64,
}

/// What was drawn.
#[derive(Debug, Clone)]
pub struct Rendering<P> {
    /// The pixels.
    pub picture: P,
    /// The part of the page they show, in points.
    pub region: Rect,
    /// Pixels a point.
    pub scale: f32,
}

/// The pixels of a view: the region's place in a page drawn at this scale.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Raster {
    scale: f32,
    left: c_int,
    top: c_int,
    width: c_int,
    height: c_int,
}

impl Raster {
    /// None when the region has no inside.
    fn of(region: &Rect, view: &View) -> Option<Self> {
        let wanted = view.dpi / POINTS_PER_INCH;
        let most = (view.max_pixels as f32 / region.area()).sqrt();
        let scale = wanted.min(most);
        let pixels = |length: f32| (length * scale).round() as c_int;
        let raster = Self {
            scale,
            left: pixels(region.left),
            top: pixels(region.top),
            width: pixels(region.width()).max(1),
            height: pixels(region.height()).max(1),
        };
        (region.area() > 0.0 && scale > 0.0 && scale.is_finite()).then_some(raster)
    }
}

impl<P> Rendering<P> {
    fn of(picture: Option<P>, region: Rect, scale: f32) -> Result<Self, PageReadError> {
        picture.map(|picture| Self { picture, region, scale }).ok_or(PageReadError::Damaged)
    }
}

/// In colour.
pub(super) fn render(
    library: &Library,
    document: FPDF_DOCUMENT,
    page_number: u32,
    view: &View,
    limits: &PageLimits,
) -> Result<Rendering<Picture>, PageReadError> {
    let (canvas, region, scale) = draw(library, document, page_number, view, limits, Depth::Colour)?;
    Rendering::of(canvas.colour(), region, scale)
}

/// In grey, which takes a quarter of the memory and no second look at the pixels.
pub(super) fn render_grey(
    library: &Library,
    document: FPDF_DOCUMENT,
    page_number: u32,
    view: &View,
    limits: &PageLimits,
) -> Result<Rendering<GreyPicture>, PageReadError> {
    let (canvas, region, scale) = draw(library, document, page_number, view, limits, Depth::Grey)?;
    Rendering::of(Some(canvas.grey()), region, scale)
}

fn draw<'a>(
    library: &'a Library,
    document: FPDF_DOCUMENT,
    page_number: u32,
    view: &View,
    limits: &PageLimits,
    depth: Depth,
) -> Result<(Canvas<'a>, Rect, f32), PageReadError> {
    let (page, _, content) = open_page::open(library, document, page_number, limits)?;
    let whole = Rect { left: 0.0, top: 0.0, right: content.width, bottom: content.height };
    let region = view.region.unwrap_or(whole).intersection(&whole).ok_or(PageReadError::Damaged)?;
    let raster = Raster::of(&region, view).ok_or(PageReadError::Damaged)?;
    let canvas = Canvas::new(library, raster.width, raster.height, depth).ok_or(PageReadError::Damaged)?;
    let page_pixels = |length: f32| (length * raster.scale).round().max(1.0) as c_int;
    // SAFETY: the bitmap and the page are open; PDFium clips what lies outside the bitmap.
    unsafe {
        library.calls.FPDF_RenderPageBitmap(
            canvas.handle,
            page.handle,
            -raster.left,
            -raster.top,
            page_pixels(content.width),
            page_pixels(content.height),
            0,
            FPDF_ANNOT,
        );
    }
    Ok((canvas, region, raster.scale))
}

/// A bitmap over memory of our own, white at first.
struct Canvas<'a> {
    library: &'a Library,
    handle: FPDF_BITMAP,
    width: u32,
    height: u32,
    buffer: Vec<u8>,
}

impl<'a> Canvas<'a> {
    fn new(library: &'a Library, width: c_int, height: c_int, depth: Depth) -> Option<Self> {
        let row_bytes = usize::try_from(width).ok()?.checked_mul(depth.bytes())?;
        let mut buffer = vec![0; row_bytes.checked_mul(usize::try_from(height).ok()?)?];
        // SAFETY: the buffer holds `height` rows of `row_bytes` and, moved or not, stays where it is until the bitmap is
        // destroyed: its length never changes.
        let handle = unsafe {
            library.calls.FPDFBitmap_CreateEx(
                width,
                height,
                depth.format(),
                buffer.as_mut_ptr().cast(),
                c_int::try_from(row_bytes).ok()?,
            )
        };
        if handle.is_null() {
            return None;
        }
        let canvas = Self { library, handle, width: width as u32, height: height as u32, buffer };
        // SAFETY: the bitmap is open.
        unsafe { library.calls.FPDFBitmap_FillRect(handle, 0, 0, width, height, WHITE.into()) };
        Some(canvas)
    }

    fn colour(&self) -> Option<Picture> {
        let pixels = self.buffer.chunks_exact(Depth::Colour.bytes());
        let pixels = pixels.flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
        Picture::new(self.width, self.height, pixels)
    }

    fn grey(mut self) -> GreyPicture {
        GreyPicture { width: self.width, height: self.height, pixels: std::mem::take(&mut self.buffer) }
    }
}

impl Drop for Canvas<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is open and not used afterwards. The bitmap does not own its pixels, which are not looked at.
        unsafe { self.library.calls.FPDFBitmap_Destroy(self.handle) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: Rect = Rect { left: 0.0, top: 0.0, right: 612.0, bottom: 792.0 };

    #[test]
    fn a_view_within_its_bound_has_the_resolution_asked_for() {
        let view = View { region: None, dpi: 144.0, max_pixels: 10_000_000 };
        let raster = Raster::of(&LETTER, &view).unwrap();
        assert_eq!((raster.width, raster.height), (1224, 1584));
    }

    #[test]
    fn a_view_beyond_its_bound_is_drawn_less_finely() {
        let view = View { region: None, dpi: 1200.0, max_pixels: 1_000_000 };
        let raster = Raster::of(&LETTER, &view).unwrap();
        let pixels = i64::from(raster.width) * i64::from(raster.height);
        assert!((990_000..=1_002_000).contains(&pixels), "{pixels}");
    }

    #[test]
    fn a_region_without_inside_is_not_drawn() {
        let view = View { region: None, dpi: 72.0, max_pixels: 1000 };
        assert_eq!(Raster::of(&Rect { right: 0.0, ..LETTER }, &view), None);
    }
}
