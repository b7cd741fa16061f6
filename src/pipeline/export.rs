//! The job `export`: zones from the database to a file in storage, page by page.

use std::collections::VecDeque;
use std::io;

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _, stream};
use serde_json::Value;
use tokio::time::Instant;

use super::extraction;
use super::illustrator::Illustrator;
use super::progress::Progress;
use super::protocol::{Claim, Lease, ProgressReport, Stage};
use super::step::{Services, StepError, still_ours};
use crate::export::{Format, Header, Images, Options, PageImages, Rest, Writer};
use crate::layout::{DocumentInfo, Page};
use crate::supabase::error::SupabaseError;
use crate::supabase::storage::EXPORTS;
use crate::telemetry::metrics::metrics;

/// Does the job. Memory is bounded by one slice of pages, the pictures of one page, and the parts of the upload.
/// `extract` is how the source is read for its pictures, if they are asked for.
pub async fn export(
    services: &Services,
    claim: &Claim,
    slice_pages: u32,
    extract: &extraction::Options,
) -> Result<(), StepError> {
    let request = Request::of(claim)?;
    let lease = claim.lease();
    let illustrator = if request.has_pictures() {
        Some(Illustrator::fetch(services, claim, request.options.clone(), extract).await?)
    } else {
        None
    };
    // The bucket lists bare media types.
    let media_type = request.format.media_type().split(';').next().unwrap_or_default();
    let path = request.path.clone();
    let mut failure = None;
    let content = request.content(services, lease, slice_pages, illustrator)?.map_err(|error| {
        let shown = error.to_string();
        failure = Some(error);
        shown
    });
    let begun = Instant::now();
    let stored = services.s3.put(EXPORTS, &path, media_type, content).await;
    metrics().stage("export", begun.elapsed());
    match (stored, failure) {
        (_, Some(error)) => Err(error),
        (Err(error), None) => Err(error.into()),
        (Ok(stored), None) => {
            still_ours(services.rpc.save_export(lease, stored.bytes, &stored.sha256).await?)
        }
    }
}

/// What is asked for.
struct Request {
    format: Format,
    options: Options,
    header: Header,
    path: String,
    page_count: Option<u32>,
}

impl Request {
    fn of(claim: &Claim) -> Result<Self, StepError> {
        let (Some(format), Some(path)) = (&claim.export_format, &claim.export_path) else {
            return Err(StepError::last("export_incomplete", "The export has no format. Request it again."));
        };
        let format: Format = format.parse().map_err(|_| {
            StepError::last(
                "format_unsupported",
                format!("The format {format} is not available yet. Choose another."),
            )
        })?;
        let options = options(claim.export_options.as_ref())?;
        // Owners may have written anything into it: what is not of the known shape is left out.
        let metadata = serde_json::from_value(claim.document_metadata.clone()).unwrap_or_default();
        let page_count = claim.page_count.unwrap_or(0);
        let info = DocumentInfo { page_count, metadata, ..DocumentInfo::default() };
        let header = Header { name: claim.document_name.clone(), info, image_folder: String::new() };
        Ok(Self { format, options, header, path: path.clone(), page_count: claim.page_count })
    }

    /// Whether pictures of figures go into the file.
    fn has_pictures(&self) -> bool {
        self.format == Format::Html && self.options.images == Images::Inline
    }

    /// The file, chunk by chunk.
    fn content(
        self,
        services: &Services,
        lease: Lease,
        slice_pages: u32,
        illustrator: Option<Illustrator>,
    ) -> Result<impl Stream<Item = Result<Bytes, StepError>>, StepError> {
        let reader = Reader::new(services, lease, slice_pages, &self.options, self.page_count);
        let pages = Illustrated { reader, illustrator, waiting: VecDeque::new() };
        let writer = Writer::start(self.format, self.options, &self.header, Vec::new())
            .map_err(|error| broken(&error))?;
        Ok(stream::try_unfold(State::Pages(Box::new(pages), Box::new(writer)), |state| async {
            match state {
                State::Pages(mut reader, writer) => {
                    let pages = reader.next().await?;
                    let is_end = pages.is_empty();
                    let step = move |writer: &mut Writer<_>| match pages.as_slice() {
                        [] => writer.finish_piece(),
                        pages => pages
                            .iter()
                            .try_for_each(|(page, images)| writer.page_with_images(page, images))
                            .map(|()| Rest::More),
                    };
                    let (chunk, writer, rest) = written(writer, step).await?;
                    Ok(Some((
                        chunk,
                        match rest {
                            Rest::None => State::Over,
                            Rest::More if is_end => State::Rest(writer),
                            Rest::More => State::Pages(reader, writer),
                        },
                    )))
                }
                State::Rest(writer) => {
                    let (chunk, writer, rest) = written(writer, Writer::finish_piece).await?;
                    Ok(Some((chunk, if rest == Rest::More { State::Rest(writer) } else { State::Over })))
                }
                State::Over => Ok(None),
            }
        }))
    }
}

/// How far the file is.
enum State {
    /// There may be more pages.
    Pages(Box<Illustrated>, Box<Writer<Vec<u8>>>),
    /// All pages are in; what the format keeps to the end is being written.
    Rest(Box<Writer<Vec<u8>>>),
    /// It is complete.
    Over,
}

/// What a step writes. It runs where it may take its time: packing a workbook does.
async fn written(
    mut writer: Box<Writer<Vec<u8>>>,
    step: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<Rest> + Send + 'static,
) -> Result<(Bytes, Box<Writer<Vec<u8>>>, Rest), StepError> {
    let done = tokio::task::spawn_blocking(move || {
        let rest = step(&mut writer)?;
        Ok((Bytes::from(std::mem::take(writer.output_mut())), writer, rest))
    });
    match done.await {
        Ok(done) => done.map_err(|error: io::Error| broken(&error)),
        Err(error) => Err(broken(&io::Error::other(error))),
    }
}

