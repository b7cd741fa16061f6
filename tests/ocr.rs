//! Pages that are pictures, read by Tesseract (which `make setup` installs) or by something that is not it.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

mod extraction;

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Instant;

use extraction::{extract, fixture, options};
use zoned::layout::{Page, TextSource, ZoneKind};
use zoned::ocr::Tesseract;
use zoned::pipeline::Options;

async fn scan(tesseract: Option<Tesseract>) -> Vec<Page> {
    let options = Options { tesseract, ..options() };
    extract(File::open(fixture("scan.pdf")).unwrap(), options).await.unwrap().1
}

/// A program that does this instead of reading the picture.
async fn scan_with(script: &str) -> Vec<Page> {
    let folder = tempfile::tempdir().unwrap();
    let command = folder.path().join("tesseract");
    std::fs::write(&command, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&command, Permissions::from_mode(0o755)).unwrap();
    let mut tesseract = options().tesseract.expect("Tesseract is installed: run make setup");
    tesseract.command = command;
    tesseract.settings.page_seconds = 1;
    scan(Some(tesseract)).await
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
