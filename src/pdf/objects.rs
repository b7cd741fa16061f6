//! The drawn objects of a page: rulings, boxes, drawings and pictures, with forms (groups of objects) opened.
#![allow(unsafe_code)] // objects are asked for through C calls

use pdfium_render::prelude::{
    FPDF_PAGEOBJ_FORM, FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_PATH, FPDF_PAGEOBJ_SHADING, FPDF_PAGEOBJ_TEXT,
    FPDF_PAGEOBJECT, FS_MATRIX,
};

use super::clip;
use super::frame::Frame;
use super::library::Library;
use super::open_page::OpenPage;
use super::paint::{Color, Paint};
use crate::layout::{Axis, PageContent, Rect, Ruling};

/// Most objects looked at on a page; what comes after is left out (a map may have millions).
const MAX_OBJECTS: usize = 50_000;
/// How deep forms in forms are followed.
const MAX_DEPTH: usize = 6;
/// Most segments of one path looked at; a path with more is a drawing.
const MAX_SEGMENTS: i32 = 400;
/// A filled rectangle thinner than this (points) is a ruling: the thickest rules of book tables are about 2 points.
const RULING_THICKNESS: f32 = 3.0;
/// A straight line may be off its axis by this much (points).
const STRAIGHTNESS: f32 = 0.6;
/// Kinds of path segments (`fpdf_edit.h`).
const SEGMENT_LINE: i32 = 0;
const SEGMENT_MOVE: i32 = 2;

/// A fill smaller than this (points) hides no text.
const MIN_COVER: f32 = 4.0;

/// Adds the page's drawn objects to `content`; returns what is painted over and under text.
pub(super) fn read(
    library: &Library,
    page: &OpenPage<'_>,
    frame: &Frame,
    content: &mut PageContent,
) -> Paint {
    // SAFETY: the page is open.
    let count = unsafe { library.calls.FPDFPage_CountObjects(page.handle) };
    let mut reader = ObjectReader { library, frame, content, paint: Paint::default(), left: MAX_OBJECTS };
    for index in 0..count {
        // SAFETY: the index is below the count.
        let object = unsafe { library.calls.FPDFPage_GetObject(page.handle, index) };
        if !reader.object(object, &Matrix::IDENTITY, 0) {
            break;
        }
    }
    reader.paint
}

struct ObjectReader<'a> {
    library: &'a Library,
    frame: &'a Frame,
    content: &'a mut PageContent,
    paint: Paint,
    left: usize,
}

