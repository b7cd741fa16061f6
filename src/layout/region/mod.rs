//! One region of a page, drawn by somebody: the text under its box, set as its kind wants.
//!
//! A word is under the box when its middle is, whatever line it stands on: a box over half a line gives half a line. What
//! the words are is asked of the page's own zones, which have seen the whole page and its neighbours.

mod table;

use serde::{Deserialize, Serialize};

use crate::layout::analysis;
use crate::layout::assembly::{is_leftward, joined};
use crate::layout::blocks::{self, Block, Line};
use crate::layout::columns::{self, Piece};
use crate::layout::content::{Direction, Ruling};
use crate::layout::geometry::Rect;
use crate::layout::kinds::{self, Body, lists};
use crate::layout::lines::{Segment, WordBox, in_reading_order};
use crate::layout::page::PreparedPage;
use crate::layout::scripts::is_spaceless;
use crate::layout::tables;
use crate::layout::text::{join_lines, marker};
use crate::layout::zone::{Bbox, ListItem, Zone, ZoneKind};

/// An item's further paragraph stands this far (ems) to the right of its marker.
const ITEM_INDENT: f32 = 0.5;

/// A region of a page, to be read by itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Where it is.
    pub bbox: Bbox,
    /// What it is; none leaves that to the engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ZoneKind>,
}

/// The region as a zone; none when its box lies beside the page. `neighbours` are the pages around it, as for
/// [`crate::layout::zones`]. The zone's box is the part of the region's that is on the page, its reading order 0; where nothing is
/// written its content is empty. A kind that was given is as sure as can be, save the grid of a table.
pub fn read_region(page: &PreparedPage, neighbours: &[&PreparedPage], region: &Region) -> Option<Zone> {
    let sheet = Rect { left: 0.0, top: 0.0, right: page.width(), bottom: page.height() };
    let on_page = region.bbox.rect().intersection(&sheet)?;
    let bounds = page.turn.rect(&on_page);
    let segments = under(&page.segments, &bounds);
    let found = kind_by_zones(page, neighbours, &segments, &on_page);
    let kind = region.kind.unwrap_or(found.kind);
    let confidence = if region.kind.is_some() { 1.0 } else { found.confidence };
    let mut zone = Zone::plain(kind, bounds, String::new(), confidence);
    if kind == ZoneKind::Table {
        fill_table(&mut zone, &segments, &page.content.rulings, &bounds);
    } else {
        let text = Text::of(segments);
        if kind == ZoneKind::List {
            let items = text.items();
            zone.content = lists::text(&items);
            zone.items = Some(items);
        } else {
            zone.content = text.content(kind);
        }
        if kind == ZoneKind::Heading {
            let body = analysis::body(page, neighbours);
            zone.level = found.level.or_else(|| text.heading_level(&body));
        }
    }
    zone.table = zone.table.and_then(|table| table.made_sound(analysis::MAX_POSITIONS));
    analysis::turn_back(&mut zone, &page.turn);
    Some(zone)
}

fn fill_table(zone: &mut Zone, segments: &[Segment], rulings: &[Ruling], bounds: &Rect) {
    if let Some(found) = table::find(segments, rulings, bounds) {
        zone.content = tables::plain_text(&found.table);
        zone.confidence = zone.confidence.min(found.confidence);
        zone.table = Some(found.table);
    }
}

/// What the zones of the page say of a region.
struct Found {
    kind: ZoneKind,
    confidence: f32,
    level: Option<u8>,
}

