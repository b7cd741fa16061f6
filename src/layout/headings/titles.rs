//! The title of the document: on its first page, the heading that is set larger than every other, before the text begins;
//! surely so where the document declares the same words as its title. (Size and place on the first page are the signs
//! of J. Beel et al., *`SciPlore` Xtract: extracting titles from scientific PDF documents by analyzing style
//! information*, ECDL 2010.)

use super::SetText;
use super::outline::Key;
use crate::layout::page::PreparedPage;
use crate::layout::text::numbering_depth;
use crate::layout::zone::{Zone, ZoneKind};

/// Titles are this many times larger than the text, and than the headings of this page and of those around it.
const LARGER: f32 = 1.25;
const LARGEST: f32 = 1.08;
/// Running text before it (characters) makes it the heading of a later part.
const MAX_BEFORE: usize = 300;
/// How sure a title is that the document declares, and one by size and place.
const DECLARED: f32 = 0.98;
const BY_SIZE: f32 = 0.94;

/// Marks the title among the zones of the first page. `headings` are those found by their form.
pub(in crate::layout) fn mark(
    zones: &mut [Zone],
    headings: &[SetText],
    page: &PreparedPage,
    neighbours: &[&PreparedPage],
    body_size: f32,
) {
    let title = page.content.declared_title.as_deref().and_then(Key::of);
    let declared = title.and_then(|title| declared_one(zones, &title)).map(|index| (index, DECLARED));
    let found =
        declared.or_else(|| largest(zones, headings, neighbours, body_size).map(|index| (index, BY_SIZE)));
    if let Some((index, confidence)) = found
        && let Some(zone) = zones.get_mut(index)
    {
        zone.kind = ZoneKind::Title;
        zone.level = None;
        zone.confidence = confidence;
    }
}

/// The first text that says what the document declares to be its title.
fn declared_one(zones: &[Zone], title: &Key) -> Option<usize> {
    before_text(zones).find(|index| {
        let zone = &zones[*index];
        matches!(zone.kind, ZoneKind::Heading | ZoneKind::Paragraph)
            && Key::of(&zone.content).is_some_and(|key| key.is_same(title))
    })
}

fn largest(
    zones: &[Zone],
    headings: &[SetText],
    neighbours: &[&PreparedPage],
    body_size: f32,
) -> Option<usize> {
    let title = headings.iter().max_by(|a, b| a.size.total_cmp(&b.size).then(b.index.cmp(&a.index)))?;
    let is_heading = zones.get(title.index).is_some_and(|zone| zone.kind == ZoneKind::Heading);
    let others = headings.iter().filter(|other| other.index != title.index).map(|other| other.size);
    let around = neighbours
        .iter()
        .flat_map(|page| &page.segments)
        .filter(|segment| segment.text.chars().filter(|character| character.is_alphabetic()).count() > 2)
        .map(|segment| segment.size);
    let next = others.chain(around).fold(body_size, f32::max);
    let is_numbered = zones.get(title.index).is_some_and(|zone| numbering_depth(&zone.content).is_some());
    let is_title = is_heading
        && !is_numbered
        && title.size >= LARGER * body_size
        && title.size >= LARGEST * next
        && before_text(zones).any(|index| index == title.index);
    is_title.then_some(title.index)
}

/// The zones up to where running text has begun.
fn before_text(zones: &[Zone]) -> impl Iterator<Item = usize> {
    let mut characters = 0;
    zones
        .iter()
        .take_while(move |zone| {
            let begins = characters < MAX_BEFORE;
            if zone.kind == ZoneKind::Paragraph {
                characters += zone.content.chars().count();
            }
            begins
        })
        .enumerate()
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::content::{Glyph, PageContent};
    use crate::layout::{ZoneKind, prepare, zones};

    /// Lines as (text, size, top), each character half an em wide.
    fn page(lines: &[(&str, f32, f32)], declared: Option<&str>) -> PreparedPage {
        let glyphs = lines
            .iter()
            .flat_map(|(text, size, top)| {
                let scale = size / 10.0;
                text.chars().enumerate().filter(|(_, character)| *character != ' ').map(
                    move |(place, character)| {
                        let glyph = Glyph::sample(character);
                        let scaled = |rect: crate::layout::Rect| crate::layout::Rect {
                            left: rect.left * scale,
                            top: rect.top * scale,
                            right: rect.right * scale,
                            bottom: rect.bottom * scale,
                        };
                        let glyph = Glyph {
                            ink: scaled(glyph.ink),
                            advance: scaled(glyph.advance),
                            size: *size,
                            ..glyph
                        };
                        let after_space = place > 0 && text.chars().nth(place - 1) == Some(' ');
                        Glyph { after_space, ..glyph.moved(72.0 + 5.0 * scale * place as f32, *top) }
                    },
                )
            })
            .collect();
        prepare(PageContent {
            width: 600.0,
            height: 800.0,
            is_first: true,
            declared_title: declared.map(str::to_owned),
            glyphs,
            ..PageContent::default()
        })
    }

    const TEXT: [(&str, f32, f32); 3] = [
        ("the harbour bar was sounded in spring and again in autumn by the same boat which", 10.0, 300.0),
        ("drew less water than the pilots had been told by the keeper of the log who had it", 10.0, 312.0),
        ("from his father and he from the men who built the mole in the year of the flood.", 10.0, 324.0),
    ];

    fn found(page: &PreparedPage, neighbours: &[&PreparedPage]) -> Vec<(ZoneKind, Option<u8>)> {
        zones(page, neighbours).iter().map(|zone| (zone.kind, zone.level)).collect()
    }

    #[test]
    fn the_largest_heading_before_the_text_is_the_title() {
        let lines =
            [[("Tides of the North", 24.0, 150.0), ("Method", 14.0, 270.0)].as_slice(), &TEXT].concat();
        let seen = found(&page(&lines, None), &[]);
        assert_eq!(seen[..2], [(ZoneKind::Title, None), (ZoneKind::Heading, Some(2))]);
    }

    #[test]
    fn a_heading_as_large_as_one_on_the_next_page_is_a_chapters() {
        let lines = [[("First Part", 24.0, 150.0)].as_slice(), &TEXT].concat();
        let next = page(&[("Second Part", 24.0, 150.0)], None);
        assert_eq!(found(&page(&lines, None), &[&next])[0], (ZoneKind::Heading, Some(1)));
    }

    #[test]
    fn the_words_that_are_declared_need_not_be_large() {
        let lines = [[("Tides of the North", 10.0, 150.0)].as_slice(), &TEXT].concat();
        assert_eq!(found(&page(&lines, Some("Tides of the north")), &[])[0].0, ZoneKind::Title);
        assert_eq!(found(&page(&lines, Some("report.doc")), &[])[0].0, ZoneKind::Paragraph);
    }
}
