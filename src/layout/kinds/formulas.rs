//! Formulas set apart: their pieces (fractions, limits, roots) come as lines of their own and are put together again.
//!
//! A line with a relation or mostly mathematical signs and hardly a word is a seed; lines without words that touch it
//! join it (the merging of R. Zanibbi, D. Blostein and J. R. Cordy, *Recognizing mathematical expressions using tree
//! transformation*, PAMI 24, 2002, reduced to nearness). A seed within a line of words is part of a sentence.

use crate::layout::blocks::Line;
use crate::layout::geometry::Rect;
use crate::layout::text::marker;

/// Relations and signs that sentences do without.
const RELATIONS: &str = "=≤≥≈≠≡∝<>≪≫∼";
const OPERATORS: &str = "+−±×÷∑∏∫√∂∇∞→⇒∈∀∃∪∩⊂⊆∧∨|";
/// A word for every so many characters makes a sentence of it.
const CHARACTERS_A_WORD: usize = 12;
/// Longer lines (characters) are text with a formula in it.
const MAX_CHARACTERS: usize = 120;
/// Pieces nearer than this (ems), across and down, belong together.
const NEAR_ACROSS: f32 = 1.6;
const NEAR_DOWN: f32 = 0.35;
/// Displayed formulas are indented by this (ems), or set apart by this white space (ems).
const INDENT: f32 = 1.2;
const APART: f32 = 0.8;
/// More lines than this are not looked at: the cost grows with their square.
const MAX_LINES: usize = 400;

/// A part of a column's text.
pub(in crate::layout) enum Passage {
    /// Lines of text.
    Text(Vec<Line>),
    /// The lines of one formula.
    Formula(Vec<Line>),
}

/// Parts the lines, which come top to bottom, into formulas and what stands between them.
pub(in crate::layout) fn passages(lines: Vec<Line>) -> Vec<Passage> {
    let clusters = clusters(&lines);
    let mut of_line = vec![None; lines.len()];
    for (number, cluster) in clusters.iter().enumerate() {
        for index in cluster {
            of_line[*index] = Some(number);
        }
    }
    let mut formulas: Vec<Vec<Line>> = clusters.iter().map(|_| Vec::new()).collect();
    let mut passages: Vec<Passage> = Vec::new();
    let mut places = vec![None; clusters.len()];
    for (line, cluster) in lines.into_iter().zip(of_line) {
        let Some(cluster) = cluster else {
            match passages.last_mut() {
                Some(Passage::Text(text)) => text.push(line),
                _ => passages.push(Passage::Text(vec![line])),
            }
            continue;
        };
        formulas[cluster].push(line);
        if places[cluster].is_none() {
            places[cluster] = Some(passages.len());
            passages.push(Passage::Formula(Vec::new()));
        }
    }
    for (place, formula) in places.into_iter().zip(formulas) {
        if let Some(Passage::Formula(lines)) = place.and_then(|place| passages.get_mut(place)) {
            *lines = formula;
        }
    }
    passages
}

fn clusters(lines: &[Line]) -> Vec<Vec<usize>> {
    if lines.len() > MAX_LINES {
        return Vec::new();
    }
    let wordy: Vec<&Line> = lines.iter().filter(|line| !has_no_words(line)).collect();
    let mut taken = vec![false; lines.len()];
    let mut clusters = Vec::new();
    for index in 0..lines.len() {
        if taken[index] || !is_seed(&lines[index]) {
            continue;
        }
        let cluster = grow(index, lines, &taken);
        let rect = Rect::around(cluster.iter().map(|index| lines[*index].rect)).unwrap_or(lines[index].rect);
        if is_displayed(&rect, &lines[index], &wordy) {
            for index in &cluster {
                taken[*index] = true;
            }
            clusters.push(cluster);
        }
    }
    clusters
}

/// The seed with all pieces that touch it, directly or through others.
fn grow(seed: usize, lines: &[Line], taken: &[bool]) -> Vec<usize> {
    let mut cluster = vec![seed];
    let mut rect = lines[seed].rect;
    let em = lines[seed].size;
    while let Some(next) = (0..lines.len()).find(|index| {
        let line = &lines[*index];
        !taken[*index]
            && !cluster.contains(index)
            && has_no_words(line)
            && !is_number(&line.text)
            && rect.overlap_x(&line.rect) > -NEAR_ACROSS * em
            && rect.overlap_y(&line.rect) > -NEAR_DOWN * em
            && !(is_seed(line) && rect.overlap_y(&line.rect) < 0.0)
    }) {
        rect = rect.union(&lines[next].rect);
        cluster.push(next);
    }
    cluster.sort_unstable();
    cluster
}

