//! PDFs whose pages are turned, or hard to read.

use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};
use zoned::picture::GreyPicture;

/// How a page is made.
#[derive(Clone, Copy)]
pub(crate) struct Sheet {
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// Clockwise, degrees.
    pub(crate) rotation: i32,
}

impl Default for Sheet {
    fn default() -> Self {
        Self { width: 612.0, height: 792.0, rotation: 0 }
    }
}

/// A document of one page that says `Hello from the page` at (72, 600).
pub(crate) fn pdf_with_sheet(sheet: Sheet) -> Vec<u8> {
    pdf_of(&[sheet], 0, b"")
}

/// A document whose second page's content inflates to far more than the first's: `megabytes` of path operators.
pub(crate) fn pdf_with_heavy_second_page(megabytes: usize) -> Vec<u8> {
    pdf_with_heavy_page(3, 1, megabytes)
}

/// A document of so many pages, of which the one at this index is heavy.
pub(crate) fn pdf_with_heavy_page(pages: usize, heavy: usize, megabytes: usize) -> Vec<u8> {
    let operators = b"1 1 m 2 2 l S ".repeat(megabytes * 1024 * 1024 / 14);
    pdf_of(&vec![Sheet::default(); pages], heavy, &operators)
}

/// A document of three pages; the second draws a form that draws another twice, which draws the first twice, and so on.
pub(crate) fn pdf_with_recursive_second_page() -> Vec<u8> {
    let (catalog, tree, font, text, first, second) =
        (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5), Ref::new(6));
    let (recursive, pages) = (Ref::new(7), [Ref::new(8), Ref::new(9), Ref::new(10)]);
    let bounds = Rect::new(0.0, 0.0, 612.0, 792.0);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids(pages).count(3);
    for (index, page) in pages.into_iter().enumerate() {
        let mut written = pdf.page(page);
        written.parent(tree).media_box(bounds).contents(if index == 1 { recursive } else { text });
        let mut resources = written.resources();
        resources.fonts().pair(Name(b"F1"), font);
        resources.x_objects().pair(Name(b"Form"), first);
    }
    for (form, other) in [(first, second), (second, first)] {
        let mut written = pdf.form_xobject(form, b"BT /F1 12 Tf 72 700 Td (Again) Tj ET /Form Do /Form Do");
        written.bbox(bounds);
        let mut resources = written.resources();
        resources.fonts().pair(Name(b"F1"), font);
        resources.x_objects().pair(Name(b"Form"), other);
    }
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    pdf.stream(text, &hello());
    pdf.stream(recursive, b"/Form Do");
    pdf.finish()
}

/// A document of one page that says `Hello from the page`, with an outline whose only entry says so too, and is the one
/// after itself and below itself.
pub(crate) fn pdf_with_ring_of_bookmarks() -> Vec<u8> {
    let (catalog, tree, font, text, page, outline, entry) =
        (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5), Ref::new(6), Ref::new(7));
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree).outlines(outline);
    pdf.pages(tree).kids([page]).count(1);
    let mut written = pdf.page(page);
    written.parent(tree).media_box(Rect::new(0.0, 0.0, 612.0, 792.0)).contents(text);
    written.resources().fonts().pair(Name(b"F1"), font);
    written.finish();
    pdf.outline(outline).first(entry).last(entry).count(1);
    let mut item = pdf.outline_item(entry);
    item.title(TextStr("Hello from the page")).parent(outline).next(entry).first(entry).last(entry).count(1);
    item.dest().page(page).fit();
    item.finish();
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    pdf.stream(text, &hello());
    pdf.finish()
}

/// A document of one page whose three lines look alike; its structure tree says that the first is a heading of level 2.
pub(crate) fn tagged_pdf() -> Vec<u8> {
    let (catalog, tree, font, text, page) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5));
    let (root, parents, heading, paragraph) = (Ref::new(6), Ref::new(7), Ref::new(8), Ref::new(9));
    let mut pdf = Pdf::new();
    let mut written = pdf.catalog(catalog);
    written.pages(tree).pair(Name(b"StructTreeRoot"), root);
    written.mark_info().marked(true);
    written.finish();
    pdf.pages(tree).kids([page]).count(1);
    let mut written = pdf.page(page);
    written.parent(tree).media_box(Rect::new(0.0, 0.0, 612.0, 792.0)).contents(text);
    written.resources().fonts().pair(Name(b"F1"), font);
    written.pair(Name(b"StructParents"), 0);
    written.finish();
    let mut written = pdf.indirect(root).dict();
    written.pair(Name(b"Type"), Name(b"StructTreeRoot")).pair(Name(b"ParentTree"), parents);
    written.insert(Name(b"K")).array().item(heading).item(paragraph);
    written.finish();
    let mut written = pdf.indirect(parents).dict();
    let mut numbers = written.insert(Name(b"Nums")).array();
    numbers.item(0).push().array().item(heading).item(paragraph);
    numbers.finish();
    written.finish();
    for (element, kind, content) in [(heading, &b"H2"[..], 0), (paragraph, &b"P"[..], 1)] {
        let mut written = pdf.indirect(element).dict();
        written.pair(Name(b"Type"), Name(b"StructElem")).pair(Name(b"S"), Name(kind)).pair(Name(b"P"), root);
        written.pair(Name(b"Pg"), page).pair(Name(b"K"), content);
        written.finish();
    }
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    pdf.stream(
        text,
        b"BT /F1 10 Tf 12 TL 72 600 Td /H2 <</MCID 0>> BDC (Soundings of the outer bar) Tj EMC T* \
          /P <</MCID 1>> BDC (The bar was sounded in spring and again in autumn by the same) Tj T* \
          (boat, which drew less water than the pilots had been told it did.) Tj EMC ET",
    );
    pdf.finish()
}

