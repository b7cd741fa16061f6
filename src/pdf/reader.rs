//! Gives PDFium the input piece by piece, so that a document is never in memory as a whole.
#![allow(unsafe_code)] // PDFium reads through a C callback

use std::ffi::{c_int, c_uchar, c_ulong, c_void};
use std::fs::File;
use std::os::unix::fs::FileExt as _;

use pdfium_render::prelude::FPDF_FILEACCESS;

/// The input, at an address that does not move while PDFium holds it.
pub(super) struct Reader {
    /// Boxed: PDFium keeps the address handed to it in `m_Param`.
    _file: Box<File>,
    pub(super) access: Box<FPDF_FILEACCESS>,
}

impl Reader {
    pub(super) fn new(file: File, length: u64) -> Self {
        let file = Box::new(file);
        let access = Box::new(FPDF_FILEACCESS {
            m_FileLen: length as c_ulong,
            m_GetBlock: Some(read_block),
            m_Param: std::ptr::from_ref::<File>(&file).cast_mut().cast(),
        });
        Self { _file: file, access }
    }
}

/// Fills `buffer` from `position`; 1 when all of it could be read, else 0.
unsafe extern "C" fn read_block(
    file: *mut c_void,
    position: c_ulong,
    buffer: *mut c_uchar,
    size: c_ulong,
) -> c_int {
    // SAFETY: `file` is the address stored in `m_Param`, which `Reader` keeps alive; PDFium passes a buffer of `size`
    // writable bytes.
    let (file, buffer) = unsafe {
        (&*file.cast_const().cast::<File>(), std::slice::from_raw_parts_mut(buffer, size as usize))
    };
    c_int::from(file.read_exact_at(buffer, position).is_ok())
}