/// The options asked for.
fn options(asked: Option<&Value>) -> Result<Options, StepError> {
    let invalid = |reason: String| {
        StepError::last("options_invalid", format!("The options are not usable: {reason}. Correct them."))
    };
    let Some(asked) = asked.filter(|asked| !asked.is_null()) else { return Ok(Options::default()) };
    let options: Options =
        serde_json::from_value(asked.clone()).map_err(|error| invalid(error.to_string()))?;
    options.validate().map_err(|error| invalid(error.to_string()))?;
    if options.images == Images::Beside {
        return Err(invalid("images are inline or none: an export is one file".to_owned()));
    }
    Ok(options)
}

fn broken(error: &io::Error) -> StepError {
    StepError::last(
        "export_failed",
        format!("The export could not be written: {error}. Choose another format."),
    )
}

/// The document's pages with the pictures of their figures, if there are to be any.
struct Illustrated {
    reader: Reader,
    illustrator: Option<Illustrator>,
    /// Pages of a slice whose pictures are still to be drawn.
    waiting: VecDeque<Page>,
}

impl Illustrated {
    /// The next pages: a slice, or one page where pictures come with it; none after the last.
    async fn next(&mut self) -> Result<Vec<(Page, PageImages)>, StepError> {
        let Some(illustrator) = &mut self.illustrator else {
            let pages = self.reader.next_slice().await?;
            return Ok(pages.into_iter().map(|page| (page, PageImages::default())).collect());
        };
        if self.waiting.is_empty() {
            self.waiting = self.reader.next_slice().await?.into();
        }
        let Some(page) = self.waiting.pop_front() else { return Ok(Vec::new()) };
        let images = illustrator.draw(&page).await?;
        Ok(vec![(page, images)])
    }
}

/// Reads the document's pages in slices.
struct Reader {
    services: Services,
    lease: Lease,
    first_page: u32,
    last_page: u32,
    next_page: u32,
    slice_pages: u32,
    progress: Progress,
}

impl Reader {
    /// Reads no page that cannot be wanted.
    fn new(
        services: &Services,
        lease: Lease,
        slice_pages: u32,
        options: &Options,
        page_count: Option<u32>,
    ) -> Self {
        let (first_page, last_wanted) = options.page_bounds();
        let last_page = last_wanted.min(page_count.unwrap_or(u32::MAX));
        let total = page_count.map(|_| last_page.saturating_add(1).saturating_sub(first_page));
        Self {
            services: services.clone(),
            lease,
            first_page,
            last_page,
            next_page: first_page,
            slice_pages: slice_pages.max(1),
            progress: Progress::new(0, total, Instant::now()),
        }
    }

    /// The next pages; none after the last.
    async fn next_slice(&mut self) -> Result<Vec<Page>, StepError> {
        if self.next_page > self.last_page {
            return Ok(Vec::new());
        }
        self.tell().await?;
        let pages = self.read().await?;
        match pages.last() {
            Some(last) => self.next_page = last.page_number.saturating_add(1),
            // A document that is ready has all its pages: none can only mean that we may not read any more.
            None if self.progress.total().is_some() => return Err(StepError::LeaseLost),
            None => {}
        }
        self.progress
            .reached(self.next_page.min(self.last_page.saturating_add(1)) - self.first_page, Instant::now());
        Ok(pages)
    }

    /// Pages full of text can make a slice larger than one answer may be: then it is read in smaller ones.
    async fn read(&mut self) -> Result<Vec<Page>, StepError> {
        loop {
            let left = (self.last_page - self.next_page).saturating_add(1);
            let pages = self.slice_pages.min(left);
            match self.services.rpc.read_pages(self.lease, self.next_page, pages).await {
                Err(SupabaseError::TooLarge { .. }) if self.slice_pages > 1 => self.slice_pages /= 2,
                answer => return Ok(answer?),
            }
        }
    }

    async fn tell(&mut self) -> Result<(), StepError> {
        if !self.progress.is_due(Instant::now()) {
            return Ok(());
        }
        let report = ProgressReport {
            stage: Stage::Export,
            pages_done: self.progress.done(),
            pages_total: self.progress.total(),
            eta_seconds: self.progress.eta_seconds(),
            message: None,
        };
        still_ours(self.services.rpc.report_progress(self.lease, &report).await?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(asked: &Value) -> String {
        match options(Some(asked)) {
            Err(StepError::Final(error)) => {
                assert_eq!(error.code, "options_invalid");
                error.message
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_that_do_not_exist_are_refused_with_those_that_do() {
        let message = refusal(&json!({"colour": "red"}));
        assert!(message.contains("colour") && message.contains("headers_footers"), "{message}");
        assert!(refusal(&json!({"kinds": ["tables"]})).contains("table"));
    }

    #[test]
    fn values_that_make_no_sense_are_refused() {
        assert!(refusal(&json!({"min_confidence": 2})).contains("0 to 1"));
        assert!(refusal(&json!({"pages": "3-1"})).contains("1-3,7"));
        assert!(refusal(&json!({"images": "beside"})).contains("one file"));
    }

    #[test]
    fn nothing_asked_for_is_the_defaults() {
        assert_eq!(options(None).unwrap(), Options::default());
        assert_eq!(options(Some(&Value::Null)).unwrap(), Options::default());
        assert_eq!(options(Some(&json!({}))).unwrap(), Options::default());
    }
}
