//! Segments of a column → lines → blocks: paragraphs, list items, headings, not yet told apart.

use super::content::Style;
use super::content::{Role, Tag};
use super::geometry::Rect;
use super::lines::Segment;
use super::text::{Marker, marker, numbering_depth};

/// Segments of one line may be this far apart (ems); further, they are separate texts side by side.
const LINE_GAP: f32 = 4.0;
/// Rows looked at above and below to see an edge, how far away they may be (ems), and how long their lines are at least
/// (characters).
const EDGE_ROWS: usize = 4;
const EDGE_REACH: f32 = 4.5;
const EDGE_CHARACTERS: usize = 12;
/// A price has at most this many characters.
const PRICE_CHARACTERS: usize = 12;
/// A line further down than this many times the usual distance begins a block. Leading varies by a few percent.
const WIDE_LEADING: f32 = 1.3;
/// Sizes that differ by more than this share are different texts.
const SIZE_CHANGE: f32 = 0.09;
/// Items of one list begin within this (ems): numbers may be set flush right.
const SAME_ITEM_EDGE: f32 = 0.7;
/// An indent of a first line, in ems: from clearly visible to clearly something else.
const MIN_INDENT: f32 = 0.7;
const MAX_INDENT: f32 = 5.0;

/// One line of text in a column.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) rect: Rect,
    pub(super) baseline: f32,
    pub(super) size: f32,
    pub(super) style: Style,
    pub(super) glyphs: usize,
    /// What all of it is part of, as a tagged PDF says.
    pub(super) tag: Option<Tag>,
    first_word: f32,
}

/// Lines that belong together.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) lines: Vec<Line>,
    pub(super) rect: Rect,
}

#[cfg(test)]
impl Line {
    pub(super) fn for_test(text: &str, rect: Rect, size: f32, style: Style) -> Self {
        let glyphs = text.chars().filter(|character| !character.is_whitespace()).count();
        Self {
            text: text.to_owned(),
            rect,
            baseline: rect.bottom,
            size,
            style,
            glyphs,
            tag: None,
            first_word: size,
        }
    }
}

impl Block {
    /// A block of these lines; none when there are none.
    pub(super) fn of(lines: Vec<Line>) -> Option<Self> {
        Some(Self { rect: Rect::around(lines.iter().map(|line| line.rect))?, lines })
    }

    fn new(line: Line) -> Self {
        Self { rect: line.rect, lines: vec![line] }
    }

    fn push(&mut self, line: Line) {
        self.rect = self.rect.union(&line.rect);
        self.lines.push(line);
    }

    /// The font size of most of its characters.
    pub(super) fn size(&self) -> f32 {
        self.main_line().size
    }

    /// The style of most of its characters.
    pub(super) fn style(&self) -> Style {
        self.main_line().style
    }

    fn main_line(&self) -> &Line {
        self.lines.iter().max_by_key(|line| line.glyphs).unwrap_or(&self.lines[0])
    }

    pub(super) fn glyphs(&self) -> usize {
        self.lines.iter().map(|line| line.glyphs).sum()
    }

    /// The role of the element that all its lines are part of.
    pub(super) fn role(&self) -> Option<Role> {
        let tag = self.lines.first()?.tag?;
        self.lines.iter().all(|line| line.tag == Some(tag)).then_some(tag.role)
    }

    pub(super) fn first_text(&self) -> &str {
        self.lines.first().map_or("", |line| line.text.as_str())
    }
}

/// The lines of a column, top to bottom.
pub(super) fn lines(segments: &[&Segment]) -> Vec<Line> {
    let mut order: Vec<&Segment> = segments.to_vec();
    order.sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.rect.left.total_cmp(&b.rect.left)));
    let mut groups: Vec<Vec<&Segment>> = Vec::new();
    for segment in order {
        match groups.last_mut() {
            Some(group) if shares_line(group, segment) => group.push(segment),
            _ => groups.push(vec![segment]),
        }
    }
    let mut lines: Vec<Line> = (0..groups.len()).flat_map(|row| split_group(&groups, row)).collect();
    lines.sort_by(|a, b| {
        a.rect.center_y().total_cmp(&b.rect.center_y()).then(a.rect.left.total_cmp(&b.rect.left))
    });
    lines
}

