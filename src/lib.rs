//! zoned: PDF intelligence on Supabase.
//!
//! A PDF becomes *pages* and *zones* (headings, paragraphs, lists, tables, figures …, each with a bounding
//! box, a place in the reading order, its text and a confidence), and zones become exports. Dependencies run
//! one way: `cli` → `worker` → `pipeline` → {`pdf`, `layout`, `export`, `supabase`}.

pub mod backup;
pub mod cli;
pub mod config;
pub mod export;
pub mod layout;
pub mod layout_model;
pub mod ocr;
pub mod pdf;
pub mod picture;
pub mod pipeline;
pub mod supabase;
pub mod telemetry;
pub mod worker;
