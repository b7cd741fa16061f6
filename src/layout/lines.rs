//! Glyphs → words → line segments.
//!
//! A *word* is a run of glyphs on one baseline without a gap. A *segment* is a run of words on one line without a gap
//! wide enough to be a column gutter: the unit the later steps arrange. Text that runs down or up is turned, put
//! together as if it ran to the right, and turned back.

use unicode_normalization::char::is_combining_mark;

use super::content::{Direction, Glyph, Style};
use super::geometry::Rect;
use super::scripts::is_spaceless;
use super::tags::Tag;
use super::turn::Turn;
use super::{bidi, corridors, initials, justified, slanted, tracking};

/// A gap wider than this share of the font size separates words: half a usual space (0.25 em), as in most extractors.
const WORD_GAP: f32 = 0.15;
/// A step back of this share of the font size starts a new word: kerning never exceeds it.
const WORD_BACKSTEP: f32 = 0.5;
/// Baselines that differ by less than this share of the font size are the same line; sub- and superscripts are within.
const BASELINE_SHIFT: f32 = 0.45;
/// A gap wider than this many ems ends a segment. Justified text stretches spaces to about one em.
const SEGMENT_GAP: f32 = 1.15;
/// A following glyph must be at most this many times smaller to be a script of the one before.
const SCRIPT_RATIO: f32 = 0.85;

/// Characters of scripts without spaces are set apart by a wider gap only (ems): punctuation has white in it.
const SPACELESS_GAP: f32 = 0.75;
/// A mark may start this far (ems) outside its word.
const MARK_REACH: f32 = 0.3;

/// From this share of bold glyphs on a line is bold: one with a bold beginning is not.
const BOLD_SHARE: f32 = 0.95;

/// How large small capitals are beside the others, and of how many characters runs of the others are: initials, numbers.
const SMALL_CAPITALS: std::ops::Range<f32> = 0.68..0.9;
const SMALL_CAPITALS_INITIALS: usize = 4;

/// A run of glyphs without a gap.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) ink: Rect,
    /// From the first glyph's start to the last one's end, font ascent to descent.
    pub(super) advance: Rect,
    pub(super) baseline: f32,
    pub(super) size: f32,
    pub(super) style: Style,
    pub(super) after_space: bool,
    pub(super) glyphs: usize,
    pub(super) tag: Option<Tag>,
    /// Where its last glyph starts.
    last_left: f32,
}

/// A run of words on one line.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) text: String,
    /// The ink, on the displayed page.
    pub(super) rect: Rect,
    /// In the segment's own frame, where it runs to the right; the same as on the page unless it is turned.
    pub(super) baseline: f32,
    /// The size most of its glyphs have.
    pub(super) size: f32,
    /// The style most of its glyphs have; bold only when nearly all are.
    pub(super) style: Style,
    pub(super) direction: Direction,
    /// How many glyphs it has.
    pub(super) glyphs: usize,
    /// What all of it is part of, as a tagged PDF says.
    pub(super) tag: Option<Tag>,
    /// Where its words are, left to right, for the table step.
    pub(super) words: Vec<WordBox>,
}

/// A word of a segment.
#[derive(Debug, Clone)]
pub(super) struct WordBox {
    pub(super) text: String,
    pub(super) rect: Rect,
    pub(super) after_space: bool,
}

#[cfg(test)]
impl Segment {
    /// A plain segment of ten points.
    pub(super) fn for_test(text: &str, rect: Rect) -> Self {
        Self {
            text: text.to_owned(),
            rect,
            baseline: rect.bottom,
            size: 10.0,
            style: Style::default(),
            direction: Direction::Right,
            glyphs: text.chars().filter(|character| !character.is_whitespace()).count(),
            tag: None,
            words: Vec::new(),
        }
    }
}

/// All segments of a page, by direction, then top to bottom.
pub(super) fn segments(glyphs: &[Glyph], width: f32, height: f32) -> Vec<Segment> {
    let directions = [Direction::Right, Direction::Down, Direction::Left, Direction::Up];
    let mut segments: Vec<Segment> = directions
        .into_iter()
        .flat_map(|direction| {
            let turn = Turn { direction, width, height };
            let turned: Vec<Glyph> = glyphs
                .iter()
                .filter(|glyph| glyph.direction == direction)
                .map(|glyph| turn.glyph(glyph))
                .collect();
            let mut turned = bidi::stand_in_order(turned);
            tracking::close(&mut turned);
            let segments = corridors::split(justified::join(join_words(words(&turned))));
            segments.into_iter().map(move |words| segment(&words, &turn))
        })
        .chain(slanted::segments(glyphs))
        .filter(|segment| !segment.text.is_empty())
        .collect();
    initials::join(&mut segments);
    segments
}

