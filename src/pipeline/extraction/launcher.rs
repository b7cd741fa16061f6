//! Starts child processes: the parent's side of their [zygote](super::zygote).

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::process::{Child, Command};

use super::frame::is_gone;
use super::zygote;
use crate::layout_model::{self, LayoutModel};

/// Where children come from; clones share the zygote, which starts with the first child and ends with the last clone.
#[derive(Debug, Clone)]
pub struct Launcher {
    executable: PathBuf,
    pdfium: PathBuf,
    layout_model: Option<LayoutModel>,
    zygote: Arc<Mutex<Option<Zygote>>>,
}

#[derive(Debug)]
struct Zygote {
    control: UnixStream,
    /// Killed when dropped, and its children with it.
    _process: Child,
}

/// The parent's ends of the sockets that a child was started with.
#[derive(Debug)]
pub(super) struct Launched {
    /// To the child.
    pub(super) channel: UnixStream,
    /// To the zygote: says how the child ended, which is killed when this is closed.
    pub(super) lifeline: UnixStream,
}

impl Launcher {
    /// Of children that are this `zoned` executable, with this PDFium library.
    pub fn new(executable: PathBuf, pdfium: PathBuf) -> Self {
        Self { executable, pdfium, layout_model: None, zygote: Arc::default() }
    }

    /// The same with a layout model for its children, or none.
    #[must_use]
    pub fn with_layout_model(self, layout_model: Option<LayoutModel>) -> Self {
        Self { layout_model, zygote: Arc::default(), ..self }
    }

    /// The children's layout model.
    pub fn layout_model(&self) -> Option<&LayoutModel> {
        self.layout_model.as_ref()
    }

    /// The `zoned` executable.
    pub fn executable(&self) -> &Path {
        &self.executable
    }

    /// The PDFium shared library.
    pub fn pdfium(&self) -> &Path {
        &self.pdfium
    }

    /// Starts a child that reads `input`.
    pub(super) fn launch(&self, input: &File) -> io::Result<Launched> {
        let (channel, childs_channel) = UnixStream::pair()?;
        let (lifeline, zygotes_lifeline) = UnixStream::pair()?;
        let order =
            |zygote: &Zygote| zygote::order(&zygote.control, input, &childs_channel, &zygotes_lifeline);
        // Nothing that holds the lock panics half-way through a change.
        let mut zygote = self.zygote.lock().unwrap_or_else(PoisonError::into_inner);
        match zygote.as_ref().map(order) {
            Some(Err(error)) if !is_gone(&error) => return Err(error),
            Some(Ok(())) => {}
            Some(Err(_)) | None => order(zygote.insert(self.start()?))?,
        }
        Ok(Launched { channel, lifeline })
    }

    /// With an empty environment, so that no secret reaches a child, and in a process group of its own, so that an
    /// interrupt at the terminal reaches the parent alone, which decides what to finish.
    fn start(&self) -> io::Result<Zygote> {
        let (control, theirs) = UnixStream::pair()?;
        let mut command = Command::new(&self.executable);
        command.arg("extract").arg("--pdfium").arg(&self.pdfium).env_clear();
        if let Some(LayoutModel { path, labels, .. }) = &self.layout_model {
            command
                .arg("--layout-model")
                .arg(path)
                .env(layout_model::ENVIRONMENT.0, layout_model::ENVIRONMENT.1);
            if !labels.is_empty() {
                command.arg("--layout-labels").arg(labels.join(","));
            }
        }
        let process = command
            .process_group(0)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Zygote { control, _process: process })
    }
}
