//! Text of lines: joining them, and recognising what a line starts with.

use super::scripts::is_spaceless;

/// A word broken at the end of a line continues on the next: the hyphen goes when a letter stands before it and a small
/// letter after it. A hyphen that belongs to the word is then lost too, which is the rarer case by far. Other hyphens and
/// dashes hold what they stand between together: `3-` and `5` are `3-5`.
pub(super) fn join_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for line in lines {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        match joint(&text, line) {
            Joint::BrokenWord => {
                text.pop();
            }
            Joint::Space if !text.is_empty() => text.push(' '),
            Joint::Space | Joint::Nothing => {}
        }
        text.push_str(line);
    }
    text.retain(|character| character != '\u{AD}');
    text
}

/// What comes between two lines of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Space,
    Nothing,
    /// Nothing, and the hyphen before goes.
    BrokenWord,
}

fn joint(text: &str, next: &str) -> Joint {
    let mut ends = text.chars().rev();
    let (last, before) = (ends.next().unwrap_or(' '), ends.next().unwrap_or(' '));
    let first = next.chars().next().unwrap_or(' ');
    match last {
        '-' | '\u{AD}' | '\u{2010}' if before.is_alphabetic() && first.is_lowercase() => {
            if is_compound(text) { Joint::Nothing } else { Joint::BrokenWord }
        }
        '-' | '\u{2010}' | '\u{2011}' | '–' | '—' if before.is_alphanumeric() && first.is_alphanumeric() => {
            Joint::Nothing
        }
        _ if is_spaceless(last) && is_spaceless(first) => Joint::Nothing,
        _ => Joint::Space,
    }
}

/// Whether the word before the hyphen has two already: `state-of-the-` goes on with another part, `comma-sep-` is broken.
fn is_compound(text: &str) -> bool {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let parts: Vec<&str> = word.trim_end_matches(['-', '\u{AD}', '\u{2010}']).split('-').collect();
    parts.len() > 2 && parts.iter().all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic))
}

/// What a line of a list starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// A sign that is nothing but a bullet.
    Bullet,
    /// A dash, asterisk or point: a bullet, or a sign in running text.
    Dash,
    /// A number or letter with a point or bracket.
    Ordinal,
}

/// Signs used as bullets, ASCII ones and those of Unicode and of common symbol fonts' private areas.
const BULLETS: &str = "•◦▪▫‣⁃∙●○■□◆◇►▶▸➢➤➔→✓✔✦★⮚❖\u{F0B7}\u{F0A7}\u{F0D8}\u{F0FC}\u{F076}";
/// Words between the parts of a name.
const NAME_PARTICLES: [&str; 14] =
    ["de", "del", "della", "der", "den", "di", "da", "dos", "du", "la", "le", "van", "von", "bin"];
/// Signs that are bullets only before a space.
const DASHES: &str = "-–—*·";

/// The marker a line starts with and how many bytes it takes, the space after it not counted.
pub(super) fn marker(line: &str) -> Option<(Marker, usize)> {
    let first = line.chars().next()?;
    let length = first.len_utf8();
    if BULLETS.contains(first) {
        return Some((Marker::Bullet, length));
    }
    if DASHES.contains(first) {
        return (line[length..].is_empty() || line[length..].starts_with(' '))
            .then_some((Marker::Dash, length));
    }
    // Word processors set the bullets of a second level, plain texts those of the first, with a small `o`.
    if line.strip_prefix("o ").is_some_and(|item| item.starts_with(|first: char| first.is_uppercase())) {
        return Some((Marker::Dash, 1));
    }
    let token = line.split(' ').next()?;
    is_ordinal(token).then_some((Marker::Ordinal, token.len()))
}

/// `1.` `12)` `(3)` `[3]` `a.` `b)` `(c)` `iv.` `(ii)`
fn is_ordinal(token: &str) -> bool {
    if let Some(number) = token.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    }
    let (inner, closed) = match token.strip_prefix('(') {
        Some(rest) => (rest.strip_suffix(')'), true),
        None => (token.strip_suffix(['.', ')']), false),
    };
    let Some(inner) = inner else { return false };
    let is_number = (1..=3).contains(&inner.len()) && inner.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = inner.len() == 1 && inner.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_roman = (1..=4).contains(&inner.len()) && inner.bytes().all(|byte| b"ivx".contains(&byte));
    // "A." is more often an initial or a heading than an item.
    let is_initial =
        is_letter && !closed && token.ends_with('.') && inner.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_number || is_letter || is_roman) && !is_initial
}

