//! The settings: the built-in `config.toml`, overlaid by a file, then by `ZONED_SECTION_KEY` in the environment.
//!
//! The built-in file is the single list of keys, their types and defaults: a section's struct below has a field for
//! each key, and a value from the environment is read with the type its default has.

mod service;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

pub use service::{Log, LogFormat, Metrics, Supabase, Worker};

const DEFAULTS: &str = include_str!("../config.toml");

/// Every setting; the defaults are in `config.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where PDFium is.
    pub pdfium: Pdfium,
    /// Limits of reading one document.
    pub extract: Extract,
    /// How pictures of text are read.
    pub ocr: Ocr,
    /// What gives a second opinion on kinds of zones.
    pub layout_model: LayoutModel,
    /// Which project.
    pub supabase: Supabase,
    /// How the daemon works.
    pub worker: Worker,
    /// What it logs.
    pub log: Log,
    /// How it is watched.
    pub metrics: Metrics,
}

/// Section `[pdfium]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pdfium {
    /// Path of the shared library; empty means the usual places.
    pub library: PathBuf,
}

/// Section `[extract]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    /// Child processes at a time; 0 means one a processor.
    pub processes: u32,
    /// Pixels an inch of the pictures of figures.
    pub figure_dpi: u16,
    /// Most pixels of such a picture.
    pub figure_max_pixels: u64,
    /// Largest input, bytes.
    pub max_input_bytes: u64,
    /// Most pages in a document.
    pub max_pages: u32,
    /// Longest side of a page, points.
    pub max_page_points: f32,
    /// Most characters on a page.
    pub max_page_characters: usize,
    /// Largest message from the child process, bytes.
    pub max_message_bytes: usize,
    /// Most bytes of all pages of a document.
    pub max_output_bytes: u64,
    /// Most bytes of pages that wait for slower ones before them.
    pub max_waiting_bytes: usize,
    /// Time for a whole document, seconds.
    pub document_seconds: u64,
    /// Time to open a document, seconds.
    pub open_seconds: u64,
    /// Time for one page, seconds.
    pub page_seconds: u64,
    /// Address space of the child process, bytes.
    pub memory_bytes: u64,
    /// Processor time of the child process, seconds.
    pub cpu_seconds: u64,
    /// Child processes lost before a document is given up.
    pub max_restarts: u32,
}

/// Section `[ocr]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ocr {
    /// Whether pages without usable text are read from their picture.
    pub enabled: OcrMode,
    /// Tesseract's executable: a path, or a name looked up in `PATH`.
    pub command: PathBuf,
    /// Languages, by Tesseract's names, the most frequent first.
    pub languages: Vec<String>,
    /// Pixels an inch a page is drawn with to be read.
    pub dpi: u16,
    /// Most pixels of a page's picture; larger pages are drawn less finely.
    pub max_pixels: u64,
    /// Time for one page, seconds.
    pub page_seconds: u64,
    /// Address space of the process, bytes.
    pub memory_bytes: u64,
}

/// Section `[layout_model]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutModel {
    /// The model's file; empty means none.
    pub path: PathBuf,
    /// What its classes are called; empty when the file says so itself.
    pub labels: Vec<String>,
    /// It is asked about zones with a lower confidence, 0 to 1.
    pub unsure_below: f32,
    /// Lower scores of its own are not looked at, 0 to 1.
    pub min_score: f32,
    /// How much a box and a zone have to overlap, area shared by area covered, 0 to 1.
    pub min_overlap: f32,
}

/// When pictures of text are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OcrMode {
    /// Where Tesseract is installed.
    Auto,
    /// Not at all.
    Never,
}

impl Ocr {
    /// Whether pictures of text are to be read where that is possible.
    pub fn is_enabled(&self) -> bool {
        self.enabled == OcrMode::Auto
    }
}

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is missing or unreadable.
    #[error("cannot read the settings file {path}: {source}")]
    Read {
        /// The file named.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{origin} is not valid TOML: {source}")]
    Syntax {
        /// Which file.
        origin: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A key does not exist.
    #[error("there is no setting {key}{}", nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
    Unknown {
        /// As written, with its section.
        key: String,
        /// The name most like it.
        nearest: Option<String>,
    },
    /// A value has the wrong type.
    #[error("the settings are not usable: {0}")]
    Value(Box<toml::de::Error>),
    /// A variable does not hold a value of its key's type.
    #[error("{variable} should be {expected}")]
    Environment {
        /// The variable's name; never its value, which may be a secret.
        variable: String,
        /// The type of the key's default.
        expected: &'static str,
    },
}

impl Config {
    /// Reads the defaults, overlaid by the file at `path` if there is one, then by the environment.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let file = path.map(read_file).transpose()?;
        Self::from_layers(file, |variable| std::env::var(variable).ok())
    }

    fn from_layers(
        file: Option<Table>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut settings = parse("the built-in settings", DEFAULTS)?;
        if let Some(file) = file {
            overlay(&mut settings, file, "")?;
        }
        apply_environment(&mut settings, environment)?;
        settings.try_into().map_err(|error| ConfigError::Value(Box::new(error)))
    }
}

