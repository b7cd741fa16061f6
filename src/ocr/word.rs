//! What is read: a word in its place.

use serde::{Deserialize, Serialize};

/// A word found in a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// What it says; without spaces.
    pub text: String,
    /// Left edge, pixels.
    pub left: u32,
    /// Top edge, pixels.
    pub top: u32,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// How sure the engine is, 0 to 1.
    pub confidence: f32,
    /// Words of one line have the same number; lines follow each other in the order of reading.
    pub line: u32,
}
