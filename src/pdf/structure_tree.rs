//! What a tagged PDF says of its text: the elements of the structure tree (ISO 32000-1, 14.7 and 14.8) by the numbers of the
//! marked content that is theirs on a page.
#![allow(unsafe_code)] // elements are asked for through C calls

use std::collections::HashMap;
use std::ffi::{c_int, c_ulong};

use pdfium_render::prelude::{FPDF_STRUCTELEMENT, FPDF_STRUCTTREE};

use super::library::Library;
use super::open_page::OpenPage;
use crate::layout::{Role, Tag};

/// Most elements of a page looked at, and how deep; real pages have a few hundred, a dozen deep.
const MAX_ELEMENTS: usize = 20_000;
const MAX_DEPTH: usize = 60;
/// Longest name of a type in UTF-16 units and their terminator, bytes: the standard ones are shorter.
const MAX_TYPE_BYTES: usize = 64;

/// The tag of each piece of marked content of a page, by its number.
pub(super) type Tags = HashMap<c_int, Tag>;

/// A tree that closes itself.
struct OpenTree<'a> {
    library: &'a Library,
    handle: FPDF_STRUCTTREE,
}

impl Drop for OpenTree<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle is open and not used afterwards.
        unsafe { self.library.calls.FPDF_StructTree_Close(self.handle) };
    }
}

/// An element to be looked at, and what it is inside of.
struct Open {
    element: FPDF_STRUCTELEMENT,
    around: Tag,
    depth: usize,
}

/// The tags of the page; none when the PDF has none.
pub(super) fn read(library: &Library, page: &OpenPage<'_>) -> Tags {
    let mut tags = Tags::new();
    // SAFETY: the page is open; it has no tree when the handle is null.
    let handle = unsafe { library.calls.FPDF_StructTree_GetForPage(page.handle) };
    if handle.is_null() {
        return tags;
    }
    let tree = OpenTree { library, handle };
    // SAFETY: the tree is open.
    let roots = unsafe { library.calls.FPDF_StructTree_CountChildren(tree.handle) };
    let nothing = Tag { element: 0, role: Role::Other };
    let mut left: Vec<Open> = (0..roots.min(MAX_ELEMENTS as c_int))
        .rev()
        .map(|index| Open {
            // SAFETY: the index is below the count.
            element: unsafe { library.calls.FPDF_StructTree_GetChildAtIndex(tree.handle, index) },
            around: nothing,
            depth: 0,
        })
        .collect();
    let mut seen = 0;
    while let Some(open) = left.pop() {
        seen += 1;
        if seen > MAX_ELEMENTS {
            return Tags::new();
        }
        if open.element.is_null() || open.depth > MAX_DEPTH {
            continue;
        }
        let tag = tag(library, &open, seen as u32);
        children(library, &open, tag, &mut left, &mut tags);
    }
    tags
}

/// Notes the element's own content and puts the elements in it before those after it.
fn children(library: &Library, open: &Open, tag: Tag, left: &mut Vec<Open>, tags: &mut Tags) {
    // SAFETY: the element belongs to the open tree.
    let count = unsafe { library.calls.FPDF_StructElement_CountChildren(open.element) };
    let count = count.clamp(0, MAX_ELEMENTS as c_int);
    for index in (0..count).rev() {
        // SAFETY: the index is below the count; a child that is content and no element is null.
        let (element, content) = unsafe {
            (
                library.calls.FPDF_StructElement_GetChildAtIndex(open.element, index),
                library.calls.FPDF_StructElement_GetChildMarkedContentID(open.element, index),
            )
        };
        if !element.is_null() {
            left.push(Open { element, around: tag, depth: open.depth + 1 });
        } else if content >= 0 {
            tags.insert(content, tag);
        }
    }
}

/// What content of the element is part of: the element itself, or the one around it where it only marks a stretch of text.
fn tag(library: &Library, open: &Open, number: u32) -> Tag {
    let role = match kind(library, open.element).as_str() {
        "H" | "Title" => Some(Role::Heading(None)),
        "H1" => Some(Role::Heading(Some(1))),
        "H2" => Some(Role::Heading(Some(2))),
        "H3" => Some(Role::Heading(Some(3))),
        "H4" => Some(Role::Heading(Some(4))),
        "H5" => Some(Role::Heading(Some(5))),
        "H6" => Some(Role::Heading(Some(6))),
        "P" => Some(Role::Paragraph),
        "LI" => Some(Role::ListItem),
        "Caption" => Some(Role::Caption),
        "Note" | "FENote" => Some(Role::Note),
        "TD" | "TH" => Some(Role::Cell),
        _ => None,
    };
    let holds = matches!(open.around.role, Role::ListItem | Role::Caption | Role::Note | Role::Cell);
    match role {
        // A paragraph in an item is the item's; in a cell everything is the cell's.
        Some(Role::Paragraph) if holds => open.around,
        Some(_) if open.around.role == Role::Cell => open.around,
        Some(role) => Tag { element: number, role },
        None if open.around.role == Role::Other => Tag { element: number, role: Role::Other },
        None => open.around,
    }
}

/// The element's type, as the PDF's role map translates it.
fn kind(library: &Library, element: FPDF_STRUCTELEMENT) -> String {
    let mut buffer = [0u8; MAX_TYPE_BYTES];
    // SAFETY: the buffer is as long as said.
    let length = unsafe {
        library.calls.FPDF_StructElement_GetType(element, buffer.as_mut_ptr().cast(), buffer.len() as c_ulong)
    };
    let Some(bytes) = usize::try_from(length).ok().and_then(|length| buffer.get(..length)) else {
        return String::new();
    };
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned()
}
