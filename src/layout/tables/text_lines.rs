//! The lines of text of a table, cut into chunks where gaps are too wide to be spaces.

use crate::layout::geometry::Rect;
use crate::layout::lines::{Segment, WordBox};

/// A gap this wide (ems) is not a space between words: those have a quarter to a third of an em.
pub(super) const CHUNK_GAP: f32 = 0.55;

/// At the border of a column a gap this wide (ems) is enough.
const BORDER_GAP: f32 = 0.36;

/// Words on one line of a table.
#[derive(Debug, Clone)]
pub(super) struct TextLine<'a> {
    pub(super) rect: Rect,
    pub(super) baseline: f32,
    pub(super) em: f32,
    pub(super) bold: bool,
    /// Left to right.
    pub(super) chunks: Vec<Chunk<'a>>,
}

/// Words without a wide gap between them.
#[derive(Debug, Clone)]
pub(super) struct Chunk<'a> {
    pub(super) rect: Rect,
    pub(super) words: Vec<&'a WordBox>,
}

impl TextLine<'_> {
    /// The same line with chunks cut at borders of columns where they have a gap a little wider than a space there.
    pub(super) fn cut_at(&self, xs: &[f32]) -> Self {
        let is_cut = |left: f32, right: f32| {
            right - left > BORDER_GAP * self.em
                && xs.iter().any(|x| *x > left - BORDER_GAP * self.em && *x < right + BORDER_GAP * self.em)
        };
        let mut chunks: Vec<Chunk<'_>> = Vec::with_capacity(self.chunks.len());
        for chunk in &self.chunks {
            for (index, word) in chunk.words.iter().enumerate() {
                match chunks.last_mut() {
                    Some(last) if index > 0 && !is_cut(last.rect.right, word.rect.left) => {
                        last.rect = last.rect.union(&word.rect);
                        last.words.push(word);
                    }
                    _ => chunks.push(Chunk { rect: word.rect, words: vec![word] }),
                }
            }
        }
        Self { chunks, ..self.clone() }
    }
}

impl Chunk<'_> {
    /// Mostly digits, or one of the signs that stand where there is no number.
    pub(super) fn is_number(&self) -> bool {
        let (mut digits, mut letters) = (0, 0);
        for character in self.characters() {
            digits += usize::from(character.is_numeric());
            letters += usize::from(character.is_alphabetic());
        }
        digits > 0 && digits >= letters || self.is_blank_sign()
    }

    /// A year names a column at least as often as it is a value.
    pub(super) fn is_year(&self) -> bool {
        let digits: String = self.characters().filter(char::is_ascii_digit).collect();
        digits.len() == 4
            && (digits.starts_with("19") || digits.starts_with("20"))
            && self.characters().count() <= 6
    }

    fn is_blank_sign(&self) -> bool {
        let text: String = self.characters().collect();
        text.chars().all(|character| "-–—−.…*".contains(character))
            || matches!(text.to_lowercase().as_str(), "n/a" | "na" | "nil")
    }

    pub(super) fn starts_lowercase(&self) -> bool {
        self.characters().next().is_some_and(char::is_lowercase)
    }

    pub(super) fn first_word_width(&self) -> f32 {
        let end =
            self.words.iter().skip(1).position(|word| word.after_space).map_or(self.words.len(), |at| at + 1);
        Rect::around(self.words[..end].iter().map(|word| word.rect)).map_or(0.0, |rect| rect.width())
    }

    pub(super) fn length(&self) -> usize {
        self.characters().count()
    }

    fn characters(&self) -> impl Iterator<Item = char> {
        self.words.iter().flat_map(|word| word.text.chars())
    }
}

/// The lines of the words of `segments` that are inside `bounds`, top to bottom.
pub(super) fn lines_inside<'a>(segments: &[&'a Segment], bounds: &Rect) -> Vec<TextLine<'a>> {
    let mut order: Vec<&Segment> = segments
        .iter()
        .copied()
        .filter(|segment| segment.rect.intersection(&bounds.grown(1.0)).is_some())
        .collect();
    order.sort_by(|a, b| a.rect.center_y().total_cmp(&b.rect.center_y()));
    let mut groups: Vec<Vec<&Segment>> = Vec::new();
    for segment in order {
        match groups.last_mut() {
            Some(group) if same_line(group[0], segment) => group.push(segment),
            _ => groups.push(vec![segment]),
        }
    }
    groups.iter().filter_map(|group| line(group, Some(bounds))).collect()
}

