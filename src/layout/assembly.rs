//! Putting the parts of a page in order and making zones of them.

use super::blocks::{self, Block, Line};
use super::columns::{self, Piece};
use super::content::{Axis, Direction, PageContent, Ruling};
use super::figures::is_inside;
use super::furniture::Furniture;
use super::geometry::Rect;
use super::headings::outline::{self, Key};
use super::headings::{SetText, alike};
use super::kinds::formulas::{self, Passage};
use super::kinds::lists;
use super::kinds::toc;
use super::kinds::{self, Around, Body, Verdict};
use super::lines::Segment;
use super::scripts;
use super::tables::{Aligned, FoundTable, find_aligned, merged, plain_text};
use super::text::join_lines;
use super::zone::{Zone, ZoneKind};

/// How sure a figure is, and text that runs across the page.
const FIGURE_CONFIDENCE: f32 = 0.82;
const ASIDE_CONFIDENCE: f32 = 0.45;
const CONTENTS_CONFIDENCE: f32 = 0.95;

/// A heading this many times larger than the text below it is of another rank.
const BETWEEN: f32 = 1.15;

/// White around text that belongs to its zone, in ems: from the ink to the line's ascent and descent and a little more.
/// People who draw boxes around text leave about as much.
const TEXT_MARGIN: f32 = 0.2;
/// No more than this, points, however large the text.
const MAX_TEXT_MARGIN: f32 = 4.0;

/// A table, a figure or turned text: one piece in the reading order.
enum Object {
    Table(FoundTable),
    Figure(Rect, Vec<Segment>),
    Aside(Rect, Vec<Segment>),
    Contents(Rect, String),
}

impl Object {
    fn rect(&self) -> Rect {
        match self {
            Self::Table(found) => found.rect,
            Self::Figure(rect, _) | Self::Aside(rect, _) | Self::Contents(rect, _) => *rect,
        }
    }
}

/// A part of a column.
enum Part {
    Line(Line),
    Object(Object),
}

impl Part {
    fn rect(&self) -> Rect {
        match self {
            Self::Line(line) => line.rect,
            Self::Object(object) => object.rect(),
        }
    }
}

/// The zones of a page as they come together.
pub(super) struct Assembly {
    body: Body,
    zones: Vec<Zone>,
    footers: Vec<Zone>,
    headings: Vec<SetText>,
    /// Short texts that stand out as headings do, but for where they stand.
    set_apart: Vec<SetText>,
    /// What the outline says stands on the page.
    titles: Vec<Key>,
    /// Whether the page is the document's first.
    is_first_page: bool,
    /// The number of the last item of the last list.
    last_number: Option<u32>,
}

impl Assembly {
    /// Begins with the furniture: headers are read first, footers last.
    pub(super) fn new(
        segments: &[Segment],
        furniture: &[Furniture],
        body: Body,
        titles: Vec<Key>,
        is_first_page: bool,
    ) -> Self {
        let (mut zones, mut footers) = (Vec::new(), Vec::new());
        for found in furniture {
            let members = || found.members.iter().filter_map(|index| segments.get(*index));
            let Some(rect) = Rect::around(members().map(|segment| segment.rect)) else { continue };
            let content = join_lines(members().map(|segment| segment.text.as_str()));
            let size = members().map(|segment| segment.size).fold(0.0, f32::max);
            let zone = Zone::plain(found.kind, with_margin(rect, size), content, found.confidence);
            let above = rect.center_y() < body.page_height / 2.0;
            if above { zones.push(zone) } else { footers.push(zone) }
        }
        Self {
            body,
            zones,
            footers,
            headings: Vec::new(),
            set_apart: Vec::new(),
            titles,
            is_first_page,
            last_number: None,
        }
    }

    /// Adds everything else in reading order.
    pub(super) fn body(
        &mut self,
        segments: Vec<Segment>,
        aside: Vec<Segment>,
        tables: Vec<FoundTable>,
        figures: Vec<Rect>,
        content: &PageContent,
    ) {
        let (mut objects, segments) = objects(segments, aside, tables, figures);
        let pieces = pieces(&segments, &objects, self.body.size);
        let rules = merged(&content.rulings, Axis::Horizontal);
        let mut taken: Vec<Option<Object>> = objects.drain(..).map(Some).collect();
        for column in columns::order_framed(&pieces, &content.boxes, is_leftward(&segments)) {
            let texts: Vec<&Segment> = column.iter().filter_map(|index| segments.get(*index)).collect();
            let inside = column
                .iter()
                .filter_map(|index| index.checked_sub(segments.len()))
                .filter_map(|index| taken.get_mut(index)?.take())
                .collect();
            self.column(&texts, inside, &rules);
        }
    }

    /// The zones in reading order, and which of them are headings.
    pub(super) fn finish(mut self) -> (Vec<Zone>, Vec<SetText>) {
        alike::promote(&mut self.zones, &mut self.headings, &self.set_apart);
        self.zones.append(&mut self.footers);
        (self.zones, self.headings)
    }

