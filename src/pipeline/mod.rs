//! What a job does, step by step.

mod batch;
pub mod export;
pub mod extraction;
mod illustrator;
pub mod local;
pub mod process_document;
pub mod process_zone;
mod progress;
pub mod protocol;
pub mod region;
mod source;
pub mod step;

pub use batch::BatchLimits;
pub use extraction::{
    Crop, Event, ExtractError, Extraction, Failure, FailureCode, Figures, Launcher, Options, OptionsError,
};