fn words(glyphs: &[Glyph]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for glyph in glyphs {
        match words.last_mut() {
            Some(word) if continues(word, glyph) => extend(word, glyph),
            _ => words.push(start_word(glyph)),
        }
    }
    words
}

fn start_word(glyph: &Glyph) -> Word {
    let mut word = Word {
        text: String::new(),
        ink: glyph.ink,
        advance: glyph.advance,
        baseline: glyph.origin.1,
        size: glyph.size,
        style: glyph.style,
        after_space: glyph.after_space,
        glyphs: 1,
        tag: glyph.tag,
        last_left: glyph.advance.left,
    };
    push_character(&mut word.text, glyph.character);
    word
}

fn continues(word: &Word, glyph: &Glyph) -> bool {
    if glyph.after_space || word.style != glyph.style {
        return false;
    }
    let em = word.size.max(glyph.size);
    if is_mark(glyph.character) {
        let reach = MARK_REACH * em;
        return (word.advance.left - reach..word.advance.right + reach).contains(&glyph.ink.center_x())
            && (glyph.origin.1 - word.baseline).abs() < em;
    }
    let gap = glyph.advance.left - word.advance.right;
    // The letters of a ligature all stand where the ligature does.
    let is_ligature = (glyph.advance.left - word.last_left).abs() < 0.01 * em;
    let backstep = if word.text.chars().next_back().is_some_and(is_mark) { 1.0 } else { WORD_BACKSTEP };
    (is_ligature || (gap < WORD_GAP * em && gap > -backstep * em))
        && (glyph.origin.1 - word.baseline).abs() < 0.1 * em
        && (glyph.size - word.size).abs() < 0.1 * em
}

fn extend(word: &mut Word, glyph: &Glyph) {
    push_character(&mut word.text, glyph.character);
    word.ink = word.ink.union(&glyph.ink);
    word.advance = word.advance.union(&glyph.advance);
    word.glyphs += 1;
    word.last_left = glyph.advance.left;
}

fn is_mark(character: char) -> bool {
    !character.is_ascii() && is_combining_mark(character)
}

/// Ligatures are written as their letters (Unicode compatibility decompositions of U+FB00 to U+FB06).
fn push_character(text: &mut String, character: char) {
    match character {
        '\u{FB00}' => text.push_str("ff"),
        '\u{FB01}' => text.push_str("fi"),
        '\u{FB02}' => text.push_str("fl"),
        '\u{FB03}' => text.push_str("ffi"),
        '\u{FB04}' => text.push_str("ffl"),
        '\u{FB05}' | '\u{FB06}' => text.push_str("st"),
        _ => text.push(character),
    }
}

/// Words that follow each other on a line. In drawing order first, as that is nearly always the order of reading;
/// what was drawn in pieces is then joined by position.
fn join_words(words: Vec<Word>) -> Vec<Vec<Word>> {
    let mut runs: Vec<Vec<Word>> = Vec::new();
    for word in words {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| follows(last, &word)) => run.push(word),
            _ => runs.push(vec![word]),
        }
    }
    runs.sort_by(|a, b| baseline_of(a).total_cmp(&baseline_of(b)).then(left_of(a).total_cmp(&left_of(b))));
    join_runs(runs)
}

/// Joins runs drawn apart but standing on one line. `runs` are sorted by baseline, so only a few before each can match.
fn join_runs(runs: Vec<Vec<Word>>) -> Vec<Vec<Word>> {
    let mut lines: Vec<Vec<Word>> = Vec::new();
    for run in runs {
        let baseline = baseline_of(&run);
        let size = size_of(&run);
        let mut place = None;
        for (index, line) in lines.iter().enumerate().rev() {
            // Twice the largest plausible shift: earlier lines are further up still.
            if baseline - baseline_of(line) > 2.0 * size.max(size_of(line)) + 20.0 {
                break;
            }
            if line.last().is_some_and(|last| follows(last, &run[0]))
                || run.last().is_some_and(|last| follows(last, &line[0]))
            {
                place = Some(index);
                break;
            }
        }
        if let Some(index) = place {
            lines[index].extend(run);
            lines[index].sort_by(|a, b| a.advance.left.total_cmp(&b.advance.left));
        } else {
            lines.push(run);
        }
    }
    lines
}

pub(super) fn baseline_of(run: &[Word]) -> f32 {
    main_word(run).map_or(0.0, |word| word.baseline)
}

pub(super) fn size_of(run: &[Word]) -> f32 {
    main_word(run).map_or(1.0, |word| word.size)
}

fn left_of(run: &[Word]) -> f32 {
    run.first().map_or(0.0, |word| word.advance.left)
}

/// The word that stands for the run: the longest of the largest.
fn main_word(run: &[Word]) -> Option<&Word> {
    run.iter().max_by(|a, b| a.size.total_cmp(&b.size).then(a.glyphs.cmp(&b.glyphs)))
}

