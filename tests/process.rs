//! `zoned process` and the extraction behind it, on the fixtures.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

mod extraction;

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use zoned::layout::{Page, Zone, ZoneKind};
use zoned::pipeline::extraction::pool::ChildPool;

use extraction::pdfs::tagged_pdf;
use extraction::{extract, file, fixture, options};

fn process(arguments: &[&str], out: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zoned"))
        .arg("process")
        .args(arguments)
        .arg("--out")
        .arg(out)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn path(name: &str) -> String {
    fixture(name).display().to_string()
}

const EVERY_FORMAT: &str = "markdown,json,jsonl,chunks,csv,xlsx,html,text";
const PAPER_FILES: [&str; 9] = [
    "paper.md",
    "paper.json",
    "paper.jsonl",
    "paper.chunks.jsonl",
    "paper.table-1.csv",
    "paper.table-2.csv",
    "paper.xlsx",
    "paper.html",
    "paper.txt",
];

async fn pages(name: &str) -> Vec<Page> {
    extract(File::open(fixture(name)).unwrap(), options()).await.unwrap().1
}

fn all(pages: &[Page], kind: ZoneKind) -> Vec<&Zone> {
    pages.iter().flat_map(|page| &page.zones).filter(|zone| zone.kind == kind).collect()
}

#[test]
fn every_format_is_written_beside_the_others() {
    let out = tempfile::tempdir().unwrap();
    let output = process(&[&path("paper.pdf"), "--format", EVERY_FORMAT, "--json"], out.path());
    assert!(output.status.success(), "{output:?}");
    for name in PAPER_FILES {
        assert!(out.path().join(name).metadata().unwrap().len() > 50, "{name}");
    }
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["files"][0]["pages"], 5);
    assert_eq!(
        std::fs::read_dir(out.path()).unwrap().count(),
        PAPER_FILES.len(),
        "no temporary file is left"
    );
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for out in [&first, &second] {
        assert!(process(&[&path("paper.pdf"), "--format", EVERY_FORMAT], out.path()).status.success());
    }
    for name in PAPER_FILES {
        assert_eq!(
            std::fs::read(first.path().join(name)).unwrap(),
            std::fs::read(second.path().join(name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn figures_are_written_on_request_and_shown_by_markdown_and_html() {
    let out = tempfile::tempdir().unwrap();
    // Without recognition the scanned pages are figures.
    let output = Command::new(env!("CARGO_BIN_EXE_zoned"))
        .env("ZONED_OCR_ENABLED", "never")
        .args(["process", "--format", "markdown,html,json", "--figures", "png", "--out"])
        .arg(out.path())
        .arg(fixture("scan.pdf"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let document: Value =
        serde_json::from_slice(&std::fs::read(out.path().join("scan.json")).unwrap()).unwrap();
    let read = |name: &str| std::fs::read_to_string(out.path().join(name)).unwrap();
    let (markdown, html) = (read("scan.md"), read("scan.html"));
    let mut figures = 0;
    for page in document["pages"].as_array().unwrap() {
        for zone in page["zones"].as_array().unwrap().iter().filter(|zone| zone["kind"] == "figure") {
            let address =
                format!("scan.images/page-{}-zone-{}.png", page["page_number"], zone["reading_order"]);
            let bytes = std::fs::read(out.path().join(&address)).unwrap();
            let picture = zoned::picture::Picture::from_png(&bytes, 4_100_000).unwrap();
            // 150 pixels an inch, with a point around.
            let expected =
                (zone["bbox"]["width"].as_f64().unwrap() * 150.0 / 72.0).min(picture.width().into());
            assert!(f64::from(picture.width()) - expected < 12.0, "{address}: {picture:?}");
            assert!(markdown.contains(&format!("](<{address}>)")), "{markdown}");
            assert!(html.contains(&format!("<img src=\"{address}\"")), "{address}");
            figures += 1;
        }
    }
    assert!(figures > 0);
    let written = std::fs::read_dir(out.path().join("scan.images")).unwrap().count();
    assert_eq!(written, figures);
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 4, "no temporary file is left");
}

#[test]
fn one_file_in_one_format_goes_to_standard_output() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_zoned")).arg("process").arg(fixture("paper.pdf")).output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("# Silting of Narrow Harbour Bars"));
}

#[test]
fn a_failed_file_is_told_of_and_the_others_are_done() {
    let out = tempfile::tempdir().unwrap();
    let output = process(&[&path("encrypted.pdf"), &path("scan.pdf"), "no-such.pdf", "--json"], out.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(out.path().join("scan.md").exists());
    assert!(!out.path().join("encrypted.md").exists());
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("encrypted.pdf: the PDF is protected by a password; save a copy"), "{errors}");
    assert!(errors.contains("no-such.pdf: cannot read the file"), "{errors}");
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<&Value> = (0..3).map(|index| &summary["files"][index]["error"]["code"]).collect();
    assert_eq!(codes, [&Value::from("encrypted"), &Value::Null, &Value::from("cannot_read")]);
}

#[test]
fn files_that_would_overwrite_each_other_are_refused() {
    let out = tempfile::tempdir().unwrap();
    let output = process(&[&path("paper.pdf"), &path("paper.pdf")], out.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("two of the outputs"));
}

#[test]
fn the_json_is_as_its_schema_says() {
    let schema = include_str!("../schemas/document.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let out = tempfile::tempdir().unwrap();
    let files = ["long.pdf", "paper.pdf", "scan.pdf"].map(path);
    let arguments: Vec<&str> = files.iter().map(String::as_str).chain(["--format", "json"]).collect();
    assert!(process(&arguments, out.path()).status.success());
    for name in ["long.json", "paper.json", "scan.json"] {
        let document: Value = serde_json::from_slice(&std::fs::read(out.path().join(name)).unwrap()).unwrap();
        assert_eq!(problems(&schema, &document), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn each_line_of_jsonl_and_chunks_is_as_its_schema_says() {
    let out = tempfile::tempdir().unwrap();
    let files = ["long.pdf", "paper.pdf"].map(path);
    let arguments: Vec<&str> = files.iter().map(String::as_str).chain(["--format", "jsonl,chunks"]).collect();
    assert!(process(&arguments, out.path()).status.success());
    let lines = [
        ("jsonl", include_str!("../schemas/zone.schema.json")),
        ("chunks.jsonl", include_str!("../schemas/chunk.schema.json")),
    ];
    for (ending, schema) in lines {
        let schema: Value = serde_json::from_str(schema).unwrap();
        for name in ["long", "paper"] {
            let text = std::fs::read_to_string(out.path().join(format!("{name}.{ending}"))).unwrap();
            assert!(text.lines().count() > 10, "{name}.{ending}");
            for line in text.lines() {
                let value = serde_json::from_str(line).unwrap();
                assert_eq!(problems(&schema, &value), Vec::<String>::new(), "{name}.{ending}: {line}");
            }
        }
    }
}

/// What is wrong with a value; nothing when it is valid.
fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("a schema");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_schemas_refuse_what_they_do_not_describe() {
    let schema: Value = serde_json::from_str(include_str!("../schemas/chunk.schema.json")).unwrap();
    assert!(!problems(&schema, &serde_json::json!({ "index": -1, "colour": "red" })).is_empty());
}

#[test]
fn chunks_keep_to_the_budget_asked_for() {
    let output = Command::new(env!("CARGO_BIN_EXE_zoned"))
        .args(["process", "--format", "chunks", "--max-tokens", "100", "--overlap", "0"])
        .arg(fixture("paper.pdf"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let chunks: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(chunks.iter().all(|chunk| chunk["oversized"] == true || chunk["tokens"].as_u64() <= Some(100)));
    assert!(chunks.iter().any(|chunk| chunk["breadcrumb"].as_array().is_some_and(|crumbs| crumbs.len() > 1)));
}

#[test]
fn tables_are_files_and_sheets() {
    use calamine::Reader as _;
    let out = tempfile::tempdir().unwrap();
    let output =
        process(&[&path("paper.pdf"), &path("scan.pdf"), "--format", "csv,xlsx,text", "--json"], out.path());
    assert!(output.status.success(), "{output:?}");
    let first = std::fs::read_to_string(out.path().join("paper.table-1.csv")).unwrap();
    assert!(first.starts_with("Harbour,Tides,Drift,Depth\r\nPell Point,40,3.1,14.2\r\n"), "{first}");
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(out.path().join("paper.xlsx")).unwrap();
    assert_eq!(workbook.sheet_names().len(), 2);
    let range = workbook.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(range.get_value((1, 2)), Some(&calamine::Data::Float(3.1)));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let written = |file: usize| summary["files"][file]["outputs"].as_array().unwrap().len();
    assert_eq!((written(0), written(1)), (4, 2), "a document without tables has no CSV file");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 6, "no temporary file is left");
}

#[test]
fn only_the_pages_asked_for_are_read() {
    let out = tempfile::tempdir().unwrap();
    let output = process(&[&path("long.pdf"), "--format", "json", "--pages", "3-4,6", "--json"], out.path());
    assert!(output.status.success(), "{output:?}");
    let document: Value =
        serde_json::from_slice(&std::fs::read(out.path().join("long.json")).unwrap()).unwrap();
    let numbers: Vec<_> =
        document["pages"].as_array().unwrap().iter().map(|page| page["page_number"].clone()).collect();
    assert_eq!(numbers, [3, 4, 6]);
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["files"][0]["pages"], 4, "pages 3 to 6");
}

#[test]
fn options_that_do_not_exist_are_refused_with_those_that_do() {
    let refused = |arguments: &[&str]| {
        let out = tempfile::tempdir().unwrap();
        let file = path("paper.pdf");
        let output = process(&[&[file.as_str()], arguments].concat(), out.path());
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["--format", "docx"]).contains("chunks, csv, xlsx, html and text"));
    assert!(refused(&["--kinds", "tables"]).contains("`table`"));
    assert!(refused(&["--pages", "5-2"]).contains("1-3,7,12-"));
    assert!(refused(&["--overlap", "500"]).contains("at most half of max_tokens"));
}

#[test]
fn paragraphs_go_on_over_page_breaks_and_zones_do_not() {
    let out = tempfile::tempdir().unwrap();
    assert!(process(&[&path("long.pdf"), "--format", "html,json"], out.path()).status.success());
    let html = std::fs::read_to_string(out.path().join("long.html")).unwrap();
    let document: Value =
        serde_json::from_slice(&std::fs::read(out.path().join("long.json")).unwrap()).unwrap();
    let zones =
        document["pages"].as_array().unwrap().iter().flat_map(|page| page["zones"].as_array().unwrap());
    let paragraphs = zones.filter(|zone| zone["kind"] == "paragraph").count();
    let joined = html.matches("<p data-page").count();
    assert!(joined < paragraphs, "{joined} of {paragraphs}");
    assert!(!html.contains("Tide Commission</p>"), "running footers are left out");
}

#[test]
fn the_paper_reads_as_it_was_written() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_zoned")).arg("process").arg(fixture("paper.pdf")).output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[tokio::test]
async fn reading_order_counts_from_zero_without_gaps() {
    for name in ["long.pdf", "paper.pdf", "scan.pdf"] {
        for page in pages(name).await {
            let order: Vec<u32> = page.zones.iter().map(|zone| zone.reading_order).collect();
            assert_eq!(order, (0..page.zones.len() as u32).collect::<Vec<_>>());
        }
    }
}

#[tokio::test]
async fn zones_lie_on_their_page() {
    for name in ["long.pdf", "paper.pdf", "scan.pdf"] {
        for page in pages(name).await {
            for zone in &page.zones {
                let bbox = zone.bbox;
                assert!(bbox.x >= -0.5 && bbox.x + bbox.width <= page.width + 0.5, "{name} {zone:?}");
                assert!(bbox.y >= -0.5 && bbox.y + bbox.height <= page.height + 0.5, "{name} {zone:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_report_has_its_headings_lists_and_running_lines() {
    let pages = pages("long.pdf").await;
    let headings = all(&pages, ZoneKind::Heading);
    assert!(headings.iter().any(|zone| zone.content == "1 Soundings" && zone.level == Some(1)));
    assert!(headings.iter().any(|zone| zone.content.starts_with("1.1 ") && zone.level == Some(2)));
    assert_eq!(headings.iter().filter(|zone| zone.level == Some(2)).count(), 15 * 5);
    assert!(all(&pages, ZoneKind::List).iter().any(|zone| zone.content.lines().count() == 4));
    for page in &pages[1..] {
        let has =
            |kind, text: &str| page.zones.iter().any(|zone| zone.kind == kind && zone.content.contains(text));
        assert!(has(ZoneKind::Header, "The Water Books of Vellmar"), "page {}", page.page_number);
        assert!(has(ZoneKind::Footer, "Tide Commission"), "page {}", page.page_number);
        assert!(has(ZoneKind::PageNumber, &page.page_number.to_string()), "page {}", page.page_number);
    }
    let running = |zone: &&&Zone| zone.content.contains("Annual report");
    assert_eq!(all(&pages[1..], ZoneKind::Paragraph).iter().filter(running).count(), 0);
}

#[tokio::test]
async fn what_a_tagged_pdf_calls_a_heading_is_one() {
    let (_, pages) = extract(file(&tagged_pdf()), options()).await.unwrap();
    let zones: Vec<(ZoneKind, Option<u8>)> =
        pages[0].zones.iter().map(|zone| (zone.kind, zone.level)).collect();
    assert_eq!(zones, [(ZoneKind::Heading, Some(2)), (ZoneKind::Paragraph, None)], "{:?}", pages[0].zones);
    assert_eq!(pages[0].zones[0].content, "Soundings of the outer bar");
}

#[tokio::test]
async fn the_first_page_has_the_title() {
    for (name, title) in
        [("paper.pdf", "Silting of Narrow Harbour Bars"), ("long.pdf", "The Water Books of Vellmar")]
    {
        let pages = pages(name).await;
        let titles = all(&pages, ZoneKind::Title);
        assert_eq!(titles.iter().map(|zone| zone.content.as_str()).collect::<Vec<_>>(), [title]);
    }
}

#[tokio::test]
async fn the_papers_tables_have_their_cells() {
    let pages = pages("paper.pdf").await;
    let tables: Vec<Vec<&str>> = all(&pages, ZoneKind::Table)
        .iter()
        .filter_map(|zone| zone.table.as_ref())
        .map(|table| table.cells.iter().map(|cell| cell.content.as_str()).collect())
        .collect();
    assert_eq!(tables.len(), 2);
    assert_eq!(tables[0][..8], ["Harbour", "Tides", "Drift", "Depth", "Pell Point", "40", "3.1", "14.2"]);
    assert_eq!(tables[1][..8], ["Pilot", "Rule", "Measured", "Error", "Marrow", "12.0", "12.9", "7%"]);
}

#[tokio::test]
async fn pages_are_the_same_wherever_the_run_starts() {
    let whole = pages("long.pdf").await;
    for first_page in [2, 5, 31, whole.len() as u32] {
        let source = File::open(fixture("long.pdf")).unwrap();
        let mut options = options();
        options.first_page = first_page;
        let (info, rest) = extract(source, options).await.unwrap();
        assert_eq!(info.map(|info| info.page_count), Some(whole.len() as u32));
        assert_eq!(rest, whole[first_page as usize - 1..], "from page {first_page}");
    }
}

/// The texts of the document's zones, in reading order.
async fn texts(name: &str) -> Vec<String> {
    pages(name).await.into_iter().flat_map(|page| page.zones).map(|zone| zone.content).collect()
}

#[tokio::test]
async fn scripts_that_run_to_the_left_are_in_reading_order() {
    let texts = texts("leftward.pdf").await;
    assert_eq!(texts[0], "جداول المد والجزر");
    assert!(texts[1].starts_with("حُفظت جداول المد في الميناء"), "{}", texts[1]);
    assert!(
        texts[1].contains("لأكثر من 200 سنة، وكان") && texts[1].ends_with("الملح (الأبيض)."),
        "{}",
        texts[1]
    );
    assert_eq!(texts[2], "לוחות הגאות");
    assert!(texts[3].contains("במשך יותר מ-200 שנה, והפקידים"), "{}", texts[3]);
    assert!(texts[3].ends_with("ועל מחיר המלח (הלבן) לפי Admiralty Office בלונדון."), "{}", texts[3]);
    assert_eq!(texts[4], "The word שלום means peace, and سلام too.");
}

#[tokio::test]
async fn vertical_text_is_read_by_columns_from_the_right() {
    let texts = texts("vertical.pdf").await;
    assert_eq!(texts[0], "潮の記録");
    assert!(texts[1].starts_with("港の潮汐表は二百年以上にわたり手で書かれ、毎年冬に写した"), "{}", texts[1]);
    assert_eq!(texts[2], "新しい堤防ができる前の水の動きを知りたい人々が訪れる。");
}

#[tokio::test]
async fn headings_and_words_of_bitmap_fonts_are_those_of_their_true_size() {
    let pages = pages("bitmap_fonts.pdf").await;
    let headings = all(&pages, ZoneKind::Heading);
    let level = |text: &str| headings.iter().find(|zone| zone.content == text).and_then(|zone| zone.level);
    for (section, subsection) in [("1 Introduction", "1.1 Earlier work"), ("2 Method", "2.1 The old clock")] {
        assert!(level(section).is_some() && level(section) < level(subsection), "{headings:?}");
    }
    let titles = all(&pages, ZoneKind::Title);
    assert_eq!(titles[0].content, "A Survey of the Tides at Marrow Point");
    let paragraphs = all(&pages, ZoneKind::Paragraph);
    let text = paragraphs.iter().map(|zone| zone.content.as_str()).collect::<Vec<_>>().join("\n");
    for words in ["since the first pier was built", "correct it for the drift of the old clock"] {
        assert!(text.contains(words), "{words:?} in {text}");
    }
}

#[tokio::test]
async fn what_typography_does_to_words_is_undone() {
    let texts = texts("typography.pdf").await;
    let has = |wanted: &str| texts.iter().any(|text| text.contains(wanted));
    assert!(texts.contains(&"SOUNDINGS".to_owned()), "letter-spaced: {texts:?}");
    assert!(texts.contains(&"THE WATER BOOKS".to_owned()), "letter-spaced words: {texts:?}");
    assert!(has("The tide tables of the harbour were kept by hand for more than two"), "initial: {texts:?}");
    assert!(has("The well-known representation of incomprehensible"), "hyphens: {texts:?}");
    assert!(has("white on dark") && !has("invisible"), "hidden text: {texts:?}");
    assert!(texts.contains(&"Shadowed words stay single.".to_owned()), "shadows: {texts:?}");
    assert!(has("Turned text"), "{texts:?}");
    assert!(has("Zürich, naïve, Ærø, coöperate, déjà vu, Dvořák, fine office."), "accents: {texts:?}");
}

#[tokio::test]
async fn pages_are_the_same_whatever_the_number_of_children() {
    let whole = async |processes| {
        let mut options = options();
        options.pool = ChildPool::new(processes);
        extract(File::open(fixture("long.pdf")).unwrap(), options).await.unwrap().1
    };
    let one = whole(1).await;
    assert!(one.len() >= 48, "too short to be divided among three");
    for processes in [2, 3] {
        assert_eq!(whole(processes).await, one, "{processes} children");
    }
}

#[tokio::test]
async fn form_fields_are_zones_with_their_names_and_values() {
    let zones: Vec<Zone> = pages("form.pdf").await.into_iter().flat_map(|page| page.zones).collect();
    let read: Vec<(ZoneKind, &str)> = zones.iter().map(|zone| (zone.kind, zone.content.as_str())).collect();
    let (label, field) = (ZoneKind::Paragraph, ZoneKind::FormField);
    let wanted = [
        (label, "Name of the ship"),
        (field, "Ship name: Marrow"),
        (label, "Insured"),
        (field, "insured: Yes"),
    ];
    assert_eq!(read, wanted);
    assert_eq!((zones[1].bbox.x, zones[1].bbox.width, zones[1].bbox.height), (200.0, 200.0, 24.0));
}
