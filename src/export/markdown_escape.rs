//! Document text in Markdown: it shows as it is and never acts as markup.

/// Text of an HTML element. Control characters are not allowed in HTML and are left out.
pub(super) fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\n' | '\t' => escaped.push(character),
            control if control.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// Text within a block: nothing in it can start emphasis, code, a link, a picture or HTML.
pub(super) fn escape_inline(text: &str) -> String {
    escape(text, |_, _| false)
}

/// Text of a pipe table's cell: as inline text, and it cannot end the cell.
pub(super) fn escape_cell(text: &str) -> String {
    escape(text, |_, character| character == '|')
}

/// A line of its own: as inline text, and its beginning cannot start a heading, list, quote, rule, fence, table or
/// reference definition.
pub(super) fn escape_line(line: &str) -> String {
    let line = line.trim();
    let starts_block = match line.chars().next() {
        Some('#' | '>' | '=' | '~' | '|') => true,
        Some('-' | '+') => line[1..].starts_with([' ', '-']) || line.len() == 1,
        _ => false,
    };
    if let Some(end) = ordered_marker(line) {
        return format!("{}\\{}", &line[..end], escape_inline(&line[end..]));
    }
    let escaped = escape(line, |_, character| character == '|');
    if starts_block && !escaped.starts_with('\\') { format!("\\{escaped}") } else { escaped }
}

/// Where the `.` or `)` of a number that would start an ordered list stands.
fn ordered_marker(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    let closes = rest.starts_with(['.', ')']) && (rest.len() == 1 || rest[1..].starts_with(' '));
    ((1..=9).contains(&digits) && closes).then_some(digits)
}

/// Puts a backslash before each character that could act as markup, and before those `also` names (position and
/// character). An underscore between letters and a `<` or `&` before a space cannot act and are left alone.
fn escape(text: &str, also: impl Fn(usize, char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut characters = text.char_indices().peekable();
    while let Some((position, character)) = characters.next() {
        let after = characters.peek().map_or(' ', |(_, next)| *next);
        let acts = match character {
            '\\' => after.is_ascii_punctuation() || after == ' ',
            '`' | '*' | '[' | ']' => true,
            '~' => after == '~' || before == '~',
            '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
            '<' => after.is_ascii_alphabetic() || matches!(after, '/' | '!' | '?'),
            '&' => after.is_ascii_alphanumeric() || after == '#',
            _ => false,
        };
        if acts || also(position, character) {
            escaped.push('\\');
        }
        escaped.push(character);
        before = character;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::grid::one_line;
    use super::*;

    #[test]
    fn text_that_looks_like_markup_is_escaped() {
        let escaped = |text: &str| escape_line(text);
        assert_eq!(escaped("# no heading"), "\\# no heading");
        assert_eq!(escaped("- no item"), "\\- no item");
        assert_eq!(escaped("12. no item"), "12\\. no item");
        assert_eq!(escaped("1.5 times"), "1.5 times");
        assert_eq!(escaped("[a](javascript:b)"), "\\[a\\](javascript:b)");
        assert_eq!(escaped("<script>"), "\\<script>");
        assert_eq!(escaped("a < b & c"), "a < b & c");
        assert_eq!(escaped("snake_case and _that_"), "snake_case and \\_that\\_");
        assert_eq!(escaped("a | b"), "a \\| b");
    }

    proptest! {
        #[test]
        fn taking_the_backslashes_away_gives_the_text_back(text in "[ -~]{0,40}") {
            let line = text.trim();
            let mut plain = String::new();
            let escaped = escape_line(line);
            let mut characters = escaped.chars().peekable();
            while let Some(character) = characters.next() {
                let escapes = character == '\\'
                    && characters.peek().is_some_and(char::is_ascii_punctuation);
                plain.push(if escapes { characters.next().unwrap_or('\\') } else { character });
            }
            prop_assert_eq!(plain, line);
        }

        #[test]
        fn a_cell_never_adds_a_column(text in "[ -~]{0,40}") {
            let escaped = escape_cell(&one_line(&text));
            let bytes = escaped.as_bytes();
            for (index, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'|') {
                prop_assert_eq!(bytes[index - 1], b'\\');
            }
        }
    }
}
