//! Where the tables with something drawn around them are: full grids first, then what rules or stripes enclose.
//!
//! Printed tables have rules above and below and one below the headings, all of one length; others have rules between
//! columns only, or stripes behind every other row. (The three kinds are told apart so in A. Nurminen, *Algorithmic
//! extraction of data in tables in PDF documents*, 2013; the stack of rules of one length as the outline of a table is
//! the *ruled* class of J. Hu et al., *Medium-independent table detection*, SPIE 3967, 1999.)

use super::cells::{FoundTable, Shape, assemble, filled_share, is_contents};
use super::rulings::{levels, merged, stripes};
use super::structure::{Drawn, Structure, median_em, recognise};
use super::text_lines::{Chunk, TextLine, lines_inside};
use super::{grid, headline};
use crate::layout::content::{Axis, PageContent, Ruling};
use crate::layout::geometry::Rect;
use crate::layout::lines::{Segment, WordBox};
use crate::layout::text::{Marker, caption_label, marker};

/// Rules whose ends differ by less (points) belong to one table.
const SAME_EXTENT: f32 = 6.0;
/// Most stacks looked at on a page; real pages have a few tables.
const MAX_REGIONS: usize = 40;
/// Most lines of a table.
const MAX_LINES: usize = 1_000;
/// Fills lower than this (points) have no row before them: they are thick rules.
const MIN_HEIGHT: f32 = 4.0;
/// A table is at least this wide (points).
const MIN_WIDTH: f32 = 60.0;
/// A line that fills this share of the table is running text.
const FULL_LINE: f32 = 0.8;
/// Rows without a rule or stripe follow one at this distance (ems), within this many points.
const ROW_GAP: f32 = 1.0;
const MAX_ADDED: f32 = 60.0;
/// A line this many times larger than most begins something else.
const HEADLINE: f32 = 1.15;
/// The last line of a wrapped heading is no wider than a column: this share of the table.
const WRAPPED_WIDTH: f32 = 0.4;
/// Nothing stands between two rules of one table over more than this (ems).
const MAX_EMPTY: f32 = 4.0;
/// Charts have gridlines too, but labels only here and there between them.
const MIN_FILLED: f32 = 0.45;
/// Rules around so many curves are a chart's.
const CHART_CURVES: usize = 3;
/// So many boxes that cross rules are bars.
const CROSSING_BOXES: usize = 2;
/// A line of this many characters, as wide as the region, is running text, not a cell.
const RUNNING_LINE: usize = 60;
/// So many boxes of different extent on one line are bars; most boxes looked at.
const MIN_BARS: usize = 4;
const MAX_BARS: usize = 300;
/// Cells of running text have this many characters a line in the mean.
const RUNNING_CHARACTERS: usize = 25;
/// How sure a table is that rules enclose, that stripes do, and one with rules of columns.
const RULED_CONFIDENCE: f32 = 0.95;
const STRIPED_CONFIDENCE: f32 = 0.9;

/// The tables of a page that rulings or fills make.
pub(in crate::layout) fn find(content: &PageContent, segments: &[Segment]) -> Vec<FoundTable> {
    let horizontal = merged(&content.rulings, Axis::Horizontal);
    let vertical = merged(&content.rulings, Axis::Vertical);
    let page = Rect { left: 0.0, top: 0.0, right: content.width, bottom: content.height };
    let stripes: Vec<Rect> = stripes(&content.boxes)
        .into_iter()
        .filter(|stripe| stripe.width() >= MIN_WIDTH && stripe.height() >= MIN_HEIGHT)
        .filter(|stripe| page.intersection(stripe).is_some())
        .collect();
    let mut tables = grid::find(&horizontal, &vertical, &content.drawings, segments);
    let all: Vec<&Segment> = segments.iter().collect();
    let drawn = Drawn { rules: horizontal, verticals: vertical, stripes };
    let mut candidates = ruled(&drawn, &all);
    candidates.extend(striped(&drawn, &all));
    candidates.extend(column_ruled(&drawn));
    for (rect, confidence) in united(candidates) {
        let taken = tables.iter().any(|table| {
            table
                .rect
                .intersection(&rect)
                .is_some_and(|common| common.area() > 0.3 * table.rect.area().min(rect.area()))
        });
        let curves = content
            .drawings
            .iter()
            .filter(|drawing| rect.contains_center(drawing))
            .take(CHART_CURVES)
            .count();
        if !taken
            && curves < CHART_CURVES
            && !holds_bars(&rect, &content.boxes)
            && !crosses_rules(&rect, &drawn.rules, &content.boxes)
            && !reads_as_text(&rect, segments)
            && !goes_on(&rect, &all)
            && let Some(table) = table(&rect, &drawn, &all, confidence)
        {
            tables.push(table);
        }
    }
    tables.into_iter().map(|table| headline::without(table, segments)).collect()
}

