//! What a job does, step by step.

mod batch;
pub mod channel;
pub mod child;
pub mod export;
pub mod extraction;
pub mod failure;
mod figures;
pub mod frame;
mod lane;
pub mod local;
pub mod message;
mod outputs;
mod plan;
pub mod pool;
mod process;
pub mod process_document;
pub mod process_zone;
mod progress;
pub mod protocol;
mod queue;
pub mod recognition;
pub mod region;
pub mod sandbox;
mod source;
pub mod step;
mod supervision;

pub use batch::BatchLimits;
pub use extraction::{Event, ExtractError, Extraction, Options};
pub use failure::{Failure, FailureCode};
pub use figures::{Crop, Figures};
