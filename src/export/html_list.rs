//! The text of a list as a tree: a line an item, its depth by the spaces before it.

use std::fmt::Write as _;

use super::markdown_escape::escape_html;

/// How deep lists are nested at most.
const MAX_DEPTH: usize = 8;

struct Item<'a> {
    indent: usize,
    marker: Marker,
    text: &'a str,
}

/// What an item begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marker {
    /// A bullet; the browser draws its own.
    Bullet,
    /// A number.
    Number(u32),
    /// None, or one that HTML has no list for: it stays in the text.
    Other,
}

/// `<ul>` and `<ol>`, nested as the lines are indented.
pub(super) fn list(content: &str) -> String {
    let mut html = String::new();
    let mut open: Vec<(usize, bool)> = Vec::new();
    for item in content.lines().filter(|line| !line.trim().is_empty()).map(item) {
        let ordered = matches!(item.marker, Marker::Number(_));
        while open.last().is_some_and(|(indent, _)| *indent > item.indent) {
            close(&mut html, &mut open);
        }
        match open.last() {
            Some((indent, same)) if *indent == item.indent && *same == ordered => html.push_str("</li>"),
            Some((indent, _)) if *indent == item.indent => {
                close(&mut html, &mut open);
                begin(&mut html, &mut open, &item, ordered);
            }
            Some(_) if open.len() >= MAX_DEPTH => html.push_str("</li>"),
            _ => begin(&mut html, &mut open, &item, ordered),
        }
        match item.marker {
            Marker::Number(number) => {
                let _ = write!(html, "<li value=\"{number}\">");
            }
            Marker::Bullet | Marker::Other => html.push_str("<li>"),
        }
        html.push_str(&escape_html(item.text));
    }
    while !open.is_empty() {
        close(&mut html, &mut open);
    }
    html
}

fn begin(html: &mut String, open: &mut Vec<(usize, bool)>, item: &Item<'_>, ordered: bool) {
    html.push_str(match (ordered, item.marker) {
        (true, _) => "<ol>",
        (false, Marker::Other) => "<ul class=\"plain\">",
        (false, _) => "<ul>",
    });
    open.push((item.indent, ordered));
}

fn close(html: &mut String, open: &mut Vec<(usize, bool)>) {
    if let Some((_, ordered)) = open.pop() {
        html.push_str(if ordered { "</li></ol>" } else { "</li></ul>" });
    }
}

fn item(line: &str) -> Item<'_> {
    let text = line.trim();
    let indent = line.len() - line.trim_start().len();
    let (first, rest) = text.split_once(' ').unwrap_or(("", text));
    let number = first.strip_suffix(['.', ')']).filter(|number| number.len() <= 6);
    if let Some(number) = number.and_then(|number| number.parse().ok()) {
        return Item { indent, marker: Marker::Number(number), text: rest };
    }
    if ["-", "•", "◦", "▪", "–", "*", "·", "●", "○", "■"].contains(&first) {
        return Item { indent, marker: Marker::Bullet, text: rest };
    }
    Item { indent, marker: Marker::Other, text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn indented_items_are_lists_within_their_item() {
        assert_eq!(
            list("- a\n  1. b\n  2. c\n- d <e>"),
            "<ul><li>a<ol><li value=\"1\">b</li><li value=\"2\">c</li></ol></li><li>d &lt;e&gt;</li></ul>"
        );
        assert_eq!(list("(a) one\n(b) two"), "<ul class=\"plain\"><li>(a) one</li><li>(b) two</li></ul>");
    }

    #[test]
    fn numbers_that_do_not_begin_at_one_are_kept() {
        assert_eq!(list("7. a\n9. b"), "<ol><li value=\"7\">a</li><li value=\"9\">b</li></ol>");
    }

    proptest! {
        #[test]
        fn whatever_the_indents_the_tags_are_balanced(
            items in proptest::collection::vec((0usize..24, prop_oneof!["-", "3\\.", "x"]), 0..20),
        ) {
            let lines: Vec<String> =
                items.iter().map(|(indent, marker)| format!("{}{marker} t", " ".repeat(*indent))).collect();
            let html = list(&lines.join("\n"));
            let mut open = Vec::new();
            for tag in html.split('<').skip(1).filter_map(|rest| rest.split(['>', ' ']).next()) {
                match tag.strip_prefix('/') {
                    Some(name) => prop_assert_eq!(open.pop(), Some(name)),
                    None => open.push(tag),
                }
            }
            prop_assert!(open.is_empty());
            prop_assert_eq!(html.matches("<li").count(), items.len());
        }
    }
}
