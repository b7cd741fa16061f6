//! One HTML page (HTML Living Standard) that needs nothing but itself: headings make sections, captions belong to their
//! figure or table, and no script, style or picture from elsewhere is loaded, whatever the document's text says.

use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::continuation::{Block, Part};
use super::grid::{Slot, header_rows, one_line, slots};
use super::html_list::list;
use super::images::Image;
use super::markdown_escape::escape_html;
use super::options::{Images, Options};
use super::{BlockExporter, Header, Rest};
use crate::layout::{Cell, Table, ZoneKind};

/// A caption stands no farther from its figure or table than this, points.
const CAPTION_GAP: f32 = 48.0;
/// CSS pixels in a point.
const PIXELS: f32 = 96.0 / 72.0;

/// Lines up to the content. The policy lets nothing in but the page's own style and pictures.
const HEAD: &str = "<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'\">\n";
const STYLE: &str = "<style>\n\
    body{font:1rem/1.5 Georgia,serif;color:#1a1a1a;background:#fff;max-width:46rem;margin:2rem auto;padding:0 1rem}\n\
    h1,h2,h3,h4,h5,h6{font-family:system-ui,sans-serif;line-height:1.25}\n\
    p,h1,h2,h3,h4,h5,h6,li,td,th,caption,figcaption{unicode-bidi:plaintext}\n\
    table{border-collapse:collapse;margin:1.5rem 0;font-size:.9rem}\n\
    th,td{border:1px solid #888;padding:.25rem .5rem;text-align:start;vertical-align:top}\n\
    thead th{background:#eee}\n\
    caption,figcaption,aside,.furniture{font-size:.9rem;color:#444;text-align:start}\n\
    figure{margin:1.5rem 0}\n\
    img{max-width:100%;height:auto}\n\
    pre{overflow:auto;background:#f4f4f4;padding:.75rem}\n\
    ul.plain{list-style:none;padding-inline-start:1.5rem}\n\
    .formula{margin:1rem 2rem}\n\
    </style>\n";

pub(super) struct Html {
    images: Images,
    language: String,
    image_folder: String,
    /// The levels of the sections that are open.
    sections: Vec<u8>,
    /// A figure, table or caption that the next block may belong to.
    waiting: Option<Block>,
    finished: bool,
}

impl Html {
    pub(super) fn new(options: &Options) -> Self {
        // `und`: undetermined (BCP 47).
        let language = options.language.clone().unwrap_or_else(|| "und".to_owned());
        let (images, image_folder) = (options.images, String::new());
        Self { images, language, image_folder, sections: Vec::new(), waiting: None, finished: false }
    }

    fn write(&mut self, block: &Block) -> String {
        match block.zone.kind {
            ZoneKind::Title => self.heading(block, 1),
            ZoneKind::Heading => self.heading(block, block.zone.level.unwrap_or(1)),
            ZoneKind::Figure => self.figure(block, None),
            _ => match &block.zone.table {
                Some(content) => table(content, block, None),
                None => text(block),
            },
        }
    }

    /// A heading ends the sections of its level and below, and begins one.
    fn heading(&mut self, block: &Block, level: u8) -> String {
        let level = level.clamp(1, 6);
        let mut html = String::new();
        while self.sections.last().is_some_and(|open| *open >= level) {
            self.sections.pop();
            html.push_str("</section>\n");
        }
        self.sections.push(level);
        let content = escape_html(&one_line(&block.zone.content));
        let _ = writeln!(html, "<section>\n<h{level}{}>{content}</h{level}>", page(block));
        html
    }

