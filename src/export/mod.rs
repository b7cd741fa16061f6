//! Zones to files people use.
