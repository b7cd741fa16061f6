//! Running Tesseract: one process a picture, the picture on its standard input, a table of words on its standard output.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::tsv;
use super::word::Word;
use crate::config::Ocr;
use crate::picture::{GreyPicture, PictureError};

/// Most bytes of a table of words: those of a dense page are some hundred thousand.
const MAX_TABLE_BYTES: u64 = 16 << 20;
/// Automatic segmentation of the page, without orientation (`tesseract --help-psm`).
const PAGE_SEGMENTATION: &str = "3";
/// A machine that does other things may take this many times as long as the processor time it needs.
const PATIENCE: u32 = 6;

/// Tesseract as it is run here.
#[derive(Debug, Clone)]
pub struct Tesseract {
    /// Its executable.
    pub command: PathBuf,
    /// What it is set to.
    pub settings: Ocr,
}

/// Why a picture could not be read.
#[derive(Debug, thiserror::Error)]
pub enum OcrError {
    /// It could not be started or spoken to.
    #[error("tesseract cannot be run: {0}")]
    Run(#[from] io::Error),
    /// It took too long.
    #[error("tesseract took more processor time than ocr.page_seconds ({0}) allows, or did not get it")]
    TimedOut(u64),
    /// The picture could not be handed over.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// It ended with an error: most often a language is missing.
    #[error("tesseract failed; check that the languages in ocr.languages ({0}) are installed")]
    Failed(String),
}

impl Tesseract {
    /// As the settings say; none when they say never, or it is not there.
    pub fn find(settings: &Ocr) -> Option<Self> {
        let command = settings.is_enabled().then(|| find_command(&settings.command))??;
        Some(Self { command, settings: settings.clone() })
    }

    /// The words in a picture drawn with `dpi` pixels an inch.
    pub async fn read(&self, picture: &GreyPicture, dpi: u32) -> Result<Vec<Word>, OcrError> {
        let file = picture.png()?;
        let child = self.start(dpi)?;
        let seconds = self.settings.page_seconds;
        // A future given up drops the child, and that kills it.
        let table = tokio::time::timeout(patience(seconds), self.converse(child, &file))
            .await
            .map_err(|_| OcrError::TimedOut(seconds))??;
        Ok(tsv::parse(&String::from_utf8_lossy(&table), picture.width, picture.height))
    }

    fn start(&self, dpi: u32) -> io::Result<Child> {
        let child = Command::new(&self.command)
            .args(["-", "-", "-l", &self.settings.languages.join("+")])
            .args(["--psm", PAGE_SEGMENTATION, "--dpi", &dpi.to_string(), "tsv"])
            .env_clear()
            // Pages are read side by side: threads within one would only wait for each other.
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        self.limit(&child)?;
        Ok(child)
    }

    /// Limits that hold whatever the picture makes it do. It has read nothing yet.
    #[cfg(target_os = "linux")]
    fn limit(&self, child: &Child) -> io::Result<()> {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let pid = child.id().and_then(|pid| Pid::from_raw(pid as i32));
        let seconds = self.settings.page_seconds;
        let limits = [
            (Resource::As, self.settings.memory_bytes, self.settings.memory_bytes),
            // A signal that says so first, and then the end.
            (Resource::Cpu, seconds, seconds.saturating_add(1)),
            (Resource::Core, 0, 0),
            (Resource::Fsize, 0, 0),
        ];
        for (resource, current, maximum) in limits {
            prlimit(pid, resource, Rlimit { current: Some(current), maximum: Some(maximum) })?;
        }
        Ok(())
    }

    /// Limits of another process can only be set on Linux; elsewhere its time is limited.
    #[cfg(not(target_os = "linux"))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // as on Linux
    fn limit(&self, _child: &Child) -> io::Result<()> {
        Ok(())
    }

    async fn converse(&self, mut child: Child, picture: &[u8]) -> Result<Vec<u8>, OcrError> {
        let missing = || io::Error::other("it has no standard streams");
        let mut input = child.stdin.take().ok_or_else(missing)?;
        let mut output = child.stdout.take().ok_or_else(missing)?.take(MAX_TABLE_BYTES);
        let mut table = Vec::new();
        let write = async {
            // That it stopped reading shows in how it ends.
            let _ = input.write_all(picture).await;
            drop(input);
        };
        let ((), read) = tokio::join!(write, output.read_to_end(&mut table));
        read?;
        drop(output);
        let status = child.wait().await?;
        match status.signal().and_then(Signal::from_named_raw) {
            _ if status.success() => Ok(table),
            Some(Signal::XCPU | Signal::KILL) => Err(OcrError::TimedOut(self.settings.page_seconds)),
            _ => Err(OcrError::Failed(self.settings.languages.join(", "))),
        }
    }
}

/// How long to wait for a reading that may take so many seconds of a processor.
pub fn patience(page_seconds: u64) -> Duration {
    Duration::from_secs(page_seconds).saturating_mul(PATIENCE)
}

/// The executable of this name: as it is if it is a path, else in the folders of `PATH`.
pub fn find_command(name: &Path) -> Option<PathBuf> {
    if name.components().count() > 1 {
        return name.is_file().then(|| name.to_path_buf());
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}
