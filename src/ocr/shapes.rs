//! What is drawn in the picture of a page beside its text: bars and curves of charts, photographs, bullets. To the layout
//! they are what such objects are in a PDF that has them: boxes, drawings and pictures, of which it makes figures, and
//! beside which it knows that numbers are no table.
//!
//! A shape is a connected component of the ink ([`super::ink`]) that is no letter of a word and no line of a table.

use super::ink::{self, Component, Contrast};
use super::mask::Mask;
use super::word::Word;
use crate::layout::{PageContent, Rect, Ruling};
use crate::picture::GreyPicture;

/// Components at least this large (points, both sides) are looked at for what they are made of: a table's frame, a curve, a
/// photograph.
const LARGE: f32 = 24.0;
/// Most large components looked at.
const MAX_LARGE: usize = 200;
/// Of a large component more than this share is neither words nor straight lines: it is drawn. Where lines meet, and at
/// their blurred edges, a table's frame has some of it too.
const DRAWN: f32 = 0.25;
/// A component that fills this much of its box is a rectangle.
const RECTANGLE: f32 = 0.85;
/// Smaller solid shapes (points, the longer side) are bullets and the signs of a legend,
const SMALL: f32 = 9.0;
/// which are at least this large,
const MIN_SMALL: f32 = 1.8;
/// this compact (the longer side to the shorter),
const MAX_ASPECT: f32 = 1.4;
/// and fill this much of their box: a disc fills pi / 4, the letters that it is mistaken for have a hole.
const SOLID: f32 = 0.7;
/// Bars of charts are this long and thick at least, points: strokes of large letters are thinner.
const MIN_BAR: f32 = 6.0;
/// Most fills of a page.
const MAX_FILLS: usize = 200;
/// A fill is of one colour: this share of its pixels, beside the text on it; a photograph is not.
const PLAIN: f32 = 0.6;
/// Two boxes that share this much of their areas are the same.
const SAME: f32 = 0.8;
/// Signs that stand for a bullet where one is drawn have at most this many characters.
const MISREAD: usize = 2;
/// Letters that a disc is taken for; others are letters, blotted as they may be. Neither are these when they are this sure.
const ROUND: &str = "eoO0Q";
const SURE_LETTER: f32 = 0.8;
/// Boxes of one thing differ by at most this many pixels: print is blurred.
const BLUR: u32 = 3;
/// What a drawn bullet says.
const BULLET: &str = "•";

/// What the picture shows beside words and lines.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Shapes {
    /// Filled rectangles.
    boxes: Vec<Rect>,
    /// Other solid shapes.
    drawings: Vec<Rect>,
    /// Large ones that are not solid: line charts, photographs.
    images: Vec<Rect>,
}

impl Shapes {
    /// Of a picture drawn `scale` pixels a point.
    pub(super) fn find(components: &[Component], seen: &Seen<'_>) -> Self {
        let mut words = Mask::new(seen.picture, seen.scale);
        words.add_words(seen.words.iter().copied());
        // Of large components only: most pages have none.
        let mut known = None;
        let mut shapes = Self { boxes: seen.fills(), ..Self::default() };
        let mut large_left = MAX_LARGE;
        for component in components {
            let rect = component.rect(seen.scale);
            let (long, short) = (rect.width().max(rect.height()), rect.width().min(rect.height()));
            let in_word =
                words.covers(component.left + component.width / 2, component.top + component.height / 2);
            let fill = component.fill();
            if fill >= RECTANGLE && short >= MIN_BAR && (short >= LARGE || !in_word) {
                if seen.plain_share(component) >= PLAIN {
                    shapes.add_box(rect);
                } else {
                    shapes.images.push(rect);
                }
            } else if short >= LARGE {
                if large_left > 0 {
                    large_left -= 1;
                    if seen.drawn_share(component, known.get_or_insert_with(|| seen.known())) > DRAWN {
                        shapes.images.push(rect);
                    }
                }
            } else if !in_word
                && (short >= MIN_BAR && fill >= SOLID || is_small_and_solid(&rect, fill, long, short))
            {
                shapes.drawings.push(rect);
            }
        }
        shapes
    }

    /// Adds a box, unless it is there as a fill.
    fn add_box(&mut self, rect: Rect) {
        let is_same = |other: &Rect| {
            other
                .intersection(&rect)
                .is_some_and(|common| common.area() > SAME * other.area().max(rect.area()))
        };
        if !self.boxes.iter().take(MAX_FILLS).any(is_same) {
            self.boxes.push(rect);
        }
    }

    /// Puts them on the page.
    pub(super) fn put(self, content: &mut PageContent) {
        content.boxes.extend(self.boxes);
        content.drawings.extend(self.drawings);
        content.images.extend(self.images);
    }
}

fn is_small_and_solid(rect: &Rect, fill: f32, long: f32, short: f32) -> bool {
    (MIN_SMALL..=SMALL).contains(&long) && long <= MAX_ASPECT * short && fill >= SOLID && rect.area() > 0.0
}