/// The kind of the zones that most of the region's characters are in, as sure as these zones are, times the share of the
/// characters in them. Where there are no characters, a figure if one is there.
fn kind_by_zones(
    page: &PreparedPage,
    neighbours: &[&PreparedPage],
    segments: &[Segment],
    on_page: &Rect,
) -> Found {
    let zones: Vec<Zone> = analysis::zones(page, neighbours)
        .into_iter()
        .filter(|zone| zone.bbox.rect().grown(1.0).intersection(on_page).is_some())
        .collect();
    let mut votes: Vec<(&Zone, f32)> = zones.iter().map(|zone| (zone, 0.0)).collect();
    let mut all = 0.0;
    for segment in segments {
        let rect = page.turn.rect_back(&segment.rect);
        let around = votes
            .iter_mut()
            .filter(|(zone, _)| zone.bbox.rect().contains_center(&rect))
            .min_by(|(a, _), (b, _)| a.bbox.rect().area().total_cmp(&b.bbox.rect().area()));
        all += segment.glyphs as f32;
        if let Some((_, characters)) = around {
            *characters += segment.glyphs as f32;
        }
    }
    let weight = |kind: ZoneKind, by: fn(&Zone, f32) -> f32| -> f32 {
        votes
            .iter()
            .filter(|(zone, _)| zone.kind == kind)
            .map(|(zone, characters)| by(zone, *characters))
            .sum()
    };
    let most = votes
        .iter()
        .filter(|(_, characters)| *characters > 0.0)
        .max_by(|(a, of_a), (b, of_b)| {
            let (all_a, all_b) = (weight(a.kind, |_, count| count), weight(b.kind, |_, count| count));
            all_a.total_cmp(&all_b).then(of_a.total_cmp(of_b))
        })
        .map(|(zone, _)| *zone);
    match most {
        Some(zone) => Found {
            kind: zone.kind,
            confidence: weight(zone.kind, |zone, count| zone.confidence * count) / all,
            level: zone.level,
        },
        None => figure_or_nothing(&zones, on_page),
    }
}

fn figure_or_nothing(zones: &[Zone], on_page: &Rect) -> Found {
    let covered = |zone: &Zone| {
        let common = zone.bbox.rect().intersection(on_page).map_or(0.0, |common| common.area());
        zone.confidence * common / on_page.area().max(f32::MIN_POSITIVE)
    };
    let confidence =
        zones.iter().filter(|zone| zone.kind == ZoneKind::Figure).map(covered).fold(0.0, f32::max);
    let kind = if confidence > 0.0 { ZoneKind::Figure } else { ZoneKind::Paragraph };
    Found { kind, confidence, level: None }
}

/// The parts of the segments under the box.
fn under(segments: &[Segment], bounds: &Rect) -> Vec<Segment> {
    segments
        .iter()
        .filter(|segment| segment.rect.grown(1.0).intersection(bounds).is_some())
        .filter_map(|segment| part(segment, bounds))
        .collect()
}

fn part(segment: &Segment, bounds: &Rect) -> Option<Segment> {
    let words: Vec<WordBox> =
        segment.words.iter().filter_map(|word| word_part(word, segment.direction, bounds)).collect();
    let is_whole = words.len() == segment.words.len()
        && words.iter().zip(&segment.words).all(|(part, word)| part.text.len() == word.text.len());
    if is_whole {
        return Some(segment.clone());
    }
    Some(Segment {
        text: text_of(&words),
        rect: Rect::around(words.iter().map(|word| word.rect))?,
        glyphs: words.iter().map(|word| word.text.chars().count()).sum(),
        words,
        ..segment.clone()
    })
}

/// Scripts without spaces run on from one end of a line to the other: of such a word each character is asked for its
/// place. All are equally wide (JIS X 4051: characters are set solid, in squares).
fn word_part(word: &WordBox, direction: Direction, bounds: &Rect) -> Option<WordBox> {
    if !word.text.chars().any(is_spaceless) {
        return bounds.contains_center(&word.rect).then(|| word.clone());
    }
    let count = word.text.chars().count();
    let kept: Vec<(char, Rect)> = word
        .text
        .chars()
        .enumerate()
        .map(|(index, character)| (character, slot(&word.rect, direction, index, count)))
        .filter(|(_, slot)| bounds.contains_center(slot))
        .collect();
    let rect = Rect::around(kept.iter().map(|(_, slot)| *slot))?;
    Some(WordBox { text: kept.iter().map(|(character, _)| character).collect(), rect, ..word.clone() })
}

/// The place of one of `count` equally wide characters.
fn slot(word: &Rect, direction: Direction, index: usize, count: usize) -> Rect {
    let (from, to) = (index as f32 / count as f32, (index + 1) as f32 / count as f32);
    let (width, height) = (word.width(), word.height());
    match direction {
        Direction::Right | Direction::Slanted => {
            Rect { left: word.left + from * width, right: word.left + to * width, ..*word }
        }
        Direction::Left => Rect { left: word.right - to * width, right: word.right - from * width, ..*word },
        Direction::Down => Rect { top: word.top + from * height, bottom: word.top + to * height, ..*word },
        Direction::Up => {
            Rect { top: word.bottom - to * height, bottom: word.bottom - from * height, ..*word }
        }
    }
}

