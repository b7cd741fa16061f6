//! Exports: what may be asked for, and what comes.

use std::io::{Cursor, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use calamine::Reader as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::daemon::Start;
use crate::document::{Document, fixture};
use crate::http::Answer;
use crate::project::{Account, take_turn};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_document_exports_to_the_same_bytes_and_options_choose_what() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document =
        Document::upload(&owner, "long.pdf", std::fs::read(fixture("long.pdf")).expect("the fixture")).await;
    document.ready().await;
    let plain = document.export("markdown", &json!({})).await;
    assert_eq!(plain, document.export("markdown", &json!({})).await);
    let with_headers = document.export("markdown", &json!({ "headers_footers": true })).await;
    assert!(with_headers.len() > plain.len(), "running headers and footers are left out unless asked for");
    let some: serde_json::Value =
        serde_json::from_slice(&document.export("json", &json!({ "first_page": 2, "last_page": 4 })).await)
            .expect("JSON");
    let numbers: Vec<_> =
        some["pages"].as_array().expect("pages").iter().map(|page| page["page_number"].clone()).collect();
    assert_eq!(numbers, [2, 3, 4]);
    let headings =
        String::from_utf8(document.export("jsonl", &json!({ "kinds": ["heading"] })).await).expect("UTF-8");
    assert!(!headings.is_empty() && headings.lines().all(|line| line.contains("\"heading\"")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_not_ready_is_not_exported() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let document = Document::create(&owner, "later.pdf").await;
    let answer =
        owner.http.rpc("request_export", &json!({ "document_id": document.id, "format": "json" })).await;
    assert_eq!(answer.status, 409, "{}", answer.text);
    assert!(answer.json()["hint"].as_str().is_some_and(|hint| hint.contains("ready")), "{}", answer.text);
    let answer =
        owner.http.rpc("request_export", &json!({ "document_id": document.id, "format": "docx" })).await;
    assert_eq!((answer.status, answer.code()), (400, "22P02".into()), "{}", answer.text);
}

const ALL: [&str; 8] = ["markdown", "json", "jsonl", "chunks", "html", "csv", "xlsx", "text"];

async fn ready(owner: &Account, name: &str) -> Document {
    let document = Document::upload(owner, name, std::fs::read(fixture(name)).expect("the fixture")).await;
    document.ready().await;
    document
}

async fn patch(owner: &Account, zone: &Value, change: &Value) -> Answer {
    let path = format!("/rest/v1/zones?id=eq.{}", zone["id"].as_str().expect("an id"));
    let body = Some(change.to_string().into_bytes());
    owner.http.send(Method::PATCH, &path, &[("content-type", "application/json")], body).await
}

async fn edit(owner: &Account, zone: &Value, change: &Value) {
    let answer = patch(owner, zone, change).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

/// The zone as it is now.
async fn now(owner: &Account, zone: &Value) -> Value {
    let id = zone["id"].as_str().expect("an id");
    owner.http.rows(&format!("zones?id=eq.{id}")).await.pop().expect("the zone")
}

fn first<'a>(zones: &'a [Value], kind: &str) -> &'a Value {
    zones.iter().find(|zone| zone["kind"] == kind).unwrap_or_else(|| panic!("a {kind}"))
}

/// All the text of an export: of an archive the files', of a workbook the cells'.
fn text_of(format: &str, bytes: Vec<u8>) -> String {
    match format {
        "csv" => {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
            let mut all = String::new();
            for index in 0..archive.len() {
                archive.by_index(index).expect("a file").read_to_string(&mut all).expect("text");
            }
            all
        }
        "xlsx" => {
            let mut book = calamine::Xlsx::new(Cursor::new(bytes)).expect("a workbook");
            let sheets = book.worksheets();
            let cells =
                sheets.iter().flat_map(|(_, sheet)| sheet.cells()).map(|(_, _, cell)| cell.to_string());
            cells.collect::<Vec<_>>().join("\n")
        }
        _ => String::from_utf8(bytes).expect("UTF-8"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_users_edit_wins_in_every_format_and_no_confidence_is_too_high_for_it() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document = ready(&owner, "paper.pdf").await;
    let zones = document.zones().await;
    let (paragraph, heading) = (first(&zones, "paragraph"), first(&zones, "heading"));
    edit(&owner, paragraph, &json!({ "content": "Written by hand, said anew." })).await;
    let mut table = first(&zones, "table").clone();
    table["table"]["cells"][0]["content"] = json!("By hand");
    edit(&owner, &table, &json!({ "table": table["table"] })).await;
    let path = format!("/rest/v1/zones?id=eq.{}", heading["id"].as_str().expect("an id"));
    assert_eq!(owner.http.send(Method::DELETE, &path, &[], None).await.status, 204);
    let added = json!({ "document_id": document.id, "page_number": 2, "kind": "paragraph", "reading_order": 0,
        "bbox_x": 10, "bbox_y": 10, "bbox_width": 50, "bbox_height": 10, "content": "A note of my own." });
    let headers = [("content-type", "application/json")];
    let body = Some(added.to_string().into_bytes());
    assert_eq!(owner.http.send(Method::POST, "/rest/v1/zones", &headers, body).await.status, 201);

    let old: String = paragraph["content"].as_str().expect("text").chars().take(30).collect();
    let deleted = heading["content"].as_str().expect("text");
    for format in ALL {
        let all = text_of(format, document.export(format, &json!({})).await);
        let sure = text_of(format, document.export(format, &json!({ "min_confidence": 1 })).await);
        let has_tables_only = matches!(format, "csv" | "xlsx");
        for text in [&all, &sure] {
            assert!(text.contains("By hand"), "{format}: {text}");
            assert_eq!(text.contains("Written by hand, said anew."), !has_tables_only, "{format}: {text}");
            assert_eq!(text.contains("A note of my own."), !has_tables_only, "{format}: {text}");
            assert!(!text.contains(&old) && !text.contains(deleted), "{format}: {text}");
        }
        assert!(sure.len() < all.len(), "{format}: of nothing the engine is quite sure");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_keeps_to_the_pages_and_kinds_asked_for() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document = ready(&owner, "paper.pdf").await;
    let zones = document.zones().await;
    let on_second: Vec<Value> = zones.into_iter().filter(|zone| zone["page_number"] == 2).collect();
    let heading = first(&on_second, "heading")["content"].as_str().expect("text");
    let table = first(&on_second, "table")["content"].as_str().expect("text");
    let cell = table.split(['\t', '\n']).find(|cell| cell.len() > 3).expect("a cell");
    for format in ALL {
        let asked = json!({ "kinds": ["table"], "pages": "2" });
        let text = text_of(format, document.export(format, &asked).await);
        assert!(text.contains(cell) && !text.contains(heading), "{format}: {text}");
        let text = text_of(format, document.export(format, &json!({ "last_page": 1 })).await);
        assert!(!text.contains(heading), "{format}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_and_the_cells_of_a_table_say_the_same_whichever_is_edited() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document = ready(&owner, "paper.pdf").await;
    let zones = document.zones().await;
    let zone = first(&zones, "table");
    assert_eq!(zone["edited"], false);

    let content = zone["content"].as_str().expect("text");
    let (cell, rest) = content.split_once('\t').expect("cells");
    edit(&owner, zone, &json!({ "content": format!("Other {cell}\t{rest}") })).await;
    let edited = now(&owner, zone).await;
    assert_eq!(edited["table"]["cells"][0]["content"], format!("Other {cell}").trim());
    assert_eq!(edited["table"]["cells"][1], zone["table"]["cells"][1]);
    assert_eq!((&edited["edited"], &edited["confidence"]), (&json!(true), &zone["confidence"]));

    let answer = patch(&owner, zone, &json!({ "content": "one line" })).await;
    let message = answer.json()["message"].clone();
    assert_eq!(
        (answer.status, message.as_str()),
        (400, Some("The text does not fit the cells of the table."))
    );
    edit(&owner, zone, &json!({ "content": "a\tb\nc\td", "table": null })).await;
    assert_eq!(now(&owner, zone).await["table"], Value::Null, "the grid is left to the text");

    let grid = |cells: Value| json!({ "table": { "rows": 2, "columns": 2, "cells": cells } });
    let cells = json!([{ "row": 0, "column": 0, "column_span": 2, "content": "Both" },
        { "row": 1, "column": 0, "content": "x" }, { "row": 1, "column": 1 }]);
    edit(&owner, zone, &grid(cells)).await;
    let edited = now(&owner, zone).await;
    assert_eq!(edited["content"], "Both\nx\t");
    assert_eq!(edited["table"]["cells"][2]["row_span"], 1, "what is left out has its usual value");

    for (cells, detail) in [
        (json!([{ "row": 2, "column": 0 }]), "Cell 1 begins in no row from 0 to 1."),
        (json!([{ "row": 0.5, "column": 0 }]), "Cell 1 begins in no row from 0 to 1."),
        (json!([{ "row": 0, "column": 0, "column_span": 3 }]), "Cell 1 reaches out of the columns."),
        (json!([{ "row": 0, "column": 0, "content": 7 }]), "Cell 1 has a content that is no text."),
        (
            json!([{ "row": 0, "column": 0, "bbox": { "x": 1 } }]),
            "Cell 1 has a bbox that is not {x, y, width, height}.",
        ),
        (json!([7]), "Cell 1 is no object."),
        (
            json!([{ "row": 0, "column": 0, "row_span": 2 }, { "row": 1, "column": 0 }]),
            "Two cells cover the same row and column.",
        ),
    ] {
        let answer = patch(&owner, zone, &grid(cells)).await;
        let body = answer.json();
        assert_eq!((answer.status, body["details"].as_str()), (400, Some(detail)), "{}", answer.text);
        assert!(body["hint"].as_str().is_some_and(|hint| hint.contains("row_span")), "{}", answer.text);
    }
    let answer = patch(&owner, zone, &json!({ "table": { "rows": 0, "columns": 2, "cells": [] } })).await;
    assert_eq!(answer.json()["message"], "The table has no grid.", "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_items_of_a_list_follow_its_text_and_its_text_the_items() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document = ready(&owner, "long.pdf").await;
    let zones = document.zones().await;
    let zone = first(&zones, "list");
    let items = zone["items"].as_array().expect("items");
    assert_eq!(items.len(), zone["content"].as_str().expect("text").lines().count());

    let items = json!([{ "marker": "1.", "content": "the bar" }, { "level": 2, "marker": "a)", "content": "its depth" }]);
    edit(&owner, zone, &json!({ "items": items })).await;
    assert_eq!(now(&owner, zone).await["content"], "1. the bar\n  a) its depth");
    let asked = json!({ "kinds": ["list"], "min_confidence": 1 });
    let html = text_of("html", document.export("html", &asked).await);
    assert!(html.contains("its depth"), "{html}");

    edit(&owner, zone, &json!({ "content": "• one\n  • two" })).await;
    assert_eq!(now(&owner, zone).await["items"], Value::Null);
    let lines = text_of("jsonl", document.export("jsonl", &asked).await);
    let list: Value = serde_json::from_str(lines.lines().next().expect("the list")).expect("JSON");
    assert_eq!((&list["items"][1]["level"], &list["items"][1]["content"]), (&json!(2), &json!("two")));

    edit(&owner, zone, &json!({ "kind": "paragraph", "content": "One and two." })).await;
    let answer = patch(&owner, zone, &json!({ "items": [] })).await;
    assert_eq!(answer.status, 400, "only lists have items: {}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn html_has_the_pictures_of_figures_in_it_when_asked_for_where_the_zones_are_now() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document = ready(&owner, "paper.pdf").await;
    let drawn = json!({ "document_id": document.id, "page_number": 2, "kind": "figure", "reading_order": 0,
        "bbox_x": 100, "bbox_y": 100, "bbox_width": 142, "bbox_height": 70, "content": "" });
    let body = Some(drawn.to_string().into_bytes());
    let headers = [("content-type", "application/json")];
    assert_eq!(owner.http.send(Method::POST, "/rest/v1/zones", &headers, body).await.status, 201);

    let asked = json!({ "images": "inline", "kinds": ["figure"], "pages": "2" });
    let html = text_of("html", document.export("html", &asked).await);
    let size = |picture: &str| {
        let (picture, _) = picture.split_once('"').expect("the end of the attribute");
        let bytes = STANDARD.decode(picture).expect("base64");
        image_webp::WebPDecoder::new(Cursor::new(bytes)).expect("WebP").dimensions()
    };
    let sizes: Vec<(u32, u32)> = html.split("src=\"data:image/webp;base64,").skip(1).map(size).collect();
    // That of the paper, and the one drawn: 144 by 72 points with what is around, 150 pixels an inch.
    assert_eq!(sizes.len(), 2, "{html}");
    assert!(sizes.contains(&(300, 150)), "{sizes:?}");
    assert_eq!(html, text_of("html", document.export("html", &asked).await), "the same bytes again");

    let plain = text_of("html", document.export("html", &json!({ "kinds": ["figure"], "pages": "2" })).await);
    assert!(plain.contains("<figure") && !plain.contains("<img"), "{plain}");
}
