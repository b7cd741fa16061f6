//! `zoned inspect`: a page's zones drawn over its picture.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

mod extraction;

use std::path::Path;
use std::process::{Command, Output};

use extraction::fixture;
use zoned::picture::Picture;

fn inspect(name: &str, arguments: &[&str], out: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zoned"))
        .arg("inspect")
        .arg(fixture(name))
        .arg("--out")
        .arg(out)
        .args(arguments)
        .output()
        .unwrap()
}

fn picture(arguments: &[&str]) -> Picture {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("page.png");
    let output = inspect("paper.pdf", arguments, &out);
    assert!(output.status.success(), "{output:?}");
    Picture::from_png(&std::fs::read(out).unwrap(), 10_000_000).unwrap()
}

fn pixels_that_differ(a: &Picture, b: &Picture) -> usize {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()));
    let points = (0..a.height()).flat_map(|y| (0..a.width()).map(move |x| (x, y)));
    points.filter(|&(x, y)| a.pixel(x, y) != b.pixel(x, y)).count()
}

#[test]
fn a_page_is_drawn_at_the_resolution_asked_for() {
    let (coarse, fine) = (picture(&["--dpi", "36"]), picture(&["--dpi", "72"]));
    assert_eq!((fine.width(), fine.height()), (2 * coarse.width(), 2 * coarse.height()));
}

#[test]
fn only_zones_of_the_kinds_asked_for_are_drawn() {
    let (all, numbers, none) =
        (picture(&[]), picture(&["--kinds", "page_number"]), picture(&["--kinds", "watermark"]));
    let (many, few) = (pixels_that_differ(&all, &none), pixels_that_differ(&numbers, &none));
    assert!(few > 100 && many > 3 * few, "{few} {many}");
}

#[test]
fn a_page_that_is_not_there_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let output = inspect("paper.pdf", &["--page", "77"], &folder.path().join("page.png"));
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("there is no page 77: the document has 5"), "{message}");
}

#[test]
fn a_document_that_does_not_open_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let output = inspect("encrypted.pdf", &[], &folder.path().join("page.png"));
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("protected by a password"));
}
