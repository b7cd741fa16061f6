//! Pages that are pictures, read by Tesseract (which `make setup` installs) or by something that is not it.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

mod extraction;

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use extraction::pdfs::{pdf_with_misleading_map, pdf_with_pictures};
use extraction::{extract, file, fixture, options};
use zoned::layout::{Page, TextSource, Zone, ZoneKind};
use zoned::ocr::Tesseract;
use zoned::picture::{GreyPicture, Picture};
use zoned::pipeline::Options;

async fn scan(tesseract: Option<Tesseract>) -> Vec<Page> {
    let options = Options { tesseract, ..options() };
    extract(File::open(fixture("scan.pdf")).unwrap(), options).await.unwrap().1
}

/// A program that does this instead of reading the picture.
async fn scan_with(script: &str) -> Vec<Page> {
    let folder = tempfile::tempdir().unwrap();
    scan(Some(program(folder.path(), script))).await
}

fn program(folder: &Path, script: &str) -> Tesseract {
    let command = folder.join("tesseract");
    std::fs::write(&command, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&command, Permissions::from_mode(0o755)).unwrap();
    let mut tesseract = options().tesseract.expect("Tesseract is installed: run make setup");
    tesseract.command = command;
    tesseract.settings.page_seconds = 1;
    tesseract
}

/// A page of the paper as a scanner sees it, 200 pixels an inch.
fn paper(page: u32) -> GreyPicture {
    let page = page.to_string();
    let drawn = Command::new(env!("CARGO_BIN_EXE_zoned"))
        .args(["render", "--page", &page, "--dpi", "200", "--max-pixels", "16000000"])
        .args([
            "--max-page-points",
            "14400",
            "--memory-bytes",
            "1073741824",
            "--cpu-seconds",
            "60",
            "--pdfium",
        ])
        .arg(options().launcher.pdfium())
        .stdin(File::open(fixture("paper.pdf")).unwrap())
        .output()
        .unwrap();
    let picture = Picture::from_png(&drawn.stdout, 16_000_000).unwrap();
    let (width, height) = (picture.width(), picture.height());
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    GreyPicture { width, height, pixels: pixels.map(|(x, y)| picture.pixel(x, y)[1]).collect() }
}

/// The part of a picture in these pixels: left, top, width, height.
fn part(picture: &GreyPicture, (left, top, width, height): (u32, u32, u32, u32)) -> GreyPicture {
    let row = |y: u32| {
        let start = (y * picture.width + left) as usize;
        &picture.pixels[start..start + width as usize]
    };
    GreyPicture { width, height, pixels: (top..top + height).flat_map(row).copied().collect() }
}

async fn read(bytes: &[u8], tesseract: Option<Tesseract>) -> Page {
    let options = Options { tesseract, ..options() };
    extract(file(bytes), options).await.unwrap().1.remove(0)
}

fn zones(page: &Page, kind: ZoneKind) -> Vec<&Zone> {
    page.zones.iter().filter(|zone| zone.kind == kind).collect()
}

fn assert_without_text(pages: &[Page]) {
    assert_eq!(pages.len(), 3);
    for page in pages {
        assert_eq!((page.text_source, &page.error), (TextSource::None, &None));
        assert_eq!(page.zones.iter().map(|zone| zone.kind).collect::<Vec<_>>(), [ZoneKind::Figure]);
    }
}

#[tokio::test]
async fn a_scan_is_read_and_laid_out() {
    let tesseract = options().tesseract;
    assert!(tesseract.is_some(), "Tesseract is installed: run make setup");
    let pages = scan(tesseract).await;
    assert_eq!(pages.len(), 3);
    for page in &pages {
        assert_eq!(page.text_source, TextSource::Ocr);
        let paragraphs: Vec<&str> = page
            .zones
            .iter()
            .filter(|zone| zone.kind == ZoneKind::Paragraph)
            .map(|zone| zone.content.as_str())
            .collect();
        assert!(paragraphs.len() >= 4, "{paragraphs:?}");
        assert!(paragraphs.contains(&"To the wardens of the nine parishes."), "{paragraphs:?}");
        assert!(page.zones.iter().all(|zone| zone.confidence < 0.95), "words are never wholly sure");
    }
    let text: Vec<&str> = pages[0].zones.iter().map(|zone| zone.content.as_str()).collect();
    let text = text.join("\n");
    let truth = "The gauge at Pell Point replaces the wooden piles along the eastern quay although the instruments \
                 differ by a little.";
    assert!(text.contains(truth), "{text}");
}

