//! Headings the document's outline tells of. An outline is believed where its words stand on the page it leads to: one
//! that names pages or files changes nothing.

use crate::layout::blocks::Line;
use crate::layout::content::Bookmark;
use crate::layout::text::join_lines;
use crate::layout::zone::{Zone, ZoneKind};

/// What the author says twice, by its form and in the outline, is near certain.
const CONFIDENCE: f32 = 0.98;
/// The level of a heading that only the outline tells of: outlines seldom have the document's title, so that what is
/// first in them is second on the page. For the same reason a level by form is only ever lowered.
const BELOW_TITLE: u8 = 2;
/// Titles with fewer letters and digits say too little to be found by.
const MIN_CHARACTERS: usize = 3;
/// Titles have this many lines at most, and a page this many bookmarks.
const MAX_TITLE_LINES: usize = 3;
const MAX_BOOKMARKS: usize = 100;

/// Makes headings of the texts that bookmarks name, each bookmark of one.
pub(in crate::layout) fn apply(zones: &mut [Zone], bookmarks: &[Bookmark]) {
    let mut keys: Vec<Option<Key>> = bookmarks.iter().map(|bookmark| Key::of(&bookmark.title)).collect();
    for zone in zones.iter_mut().filter(|zone| may_be_heading(zone)) {
        let Some(text) = Key::of(&zone.content) else { continue };
        let found = keys.iter().position(|key| key.as_ref().is_some_and(|key| key.is_same(&text)));
        if let Some(index) = found {
            keys[index] = None;
            zone.kind = ZoneKind::Heading;
            zone.level = Some(zone.level.unwrap_or(BELOW_TITLE).max(bookmarks[index].level).min(6));
            zone.confidence = zone.confidence.max(CONFIDENCE);
        }
    }
}

/// The titles of bookmarks, as texts are compared with them; none where they are too many to be headings of a page.
pub(in crate::layout) fn keys(bookmarks: &[Bookmark]) -> Vec<Key> {
    if bookmarks.len() > MAX_BOOKMARKS {
        return Vec::new();
    }
    bookmarks.iter().filter_map(|bookmark| Key::of(&bookmark.title)).collect()
}

/// Parts the lines of a column where some of them say what a bookmark does.
pub(in crate::layout) fn parted(lines: Vec<Line>, titles: &[Key]) -> Vec<Vec<Line>> {
    if titles.is_empty() {
        return vec![lines];
    }
    let mut parts: Vec<Vec<Line>> = vec![Vec::new()];
    let mut rest = lines.as_slice();
    while !rest.is_empty() {
        let count =
            (1..=MAX_TITLE_LINES.min(rest.len())).rev().find(|count| is_title(&rest[..*count], titles));
        match (count, parts.last_mut()) {
            (Some(count), _) => {
                parts.push(rest[..count].to_vec());
                parts.push(Vec::new());
                rest = &rest[count..];
            }
            (None, Some(part)) => {
                part.push(rest[0].clone());
                rest = &rest[1..];
            }
            (None, None) => break,
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn is_title(lines: &[Line], titles: &[Key]) -> bool {
    let same_size = lines.iter().all(|line| (line.size - lines[0].size).abs() < 0.1 * line.size);
    let text = || join_lines(lines.iter().map(|line| line.text.as_str()));
    same_size && Key::of(&text()).is_some_and(|key| titles.iter().any(|title| title.is_same(&key)))
}

fn may_be_heading(zone: &Zone) -> bool {
    let is_single = || !zone.content.contains('\n');
    match zone.kind {
        ZoneKind::Heading | ZoneKind::Paragraph => true,
        // A numbered heading looks like an item.
        ZoneKind::List | ZoneKind::ListItem => is_single(),
        _ => false,
    }
}

/// A title as it is compared: letters and digits only, with and without the number before it.
#[derive(Debug, Clone)]
pub(in crate::layout) struct Key {
    whole: String,
    unnumbered: String,
}

impl Key {
    pub(in crate::layout) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_number = |character: char| character.is_ascii_digit() || ".)( ".contains(character);
        let plain = |text: &str| -> String {
            text.chars()
                .filter(|character| character.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect()
        };
        let key = Self { whole: plain(text), unnumbered: plain(text.trim_start_matches(is_number)) };
        (key.unnumbered.chars().count() >= MIN_CHARACTERS).then_some(key)
    }

    /// Where only one of them has a number, it does not count.
    pub(in crate::layout) fn is_same(&self, other: &Self) -> bool {
        let is_numbered = |key: &Self| key.whole != key.unnumbered;
        self.whole == other.whole
            || (is_numbered(self) != is_numbered(other) && self.unnumbered == other.unnumbered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Rect;

    fn zone(kind: ZoneKind, content: &str) -> Zone {
        Zone::plain(kind, Rect::from_corners(0.0, 0.0, 10.0, 10.0), content.to_owned(), 0.7)
    }

    fn levels(zones: &mut [Zone], bookmarks: &[(&str, u8)]) -> Vec<Option<u8>> {
        let bookmarks: Vec<Bookmark> = bookmarks
            .iter()
            .map(|(title, level)| Bookmark { title: (*title).to_owned(), level: *level })
            .collect();
        apply(zones, &bookmarks);
        zones.iter().map(|zone| zone.level).collect()
    }

    #[test]
    fn a_text_the_outline_names_is_a_heading_of_its_depth() {
        let mut zones = [
            zone(ZoneKind::Paragraph, "2.1 Tides and  Currents"),
            zone(ZoneKind::List, "3. Soundings"),
            zone(ZoneKind::Paragraph, "The tides of the bay are two a day."),
        ];
        let outline = [("Tides and currents", 3), ("3 Soundings", 1), ("Page 4", 1)];
        assert_eq!(levels(&mut zones, &outline), [Some(3), Some(2), None]);
        assert_eq!(zones[1].kind, ZoneKind::Heading);
    }

    #[test]
    fn lines_that_a_bookmark_names_are_apart_from_the_text_below() {
        use crate::layout::content::Style;
        let line = |text: &str, top: f32| {
            Line::for_test(text, Rect::from_corners(0.0, top, 100.0, top + 10.0), 10.0, Style::default())
        };
        let lines =
            vec![line("2.1 Tides and", 0.0), line("currents", 12.0), line("The tides are two a day.", 24.0)];
        let bookmarks = [Bookmark { title: "Tides and currents".to_owned(), level: 2 }];
        let parts: Vec<usize> = parted(lines, &keys(&bookmarks)).iter().map(Vec::len).collect();
        assert_eq!(parts, [2, 1]);
    }

    #[test]
    fn a_bookmark_names_one_text() {
        let mut zones = [zone(ZoneKind::Heading, "Results"), zone(ZoneKind::Paragraph, "Results")];
        assert_eq!(levels(&mut zones, &[("Results", 1)]), [Some(2), None]);
    }

    #[test]
    fn another_number_is_another_heading() {
        let mut zones = [zone(ZoneKind::Paragraph, "Chapter 2"), zone(ZoneKind::Paragraph, "2 Results")];
        assert_eq!(levels(&mut zones, &[("Chapter 3", 1), ("3 Results", 1)]), [None, None]);
    }
}