/// Whether the formula stands by itself and not in a line of words.
fn is_displayed(rect: &Rect, seed: &Line, wordy: &[&Line]) -> bool {
    let within_words = wordy.iter().any(|line| {
        line.rect.overlap_y(rect) > 0.3 * line.rect.height().min(rect.height())
            && line.rect.overlap_x(rect) > -2.0 * seed.size
    });
    if within_words {
        return false;
    }
    let beside = |line: &&&Line| line.rect.overlap_x(rect) > 0.0;
    let near: Vec<&&Line> = wordy.iter().filter(beside).collect();
    let Some(left) = near.iter().map(|line| line.rect.left).min_by(f32::total_cmp) else { return true };
    let white =
        near.iter().map(|line| -line.rect.overlap_y(rect)).min_by(f32::total_cmp).unwrap_or(f32::INFINITY);
    rect.left > left + INDENT * seed.size || white > APART * seed.size
}

fn is_seed(line: &Line) -> bool {
    let has = |signs: &str| line.text.chars().any(|sign| signs.contains(sign));
    // Signs of mathematical fonts may have a word between them; relations in a text font may not.
    let allowed = if line.style.mathematical { line.glyphs / CHARACTERS_A_WORD } else { 0 };
    words(line) <= allowed
        && marker(&line.text).is_none()
        && line.glyphs <= MAX_CHARACTERS
        && line.glyphs >= 3
        && line.text.chars().any(char::is_alphabetic)
        && (has(RELATIONS) || (line.style.mathematical && has(OPERATORS)))
}

/// The number of a formula at the margin is no part of it.
fn is_number(text: &str) -> bool {
    text.starts_with('(')
        && text.ends_with(')')
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.len() <= 9
}

fn has_no_words(line: &Line) -> bool {
    let is_code = line.style.monospaced && !line.style.mathematical;
    !is_code && words(line) * CHARACTERS_A_WORD <= line.glyphs
}

/// Four letters and more make a word: variables and functions have fewer.
fn words(line: &Line) -> usize {
    let is_word = |word: &&str| word.chars().filter(|character| character.is_alphabetic()).count() >= 4;
    line.text.split(' ').filter(is_word).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::content::Style;

    fn line(text: &str, left: f32, top: f32, width: f32) -> Line {
        let rect = Rect { left, top, right: left + width, bottom: top + 8.0 };
        Line::for_test(text, rect, 10.0, Style::default())
    }

    fn shape(lines: Vec<Line>) -> Vec<(char, usize)> {
        passages(lines)
            .iter()
            .map(|passage| match passage {
                Passage::Text(lines) => ('t', lines.len()),
                Passage::Formula(lines) => ('f', lines.len()),
            })
            .collect()
    }

    #[test]
    fn a_fraction_and_its_equation_are_one_formula() {
        let lines = vec![
            line("The pressure drop between inflow and outflow is given by", 50.0, 100.0, 300.0),
            line("pLv", 190.0, 120.0, 20.0),
            line("P out =", 160.0, 126.0, 25.0),
            line("2gD", 192.0, 131.0, 18.0),
            line("in which the letters have their usual meaning.", 50.0, 150.0, 250.0),
        ];
        assert_eq!(shape(lines), [('t', 1), ('f', 3), ('t', 1)]);
    }

    #[test]
    fn an_equation_within_a_sentence_is_text() {
        let lines = vec![
            line("The curve is given for all values by the function", 50.0, 100.0, 300.0),
            line("y = sin x", 50.0, 112.0, 40.0),
        ];
        assert_eq!(shape(lines), [('t', 2)]);
    }

    #[test]
    fn the_number_of_an_equation_stays_apart() {
        let lines = vec![line("a + b = c", 150.0, 100.0, 60.0), line("(4.1)", 340.0, 100.0, 20.0)];
        assert_eq!(shape(lines), [('f', 1), ('t', 1)]);
    }
}
