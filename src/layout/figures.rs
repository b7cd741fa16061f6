//! Figures: pictures and drawings that lie together.
//!
//! The page is laid out on a coarse raster, everything drawn is marked on it, and connected marks are one figure
//! (connected-component labelling, A. Rosenfeld and J. L. Pfaltz, 1966). Its cost does not depend on how many lines a
//! drawing has.

use super::content::{Direction, PageContent};
use super::geometry::Rect;
use super::lines::Segment;
use super::tables::FoundTable;
use super::text::caption_label;

/// Cells of the raster along the longer side of the page.
const RASTER: usize = 200;
/// Smaller drawings and pictures (points, either side) are ornaments or icons.
const MIN_SIDE: f32 = 24.0;
/// Drawings need this many curves, or boxes, to be a figure: fewer are frames and ornaments.
const MIN_CURVES: usize = 3;
const MIN_BOXES: usize = 5;
/// A curve over so many lines of a grid is a chart.
const MIN_GRID: usize = 3;
/// A rule this wide, this near to the upper or lower edge (shares of the page), belongs to the page.
const PAGE_RULE_WIDTH: f32 = 0.7;
const EDGE: f32 = 0.125;
/// A picture over this share of the page is its background, if there is text over it.
const BACKGROUND: f32 = 0.7;
/// A figure with more characters than this per square point is text with something drawn around it. A page of 10 point
/// text has about 0.008.
const MAX_TEXT_DENSITY: f32 = 0.0035;
/// Running text has lines of this many characters; this many of them, and it is not a figure's labels.
const LONG_LINE: usize = 28;
const MAX_LONG_LINES: usize = 4;
/// A label of a chart has at most this many characters and stands this close (ems); labels of labels are followed this
/// many times: the numbers of an axis, then its name.
const LABEL_CHARACTERS: usize = 16;
const LABEL_DISTANCE: f32 = 0.9;
const LABEL_ROUNDS: usize = 2;
/// The name of an upright axis has at most this many characters and stands this close (ems).
const AXIS_NAME_CHARACTERS: usize = 60;
const AXIS_NAME_DISTANCE: f32 = 2.0;
/// Labels that happen to stand on one line take more width than this a character (ems); letters are half as wide.
const SCATTERED: f32 = 1.0;
/// A legend has at most this many characters in a line and stands this close (ems).
const LEGEND_CHARACTERS: usize = 80;
const LEGEND_DISTANCE: f32 = 2.0;
/// How exactly the bands of a striped table begin and end at one place, points.
const BAND_EDGE: f32 = 1.5;
/// A box with text of this many characters in a line is a panel if it is this wide (share of the page); the boxes of
/// diagrams are narrower.
const PANEL_WIDTH: f32 = 0.22;
const PANEL_CHARACTERS: usize = 18;
/// Drawings and pictures cover less than this share of a panel.
const PANEL_DRAWN: f32 = 0.1;
/// Lines of a chart's grid are this wide at least (share of its width), and this near (share of its height, points).
const GRID_WIDTH: f32 = 0.7;
const GRID_REACH: f32 = 0.2;
const MAX_GRID_REACH: f32 = 36.0;
/// Low pictures, such as lines of a formula, are at least this high (points) and large (square points).
const MIN_STRIP: f32 = 9.0;
const MIN_STRIP_AREA: f32 = 900.0;
/// Figures times marks times texts compared at most, to find grid lines and legends: seconds on the slowest machine. A page
/// with more is a map or a plan, whose labels lie within.
const MAX_COMPARISONS: usize = 100_000_000;
/// How deep in the cluster a segment must lie to be part of it: the share of its area.
const INSIDE: f32 = 0.6;

