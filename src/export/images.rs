//! Pictures of figures, for the formats that can hold them. They come from whoever renders pages, if anybody does: an
//! export without them is whole, with captions alone.

use std::collections::BTreeMap;
use std::sync::Arc;

/// How a picture is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageType {
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl ImageType {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// The file name's ending, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

/// A picture of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// How it is encoded.
    pub image_type: ImageType,
    /// The file's bytes.
    pub bytes: Arc<[u8]>,
}

impl Image {
    /// The name of its file, where pictures are files beside the document.
    pub fn file_name(&self, page_number: u32, reading_order: u32) -> String {
        format!("page-{page_number}-zone-{reading_order}.{}", self.image_type.extension())
    }
}

/// The pictures of a page's figures, by the figure's place in the page's list of zones.
#[derive(Debug, Clone, Default)]
pub struct PageImages(BTreeMap<usize, Image>);

impl PageImages {
    /// Adds the picture of the zone at this place.
    pub fn insert(&mut self, zone: usize, image: Image) {
        self.0.insert(zone, image);
    }

    pub(super) fn of(&self, zone: usize) -> Option<Image> {
        self.0.get(&zone).cloned()
    }
}
