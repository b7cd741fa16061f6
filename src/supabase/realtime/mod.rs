//! Realtime.