impl ObjectReader<'_> {
    /// Looks at one object; false when enough were seen.
    fn object(&mut self, object: FPDF_PAGEOBJECT, place: &Matrix, depth: usize) -> bool {
        if object.is_null() {
            return true;
        }
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        self.paint.advance();
        // SAFETY: the object belongs to the open page.
        let kind = unsafe { self.library.calls.FPDFPageObj_GetType(object) };
        match u32::try_from(kind).unwrap_or(0) {
            FPDF_PAGEOBJ_TEXT if depth == 0 => self.paint.text(object),
            FPDF_PAGEOBJ_PATH => self.path(object, place, depth),
            FPDF_PAGEOBJ_IMAGE => self.bounds(object, place).into_iter().for_each(|rect| self.image(rect)),
            FPDF_PAGEOBJ_SHADING => self.bounds(object, place).into_iter().for_each(|rect| {
                self.paint.ground(rect, None);
                self.content.drawings.push(rect);
            }),
            FPDF_PAGEOBJ_FORM if depth < MAX_DEPTH => return self.form(object, place, depth),
            _ => {}
        }
        true
    }

    fn form(&mut self, form: FPDF_PAGEOBJECT, place: &Matrix, depth: usize) -> bool {
        let place = self.matrix(form).then(place);
        // SAFETY: the form belongs to the open page; indexes are below its count.
        let count = unsafe { self.library.calls.FPDFFormObj_CountObjects(form) };
        (0..count).all(|index| {
            // SAFETY: as above.
            let object = unsafe { self.library.calls.FPDFFormObj_GetObject(form, index as _) };
            self.object(object, &place, depth + 1)
        })
    }

    fn image(&mut self, rect: Rect) {
        if rect.width() > 1.0 && rect.height() > 1.0 {
            self.paint.ground(rect, None);
            self.content.images.push(rect);
        }
    }

    fn path(&mut self, path: FPDF_PAGEOBJECT, place: &Matrix, depth: usize) {
        let (mut fill, mut stroke) = (0, 0);
        // SAFETY: the object is a path of the open page and the results have a place.
        let count = unsafe {
            self.library.calls.FPDFPath_GetDrawMode(path, &raw mut fill, &raw mut stroke);
            self.library.calls.FPDFPath_CountSegments(path)
        };
        if fill == 0 && stroke == 0 {
            return;
        }
        let Some(bounds) = self.bounds(path, place) else { return };
        if fill != 0 && bounds.width().min(bounds.height()) >= MIN_COVER {
            self.fill(path, &bounds, count, depth);
        }
        if count > MAX_SEGMENTS {
            self.content.drawings.push(bounds);
            return;
        }
        let place = self.matrix(path).then(place);
        let Some(subpaths) = self.subpaths(path, count, &place) else {
            self.content.drawings.push(bounds);
            return;
        };
        for points in subpaths {
            self.polygon(&points, stroke != 0, fill != 0);
        }
    }

    /// Notes a fill as what may be under text, and over the text so far.
    fn fill(&mut self, path: FPDF_PAGEOBJECT, bounds: &Rect, segments: i32, depth: usize) {
        let color = fill_color(self.library, path);
        self.paint.ground(*bounds, color.map(|(color, _)| color));
        // Five segments and fewer, all straight, are a rectangle: its bounds are its area.
        let is_opaque = || {
            // SAFETY: the object belongs to the open page.
            color.is_some_and(|(_, alpha)| alpha == u8::MAX)
                && unsafe { self.library.calls.FPDFPageObj_HasTransparency(path) } == 0
        };
        if depth == 0
            && segments <= 5
            && self.paint.has_text()
            && is_opaque()
            && self.subpaths(path, segments, &self.matrix(path)).is_some_and(|paths| paths.len() == 1)
            && let Some(left) = clip::visible(self.library, self.frame, path, *bounds)
            && left.is_exact
        {
            self.paint.cover(left.rect);
        }
    }

    /// The path's corners on the displayed page; none when it has curves.
    fn subpaths(&self, path: FPDF_PAGEOBJECT, count: i32, place: &Matrix) -> Option<Vec<Vec<(f32, f32)>>> {
        let mut subpaths: Vec<Vec<(f32, f32)>> = Vec::new();
        for index in 0..count {
            let (mut x, mut y) = (0.0, 0.0);
            // SAFETY: the index is below the count and the results have a place.
            let (kind, closes) = unsafe {
                let segment = self.library.calls.FPDFPath_GetPathSegment(path, index);
                self.library.calls.FPDFPathSegment_GetPoint(segment, &raw mut x, &raw mut y);
                (
                    self.library.calls.FPDFPathSegment_GetType(segment),
                    self.library.calls.FPDFPathSegment_GetClose(segment),
                )
            };
            let (x, y) = place.apply(x, y);
            let point = self.frame.point(x, y);
            match kind {
                SEGMENT_MOVE => subpaths.push(vec![point]),
                SEGMENT_LINE => subpaths.last_mut()?.push(point),
                _ => return None,
            }
            if closes != 0
                && let Some(points) = subpaths.last_mut()
                && let Some(first) = points.first().copied()
            {
                points.push(first);
            }
        }
        Some(subpaths)
    }

    fn polygon(&mut self, points: &[(f32, f32)], stroke: bool, fill: bool) {
        let Some(bounds) =
            Rect::around(points.iter().map(|&(x, y)| Rect { left: x, right: x, top: y, bottom: y }))
        else {
            return;
        };
        if !(bounds.left.is_finite()
            && bounds.right.is_finite()
            && bounds.top.is_finite()
            && bounds.bottom.is_finite())
        {
            return;
        }
        if fill && bounds.width().min(bounds.height()) <= RULING_THICKNESS {
            self.thin(&bounds);
        } else if points.windows(2).all(|pair| is_along_axis(pair[0], pair[1])) {
            if stroke {
                points.windows(2).for_each(|pair| self.stroke(pair[0], pair[1]));
            }
            if points.len() >= 4 {
                self.content.boxes.push(bounds);
            }
        } else {
            self.content.drawings.push(bounds);
        }
    }

    fn stroke(&mut self, from: (f32, f32), to: (f32, f32)) {
        self.thin(&Rect::from_corners(from.0, from.1, to.0, to.1));
    }

    fn thin(&mut self, bounds: &Rect) {
        let ruling = if bounds.width() >= bounds.height() {
            Ruling {
                axis: Axis::Horizontal,
                position: bounds.center_y(),
                start: bounds.left,
                end: bounds.right,
            }
        } else {
            Ruling {
                axis: Axis::Vertical,
                position: bounds.center_x(),
                start: bounds.top,
                end: bounds.bottom,
            }
        };
        if ruling.length() > 1.0 {
            self.content.rulings.push(ruling);
        }
    }

    fn matrix(&self, object: FPDF_PAGEOBJECT) -> Matrix {
        let mut matrix = FS_MATRIX { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };
        // SAFETY: the object belongs to the open page and the result has a place.
        unsafe { self.library.calls.FPDFPageObj_GetMatrix(object, &raw mut matrix) };
        Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
    }

    /// The object's bounds clipped to the page; none when it lies outside or nowhere.
    fn bounds(&self, object: FPDF_PAGEOBJECT, place: &Matrix) -> Option<Rect> {
        let (mut left, mut bottom, mut right, mut top) = (0.0, 0.0, 0.0, 0.0);
        // SAFETY: as above.
        let known = unsafe {
            self.library.calls.FPDFPageObj_GetBounds(
                object,
                &raw mut left,
                &raw mut bottom,
                &raw mut right,
                &raw mut top,
            )
        };
        if known == 0 {
            return None;
        }
        let corners = [(left, bottom), (right, bottom), (left, top), (right, top)].map(|(x, y)| {
            let (x, y) = place.apply(x, y);
            let (x, y) = self.frame.point(x, y);
            Rect { left: x, right: x, top: y, bottom: y }
        });
        let page = Rect { left: 0.0, top: 0.0, right: self.content.width, bottom: self.content.height };
        Rect::around(corners)?.intersection(&page)
    }
}