/// Words stand left to right, and each is in the order it is read in: the line is put in reading order as a whole.
fn text_of(words: &[WordBox]) -> String {
    let mut standing = String::new();
    for word in words {
        if word.after_space && !standing.is_empty() {
            standing.push(' ');
        }
        standing.push_str(&in_reading_order(word.text.clone()));
    }
    in_reading_order(standing)
}

/// The text of a region, in reading order.
struct Text {
    blocks: Vec<Block>,
    /// What runs across the page: a line each.
    across: Vec<Segment>,
}

impl Text {
    fn of(segments: Vec<Segment>) -> Self {
        let (along, across): (Vec<Segment>, Vec<Segment>) =
            segments.into_iter().partition(|segment| segment.direction == Direction::Right);
        let pieces: Vec<Piece> = along.iter().map(Piece::from).collect();
        let blocks = columns::order(&pieces, is_leftward(&along))
            .into_iter()
            .flat_map(|column| {
                let texts: Vec<&Segment> = column.iter().filter_map(|index| along.get(*index)).collect();
                blocks::blocks(blocks::lines(&texts))
            })
            .collect();
        Self { blocks, across }
    }

    /// As a zone of this kind has it: code, contents and figures line by line, running text by paragraphs, all
    /// else in one line.
    fn content(&self, kind: ZoneKind) -> String {
        let across = || self.across.iter().map(|segment| segment.text.as_str());
        match kind {
            ZoneKind::Code | ZoneKind::Toc | ZoneKind::Figure => self.lines().collect::<Vec<_>>().join("\n"),
            ZoneKind::Paragraph | ZoneKind::Footnote => {
                let paragraphs = self.blocks.iter().map(joined).chain([join_lines(across())]);
                paragraphs.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
            }
            _ => join_lines(self.lines()),
        }
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        let along = self.blocks.iter().flat_map(|block| &block.lines).map(|line| line.text.as_str());
        along.chain(self.across.iter().map(|segment| segment.text.as_str()))
    }

    fn items(&self) -> Vec<ListItem> {
        let mut items: Vec<(&Block, String)> = Vec::new();
        for block in &self.blocks {
            match items.last_mut() {
                Some((first, text)) if continues_item(first, block) => {
                    *text = join_lines([text.as_str(), &joined(block)]);
                }
                _ => items.push((block, joined(block))),
            }
        }
        let em = items.first().map_or(10.0, |(block, _)| block.size());
        let along = items.into_iter().map(|(block, text)| (block.rect, text));
        let across = self.across.iter().map(|segment| (segment.rect, segment.text.clone()));
        lists::nested(&along.chain(across).collect::<Vec<_>>(), em)
    }

    fn heading_level(&self, body: &Body) -> Option<u8> {
        let lines: Vec<Line> = self.blocks.iter().flat_map(|block| block.lines.iter().cloned()).collect();
        Block::of(lines).map(|block| kinds::heading_level(&block, body))
    }
}