    fn figure(&self, block: &Block, caption: Option<&Block>) -> String {
        let mut html = format!("<figure{}>\n", page(block));
        let name = match caption {
            Some(caption) => one_line(&caption.zone.content),
            None => format!("Figure on page {}", block.page_number()),
        };
        match (&block.image, self.images, block.parts.first()) {
            (Some(image), Images::Inline | Images::Beside, Some(part)) => {
                let _ = writeln!(
                    html,
                    "<img src=\"{}\" alt=\"{}\" width=\"{:.0}\" height=\"{:.0}\">",
                    attribute(&self.source(image, part)),
                    attribute(&name),
                    part.bbox.width * PIXELS,
                    part.bbox.height * PIXELS
                );
            }
            _ if caption.is_none() => {
                let _ = writeln!(html, "<p lang=\"en\">[{name}]</p>");
            }
            _ => {}
        }
        let inner = block.zone.content.trim();
        if !inner.is_empty() {
            let _ = writeln!(
                html,
                "<details><summary lang=\"en\">Text in the figure</summary><p>{}</p></details>",
                with_breaks(inner)
            );
        }
        if let Some(caption) = caption {
            let _ = writeln!(html, "<figcaption>{}</figcaption>", with_breaks(&caption.zone.content));
        }
        html.push_str("</figure>\n");
        html
    }

    fn source(&self, image: &Image, part: &Part) -> String {
        if self.images == Images::Beside {
            return image.address(&self.image_folder, part.page_number, part.reading_order);
        }
        format!("data:{};base64,{}", image.image_type.media_type(), STANDARD.encode(&image.bytes))
    }

    fn captioned(&self, object: &Block, caption: &Block) -> String {
        match &object.zone.table {
            Some(content) => table(content, object, Some(caption)),
            None => self.figure(object, Some(caption)),
        }
    }
}

impl BlockExporter for Html {
    fn start(&mut self, header: &Header, output: &mut dyn Write) -> io::Result<()> {
        self.image_folder.clone_from(&header.image_folder);
        let title = header.info.metadata.title.as_ref().unwrap_or(&header.name);
        write!(
            output,
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n{HEAD}<title>{}</title>\n{STYLE}</head>\n<body>\n<main>\n",
            attribute(&self.language),
            escape_html(&one_line(title))
        )
    }

    fn block(&mut self, block: &Block, output: &mut dyn Write) -> io::Result<()> {
        let mut html = String::new();
        let is_caption = block.zone.kind == ZoneKind::Caption;
        let is_object = matches!(block.zone.kind, ZoneKind::Figure | ZoneKind::Table);
        match self.waiting.take() {
            Some(object) if is_caption && belongs(block, &object) => {
                html.push_str(&self.captioned(&object, block));
            }
            Some(caption) if is_object && belongs(&caption, block) => {
                html.push_str(&self.captioned(block, &caption));
            }
            before => {
                if let Some(before) = before {
                    html.push_str(&self.write(&before));
                }
                if is_caption || is_object {
                    self.waiting = Some(block.clone());
                } else {
                    html.push_str(&self.write(block));
                }
            }
        }
        output.write_all(html.as_bytes())
    }

    fn finish(&mut self, output: &mut dyn Write) -> io::Result<Rest> {
        if !std::mem::replace(&mut self.finished, true) {
            if let Some(waiting) = self.waiting.take() {
                output.write_all(self.write(&waiting).as_bytes())?;
            }
            output.write_all("</section>\n".repeat(self.sections.len()).as_bytes())?;
            output.write_all(b"</main>\n</body>\n</html>\n")?;
        }
        Ok(Rest::None)
    }
}

/// Whether the caption is that of the figure or table: it stands beside it, and does not name the other kind.
fn belongs(caption: &Block, object: &Block) -> bool {
    if caption.zone.kind != ZoneKind::Caption {
        return false;
    }
    let label = caption.zone.content.trim_start().to_lowercase();
    let names_other = match object.zone.kind {
        ZoneKind::Table => label.starts_with("fig") || label.starts_with("abb"),
        _ => label.starts_with("tab"),
    };
    let Some(place) = caption.parts.first() else { return false };
    let beside = |part: &Part| {
        let gap = (place.bbox.y - part.bbox.y - part.bbox.height)
            .max(part.bbox.y - place.bbox.y - place.bbox.height);
        part.page_number == place.page_number && gap <= CAPTION_GAP
    };
    !names_other && object.parts.iter().any(beside)
}

