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
    /// Where its file is, seen from the document beside whose folder `folder` it lies.
    pub(super) fn address(&self, folder: &str, page_number: u32, reading_order: u32) -> String {
        let folder = folder.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        format!("{folder}/{}", self.file_name(page_number, reading_order))
    }

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

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pictures with the place of their zone.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Image)> {
        self.0.iter().map(|(zone, image)| (*zone, image))
    }

    /// Only those of zones for which this holds.
    pub fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        self.0.retain(|zone, _| keep(*zone));
    }

    /// Drops those with which all would take more than `most` bytes, and answers how many bytes the others take.
    pub fn keep_within(&mut self, most: usize) -> usize {
        let mut taken = 0;
        self.0.retain(|_, image| {
            let fits = taken + image.bytes.len() <= most;
            taken += if fits { image.bytes.len() } else { 0 };
            fits
        });
        taken
    }

    pub(super) fn of(&self, zone: usize) -> Option<Image> {
        self.0.get(&zone).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_beyond_the_limit_are_dropped_and_smaller_ones_after_them_are_not() {
        let image = |length: usize| Image { image_type: ImageType::Webp, bytes: vec![0; length].into() };
        let mut images = PageImages::default();
        for (zone, length) in [(0, 40), (1, 70), (5, 60)] {
            images.insert(zone, image(length));
        }
        assert_eq!(images.keep_within(100), 100);
        assert_eq!(images.iter().map(|(zone, _)| zone).collect::<Vec<_>>(), [0, 5]);
        assert_eq!(images.keep_within(0), 0);
        assert!(images.is_empty());
    }
}
