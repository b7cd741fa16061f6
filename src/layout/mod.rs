//! Glyphs to zones: pure functions, no I/O.