/// The figures of a page, outside its tables. `across` is text that does not run to the right, such as the labels of an axis.
pub(super) fn find(
    content: &PageContent,
    segments: &[Segment],
    across: &[Segment],
    tables: &[FoundTable],
) -> Vec<Rect> {
    let page = Rect { left: 0.0, top: 0.0, right: content.width, bottom: content.height };
    let in_table = |rect: &Rect| tables.iter().any(|table| table.rect.grown(3.0).contains_center(rect));
    let is_background = |rect: &Rect| rect.area() > BACKGROUND * page.area() && !segments.is_empty();
    let marks: Vec<Mark> = marks(content)
        .filter_map(|mark| Some(Mark { rect: mark.rect.grown(0.5).intersection(&page)?, ..mark }))
        .filter(|mark| !in_table(&mark.rect) && !is_background(&mark.rect) && !is_page_rule(mark, &page))
        .filter(|mark| mark.kind != MarkKind::Box || !is_panel(&mark.rect, content, segments))
        .collect();
    if marks.is_empty() {
        return Vec::new();
    }
    let mut raster = Raster::new(&page);
    for mark in &marks {
        raster.mark(&mark.rect);
    }
    let count = raster.label();
    let mut clusters: Vec<Cluster> = vec![Cluster::default(); count];
    for mark in &marks {
        if let Some(cluster) = raster.label_at(&mark.rect).and_then(|label| clusters.get_mut(label)) {
            cluster.add(mark);
        }
    }
    let labels: Vec<&Segment> = segments.iter().chain(across).collect();
    let drawn = clusters.iter().filter(|cluster| cluster.is_drawn()).count();
    let is_bounded = drawn.saturating_mul(marks.len()).saturating_mul(labels.len()) <= MAX_COMPARISONS;
    let around: &[Mark] = if is_bounded { &marks } else { &[] };
    let mut figures: Vec<Rect> =
        clusters.iter().flat_map(|cluster| cluster.figures(segments, &labels, around)).collect();
    absorb_contained(&mut figures);
    figures.into_iter().map(|figure| above_caption(figure, segments)).collect()
}

/// The rule that sets a running header or footer apart: it must not tie what stands below it to what stands beside that.
fn is_page_rule(mark: &Mark, page: &Rect) -> bool {
    let margin = EDGE * page.height();
    mark.kind == MarkKind::Ruling
        && mark.rect.width() > PAGE_RULE_WIDTH * page.width()
        && !(margin..page.height() - margin).contains(&mark.rect.center_y())
}

/// A box behind lines of text, as wide as text is, with nothing much drawn in it: a note, a sidebar, the ground of a
/// heading; not the frame of a chart.
fn is_panel(rect: &Rect, content: &PageContent, segments: &[Segment]) -> bool {
    rect.width() > PANEL_WIDTH * content.width
        && segments.iter().any(|segment| segment.glyphs >= PANEL_CHARACTERS && is_inside(&segment.rect, rect))
        && drawn_inside(rect, content) < PANEL_DRAWN * rect.area()
}

/// How much of the box its drawings and pictures cover, square points; what overlaps counts twice.
fn drawn_inside(rect: &Rect, content: &PageContent) -> f32 {
    let drawings = content.drawings.iter().chain(&content.images);
    drawings.filter_map(|drawing| drawing.intersection(rect)).map(|common| common.area()).sum()
}

/// A picture's lower margin may hold its caption, which is text and no part of it.
fn above_caption(figure: Rect, segments: &[Segment]) -> Rect {
    let caption = segments
        .iter()
        .filter(|segment| is_inside(&segment.rect, &figure) && caption_label(&segment.text).is_some())
        .map(|segment| segment.rect.top)
        .filter(|top| *top > figure.center_y())
        .min_by(f32::total_cmp);
    Rect { bottom: caption.map_or(figure.bottom, |top| top - 0.5), ..figure }
}

/// Something drawn.
#[derive(Clone, Copy)]
struct Mark {
    rect: Rect,
    kind: MarkKind,
}

#[derive(Clone, Copy, PartialEq)]
enum MarkKind {
    Image,
    Curve,
    Box,
    Ruling,
}

fn marks(content: &PageContent) -> impl Iterator<Item = Mark> {
    let of = |kind| move |rect: &Rect| Mark { rect: *rect, kind };
    content
        .images
        .iter()
        .map(of(MarkKind::Image))
        .chain(content.drawings.iter().map(of(MarkKind::Curve)))
        .chain(content.boxes.iter().map(of(MarkKind::Box)))
        .chain(content.rulings.iter().map(|ruling| Mark { rect: ruling.rect(), kind: MarkKind::Ruling }))
}

#[derive(Clone, Default)]
struct Cluster {
    rect: Option<Rect>,
    images: Vec<Rect>,
    curves: usize,
    boxes: usize,
    rulings: usize,
    /// Whether one of the curves is as large as a figure: the line of a chart.
    has_large_curve: bool,
    /// Boxes that begin and end where the first one does: the bands of a striped table.
    bands: usize,
    first_box: Option<Rect>,
}

