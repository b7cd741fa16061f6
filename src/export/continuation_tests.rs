use proptest::prelude::*;

use super::super::tests::{cell, page, table, zone};
use super::*;
use crate::layout::Cell;

/// The blocks' texts; of tables, the first column.
fn joined(pages: &[Page]) -> Vec<String> {
    blocks(pages).iter().map(shown).collect()
}

fn blocks(pages: &[Page]) -> Vec<Block> {
    let mut joiner = Joiner::new(true);
    let mut done = Vec::new();
    for page in pages {
        let wants = |zone: &Zone| !zone.kind.is_page_furniture();
        joiner.page(page, &PageImages::default(), wants, &mut done);
    }
    done.extend(joiner.finish());
    done
}

fn shown(block: &Block) -> String {
    match &block.zone.table {
        Some(table) => slots(table).iter().map(|row| row_texts(row)[0].clone()).collect::<Vec<_>>().join("/"),
        None => block.zone.content.clone(),
    }
}

fn text(content: &str) -> Zone {
    zone(ZoneKind::Paragraph, content)
}

fn at(y: f32, height: f32, zone: Zone) -> Zone {
    Zone { bbox: Bbox { y, height, ..zone.bbox }, ..zone }
}

/// A table of a name and a figure a row.
fn rows(names: &[&str], figures: &[&str]) -> Zone {
    let cells = (0..names.len() as u32)
        .flat_map(|row| [cell(row, 0, 1, names[row as usize]), cell(row, 1, 1, figures[row as usize])])
        .map(|cell| Cell { bbox: Bbox { x: 72.0 + 200.0 * cell.column as f32, ..cell.bbox }, ..cell })
        .collect();
    table(names.len() as u32, 2, cells)
}

fn at_bottom(zone: Zone) -> Zone {
    at(400.0, 300.0, zone)
}

#[test]
fn a_sentence_goes_on_over_a_page_break_whatever_runs_along_the_edges() {
    let pages = [
        page(
            1,
            vec![
                text("The bar grows with"),
                zone(ZoneKind::Footer, "Tides"),
                zone(ZoneKind::PageNumber, "1"),
            ],
        ),
        page(2, vec![zone(ZoneKind::Header, "North"), text("each tide."), text("Then it stops.")]),
    ];
    assert_eq!(joined(&pages), ["The bar grows with each tide.", "Then it stops."]);
    let parts = &blocks(&pages)[0].parts;
    assert_eq!(parts.iter().map(|part| (part.page_number, part.end)).collect::<Vec<_>>(), [(1, 18), (2, 29)]);
}

#[test]
fn a_word_broken_at_the_page_break_is_whole_again() {
    let pages = [page(1, vec![text("The bar sil-")]), page(2, vec![text("ted up.")])];
    assert_eq!(joined(&pages), ["The bar silted up."]);
    let pages = [page(1, vec![text("the years 1990-")]), page(2, vec![text("to 1999.")])];
    assert_eq!(joined(&pages), ["the years 1990- to 1999."]);
}

#[test]
fn a_sentence_that_ended_does_not_go_on() {
    for (first, second) in
        [("It ends.", "so it does."), ("It does not end", "But a new one begins"), ("Word", "and more")]
    {
        let pages = [page(1, vec![text(first)]), page(2, vec![text(second)])];
        assert_eq!(joined(&pages), [first, second]);
    }
}

#[test]
fn after_a_comma_a_capital_goes_on_only_over_a_break() {
    let pages = [page(1, vec![text("as was said by Hale,")]), page(2, vec![text("Smith and others.")])];
    assert_eq!(joined(&pages), ["as was said by Hale, Smith and others."]);
    let below = page(1, vec![at(100.0, 20.0, text("Dear Mr. Hale,")), at(140.0, 20.0, text("Thank you."))]);
    assert_eq!(joined(&[below]), ["Dear Mr. Hale,", "Thank you."]);
}

#[test]
fn scripts_without_small_letters_go_on_without_a_space() {
    let first = "潮水每天涨落两次".repeat(6);
    let pages = [page(1, vec![text(&first)]), page(2, vec![text("在港口很明显。")])];
    assert_eq!(joined(&pages), [format!("{first}在港口很明显。")]);
}

#[test]
fn what_stands_between_the_halves_follows_the_whole() {
    let note = || zone(ZoneKind::Footnote, "* A note.");
    let figure = || zone(ZoneKind::Figure, "chart");
    let pages =
        [page(1, vec![text("The bar grows with"), note()]), page(2, vec![figure(), text("each tide.")])];
    assert_eq!(joined(&pages), ["The bar grows with each tide.", "* A note.", "chart"]);
    let same_column = page(
        1,
        vec![
            at(100.0, 20.0, text("The bar grows with")),
            at(130.0, 80.0, figure()),
            at(220.0, 20.0, text("each tide.")),
        ],
    );
    assert_eq!(joined(&[same_column]), ["The bar grows with", "chart", "each tide."]);
}