/// Whether some of the boxes in the region stand on one line and are of different heights, or hang on one and are of
/// different lengths: the bars of a chart. The fills of a row's cells are of one height.
fn holds_bars(region: &Rect, boxes: &[Rect]) -> bool {
    let inside: Vec<&Rect> =
        boxes.iter().filter(|rect| region.contains_center(rect)).take(MAX_BARS).collect();
    let bars = |foot: fn(&Rect) -> f32, end: fn(&Rect) -> f32| {
        inside.iter().any(|bar| {
            let mut ends: Vec<f32> = inside
                .iter()
                .filter(|other| (foot(other) - foot(bar)).abs() < 0.5)
                .map(|other| end(other))
                .collect();
            ends.sort_by(f32::total_cmp);
            ends.dedup_by(|next, kept| *next - *kept < 1.0);
            ends.len() >= MIN_BARS
        })
    };
    bars(|rect| rect.bottom, |rect| rect.top) || bars(|rect| rect.left, |rect| rect.right)
}

/// Whether boxes reach over the region's rules: bars stand before the lines of a chart's grid, fills end at them.
fn crosses_rules(region: &Rect, rules: &[Ruling], boxes: &[Rect]) -> bool {
    let levels: Vec<f32> = rules
        .iter()
        .filter(|rule| rule.rect().overlap_x(region) > 0.5 * region.width())
        .map(|rule| rule.position)
        .filter(|level| (region.top - 2.0..region.bottom + 2.0).contains(level))
        .collect();
    let crosses = |rect: &&Rect| {
        rect.width() < 0.5 * region.width()
            && rect.overlap_x(region) > 0.0
            && levels.iter().any(|level| rect.top < level - 2.0 && rect.bottom > level + 2.0)
    };
    boxes.iter().filter(crosses).take(CROSSING_BOXES).count() == CROSSING_BOXES
}

/// Whether what stands in the region is program text, a list, or lines of running text: rules and fills set these off too.
fn reads_as_text(region: &Rect, segments: &[Segment]) -> bool {
    let inside: Vec<&Segment> =
        segments.iter().filter(|segment| region.contains_center(&segment.rect)).collect();
    let count = |is: fn(&&&Segment) -> bool| inside.iter().filter(is).count();
    let code = count(|segment| segment.style.monospaced && !segment.style.mathematical);
    let items = count(|segment| {
        marker(&segment.text)
            .is_some_and(|(kind, length)| kind == Marker::Bullet && segment.text.len() > length)
    });
    let is_running = |segment: &&&Segment| {
        segment.glyphs >= RUNNING_LINE && segment.rect.width() > FULL_LINE * region.width()
    };
    let running = inside.iter().filter(is_running).count();
    2 * code > inside.len() || 4 * items > inside.len() || running >= 2
}

/// Whether rows of the same table stand right above the region: then its rules only part the table, and what lines up
/// tells more than they do.
fn goes_on(region: &Rect, segments: &[&Segment]) -> bool {
    let reach = Rect { top: region.top - MAX_ADDED, bottom: region.top - 1.0, ..*region };
    lines_inside(segments, &reach).last().is_some_and(|line| {
        line.chunks.len() > 1
            && line.rect.bottom < region.top + 1.0
            && region.top - line.rect.bottom < ROW_GAP * line.em
            && line.chunks.iter().all(|chunk| chunk.rect.width() < 0.6 * region.width())
    })
}

