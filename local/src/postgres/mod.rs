//! The project's PostgreSQL: one cluster, started and stopped with the stand-in.

mod binaries;
mod bootstrap;
mod cluster;

pub use cluster::PostgresError;
pub(crate) use cluster::{Cluster, PASSWORD};
