//! The document's outline: its bookmarks, and the pages they lead to.
#![allow(unsafe_code)] // bookmarks are asked for through C calls

use std::collections::{HashMap, HashSet};
use std::ffi::c_ulong;
use std::ptr::null_mut;

use pdfium_render::prelude::{FPDF_BOOKMARK, FPDF_DOCUMENT};

use super::library::Library;
use crate::layout::Bookmark;

/// Most bookmarks looked at: an outline may be a ring, or as long as the file allows.
const MAX_BOOKMARKS: usize = 10_000;
/// Headings have six levels; what is deeper is none.
const MAX_DEPTH: u8 = 6;
/// Longest title looked at, in UTF-16 units and their terminator: no heading is longer.
const MAX_TITLE_BYTES: usize = 1024;

/// The bookmarks of each page, by its number from 1.
pub(super) fn read(library: &Library, document: FPDF_DOCUMENT) -> HashMap<u32, Vec<Bookmark>> {
    let mut pages: HashMap<u32, Vec<Bookmark>> = HashMap::new();
    let mut seen: HashSet<FPDF_BOOKMARK> = HashSet::new();
    // SAFETY: the document is open; no bookmark stands for the root.
    let first = unsafe { library.calls.FPDFBookmark_GetFirstChild(document, null_mut()) };
    let mut left = vec![(first, 1)];
    while let Some((bookmark, level)) = left.pop() {
        if bookmark.is_null() || seen.len() >= MAX_BOOKMARKS || !seen.insert(bookmark) {
            continue;
        }
        // SAFETY: the bookmark belongs to the open document.
        let (next, child) = unsafe {
            (
                library.calls.FPDFBookmark_GetNextSibling(document, bookmark),
                library.calls.FPDFBookmark_GetFirstChild(document, bookmark),
            )
        };
        left.push((next, level));
        if level < MAX_DEPTH {
            left.push((child, level + 1));
        }
        if let (Some(page), Some(title)) = (page_of(library, document, bookmark), title(library, bookmark)) {
            pages.entry(page).or_default().push(Bookmark { title, level });
        }
    }
    pages
}

fn page_of(library: &Library, document: FPDF_DOCUMENT, bookmark: FPDF_BOOKMARK) -> Option<u32> {
    // SAFETY: the bookmark belongs to the open document; a missing action or destination is null, which is allowed.
    let index = unsafe {
        let mut destination = library.calls.FPDFBookmark_GetDest(document, bookmark);
        if destination.is_null() {
            let action = library.calls.FPDFBookmark_GetAction(bookmark);
            if action.is_null() {
                return None;
            }
            destination = library.calls.FPDFAction_GetDest(document, action);
        }
        if destination.is_null() {
            return None;
        }
        library.calls.FPDFDest_GetDestPageIndex(document, destination)
    };
    u32::try_from(index).ok()?.checked_add(1)
}

fn title(library: &Library, bookmark: FPDF_BOOKMARK) -> Option<String> {
    let mut buffer = vec![0u8; MAX_TITLE_BYTES];
    // SAFETY: the buffer is as long as said.
    let length = unsafe {
        library.calls.FPDFBookmark_GetTitle(bookmark, buffer.as_mut_ptr().cast(), buffer.len() as c_ulong)
    };
    let length = usize::try_from(length).ok().filter(|length| *length <= buffer.len())?;
    let units: Vec<u16> =
        buffer[..length].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let title: String =
        String::from_utf16_lossy(&units).chars().filter(|character| !character.is_control()).collect();
    (!title.trim().is_empty()).then_some(title)
}