fn read_file(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Read { path: path.display().to_string(), source })?;
    parse(&path.display().to_string(), &text)
}

fn parse(origin: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|source| ConfigError::Syntax { origin: origin.to_owned(), source: Box::new(source) })
}

/// Replaces values of `base` by those of `upper`, table by table; `path` says where, for errors.
fn overlay(base: &mut Table, upper: Table, path: &str) -> Result<(), ConfigError> {
    for (key, value) in upper {
        let here = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(upper)) => overlay(base, upper, &here)?,
            (Some(slot), value) => *slot = value,
            (None, _) => return Err(ConfigError::Unknown { nearest: nearest(base, &key), key: here }),
        }
    }
    Ok(())
}

/// The known key that `key` was probably meant to be.
fn nearest(known: &Table, key: &str) -> Option<String> {
    known
        .keys()
        .map(|name| (strsim::jaro_winkler(name, key), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name.clone())
}

fn apply_environment(
    settings: &mut Table,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<(), ConfigError> {
    for (section, keys) in settings.iter_mut() {
        let Value::Table(keys) = keys else { continue };
        for (key, value) in keys.iter_mut() {
            let variable = format!("ZONED_{section}_{key}").to_uppercase();
            if let Some(text) = environment(&variable) {
                *value = parse_like(value, &text)
                    .ok_or(ConfigError::Environment { variable, expected: expectation(value) })?;
            }
        }
    }
    Ok(())
}

/// Reads `text` as a value of the same type as `default`.
fn parse_like(default: &Value, text: &str) -> Option<Value> {
    match default {
        Value::String(_) => Some(Value::String(text.to_owned())),
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Float(_) => text.parse().ok().map(Value::Float),
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Array(_) => {
            Some(text.split(',').map(|item| Value::String(item.trim().to_owned())).collect::<Vec<_>>().into())
        }
        Value::Datetime(_) | Value::Table(_) => None,
    }
}

fn expectation(default: &Value) -> &'static str {
    match default {
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let environment = |name: &str| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        Config::from_layers(Some(parse("test", file).unwrap()), environment)
    }

    #[test]
    fn the_built_in_settings_have_every_key() {
        assert_eq!(load("", &[]).unwrap().extract.max_pages, 5000);
    }

    #[test]
    fn a_file_overrides_the_defaults_and_the_environment_overrides_the_file() {
        let file = "[extract]\nmax_pages = 7\npage_seconds = 8";
        let config = load(file, &[("ZONED_EXTRACT_MAX_PAGES", "9")]).unwrap();
        assert_eq!((config.extract.max_pages, config.extract.page_seconds), (9, 8));
    }

    #[test]
    fn an_unknown_key_is_named_with_the_one_it_may_have_been() {
        let error = load("[extract]\nmax_pagse = 7", &[]).unwrap_err();
        assert_eq!(error.to_string(), "there is no setting extract.max_pagse; did you mean max_pages?");
        let error = load("[wroker]\ncapacity = 7", &[]).unwrap_err();
        assert_eq!(error.to_string(), "there is no setting wroker; did you mean worker?");
    }

    #[test]
    fn lists_in_the_environment_are_separated_by_commas() {
        let config = load("", &[("ZONED_WORKER_KINDS", "export, process_document")]).unwrap();
        assert_eq!(config.worker.kinds, ["export", "process_document"]);
    }

    #[test]
    fn a_variable_of_the_wrong_type_is_named_without_its_value() {
        let error = load("", &[("ZONED_EXTRACT_MAX_PAGES", "s3cret")]).unwrap_err();
        assert_eq!(error.to_string(), "ZONED_EXTRACT_MAX_PAGES should be a whole number");
    }
}
