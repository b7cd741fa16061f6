//! The Supabase service clients: Auth, REST, Storage, Realtime, and one error for all.
//!
//! Nothing outside this folder names the client crates. Every call has a time limit and a bound on its answer.

mod access_token;
pub mod auth;
pub mod backoff;
pub mod error;
pub mod functions;
mod http;
mod observe;
pub mod project;
pub mod realtime;
pub mod rest;
pub mod session;
pub mod storage;
#[cfg(test)]
mod test_server;

pub use access_token::AccessToken;
pub use auth::Auth;
pub use error::{Service, SupabaseError};
pub use functions::Functions;
pub use project::{ApiKey, Project, ProjectError};
pub use realtime::{EventFeed, JobEvent, Realtime};
pub use rest::{Rest, Schema};
pub use session::{Password, Session};

/// Makes aws-lc the TLS implementation of the process. To be called before anything else: with two in the
/// dependency tree, the first `https` or `wss` connection panics otherwise.
pub fn install_tls() {
    // An error means that it is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
