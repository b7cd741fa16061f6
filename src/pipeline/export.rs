//! The job `export`: zones from the database to a file in storage, page by page.

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _, stream};
use serde_json::Value;
use tokio::time::Instant;

use super::progress::Progress;
use super::protocol::{Claim, Lease, ProgressReport, Stage};
use super::step::{Services, StepError, still_ours};
use crate::export::{Format, Header, Options, Writer};
use crate::layout::{DocumentInfo, Page};
use crate::supabase::error::SupabaseError;
use crate::supabase::storage::EXPORTS;

/// Does the job. Memory is bounded by one slice of pages and the parts of the upload.
pub async fn export(services: &Services, claim: &Claim, slice_pages: u32) -> Result<(), StepError> {
    let request = Request::of(claim)?;
    let lease = claim.lease();
    // The bucket lists bare media types.
    let media_type = request.format.media_type().split(';').next().unwrap_or_default();
    let path = request.path.clone();
    let mut failure = None;
    let content = request.content(services, lease, slice_pages)?.map_err(|error| {
        let shown = error.to_string();
        failure = Some(error);
        shown
    });
    let stored = services.s3.put(EXPORTS, &path, media_type, content).await;
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
        let options = options(format, claim.export_options.as_ref())?;
        // Owners may have written anything into it: what is not of the known shape is left out.
        let metadata = serde_json::from_value(claim.document_metadata.clone()).unwrap_or_default();
        let page_count = claim.page_count.unwrap_or(0);
        let info = DocumentInfo { page_count, metadata, ..DocumentInfo::default() };
        let header = Header { name: claim.document_name.clone(), info };
        Ok(Self { format, options, header, path: path.clone(), page_count: claim.page_count })
    }

    /// The file, chunk by chunk.
    fn content(
        self,
        services: &Services,
        lease: Lease,
        slice_pages: u32,
    ) -> Result<impl Stream<Item = Result<Bytes, StepError>>, StepError> {
        let writer = Writer::start(self.format, self.options, &self.header, Vec::new())
            .map_err(|error| broken(&error))?;
        let reader = Reader {
            services: services.clone(),
            lease,
            next_page: 1,
            slice_pages: slice_pages.max(1),
            progress: Progress::new(0, self.page_count, Instant::now()),
        };
        Ok(stream::try_unfold(Some((reader, writer)), |state| async {
            let Some((mut reader, mut writer)) = state else { return Ok(None) };
            let pages = reader.next_slice().await?;
            if pages.is_empty() {
                let rest = writer.finish().map_err(|error| broken(&error))?;
                return Ok(Some((Bytes::from(rest), None)));
            }
            for page in &pages {
                writer.page(page).map_err(|error| broken(&error))?;
            }
            let chunk = Bytes::from(std::mem::take(writer.output_mut()));
            Ok(Some((chunk, Some((reader, writer)))))
        }))
    }
}

/// The options asked for. Unless it is said otherwise, formats for programs have every zone, page furniture included,
/// and formats for reading leave that out.
fn options(format: Format, asked: Option<&Value>) -> Result<Options, StepError> {
    let asked = asked.filter(|asked| !asked.is_null());
    let mut options = asked.map_or_else(|| Ok(Options::default()), read_options)?;
    if asked.is_none_or(|asked| asked.get("headers_footers").is_none()) {
        options.headers_footers = format != Format::Markdown;
    }
    Ok(options)
}

fn read_options(asked: &Value) -> Result<Options, StepError> {
    serde_json::from_value(asked.clone()).map_err(|error| {
        StepError::last("options_invalid", format!("The options are not usable: {error}. Correct them."))
    })
}

fn broken(error: &std::io::Error) -> StepError {
    StepError::last(
        "export_failed",
        format!("The export could not be written: {error}. Choose another format."),
    )
}

/// Reads the document's pages in slices.
struct Reader {
    services: Services,
    lease: Lease,
    next_page: u32,
    slice_pages: u32,
    progress: Progress,
}

impl Reader {
    /// The next pages; none after the last.
    async fn next_slice(&mut self) -> Result<Vec<Page>, StepError> {
        if self.progress.total().is_some_and(|total| self.next_page > total) {
            return Ok(Vec::new());
        }
        self.tell().await?;
        let pages = self.read().await?;
        match pages.last() {
            Some(last) => self.next_page = last.page_number + 1,
            // A document that is ready has all its pages: none can only mean that we may not read any more.
            None if self.progress.total().is_some() => return Err(StepError::LeaseLost),
            None => {}
        }
        self.progress.reached(self.next_page - 1, Instant::now());
        Ok(pages)
    }

    /// Pages full of text can make a slice larger than one answer may be: then it is read in smaller ones.
    async fn read(&mut self) -> Result<Vec<Page>, StepError> {
        loop {
            match self.services.rpc.read_pages(self.lease, self.next_page, self.slice_pages).await {
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

    #[test]
    fn formats_for_programs_have_every_zone_unless_told_otherwise() {
        let furniture = |format, asked: Value| options(format, Some(&asked)).unwrap().headers_footers;
        assert!(furniture(Format::Json, json!({})) && furniture(Format::Jsonl, Value::Null));
        assert!(!furniture(Format::Markdown, json!({})));
        assert!(!furniture(Format::Json, json!({"headers_footers": false})));
        assert!(furniture(Format::Markdown, json!({"headers_footers": true})));
    }

    #[test]
    fn options_that_do_not_exist_are_refused() {
        let refused = options(Format::Json, Some(&json!({"colour": "red"})));
        assert!(matches!(refused, Err(StepError::Final(error)) if error.code == "options_invalid"));
    }
}
