//! Odd PDFs, made when a test needs them.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

/// US Letter, in points.
const LETTER: (f32, f32) = (612.0, 792.0);

/// A PDF with `pages` pages of a heading and a paragraph each; with 0 it is a document without pages.
pub(crate) fn pdf_with_pages(pages: usize) -> Vec<u8> {
    build(pages, LETTER)
}

/// A PDF with one page of this size in points.
pub(crate) fn pdf_with_page_of(width: f32, height: f32) -> Vec<u8> {
    build(1, (width, height))
}

/// The first half of a PDF whose pages are told of in its second half.
pub(crate) fn truncated() -> Vec<u8> {
    let mut bytes = pdf_with_pages(20);
    bytes.truncate(300);
    bytes
}

/// A PDF that opens with the password "secret" only.
pub(crate) fn encrypted() -> Vec<u8> {
    include_bytes!("../fixtures/encrypted.pdf").to_vec()
}

fn build(pages: usize, (width, height): (f32, f32)) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let [catalog, tree, font] = [Ref::new(1), Ref::new(2), Ref::new(3)];
    let page_ref = |index: usize| Ref::new(4 + 2 * index as i32);
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids((0..pages).map(page_ref)).count(pages as i32);
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    for index in 0..pages {
        let content = Ref::new(5 + 2 * index as i32);
        let mut page = pdf.page(page_ref(index));
        page.media_box(Rect::new(0.0, 0.0, width, height)).parent(tree).contents(content);
        page.resources().fonts().pair(Name(b"F"), font);
        page.finish();
        pdf.stream(content, &text_of(index + 1, height));
    }
    pdf.finish()
}

/// A heading and a paragraph of three lines.
fn text_of(number: usize, height: f32) -> Vec<u8> {
    let mut content = Content::new();
    content.begin_text().set_font(Name(b"F"), 20.0).next_line(72.0, height - 100.0);
    content.show(Str(format!("Section {number}").as_bytes()));
    content.set_font(Name(b"F"), 11.0).next_line(0.0, -30.0);
    for line in [
        "The quick brown fox jumps over the lazy dog, and then",
        "it rests for a while in the shade of an old oak tree",
        "before it goes on.",
    ] {
        content.show(Str(line.as_bytes())).next_line(0.0, -14.0);
    }
    content.end_text();
    content.finish().to_vec()
}
