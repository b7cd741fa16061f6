//! PDFium, only ever loaded in the child process.
