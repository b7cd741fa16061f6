//! Glyphs before they are put together: `overprint` takes out what is drawn twice, `marks` puts accents on their letters,
//! `legibility` tells whether the characters say what is seen.

pub(super) mod legibility;
pub(super) mod marks;
pub(super) mod overprint;