/// The depth of a heading's number: 1 for `3` or `3.` or `IV.`, 2 for `3.1`, and so on.
pub(super) fn numbering_depth(line: &str) -> Option<u8> {
    let token = line.split(' ').next()?;
    let rest = line[token.len()..].trim_start();
    if !rest.chars().next().is_some_and(char::is_alphabetic) {
        return None;
    }
    let number = token.strip_suffix(['.', ')', ':']).unwrap_or(token);
    let parts: Vec<&str> = number.split('.').collect();
    let is_number =
        |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.iter().all(is_number) {
        return u8::try_from(parts.len()).ok();
    }
    let is_roman =
        !number.is_empty() && number.bytes().all(|byte| b"IVX".contains(&byte)) && token.ends_with('.');
    let lettered = parts.len() > 1
        && parts[0].len() == 1
        && parts[0].bytes().all(|byte| byte.is_ascii_uppercase())
        && parts[1..].iter().all(is_number);
    if is_roman {
        Some(1)
    } else if lettered {
        u8::try_from(parts.len()).ok()
    } else {
        None
    }
}

/// Whether the text is names of people, as authors stand below a title: parts of two to four words with capitals, several of
/// them, or one with an initial that is no number.
pub(super) fn is_names(text: &str) -> bool {
    let plain = text.replace(" and ", ", ").replace(" & ", ", ").replace(" und ", ", ").replace(" et ", ", ");
    let is_sign =
        |sign: char| sign.is_ascii_digit() || "*†‡§¹²³⁴⁵⁶⁷⁸⁹".contains(sign) || sign.is_whitespace();
    let parts: Vec<&str> = plain
        .split([',', ';', '·'])
        .map(|part| part.trim_matches(is_sign))
        .filter(|part| !part.is_empty())
        .collect();
    let is_initial = |word: &str| {
        let mut signs = word.chars();
        signs.next().is_some_and(char::is_uppercase)
            && signs.all(|sign| sign == '.' || sign == '-' || sign.is_uppercase())
            && word.contains('.')
    };
    let is_name = |part: &&str| {
        let words: Vec<&str> = part.split_whitespace().collect();
        let is_capital =
            |word: &&str| word.starts_with(char::is_uppercase) && !word.contains(char::is_numeric);
        (2..=4).contains(&words.len())
            && words.iter().all(|word| is_capital(word) || NAME_PARTICLES.contains(word))
            && words.last().is_some_and(|last| is_capital(last) && last.chars().any(char::is_lowercase))
    };
    let with_initial = |part: &&str| part.split_whitespace().next().is_some_and(is_initial);
    let is_single = parts.len() == 1 && parts.iter().all(with_initial) && numbering_depth(text).is_none();
    let initialled = parts.iter().filter(|part| is_name(part) && with_initial(part)).count();
    // Where they work may follow.
    initialled > 1 || (parts.len() > 1 || is_single) && parts.iter().all(is_name)
}

/// Whether the line is a page number: `7`, `vii`, `- 7 -`, `Page 7 of 9`, `7 / 9`.
pub(super) fn is_page_number(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let plain: String = lower
        .trim_start_matches("page")
        .trim_start_matches('p')
        .replace(" of ", " ")
        .chars()
        .filter(|character| !"-–—|/.[]() \u{2022}".contains(*character))
        .collect();
    let is_number = plain.len() <= 8 && plain.bytes().all(|byte| byte.is_ascii_digit());
    !plain.is_empty() && lower.chars().count() <= 20 && (is_number || is_roman(&plain))
}

/// Whether the text is a roman number below 400, as pages before the first chapter have; a single `c` or `l` is a letter.
fn is_roman(text: &str) -> bool {
    const TENS: [&str; 10] = ["xc", "xl", "lxxx", "lxx", "lx", "l", "xxx", "xx", "x", ""];
    const ONES: [&str; 10] = ["ix", "iv", "viii", "vii", "vi", "v", "iii", "ii", "i", ""];
    let below_hundred = text.trim_start_matches('c');
    let hundreds = text.len() - below_hundred.len();
    let after = |digits: [&str; 10], text: &str| -> String {
        digits.iter().find_map(|digit| text.strip_prefix(digit)).unwrap_or(text).to_owned()
    };
    hundreds <= 3 && !matches!(text, "c" | "l") && after(ONES, &after(TENS, below_hundred)).is_empty()
}

/// Whether dots lead from the line's text to a page number, as in a table of contents.
pub(super) fn has_dot_leader(line: &str) -> bool {
    line.contains(".....") || line.contains(". . . .") || line.contains("……")
}

