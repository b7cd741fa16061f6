//! What sets scripts apart where lines are put together: which have no spaces, which run to the left or down.

use super::content::{Direction, Glyph};

/// Steps from glyph to glyph, in ems: a column of upright characters goes down by about one.
const STEP: std::ops::Range<f32> = 0.6..1.7;
/// Characters of a column or line stand this close (ems) to its middle.
const OFF_AXIS: f32 = 0.25;
/// So many steps down are needed to call a text vertical: labels of charts have fewer.
const MIN_STEPS: usize = 6;

/// Whether the character is of a script written without spaces between words: Chinese and Japanese, not Korean.
pub(super) fn is_spaceless(character: char) -> bool {
    matches!(character,
        '\u{2E80}'..='\u{303F}'
        | '\u{3041}'..='\u{30FF}'
        | '\u{3105}'..='\u{312F}'
        | '\u{3190}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF01}'..='\u{FF60}'
        | '\u{20000}'..='\u{3FFFD}')
}

/// Whether the character is of a script that runs to the left.
pub(super) fn is_leftward(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8FF}'
        | '\u{FB1D}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

/// Finds columns of upright characters, as Chinese and Japanese are set vertically, and says of their glyphs that they
/// run down: turned by a quarter, the columns are lines, the rightmost the first.
pub(super) fn mark_vertical(glyphs: &mut [Glyph]) {
    if !glyphs.iter().any(|glyph| is_spaceless(glyph.character)) {
        return;
    }
    let steps: Vec<Option<Step>> = glyphs.windows(2).map(|pair| step(&pair[0], &pair[1])).collect();
    let down = steps.iter().filter(|step| **step == Some(Step::Down)).count();
    let along = steps.iter().filter(|step| **step == Some(Step::Along)).count();
    if down < MIN_STEPS || down < 2 * along {
        return;
    }
    for (index, step) in steps.iter().enumerate() {
        if *step == Some(Step::Down) {
            set_vertical(&mut glyphs[index]);
            set_vertical(&mut glyphs[index + 1]);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Down,
    Along,
}

/// How the text goes on from one glyph to the next; none where it jumps.
fn step(from: &Glyph, to: &Glyph) -> Option<Step> {
    let upright = |glyph: &Glyph| matches!(glyph.direction, Direction::Right | Direction::Down);
    if !(is_spaceless(from.character) || is_spaceless(to.character)) || !upright(from) || !upright(to) {
        return None;
    }
    let em = from.size.max(to.size);
    let x = (to.advance.center_x() - from.advance.center_x()) / em;
    let y = (to.advance.center_y() - from.advance.center_y()) / em;
    if x.abs() < OFF_AXIS && STEP.contains(&y) {
        Some(Step::Down)
    } else if y.abs() < OFF_AXIS && STEP.contains(&x) {
        Some(Step::Along)
    } else {
        None
    }
}

fn set_vertical(glyph: &mut Glyph) {
    if glyph.direction == Direction::Right {
        glyph.direction = Direction::Down;
        // A column's axis runs through the middle of its characters.
        glyph.origin = (glyph.advance.center_x(), glyph.advance.top);
        glyph.after_space = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_upright_characters_run_down() {
        let column = |left: f32| {
            "港の潮汐表は二百年".chars().enumerate().map(move |(index, character)| {
                Glyph::sample(character).moved(left, 50.0 + 10.0 * index as f32)
            })
        };
        let mut glyphs: Vec<Glyph> = column(80.0).chain(column(60.0)).collect();
        mark_vertical(&mut glyphs);
        assert!(glyphs.iter().all(|glyph| glyph.direction == Direction::Down));
    }

    #[test]
    fn lines_of_them_do_not() {
        let mut glyphs: Vec<Glyph> = "港の潮汐表は二百年以上"
            .chars()
            .enumerate()
            .map(|(index, character)| Glyph::sample(character).moved(10.0 * index as f32, 50.0))
            .collect();
        mark_vertical(&mut glyphs);
        assert!(glyphs.iter().all(|glyph| glyph.direction == Direction::Right));
    }
}