fn shares_line(group: &[&Segment], segment: &Segment) -> bool {
    group.iter().any(|other| (other.baseline - segment.baseline).abs() < 0.35 * other.size.min(segment.size))
}

/// A row of segments as one line, or as several where they stand far apart or in columns of their own.
fn split_group(rows: &[Vec<&Segment>], row: usize) -> Vec<Line> {
    let mut group = rows[row].clone();
    group.sort_by(|a, b| a.rect.left.total_cmp(&b.rect.left));
    let mut parts: Vec<Vec<&Segment>> = Vec::new();
    for segment in group {
        match parts.last_mut().map(|part| (part[part.len() - 1], part)) {
            Some((last, part))
                if is_marker(part)
                    || is_price(part, segment, &rows[row])
                    || (segment.rect.left - last.rect.right < LINE_GAP * segment.size
                        && !ends_column(rows, row, last, segment)) =>
            {
                part.push(segment);
            }
            _ => parts.push(vec![segment]),
        }
    }
    parts.into_iter().filter_map(|part| line(&part)).collect()
}

/// Whether the rows around end where `last` does and leave the gap after it free: then it is the edge of a narrow
/// column beside a picture or a box.
fn ends_column(rows: &[Vec<&Segment>], row: usize, last: &Segment, next: &Segment) -> bool {
    let (from, to) = (last.rect.right, next.rect.left);
    let around =
        rows[row.saturating_sub(EDGE_ROWS)..row].iter().chain(rows[row + 1..].iter().take(EDGE_ROWS));
    let (mut ending, mut crossing) = (0, 0);
    for segment in around.flatten() {
        let is_near = (segment.baseline - last.baseline).abs() < EDGE_REACH * last.size;
        if is_near && segment.rect.left < to - 1.0 && segment.rect.right > from + last.size {
            crossing += 1;
        } else if is_near
            && (segment.rect.right - from).abs() <= last.size
            && segment.glyphs >= EDGE_CHARACTERS
        {
            ending += 1;
        }
    }
    ending >= 2 && crossing == 0
}

/// Whether the row is a text and, far to the right, its price or number: one line, as in a menu or a list of fees.
fn is_price(part: &[&Segment], segment: &Segment, row: &[&Segment]) -> bool {
    let characters = |is: fn(char) -> bool| segment.text.chars().filter(|character| is(*character)).count();
    let digits = characters(|character| character.is_ascii_digit());
    row.len() == 2
        && part.len() == 1
        && (2..=PRICE_CHARACTERS).contains(&segment.glyphs)
        && 2 * digits >= segment.glyphs
        && segment.text.contains(['.', ',', '$', '€', '£'])
        && characters(char::is_alphabetic) <= 3
        && part[0].text.chars().filter(|character| character.is_alphabetic()).count() > 3
}

fn is_marker(part: &[&Segment]) -> bool {
    part.len() == 1 && marker(&part[0].text).is_some_and(|(_, length)| length == part[0].text.len())
}

fn line(segments: &[&Segment]) -> Option<Line> {
    let main = segments.iter().max_by_key(|segment| segment.glyphs)?;
    let text = segments.iter().map(|segment| segment.text.as_str()).collect::<Vec<_>>().join(" ");
    let first_word = segments
        .first()
        .and_then(|segment| {
            let end = segment
                .words
                .iter()
                .skip(1)
                .position(|word| word.after_space)
                .map_or(segment.words.len(), |at| at + 1);
            Rect::around(segment.words[..end].iter().map(|word| word.rect))
        })
        .map_or(0.0, |rect| rect.width());
    Some(Line {
        text,
        rect: Rect::around(segments.iter().map(|segment| segment.rect))?,
        baseline: main.baseline,
        size: main.size,
        style: Style {
            bold: segments.iter().all(|segment| segment.style.bold),
            coloured: segments.iter().all(|segment| segment.style.coloured),
            ..main.style
        },
        glyphs: segments.iter().map(|segment| segment.glyphs).sum(),
        tag: main.tag.filter(|tag| segments.iter().all(|segment| segment.tag == Some(*tag))),
        first_word,
    })
}