/// The page a block begins on, so that programs find it in the PDF.
fn page(block: &Block) -> String {
    format!(" data-page=\"{}\"", block.page_number())
}

fn text(block: &Block) -> String {
    let content = block.zone.content.trim_matches('\n');
    if content.trim().is_empty() {
        return String::new();
    }
    let page = page(block);
    let flowing = with_breaks(content);
    match block.zone.kind {
        ZoneKind::List | ZoneKind::ListItem => {
            format!("<div{page}>{}</div>\n", list(content))
        }
        ZoneKind::Code => format!("<pre{page}><code>{}</code></pre>\n", escape_html(content)),
        ZoneKind::Footnote => format!("<aside role=\"doc-footnote\"{page}><p>{flowing}</p></aside>\n"),
        ZoneKind::Formula => format!("<p class=\"formula\"{page}>{flowing}</p>\n"),
        ZoneKind::Toc => format!("<nav{page}>{}</nav>\n", contents(content)),
        kind if kind.is_page_furniture() => format!("<p class=\"furniture\"{page}>{flowing}</p>\n"),
        _ => format!("<p{page}>{flowing}</p>\n"),
    }
}

fn contents(content: &str) -> String {
    let entries: Vec<String> =
        content.lines().map(|line| format!("<li>{}</li>", escape_html(line.trim()))).collect();
    format!("<ul class=\"plain\">{}</ul>", entries.concat())
}

fn table(table: &Table, block: &Block, caption: Option<&Block>) -> String {
    let mut html = format!("<table{}>\n", page(block));
    if let Some(caption) = caption {
        let _ = writeln!(html, "<caption>{}</caption>", with_breaks(&caption.zone.content));
    }
    let head = match header_rows(table) {
        // A table that is nothing but a head has none.
        all if all == table.rows => 0,
        head => head as usize,
    };
    let rows: Vec<String> =
        slots(table).iter().enumerate().map(|(index, row)| table_row(row, index < head)).collect();
    if head > 0 {
        let _ = write!(html, "<thead>\n{}</thead>\n", rows[..head].concat());
    }
    let _ = write!(html, "<tbody>\n{}</tbody>\n</table>\n", rows[head..].concat());
    html
}

