//! The items of a list: what they begin with, and which of them are parts of which.

use crate::layout::geometry::Rect;
use crate::layout::text::{Marker, marker};
use crate::layout::zone::{Bbox, ListItem};

/// An item that stands further in than the one before by more than this (ems) is nested in it; numbers set flush right
/// differ by less.
const NESTED: f32 = 1.0;
/// Numbered texts longer than this (characters in the mean) are the paragraphs of a contract or a judgment.
const MAX_NUMBERED: usize = 300;
/// The deepest level.
const MAX_LEVEL: usize = 7;

/// The items with these boxes and texts, top to bottom, nested by where they begin. `em` is the size of the text, points.
pub(in crate::layout) fn nested(items: &[(Rect, String)], em: f32) -> Vec<ListItem> {
    let mut open: Vec<f32> = Vec::new();
    items
        .iter()
        .map(|(rect, text)| {
            while open.len() > 1 && open.last().is_some_and(|left| rect.left < left - 0.5 * NESTED * em) {
                open.pop();
            }
            let room = open.len() < MAX_LEVEL;
            match open.last_mut() {
                Some(left) if rect.left <= *left + NESTED * em || !room => *left = left.min(rect.left),
                _ => open.push(rect.left),
            }
            item(text, open.len() as u8, *rect)
        })
        .collect()
}

/// Whether the texts, with so many characters in all, are items: two at least, or one that goes on with the numbers of the
/// list before; numbered ones no longer than a few sentences. `before` is the last list's last number.
pub(in crate::layout) fn is_list(texts: &[&str], characters: usize, before: Option<u32>) -> bool {
    let numbered = texts.iter().all(|text| matches!(marker(text), Some((Marker::Ordinal, _))));
    match texts {
        [] => false,
        [only] => number(only).is_some_and(|number| before.is_some_and(|before| number == before + 1)),
        _ => !numbered || characters <= MAX_NUMBERED * texts.len(),
    }
}

/// The number an item begins with.
pub(in crate::layout) fn number(text: &str) -> Option<u32> {
    let (_, length) = marker(text)?;
    text[..length].trim_matches(|character: char| !character.is_ascii_digit()).parse().ok()
}

fn item(text: &str, level: u8, rect: Rect) -> ListItem {
    let length = marker(text).map_or(0, |(_, length)| length);
    let (marker, content) = text.split_at(length);
    ListItem {
        level,
        marker: (!marker.is_empty()).then(|| marker.to_owned()),
        content: content.trim_start().to_owned(),
        bbox: Bbox::from(rect),
    }
}

/// How sure a list of so many items is: one alone may be a numbered paragraph.
pub(in crate::layout) fn confidence(items: usize) -> f32 {
    match items {
        1 => 0.45,
        2 => 0.7,
        _ => 0.88,
    }
}

/// The list as text: a line an item, two spaces for each level below the first.
pub(in crate::layout) fn text(items: &[ListItem]) -> String {
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The items of a list of which only the text is known; all have the list's box.
pub fn items_of(text: &str, bbox: Bbox) -> Vec<ListItem> {
    let rect = bbox.rect();
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let indent = line.len() - line.trim_start().len();
            item(line.trim(), (indent / 2 + 1).min(MAX_LEVEL) as u8, rect)
        })
        .collect()
}

fn line(item: &ListItem) -> String {
    let indent = "  ".repeat(usize::from(item.level.saturating_sub(1)));
    match &item.marker {
        Some(marker) if item.content.is_empty() => format!("{indent}{marker}"),
        Some(marker) => format!("{indent}{marker} {}", item.content),
        None => format!("{indent}{}", item.content),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(lefts: &[f32]) -> Vec<u8> {
        let items: Vec<(Rect, String)> = lefts
            .iter()
            .zip(0u8..)
            .map(|(left, row)| {
                let top = 12.0 * f32::from(row);
                (Rect::from_corners(*left, top, left + 100.0, top + 10.0), "• item".to_owned())
            })
            .collect();
        nested(&items, 10.0).iter().map(|item| item.level).collect()
    }

    #[test]
    fn an_item_further_in_is_part_of_the_one_before() {
        assert_eq!(levels(&[50.0, 80.0, 80.0, 110.0, 50.0]), [1, 2, 2, 3, 1]);
        assert_eq!(levels(&[80.0, 50.0, 80.0]), [1, 1, 2]);
    }

    #[test]
    fn the_text_of_a_list_tells_its_items() {
        let rect = Rect::from_corners(0.0, 0.0, 10.0, 10.0);
        let written = "1. the bar\n  • its depth\n2. the ford";
        let items = items_of(written, Bbox::from(rect));
        assert_eq!(items.iter().map(|item| item.level).collect::<Vec<_>>(), [1, 2, 1]);
        assert_eq!(text(&items), written);
    }

    #[test]
    fn a_list_has_two_items_or_goes_on_with_another() {
        assert!(is_list(&["• the bar", "• the ford"], 18, None));
        assert!(!is_list(&["• the bar"], 9, None));
        assert!(is_list(&["4. the bar"], 10, Some(3)));
        assert!(!is_list(&["4. the bar"], 10, Some(2)));
        // Numbered paragraphs of a contract.
        assert!(!is_list(&["1. The", "2. The"], 900, None));
        assert!(is_list(&["• The", "• The"], 900, None));
    }

    #[test]
    fn numbers_set_flush_right_are_one_level() {
        assert_eq!(levels(&[55.0, 50.0, 55.0]), [1, 1, 1]);
    }

    #[test]
    fn markers_are_told_from_texts() {
        let rect = Rect::from_corners(0.0, 0.0, 10.0, 10.0);
        let items = nested(&[(rect, "(iv) the bar".to_owned()), (rect, "the ford".to_owned())], 10.0);
        assert_eq!((items[0].marker.as_deref(), items[0].content.as_str()), (Some("(iv)"), "the bar"));
        assert_eq!(items[1].marker, None);
        assert_eq!(text(&items), "(iv) the bar\nthe ford");
    }
}
