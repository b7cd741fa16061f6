//! Tables of contents without dot leaders: titles on the left, growing page numbers on the right edge.

use crate::layout::geometry::Rect;
use crate::layout::lines::Segment;

/// Fewer entries could be anything.
const MIN_ENTRIES: usize = 4;
/// Page numbers end at one place, give or take this much (points).
const EDGE: f32 = 4.0;
/// So many lines without a number may stand between entries: titles over several lines, headings of parts.
const MAX_BETWEEN: usize = 3;
/// Titles have at least this many characters on average; row labels of number tables are shorter.
const MIN_TITLE: usize = 12;

/// A table of contents and the places (in the column's list) of the segments that make it.
pub(in crate::layout) struct Contents {
    pub(in crate::layout) rect: Rect,
    /// A line an entry.
    pub(in crate::layout) content: String,
    pub(in crate::layout) members: Vec<usize>,
}

struct Row {
    members: Vec<usize>,
    text: String,
    title: usize,
    /// The page number and where it ends.
    page: Option<(PageNumber, f32)>,
}

/// The tables of contents among `segments`, which are sorted top to bottom.
pub(in crate::layout) fn find(segments: &[&Segment]) -> Vec<Contents> {
    let rows = rows(segments);
    let mut found = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let end = run_end(&rows, start);
        if rows[start..end].iter().filter(|row| row.page.is_some()).count() >= MIN_ENTRIES {
            found.extend(contents(&rows[start..end], segments));
        }
        start = end.max(start + 1);
    }
    found
}

fn rows(segments: &[&Segment]) -> Vec<Row> {
    let mut order: Vec<usize> = (0..segments.len()).collect();
    order.sort_by(|a, b| segments[*a].baseline.total_cmp(&segments[*b].baseline));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for index in order {
        match groups.last_mut() {
            Some(group)
                if (segments[group[0]].baseline - segments[index].baseline).abs()
                    < 0.4 * segments[index].size =>
            {
                group.push(index);
            }
            _ => groups.push(vec![index]),
        }
    }
    groups.into_iter().map(|members| row(segments, members)).collect()
}

fn row(segments: &[&Segment], mut members: Vec<usize>) -> Row {
    members.sort_by(|a, b| segments[*a].rect.left.total_cmp(&segments[*b].rect.left));
    let texts: Vec<&str> = members.iter().map(|index| segments[*index].text.as_str()).collect();
    let titles = &texts[..texts.len().saturating_sub(1)];
    let is_titled = titles.iter().any(|title| title.chars().any(char::is_alphabetic));
    let page = match (members.last(), texts.last()) {
        (Some(last), Some(text)) if is_titled && titles.len() <= 2 => {
            page_number(text).map(|number| (number, segments[*last].rect.right))
        }
        _ => None,
    };
    Row {
        text: texts.join(" "),
        title: titles.iter().map(|title| title.chars().count()).sum(),
        members,
        page,
    }
}

/// The number of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PageNumber {
    Arabic(u32),
    /// Its value does not matter: such pages come before the others.
    Roman,
}

fn page_number(text: &str) -> Option<PageNumber> {
    let is_roman = text.len() <= 6 && text.bytes().all(|byte| b"ivxl".contains(&byte));
    match text.parse() {
        Ok(number) if text.len() <= 4 => Some(PageNumber::Arabic(number)),
        _ => is_roman.then_some(PageNumber::Roman),
    }
}

/// Where the run of entries that begins at `start` ends: after its last entry.
fn run_end(rows: &[Row], start: usize) -> usize {
    let Some((_, edge)) = rows[start].page else { return start + 1 };
    let (mut last_number, mut end) = (0, start);
    for (index, row) in rows.iter().enumerate().skip(start) {
        if index - end >= MAX_BETWEEN {
            break;
        }
        let Some((number, right)) = row.page else { continue };
        let value = match number {
            PageNumber::Arabic(value) => value,
            PageNumber::Roman => last_number,
        };
        if (right - edge).abs() > EDGE || value < last_number {
            break;
        }
        last_number = value;
        end = index + 1;
    }
    end
}

fn contents(rows: &[Row], segments: &[&Segment]) -> Option<Contents> {
    let entries: Vec<&Row> = rows.iter().filter(|row| row.page.is_some()).collect();
    let titles: usize = entries.iter().map(|row| row.title).sum();
    if titles < MIN_TITLE * entries.len() {
        return None;
    }
    let members: Vec<usize> = rows.iter().flat_map(|row| row.members.iter().copied()).collect();
    Some(Contents {
        rect: Rect::around(members.iter().map(|index| segments[*index].rect))?,
        content: rows.iter().map(|row| row.text.as_str()).collect::<Vec<_>>().join("\n"),
        members,
    })
}
