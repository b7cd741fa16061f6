//! `zoned text`: what stands under a box, on the fixtures.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

mod extraction;

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use extraction::fixture;

/// The abstract of `paper.typ`, set across both columns of page 1.
const ABSTRACT: &str = "Abstract. We follow the sand that crosses the bars of nine small harbours through forty tides. \
The bar grows with the square of the drift and shrinks with the draught of the vessels that cross it. \
A rule of thumb used by pilots for a century is found to hold within a tenth.";
const ABSTRACT_BOX: &str = "95,125,420,40";

fn text(name: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zoned"))
        .arg("text")
        .arg(fixture(name))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn zone(arguments: &[&str]) -> Value {
    let output = text("paper.pdf", arguments);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The cells of a zone's table, row by row.
fn cells(zone: &Value) -> Vec<Vec<&str>> {
    let mut rows = vec![Vec::new(); zone["table"]["rows"].as_u64().unwrap() as usize];
    for cell in zone["table"]["cells"].as_array().unwrap() {
        rows[cell["row"].as_u64().unwrap() as usize].push(cell["content"].as_str().unwrap());
    }
    rows
}

#[test]
fn the_text_under_the_abstracts_box_is_the_abstract() {
    let zone = zone(&["--page", "1", "--box", ABSTRACT_BOX]);
    assert_eq!((zone["kind"].as_str(), zone["content"].as_str()), (Some("paragraph"), Some(ABSTRACT)));
    assert!(zone["confidence"].as_f64().unwrap() > 0.5);
}

#[test]
fn a_kind_that_is_given_is_kept() {
    let zone = zone(&["--page", "1", "--box", ABSTRACT_BOX, "--kind", "code"]);
    assert_eq!((zone["kind"].as_str(), zone["confidence"].as_f64()), (Some("code"), Some(1.0)));
    let lines: Vec<&str> = zone["content"].as_str().unwrap().lines().collect();
    assert!(lines.len() >= 3 && lines[0].starts_with("Abstract. We follow"), "{lines:?}");
}

#[test]
fn the_box_of_a_table_gives_its_cells() {
    let found = zone(&["--page", "2", "--box", "314,560,248,90"]);
    assert_eq!(found["kind"], "table");
    let rows = cells(&found);
    assert_eq!(rows[0], ["Harbour", "Tides", "Drift", "Depth"]);
    assert_eq!(rows[1], ["Pell Point", "40", "3.1", "14.2"]);
    let narrow = zone(&["--page", "4", "--box", "100,240,150,80", "--kind", "table"]);
    assert_eq!(
        cells(&narrow),
        [
            ["Pilot", "Rule", "Measured", "Error"],
            ["Marrow", "12.0", "12.9", "7%"],
            ["Quill", "10.5", "10.1", "4%"],
            ["Tarn", "14.0", "15.2", "8%"],
            ["Ashby", "9.0", "9.4", "4%"],
        ]
    );
}

#[test]
fn a_box_over_some_rows_of_a_table_gives_these() {
    let some = zone(&["--page", "4", "--box", "100,240,150,32", "--kind", "table"]);
    let rows = cells(&some);
    assert_eq!(rows[0], ["Pilot", "Rule", "Measured", "Error"]);
    assert!(rows.len() < 5, "{rows:?}");
}

#[test]
fn a_box_across_both_columns_reads_the_left_one_first() {
    let zone = zone(&["--page", "1", "--box", "50,190,515,60", "--kind", "paragraph"]);
    let content = zone["content"].as_str().unwrap();
    assert!(content.starts_with("Every second dredger repairs"), "{content}");
    let (left, right) =
        (content.find("The ferry between Harn").unwrap(), content.find("The harbour office").unwrap());
    assert!(left < right, "{content}");
}

#[test]
fn a_box_beside_the_page_and_a_page_that_is_not_there_are_said_to_be() {
    for (arguments, reason) in [
        (["--page", "1", "--box", "700,10,20,20"], "measures 612 by 792 points; draw it on the page"),
        (["--page", "9", "--box", "10,10,20,20"], "there is no page 9: the document has 5"),
        (["--page", "1", "--box", "10,10,20"], "a box is four numbers"),
        (["--page", "1", "--box", "10,10,0,20"], "a width and height above 0"),
    ] {
        let output = text("paper.pdf", &arguments);
        assert!(!output.status.success());
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains(reason), "{errors}");
    }
    let output = text("encrypted.pdf", &["--page", "1", "--box", "10,10,20,20"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("protected by a password"));
}