impl Cluster {
    fn add(&mut self, mark: &Mark) {
        self.rect = Some(self.rect.map_or(mark.rect, |rect| rect.union(&mark.rect)));
        match mark.kind {
            MarkKind::Image => self.images.push(mark.rect),
            MarkKind::Curve => {
                self.curves += 1;
                self.has_large_curve |= is_large(&mark.rect);
            }
            MarkKind::Box => {
                let first = *self.first_box.get_or_insert(mark.rect);
                let same = (first.left - mark.rect.left).abs() < BAND_EDGE
                    && (first.right - mark.rect.right).abs() < BAND_EDGE;
                self.boxes += 1;
                self.bands += usize::from(same);
            }
            MarkKind::Ruling => self.rulings += 1,
        }
    }

    /// Whether it holds a picture, or enough shapes to be a drawing.
    fn is_drawn(&self) -> bool {
        let is_striped = self.curves == 0 && self.bands == self.boxes;
        let boxed = self.boxes >= MIN_BOXES && !is_striped;
        !self.images.is_empty() || self.curves >= MIN_CURVES || boxed || self.is_plot()
    }

    /// Whether it is curves on a grid, or between the ticks of axes.
    fn is_plot(&self) -> bool {
        (self.curves >= MIN_CURVES || self.has_large_curve) && self.rulings >= MIN_GRID
    }

    /// The cluster as one figure; where text runs over it, it is a backdrop, and only its pictures are figures.
    fn figures(&self, segments: &[Segment], labels: &[&Segment], marks: &[Mark]) -> Vec<Rect> {
        let Some(rect) = self.rect else { return Vec::new() };
        let is_strip = !self.images.is_empty()
            && rect.width().min(rect.height()) >= MIN_STRIP
            && rect.area() >= MIN_STRIP_AREA;
        if !self.is_drawn() || !(is_large(&rect) || is_strip) {
            return Vec::new();
        }
        let text = if self.is_plot() { Text::Lines(marks) } else { Text::All };
        if !holds_running_text(&rect, segments, text) {
            let is_chart = self.curves + self.boxes >= MIN_CURVES || self.has_large_curve;
            let labelled = || with_labels(with_grid(rect, marks, segments), labels, marks);
            let chart = if is_chart { labelled() } else { rect };
            return vec![if draws_text_in(&chart, &rect, segments, text) { rect } else { chart }];
        }
        self.images
            .iter()
            .filter(|image| is_large(image) && !holds_running_text(image, segments, Text::All))
            .copied()
            .collect()
    }
}

/// A chart with the lines of its grid that touch nothing drawn: they are as long as the chart is wide, and no text of
/// a full line stands between.
fn with_grid(chart: Rect, marks: &[Mark], segments: &[Segment]) -> Rect {
    let reach = (GRID_REACH * chart.height()).min(MAX_GRID_REACH);
    marks
        .iter()
        .filter(|mark| mark.kind == MarkKind::Ruling && mark.rect.width() > GRID_WIDTH * chart.width())
        .filter(|mark| mark.rect.overlap_x(&chart) > 0.9 * mark.rect.width().min(chart.width()))
        .filter(|mark| mark.rect.overlap_y(&chart) > -reach)
        .map(|mark| chart.union(&mark.rect))
        .filter(|grown| {
            !segments.iter().any(|segment| {
                segment.glyphs > LABEL_CHARACTERS
                    && is_inside(&segment.rect, grown)
                    && !is_inside(&segment.rect, &chart)
            })
        })
        .fold(chart, |all, grown| all.union(&grown))
}

/// A chart with the short texts right beside it, the labels of its axes, and with its legend: texts behind small signs.
fn with_labels(chart: Rect, labels: &[&Segment], marks: &[Mark]) -> Rect {
    let mut all = chart;
    for _ in 0..LABEL_ROUNDS {
        let beside = labels
            .iter()
            .filter(|segment| !is_inside(&segment.rect, &all))
            .filter(|segment| {
                let distance = match () {
                    () if segment.glyphs <= LABEL_CHARACTERS => LABEL_DISTANCE,
                    () if names_axis(segment, &chart) => AXIS_NAME_DISTANCE,
                    () if is_legend(segment, &chart, marks) => LEGEND_DISTANCE,
                    () => return false,
                };
                all.grown(distance * segment.size).intersection(&segment.rect).is_some()
            })
            .map(|segment| segment.rect);
        all = beside.fold(all, |all, rect| all.union(&rect));
    }
    all
}

