//! A second opinion on zones whose kind the rules are unsure of: that of a small layout model, which sees the page as a
//! picture. Off unless `layout_model.path` names one, in a build with feature `layout-model`
//! (`docs/decisions/0012-the-layout-model-is-optional.md` says what it gains and costs).
//!
//! The model is a `PicoDet` (G. Yu et al., *`PP-PicoDet`: A Better Real-Time Object Detector on Mobile Devices*,
//! arXiv:2111.00902) in ONNX. Its file is read by the process that children are forked from; a child makes a `network` of it
//! at the first page it needs it for. `picture` makes numbers of a drawn page, `detections` boxes of the numbers that come
//! out, and `settle` says what zones take from them: a kind, never text, extent or order.

mod detections;
#[cfg(feature = "layout-model")]
mod network;
#[cfg(not(feature = "layout-model"))]
#[path = "no_network.rs"]
mod network;
mod picture;
mod settle;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

pub use self::detections::Detection;
use self::network::Network;
pub use self::settle::{Thresholds, is_unsure, settle};
use crate::config;
use crate::picture::Picture;

/// What is set for the process that runs models: pages are read side by side, and threads within one only wait for each
/// other.
pub const ENVIRONMENT: (&str, &str) = ("RTEN_NUM_THREADS", "1");
/// Larger files are no small model.
const MAX_MODEL_BYTES: u64 = 256 << 20;

/// A model as the settings name it.
#[derive(Debug, Clone, PartialEq)]
pub struct LayoutModel {
    /// Its file.
    pub path: PathBuf,
    /// What its classes are called; empty when the file says so itself.
    pub labels: Vec<String>,
    /// When it is asked and believed.
    pub thresholds: Thresholds,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LayoutModelError {
    /// It is asked for in a build that runs none.
    #[error(
        "layout_model.path is set, and this zoned was built without layout models; build it with \
         `cargo build --release --features layout-model`, or leave the setting empty"
    )]
    NotBuilt,
    /// Its file is not there, or too large.
    #[error("the layout model {path} (layout_model.path) cannot be read: {reason}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Its file is something else.
    #[error(
        "the layout model {path} (layout_model.path) cannot be used: {reason}; it has to be a PicoDet in ONNX"
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl LayoutModel {
    /// As the settings say, after it was tried on a blank picture; none when they name none.
    pub fn find(settings: &config::LayoutModel) -> Result<Option<Self>, LayoutModelError> {
        if settings.path.as_os_str().is_empty() {
            return Ok(None);
        }
        let detector = Detector::read(&settings.path, settings.labels.clone())?;
        let (width, height) = detector.network()?.size();
        let blank = Picture::new(width, height, vec![u8::MAX; width as usize * height as usize * 3]);
        detector.look(&blank.ok_or_else(|| detector.unusable("its input is too large"))?, 1.0)?;
        Ok(Some(Self {
            path: settings.path.clone(),
            labels: settings.labels.clone(),
            thresholds: Thresholds {
                unsure_below: settings.unsure_below,
                min_score: settings.min_score,
                min_overlap: settings.min_overlap,
            },
        }))
    }
}

/// A model's file in memory, and the network it describes once a page needs it.
#[derive(Debug)]
pub struct Detector {
    path: PathBuf,
    bytes: Vec<u8>,
    labels: Vec<String>,
    network: OnceCell<Result<Network, String>>,
}

impl Detector {
    /// Reads the file and looks no closer at it.
    pub fn read(path: &Path, labels: Vec<String>) -> Result<Self, LayoutModelError> {
        if !network::IS_BUILT {
            return Err(LayoutModelError::NotBuilt);
        }
        let failed = |reason: String| LayoutModelError::Read { path: path.to_path_buf(), reason };
        let length = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
        if length > MAX_MODEL_BYTES {
            return Err(failed(format!("it has {length} bytes and at most {MAX_MODEL_BYTES} are read")));
        }
        let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
        Ok(Self { path: path.to_path_buf(), bytes, labels, network: OnceCell::new() })
    }

    /// Starts the thread that the network runs on: a sandbox forbids it. Has to be called after the last fork.
    pub fn prepare(&self) {
        network::start_thread();
    }

    /// Width and height of the pictures the model sees, pixels: pages are stretched to them.
    pub fn picture_size(&self) -> Result<(u32, u32), LayoutModelError> {
        Ok(self.network()?.size())
    }

    /// What the model finds in the picture of a page, with at least this score.
    pub fn look(&self, picture: &Picture, min_score: f32) -> Result<Vec<Detection>, LayoutModelError> {
        let network = self.network()?;
        let outputs =
            network.run(picture::values(picture, network.size())).map_err(|reason| self.unusable(&reason))?;
        detections::find(&outputs, network.size(), network.labels(), min_score)
            .ok_or_else(|| self.unusable("its outputs are not those of a PicoDet"))
    }

    fn network(&self) -> Result<&Network, LayoutModelError> {
        let network = self.network.get_or_init(|| Network::load(self.bytes.clone(), &self.labels));
        network.as_ref().map_err(|reason| self.unusable(reason))
    }

    fn unusable(&self, reason: &str) -> LayoutModelError {
        LayoutModelError::Unusable { path: self.path.clone(), reason: reason.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(path: &Path) -> config::LayoutModel {
        config::LayoutModel { path: path.into(), ..config::Config::load(None).unwrap().layout_model }
    }

    #[test]
    fn without_a_path_there_is_no_model() {
        assert_eq!(LayoutModel::find(&settings(Path::new(""))).unwrap(), None);
    }

    #[cfg(not(feature = "layout-model"))]
    #[test]
    fn a_build_without_models_says_how_to_make_one_with_them() {
        let error = LayoutModel::find(&settings(Path::new("model.onnx"))).unwrap_err().to_string();
        assert!(error.contains("--features layout-model"), "{error}");
    }

    #[cfg(feature = "layout-model")]
    #[test]
    fn a_file_that_is_missing_or_no_model_is_named_with_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let missing = LayoutModel::find(&settings(&folder.path().join("none.onnx"))).unwrap_err();
        assert!(matches!(&missing, LayoutModelError::Read { .. }), "{missing}");
        let other = folder.path().join("other.onnx");
        std::fs::write(&other, "no model").unwrap();
        let other = LayoutModel::find(&settings(&other)).unwrap_err();
        assert!(matches!(&other, LayoutModelError::Unusable { .. }), "{other}");
    }
}