/// What is known of a picture.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) picture: &'a GreyPicture,
    /// The level of its ground.
    pub(super) ground: u8,
    /// Pixels a point.
    pub(super) scale: f32,
    pub(super) words: &'a [&'a Word],
    /// In points.
    pub(super) lines: &'a [Ruling],
}

impl Seen<'_> {
    /// The rectangles filled with one colour, however pale, in points.
    fn fills(&self) -> Vec<Rect> {
        let components = ink::components(self.picture, self.ground, Contrast::Fill).unwrap_or_default();
        let is_fill = |component: &&Component| {
            let rect = component.rect(self.scale);
            rect.width().min(rect.height()) >= MIN_BAR
                && component.fill() >= RECTANGLE
                && self.plain_share(component) >= PLAIN
        };
        components.iter().filter(is_fill).map(|fill| fill.rect(self.scale)).take(MAX_FILLS).collect()
    }

    /// What words and lines account for.
    fn known(&self) -> Mask {
        let mut known = Mask::new(self.picture, self.scale);
        known.add_words(self.words.iter().copied());
        known.add_lines(self.lines, self.scale);
        known
    }

    /// The share of the component's box that is of about one level.
    fn plain_share(&self, component: &Component) -> f32 {
        let width = self.picture.width as usize;
        let (left, right) = (component.left as usize, (component.left + component.width) as usize);
        let rows = component.top as usize..(component.top + component.height) as usize;
        let pixels = rows.flat_map(|y| &self.picture.pixels[y * width + left..y * width + right]).copied();
        let (_, share) = ink::main_level(pixels);
        share
    }

    /// The share of the component's box's ink that words and lines do not account for.
    fn drawn_share(&self, component: &Component, known: &Mask) -> f32 {
        let width = self.picture.width as usize;
        let (mut drawn, mut all) = (0u32, 0u32);
        for y in component.top as usize..(component.top + component.height) as usize {
            let row =
                y * width + component.left as usize..y * width + (component.left + component.width) as usize;
            for (pixel, known) in self.picture.pixels[row.clone()].iter().zip(&known.pixels()[row]) {
                let is_ink = ink::is_ink(*pixel, self.ground);
                all += u32::from(is_ink);
                drawn += u32::from(is_ink && !known);
            }
        }
        drawn as f32 / all.max(1) as f32
    }
}

/// Whether the word may be a bullet that was misread.
fn may_be_misread(word: &Word) -> bool {
    let is_letter = word.confidence >= SURE_LETTER;
    let may_be = |sign: char| !sign.is_alphanumeric() || ROUND.contains(sign) && !is_letter;
    word.text.chars().count() <= MISREAD && word.text.chars().all(may_be)
}

/// The words with bullets in the place of the letters that drawn bullets were taken for: a first word of one sign or two
/// whose ink is one solid shape.
pub(super) fn with_bullets(words: &[&Word], components: &[Component], scale: f32) -> Vec<Word> {
    let mut solid: Vec<&Component> = components
        .iter()
        .filter(|component| {
            let rect = component.rect(scale);
            let (long, short) = (rect.width().max(rect.height()), rect.width().min(rect.height()));
            is_small_and_solid(&rect, component.fill(), long, short)
        })
        .collect();
    solid.sort_by_key(|component| component.top);
    // A scan may have thousands of specks: only those at the word's height are looked at.
    let is_drawn = |word: &Word| {
        let from = solid.partition_point(|component| component.top + BLUR < word.top);
        let mut beside = solid[from..].iter().take_while(|component| component.top <= word.top + BLUR);
        beside.any(|component| component.is_all_of(word))
    };
    let is_first = |index: usize| index == 0 || words[index - 1].line != words[index].line;
    let goes_on = |index: usize| words.get(index + 1).is_some_and(|next| next.line == words[index].line);
    let bullet = |(index, word): (usize, &&Word)| {
        if may_be_misread(word) && is_first(index) && goes_on(index) && is_drawn(word) {
            Word { text: BULLET.to_owned(), ..(*word).clone() }
        } else {
            (*word).clone()
        }
    };
    words.iter().enumerate().map(bullet).collect()
}

impl Component {
    /// In points.
    fn rect(&self, scale: f32) -> Rect {
        Rect {
            left: self.left as f32 / scale,
            top: self.top as f32 / scale,
            right: (self.left + self.width) as f32 / scale,
            bottom: (self.top + self.height) as f32 / scale,
        }
    }

    /// The share of its box that it fills.
    fn fill(&self) -> f32 {
        self.pixels as f32 / (self.width as f32 * self.height as f32)
    }

