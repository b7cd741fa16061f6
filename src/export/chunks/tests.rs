use proptest::prelude::*;
use serde_json::Value;

use super::super::tests::{cell, document, export, page, table, zone};
use super::super::{Format, Writer};
use super::*;
use crate::layout::{Page, Zone};

fn chunks(pages: &[Page], max_tokens: u32, overlap: u32) -> Vec<Value> {
    let options = Options { max_tokens, overlap, ..Options::default() };
    let mut writer = Writer::start(Format::Chunks, options, &document().0, Vec::new()).unwrap();
    for page in pages {
        writer.page(page).unwrap();
    }
    let lines = String::from_utf8(writer.finish().unwrap()).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn texts(chunks: &[Value]) -> Vec<&str> {
    chunks.iter().map(|chunk| chunk["text"].as_str().unwrap()).collect()
}

fn heading(level: u8, text: &str) -> Zone {
    Zone { level: Some(level), ..zone(ZoneKind::Heading, text) }
}

fn paragraph(text: &str) -> Zone {
    zone(ZoneKind::Paragraph, text)
}

fn tides(rows: u32) -> Zone {
    let cells = (0..rows).flat_map(|row| {
        let name = if row == 0 { "Port".to_owned() } else { format!("Harbour number {row}") };
        [cell(row, 0, 1, &name), cell(row, 1, 1, "12")]
    });
    table(rows, 2, cells.collect())
}

#[test]
fn a_document_comes_in_chunks() {
    insta::assert_snapshot!(export(Format::Chunks, Options::default()));
}

#[test]
fn a_heading_begins_a_chunk_and_is_in_the_breadcrumb_of_what_is_below_it() {
    let found = chunks(
        &[page(
            1,
            vec![
                zone(ZoneKind::Title, "Tides"),
                heading(1, "1 Water"),
                paragraph("It rises."),
                heading(2, "1.1 Salt"),
                paragraph("It is salty."),
                heading(1, "2 Sand"),
                paragraph("It drifts."),
            ],
        )],
        64,
        0,
    );
    assert_eq!(
        texts(&found),
        ["Tides\n\n1 Water\n\nIt rises.", "1.1 Salt\n\nIt is salty.", "2 Sand\n\nIt drifts."]
    );
    assert_eq!(found[1]["breadcrumb"], serde_json::json!(["Tides", "1 Water", "1.1 Salt"]));
    assert_eq!(found[2]["breadcrumb"], serde_json::json!(["Tides", "2 Sand"]));
}

#[test]
fn the_next_chunk_of_a_section_begins_with_the_last_sentences() {
    let text =
        (1..=12).map(|number| format!("Tide number {number} came in slowly.")).collect::<Vec<_>>().join(" ");
    let found = chunks(&[page(1, vec![paragraph(&text)])], 32, 12);
    assert!(found.len() > 2);
    for pair in found.windows(2) {
        let (before, after) = (pair[0]["text"].as_str().unwrap(), pair[1]["text"].as_str().unwrap());
        let overlap = pair[1]["overlap_characters"].as_u64().unwrap() as usize;
        assert!(overlap > 0 && before.ends_with(&after[..overlap]), "{before:?} {after:?}");
    }
}

#[test]
fn what_cannot_be_split_and_is_too_large_is_a_chunk_of_its_own() {
    let long = format!("The tide {} came.", "and the tide ".repeat(30).trim());
    let found = chunks(&[page(1, vec![paragraph(&format!("One came. {long} Two came."))])], 32, 8);
    assert_eq!(texts(&found), ["One came.", &long, "Two came."]);
    let oversized: Vec<bool> = found.iter().map(|chunk| chunk["oversized"].as_bool().unwrap()).collect();
    assert_eq!(oversized, [false, true, false]);
}

#[test]
fn a_table_that_fits_is_whole_and_a_larger_one_is_split_between_rows_with_its_head() {
    let found = chunks(&[page(1, vec![tides(3)])], 64, 0);
    assert_eq!(texts(&found), ["| Port | 12 |\n| Harbour number 1 | 12 |\n| Harbour number 2 | 12 |"]);
    let found = chunks(&[page(1, vec![tides(20)])], 40, 10);
    assert!(found.len() > 3);
    let mut rows = Vec::new();
    for chunk in &found {
        let mut lines = chunk["text"].as_str().unwrap().lines();
        assert_eq!(lines.next(), Some("| Port | 12 |"));
        assert_eq!((&chunk["partial_table"], &chunk["oversized"]), (&Value::Bool(true), &Value::Bool(false)));
        rows.extend(lines.map(str::to_owned));
    }
    let all: Vec<String> = (1..20).map(|row| format!("| Harbour number {row} | 12 |")).collect();
    assert_eq!(rows, all);
}

#[test]
fn a_chunk_says_where_its_text_stands() {
    let found = chunks(
        &[page(1, vec![paragraph("The bar grows. It grows with")]), page(2, vec![paragraph("each tide.")])],
        64,
        0,
    );
    assert_eq!(texts(&found), ["The bar grows. It grows with each tide."]);
    assert_eq!(found[0]["pages"], serde_json::json!([1, 2]));
    assert_eq!(found[0]["zones"][1]["page_number"], 2);
    assert_eq!(found[0]["zones"][1]["kind"], "paragraph");
    assert_eq!(found[0]["zones"][1]["bbox"]["y"], 72.13);
}

fn word() -> impl Strategy<Value = String> {
    "[a-z]{2,9}"
}

fn sentence() -> impl Strategy<Value = String> {
    proptest::collection::vec(word(), 1..25).prop_map(|words| format!("X{} zz.", words.join(" ")))
}

fn any_zone() -> impl Strategy<Value = Zone> {
    prop_oneof![
        1 => word().prop_map(|word| heading(1, &word)),
        1 => word().prop_map(|word| heading(2, &word)),
        4 => proptest::collection::vec(sentence(), 1..8).prop_map(|all| paragraph(&all.join(" "))),
        1 => (2u32..30).prop_map(tides),
        1 => proptest::collection::vec(word(), 1..5).prop_map(|items| {
            zone(ZoneKind::List, &items.iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n"))
        }),
    ]
}

/// What a chunk may hold, in order: sentences, headings, items; of tables, each row.
fn pieces_of(zone: &Zone) -> Vec<String> {
    if let Some(table) = &zone.table {
        return (1..table.rows).map(|row| format!("| Harbour number {row} | 12 |")).collect();
    }
    match zone.kind {
        ZoneKind::Paragraph => zone.content.split_inclusive('.').map(|part| part.trim().to_owned()).collect(),
        _ => zone.content.lines().map(str::to_owned).collect(),
    }
}

/// A chunk's text without what repeats the one before, and without the heads of tables.
fn fresh_pieces(chunk: &Value) -> Vec<String> {
    let text: String = chunk["text"]
        .as_str()
        .unwrap()
        .chars()
        .skip(chunk["overlap_characters"].as_u64().unwrap() as usize)
        .collect();
    text.lines()
        .filter(|line| !line.trim().is_empty() && *line != "| Port | 12 |")
        .flat_map(|line| {
            if line.starts_with(['X', ' ']) {
                line.split_inclusive('.').map(|part| part.trim().to_owned()).collect()
            } else {
                vec![line.to_owned()]
            }
        })
        .collect()
}

proptest! {
    #[test]
    fn every_piece_is_there_once_in_order_whole_and_within_the_budget(
        zones in proptest::collection::vec(any_zone(), 1..12),
        max_tokens in 16u32..120,
        share in 0u32..=2,
    ) {
        let expected: Vec<String> = zones.iter().flat_map(pieces_of).collect();
        let found = chunks(&[page(1, zones)], max_tokens, max_tokens * share / 4);
        let pieces: Vec<String> = found.iter().flat_map(fresh_pieces).collect();
        prop_assert_eq!(pieces, expected);
        for (index, chunk) in found.iter().enumerate() {
            let text = chunk["text"].as_str().unwrap();
            let tokens = chunk["tokens"].as_u64().unwrap();
            prop_assert_eq!(chunk["index"].as_u64().unwrap() as usize, index);
            prop_assert_eq!(tokens as usize, tokens::count(Tokenizer::O200kBase, text));
            let oversized = tokens > u64::from(max_tokens);
            prop_assert_eq!(chunk["oversized"].as_bool().unwrap(), oversized);
            if oversized {
                prop_assert_eq!(fresh_pieces(chunk).len(), 1, "{}", text);
                prop_assert_eq!(chunk["overlap_characters"].as_u64().unwrap(), 0);
            }
        }
    }
}