    fn column(&mut self, texts: &[&Segment], mut objects: Vec<Object>, rules: &[Ruling]) {
        let mut texts = texts.to_vec();
        let mut in_contents = Vec::new();
        for contents in toc::find(&texts) {
            in_contents.extend(contents.members);
            objects.push(Object::Contents(contents.rect, contents.content));
        }
        remove(&mut texts, &in_contents);
        let mut in_tables = Vec::new();
        for Aligned { found, members } in find_aligned(&texts, rules) {
            in_tables.extend(members);
            objects.push(Object::Table(found));
        }
        remove(&mut texts, &in_tables);
        let mut parts: Vec<Part> = blocks::lines(&texts).into_iter().map(Part::Line).collect();
        parts.extend(objects.into_iter().map(Part::Object));
        parts.sort_by(|a, b| {
            a.rect().top.total_cmp(&b.rect().top).then(a.rect().left.total_cmp(&b.rect().left))
        });
        let mut lines = Vec::new();
        for part in parts {
            match part {
                Part::Line(line) => lines.push(line),
                Part::Object(object) => {
                    self.text(std::mem::take(&mut lines));
                    self.object(object);
                }
            }
        }
        self.text(lines);
    }

    fn object(&mut self, object: Object) {
        match object {
            Object::Table(found) => {
                let content = plain_text(&found.table);
                let zone = Zone::plain(ZoneKind::Table, found.rect, content, found.confidence);
                self.zones.push(Zone { table: Some(found.table), ..zone });
            }
            Object::Figure(rect, segments) => {
                let (upright, across): (Vec<&Segment>, Vec<&Segment>) =
                    segments.iter().partition(|segment| segment.direction == Direction::Right);
                let mut lines: Vec<String> =
                    blocks::lines(&upright).into_iter().map(|line| line.text).collect();
                lines.extend(across.into_iter().map(|segment| segment.text.clone()));
                self.zones.push(Zone::plain(ZoneKind::Figure, rect, lines.join("\n"), FIGURE_CONFIDENCE));
            }
            Object::Contents(rect, content) => {
                self.zones.push(Zone::plain(
                    ZoneKind::Toc,
                    with_margin(rect, self.body.size),
                    content,
                    CONTENTS_CONFIDENCE,
                ));
            }
            Object::Aside(rect, segments) => {
                let content = join_lines(segments.iter().map(|segment| segment.text.as_str()));
                let size = segments.first().map_or(0.0, |segment| segment.size);
                self.zones.push(Zone::plain(
                    ZoneKind::Paragraph,
                    with_margin(rect, size),
                    content,
                    ASIDE_CONFIDENCE,
                ));
            }
        }
    }

    fn text(&mut self, lines: Vec<Line>) {
        for passage in formulas::passages(lines) {
            match passage {
                Passage::Text(lines) => self.prose(lines),
                Passage::Formula(lines) => self.formula(lines),
            }
        }
    }

    fn formula(&mut self, lines: Vec<Line>) {
        if let Some(block) = Block::of(lines) {
            self.zones.push(text_zone(&block, kinds::FORMULA));
        }
    }

    fn prose(&mut self, lines: Vec<Line>) {
        let parts = outline::parted(lines, &self.titles);
        let blocks: Vec<Block> = parts.into_iter().flat_map(blocks::blocks).collect();
        let mut items: Vec<Block> = Vec::new();
        for (index, block) in blocks.iter().enumerate() {
            let above = index.checked_sub(1).map_or(f32::INFINITY, |before| gap(&blocks[before], block));
            let below = blocks.get(index + 1).map_or(f32::INFINITY, |after| gap(block, after));
            let around = Around {
                above,
                below,
                after: blocks.get(index + 1),
                is_headed: self.is_below_heading(block),
                number_above: items.last().and_then(|item| lists::number(item.first_text())),
                follows_heading: items.is_empty()
                    && self.zones.last().is_some_and(|last| last.kind == ZoneKind::Heading),
            };
            let verdict = kinds::classify(block, &self.body, &around);
            if verdict.kind == ZoneKind::ListItem {
                items.push(block.clone());
                continue;
            }
            self.items(&std::mem::take(&mut items));
            let set = SetText { index: self.zones.len(), size: block.size(), style: block.style() };
            if verdict.kind == ZoneKind::Heading {
                self.headings.push(set);
            } else if verdict.kind == ZoneKind::Paragraph && kinds::stands_out(block, &self.body) {
                self.set_apart.push(set);
            }
            self.zones.push(text_zone(block, verdict));
        }
        self.items(&items);
    }

    /// Consecutive items are one list where they follow each other closely; what stands alone, or is too long for an item, is
    /// a paragraph with a number.
    fn items(&mut self, items: &[Block]) {
        let texts: Vec<&str> = items.iter().map(Block::first_text).collect();
        if !lists::is_list(&texts, items.iter().map(Block::glyphs).sum(), self.last_number) {
            self.zones.extend(items.iter().map(|block| text_zone(block, kinds::NUMBERED)));
            return;
        }
        self.last_number = texts.last().and_then(|text| lists::number(text));
        for list in items.chunk_by(is_same_list) {
            self.list(list);
        }
    }

