//! Slanted text: letters along a line that runs neither across nor down the page.
//!
//! Each letter stands at another height, so that nothing of what puts upright text together applies. But all letters of a
//! line stand on it: where the step from one letter to the next keeps its direction, they are of one text.

use super::segment::{Segment, WordBox};
use crate::layout::content::{Direction, Glyph};
use crate::layout::geometry::Rect;

/// The next letter's foot is this far away at least and at most (ems): a narrow letter, and a wide one with a space or with
/// wide tracking.
const STEP: std::ops::Range<f32> = 0.12..2.2;
/// Steps along one line differ in direction by less (radians): kerning moves letters along it only.
const SAME_DIRECTION: f32 = 0.09;
/// Letters of one line have one size, give or take this share.
const SAME_SIZE: f32 = 0.1;
/// A step this much longer (ems) than the usual one has a space in it: spaces are a quarter of an em and more.
const SPACE: f32 = 0.22;

/// A line of slanted letters in the order they are drawn, and the direction of its last step.
struct Run<'a> {
    glyphs: Vec<&'a Glyph>,
    direction: Option<(f32, f32)>,
}

/// The segments of the slanted glyphs among `glyphs`.
pub(in crate::layout) fn segments(glyphs: &[Glyph]) -> Vec<Segment> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    for glyph in glyphs.iter().filter(|glyph| glyph.direction == Direction::Slanted) {
        match runs.last_mut() {
            Some(run) if run.continues(glyph) => run.extend(glyph),
            _ => runs.push(Run { glyphs: vec![glyph], direction: None }),
        }
    }
    runs.iter().filter_map(Run::segment).collect()
}

impl<'a> Run<'a> {
    /// Whether the glyph stands on the line, right after its last one.
    fn continues(&self, glyph: &Glyph) -> bool {
        let Some(last) = self.glyphs.last() else { return false };
        let em = last.size.max(0.1);
        let (across, down) = direction(last, glyph);
        let turned = self.direction.is_some_and(|known| {
            let (sine, cosine) = (known.0 * down - known.1 * across, known.0 * across + known.1 * down);
            sine.atan2(cosine).abs() > SAME_DIRECTION
        });
        STEP.contains(&(step(last, glyph) / em))
            && (glyph.size - last.size).abs() <= SAME_SIZE * em
            && !turned
    }

    fn extend(&mut self, glyph: &'a Glyph) {
        self.direction = self.glyphs.last().map(|last| direction(last, glyph));
        self.glyphs.push(glyph);
    }

    fn segment(&self) -> Option<Segment> {
        let first = self.glyphs.first()?;
        let words = self.words();
        let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        Some(Segment {
            text,
            rect: Rect::around(words.iter().map(|word| word.rect))?,
            baseline: first.origin.1,
            size: first.size,
            style: first.style,
            direction: Direction::Slanted,
            glyphs: self.glyphs.len(),
            tag: first.tag,
            words,
        })
    }

    /// White space is believed where the step is long enough to hold some.
    fn words(&self) -> Vec<WordBox> {
        let mut words: Vec<WordBox> = Vec::new();
        let usual = self.usual_step();
        for (index, glyph) in self.glyphs.iter().enumerate() {
            let step = index.checked_sub(1).map_or(f32::INFINITY, |before| step(self.glyphs[before], glyph));
            let begins = glyph.after_space && step > usual + SPACE * glyph.size;
            match words.last_mut() {
                Some(word) if !begins => {
                    word.text.push(glyph.character);
                    word.rect = word.rect.union(&glyph.ink);
                }
                _ => words.push(WordBox {
                    text: glyph.character.to_string(),
                    rect: glyph.ink,
                    after_space: true,
                }),
            }
        }
        words
    }

    fn usual_step(&self) -> f32 {
        let mut steps: Vec<f32> = self.glyphs.windows(2).map(|pair| step(pair[0], pair[1])).collect();
        steps.sort_by(f32::total_cmp);
        steps.get(steps.len() / 2).copied().unwrap_or(0.0)
    }
}

fn step(from: &Glyph, to: &Glyph) -> f32 {
    (to.origin.0 - from.origin.0).hypot(to.origin.1 - from.origin.1)
}

/// The direction of the step, of length one.
fn direction(from: &Glyph, to: &Glyph) -> (f32, f32) {
    let length = step(from, to).max(f32::MIN_POSITIVE);
    ((to.origin.0 - from.origin.0) / length, (to.origin.1 - from.origin.1) / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters at steps of six tenths of an em along a line, a space being another half.
    fn along(text: &str, angle: f32, from: (f32, f32)) -> Vec<Glyph> {
        let mut distance = 0.0;
        let mut after_space = false;
        let mut glyphs = Vec::new();
        for character in text.chars() {
            if character == ' ' {
                distance += 5.0;
                after_space = true;
                continue;
            }
            let (x, y) = (from.0 + distance * angle.cos(), from.1 + distance * angle.sin());
            let glyph = Glyph::sample(character).moved(x, y);
            glyphs.push(Glyph { direction: Direction::Slanted, after_space, ..glyph });
            distance += 6.0;
            after_space = false;
        }
        glyphs
    }

    #[test]
    fn letters_along_a_slanted_line_are_one_text() {
        for angle in [-0.9, -0.4, 0.7] {
            let found = segments(&along("FOR INTERNAL USE", angle, (100.0, 300.0)));
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].text, "FOR INTERNAL USE");
        }
    }

    #[test]
    fn lines_of_other_places_or_directions_are_other_texts() {
        let mut glyphs = along("DRAFT", -0.8, (100.0, 300.0));
        glyphs.extend(along("DRAFT", -0.8, (300.0, 300.0)));
        glyphs.extend(along("COPY", 0.5, (100.0, 100.0)));
        let texts: Vec<String> = segments(&glyphs).into_iter().map(|segment| segment.text).collect();
        assert_eq!(texts, ["DRAFT", "DRAFT", "COPY"]);
    }
}