/// Whether both stand on one line; superscripts and mixed sizes shift baselines.
pub(super) fn same_line(a: &Segment, b: &Segment) -> bool {
    (a.baseline - b.baseline).abs() < 0.4 * a.size.min(b.size)
        || a.rect.overlap_y(&b.rect) > 0.6 * a.rect.height().max(b.rect.height())
}

/// The line some segments make, with only the words inside `bounds`.
pub(super) fn line<'a>(segments: &[&'a Segment], bounds: Option<&Rect>) -> Option<TextLine<'a>> {
    let main = segments.iter().max_by_key(|segment| segment.glyphs)?;
    let mut words: Vec<&'a WordBox> = segments
        .iter()
        .flat_map(|segment| &segment.words)
        .filter(|word| {
            bounds.is_none_or(|bounds| bounds.contains_center(&word.rect)) && !is_leader(&word.text)
        })
        .collect();
    words.sort_by(|a, b| a.rect.left.total_cmp(&b.rect.left));
    let rect = Rect::around(words.iter().map(|word| word.rect))?;
    let bold = segments.iter().all(|segment| segment.style.bold);
    Some(TextLine {
        rect,
        baseline: main.baseline,
        em: main.size,
        bold,
        chunks: chunks(words, CHUNK_GAP * main.size),
    })
}

/// Dots that lead the eye to a cell.
pub(super) fn is_leader(text: &str) -> bool {
    text.chars().count() >= 3
        && text.chars().all(|character| character == '.' || character == '…' || character == '·')
}

fn chunks(words: Vec<&WordBox>, gap: f32) -> Vec<Chunk<'_>> {
    let mut chunks: Vec<Chunk<'_>> = Vec::new();
    for word in words {
        match chunks.last_mut() {
            Some(last) if word.rect.left - last.rect.right < gap => {
                last.rect = last.rect.union(&word.rect);
                last.words.push(word);
            }
            _ => chunks.push(Chunk { rect: word.rect, words: vec![word] }),
        }
    }
    chunks
}

#[cfg(test)]
pub(in crate::layout::tables) mod tests {
    use super::*;
    use crate::layout::content::{Direction, Style};

    /// Lines as typed: a character is five points wide, a line twelve high; two spaces or more end a chunk.
    pub(in crate::layout::tables) fn segments(text: &[&str]) -> Vec<Segment> {
        text.iter().enumerate().flat_map(|(row, line)| row_segments(line, 12.0 * row as f32)).collect()
    }

    fn row_segments(line: &str, top: f32) -> Vec<Segment> {
        let mut words: Vec<(usize, String)> = Vec::new();
        let mut before = ' ';
        for (column, character) in line.chars().enumerate() {
            if character != ' ' {
                if before == ' ' {
                    words.push((column, String::new()));
                }
                words.last_mut().unwrap().1.push(character);
            }
            before = character;
        }
        let mut segments: Vec<Segment> = Vec::new();
        for (column, text) in words {
            let left = 5.0 * column as f32;
            let rect = Rect { left, right: left + 5.0 * text.chars().count() as f32, top, bottom: top + 8.0 };
            let word = WordBox { text: text.clone(), rect, after_space: true };
            match segments.last_mut() {
                Some(last) if left - last.rect.right < 6.0 => {
                    last.text = format!("{} {text}", last.text);
                    last.glyphs += text.chars().count();
                    last.rect = last.rect.union(&rect);
                    last.words.push(word);
                }
                _ => segments.push(Segment {
                    glyphs: text.chars().count(),
                    text,
                    rect,
                    baseline: top + 8.0,
                    size: 10.0,
                    style: Style::default(),
                    direction: Direction::Right,
                    tag: None,
                    words: vec![word],
                }),
            }
        }
        segments
    }

    pub(in crate::layout::tables) fn lines(text: &[&str]) -> Vec<TextLine<'static>> {
        let segments: &'static [Segment] = Vec::leak(segments(text));
        let segments: Vec<&Segment> = segments.iter().collect();
        let bounds = Rect::around(segments.iter().map(|segment| segment.rect)).unwrap();
        lines_inside(&segments, &bounds)
    }

    #[test]
    fn dots_that_lead_to_a_number_are_no_word() {
        let lines = lines(&["Ohio ........ 12", "Iowa ........  7"]);
        assert!(lines.iter().all(|line| line.chunks.len() == 2));
    }

    #[test]
    fn signs_for_no_value_count_as_numbers() {
        let lines = lines(&["12,345  (1.2)  –  n/a  2020  a 2 b"]);
        let numbers: Vec<bool> = lines[0].chunks.iter().map(Chunk::is_number).collect();
        assert_eq!(numbers, [true, true, true, true, true, false]);
    }
}