/// A document of one page with these grey pictures, each in a box of points (left, bottom, right, top from the bottom left),
/// that says `Hello from the page` and more at its foot, unless a picture covers it all.
pub(crate) fn pdf_with_pictures(pictures: &[(&GreyPicture, [f32; 4])]) -> Vec<u8> {
    let (catalog, tree, font, text, page) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5));
    let picture_ref = |index: usize| Ref::new(10 + index as i32);
    let names: Vec<String> = (0..pictures.len()).map(|index| format!("Im{index}")).collect();
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids([page]).count(1);
    let mut written = pdf.page(page);
    written.parent(tree).media_box(Rect::new(0.0, 0.0, 612.0, 792.0)).contents(text);
    let mut resources = written.resources();
    resources.fonts().pair(Name(b"F1"), font);
    let mut objects = resources.x_objects();
    for (index, name) in names.iter().enumerate() {
        objects.pair(Name(name.as_bytes()), picture_ref(index));
    }
    objects.finish();
    resources.finish();
    written.finish();
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    let mut content = Content::new();
    let mut is_covered = false;
    for ((_, [left, bottom, right, top]), name) in pictures.iter().zip(&names) {
        is_covered |= (right - left) * (top - bottom) > 0.9 * 612.0 * 792.0;
        content.save_state();
        content.transform([right - left, 0.0, 0.0, top - bottom, *left, *bottom]);
        content.x_object(Name(name.as_bytes()));
        content.restore_state();
    }
    if !is_covered {
        let foot = ["Hello from the page", "The soundings of the year were taken by the pilots of the bar,"];
        show(&mut content, &foot, 100.0, 24.0);
    }
    pdf.stream(text, &content.finish());
    for (index, (picture, _)) in pictures.iter().enumerate() {
        let mut image = pdf.image_xobject(picture_ref(index), &picture.pixels);
        image.width(picture.width as i32).height(picture.height as i32).bits_per_component(8);
        image.color_space().device_gray();
    }
    pdf.finish()
}

/// A document of one page with these lines, whose font says that each letter is the third one after it.
pub(crate) fn pdf_with_misleading_map(lines: &[&str]) -> Vec<u8> {
    let (catalog, tree, font, text, page, map) =
        (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5), Ref::new(6));
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids([page]).count(1);
    let mut written = pdf.page(page);
    written.parent(tree).media_box(Rect::new(0.0, 0.0, 612.0, 792.0)).contents(text);
    written.resources().fonts().pair(Name(b"F1"), font);
    written.finish();
    pdf.type1_font(font).base_font(Name(b"Helvetica")).to_unicode(map);
    let mut content = Content::new();
    show(&mut content, lines, 600.0, 16.0);
    pdf.stream(text, &content.finish());
    let shifted = |first: u8, code: u8| first + (code - first + 3) % 26;
    let pairs: Vec<String> = (b'a'..=b'z')
        .map(|code| (code, shifted(b'a', code)))
        .chain((b'A'..=b'Z').map(|code| (code, shifted(b'A', code))))
        .map(|(code, meaning)| format!("<{code:02X}> <{meaning:04X}>"))
        .collect();
    let cmap = format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Shifted def /CMapType 2 def\n\
         1 begincodespacerange <00> <FF> endcodespacerange\n{} beginbfchar\n{}\nendbfchar\n\
         endcmap CMapName currentdict /CMap defineresource pop end end\n",
        pairs.len(),
        pairs.join("\n")
    );
    pdf.stream(map, cmap.as_bytes());
    pdf.finish()
}

/// Lines of 12 points from this height down.
fn show(content: &mut Content, lines: &[&str], top: f32, leading: f32) {
    for (index, line) in lines.iter().enumerate() {
        content.begin_text();
        content.set_font(Name(b"F1"), 12.0);
        content.next_line(72.0, top - index as f32 * leading);
        content.show(Str(line.as_bytes()));
        content.end_text();
    }
}

/// Pages of these shapes; the one at `heavy_index` draws `heavy` too, unless it is the only one.
fn pdf_of(sheets: &[Sheet], heavy_index: usize, heavy: &[u8]) -> Vec<u8> {
    let (catalog, tree, font, light, loaded) =
        (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5));
    let page_ref = |index: usize| Ref::new(10 + index as i32);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids((0..sheets.len()).map(page_ref)).count(sheets.len() as i32);
    for (index, sheet) in sheets.iter().enumerate() {
        let mut page = pdf.page(page_ref(index));
        page.parent(tree).media_box(Rect::new(0.0, 0.0, sheet.width, sheet.height));
        if sheet.rotation != 0 {
            page.rotate(sheet.rotation);
        }
        page.contents(if index == heavy_index && sheets.len() > 1 { loaded } else { light });
        page.resources().fonts().pair(Name(b"F1"), font);
        page.finish();
    }
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    let hello = hello();
    pdf.stream(light, &hello);
    let mut both = hello.clone();
    both.extend_from_slice(heavy);
    pdf.stream(loaded, &run_length(&both)).filter(Filter::RunLengthDecode);
    pdf.finish()
}

fn hello() -> Vec<u8> {
    let mut content = Content::new();
    content.begin_text();
    content.set_font(Name(b"F1"), 12.0);
    content.next_line(72.0, 600.0);
    content.show(Str(b"Hello from the page"));
    content.end_text();
    content.finish().to_vec()
}

/// Run-length encoding with literal runs only (ISO 32000-1, 7.4.5).
fn run_length(bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(bytes.len() + bytes.len() / 128 + 2);
    for chunk in bytes.chunks(128) {
        encoded.push((chunk.len() - 1) as u8);
        encoded.extend_from_slice(chunk);
    }
    encoded.push(128);
    encoded
}