/// Whether the line begins as captions do, with the label of a figure or table and its number.
pub(super) fn caption_label(line: &str) -> Option<&str> {
    const LABELS: [&str; 13] = [
        "figure", "fig.", "fig", "table", "chart", "exhibit", "plate", "scheme", "graph", "box", "map",
        "photo", "diagram",
    ];
    let mut words = line.split_whitespace();
    let label = words.next()?;
    let number = words.next()?;
    let known = LABELS.iter().any(|known| label.eq_ignore_ascii_case(known));
    let starts_upper = label.chars().next().is_some_and(char::is_uppercase);
    let numbered = number.chars().next().is_some_and(|first| first.is_ascii_digit())
        || number.trim_end_matches(['.', ':']).bytes().all(|byte| b"IVXABC".contains(&byte));
    (known && starts_upper && numbered).then_some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_word_broken_at_a_line_end_is_whole_again() {
        assert_eq!(join_lines(["an in-", "terval of", "time"]), "an interval of time");
        assert_eq!(join_lines(["pages 3-", "5 and the X-", "Ray"]), "pages 3-5 and the X-Ray");
        assert_eq!(join_lines(["a state-of-the-", "art harbour"]), "a state-of-the-art harbour");
        assert_eq!(join_lines(["so -", "they say -", "it is"]), "so - they say - it is");
    }

    #[test]
    fn scripts_without_spaces_get_none_at_line_ends() {
        assert_eq!(join_lines(["毎年冬", "に写した。", "Word"]), "毎年冬に写した。 Word");
        assert_eq!(join_lines(["조석표는", "손으로"]), "조석표는 손으로");
    }

    #[test]
    fn bullets_and_ordinals_start_items() {
        assert_eq!(marker("• item"), Some((Marker::Bullet, 3)));
        assert_eq!(marker("- item"), Some((Marker::Dash, 1)));
        assert_eq!(marker("12. item"), Some((Marker::Ordinal, 3)));
        assert_eq!(marker("(iv) item"), Some((Marker::Ordinal, 4)));
        assert_eq!(marker("-5 degrees"), None);
        assert_eq!(marker("1.5 times"), None);
        assert_eq!(marker("J. Smith"), None);
    }

    #[test]
    fn the_number_of_a_heading_tells_its_depth() {
        assert_eq!(numbering_depth("3 Method"), Some(1));
        assert_eq!(numbering_depth("3.1.2 Method"), Some(3));
        assert_eq!(numbering_depth("IV. Method"), Some(1));
        assert_eq!(numbering_depth("A.2 Proofs"), Some(2));
        assert_eq!(numbering_depth("3 + 4"), None);
        assert_eq!(numbering_depth("Method"), None);
    }

    #[test]
    fn page_numbers_come_in_many_forms() {
        for line in ["7", "xii", "- 7 -", "Page 7 of 9", "7 | 9", "p. 7"] {
            assert!(is_page_number(line), "{line}");
        }
        for line in ["", "7 apples", "Chapter 7", "123456789"] {
            assert!(!is_page_number(line), "{line}");
        }
    }

    #[test]
    fn captions_start_with_a_label_and_a_number() {
        assert_eq!(caption_label("Figure 3. Tides"), Some("3."));
        assert_eq!(caption_label("Table IV: Ports"), Some("IV:"));
        assert_eq!(caption_label("Table of contents"), None);
        assert_eq!(caption_label("figure 3 shows"), None);
    }

    #[test]
    fn authors_are_told_from_headings() {
        for names in [
            "Sofia Petrova, Marek Nowak",
            "I. Marrow and T. Quill, Vellmar School of Navigation",
            "J. van der Berg",
        ] {
            assert!(is_names(names), "{names}");
        }
        for heading in
            ["Trade, Conflict and Society", "I. Introduction", "Results and discussion", "Water Supply"]
        {
            assert!(!is_names(heading), "{heading}");
        }
    }

    #[test]
    fn letters_are_no_page_numbers() {
        assert!(is_page_number("xlvii") && is_page_number("Page 7 of 9") && is_page_number("- iv -"));
        assert!(!is_page_number("PLL") && !is_page_number("C") && !is_page_number("iiii"));
    }

    #[test]
    fn a_small_o_before_an_item_is_a_bullet() {
        assert_eq!(marker("o Second items"), Some((Marker::Dash, 1)));
        assert_eq!(marker("o bien"), None);
    }

    proptest! {
        #[test]
        fn joining_never_loses_a_letter(lines in prop::collection::vec("[a-z -]{0,12}", 0..6)) {
            let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).collect::<String>();
            let joined = join_lines(lines.iter().map(String::as_str));
            prop_assert_eq!(letters(&joined), letters(&lines.concat()));
        }
    }
}
