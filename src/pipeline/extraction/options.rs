//! What an extraction is asked for.

use super::figures::Figures;
use super::launcher::Launcher;
use super::message::{Instruction, Orders, Part, Recognition};
use super::pool::ChildPool;
use crate::config::{Config, Extract};
use crate::layout::Region;
use crate::layout_model::{LayoutModel, LayoutModelError};
use crate::ocr::Tesseract;
use crate::pdf::{PageLimits, find_library};

/// How to extract.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where child processes come from, shared by all clones of these options.
    pub launcher: Launcher,
    /// The first page wanted, from 1; later ones follow.
    pub first_page: u32,
    /// Only this region of the first page, if there is one.
    pub region: Option<Region>,
    /// Limits in time and size.
    pub limits: Extract,
    /// Places for child processes, shared by all clones of these options.
    pub pool: ChildPool,
    /// What reads pictures of text; none if nothing does.
    pub tesseract: Option<Tesseract>,
    /// How figures are cut out; none if they are not.
    pub figures: Option<Figures>,
}

/// Why the settings cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// The running executable, which children are made of, is not to be found.
    #[error("cannot find this program's own file: {0}")]
    Executable(#[from] std::io::Error),
    /// The layout model cannot be used.
    #[error(transparent)]
    LayoutModel(#[from] LayoutModelError),
}

impl Options {
    /// As the settings say, from the first page, with children of the running executable and a pool of their own.
    pub fn new(config: &Config) -> Result<Self, OptionsError> {
        let launcher = Launcher::new(std::env::current_exe()?, find_library(&config.pdfium.library));
        Ok(Self {
            launcher: launcher.with_layout_model(LayoutModel::find(&config.layout_model)?),
            first_page: 1,
            region: None,
            limits: config.extract.clone(),
            pool: ChildPool::new(config.extract.processes),
            tesseract: Tesseract::find(&config.ocr),
            figures: None,
        })
    }

    /// The last page wanted; the document's last one if that is earlier.
    pub(super) fn last_page(&self) -> u32 {
        if self.region.is_some() { self.first_page } else { u32::MAX }
    }

    /// What a child is told first.
    pub(super) fn orders(&self) -> Orders {
        let limits = &self.limits;
        Orders {
            max_pages: limits.max_pages,
            page: PageLimits {
                max_points: limits.max_page_points,
                max_characters: limits.max_page_characters,
            },
            ocr: self.tesseract.as_ref().map(|Tesseract { settings, .. }| Recognition {
                dpi: f32::from(settings.dpi),
                max_pixels: settings.max_pixels,
                page_seconds: settings.page_seconds,
            }),
            layout_model: self.launcher.layout_model().map(|model| model.thresholds),
            crop: self.figures.map(|figures| figures.crop),
            max_message_bytes: limits.max_message_bytes,
            memory_bytes: limits.memory_bytes,
            cpu_seconds: limits.cpu_seconds,
        }
    }

    /// What a child is told to do with a part.
    pub(super) fn instruction(&self, part: Part) -> Instruction {
        match self.region {
            None => Instruction::Read(part),
            Some(region) => Instruction::ReadRegion { part, region },
        }
    }
}