    /// Whether the word's box is its own, give or take the blur.
    fn is_all_of(&self, word: &Word) -> bool {
        let near = |a: u32, b: u32| a.abs_diff(b) <= BLUR;
        near(self.left, word.left)
            && near(self.top, word.top)
            && near(self.left + self.width, word.left + word.width)
            && near(self.top + self.height, word.top + word.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pixels a point.
    const SCALE: f32 = 2.0;

    struct Canvas(GreyPicture);

    impl Canvas {
        fn new() -> Self {
            Self(GreyPicture { width: 600, height: 600, pixels: vec![250; 360_000] })
        }

        fn fill(mut self, left: u32, top: u32, width: u32, height: u32) -> Self {
            for y in top..top + height {
                for x in left..left + width {
                    self.0.pixels[(y * 600 + x) as usize] = 10;
                }
            }
            self
        }

        /// A line falling to the right, four pixels thick.
        fn slant(mut self, left: u32, top: u32, length: u32) -> Self {
            for step in 0..length {
                self = self.fill(left + step, top + step, 4, 4);
            }
            self
        }

        fn components(&self) -> Vec<Component> {
            ink::components(&self.0, 250, Contrast::Ink).unwrap()
        }

        fn shapes(&self, words: &[&Word]) -> Shapes {
            let lines = super::super::rulings::find(&self.0, SCALE);
            let seen = Seen { picture: &self.0, ground: 250, scale: SCALE, words, lines: &lines };
            Shapes::find(&self.components(), &seen)
        }
    }

    fn word(text: &str, left: u32, width: u32, line: u32) -> Word {
        Word { text: text.into(), left, top: 100, width, height: 10, confidence: 0.7, line }
    }

    #[test]
    fn bars_are_boxes_and_a_curve_in_a_frame_is_a_picture() {
        let bars = Canvas::new().fill(50, 100, 20, 200).fill(90, 200, 20, 100).shapes(&[]);
        assert_eq!((bars.boxes.len(), bars.drawings.len(), bars.images.len()), (2, 0, 0));
        let chart = Canvas::new().fill(50, 50, 2, 400).fill(50, 450, 400, 2).slant(50, 100, 300).shapes(&[]);
        assert_eq!((chart.boxes.len(), chart.images.len()), (0, 1));
    }

    #[test]
    fn pale_stripes_are_boxes_whatever_is_written_on_them_and_photographs_are_not() {
        let mut canvas = Canvas::new();
        for y in 100..140 {
            for x in 50..450 {
                canvas.0.pixels[y * 600 + x] = 232;
                canvas.0.pixels[(y + 200) * 600 + x] = ((x * 7 + y * 13) % 180) as u8;
            }
        }
        let shapes = canvas.fill(60, 110, 80, 10).shapes(&[&word("Depth", 60, 80, 0)]);
        assert_eq!(shapes.boxes[0], Rect { left: 25.0, top: 50.0, right: 225.0, bottom: 70.0 });
        assert!(shapes.boxes.iter().all(|rect| rect.top < 100.0), "{shapes:?}");
    }

    #[test]
    fn a_tables_frame_and_the_letters_of_words_are_no_shapes() {
        let mut grid = Canvas::new();
        for index in 0..5 {
            grid = grid.fill(50, 50 + 60 * index, 402, 2).fill(50 + 100 * index, 50, 2, 242);
        }
        assert_eq!(grid.shapes(&[]), Shapes::default());
        let letters = Canvas::new().fill(100, 100, 14, 10).fill(120, 100, 14, 10);
        assert_eq!(letters.shapes(&[&word("mm", 100, 34, 0)]), Shapes::default());
    }

    #[test]
    fn a_solid_sign_before_a_line_is_a_bullet_and_a_letter_with_a_hole_is_not() {
        let solid = Canvas::new().fill(100, 100, 10, 10);
        let words = [word("e", 100, 10, 0), word("Piers", 130, 60, 0), word("e", 200, 10, 1)];
        let words: Vec<&Word> = words.iter().collect();
        let read = |canvas: &Canvas| -> Vec<String> {
            with_bullets(&words, &canvas.components(), SCALE).into_iter().map(|word| word.text).collect()
        };
        assert_eq!(read(&solid), ["•", "Piers", "e"]);
        let ring = Canvas::new()
            .fill(100, 100, 10, 2)
            .fill(100, 108, 10, 2)
            .fill(100, 100, 2, 10)
            .fill(108, 100, 2, 10);
        assert_eq!(read(&ring), ["e", "Piers", "e"]);
    }

    #[test]
    fn a_blotted_letter_that_is_sure_or_looks_like_no_disc_is_no_bullet() {
        assert!(may_be_misread(&word("«", 0, 9, 0)) && may_be_misread(&word("e", 0, 9, 0)));
        assert!(!may_be_misread(&word("a", 0, 9, 0)));
        assert!(!may_be_misread(&Word { confidence: 0.9, ..word("e", 0, 9, 0) }));
        assert!(!may_be_misread(&word("eoe", 0, 9, 0)));
    }

    #[test]
    fn a_bullet_that_was_not_read_is_a_small_drawing() {
        let shapes = Canvas::new().fill(100, 100, 10, 10).shapes(&[&word("Piers", 130, 60, 0)]);
        assert_eq!(shapes.drawings.len(), 1);
    }
}
