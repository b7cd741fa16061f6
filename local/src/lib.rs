//! A docker-free stand-in for `supabase start`, for demo and tests.
//!
//! A real PostgreSQL, prepared as a Supabase project's database is, behind the hosted paths on one loopback
//! port: `/auth/v1`, `/rest/v1`, `/storage/v1`, `/realtime/v1` and `/functions/v1`. Row-level security is
//! PostgreSQL's own: every request runs as its caller's role with the caller's claims set. It is a development
//! tool and answers 501 to what it does not support.

mod auth;
mod claims;
mod cors;
mod data_directory;
mod database;
mod functions;
mod gateway;
mod keys;
mod options;
mod postgres;
mod project;
mod project_config;
mod realtime;
mod request_log;
mod rest;
mod server;
mod signing_key;
mod storage;
mod supervisor;

pub use data_directory::DataDirectoryError;
pub use keys::{Keys, KeysError};
pub use options::{Options, Signing};
pub use postgres::PostgresError;
pub use project_config::ProjectConfigError;
pub use server::{LocalSupabase, StartError};
pub use signing_key::SigningKey;

/// What the fuzz targets in `fuzz/` reach for; part of no other build.
#[cfg(fuzzing)]
pub mod fuzzing {
    /// Parses the query string of a request to `/rest/v1`.
    pub fn rest_query(text: &str) {
        crate::rest::fuzz_query(text);
    }
}
