//! zoned
