//! Text drawn twice: for a bold look, for a shadow, or once more by mistake. One glyph of each is kept.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::layout::content::Glyph;

/// Copies are this close (ems) to each other; the narrowest letters are .2 em wide, so that neighbours are not.
const COPY_DISTANCE: f32 = 0.12;
/// Side of the squares (points) glyphs are looked up in.
const SQUARE: f32 = 4.0;

/// Takes out what stands on a glyph of the same character and size.
pub(in crate::layout) fn remove(glyphs: &mut Vec<Glyph>) {
    let mut seen: HashMap<u64, u32, BuildHasherDefault<Mixed>> =
        HashMap::with_capacity_and_hasher(glyphs.len(), BuildHasherDefault::default());
    let mut copies: Vec<(usize, usize)> = Vec::new();
    for (index, glyph) in glyphs.iter().enumerate() {
        // The letters of a ligature all stand where it does: they stay or go together.
        if index > 0 && glyphs[index - 1].origin == glyph.origin {
            if let Some((original, last)) = copies.last().copied()
                && last + 1 == index
            {
                copies.push((original, index));
            }
            continue;
        }
        let reach = COPY_DISTANCE * glyph.size;
        let original = squares(glyph, reach)
            .filter_map(|key| seen.get(&key).map(|at| *at as usize))
            .find(|at| is_copy(&glyphs[*at], glyph, reach));
        if let Some(original) = original {
            copies.push((original, index));
        } else {
            seen.insert(key(glyph.character, square(glyph.origin.0), square(glyph.origin.1)), index as u32);
        }
    }
    if copies.is_empty() {
        return;
    }
    let mut keep = vec![true; glyphs.len()];
    for (original, copy) in copies {
        keep[copy] = false;
        glyphs[original].style.bold |= is_beside(&glyphs[original], &glyphs[copy]);
    }
    let mut keep = keep.into_iter();
    glyphs.retain(|_| keep.next().unwrap_or(true));
}

fn is_copy(a: &Glyph, b: &Glyph, reach: f32) -> bool {
    a.character == b.character
        && a.direction == b.direction
        && (a.size - b.size).abs() < 0.1 * b.size
        && (a.origin.0 - b.origin.0).abs() < reach
        && (a.origin.1 - b.origin.1).abs() < reach
}

/// A copy a little further along the line thickens the stems; one on the same spot changes nothing.
fn is_beside(original: &Glyph, copy: &Glyph) -> bool {
    let (along, across) =
        ((original.origin.0 - copy.origin.0).abs(), (original.origin.1 - copy.origin.1).abs());
    (0.005..0.06).contains(&(along.max(across) / original.size)) && along.min(across) < 0.005 * original.size
}

fn square(coordinate: f32) -> i32 {
    (coordinate / SQUARE).floor() as i32
}

/// The squares within `reach` of the glyph: one to four.
fn squares(glyph: &Glyph, reach: f32) -> impl Iterator<Item = u64> {
    let (x, y) = glyph.origin;
    let character = glyph.character;
    let (left, right) = (square(x - reach), square(x + reach));
    let (top, bottom) = (square(y - reach), square(y + reach));
    // A glyph so large that it reaches further has no copies worth finding there.
    (left..=right.min(left + 2))
        .flat_map(move |column| (top..=bottom.min(top + 2)).map(move |row| key(character, column, row)))
}

fn key(character: char, column: i32, row: i32) -> u64 {
    u64::from(u32::from(character)) << 40
        ^ (u64::from(column as u32) & 0xF_FFFF) << 20
        ^ u64::from(row as u32) & 0xF_FFFF
}

/// Spreads keys that are already distinct (multiplication by 2^64 over the golden ratio, D. Knuth, *TAOCP* 3, 6.4).
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0.rotate_left(8) ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, left: f32, baseline: f32) -> Vec<Glyph> {
        text.chars()
            .enumerate()
            .map(|(index, character)| Glyph::sample(character).moved(left + 5.0 * index as f32, baseline))
            .collect()
    }

    fn read(glyphs: &[Glyph]) -> String {
        glyphs.iter().map(|glyph| glyph.character).collect()
    }

    #[test]
    fn text_drawn_twice_reads_once() {
        let mut glyphs = text("Illness", 20.0, 40.0);
        glyphs.extend(text("Illness", 20.4, 40.0));
        remove(&mut glyphs);
        assert_eq!(read(&glyphs), "Illness");
        assert!(glyphs.iter().all(|glyph| glyph.style.bold), "drawn twice to look bold");
    }

    #[test]
    fn a_shadow_is_not_read_and_makes_nothing_bold() {
        let mut glyphs = text("Tide", 100.9, 300.9);
        glyphs.extend(text("Tide", 100.0, 300.0));
        remove(&mut glyphs);
        assert_eq!(read(&glyphs), "Tide");
        assert!(!glyphs[0].style.bold);
    }

    #[test]
    fn the_letters_of_a_ligature_stay_together() {
        let ligature = |left| {
            let mut glyphs = text("o", left, 40.0);
            glyphs.extend("ffi".chars().map(|letter| Glyph::sample(letter).moved(left + 5.0, 40.0)));
            glyphs
        };
        let mut glyphs = ligature(20.0);
        remove(&mut glyphs);
        assert_eq!(read(&glyphs), "offi");
        glyphs.extend(ligature(20.3));
        remove(&mut glyphs);
        assert_eq!(read(&glyphs), "offi");
    }

    #[test]
    fn neighbours_and_other_lines_stay() {
        let mut glyphs = text("llll", 0.0, 40.0);
        glyphs.extend(text("llll", 0.0, 44.0));
        remove(&mut glyphs);
        assert_eq!(glyphs.len(), 8);
    }
}