/// Candidates that share most of the smaller one are one.
fn united(candidates: Vec<(Rect, f32)>) -> Vec<(Rect, f32)> {
    let mut united: Vec<(Rect, f32)> = Vec::new();
    for (rect, confidence) in candidates.into_iter().take(MAX_REGIONS) {
        let same = united.iter_mut().find(|(other, _)| {
            other
                .intersection(&rect)
                .is_some_and(|common| common.area() > 0.5 * other.area().min(rect.area()))
        });
        match same {
            Some((other, known)) => {
                *other = other.union(&rect);
                *known = known.max(confidence);
            }
            None => united.push((rect, confidence)),
        }
    }
    united
}

/// Stretches between rules of one extent that hold text in columns.
fn ruled(drawn: &Drawn, segments: &[&Segment]) -> Vec<(Rect, f32)> {
    let mut stacks: Vec<Vec<Ruling>> = Vec::new();
    for level in levels(&drawn.rules).into_iter().filter(|level| level.length() >= MIN_WIDTH) {
        let same = stacks.iter_mut().find(|stack| {
            (stack[0].start - level.start).abs() < SAME_EXTENT
                && (stack[0].end - level.end).abs() < SAME_EXTENT
        });
        match same {
            Some(stack) => stack.push(level),
            None => stacks.push(vec![level]),
        }
    }
    stacks.retain(|stack| stack.len() > 1);
    stacks.truncate(MAX_REGIONS);
    stacks.iter().flat_map(|stack| runs(stack, segments)).map(|rect| (rect, RULED_CONFIDENCE)).collect()
}

/// The stack cut where running text or nothing stands between two rules.
fn runs(stack: &[Ruling], segments: &[&Segment]) -> Vec<Rect> {
    let mut runs = Vec::new();
    let mut current: Option<Rect> = None;
    let em = Rect::around(stack.iter().map(Ruling::rect))
        .and_then(|all| median_em(&lines_inside(segments, &all)))
        .unwrap_or_default();
    for pair in stack.windows(2) {
        let between =
            Rect { left: pair[0].start, right: pair[0].end, top: pair[0].position, bottom: pair[1].position };
        let lines = lines_inside(segments, &between);
        if is_tabular(&between, &lines, em) {
            current = Some(current.map_or(between, |rect| rect.union(&between)));
        } else if let Some(run) = current.take() {
            runs.push(run);
        }
    }
    runs.extend(current);
    runs.into_iter().map(|run| with_headings(run, segments)).collect()
}

/// The run with the lines above its first rule, if they head the columns the first row has; the first may have no heading.
fn with_headings(run: Rect, segments: &[&Segment]) -> Rect {
    let extended = with_rows(run, segments, Side::Above);
    let heading = lines_inside(segments, &Rect { bottom: run.top, ..extended });
    let inside = lines_inside(segments, &run);
    match (heading.as_slice(), inside.first()) {
        (lines, Some(first)) if lines.iter().any(|line| line.chunks.len() + 1 >= first.chunks.len()) => {
            extended
        }
        _ => run,
    }
}