/// The blocks of a column.
pub(super) fn blocks(lines: Vec<Line>) -> Vec<Block> {
    let leading = Leading::of(&lines);
    let mut blocks: Vec<Block> = Vec::new();
    let right = lines.iter().map(|line| line.rect.right).fold(f32::NEG_INFINITY, f32::max);
    let mut lines = lines.into_iter().peekable();
    while let Some(line) = lines.next() {
        match blocks.last_mut() {
            Some(block) if !begins(block, &line, lines.peek(), &leading, right) => block.push(line),
            _ => blocks.push(Block::new(line)),
        }
    }
    blocks
}

/// The usual distance between baselines, as a multiple of the font size.
struct Leading {
    typical: f32,
}

impl Leading {
    /// The lower quartile over neighbouring lines of one size: most lines of a column follow each other closely.
    fn of(lines: &[Line]) -> Self {
        let mut ratios: Vec<f32> = lines
            .windows(2)
            .filter(|pair| same_size(&pair[0], &pair[1]))
            .map(|pair| (pair[1].baseline - pair[0].baseline) / pair[1].size)
            .filter(|ratio| (0.8..3.0).contains(ratio))
            .collect();
        ratios.sort_by(f32::total_cmp);
        Self { typical: ratios.get(ratios.len() / 3).copied().unwrap_or(1.25) }
    }
}

fn same_size(a: &Line, b: &Line) -> bool {
    (a.size - b.size).abs() <= SIZE_CHANGE * a.size.max(b.size)
}

/// Whether `line` begins a block after `block`; `next` is the line after it and `right` the column's right edge.
fn begins(block: &Block, line: &Line, next: Option<&Line>, leading: &Leading, right: f32) -> bool {
    let Some(last) = block.lines.last() else { return true };
    if part_by_tags(last, line) {
        return true;
    }
    let em = line.size;
    let distance = line.baseline - last.baseline;
    if distance < 0.3 * em {
        // Beside the last line, not below it.
        return true;
    }
    if !same_size(last, line)
        || last.style.bold != line.style.bold
        || last.style.monospaced != line.style.monospaced
    {
        return !(is_fragment(line) || is_fragment(last)) || distance > 2.0 * em;
    }
    if is_run_of_heading(block, line)
        && (changes_style(block, line)
            || breaks_early(last, line, right.min(block.rect.right.max(line.rect.right))))
    {
        return true;
    }
    // Lines of one heading are set flush or centred, or behind its number; one further in or out is another.
    let shift = (line.rect.left - last.rect.left).abs().min((line.rect.right - last.rect.right).abs());
    let numbered = marker(block.first_text()).is_some() || numbering_depth(block.first_text()).is_some();
    if line.style.bold && shift > em && !is_centered(block, line) && !numbered {
        return true;
    }
    // Within a block the distance is known after its second line.
    let usual = match &block.lines[..] {
        [.., before, last] => {
            ((last.baseline - before.baseline) / em).clamp(0.9, leading.typical.max(1.0) * 1.5)
        }
        _ => leading.typical,
    };
    if distance > (WIDE_LEADING * usual.max(leading.typical.min(usual * 1.1)) + 0.02) * em {
        return true;
    }
    if marker(&line.text).is_some() && (!continues_sentence(&last.text, line) || is_next_item(block, line)) {
        return true;
    }
    let hanging = marker(block.first_text()).is_some();
    if hanging {
        // Further out than the marker stands no line of its item.
        if line.rect.left < block.lines[0].rect.left - 0.5 * em {
            return true;
        }
        return line.rect.right.min(block.rect.right) <= line.rect.left.max(block.rect.left);
    }
    if is_centered(block, line) {
        return false;
    }
    let start = block.lines[0].rect.left;
    let indent = line.rect.left - last.rect.left;
    let is_indented = (MIN_INDENT * em..MAX_INDENT * em).contains(&indent);
    let returns = next
        .is_none_or(|next| next.rect.left < line.rect.left - 0.5 * MIN_INDENT * em || !same_size(next, line));
    if is_indented
        && !(numbered && line.style.bold)
        && (block.lines.len() > 1 || last.rect.left <= start + 0.5)
        && returns
        && starts_sentence(&line.text)
    {
        return true;
    }
    ends_early(last, line, right.min(block.rect.right.max(line.rect.right)))
}

