//! One region of one page of a PDF, read by a child process.

use std::fs::File;

use super::extraction::{Event, ExtractError, Extraction, Options};
use crate::layout::{PageError, Region, Zone};

/// Why there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub enum RegionError {
    /// The document has fewer pages.
    #[error("there is no page {page_number}: the document has {page_count}")]
    NoSuchPage {
        /// The page asked for.
        page_number: u32,
        /// The last one there is.
        page_count: u32,
    },
    /// The box does not touch the page.
    #[error(
        "the box lies beside the page, which measures {width:.0} by {height:.0} points; draw it on the page"
    )]
    BesidePage {
        /// Width of the page, points.
        width: f32,
        /// Height of the page, points.
        height: f32,
    },
    /// The page cannot be read.
    #[error("{}", .0.message)]
    Page(PageError),
    /// The document cannot be read.
    #[error(transparent)]
    Extract(#[from] ExtractError),
}

/// Reads `region` of page `page_number` (from 1) of `source`, a regular file.
pub async fn read(
    source: File,
    page_number: u32,
    region: Region,
    options: &Options,
) -> Result<Zone, RegionError> {
    let options = Options { first_page: page_number, region: Some(region), ..options.clone() };
    let mut extraction = Extraction::start(source, options);
    let mut page_count = 0;
    while let Some(event) = extraction.next().await? {
        match event {
            Event::Document(info) => page_count = info.page_count,
            Event::Figures(_) => {}
            Event::Page(page) => {
                if let Some(error) = page.error {
                    return Err(RegionError::Page(error));
                }
                let (width, height) = (page.width, page.height);
                return page.zones.into_iter().next().ok_or(RegionError::BesidePage { width, height });
            }
        }
    }
    Err(RegionError::NoSuchPage { page_number, page_count })
}