    /// Whether a heading set larger stands right before the block on the first page: what follows it in a size between, an
    /// author's name or a subtitle, heads nothing.
    fn is_below_heading(&self, block: &Block) -> bool {
        self.headings.last().is_some_and(|last| {
            self.is_first_page && last.index + 1 == self.zones.len() && last.size > BETWEEN * block.size()
        })
    }

    fn list(&mut self, items: &[Block]) {
        let Some(rect) = Rect::around(items.iter().map(|block| block.rect)) else { return };
        let listed: Vec<(Rect, String)> = items.iter().map(|block| (block.rect, joined(block))).collect();
        let listed = lists::nested(&listed, self.body.size);
        let rect = with_margin(rect, items[0].size());
        let list = Zone::plain(ZoneKind::List, rect, lists::text(&listed), lists::confidence(items.len()));
        self.zones.push(Zone { items: Some(listed), ..list });
    }
}

fn text_zone(block: &Block, verdict: Verdict) -> Zone {
    let content = match verdict.kind {
        ZoneKind::Code | ZoneKind::Toc => {
            block.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
        }
        _ => joined(block),
    };
    Zone {
        level: verdict.level,
        ..Zone::plain(verdict.kind, with_margin(block.rect, block.size()), content, verdict.confidence)
    }
}

/// The box of text whose ink is `ink`, set in `size` points.
fn with_margin(ink: Rect, size: f32) -> Rect {
    ink.grown((TEXT_MARGIN * size).min(MAX_TEXT_MARGIN))
}

/// Takes the members out of the list.
fn remove(texts: &mut Vec<&Segment>, members: &[usize]) {
    let mut keep = vec![true; texts.len()];
    for index in members {
        if let Some(kept) = keep.get_mut(*index) {
            *kept = false;
        }
    }
    let mut keep = keep.into_iter();
    texts.retain(|_| keep.next().unwrap_or(true));
}

pub(super) fn joined(block: &Block) -> String {
    join_lines(block.lines.iter().map(|line| line.text.as_str()))
}

fn gap(above: &Block, below: &Block) -> f32 {
    below.rect.top - above.rect.bottom
}

/// Items of one list follow each other without a break.
fn is_same_list(last: &Block, block: &Block) -> bool {
    gap(last, block) < 2.0 * block.size()
}

/// Gathers what is one piece, and gives back the text that is none of it.
fn objects(
    segments: Vec<Segment>,
    aside: Vec<Segment>,
    tables: Vec<FoundTable>,
    figures: Vec<Rect>,
) -> (Vec<Object>, Vec<Segment>) {
    let mut objects: Vec<Object> = tables.into_iter().map(Object::Table).collect();
    let (mut segments, mut aside) = (segments, aside);
    for figure in figures {
        let (inside, outside): (Vec<_>, Vec<_>) =
            segments.into_iter().partition(|segment| is_inside(&segment.rect, &figure));
        segments = outside;
        let (across, left): (Vec<_>, Vec<_>) =
            aside.into_iter().partition(|segment| is_inside(&segment.rect, &figure));
        aside = left;
        objects.push(Object::Figure(figure, inside.into_iter().chain(across).collect()));
    }
    objects.extend(gathered(aside));
    (objects, segments)
}

/// Turned lines that lie beside each other are one text.
fn gathered(aside: Vec<Segment>) -> Vec<Object> {
    let mut texts: Vec<(Rect, Vec<Segment>)> = Vec::new();
    for segment in aside {
        let near = texts.iter_mut().find(|(rect, members)| {
            members[0].direction == segment.direction
                && segment.direction != Direction::Slanted
                && rect.grown(0.8 * segment.size).intersection(&segment.rect).is_some()
        });
        if let Some((rect, members)) = near {
            *rect = rect.union(&segment.rect);
            members.push(segment);
        } else {
            texts.push((segment.rect, vec![segment]));
        }
    }
    texts.into_iter().map(|(rect, members)| Object::Aside(rect, members)).collect()
}

/// Whether most letters are of scripts that run to the left.
pub(super) fn is_leftward(segments: &[Segment]) -> bool {
    let letters = || {
        segments.iter().flat_map(|segment| segment.text.chars()).filter(|character| character.is_alphabetic())
    };
    2 * letters().filter(|character| scripts::is_leftward(*character)).count() > letters().count()
}

fn pieces(segments: &[Segment], objects: &[Object], body_size: f32) -> Vec<Piece> {
    let texts = segments.iter().map(Piece::from);
    let objects = objects.iter().map(|object| Piece {
        rect: object.rect(),
        characters: None,
        em: body_size,
        baseline: object.rect().bottom,
        is_marked: false,
        begins: true,
    });
    texts.chain(objects).collect()
}