fn table_row(row: &[Slot<'_>], in_head: bool) -> String {
    let mut html = String::from("<tr>");
    for slot in row {
        match slot {
            Slot::Cell(cell) => html.push_str(&table_cell(cell, in_head)),
            Slot::Empty => html.push_str("<td></td>"),
            Slot::Covered => {}
        }
    }
    html.push_str("</tr>\n");
    html
}

fn table_cell(cell: &Cell, in_head: bool) -> String {
    let content = with_breaks(cell.content.trim());
    let mut spans = String::new();
    if cell.row_span > 1 {
        let _ = write!(spans, " rowspan=\"{}\"", cell.row_span);
    }
    if cell.column_span > 1 {
        let _ = write!(spans, " colspan=\"{}\"", cell.column_span);
    }
    // An empty corner names nothing.
    if !cell.header || content.is_empty() {
        return format!("<td{spans}>{content}</td>");
    }
    let (axis, span) = if in_head { ("col", cell.column_span) } else { ("row", cell.row_span) };
    let group = if span > 1 { "group" } else { "" };
    format!("<th scope=\"{axis}{group}\"{spans}>{content}</th>")
}

fn with_breaks(text: &str) -> String {
    escape_html(text.trim()).replace('\n', "<br>")
}

fn attribute(text: &str) -> String {
    escape_html(text).replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{cell, document, export, page, table, zone};
    use super::super::{Format, Image, ImageType, PageImages, Writer};
    use super::*;
    use crate::layout::Zone;

    #[test]
    fn a_document_reads_as_html() {
        let options = Options { language: Some("en".into()), ..Options::default() };
        insta::assert_snapshot!(export(Format::Html, options));
    }

    fn html_of(zones: Vec<Zone>, options: Options, images: &PageImages) -> String {
        let (header, _) = document();
        let mut writer = Writer::start(Format::Html, options, &header, Vec::new()).unwrap();
        writer.page_with_images(&page(1, zones), images).unwrap();
        let html = String::from_utf8(writer.finish().unwrap()).unwrap();
        html.split_once("<main>\n").unwrap().1.split_once("</main>").unwrap().0.to_owned()
    }

    fn figure() -> Vec<Zone> {
        vec![zone(ZoneKind::Figure, "Depth\nm"), zone(ZoneKind::Caption, "Figure 1. \"Bars\" & sand")]
    }

    #[test]
    fn a_figure_has_its_picture_in_it_beside_it_or_not_at_all() {
        let mut images = PageImages::default();
        images.insert(0, Image { image_type: ImageType::Png, bytes: [1, 2, 3].into() });
        let html = |images_option, images: &PageImages| {
            html_of(figure(), Options { images: images_option, ..Options::default() }, images)
        };
        let inline = html(Images::Inline, &images);
        assert!(inline.contains(
            "<img src=\"data:image/png;base64,AQID\" alt=\"Figure 1. &quot;Bars&quot; &amp; sand\" width=\"133\" height=\"16\">"
        ), "{inline}");
        assert!(html(Images::Beside, &images).contains("<img src=\"tides.images/page-1-zone-0.png\""));
        for without in [html(Images::None, &images), html(Images::Inline, &PageImages::default())] {
            insta::allow_duplicates! { insta::assert_snapshot!(without, @r#"
            <figure data-page="1">
            <details><summary lang="en">Text in the figure</summary><p>Depth<br>m</p></details>
            <figcaption>Figure 1. "Bars" &amp; sand</figcaption>
            </figure>
            "#) }
        }
    }

    #[test]
    fn a_caption_goes_to_the_table_it_names() {
        let tides = || table(2, 1, vec![cell(0, 0, 1, "m"), cell(1, 0, 1, "3")]);
        let html = |zones| html_of(zones, Options::default(), &PageImages::default());
        let above = html(vec![zone(ZoneKind::Caption, "Table 1. Tides"), tides()]);
        assert!(above.contains("<table data-page=\"1\">\n<caption>Table 1. Tides</caption>"), "{above}");
        let other = html(vec![zone(ZoneKind::Caption, "Figure 1. Tides"), tides()]);
        assert!(other.contains("<p data-page=\"1\">Figure 1. Tides</p>"), "{other}");
    }

    #[test]
    fn sections_are_nested_as_headings_are() {
        let heading = |level, text: &str| Zone { level: Some(level), ..zone(ZoneKind::Heading, text) };
        let zones = vec![heading(1, "a"), heading(3, "b"), heading(2, "c"), heading(1, "d")];
        let html = html_of(zones, Options::default(), &PageImages::default()).replace(" data-page=\"1\"", "");
        assert_eq!(
            html.replace('\n', ""),
            "<section><h1>a</h1><section><h3>b</h3></section><section><h2>c</h2></section></section><section><h1>d</h1></section>"
        );
    }

    proptest! {
        #[test]
        fn text_never_becomes_markup(text in "[ -~\u{0}-\u{1f}é]{1,40}", kind in 0usize..8) {
            let kinds = [
                ZoneKind::Title, ZoneKind::Paragraph, ZoneKind::List, ZoneKind::Code, ZoneKind::Caption,
                ZoneKind::Toc, ZoneKind::Footnote, ZoneKind::Figure,
            ];
            let marked = format!("<script>{text}</script>");
            let html = html_of(vec![zone(kinds[kind], &marked)], Options::default(), &PageImages::default());
            prop_assert!(!html.contains("<script"));
            let outside: String = html
                .split('<')
                .flat_map(|piece| piece.split_once('>').map_or("", |(_, text)| text).chars())
                .filter(|character| !character.is_whitespace())
                .collect();
            prop_assert!(outside.contains("&lt;script&gt;"), "{}", html);
        }
    }
}