/// Whether the lines are of two elements of which one is a heading, or both are items.
fn part_by_tags(last: &Line, line: &Line) -> bool {
    let (Some(above), Some(below)) = (last.tag, line.tag) else { return false };
    let is_heading = |tag: Tag| matches!(tag.role, Role::Heading(_));
    let are_items = above.role == Role::ListItem && below.role == Role::ListItem;
    above.element != below.element && (is_heading(above) || is_heading(below) || are_items)
}

/// A line of a few characters, such as a script set on a line of its own, changes style without meaning; not so the bold
/// letter that heads a part of an index.
fn is_fragment(line: &Line) -> bool {
    line.glyphs <= 2 && !(line.style.bold && line.text.chars().all(char::is_uppercase))
}

/// Whether the block is set as headings of the text's size are, and the line is not: slanted, coloured, in capitals, or
/// numbered in parts.
fn is_run_of_heading(block: &Block, line: &Line) -> bool {
    let slanted = block.lines.iter().all(|line| line.style.italic) && !line.style.italic;
    let coloured = block.lines.iter().all(|line| line.style.coloured) && !line.style.coloured;
    let numbered = numbering_depth(block.first_text()).is_some_and(|depth| depth > 1);
    let capitals = block.lines.iter().all(|line| is_capitals(&line.text)) && !is_capitals(&line.text);
    block.lines.len() <= 2 && (slanted || coloured || capitals || numbered && block.lines.len() == 1)
}

/// Whether slant or colour of the whole block ends with its last line and a sentence begins on the next: words stressed in a
/// sentence seldom fill lines.
fn changes_style(block: &Block, line: &Line) -> bool {
    let all = |is: fn(&Line) -> bool| block.lines.iter().all(is) && !is(line);
    let open = block.lines.last().is_some_and(|last| last.text.ends_with([',', '-', ';', '(']));
    (all(|line| line.style.italic) || all(|line| line.style.coloured)) && starts_sentence(&line.text) && !open
}

/// Whether the line begins as the block does, with the same kind of number at the same place.
fn is_next_item(block: &Block, line: &Line) -> bool {
    let form = |text: &str| {
        let (kind, length) = marker(text)?;
        let signs: String = text[..length].chars().filter(|sign| !sign.is_alphanumeric()).collect();
        Some((kind, signs))
    };
    let first = &block.lines[0];
    form(&first.text).is_some_and(|first| Some(first) == form(&line.text))
        && (line.rect.left - first.rect.left).abs() < SAME_ITEM_EDGE * line.size
}

/// A number that only happens to stand at a line's start: the line before does not end a sentence or an item.
fn continues_sentence(last: &str, line: &Line) -> bool {
    let ends = last.trim_end().ends_with(['.', ':', ';', '!', '?', ',']) || last.len() < 30;
    let bullet = marker(&line.text).is_some_and(|(kind, _)| kind == Marker::Bullet);
    !ends && !bullet
}

fn is_centered(block: &Block, line: &Line) -> bool {
    let last = &block.lines[block.lines.len() - 1].rect;
    (last.center_x() - line.rect.center_x()).abs() < 0.4 * line.size
        && (last.left - line.rect.left).abs() > line.size
}

fn is_capitals(text: &str) -> bool {
    let letters = text.chars().filter(|character| character.is_alphabetic()).count();
    letters >= 4 && !text.chars().any(char::is_lowercase)
}

fn starts_sentence(text: &str) -> bool {
    text.chars().next().is_some_and(|first| !first.is_lowercase())
}

/// Whether the next line's first word would have fit after `last`, so that the break was meant. Line breaking is
/// greedy in nearly all programs, and a line shorter by more than a word and a space ends a paragraph.
fn ends_early(last: &Line, line: &Line, right: f32) -> bool {
    breaks_early(last, line, right) && last.text.ends_with(['.', '!', '?', ':', '”', '"', ')', ';'])
}

fn breaks_early(last: &Line, line: &Line, right: f32) -> bool {
    right - last.rect.right > line.first_word + 1.5 * line.size && starts_sentence(&line.text)
}
