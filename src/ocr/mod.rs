//! Text from pictures: Tesseract, run as a process, and what its words are to the layout.
//!
//! `need` says which pages have no usable text of their own, `regions` which pictures beside text may hold some; the child
//! draws such a page or picture and asks its parent, who runs `tesseract` on it (the child's sandbox forbids it) and
//! answers with words. A page laid askew is turned straight before (`skew`). `glyphs` makes characters of the words,
//! `rulings` finds the lines drawn in the picture, `shapes` what else is drawn there, and layout goes on as on any page.
//! `ink` finds what touches each other in a picture, and `mask` says what of it words and lines account for.

mod glyphs;
mod ink;
mod mask;
mod need;
mod regions;
mod rulings;
mod shapes;
mod skew;
mod tesseract;
mod tsv;
mod word;

pub use glyphs::{Reading, RecognisedWord, put_page, put_region, weigh};
pub use need::is_needed;
pub use regions::{MAX_REGIONS, looks_like_text, regions};
pub use skew::Skew;
pub use tesseract::{OcrError, Tesseract, find_command, patience};
pub use tsv::parse;
pub use word::Word;
