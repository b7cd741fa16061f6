//! What a caller may choose about a stand-in.

use std::path::PathBuf;

/// How to start a stand-in. The default is a fresh one on free ports that vanishes when stopped.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// HTTP port on loopback; 0 takes a free one.
    pub port: u16,
    /// PostgreSQL port on loopback; 0 takes a free one.
    pub database_port: u16,
    /// Where data is kept between starts; `None` is a temporary directory, removed at the end.
    pub data_dir: Option<PathBuf>,
    /// The directory that holds PostgreSQL's `bin/`; `None` looks for the npm package in `node_modules`
    /// of the working directory and of its parents.
    pub postgres_dir: Option<PathBuf>,
    /// More settings of the PostgreSQL server, each `name=value`, as `postgres -c` takes them.
    pub postgres_settings: Vec<String>,
    /// Answer the preflights of `/storage/v1` as the hosted gateway does, so that pages in a browser may use it; the
    /// service alone answers them 404.
    pub storage_preflights: bool,
    /// Write a line for each request to standard error.
    pub log_requests: bool,
    /// How the tokens of users are signed.
    pub signing: Signing,
    /// Secret of HS256 tokens; `None` makes a random one (kept with the data).
    pub jwt_secret: Option<String>,
    /// The project's directory `supabase/`, with `config.toml` and `functions/`; `None` looks for one that holds
    /// `config.toml` in the working directory and its parents, and does without where there is none.
    pub supabase_dir: Option<PathBuf>,
    /// Secrets of the functions, as `supabase functions serve --env-file` takes them; `None` is `functions/.env`.
    pub functions_env_file: Option<PathBuf>,
    /// A file with a key in JSON (JWK, P-256) that was imported into the project as its standby key: tokens that it
    /// signed are accepted, and its public half is published; nothing is signed with it.
    pub standby_key_file: Option<PathBuf>,
    /// How long an access token is valid, in seconds (`auth.jwt_expiry` of a project); `None` is an hour.
    pub jwt_expiry_seconds: Option<u32>,
    /// Schemas that `/rest/v1` exposes, the default one first; none takes those of `config.toml`, or else `public`
    /// and `graphql_public`. Those that do not exist are left out, and `pgrst.db_schemas` on role `authenticator`
    /// overrides them.
    pub exposed_schemas: Vec<String>,
    /// The largest object the project takes, in bytes; `None` is 5 GiB. A bucket may set less.
    pub file_size_limit: Option<u64>,
}

/// How the tokens of users are signed. API keys of the legacy style are always signed with the secret, and either
/// kind of token is accepted from its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signing {
    /// With the shared secret, as older projects do.
    #[default]
    Hs256,
    /// With a key pair whose public half is at `/auth/v1/.well-known/jwks.json`, as new projects do.
    Es256,
}
