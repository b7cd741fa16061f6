//! A file under way on disk, for formats that can only be read once they are complete.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write};

/// How much is given out at a time, bytes.
const PIECE: u64 = 1 << 20;

/// A temporary file that goes when it is dropped.
pub(super) struct Spool(File);

impl Spool {
    pub(super) fn new() -> io::Result<Self> {
        tempfile::tempfile().map(Self)
    }

    /// To be written to; what is written through it is the spool's.
    pub(super) fn file(&self) -> io::Result<File> {
        self.0.try_clone()
    }

    /// From here on it is read from the beginning.
    pub(super) fn rewind(&mut self) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(0)).map(drop)
    }

    /// Writes the next piece to `output`. Whether there may be more.
    pub(super) fn pour(&mut self, output: &mut dyn Write) -> io::Result<bool> {
        Ok(io::copy(&mut (&mut self.0).take(PIECE), output)? == PIECE)
    }
}