#[test]
fn a_heading_or_a_page_that_failed_ends_a_paragraph() {
    let heading = zone(ZoneKind::Heading, "2 Next");
    let pages = [page(1, vec![text("The bar grows with")]), page(2, vec![heading, text("each tide.")])];
    assert_eq!(joined(&pages).len(), 3);
    let pages = [page(1, vec![text("The bar grows with")]), page(3, vec![text("each tide.")])];
    assert_eq!(joined(&pages).len(), 2);
}

#[test]
fn a_table_that_repeats_its_head_goes_on_without_it() {
    let pages = [
        page(
            1,
            vec![at_bottom(rows(&["Port", "A", "B"], &["m", "3", "4"])), zone(ZoneKind::Footer, "Tides")],
        ),
        page(2, vec![rows(&["PORT", "C"], &["m", "5"]), text("After.")]),
        page(3, vec![text("End.")]),
    ];
    assert_eq!(joined(&pages), ["Port/A/B/C", "After.", "End."]);
    let block = blocks(&pages).remove(0);
    assert_eq!(block.parts.iter().map(|part| part.end).collect::<Vec<_>>(), [3, 4]);
    assert!(block.zone.table.unwrap().cells.iter().all(|cell| cell.header == (cell.row == 0)));
}

#[test]
fn a_table_of_figures_goes_on_without_a_head_too() {
    let pages = [
        page(1, vec![at_bottom(rows(&["Port", "A", "B"], &["m", "3", "4"]))]),
        page(2, vec![at_bottom(rows(&["C", "D"], &["5", "6"]))]),
    ];
    assert_eq!(joined(&pages).len(), 2, "it begins too far down");
    let pages = [pages[0].clone(), page(2, vec![rows(&["C", "D"], &["5", "6"])])];
    assert_eq!(joined(&pages), ["Port/A/B/C/D"]);
}

#[test]
fn another_table_stays_another_table() {
    let first = || page(1, vec![at_bottom(rows(&["Port", "A", "B"], &["m", "3", "4"]))]);
    let other_head = rows(&["Pilot", "C"], &["Error", "5"]);
    assert_eq!(joined(&[first(), page(2, vec![other_head])]).len(), 2);
    let caption = |text: &str| zone(ZoneKind::Caption, text);
    let same_head = || rows(&["Port", "C"], &["m", "5"]);
    let captioned = [first(), page(2, vec![caption("Table 2. Others"), same_head()])];
    assert_eq!(joined(&captioned).len(), 3);
    let continued = [first(), page(2, vec![caption("Table 1 (continued)"), same_head()])];
    assert_eq!(joined(&continued), ["Port/A/B/C", "Table 1 (continued)"]);
    let mut moved = same_head();
    moved.table.as_mut().unwrap().cells.iter_mut().for_each(|cell| cell.bbox.x += 150.0);
    assert_eq!(joined(&[first(), page(2, vec![moved])]).len(), 2, "the columns stand elsewhere");
    let three = table(2, 3, vec![cell(0, 0, 1, "Port"), cell(1, 0, 1, "C")]);
    assert_eq!(joined(&[first(), page(2, vec![three])]).len(), 2);
}

#[test]
fn zones_that_are_not_wanted_still_stand_between() {
    let pages =
        [page(1, vec![text("The bar grows with"), zone(ZoneKind::Heading, "2 Next"), text("each tide.")])];
    let mut joiner = Joiner::new(true);
    let mut done = Vec::new();
    joiner.page(&pages[0], &PageImages::default(), |zone| zone.kind == ZoneKind::Paragraph, &mut done);
    done.extend(joiner.finish());
    assert_eq!(done.len(), 2);
}

proptest! {
    #[test]
    fn no_word_is_lost_or_doubled(
        zones in proptest::collection::vec((0usize..5, "[a-c]{1,3}( [A-Ca-c]{1,3}){0,3}[.,]?", 1u32..4), 0..20),
    ) {
        let kinds = [ZoneKind::Paragraph, ZoneKind::Paragraph, ZoneKind::Footnote, ZoneKind::Figure, ZoneKind::Heading];
        let pages: Vec<Page> = (1..4)
            .map(|number| {
                let on_page = zones.iter().filter(|(_, _, page)| *page == number);
                page(number, on_page.map(|(kind, text, _)| zone(kinds[*kind], text)).collect())
            })
            .collect();
        let words = |texts: Vec<&str>| {
            let mut words: Vec<String> =
                texts.iter().flat_map(|text| text.split(' ')).map(str::to_owned).collect();
            words.sort();
            words
        };
        let found = joined(&pages);
        let written = zones.iter().map(|(_, text, _)| text.as_str()).collect();
        prop_assert_eq!(words(found.iter().map(String::as_str).collect()), words(written));
    }
}