/// The colour and opacity of what the object fills; none for patterns and for no object.
pub(super) fn fill_color(library: &Library, object: FPDF_PAGEOBJECT) -> Option<(Color, u8)> {
    let (mut red, mut green, mut blue, mut alpha) = (0, 0, 0, 0);
    // SAFETY: the object belongs to an open page, or is null and has no colour; the results have a place.
    let known = unsafe {
        library.calls.FPDFPageObj_GetFillColor(
            object,
            &raw mut red,
            &raw mut green,
            &raw mut blue,
            &raw mut alpha,
        )
    };
    (known != 0).then_some(([red as u8, green as u8, blue as u8], alpha as u8))
}

fn is_along_axis(from: (f32, f32), to: (f32, f32)) -> bool {
    (from.0 - to.0).abs() <= STRAIGHTNESS || (from.1 - to.1).abs() <= STRAIGHTNESS
}

/// An affine map `(a, b, c, d, e, f)` as PDF writes it.
#[derive(Clone, Copy)]
struct Matrix(f32, f32, f32, f32, f32, f32);

impl Matrix {
    const IDENTITY: Self = Self(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);

    fn apply(&self, x: f32, y: f32) -> (f32, f32) {
        (self.0 * x + self.2 * y + self.4, self.1 * x + self.3 * y + self.5)
    }

    /// First this map, then `next`.
    fn then(&self, next: &Self) -> Self {
        let (e, f) = next.apply(self.4, self.5);
        Self(
            self.0 * next.0 + self.1 * next.2,
            self.0 * next.1 + self.1 * next.3,
            self.2 * next.0 + self.3 * next.2,
            self.2 * next.1 + self.3 * next.3,
            e,
            f,
        )
    }
}