/// Whether the text runs up or down along the chart.
fn names_axis(segment: &Segment, chart: &Rect) -> bool {
    matches!(segment.direction, Direction::Up | Direction::Down)
        && segment.glyphs <= AXIS_NAME_CHARACTERS
        && segment.rect.overlap_y(chart) > 0.8 * segment.rect.height()
}

/// Whether a small drawn sign stands right before the text, and both within the chart's width.
fn is_legend(segment: &Segment, chart: &Rect, marks: &[Mark]) -> bool {
    let em = segment.size;
    segment.rect.overlap_x(chart) > 0.8 * segment.rect.width()
        && segment.glyphs <= LEGEND_CHARACTERS
        && marks.iter().any(|mark| {
            mark.kind != MarkKind::Image
                && mark.rect.width() < 2.5 * em
                && mark.rect.height() < 1.5 * em
                && mark.rect.overlap_y(&segment.rect) > 0.0
                && (-0.5 * em..1.5 * em).contains(&(segment.rect.left - mark.rect.right))
        })
}

fn is_large(rect: &Rect) -> bool {
    rect.width() >= MIN_SIDE && rect.height() >= MIN_SIDE
}

/// Which text of a figure may be running text.
#[derive(Clone, Copy)]
enum Text<'a> {
    /// Any.
    All,
    /// Lines: a plot has any number of short labels, and legends behind some of its marks.
    Lines(&'a [Mark]),
}

impl Text<'_> {
    fn counts(self, segment: &Segment, figure: &Rect) -> bool {
        match self {
            Self::All => true,
            Self::Lines(marks) => {
                segment.glyphs > LABEL_CHARACTERS
                    && segment.rect.width() < SCATTERED * segment.size * segment.glyphs as f32
                    && !is_legend(segment, figure, marks)
            }
        }
    }
}

fn holds_running_text(rect: &Rect, segments: &[Segment], text: Text<'_>) -> bool {
    is_running(segments.iter().filter(|segment| is_inside(&segment.rect, rect)), rect, text)
}

/// Whether labels have made the chart reach over a neighbouring text: one that was not in it before.
fn draws_text_in(labelled: &Rect, chart: &Rect, segments: &[Segment], text: Text<'_>) -> bool {
    let new = segments
        .iter()
        .filter(|segment| segment.glyphs > LABEL_CHARACTERS)
        .filter(|segment| is_inside(&segment.rect, labelled) && !is_inside(&segment.rect, chart));
    is_running(new, labelled, text)
}

fn is_running<'a>(lines: impl Iterator<Item = &'a Segment>, rect: &Rect, text: Text<'_>) -> bool {
    let (mut characters, mut long_lines) = (0, 0);
    for segment in lines.filter(|segment| text.counts(segment, rect)) {
        characters += segment.glyphs;
        long_lines += usize::from(segment.glyphs >= LONG_LINE);
    }
    long_lines >= MAX_LONG_LINES || characters as f32 >= MAX_TEXT_DENSITY * rect.area()
}

/// Whether the text lies in the figure.
pub(super) fn is_inside(text: &Rect, figure: &Rect) -> bool {
    text.intersection(figure).is_some_and(|common| common.area() >= INSIDE * text.area())
}

/// A figure within another is part of it.
fn absorb_contained(figures: &mut Vec<Rect>) {
    figures.sort_by(|a, b| b.area().total_cmp(&a.area()));
    let mut kept: Vec<Rect> = Vec::new();
    for figure in figures.drain(..) {
        if !kept.iter().any(|other| is_inside(&figure, other)) {
            kept.push(figure);
        }
    }
    *figures = kept;
}

struct Raster {
    step: f32,
    columns: usize,
    rows: usize,
    /// 0 is empty, 1 is marked, from 2 on are labels.
    cells: Vec<u32>,
}

impl Raster {
    fn new(page: &Rect) -> Self {
        let step = (page.width().max(page.height()) / RASTER as f32).max(0.01);
        let columns = (page.width() / step).ceil() as usize + 1;
        let rows = (page.height() / step).ceil() as usize + 1;
        Self { step, columns, rows, cells: vec![0; columns * rows] }
    }

    fn extent(&self, rect: &Rect) -> (usize, usize, usize, usize) {
        let column = |x: f32| ((x / self.step) as usize).min(self.columns - 1);
        let row = |y: f32| ((y / self.step) as usize).min(self.rows - 1);
        (column(rect.left), row(rect.top), column(rect.right), row(rect.bottom))
    }