#[tokio::test]
async fn without_tesseract_a_scanned_page_is_a_figure_without_text() {
    assert_without_text(&scan(None).await);
}

#[tokio::test]
async fn a_tesseract_that_takes_too_long_costs_the_page_its_text_and_nothing_else() {
    let begun = Instant::now();
    assert_without_text(&scan_with("exec sleep 600").await);
    assert!(begun.elapsed().as_secs() < 60);
}

#[tokio::test]
async fn a_tesseract_that_fails_costs_the_page_its_text_and_nothing_else() {
    assert_without_text(&scan_with("cat >/dev/null; exit 1").await);
    assert_without_text(&scan_with("exec true").await);
}

#[tokio::test]
async fn garbage_instead_of_words_is_no_text() {
    assert_without_text(&scan_with("cat >/dev/null; head -c 3000000 /dev/urandom").await);
}

#[tokio::test]
async fn words_outside_the_picture_are_not_believed() {
    let row = r"5\t1\t1\t1\t1\t1\t4000000000\t4000000000\t4000000000\t9\t96\tfar\n";
    assert_without_text(&scan_with(&format!("cat >/dev/null; printf '{row}'")).await);
}

#[tokio::test]
async fn a_page_with_text_of_its_own_is_not_read_from_its_picture() {
    let mut tesseract = options().tesseract.expect("Tesseract is installed: run make setup");
    tesseract.command = "/bin/false".into();
    let options = Options { tesseract: Some(tesseract), ..options() };
    let pages = extract(File::open(fixture("paper.pdf")).unwrap(), options).await.unwrap().1;
    assert!(pages.iter().all(|page| page.text_source == TextSource::Native));
}

/// The pixels of the paper's first table: what the engine says of it, with a margin.
async fn table_of_the_paper() -> (u32, GreyPicture) {
    let pages = extract(File::open(fixture("paper.pdf")).unwrap(), options()).await.unwrap().1;
    let (page, zone) = pages
        .iter()
        .find_map(|page| Some((page.page_number, *zones(page, ZoneKind::Table).first()?)))
        .unwrap();
    let pixels = |points: f32| (points * 200.0 / 72.0) as u32;
    let bbox = zone.bbox;
    let (width, height) = (pixels(bbox.width + 12.0), pixels(bbox.height + 12.0));
    (page, part(&paper(page), (pixels(bbox.x - 6.0), pixels(bbox.y - 6.0), width, height)))
}

#[tokio::test]
async fn a_picture_of_a_table_on_a_page_with_text_is_a_table_in_its_place() {
    let (_, table) = table_of_the_paper().await;
    let (width, height) = (table.width as f32 * 0.36, table.height as f32 * 0.36);
    let bytes = pdf_with_pictures(&[(&table, [100.0, 500.0, 100.0 + width, 500.0 + height])]);
    let page = read(&bytes, options().tesseract).await;
    assert_eq!(page.text_source, TextSource::Native);
    assert!(
        page.zones.iter().any(|zone| zone.content.starts_with("Hello from the page")),
        "{:?}",
        page.zones
    );
    let tables = zones(&page, ZoneKind::Table);
    let [table] = tables[..] else { panic!("{:?}", page.zones) };
    let cells: Vec<&str> =
        table.table.iter().flat_map(|table| &table.cells).map(|cell| cell.content.as_str()).collect();
    for text in ["Harbour", "Tides", "Pell Point", "14.2"] {
        assert!(cells.contains(&text), "{text}: {cells:?}");
    }
    let bbox = table.bbox;
    assert!(bbox.x >= 98.0 && bbox.x + bbox.width <= 102.0 + width, "{bbox:?}");
    assert!(bbox.y >= 290.0 - height && bbox.y + bbox.height <= 294.0, "{bbox:?}");
    assert!(zones(&page, ZoneKind::Figure).is_empty());
    assert!(table.confidence < 0.95, "words are never wholly sure");

    let without = read(&bytes, None).await;
    assert_eq!((zones(&without, ZoneKind::Table).len(), zones(&without, ZoneKind::Figure).len()), (0, 1));
}

