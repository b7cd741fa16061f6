//! What a job does, step by step.

pub mod child;
pub mod extraction;
pub mod failure;
pub mod message;
mod process;

pub use extraction::{Event, ExtractError, Extraction, Options};
pub use failure::{Failure, FailureCode};
