//! `zoned inspect`: a page as a picture, its zones drawn over it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::Error as NameError;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::config::Config;
use crate::export::overlay;
use crate::layout::{Page, ZoneKind};
use crate::picture::{Picture, PictureFormat};
use crate::pipeline::{Event, Extraction, Options};

/// Most pixels of a page's picture; larger pages are drawn less finely.
const MAX_PIXELS: u64 = 40_000_000;
/// Most bytes of a pixel in the child's PNG: three, and what rows and blocks add.
const MAX_PIXEL_BYTES: u64 = 4;

/// Draw a page with its zones: boxes coloured by kind, with kind, place in the reading order and confidence.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The PDF file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The page, counted from 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    page: u32,
    /// The PNG to write.
    #[arg(long, value_name = "PNG")]
    out: PathBuf,
    /// Pixels an inch.
    #[arg(long, value_name = "DPI", default_value_t = 144, value_parser = clap::value_parser!(u16).range(10..=1200))]
    dpi: u16,
    /// Kinds of zones to draw, separated by commas, such as heading,table; all by default.
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kind)]
    kinds: Vec<ZoneKind>,
}

fn kind(name: &str) -> Result<ZoneKind, String> {
    ZoneKind::deserialize(name.into_deserializer()).map_err(|error: NameError| error.to_string())
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let options = Options { first_page: args.page, ..Options::new(config)? };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let page = runtime.block_on(read_page(&args.file, args.page, options.clone()))?;
    let mut picture = runtime.block_on(draw_page(args, &options))?;
    let mut zones = page.zones;
    zones.retain(|zone| args.kinds.is_empty() || args.kinds.contains(&zone.kind));
    let scale = picture.width() as f32 / page.width;
    overlay::draw(&mut picture, &zones, scale);
    std::fs::write(&args.out, picture.encode(PictureFormat::Png)?)
        .with_context(|| format!("cannot write {}", args.out.display()))?;
    Ok(ExitCode::SUCCESS)
}

async fn read_page(file: &Path, page_number: u32, options: Options) -> anyhow::Result<Page> {
    let mut extraction = Extraction::start(open(file)?, options);
    while let Some(event) = extraction.next().await? {
        match event {
            Event::Document(info) => {
                let count = info.page_count;
                anyhow::ensure!(
                    page_number <= count,
                    "there is no page {page_number}: the document has {count}"
                );
            }
            Event::Page(Page { error: Some(error), .. }) => anyhow::bail!(error.message),
            Event::Page(page) => return Ok(page),
            Event::Figures(_) => {}
        }
    }
    anyhow::bail!("the page could not be read")
}

fn open(file: &Path) -> anyhow::Result<File> {
    File::open(file).with_context(|| format!("cannot read {}", file.display()))
}

/// The page's picture, drawn in a child process with the limits of extraction.
async fn draw_page(args: &Args, options: &Options) -> anyhow::Result<Picture> {
    let limits = &options.limits;
    let mut command = Command::new(options.launcher.executable());
    command.arg("render").arg("--pdfium").arg(options.launcher.pdfium());
    for (name, value) in [
        ("--page", args.page.to_string()),
        ("--dpi", args.dpi.to_string()),
        ("--max-pixels", MAX_PIXELS.to_string()),
        ("--max-page-points", limits.max_page_points.to_string()),
        ("--memory-bytes", limits.memory_bytes.to_string()),
        ("--cpu-seconds", limits.cpu_seconds.to_string()),
    ] {
        command.arg(name).arg(value);
    }
    let mut child = command
        .env_clear()
        .stdin(open(&args.file)?)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut output =
        child.stdout.take().context("the child has no output")?.take(MAX_PIXELS * MAX_PIXEL_BYTES);
    let mut bytes = Vec::new();
    tokio::time::timeout(Duration::from_secs(limits.page_seconds), output.read_to_end(&mut bytes))
        .await
        .context("drawing the page takes longer than extract.page_seconds allows")??;
    Picture::from_png(&bytes, MAX_PIXELS).context("the page cannot be drawn")
}