    fn mark(&mut self, rect: &Rect) {
        let (left, top, right, bottom) = self.extent(rect);
        for row in top..=bottom {
            self.cells[row * self.columns + left..=row * self.columns + right].fill(1);
        }
    }

    /// Labels connected cells, diagonals included; returns how many labels there are.
    fn label(&mut self) -> usize {
        let mut label = 1;
        for start in 0..self.cells.len() {
            if self.cells[start] == 1 {
                label += 1;
                self.flood(start, label);
            }
        }
        label as usize - 1
    }

    fn flood(&mut self, start: usize, label: u32) {
        let mut open = vec![start];
        self.cells[start] = label;
        while let Some(cell) = open.pop() {
            let (row, column) = (cell / self.columns, cell % self.columns);
            for near_row in row.saturating_sub(1)..=(row + 1).min(self.rows - 1) {
                for near_column in column.saturating_sub(1)..=(column + 1).min(self.columns - 1) {
                    let near = near_row * self.columns + near_column;
                    if self.cells[near] == 1 {
                        self.cells[near] = label;
                        open.push(near);
                    }
                }
            }
        }
    }

    fn label_at(&self, rect: &Rect) -> Option<usize> {
        let (left, top, ..) = self.extent(rect);
        (self.cells[top * self.columns + left] as usize).checked_sub(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::content::{Axis, Ruling};

    fn text(left: f32, top: f32, text: &str) -> Segment {
        let width = 5.0 * text.chars().count() as f32;
        Segment::for_test(text, Rect::from_corners(left, top, left + width, top + 10.0))
    }

    /// Curves over the lines of a grid, from 60 to 280 points across and from `top` on 150 points down.
    fn plot(top: f32) -> PageContent {
        let level = |index: u8| Ruling {
            axis: Axis::Horizontal,
            position: top + 50.0 * f32::from(index),
            start: 60.0,
            end: 280.0,
        };
        let curve = |index: u8| Rect::from_corners(60.0, top + 10.0 * f32::from(index), 280.0, top + 150.0);
        PageContent {
            width: 612.0,
            height: 792.0,
            rulings: (0..4).map(level).collect(),
            drawings: (0..3).map(curve).collect(),
            ..PageContent::default()
        }
    }

    #[test]
    fn long_lines_behind_signs_are_the_legend_of_a_plot() {
        let mut content = plot(100.0);
        let lines: Vec<Segment> = (0..6)
            .map(|row| text(90.0, 110.0 + 12.0 * row as f32, "a series with quite a long name"))
            .collect();
        assert_eq!(find(&content, &lines, &[], &[]), [], "text with something drawn around it");
        let sign = |line: &Segment| Rect::from_corners(70.0, line.rect.top + 4.0, 85.0, line.rect.top + 6.0);
        content.drawings.extend(lines.iter().map(sign));
        assert_eq!(find(&content, &lines, &[], &[]).len(), 1);
    }

    #[test]
    fn any_number_of_short_labels_leaves_a_plot_a_figure() {
        let places =
            (0..96).map(|index| (70.0 + 17.0 * (index % 12) as f32, 104.0 + 17.0 * (index / 12) as f32));
        let labels: Vec<Segment> = places.map(|(left, top)| text(left, top, "NO")).collect();
        assert_eq!(find(&plot(100.0), &labels, &[], &[]).len(), 1);
    }

    #[test]
    fn the_names_of_both_axes_belong_to_the_plot() {
        let across = Segment {
            direction: Direction::Up,
            ..Segment::for_test("Transistors in millions", Rect::from_corners(36.0, 120.0, 46.0, 230.0))
        };
        let numbers = [text(50.0, 145.0, "9"), text(160.0, 252.0, "year")];
        let figures = find(&plot(100.0), &numbers, &[across], &[]);
        assert!(figures[0].left <= 36.0 && figures[0].bottom >= 262.0, "{figures:?}");
    }

    #[test]
    fn the_rule_of_a_header_does_not_tie_a_plot_to_the_text_beside_it() {
        let mut content = plot(60.0);
        content.rulings.push(Ruling { axis: Axis::Horizontal, position: 56.0, start: 60.0, end: 550.0 });
        let lines: Vec<Segment> = (0..10)
            .map(|row| {
                text(320.0, 70.0 + 12.0 * row as f32, "lines of the other column, side by side with it")
            })
            .collect();
        let figures = find(&content, &lines, &[], &[]);
        assert!(figures.len() == 1 && figures[0].right < 300.0, "{figures:?}");
    }
}