/// Whether what stands between two rules or stripes reads as rows of a table whose text is mostly of size `usual`.
fn is_tabular(between: &Rect, lines: &[TextLine<'_>], usual: f32) -> bool {
    let Some(em) = median_em(lines) else { return between.height() < 3.0 };
    let text = Rect::around(lines.iter().map(|line| line.rect)).unwrap_or(*between);
    let sparse = text.top - between.top > MAX_EMPTY * em || between.bottom - text.bottom > MAX_EMPTY * em;
    let full =
        |line: &&TextLine<'_>| line.chunks.len() == 1 && line.rect.width() > FULL_LINE * between.width();
    let full_lines = lines.iter().filter(full).count();
    let several = lines.iter().filter(|line| line.chunks.len() > 1).count();
    let caption = lines.iter().any(|line| line.chunks.len() == 1 && is_caption(line));
    let headline = lines.iter().any(|line| line.chunks.len() == 1 && line.em >= HEADLINE * usual);
    !caption
        && !headline
        && !sparse
        && (full_lines < 2 || several > 3 * full_lines)
        && (several > 0 || lines.len() <= 2)
}

fn is_caption(line: &TextLine<'_>) -> bool {
    let words: Vec<&str> =
        line.chunks.iter().flat_map(|chunk| &chunk.words).map(|word| word.text.as_str()).take(3).collect();
    caption_label(&words.join(" ")).is_some()
}

/// Stripes of one extent with the lines between them, and those above the first and below the last that keep their
/// distance.
fn striped(drawn: &Drawn, segments: &[&Segment]) -> Vec<(Rect, f32)> {
    let mut stacks: Vec<Vec<Rect>> = Vec::new();
    for stripe in &drawn.stripes {
        let same = stacks.iter_mut().find(|stack| {
            let last = stack[stack.len() - 1];
            (last.left - stripe.left).abs() < SAME_EXTENT
                && (last.right - stripe.right).abs() < SAME_EXTENT
                && stripe.top - last.bottom < 2.5 * stripe.height().max(last.height())
                && holds_rows(&last, stripe, segments)
        });
        match same {
            Some(stack) => stack.push(*stripe),
            None => stacks.push(vec![*stripe]),
        }
    }
    stacks.retain(|stack| stack.len() > 1);
    stacks.truncate(MAX_REGIONS);
    stacks.iter().filter_map(|stack| Some((with_rows_around(stack, segments)?, STRIPED_CONFIDENCE))).collect()
}

/// Whether what stands between two stripes is rows of the same table, if anything.
fn holds_rows(above: &Rect, below: &Rect, segments: &[&Segment]) -> bool {
    let between = Rect { top: above.bottom, bottom: below.top, ..*above };
    let lines = lines_inside(segments, &between);
    let usual = median_em(&lines_inside(segments, &above.union(below))).unwrap_or_default();
    lines.is_empty() || is_tabular(&between, &lines, usual)
}

fn with_rows_around(stack: &[Rect], segments: &[&Segment]) -> Option<Rect> {
    let stripes = Rect::around(stack.iter().copied())?;
    let above = with_rows(stripes, segments, Side::Above);
    Some(with_rows(above, segments, Side::Below))
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Above,
    Below,
}

/// The region with the rows that follow it closely on one side: lines of several chunks as wide as it at most. Above it are
/// headings, and where one of them is wrapped its last line stands alone.
fn with_rows(region: Rect, segments: &[&Segment], side: Side) -> Rect {
    let (top, bottom) = match side {
        Side::Above => (region.top - MAX_ADDED, region.top),
        Side::Below => (region.bottom, region.bottom + MAX_ADDED),
    };
    let mut lines = lines_inside(segments, &Rect { top, bottom, ..region });
    if side == Side::Above {
        lines.reverse();
    }
    let sticks_out = |line: &TextLine<'_>| {
        segments.iter().any(|segment| {
            segment.rect.overlap_y(&line.rect) > 0.5 * line.rect.height()
                && segment.rect.overlap_x(&region) > 0.0
                && (segment.rect.left < region.left - 2.0 || segment.rect.right > region.right + 2.0)
        })
    };
    let (mut all, mut with_wrapped) = (region, region);
    for line in lines {
        let gap = -with_wrapped.overlap_y(&line.rect);
        if gap > ROW_GAP * line.em || sticks_out(&line) {
            break;
        }
        let is_wrapped = line.chunks.len() < 2;
        if is_wrapped && (side == Side::Below || line.rect.width() > WRAPPED_WIDTH * region.width()) {
            break;
        }
        with_wrapped = with_wrapped.union(&Rect { left: region.left, right: region.right, ..line.rect });
        if !is_wrapped {
            all = with_wrapped;
        }
    }
    all
}

