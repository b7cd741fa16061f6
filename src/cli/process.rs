//! `zoned process`: the pipeline on local files, with no Supabase at all.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::export_options::ExportArgs;
use crate::config::Config;
use crate::export::{self, Format};
use crate::layout::Page;
use crate::picture::PictureFormat;
use crate::pipeline::local::{self, Destination, Observer};
use crate::pipeline::{Crop, Figures, Options};

/// Turn local PDF files into zones and write them as files, or to standard output.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The PDF files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Folder for the outputs, NAME.md and so on; made if missing. Without it, one file in one format goes to standard output.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Formats to write, separated by commas: markdown, json, jsonl, chunks, csv, xlsx, html, text.
    ///
    /// Text that goes on after a page or column break is joined in all but json and jsonl, which have the zones as they
    /// are. csv needs --out: it is a file a table, NAME.table-1.csv and so on, and none for a document without tables.
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', default_value = "markdown")]
    format: Vec<Format>,
    #[command(flatten)]
    export: ExportArgs,
    /// Files processed at the same time; by default one a processor.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Write pictures of the figures too, as png or webp, into NAME.images beside the outputs (needs --out). Markdown and
    /// HTML show them from there; their resolution is a setting (extract.figure_dpi).
    #[arg(long, value_name = "FORMAT", requires = "out")]
    figures: Option<PictureFormat>,
    /// Print a summary for programs on standard output (needs --out).
    #[arg(long, requires = "out")]
    json: bool,
}

/// What became of the files, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    files: Vec<FileSummary>,
}

#[derive(Debug, Serialize)]
struct FileSummary {
    file: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorSummary>,
    #[serde(flatten)]
    report: local::Report,
}

#[derive(Debug, Serialize)]
struct ErrorSummary {
    code: &'static str,
    message: String,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let destination = destination(args)?;
    let mut export = args.export.options()?;
    let mut options = Options::new(config)?;
    if let Some(format) = args.figures {
        let limits = &config.extract;
        let crop = Crop { dpi: f32::from(limits.figure_dpi), max_pixels: limits.figure_max_pixels };
        options.figures = Some(Figures { crop, format });
        export.images = export::Images::Beside;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    let summary = runtime.block_on(process_all(args, &destination, &export, &options));
    if args.json {
        println!("{}", serde_json::to_string(&summary)?);
    }
    let failed = summary.files.iter().any(|file| file.error.is_some());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn destination(args: &Args) -> anyhow::Result<Destination> {
    let Some(folder) = &args.out else {
        anyhow::ensure!(
            args.files.len() == 1 && args.format.len() == 1,
            "several files or formats need a folder to be written to: add --out DIR"
        );
        anyhow::ensure!(args.format != [Format::Csv], "csv is a file a table: add --out DIR");
        return Ok(Destination::Stdout);
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    if let Some(name) = first_shared_name(&args.files, &args.format) {
        anyhow::bail!(
            "two of the outputs would be written as {name}: process the files into different folders"
        );
    }
    Ok(Destination::Folder(folder.clone()))
}

fn first_shared_name(files: &[PathBuf], formats: &[Format]) -> Option<String> {
    let mut seen = std::collections::HashSet::new();
    files
        .iter()
        .flat_map(|file| formats.iter().map(|format| local::output_name(file, *format)))
        .find(|name| !seen.insert(name.clone()))
}

async fn process_all(
    args: &Args,
    destination: &Destination,
    export: &export::Options,
    options: &Options,
) -> Summary {
    let jobs = args.jobs.map_or_else(processors, usize::from);
    let permits = Arc::new(Semaphore::new(jobs));
    let bars = MultiProgress::new();
    let mut tasks = JoinSet::new();
    for (index, file) in args.files.iter().cloned().enumerate() {
        let (permits, bars, options) = (permits.clone(), bars.clone(), options.clone());
        let request = local::Request {
            file,
            destination: destination.clone(),
            formats: args.format.clone(),
            export: export.clone(),
        };
        tasks.spawn(async move {
            let _permit = permits.acquire().await;
            (index, process_one(request, options, &bars).await)
        });
    }
    let mut files = Vec::new();
    while let Some(Ok(done)) = tasks.join_next().await {
        files.push(done);
    }
    files.sort_by_key(|(index, _)| *index);
    Summary { files: files.into_iter().map(|(_, file)| file).collect() }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

async fn process_one(request: local::Request, options: Options, bars: &MultiProgress) -> FileSummary {
    let mut progress = Progress::new(&request.file, bars);
    let outcome = local::process(&request, options, &mut progress).await;
    progress.bar.finish_and_clear();
    match outcome {
        Ok(report) if report.pages_failed > 0 && report.pages_failed == report.pages => {
            let message = "none of its pages could be read; each page's reason is above".to_owned();
            FileSummary::failed(&request.file, "no_readable_page", message, report, bars)
        }
        Ok(report) => FileSummary { file: request.file, error: None, report },
        Err(error) => {
            let code = error.code();
            let message = format!("{:#}", anyhow::Error::from(error));
            FileSummary::failed(&request.file, code, message, local::Report::default(), bars)
        }
    }
}

impl FileSummary {
    fn failed(
        file: &Path,
        code: &'static str,
        message: String,
        report: local::Report,
        bars: &MultiProgress,
    ) -> Self {
        bars.suspend(|| eprintln!("zoned: {}: {message}", file.display()));
        Self { file: file.to_path_buf(), error: Some(ErrorSummary { code, message }), report }
    }
}

/// A bar on standard error, only where a person looks at it.
struct Progress<'a> {
    file: &'a Path,
    bar: ProgressBar,
    bars: &'a MultiProgress,
}

impl<'a> Progress<'a> {
    fn new(file: &'a Path, bars: &'a MultiProgress) -> Self {
        let bar = bars.add(ProgressBar::no_length());
        if let Ok(style) = ProgressStyle::with_template("{msg:30!} {bar:30} {pos}/{len} pages {eta}") {
            bar.set_style(style);
        }
        bar.set_message(local::stem(file));
        Self { file, bar, bars }
    }
}

impl Observer for Progress<'_> {
    fn opened(&mut self, pages: u32) {
        self.bar.set_length(u64::from(pages));
    }

    fn page(&mut self, page: &Page) {
        self.bar.inc(1);
        if let Some(error) = &page.error {
            let (file, number) = (self.file.display(), page.page_number);
            self.bars.suspend(|| eprintln!("zoned: {file}: page {number}: {}", error.message));
        }
    }
}