/// Whether `next` comes right after `word` on the same line.
fn follows(word: &Word, next: &Word) -> bool {
    let em = word.size.max(next.size);
    let smaller = word.size.min(next.size);
    if is_initial_of(word, next) {
        return false;
    }
    let gap = next.advance.left - word.advance.right;
    if gap > SEGMENT_GAP * em.min(1.2 * smaller) || gap < -WORD_BACKSTEP * em {
        return false;
    }
    let shift = (next.baseline - word.baseline).abs();
    if smaller < SCRIPT_RATIO * em {
        // A script, or a large initial: it must stand within the height of the larger word.
        shift < 0.6 * em && word.advance.overlap_y(&next.advance) > 0.3 * smaller
    } else {
        shift < BASELINE_SHIFT * smaller
    }
}

/// A large capital may stand on the baseline of any of the lines beside it: a later step finds its line.
fn is_initial_of(word: &Word, next: &Word) -> bool {
    word.size >= initials::MIN_RATIO * next.size
        && word.glyphs == 1
        && word.text.chars().all(char::is_uppercase)
}

fn segment(words: &[Word], turn: &Turn) -> Segment {
    let ink =
        Rect::around(words.iter().map(|word| word.ink)).unwrap_or(Rect::from_corners(0.0, 0.0, 0.0, 0.0));
    let (size, style) = dominant(words);
    let baseline = words
        .iter()
        .filter(|word| (word.size - size).abs() < 0.1 * size)
        .map(|word| word.baseline)
        .next()
        .unwrap_or(ink.bottom);
    Segment {
        text: text_of(words),
        rect: turn.rect_back(&ink),
        baseline,
        size,
        style,
        direction: turn.direction,
        glyphs: words.iter().map(|word| word.glyphs).sum(),
        tag: common_tag(words),
        words: boxes(words, turn),
    }
}

/// The size and style of most glyphs.
fn dominant(words: &[Word]) -> (f32, Style) {
    let weight = |word: &Word| {
        words
            .iter()
            .filter(|other| (other.size - word.size).abs() < 0.3 && other.style == word.style)
            .map(|other| other.glyphs)
            .sum::<usize>()
    };
    // A line has few words; a hostile one may have many, and the first hundred are enough to know it.
    let (size, style) = words
        .iter()
        .take(100)
        .max_by_key(|word| weight(word))
        .map_or((1.0, Style::default()), |word| (word.size, word.style));
    let size = small_capitals_size(words, size).unwrap_or(size);
    let all: usize = words.iter().map(|word| word.glyphs).sum();
    let bold: usize = words.iter().filter(|word| word.style.bold).map(|word| word.glyphs).sum();
    (size, Style { bold: bold as f32 >= BOLD_SHARE * all as f32, ..style })
}

/// The tag of all words; none where they have different ones.
fn common_tag(words: &[Word]) -> Option<Tag> {
    let tag = words.first()?.tag?;
    words.iter().all(|word| word.tag.is_some_and(|other| other.element == tag.element)).then_some(tag)
}

/// The size of the font where a line is set in capitals of two sizes, the larger one for what would be capitals anyway:
/// small capitals are drawn at 70 to 85 percent of it.
fn small_capitals_size(words: &[Word], size: f32) -> Option<f32> {
    let characters = || words.iter().flat_map(|word| word.text.chars());
    let letters = characters().filter(|character| character.is_alphabetic()).count();
    if letters < 4 || characters().any(char::is_lowercase) {
        return None;
    }
    let larger = words.iter().map(|word| word.size).fold(size, f32::max);
    let is_initial = |word: &Word| word.glyphs <= SMALL_CAPITALS_INITIALS;
    let initials_only = words.iter().filter(|word| word.size > 0.5 * (larger + size)).all(is_initial);
    (SMALL_CAPITALS.contains(&(size / larger)) && initials_only).then_some(larger)
}

fn separated(word: &Word, next: &Word) -> bool {
    let em = word.size.min(next.size);
    let is_spaceless = |character: Option<char>| character.is_some_and(is_spaceless);
    if is_spaceless(word.text.chars().next_back()) && is_spaceless(next.text.chars().next()) {
        return next.advance.left - word.advance.right > SPACELESS_GAP * em;
    }
    next.after_space && next.advance.left - word.advance.right > -0.3 * em
        || next.advance.left - word.advance.right > WORD_GAP * em
}

fn text_of(words: &[Word]) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 && separated(&words[index - 1], word) {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    bidi::in_reading_order(text)
}

fn boxes(words: &[Word], turn: &Turn) -> Vec<WordBox> {
    words
        .iter()
        .enumerate()
        .map(|(index, word)| WordBox {
            text: bidi::in_reading_order(word.text.clone()),
            rect: turn.rect_back(&word.ink),
            after_space: index == 0 || separated(&words[index - 1], word),
        })
        .collect()
}