/// Rules between columns that cross a rule below headings.
fn column_ruled(drawn: &Drawn) -> Vec<(Rect, f32)> {
    let mut found = Vec::new();
    for level in levels(&drawn.rules).into_iter().filter(|level| level.length() >= MIN_WIDTH) {
        let crossing: Vec<&Ruling> = drawn
            .verticals
            .iter()
            .filter(|ruling| {
                ruling.position > level.start + SAME_EXTENT
                    && ruling.position < level.end - SAME_EXTENT
                    && ruling.start < level.position + SAME_EXTENT
                    && ruling.end > level.position - SAME_EXTENT
            })
            .collect();
        let top = crossing.iter().map(|ruling| ruling.start).fold(f32::INFINITY, f32::min);
        let bottom = crossing.iter().map(|ruling| ruling.end).fold(f32::NEG_INFINITY, f32::max);
        let heads = level.position < f32::midpoint(top, bottom);
        if !crossing.is_empty() && heads && bottom - top > 24.0 && found.len() < MAX_REGIONS {
            found.push((
                Rect {
                    left: level.start,
                    right: level.end,
                    top: top.min(level.position),
                    bottom: bottom.max(level.position),
                },
                RULED_CONFIDENCE,
            ));
        }
    }
    found
}

fn table(rect: &Rect, drawn: &Drawn, segments: &[&Segment], confidence: f32) -> Option<FoundTable> {
    let region = rect.grown(1.0);
    let lines = lines_inside(segments, &region);
    if lines.len() < 2 || lines.len() > MAX_LINES {
        return None;
    }
    let text = Rect::around(lines.iter().map(|line| line.rect))?;
    let inside = within(drawn, &region);
    let structure = recognise(&lines, &text, &inside)?;
    if !is_table(&lines, &structure) {
        return None;
    }
    let words: Vec<&WordBox> =
        lines.iter().flat_map(|line| &line.chunks).flat_map(|chunk| chunk.words.iter().copied()).collect();
    let Structure { xs, rows, header_rows, cells, .. } = structure;
    let shape = Shape::without_blanks(xs.len() - 1, rows, header_rows);
    assemble(rect.union(&text), &shape, cells, &words, confidence)
        .filter(|found| filled_share(&found.table) >= MIN_FILLED && !is_contents(&found.table))
}

/// What is drawn inside `region`.
fn within(drawn: &Drawn, region: &Rect) -> Drawn {
    let touches = |rect: &Rect| rect.overlap_x(region) > 0.0 && rect.overlap_y(region) >= 0.0;
    Drawn {
        rules: drawn.rules.iter().filter(|rule| touches(&rule.rect())).copied().collect(),
        verticals: drawn
            .verticals
            .iter()
            .filter(|rule| rule.rect().overlap_x(region) >= 0.0 && rule.rect().overlap_y(region) > 0.0)
            .copied()
            .collect(),
        stripes: drawn.stripes.iter().filter(|stripe| touches(stripe)).copied().collect(),
    }
}

/// Whether what rules enclose reads as cells rather than as text set in columns.
fn is_table(lines: &[TextLine<'_>], structure: &Structure) -> bool {
    let several = lines.iter().filter(|line| line.chunks.len() > 1).count();
    let columns = structure.xs.len() - 1;
    let running = (0..columns)
        .filter(|column| is_running(lines, structure.xs[*column], structure.xs[column + 1]))
        .count();
    let is_text = running == columns && structure.separators < 3;
    let is_headed = structure.separators > 0 || lines[0].bold && lines[1..].iter().all(|line| !line.bold);
    let to_fill_in = columns == 2 && lines.len() > 2 && is_headed;
    !is_text && (several > 1 || several == 1 && lines[0].chunks.len() > 1 && to_fill_in)
}

/// Whether the lines between two borders are as long as those of running text.
fn is_running(lines: &[TextLine<'_>], left: f32, right: f32) -> bool {
    let lengths: Vec<usize> = lines
        .iter()
        .flat_map(|line| &line.chunks)
        .filter(|chunk| chunk.rect.center_x() > left && chunk.rect.center_x() < right)
        .map(Chunk::length)
        .collect();
    lengths.len() > 3 && lengths.iter().sum::<usize>() > RUNNING_CHARACTERS * lengths.len()
}