#[tokio::test]
async fn photographs_beside_text_are_not_read_and_junk_words_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let asked = folder.path().join("asked");
    let row = r"5\t1\t1\t1\t1\t1\t10\t10\t400\t90\t96\tjunk\n";
    let script = format!("cat >/dev/null; echo asked >> {}; printf '{row}{row}{row}{row}'", asked.display());
    let smooth = |x: u32, y: u32| ((x * x / 97 + y * 3 + x * y / 61) % 256) as u8;
    let pixels = (0..300 * 400).map(|index| smooth(index % 400, index / 400)).collect();
    let photograph = GreyPicture { width: 400, height: 300, pixels };
    let place = [100.0, 300.0, 400.0, 500.0];
    let page = read(&pdf_with_pictures(&[(&photograph, place)]), Some(program(folder.path(), &script))).await;
    assert_eq!(zones(&page, ZoneKind::Figure).len(), 1);
    assert!(!asked.exists(), "a photograph is not worth a reading");

    // A drawing with labels is read, and what is read is not most of it.
    let (_, table) = table_of_the_paper().await;
    let page = read(&pdf_with_pictures(&[(&table, place)]), Some(program(folder.path(), &script))).await;
    assert!(asked.exists());
    assert_eq!(zones(&page, ZoneKind::Figure).len(), 1);
    assert!(page.zones.iter().all(|zone| !zone.content.contains("junk")), "{:?}", page.zones);
}

#[tokio::test]
async fn a_page_whose_characters_do_not_say_what_is_seen_is_read_from_its_picture() {
    let lines = [
        "The tide tables of the harbour were kept by hand for more than two",
        "centuries, and the clerks who copied them each winter added notes on",
        "storms, on wrecks and on the price of salt. When the office closed,",
        "the books were moved to the school, where they are still read.",
    ];
    let bytes = pdf_with_misleading_map(&lines);
    let page = read(&bytes, options().tesseract).await;
    assert_eq!(page.text_source, TextSource::Ocr);
    let text: Vec<&str> = page.zones.iter().map(|zone| zone.content.as_str()).collect();
    assert!(text.join(" ").contains("were kept by hand for more than two centuries"), "{text:?}");

    let page = read(&bytes, None).await;
    assert_eq!(page.text_source, TextSource::Native);
    assert!(page.zones.iter().all(|zone| zone.confidence < 0.1), "nobody should trust it: {:?}", page.zones);
}

#[tokio::test]
async fn a_scan_laid_askew_reads_like_a_straight_one_and_its_zones_lie_where_it_shows_them() {
    let straight = paper(1);
    let askew = straight.turned(2.0);
    let page = async |picture: &GreyPicture| {
        let (width, height) = (picture.width as f32 * 0.36, picture.height as f32 * 0.36);
        let bytes = pdf_with_pictures(&[(picture, [0.0, 0.0, width, height])]);
        read(&bytes, options().tesseract).await
    };
    let (straight, askew) = (page(&straight).await, page(&askew).await);
    assert_eq!(askew.text_source, TextSource::Ocr);
    let shape = |page: &Page| -> Vec<(ZoneKind, String)> {
        let words =
            |zone: &Zone| zone.content.chars().filter(|character| character.is_alphanumeric()).collect();
        page.zones.iter().map(|zone| (zone.kind, words(zone))).collect()
    };
    let (wanted, found) = (shape(&straight), shape(&askew));
    let same = found.iter().filter(|zone| wanted.contains(zone)).count();
    assert!(same * 10 >= wanted.len() * 8, "{same} of {wanted:#?}: {found:#?}");
    // The title is above the middle of the page: turned clockwise, it lies further to the right.
    let title = |page: &Page| page.zones.iter().find(|zone| zone.kind == ZoneKind::Title).unwrap().bbox;
    let (before, after) = (title(&straight), title(&askew));
    let moved = (after.x + after.width / 2.0) - (before.x + before.width / 2.0);
    assert!((6.0..18.0).contains(&moved), "{before:?} {after:?}");
}