fn continues_item(first: &Block, block: &Block) -> bool {
    marker(first.first_text()).is_some()
        && marker(block.first_text()).is_none()
        && block.rect.left > first.rect.left + ITEM_INDENT * block.size()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layout::content::{Axis, Glyph, PageContent};
    use crate::layout::prepare;

    /// Text of ten points, each character half an em wide, with its baseline at `y`.
    fn line(text: &str, x: f32, y: f32) -> Vec<Glyph> {
        let mut after_space = false;
        let mut glyphs = Vec::new();
        for (index, character) in text.chars().enumerate() {
            if character == ' ' {
                after_space = true;
                continue;
            }
            let glyph = Glyph::sample(character).moved(x + 5.0 * index as f32, y);
            glyphs.push(Glyph { after_space: std::mem::take(&mut after_space), ..glyph });
        }
        glyphs
    }

    fn page(lines: &[(&str, f32, f32)]) -> PreparedPage {
        page_with(lines, Vec::new())
    }

    fn page_with(lines: &[(&str, f32, f32)], rulings: Vec<Ruling>) -> PreparedPage {
        let glyphs = lines.iter().flat_map(|(text, x, y)| line(text, *x, *y)).collect();
        prepare(PageContent { width: 600.0, height: 800.0, glyphs, rulings, ..PageContent::default() })
    }

    fn read(page: &PreparedPage, [x, y, width, height]: [f32; 4], kind: Option<ZoneKind>) -> Zone {
        read_region(page, &[], &Region { bbox: Bbox { x, y, width, height }, kind }).unwrap()
    }

    const PROSE: [&str; 4] = [
        "the harbour bar was sounded in spring",
        "and again in autumn by the same boat",
        "which drew less water than the pilots",
        "had been told by the keeper of the log",
    ];

    fn two_columns() -> PreparedPage {
        let lines: Vec<(&str, f32, f32)> = (0..4)
            .flat_map(|row| {
                let y = 300.0 + 12.0 * row as f32;
                [(PROSE[row], 50.0, y), (PROSE[3 - row], 310.0, y)]
            })
            .collect();
        page(&lines)
    }

    #[test]
    fn words_are_taken_by_their_middle_not_line_by_line() {
        let page = page(&[(PROSE[0], 50.0, 300.0), (PROSE[1], 50.0, 312.0)]);
        // From before the middle of "harbour" to beyond that of "sounded".
        let zone = read(&page, [85.0, 290.0, 90.0, 14.0], Some(ZoneKind::Paragraph));
        assert_eq!(zone.content, "harbour bar was sounded");
    }

    #[test]
    fn columns_under_one_box_are_read_one_after_the_other() {
        let zone = read(&two_columns(), [40.0, 280.0, 500.0, 80.0], Some(ZoneKind::Paragraph));
        let expected: Vec<&str> = PROSE.into_iter().chain(PROSE.into_iter().rev()).collect();
        assert_eq!(zone.content.replace("\n\n", " "), expected.join(" "));
        assert_eq!((zone.confidence, zone.reading_order), (1.0, 0));
    }

    #[test]
    fn cells_that_line_up_are_a_table() {
        let rows = ["bar", "ford", "quay", "mole"];
        let lines: Vec<(&str, f32, f32)> = rows
            .iter()
            .enumerate()
            .flat_map(|(row, name)| {
                let y = 300.0 + 14.0 * row as f32;
                [(*name, 50.0, y), ("12.5", 150.0, y), ("870", 250.0, y)]
            })
            .chain([("Nothing of the table is said here", 50.0, 400.0)])
            .collect();
        let zone = read(&page(&lines), [40.0, 280.0, 300.0, 75.0], Some(ZoneKind::Table));
        let table = zone.table.unwrap();
        assert_eq!((table.rows, table.columns), (4, 3));
        assert_eq!(zone.content, "bar\t12.5\t870\nford\t12.5\t870\nquay\t12.5\t870\nmole\t12.5\t870");
    }

    #[test]
    fn rulings_under_the_box_make_its_cells() {
        let horizontal = [285.0, 305.0, 325.0].map(|position| Ruling {
            axis: Axis::Horizontal,
            position,
            start: 40.0,
            end: 240.0,
        });
        let vertical = [40.0, 140.0, 240.0].map(|position| Ruling {
            axis: Axis::Vertical,
            position,
            start: 285.0,
            end: 325.0,
        });
        let rulings = horizontal.into_iter().chain(vertical).collect();
        let lines =
            [("depth", 50.0, 300.0), ("metres", 150.0, 300.0), ("low", 50.0, 320.0), ("4.1", 150.0, 320.0)];
        let zone = read(&page_with(&lines, rulings), [38.0, 280.0, 210.0, 50.0], Some(ZoneKind::Table));
        assert_eq!(zone.content, "depth\tmetres\nlow\t4.1");
    }

    #[test]
    fn what_has_no_columns_is_a_table_of_lines() {
        let lines: Vec<(&str, f32, f32)> =
            PROSE.iter().enumerate().map(|(row, text)| (*text, 50.0, 300.0 + 12.0 * row as f32)).collect();
        let zone = read(&page(&lines), [40.0, 280.0, 500.0, 80.0], Some(ZoneKind::Table));
        let table = zone.table.unwrap();
        assert_eq!((table.rows, table.columns), (4, 1));
        assert_eq!(zone.content, PROSE.join("\n"));
        assert!(zone.confidence < 0.5, "nothing speaks for a table");
    }

    #[test]
    fn each_kind_sets_the_same_lines_in_its_way() {
        let lines = [("1. sound the bar", 50.0, 300.0), ("twice", 62.0, 312.0), ("2. log it", 50.0, 324.0)];
        let page = page(&lines);
        let content = |kind| read(&page, [40.0, 280.0, 300.0, 60.0], Some(kind)).content;
        assert_eq!(content(ZoneKind::Code), "1. sound the bar\ntwice\n2. log it");
        assert_eq!(content(ZoneKind::List), "1. sound the bar twice\n2. log it");
        assert_eq!(content(ZoneKind::Caption), "1. sound the bar twice 2. log it");
    }

    #[test]
    fn a_heading_gets_its_level() {
        let page = page(&[("2.1 Soundings of the bar", 50.0, 300.0), (PROSE[0], 50.0, 330.0)]);
        let zone = read(&page, [40.0, 288.0, 300.0, 16.0], Some(ZoneKind::Heading));
        assert_eq!((zone.content.as_str(), zone.level), ("2.1 Soundings of the bar", Some(3)));
    }

    #[test]
    fn without_a_kind_it_is_what_the_page_has_there() {
        let zone = read(&two_columns(), [40.0, 285.0, 220.0, 60.0], None);
        assert_eq!((zone.kind, zone.content), (ZoneKind::Paragraph, PROSE.join(" ")));
        assert!(zone.confidence > 0.5 && zone.confidence < 1.0, "{}", zone.confidence);
    }

    #[test]
    fn a_box_over_nothing_is_an_empty_zone_nobody_is_sure_of() {
        let zone = read(&two_columns(), [40.0, 600.0, 220.0, 60.0], None);
        assert_eq!((zone.content.as_str(), zone.confidence), ("", 0.0));
    }

    #[test]
    fn a_box_beside_the_page_is_none_and_one_across_its_edge_is_cut() {
        let page = two_columns();
        let beside = Bbox { x: 700.0, y: 10.0, width: 50.0, height: 50.0 };
        assert_eq!(read_region(&page, &[], &Region { bbox: beside, kind: None }), None);
        let zone = read(&page, [-50.0, 290.0, 5000.0, 14.0], Some(ZoneKind::Code));
        assert_eq!(zone.bbox, Bbox { x: 0.0, y: 290.0, width: 600.0, height: 14.0 });
    }

    #[test]
    fn characters_without_spaces_are_taken_one_by_one() {
        let glyphs = "港の潮汐表は二百年".chars().enumerate().map(|(index, character)| {
            let wide = Glyph::sample(character);
            let advance = Rect { right: 10.0, ..wide.advance };
            let ink = Rect { right: 9.5, ..wide.ink };
            Glyph { ink, advance, ..wide }.moved(50.0 + 10.0 * index as f32, 300.0)
        });
        let page = prepare(PageContent {
            width: 600.0,
            height: 800.0,
            glyphs: glyphs.collect(),
            ..PageContent::default()
        });
        assert_eq!(read(&page, [70.0, 290.0, 30.0, 12.0], Some(ZoneKind::Paragraph)).content, "潮汐表");
    }

    proptest! {
        #[test]
        fn every_word_under_the_box_is_said_once_and_no_other(
            x in 0f32..500.0, y in 250f32..450.0, width in 1f32..400.0, height in 1f32..200.0,
            kind in prop::sample::select(vec![
                ZoneKind::Paragraph, ZoneKind::List, ZoneKind::Table, ZoneKind::Code, ZoneKind::Heading,
            ]),
        ) {
            let names: Vec<String> = (0..60).map(|index| format!("w{index:02}")).collect();
            let lines: Vec<(&str, f32, f32)> = names
                .iter()
                .enumerate()
                .map(|(index, name)| (name.as_str(), 50.0 + 70.0 * (index % 6) as f32, 300.0 + 13.0 * (index / 6) as f32))
                .collect();
            let bounds = Rect::from_corners(x, y, x + width, y + height);
            let mut expected: Vec<&str> = lines
                .iter()
                .filter(|(_, left, baseline)| bounds.contains_point(left + 7.5, baseline - 2.5))
                .map(|(name, ..)| *name)
                .collect();
            let zone = read(&page(&lines), [x, y, width, height], Some(kind));
            let mut said: Vec<&str> = zone.content.split_whitespace().collect();
            said.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(said, expected);
        }
    }
}
